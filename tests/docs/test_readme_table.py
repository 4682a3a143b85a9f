"""The README prints what the program answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corridors.cli.compare import columns_of, marked_row, verdict_lines
from corridors.config import load_scenario
from corridors.output.comparison import Comparison
from corridors.output.names import other_world_text
from corridors.output.verdict import folded_text
from corridors.studies.route import Asked, route_between
from corridors.studies.worlds import compare_in_both_worlds

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NO_FREIGHT = ("thc", "insurance.cargo", "road.fixed", "road.box_km")


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


def test_the_page_of_scenario_files_gives_the_figures_of_today(comparison: Comparison) -> None:
    page = " ".join((ROOT / "docs/scenario-files.md").read_text(encoding="utf-8").split())
    assert comparison.other_world is not None
    assert other_world_text(comparison.other_world) in page
    said = re.search(
        r"Shanghai to Rotterdam by Suez costs ([\d,]+) USD per TEU, Rotterdam to Shanghai"
        r" ([\d,]+)\. The freight part is ([\d,]+) and ([\d,]+), or (\d+) %",
        page,
    )
    assert said is not None
    ends = (("Shanghai", "Rotterdam"), ("Rotterdam", "Shanghai"))
    costs, freights = [], []
    for origin, destination in ends:
        asked = Asked(corridor="suez", world="reference-open")
        option, _ = route_between(origin, destination, **asked)
        usd = {line.driver: 0.0 for line in option.cost_lines}
        for line in option.cost_lines:
            usd[line.driver] += line.usd_per_teu
        costs.append(sum(usd.values()))
        freights.append(costs[-1] - sum(usd.get(driver, 0.0) for driver in NO_FREIGHT))
    told = [int(number.replace(",", "")) for number in said.groups()]
    assert told == [round(n) for n in (*costs, *freights, 100 * freights[1] / freights[0])]


def test_the_page_of_results_shows_the_lines_of_today() -> None:
    asked = load_scenario("shanghai-europe", set_values=["destination=London"])
    found = compare_in_both_worlds(asked, fronts=False)
    page = (ROOT / "docs/results.md").read_text(encoding="utf-8")
    for line in verdict_lines(found):
        if line.startswith(("Recommended", "Suez Canal", "If a day")):
            assert f"    {line}\n" in page
    cost = {option.corridor: option.printed_usd_per_teu or 0.0 for option in found.routes}
    assert round(cost["cape"]) - round(cost["suez"]) == 1
    assert "The Cape costs USD 1 more than Suez and takes 8 days longer" in page
