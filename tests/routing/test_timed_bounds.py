"""A bound that knows the time is never above what is still to pay from there."""

from __future__ import annotations

from hypothesis import given

from corridors.routing.dated.fronts import front
from corridors.routing.dated.prepared import bounded, timed
from corridors.routing.problem import Problem
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY
from tests.routing.test_label_setting import drawn
from tests.strategies import problems, terms


def still_to_pay(problem: Problem, route: FoundRoute) -> list[tuple[int, int, int]]:
    """Return node, minute and cents to the sink before each wait and arc of a route."""
    found = []
    left = 0
    steps = list(zip(route.arcs, route.starts, route.waits, strict=True))
    for arc, start, wait in reversed(steps):
        left += int(problem.cents[arc]) + problem.travel(arc, start)[1]
        left += -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
        found.append((int(problem.tail[arc]), start - wait, left))
    return found


@drawn
@given(problems(), terms())
def test_no_route_pays_less_than_the_bound_of_its_place_and_time(
    problem: Problem, asked: Terms
) -> None:
    routes = front(problem, asked).routes
    if not routes:
        return
    bound = timed(bounded(problem, fast=True), asked, asked.last_minute(problem))
    for route in routes:
        for node, minute, left in still_to_pay(problem, route):
            span = min((minute - asked.begin) // bound.span, bound.spans)
            assert bound.timed[0][node * (bound.spans + 1) + span] <= left


@drawn
@given(problems(), terms())
def test_a_bound_by_time_is_never_below_that_of_any_day(problem: Problem, asked: Terms) -> None:
    first = bounded(problem, fast=True)
    bound = timed(first, asked, asked.last_minute(problem))
    by_node = bound.timed[0].reshape(problem.node_count, bound.spans + 1)
    # Rounding down may cost a cent an arc.
    assert (by_node >= first.bounds[0][:, None] - 2 * problem.node_count).all()
