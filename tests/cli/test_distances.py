"""`corridors distances`: what it prints in each form, and what it refuses."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line

RUNNER = CliRunner()
APP = command_line()


def printed(*arguments: str) -> str:
    ended = RUNNER.invoke(APP, ["distances", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def test_json_and_csv_hold_every_pair_once() -> None:
    places = ("Shanghai", "Rotterdam", "GBPLY")
    rows = json.loads(printed(*places, "--format", "json"))["rows"]
    assert [(row["from_id"], row["to_id"]) for row in rows] == [
        ("cn-shanghai", "nl-rotterdam"),
        ("cn-shanghai", "GBPLY"),
        ("nl-rotterdam", "GBPLY"),
    ]
    assert rows[0]["km"] == pytest.approx(1.852 * rows[0]["nm"], abs=0.1)
    assert rows[1]["to_off_lane_km"] > 0.0
    listed = list(csv.DictReader(io.StringIO(printed(*places, "--format", "csv"))))
    assert [float(row["nm"]) for row in listed] == [row["nm"] for row in rows]


def test_a_pair_that_shut_gates_part_has_no_distance() -> None:
    arguments = ("Odesa", "Piraeus", "--avoid", "gate-bosporus")
    (row,) = json.loads(printed(*arguments, "--format", "json"))["rows"]
    assert row["nm"] is None
    assert "cut these places off" in printed(*arguments)


def test_the_arctic_is_open_only_where_asked_for() -> None:
    pair = ("Yokohama", "Rotterdam", "--format", "json")
    nm = [json.loads(printed(*pair, *more))["rows"][0]["nm"] for more in ((), ("--arctic",))]
    assert nm[0] > 11000
    assert nm[1] < 8000


def test_the_kiel_canal_is_open_only_where_asked_for() -> None:
    pair = ("Hamburg", "Gdansk", "--format", "json")
    nm = [json.loads(printed(*pair, *more))["rows"][0]["nm"] for more in ((), ("--kiel",))]
    assert nm[0] == pytest.approx(804, abs=5)  # round the Skaw
    assert nm[1] == pytest.approx(462, abs=5)


def test_one_place_is_no_pair() -> None:
    ended = RUNNER.invoke(APP, ["distances", "Shanghai"])
    assert ended.exit_code != 0
    assert "need at least two places" in str(ended.exception)
