"""All routes of a corridor that no other beats in cost, hours and CO2e, by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.routing import kernel
from corridors.routing.candidates import departures
from corridors.routing.problem import Problem, dated_ahead
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
SOURCE, SINK = 0, 1
MAX_LABELS = 4_000_000
MAX_TRACKED_LEGS = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRoute:
    """A route: its arcs (of the problem), the minute each is begun, and the waits before them."""

    arcs: tuple[int, ...]
    starts: tuple[int, ...]
    waits: tuple[int, ...]
    cents: int
    minutes: int
    grams: int

    @property
    def vector(self) -> tuple[int, int, int]:
        """Cents, minutes, grams."""
        return self.cents, self.minutes, self.grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a search needs of a problem, made once: bounds, modes, candidate departures."""

    problem: Problem
    bounds: tuple[IntArray, IntArray, IntArray]
    mode: IntArray
    candidate_first: IntArray
    candidates: IntArray

    @property
    def connected(self) -> bool:
        """Whether there is a way from source to sink on some day."""
        return bool(self.bounds[0][SOURCE] < kernel.UNREACHABLE)


def compiled() -> tuple[object, object]:
    """Return the search and the bounds compiled by numba, from its cache on disk."""
    from corridors.routing import compiled as machine

    return machine.search, machine.lower_bounds


def prepare(problem: Problem, *, start_day: int, max_wait_days: float, fast: bool) -> Prepared:
    """Return what the searches of a problem share, cut to the arcs that can matter.

    An arc is cut where every route over it, at its least on any day, is beaten by a route already
    known: so a corridor that nobody would leave for the Arctic is not dated by its ice.

    Parameters
    ----------
    problem
        The corridor.
    start_day
        Departure, in days from the first day of the profiles.
    max_wait_days
        Longest wait in all, >= 0.
    fast
        Compile with numba (for fronts); else run as Python (for one route, where loading numba
        would take longer than the search).
    """
    first = Prepared(
        problem=problem,
        bounds=_bounds(problem, fast=fast),
        mode=np.zeros(problem.node_count, np.int64),
        candidate_first=np.zeros(problem.node_count + 1, np.int64),
        candidates=np.zeros(0, np.int64),
    )
    if not first.connected:
        return first
    if not dated_ahead(problem).any():
        return first
    known = _known(first, start_day, max_wait_days, fast=fast)
    kept = _worth_keeping(first, known, fast=fast)
    problem = kept.problem
    dated = dated_ahead(problem)
    if not dated.any():
        return kept
    offsets, flat = np.zeros(problem.node_count + 1, np.int64), np.zeros(0, np.int64)
    if max_wait_days > 0:
        earliest, latest = _window(kept, known, start_day, fast=fast)
        offsets, flat = departures(problem, dated, earliest, latest)
    return replace(
        kept,
        mode=np.where(dated, np.where(problem.waits, 1, 2), 0).astype(np.int64),
        candidate_first=offsets,
        candidates=flat,
    )


def _known(
    prepared: Prepared, start_day: int, max_wait_days: float, *, fast: bool
) -> list[tuple[int, int, int]]:
    """Return the vectors of some routes that are there: without a wait, else after one at the origin."""
    problem = prepared.problem
    for wait in range(int(max_wait_days) + 1):
        minutes = wait * MINUTES_PER_DAY
        cents = wait * problem.wait_cents_per_day
        found = [
            (route.cents + cents, route.minutes + minutes, route.grams)
            for route in _search(prepared, {}, start_day + wait, 0.0, best_only=False, fast=fast)
            if not _repeated(problem, route)
        ]
        if found:
            return found
    return []


def _window(
    prepared: Prepared, known: Sequence[tuple[int, int, int]], start_day: int, *, fast: bool
) -> tuple[IntArray, IntArray]:
    """Return by node the minutes between which a departure can lead to an unbeaten route."""
    problem = prepared.problem
    begin = start_day * MINUTES_PER_DAY
    everything = np.arange(problem.base.shape[0])
    near = _least(problem.first_arc, problem.head, problem, everything, SOURCE, fast=fast)
    far = prepared.bounds
    started = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
    ahead_of_clock = problem.minutes[started] - problem.clock[started]
    earliest = begin + near[1] - int(ahead_of_clock.max(initial=0))
    earliest[SOURCE] = begin
    latest = np.full(problem.node_count, problem.days * MINUTES_PER_DAY - 1, np.int64)
    for cents, minutes, grams in known:
        beaten = (near[0] + far[0] >= cents) & (near[2] + far[2] >= grams)
        until = begin + minutes - far[1] - int(ahead_of_clock.min(initial=0))
        latest = np.where(beaten, np.minimum(latest, until), latest)
    return earliest, latest


def _bounds(problem: Problem, *, fast: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams to the sink on any day."""
    order = np.argsort(problem.head, kind="stable")
    first = np.searchsorted(problem.head[order], np.arange(problem.node_count + 1))
    return _least(first, problem.tail[order], problem, order, SINK, fast=fast)


def _least(
    first: IntArray, ends: IntArray, problem: Problem, order: IntArray, root: int, *, fast: bool
) -> tuple[IntArray, IntArray, IntArray]:
    lower: Any = compiled()[1] if fast else kernel.lower_bounds
    arrays = (_plain(first, fast), _plain(ends, fast))
    cents, minutes, grams = (
        np.asarray(lower(*arrays, _plain(weight[order], fast), root))
        for weight in (problem.low_cents, problem.low_minutes, problem.low_grams)
    )
    return cents, minutes, grams


def _worth_keeping(
    prepared: Prepared, known: Sequence[tuple[int, int, int]], *, fast: bool
) -> Prepared:
    """Return the problem without the arcs that a known route beats on any route over them."""
    problem = prepared.problem
    everything = np.arange(problem.base.shape[0])
    before = _least(problem.first_arc, problem.head, problem, everything, SOURCE, fast=fast)
    least = [
        near[problem.tail] + low + far[problem.head]
        for near, low, far in zip(
            before,
            (problem.low_cents, problem.low_minutes, problem.low_grams),
            prepared.bounds,
            strict=True,
        )
    ]
    keep = (least[0] < kernel.UNREACHABLE) & (least[1] < kernel.UNREACHABLE)
    for vector in known:
        no_worse = np.ones(keep.shape[0], bool)
        equal = np.ones(keep.shape[0], bool)
        for value, low in zip(vector, least, strict=True):
            no_worse &= low >= value
            equal &= low == value
        keep &= ~no_worse | equal
    if keep.all():
        return prepared
    smaller = problem.only(keep)
    count = smaller.node_count
    return Prepared(
        problem=smaller,
        bounds=_bounds(smaller, fast=fast),
        mode=np.zeros(count, np.int64),
        candidate_first=np.zeros(count + 1, np.int64),
        candidates=np.zeros(0, np.int64),
    )


def _plain(array: IntArray, fast: bool) -> object:
    """Return a list for interpreted code, which reads it faster; numba takes the array."""
    return array if fast else _Listed(array)


class _Listed(list[int]):
    """A list with the `shape` of the array it was."""

    def __init__(self, array: IntArray) -> None:
        super().__init__(array.tolist())
        self.shape = array.shape


def routes(
    prepared: Prepared,
    *,
    start_day: int,
    max_wait_days: float,
    best_only: bool,
    fast: bool,
) -> tuple[FoundRoute, ...]:
    """Return the front of a corridor, or only its cheapest route; empty where it is closed.

    Routes that use one physical leg twice are refused: legs found used twice are tracked in the
    labels and the search repeated, until none is.
    """
    tracked: dict[int, int] = {}
    while True:
        found = _search(
            prepared, tracked, start_day, max_wait_days, best_only=best_only, fast=fast
        )
        repeated = {leg for route in found for leg in _repeated(prepared.problem, route)}
        if not repeated:
            return found
        for leg in sorted(repeated):
            if len(tracked) >= MAX_TRACKED_LEGS:
                return tuple(r for r in found if not _repeated(prepared.problem, r))
            tracked[leg] = 1 << len(tracked)


def _repeated(problem: Problem, route: FoundRoute) -> list[int]:
    legs = [int(problem.leg[arc]) for arc in route.arcs if problem.leg[arc] >= 0]
    return [leg for leg in set(legs) if legs.count(leg) > 1]


def _search(
    prepared: Prepared,
    tracked: dict[int, int],
    start_day: int,
    max_wait_days: float,
    *,
    best_only: bool,
    fast: bool,
) -> tuple[FoundRoute, ...]:
    problem = prepared.problem
    bit = np.zeros(problem.base.shape[0], np.int64)
    for leg, value in tracked.items():
        bit[problem.leg == leg] = value
    run: Any = compiled()[0] if fast else kernel.search
    labels = run(
        SOURCE,
        SINK,
        start_day * MINUTES_PER_DAY,
        _plain(problem.first_arc, fast),
        _plain(problem.head, fast),
        _plain(problem.minutes, fast),
        _plain(problem.clock, fast),
        _plain(problem.cents, fast),
        _plain(problem.grams, fast),
        problem.km,
        _plain(problem.profile, fast),
        _plain(bit, fast),
        _plain(prepared.mode, fast),
        problem.waits,
        _plain(prepared.candidate_first, fast),
        _plain(prepared.candidates, fast),
        problem.minutes_per_km,
        problem.cents_per_km,
        problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
        problem.through,
        _plain(prepared.bounds[0], fast),
        _plain(prepared.bounds[1], fast),
        _plain(prepared.bounds[2], fast),
        int(max_wait_days * MINUTES_PER_DAY),
        problem.wait_cents_per_day,
        best_only,
        MAX_LABELS,
    )
    at_sink = np.flatnonzero((labels[:, 0] == SINK) & (labels[:, 11] == 1) & (labels[:, 8] >= 0))
    found = [_route(problem, labels, int(label)) for label in at_sink]
    return tuple(sorted(found, key=lambda r: (*r.vector, r.arcs)))


def _route(problem: Problem, labels: IntArray, label: int) -> FoundRoute:
    arcs, starts, waits = [], [], []
    cents, minutes, grams = (int(x) for x in labels[label, 2:5])
    while labels[label, 7] >= 0:
        before = int(labels[label, 7])
        wait = int(labels[label, 9])
        arcs.append(int(labels[label, 8]))
        waits.append(wait)
        starts.append(int(labels[before, 1]) + wait)
        label = before
    return FoundRoute(
        arcs=tuple(reversed(arcs)),
        starts=tuple(reversed(starts)),
        waits=tuple(reversed(waits)),
        cents=cents,
        minutes=minutes,
        grams=grams,
    )
