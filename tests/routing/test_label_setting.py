"""Label setting finds what enumeration finds, on drawn networks whose arcs change with the day."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans, integers, none

from corridors.routing.dated.closed import Opening, next_opening
from corridors.routing.dated.fronts import best_route, departures_of, front
from corridors.routing.problem import Problem
from corridors.routing.terms import Terms
from tests.enumeration import beats, enumerate_vectors, nodes_of, travelled, undominated
from tests.strategies import problems, terms

drawn = settings(
    max_examples=200,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

five_hundred = settings(drawn, max_examples=500)


# Where speeds are integrated over the days, every minute waited may trade hours for CO2e: such a
# front is a line, of which the search keeps the ends. There only its cheapest route is compared.
@drawn
@given(problems(through=False), terms())
def test_no_enumerated_route_beats_the_front(problem: Problem, asked: Terms) -> None:
    found = [route.vector for route in front(problem, asked).routes]
    for vector in undominated(enumerate_vectors(problem, asked)):
        assert any(beats(known, vector) for known in found), vector


@drawn
@given(problems(), terms())
def test_the_front_holds_nothing_that_enumeration_beats(problem: Problem, asked: Terms) -> None:
    enumerated = enumerate_vectors(problem, asked)
    for route in front(problem, asked).routes:
        assert not any(
            beats(vector, route.vector) and vector != route.vector for vector in enumerated
        )


@drawn
@given(problems(), terms())
def test_every_route_of_the_front_can_be_travelled_on_its_dates(
    problem: Problem, asked: Terms
) -> None:
    for route in front(problem, asked).routes:
        assert travelled(problem, asked, route) == route.vector


@five_hundred
@given(problems(through=False), terms())
def test_the_front_equals_enumeration_where_arcs_are_dated_at_their_start(
    problem: Problem, asked: Terms
) -> None:
    found = {route.vector for route in front(problem, asked).routes}
    assert found == undominated(enumerate_vectors(problem, asked))


@five_hundred
@given(problems(), terms(), booleans())
def test_the_front_without_a_wait_equals_enumeration_where_speeds_change_on_the_way(
    problem: Problem, asked: Terms, fast: bool
) -> None:
    at_once = replace(asked, max_wait_days=0.0, fast=fast)
    found = {route.vector for route in front(problem, at_once).routes}
    assert found == undominated(enumerate_vectors(problem, at_once))


@drawn
@given(problems(), terms())
def test_the_best_route_is_the_cheapest_then_the_quickest_of_all(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    enumerated = min((vector[:2] for vector in enumerate_vectors(problem, asked)), default=None)
    if best is None:
        assert enumerated is None
        return
    assert travelled(problem, asked, best) == best.vector
    assert enumerated is None or best.vector[:2] <= enumerated


@drawn
@given(problems(), terms())
def test_the_best_route_heads_the_front(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    found = front(problem, asked).routes
    assert (best is None) == (not found)
    if best is not None:
        assert best.vector[:2] == found[0].vector[:2]


@drawn
@given(problems(), terms())
def test_no_route_uses_a_physical_leg_twice_or_meets_a_node_twice(
    problem: Problem, asked: Terms
) -> None:
    for route in front(problem, asked).routes:
        assert len(set(route.legs)) == len(route.legs)
        assert len(set(nodes_of(problem, route))) == len(route.arcs) + 1


@drawn
@given(problems(), terms())
def test_the_front_holds_no_dominated_point(problem: Problem, asked: Terms) -> None:
    found = [route.vector for route in front(problem, asked).routes]
    assert undominated(found) == set(found)
    assert len(set(found)) == len(found)


@drawn
@given(problems(), terms())
def test_compiled_and_plain_search_agree(problem: Problem, asked: Terms) -> None:
    fast = replace(asked, fast=True)
    assert front(problem, asked) == front(problem, fast)
    assert best_route(problem, asked) == best_route(problem, fast)


@drawn
@given(problems(), terms())
def test_a_tighter_wait_never_lowers_the_cost(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    for shorter in (0.0, asked.max_wait_days / 2):
        tighter = best_route(problem, replace(asked, max_wait_days=shorter))
        if tighter is not None:
            assert best is not None
            assert best.vector[:2] <= tighter.vector[:2]


@drawn
@given(problems(), terms())
def test_a_new_arc_never_raises_the_cost(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    for arc in range(problem.base.shape[0]):
        fewer = best_route(problem.only(problem.number != arc), asked)
        if fewer is not None:
            assert best is not None
            assert best.vector[:2] <= fewer.vector[:2]


@five_hundred
@given(problems(), terms())
def test_no_day_with_a_route_is_told_to_be_closed(problem: Problem, asked: Terms) -> None:
    days = range(problem.days - asked.start_day)
    may_open = set(departures_of(problem, asked).days_that_may_open(asked, days))
    for day in days:
        later = replace(asked, start_day=asked.start_day + day)
        assert day in may_open or not any(enumerate_vectors(problem, later))


@five_hundred
@given(problems(), terms(), integers(-1, 4) | none(), integers(-1, 4) | none())
def test_where_an_opening_is_sought_first_changes_no_date(
    problem: Problem, asked: Terms, at_once: int | None, with_waits: int | None
) -> None:
    near = Opening(at_once=at_once, with_waits=with_waits)
    assert next_opening(problem, asked, near) == next_opening(problem, asked)


@five_hundred
@given(problems(), terms())
def test_a_route_leaves_on_the_dates_of_an_opening_and_waiting_opens_no_later(
    problem: Problem, asked: Terms
) -> None:
    opens = next_opening(problem, asked)
    if opens.at_once is not None:
        at_once = replace(asked, start_day=opens.at_once, max_wait_days=0.0)
        assert any(enumerate_vectors(problem, at_once))
        assert opens.with_waits is not None
        least = opens.at_once - int(asked.max_wait_days)
        assert opens.with_waits <= max(asked.start_day + 1, least)
    if opens.with_waits is not None:
        assert any(enumerate_vectors(problem, replace(asked, start_day=opens.with_waits)))
