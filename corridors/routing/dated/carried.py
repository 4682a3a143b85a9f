"""Carry departures back over the arcs before them; numba can compile it.

The same as `candidates.departures` does arc by arc, for the millions of departures that a search
through ice before the season has.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from corridors.costing.pace import minutes_through
from corridors.routing.labels import Arcs
from corridors.units import MINUTES_PER_DAY


class Pairs(NamedTuple):
    """Nodes with the leg that follows; `of_arc` is by arc the pair of its tail and leg, or -1."""

    node: Any
    leg: Any
    of_arc: Any


class Near(NamedTuple):
    """The durations to a node over unchanging arcs, from `first[n]` to `first[n + 1]` for node n.

    Each is from a node, in minutes; `direct` if no place on the way allows waiting.
    """

    first: Any
    node: Any
    minutes: Any
    direct: Any


class Into(NamedTuple):
    """The changing arcs by head: `arc[first[n]]` to `arc[first[n + 1] - 1]` for node n.

    `leg` is by arc its leg, -1 without one.
    """

    first: Any
    arc: Any
    leg: Any


class Places(NamedTuple):
    """By node whether one may wait, and whether and between which minutes a departure matters."""

    waits: Any
    good: Any
    earliest: Any
    latest: Any


class Regimes(NamedTuple):
    """By profile the days on which a regime begins, and the end of all days."""

    first: Any
    day: Any


def duration(arc: int, start: int, arcs: Arcs, paces: Any, through: Any) -> int:
    """Return the minutes a dated arc takes when begun at `start`; -1 if it is closed then."""
    number = int(arcs.profile[arc])
    day = start // MINUTES_PER_DAY
    if day < 0 or day >= paces.shape[1] or paces[number, day] < 0.0:
        return -1
    if not through[number]:
        extra = math.ceil(float(arcs.km[arc]) * float(paces[number, day]))
        return int(arcs.clock[arc]) + int(extra)
    minutes = minutes_through(float(arcs.km[arc]), start, paces[number])
    return -1 if minutes < 0 else int(arcs.clock[arc]) + int(minutes)


def first_starts(
    arc: int,
    begin: int,
    minutes: int,
    horizon: int,
    arcs: Arcs,
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
        took = duration(arc, start, arcs, paces, through)
        arrival = start + took + 1 - begin
        if took >= 0 and arrival < minutes:
            starts[arrival] = start + 1 - begin
    for minute in range(1, minutes):
        starts[minute] = max(starts[minute], starts[minute - 1])
    return starts


def carry_back(
    break_pair: Any,
    break_minute: Any,
    pairs: Pairs,
    into: Into,
    near: Near,
    places: Places,
    horizon: int,
    arcs: Arcs,
    paces: Any,
    through: Any,
    regimes: Regimes,
) -> tuple[Any, Any]:
    """Return the departures worth waiting for: their nodes and their minutes.

    The first edges are those of `break_pair` at `break_minute`. `paces` are minutes per km by
    profile and day, and `through` by profile whether it must stay open until the end of the arc.
    """
    begin = int(places.earliest[0])
    end = horizon
    for node in range(places.earliest.shape[0]):
        begin = min(begin, int(places.earliest[node]))
    for number in range(break_minute.shape[0]):
        end = max(end, int(break_minute[number]))
    # All minutes are counted from `begin`; what is known of them is a table, a row each.
    width = end - begin + 2
    seen = np.zeros((pairs.node.shape[0], width), np.bool_)
    found = np.zeros((places.earliest.shape[0], width), np.bool_)
    row_of_arc = np.full(arcs.profile.shape[0], -1, np.int64)
    rows = 0
    for place in range(into.arc.shape[0]):
        arc = int(into.arc[place])
        if through[int(arcs.profile[arc])]:
            row_of_arc[arc] = rows
            rows += 1
    first_start = np.zeros((rows, width), np.int32)
    for place in range(into.arc.shape[0]):
        arc = int(into.arc[place])
        if row_of_arc[arc] >= 0:
            first_start[row_of_arc[arc]] = first_starts(
                arc, begin, width, horizon, arcs, paces, through
            )
    work = []
    for number in range(break_pair.shape[0]):
        pair = int(break_pair[number])
        edge = int(break_minute[number]) - begin
        if edge >= 0 and not seen[pair, edge]:
            seen[pair, edge] = True
            work.append((pair, edge))
    starts = np.zeros(regimes.day.shape[0] + 1, np.int64)
    while len(work) > 0:
        pair, edge = work.pop()
        goal = int(pairs.node[pair])
        next_leg = int(pairs.leg[pair])
        for way in range(int(near.first[goal]), int(near.first[goal + 1])):
            node = int(near.node[way])
            there = edge - int(near.minutes[way])
            if not places.earliest[node] - begin < there <= places.latest[node] + 1 - begin:
                continue
            if not places.good[node]:
                continue
            if places.waits[node] and near.direct[way]:
                found[node, there] = True
                found[node, there - 1] = True
            for place in range(int(into.first[node]), int(into.first[node + 1])):
                arc = int(into.arc[place])
                if next_leg >= 0 and into.leg[arc] == next_leg:
                    continue
                number = int(arcs.profile[arc])
                count = 0
                if row_of_arc[arc] >= 0:
                    starts[0] = first_start[row_of_arc[arc], there]
                    count = 1 if starts[0] > 0 else 0
                else:
                    after = int(regimes.first[number + 1]) - 1
                    for regime in range(int(regimes.first[number]), after):
                        first = int(regimes.day[regime]) * MINUTES_PER_DAY
                        until = int(regimes.day[regime + 1]) * MINUTES_PER_DAY
                        took = duration(arc, first, arcs, paces, through)
                        start = there + begin - took
                        if took >= 0 and first <= start < until:
                            starts[count] = start - begin
                            count += 1
                for one in range(count):
                    start = int(starts[one])
                    if 0 <= start < width and not seen[pairs.of_arc[arc], start]:
                        seen[pairs.of_arc[arc], start] = True
                        work.append((int(pairs.of_arc[arc]), start))
    node_of, minute_of = np.nonzero(found)
    return node_of, minute_of + begin
