"""Carry departures back over the arcs before them; numba can compile it.

The same as `candidates.departures` does arc by arc, for the millions of departures that a search
through ice before the season has.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from corridors.costing.pace import minutes_through, start_that_ends
from corridors.units import MINUTES_PER_DAY


def duration(
    arc: int, start: int, clock: Any, km: Any, profile: Any, paces: Any, through: Any
) -> int:
    """Return the minutes a dated arc takes when begun at `start`; -1 if it is closed then."""
    number = int(profile[arc])
    day = start // MINUTES_PER_DAY
    if day < 0 or day >= paces.shape[1] or paces[number, day] < 0.0:
        return -1
    if not through[number]:
        return int(clock[arc]) + int(math.ceil(float(km[arc]) * float(paces[number, day])))  # noqa: RUF046
    minutes = minutes_through(km[arc], start, paces[number])
    return -1 if minutes < 0 else int(clock[arc]) + int(minutes)


def last_start(
    arc: int,
    arrival: int,
    horizon: int,
    clock: Any,
    km: Any,
    profile: Any,
    paces: Any,
    backwards: Any,
    through: Any,
) -> int:
    """Return the latest start of an arc through ice that arrives by a minute; -1 for none."""
    begun = start_that_ends(km[arc], float(arrival - int(clock[arc])), backwards[int(profile[arc])])
    if 0.0 <= begun < (horizon // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY:
        start = int(begun)
        took = duration(arc, start, clock, km, profile, paces, through)
        later = duration(arc, start + 1, clock, km, profile, paces, through)
        if took >= 0 and start + took <= arrival and (later < 0 or start + 1 + later > arrival):
            return start
    day = min(arrival, horizon) // MINUTES_PER_DAY
    while day >= 0:
        low = day * MINUTES_PER_DAY
        high = min(arrival, (day + 1) * MINUTES_PER_DAY - 1)
        took = duration(arc, low, clock, km, profile, paces, through)
        if took >= 0 and low + took <= arrival:
            while low < high:
                middle = (low + high + 1) // 2
                took = duration(arc, middle, clock, km, profile, paces, through)
                if took >= 0 and middle + took <= arrival:
                    low = middle
                else:
                    high = middle - 1
            return low
        day -= 1
    return -1


def carry_back(
    pairs: Any,
    minutes: Any,
    pair_node: Any,
    pair_leg: Any,
    pair_of_arc: Any,
    arc_leg: Any,
    into_first: Any,
    into_arc: Any,
    near_first: Any,
    near_node: Any,
    near_took: Any,
    near_direct: Any,
    waits: Any,
    earliest: Any,
    latest: Any,
    good: Any,
    horizon: int,
    clock: Any,
    km: Any,
    profile: Any,
    paces: Any,
    backwards: Any,
    through: Any,
    edge_first: Any,
    edges: Any,
) -> Any:
    """Return the departures worth waiting for, as node * (minutes of all days) + minute.

    `pairs` and `minutes` are the first edges; a pair is a node with the leg that follows.
    `into_*` are the changing arcs by head, `near_*` the durations to a node over unchanging arcs,
    `good` by node whether a departure can matter, `edges` by profile the days on which a
    regime begins and the end of all days.
    """
    total = paces.shape[1] * MINUTES_PER_DAY + 2 * MINUTES_PER_DAY
    seen = set()
    found = set()
    work = []
    for number in range(pairs.shape[0]):
        key = np.int64(pairs[number] * total + minutes[number])
        if key not in seen:
            seen.add(key)
            work.append(key)
    starts = np.zeros(edges.shape[0] + 1, np.int64)
    while len(work) > 0:
        key = work.pop()
        pair = key // total
        edge = key % total
        goal = int(pair_node[pair])
        next_leg = int(pair_leg[pair])
        for way in range(int(near_first[goal]), int(near_first[goal + 1])):
            node = int(near_node[way])
            there = edge - int(near_took[way])
            if not earliest[node] < there <= latest[node] + 1:
                continue
            if not good[node]:
                continue
            if waits[node] and near_direct[way]:
                found.add(np.int64(node * total + there))
                found.add(np.int64(node * total + there - 1))
            for place in range(int(into_first[node]), int(into_first[node + 1])):
                arc = int(into_arc[place])
                if next_leg >= 0 and arc_leg[arc] == next_leg:
                    continue
                number = int(profile[arc])
                count = 0
                if through[number]:
                    begun = last_start(
                        arc, there - 1, horizon, clock, km, profile, paces, backwards, through
                    )
                    starts[0] = begun + 1
                    count = 1 if begun >= 0 else 0
                else:
                    for regime in range(int(edge_first[number]), int(edge_first[number + 1]) - 1):
                        first = int(edges[regime]) * MINUTES_PER_DAY
                        took = duration(arc, first, clock, km, profile, paces, through)
                        start = there - took
                        if took >= 0 and first <= start < edges[regime + 1] * MINUTES_PER_DAY:
                            starts[count] = start
                            count += 1
                for one in range(count):
                    following = np.int64(pair_of_arc[arc] * total + starts[one])
                    if following not in seen:
                        seen.add(following)
                        work.append(following)
    return np.array(list(found), np.int64)
