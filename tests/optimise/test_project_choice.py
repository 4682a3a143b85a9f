"""Trying sets and Benders find what the integer programme over arcs finds, on drawn plans."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from corridors.optimise.projects.benders import Benders
from corridors.optimise.projects.master_solver import (
    MasterProcessError,
    MasterRequest,
    MasterSolver,
)
from corridors.optimise.projects.project_choice import Candidates, best_by_trying, sets_to_try
from tests.optimise.flow_plans import Drawn, arc_mip, flow_plans
from tests.optimise.flow_valuer import FlowValuer

drawn_plans = settings(
    max_examples=150,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
REQUEST = MasterRequest(
    costs=(1.0, 2.0), charges=(0.0, 0.0), budget=2.0, scale=10.0, least=(0.0,),
    cuts=((0, 10.0, (-3.0, -4.0)),),
)  # fmt: skip


@pytest.fixture(scope="module")
def solver() -> Iterator[MasterSolver]:
    with MasterSolver(60.0) as made:
        yield made


@drawn_plans
@given(flow_plans())
def test_trying_sets_equals_the_integer_programme_over_arcs(drawn: Drawn) -> None:
    valuer = FlowValuer(drawn.plan)
    found = best_by_trying(drawn.candidates, drawn.budget, lambda s: valuer.value(s)[0])
    assert found.value == pytest.approx(arc_mip(drawn), rel=1e-6, abs=1e-6)
    assert drawn.candidates.affords(found.chosen, drawn.budget)


def test_benders_equals_the_integer_programme_over_arcs(solver: MasterSolver) -> None:
    chosen: set[int] = set()

    @drawn_plans
    @given(flow_plans())
    def compare(drawn: Drawn) -> None:
        benders = Benders(drawn.candidates, FlowValuer(drawn.plan), solver=solver)
        # A smaller budget first: what it taught must not mislead the larger one.
        benders.best(drawn.budget / 2)
        found = benders.best(drawn.budget)
        assert found.proved
        assert found.value == pytest.approx(arc_mip(drawn), rel=1e-6, abs=1e-6)
        assert drawn.candidates.affords(found.chosen, drawn.budget)
        chosen.add(len(found.chosen))

    compare()
    assert len(chosen) > 2, "plans that build nothing, one and more"


@drawn_plans
@given(flow_plans())
def test_a_cut_never_says_more_than_a_set_costs(drawn: Drawn) -> None:
    valuer = FlowValuer(drawn.plan)
    count = len(drawn.candidates.costs)
    sets = [frozenset(p for p in range(count) if bits >> p & 1) for bits in range(1 << count)]
    cuts = valuer.value(sets[len(sets) // 2])[1]
    for chosen in sets:
        value, own = valuer.value(chosen)
        assert sum(cut.at(chosen) for cut in cuts) <= value + 1e-6
        assert sum(cut.at(chosen) for cut in own) == pytest.approx(value, abs=1e-6)


def test_only_sets_that_nothing_can_be_added_to_are_tried() -> None:
    candidates = Candidates(
        costs=(1.0, 2.0, 3.0), charges=(0.0,) * 3, never_dearer=(True, True, True)
    )
    assert set(sets_to_try(candidates, 3.0)) == {frozenset({0, 1}), frozenset({2})}


def test_a_project_that_may_make_flows_dearer_is_tried_with_and_without() -> None:
    candidates = Candidates(costs=(1.0, 1.0), charges=(0.0,) * 2, never_dearer=(True, False))
    assert set(sets_to_try(candidates, 2.0)) == {frozenset({0}), frozenset({0, 1})}


def test_a_project_with_a_charge_is_tried_with_and_without() -> None:
    candidates = Candidates(costs=(1.0,), charges=(5.0,), never_dearer=(True,))
    assert set(sets_to_try(candidates, 1.0)) == {frozenset(), frozenset({0})}


def test_decimal_costs_that_sum_to_the_budget_are_affordable() -> None:
    candidates = Candidates(costs=(0.1, 0.2), charges=(0.0,) * 2, never_dearer=(True, True))
    assert candidates.affords(frozenset({0, 1}), 0.3)


def test_the_master_keeps_the_budget(solver: MasterSolver) -> None:
    answer = solver.solve(REQUEST)
    assert answer is not None
    assert answer.built == (False, True)
    assert answer.bound == pytest.approx(6.0)


def test_a_master_that_takes_too_long_is_ended_and_says_so() -> None:
    with MasterSolver(0.0) as quick:
        assert quick.solve(REQUEST) is None
        assert quick.solve(REQUEST) is None


def test_what_is_not_proved_is_said() -> None:
    candidates = Candidates(costs=(1.0,), charges=(0.0,), never_dearer=(True,))

    class Known:
        least = (0.0,)

        def value(self, chosen: frozenset[int]) -> tuple[float, list[object]]:
            return 10.0 - len(chosen), []

    with MasterSolver(0.0) as quick:
        found = Benders(candidates, Known(), solver=quick).best(1.0)  # type: ignore[arg-type]
    assert not found.proved
    assert (found.value, found.least) == (10.0, 0.0)


def test_a_master_without_a_choice_is_an_error(solver: MasterSolver) -> None:
    impossible = MasterRequest(
        costs=(1.0,), charges=(0.0,), budget=-1.0, scale=1.0, least=(0.0,), cuts=()
    )
    with pytest.raises(MasterProcessError, match="INFEASIBLE"):
        solver.solve(impossible)
