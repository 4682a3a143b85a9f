"""Limits that close the network or end a journey: what is avoided, and the deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from corridors.config import load_scenario
from corridors.data.cities import capacity_title
from corridors.domain.objective import Objective
from corridors.domain.results import Decision, DecisionStatus
from corridors.errors import ConfigError
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.contract import option_record
from corridors.studies.compare.run import compare
from corridors.studies.decided import _with_cost_of_avoiding

SEA = "corridors=[suez, cape]"
BY_COST = "objective=cost"


def asked(*values: str, name: str = "shanghai-europe") -> Comparison:
    return compare(load_scenario(name, set_values=list(values)))


def test_avoiding_a_gate_costs_the_difference_to_the_next_route() -> None:
    free, kept = asked(SEA, BY_COST), asked(SEA, BY_COST, "limits.avoid={gates: [gate-suez]}")
    cost = {route.corridor: route.cost_usd_per_teu or 0.0 for route in free.routes}
    assert free.decision.recommended == "suez"
    assert kept.decision.recommended == "cape"
    assert kept.decision.binding == ("avoid",)
    assert kept.decision.marginal_values["avoid"] == pytest.approx(
        cost["cape"] - cost["suez"], abs=0.05
    )
    suez = next(route for route in kept.routes if route.corridor == "suez")
    assert not suez.usable
    assert "Suez Canal is avoided by the scenario" in suez.reason


def test_the_cost_of_avoiding_is_the_least_value_with_the_limit_less_that_without() -> None:
    limited = Decision(
        status=DecisionStatus.OPTIMAL, objective=Objective.COST, value=1510.0, least_value=1500.0,
        recommended="cape", binding=("max_transit_days",), marginal_values={"share": 2.0},
    )  # fmt: skip
    found = _with_cost_of_avoiding(limited, replace(limited, least_value=1200.0))
    assert found.marginal_values == {"share": 2.0, "avoid": 300.0}
    assert found.binding == ("max_transit_days", "avoid")
    # What is no cheaper without the limit does not bind, nor what has no answer.
    for least in (1500.0, None):
        assert _with_cost_of_avoiding(limited, replace(limited, least_value=least)) is limited
    none = replace(limited, least_value=None)
    assert _with_cost_of_avoiding(none, limited) is none


def test_fronts_are_searched_where_they_are_asked_for_even_if_the_decision_needs_none() -> None:
    with_fronts = asked(SEA)
    without = compare(load_scenario("shanghai-europe", set_values=[SEA]), fronts=False)
    by_corridor = [
        [point.corridor for point in found.front].count("suez") for found in (with_fronts, without)
    ]
    assert by_corridor[0] > by_corridor[1]


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


BY_RAIL = "corridors=[kazakhstan-dostyk, kazakhstan-khorgos]"
# 12,000 TEU a month are 2,769 a week.
MANY = "shipment.teu_per_month=12000"


def test_an_option_reports_what_it_would_use_of_each_capacity() -> None:
    found = asked(BY_RAIL, MANY, name="chongqing-duisburg")
    by = {option.corridor: option for option in found.routes}
    dostyk = {share.place: share for share in by["kazakhstan-dostyk"].capacity}
    brest = "border BY-PL@pl-malaszewicze"
    between = {"border KZ-RU@ru-iletsk", "border BY-RU@ru-krasnoye", "border DE-PL@pl-rzepin"}
    assert set(dostyk) == {"border CN-KZ@kz-dostyk", brest} | between
    assert dostyk["border CN-KZ@kz-dostyk"].asked_teu_per_week == pytest.approx(12000 * 12 / 52)
    assert dostyk["border CN-KZ@kz-dostyk"].used_share == pytest.approx(12000 * 12 / 52 / 20100)
    told = [text for text in by["kazakhstan-dostyk"].warnings if "TEU per week" in text]
    assert {text.partition(":")[0] for text in told} < {capacity_title(place) for place in dostyk}
    for place, part, most in (
        ("border crossing China-Kazakhstan, Dostyk", "14%", "20,100"),
        ("border crossing Belarus-Poland, Malaszewicze", "17%", "16,100"),
    ):
        assert (
            f"{place}: 2,769 TEU per week are {part} of its capacity of {most}, more than the 10%"
            " that one shipper is assumed to get"
        ) in told
    record = option_record(by["kazakhstan-dostyk"])["capacity"]
    assert isinstance(record, list)
    (at_brest,) = (share for share in record if share["place"] == brest)
    assert at_brest == {
        "place": brest,
        "teu_per_week": 16100.0,
        "asked_teu_per_week": 2769.2308,
        "used_share": 0.172,
    }
    # Nothing is held by it unless the scenario limits it: the whole shipment takes one corridor.
    (taken,) = found.decision.shares
    assert taken in {tied.corridor for tied in found.decision.tied}


def test_a_small_programme_is_not_warned() -> None:
    found = asked(BY_RAIL, name="chongqing-duisburg")
    assert all("TEU a week" not in text for option in found.routes for text in option.warnings)
    assert all(option.capacity for option in found.routes)


def test_a_limit_on_capacity_splits_the_programme() -> None:
    found = asked(BY_RAIL, MANY, "limits.capacity_share=0.12", name="chongqing-duisburg")
    # Both cross from Belarus to Poland, of which 12 % are 1,932 a week: not enough for 2,769.
    assert found.decision.status == "infeasible"
    most = 1932 / (12000 * 12 / 52)
    assert (
        f"max_share_capacity.border BY-PL@pl-malaszewicze from {most:g} to 1"
        in found.decision.advice
    )
    wider = (
        "overrides={border.capacity_teu_per_week@BY-PL@pl-malaszewicze: 100000,"
        " border.capacity_teu_per_week@BY-RU@ru-krasnoye: 100000,"
        " border.capacity_teu_per_week@KZ-RU@ru-iletsk: 100000}"
    )
    split = asked(BY_RAIL, MANY, wider, "limits.capacity_share=0.12", name="chongqing-duisburg")
    at_altynkol = 0.12 * 10400 / (12000 * 12 / 52)
    assert split.decision.shares["kazakhstan-khorgos"] == pytest.approx(at_altynkol)
    assert split.decision.shares["kazakhstan-dostyk"] == pytest.approx(1.0 - at_altynkol)
    assert split.decision.binding == ("max_share_capacity.border CN-KZ@kz-altynkol",)
    assert "at most 12 % of the capacity of border CN-KZ@kz-altynkol" in " ".join(
        answer_of(split).sentences
    )
