"""`corridors list`: the same rows as a table, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from corridors.cli.listing import Listed
from corridors.cli.main import EVERY, NETWORK, command_line
from corridors.output.listings import LISTINGS

RUNNER = CliRunner()
APP = command_line()


@pytest.mark.parametrize("what", list(Listed))
def test_json_and_csv_hold_the_same_rows(what: Listed) -> None:
    as_json = RUNNER.invoke(APP, ["list", what.value, "--format", "json"])
    as_csv = RUNNER.invoke(APP, ["list", what.value, "--format", "csv"])
    assert (as_json.exit_code, as_csv.exit_code) == (0, 0)
    rows = json.loads(as_json.stdout)["rows"]
    table = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    table_of = LISTINGS[what.value]
    columns = tuple((table_of.in_csv or table_of.files).split())
    assert len(rows) == len(table) > 5
    assert tuple(table[0]) == columns
    assert set(columns) <= set(rows[0])


def test_a_parameter_has_the_columns_of_the_contract() -> None:
    assert tuple(LISTINGS["parameters"].in_csv.split()) == (
        *("parameter", "scope", "value", "low", "high", "unit"),
        *("currency_year", "source_id", "status", "least", "most"),
    )


def test_a_table_shows_every_corridor() -> None:
    shown = RUNNER.invoke(APP, ["list", "corridors"])
    assert shown.exit_code == 0
    assert "northern-sea-route" in shown.stdout
    assert "Baku-Tbilisi-Kars" in shown.stdout


@pytest.mark.parametrize("name", [name for name in EVERY if name != NETWORK])
def test_help_of_every_command_has_an_example(name: str) -> None:
    shown = RUNNER.invoke(APP, [name, "--help"])
    assert shown.exit_code == 0
    assert f"Example: corridors {name} " in shown.stdout


def parameters(*arguments: str) -> list[dict[str, object]]:
    shown = RUNNER.invoke(APP, ["list", "parameters", *arguments, "--format", "json"])
    assert shown.exit_code == 0, shown.output
    rows: list[dict[str, object]] = json.loads(shown.stdout)["rows"]
    return rows


def test_parameters_are_chosen_by_status_and_name() -> None:
    recalled = parameters("--status", "recalled")
    assert {row["status"] for row in recalled} == {"recalled"}
    both = parameters("--status", "recalled", "--status", "assumption")
    assert {row["status"] for row in both} == {"recalled", "assumption"}
    assert len(both) > len(recalled) > 0
    ice = parameters("--prefix", "ice.")
    assert 0 < len(ice) < len(parameters())
    assert all(str(row["parameter"]).startswith("ice.") for row in ice)


def test_the_weakest_parameters_come_first_when_asked() -> None:
    order = ["assumption", "recalled", "copied", "computed", "found"]
    rows = parameters("--weakest", "--prefix", "ice.")
    ranks = [order.index(str(row["status"])) for row in rows]
    assert ranks == sorted(ranks)
    # ice.track_factor in September: (0.8 - 0.3) / 0.5 = 1, the widest of the assumptions there.
    assert (rows[0]["parameter"], rows[0]["scope"]) == ("ice.track_factor", "09")


def test_only_parameters_are_chosen_by_status() -> None:
    ended = RUNNER.invoke(APP, ["list", "sources", "--status", "found"])
    assert "--status, --prefix and --weakest apply to parameters, not to sources" in str(
        ended.exception
    )
