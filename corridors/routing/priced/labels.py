"""Bounds and dominance of the search under charges, written so that numba can compile them."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from corridors.units import MINUTES_PER_DAY

NO_WAY = 1e300


def least_values(first_into: Any, arc_into: Any, arc_tail: Any, weight: Any, sink: int) -> Any:
    """Return the least weight from every node to the sink, `NO_WAY` where there is no path.

    `first_into` and `arc_into` list the arcs by head; weights are >= 0, and `NO_WAY` where an arc
    is not to be taken.
    """
    least = np.full(first_into.shape[0] - 1, NO_WAY)
    least[sink] = 0.0
    heap = [(0.0, np.int64(sink))]
    while len(heap) > 0:
        value, node = heapq.heappop(heap)
        if value > least[node]:
            continue
        for place in range(int(first_into[node]), int(first_into[node + 1])):
            arc = int(arc_into[place])
            tail = int(arc_tail[arc])
            through = value + weight[arc]
            if through < least[tail] and through < NO_WAY:
                least[tail] = through
                heapq.heappush(heap, (through, np.int64(tail)))
    return least


def sets_met(
    first_into: Any,
    arc_into: Any,
    arc_tail: Any,
    sets: Any,
    sink: int,
) -> tuple[Any, Any]:
    """Return by node the sets (bits) that some way to the sink meets, and those that all do.

    Nodes without a way there may meet nothing and must meet everything. Arcs are listed by head.
    """
    nodes = first_into.shape[0] - 1
    may = np.zeros(nodes, np.int64)
    must = np.full(nodes, -1, np.int64)
    must[sink] = 0
    reached = np.zeros(nodes, np.bool_)
    reached[sink] = True
    waiting = np.zeros(nodes, np.bool_)
    queue = [np.int64(sink)]
    begin = 0
    # Nodes whose sets changed tell those before them, until nothing changes.
    while begin < len(queue):
        node = queue[begin]
        begin += 1
        waiting[node] = False
        for place in range(int(first_into[node]), int(first_into[node + 1])):
            arc = int(arc_into[place])
            tail = int(arc_tail[arc])
            some = may[tail] | may[node] | sets[arc]
            every = must[tail] & (must[node] | sets[arc])
            if reached[tail] and some == may[tail] and every == must[tail]:
                continue
            reached[tail] = True
            may[tail] = some
            if tail != sink:
                must[tail] = every
            if not waiting[tail]:
                waiting[tail] = True
                queue.append(np.int64(tail))
    return may, must


def set_penalty(held: int, other: int, may: int, by_set: Any) -> float:
    """Return the most that a label in the sets `held` may lose by charges to one in `other`.

    Only sets that `may` still be met tell them apart.
    """
    lost = 0.0
    differ = (held ^ other) & may
    number = 0
    while differ:
        if differ & 1:
            charge = by_set[number]
            if (other >> number) & 1:
                lost += max(charge, 0.0)
            else:
                lost += max(-charge, 0.0)
        differ >>= 1
        number += 1
    return lost


def stands_before(
    labels: Any,
    values: Any,
    a: int,
    b: int,
    mode: int,
    timed: bool,
    may: int,
    by_set: Any,
    wait_value_per_minute: float,
    cents_per_day: int,
    cents_value: float,
) -> bool:
    """Return whether label `a` dominates label `b` at their common node.

    `mode` 0: nothing dated ahead; 1: dated ahead and waiting is possible; 2: dated ahead and
    waiting is barred; 3: the sink. `timed` says whether there is a deadline, `may` which sets may
    be met from there on.
    """
    if mode == 3:
        return bool(values[a] <= values[b])
    if (labels[a, 5] & labels[b, 5]) != labels[a, 5] or values[a] > values[b]:
        return False
    later = labels[b, 1] - labels[a, 1]
    waiting = 0.0
    if mode == 0:
        if timed and labels[a, 3] > labels[b, 3]:
            return False
    else:
        if later < 0 or (mode == 2 and later != 0) or later % MINUTES_PER_DAY != 0:
            return False
        if labels[a, 6] + later > labels[b, 6] or labels[a, 3] + later > labels[b, 3]:
            return False
        waiting = (
            later * wait_value_per_minute + (later // MINUTES_PER_DAY) * cents_per_day * cents_value
        )
    lost = set_penalty(labels[a, 12], labels[b, 12], may, by_set)
    return bool(values[a] + waiting + lost <= values[b])


def leads_to(first_into: Any, arc_into: Any, arc_tail: Any, kept: Any, marked: Any) -> Any:
    """Return by node whether a way over `kept` arcs leads from it over one that is `marked`."""
    found = np.zeros(first_into.shape[0] - 1, np.bool_)
    stack = [np.int64(0)]
    stack.pop()
    for arc in range(kept.shape[0]):
        tail = int(arc_tail[arc])
        if kept[arc] and marked[arc] and not found[tail]:
            found[tail] = True
            stack.append(np.int64(tail))
    while len(stack) > 0:
        node = stack.pop()
        for place in range(int(first_into[node]), int(first_into[node + 1])):
            arc = int(arc_into[place])
            tail = int(arc_tail[arc])
            if kept[arc] and not found[tail]:
                found[tail] = True
                stack.append(np.int64(tail))
    return found
