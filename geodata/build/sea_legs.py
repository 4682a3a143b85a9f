"""Sea legs between points: shortest lanes that pass no other gate point."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from sea_graph import Lanes

CALL_NM = 0.01
"""What a leg that ends at a port is longer: some ports are nodes on the way of ships that pass.

Without it a way that passes such a port is as long as one that calls there, to the last digit.
"""


@dataclass
class Legs:
    """Legs as arrays; `paths` holds the lane nodes of each leg from `start` to `end`."""

    start: list[int]
    end: list[int]
    nm: list[float]
    area: list[int]
    gate: list[int]
    paths: list[np.ndarray]


def absorbing(matrix: csr_matrix, gates: list[int], source: int) -> csr_matrix:
    """Return the lanes with no way out of any gate node but the source's own."""
    closed = np.zeros(matrix.shape[0], dtype=bool)
    closed[gates] = True
    closed[source] = False
    keep = ~np.repeat(closed, np.diff(matrix.indptr))
    counts = np.where(closed, 0, np.diff(matrix.indptr))
    return csr_matrix(
        (matrix.data[keep], matrix.indices[keep], np.r_[0, np.cumsum(counts)]),
        shape=matrix.shape,
    )


def leg_marks(lanes: Lanes, path: np.ndarray) -> tuple[int, str]:
    """Return the one NSR area and the canal of a path.

    A path with edges of two areas means that an area gate is missing: the build stops.
    """
    edges = [lanes.edges[min(i, j), max(i, j)] for i, j in itertools.pairwise(path.tolist())]
    areas = {e.area for e in edges}
    if len(areas) > 1:
        sys.exit(f"leg in several areas {areas}: {[lanes.nodes[i] for i in path]}")
    canals = {e.canal for e in edges}
    if len(canals) > 1:
        sys.exit(f"leg half in a canal: {[lanes.nodes[i] for i in path]}")
    return areas.pop(), canals.pop()


def build_legs(
    lanes: Lanes, point_node: list[int], gate_count: int, canals: dict[str, int]
) -> Legs:
    """Return the legs of all pairs of points that a lane joins with no gate between.

    Parameters
    ----------
    lanes
        The finished lanes.
    point_node
        Lane node of each point: first the gate points, then the ports.
    gate_count
        How many points are gate points.
    canals
        Row in gates.csv of each canal.
    """
    matrix = lanes.matrix()
    gates = point_node[:gate_count]
    legs = Legs([], [], [], [], [], [])
    for a, source in enumerate(point_node):
        graph = absorbing(matrix, gates, source)
        nm, previous = dijkstra(graph, indices=source, return_predecessors=True)
        for b in range(a + 1, len(point_node)):
            target = point_node[b]
            if not np.isfinite(nm[target]):
                continue
            path = [target]
            while path[-1] != source:
                path.append(int(previous[path[-1]]))
            nodes = np.array(path[::-1], dtype=np.int32)
            area, canal = leg_marks(lanes, nodes)
            legs.start.append(a)
            legs.end.append(b)
            calls = (a >= gate_count) + (b >= gate_count)
            legs.nm.append(float(nm[target]) + CALL_NM * calls)
            legs.area.append(area)
            legs.gate.append(canals[canal] if canal else -1)
            legs.paths.append(nodes)
    return legs
