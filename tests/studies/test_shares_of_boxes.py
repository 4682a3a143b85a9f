"""`choice: shares`: what compare and catchments say of the boxes of a trade."""

from __future__ import annotations

import json
from typing import Any

import pytest

import corridors
from corridors.config.scenario import CAPITAL_RATE
from corridors.data.cargo import load_goods_groups
from corridors.data.parameters import load_parameters
from corridors.errors import ConfigError
from corridors.output.comparison import comparison_json
from corridors.studies.compare.result import Comparison

ASKED: dict[str, Any] = {
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "world": "reference-open",
    "corridors": ["suez", "cape", "northern-sea-route", "kazakhstan-dostyk"],
}
SCALE = "goods.choice_scale_usd_per_teu"


@pytest.fixture(scope="module")
def asked() -> Comparison:
    return corridors.compare("shanghai-hamburg", choice="shares", **ASKED)


def by_way(found: Comparison) -> dict[str, float]:
    return {one.corridor: one.share for one in found.shares}


def test_shares_sum_to_one_and_lie_within_their_range(asked: Comparison) -> None:
    assert sum(by_way(asked).values()) == pytest.approx(1.0)
    assert all(0.0 < one.low <= one.share <= one.high < 1.0 for one in asked.shares)


def test_compare_catchments_file_and_frame_agree(asked: Comparison) -> None:
    there = corridors.catchments("shanghai-hamburg", ["Hamburg"], choice="shares", **ASKED)
    assert there.to[0].shares == asked.shares
    written = json.loads(comparison_json(asked))["shares"]
    frame = asked.way_shares.set_index("corridor")
    for row, one in zip(written, asked.shares, strict=True):
        assert row["share"] == pytest.approx(one.share, rel=1e-6)
        assert frame.loc[row["corridor"], "share"] == row["share"]
    assert (
        there.shares.set_index("corridor").loc["suez", "share"]
        == written[[row["corridor"] for row in written].index("suez")]["share"]
    )


def test_the_report_and_a_terminal_have_each_share(asked: Comparison) -> None:
    page = asked.report().html
    assert "Shares of boxes by way" in page
    for one in asked.shares:
        assert f"{100.0 * one.share:.1f}%" in page


def test_the_recommendation_is_that_of_the_best_way(asked: Comparison) -> None:
    best = corridors.compare("shanghai-hamburg", **ASKED)
    assert best.shares == ()
    assert "shares" not in json.loads(comparison_json(best))
    assert "choice" not in json.loads(comparison_json(best))["scenario"]
    assert best.decision == asked.decision


def test_dearer_trains_have_less_and_ships_more(asked: Comparison) -> None:
    before = by_way(asked)
    dearer = by_way(_asked(**{"rail.rate_usd_per_feu_km@rail/1520": 1.2}))
    assert dearer["kazakhstan-dostyk"] < before["kazakhstan-dostyk"]
    assert all(dearer[way] >= before[way] for way in ("suez", "cape", "northern-sea-route"))


def test_scale_zero_gives_each_group_its_cheapest_way() -> None:
    found = _asked(**{SCALE: 0.0})
    rate = load_parameters().get(CAPITAL_RATE).value
    expected: dict[str, float] = {}
    for group in load_goods_groups():
        day = group.value_usd_per_teu * rate / 365.0
        best = min(found.shares, key=lambda one: one.usd_per_teu + day * one.days).corridor
        expected[best] = expected.get(best, 0.0) + group.share_of_teu
    assert {way: share for way, share in by_way(found).items() if share} == pytest.approx(expected)


def test_a_season_of_few_ships_takes_its_capacity_alone(asked: Comparison) -> None:
    # 2,774 TEU a week through the Arctic (capacities.csv); a month is 52 / 12 weeks.
    trade = 500_000
    found = _asked(shipment={"teu_per_month": trade})
    most = 2_774 * 52 / 12 / trade
    assert by_way(asked)["northern-sea-route"] > 0.1
    assert by_way(found)["northern-sea-route"] == pytest.approx(most, rel=0.01)
    assert sum(by_way(found).values()) == pytest.approx(1.0)


def test_a_way_that_nobody_runs_or_that_breaks_a_limit_has_no_share(asked: Comparison) -> None:
    there = corridors.compare("shanghai-hamburg", choice="shares", **{**ASKED, "world": "current"})
    assert not {"suez", "northern-sea-route"} & by_way(there).keys()
    quick = _asked(limits={"max_days": 45})
    assert by_way(quick).keys() == {"northern-sea-route", "kazakhstan-dostyk"}


def test_a_choice_that_is_not_known_is_a_fault() -> None:
    with pytest.raises(ConfigError, match="choice: unknown value 'all', known: best, shares"):
        corridors.compare("shanghai-hamburg", choice="all")  # type: ignore[arg-type]


def _asked(**more: Any) -> Comparison:
    keys = {key: more.pop(key) for key in ("shipment", "limits") if key in more}
    found: Comparison = corridors.compare(
        "shanghai-hamburg", choice="shares", overrides=more, **keys, **ASKED
    )
    return found
