"""Run the label setting on a corridor, and read its routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.errors import CorridorsError
from corridors.routing import kernel
from corridors.routing.bounds import UNREACHABLE, lower_bounds
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
Vector = tuple[int, int, int]
MAX_LABELS = 12_000
# Beyond so many labels the cheapest route is sought over whole days of waiting only.
MAX_LABELS_OF_BEST = 8_000
MAX_TRACKED_LEGS = 62
# No journey takes as long; one that would is not sought.
JOURNEY_DAYS = 120
LONGEST_DETOUR = 1.1
LONGEST_ROUND = 2.0
# Bounds by time hold for so many minutes at once; a divisor of a day.
SPAN_MINUTES = 60


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
    there, at most `longest_detour` times as long as the quickest. A route through ice takes at
    most `longest_round` times as long as the quickest one: out of season the Arctic would else be
    met in July, by way of the Cape and Panama.
    """

    start_day: int
    max_wait_days: float
    fast: bool
    longest_detour: float = LONGEST_DETOUR
    longest_round: float = LONGEST_ROUND

    @property
    def begin(self) -> int:
        """The first minute."""
        return self.start_day * MINUTES_PER_DAY

    def last_minute(self, problem: Problem) -> int:
        """Return the last minute at which a journey may still be under way."""
        return min(problem.days, self.start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A problem with its bounds to the sink, and the departures worth waiting for.

    `bounds` are the least cents, minutes and grams by node on any day; `timed` the same by node and
    span of time, flat, with one more span for any later time (only cents differ by span). `latest`
    is by node the minutes under way after which no ice is entered.
    """

    problem: Problem
    bounds: tuple[IntArray, IntArray, IntArray]
    timed: tuple[IntArray, IntArray, IntArray]
    span: int
    spans: int
    latest: IntArray
    mode: IntArray
    candidate_first: IntArray
    candidates: IntArray

    @property
    def connected(self) -> bool:
        """Whether there is a way from source to sink on some day."""
        return bool(self.bounds[0][SOURCE] < UNREACHABLE)

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


def bounded(problem: Problem, *, fast: bool, criteria: int = 3) -> Prepared:
    """Return a problem with its bounds and without candidate departures.

    `criteria` says for how many of cents, minutes and grams, in this order; the bound of the
    others is 0, which is always true.
    """
    bounds = _to_sink(problem, fast=fast, criteria=criteria)
    return Prepared(
        problem=problem,
        bounds=bounds,
        timed=bounds,
        span=MINUTES_PER_DAY,
        spans=0,
        latest=np.full(problem.node_count, UNREACHABLE, np.int64),
        mode=np.zeros(problem.node_count, np.int64),
        candidate_first=np.zeros(problem.node_count + 1, np.int64),
        candidates=np.zeros(0, np.int64),
    )


def timed(prepared: Prepared, terms: Terms, last_minute: int) -> Prepared:
    """Return a problem whose cents are bounded by node and time; compiled, for dated ones.

    Parameters
    ----------
    prepared
        The problem with its bounds on any day.
    terms
        When the search starts.
    last_minute
        From when on the bound on any day will do.
    """
    problem = prepared.problem
    spans = max(0, last_minute - terms.begin) // SPAN_MINUTES + 1
    cents = _compiled().timed_bounds(
        SINK,
        terms.begin,
        SPAN_MINUTES,
        spans,
        problem.first_arc,
        problem.head,
        problem.clock,
        problem.cents,
        problem.km,
        problem.profile,
        problem.low_minutes - problem.minutes,
        problem.waits & (terms.max_wait_days > 0),
        problem.wait_cents_per_day,
        problem.minutes_per_km,
        problem.cents_per_km,
        problem.fixed_cents,
        problem.through,
        prepared.bounds[0],
    )
    minutes, grams = (np.repeat(least, spans + 1) for least in prepared.bounds[1:])
    return replace(
        prepared, timed=(np.asarray(cents), minutes, grams), span=SPAN_MINUTES, spans=spans
    )


def _to_sink(problem: Problem, *, fast: bool, criteria: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams to the sink on any day."""
    order = np.argsort(problem.head, kind="stable")
    first = np.searchsorted(problem.head[order], np.arange(problem.node_count + 1))
    return _least(first, problem.tail[order], problem, order, SINK, fast=fast, criteria=criteria)


def from_source(
    problem: Problem, *, fast: bool, criteria: int = 3
) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams from the source on any day."""
    everything = np.arange(problem.base.shape[0])
    return _least(
        problem.first_arc, problem.head, problem, everything, SOURCE, fast=fast, criteria=criteria
    )


def _least(
    first: IntArray,
    ends: IntArray,
    problem: Problem,
    order: IntArray,
    root: int,
    *,
    fast: bool,
    criteria: int,
) -> tuple[IntArray, IntArray, IntArray]:
    lower = _compiled().lower_bounds if fast else lower_bounds
    arrays = (_plain(first, fast), _plain(ends, fast))

    def least(weight: IntArray) -> IntArray:
        return np.asarray(lower(*arrays, _plain(weight[order], fast), root))

    nothing = np.zeros(problem.node_count, np.int64)
    return (
        least(problem.low_cents),
        least(problem.low_minutes) if criteria > 1 else nothing,
        least(problem.low_grams) if criteria > 2 else nothing,
    )


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


def repeated(route: FoundRoute) -> set[int]:
    """Return the physical legs a route uses more than once."""
    return {leg for leg in route.legs if route.legs.count(leg) > 1}


def elementary(
    prepared: Prepared,
    terms: Terms,
    *,
    best_only: bool,
    most_cents: int = UNREACHABLE,
) -> tuple[FoundRoute, ...]:
    """Return the routes found that use no physical leg twice.

    Legs found used twice are tracked in the labels and the search repeated, until none is.
    """
    tracked: dict[int, int] = {}
    while True:
        found = search_routes(prepared, terms, tracked, best_only=best_only, most_cents=most_cents)
        twice = set().union(*(repeated(route) for route in found))
        if not twice:
            return found
        for leg in sorted(twice):
            if len(tracked) >= MAX_TRACKED_LEGS:
                msg = f"more than {MAX_TRACKED_LEGS} legs would be used twice: narrow the corridor"
                raise CorridorsError(msg)
            tracked[leg] = 1 << len(tracked)


def search_routes(
    prepared: Prepared,
    terms: Terms,
    tracked: dict[int, int],
    *,
    best_only: bool,
    most_cents: int = UNREACHABLE,
) -> tuple[FoundRoute, ...]:
    """Return the routes of one run of the label setting, the cheapest first.

    Parameters
    ----------
    prepared
        The corridor.
    terms
        When it starts and how it is run.
    tracked
        Bit by physical leg that may not be used twice.
    best_only
        Only the cheapest route, then the quickest of the cheapest.
    most_cents
        Dearer routes are not sought.

    Raises
    ------
    TooManyLabelsError
        More labels than can be held.
    """
    problem, fast = prepared.problem, terms.fast
    bit = np.zeros(problem.base.shape[0], np.int64)
    for leg, value in tracked.items():
        bit[problem.leg == leg] = value
    search: Any = _compiled().search if fast else kernel.search
    most_labels = MAX_LABELS_OF_BEST if best_only else MAX_LABELS
    grams = np.zeros_like(problem.grams) if best_only else problem.grams
    bound_grams = np.zeros_like(prepared.timed[2]) if best_only else prepared.timed[2]
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
        *(_plain(array, fast) for array in (*prepared.timed[:2], bound_grams)),
        prepared.span,
        prepared.spans,
        _plain(prepared.latest, fast),
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
    return int(problem.grams[arc]) + problem.travel(arc, start)[2]
