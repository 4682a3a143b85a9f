"""The answers of docs/founding-questions.md are what the program says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.config.batch import load_batch
from corridors.data.cargo import load_cargo
from corridors.domain.results import RouteOption
from corridors.studies.compare import compare
from corridors.studies.session import Session
from tests.docs.founding import (
    DAY_WORTH,
    arctic_row,
    ice_row,
    kaliningrad_rows,
    path_worth_usd,
    project_rows,
)

PAGE = (Path(__file__).parents[2] / "docs/founding-questions.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<name>[^|]+?) \| (?P<usd>\d+) \| (?P<days>[\d.]+) \| (?P<worth>\d+) \|$", re.MULTILINE
)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def by_corridor(session: Session, changes: list[str]) -> dict[str, RouteOption]:
    asked = load_scenario("shanghai-europe", set_values=[*changes, "departure=2034-08-20"])
    found = compare(
        replace(asked, corridors=("suez", "kazakhstan-moscow-kazan")),
        session=session,
        figures_only=True,
    )
    return {option.corridor: option for option in found.routes}


CHANGES = {
    "as it stands": [],
    "Moscow-Kazan line": ["projects=[moscow-kazan-hsr]"],
    "China joins the customs union": ["customs.extend_to=[CN]"],
    "projects in Kazakhstan": [
        "projects=[dostyk-moyynty, bakhty-ayagoz, khorgos-second-terminal, aktau-alat-ferries]"
    ],
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_change_does_to_the_way_by_dostyk_and_kazan(session: Session, name: str) -> None:
    said = next(row for row in ROW.finditer(PAGE) if row["name"] == name)
    found = by_corridor(session, CHANGES[name])
    rail, sea = found["kazakhstan-moscow-kazan"], found["suez"]
    assert rail.cost_usd_per_teu is not None
    assert sea.cost_usd_per_teu is not None
    assert rail.days is not None
    assert sea.days is not None
    assert int(said["usd"]) == round(rail.cost_usd_per_teu)
    assert float(said["days"]) == round(rail.days, 1)
    worth = (rail.cost_usd_per_teu - sea.cost_usd_per_teu) / (sea.days - rail.days)
    assert int(said["worth"]) == round(worth)


def test_the_text_on_the_customs_union_says_what_the_table_says() -> None:
    worth = {row["name"]: row["worth"] for row in ROW.finditer(PAGE)}
    said = re.search(r"worth\s(\d+) USD per TEU instead of (\d+)", PAGE)
    assert said is not None
    assert said.groups() == (worth["China joins the customs union"], worth["as it stands"])


def test_the_batch_asks_the_same_changes() -> None:
    batch = load_batch("founding-questions")
    assert set(batch.variants) >= set(CHANGES)


@pytest.mark.parametrize("month", [7, 8, 9, 11])
def test_for_which_cargo_the_arctic_wins(session: Session, month: int) -> None:
    assert arctic_row(session, date(2026, month, 15)) in PAGE.splitlines()


def test_in_october_it_wins_for_no_goods_in_mean_ice(session: Session) -> None:
    # A ship that meets the first ice takes seconds to route: one of the four goods stands for all.
    rows = (line for line in PAGE.splitlines() if line.startswith("| 15 October |"))
    said = next(line for line in rows if line.count("|") == 6)
    first, *others = said.split(" | ")[1:]
    row = arctic_row(session, date(2026, 10, 15), cargoes=("electronics",))
    assert row == f"| 15 October | {first} |"
    assert "**" not in "".join([first, *others])


@pytest.mark.parametrize("month", [8, 9, 10])
def test_in_what_ice_the_arctic_wins(session: Session, month: int) -> None:
    assert ice_row(session, date(2026, month, 15)) in PAGE.splitlines()


def test_the_arctic_batch_asks_the_same(session: Session) -> None:
    batch = load_batch("arctic-months")
    assert set(batch.variants) == set(DAY_WORTH)
    values = load_cargo()
    for name, worth in DAY_WORTH.items():
        assert worth == round(0.15 * values[name].value_usd_per_teu / 365)


def test_which_corridor_between_kaliningrad_and_shanghai(session: Session) -> None:
    said = [line for line in PAGE.splitlines() if line.startswith("| from ")]
    assert said == [
        row
        for ends in (("Kaliningrad", "Shanghai"), ("Shanghai", "Kaliningrad"))
        for day in (date(2026, 8, 20), date(2026, 2, 20))
        for row in kaliningrad_rows(session, *ends, day)
    ]


def test_what_the_works_gain_where_capacity_is_scarce() -> None:
    assert "\n".join(project_rows()) in PAGE


def test_what_a_path_between_kazan_and_moscow_is_worth() -> None:
    said = re.search(r"the shadow price of one TEU there is (\d+) USD", PAGE)
    assert said is not None
    assert int(said[1]) == round(path_worth_usd())
