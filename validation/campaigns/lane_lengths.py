"""Lengths of shortest ways on the lanes as they are drawn, without what ships sail beyond them.

Near land an arc counts more than its geodesic (`SAILED_NEAR_LAND` of `geodata/build/sea_mesh.py`),
which published distances judge. References made from a map know nothing of that, so here every arc
is as long as its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.arrays import FloatArray
from corridors.data.geodata import load_sea_lanes
from corridors.network.locate import Place
from corridors.network.sea.sea_distances import shut_by_default
from validation.campaigns.land import GEOD

SHUT = frozenset({"gate-kiel"})
"""Shut beside the gates that are by default: the maps of the references have no such canal."""


@cache
def drawn_lanes() -> csr_matrix:
    """Return the lanes as a matrix of km on WGS 84 by nodes, each arc once."""
    lanes = load_sea_lanes()
    closed = SHUT | shut_by_default()
    shut = np.zeros(len(lanes.node_lon), np.bool_)
    for point, node in zip(lanes.point_ids, lanes.point_node, strict=True):
        shut[node] |= point.split("#")[0] in closed
    kept = ~(shut[lanes.edge_from] | shut[lanes.edge_to])
    tail, head = lanes.edge_from[kept], lanes.edge_to[kept]
    lon, lat = lanes.node_lon, lanes.node_lat
    metres = np.asarray(GEOD.inv(lon[tail], lat[tail], lon[head], lat[head])[2])
    return csr_matrix((np.maximum(metres / 1000.0, 1e-6), (tail, head)), shape=(len(lon), len(lon)))


def drawn_km(origin: Place, goals: Sequence[Place], *, most_km: float = np.inf) -> FloatArray:
    """Return the km from a port of the world list to others, infinite beyond `most_km`."""
    ports = load_sea_lanes().ports
    away = dijkstra(drawn_lanes(), directed=False, indices=ports[origin.id], limit=most_km)
    return np.asarray(away[[ports[goal.id] for goal in goals]], np.float64)
