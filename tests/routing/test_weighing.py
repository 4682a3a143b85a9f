"""The best route by each objective is the best of all routes, on drawn networks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from corridors.domain.objective import Objective
from corridors.routing.dated.departures import best_route
from corridors.routing.ladder import routes_of
from corridors.routing.problem import Problem
from corridors.routing.terms import DatedRoute, Terms, Weighing, costed, weighing_of
from tests.enumeration import enumerate_vectors, travelled, unbeaten
from tests.strategies import problems, terms

drawn = settings(
    max_examples=150,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# In USD per TEU and day.
VALUES_OF_TIME = st.sampled_from([0.0, 30.0, 37.5, 250.0])
OBJECTIVES = st.sampled_from(list(Objective))


def route_of(vector: tuple[int, ...]) -> DatedRoute:
    cents, minutes, grams = vector[:3]
    return DatedRoute(arcs=(), starts=(), cents=cents, minutes=minutes, grams=grams)


def keys(problem: Problem, asked: Terms, weighing: Weighing) -> list[tuple[Fraction, int, int]]:
    return [weighing.key(route_of(vector)) for vector in enumerate_vectors(problem, asked)]


@drawn
@given(problems(dated=False, most_nodes=6), terms(), OBJECTIVES, VALUES_OF_TIME)
def test_the_first_route_is_the_best_and_the_cheapest_of_equals(
    problem: Problem, asked: Terms, objective: Objective, value_of_time: float
) -> None:
    weighing = weighing_of(objective, value_of_time)
    found = routes_of(problem, asked, weighing, fronts=False)
    every = keys(problem, asked, weighing)
    assert bool(found.routes) == bool(every)
    if every:
        assert weighing.key(found.routes[0])[:2] == min(every)[:2]


@drawn
@given(problems(most_nodes=6), terms(), OBJECTIVES, VALUES_OF_TIME)
def test_no_route_by_date_is_better_but_for_the_rounding_of_its_arcs(
    problem: Problem, asked: Terms, objective: Objective, value_of_time: float
) -> None:
    weighing = weighing_of(objective, value_of_time)
    found = routes_of(problem, asked, weighing, fronts=True)
    assume(found.routes)
    first = found.routes[0]
    assert travelled(problem, asked, first) == first.vector
    # A cent, a minute and a gram on each of at most six arcs of two routes.
    rounding = 12 * (weighing.cents + weighing.minutes + weighing.grams)
    rate = problem.wait_cents_per_day
    usable = [
        weighing.key(route_of((cents + day * rate, minutes + day * 1440, grams)))
        for day, vectors in unbeaten(problem, asked).items()
        if day <= asked.max_wait_days
        for cents, minutes, grams in vectors
    ]
    assert weighing.sum_of(first) <= min(usable)[0] + rounding
    assert all(weighing.key(first) <= weighing.key(route) for route in found.routes)


@drawn
@given(problems(), terms(), OBJECTIVES)
def test_the_cheapest_route_stays_among_the_routes(
    problem: Problem, asked: Terms, objective: Objective
) -> None:
    cheapest = best_route(problem, asked)
    found = routes_of(problem, asked, weighing_of(objective, 30.0), fronts=False)
    assert (cheapest in found.routes) == (cheapest is not None)
    if objective is Objective.COST and cheapest is not None:
        assert found.routes == (cheapest,)
        assert found.weighed is None


@drawn
@given(problems(), terms(), OBJECTIVES)
def test_a_route_costs_the_same_once_it_is_weighed_and_back(
    problem: Problem, asked: Terms, objective: Objective
) -> None:
    best = best_route(problem, asked)
    assume(best is not None)
    assert best is not None
    weighed = weighing_of(objective, 30.0).problem(problem)
    assert costed(problem, costed(weighed, best)) == best


@pytest.mark.parametrize("value_of_time", [0.0, 0.001, 37.5, 300.0, 1e5])
@pytest.mark.parametrize("objective", list(Objective))
def test_a_weighed_month_stays_far_from_the_largest_integer(
    objective: Objective, value_of_time: float
) -> None:
    weighing = weighing_of(objective, value_of_time)
    cents, minutes, grams = weighing.whole
    assert cents * 10**6 + minutes * 10**5 + grams * 10**7 < 10**15
