"""The README's answers to the founding questions are what the program says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.config.batch import load_batch
from corridors.domain.results import RouteOption
from corridors.pipeline import Desk

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<name>[^|]+?) \| (?P<usd>\d+) \| (?P<days>[\d.]+) \| (?P<worth>\d+) \|$", re.MULTILINE
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(figures_only=True)


def by_corridor(desk: Desk, changes: list[str]) -> dict[str, RouteOption]:
    asked = load_scenario("shanghai-europe", set_values=[*changes, "departure=2034-08-20"])
    found = desk.compare(replace(asked, corridors=("suez", "kazakhstan-dostyk")))
    return {option.corridor: option for option in found.routes}


CHANGES = {
    "as it stands": [],
    "Moscow-Kazan line": ["projects=[moscow-kazan-hsr]"],
    "China joins the customs union": ["customs.extend_to=[CN]"],
    "Kazakhstan's works": [
        "projects=[dostyk-moyynty, bakhty-ayagoz, khorgos-second-terminal, aktau-alat-ferries]"
    ],
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_change_does_to_the_way_by_dostyk(desk: Desk, name: str) -> None:
    said = next(row for row in ROW.finditer(README) if row["name"] == name)
    found = by_corridor(desk, CHANGES[name])
    rail, sea = found["kazakhstan-dostyk"], found["suez"]
    assert rail.cost_usd_per_teu is not None
    assert sea.cost_usd_per_teu is not None
    assert rail.days is not None
    assert sea.days is not None
    assert int(said["usd"]) == round(rail.cost_usd_per_teu)
    assert float(said["days"]) == round(rail.days, 1)
    worth = (rail.cost_usd_per_teu - sea.cost_usd_per_teu) / (sea.days - rail.days)
    assert int(said["worth"]) == round(worth)


def test_the_batch_asks_the_same_changes() -> None:
    batch = load_batch("founding-questions")
    assert set(batch.variants) >= set(CHANGES)
