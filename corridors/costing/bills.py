"""Bills of quantities of a network's groups, made again only where a figure that they read changes.

A book keeps them for one box, speed, market, customs and year, whatever the network: an operation
depends on its services, place and border, not on the ends of a question.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from corridors.costing.pricer import Pricer
from corridors.costing.quantities import Quantities
from corridors.data.parameters import ReadTable, changed_names
from corridors.domain.places import Family
from corridors.domain.rates import Operation, RunningRate
from corridors.domain.values import SourcedValue
from corridors.network.topology import ArcKind, Topology

# Bills of some ten networks; a book with more begins anew.
MOST_BILLS = 40_000
Made = TypeVar("Made")


class Billed(NamedTuple):
    """The operation of a group, None without one, and whether the market quotes no price for it."""

    operation: Operation | None
    barred: bool


@dataclass(frozen=True, slots=True)
class Noted(Generic[Made]):
    """A bill, and what it read of the parameters."""

    made: Made
    read: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """Bills of quantities of a network's groups, before prices.

    `rates` are those of the rate groups, then the same in emission control areas; `per_km` are
    their quantities, `once` those of the operations that there are.
    """

    rates: tuple[Noted[RunningRate], ...]
    operations: tuple[Noted[Billed], ...]
    per_km: Quantities
    once: Quantities


class BillBook:
    """The bills of one set of everything that they depend on but parameters.

    They are those of the replaced rows of parameters last asked for.
    """

    def __init__(self) -> None:
        self._own: frozenset[tuple[SourcedValue, SourcedValue]] = frozenset()
        self._rates: dict[Hashable, Noted[RunningRate]] = {}
        self._operations: dict[Hashable, Noted[Billed]] = {}
        self._reads: dict[frozenset[str], frozenset[str]] = {}

    def bills(
        self,
        pricer: Pricer,
        *,
        rates: Sequence[tuple[int, int, int]],
        operations: Sequence[int],
        keys: Sequence[Hashable],
        known: Bills | None,
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
        keys
            What each operation depends on of its network (see `operation_keys`).
        known
            Bills of the same groups, whose quantities are kept if no bill has changed.
        """
        self._take(frozenset(pricer.own_rows))
        table = ReadTable.of(pricer.parameters)
        reading = pricer.reading(table)
        network = pricer.topology
        found_rates = []
        for clean in (False, True):
            for service, country, halves in rates:
                ship = network.services[service]
                low = clean and ship.family is Family.SEA
                code = next(iter(network.countries[country]), "")
                key = (ship.id, code, halves, low)
                found_rates.append(
                    self._of(
                        self._rates,
                        key,
                        table,
                        lambda: reading.rate(service, country, halves=halves, low_sulphur=low),  # noqa: B023 called at once
                    )
                )
        found = [
            self._of(
                self._operations,
                (key, reading.drayage_key(arc)),
                table,
                lambda: Billed(reading.operation(arc), reading.barred(arc)),  # noqa: B023 called at once
            )
            for arc, key in zip(operations, keys, strict=True)
        ]
        if known is not None and _same(known.rates, found_rates) and _same(known.operations, found):
            return known
        return Bills(
            rates=tuple(found_rates),
            operations=tuple(found),
            per_km=Quantities.of([each.made.bill_per_km for each in found_rates]),
            once=Quantities.of(
                [each.made.operation.bill for each in found if each.made.operation is not None]
            ),
        )

    def _take(self, own: frozenset[tuple[SourcedValue, SourcedValue]]) -> None:
        """Drop the bills that read what differs with these replaced rows."""
        changed = changed_names(own ^ self._own)
        self._own = own
        stale = {read for read in self._reads if read & changed}
        if len(self._operations) > MOST_BILLS:
            stale = set(self._reads)
        if stale:
            self._rates = {k: noted for k, noted in self._rates.items() if noted.read not in stale}
            self._operations = {
                k: noted for k, noted in self._operations.items() if noted.read not in stale
            }

    def _of(
        self,
        kept: dict[Hashable, Noted[Made]],
        key: Hashable,
        table: ReadTable,
        make: Callable[[], Made],
    ) -> Noted[Made]:
        found = kept.get(key)
        if found is None:
            made, read = table.noted(make)
            found = kept[key] = Noted(made, self._reads.setdefault(read, read))
        return found


def _same(known: Sequence[Noted[Made]], found: Sequence[Noted[Made]]) -> bool:
    return all(one is other for one, other in zip(known, found, strict=True))


def operation_keys(topology: Topology, arcs: Sequence[int]) -> tuple[Hashable, ...]:
    """Return by arc what its operation depends on of the network, as the ids of what it meets."""
    places = [(here.id, here.name, here.country) for here in topology.places]
    services = [service.id for service in topology.services]
    gates = {gate.id: gate for gate in topology.gates}
    passed = [gates.get(here.gate) for here in topology.places]
    found = []
    for arc in arcs:
        kind = ArcKind(int(topology.kind[arc]))
        tail, head = (int(topology.state_place[at[arc]]) for at in (topology.tail, topology.head))
        service = services[int(topology.service[arc])]
        key: tuple[Hashable, ...]
        if kind is ArcKind.LEG:
            countries = topology.countries[int(topology.country[arc])]
            at_border = len(countries) > 1
            canal = int(topology.canal[arc])
            key = (
                (countries, *sorted((places[tail], places[head]))) if at_border else (),
                topology.gates[canal] if canal >= 0 else passed[head],
                canal >= 0,
            )
        elif kind is ArcKind.LOAD:
            key = (places[head],)
        else:
            before = int(topology.state_service[topology.tail[arc]])
            key = (places[tail], services[before])
        found.append((kind, service, *key))
    return tuple(found)
