"""Benders against the integer programme over arcs, gaps nil; CPU time of one run, all processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.projects.benders import Benders
from corridors.optimise.projects.project_choice import Invested
from tests.optimise.flow_plans import Drawn, arc_mip
from tests.optimise.flow_valuer import FlowValuer
from validation.benchmarks.drawn_works import draw

pytestmark = pytest.mark.benchmark
TIMES_FASTER = 3
SEEDS = (1, 2)
Answer = TypeVar("Answer")


def best(drawn: Drawn) -> Invested:
    """Return the best set; the process that chooses ends, so that its time is counted."""
    with HighsProcess() as highs:
        valuer = FlowValuer(drawn.plan)
        return Benders(drawn.candidates, valuer, highs=highs, time_limit_s=300.0).best(drawn.budget)


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    began = os.times()
    answer = work()
    ended = os.times()
    return answer, sum(ended[:4]) - sum(began[:4])


def test_benders_is_three_times_faster_than_the_programme_over_arcs() -> None:
    FlowValuer(draw(SEEDS[0]).plan).value(frozenset())  # compiles
    decomposed = whole = 0.0
    for seed in SEEDS:
        drawn = draw(seed)
        found, took = timed(lambda: best(drawn))  # noqa: B023
        value, by_arcs = timed(lambda: arc_mip(drawn))  # noqa: B023
        assert found.proved
        assert found.value == pytest.approx(value, rel=1e-6)
        decomposed, whole = decomposed + took, whole + by_arcs
        print(  # noqa: T201
            f"\n10 projects, plan {seed}: Benders {took:.1f} s ({found.valued} sets valued),"
            f" integer programme over arcs {by_arcs:.1f} s: {by_arcs / took:.1f} times"
        )
    assert whole >= TIMES_FASTER * decomposed
