"""OR-Tools finds what the label setting finds, on networks drawn at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from corridors.domain.objective import Objective
from corridors.optimise import certificate
from corridors.optimise.certificate import (
    Certified,
    CostsTooLargeError,
    agrees,
    certify_dated,
    certify_static,
    meets_dates,
    without_dearer,
)
from corridors.routing.dated.departures import best_route
from corridors.routing.dated.label_search import bounded
from corridors.routing.problem import Problem
from corridors.routing.terms import Terms, weighing_of
from tests.enumeration import best_by_day
from tests.strategies import corridors, problems, terms, two_closures

ANY_PRICE = 10**9
ANY_SUM = 10**16

drawn = settings(
    max_examples=50,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def figures(certified: Certified) -> tuple[int, int] | None:
    """Return cents and minutes, None where there is no route."""
    if certified.cents is None or certified.minutes is None:
        return None
    return certified.cents, certified.minutes


@drawn
@given(problems(dated=False), terms())
def test_the_static_certificate_agrees_where_nothing_is_dated(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    certified = certify_static(problem, asked.start_day)
    # The static network has no end; drawn days may end before its cheapest route does.
    assume(asked.begin + (certified.minutes or 0) <= asked.last_minute(problem))
    assert figures(certified) == (None if best is None else best.vector[:2])


@settings(drawn, max_examples=500)
@given(problems(), terms())
def test_the_time_expanded_certificate_agrees_where_arcs_are_dated(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    certified = certify_dated(problem, asked, most_cents=ANY_PRICE)
    assert certified is not None
    assert figures(certified) == (None if best is None else best.vector[:2])


@settings(drawn, max_examples=300)
@given(problems(), terms())
def test_the_time_expanded_certificate_agrees_with_every_route_and_day_enumerated(
    problem: Problem, asked: Terms
) -> None:
    least = best_by_day(problem, asked)
    for most in (ANY_PRICE,) if least is None else (ANY_PRICE, least[0]):
        certified = certify_dated(problem, asked, most_cents=most)
        assert certified is not None
        assert figures(certified) == least


@settings(drawn, max_examples=300)
@given(two_closures(), terms())
def test_the_certificate_agrees_between_two_closures_that_conflict(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    certified = certify_dated(problem, asked, most_cents=ANY_PRICE)
    assert certified is not None
    assert figures(certified) == (None if best is None else best.vector[:2])


@drawn
@given(problems(), terms())
def test_no_route_is_found_below_the_cost_of_the_cheapest(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    assume(best is not None)
    assert best is not None
    certified = certify_dated(problem, asked, most_cents=best.cents - 1)
    assert certified is not None
    assert certified.cents is None


@drawn
@given(problems(), terms())
def test_a_certificate_that_would_take_too_long_is_none(problem: Problem, asked: Terms) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(certificate, "MOST_MOVES", 0)
        certified = certify_dated(problem, asked, most_cents=ANY_PRICE)
    assert certified is None


@drawn
@given(problems(), terms())
def test_leaving_out_dearer_arcs_changes_no_certificate(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    if best is None:
        return
    kept = without_dearer(problem, best)
    certified = certify_dated(kept, asked, most_cents=best.cents)
    assert certified is not None
    assert agrees(best, certified)


@drawn
@given(corridors(dated=False), terms())
def test_the_certificate_agrees_where_cheaper_paths_come_to_a_place_twice(
    problem: Problem, asked: Terms
) -> None:
    best = best_route(problem, asked)
    certified = certify_static(problem, asked.start_day)
    assume(asked.begin + (certified.minutes or 0) <= asked.last_minute(problem))
    assert figures(certified) == (None if best is None else best.vector[:2])


@drawn
@given(problems(dated=False), terms())
def test_a_dearer_route_is_not_certified(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    assume(best is not None)
    assert best is not None
    certified = certify_static(problem, asked.start_day)
    assert not agrees(replace(best, cents=best.cents + 1), certified)
    assert not agrees(replace(best, minutes=best.minutes + 1), certified)


@drawn
@given(problems(dated=False), terms())
def test_costs_too_large_for_ortools_are_told_apart(problem: Problem, asked: Terms) -> None:
    assume(best_route(problem, asked) is not None)
    dear = replace(problem, cents=np.full_like(problem.cents, 9 * 10**12))
    with pytest.raises(CostsTooLargeError):
        certify_static(dear, asked.start_day)


@drawn
@given(problems(dated=False), terms(), st.sampled_from(list(Objective)[1:]))
def test_the_best_route_by_an_objective_is_certified(
    problem: Problem, asked: Terms, objective: Objective
) -> None:
    weighed = weighing_of(objective, 30.0).problem(problem)
    best = best_route(weighed, asked)
    certified = certify_static(weighed, asked.start_day, then_minutes=False)
    assume(best is not None)
    assert best is not None
    assert agrees(best, certified)
    assert not agrees(replace(best, cents=best.cents + 1), certified)


@drawn
@given(problems(), terms(), st.sampled_from(list(Objective)[1:]))
def test_the_best_route_by_an_objective_is_certified_by_date(
    problem: Problem, asked: Terms, objective: Objective
) -> None:
    weighed = weighing_of(objective, 30.0).problem(problem)
    best = best_route(weighed, asked, costs=problem)
    most = ANY_SUM if best is None else best.cents
    certified = certify_dated(weighed, asked, most_cents=most, then_minutes=False, costs=problem)
    assert certified is not None
    assert certified.cents == (None if best is None else best.cents)


@drawn
@given(corridors(dated=False), terms())
def test_arcs_proved_to_be_on_dearer_routes_change_no_certificate(
    problem: Problem, asked: Terms
) -> None:
    whole = certify_static(problem, asked.start_day)
    assume(whole.cents is not None)
    assert whole.cents is not None
    for most in (whole.cents, whole.cents + 500):
        assert certify_static(problem, asked.start_day, most_cents=most) == whole
    assert certify_static(problem, asked.start_day, most_cents=whole.cents - 1).cents is None


@drawn
@given(problems(dated=False), terms())
def test_bounds_that_are_wrong_prove_nothing(problem: Problem, asked: Terms) -> None:
    whole = certify_static(problem, asked.start_day)
    assume(whole.cents is not None)
    far = bounded(problem, fast=False, criteria=1)
    for bounds in (far.bounds[0] + 1, far.bounds[0] * 3):
        wrong = replace(far, bounds=(bounds, *far.bounds[1:]))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(certificate, "bounded", lambda *_, made=wrong, **__: made)
            found = certify_static(problem, asked.start_day, most_cents=whole.cents)
        assert found == whole


@drawn
@given(problems(), terms())
def test_a_part_of_a_problem_changes_on_the_same_days(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    assume(best is not None)
    assert best is not None
    part = problem.only(np.isin(problem.number, best.arcs))
    assert meets_dates(part, best) == meets_dates(problem, best)
