"""Search the open lanes from places that join them at several nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray, SmallArray
from corridors.data.geodata import load_sea_lanes

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST_NM = 1e-6
"""The length of an edge between two nodes in one place."""


class Edges(NamedTuple):
    """The open edges by node, each in both directions: `first`, then heads and lengths in nm."""

    first: SmallArray
    heads: SmallArray
    length: FloatArray


def open_edges(closed: frozenset[str]) -> Edges:
    """Return the edges of the lanes that touch no closed gate."""
    lanes, barred = load_sea_lanes(), barred_nodes(closed)
    live = ~(barred[lanes.edge_from] | barred[lanes.edge_to])
    one, other, nm = lanes.edge_from[live], lanes.edge_to[live], lanes.edge_nm[live]
    tails, heads = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((heads, tails))
    first = np.zeros(barred.shape[0] + 1, np.int32)
    first[1:] = np.cumsum(np.bincount(tails, minlength=barred.shape[0]))
    length = np.maximum(np.concatenate([nm, nm]), LEAST_NM)
    return Edges(first=first, heads=heads[order], length=length[order])


def barred_nodes(closed: frozenset[str]) -> BoolArray:
    """Return which nodes of the lanes are points of closed gates."""
    lanes = load_sea_lanes()
    barred = np.zeros(lanes.node_lon.shape[0], bool)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        barred[node] |= point.split("#")[0] in closed
    return barred


def ways_from(
    places: Sequence[tuple[tuple[int, float], ...]], graph: csr_matrix, *, before: bool = False
) -> tuple[FloatArray, SmallArray]:
    """Return the shortest ways from places to all nodes of the lanes.

    Parameters
    ----------
    places
        The nodes that each place joins, with the nm to them.
    graph
        The nm between nodes, in both directions.
    before
        Whether to say which node comes before each.

    Returns
    -------
    nm
        By place and node; infinite if no way leads there.
    before
        By place and node the node before it on the way, negative where the way begins; empty unless
        it is asked for.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    count = graph.shape[0]
    nodes = [node for ends in places for node, _ in ends]
    off = [nm for ends in places for _, nm in ends]
    first = np.cumsum([len(ends) for ends in places]) + graph.nnz
    # Each place is one more node, from which arcs lead to its ends.
    joined = csr_matrix(
        (
            np.concatenate([graph.data, off]),
            np.concatenate([graph.indices, nodes]),
            np.concatenate([graph.indptr, first]),
        ),
        shape=(count + len(places),) * 2,
    )
    sources = np.arange(count, count + len(places))
    if not before:
        return dijkstra(joined, indices=sources)[:, :count], np.empty((0, 0), np.int32)
    nm, found = dijkstra(joined, indices=sources, return_predecessors=True)
    return nm[:, :count], np.where(found >= count, -1, found)[:, :count]


def way_back(before: SmallArray, node: int) -> list[int]:
    """Return the nodes of a way from its end to where it begins."""
    nodes = [node]
    while before[nodes[-1]] >= 0:
        nodes.append(int(before[nodes[-1]]))
    return nodes
