"""Prepare a problem for search: lower bounds to the sink, on any day or by time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.engine import plain
from corridors.routing.dated import timed
from corridors.routing.dated.bounds import UNREACHABLE, lower_bounds
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
# A bound by time is a sum of fractions.
ROUNDING_CENTS = 1.0
# Length of the spans of bounds by time, unless others are asked for; a divisor of a day.
SPAN_MINUTES = 180
# Waits are priced unless the bound is as close as this share of the cost.
CLOSE_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Least cents to the sink by node and span of time of a route that leaves then.

    A span has `span` minutes. Every minute from `begin` on, a midnight, is paid too, at
    `cents_per_minute`. `waits` are the nodes where a route may wait. `reaching` are the least cents
    from the source of being there then, less what the minutes from `begin` on cost. Both price each
    minute waited at `wait_cents` more; the longest wait has `most_wait` minutes (see `timed`).
    """

    cents: FloatArray
    reaching: FloatArray
    waits: npt.NDArray[np.bool_]
    begin: int
    span: int
    cents_per_minute: float
    wait_cents: float
    most_wait: int

    @property
    def most_priced(self) -> float:
        """The price of the longest wait in cents."""
        return self.wait_cents * self.most_wait

    def at(self, node: IntArray, minute: IntArray, *, waited: int = 0) -> FloatArray:
        """Return the least cents to the sink when leaving nodes at minutes, having waited."""
        left = self.cents[node, self._span(minute)]
        left = left - (minute - self.begin) * self.cents_per_minute
        return np.asarray(left - self.most_priced + waited * self.wait_cents)

    def through(self, node: IntArray, minute: IntArray) -> FloatArray:
        """Return the least cents of a whole route that leaves nodes at minutes."""
        span = self._span(minute)
        return np.asarray(self.reaching[node, span] + self.cents[node, span] - self.most_priced)

    def may_leave(self, most_cents: int) -> npt.NDArray[np.bool_]:
        """Return by node and span whether a route of at most a cost may leave then."""
        return np.asarray(self.reaching + self.cents - self.most_priced <= most_cents)

    def _span(self, minute: IntArray) -> IntArray:
        return np.clip((minute - self.begin) // self.span, 0, self.cents.shape[1] - 1)

    @property
    def of_being_there(self) -> FloatArray:
        """Least cents of a route that is at a node in a span and may wait there."""
        priced = np.arange(self.cents.shape[1]) * self.span * self.wait_cents
        later = np.minimum.accumulate((self.cents + priced)[:, ::-1], axis=1)[:, ::-1] - priced
        least = self.cents.copy()
        least[:, :-1] = np.minimum(least[:, :-1], later[:, 1:])
        return np.where(self.waits[:, None], least, self.cents)

    @property
    def of_source(self) -> float:
        """Least cents of a route from the source, waits included."""
        within = self.cents[SOURCE, : self.most_wait // self.span + 1]
        priced = np.arange(within.shape[0]) * self.span * self.wait_cents
        return float((within + priced).min() - self.most_priced)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A problem with its bounds to the sink and the departures worth waiting for.

    `bounds` are the least cents, minutes and grams by node on any day. `latest` is by node the
    minutes under way after which no ice is entered. `by_time` bounds routes that wait, of the
    problem split by change (see `split_by_change`). `tracked` are legs that no route may run twice,
    `detours` the least cents by node without each of them.
    """

    problem: Problem
    bounds: tuple[IntArray, IntArray, IntArray]
    latest: IntArray
    mode: IntArray
    candidate_first: IntArray
    candidates: IntArray
    by_time: Leaving | None = None
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
        latest=np.full(problem.node_count, UNREACHABLE, np.int64),
        mode=np.zeros(problem.node_count, np.int64),
        candidate_first=np.zeros(problem.node_count + 1, np.int64),
        candidates=np.zeros(0, np.int64),
    )


def _to_sink(problem: Problem, *, fast: bool, criteria: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams to the sink on any day."""
    ways = _Ways(*problem.by_head(fast=fast), SINK)
    return _least(problem, ways, fast=fast, criteria=criteria)


def leaving(
    problem: Problem,
    bound_cents: IntArray,
    earliest: IntArray,
    terms: Terms,
    until: int,
    *,
    fast: bool,
    span: int = SPAN_MINUTES,
    most_cents: int | None = None,
) -> Leaving:
    """Return the least cents to the sink by node and time from the first minute of the terms.

    `bound_cents` are the least to the sink on any day, `earliest` the first minute at which a route
    can be at a node; before it they are infinite. A route leaves the source within the longest
    wait. A `span` of time divides a day. With `most_cents`, the limit of a cost that the bounds are
    to show to be too low, waits are priced if that makes them higher.
    """
    kernel: Any = timed
    if fast:
        from corridors.routing.dated import compiled

        kernel = compiled
    begin, rate = terms.begin, problem.wait_cents_per_day / MINUTES_PER_DAY
    least_clock = problem.clock + problem.low_minutes - problem.minutes
    is_short = least_clock < span
    # An arc that costs less than a wait as long, which a route uses once at most.
    most_clock = np.where(problem.profile >= 0, span, least_clock)
    saved = (most_clock * rate - problem.low_cents)[is_short].clip(0.0).sum()
    arcs = problem.arcs(fast=fast)
    count = (until - begin) // span + 1
    spans = kernel.spans_of(arcs, problem.by_day, begin, count, span, rate)
    short, waits = plain(is_short, fast), plain(problem.waits, fast)
    last_wait = int(terms.max_wait_days * MINUTES_PER_DAY) // span
    first_span = np.maximum(earliest - begin, 0) // span
    ends = plain(bound_cents, fast), plain(first_span, fast)

    def priced(wait_cents: float) -> Leaving:
        cents = kernel.costs_of_leaving(SINK, arcs, spans, short, waits, *ends, wait_cents)
        return Leaving(
            cents=np.asarray(cents) - saved - ROUNDING_CENTS,
            reaching=np.zeros(0),
            waits=problem.waits,
            begin=begin,
            span=span,
            cents_per_minute=rate,
            wait_cents=wait_cents,
            most_wait=int(terms.max_wait_days * MINUTES_PER_DAY),
        )

    found = priced(0.0) if most_cents is None else _best_priced(priced, most_cents)
    reaching = kernel.costs_of_reaching(
        SOURCE, arcs, spans, short, waits, last_wait, found.wait_cents
    )
    return replace(found, reaching=np.asarray(reaching) - saved - ROUNDING_CENTS)


def _best_priced(priced: Callable[[float], Leaving], most_cents: int) -> Leaving:
    """Return the bounds with or without a price of waits, whichever is higher at the source.

    The bound is concave in the price: it rises while a route of least cost waits too long.
    """
    free = priced(0.0)
    gap = most_cents - free.of_source
    close = max(CLOSE_SHARE * most_cents, MINUTES_PER_DAY * free.cents_per_minute)
    if free.most_wait <= 0 or not close < gap < UNREACHABLE / 2:
        return free
    # Near the best price in June, by trial; to find it takes longer than it saves.
    paid = priced(gap / free.most_wait / 2.0)
    return max(free, paid, key=lambda each: each.of_source)


def from_source(
    problem: Problem, *, fast: bool, criteria: int = 3
) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least cents, minutes and grams from the source on any day."""
    everything = np.arange(problem.base.shape[0])
    ways = _Ways(problem.first_arc, problem.head, everything, SOURCE)
    return _least(problem, ways, fast=fast, criteria=criteria)


class _Ways(NamedTuple):
    """Arcs in CSR order by the end nearer to a root, with their other ends and numbers."""

    first: IntArray
    ends: IntArray
    order: IntArray
    root: int


def _least(
    problem: Problem, ways: _Ways, *, fast: bool, criteria: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Return by node the least of the first `criteria` of cents, minutes and grams to the root."""
    lower: Callable[..., Any] = lower_bounds
    if fast:
        from corridors.routing.dated import compiled

        lower = compiled.lower_bounds

    nodes = problem.node_count

    def least(weight: IntArray) -> IntArray:
        arrays = (plain(each, fast) for each in (ways.first, ways.ends, weight[ways.order]))
        found = plain(np.full(nodes, UNREACHABLE, np.int64), fast)
        room = (plain(np.full(nodes, -1, np.int64), fast) for _ in range(2))
        lower(*arrays, ways.root, found, *room)
        return np.asarray(found)

    nothing = np.zeros(nodes, np.int64)
    weights = (problem.low_cents, problem.low_minutes, problem.low_grams)
    cents, minutes, grams = (
        problem.once_for(("least", number, ways.root), weight, least)
        if number < criteria
        else nothing
        for number, weight in enumerate(weights)
    )
    return cents, minutes, grams
