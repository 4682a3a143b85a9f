"""Sea legs keep to the water, by a fine map at build time and by the shipped map; none jumps."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from corridors.data.geodata import load_sea_lanes, load_sea_legs, sea_leg_nodes
from corridors.data.sea_areas import along_great_circles
from corridors.network.sea.land_crossed import land_km
from corridors.network.sea.sea_ways import shipped_line, unwrap
from corridors.output.drawn_lines import split_at_antimeridian
from tests.conftest import LONG, in_both

BUILD = Path(__file__).parents[3] / "geodata" / "build"
MOST_KM = 5.0
# The shipped map is simplified to 2 km in Eurasia and 5 km elsewhere.
MAP_KM = 15.0
# Legs change with the lanes alone: the gate looks at every eighth.
PART = 1 if LONG else 8
Key = tuple[int, int]


class Box(NamedTuple):
    """A box in degrees."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, lon: float, lat: float) -> bool:
        """Return whether a point lies in it."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


WATER_OF_THE_COAST = (
    Box(18.5, 54.35, 18.7, 54.56),  # Gdansk, whose port stands up the Dead Vistula
    Box(-70.5, -55.3, -68.4, -54.7),  # the Beagle Channel west of Ushuaia
)
"""Water of the 1:10m coast, from which the lanes are drawn, but land of the shipped map."""


def rows_of(name: str) -> list[dict[str, str]]:
    lines = (BUILD / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.lstrip('"').startswith("#")))


@pytest.fixture(scope="module")
def ways() -> list[list[Key]]:
    """Return the edges of each shipped leg."""
    found = []
    for leg in range(load_sea_legs().leg_nm.shape[0]):
        nodes = sea_leg_nodes(leg).tolist()
        found.append([(min(a, b), max(a, b)) for a, b in itertools.pairwise(nodes)])
    return found


def named(ends: list[tuple[float, float]]) -> str:
    for row in rows_of("sea_waters.csv"):
        west, south, east, north = (float(row[k]) for k in ("west", "south", "east", "north"))
        if all(west <= lon <= east and south <= lat <= north for lon, lat in ends):
            return row["waters"]
    return ""


def test_no_leg_crosses_over_five_km_of_land_but_in_named_waters(ways: list[list[Key]]) -> None:
    rows = rows_of("sea_land.csv")
    edges = {key for way in ways for key in way}
    measured = f"checked: {len(ways)} legs, {len(edges)} edges"
    assert rows[-1]["waters"] == measured, "renew it: python geodata/build/sea_land.py"
    assert rows[-2]["waters"] == "any other"
    assert float(rows[-2]["land_km"]) <= MOST_KM
    lanes = load_sea_lanes()
    there = {
        (f"{lon:.3f}", f"{lat:.3f}")
        for lon, lat in zip(lanes.node_lon, lanes.node_lat, strict=True)
    }
    for row in rows[:-2]:
        ends = [(row[f"lon_{k}"], row[f"lat_{k}"]) for k in ("a", "b")]
        assert {*ends} <= there, row
        waters = named([(float(lon), float(lat)) for lon, lat in ends])
        assert waters == row["waters"] != "" or row["waters"] == "harbours", row


def test_every_named_water_is_needed_and_says_why() -> None:
    used = {row["waters"] for row in rows_of("sea_land.csv")}
    for row in rows_of("sea_waters.csv"):
        assert row["why"]
        assert row["waters"] in used, row


@in_both
def test_no_leg_crosses_land_of_the_shipped_map(ways: list[list[Key]]) -> None:
    lanes = load_sea_lanes()
    over: dict[Key, float] = {}
    for key in sorted({key for way in ways for key in way})[::PART]:
        ends = [(float(lanes.node_lon[node]), float(lanes.node_lat[node])) for node in key]
        lon, lat = along_great_circles(np.array(ends)[:, 0], np.array(ends)[:, 1])
        over[key] = land_km(unwrap(tuple(zip(lon.tolist(), lat.tolist(), strict=True))))
        if over[key] <= MAP_KM or named(ends):
            continue
        drawn = any(all(box.contains(*end) for end in ends) for box in WATER_OF_THE_COAST)
        assert drawn, (key, ends, over[key])


@in_both
def test_no_leg_is_drawn_across_the_date_line(ways: list[list[Key]]) -> None:
    crossing = 0
    for leg in range(0, len(ways), PART):
        line = shipped_line(leg)
        if len(line) < 2:
            continue
        parts = split_at_antimeridian(line)
        crossing += len(parts) > 1
        for part in parts:
            lon = np.array([x for x, _ in part])
            assert (np.abs(lon) <= 180.0 + 1e-9).all(), leg
            assert (np.abs(np.diff(lon)) <= 180.0).all(), leg
    assert crossing > 100 // PART
