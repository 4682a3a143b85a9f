"""The rivers and narrows drawn by hand: near points, known lengths, positions that agree."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyproj
import pytest

BUILD = Path(__file__).resolve().parents[3] / "geodata" / "build"
NETWORK = BUILD.parent / "network"
GEOD = pyproj.Geod(ellps="WGS84")
FARTHEST_KM = 25.0


class Mark(NamedTuple):
    """A point of a track, in degrees, with its name if it has one."""

    lon: float
    lat: float
    name: str


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def read_tracks() -> dict[str, list[Mark]]:
    tracks: dict[str, list[Mark]] = {}
    for row in rows_of(BUILD / "river_tracks.csv"):
        mark = Mark(float(row["lon"]), float(row["lat"]), row["waypoint"])
        tracks.setdefault(row["track_id"], []).append(mark)
    return tracks


TRACKS = read_tracks()
CHECKS = rows_of(BUILD / "river_checks.csv")


def length_km(marks: list[Mark]) -> float:
    return sum(float(GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2]) for a, b in pairwise(marks)) / 1000.0


def test_points_of_a_track_follow_each_other_closely() -> None:
    for track, marks in TRACKS.items():
        steps = [length_km([a, b]) for a, b in pairwise(marks)]
        assert steps, f"{track}: one point is no track"
        assert min(steps) > 0.0, track
        assert max(steps) < FARTHEST_KM, track


def test_points_are_numbered_in_order() -> None:
    numbers: dict[str, list[int]] = {}
    for row in rows_of(BUILD / "river_tracks.csv"):
        numbers.setdefault(row["track_id"], []).append(int(row["seq"]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_no_track_has_the_name_of_a_sea_track() -> None:
    others = {row["track_id"] for row in rows_of(BUILD / "sea_tracks.csv")}
    assert not others & TRACKS.keys()


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: f"{c['track']}: {c['from']} - {c['to']}")
def test_a_track_is_as_long_as_published(check: dict[str, str]) -> None:
    marks = TRACKS[check["track"]]
    names = [mark.name for mark in marks]
    drawn = length_km(marks[names.index(check["from"]) : names.index(check["to"]) + 1]) / 1.852
    assert drawn == pytest.approx(float(check["drawn_nm"]), abs=0.06)
    tolerance = float(check["tolerance_percent"]) / 100.0
    assert drawn == pytest.approx(float(check["published_nm"]), rel=tolerance)


def test_ports_lie_where_the_corrections_say() -> None:
    ports = {row["unlocode"]: row for row in rows_of(NETWORK / "ports.csv")}
    wrong = {
        row["unlocode"]
        for row in rows_of(BUILD / "port_positions.csv")
        if row["unlocode"] in ports
        and any(float(ports[row["unlocode"]][c]) != float(row[c]) for c in ("lon", "lat"))
    }
    assert not wrong, "run python geodata/build/ports.py"
