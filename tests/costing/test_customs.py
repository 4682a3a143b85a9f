"""The customs union: taken away, as it is, and extended to China."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.costing import operations
from corridors.domain.results import RouteOption
from corridors.domain.scenario import CUSTOMS_OF_TODAY, Customs
from corridors.studies.result_base import option_of
from corridors.studies.session import Session
from tests.costing.examples import BOX, PARAMETERS, SERVICES

SESSION = Session()
APART = Customs(eaeu=False)
JOINED = Customs(extend_to=("CN",))


@cache
def by_dostyk(customs: Customs = CUSTOMS_OF_TODAY) -> RouteOption:
    scenario = replace(load_scenario("shanghai-europe"), customs=customs)
    question = SESSION.pose(scenario, load_corridors(["kazakhstan-dostyk"]))
    return option_of(question)


def hours(customs: Customs = CUSTOMS_OF_TODAY) -> float:
    return by_dostyk(customs).time_parts["border"]


def usd(customs: Customs = CUSTOMS_OF_TODAY) -> float:
    cost = by_dostyk(customs).cost_usd_per_teu
    assert cost is not None
    return cost


def test_without_the_union_two_inner_borders_cost_what_others_do() -> None:
    # Kazakhstan-Russia and Russia-Belarus: 20 h and 215 USD a box of two TEU each.
    assert hours(APART) - hours() == pytest.approx(40.0, abs=0.1)
    assert usd(APART) - usd() == pytest.approx(215.0, abs=0.1)


def test_a_union_from_china_to_belarus_saves_customs_at_the_chinese_border() -> None:
    # China-Kazakhstan: half of 31.75 h is customs, and the fee of 215 USD a box of two TEU goes.
    assert hours() - hours(JOINED) == pytest.approx(15.875, abs=0.1)
    assert usd() - usd(JOINED) == pytest.approx(107.5, abs=0.1)


def test_the_founding_question_from_no_union_to_one_from_china_to_belarus() -> None:
    assert (hours(APART) - hours(JOINED)) / 24 == pytest.approx(2.33, abs=0.01)
    assert usd(APART) - usd(JOINED) == pytest.approx(322.5, abs=0.2)


def test_a_union_changes_no_gauge() -> None:
    assert (
        by_dostyk(JOINED).gauge_changes
        == by_dostyk().gauge_changes
        == by_dostyk(APART).gauge_changes
    )
    assert by_dostyk(JOINED).time_parts["gauge_change"] == by_dostyk().time_parts["gauge_change"]


def test_a_union_changes_nothing_at_its_outer_border_and_nothing_at_sea() -> None:
    for customs in (APART, JOINED):
        made = (
            operations.border(("BY", "PL"), SERVICES["rail/1520"], PARAMETERS, BOX, customs=given)
            for given in (customs, CUSTOMS_OF_TODAY)
        )
        one, other = made
        assert (one.hours, one.bill) == (other.hours, other.bill)


def test_the_common_note_spares_the_change_of_note_only() -> None:
    plain, common = (
        operations.border(("BY", "PL"), SERVICES["rail/1520"], PARAMETERS, BOX, customs=customs)
        for customs in (CUSTOMS_OF_TODAY, Customs(common_note=True))
    )
    spared = {line.driver for line in plain.bill} - {line.driver for line in common.bill}
    assert spared == {"border.consignment"}
    assert plain.hours == common.hours
    assert {"border.t1", "border.broker"} <= {line.driver for line in common.bill}


def test_a_dwell_measured_in_a_year_holds_at_its_crossing_in_that_year_alone() -> None:
    def dwell(year: str, *places: str) -> float:
        passed = operations.border(
            ("CN", "KZ"), SERVICES["rail/1520"], PARAMETERS, BOX, places=places, year=year
        )
        return passed.time_parts["border"]

    # Alashankou 80.2 h, Horgos 58.7 h in 2021, 18.7 h at all in 2020, less 4.25 for the gauge.
    assert dwell("2021", "cn-alashankou", "kz-dostyk") == pytest.approx(75.95)
    assert dwell("2021", "kz-altynkol", "cn-khorgos") == pytest.approx(54.45)
    assert dwell("2020", "cn-alashankou", "kz-dostyk") == pytest.approx(14.45)
    assert dwell("2026", "cn-alashankou", "kz-dostyk") == dwell("") == pytest.approx(31.75)
