"""Pre-carriage and on-carriage: how boxes reach the main carriage of a corridor and leave it.

Carriage is bounded in km by mode, and never crosses a trunk place, which names a main carriage,
unless the end it serves lies in a country that uses that place. Both prune the network before any
search, so that a route's carriage is part of an ordinary shortest path.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from corridors.data.geodata import load_trunk_places
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor
from corridors.network.destinations import OriginNetwork
from corridors.network.reach import Sorted, shortest
from corridors.network.topology import (
    SOURCE,
    ArcKind,
    BoolArray,
    FloatArray,
    IntArray,
    Topology,
)

UNBOUNDED = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """The most km of carriage by service id; a service that is not listed is no carriage."""

    most_km: tuple[tuple[str, float], ...] = ()

    def by_service(self, services: Sequence[Service]) -> FloatArray:
        """Return the most km by service, -1 for a service that is no carriage."""
        most = dict(self.most_km)
        return np.array([most.get(service.id, -1.0) for service in services])

    def by_default_service(self, services: Sequence[Service]) -> FloatArray:
        """Return the same; a service reserved for a corridor is no carriage."""
        most = self.by_service(services)
        most[[not service.default for service in services]] = -1.0
        return most

    @property
    def unbounded(self) -> Carriage:
        """The same services without a bound."""
        return Carriage(most_km=tuple((name, UNBOUNDED) for name, _ in self.most_km))


NO_CARRIAGE = Carriage()


def carriage_of(services: Sequence[Service], parameters: ParameterTable) -> Carriage:
    """Return the bounds of carriage: `carriage.max_km` of a service, else of its family."""
    rows = {
        service.id: parameters.find("carriage.max_km", service.id, service.family.value)
        for service in services
    }
    return Carriage(
        most_km=tuple((name, row.value) for name, row in rows.items() if row is not None)
    )


def avoided_by_carriage(corridor: Corridor) -> frozenset[str]:
    """Return the terminals, gates and countries that the carriage of a corridor avoids."""
    return frozenset((*corridor.must_avoid, *corridor.carriage_must_avoid))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCarriage:
    """On-carriage to a destination: its arcs, and the transfers by which it may begin.

    Both are numbers of arcs in ascending order; `arcs` has those to the sink too.
    """

    arcs: IntArray
    begin: IntArray


class CarriageArcs:
    """The arcs of pre-carriage from an origin and of on-carriage to each of its destinations.

    Both are searches by km outward from an end. An arc stays if its km plus the least km between
    it and the end are within the bound of its mode. `fast` compiles the searches.
    """

    def __init__(self, network: OriginNetwork, carriage: Carriage, *, fast: bool = False) -> None:
        self._network = network
        self._fast = fast
        topology = network.topology
        self._most = carriage.by_default_service(topology.services)
        legs = topology.of_kind(ArcKind.LEG)
        self._changes = topology.of_kind(ArcKind.CHANGE)
        self._km = np.where(legs, topology.km, 0.0)
        # A transfer has no km, so no bound either.
        self._bound = np.where(legs, self._most[topology.service], np.inf)
        self._inner = (legs & ~topology.touching()) | self._changes
        self._before: dict[bytes, BoolArray] = {}
        self._after: dict[bytes, OnCarriage] = {}
        self._served: dict[tuple[frozenset[str], str], BoolArray] = {}
        self._number = -1
        self._near_origin, self._near_end = (np.ones(topology.state_count, bool) for _ in range(2))

    def before(self, avoided: frozenset[str]) -> BoolArray:
        """Return the arcs of pre-carriage that avoids these terminals, gates and countries."""
        if not self._before:
            everywhere = self._serves(frozenset(), self._network.topology.origin)
            self._near_origin = self._find_before(everywhere)[1]
        # Corridors differ in what they avoid, but seldom near an end: most share one search.
        served = self._serves(avoided, self._network.topology.origin) & self._near_origin
        key = served.tobytes()
        if key not in self._before:
            self._before[key] = self._find_before(served)[0]
        return self._before[key]

    def after(self, avoided: frozenset[str], number: int = 0) -> OnCarriage:
        """Return the on-carriage to a destination that avoids these places.

        What was found is kept until another destination is asked for.
        """
        name, own = self._network.destinations[number], self._network.states_of(number)
        if number != self._number:
            self._number, self._after = number, {}
            self._near_end = self._find_after(self._serves(frozenset(), name) & own, number)[1]
        served = self._serves(avoided, name) & own & self._near_end
        key = served.tobytes()
        if key not in self._after:
            self._after[key] = self._find_after(served, number)[0]
        return self._after[key]

    def _serves(self, avoided: frozenset[str], end: str) -> BoolArray:
        topology = self._network.topology
        key = avoided, topology.place(end).country
        if key not in self._served:
            self._served[key] = served_states(avoided, topology, self._most, end)
        return self._served[key]

    def _find_before(self, served: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Return by arc whether it is pre-carriage, and by state whether it is within reach."""
        topology = self._network.topology
        tail, head = topology.tail, topology.head
        arcs = served[head] & ((self._inner & served[tail]) | topology.of_kind(ArcKind.LOAD))
        km = self._km_from(topology.by_tail(fast=self._fast), arcs, np.array([SOURCE]))
        arcs &= (km[tail] < np.inf) & (km[tail] + self._km <= self._bound)
        return arcs, km < np.inf

    def _find_after(self, served: BoolArray, number: int) -> tuple[OnCarriage, BoolArray]:
        """Return the on-carriage to a destination, and by state whether it is within reach."""
        topology = self._network.topology
        tail, head = topology.tail, topology.head
        unloads = self._network.unloads(number)
        unloads = unloads[served[tail[unloads]]]
        arcs = self._inner & served[tail] & served[head]
        km = self._km_from(topology.by_head(fast=self._fast), arcs, np.unique(tail[unloads]))
        arcs &= (km[head] < np.inf) & (km[head] + self._km <= self._bound)
        # It begins where a box is moved or handed over next, not with a transfer after another.
        goes_on = np.zeros(topology.state_count, bool)
        goes_on[tail[arcs & ~self._changes]] = goes_on[tail[unloads]] = True
        begins = self._changes & goes_on[head] & served[head]
        of_end = np.sort(np.concatenate([np.flatnonzero(arcs), unloads]))
        return OnCarriage(arcs=of_end, begin=np.flatnonzero(begins)), km < np.inf

    def _km_from(self, ways: Sorted, arcs: BoolArray, begin: IntArray) -> FloatArray:
        """Return by state the least km of these arcs from where a search begins."""
        km = np.where(arcs, self._km, -1.0)
        furthest = float(self._most.max(initial=0.0))
        paid = np.zeros(begin.shape[0])
        return shortest(ways, km, begin, paid, furthest=furthest, fast=self._fast)[0]


def served_states(
    avoided: Collection[str], topology: Topology, most: FloatArray, end: str
) -> BoolArray:
    """Return the states that carriage of one end may use."""
    country = topology.place(end).country
    trunk = [name for name, serves in load_trunk_places().items() if country not in serves]
    barred = topology.index.named((*avoided, *trunk)) | topology.index.inside(avoided)
    inner = topology.state_place >= 0
    served = np.zeros(topology.state_count, bool)
    served[inner] = (most[topology.state_service[inner]] >= 0.0) & ~barred[
        topology.state_place[inner]
    ]
    return served
