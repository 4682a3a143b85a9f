"""The README's table fits and its scenario gives it; its figures are in `test_expectations`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.output.comparison import Comparison
from corridors.studies.compare.result import table_of_options
from corridors.studies.compare.run import compare_in_both_worlds

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RESULTS = (ROOT / "docs/reference/results.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare_in_both_worlds(load_scenario("shanghai-europe"))


def test_the_page_of_results_explains_every_column(comparison: Comparison) -> None:
    table = table_of_options(comparison).boxed(comparison.scenario.shipment.equipment)
    asked = {one.above for one in table.read_columns()}
    explained = {
        name
        for cells in re.findall(r"^\| ([^|]+) \| [^|]+\|$", RESULTS, re.MULTILINE)
        for name in cells.split(", ")
    }
    # A corridor is what the page is about, and *sails in fact* stands in the row of *sails*.
    assert asked - explained == {"corridor", "sails in fact"}


def test_the_table_of_the_readme_fits_a_hundred_columns() -> None:
    block = re.findall(r"^    (.*)$", README, re.MULTILINE)
    assert max(map(len, block)) <= 100


def test_the_scenario_of_the_readme_copied_gives_its_table(tmp_path: Path) -> None:
    copied = tmp_path / "my-scenario.yaml"
    found = re.search(r"```yaml\n(name: .*?)```", README, re.DOTALL)
    assert found is not None
    copied.write_text(found[1], encoding="utf-8")
    asked = replace(load_scenario(str(copied)), source_path="")
    # The same question: `test_expectations` holds the table to what it answers.
    assert asked == replace(load_scenario("shanghai-hamburg"), source_path="")
