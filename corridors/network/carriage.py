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
from corridors.network.reach import least_km
from corridors.network.topology import SINK, SOURCE, ArcKind, BoolArray, FloatArray, Topology

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriageArcs:
    """Arcs within pre-carriage and within on-carriage, and those that begin on-carriage.

    `touching` are the legs of `Topology.touching`, which are no carriage.
    """

    pre: BoolArray
    on: BoolArray
    to_on: BoolArray
    touching: BoolArray


def avoided_by_carriage(corridor: Corridor) -> frozenset[str]:
    """Return the terminals, gates and countries that the carriage of a corridor avoids."""
    return frozenset((*corridor.must_avoid, *corridor.carriage_must_avoid))


def carriage_arcs(
    avoided: Collection[str], topology: Topology, carriage: Carriage, *, fast: bool = False
) -> CarriageArcs:
    """Return the arcs of carriage that avoids these places, cut to the bounds.

    An arc of on-carriage stays if its km plus the least km of carriage from its head to the
    destination are within the bound of its mode; pre-carriage is the mirror image. `fast` compiles
    the walks along arcs.
    """
    most = carriage.by_default_service(topology.services)
    legs = topology.of_kind(ArcKind.LEG)
    km = np.where(legs, topology.km, 0.0)
    bound = most[topology.service]
    moves = ~legs
    touching = topology.touching()
    present = ~(topology.of_kind(ArcKind.ABSENT) | touching)
    served_before = served_states(avoided, topology, most, topology.origin)
    pre = served_before[topology.head] & (served_before[topology.tail] | (topology.tail == SOURCE))
    pre &= present & (topology.head != SINK)
    furthest = float(most.max(initial=0.0))

    def least(arcs: BoolArray, start: int) -> FloatArray:
        ways = topology.tail[arcs], topology.head[arcs]
        return least_km(
            topology.state_count,
            *(ways if start == SOURCE else ways[::-1]),
            km[arcs],
            start,
            furthest=furthest,
            fast=fast,
        )

    from_origin = least(pre, SOURCE)
    pre &= np.where(moves, from_origin[topology.tail] < np.inf, True)
    pre &= moves | (from_origin[topology.tail] + km <= bound)
    served_after = served_states(avoided, topology, most, topology.destination)
    ends = topology.head == SINK
    on = served_after[topology.tail] & (served_after[topology.head] | ends)
    on &= present & (topology.tail != SOURCE)
    to_end = least(on, SINK)
    on &= np.where(moves, to_end[topology.head] < np.inf, True)
    on &= moves | (km + to_end[topology.head] <= bound)
    leads_on = np.zeros(topology.state_count, bool)
    leads_on[topology.tail[on & (legs | ends)]] = True
    to_on = topology.of_kind(ArcKind.CHANGE) & served_after[topology.head]
    to_on &= leads_on[topology.head]
    return CarriageArcs(pre=pre, on=on, to_on=to_on, touching=touching)


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
