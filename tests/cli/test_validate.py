"""`corridors validate` on three figures drawn by hand."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.studies.validate import run as validate
from corridors.studies.validate.cases import FAMILIES, Case, Ours, Row

KEYS = (
    *("id", "family", "quantity", "unit", "published", "low", "high", "ours", "error", "inside"),
    *("role", "why"),
)
DRAWN = Case(
    id="freight", kind="quotes", family="prices to North Europe", quantity="cost", unit="USD/FEU",
    published=2000.0, first=2000.0, last=2000.0, tolerance=0.1, role="validation",
    status="found", why="An index.", citation="A house", origin="a", destination="b",
)  # fmt: skip
ROWS = (
    Row(case=DRAWN, ours=Ours(1900.0, 1000.0, 3000.0)),
    Row(case=replace(DRAWN, id="list"), ours=Ours(1500.0, 1200.0, 1600.0)),
    Row(case=replace(DRAWN, id="own", role="calibration"), ours=Ours(2000.0, 1000.0, 3000.0)),
)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "measured_rows", lambda: ROWS)


def printed(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "220"}).invoke(command_line(), ["validate", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_table_ends_with_a_row_a_family_and_no_sum() -> None:
    lines = [line.split("  ") for line in printed().splitlines()]
    by = {cells[0].strip(): " ".join(cell.strip() for cell in cells if cell) for cells in lines}
    # -5 % is inside, -25 % is not and leaves the exit code at 0, one figure set a parameter.
    assert by["prices to North Europe"].split()[4:] == [
        *("2", "1", "50.0%", "-15.0%", "15.0%", "50.0%", "1"),
    ]
    # A figure has a row where all are asked for.
    assert "freight" not in by
    assert printed("--all").count("  An index.") == len(ROWS)
    assert [name for name in by if name in FAMILIES] == list(FAMILIES)
    assert "in all" not in printed()
    assert printed().startswith("Met best are 1 of 2 prices to North Europe as published")
    assert "\nOnly figures that set nothing in the model" in printed()
    assert printed().splitlines()[-1] == "3 figures: --all lists each."


def test_csv_has_the_keys_of_a_row_in_their_order() -> None:
    rows = list(csv.DictReader(io.StringIO(printed("--format", "csv"))))
    assert tuple(rows[0])[: len(KEYS)] == KEYS
    assert [(row["id"], row["error"]) for row in rows] == [
        *(("freight", "-0.05"), ("list", "-0.25"), ("own", "0.0")),
    ]


def test_json_has_the_rows_and_the_families() -> None:
    found = json.loads(printed("--format", "json"))
    assert set(found) == {"rows", "families"}
    assert tuple(found["rows"][0])[: len(KEYS)] == KEYS
    price = next(family for family in found["families"] if family["family"] == DRAWN.family)
    assert (price["counted"], price["inside"], price["median_error"]) == (2, 1, -0.15)
    assert price["coverage"] == 0.5


def test_all_lists_the_calibrated_legs_as_calibration() -> None:
    found = json.loads(printed("--all", "--format", "json"))["rows"]
    legs = [row for row in found if row["id"].startswith("leg-")]
    assert len(legs) > 400
    assert {(row["family"], row["role"]) for row in legs} == {("distances", "calibration")}
