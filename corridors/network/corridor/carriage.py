"""Pre-carriage and on-carriage: how boxes reach the main carriage of a corridor and leave it.

Carriage is bounded in km by mode, and never crosses a trunk place, which names a main carriage,
unless the end it serves lies in a country that uses that place. Both prune the network before any
search, so that a route's carriage is part of an ordinary shortest path.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.geodata import load_trunk_places
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor
from corridors.network.ends.destinations import OriginNetwork
from corridors.network.graph.reach import Sorted, shortest
from corridors.network.states.topology import ArcKind, Topology


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnCarriage:
    """On-carriage to a destination: its arcs, and the transfers by which it may begin.

    Both are numbers of arcs; `arcs` has those to the sink too.
    """

    arcs: IntArray
    begin: IntArray


class _Near(NamedTuple):
    """Where carriage of an end may lead: states, and the numbers of arcs between them."""

    states: BoolArray
    arcs: IntArray


class CarriageArcs:
    """The arcs of pre-carriage from an origin and of on-carriage to each of its destinations.

    Both are searches by km outward from an end. An arc stays if its km plus the least km between
    it and the end are within the bound of its mode.
    """

    def __init__(self, network: OriginNetwork, carriage: Carriage) -> None:
        self._network = network
        topology = network.topology
        self._most = carriage.by_default_service(topology.services)
        self._furthest = float(self._most.max(initial=0.0))
        legs = topology.of_kind(ArcKind.LEG)
        self._km = np.where(legs, topology.km, 0.0)
        # A transfer has no km; what is out of reach is infinitely far, and beyond any bound.
        self._bound = np.where(legs, self._most[topology.service], np.finfo(np.float64).max)
        # Legs and transfers of the services that may be carriage, wherever they lie.
        carries = np.append(self._most >= 0.0, False)[topology.state_service]
        inner = (legs & ~topology.touching()) | topology.of_kind(ArcKind.CHANGE)
        inner &= carries[topology.tail] & carries[topology.head]
        self._arcs = np.flatnonzero(inner)
        self._everywhere = _Near(np.ones(topology.state_count, bool), self._arcs)
        self._near_origin = self._near_end = self._everywhere
        self._before: dict[bytes, BoolArray] = {}
        self._after: dict[Hashable, OnCarriage] = {}
        self._served: dict[tuple[frozenset[str], str], BoolArray] = {}
        self._number = -1

    def before(self, avoided: frozenset[str]) -> BoolArray:
        """Return by arc whether it is pre-carriage that avoids these terminals and countries."""
        origin = self._network.topology.origin
        if not self._before:
            _, reached = self._find_before(self._serves(frozenset(), origin))
            self._near_origin = self._near(reached)
        # Corridors differ in what they avoid, but seldom near an end: most share one search.
        served = self._serves(avoided, origin) & self._near_origin.states
        key = served.tobytes()
        if key not in self._before:
            self._before[key], _ = self._find_before(served)
        return self._before[key]

    def after(self, avoided: frozenset[str], number: int = 0) -> OnCarriage:
        """Return the on-carriage to a destination that avoids these places.

        What was found is kept until another destination is asked for.
        """
        name = self._network.destinations[number]
        if number != self._number:
            self._number, self._after, self._near_end = number, {}, self._everywhere
            own = self._serves(frozenset(), name) & self._network.states_of(number)
            self._near_end = self._near(self._find_after(own, number)[1])
        if avoided not in self._after:
            served = self._serves(avoided, name) & self._near_end.states
            key = served.tobytes()
            if key not in self._after:
                self._after[key], _ = self._find_after(served, number)
            self._after[avoided] = self._after[key]
        return self._after[avoided]

    def _near(self, reached: BoolArray) -> _Near:
        """Return what lies between states that the carriage of an end reaches."""
        topology, arcs = self._network.topology, self._arcs
        between = reached[topology.tail[arcs]] & reached[topology.head[arcs]]
        return _Near(reached, arcs[between])

    def _serves(self, avoided: frozenset[str], end: str) -> BoolArray:
        topology = self._network.topology
        key = avoided, topology.place(end).country
        if key not in self._served:
            self._served[key] = served_states(avoided, topology, self._most, end)
        return self._served[key]

    def _find_before(self, served: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Return by arc whether it is pre-carriage, and by state whether that reaches it."""
        topology = self._network.topology
        loads, arcs = topology.numbers_of(ArcKind.LOAD), self._near_origin.arcs
        loads = loads[served[topology.head[loads]]]
        arcs = arcs[served[topology.tail[arcs]] & served[topology.head[arcs]]]
        kept, reached = self._within(topology.head[loads], arcs, topology.tail, topology.head)
        pre = np.zeros(topology.arc_count, bool)
        pre[loads] = pre[kept] = True
        return pre, reached

    def _find_after(self, served: BoolArray, number: int) -> tuple[OnCarriage, BoolArray]:
        """Return the on-carriage to a destination, and by state whether it reaches it."""
        topology = self._network.topology
        unloads, arcs = self._network.unloads[number], self._near_end.arcs
        unloads = unloads[served[topology.tail[unloads]]]
        arcs = arcs[served[topology.tail[arcs]] & served[topology.head[arcs]]]
        kept, reached = self._within(topology.tail[unloads], arcs, topology.head, topology.tail)
        # It begins where a box is moved or handed over next, not with a transfer after another.
        goes_on = np.zeros(topology.state_count, bool)
        goes_on[topology.tail[kept[topology.leg[kept] >= 0]]] = True
        goes_on[topology.tail[unloads]] = True
        changes = topology.numbers_of(ArcKind.CHANGE)
        begin = changes[goes_on[topology.head[changes]]]
        return OnCarriage(arcs=np.append(kept, unloads), begin=begin), reached

    def _within(
        self, begin: IntArray, arcs: IntArray, near: IntArray, far: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """Return the arcs within the bounds of their modes, and by state whether they reach it.

        `begin` are the states of the end, `near` and `far` the sides of all arcs of the network.
        """
        near = near[arcs]
        ways = Sorted.of(near, far[arcs], self._network.topology.state_count)
        km, paid = self._km[arcs], np.zeros(begin.shape[0])
        least, _ = shortest(ways, km, begin, paid, furthest=self._furthest)
        return arcs[least[near] + km <= self._bound[arcs]], least < np.inf


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
