"""Bend the long straight edges of a drawn leg at the stations its track passes.

The graph keeps junctions and true kilometres, so a line over the steppe is one straight chord.
Only the drawing bends: kilometres stay those of the graph. A stretch without a known station
stays straight and is told, with the furthest that a track of that length can stray from it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from rail_graph import GEOD, geodesic_km
from shapely import LineString

LONGEST_KM = 48.0
"""A drawn chord over this is bent; the map promises 50 km."""
PIECE_KM = 45.0
SIMPLIFY_DEGREES = 0.005
SLACK = 1.005
"""A bent edge may exceed its track by this factor and `SLACK_KM`: places are not exact."""
SLACK_KM = 1.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Straight:
    """A stretch drawn straight: its chord and how far the track may lie from it, in km."""

    km: float
    stray_km: float


def read_bends(path: Path) -> dict[str, list[Point]]:
    """Return the (lon, lat) of the stations that each leg's drawing passes, by leg id."""
    bends: dict[str, list[Point]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            bends.setdefault(row["leg"], []).append((float(row["lon"]), float(row["lat"])))
    return bends


def line_km(points: list[Point]) -> float:
    """Return the geodesic length of a line in km."""
    return sum(geodesic_km(*one, *two) for one, two in pairwise(points))


def placed(
    line: list[Point], track_km: list[float], bends: list[Point]
) -> tuple[dict[int, list[Point]], list[Point]]:
    """Return the bends of each long edge by its number, and those that no edge can reach.

    An edge takes a bend while its drawing stays no longer than its track.
    """
    taken: dict[int, list[Point]] = {}
    refused = []
    long = [n for n, ends in enumerate(pairwise(line)) if line_km(list(ends)) > LONGEST_KM]
    for bend in bends:
        detours = {}
        for number in long:
            one, two = line[number], line[number + 1]
            here = sorted([*taken.get(number, []), bend], key=lambda at: geodesic_km(*one, *at))
            straight = line_km([one, two])
            drawn = line_km([one, *here, two])
            if drawn <= max(track_km[number], straight) * SLACK + SLACK_KM:
                detours[number] = (drawn - straight, here)
        if not detours:
            refused.append(bend)
            continue
        best = min(detours, key=lambda number: detours[number][0])
        taken[best] = detours[best][1]
    return taken, refused


def bent(
    line: list[Point], track_km: list[float], bends: list[Point]
) -> tuple[list[Point], list[Straight], list[Point]]:
    """Return the line past its bends, the stretches left straight, and the bends refused.

    `track_km` holds the true kilometres of each edge of the line.
    """
    taken, refused = placed(line, track_km, bends)
    points, straights = [line[0]], []
    for number, (one, two) in enumerate(pairwise(line)):
        here = [one, *taken.get(number, []), two]
        spare = max(track_km[number] - line_km(here), 0.0)
        for start, end in pairwise(here):
            chord = line_km([start, end])
            if chord > LONGEST_KM:
                pieces = ceil(chord / PIECE_KM)
                points += [(float(x), float(y)) for x, y in GEOD.npts(*start, *end, pieces - 1)]
                stray = sqrt((chord + spare) ** 2 - chord**2) / 2
                straights.append(Straight(km=chord, stray_km=stray))
            points.append(end)
    return points, straights, refused


def simplified(line: np.ndarray) -> np.ndarray:
    """Return the line without points that a map cannot show; no chord grows over the longest."""
    if len(line) < 3:
        return line
    kept = np.array(LineString(line).simplify(SIMPLIFY_DEGREES).coords)
    at = {(lon, lat): number for number, (lon, lat) in enumerate(line.tolist())}
    points = [tuple(kept[0])]
    for end in kept[1:].tolist():
        first, last = at[points[-1]], at[tuple(end)]
        if geodesic_km(*points[-1], *end) > LONGEST_KM:
            for number in range(first + 1, last):
                if geodesic_km(*points[-1], *line[number + 1]) > PIECE_KM:
                    points.append(tuple(line[number].tolist()))
        points.append(tuple(end))
    return np.array(points)


def straight_note(straights: list[Straight]) -> str:
    """Return what a leg's note says of its straight stretches, empty where there is none."""
    if not straights:
        return ""
    km = sum(straight.km for straight in straights)
    stray = max(straight.stray_km for straight in straights)
    return f"drawn straight for {km:.0f} km, the track at most {stray:.0f} km off"
