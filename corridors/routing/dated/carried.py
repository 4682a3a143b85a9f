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
from corridors.routing.spans import alike
from corridors.units import MINUTES_PER_DAY

# Edges of a minute have a bit each, eight in a byte.
BITS, ALL_BITS = 8, 255
# Of a km or a minute, far above what sums are rounded by.
A_BIT = 1e-4


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
    """By node whether one may wait, and when a departure matters.

    It does between two minutes, in the spans of time that `useful` (node, span) marks. A span has
    `span` minutes, the first one begins at `begin`, and the last one lasts for ever.
    """

    waits: Any
    earliest: Any
    latest: Any
    useful: Any
    begin: int
    span: int


def is_useful(node: int, edge: int, places: Places) -> bool:
    """Return whether leaving a node at a minute, or the one before, may matter."""
    if not places.earliest[node] < edge <= places.latest[node] + 1:
        return False
    last = places.useful.shape[1] - 1
    since = edge - int(places.begin)
    span = since // int(places.span)
    if places.useful[node, min(max(span, 0), last)]:
        return True
    # The minute before may belong to the span before.
    before = (since - 1) // int(places.span)
    return bool(before < span and places.useful[node, min(max(before, 0), last)])


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


class Arrivals(NamedTuple):
    """When arcs through ice arrive, and the starts that do; arcs that run alike share a row.

    `row` is by arc its row, -1 for an arc that is not through ice; `arc` is by row one arc of it.
    Minutes are counted from `begin`, days from its day. `of_day` (row, day of start) is the arrival
    from the first minute of a day, -1 if closed. `start` (edge, row) is what `start_after` returns,
    0 while nobody asked.
    """

    row: Any
    arc: Any
    begin: int
    of_day: Any
    start: Any


def arrivals_from(
    begin: int, width: int, days: int, into: Into, arcs: Arcs, paces: Any, through: Any
) -> Any:
    """Return the arrivals of the arcs `into` nodes for starts on `days` days from `begin`."""
    through_ice = np.zeros(arcs.profile.shape[0], np.bool_)
    for place in range(into.arc.shape[0]):
        arc = int(into.arc[place])
        through_ice[arc] = through[int(arcs.profile[arc])]
    row, first = alike(arcs, through_ice, True)
    rows = first.shape[0]
    of_day = np.full((rows, days), -1, np.int64)
    for number in range(rows):
        for day in range(days):
            start = max(begin, (begin // MINUTES_PER_DAY + day) * MINUTES_PER_DAY)
            took = duration(int(first[number]), start, arcs, paces, through)
            if took >= 0:
                of_day[number, day] = start + took - begin
    return Arrivals(row, first, begin, of_day, np.zeros((width, rows), np.int32))


def start_after(
    number: int, edge: int, arrivals: Arrivals, arcs: Arcs, paces: Any, through: Any
) -> int:
    """Return the first start of a row that arrives at `edge` or later; 0 if none arrives before.

    Both are counted from `arrivals.begin`. It is the minute after the latest start that arrives
    before, which is on the last day whose first minute does. All edges of that day are filled in
    `arrivals.start`.
    """
    starts = arrivals.start[:, number]
    begin = int(arrivals.begin)
    offset = begin // MINUTES_PER_DAY
    of_day = arrivals.of_day[number]
    day = of_day.shape[0] - 1
    # The last edge of this day is the first arrival of the next day that is open.
    last = starts.shape[0] - 1
    while day >= 0 and not 0 <= of_day[day] < edge:
        if of_day[day] >= 0:
            last = min(last, int(of_day[day]))
        day -= 1
    if day < 0:
        return 0
    begun = max(0, (offset + day) * MINUTES_PER_DAY - begin)
    until = (offset + day + 1) * MINUTES_PER_DAY - begin
    arc = int(arrivals.arc[number])
    profile, km, ticks = int(arcs.profile[arc]), float(arcs.km[arc]), int(arcs.clock[arc])
    days = int(paces.shape[1])
    # How far a ship comes from the midnight before until that before the day on which it arrives.
    midnight, ends_on, before_km = offset + day, offset + day, 0.0
    arrival = int(of_day[day])
    while begun < until and 0 <= arrival < last:
        begun += 1
        after = -1
        if begun < until:
            start = begun + begin
            far_km = km + (start - midnight * MINUTES_PER_DAY) / paces[profile, midnight]
            left_km = far_km - before_km
            while ends_on < days and paces[profile, ends_on] >= 0.0:
                of_day_km = MINUTES_PER_DAY / paces[profile, ends_on]
                if left_km + A_BIT <= of_day_km:
                    break
                before_km += of_day_km
                left_km -= of_day_km
                ends_on += 1
            end = 0.0
            if ends_on < days and paces[profile, ends_on] >= 0.0 and left_km > A_BIT:
                end = ends_on * MINUTES_PER_DAY + left_km * paces[profile, ends_on]
            took = math.ceil(end) - start
            if end <= start or not A_BIT < math.ceil(end) - end < 1.0 - A_BIT:
                # Closed, or too near to a full minute for another way of rounding.
                took = duration(arc, start, arcs, paces, through) - ticks
            after = begun + ticks + took if ticks + took >= 0 else -1
        for reached in range(arrival + 1, last + 1 if after < 0 else min(after, last) + 1):
            starts[reached] = begun
        arrival = after
    return int(starts[edge])


def window_of(places: Places, horizon: int) -> tuple[int, int]:
    """Return the first and last minute of which something is to be known.

    The first is a minute before anything that matters; the last may be up to a day and a minute
    after the latest departure, of a break.
    """
    first = places.useful.shape[1]
    last = -1
    begin = int(places.earliest[0])
    for node in range(places.earliest.shape[0]):
        begin = min(begin, int(places.earliest[node]))
        for span in range(places.useful.shape[1]):
            if places.useful[node, span]:
                first = min(first, span)
                last = max(last, span)
    if first > 0:
        begin = max(begin, int(places.begin) + first * int(places.span) - 1)
    end = horizon + MINUTES_PER_DAY + 1
    if last < places.useful.shape[1] - 1:
        end = min(end, int(places.begin) + (last + 1) * int(places.span))
    return begin, max(begin, end)


def put(keys: Any, key: int) -> bool:
    """Put a number into a table of numbers, -1 where it is free; return whether it is new.

    A place must be free.
    """
    slot = key % keys.shape[0]
    while keys[slot] >= 0 and keys[slot] != key:
        slot = (slot + 1) % keys.shape[0]
    is_new = bool(keys[slot] < 0)
    keys[slot] = key
    return is_new


def add_edge(edge: int, pair: int, known: Any, to_carry: Any) -> bool:
    """Note an edge before a pair of node and leg; return whether it is new."""
    byte, bit = pair // BITS, 1 << pair % BITS
    if int(known[edge, byte]) & bit:
        return False
    known[edge, byte] = int(known[edge, byte]) | bit
    to_carry[edge, byte] = int(to_carry[edge, byte]) | bit
    return True


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
    most: int,
) -> tuple[Any, Any, Any]:
    """Return the departures worth waiting for, and the first minute.

    A departure is its minute, counted from the first, times the number of places to wait, plus
    that of its place; entries below 0 are none. The third value says whether they are all; if there
    are more than `most`, some are missing.

    Places to wait are the nodes where `places.waits`, in their order. The first edges are those of
    `break_pair` at `break_minute`. `paces` are minutes per km by profile and day, and `through` by
    profile whether it must stay open until the end of the arc.
    """
    begin, end = window_of(places, horizon)
    # All minutes are counted from `begin`; what is known of them is a table, a row each.
    width = end - begin + 2
    # Edges of a minute together, so that what is read lies near: which are known, and of these
    # which are still to be carried.
    in_minute = int(pairs.node.shape[0]) // BITS + 1
    known = np.zeros((width, in_minute), np.uint8)
    to_carry = np.zeros((width, in_minute), np.uint8)
    # Most minutes have none to carry.
    busy = np.zeros(width, np.bool_)
    column = np.cumsum(places.waits) - 1
    columns = int(column[-1]) + 1
    found = np.full(2 * most + 3, -1)
    days = min(horizon, end) // MINUTES_PER_DAY + 1 - begin // MINUTES_PER_DAY
    arrivals = arrivals_from(begin, width, max(days, 0), into, arcs, paces, through)
    for number in range(break_pair.shape[0]):
        if begin <= break_minute[number] <= end:
            add_edge(int(break_minute[number]) - begin, int(break_pair[number]), known, to_carry)
            busy[int(break_minute[number]) - begin] = True
    starts = np.zeros(regimes.day.shape[0] + 1, np.int64)
    left = most
    # Later edges first. An edge carried by an arc that takes no time makes its minute busy again.
    edge, pair = width - 1, 0
    while edge >= 0 and left >= 0:
        if pair == 0:
            if not busy[edge]:
                edge -= 1
                continue
            busy[edge] = False
        byte = pair // BITS
        if byte == in_minute:
            pair = 0
            continue
        left_in_byte = int(to_carry[edge, byte]) >> pair % BITS
        if left_in_byte == 0:
            pair = (byte + 1) * BITS
            continue
        if left_in_byte & 1 == 0:
            pair += 1
            continue
        to_carry[edge, byte] = int(to_carry[edge, byte]) & (ALL_BITS ^ 1 << pair % BITS)
        goal = int(pairs.node[pair])
        next_leg = int(pairs.leg[pair])
        pair += 1
        if not is_useful(goal, edge + begin, places):
            continue
        for way in range(int(near.first[goal]), int(near.first[goal + 1])):
            node = int(near.node[way])
            there = edge - int(near.minutes[way])
            if not is_useful(node, there + begin, places):
                continue
            if places.waits[node] and near.direct[way]:
                for minute in range(there - 1, there + 1):
                    if left >= 0 and put(found, minute * columns + int(column[node])):
                        left -= 1
            for place in range(int(into.first[node]), int(into.first[node + 1])):
                arc = int(into.arc[place])
                if next_leg >= 0 and into.leg[arc] == next_leg:
                    continue
                number = int(arcs.profile[arc])
                count = 0
                if arrivals.row[arc] >= 0:
                    row = int(arrivals.row[arc])
                    starts[0] = arrivals.start[there, row]
                    if starts[0] == 0:
                        starts[0] = start_after(row, there, arrivals, arcs, paces, through)
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
                    before = int(pairs.of_arc[arc])
                    if 0 <= start < width and add_edge(start, before, known, to_carry):
                        busy[start] = True
    return found, begin, left >= 0
