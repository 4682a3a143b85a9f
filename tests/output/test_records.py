"""The contract of `comparison.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from corridors.domain.objective import Objective
from corridors.output.comparison import comparison_json, rank_options
from corridors.output.contract import option_record
from corridors.output.store import (
    build_manifest,
    hash_folder,
    iso_time,
    listing_json,
    scenario_text,
    significant,
)
from corridors.studies.option_tables import option_frame
from tests.output.fixtures import example_comparison

OPTION_KEYS = {
    "corridor",
    "title",
    "status",
    "reason",
    "next_usable_date",
    "cost_usd_per_teu",
    "transit_days",
    "days",
    "distance_km",
    "sea_nm",
    "rail_km",
    "road_km",
    "co2e_wtw_kg_per_teu",
    "co2e_ttw_kg_per_teu",
    "passages",
    "borders",
    "gauge_changes",
    "departure",
    "arrival",
    "cost_lines",
    "time_parts",
    "legs",
    "certificate",
    "warnings",
}
COST_LINE_KEYS = {
    "driver",
    "label",
    "quantity",
    "unit",
    "unit_price_usd",
    "usd_per_teu",
    "basis",
    "source_id",
    "status",
    "low",
    "high",
}
LEG_KEYS = {"from", "to", "service", "km", "hours", "departs", "arrives", "calibrated", "source"}


def test_every_option_has_every_key_of_the_contract() -> None:
    document = json.loads(comparison_json(example_comparison()))
    keys = {"manifest", "scenario", "options", "decision", "front", "ladder", "warnings"}
    assert set(document) == keys
    assert set(document["manifest"]["sha256"]) == {
        *("scenario", "geodata", "parameters", "own_data")
    }
    for option in document["options"]:
        assert set(option) >= OPTION_KEYS
        assert set(option) == set(document["options"][0])
        assert all(set(line) >= COST_LINE_KEYS for line in option["cost_lines"])
        assert all(set(leg) >= LEG_KEYS for leg in option["legs"])


def test_a_closed_corridor_has_null_figures_and_empty_lists() -> None:
    closed = json.loads(comparison_json(example_comparison()))["options"][-1]
    assert closed["status"] == "closed"
    assert closed["next_usable_date"] == "2027-07-12"
    figures = [key for key in closed if key.endswith(("_km", "_nm", "_teu", "days"))]
    assert {"cost_usd_per_teu", "days", "sea_nm", "co2e_wtw_kg_per_teu"} <= set(figures)
    assert all(closed[key] is None for key in figures)
    assert closed["departure"] is None
    assert closed["arrival"] is None
    for key in ("passages", "borders", "gauge_changes", "cost_lines", "energy_lines", "legs"):
        assert closed[key] == []
    assert closed["time_parts"] == {}


def test_printed_parts_sum_to_the_printed_totals() -> None:
    for option in json.loads(comparison_json(example_comparison()))["options"][:-1]:
        lines = sum(line["usd_per_teu"] for line in option["cost_lines"])
        assert lines == pytest.approx(option["cost_usd_per_teu"], abs=0.005)
        assert sum(option["time_parts"].values()) / 24 == pytest.approx(option["days"], abs=0.001)
        legs = sum(leg["km"] for leg in option["legs"])
        assert legs == pytest.approx(option["distance_km"], abs=0.01)
        energy = sum(line["co2e_wtw_kg"] for line in option["energy_lines"])
        assert energy == pytest.approx(option["co2e_wtw_kg_per_teu"], abs=0.001)


def test_thirds_of_a_dollar_still_sum_to_the_total() -> None:
    route = example_comparison().routes[0]
    third = replace(route.cost_lines[0], usd_per_teu=100 / 3)
    record = option_record(replace(route, cost_lines=(third, third, third)))
    assert record["cost_usd_per_teu"] == 99.99


def test_the_figures_of_the_suez_option_are_those_worked_by_hand() -> None:
    suez = option_record(example_comparison().routes[0])
    assert suez["distance_km"] == 20100.0  # 4100 + 8000 + 3600 + 4400
    assert suez["sea_nm"] == 10853.13  # 20100 / 1.852
    assert suez["rail_km"] == 0.0
    assert suez["transit_days"] == 28.25  # 678 h
    assert suez["days"] == 35.75  # and 180 h of dwell and schedule wait
    assert suez["departure"] == "2026-08-20T00:00Z"
    assert suez["arrival"] == "2026-09-17T06:00Z"


def test_the_text_is_the_same_twice_and_names_no_path() -> None:
    text = comparison_json(example_comparison())
    assert text == comparison_json(example_comparison())
    assert "somewhere" not in text
    assert text.endswith("}\n")


def test_a_figure_that_is_not_finite_is_refused() -> None:
    route = example_comparison().routes[0]
    broken = replace(route, time_parts={"sea": float("nan")})
    with pytest.raises(ValueError, match="finite number"):
        comparison_json(replace(example_comparison(), routes=(broken,)))


def test_a_listing_is_rows_under_one_key() -> None:
    assert json.loads(listing_json([{"id": "suez"}])) == {"rows": [{"id": "suez"}]}


def test_times_are_printed_in_utc() -> None:
    assert iso_time(datetime(2026, 8, 20, 1, 2)) == "2026-08-20T01:02Z"
    assert iso_time(datetime(2026, 8, 20, 1, 2, tzinfo=UTC)) == "2026-08-20T01:02Z"
    east = timezone(timedelta(hours=8))
    assert iso_time(datetime(2026, 8, 20, 1, 2, tzinfo=east)) == "2026-08-19T17:02Z"
    assert iso_time(None) is None


def test_significant_digits() -> None:
    assert significant(0.0) == 0.0
    assert significant(1234.56789, 3) == 1230.0
    assert significant(-0.000123456, 2) == -0.00012


def test_options_are_ranked_by_the_objective_and_closed_ones_come_last() -> None:
    routes = example_comparison().routes
    by_cost = [route.corridor for route in rank_options(routes)]
    assert by_cost == ["panama", "suez", "kazakhstan-dostyk", "northern-sea-route"]
    by_days = [route.corridor for route in rank_options(reversed(routes), Objective.DAYS)]
    assert by_days == ["kazakhstan-dostyk", "suez", "panama", "northern-sea-route"]


def test_the_value_of_time_can_turn_the_ranking() -> None:
    routes = example_comparison().routes
    # Panama: 911.30 + 7 x 43.208 = 1213.76; Suez: 978 + 7 x 35.75 = 1228.25; at 10 it turns.
    for value, first in ((7.0, "panama"), (10.0, "suez")):
        ranked = rank_options(routes, Objective.GENERALISED, value_of_time=value)
        assert ranked[0].corridor == first


def test_the_options_are_a_geodataframe() -> None:
    frame = option_frame(example_comparison())
    assert list(frame.index) == ["suez", "panama", "kazakhstan-dostyk", "northern-sea-route"]
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[3].is_empty
    west, _, east, _ = frame.geometry.loc["panama"].bounds
    assert (west, east) == (-180.0, 180.0)
    assert frame.loc["suez", "distance_km"] == 20100.0


def test_the_scenario_hash_does_not_depend_on_where_its_file_lies() -> None:
    scenario = example_comparison().scenario
    elsewhere = replace(scenario, source_path="elsewhere.yaml")
    assert scenario_text(scenario) == scenario_text(elsewhere)
    assert scenario_text(scenario) != scenario_text(replace(scenario, max_wait_days=3.0))


def test_a_folder_hashes_by_names_and_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    folder.mkdir()
    (folder / "a.csv").write_text("1")
    first = hash_folder(folder)
    (folder / ".hidden").write_text("2")
    assert hash_folder(folder) == first
    (folder / "a.csv").rename(folder / "b.csv")
    assert hash_folder(folder) != first
    (folder / "part").mkdir()
    (folder / "part" / "c.csv").write_text("34")
    (folder / "part" / "__pycache__").mkdir()
    (folder / "part" / "__pycache__" / "c.pyc").write_text("5")
    # Name, zero byte, length, zero byte, bytes; folder by folder in the order of names.
    by_hand = hashlib.sha256(b"b.csv\x001\x001" + b"part/c.csv\x002\x0034").hexdigest()
    assert hash_folder(folder) == by_hand
    manifest = build_manifest(example_comparison().scenario, tmp_path)
    assert manifest.geodata_sha256 == hash_folder(folder)
    assert manifest.versions["corridors"]
