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


def measure(first: Any, ends: Any, km: Any, least: Any, furthest: float, start: int) -> None:
    """Write into `least`, infinite before, the least km by node from `start`, up to `furthest`.

    Arcs are those of `mark`, with their km >= 0.
    """
    least[start] = 0.0
    heap = [(0.0, start)]
    while len(heap) > 0:
        here, node = heapq.heappop(heap)
        if here > least[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            through = here + km[arc]
            end = ends[arc]
            if through < least[end] and through <= furthest:
                least[end] = through
                heapq.heappush(heap, (through, end))
