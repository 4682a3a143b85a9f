"""The README explains every column; its figures are in `test_expectations`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from corridors.cli.compare import columns_of
from corridors.config import load_scenario
from corridors.output.comparison import Comparison
from corridors.studies.worlds import compare_in_both_worlds

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare_in_both_worlds(load_scenario("shanghai-europe"))


def test_the_readme_explains_every_column_and_its_table_fits(comparison: Comparison) -> None:
    asked = [key.replace("_", " ") for key in columns_of(comparison)]
    block = README.partition("prints:\n")[2].partition("\n\nBetween the two")[0]
    lines = [line.removeprefix("    ") for line in block.splitlines()]
    assert max(map(len, lines)) <= 100
    missing = re.search(r"Not shown at this width: (.*?)\.", " ".join(lines))
    assert missing is not None
    left_out = {*missing[1].split(", ")}
    # Heads stand on two lines: every column that is not left out has its words there.
    words = {word for line in lines[3:5] for word in line.split()}
    shown = [name for name in asked if name not in left_out]
    assert left_out < {*asked}
    assert words == {word for name in shown for word in name.split()}
    # The table below explains each; the low and the high share a row.
    explained = [
        name
        for cells in re.findall(r"^\| ([^|]+) \| [^|]+\|$", README, re.MULTILINE)
        for name in cells.split(", ")
    ]
    assert {*asked} - {*explained} == {"corridor", "km"}


def test_the_scenario_of_the_readme_copied_gives_its_table(tmp_path: Path) -> None:
    copied = tmp_path / "my-scenario.yaml"
    found = re.search(r"```yaml\n(name: .*?)```", README, re.DOTALL)
    assert found is not None
    copied.write_text(found[1], encoding="utf-8")
    asked = replace(load_scenario(str(copied)), source_path="")
    # The same question: `test_expectations` holds the table to what it answers.
    assert asked == replace(load_scenario("shanghai-europe"), source_path="")
