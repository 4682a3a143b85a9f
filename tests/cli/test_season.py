"""`corridors season`: what it prints in each form, and what it refuses."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line

RUNNER = CliRunner()
APP = command_line()
ROUTE = "northern-sea-route-sannikov"


def printed(*arguments: str) -> str:
    ended = RUNNER.invoke(APP, ["season", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def test_json_holds_every_half_month_with_seven_areas() -> None:
    record = json.loads(printed(ROUTE, "--year", "2024", "--format", "json"))
    rows = record["rows"]
    assert len(rows) == 24
    assert [row["from_day"] for row in rows][:3] == ["01-01", "01-16", "02-01"]
    words = {"open", "escorted", "closed"}
    for row in rows:
        areas = [key for key in row if key.startswith(("Kara", "Laptev", "E_Sib", "Chukchi"))]
        assert len(areas) == 7
        assert {row[area] for area in areas} <= words
        assert row["route"] in words
        assert (row["days_to_cross"] is None) == (row["route"] == "closed")
        assert (row["reason"] == "") == (row["route"] != "closed")
    names = [row["ice_class"] for row in record["windows"]]
    assert names[:2] == ["none", "Ice1"]
    assert "Arc7" in names


def test_the_table_names_the_ship_and_what_is_coarse() -> None:
    text = printed(ROUTE)
    assert "Ice is known by whole sea and month" in text
    assert "ice class Ice1" in " ".join(text.split())


@pytest.mark.parametrize("asked", ["ARC4", "arc 4"])
def test_a_class_is_found_whatever_its_case_and_hyphens(asked: str) -> None:
    assert "ice class Arc4" in " ".join(printed(ROUTE, "--ice-class", asked).split())


@pytest.mark.parametrize("asked", ["none", "No-Class"])
def test_no_class_is_a_class(asked: str) -> None:
    assert "ice class none" in " ".join(printed(ROUTE, "--ice-class", asked).split())


def test_csv_has_the_columns_of_the_table_and_the_reasons() -> None:
    rows = list(csv.DictReader(io.StringIO(printed(ROUTE, "--format", "csv"))))
    assert len(rows) == 24
    assert next(iter(rows[0])) == "from_day"
    assert rows[2]["reason"].startswith("ice class Ice1 in the Chukchi Sea: navigation is allowed")


def test_a_corridor_without_ice_says_so_in_one_sentence() -> None:
    assert printed("suez").count("\n") == 1
    assert printed("suez").startswith("Suez Canal: no ice on this corridor")
    assert json.loads(printed("suez", "--format", "json"))["rows"] == []
    header = "from_day,route,days_to_cross,lowest_RIO,reason\n"
    assert printed("suez", "--format", "csv") == header


def test_a_ship_that_draws_too_much_is_told_so() -> None:
    text = " ".join(printed(ROUTE, "--service", "sea/14k").split())
    assert (
        "Container ship 14,000 TEU has a draft of 15.2 m, but Sannikov Strait allows 12.8 m" in text
    )


def test_eastbound_begins_at_the_kara_gate() -> None:
    assert "Kara Gate to Bering Strait" in " ".join(printed(ROUTE, "--eastbound").split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([ROUTE, "--ice-class", "Arc99"], "--ice-class: unknown ice class 'Arc99'"),
        # Also where there is no ice.
        (["suez", "--ice-class", "Arc99"], "--ice-class: unknown ice class 'Arc99'"),
        ([ROUTE, "--year", "1999"], "ice_year: unknown year '1999', use "),
        ([ROUTE, "--service", "rail/1520"], "--service: unknown ship 'rail/1520'"),
        (["northern-see-route"], "did you mean 'northern-sea-route'?"),
    ],
)
def test_an_unknown_name_is_bad_input(arguments: list[str], told: str) -> None:
    ended = RUNNER.invoke(APP, ["season", *arguments])
    assert told in str(ended.exception)
