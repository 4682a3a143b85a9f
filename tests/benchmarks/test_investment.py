"""Benders against one integer programme over arcs; medians of one run, their ratio is judged."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest

from corridors.optimise.benders import Benders
from corridors.optimise.investment import Candidates
from corridors.optimise.investment_flows import Demand, FlowPlan, FlowValuer
from corridors.optimise.master_solver import MasterSolver
from tests.optimise.flow_plans import Drawn, arc_mip

pytestmark = pytest.mark.benchmark
TIMES_FASTER = 3
PROJECTS = 10
PERIODS = 6
NODES = 40
ARCS = 200
PAIRS = 6


def network(seed: int) -> Drawn:
    """Return a ring with chords, narrow in places, and projects that widen or open chords."""
    rng = np.random.default_rng(seed)
    tail = np.concatenate([np.arange(NODES), rng.integers(0, NODES, ARCS - NODES)])
    head = np.concatenate([(np.arange(NODES) + 1) % NODES, rng.integers(0, NODES, ARCS - NODES)])
    head = np.where(head == tail, (head + 1) % NODES, head)
    usd = rng.integers(50, 500, ARCS).astype(float)
    capacity = rng.integers(5, 60, ARCS).astype(float)
    change = np.zeros((ARCS, PROJECTS))
    for project in range(PROJECTS):
        for arc in rng.choice(np.arange(NODES, ARCS), 6, replace=False).tolist():
            change[arc, project] = 60.0
            usd[arc] = min(usd[arc], 60.0)
            capacity[arc] = 0.0
    demands = []
    for period in range(PERIODS):
        for _ in range(PAIRS):
            origin, destination = rng.choice(NODES, 2, replace=False).tolist()
            teu = float(rng.integers(10, 60))
            demands.append(Demand(period=period, origin=origin, destination=destination, teu=teu))
    plan = FlowPlan(
        nodes=NODES, tail=tail, head=head, usd=usd, capacity=capacity, change=change,
        demands=tuple(demands), periods=PERIODS, unmet_usd=5_000.0,
    )  # fmt: skip
    costs = tuple(rng.integers(10, 40, PROJECTS).astype(float).tolist())
    candidates = Candidates(costs=costs, charges=(0.0,) * PROJECTS, never_dearer=(True,) * PROJECTS)
    return Drawn(plan=plan, candidates=candidates, budget=sum(costs) / 2.0)


def test_benders_is_three_times_faster_than_the_integer_programme_over_arcs() -> None:
    ratios = []
    for seed in range(3):
        drawn = network(seed)
        began = time.perf_counter()
        expected = arc_mip(drawn)
        mip = time.perf_counter() - began
        began = time.perf_counter()
        with MasterSolver(600.0) as solver:
            found = Benders(drawn.candidates, FlowValuer(drawn.plan), solver=solver).best(
                drawn.budget
            )
        benders = time.perf_counter() - began
        assert found.value == pytest.approx(expected, rel=1e-6)
        ratios.append(mip / benders)
        print(  # noqa: T201
            f"\n{PROJECTS} projects, {ARCS} arcs, {PERIODS} periods of {PAIRS} pairs:"
            f" {found.valued} sets valued in {benders:.1f} s, integer programme {mip:.1f} s:"
            f" {mip / benders:.1f} times"
        )
    assert statistics.median(ratios) >= TIMES_FASTER
