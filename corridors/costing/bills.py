"""Bills of quantities of a network's groups, made again only where a figure that they read changes.

A book keeps them for one box, speed, market, customs and year, whatever the network: an operation
depends on its services, place and border, not on the ends of a question. Most places have no figure
of their own; those of a country share the operations of loading, unloading and changing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from corridors.costing.pricer import Pricer
from corridors.costing.quantities import Quantities
from corridors.data.parameters import ParameterTable, ReadTable, changed_names
from corridors.domain.places import Family
from corridors.domain.rates import Operation, RunningRate
from corridors.domain.values import BillLine, SourcedValue
from corridors.kept import Kept
from corridors.network.topology import ArcKind, Topology

# A ledger with more bills begins anew, and so does one of which few are still asked for.
MOST_BILLS = 40_000
FEWEST_BILLS = 5_000
MOST_NETWORKS = 8
Made = TypeVar("Made")
IntArray = npt.NDArray[np.int64]
OperationKey = tuple[Hashable, ...]
BEFORE_DEPARTURE = ("door", "road", "export_dwell", "schedule_wait")


class Billed(NamedTuple):
    """The operation of a group, None without one, and whether the market quotes no price for it.

    `hours` are its hours, `before_hours` those of them before the departure.
    """

    operation: Operation | None
    barred: bool
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
            barred=pricer.barred(arc),
            hours=0.0 if found is None else found.hours,
            before_hours=before,
        )


@dataclass(frozen=True, slots=True)
class Noted(Generic[Made]):
    """What was made of the parameters, and what it read of them."""

    made: Made
    read: frozenset[str]


class Ledger(Generic[Made]):
    """Bills by what they depend on but parameters, as rows of one table of quantities.

    A row stays when the bill of its key is made again; the key then has a new one.
    """

    def __init__(self, bill_of: Callable[[Made], Sequence[BillLine]]) -> None:
        self._bill_of = bill_of
        self._begin()

    def _begin(self) -> None:
        self._row: dict[Hashable, int] = {}
        self._reads: dict[frozenset[str], frozenset[str]] = {}
        self.rows: list[Noted[Made]] = []
        self.quantities = Quantities()

    def row(self, key: Hashable, table: ReadTable, make: Callable[[], Made]) -> int:
        """Return the row of a key, made if there is none."""
        found = self._row.get(key)
        if found is None:
            made, read = table.noted(make)
            self.rows.append(Noted(made, self._reads.setdefault(read, read)))
            found = self._row[key] = self.quantities.add(self._bill_of(made))
        return found

    def drop(self, changed: frozenset[str]) -> None:
        """Drop the keys whose bills read any of these names."""
        stale = {read for read in self._reads if not read.isdisjoint(changed)}
        if stale:
            rows = self.rows
            self._row = {k: row for k, row in self._row.items() if rows[row].read not in stale}
        most = min(MOST_BILLS, max(FEWEST_BILLS, 2 * len(self._row)))
        if len(self.rows) > most:
            self._begin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The bills of a network's groups, before prices, as rows of the ledgers of their book.

    `rates` are those of the rate groups, then the same in emission control areas; `operations`
    those of the operation groups.
    """

    book: BillBook
    rates: IntArray
    operations: IntArray


class BillBook:
    """The bills of one set of everything that they depend on but parameters.

    They are those of the replaced rows of parameters last asked for.
    """

    def __init__(self) -> None:
        self._own: frozenset[tuple[SourcedValue, SourcedValue]] = frozenset()
        self.rates: Ledger[RunningRate] = Ledger(lambda rate: rate.bill_per_km)
        self.operations: Ledger[Billed] = Ledger(
            lambda billed: billed.operation.bill if billed.operation else ()
        )
        # By network and places with figures of their own; with the arcs that they are of, so that
        # no others have their identity.
        self._keys: Kept[tuple[Sequence[int], tuple[OperationKey, ...]]] = Kept(MOST_NETWORKS)

    def bills(
        self,
        pricer: Pricer,
        *,
        rates: Sequence[tuple[int, int, int]],
        operations: Sequence[int],
    ) -> Bills:
        """Return the bills of groups.

        Parameters
        ----------
        pricer
            The question.
        rates
            Service, country and halves (see `policy`) of each rate group.
        operations
            One arc of each operation group.
        """
        own = frozenset(pricer.own_rows)
        changed = changed_names(own ^ self._own)
        self._own = own
        for ledger in (self.rates, self.operations):
            ledger.drop(changed)
        table = ReadTable.of(pricer.parameters)
        reading = pricer.reading(table)
        network = pricer.topology
        named = named_scopes(pricer.parameters)
        keys = self._keys.of(
            (id(operations), named),
            lambda: (operations, operation_keys(network, operations, named)),
        )[1]
        rate_rows = []
        for clean in (False, True):
            for service, country, halves in rates:
                ship = network.services[service]
                low = clean and ship.family is Family.SEA
                code = next(iter(network.countries[country]), "")
                rate_rows.append(
                    self.rates.row(
                        (ship.id, code, halves, low),
                        table,
                        lambda: reading.rate(service, country, halves=halves, low_sulphur=low),  # noqa: B023 called at once
                    )
                )
        rows = [
            self.operations.row(
                (key, reading.drayage_key(arc)),
                table,
                lambda: Billed.on(arc, reading),  # noqa: B023 called at once
            )
            for arc, key in zip(operations, keys, strict=True)
        ]
        return Bills(
            book=self,
            rates=np.array(rate_rows, np.int64),
            operations=np.array(rows, np.int64),
        )


def named_scopes(parameters: ParameterTable) -> frozenset[str]:
    """Return every id that some row's scope names: of `lt-kena@rail>rail`, both."""
    scopes = {row.scope for row in parameters.rows}
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
