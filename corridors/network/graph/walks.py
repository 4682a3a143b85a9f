"""Walks along the arcs of a graph: numba can compile them."""

from __future__ import annotations

import heapq
from typing import Any


def sort(ends: Any, first: Any, order: Any) -> None:
    """Write arcs in CSR order by their `ends`: of each node the first, and the arcs' numbers.

    `first` is all 0 before and has a number more than there are nodes. Arcs of a node keep their
    order.
    """
    for arc in range(ends.shape[0]):
        first[ends[arc] + 1] += 1
    for node in range(first.shape[0] - 1):
        first[node + 1] += first[node]
    # Each start moves to the start of the next node as its arcs are written, then moves back.
    for arc in range(ends.shape[0]):
        order[first[ends[arc]]] = arc
        first[ends[arc]] += 1
    for node in range(first.shape[0] - 1, 0, -1):
        first[node] = first[node - 1]
    first[0] = 0


def mark(first: Any, ends: Any, seen: Any, start: int) -> None:
    """Mark in `seen` the nodes that can be reached from `start`.

    `first` and `ends` are arcs in CSR order by the end nearer to `start`, with their other ends.
    """
    seen[start] = True
    left = [start]
    while len(left) > 0:
        node = left.pop()
        for arc in range(first[node], first[node + 1]):
            end = ends[arc]
            if not seen[end]:
                seen[end] = True
                left.append(end)


def shortest(
    first: Any, ends: Any, weight: Any, begin: Any, least: Any, into: Any, furthest: Any
) -> None:
    """Write into `least` the least weight by node, and into `into` the last arc of that path.

    Dijkstra's algorithm from several nodes. `first` and `ends` are arcs as in `mark`, `weight` is
    by arc >= 0, or below 0 where it cannot be used. Before, `least` holds what each of the nodes
    `begin` has paid already and more than `furthest` elsewhere, and `into` is -1. Nodes further
    than `furthest` are left as they are.
    """
    heap = [(least[begin[0]], begin[0])]
    for number in range(1, begin.shape[0]):
        heapq.heappush(heap, (least[begin[number]], begin[number]))
    while len(heap) > 0:
        here, node = heapq.heappop(heap)
        # A shorter path has been found since this one was pushed.
        if here > least[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            if weight[arc] < 0:
                continue
            through = here + weight[arc]
            end = ends[arc]
            if through < least[end] and through <= furthest:
                least[end] = through
                into[end] = arc
                heapq.heappush(heap, (through, end))
