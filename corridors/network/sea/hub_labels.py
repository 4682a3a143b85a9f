"""Build hub labels of a graph: each node's distances to a few hubs.

Every shortest path passes a hub that both its ends keep (pruned landmark labelling, Akiba, Iwata
and Yoshida 2013). Compiled by numba; `label_joins` has the distances that follow.
"""

from __future__ import annotations

import heapq

import numpy as np

from corridors.arrays import FloatArray, SmallArray
from corridors.engine import compiled
from corridors.network.sea.label_joins import Label, Labels

FIRST_WIDTH = 2048
"""Hubs of a node that there is room for; a search that needs more begins again with twice as many.

The lanes need 1,634. Room that no hub takes is never touched, so it takes no memory.
"""
# Sums of one path from its two ends differ by this much at most.
ROUNDING = 1e-9


def build_labels(
    first: SmallArray, heads: SmallArray, length: FloatArray, *, order: SmallArray
) -> Labels:
    """Return the labels of the nodes of an undirected graph.

    Parameters
    ----------
    first
        Where the edges of each node begin in `heads`, and their number at the end.
    heads
        The other end of each edge.
    length
        The length of each edge, above 0, in any unit.
    order
        All nodes; labels are shortest if those on most shortest paths come first.
    """
    nodes = first.shape[0] - 1
    width = FIRST_WIDTH
    while True:
        hubs, far, count = _compiled_label(first, heads, length, order, min(width, nodes))
        if count[0] >= 0:
            each = zip(hubs, far, count.tolist(), strict=True)
            return Labels.of([Label(hubs=h[:own], far=f[:own]) for h, f, own in each])
        width *= 2


def _label(
    first: SmallArray, heads: SmallArray, length: FloatArray, order: SmallArray, width: int
) -> tuple[SmallArray, FloatArray, SmallArray]:
    """Search from each node, pruned by earlier hubs; count -1 if `width` is too small."""
    nodes = order.shape[0]
    hubs = np.empty((nodes, width), np.int32)
    far = np.empty((nodes, width), np.float64)
    count = np.zeros(nodes, np.int32)
    known = np.full(nodes, np.inf)
    least = np.full(nodes, np.inf)
    seen = np.empty(nodes, np.int32)
    for rank in range(nodes):
        root = order[rank]
        for k in range(count[root]):
            known[hubs[root, k]] = far[root, k]
        least[root], seen[0], touched = 0.0, root, 1
        heap = [(0.0, root)]
        while len(heap) > 0:
            here, node = heapq.heappop(heap)
            pruned = here > least[node]
            for k in range(count[node]):
                if pruned:
                    break
                pruned = known[hubs[node, k]] + far[node, k] <= here + ROUNDING
            if pruned:
                continue
            if count[node] == width:
                count[0] = -1
                return hubs, far, count
            hubs[node, count[node]], far[node, count[node]] = rank, here
            count[node] += 1
            for edge in range(first[node], first[node + 1]):
                there, beyond = heads[edge], here + length[edge]
                if beyond < least[there]:
                    if least[there] == np.inf:
                        seen[touched] = there
                        touched += 1
                    least[there] = beyond
                    heapq.heappush(heap, (beyond, there))
        for k in range(touched):
            least[seen[k]] = np.inf
        for k in range(count[root]):
            known[hubs[root, k]] = np.inf
    return hubs, far, count


_compiled_label = compiled(_label)
