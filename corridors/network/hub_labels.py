"""Hub labels: exact distances between any two nodes of a graph by merging two short lists.

Each node keeps its distances to a few hubs, so that every shortest path passes a hub that both its
ends keep (pruned landmark labelling, Akiba, Iwata and Yoshida 2013). Compiled by numba.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from corridors.data.geodata import FloatArray, IntArray

FIRST_WIDTH = 256
# Sums of one path from its two ends differ by this much at most.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The hubs of one place, ascending, and the distance to each."""

    hubs: IntArray
    far: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLabels:
    """The labels of a graph: node `v` keeps `count[v]` hubs of row `v`, ascending."""

    hubs: IntArray
    far: FloatArray
    count: IntArray

    def of(self, ends: tuple[tuple[int, float], ...]) -> Label:
        """Return the label of a place that reaches nodes at distances `(node, distance)`."""
        hubs = np.concatenate([self.hubs[node, : self.count[node]] for node, _ in ends])
        far = np.concatenate([self.far[node, : self.count[node]] + off for node, off in ends])
        order = np.lexsort((far, hubs))
        hubs, far = hubs[order], far[order]
        first = np.ones(hubs.shape[0], bool)
        first[1:] = hubs[1:] != hubs[:-1]
        return Label(hubs=hubs[first], far=far[first])


def build_labels(
    first: IntArray, heads: IntArray, length: FloatArray, *, order: IntArray
) -> HubLabels:
    """Return the labels of an undirected graph.

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
        hubs, far, count = _label(first, heads, length, order, min(width, nodes))
        if count[0] >= 0:
            return HubLabels(hubs=hubs, far=far, count=count)
        width *= 2


def label_matrix(labels: list[Label]) -> FloatArray:
    """Return the distances between all pairs of places, infinite if no path joins them."""
    start = np.zeros(len(labels) + 1, np.int64)
    start[1:] = np.cumsum([label.hubs.shape[0] for label in labels])
    hubs = np.concatenate([label.hubs for label in labels])
    far = np.concatenate([label.far for label in labels])
    matrix: FloatArray = _matrix(start, hubs, far, int(hubs.max(initial=0)) + 1)
    return matrix


def label_distance(one: Label, other: Label) -> float:
    """Return the distance between two places, infinite if no path joins them."""
    return float(_merge(one.hubs, one.far, other.hubs, other.far))


@njit(cache=True)
def _label(
    first: IntArray, heads: IntArray, length: FloatArray, order: IntArray, width: int
) -> tuple[IntArray, FloatArray, IntArray]:
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


@njit(cache=True)
def _merge(
    hubs: IntArray, far: FloatArray, other_hubs: IntArray, other_far: FloatArray
) -> np.float64:
    i, j, best = 0, 0, np.float64(np.inf)
    while i < hubs.shape[0] and j < other_hubs.shape[0]:
        if hubs[i] == other_hubs[j]:
            best = min(best, far[i] + other_far[j])
            i += 1
            j += 1
        elif hubs[i] < other_hubs[j]:
            i += 1
        else:
            j += 1
    return best


@njit(cache=True)
def _matrix(
    start: npt.NDArray[np.int64], hubs: IntArray, far: FloatArray, hub_count: int
) -> FloatArray:
    places = start.shape[0] - 1
    result = np.zeros((places, places))
    known = np.full(hub_count, np.inf)
    for one in range(places):
        for k in range(start[one], start[one + 1]):
            known[hubs[k]] = far[k]
        for other in range(one + 1, places):
            best = np.inf
            for k in range(start[other], start[other + 1]):
                best = min(best, known[hubs[k]] + far[k])
            result[one, other] = best
            result[other, one] = best
        for k in range(start[one], start[one + 1]):
            known[hubs[k]] = np.inf
    return result
