"""Piracy on the way: miles inside the areas, and the incidents of the latest year known."""

from __future__ import annotations

import pytest

from corridors.config import load_scenario
from corridors.data.sea_areas import load_piracy_areas
from corridors.output.contract import option_record, piracy_rows
from corridors.studies.compare.run import compare

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def options() -> dict[str, Rows]:
    scenario = load_scenario(
        "shanghai-europe", set_values=["corridors=[suez, northern-sea-route, kazakhstan-dostyk]"]
    )
    routes = compare(scenario).routes
    assert all(option_record(route)["piracy"] == piracy_rows(route) for route in routes)
    return {route.corridor: piracy_rows(route) for route in routes}


def test_the_way_by_suez_sails_through_areas_of_piracy_and_the_arctic_through_none(
    options: dict[str, Rows],
) -> None:
    passed = {str(row["area"]): row for row in options["suez"]}
    assert {"gulf-of-aden", "singapore-strait", "malacca-strait"} <= set(passed)
    assert "gulf-of-guinea" not in passed
    assert options["northern-sea-route"] == options["kazakhstan-dostyk"] == []
    # From 20 N in the Red Sea to 52 E off Socotra: some 450 and 480 nautical miles.
    assert 800 < float(str(passed["gulf-of-aden"]["sea_nm"])) < 1100
    # The box is 2.2 degrees of longitude wide at the equator: 132 nm at most along it.
    assert 90 < float(str(passed["singapore-strait"]["sea_nm"])) < 150


def test_a_year_without_a_report_takes_the_latest_before_it() -> None:
    areas = {area.id: area for area in load_piracy_areas()}
    singapore, aden = areas["singapore-strait"], areas["gulf-of-aden"]
    assert singapore.latest(2026) == singapore.latest(2025)
    assert [found.incidents for found in singapore.reported if found.year > 2020] == [37, 43, 80]
    latest = aden.latest(2026)
    assert latest is not None
    assert latest.year == 2020
    assert aden.latest(2004) is None
