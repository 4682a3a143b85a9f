"""Bills of quantities of a network's groups.

Loading a box in Shanghai takes a lift, port dues and a fifth of a tonne of fuel at berth. Such a
bill is the same at any price of fuel and for any destination. So a book keeps bills for one
`Pricer.book_key` (box, customs, year, region of the destination), whatever the network: an
operation depends on its services, place and border, and on the figures that are looked up for it.
A question with other hours at a border shares all bills but those of borders. Most places have no
figure of their own; those of a country share the operations of loading, unloading and changing.
`groups.price_bills` multiplies the bills by the prices of a question.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import methodcaller
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from corridors.arrays import IntArray
from corridors.costing.pricer import Pricer
from corridors.costing.quantities import Quantities
from corridors.data.parameters import NotingTable, ParameterTable
from corridors.domain.places import Family
from corridors.domain.rates import Operation, RunningRate
from corridors.domain.values import BillLine
from corridors.network.rules.capacity import USERS
from corridors.network.states.topology import ArcKind, Topology

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
            Service, country, halves (see `policy`) and east (see `rail`) of each rate group.
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
