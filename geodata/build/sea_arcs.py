"""Find the arcs of sea lanes: great circles over water, thinned to those that ways need.

1. An arc joins two nodes that see each other over water, if a way may be taut at both (a course
   that cuts through the land at a corner is never part of a shortest way).
2. A spanner keeps an arc only if no way over kept arcs is within `EPSILON` of it (greedy spanner,
   Althoefer et al. 1993), as drawn and as ships sail. Canals and gates are left out of such ways,
   so that no arc leans on one.
3. Of the spanner, only arcs that some shortest way between ports uses are kept.

Lengths are on the sphere here; they are measured on WGS 84 at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, prange
from sea_sight import STEP_KM, cell_value, sees
from sea_water import COLUMNS, DEGREES, EARTH_KM, KM_PER_DEGREE, LAND, MOST_WATER, ROWS, SOUTH

FAR_KM = 300.0
"""Longer arcs join only corners that stand on a coarse coast, ports, tracks and gates."""
BESIDE_PORT_KM = 3.0
"""A port takes any course to corners that lie so much beyond the land that counts as water there:
what such a corner stands on may be that land."""
NEAR_LAND_KM = 10.0
"""Within this of land, a cut line or a barrier, ships follow fairways and traffic schemes."""
EPSILON = 0.005
HURRY = 2.0
"""How much more the km left count than those done: any way that is short enough will do."""
BLOCK = 256


@dataclass(frozen=True)
class Nodes:
    """Nodes as arrays, and what an arc may do near them.

    `free_km` is how far land counts as water around a port, `gate_km` how far a cut line does
    around a point of its gate. `middle`, `half` and the same for arcs over `FAR_KM` are
    those of `sea_coast.Corners`, as unit vectors and cosines; `far` nodes have such arcs.
    """

    unit: Any
    middle: Any
    cosine: Any
    far_middle: Any
    far_cosine: Any
    free_km: Any
    gate_km: Any
    far: Any


@njit(cache=True, inline="always")
def _taut(middle: Any, other: Any, most: float) -> bool:
    """Return whether a course to another node keeps out of the land at a corner, and its mirror."""
    along = middle[0] * other[0] + middle[1] * other[1] + middle[2] * other[2]
    return abs(along) <= most


@njit(parallel=True, cache=True)
def _flags(
    clear: Any,
    first: int,
    count: int,
    unit: Any,
    middle: Any,
    cosine: Any,
    far_middle: Any,
    far_cosine: Any,
    free: Any,
    gate: Any,
    far: Any,
) -> Any:
    """Return which later nodes each of some nodes sees by a course that may be taut at both."""
    total = unit.shape[0]
    flags = np.zeros((count, total), np.uint8)
    near_dot = np.cos(FAR_KM / EARTH_KM)
    for k in prange(count):
        i = first + k
        a = unit[i]
        for j in range(i + 1, total):
            dot = a[0] * unit[j, 0] + a[1] * unit[j, 1] + a[2] * unit[j, 2]
            near = dot >= near_dot
            if not near and not (far[i] and far[j]):
                continue
            at_port = free[i] + free[j]
            if at_port == 0.0 or dot < np.cos((at_port + BESIDE_PORT_KM) / EARTH_KM):
                sine, o = np.sqrt(max(0.0, 1.0 - dot * dot)), unit[j]
                # Over `FAR_KM` each end may be taut on either coast.
                taut_i = _taut(middle[i], o, sine * cosine[i]) or (
                    not near and _taut(far_middle[i], o, sine * far_cosine[i])
                )
                if not taut_i:
                    continue
                taut_j = _taut(middle[j], a, sine * cosine[j]) or (
                    not near and _taut(far_middle[j], a, sine * far_cosine[j])
                )
                if not taut_j:
                    continue
            if sees(clear, a, unit[j], free[i], free[j], gate[i], gate[j]):
                flags[k, j] = 1
    return flags


def visible_arcs(nodes: Nodes, clear: Any) -> tuple[Any, Any, Any]:
    """Return the arcs as two arrays of nodes and their lengths in km on the sphere."""
    tails, heads = [], []
    total = len(nodes.unit)
    for first in range(0, total, BLOCK):
        count = min(BLOCK, total - first)
        flags = _flags(
            clear,
            first,
            count,
            nodes.unit,
            nodes.middle,
            nodes.cosine,
            nodes.far_middle,
            nodes.far_cosine,
            nodes.free_km,
            nodes.gate_km,
            nodes.far,
        )
        row, column = np.nonzero(flags)
        if first % (40 * BLOCK) == 0:
            print(f"        arcs of {first:,} of {total:,} nodes", flush=True)
        tails.append((row + first).astype(np.int32))
        heads.append(column.astype(np.int32))
    tail, head = np.concatenate(tails), np.concatenate(heads)
    return tail, head, arc_km(nodes.unit, tail, head)


def arc_km(unit: Any, tail: Any, head: Any) -> Any:
    """Return the great-circle km between nodes by number, on the sphere."""
    chord = np.linalg.norm(unit[tail] - unit[head], axis=1)
    return 2.0 * EARTH_KM * np.arcsin(np.minimum(1.0, chord / 2.0))


@njit(parallel=True, cache=True)
def near_land_km(unit: Any, tail: Any, head: Any, clear: Any) -> Any:
    """Return by arc, given as two arrays of nodes, its km within `NEAR_LAND_KM` of land."""
    out = np.zeros(tail.size)
    for arc in prange(tail.size):
        a, b = unit[tail[arc]], unit[head[arc]]
        dot = min(1.0, max(-1.0, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]))
        angle = np.arccos(dot)
        if angle < 1e-9:
            continue
        u = (b - dot * a) / np.sin(angle)
        length, km = angle * EARTH_KM, 0.0
        while km < length:
            middle = min(km + STEP_KM / 2.0, length) / EARTH_KM
            c, s = np.cos(middle), np.sin(middle)
            value = cell_value(clear, a[0] * c + u[0] * s, a[1] * c + u[1] * s, a[2] * c + u[2] * s)
            off = 0.0 if value > MOST_WATER else value * 0.5
            # Where land is far, it stays far for as long.
            step = max(STEP_KM, off - NEAR_LAND_KM)
            if off < NEAR_LAND_KM:
                out[arc] += min(step, length - km)
            km += step
    return out


@njit(cache=True, inline="always")
def _push(keys: Any, items: Any, size: int, key: float, item: int) -> int:
    k = size
    while k > 0:
        up = (k - 1) >> 1
        if keys[up] <= key:
            break
        keys[k], items[k] = keys[up], items[up]
        k = up
    keys[k], items[k] = key, item
    return size + 1


@njit(cache=True, inline="always")
def _sift(keys: Any, items: Any, size: int) -> None:
    """Move the last item of a heap to the top, which was taken; `size` is the new size."""
    key, item = keys[size], items[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[k], items[k] = keys[child], items[child]
        k = child
    keys[k], items[k] = key, item


@njit(cache=True)
def _finds(
    unit: Any,
    ends: tuple[int, int],
    limit: float,
    cost: Any,
    arcs: tuple[Any, Any, Any, Any],
    through: Any,
    work: tuple[Any, Any, Any],
    heap: tuple[Any, Any],
    number: int,
) -> bool:
    """Return whether a way between two nodes costs at most `limit` km.

    `cost` is never below the great-circle km. `work` holds by node the cost, the arc by which a way
    comes there, and the number of the search that set them.
    """
    a, b = ends
    tail, head, first, after = arcs
    best, by, stamp = work
    keys, items = heap
    goal = unit[b]
    best[a], stamp[a] = 0.0, number
    size = _push(keys, items, 0, 0.0, a)
    while size > 0:
        key, node = keys[0], items[0]
        size -= 1
        _sift(keys, items, size)
        dot = unit[node, 0] * goal[0] + unit[node, 1] * goal[1] + unit[node, 2] * goal[2]
        left = np.arccos(min(1.0, max(-1.0, dot))) * EARTH_KM
        if key > best[node] + HURRY * left + 1e-6:
            continue
        link = first[node]
        while link >= 0:
            along = link >> 1
            other = head[along] if link & 1 == 0 else tail[along]
            far = best[node] + cost[along]
            if far <= limit and (stamp[other] != number or far < best[other]):
                if other == b:
                    by[b] = along
                    return True
                if through[other]:
                    dot = (
                        unit[other, 0] * goal[0]
                        + unit[other, 1] * goal[1]
                        + unit[other, 2] * goal[2]
                    )
                    left = np.arccos(min(1.0, max(-1.0, dot))) * EARTH_KM
                    if far + left <= limit and size < keys.size - 1:
                        best[other], by[other], stamp[other] = far, along, number
                        size = _push(keys, items, size, far + HURRY * left, other)
            link = after[link]
    return False


@njit(cache=True)
def _follow(
    node: int, start: int, tail: Any, head: Any, km: Any, by: Any, ways: Any, end: int
) -> tuple[int, float]:
    """Write down the arcs of a way back to its start; return where they end, and their km."""
    drawn = 0.0
    while node != start:
        along = by[node]
        ways[end] = along
        end += 1
        drawn += km[along]
        node = tail[along] + head[along] - node
    return end, drawn


@njit(cache=True)
def spanner(
    unit: Any, tail: Any, head: Any, km: Any, sailed: Any, sure: Any, through: Any
) -> tuple[Any, Any, Any]:
    """Return which arcs a greedy spanner keeps, of arcs in the order in which it takes them.

    It leaves out an arc if some way is short enough in `sailed` km and some way, often the same, is
    in `km`: a way with many turns near land may be as short on the map and longer to sail. It keeps
    `sure` arcs without a search; `through` tells which nodes a way may pass. Returned are also the
    arcs of the ways for which it left arcs out: where those of each arc begin, and their numbers.
    """
    nodes, count = unit.shape[0], tail.shape[0]
    keep = np.zeros(count, np.bool_)
    first = np.full(nodes, -1, np.int64)
    after = np.empty(2 * count, np.int64)
    arcs = (tail, head, first, after)
    by = np.empty(nodes, np.int64)
    work = (np.empty(nodes), by, np.zeros(nodes, np.int64))
    heap = (np.empty(4 * nodes), np.empty(4 * nodes, np.int64))
    begin, ways = np.zeros(count + 1, np.int64), np.empty(4 * count + 4 * nodes, np.int32)
    end = 0
    for arc in range(count):
        begin[arc] = end
        a, b = tail[arc], head[arc]
        most_sailed, most = sailed[arc] * (1.0 + EPSILON), km[arc] * (1.0 + EPSILON)
        found = False
        if not sure[arc] and _finds(
            unit, (a, b), most_sailed, sailed, arcs, through, work, heap, 2 * arc + 1
        ):
            if end + 2 * nodes > ways.size:
                longer = np.empty(2 * ways.size, np.int32)
                longer[:end] = ways[:end]
                ways = longer
            end, drawn = _follow(b, a, tail, head, km, by, ways, end)
            found = drawn <= most
            if not found and _finds(unit, (a, b), most, km, arcs, through, work, heap, 2 * arc + 2):
                end, drawn = _follow(b, a, tail, head, km, by, ways, end)
                found = True
        if not found:
            end = begin[arc]
            keep[arc] = True
            after[2 * arc] = first[a]
            first[a] = 2 * arc
            after[2 * arc + 1] = first[b]
            first[b] = 2 * arc + 1
    begin[count] = end
    return keep, begin, ways[:end]


def leaning(begin: Any, ways: Any, gone: Any) -> Any:
    """Return which arcs a spanner left out for ways over arcs that are gone."""
    total = np.r_[0, np.cumsum(gone[ways])]
    return total[begin[1:]] > total[begin[:-1]]


def rows_of(count: int, tail: Any, head: Any) -> tuple[Any, Any, Any]:
    """Return arcs by node in both directions: where each node's begin, other ends, arc numbers."""
    tails, heads = np.r_[tail, head], np.r_[head, tail]
    order = np.argsort(tails, kind="stable")
    first = np.zeros(count + 1, np.int64)
    first[1:] = np.cumsum(np.bincount(tails, minlength=count))
    arc = np.r_[np.arange(len(tail)), np.arange(len(tail))]
    return first, heads[order].astype(np.int32), arc[order].astype(np.int32)


@njit(parallel=True, cache=True)
def used_arcs(
    first: Any, heads: Any, arcs: Any, km: Any, shut: Any, stops: Any, sources: Any, goals: Any
) -> Any:
    """Return which arcs lie on a shortest way from a source to a goal.

    `shut` nodes are not entered; `stops` are entered but not left, unless a way starts there.
    """
    nodes = first.size - 1
    used = np.zeros(km.size, np.uint8)
    for s in prange(sources.size):
        source = sources[s]
        far, by = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
        before = np.full(nodes, -1, np.int32)
        done = np.zeros(nodes, np.bool_)
        keys, items = np.empty(heads.size + 1), np.empty(heads.size + 1, np.int64)
        far[source] = 0.0
        size = _push(keys, items, 0, 0.0, source)
        while size > 0:
            node = items[0]
            size -= 1
            _sift(keys, items, size)
            if done[node]:
                continue
            done[node] = True
            if stops[node] and node != source:
                continue
            for k in range(first[node], first[node + 1]):
                other = heads[k]
                if done[other] or shut[other]:
                    continue
                d = far[node] + km[arcs[k]]
                if d < far[other]:
                    far[other], by[other], before[other] = d, arcs[k], node
                    size = _push(keys, items, size, d, other)
        passed = np.zeros(nodes, np.bool_)
        for goal in goals:
            node = goal
            while by[node] >= 0 and not passed[node]:
                passed[node] = True
                used[by[node]] = 1
                node = before[node]
    return used


@njit(cache=True)
def approach(clear: Any, goal: Any, lon: float, lat: float, free_km: float, most: int) -> Any:
    """Return the cells, as rows and columns, of the way over water from a port to open water.

    It starts at any water within `free_km` of the port and ends at the first cell of `goal`.
    Empty if there is none within `most` cells.
    """
    squeeze = np.cos(np.radians(lat))
    up, east = (lat - SOUTH) / DEGREES, (lon + 180.0) / DEGREES
    row0, column0 = int(up), int(east)
    # From the port itself to the middle of a cell, as it was measured how far the water is.
    up, east = up - row0 - 0.5, east - column0 - 0.5
    free = free_km / (KM_PER_DEGREE * DEGREES)
    tall = int(free) + 1
    side = 2 * most + 1
    far = np.full((side, side), np.inf)
    before = np.full((side, side), -1, np.int64)
    done = np.zeros((side, side), np.bool_)
    keys, items = np.empty(8 * side * side), np.empty(8 * side * side, np.int64)
    size = 0
    wide = min(int(tall / max(squeeze, 0.05)) + 1, most)
    for dr in range(-tall, tall + 1):
        for dc in range(-wide, wide + 1):
            away = np.sqrt((dr - up) ** 2 + ((dc - east) * squeeze) ** 2)
            row, column = row0 + dr, (column0 + dc) % COLUMNS
            if away > free or row < 0 or row >= ROWS:
                continue
            if LAND < clear[row, column] <= MOST_WATER:
                at = (dr + most) * side + dc + most
                far[dr + most, dc + most] = away
                size = _push(keys, items, size, away, at)
    while size > 0:
        at = items[0]
        size -= 1
        _sift(keys, items, size)
        r, c = at // side, at % side
        if done[r, c]:
            continue
        done[r, c] = True
        if goal[row0 + r - most, (column0 + c - most) % COLUMNS]:
            count, k = 1, at
            while before[k // side, k % side] >= 0:
                k = before[k // side, k % side]
                count += 1
            way = np.empty((count, 2), np.int64)
            k = at
            for n in range(count - 1, -1, -1):
                way[n, 0] = row0 + k // side - most
                way[n, 1] = (column0 + k % side - most) % COLUMNS
                k = before[k // side, k % side]
            return way
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                r1, c1 = r + dr, c + dc
                row = row0 + r1 - most
                if r1 < 0 or c1 < 0 or r1 >= side or c1 >= side or row < 0 or row >= ROWS:
                    continue
                value = clear[row, (column0 + c1 - most) % COLUMNS]
                if value == LAND or value > MOST_WATER or done[r1, c1]:
                    continue
                # Narrow water counts as longer, so that the way keeps to the middle.
                d = far[r, c] + np.sqrt(dr * dr + (dc * squeeze) ** 2) * (1.0 + 0.2 / value)
                if d < far[r1, c1]:
                    far[r1, c1] = d
                    before[r1, c1] = at
                    size = _push(keys, items, size, d, r1 * side + c1)
    return np.empty((0, 2), np.int64)
