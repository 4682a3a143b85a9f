"""The shortest route along each shipped corridor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridors.config import load_corridors, load_scenario
from corridors.config.checks import Names
from corridors.data.geodata import LandLeg, load_services
from corridors.data.own import Overlay
from corridors.data.parameters import load_parameters
from corridors.data.paths import configs_dir
from corridors.domain.scenario import Corridor
from corridors.network.corridor import Layered, layer
from corridors.network.hauls import connect
from corridors.network.land.drayage_legs import AccessRadius
from corridors.network.locate import Place, locate
from corridors.network.states.base import BaseKey, build_base
from corridors.network.states.topology import Topology
from corridors.routing.bundle import named_by
from validation.network_state.findings import Finding, Worse, listing

# The search ignores arcs of length 0, such as transfers.
NEXT_TO_NOTHING_KM = 1e-6


def corridor_legs(overlay: Overlay) -> tuple[frozenset[str], Finding]:
    """Return the land legs of shipped corridors, and the corridors without a route.

    The routes are the shortest by km, whatever the cost and the date, between the ends of the
    shipped scenarios that compare a corridor, or of all scenarios if none does.

    Parameters
    ----------
    overlay
        Terminals and legs, without projects.
    """
    asked = [*_asked(overlay, Names(overlay))]
    # One network without ends for all: a place that another corridor names adds legs there only.
    every = (corridor for _, _, corridors in asked for corridor in corridors)
    table = load_parameters()
    base = build_base(
        BaseKey(
            services=load_services(),
            overlay=overlay,
            shortest_train_km=table.value("rail.shortest_train_km"),
            named=named_by(every),
        )
    )
    access_km = table.value("road.access_radius_km")
    radius = AccessRadius(
        door_km=access_km, city_km=table.value("road.city_radius_km"), most_km=access_km
    )
    used: set[str] = set()
    found: dict[str, bool] = {}
    for origin, destination, corridors in asked:
        topology = connect(base, origin, [destination], radius).topology
        for corridor in corridors:
            route = shortest_route(topology, layer(corridor, topology))
            found[corridor.id] = found.get(corridor.id, False) or bool(route)
            legs = (topology.legs[int(topology.leg[arc])] for arc in route)
            used.update(leg.id for leg in legs if isinstance(leg, LandLeg))
    lost = [name for name, has_route in sorted(found.items()) if not has_route]
    return frozenset(used), listing(
        "corridors", "shipped corridors without a way", lost, worse=Worse.NEW, unit="corridors"
    )


def _asked(overlay: Overlay, names: Names) -> Iterator[tuple[Place, Place, tuple[Corridor, ...]]]:
    scenarios = [load_scenario(path) for path in sorted(configs_dir().glob("scenarios/*.yaml"))]
    compared = [load_corridors(scenario.corridors, names=names) for scenario in scenarios]
    named = {corridor.id for corridors in compared for corridor in corridors}
    others = tuple(c for c in load_corridors("shipped", names=names) if c.id not in named)
    for scenario, corridors in zip(scenarios, compared, strict=True):
        origin = locate(scenario.origin, overlay.terminals)
        destination = locate(scenario.destination, overlay.terminals)
        yield origin, destination, (*corridors, *others)


def shortest_route(topology: Topology, layered: Layered) -> list[int]:
    """Return the legs of the shortest route by km as arcs in order, empty if there is no route."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    count = layered.node_count
    if not layered.base.size:
        return []
    km = np.maximum(topology.km[layered.base], NEXT_TO_NOTHING_KM)
    pair = layered.tail * count + layered.head
    order = np.lexsort((layered.base, km, pair))
    first = order[np.r_[True, np.diff(pair[order]) > 0]]
    graph = csr_matrix(
        (km[first], (layered.tail[first], layered.head[first])), shape=(count, count)
    )
    before = dijkstra(graph, indices=0, return_predecessors=True)[1]
    arc_of = dict(zip(pair[first].tolist(), layered.base[first].tolist(), strict=True))
    route: list[int] = []
    node = 1
    while node != 0 and before[node] >= 0:
        route.append(arc_of[int(before[node]) * count + node])
        node = int(before[node])
    return [arc for arc in reversed(route) if topology.leg[arc] >= 0] if node == 0 else []
