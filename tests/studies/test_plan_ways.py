"""A plan takes ways outside the corridors where these are detours, and doubts what none sails."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config.plan import load_plan
from corridors.output.allocation_result import Allocation
from corridors.studies.allocate import allocate_plan

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


def test_boxes_of_other_trades_go_round_no_continent(found: Allocation) -> None:
    corridors = {row.pair: row.corridor for row in found.rows}
    nearby = {"Hamburg to Warsaw", "Algeciras to Gioia Tauro", "Lagos to Rotterdam"}
    assert {corridors[pair] for pair in nearby} == {"other"}
    # Between Asia and Europe the corridors are what is compared.
    assert corridors["Shanghai to Hamburg"] != "other"
    assert all(row.days < 38.0 for row in found.rows if row.corridor == "other")


def test_a_plan_says_which_ways_no_line_is_known_to_sail(found: Allocation) -> None:
    (way,) = (way for way in found.unsailed if way.corridor == "northern-sea-route")
    assert way.teu == pytest.approx(100.0)
    assert way.share == pytest.approx(100.0 / 280.0)
    assert "Hamburg" in way.ends
    assert any("No line is known to sail from Shanghai" in text for text in found.cautions)


def test_a_world_without_lines_doubts_none(tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(f"{PLAN}scenario: {{world: reference-open}}\n", encoding="utf-8")
    assert allocate_plan(load_plan(path)).unsailed == ()
