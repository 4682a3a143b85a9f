"""`corridors explain`: one option whole, in each form, agreeing with `compare`."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.output.store import number
from corridors.studies.compare.run import compare
from corridors.studies.explain.result import EXPLAINED, sums, weakest_rows
from corridors.studies.explain.run import explain_option

RUNNER = CliRunner()
APP = command_line()
HERE = ("shanghai-europe", "suez")


def printed(*arguments: str, code: int = 0) -> str:
    ended = RUNNER.invoke(APP, ["explain", *arguments])
    assert ended.exit_code == code, ended.output
    return ended.stdout


@pytest.fixture(scope="module")
def record() -> dict[str, object]:
    found: dict[str, object] = json.loads(printed(*HERE, "--format", "json"))
    return found


def rows_of(record: dict[str, object], section: str) -> list[dict[str, object]]:
    rows = record["rows"]
    assert isinstance(rows, list)
    return [row for row in rows if row["section"] == section]


@pytest.mark.parametrize(
    "corridor", ["suez", pytest.param("kaliningrad", marks=pytest.mark.long), "northern-sea-route"]
)
def test_the_lines_are_those_of_compare_and_sum_to_its_totals(corridor: str) -> None:
    scenario = load_scenario("shanghai-europe", set_values=[f"corridors=[{corridor}]"])
    option = compare(scenario, figures_only=True).routes[0]
    told = explain_option(load_scenario("shanghai-europe"), corridor)
    assert told.option.cost_lines == option.cost_lines
    assert told.option.energy_lines == option.energy_lines
    assert told.option.time_parts == option.time_parts


@pytest.mark.long
def test_the_basis_is_that_of_the_comparison_not_of_the_one_corridor() -> None:
    """The Cape has a price to Baku, but the best way of all, by the Caspian, has none."""
    sets = ["origin=Xian", "destination=Baku", "world=current", "corridors=[caspian, cape, other]"]
    scenario = load_scenario("shanghai-europe", set_values=sets)
    compared = compare(scenario, figures_only=True)
    cape = next(route for route in compared.routes if route.corridor == "cape")
    told = explain_option(scenario, "cape")
    assert scenario.price_basis == "price"
    assert (told.option.price_basis, cape.price_basis) == ("cost", "cost")
    assert told.option.cost_lines == cape.cost_lines
    assert sums(told)[0].startswith("Cost: ")


def test_every_section_sums_to_the_options_total(record: dict[str, object]) -> None:
    option = record["option"]
    assert isinstance(option, dict)
    usd = sum(number(row["usd_per_teu"]) for row in rows_of(record, "cost"))
    assert usd == pytest.approx(option["cost_usd_per_teu"], abs=0.005)
    hours = sum(number(row["hours"]) for row in rows_of(record, "time"))
    assert hours / 24.0 == pytest.approx(option["days"], abs=0.005)
    co2e = sum(number(row["co2e_wtw_kg"]) for row in rows_of(record, "energy"))
    assert co2e == pytest.approx(option["co2e_wtw_kg_per_teu"], abs=0.005)
    steps = sum(number(row["usd_per_teu"]) for row in rows_of(record, "route"))
    assert steps == pytest.approx(option["cost_usd_per_teu"], abs=0.1)


def test_every_cost_line_says_what_it_rests_on(record: dict[str, object]) -> None:
    for row in rows_of(record, "cost"):
        assert row["basis"] in ("resource", "tariff", "market")
        assert row["status"] in ("found", "recalled", "computed", "assumption", "scenario")
        assert row["source"]
        assert number(row["quantity"]) * number(row["unit_price_usd"]) == pytest.approx(
            number(row["usd_per_teu"]), abs=0.006
        )
    assert any(str(row["url"]).startswith("http") for row in rows_of(record, "cost"))


@pytest.mark.parametrize("corridor", ["suez", "trans-siberian"])
def test_the_page_reads_at_120_columns(corridor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIDORS_WIDTH", "120")
    text = printed("shanghai-europe", corridor)
    long = [
        line
        for line in text.splitlines()
        if len(line.rstrip()) > 120 and not line.lstrip().startswith("http")
    ]
    assert long == []
    assert "…" not in text
    for heading in ("Route", "Cost lines", "Time, from", "Energy and CO2e", "Weakest", "Sources"):
        assert f"\n{heading}" in text


def test_the_sums_are_told_in_sentences() -> None:
    told = explain_option(load_scenario("shanghai-europe"), "suez")
    cost, time, co2e, weak = sums(told)
    usd = told.scenario.shipment.equipment.teu_per_box * float(str(told.record["cost_usd_per_teu"]))
    assert f"= {usd:,.2f} USD per 40'" in cost
    assert "days from gate-in to gate-out" in time
    assert "kg per 40' well-to-wake" in co2e
    assert weak.endswith("% of the cost rests on assumptions and figures cited from memory.")
    ranges = [number(row["range_usd"]) for row in weakest_rows(told)]
    assert ranges == sorted(ranges, reverse=True)


def test_a_replaced_value_is_told() -> None:
    text = printed(*HERE, "--set", "overrides.fuel.vlsfo_usd_per_t=700")
    assert "! fuel.vlsfo_usd_per_t, 71 rows: " in text
    assert " -> 700 USD/t (scenario)" in text


# At 30 USD a day the Arctic would be better, which a comparison says.
SLOWER = ("shipment.value_of_time_usd_per_teu_day=20",)


def test_another_speed_is_told_and_is_that_of_compare() -> None:
    scenario = load_scenario(
        "shanghai-europe", set_values=[*SLOWER, "corridors=[suez]", "speed=best"]
    )
    compared = compare(scenario)
    told = explain_option(scenario, "suez")
    assert told.option.cost_usd_per_teu == compared.routes[0].cost_usd_per_teu
    # Whether the answer can be booked is said of the answer alone.
    assert told.warnings == tuple(w for w in compared.warnings if "can be booked" not in w)
    assert any("kn in open water (speed)" in text for text in told.warnings)


def test_csv_has_a_row_a_line_of_every_section(record: dict[str, object]) -> None:
    table = list(csv.DictReader(io.StringIO(printed(*HERE, "--format", "csv"))))
    assert tuple(table[0]) == EXPLAINED.names
    rows = record["rows"]
    assert isinstance(rows, list)
    assert len(table) == len(rows)
    assert {row["section"] for row in table} == {"route", "cost", "time", "energy"}


def test_a_closed_corridor_says_why_and_when_it_opens() -> None:
    arguments = ("shanghai-europe", "northern-sea-route", "--departure", "2026-02-10")
    text = printed(*arguments, code=3)
    assert "closed: ice class Ice1 in the " in text
    assert "next usable 2026-0" in " ".join(text.split())
    record = json.loads(printed(*arguments, "--format", "json", code=3))
    assert record["rows"] == []
    assert record["option"]["cost_usd_per_teu"] is None


def test_an_unknown_corridor_is_bad_input() -> None:
    ended = RUNNER.invoke(APP, ["explain", "shanghai-europe", "sues"])
    assert "unknown corridor 'sues', did you mean 'suez'?" in str(ended.exception)
