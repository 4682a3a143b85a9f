"""Prepare a problem for search: lower bounds to the sink, on any day or by time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.routing.dated.bounds import UNREACHABLE, lower_bounds
from corridors.routing.engine import plain
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
# Length of the spans of bounds by time; a divisor of a day.
SPAN_MINUTES = 60
# Penalties on a day of waiting that are tried, in cents.
FIRST_PENALTY = 50
MOST_PENALTY = 1 << 16
Weighed = tuple[int, tuple[IntArray, IntArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A problem with its bounds to the sink and the departures worth waiting for.

    `bounds` are the least cents, minutes and grams by node on any day; `timed` the same by node and
    span, flat, with one more span for any later time (only cents differ by span). `latest` is by
    node the minutes under way after which no ice is entered. `waiting` are the cents of `timed` if
    a day of waiting costs `penalty_per_day` more: with the penalty taken off for the wait that is
    allowed, a bound that knows that waiting has a limit. `tracked`
    are legs that no route may run twice, `detours` the least cents by node without each of them.
    """

    problem: Problem
    bounds: tuple[IntArray, IntArray, IntArray]
    timed: tuple[IntArray, IntArray, IntArray]
    waiting: IntArray
    penalty_per_day: int
    span: int
    spans: int
    latest: IntArray
    mode: IntArray
    candidate_first: IntArray
    candidates: IntArray
    tracked: tuple[int, ...] = ()
    detours: tuple[IntArray, ...] = ()

    def tracking(self, legs: Sequence[int], *, fast: bool) -> Prepared:
        """Return the problem with more legs that no route may run twice."""
        detours = [
            _to_sink(self.problem.only(self.problem.leg != leg), fast=fast, criteria=1)[0]
            for leg in legs
        ]
        return replace(self, tracked=(*self.tracked, *legs), detours=(*self.detours, *detours))

    def kept(self, keep: npt.NDArray[np.bool_], *, fast: bool, criteria: int = 3) -> Prepared:
        """Return the problem with only these arcs and the nodes between them, bounded anew."""
        problem = self.problem.only(keep)
        nodes = problem.used_nodes
        return replace(
            bounded(problem.compact(), fast=fast, criteria=criteria),
            tracked=self.tracked,
            detours=tuple(detour[nodes] for detour in self.detours),
        )

    @property
    def connected(self) -> bool:
        """Whether a path leads from source to sink on some day."""
        return bool(self.bounds[0][SOURCE] < UNREACHABLE)

    def waited_cents(self, days: int) -> int:
        """Return the cost in cents of waiting `days`."""
        return days * self.problem.wait_cents_per_day

    def may_pay_to_wait(self, route: FoundRoute, days: int) -> bool:
        """Return whether some route could be cheaper even after waiting `days`."""
        return int(self.bounds[0][SOURCE]) + self.waited_cents(days) < route.cents

    def after(self, route: FoundRoute, days: int) -> FoundRoute:
        """Return a route of a later departure as one that waits for it at the origin."""
        minutes = days * MINUTES_PER_DAY
        return replace(
            route,
            waits=(minutes, *route.waits[1:]),
            cents=route.cents + self.waited_cents(days),
            minutes=route.minutes + minutes,
        )


def bounded(problem: Problem, *, fast: bool, criteria: int = 3) -> Prepared:
    """Return a problem with its bounds and without candidate departures.

    Bounds are for the first `criteria` of cents, minutes and grams; the others are 0, which is
    always valid.
    """
    bounds = _to_sink(problem, fast=fast, criteria=criteria)
    return Prepared(
        problem=problem,
        bounds=bounds,
        timed=bounds,
        waiting=bounds[0],
        penalty_per_day=0,
        span=MINUTES_PER_DAY,
        spans=0,
        latest=np.full(problem.node_count, UNREACHABLE, np.int64),
        mode=np.zeros(problem.node_count, np.int64),
        candidate_first=np.zeros(problem.node_count + 1, np.int64),
        candidates=np.zeros(0, np.int64),
    )


def timed(prepared: Prepared, terms: Terms, last_minute: int, *, criteria: int = 1) -> Prepared:
    """Return a dated problem with bounds by node and time; always compiled.

    Parameters
    ----------
    prepared
        The problem with its bounds on any day.
    terms
        When the search starts.
    last_minute
        From here on the bound on any day is used.
    criteria
        How many of cents, grams and minutes get bounds by time; the others keep those of any day.
    """
    from corridors.routing.dated import compiled

    problem = prepared.problem
    spans = max(0, last_minute - terms.begin) // SPAN_MINUTES + 1
    nothing = np.zeros_like(problem.fixed_cents)
    # Weight of a day of waiting, weight of an arc, and its dated part.
    cents, minutes, grams = (
        (
            problem.wait_cents_per_day,
            (problem.cents, problem.low_cents),
            (problem.cents_per_km, problem.fixed_cents),
        ),
        (
            MINUTES_PER_DAY,
            (problem.minutes, problem.low_minutes),
            (problem.minutes_per_km, nothing),
        ),
        (0, (problem.grams, problem.low_grams), (problem.grams_per_km, problem.fixed_grams)),
    )
    least = [np.repeat(bound, spans + 1) for bound in prepared.bounds]

    def bound(number: int, weighed: Weighed, penalty: int = 0) -> IntArray:
        wait, (weight, low_weight), (per_km, fixed) = weighed
        found: IntArray = compiled.timed_bounds(
            SINK,
            terms.begin,
            SPAN_MINUTES,
            spans,
            problem.first_arc,
            problem.head,
            problem.clock,
            weight,
            problem.km,
            problem.profile,
            problem.low_minutes - problem.minutes,
            low_weight - weight,
            problem.waits & (terms.max_wait_days > 0),
            wait + penalty,
            problem.minutes_per_km,
            per_km,
            fixed,
            problem.through,
            prepared.bounds[number],
        )
        return found

    for number, weighed in ((0, cents), (2, grams), (1, minutes))[:criteria]:
        least[number] = bound(number, weighed)
    waiting, penalty = least[0], 0
    if criteria == 1 and terms.max_wait_days > 0:
        waiting, penalty = _penalised(
            lambda penalty: bound(0, cents, penalty), least[0], terms, int(spans + 1) * SOURCE
        )
    return replace(
        prepared,
        timed=(least[0], least[1], least[2]),
        waiting=waiting,
        penalty_per_day=penalty,
        span=SPAN_MINUTES,
        spans=spans,
    )


def _penalised(
    bound: Callable[[int], IntArray], free: IntArray, terms: Terms, source: int
) -> tuple[IntArray, int]:
    """Return the bound with a penalty on waiting that is highest at the source, and the penalty.

    The bound is concave in the penalty, which is doubled as long as the bound rises, then refined.
    """
    best, penalty, highest = free, 0, int(free[source])

    def better(tried: int) -> bool:
        nonlocal best, penalty, highest
        found = bound(tried)
        height = int(found[source]) - math.ceil(terms.max_wait_days * tried)
        if height <= highest:
            return False
        best, penalty, highest = found, tried, height
        return True

    tried = FIRST_PENALTY
    while tried <= MOST_PENALTY and better(tried):
        tried *= 2
    step = penalty // 2
    while step >= FIRST_PENALTY:
        if not better(penalty + step):
            better(penalty - step // 2)
        step //= 2
    return best, penalty


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
    lower: Callable[..., Any] = lower_bounds
    if fast:
        from corridors.routing.dated import compiled

        lower = compiled.lower_bounds
    arrays = (plain(first, fast), plain(ends, fast))

    def least(weight: IntArray) -> IntArray:
        return np.asarray(lower(*arrays, plain(weight[order], fast), root))

    nothing = np.zeros(problem.node_count, np.int64)
    return (
        least(problem.low_cents),
        least(problem.low_minutes) if criteria > 1 else nothing,
        least(problem.low_grams) if criteria > 2 else nothing,
    )
