"""The README prints what the program answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corridors.cli.compare import columns_of, marked_row, verdict_lines
from corridors.config import load_scenario
from corridors.output.comparison import Comparison
from corridors.output.verdict import folded_text
from corridors.studies.worlds import compare_in_both_worlds

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare_in_both_worlds(load_scenario("shanghai-europe"))


def test_the_table_is_that_of_the_shipped_scenario(comparison: Comparison) -> None:
    lines = (
        line
        for line in README.splitlines()
        if re.match(r"    [a-z-]+ {2,}.* (agrees|dated)$", line)
    )
    rows = [re.split(r" {2,}", line.strip()) for line in lines]
    shown = [option for option in comparison.routes if option not in comparison.folded]
    for printed, option in zip(rows, shown, strict=True):
        asked = marked_row(comparison, option)
        assert printed[0] == asked["corridor"]
        assert printed[1] == asked["main_carriage"]
        assert printed[2] == asked["status"]
        assert [float(cell) for cell in printed[3:11]] == [
            pytest.approx(asked[key])
            for key in (
                "USD_per_TEU",
                "USD_per_FEU",
                "low",
                "high",
                "transit_days",
                "days",
                "km",
                "t_CO2e_per_TEU",
            )
        ]
        assert printed[11] == asked["certificate"]
    assert folded_text(comparison) in README
    verdict = "\n".join(f"    {line}" for line in verdict_lines(comparison))
    assert verdict in README
    assert verdict.count("tied") == 1


def test_the_table_of_the_readme_names_every_column(comparison: Comparison) -> None:
    head = next(line for line in README.splitlines() if line.startswith("    corridor  "))
    asked = [key.replace("_", " ") for key in columns_of(comparison)]
    assert re.split(r" {2,}", head.strip()) == asked
    # The table below explains each; the low and the high share a row.
    explained = [
        name
        for cells in re.findall(r"^\| ([^|]+) \| [^|]+\|$", README, re.MULTILINE)
        for name in cells.split(", ")
    ]
    assert {*asked} - {*explained} == {"corridor", "km"}
