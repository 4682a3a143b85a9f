"""Where an allocation's capacities lie and how full they are; where its boxes begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from corridors.domain.allocation import CapacityUse, EndLoad
from corridors.network.capacity import USERS
from corridors.output.planned import Planned
from corridors.routing.problem import SINK

if TYPE_CHECKING:
    from corridors.network.topology import NetworkPlace, Topology

_TITLES = {
    "border": "Border crossing",
    "ferry": "Ferries",
    "port": "Port",
    "rail": "Railway line",
    "sea": "Ships",
}


def capacity_uses(planned: Planned) -> tuple[CapacityUse, ...]:
    """Return how full each listed capacity is, by month.

    Months of the plan, and those after it in which boxes still pass; a capacity that is not yet
    listed in a month is left out of it.
    """
    used: dict[tuple[int, int], float] = {}
    for flow in planned.solved.flows:
        for resource, month, amount in flow.offer.route.uses:
            used[resource, month] = used.get((resource, month), 0.0) + flow.teu * amount
    worth = planned.solved.prices.by_month
    found = []
    for number, name in enumerate(planned.resources):
        place = _place_of(planned, number)
        for month, first in enumerate(planned.months):
            limit = float(planned.program.capacity[number, month])
            teu = used.get((number, month), 0.0)
            if not np.isfinite(limit) or (teu <= 0.0 and month >= len(planned.plan.months)):
                continue
            found.append(
                CapacityUse(
                    name=name,
                    title=_title(name),
                    place="" if place is None else place.id,
                    place_name="" if place is None else place.name,
                    lon=None if place is None else place.lon,
                    lat=None if place is None else place.lat,
                    month=first,
                    used_teu=teu,
                    limit_teu=limit,
                    usd_per_teu=float(worth[number, month]),
                )
            )
    return tuple(found)


def end_loads(planned: Planned) -> tuple[EndLoad, ...]:
    """Return the places where boxes begin or end their way, by id."""
    sums: dict[str, list[float]] = {}
    places = {}
    for flow in planned.solved.flows:
        question, _ = planned.lane(flow.offer)
        for side, place in enumerate((question.origin, question.destination)):
            places[place.id] = place
            sums.setdefault(place.id, [0.0, 0.0])[side] += flow.teu
    return tuple(
        EndLoad(
            place=key,
            name=places[key].name,
            lon=places[key].lon,
            lat=places[key].lat,
            out_teu=sums[key][0],
            in_teu=sums[key][1],
        )
        for key in sorted(sums)
    )


def _title(name: str) -> str:
    kind, _, scope = name.partition(" ")
    return f"{_TITLES.get(kind, kind)} {scope.partition('@')[0] if '@' in scope else scope}"


def _place_of(planned: Planned, number: int) -> NetworkPlace | None:
    """Return the place of a capacity: the one named, else where most TEU make use of it."""
    kind, _, scope = planned.resources[number].partition(" ")
    named = scope.partition("@")[2] or scope
    for topology in _topologies(planned):
        for place in topology.places:
            if place.id == named:
                return place
    teu: dict[str, float] = {}
    places: dict[str, NetworkPlace] = {}
    for flow in planned.solved.flows:
        if all(resource != number for resource, _, _ in flow.offer.route.uses):
            continue
        question, network = planned.lane(flow.offer)
        topology = question.bundle.topology
        arcs = network.problem.base[list(flow.offer.route.arcs)]
        users = USERS[f"{kind}.capacity_teu_per_week"](topology, scope)[arcs]
        for arc in arcs[users > 0.0].tolist():
            place = _end_of(topology, arc)
            places[place.id] = place
            teu[place.id] = teu.get(place.id, 0.0) + flow.teu
    most = min(teu, key=lambda key: (-teu[key], key), default=None)
    return None if most is None else places[most]


def _end_of(topology: Topology, arc: int) -> NetworkPlace:
    """Return the place that an arc leaves, or where it is loaded."""
    tail = int(topology.tail[arc])
    return topology.place_of(tail if tail > SINK else int(topology.head[arc]))


def _topologies(planned: Planned) -> Iterator[Topology]:
    for lanes in planned.lanes:
        for question, _ in lanes:
            yield question.bundle.topology
