"""Headhaul and backhaul by trade lane, and what a box pays in either direction."""

from __future__ import annotations

from functools import cache

import pytest

from corridors.config import load_scenario
from corridors.costing.pricer import with_trade
from corridors.data.access import (
    WITHIN_A_REGION,
    direction_of,
    load_regions,
    load_trade_lanes,
    trade_of,
    within_a_region,
)
from corridors.data.parameters import load_parameters
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Override
from corridors.studies.compare.run import compare
from corridors.studies.route.run import route_between

PARAMETERS = load_parameters()
FREIGHT = ("ship", "fuel.", "port_calls", "canal.", "sea.", "ets", "fueleu", "repositioning")


@pytest.mark.parametrize(
    ("origin", "destination", "title"),
    [
        ("CN", "NL", "Far East to Europe, headhaul"),
        ("NL", "CN", "Europe to Far East, backhaul"),
        ("KR", "DE", "Far East to Europe, headhaul"),
        ("DE", "KR", "Europe to Far East, backhaul"),
        ("VN", "TR", "Far East to Europe, headhaul"),
        ("RU", "CN", "Russia and Belarus to Far East, backhaul"),
        ("CN", "KZ", "Far East to Central Asia, headhaul"),
        ("US", "CN", "North America to Far East, backhaul"),
        ("US", "NL", "North America to Europe, backhaul"),
        ("IN", "CN", "South Asia and the Gulf to Far East, backhaul"),
    ],
)
def test_a_lane_knows_its_headhaul(origin: str, destination: str, title: str) -> None:
    found = direction_of(origin, destination)
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(("origin", "destination"), [("IN", "RU"), ("DE", "KZ"), ("CN", "BR")])
def test_no_direction_is_made_up(origin: str, destination: str) -> None:
    assert direction_of(origin, destination) is None


def test_a_country_lies_in_one_region() -> None:
    regions = list(load_regions().values())
    codes = [code for region in regions for code in region.countries]
    assert len(codes) == len(set(codes))
    assert within_a_region("DE", "PL")
    assert not within_a_region("DE", "CN")


def test_empties_follow_from_the_laden_boxes() -> None:
    lane = next(lane for lane in load_trade_lanes() if lane.id == "far-east-europe")
    assert lane.empty_share == pytest.approx(1.0 - 6.47 / 16.58)


def test_the_row_of_the_lane_applies_and_the_scenario_has_the_last_word() -> None:
    pacific = trade_of("US", "CN")
    share = "ship.backhaul_cost_share"
    assert with_trade(PARAMETERS, pacific).value(share, "sea/14k") == 0.22
    assert with_trade(PARAMETERS, pacific).value(share, "sea/feeder") == 1.0
    for scope in (None, "far-east-north-america"):
        mine = PARAMETERS.with_overrides([Override(parameter=share, scope=scope, value=0.5)])
        assert with_trade(mine, pacific).value(share, "sea/14k") == 0.5
    assert with_trade(PARAMETERS, "") is PARAMETERS


def test_boxes_within_a_region_do_not_pay_for_the_way_back_to_the_far_east() -> None:
    share = "repositioning.headhaul_share"
    for ends in (("DE", "PL"), ("CN", "CN"), ("VN", "KR")):
        assert trade_of(*ends) == WITHIN_A_REGION
        assert with_trade(PARAMETERS, trade_of(*ends)).value(share) == 0.0
    # No lane is listed between these, nor are they in a region.
    for ends in (("IN", "RU"), ("BR", "AR"), ("", "DE")):
        assert trade_of(*ends) == ""
    within, _ = route_between("Duisburg", "Milan")
    assert within.usable
    assert "repositioning" not in {line.driver for line in within.cost_lines}
    assert "repositioning" in {line.driver for line in shipped("Shanghai", "Gdansk").cost_lines}


@cache
def shipped(origin: str, destination: str) -> RouteOption:
    changes = [f"origin={origin}", f"destination={destination}", "corridors=[suez]"]
    asked = load_scenario("shanghai-europe", set_values=[*changes, "world=reference-open"])
    return compare(asked, figures_only=True).routes[0]


def freight(option: RouteOption) -> float:
    lines = [line for line in option.cost_lines if line.driver.startswith(FREIGHT)]
    return sum(line.usd_per_teu for line in lines)


def test_the_freight_east_is_to_the_freight_west_as_the_indices_say() -> None:
    west, east = shipped("Shanghai", "Rotterdam"), shipped("Rotterdam", "Shanghai")
    # Weekly points of both directions, 2020 to 2025: 0.13 to 0.53, 0.19 in 2025.
    assert 0.13 < freight(east) / freight(west) < 0.53
    assert freight(east) / freight(west) == pytest.approx(0.21, abs=0.02)
    # What remains is paid alike in both: handling, insurance of the cargo, haulage by road.
    assert west.cost_usd_per_teu is not None
    assert east.cost_usd_per_teu is not None
    kept = east.cost_usd_per_teu - freight(east)
    assert kept == pytest.approx(west.cost_usd_per_teu - freight(west), rel=0.01)


def test_a_korean_box_goes_the_same_way_as_a_chinese_one() -> None:
    out, back = shipped("Busan", "Hamburg"), shipped("Hamburg", "Busan")
    assert freight(back) < freight(out) * 0.3


def test_a_feeder_along_the_coast_saves_nothing_of_the_empty_box() -> None:
    # From Shanghai by a feeder to Tianjin and on by train the box would come back for 175 USD.
    changes = ["origin=Shanghai", "destination=Hamburg", "corridors=[trans-siberian]"]
    (option,) = compare(load_scenario("shanghai-europe", set_values=changes)).routes
    paid = {line.driver: line.usd_per_teu for line in option.cost_lines}
    returned = paid["repositioning"] + paid.get("repositioning.land", 0.0)
    assert returned + paid.get("repositioning.included", 0.0) == pytest.approx(550.0)
