"""The cheapest route of a corridor by date, and all routes that no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.errors import CorridorsError
from corridors.routing import kernel
from corridors.routing.candidates import departures
from corridors.routing.problem import Problem, dated_ahead
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
Vector = tuple[int, int, int]
SOURCE, SINK = 0, 1
MAX_LABELS = 1_000_000
# Beyond so many labels the cheapest route is sought over whole days of waiting only.
MAX_LABELS_OF_BEST = 8_000
MAX_TRACKED_LEGS = 62
# No journey takes as long; one that would is not sought.
JOURNEY_DAYS = 120
LONGEST_DETOUR = 1.1


class TooManyLabelsError(CorridorsError):
    """The front holds more routes than can be enumerated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRoute:
    """A route: its arcs (of the whole problem), the minute each is begun, the waits before them.

    `legs` are the physical legs it runs over, in order.
    """

    arcs: tuple[int, ...]
    legs: tuple[int, ...]
    starts: tuple[int, ...]
    waits: tuple[int, ...]
    cents: int
    minutes: int
    grams: int

    @property
    def vector(self) -> Vector:
        """Cents, minutes, grams."""
        return self.cents, self.minutes, self.grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a search starts, how long it may wait in all, and how it is run.

    `fast` compiles with numba; else the same code runs as Python, for one route, where loading
    numba would take longer than the search. Waits on the way are tried on routes that are, up to
    there, at most `longest_detour` times as long as the quickest.
    """

    start_day: int
    max_wait_days: float
    fast: bool
    longest_detour: float = LONGEST_DETOUR

    @property
    def begin(self) -> int:
        """The first minute."""
        return self.start_day * MINUTES_PER_DAY

    def last_minute(self, problem: Problem) -> int:
        """Return the last minute at which a journey may still be under way."""
        return min(problem.days, self.start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A problem with its bounds to the sink, and the departures worth waiting for."""

    problem: Problem
    bounds: tuple[IntArray, IntArray, IntArray]
    mode: IntArray
    candidate_first: IntArray
    candidates: IntArray

    @property
    def connected(self) -> bool:
        """Whether there is a way from source to sink on some day."""
        return bool(self.bounds[0][SOURCE] < kernel.UNREACHABLE)

    def waited_cents(self, days: int) -> int:
        """Return what waiting so many days costs."""
        return days * self.problem.wait_cents_per_day

    def worth_waiting(self, route: FoundRoute, days: int) -> bool:
        """Return whether some route could be cheaper even after waiting so many days."""
        return int(self.bounds[0][SOURCE]) + self.waited_cents(days) < route.cents

    def after(self, route: FoundRoute, days: int) -> FoundRoute:
        """Return a route found for a later departure as one that waits for it at the origin."""
        minutes = days * MINUTES_PER_DAY
        return replace(
            route,
            waits=(minutes, *route.waits[1:]),
            cents=route.cents + self.waited_cents(days),
            minutes=route.minutes + minutes,
        )


def bounded(problem: Problem, *, fast: bool) -> Prepared:
    """Return a problem with its bounds and without candidate departures."""
    return Prepared(
        problem=problem,
        bounds=_to_sink(problem, fast=fast),
        mode=np.zeros(problem.node_count, np.int64),
        candidate_first=np.zeros(problem.node_count + 1, np.int64),
        candidates=np.zeros(0, np.int64),
    )


def best_route(problem: Problem, terms: Terms) -> FoundRoute | None:
    """Return the cheapest route, then the quickest of the cheapest; None where it is closed.

    Waits of up to `max_wait_days` in all are taken where they pay or where nothing is open yet.
    """
    first = bounded(problem, fast=terms.fast)
    if not first.connected:
        return None
    if not dated_ahead(problem).any():
        return _first(_elementary(first, replace(terms, max_wait_days=0.0), best_only=True))
    by_day = _best_by_day(first, terms)
    near = from_source(problem, fast=terms.fast)
    most = kernel.UNREACHABLE
    if by_day is not None:
        most = by_day.cents
        least = near[0][problem.tail] + problem.low_cents + first.bounds[0][problem.head]
        keep = least <= most
    else:
        # Closed today, and on every day of the wait at the origin: what is left to try is waiting
        # on the way, on the routes that are not much longer than the quickest.
        least = near[1][problem.tail] + problem.low_minutes + first.bounds[1][problem.head]
        keep = least <= int(terms.longest_detour * float(first.bounds[1][SOURCE]))
        keep &= _opens_in_time(
            bounded(problem.only(keep), fast=terms.fast), problem, terms
        )
    kept = bounded(problem.only(keep), fast=terms.fast)
    if not kept.connected:
        return None
    if dated_ahead(kept.problem).any():
        # A hard search takes longer as Python than numba takes to load.
        terms = replace(terms, fast=True)
    known = [] if by_day is None else [by_day.vector]
    try:
        return _first(
            _elementary(_dated(kept, known, terms), terms, best_only=True, most_cents=most)
        )
    except TooManyLabelsError:
        return by_day


def _first(found: Sequence[FoundRoute]) -> FoundRoute | None:
    return found[0] if found else None


def _best_by_day(prepared: Prepared, terms: Terms) -> FoundRoute | None:
    """Return the cheapest route among those that leave on a whole day and are not held up then."""
    cheapest: FoundRoute | None = None
    for wait in range(int(terms.max_wait_days) + 1):
        later = replace(
            terms,
            start_day=terms.start_day + wait,
            max_wait_days=0.0,
            fast=terms.fast or wait > 0,
        )
        if cheapest is not None and not prepared.worth_waiting(cheapest, wait):
            break
        for route in _search(prepared, later, {}, best_only=True):
            if not _repeated(route):
                late = prepared.after(route, wait)
                if cheapest is None or late.vector[:2] < cheapest.vector[:2]:
                    cheapest = late
    return cheapest


def front(problem: Problem, terms: Terms) -> tuple[FoundRoute, ...]:
    """Return every route that no other beats in cost, hours and CO2e, the cheapest first.

    An arc is cut where every route over it, at its least on any day, is beaten by a route already
    known: so a corridor that nobody would leave for the Arctic is not dated by its ice.
    """
    first = bounded(problem, fast=terms.fast)
    if not first.connected:
        return ()
    if dated_ahead(problem).any():
        known = _known(first, terms, best_only=False)
        first = _dated(_worth_keeping(first, known, terms), known, terms)
    return _elementary(first, terms, best_only=False)


def leaves_at_once(prepared: Prepared, terms: Terms) -> bool:
    """Return whether some route departs on the start day and is not held up."""
    return bool(_known(prepared, replace(terms, max_wait_days=0.0), best_only=True))


def _known(prepared: Prepared, terms: Terms, *, best_only: bool) -> list[Vector]:
    """Return vectors of routes that are there: without a wait, else after one at the origin."""
    problem = prepared.problem
    for wait in range(int(terms.max_wait_days) + 1):
        later = replace(
            terms,
            start_day=terms.start_day + wait,
            max_wait_days=0.0,
            fast=terms.fast or wait > 0,
        )
        minutes, cents = wait * MINUTES_PER_DAY, wait * problem.wait_cents_per_day
        found = [
            (route.cents + cents, route.minutes + minutes, route.grams)
            for route in _search(prepared, later, {}, best_only=best_only)
            if not _repeated(route)
        ]
        if found:
            return found
    return []


def _dated(prepared: Prepared, known: Sequence[Vector], terms: Terms) -> Prepared:
    """Return the problem with the modes of its dominance and its candidate departures."""
    problem = prepared.problem
    dated = dated_ahead(problem)
    if not dated.any():
        return prepared
    waits = problem.waits & (terms.max_wait_days > 0)
    mode = np.where(dated, np.where(waits, 1, 2), 0).astype(np.int64)
    if terms.max_wait_days <= 0:
        return replace(prepared, mode=mode)
    earliest, latest = _window(prepared, known, terms)
    offsets, flat = departures(problem, dated, earliest, latest)
    return replace(prepared, mode=mode, candidate_first=offsets, candidates=flat)


def _opens_in_time(
    prepared: Prepared, problem: Problem, terms: Terms
) -> npt.NDArray[np.bool_]:
    """Return by arc whether it is open on some day on which its tail can be left."""
    earliest, latest = _window(prepared, (), terms)
    opens = np.ones(problem.base.shape[0], bool)
    for arc in np.flatnonzero(problem.profile >= 0).tolist():
        tail = int(problem.tail[arc])
        first = max(0, int(earliest[tail])) // MINUTES_PER_DAY
        last = int(latest[tail]) // MINUTES_PER_DAY
        days = problem.minutes_per_km[int(problem.profile[arc]), first : last + 1]
        opens[arc] = bool((days >= 0.0).any())
    return opens


def _window(
    prepared: Prepared, known: Sequence[Vector], terms: Terms
) -> tuple[IntArray, IntArray]:
    """Return by node the minutes between which a departure can lead to an unbeaten route."""
    problem = prepared.problem
    near, far = from_source(problem, fast=terms.fast), prepared.bounds
    started = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
    before_clock = problem.minutes[started] - problem.clock[started]
    earliest = terms.begin + near[1] - int(before_clock.max(initial=0))
    earliest[SOURCE] = terms.begin
    latest = np.full(problem.node_count, terms.last_minute(problem), np.int64)
    reached = terms.begin + int(terms.max_wait_days * MINUTES_PER_DAY) + terms.longest_detour * near[1]
    latest = np.minimum(latest, reached).astype(np.int64)
    latest[SOURCE] = terms.begin + int(terms.max_wait_days * MINUTES_PER_DAY)
    for cents, minutes, grams in known:
        beaten = (near[0] + far[0] >= cents) & (near[2] + far[2] >= grams)
        until = terms.begin + minutes - far[1] - int(before_clock.min(initial=0))
        latest = np.where(beaten, np.minimum(latest, until), latest)
    return earliest, latest


def _worth_keeping(prepared: Prepared, known: Sequence[Vector], terms: Terms) -> Prepared:
    """Return the problem without the arcs that a known route beats on any route over them."""
    problem = prepared.problem
    near = from_source(problem, fast=terms.fast)
    lows = (problem.low_cents, problem.low_minutes, problem.low_grams)
    least = [
        before[problem.tail] + low + after[problem.head]
        for before, low, after in zip(near, lows, prepared.bounds, strict=True)
    ]
    keep = least[0] < kernel.UNREACHABLE
    for vector in known:
        no_worse, equal = np.ones((2, keep.shape[0]), bool)
        for value, low in zip(vector, least, strict=True):
            no_worse &= low >= value
            equal &= low == value
        keep &= ~no_worse | equal
    return prepared if keep.all() else bounded(problem.only(keep), fast=terms.fast)


def _to_sink(problem: Problem, *, fast: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams to the sink on any day."""
    order = np.argsort(problem.head, kind="stable")
    first = np.searchsorted(problem.head[order], np.arange(problem.node_count + 1))
    return _least(first, problem.tail[order], problem, order, SINK, fast=fast)


def from_source(problem: Problem, *, fast: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams from the source on any day."""
    everything = np.arange(problem.base.shape[0])
    return _least(problem.first_arc, problem.head, problem, everything, SOURCE, fast=fast)


def _least(
    first: IntArray, ends: IntArray, problem: Problem, order: IntArray, root: int, *, fast: bool
) -> tuple[IntArray, IntArray, IntArray]:
    lower = _compiled().lower_bounds if fast else kernel.lower_bounds
    arrays = (_plain(first, fast), _plain(ends, fast))
    cents, minutes, grams = (
        np.asarray(lower(*arrays, _plain(weight[order], fast), root))
        for weight in (problem.low_cents, problem.low_minutes, problem.low_grams)
    )
    return cents, minutes, grams


def _compiled() -> Any:
    # Importing numba takes 0.3 s, which a command that wants one route does not spend.
    from corridors.routing import compiled

    return compiled


class _Listed(list[int]):
    """A list with the `shape` of the array it was."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        super().__init__(array.tolist())
        self.shape = array.shape


def _plain(array: npt.NDArray[Any], fast: bool) -> Any:
    """Return a list for interpreted code, which reads it faster; numba takes the array."""
    return array if fast else _Listed(array)


def _repeated(route: FoundRoute) -> set[int]:
    """Return the physical legs a route uses more than once."""
    return {leg for leg in route.legs if route.legs.count(leg) > 1}


def _elementary(
    prepared: Prepared,
    terms: Terms,
    *,
    best_only: bool,
    most_cents: int = kernel.UNREACHABLE,
) -> tuple[FoundRoute, ...]:
    """Return the routes found that use no physical leg twice.

    Legs found used twice are tracked in the labels and the search repeated, until none is.
    """
    tracked: dict[int, int] = {}
    while True:
        found = _search(
            prepared, terms, tracked, best_only=best_only, most_cents=most_cents
        )
        repeated = set().union(*(_repeated(route) for route in found))
        if not repeated:
            return found
        for leg in sorted(repeated):
            if len(tracked) >= MAX_TRACKED_LEGS:
                msg = f"more than {MAX_TRACKED_LEGS} legs would be used twice: narrow the corridor"
                raise CorridorsError(msg)
            tracked[leg] = 1 << len(tracked)


def _search(
    prepared: Prepared,
    terms: Terms,
    tracked: dict[int, int],
    *,
    best_only: bool,
    most_cents: int = kernel.UNREACHABLE,
) -> tuple[FoundRoute, ...]:
    problem, fast = prepared.problem, terms.fast
    bit = np.zeros(problem.base.shape[0], np.int64)
    for leg, value in tracked.items():
        bit[problem.leg == leg] = value
    search: Any = _compiled().search if fast else kernel.search
    most_labels = MAX_LABELS_OF_BEST if best_only else MAX_LABELS
    grams = np.zeros_like(problem.grams) if best_only else problem.grams
    bound_grams = np.zeros_like(prepared.bounds[2]) if best_only else prepared.bounds[2]
    by_node = (
        problem.first_arc, problem.head, problem.minutes, problem.clock, problem.cents, grams,
    )  # fmt: skip
    labels = search(
        SOURCE,
        SINK,
        terms.begin,
        *(_plain(array, fast) for array in by_node),
        problem.km,
        *(_plain(array, fast) for array in (problem.profile, bit, prepared.mode)),
        problem.waits & (terms.max_wait_days > 0),
        _plain(prepared.candidate_first, fast),
        _plain(prepared.candidates, fast),
        problem.minutes_per_km,
        problem.cents_per_km,
        np.zeros_like(problem.grams_per_km) if best_only else problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
        problem.through,
        *(_plain(array, fast) for array in (*prepared.bounds[:2], bound_grams)),
        int(terms.max_wait_days * MINUTES_PER_DAY),
        problem.wait_cents_per_day,
        best_only,
        most_cents,
        terms.last_minute(problem),
        most_labels,
    )
    if labels.shape[0] >= most_labels:
        msg = "too many routes that no other beats: narrow the corridor or its services"
        raise TooManyLabelsError(msg)
    at_sink = np.flatnonzero((labels[:, 0] == SINK) & (labels[:, 11] == 1) & (labels[:, 8] >= 0))
    found = [_route(problem, labels, int(label)) for label in at_sink]
    return tuple(sorted(found, key=lambda r: (*r.vector, r.arcs)))


def _route(problem: Problem, labels: IntArray, label: int) -> FoundRoute:
    arcs, starts, waits = [], [], []
    cents, minutes = int(labels[label, 2]), int(labels[label, 3])
    while labels[label, 7] >= 0:
        before = int(labels[label, 7])
        wait = int(labels[label, 9])
        arcs.append(int(labels[label, 8]))
        waits.append(wait)
        starts.append(int(labels[before, 1]) + wait)
        label = before
    arcs.reverse()
    starts.reverse()
    return FoundRoute(
        arcs=tuple(problem.number[arcs].tolist()),
        legs=tuple(leg for leg in problem.leg[arcs].tolist() if leg >= 0),
        starts=tuple(starts),
        waits=tuple(reversed(waits)),
        cents=cents,
        minutes=minutes,
        grams=sum(_grams(problem, arc, start) for arc, start in zip(arcs, starts, strict=True)),
    )


def _grams(problem: Problem, arc: int, start: int) -> int:
    """Return the CO2e of an arc begun at a minute, in grams."""
    grams = int(problem.grams[arc])
    if problem.profile[arc] < 0:
        return grams
    return grams + kernel.travel(
        int(problem.profile[arc]),
        float(problem.km[arc]),
        start,
        problem.minutes_per_km,
        problem.cents_per_km,
        problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
        problem.through,
    )[2]
