"""A whole front against one point of it by a MIP; medians of one run, their ratio is judged."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from ortools.math_opt.python import mathopt

from corridors.config import load_corridors, load_scenario
from corridors.routing.dated.departures import front
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import DatedRoute, Terms
from corridors.studies.session import Session

pytestmark = pytest.mark.benchmark
TIMES_FASTER = 20
AT_ONCE = Terms(start_day=0, max_wait_days=0.0, fast=True)


def seconds(work: Callable[[], object], *, runs: int) -> float:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def epsilon_point(problem: Problem, between: DatedRoute) -> mathopt.Model:
    """Return the MIP of the cheapest route that is no slower and no dirtier than another."""
    model = mathopt.Model(name="point")
    arcs = range(problem.base.shape[0])
    taken = [model.add_binary_variable(name=str(arc)) for arc in arcs]
    leaving: list[list[mathopt.LinearTerm]] = [[] for _ in range(problem.node_count)]
    for arc, (tail, head) in enumerate(
        zip(problem.tail.tolist(), problem.head.tolist(), strict=True)
    ):
        leaving[tail].append(1.0 * taken[arc])
        leaving[head].append(-1.0 * taken[arc])
    supply = np.zeros(problem.node_count)
    supply[SOURCE], supply[SINK] = 1.0, -1.0
    for node, terms in enumerate(leaving):
        model.add_linear_constraint(mathopt.fast_sum(terms) == supply[node])
    for weights, bound in ((problem.minutes, between.minutes), (problem.grams, between.grams)):
        total = mathopt.fast_sum([int(w) * t for w, t in zip(weights, taken, strict=True)])
        model.add_linear_constraint(total <= bound)
    model.minimize(
        mathopt.fast_sum([int(w) * t for w, t in zip(problem.cents, taken, strict=True)])
    )
    return model


@pytest.mark.parametrize("corridor", ["kazakhstan-dostyk", "kaliningrad", "suez"])
def test_a_whole_front_is_twenty_times_faster_than_one_point_by_a_mip(corridor: str) -> None:
    question = Session().pose(load_scenario("shanghai-europe"), load_corridors([corridor]))
    problem = question.problem(0)
    # Dates apart: the MIP has none. What is dated is left out of both.
    problem = problem.only(problem.profile < 0)
    routes = front(problem, AT_ONCE).routes
    middle = routes[len(routes) // 2]
    model = epsilon_point(problem, middle)
    limit = mathopt.SolveParameters(
        relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0, time_limit=timedelta(minutes=5)
    )
    found = mathopt.solve(model, mathopt.SolverType.GSCIP, params=limit)
    assert found.objective_value() == pytest.approx(middle.cents)
    whole = seconds(lambda: front(problem, AT_ONCE), runs=9)
    point = seconds(lambda: mathopt.solve(model, mathopt.SolverType.GSCIP, params=limit), runs=3)
    print(  # noqa: T201
        f"\n{corridor}: {problem.base.shape[0]:,} arcs, front of {len(routes)} in"
        f" {1000 * whole:.1f} ms, one point by GSCIP {1000 * point:.0f} ms:"
        f" {point / whole:.0f} times"
    )
    assert point >= TIMES_FASTER * whole
