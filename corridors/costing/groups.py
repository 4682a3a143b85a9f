"""Group arcs that share a rate or an operation, and price each group once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.costing import operations, pricing
from corridors.costing.bills import BillBook, Billed, Bills
from corridors.costing.pricer import Pricer
from corridors.data.geodata import LandLeg
from corridors.data.parameters import load_parameters
from corridors.data.services import is_broad
from corridors.domain.rates import Operation, RunningRate
from corridors.network.sea.sea_legs import SeaLeg
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, HOURS_PER_DAY, MINUTES_PER_HOUR

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
    see `policy`; 1 in the east of Russia, see `rail`); `operation_of` one arc that represents an
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
