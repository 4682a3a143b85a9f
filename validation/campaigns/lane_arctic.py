"""Hold the Arctic tracks to a published one, point by point.

`arctic_track.csv` samples the Northern Sea Route of `geometric_features` (MPAS-Dev), drawn for the
sea-ice model of E3SM. It is read here only, and no lane is made from it.
"""

from __future__ import annotations

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from corridors.arrays import FloatArray
from corridors.data.geodata import load_sea_lanes
from corridors.data.sea_areas import great_circles
from corridors.units import EARTH_RADIUS_KM
from validation.campaigns.lane_tables import Section

TRACK = Path(__file__).with_name("arctic_track.csv")
NORTH, STEP_KM = 60.0, 2.0
MOST_MEDIAN_KM = 15.0
"""What the tracks of today hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """A point of the published track in degrees, its waters, and km from there to our lines."""

    lon: float
    lat: float
    waters: str
    km: float


def _vectors(lon: FloatArray, lat: FloatArray) -> FloatArray:
    x, y = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=1)


def off_track() -> list[Off]:
    """Return the points of the published track with their km from the nearest line of ours."""
    lanes = load_sea_lanes()
    lon, lat = lanes.node_lon, lanes.node_lat
    tail, head = lanes.edge_from, lanes.edge_to
    north = (lat[tail] > NORTH) & (lat[head] > NORTH)
    tail, head = tail[north], head[north]
    lons, lats, _ = great_circles(lon[tail], lat[tail], lon[head], lat[head], step_km=STEP_KM)
    tree = cKDTree(_vectors(lons, lats))
    with TRACK.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    points = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
    chords = tree.query(_vectors(points[:, 0], points[:, 1]))[0]
    km = 2.0 * EARTH_RADIUS_KM * np.arcsin(chords / 2.0)
    return [
        Off(lon=x, lat=y, waters=row["waters"], km=away)
        for (x, y), row, away in zip(points.tolist(), rows, km.tolist(), strict=True)
    ]


def arctic_section() -> Section:
    """Return how far our lines lie from the published track, by waters."""
    found = off_track()
    lines = [f"{'waters':<28}{'points':>7}{'median km':>11}{'most km':>9}"]
    for waters in [*dict.fromkeys(point.waters for point in found), "all"]:
        km = [point.km for point in found if waters in (point.waters, "all")]
        lines.append(f"{waters:<28}{len(km):>7}{statistics.median(km):>11.1f}{max(km):>9.1f}")
    failures = []
    if (median := statistics.median(point.km for point in found)) > MOST_MEDIAN_KM:
        failures.append(f"the median point lies {median:.0f} km from our lines")
    return Section(
        title="Northern Sea Route beside a published track",
        lines=tuple(lines),
        failures=tuple(failures),
    )
