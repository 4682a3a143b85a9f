"""Measure the land of the shipped map under ways at sea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.geodata import network_file
from corridors.data.paths import cached_while_unchanged, read_json
from corridors.data.sea_areas import STEP_KM, destinations, great_circles
from corridors.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from shapely import STRtree

Line = Sequence[tuple[float, float]]
TILE_DEG = 10.0
# No line runs along an edge of tiles that begin at such a number.
FIRST_DEG = 0.12345678
CIRCLE_CORNERS = 32
GRID_DEG = 0.1
GRID_STEP_KM = 10.0
MOST_ON_GRID = 4
"""About 40 km of land: far more than a way may cross, even where it follows a coast."""


def land_km(line: Line) -> float:
    """Return the km of a line of (lon, lat), drawn straight, that lie on land of the map.

    Longitudes may exceed 180.
    """
    return float(lands_km(Lines.of([line]))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Many lines: rows of lon and lat with the number of the line of each, and how many there are.

    Longitudes do not jump and may exceed 180.
    """

    points: FloatArray
    number: IntArray
    count: int

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Lines:
        """Return lines of two or more points each."""
        return cls(
            points=np.array([point for line in lines for point in line], float).reshape(-1, 2),
            number=np.repeat(np.arange(len(lines)), [len(line) for line in lines]),
            count=len(lines),
        )

    @classmethod
    def straight(cls, starts: FloatArray, ends: FloatArray, *, step_km: float = STEP_KM) -> Lines:
        """Return great circles between points, rows of lon and lat, under half the globe apart."""
        lon, lat, number = great_circles(*starts.T, *ends.T, step_km=step_km)
        points = np.column_stack([lon, lat])
        after = np.append(np.flatnonzero(np.diff(number)), number.size - 1) + 1
        points = np.insert(points, after, ends, axis=0)
        number = np.insert(number, after, np.arange(len(starts)))
        middle = starts[number, 0]
        points[:, 0] = middle + (points[:, 0] - middle + 180.0) % 360.0 - 180.0
        return cls(points=points, number=number, count=len(starts))

    def taken(self, rows: IntArray) -> Lines:
        """Return some of the lines, by ascending numbers."""
        keep = np.isin(self.number, rows)
        number = np.searchsorted(rows, self.number[keep])
        return Lines(points=self.points[keep], number=number, count=rows.size)

    def pieces(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """Return where the pieces of all lines start and how they lead on, with their lines."""
        same = self.number[1:] == self.number[:-1]
        step = np.diff(self.points, axis=0)[same]
        return self.points[:-1][same], step, self.number[:-1][same]


def lands_km(lines: Lines) -> FloatArray:
    """Return the km of each of many lines that lie on land of the map, as `land_km`."""
    import shapely

    found = np.zeros(lines.count)
    if not lines.count:
        return found
    tree = _land(network_file("basemap.json"))
    first = np.searchsorted(lines.number, np.arange(lines.count))
    west = np.minimum.reduceat(lines.points[:, 0], first)
    east = np.maximum.reduceat(lines.points[:, 0], first)
    for turn in (-360.0, 0.0, 360.0):
        rows = np.flatnonzero((east + turn >= -180.0) & (west + turn <= 180.0))
        if not rows.size:
            continue
        some = lines.taken(rows)
        moved = shapely.linestrings(some.points + np.array([turn, 0.0]), indices=some.number)
        which, parts = _on_land(moved, tree)
        which = rows[which]
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        inside = part[1:] == part[:-1]
        lon, lat = np.radians(coordinates.T)
        chord = np.sin(np.diff(lat) / 2.0) ** 2
        chord += np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2.0) ** 2
        km = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
        np.add.at(found, which[part[1:][inside]], km[inside])
    return found


def _on_land(
    moved: npt.NDArray[np.object_], tree: STRtree
) -> tuple[IntArray, npt.NDArray[np.object_]]:
    """Return the parts of lines on land, with the number of the line of each."""
    import shapely

    which, tiles = tree.query(moved, predicate="intersects")
    found = shapely.intersection(moved[which], tree.geometries[tiles])
    parts, of = shapely.get_parts(found, return_index=True)
    return which[of], parts


def horizon_km(lon: float, lat: float, bearings_deg: FloatArray, *, reach_km: float) -> FloatArray:
    """Return by bearing beyond how many km a point sees nothing, by a coarse grid of land.

    It looks no further than `reach_km`. What lies nearer than the horizon may still be hidden: the
    ray must cross `MOST_ON_GRID` cells of land first, far more than a way may.
    """
    grid = _grid(network_file("basemap.json"))
    away = np.arange(GRID_STEP_KM, reach_km + GRID_STEP_KM, GRID_STEP_KM)
    to_lon, to_lat = destinations(lon, lat, bearings_deg[:, None], away[None, :])
    column = ((to_lon + 180.0) % 360.0 / GRID_DEG).astype(int)
    row = ((to_lat + 90.0) / GRID_DEG).astype(int)
    on_land = grid[np.minimum(row, grid.shape[0] - 1), np.minimum(column, grid.shape[1] - 1)]
    beyond = np.cumsum(on_land, axis=1) >= MOST_ON_GRID
    return np.where(beyond.any(axis=1), away[np.argmax(beyond, axis=1)], reach_km)


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


def lands_at(points: Sequence[tuple[float, float]]) -> list[int]:
    """Return by point (lon, lat) the number of the land nearest to it: a continent or an island."""
    import shapely

    tree = _lands(network_file("basemap.json"))
    found: list[int] = tree.nearest(shapely.points(points)).tolist()
    return found


@cached_while_unchanged
def _lands(path: Path) -> STRtree:
    """Return the land by continent and island."""
    import shapely

    return shapely.STRtree([shapely.Polygon(shell) for shell, *_ in _polygons(path)])


@cached_while_unchanged
def _polygons(path: Path) -> tuple[tuple[FloatArray, ...], ...]:
    """Return the rings of each polygon of land, the outer one first, as rows of lon and lat."""
    return read_json(
        path,
        lambda found: tuple(
            tuple(np.array(ring, float).reshape(-1, 2) for ring in polygon)
            for polygon in found["land"]
        ),
    )


@cached_while_unchanged
def _grid(path: Path) -> BoolArray:
    """Return by row from the south and column from 180 W which cells have land at their middle."""
    rings = [ring for polygon in _polygons(path) for ring in polygon]
    one = np.concatenate(rings)
    other = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    rows, columns = round(180.0 / GRID_DEG), round(360.0 / GRID_DEG)
    south, north = (
        np.ceil((side + 90.0) / GRID_DEG - 0.5).astype(int)
        for side in (np.minimum(one[:, 1], other[:, 1]), np.maximum(one[:, 1], other[:, 1]))
    )
    # Each side of a ring turns water into land, and back, east of it in the rows that it crosses.
    side = np.repeat(np.arange(len(one)), north - south)
    first = np.cumsum(north - south) - (north - south)
    row = np.arange(side.size) - first[side] + south[side]
    rise = (row + 0.5) * GRID_DEG - 90.0 - one[side, 1]
    lon = one[side, 0] + rise * ((other - one)[side, 0] / (other - one)[side, 1])
    column = np.clip(np.ceil((lon + 180.0) / GRID_DEG - 0.5).astype(int), 0, columns)
    turns = np.zeros((rows, columns + 1), np.uint8)
    np.add.at(turns, (row, column), 1)
    land: BoolArray = np.cumsum(turns[:, :columns], axis=1, dtype=np.uint8) % 2 == 1
    return land


@cached_while_unchanged
def _land(path: Path) -> STRtree:
    """Return the land cut into tiles, which are measured sooner than a continent.

    The polygons of the map do not overlap.
    """
    import shapely

    polygons = [
        shapely.make_valid(shapely.Polygon(shell, holes)) for shell, *holes in _polygons(path)
    ]
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
