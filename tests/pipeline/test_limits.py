"""Limits that close the network or end a journey: what is avoided, and the deadline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from corridors.config import load_scenario
from corridors.errors import ConfigError
from corridors.pipeline import compare
from corridors.results.comparison import Comparison

SEA = "corridors=[suez, cape]"


def asked(*values: str, name: str = "shanghai-europe") -> Comparison:
    return compare(load_scenario(name, set_values=list(values)))


def test_avoiding_a_gate_costs_the_difference_to_the_next_route() -> None:
    free, kept = asked(SEA), asked(SEA, "limits.avoid={gates: [gate-suez]}")
    cost = {route.corridor: route.cost_usd_per_teu or 0.0 for route in free.routes}
    assert free.decision.recommended == "suez"
    assert kept.decision.recommended == "cape"
    assert kept.decision.binding == ("avoid",)
    assert kept.decision.marginal_values["avoid"] == pytest.approx(
        cost["cape"] - cost["suez"], abs=0.05
    )
    suez = next(route for route in kept.routes if route.corridor == "suez")
    assert not suez.usable
    assert "gate-suez is avoided by the scenario" in suez.reason


def test_what_is_avoided_and_not_passed_costs_nothing() -> None:
    kept = asked(SEA, "limits.avoid={countries: [RU], terminals: kz-dostyk}")
    assert kept.decision == asked(SEA).decision


def test_a_country_with_an_end_in_it_is_not_closed() -> None:
    kept = asked(SEA, "limits.avoid={countries: [CN, DE]}")
    assert kept.decision.recommended == "suez"


def test_an_avoided_country_is_not_passed_through() -> None:
    lines = "corridors=[kazakhstan-dostyk, middle-corridor-poti]"
    kept = asked(lines, "limits.avoid={countries: RU}", name="chongqing-duisburg")
    assert kept.decision.recommended == "middle-corridor-poti"
    assert all("RU" not in route.countries for route in kept.routes)


def test_the_deadline_is_the_day_on_which_the_box_can_be_taken() -> None:
    (suez,) = asked("corridors=[suez]").routes
    free = suez.steps[-1].arrives.date()
    held = asked("corridors=[suez]", f"limits.deadline={free.isoformat()}")
    assert held.decision.status == "optimal"
    late = asked("corridors=[suez]", f"limits.deadline={(free - timedelta(days=9)).isoformat()}")
    assert late.decision.status == "infeasible"
    assert "deadline would have to rise" in late.decision.advice


def test_a_comparison_with_both_can_be_read_back() -> None:
    scenario = load_scenario(
        "shanghai-europe",
        set_values=["limits.deadline=2026-11-01", "limits.avoid={gates: gate-suez}"],
    )
    assert scenario.limits.deadline == date(2026, 11, 1)
    assert scenario.limits.avoid.gates == ("gate-suez",)


def test_an_unknown_gate_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigError, match="unknown gate 'gate-sues', did you mean 'gate-suez'"):
        load_scenario("shanghai-europe", set_values=["limits.avoid={gates: [gate-sues]}"])
