"""Measure the land of the shipped map under ways at sea."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import FloatArray, network_file
from corridors.data.paths import kept_while_unchanged
from corridors.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from shapely import STRtree

Line = Sequence[tuple[float, float]]
TILE_DEG = 10.0
# No line runs along an edge of tiles that begin at such a number.
FIRST_DEG = 0.12345678
CIRCLE_CORNERS = 32


def land_km(line: Line) -> float:
    """Return the km of a line of (lon, lat), drawn straight, that lie on land of the map.

    Longitudes may exceed 180.
    """
    return float(lands_km([line])[0])


def lands_km(lines: Sequence[Line] | Sequence[FloatArray]) -> FloatArray:
    """Return the km of each of many lines that lie on land of the map, as `land_km`."""
    import shapely

    tree = _land(network_file("basemap.json"))
    found = np.zeros(len(lines))
    if not lines:
        return found
    sizes = np.array([len(line) for line in lines])
    points = np.concatenate([np.asarray(line, float).reshape(-1, 2) for line in lines])
    number = np.repeat(np.arange(len(lines)), sizes)
    for turn in (-360.0, 0.0, 360.0):
        moved = shapely.linestrings(points + np.array([turn, 0.0]), indices=number)
        which, tiles = tree.query(moved, predicate="intersects")
        parts = shapely.intersection(moved[which], tree.geometries[tiles])
        parts, of = shapely.get_parts(parts, return_index=True)
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        inside = part[1:] == part[:-1]
        lon, lat = np.radians(coordinates.T)
        half, rise = np.diff(lon) / 2.0, np.diff(lat) / 2.0
        chord = np.sin(rise) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(half) ** 2
        km = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
        np.add.at(found, which[of[part[1:][inside]]], km[inside])
    return found


def is_inland(lon: float, lat: float, *, within_km: float) -> bool:
    """Return whether all within some km of a point is land of the map."""
    import shapely

    tree = _land(network_file("basemap.json"))
    turn = np.linspace(0.0, 2.0 * np.pi, CIRCLE_CORNERS, endpoint=False)
    degrees = float(np.degrees(within_km / EARTH_RADIUS_KM))
    scale = max(np.cos(np.radians(lat)), 1e-6)
    around = np.column_stack([lon + degrees / scale * np.sin(turn), lat + degrees * np.cos(turn)])
    circle = shapely.Polygon(around)
    tiles = tree.geometries[tree.query(circle, predicate="intersects")]
    covered = float(shapely.area(shapely.intersection(circle, tiles)).sum())
    return covered >= float(circle.area) * (1.0 - 1e-6)


@kept_while_unchanged
def _land(path: Path) -> STRtree:
    """Return the land cut into tiles, which are measured sooner than a continent.

    The polygons of the map do not overlap.
    """
    import shapely

    polygons = []
    for rings in json.loads(path.read_text(encoding="utf-8"))["land"]:
        shells = [list(zip(ring[::2], ring[1::2], strict=True)) for ring in rings]
        polygons.append(shapely.make_valid(shapely.Polygon(shells[0], shells[1:])))
    tiles: list[shapely.Geometry] = []
    for polygon in shapely.get_parts(polygons):
        west, south, east, north = (
            np.floor((side - FIRST_DEG) / TILE_DEG) for side in shapely.bounds(polygon)
        )
        for column in np.arange(west, east + 1.0) * TILE_DEG + FIRST_DEG:
            strip = shapely.clip_by_rect(polygon, column, -90.0, column + TILE_DEG, 90.0)
            tiles.extend(
                shapely.clip_by_rect(strip, column, row, column + TILE_DEG, row + TILE_DEG)
                for row in np.arange(south, north + 1.0) * TILE_DEG + FIRST_DEG
            )
    areas: npt.NDArray[np.object_] = shapely.get_parts(tiles)
    return shapely.STRtree(areas[shapely.area(areas) > 0.0])
