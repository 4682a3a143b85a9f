"""A plan takes ways outside the corridors where these are detours, and doubts what none sails."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config.plan import load_plan
from corridors.errors import ConfigError
from corridors.output.allocation_result import Allocation
from corridors.studies.allocate.run import allocate_plan

PLAN = """\
first_month: 2026-09
months: 1
pairs:
  - {origin: Hamburg, destination: Warsaw, teu_per_month: 100}
  - {origin: Algeciras, destination: Gioia Tauro, teu_per_month: 50}
  - {origin: Lagos, destination: Rotterdam, teu_per_month: 30}
  - {origin: Shanghai, destination: Hamburg, teu_per_month: 100}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Allocation:
    path: Path = tmp_path_factory.mktemp("plan") / "ways.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return allocate_plan(load_plan(path))


FROM_SHANGHAI = PLAN[: PLAN.index("  - {")] + PLAN[PLAN.index("  - {origin: Shanghai") :]
ROWS = "corridors: [suez, cape, northern-sea-route]\n"


@pytest.mark.long
def test_boxes_of_other_trades_go_round_no_continent(found: Allocation) -> None:
    corridors = {row.pair: row.corridor for row in found.rows}
    nearby = {"Hamburg to Warsaw", "Algeciras to Gioia Tauro", "Lagos to Rotterdam"}
    assert {corridors[pair] for pair in nearby} == {"other"}
    # Between Asia and Europe the corridors are what is compared.
    assert corridors["Shanghai to Hamburg"] != "other"
    assert all(row.days < 38.0 for row in found.rows if row.corridor == "other")


def planned(folder: Path, text: str) -> Allocation:
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return allocate_plan(load_plan(path))


@pytest.mark.long
def test_a_plan_leaves_out_what_a_comparison_leaves_out(found: Allocation, tmp_path: Path) -> None:
    # No voyage of the season of 2026 over the Northern Sea Route is listed, one of 2025 loads at
    # Ningbo on 23 September.
    assert found.unsailed == ()
    assert {r.corridor for r in found.rows if r.pair == "Shanghai to Hamburg"} == {"cape"}
    a_year_ago = PLAN[PLAN.index("  - {origin: Shanghai") :].replace("Shanghai", "Ningbo")
    # In May and September alone.
    a_year_ago = a_year_ago.replace(
        "100}", "[100, 0, 0, 0, 100], value_of_time_usd_per_teu_day: 40}"
    )
    a_year_ago = f"first_month: 2025-05\nmonths: 5\ndepartures: [23]\n{ROWS}pairs:\n{a_year_ago}"
    corridors = {row.month.month: row.corridor for row in planned(tmp_path, a_year_ago).rows}
    assert (corridors[5], corridors[9]) == ("cape", "northern-sea-route")


def test_a_deadline_leaves_out_no_less(tmp_path: Path) -> None:
    text = """\
first_month: 2026-08
months: 1
departures: [1, 21]
objective: generalised
pairs:
  - {origin: Zhengzhou, destination: Hamburg, cargo: electronics, teu_per_month: 10,
     value_of_time_usd_per_teu_day: 20, max_days: 43}
"""
    assert {row.corridor for row in planned(tmp_path, text).rows} == {"trans-siberian"}
    # The Cape takes too long; no voyage over the Arctic is listed, and nothing else goes there.
    few = text.replace("pairs:", "corridors: [cape, northern-sea-route]\npairs:")
    with pytest.raises(ConfigError, match="no route leaves in 2026-08 within max_days 43"):
        planned(tmp_path, few)


@pytest.mark.parametrize("corridor", ["northern-sea-route", "panama"])
def test_a_plan_takes_no_way_that_no_line_is_known_to_sail_though_asked(
    corridor: str, tmp_path: Path
) -> None:
    asked = f"minimums: [{{corridor: {corridor}, teu_per_month: 60}}]\n"
    with pytest.raises(ConfigError, match=f"minimum corridor {corridor} of 60 TEU in 2026-09"):
        planned(tmp_path, FROM_SHANGHAI + asked)


def test_a_world_without_lines_doubts_none_and_leaves_none_out(tmp_path: Path) -> None:
    found = planned(tmp_path, f"{PLAN}scenario: {{world: reference-open}}\n")
    assert found.unsailed == ()
    assert {r.corridor for r in found.rows if r.pair == "Shanghai to Hamburg"} != {"cape"}


@pytest.mark.long
def test_the_arctic_season_is_drawn_in_the_arctic(tmp_path: Path) -> None:
    found = planned(
        tmp_path,
        "first_month: 2025-08\nmonths: 2\ncorridors: [northern-sea-route, suez]\n"
        "scenario: {world: reference-open}\n"
        "pairs:\n  - {origin: Lianyungang, destination: Hamburg, teu_per_month: 100}\n",
    )
    (season,) = {(one.place, one.lat) for one in found.uses if one.title == "Arctic season"}
    assert (season[1] or 0.0) > 66.5
    # A ship of another class is met where boxes board it.
    ports = {one.place for one in found.uses if one.name.startswith("port ")}
    assert "cn-lianyungang" in ports
    assert season[0] not in ports
