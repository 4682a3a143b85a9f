"""A problem at moved prices is the one that is made of the weights at those prices."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from corridors.config import load_corridors, load_scenario
from corridors.costing.weights import Cents, with_moves
from corridors.routing.problem import Problem, at_cents, is_dated
from corridors.studies.session import Session


@pytest.mark.parametrize(
    ("corridor", "world"),
    [
        ("northern-sea-route", "reference-open"),
        ("kazakhstan-dostyk", "reference-open"),
        ("other", "current"),
    ],
)
def test_a_problem_at_moved_cents_is_made_of_the_moved_weights(corridor: str, world: str) -> None:
    scenario = load_scenario("shanghai-europe", set_values=[f"world={world}"])
    question = Session().pose(scenario, load_corridors([corridor]))
    weights, usual = question.weights, Cents.of(question.weights)
    dearer = Cents(usual.arcs + usual.arcs // 7, usual.per_km * 1.25, usual.fixed * 1.5)
    moved = with_moves(weights, [dearer])
    problem = question.problem(0)
    found = at_cents(problem, question.bundle.topology, weights, moved)
    wanted = replace(question, weights=moved).problem(0)
    assert (found.cents != problem.cents).any()
    assert is_dated(problem) or corridor != "northern-sea-route"
    for name in (field.name for field in fields(Problem) if field.compare):
        here, there = getattr(found, name), getattr(wanted, name)
        assert np.array_equal(here, there) if isinstance(here, np.ndarray) else here == there, name
