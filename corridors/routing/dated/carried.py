"""Carry departures back over the arcs before them; numba can compile it.

The same as `candidates.departures` does arc by arc, for the millions of departures that a search
through ice before the season has.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from corridors.costing.pace import minutes_through
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


def first_starts(
    arc: int,
    begin: int,
    minutes: int,
    horizon: int,
    clock: Any,
    km: Any,
    profile: Any,
    paces: Any,
    through: Any,
) -> Any:
    """Return by minute the first start of an arc through ice that arrives then or later.

    Both are counted from `begin`, for `minutes` minutes. It is the minute after the latest start,
    on the day of `horizon` at most, that arrives before; 0 if none from `begin` on does.
    """
    starts = np.zeros(minutes, np.int32)
    last = (horizon // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY - 1
    for start in range(begin, min(last, begin + minutes - 1) + 1):
        took = duration(arc, start, clock, km, profile, paces, through)
        arrival = start + took + 1 - begin
        if took >= 0 and arrival < minutes:
            starts[arrival] = start + 1 - begin
    for minute in range(1, minutes):
        starts[minute] = max(starts[minute], starts[minute - 1])
    return starts


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
    begin = int(earliest[0])
    end = horizon
    for node in range(earliest.shape[0]):
        begin = min(begin, int(earliest[node]))
    for number in range(minutes.shape[0]):
        end = max(end, int(minutes[number]))
    # All minutes are counted from `begin`; what is known of them is a table, a row each.
    width = end - begin + 2
    seen = np.zeros((pair_node.shape[0], width), np.bool_)
    found = np.zeros((earliest.shape[0], width), np.bool_)
    row_of_arc = np.full(profile.shape[0], -1, np.int64)
    rows = 0
    for place in range(into_arc.shape[0]):
        arc = int(into_arc[place])
        if through[int(profile[arc])]:
            row_of_arc[arc] = rows
            rows += 1
    first_start = np.zeros((rows, width), np.int32)
    for place in range(into_arc.shape[0]):
        arc = int(into_arc[place])
        if row_of_arc[arc] >= 0:
            first_start[row_of_arc[arc]] = first_starts(
                arc, begin, width, horizon, clock, km, profile, paces, through
            )
    work = []
    for number in range(pairs.shape[0]):
        pair = int(pairs[number])
        edge = int(minutes[number]) - begin
        if edge >= 0 and not seen[pair, edge]:
            seen[pair, edge] = True
            work.append((pair, edge))
    starts = np.zeros(edges.shape[0] + 1, np.int64)
    while len(work) > 0:
        pair, edge = work.pop()
        goal = int(pair_node[pair])
        next_leg = int(pair_leg[pair])
        for way in range(int(near_first[goal]), int(near_first[goal + 1])):
            node = int(near_node[way])
            there = edge - int(near_took[way])
            if not earliest[node] - begin < there <= latest[node] + 1 - begin:
                continue
            if not good[node]:
                continue
            if waits[node] and near_direct[way]:
                found[node, there] = True
                found[node, there - 1] = True
            for place in range(int(into_first[node]), int(into_first[node + 1])):
                arc = int(into_arc[place])
                if next_leg >= 0 and arc_leg[arc] == next_leg:
                    continue
                number = int(profile[arc])
                count = 0
                if row_of_arc[arc] >= 0:
                    starts[0] = first_start[row_of_arc[arc], there]
                    count = 1 if starts[0] > 0 else 0
                else:
                    for regime in range(int(edge_first[number]), int(edge_first[number + 1]) - 1):
                        first = int(edges[regime]) * MINUTES_PER_DAY
                        took = duration(arc, first, clock, km, profile, paces, through)
                        start = there + begin - took
                        if took >= 0 and first <= start < edges[regime + 1] * MINUTES_PER_DAY:
                            starts[count] = start - begin
                            count += 1
                for one in range(count):
                    start = int(starts[one])
                    if 0 <= start < width and not seen[pair_of_arc[arc], start]:
                        seen[pair_of_arc[arc], start] = True
                        work.append((int(pair_of_arc[arc]), start))
    counts = 0
    for node in range(found.shape[0]):
        for minute in range(width):
            if found[node, minute]:
                counts += 1
    departures = np.zeros(counts, np.int64)
    counts = 0
    for node in range(found.shape[0]):
        for minute in range(width):
            if found[node, minute]:
                departures[counts] = node * total + begin + minute
                counts += 1
    return departures
