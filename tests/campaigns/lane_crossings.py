"""Look for lanes that cross at sea without a node in common, so that no ship can turn there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.data.geodata import FloatArray, IntArray, SeaLanes, load_sea_lanes
from corridors.network.distances import sea_graph
from tests.campaigns.lane_tables import Section, wrapped

MOST_CROSSINGS = 230
"""What the lanes of today hold."""
STEPS_NM = (50.0, 200.0, 1000.0)
APART_DEGREES = 180.0
"""An arc whose longitudes lie that far apart crosses the edge of the map, and is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where two arcs cross, and the nm on the lanes from one to the other, which lie 0 nm apart."""

    lon: float
    lat: float
    nm: float


def crossed(one: FloatArray, other: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return which arcs cross, two to a row, and where as (lon, lat); meeting ends do not count.

    Arcs are straight in degrees here, as they are where ports join them.
    """
    near = np.flatnonzero(np.abs(one[:, 0] - other[:, 0]) < APART_DEGREES)
    lines = shapely.linestrings(np.stack([one[near], other[near]], axis=1))
    first, second = shapely.STRtree(lines).query(lines, predicate="crosses")
    once = first < second
    first, second = first[once], second[once]
    points = shapely.get_coordinates(shapely.intersection(lines[first], lines[second]))
    return np.stack([near[first], near[second]], axis=1).astype(np.int32), points


def crossings(lanes: SeaLanes) -> list[Crossing]:
    """Return where lanes cross without a node, every gate open, the longest way first."""
    lon_lat = np.stack([lanes.node_lon, lanes.node_lat], axis=1)
    pairs, points = crossed(lon_lat[lanes.edge_from], lon_lat[lanes.edge_to])
    first, heads, length = sea_graph(arctic=True, kiel=True).edges
    graph = csr_matrix((length, heads, first), shape=(first.shape[0] - 1,) * 2)

    def ends(edge: int, point: FloatArray) -> list[tuple[int, float]]:
        nodes = int(lanes.edge_from[edge]), int(lanes.edge_to[edge])
        whole = np.hypot(*(lon_lat[nodes[1]] - lon_lat[nodes[0]]))
        share = float(np.hypot(*(point - lon_lat[nodes[0]])) / whole)
        nm = float(lanes.edge_nm[edge])
        return [(nodes[0], share * nm), (nodes[1], (1.0 - share) * nm)]

    found = []
    for (one, other), point in zip(pairs.tolist(), points, strict=True):
        starts, goals = ends(one, point), ends(other, point)
        far = dijkstra(graph, indices=[node for node, _ in starts])
        nm = min(
            off + float(row[node]) + beyond
            for (_, off), row in zip(starts, far, strict=True)
            for node, beyond in goals
        )
        found.append(Crossing(lon=float(point[0]), lat=float(point[1]), nm=nm))
    return sorted(found, key=lambda crossing: -crossing.nm)


def crossings_section(*, count: int) -> Section:
    """Return how many lanes cross without a node, and how far apart the lanes hold them."""
    found = crossings(load_sea_lanes())
    over = ", ".join(
        f"{sum(crossing.nm > step for crossing in found)} over {step:.0f} nm" for step in STEPS_NM
    )
    lines = [
        f"{len(found)} pairs of lanes cross without a node;",
        f"on the lanes they are apart: {over}",
        "worst, nm at lon,lat:",
        *wrapped([f"{c.nm:.0f} at {c.lon:.2f},{c.lat:.2f}" for c in found[:count]]),
    ]
    failures = []
    if len(found) > MOST_CROSSINGS:
        failures.append(f"{len(found)} crossings without a node, at most {MOST_CROSSINGS}")
    return Section(
        title="Lanes that cross without a node", lines=tuple(lines), failures=tuple(failures)
    )
