"""The page of flows, read as text: layers, popups, nothing from outside, the same bytes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corridors.domain.places import Family
from corridors.output.allocation_result import Allocation
from corridors.output.html.map.flow_content import (
    MODE_NAMES,
    corridors_used,
    flow_content,
    flow_page,
    flow_panel,
    modes_used,
    month_choice,
)
from tests.output.fixtures import HOSTILE
from tests.output.html.map.base_map import BASE_MAP
from tests.output.html.map.flows import example_allocation, hostile_allocation


@pytest.fixture
def html(tmp_path: Path) -> str:
    return flow_page(
        example_allocation(tmp_path), titles={"suez": "Suez Canal"}, base_map=BASE_MAP
    ).html()


def _content(html: str) -> Any:
    found = re.search(r"createMap\(map_\d+, (\{.*?\})\);\n", html)
    assert found
    return json.loads(found.group(1))


def test_corridors_and_places_are_layers(html: str) -> None:
    added = re.findall(r"drawnMap\.add\(feature_group_\d+, (.+?)\);", html)
    assert added == ["0", "1", "2", '"capacities"', '"ends"']
    assert _content(html)["titles"] == ["Suez Canal", "kazakhstan-dostyk", "panama"]


def test_a_leg_knows_who_runs_over_it_and_when(tmp_path: Path) -> None:
    content: Any = flow_content(example_allocation(tmp_path))
    legs = [f"{leg['from']} {leg['to']}" for leg in content["legs"]]
    by_leg: dict[tuple[str, int], float] = {}
    for route, month, teu, _, _ in content["flows"]:
        for leg in content["routes"][route][2]:
            key = (legs[leg], month)
            by_leg[key] = by_leg.get(key, 0.0) + teu
    assert by_leg["Shanghai Suez", 0] == 900.0
    assert by_leg["Shanghai Suez", 1] == 1000.0
    assert by_leg["Shanghai Panama", 0] == 100.0
    assert ("Shanghai Panama", 1) not in by_leg


def test_a_line_over_the_pacific_is_drawn_on_both_sides(tmp_path: Path) -> None:
    content: Any = flow_content(example_allocation(tmp_path))
    copies = {leg["from"] + leg["to"]: leg["copies"] for leg in content["legs"]}
    assert copies["ShanghaiPanama"] == [0, -1]
    assert copies["PanamaHamburg"] == [0, 1]
    assert copies["ShanghaiSuez"] == [0]


def test_a_capacity_tells_used_limit_and_worth_by_month(html: str) -> None:
    (place,) = _content(html)["capacities"]
    assert place["rows"] == [
        [0, "Aug 2026", 100.0, 100.0, 63.0],
        [1, "Sep 2026", 50.0, 100.0, 0.0],
    ]
    panel = _content(html)["panel"]
    assert [(one["when"], one["option"], one["text"]) for one in panel["changes"]] == [
        (
            "Border crossing China-Kazakhstan, Dostyk",
            "Saves USD 63.00 per 40'",
            "with more room; full in Aug 2026",
        ),
        ("Budget", "Saves USD 0.25 a USD", "with more room; full in the full plan"),
    ]
    assert panel["lead"] == "Left behind: 100 TEU Chongqing to Duisburg."
    assert [
        "Diverted",
        "100 TEU Chongqing to Duisburg: USD 24 more per 40', because of border crossing"
        " China-Kazakhstan, Dostyk",
    ] in panel["notes"]


def test_the_months_of_a_plan_can_be_chosen_and_one_month_is_the_full_plan(tmp_path: Path) -> None:
    two = example_allocation(tmp_path)
    one = replace(two, plan=replace(two.plan, months=two.plan.months[:1]))

    def choices(allocation: Allocation) -> list[tuple[str, str]]:
        choice = month_choice(allocation)
        return re.findall(r'<option value="(-?\d)">([^<]*)</option>', choice)

    assert choices(two) == [("-1", "all 2 months"), ("0", "Aug 2026"), ("1", "Sep 2026")]
    assert choices(one) == [("-1", "the full plan"), ("0", "Aug 2026")]


def test_what_two_months_leave_behind_is_summed_by_pair(tmp_path: Path) -> None:
    found = example_allocation(tmp_path)
    pairs = ("Chongqing to Duisburg", "Shanghai to Hamburg", "Chongqing to Duisburg")
    months = (*found.plan.months, found.plan.months[1])
    unmet = tuple(zip(pairs, months, (100.0, 20.0, 30.0), strict=True))
    panel = flow_panel(replace(found, unmet=unmet), {})
    said = "Left behind: 130 TEU Chongqing to Duisburg; 20 TEU Shanghai to Hamburg."
    assert panel.lead == said


def test_the_mean_of_what_is_spilled_is_weighed_by_teu(tmp_path: Path) -> None:
    found = example_allocation(tmp_path)
    (spill,) = found.spills
    spills = (spill, replace(spill, teu=300.0, extra_usd_per_teu=20.0))
    # 100 TEU at 12 USD more and 300 at 20 are 7,200 USD.
    notes: Any = flow_panel(replace(found, spills=spills), {}).notes
    assert any("400 TEU Chongqing to Duisburg: USD 36 more per 40'" in note[1] for note in notes)


def test_what_is_used_goes_by_volume_and_modes_in_their_order(tmp_path: Path) -> None:
    found = example_allocation(tmp_path)
    assert corridors_used(found) == ["suez", "kazakhstan-dostyk", "panama"]
    assert modes_used(found) == ["sea", "rail"]


def test_a_river_is_a_mode_of_its_own_and_no_road(tmp_path: Path) -> None:
    sea_and_rail = example_allocation(tmp_path)
    found = replace(
        sea_and_rail,
        legs=tuple(
            replace(leg, service="river/lena") if leg.leg == "r2" else leg
            for leg in sea_and_rail.legs
        ),
    )
    assert modes_used(found) == ["sea", "rail", "river"]
    legs: Any = flow_content(found)["legs"]
    (river,) = (leg for leg in legs if leg["service"] == "Lena river line")
    content = _content(flow_page(found, base_map=BASE_MAP).html())
    assert content["modes"][river["mode"]] == ["river", "Rivers"]


def test_every_mode_has_a_name_on_the_map_of_flows() -> None:
    assert set(MODE_NAMES) == set(Family)


def test_the_page_asks_the_network_for_nothing_and_is_the_same_each_time(
    html: str, tmp_path: Path
) -> None:
    markup = re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"\b(src|href)=|<link|<img|<iframe", markup)
    assert "sourceMappingURL" not in html
    assert "default-src 'none'" in html
    again = flow_page(
        example_allocation(tmp_path), titles={"suez": "Suez Canal"}, base_map=BASE_MAP
    ).html()
    assert again == html


def test_hostile_names_are_text(tmp_path: Path) -> None:
    html = flow_page(hostile_allocation(tmp_path), base_map=BASE_MAP).html()
    assert HOSTILE not in html
    assert "<img src=x" not in html
    assert _content(html)["legs"][0]["from"] == HOSTILE
