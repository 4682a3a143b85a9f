"""Label setting finds what enumeration finds, on drawn networks whose arcs change with the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.strategies import booleans, one_of

from corridors.routing.dated.closed import next_opening
from corridors.routing.dated.departures import best_route, departures_of, front
from corridors.routing.dated.label_search import (
    Wanted,
    cheapest,
    non_dominated,
    prepared_for,
    search_routes,
)
from corridors.routing.dated.label_setting import LOOKS_OF_STEP, UNREACHABLE
from corridors.routing.problem import Problem
from corridors.routing.terms import Terms
from corridors.units import MINUTES_PER_DAY
from tests.enumeration import (
    best_by_day,
    enumerate_vectors,
    nodes_of,
    travelled,
    unbeaten,
    undominated,
)
from tests.strategies import corridors, problems, terms, two_closures

FIRST_DAY = date(2026, 1, 1)

drawn = settings(
    max_examples=200,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

five_hundred = settings(drawn, max_examples=500)


@drawn
@given(problems(), terms())
def test_every_route_of_the_front_can_be_travelled_on_its_dates(
    problem: Problem, asked: Terms
) -> None:
    for route in front(problem, asked).routes:
        assert travelled(problem, asked, route) == route.vector


@five_hundred
@given(problems(), terms(), booleans())
def test_the_front_of_a_departure_equals_enumeration(
    problem: Problem, asked: Terms, fast: bool
) -> None:
    prepared = prepared_for(problem, asked)
    found = {route.vector for route in non_dominated(prepared, replace(asked, fast=fast)).routes}
    assert found == undominated(enumerate_vectors(problem, asked))


@drawn
@given(problems(), terms())
def test_the_front_leaves_out_routes_alone_that_a_later_day_beats(
    problem: Problem, asked: Terms
) -> None:
    found = [route.vector for route in front(problem, asked).routes]
    stand = set(unbeaten(problem, asked).get(0, ()))
    every = undominated(enumerate_vectors(problem, asked))
    assert every & stand <= set(found) <= every
    assert min(found)[:2] == min(stand)[:2] if stand else not found


@five_hundred
@given(problems(), terms())
def test_the_best_route_is_the_best_of_all_days_and_none_that_a_later_day_beats(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    assert (best and best.vector[:2]) == best_by_day(problem, asked)
    if best is not None:
        assert travelled(problem, asked, best) == best.vector


@five_hundred
@given(two_closures(), terms())
def test_between_two_closures_that_conflict_the_best_route_is_that_of_enumeration(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    assert (best and best.vector[:2]) == best_by_day(problem, asked)


@drawn
@given(problems(), terms())
def test_no_route_comes_to_a_place_or_a_node_twice(problem: Problem, asked: Terms) -> None:
    for route in front(problem, asked).routes:
        assert len(set(route.places)) == len(route.places)
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
def test_routes_looked_at_count_as_work(problem: Problem, asked: Terms) -> None:
    # A guard that counts arcs alone let a front of 1,600 routes take 9 seconds, another one 1.4.
    prepared = prepared_for(problem, asked)
    alone = search_routes(prepared, asked, Wanted(best_only=False))
    assume(any(len(route.arcs) > 1 for route in alone.routes))
    beats_none = [(UNREACHABLE, UNREACHABLE, UNREACHABLE)] * 1000
    beside = search_routes(prepared, asked, Wanted(best_only=False, known=beats_none))
    assert {one.vector for one in beside.routes} == {one.vector for one in alone.routes}
    assert beside.steps >= alone.steps + 1000 // LOOKS_OF_STEP


@drawn
@given(problems(), terms())
def test_a_tighter_wait_never_lowers_the_cost(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    for shorter in (0.0, asked.max_wait_days / 2):
        tighter = best_route(problem, replace(asked, max_wait_days=shorter))
        if tighter is not None:
            assert best is not None
            assert best.vector[:2] <= tighter.vector[:2]


@five_hundred
@given(problems(), terms())
def test_no_day_with_a_route_is_told_to_be_closed(problem: Problem, asked: Terms) -> None:
    days = range(problem.days - asked.start_day)
    may_open = set(departures_of(problem, asked).days_that_may_open(asked, days))
    for day in days:
        later = replace(asked, start_day=asked.start_day + day)
        assert day in may_open or not any(enumerate_vectors(problem, later))


@pytest.mark.long
@five_hundred
@given(problems(), terms())
def test_a_closed_corridor_opens_on_the_first_day_on_which_it_would_leave(
    problem: Problem, asked: Terms
) -> None:
    assume(best_route(problem, asked) is None)
    opens = next_opening(problem, asked, FIRST_DAY, partial(best_route, problem)).day
    rate, of_day = problem.wait_cents_per_day, unbeaten(problem, asked)

    def waits(day: int) -> int:
        window = range(int(asked.max_wait_days) + 1)
        late = [
            (cents + days * rate, minutes + days * MINUTES_PER_DAY, -days)
            for days in window
            for cents, minutes, _ in of_day.get(day + days, ())
        ]
        return -min(late)[2]

    first = next((day for day in sorted(of_day) if day > 0 and not waits(day)), None)
    assert opens == (None if first is None else FIRST_DAY + timedelta(asked.start_day + first))
    if opens is not None:
        then = replace(asked, start_day=(opens - FIRST_DAY).days)
        best = best_route(problem, then)
        assert best is not None
        assert best.wait_days == 0


@five_hundred
@given(one_of(problems(), corridors()), terms())
def test_days_said_to_be_alike_find_no_route_either(problem: Problem, asked: Terms) -> None:
    prepared = prepared_for(problem, asked)
    best = next(iter(cheapest(prepared, asked, Wanted()).routes), None)
    # Of no route at all, or of none that is cheaper than the best of the first day.
    wanted = Wanted() if best is None else Wanted(most_cents=best.cents - 1)
    found = cheapest(prepared, asked, wanted)
    assert not found.routes
    for day in range(1, found.alike_days + 1):
        later = replace(asked, start_day=asked.start_day + day)
        assert not cheapest(prepared, later, wanted).routes
