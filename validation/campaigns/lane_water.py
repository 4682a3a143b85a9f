"""Hold distances on the lanes to shortest ways over the water of Natural Earth 1:10m, by region.

The ways hug the coast, at no offing, so ships sail a little more; `own_errors` measures what else
the search adds. Ours are as long as they are drawn (`lane_lengths`), and both keep out of water
that no ship takes (`sea_barriers.csv`). A port joins the water within 3 km, or up to 6 km where the
map has none nearer.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from corridors.network.locate import Place
from corridors.units import EARTH_RADIUS_KM
from validation.campaigns.land import GEOD, BoolArray, Box, FloatArray, Land, shape_of
from validation.campaigns.lane_lengths import drawn_km
from validation.campaigns.lane_regions import Line, Region, barriers_in, ports_on_lanes
from validation.campaigns.lane_tables import HEADINGS, Compared, Section, spread, worst
from validation.campaigns.water_paths import MOST_OFF_KM, Harbour, Water, vector_of, water_of

LEAST_KM = 40.0
"""Nearer ports are left out: harbours decide there, not lanes."""
MOST_MEDIAN, MOST_NINTH = 0.01, 0.03
"""In each region: the median, either way, and the 90th percentile."""
ISLAND = (10.0, 40.0)
ISLAND_KM = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was drawn in a region: km of ours beside those over water, and what was left out.

    `shores` are ports too far from water on the map, `parted` those that ours or the map cuts off,
    and `near` pairs under `LEAST_KM`.
    """

    rows: tuple[Compared, ...]
    ports: int
    shores: int
    parted: int
    near: int


def drawn_on(land: BoolArray, box: Box, degrees: float, line: Line, *, wet: bool) -> None:
    """Make the cells of a line water or land, as wide as no diagonal can cross."""
    for one, other in pairwise(line):
        count = int(np.ceil(4 * np.hypot(other[0] - one[0], other[1] - one[1]) / degrees)) + 1
        lons, lats = (np.linspace(one[k], other[k], count) for k in (0, 1))
        inside = (box.west <= lons) & (lons < box.east) & (box.south <= lats) & (lats < box.north)
        rows = np.floor((lats[inside] - box.south) / degrees).astype(int)
        columns = np.floor((lons[inside] - box.west) / degrees).astype(int)
        land[rows, columns] = not wet
        land[rows, np.minimum(columns + 1, land.shape[1] - 1)] = not wet


def water_in(region: Region, land: Land) -> Water:
    """Return the water of a region, its barriers shut and its narrows open."""
    raster = land.raster(region.box, region.degrees)
    for line in region.narrows:
        drawn_on(raster, region.box, region.degrees, line, wet=True)
    for line in barriers_in(region.box):
        drawn_on(raster, region.box, region.degrees, line, wet=False)
    return water_of(raster, region.box, region.degrees, at=region.at)


def ports_in(region: Region) -> list[Place]:
    """Return the ports of the world list that may be drawn in a region."""
    return [
        port
        for port in ports_on_lanes()
        if region.ports.holds(port.lon, port.lat)
        and not any(box.holds(port.lon, port.lat) for box in region.without)
    ]


def sample(region: Region, land: Land, *, sources: int, goals: int, seed: int) -> Sample:
    """Return drawn pairs of a region: some ports, and from each of them ways to others."""
    water, ports = water_in(region, land), ports_in(region)
    harbours = {port.id: water.harbour(port.lon, port.lat) for port in ports}
    reached: list[tuple[Place, Harbour]] = []
    for port in ports:
        harbour = harbours[port.id]
        if harbour is not None:
            reached.append((port, harbour))
    draw = random.Random(f"{seed} {region.name}")
    rows, near, parted = [], 0, 0
    for port, harbour in draw.sample(reached, min(sources, len(reached))):
        others = draw.sample([one for one in reached if one[0] != port], goals)
        ways = water.km(harbour, [goal for _, goal in others])
        ours = drawn_km(port, [goal for goal, _ in others])
        for (goal, _), way, km in zip(others, ways, ours.tolist(), strict=True):
            if not isfinite(way) or not isfinite(km):
                parted += 1
            elif way < LEAST_KM:
                near += 1
            else:
                name = f"{port.name} ({port.id}) - {goal.name} ({goal.id})"
                rows.append(Compared(name=name, ours=km, reference=way))
    return Sample(
        rows=tuple(rows),
        ports=len(ports),
        shores=len(ports) - len(reached),
        parted=parted,
        near=near,
    )


def open_water_errors(degrees: float, *, pairs: int, seed: int) -> list[float]:
    """Return the errors of ways over open water, which are geodesics, as fractions."""
    box = Box(west=-60.0, south=10.0, east=-20.0, north=50.0)
    water = water_of(np.zeros(shape_of(box, degrees), np.bool_), box, degrees, at=(-40.0, 30.0))
    draw, errors = random.Random(f"{seed} open"), []
    for _ in range(pairs):
        ends = [(draw.uniform(-58.0, -22.0), draw.uniform(12.0, 44.0)) for _ in range(2)]
        one, other = (_harbour(water, *end) for end in ends)
        errors.append(water.km(one, [other])[0] / (GEOD.inv(*ends[0], *ends[1])[2] / 1000.0) - 1.0)
    return errors


def island_errors(degrees: float, *, pairs: int, seed: int) -> list[float]:
    """Return the errors of ways around a round island, as fractions.

    The shortest way follows two tangents and the shore between them.
    """
    box = Box(west=0.0, south=32.0, east=20.0, north=48.0)
    rows, columns = shape_of(box, degrees)
    lat = np.radians(box.south + (np.arange(rows) + 0.5) * degrees)[:, None]
    lon = np.radians(box.west + (np.arange(columns) + 0.5) * degrees)[None, :]
    middle = vector_of(*ISLAND)
    cosine = np.cos(lat) * (np.cos(lon) * middle[0] + np.sin(lon) * middle[1])
    land = cosine + np.sin(lat) * middle[2] >= np.cos(ISLAND_KM / EARTH_RADIUS_KM)
    water = water_of(land, box, degrees, at=(1.0, 33.0))
    draw, errors = random.Random(f"{seed} island"), []
    for _ in range(pairs):
        begin, apart = draw.uniform(0.0, 360.0), draw.uniform(120.0, 175.0)
        away = [draw.uniform(400.0, 600.0) for _ in range(2)]
        ideal = _around_island(begin, apart, away)
        one, other = (_harbour(water, *ideal[k]) for k in (0, -1))
        km = sum(GEOD.inv(*a, *b)[2] for a, b in pairwise(ideal)) / 1000.0
        errors.append(water.km(one, [other])[0] / km - 1.0)
    return errors


def _harbour(water: Water, lon: float, lat: float) -> Harbour:
    found = water.harbour(lon, lat)
    if found is None:
        msg = f"no water at {lon}, {lat}"
        raise ValueError(msg)
    return found


def _around_island(
    begin: float, apart: float, away_km: Sequence[float]
) -> list[tuple[float, float]]:
    """Return the shortest line around the island between two bearings from its middle."""
    radius = ISLAND_KM / EARTH_RADIUS_KM
    turns = [np.degrees(np.arccos(np.tan(radius) / np.tan(km / EARTH_RADIUS_KM))) for km in away_km]
    shore = np.linspace(begin + turns[0], begin + apart - turns[1], 400)
    bearings = np.array([begin, *shore, begin + apart])
    km = np.array([away_km[0], *[ISLAND_KM] * shore.size, away_km[1]])
    lon, lat = _off(bearings, km)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def _off(bearings: FloatArray, km: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return points by bearing and km from the middle of the island, on a sphere."""
    lon, lat = np.radians(ISLAND[0]), np.radians(ISLAND[1])
    angle, course = km / EARTH_RADIUS_KM, np.radians(bearings)
    sine = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(course)
    east = np.sin(course) * np.sin(angle) * np.cos(lat)
    return (
        np.degrees(lon + np.arctan2(east, np.cos(angle) - np.sin(lat) * sine)),
        np.degrees(np.arcsin(sine)),
    )


def own_errors(*, seed: int) -> list[str]:
    """Return lines on the error of the reference itself, where the shortest way is known."""
    lines = [f"{'error of the reference, %':<42}{HEADINGS}"]
    for degrees in (0.02, 0.01):
        for title, errors in (
            ("open water", open_water_errors(0.02, pairs=6, seed=seed) if degrees > 0.01 else []),
            ("around a round island", island_errors(degrees, pairs=8, seed=seed)),
        ):
            if errors:
                lines.append(f"{title + f', {degrees} degrees':<42}{spread(errors)}")
    return lines


def water_section(
    land: Land, regions: Sequence[Region], *, sources: int, goals: int, count: int, seed: int
) -> Section:
    """Return how much longer ours are than shortest ways over water, by region."""
    lines = own_errors(seed=seed)
    lines += ["", f"{'ours / way over water - 1, %':<42}{HEADINGS}"]
    notes, failures, far = [], [], []
    for region in regions:
        found = sample(region, land, sources=sources, goals=goals, seed=seed)
        errors = [row.error for row in found.rows]
        lines.append(f"{region.name + f', {region.degrees} degrees':<42}{spread(errors)}")
        short = sum(error < -0.02 for error in errors)
        notes += [
            f"{region.name}: {found.shores} of {found.ports} ports lie over {MOST_OFF_KM:.0f} km"
            " from water of the map;",
            f"  pairs left out: {found.parted} parted, {found.near} under {LEAST_KM:.0f} km;"
            f" {short} of ours over 2 % shorter than the way",
        ]
        if errors and abs(median := statistics.median(errors)) > MOST_MEDIAN:
            failures.append(f"{region.name}: median {100 * median:+.2f} %")
        if errors and (ninth := float(np.percentile(errors, 90))) > MOST_NINTH:
            failures.append(f"{region.name}: 90th percentile {100 * ninth:+.2f} %")
        far += [f"worst, {region.name}:", *worst(found.rows, count, unit="km")]
    return Section(
        title="Shortest ways over water",
        lines=(*lines, "", *notes, "", *far),
        failures=tuple(failures),
    )
