"""Group arcs that share a rate or an operation, and price each group once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import methodcaller
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.costing import operations, pricing
from corridors.costing.pricer import Pricer
from corridors.costing.pricing import Quantities
from corridors.data.geodata import LandLeg, is_broad
from corridors.data.parameters import NotingTable, ParameterTable, load_parameters
from corridors.domain.places import Family
from corridors.domain.values import BillLine, Operation, RunningRate
from corridors.network.rules.capacity import USERS
from corridors.network.sea.sea_ways import SeaLeg
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, HOURS_PER_DAY, MINUTES_PER_HOUR

# Bills of quantities of a network's groups.

# One network takes some 1,500.
MOST_BILLS = 40_000
Made = TypeVar("Made")
OperationKey = tuple[Hashable, ...]
BEFORE_DEPARTURE = ("door", "road", "export_dwell", "schedule_wait")


class Billed(NamedTuple):
    """The operation of a group, None without one.

    `hours` are its hours, `before_hours` those of them before the departure.
    """

    operation: Operation | None
    hours: float
    before_hours: float

    @classmethod
    def on(cls, arc: int, pricer: Pricer) -> Billed:
        """Return the operation on an arc."""
        found = pricer.operation(arc)
        parts = {} if found is None else found.time_parts
        before = 0.0
        if parts and int(pricer.topology.kind[arc]) == ArcKind.LOAD:
            before = sum(parts.get(part, 0.0) for part in BEFORE_DEPARTURE)
        return cls(
            operation=found,
            hours=0.0 if found is None else found.hours,
            before_hours=before,
        )


class NotingPricer:
    """A pricer that notes which parameters are looked up for a bill."""

    def __init__(self, pricer: Pricer) -> None:
        self._asked = pricer
        self.figures = pricer.own_figures

    @cached_property
    def _noting(self) -> tuple[Pricer, set[str]]:
        parameters = self._asked.parameters
        table = NotingTable.of(parameters, looked_in=parameters)
        return self._asked.at(table), table.noted

    def made(self, make: Callable[[Pricer], Made]) -> tuple[Made, frozenset[str]]:
        """Return what is made with the pricer, and the parameters that were looked up for it."""
        pricer, noted = self._noting
        noted.clear()
        return make(pricer), frozenset(noted)


class BillTable(Generic[Made]):
    """Bills by what they depend on, each a row of one table of quantities.

    Of a key there are as many bills as questions had other figures of what is looked up for it.
    """

    def __init__(self, bill_of: Callable[[Made], Sequence[BillLine]]) -> None:
        self._bill_of = bill_of
        # By key, by the parameters that were looked up, by the question's own figures of these.
        self._rows: dict[Hashable, dict[frozenset[str], dict[Hashable, int]]] = {}
        self._looked_up: dict[frozenset[str], frozenset[str]] = {}
        self.made: list[Made] = []
        # By row the parameters that were looked up for it.
        self.looked_up: list[frozenset[str]] = []
        self.quantities = Quantities()

    def row(self, key: Hashable, make: Callable[[Pricer], Made], noting: NotingPricer) -> int:
        """Return the row of a key for a question, made with its pricer if there is none."""
        figures, known = noting.figures, self._rows.setdefault(key, {})
        for looked_up, rows in known.items():
            if (row := rows.get(figures.of(looked_up))) is not None:
                return row
        made, noted = noting.made(make)
        # Most bills look up what some other does, which is kept once.
        looked_up = self._looked_up.setdefault(noted, noted)
        row = self.quantities.add(self._bill_of(made))
        known.setdefault(looked_up, {})[figures.of(looked_up)] = row
        self.made.append(made)
        self.looked_up.append(looked_up)
        return row


class BillBook:
    """Bills of all networks for one `Pricer.book_key`: of running a km, and of operations."""

    def __init__(self) -> None:
        self.rates: BillTable[RunningRate] = BillTable(lambda rate: rate.bill_per_km)
        self.operations: BillTable[Billed] = BillTable(
            lambda billed: billed.operation.bill if billed.operation else ()
        )

    @property
    def is_full(self) -> bool:
        """Whether it has so many bills that a new book should begin."""
        return len(self.operations.made) > MOST_BILLS

    def bills(
        self,
        pricer: Pricer,
        *,
        rates: Sequence[tuple[int, int, int, int]],
        operations: Sequence[int],
    ) -> Bills:
        """Return the bills of groups, made where the book has none of their keys.

        Parameters
        ----------
        pricer
            The question.
        rates
            Service, country, halves (see `ships`) and east (see `running`) of each rate group.
        operations
            One arc of each operation group.
        """
        network = pricer.topology
        noting = NotingPricer(pricer)
        rate_rows = []
        for clean in (False, True):
            for service, country, halves, east in rates:
                ship = network.services[service]
                low = clean and ship.family is Family.SEA
                code = next(iter(network.countries[country]), "")
                rate_rows.append(
                    self.rates.row(
                        (ship.id, code, halves, low, east, pricer.knots(service)),
                        methodcaller(
                            "rate",
                            service,
                            country,
                            halves=halves,
                            low_sulphur=low,
                            is_east=bool(east),
                        ),
                        noting,
                    )
                )
        keys = operation_keys(network, operations, named_scopes(pricer.parameters))
        rows = [
            self.operations.row((key, pricer.drayage_key(arc)), partial(Billed.on, arc), noting)
            for arc, key in zip(operations, keys, strict=True)
        ]
        return Bills(
            book=self,
            rates=np.array(rate_rows, np.int64),
            operations=np.array(rows, np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The bills of a network's groups, before prices, as rows of the tables of a book.

    `rates` are those of the rate groups, then the same in emission control areas; `operations`
    those of the operation groups.
    """

    book: BillBook
    rates: IntArray
    operations: IntArray


def named_scopes(parameters: ParameterTable) -> frozenset[str]:
    """Return every id that the scope of some row names: of `lt-kena@rail>rail`, both.

    Capacities have no part in an operation.
    """
    scopes = {row.scope for row in parameters.rows if row.parameter not in USERS}
    return frozenset(part for scope in scopes for part in scope.split("@"))


def operation_keys(
    topology: Topology, arcs: Sequence[int], named: Collection[str]
) -> tuple[OperationKey, ...]:
    """Return by arc what its operation depends on of the network, as the ids of what it meets.

    Of a place that is not `named` by a figure, handling depends on its country alone.
    """
    places = [(here.id, here.name, here.country) for here in topology.places]
    handled = [at if at[0] in named else at[2] for at in places]
    services = [service.id for service in topology.services]
    gates = {gate.id: gate for gate in topology.gates}
    passed = [gates.get(here.gate) for here in topology.places]
    chosen = np.array(arcs, np.int64)
    tails, heads = topology.tail[chosen], topology.head[chosen]
    columns = (
        *(topology.kind[chosen], topology.service[chosen]),
        *(topology.state_place[tails], topology.state_place[heads]),
        *(topology.state_service[tails], topology.country[chosen], topology.canal[chosen]),
    )
    found = []
    for kind, service, tail, head, before, country, canal in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        key: OperationKey
        if kind == ArcKind.LEG:
            countries = topology.countries[country]
            at_border = len(countries) > 1
            key = (
                (countries, *sorted((places[tail], places[head]))) if at_border else (),
                topology.gates[canal] if canal >= 0 else passed[head],
                canal >= 0,
            )
        elif kind == ArcKind.LOAD:
            key = (handled[head],)
        else:
            key = (handled[tail], services[before])
        found.append((kind, services[service], *key))
    return tuple(found)


# The largest number that stands for a row of columns.
LARGEST = 1 << 62


class Numbers(NamedTuple):
    """The integers that operations add to arcs."""

    minutes: Any
    clock: Any
    cents: Any
    grams: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Priced:
    """Rates and operations of a network's groups at the prices of one question.

    A search adds integers along arcs: minutes, cents, grams of CO2e. An arc of 120 km with rate 3
    and operation 7 takes `120 * per_km[3]` and `numbers[7]`. `weights` makes these sums for all
    arcs, `itinerary` reads the bills behind them for the report; both are from the same bills, so
    that a route costs in the report what it cost in the search.

    - `rates`, `per_km`: by rate group, its bill of a km, and (rate, 3): minutes, cents and grams
      of a km, unrounded.
    - `eca_rates`, `eca_per_km`: the same inside emission control areas; `eca_km`: by arc the km
      inside those that are in force at departure. Elsewhere a ship burns its usual fuel.
    - `operation`: by arc an index of `operations`, -1 for none.
    - `numbers`: (operation, field of `Numbers`), rounded to integers once, here.
    - `bills`: those that were priced.
    """

    rates: Sequence[RunningRate]
    per_km: FloatArray
    operation: IntArray
    operations: tuple[Operation, ...]
    numbers: IntArray
    wait_cents_per_day: int
    eca_rates: tuple[RunningRate, ...]
    eca_per_km: FloatArray
    eca_km: FloatArray
    bills: Bills


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedGroups:
    """Groups of the arcs that some corridor can use: one bill serves all arcs of a group.

    Each is equal to itself alone, so that it stands for its network in a key of what is made of it.

    `rate` and `operation` are by arc the number of its group, -1 for none. `rate_of` gives
    (service, country, halves, east) of a rate group (halves of its fuel that the EU rules count,
    see `ships`; 1 in the east of Russia, see `running`); `operation_of` one arc that represents an
    operation group. `eca_km` is (arc, area): km inside each emission control area. `hours` are by
    arc those given for a user's own legs, else nan; None if there are none.
    """

    arcs: IntArray
    rate: IntArray
    rate_of: tuple[tuple[int, int, int, int], ...]
    operation: IntArray
    operation_of: tuple[int, ...]
    eca_km: FloatArray
    hours: FloatArray | None = None


class PriceBooks:
    """Bills and prices that questions share, each made once while it is kept.

    - `books`: 16 `BillBook` by own data and `Pricer.book_key`.
    - `bills`: those of 16 networks by their groups, drayages, own data and `Pricer.bill_key`.
    - `priced`: `most` networks at prices, by their groups and `Pricer.price_key`.
    """

    def __init__(self, most: int = 60) -> None:
        self.books: BoundedCache[BillBook] = BoundedCache(16)
        self.bills: BoundedCache[Bills] = BoundedCache(16)
        self.priced: BoundedCache[Priced] = BoundedCache(most)

    def of(self, pricer: Pricer, groups: PricedGroups, *, own_data: str = "") -> Priced:
        """Return the groups of a network at the prices of a question.

        `own_data` is the digest of the user's own data, which may change what ids mean.
        """
        return self.priced.of(
            (groups, pricer.price_key),
            lambda: price_bills(pricer, groups, self.bills_of(pricer, groups, own_data=own_data)),
        )

    def bills_of(self, pricer: Pricer, groups: PricedGroups, *, own_data: str = "") -> Bills:
        """Return the bills of the groups of a network, before prices."""
        book_key = own_data, pricer.book_key

        def made() -> Bills:
            book = self.books.of(book_key, BillBook)
            if book.is_full:
                book = self.books.renewed(book_key, BillBook())
            return book.bills(pricer, rates=groups.rate_of, operations=groups.operation_of)

        # A question at another price finds its bills and multiplies; one with another quantity, or
        # between other ends, makes those bills that no question before it had.
        return self.bills.of((groups, pricer.ends_key, own_data, pricer.bill_key), made)


def group_arcs(
    topology: Topology, arcs: IntArray, *, halves: IntArray | None = None
) -> PricedGroups:
    """Return the groups of these arcs.

    Parameters
    ----------
    topology
        The network.
    arcs
        Indices of the arcs that some corridor can use, each once.
    halves
        By arc of the topology, the halves of its fuel that the EU rules count; 0 by default.
    """
    rate, operation = (np.full(topology.arc_count, -1, np.int64) for _ in range(2))
    # Transfers have no km, and a canal is an operation.
    running = arcs[(topology.kind[arcs] == ArcKind.LEG) & (topology.canal[arcs] < 0)]
    counted = np.zeros(topology.arc_count, np.int64) if halves is None else halves
    columns = (topology.service, topology.country, counted, _is_east(topology))
    first, group = grouped(*(column[running] for column in columns))
    rate[running] = group
    rate_of = zip(*(column[running[first]].tolist() for column in columns), strict=True)
    first, group = grouped(*_operation_key(topology, arcs))
    operation[arcs] = group
    return PricedGroups(
        arcs=arcs,
        rate=rate,
        rate_of=tuple(rate_of),
        operation=operation,
        operation_of=tuple(arcs[first].tolist()),
        eca_km=_eca_km(topology),
        hours=_own_hours(topology),
    )


def _is_east(topology: Topology) -> IntArray:
    """Return by arc 1 for legs on the broad gauge in the east of Russia, where rates are others."""
    border = load_parameters().value("rail.east_from_lon")
    east = np.array([here.lon >= border for here in topology.places])
    of_state = east[np.maximum(topology.state_place, 0)] & (topology.state_place >= 0)
    russian = np.array([codes == ("RU",) for codes in topology.countries])[topology.country]
    broad = np.array([is_broad(service) for service in topology.services])
    east_of_it = of_state[topology.tail] & of_state[topology.head]
    found: IntArray = (east_of_it & russian & broad[topology.service]).astype(np.int64)
    return found


def _own_hours(topology: Topology) -> FloatArray | None:
    own = [leg.hours if isinstance(leg, LandLeg) else None for leg in topology.legs]
    if all(hours is None for hours in own):
        return None
    of_leg = np.array([*(np.nan if hours is None else hours for hours in own), np.nan])
    found: FloatArray = of_leg[topology.leg]
    return found


def _eca_km(topology: Topology) -> FloatArray:
    inside = [leg.eca_km if isinstance(leg, SeaLeg) else () for leg in topology.legs]
    at_sea = [number for number, km in enumerate(inside) if km]
    if not at_sea:
        return np.zeros((topology.arc_count, 0))
    km = np.array([inside[number] for number in at_sea])
    of_leg = np.zeros((len(inside) + 1, km.shape[1]))  # the last row is for arcs without a leg
    of_leg[at_sea] = km
    found: FloatArray = of_leg[topology.leg]
    return found


def _operation_key(topology: Topology, arcs: IntArray) -> tuple[IntArray, ...]:
    """Return the columns on which the operation of an arc depends."""
    kind = topology.kind[arcs]
    is_leg = kind == ArcKind.LEG
    at_head = is_leg | (kind == ArcKind.LOAD)
    tail, head = topology.tail[arcs], topology.head[arcs]
    place = topology.state_place[np.where(at_head, head, tail)]
    gate = np.array([bool(here.gate) for here in topology.places])
    place = np.where(is_leg & ~gate[place], -1, place)
    border = np.array([len(codes) > 1 for codes in topology.countries])[topology.country[arcs]]
    # A border has hours of its own at some of its crossings.
    ends = np.sort(topology.state_place[np.stack([tail, head])], axis=0)
    return (
        kind,
        topology.service[arcs],
        np.where(is_leg, -1, topology.state_service[tail]),
        place,
        np.where(border & is_leg, topology.country[arcs], -1),
        *np.where(border & is_leg, ends, -1),
        topology.canal[arcs],
    )


def grouped(*columns: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first row of each group of equal rows, and the group of each row."""
    if columns[0].size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, first, group = np.unique(_numbered(columns), return_index=True, return_inverse=True)
    return first, group


def _numbered(columns: Sequence[IntArray]) -> IntArray:
    """Return a number by row, the same for equal rows."""
    found, count = np.zeros_like(columns[0]), 1
    for column in columns:
        least = int(column.min())
        values = int(column.max()) - least + 1
        if count * values > LARGEST:
            found = np.unique(found, return_inverse=True)[1]
            count = int(found.max()) + 1
        found = found * values + (column - least)
        count *= values
    return found


def price_bills(pricer: Pricer, groups: PricedGroups, bills: Bills) -> Priced:
    """Return the groups of a network at the prices of a question."""
    parameters, book = pricer.parameters, bills.book
    rates = tuple(book.rates.made[row] for row in bills.rates.tolist())
    paid = book.rates.quantities
    per_km = np.stack(
        [
            np.array([rate.hours_per_km for rate in rates]) * MINUTES_PER_HOUR,
            paid.usd(parameters, bills.rates) * CENTS_PER_USD,
            paid.co2e_wtw_kg(parameters, bills.rates) * GRAMS_PER_KG,
        ],
        axis=1,
    )
    half = len(rates) // 2
    billed = [book.operations.made[row] for row in bills.operations.tolist()]
    is_made = np.array([each.operation is not None for each in billed], bool)
    # The last row is for arcs without a group.
    number_of = np.full(len(billed) + 1, -1, np.int64)
    number_of[:-1][is_made] = np.arange(int(is_made.sum()))
    rows = bills.operations[is_made]
    usd = book.operations.quantities.usd(parameters, rows)
    kg = book.operations.quantities.co2e_wtw_kg(parameters, rows)
    made = [each for each in billed if each.operation is not None]
    storage = operations.storage(parameters, pricer.shipment)
    per_hour = pricing.usd(storage, parameters)
    return Priced(
        rates=rates[:half],
        per_km=per_km[:half],
        eca_rates=rates[half:],
        eca_per_km=per_km[half:],
        eca_km=groups.eca_km[:, list(pricer.eca_in_force)].sum(axis=1)
        if groups.eca_km.shape[1]
        else np.zeros(pricer.topology.arc_count),
        operation=number_of[groups.operation],
        operations=tuple(each.operation for each in made if each.operation is not None),
        numbers=_numbers(made, usd, kg),
        wait_cents_per_day=round(per_hour * HOURS_PER_DAY * CENTS_PER_USD),
        bills=bills,
    )


def _numbers(made: Sequence[Billed], usd: FloatArray, kg: FloatArray) -> IntArray:
    """Return the `Numbers` of operations, a row each."""
    minutes = np.rint(np.array([each.hours for each in made]) * MINUTES_PER_HOUR)
    before = np.rint(np.array([each.before_hours for each in made]) * MINUTES_PER_HOUR)
    numbers = Numbers(
        minutes=minutes,
        clock=minutes - before,
        cents=np.rint(usd * CENTS_PER_USD),
        grams=np.rint(kg * GRAMS_PER_KG),
    )
    return np.stack(numbers, axis=1).astype(np.int64).reshape(len(made), len(Numbers._fields))
