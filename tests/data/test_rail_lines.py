"""Drawn lines of the shipped rail legs at zoom 6: where they bend, and where that is not known."""

from __future__ import annotations

import csv
import re
from itertools import pairwise

import numpy as np
import pytest
from pyproj import Geod

from corridors.data.geodata import LandLeg, line_of, load_rail_legs
from corridors.data.paths import network_dir

GEOD = Geod(ellps="WGS84")
LONGEST_CHORD_KM = 50.0
TOLD = re.compile(r"drawn straight for (\d+) km, the track at most (\d+) km off")
# Regressions only: what was without a known station when it was last measured.
MOST_STRAIGHT_KM = 14_860
MOST_STRAY_KM = 60
ON_THE_LINE_KM = 0.01
# Junctions of the graph that lie on one geodesic, within metres.
STRAIGHT_BY_JUNCTIONS = {"ir-mashhad--ir-garmsar", "ru-chudovo--ru-st-petersburg"}


@pytest.fixture(scope="module")
def legs() -> tuple[LandLeg, ...]:
    return load_rail_legs()


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    with (network_dir() / "rail_legs.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def km(points: list[tuple[float, float]]) -> list[float]:
    """Return the geodesic lengths between successive points."""
    lon, lat = np.array(points).T
    return [float(m) / 1000 for m in GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]]


def test_no_rail_leg_is_drawn_with_a_chord_over_50_km(legs: tuple[LandLeg, ...]) -> None:
    longest = {leg.id: max(km(list(line_of(leg)))) for leg in legs}
    assert {name: far for name, far in longest.items() if far > LONGEST_CHORD_KM} == {}


def off_km(inner: list[tuple[float, float]]) -> float:
    """Return how far the furthest inner point lies from the geodesic of the two ends."""
    chord = km([inner[0], inner[-1]])[0]
    far = 0.0
    for point in inner[1:-1]:
        one, two = km([inner[0], point, inner[-1]])
        far = max(far, 2 * (one + two - chord) * one * two / (one + two))
    return float(np.sqrt(far))


def longest_straight_km(points: list[tuple[float, float]]) -> float:
    """Return the longest stretch whose points all lie on one geodesic."""
    longest, start = 0.0, 0
    for end in range(1, len(points)):
        if off_km(points[start : end + 1]) > ON_THE_LINE_KM:
            start = end - 1
        longest = max(longest, km([points[start], points[end]])[0])
    return longest


def test_a_stretch_without_a_known_station_is_reported(
    legs: tuple[LandLeg, ...], rows: dict[str, dict[str, str]]
) -> None:
    untold = {
        leg.id: longest
        for leg in legs
        if not TOLD.search(rows[leg.id]["note"])
        and (longest := longest_straight_km(list(line_of(leg)))) > LONGEST_CHORD_KM
    }
    assert untold.keys() <= STRAIGHT_BY_JUNCTIONS


def test_no_more_track_is_drawn_straight_than_was_measured(
    rows: dict[str, dict[str, str]],
) -> None:
    tracks = (row for row in rows.values() if row["system"] != "road")
    told = [match for row in tracks if (match := TOLD.search(row["note"]))]
    assert 0 < sum(int(match[1]) for match in told) <= MOST_STRAIGHT_KM
    assert max(int(match[2]) for match in told) <= MOST_STRAY_KM


def test_no_line_is_longer_than_its_track(
    legs: tuple[LandLeg, ...], rows: dict[str, dict[str, str]]
) -> None:
    track_km = {leg.id: max(leg.length_km, float(rows[leg.id]["graph_km"])) for leg in legs}
    longer = {
        leg.id: (drawn, track_km[leg.id])
        for leg in legs
        if (drawn := sum(km(list(line_of(leg))))) > 1.01 * track_km[leg.id] + 5
    }
    assert longer == {}


def test_lines_start_and_end_at_their_places(legs: tuple[LandLeg, ...]) -> None:
    meeting: dict[str, list[tuple[float, float]]] = {}
    for leg in legs:
        line = line_of(leg)
        meeting.setdefault(leg.from_id, []).append(line[0])
        meeting.setdefault(leg.to_id, []).append(line[-1])
    for name, points in meeting.items():
        assert all(km([one, two])[0] < 30 for one, two in pairwise(points)), name
