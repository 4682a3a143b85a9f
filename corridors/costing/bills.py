"""Bills of quantities of a network's groups.

Loading a box in Shanghai takes a lift, port dues and a fifth of a tonne of fuel at berth. Such a
bill is the same at any price of fuel and for any destination. So a book keeps bills for one
`Pricer.bill_key` (box, speed, customs, year, region of the destination, and every figure but
prices), whatever the network: an operation depends on its services, place and border. Most
places have no figure of their own; those of a country share the operations of loading, unloading
and changing. `groups.price_bills` multiplies the bills by the prices of a question.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from corridors.arrays import IntArray
from corridors.costing.pricer import Pricer
from corridors.costing.quantities import Quantities
from corridors.data.parameters import ParameterTable
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


class BillTable(Generic[Made]):
    """Bills by what they depend on, each a row of one table of quantities."""

    def __init__(self, bill_of: Callable[[Made], Sequence[BillLine]]) -> None:
        self._bill_of = bill_of
        self._row: dict[Hashable, int] = {}
        self.made: list[Made] = []
        self.quantities = Quantities()

    def row(self, key: Hashable, make: Callable[[], Made]) -> int:
        """Return the row of a key, made if there is none."""
        if key not in self._row:
            made = make()
            self._row[key] = self.quantities.add(self._bill_of(made))
            self.made.append(made)
        return self._row[key]


class BillBook:
    """Bills of all networks for one `Pricer.bill_key`: of running a km, and of operations."""

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
        rate_rows = []
        for clean in (False, True):
            for service, country, halves, east in rates:
                ship = network.services[service]
                low = clean and ship.family is Family.SEA
                code = next(iter(network.countries[country]), "")
                rate_rows.append(
                    self.rates.row(
                        (ship.id, code, halves, low, east),
                        partial(
                            pricer.rate,
                            service,
                            country,
                            halves=halves,
                            low_sulphur=low,
                            is_east=bool(east),
                        ),
                    )
                )
        keys = operation_keys(network, operations, named_scopes(pricer.parameters))
        rows = [
            self.operations.row((key, pricer.drayage_key(arc)), lambda: Billed.on(arc, pricer))  # noqa: B023 called at once
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
