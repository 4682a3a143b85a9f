"""`emissions.csv`: elements of the chain, and that they sum to what is printed elsewhere."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from corridors.config import load_scenario
from corridors.domain.results import RouteStep
from corridors.domain.values import EnergyLine, Status
from corridors.output.comparison import EMISSIONS, Comparison, emission_rows
from corridors.output.store import number
from corridors.studies.compare.run import compare
from tests.output.fixtures import example_comparison

HERE = ["corridors=[suez, kazakhstan-dostyk, northern-sea-route]"]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(load_scenario("shanghai-europe", set_values=HERE))


def test_the_elements_of_a_corridor_sum_to_its_totals(comparison: Comparison) -> None:
    rows = emission_rows(comparison)
    for option in comparison.routes:
        own = [row for row in rows if row["corridor"] == option.corridor]
        for chain, total in (
            ("wtw", option.co2e_wtw_kg_per_teu),
            ("ttw", option.co2e_ttw_kg_per_teu),
        ):
            summed = sum(number(row.get(f"co2e_{chain}_kg_per_teu", 0.0)) for row in own)
            assert summed == pytest.approx(total, abs=0.01)
        elements = {row["element"]: row for row in own}
        assert list(elements) == list(range(1, len(option.steps) + 1))
        km = sum(number(row["distance_km"]) for row in elements.values() if row["kind"] == "leg")
        assert km == pytest.approx(option.km(), abs=0.1)


def test_an_element_is_worked_as_by_hand() -> None:
    # 2 kg WTW and 1.5 kg TTW on 100 km with 8 t: 800 t-km; 0.25 kg/t; 2,000 g / 800 = 2.5 g/t-km.
    calm = example_comparison()
    line = EnergyLine(
        driver="energy.vlsfo",
        scope="sea/14k",
        label="Marine fuel burnt",
        quantity=0.0005,
        unit="t",
        co2e_wtw_kg=2.0,
        co2e_ttw_kg=1.5,
        source_id="glec",
        status=Status.FOUND,
    )
    leg = next(step for step in calm.routes[0].steps if step.kind == "leg")
    route = replace(calm.routes[0], steps=(replace(leg, km=100.0, energy=(line,)),))
    shipment = replace(calm.scenario.shipment, cargo_t_per_teu=8.0)
    asked = replace(calm, routes=(route,), scenario=replace(calm.scenario, shipment=shipment))
    row = emission_rows(asked)[0]
    assert row["activity_t_km_per_teu"] == 800.0
    assert (row["co2e_wtw_kg_per_t"], row["co2e_ttw_kg_per_t"]) == (0.25, 0.1875)
    assert (row["co2e_wtw_g_per_t_km"], row["co2e_ttw_g_per_t_km"]) == (2.5, 1.875)
    assert (row["energy_carrier"], row["kind"], row["factor_status"]) == ("vlsfo", "leg", "found")


def test_a_hub_operation_has_no_distance_and_a_step_without_energy_keeps_its_row(
    comparison: Comparison,
) -> None:
    rows = emission_rows(comparison)
    hubs = [row for row in rows if row["kind"] == "hub operation"]
    assert hubs
    assert all(row["distance_km"] is None for row in hubs)
    assert any(row["energy_carrier"] == "hub" for row in hubs)
    calls = [row for row in hubs if str(row["label"]).startswith("Port calls")]
    assert [row["energy_carrier"] for row in calls] == [""] * len(calls)


def test_a_closed_corridor_has_no_element() -> None:
    calm = example_comparison()
    closed = {route.corridor for route in calm.routes if not route.usable}
    assert closed
    assert not closed & {row["corridor"] for row in emission_rows(calm)}


def test_the_file_has_its_columns_and_runs_no_formula(comparison: Comparison) -> None:
    step: RouteStep = comparison.routes[0].steps[0]
    route = replace(
        comparison.routes[0], steps=(replace(step, label="=HYPERLINK(1)\nx", energy=()),)
    )
    table = list(csv.reader(io.StringIO(EMISSIONS.csv(replace(comparison, routes=(route,))))))
    assert tuple(table[0]) == EMISSIONS.names
    assert table[1][EMISSIONS.names.index("label")] == "'=HYPERLINK(1) x"
    assert len(table) == 2


def test_a_desk_for_figures_only_tells_no_energy_by_step() -> None:
    scenario = load_scenario("shanghai-europe", set_values=["corridors=[suez]"])
    option = compare(scenario, figures_only=True).routes[0]
    assert not any(step.energy for step in option.steps)
