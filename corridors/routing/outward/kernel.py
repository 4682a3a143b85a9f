"""Shortest paths from given nodes, and back through on-carriage; numba can compile both.

Weights are whole numbers >= 0, or -1 for an arc that cannot be used.
"""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np

UNREACHABLE = 1 << 62


class Back(NamedTuple):
    """The arcs of a network by head: those into node n are `arc[first[n]:first[n + 1]]`.

    By arc: `tail`, `km`, `moves` (it is a leg), `most_km` (of carriage after its tail, -1 for none)
    and `weight`.
    """

    first: Any
    arc: Any
    tail: Any
    km: Any
    moves: Any
    most_km: Any
    weight: Any


def least_from(first: Any, head: Any, weight: Any, begin: Any, paid: Any) -> Any:
    """Return by node the least weight to reach it, and the arc of that path into it, else -1.

    Paths begin at the nodes `begin`, which are reached for the weights `paid` or by other paths.
    """
    nodes = first.shape[0] - 1
    least = np.full(nodes, UNREACHABLE, np.int64)
    into = np.full(nodes, -1, np.int64)
    heap = [(np.int64(0), np.int64(0))]
    heap.clear()
    for number in range(begin.shape[0]):
        least[begin[number]] = paid[number]
        heapq.heappush(heap, (np.int64(paid[number]), np.int64(begin[number])))
    while len(heap) > 0:
        distance, node = heapq.heappop(heap)
        if distance > least[node]:
            continue
        for arc in range(int(first[node]), int(first[node + 1])):
            if weight[arc] < 0:
                continue
            through = distance + weight[arc]
            if through < least[head[arc]]:
                least[head[arc]] = through
                into[head[arc]] = arc
                heapq.heappush(heap, (np.int64(through), np.int64(head[arc])))
    return least, into


def least_through_carriage(back: Back, unloads: Any, served: Any, furthest: float) -> Any:
    """Return by state the least weight of on-carriage from it, with the next arc and what begins.

    Parameters
    ----------
    back
        The arcs of the network, without those to the sink.
    unloads
        The arcs to the sink.
    served
        By state whether on-carriage may use it.
    furthest
        The most km of any carriage.

    Returns
    -------
    least, onward, begins, to_end
        `onward` is the next arc, -1 where `least` is unreachable; `begins` says whether a leg of
        on-carriage, or an arc to the sink, leaves the state; `to_end` are the least km from it.
    """
    states = back.first.shape[0] - 1
    to_end = np.full(states, np.inf)
    begins = np.zeros(states, np.bool_)
    least = np.full(states, UNREACHABLE, np.int64)
    onward = np.full(states, -1, np.int64)
    far = [(0.0, np.int64(0))]
    far.clear()
    for arc in unloads:
        state = back.tail[arc]
        if served[state]:
            to_end[state] = 0.0
            begins[state] = True
            heapq.heappush(far, (0.0, np.int64(state)))
    while len(far) > 0:
        distance, state = heapq.heappop(far)
        if distance > to_end[state]:
            continue
        for number in range(int(back.first[state]), int(back.first[state + 1])):
            arc = back.arc[number]
            before = back.tail[arc]
            if not served[before]:
                continue
            through = distance + back.km[arc]
            if back.moves[arc] and through <= back.most_km[arc]:
                begins[before] = True
            if through < to_end[before] and through <= furthest:
                to_end[before] = through
                heapq.heappush(far, (through, np.int64(before)))
    heap = [(np.int64(0), np.int64(0))]
    heap.clear()
    for arc in unloads:
        state = back.tail[arc]
        weight = back.weight[arc]
        if served[state] and 0 <= weight < least[state]:
            least[state] = weight
            onward[state] = arc
            heapq.heappush(heap, (np.int64(weight), np.int64(state)))
    while len(heap) > 0:
        paid, state = heapq.heappop(heap)
        if paid > least[state]:
            continue
        for number in range(int(back.first[state]), int(back.first[state + 1])):
            arc = back.arc[number]
            before = back.tail[arc]
            if not served[before] or back.weight[arc] < 0:
                continue
            if back.moves[arc] and to_end[state] + back.km[arc] > back.most_km[arc]:
                continue
            through = paid + back.weight[arc]
            if through < least[before]:
                least[before] = through
                onward[before] = arc
                heapq.heappush(heap, (np.int64(through), np.int64(before)))
    return least, onward, begins, to_end
