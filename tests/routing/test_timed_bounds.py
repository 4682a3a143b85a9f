"""A bound that knows the time is never above what is still to pay from there."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from corridors.routing.dated.fronts import front, wait_window
from corridors.routing.dated.prepared import (
    SPAN_MINUTES,
    IntArray,
    bounded,
    from_source,
    leaving,
)
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY
from tests.routing.test_label_setting import drawn
from tests.strategies import problems, terms


def still_to_pay(problem: Problem, route: FoundRoute) -> list[tuple[int, int, int]]:
    """Return node, minute and cents to the sink before each arc of a route."""
    found = []
    left = 0
    steps = list(zip(route.arcs, route.starts, route.waits, strict=True))
    for arc, start, wait in reversed(steps):
        left += int(problem.cents[arc]) + problem.travel(arc, start)[1]
        found.append((int(problem.tail[arc]), start, left))
        left += -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
    return found


def to_sink(problem: Problem) -> IntArray:
    """Return by node the least cents to the sink on any day."""
    return bounded(problem, fast=True, criteria=1).bounds[0]


def earliest(problem: Problem, asked: Terms) -> IntArray:
    """Return by node the first minute at which a route can be there."""
    prepared = bounded(problem, fast=True)
    return wait_window(prepared, from_source(problem, fast=True), (), asked)[0]


@drawn
@given(problems(), terms())
def test_no_route_pays_less_than_the_bound_of_its_place_and_time(
    problem: Problem, asked: Terms
) -> None:
    routes = front(problem, asked).routes
    if not routes:
        return
    until = asked.begin + 20 * MINUTES_PER_DAY
    bound = leaving(problem, to_sink(problem), earliest(problem, asked), asked, until, fast=True)
    for route in routes:
        for node, minute, left in still_to_pay(problem, route):
            here = np.array([node]), np.array([minute])
            assert bound.at(*here)[0] <= left
            assert bound.through(*here)[0] <= route.cents
            span = (minute - asked.begin) // SPAN_MINUTES
            assert bound.may_leave(route.cents)[node, min(span, bound.cents.shape[1] - 1)]
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
    np.testing.assert_allclose(slow.cents, quick.cents)
    np.testing.assert_allclose(slow.reaching, quick.reaching)
