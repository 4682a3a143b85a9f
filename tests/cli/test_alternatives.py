"""`--alternatives`: routes that differ, each with what it gives up against the cheapest."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line

RUNNER = CliRunner()
APP = command_line()


@pytest.mark.long
def test_alternatives_of_a_comparison_begin_with_what_is_recommended() -> None:
    asked = ["compare", "shanghai-europe", "--alternatives", "4", "--format", "json"]
    rows = json.loads(RUNNER.invoke(APP, asked).stdout)["rows"]
    assert [row["corridor"] for row in rows][:2] == ["suez", "cape"]
    assert rows[0]["extra_usd_per_teu"] == 0.0
    for before, row in pairwise(rows):
        assert row["cost_usd_per_teu"] >= before["cost_usd_per_teu"]
        assert set(before["passes"]) - set(row["passes"])
        assert set(row["avoids"]) == set(rows[0]["passes"]) - set(row["passes"])
        extra = row["cost_usd_per_teu"] - rows[0]["cost_usd_per_teu"]
        assert abs(extra - row["extra_usd_per_teu"]) < 0.02


def test_alternatives_of_a_route_stay_in_its_corridor() -> None:
    asked = ["route", "Shanghai", "Hamburg", "--corridor", "kazakhstan-dostyk"]
    asked += ["--world", "reference-open"]
    done = RUNNER.invoke(APP, [*asked, "--alternatives", "3", "--format", "csv"])
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("kazakhstan-dostyk,") for line in lines[1:])
    assert all("CN-KZ@kz-dostyk" in line for line in lines[1:])
    table = RUNNER.invoke(APP, [*asked, "--alternatives", "3"]).stdout
    assert table.count("China-Kazakhstan at Dostyk") == 3


def test_a_comparison_without_alternatives_holds_none() -> None:
    asked = ["compare", "shanghai-europe", "--set", "corridors=[suez]", "--format", "json"]
    assert "alternatives" not in json.loads(RUNNER.invoke(APP, asked).stdout)
