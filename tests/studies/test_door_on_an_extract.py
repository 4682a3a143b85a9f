"""Drayage from a door measured on an OpenStreetMap extract."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.domain.results import RouteStep
from corridors.errors import ConfigError
from corridors.network.land.osm import road_km
from corridors.output.store import scenario_record
from corridors.studies.compare.run import compare

pytest.importorskip("osmnx")
ROADS = Path(__file__).parents[1] / "network" / "land" / "osm" / "helsinki-roads.osm"
YARD, SHOP = (24.9414, 60.1719), (24.9384, 60.1650)
SCENARIO = """\
origin: fi-yard
destination: ru-moscow
departure: 2026-08-20
shipment: {{teu_per_month: 100}}
services: [rail]
corridors: [own.yaml]
own_data: [own]
scope: door
door: {{{door}}}
"""
CORRIDOR = """\
id: own
title: Our own
rank: 900
colour: "#123456"
description: From a yard of our own.
services: [rail]
must_pass: [fi-yard]
"""


def write(root: Path, door: str) -> Path:
    """Write a scenario from a yard inside the extract, with what it needs beside it."""
    own = root / "own"
    own.mkdir(exist_ok=True)
    place = f"fi-yard,Yard,FI,{YARD[0]},{YARD[1]},rail/1520\n"
    (own / "terminals.csv").write_text(
        f"id,name,country,lon,lat,services\n{place}", encoding="utf-8"
    )
    (own / "legs.csv").write_text(
        "from,to,system,km\nfi-yard,fi-kouvola,1520,190\n", encoding="utf-8"
    )
    (root / "own.yaml").write_text(CORRIDOR, encoding="utf-8")
    shutil.copy(ROADS, root / "city.osm")
    path = root / "scenario.yaml"
    path.write_text(SCENARIO.format(door=door), encoding="utf-8")
    return path


def first_step(path: Path) -> RouteStep:
    """Return the drayage from the door."""
    (route,) = compare(load_scenario(path)).routes
    return route.steps[0]


def test_drayage_is_as_long_as_its_path_on_the_roads(tmp_path: Path) -> None:
    step = first_step(write(tmp_path, f'origin: "{SHOP[0]},{SHOP[1]}", osm: city.osm'))
    assert step.service == "road"
    assert step.km == pytest.approx(road_km(ROADS, SHOP, YARD), abs=0.01)
    assert step.source.startswith("OpenStreetMap extract city.osm (")
    assert len(step.lon_lat) > 4
    assert (step.lon_lat[0], step.lon_lat[-1]) == (SHOP, YARD)


def test_given_km_win_and_an_unused_extract_is_refused(tmp_path: Path) -> None:
    near = f'origin: "{SHOP[0]},{SHOP[1]}"'
    with pytest.raises(ConfigError, match=r"yaml:9: door\.osm: city\.osm serves no haul: no haul"):
        first_step(write(tmp_path, f"{near}, origin_km: 12, osm: city.osm"))
    with pytest.raises(ConfigError, match=r"serves no haul: .*km from a road of city\.osm"):
        first_step(write(tmp_path, 'origin: "25.6,60.6", osm: [city.osm]'))
    with pytest.raises(ConfigError, match=r"door\.osm.*town\.osm: cannot be read"):
        first_step(write(tmp_path, f"{near}, osm: town.osm"))


def test_the_record_knows_the_extract_by_its_hash_alone(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, f'origin: "{SHOP[0]},{SHOP[1]}", osm: city.osm'))
    record = scenario_record(scenario)
    door = record["door"]
    assert isinstance(door, dict)
    assert door["osm"] == [{"name": "city.osm", "sha256": scenario.door.osm[0].sha256}]
    assert str(tmp_path) not in json.dumps(door)
