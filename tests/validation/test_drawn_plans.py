"""The campaign of drawn plans sees a bound above the optimum, a plan below it, and a gap."""

from __future__ import annotations

import pytest

from validation.campaigns.drawn_plans import Answer, run


@pytest.mark.parametrize(
    ("value", "bound", "stopped", "fault"),
    [
        (100.0, 100.0, False, ""),
        (130.0, 90.0, True, ""),
        (130.0, 90.0, False, "there is a gap"),
        (130.0, 101.0, True, "the bound is above the optimum"),
        (99.0, 99.0, False, "the plan costs less than the optimum"),
    ],
)
def test_faults_are_seen(value: float, bound: float, stopped: bool, fault: str) -> None:
    answer = Answer(value_usd=value, bound_usd=bound, truth_usd=100.0, stopped=stopped)
    assert answer.fault == fault


def test_no_bound_is_above_the_best_of_all_columns() -> None:
    assert run(2, 1, ["columns"]) == 0


@pytest.mark.long
def test_some_plans_of_each_kind_are_right() -> None:
    assert run(3, 1) == 0
