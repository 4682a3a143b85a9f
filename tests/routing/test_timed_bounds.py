"""A bound that knows the time is never above what is still to pay from there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.routing.dated import prepared, timed
from corridors.routing.dated.fronts import front, wait_window
from corridors.routing.dated.prepared import (
    SPAN_MINUTES,
    IntArray,
    Leaving,
    bounded,
    from_source,
    leaving,
)
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.spans import Worth, least_of_span
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY
from tests.routing.test_label_setting import drawn
from tests.strategies import problems, terms


def still_to_pay(problem: Problem, route: FoundRoute) -> list[tuple[int, int, int, int]]:
    """Return node, minute, cents to the sink and minutes waited before each arc of a route."""
    found = []
    left, waited = 0, sum(route.waits)
    steps = list(zip(route.arcs, route.starts, route.waits, strict=True))
    for arc, start, wait in reversed(steps):
        left += int(problem.cents[arc]) + problem.travel(arc, start)[1]
        found.append((int(problem.tail[arc]), start, left, waited))
        waited -= wait
        left += -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
    return found


def to_sink(problem: Problem) -> IntArray:
    """Return by node the least cents to the sink on any day."""
    return bounded(problem, fast=True, criteria=1).bounds[0]


def earliest(problem: Problem, asked: Terms) -> IntArray:
    """Return by node the first minute at which a route can be there."""
    at_best = bounded(problem, fast=True)
    return wait_window(at_best, from_source(problem, fast=True), (), asked)[0]


def priced_bound(problem: Problem, asked: Terms, price: float, span: int) -> Leaving:
    """Return the bound of a problem with waits at a price."""
    until = asked.begin + 20 * MINUTES_PER_DAY
    given = problem, to_sink(problem), earliest(problem, asked), asked, until
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prepared, "_best_priced", lambda priced, _most: priced(price))
        return leaving(*given, fast=True, span=span, most_cents=1)


@drawn
@given(problems(), terms(), st.floats(0.0, 3.0), st.sampled_from([5, SPAN_MINUTES]))
def test_no_route_pays_less_than_the_bound_of_its_place_and_time(
    problem: Problem, asked: Terms, price: float, span: int
) -> None:
    """However dear waits are, and however long the spans."""
    routes = front(problem, asked).routes
    if not routes:
        return
    bound = priced_bound(problem, asked, price, span)
    there = bound.of_being_there
    for route in routes:
        for node, minute, left, waited in still_to_pay(problem, route):
            here = np.array([node]), np.array([minute])
            assert bound.at(*here, waited=waited)[0] <= left
            assert bound.through(*here)[0] <= route.cents
            number = min((minute - asked.begin) // span, bound.cents.shape[1] - 1)
            assert bound.may_leave(route.cents)[node, number]
            # A route that is there may leave at once; it has paid until then.
            assert there[node, number] <= bound.cents[node, number]
        assert bound.of_source <= route.cents


@drawn
@given(problems(), terms())
def test_the_bound_is_the_same_compiled_and_not(problem: Problem, asked: Terms) -> None:
    if to_sink(problem)[SOURCE] > 1 << 50:
        return
    until = asked.begin + 2 * MINUTES_PER_DAY
    slow, quick = (
        leaving(problem, to_sink(problem), earliest(problem, asked), asked, until, fast=fast)
        for fast in (False, True)
    )
    assert slow.cents.shape[1] == 2 * MINUTES_PER_DAY // SPAN_MINUTES + 2
    assert quick.of_source == pytest.approx(slow.of_source)
    np.testing.assert_allclose(slow.cents, quick.cents)
    np.testing.assert_allclose(slow.reaching, quick.reaching)


@drawn
@given(problems(), terms(), st.sampled_from([60, SPAN_MINUTES]))
def test_spans_of_days_alike_are_those_found_one_by_one(
    problem: Problem, asked: Terms, span: int
) -> None:
    rate, count = 0.7, 12 * MINUTES_PER_DAY // span
    arcs, by_day = problem.arcs(fast=False), problem.by_day
    spans = timed.spans_of(arcs, by_day, asked.begin, count, span, rate)
    for arc in np.flatnonzero(problem.profile >= 0).tolist():
        row = int(spans.row[arc])
        for here in range(count):
            begin = asked.begin + here * span
            given_arc = int(problem.profile[arc]), float(problem.km[arc])
            worth = Worth(1.0, -rate, 0.0)
            one = least_of_span(*given_arc, begin, span, by_day, worth)
            found = spans.cents[row, here], spans.soonest[row, here], spans.latest[row, here]
            assert found == pytest.approx(one)
