"""Find departures worth waiting for: breakpoints of dated arcs, carried back to where one can wait.

Waiting costs the same everywhere, so a wait can be moved forward over unchanging arcs to the last
place before a dated arc where waiting is possible. A breakpoint is a candidate there, and further
back only before another dated arc. Both sides of each breakpoint are tried: the first minute of
the new regime and the last of the old one.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.costing.pace import minutes_through, start_that_ends
from corridors.engine import plain
from corridors.errors import CorridorsError
from corridors.routing.dated.carried import Into, Near, Pairs, Places, Regimes, is_useful
from corridors.routing.problem import BY_ARC, SINK, Problem
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
# Ways to one changing arc, a few seconds of them.
MOST_WAYS = 20_000
# Departures from all places. Searches of more were never done within their budget.
MOST_DEPARTURES = 50_000


class TooManyWaysError(CorridorsError):
    """Too many ways or departures lead to arcs that change with the day to try them all."""


class Clock:
    """Durations of the arcs of a problem by start minute, fast enough for a million calls.

    The minutes equal those of `travel`; cents and grams are not needed here.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.profile: list[int] = problem.profile.tolist()
        self._km: list[float] = problem.km.tolist()
        self._clock: list[int] = problem.clock.tolist()
        self._through: list[bool] = problem.through.tolist()
        self._paces: dict[int, tuple[Any, Any]] = {}
        self._starts: dict[int, int] = {}

    def runs_like(self, arc: int) -> tuple[int, float, int]:
        """Return what arcs have in common that take as long at every minute."""
        return self.profile[arc], self._km[arc], self._clock[arc]

    def duration(self, arc: int, start: int) -> int:
        """Return the minutes an arc takes on the clock when begun at `start`; -1 if closed."""
        profile = self.profile[arc]
        if profile < 0:
            return self._clock[arc]
        paces, km = self._paces_of(profile)[0], self._km[arc]
        day = start // MINUTES_PER_DAY
        if day >= len(paces) or paces[day] < 0.0:
            return -1
        if not self._through[profile]:
            return self._clock[arc] + math.ceil(km * float(paces[day]))
        minutes = minutes_through(km, start, paces)
        return -1 if minutes < 0 else self._clock[arc] + minutes

    def _paces_of(self, profile: int) -> tuple[Any, Any]:
        """Return the paces of a profile by day, forwards and backwards."""
        if profile not in self._paces:
            by_day = self.problem.minutes_per_km[profile]
            self._paces[profile] = plain(by_day, False), plain(by_day[::-1], False)
        return self._paces[profile]

    def _arrives(self, arc: int, start: int, arrival: int) -> bool:
        took = self.duration(arc, start)
        return took >= 0 and start + took <= arrival

    def last_start_arriving_by(self, arc: int, arrival: int, horizon: int) -> int | None:
        """Return the latest start of an arc that arrives by a minute; None if there is none.

        Between closures, later starts arrive later, so the answer is the start that arrives then,
        up to rounding. Across a closure the search goes back day by day from the arrival and
        bisects within the first day that has an answer.
        """
        profile = self.profile[arc]
        if profile < 0:
            start = arrival - self._clock[arc]
            return start if 0 <= start <= horizon else None
        if self._through[profile]:
            end = float(arrival - self._clock[arc])
            begun = start_that_ends(self._km[arc], end, self._paces_of(profile)[1])
            start = int(begun)
            if (
                0.0 <= begun < (horizon // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY
                and self._arrives(arc, start, arrival)
                and not self._arrives(arc, start + 1, arrival)
            ):
                return start
        day = min(arrival, horizon) // MINUTES_PER_DAY
        while day >= 0:
            low, high = day * MINUTES_PER_DAY, min(arrival, (day + 1) * MINUTES_PER_DAY - 1)
            if self._arrives(arc, low, arrival):
                while low < high:
                    middle = (low + high + 1) // 2
                    if self._arrives(arc, middle, arrival):
                        low = middle
                    else:
                        high = middle - 1
                return low
            day -= 1
        return None

    def edges_before(self, arc: int, edge: int, horizon: int) -> tuple[int, ...]:
        """Return the first starts of an arc that arrive at a minute or later.

        An arc integrated over days has one, since later starts arrive later. An arc dated at its
        start may have one in each of its regimes. `horizon` is that of the problem.
        """
        profile = self.profile[arc]
        if profile < 0 or self._through[profile]:
            # One integer key per pair: a departure in June asks for hundreds of thousands.
            key = edge * len(self.profile) + arc
            start = self._starts.get(key)
            if start is None:
                last = self.last_start_arriving_by(arc, edge - 1, horizon)
                start = self._starts[key] = -1 if last is None else last + 1
            return () if start < 0 else (start,)
        starts = []
        edges = [0, *self.problem.change_days[profile], self.problem.days]
        for first, after in pairwise(edges):
            took = self.duration(arc, first * MINUTES_PER_DAY)
            start = edge - took
            if took >= 0 and first * MINUTES_PER_DAY <= start < after * MINUTES_PER_DAY:
                starts.append(start)
        return tuple(starts)


def _breaks(
    clock: Clock, changes: list[bool], last: int, *, only_open: bool
) -> list[tuple[int, int, int]]:
    """Return (tail, edge, leg) of each change of the changing arcs; see `departures`."""
    problem = clock.problem
    found: list[tuple[int, int, int]] = []
    # Arcs that run alike change at the same minutes.
    known: dict[tuple[int, float, int], list[int]] = {}
    for arc in range(problem.base.shape[0]):
        if not changes[arc]:
            continue
        key = clock.runs_like(arc)
        if key not in known:
            known[key] = _edges(clock, arc, last, only_open=only_open)
        found += [(int(problem.tail[arc]), edge, int(problem.leg[arc])) for edge in known[key]]
    return found


def _edges(clock: Clock, arc: int, last: int, *, only_open: bool) -> list[int]:
    """Return the first minutes after a change of an arc, in order."""
    problem, profile = clock.problem, clock.profile[arc]
    edges: set[int] = set()
    for day in problem.change_days[profile]:
        minute = day * MINUTES_PER_DAY
        if minute > last + MINUTES_PER_DAY:
            break
        edges.add(minute)
        if problem.through[profile]:
            start = clock.last_start_arriving_by(arc, minute, last)
            if start is not None:
                edges.add(start + 1)
    found = []
    for edge in sorted(edges):
        is_open = [clock.duration(arc, minute) >= 0 for minute in (edge - 1, edge)]
        if any(is_open) and not (only_open and all(is_open)):
            found.append(edge)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a departure can matter: by node from `earliest` to `latest`, in `useful` spans of time.

    `useful` is by node and span; a span has `span` minutes, the first one begins at `begin`, and
    the last one lasts for ever. `fast` compiles.
    """

    earliest: IntArray
    latest: IntArray
    useful: npt.NDArray[np.bool_]
    begin: int
    span: int
    fast: bool

    @property
    def good(self) -> npt.NDArray[np.bool_]:
        """By node whether any departure matters."""
        return np.asarray(self.useful.any(axis=1))

    def places(self, waits: npt.NDArray[np.bool_]) -> Places:
        """Return the window for `carry_back`."""
        return Places(
            waits=plain(waits, self.fast),
            earliest=plain(self.earliest.astype(np.int64), self.fast),
            latest=plain(self.latest.astype(np.int64), self.fast),
            useful=self.useful,
            begin=self.begin,
            span=self.span,
        )


def _approaches(
    clock: Clock, static_into: list[list[int]], goal: int, window: Window
) -> dict[int, list[tuple[int, bool]]]:
    """Return by node the useful durations to `goal` over unchanging arcs.

    Each comes with whether no place on the way allows waiting. Paths visit no node twice, and begin
    and end within the window. A slower path is left out if it saves nothing compared with a faster
    one plus a wait.

    Raises
    ------
    TooManyWaysError
        There are more than `MOST_WAYS`.
    """
    left = MOST_WAYS
    latest, good = int(window.latest[goal]) + 1, window.good
    problem = clock.problem
    best: dict[int, list[tuple[int, int]]] = {goal: [(0, 0)]}
    found: dict[int, list[tuple[int, bool]]] = {goal: [(0, True)]}
    queue = [(0, 0, goal, frozenset({goal}), True)]
    while queue:
        duration, cents, node, met, direct = heapq.heappop(queue)
        direct = direct and not problem.waits[node]
        for arc in static_into[node]:
            if clock.profile[arc] >= 0 and clock.duration(arc, 0) < 0:
                continue
            tail = int(problem.tail[arc])
            took = duration + clock.duration(arc, 0)
            # Otherwise a round trip that costs less than waiting would be tried without end.
            if tail in met or window.earliest[tail] + took >= latest or not good[tail]:
                continue
            paid = cents + int(problem.low_cents[arc])
            rate = problem.wait_cents_per_day
            known = best.setdefault(tail, [])
            if any(
                t <= took and c + (took - t) * rate // MINUTES_PER_DAY <= paid for t, c in known
            ):
                continue
            known.append((took, paid))
            left -= 1
            if left < 0:
                raise TooManyWaysError
            found.setdefault(tail, []).append((took, direct))
            heapq.heappush(queue, (took, paid, tail, met | {tail}, direct))
    return found


def any_time(earliest: IntArray, latest: IntArray, *, fast: bool) -> Window:
    """Return a window in which every departure between two minutes is useful."""
    useful = np.ones((earliest.shape[0], 1), bool)
    return Window(earliest=earliest, latest=latest, useful=useful, begin=0, span=1, fast=fast)


def departures(
    problem: Problem, dated: npt.NDArray[np.bool_], window: Window, *, only_open: bool = False
) -> tuple[IntArray, IntArray]:
    """Return candidate departures by node as (offsets, minutes), sorted within a node.

    An edge is the first minute after a change; the departures are it and the minute before.

    Parameters
    ----------
    problem
        The corridor.
    dated
        By node, whether a changing arc lies ahead.
    window
        When a departure can matter.
    only_open
        Only changes that open or close an arc count. Some route leaves then if any does.

    Raises
    ------
    TooManyWaysError
        Too many ways lead to a changing arc, or there are more than `MOST_DEPARTURES`.
    """
    changes = [p >= 0 and bool(problem.change_days[p]) for p in problem.profile.tolist()]
    static_into: list[list[int]] = [[] for _ in range(problem.node_count)]
    dated_into: list[list[int]] = [[] for _ in range(problem.node_count)]
    for arc, head in enumerate(problem.head.tolist()):
        (dated_into if changes[arc] else static_into)[head].append(arc)
    last = int(window.latest[dated & window.good].max(initial=0))
    clock = Clock(problem)
    # Departures with the leg that follows: no leg is run there and back.
    places = window.places(problem.waits)
    breaks = [
        (node, edge, leg)
        for node, edge, leg in _breaks(clock, changes, last, only_open=only_open)
        if is_useful(node, edge, places)
    ]
    if window.fast and breaks:
        node, minute = _carried(clock, breaks, changes, static_into, window, places, last)
    else:
        node, minute = _followed(clock, breaks, dated_into, static_into, window, places, last)
    useful = problem.waits[node] & dated[node]
    return by_node(node[useful], minute[useful], problem.node_count)


def by_node(node: IntArray, minute: IntArray, nodes: int) -> tuple[IntArray, IntArray]:
    """Return departures as (offsets, minutes): sorted within a node, each once."""
    order = np.lexsort((minute, node))
    node, minute = node[order], minute[order]
    new = np.ones(node.shape[0], bool)
    new[1:] = (node[1:] != node[:-1]) | (minute[1:] != minute[:-1])
    offsets = np.searchsorted(node[new], np.arange(nodes + 1))
    return offsets.astype(np.int64), minute[new].astype(np.int64)


def split_by_change(problem: Problem, before: npt.NDArray[np.bool_]) -> Problem:
    """Return the problem with each node twice: until an arc that changes with the day, and after.

    Node n is n + `node_count` after it. `before` are by arc those that may be used until then; an
    arc that changes may always be used. The sink stays one.
    """
    nodes = problem.node_count
    changes = np.array([*(bool(days) for days in problem.change_days), False])[problem.profile]
    sooner = np.flatnonzero(before | changes)
    arcs = np.concatenate([sooner, np.arange(before.shape[0])])
    is_after = np.arange(arcs.shape[0]) >= sooner.shape[0]
    tail = problem.tail[arcs] + nodes * is_after
    head = problem.head[arcs]
    head = head + np.where((is_after | changes[arcs]) & (head != SINK), nodes, 0)
    return replace(
        problem,
        first_arc=np.searchsorted(tail, np.arange(2 * nodes + 1)),
        tail=tail,
        head=head,
        waits=np.tile(problem.waits, 2),
        **{name: getattr(problem, name)[arcs] for name in ("number", *BY_ARC)},
    )


def midnights(
    earliest: IntArray, latest: IntArray, waits: npt.NDArray[np.bool_]
) -> tuple[IntArray, IntArray]:
    """Return the midnights between two minutes by node where one can wait, as `departures`."""
    first = -(-earliest // MINUTES_PER_DAY)
    counts = np.where(waits, np.maximum(latest // MINUTES_PER_DAY - first + 1, 0), 0)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    return offsets, (np.repeat(first, counts) + within).astype(np.int64) * MINUTES_PER_DAY


def _followed(
    clock: Clock,
    breaks: list[tuple[int, int, int]],
    dated_into: list[list[int]],
    static_into: list[list[int]],
    window: Window,
    places: Places,
    last: int,
) -> tuple[IntArray, IntArray]:
    """Return nodes and minutes that breaks carried back over all arcs give."""
    problem = clock.problem
    times: set[tuple[int, int]] = set()
    work = breaks
    seen = set(work)
    approaches: dict[int, dict[int, list[tuple[int, bool]]]] = {}
    while work:
        goal, edge, next_leg = work.pop()
        if not is_useful(goal, edge, places):
            continue
        if goal not in approaches:
            approaches[goal] = _approaches(clock, static_into, goal, window)
        for node, durations in approaches[goal].items():
            for duration, direct in durations:
                there = edge - duration
                if not is_useful(node, there, places):
                    continue
                if problem.waits[node] and direct:
                    times.update(((node, there - 1), (node, there)))
                    if len(times) > MOST_DEPARTURES:
                        raise TooManyWaysError
                # Before a changing arc the moment matters even if waiting is possible after it.
                for arc in dated_into[node]:
                    if next_leg >= 0 and problem.leg[arc] == next_leg:
                        continue
                    tail, leg = int(problem.tail[arc]), int(problem.leg[arc])
                    for key in ((tail, e, leg) for e in clock.edges_before(arc, there, last)):
                        if key not in seen:
                            seen.add(key)
                            work.append(key)
    found = np.array(sorted(times), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _carried(
    clock: Clock,
    breaks: list[tuple[int, int, int]],
    changes: list[bool],
    static_into: list[list[int]],
    window: Window,
    places: Places,
    last: int,
) -> tuple[IntArray, IntArray]:
    """Return what `_followed` returns, compiled."""
    from corridors.routing.dated import compiled

    problem = clock.problem
    changing = np.flatnonzero(np.array(changes))
    keys = np.stack([problem.tail[changing], problem.leg[changing]], axis=1)
    pairs, number = np.unique(keys, axis=0, return_inverse=True)
    pair_of_arc = np.full(problem.base.shape[0], -1, np.int64)
    pair_of_arc[changing] = number.ravel()
    index = {(int(node), int(leg)): at for at, (node, leg) in enumerate(pairs.tolist())}
    order = changing[np.argsort(problem.head[changing], kind="stable")]
    nodes = np.arange(problem.node_count + 1)
    near: list[list[tuple[int, int, bool]]] = [[] for _ in range(problem.node_count)]
    for goal in np.unique(pairs[:, 0]).tolist():
        reached = _approaches(clock, static_into, goal, window)
        near[goal] = [(node, *way) for node, ways in reached.items() for way in ways]
    ways = np.array([way for found in near for way in found], np.int64).reshape(-1, 3)
    edges = [[0, *days, problem.days] for days in problem.change_days]
    found, begin, whole = compiled.carry_back(
        np.array([index[node, leg] for node, _, leg in breaks], np.int64),
        np.array([minute for _, minute, _ in breaks], np.int64),
        Pairs(node=pairs[:, 0].copy(), leg=pairs[:, 1].copy(), of_arc=pair_of_arc),
        Into(
            first=np.searchsorted(problem.head[order], nodes),
            arc=order,
            leg=problem.leg.astype(np.int64),
        ),
        Near(
            np.concatenate([[0], np.cumsum([len(found) for found in near])]).astype(np.int64),
            *(ways[:, column].copy() for column in range(3)),
        ),
        places,
        last,
        problem.arcs(fast=True),
        problem.minutes_per_km,
        problem.through,
        Regimes(
            first=np.concatenate([[0], np.cumsum([len(days) for days in edges])]).astype(np.int64),
            day=np.array([day for days in edges for day in days], np.int64),
        ),
        MOST_DEPARTURES,
    )
    if not whole:
        raise TooManyWaysError
    waits = np.flatnonzero(problem.waits)
    minute, column = np.divmod(found[found >= 0], waits.shape[0])
    return waits[column], minute + begin
