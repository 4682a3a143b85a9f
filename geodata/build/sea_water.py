"""Rasterise the water that ships take, and its distance to land.

Natural Earth 10m land is filled on a grid of 0.01 degrees. Water is what hangs together with the
Atlantic, the Black Sea or the Sea of Azov and is not shut by `sea_barriers.csv` (water that no
ship takes, ice). The cut lines of gates are obstacles of their own kind, which no arc crosses.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
from common import BUILD, Point, read_land_polygons, read_rows
from numba import njit, prange
from scipy import ndimage

DEGREES = 0.01
SOUTH, NORTH = -62.0, 82.0
COLUMNS, ROWS = 36_000, round((NORTH - SOUTH) / DEGREES)
EARTH_KM, KM_PER_DEGREE = 6371.0088, 111.195
MOST_CELLS = 120
LAND, MOST_WATER, INLAND, BARRIER = 0, 250, 254, 255
"""Cells: land at the coast, half km to land up to 250, land further in, where no arc passes."""
AT_SEA: tuple[Point, ...] = ((-30.0, 0.0), (33.0, 43.0), (36.5, 46.2), (28.0, 40.75))


def rings_of(raw: Path) -> list[Any]:
    """Return the rings of land as arrays of (lon, lat), land on their left hand."""
    import shapely

    rings = []
    for shape in read_land_polygons(raw):
        for part in shapely.get_parts(shape):
            polygon = shapely.geometry.polygon.orient(part, 1.0)
            rings += [np.array(r.coords) for r in (polygon.exterior, *polygon.interiors)]
    return rings


@njit(cache=True)
def _crossings(x: Any, y: Any, starts: Any, rows: int, south: float, step: float) -> Any:
    """Return the row and longitude of each place where a ring crosses the middle of a row."""
    total = 0
    for turn in range(2):
        if turn == 1:
            row_of, lon_of = np.empty(total, np.int32), np.empty(total, np.float64)
            total = 0
        for ring in range(starts.size - 1):
            for k in range(starts[ring], starts[ring + 1] - 1):
                low, high = min(y[k], y[k + 1]), max(y[k], y[k + 1])
                first = max(0, int(np.ceil((low - south) / step - 0.5)))
                last = min(rows - 1, int(np.ceil((high - south) / step - 0.5)) - 1)
                for row in range(first, last + 1):
                    if turn == 1:
                        share = (south + (row + 0.5) * step - y[k]) / (y[k + 1] - y[k])
                        row_of[total] = row
                        lon_of[total] = x[k] + share * (x[k + 1] - x[k])
                    total += 1
    return row_of, lon_of


@njit(cache=True)
def _filled(row_of: Any, lon_of: Any, rows: int, columns: int, step: float) -> Any:
    land = np.zeros((rows, columns), np.bool_)
    k = 0
    while k + 1 < row_of.size:
        if row_of[k] != row_of[k + 1]:
            k += 1
            continue
        first = max(0, int(np.ceil((lon_of[k] + 180.0) / step - 0.5)))
        last = min(columns - 1, int(np.ceil((lon_of[k + 1] + 180.0) / step - 0.5)) - 1)
        for column in range(first, last + 1):
            land[row_of[k], column] = True
        k += 2
    return land


def land_raster(rings: list[Any]) -> Any:
    """Return which cells have their middle on land, rows from south to north."""
    starts = np.cumsum([0, *map(len, rings)])
    points = np.concatenate(rings)
    row_of, lon_of = _crossings(
        points[:, 0].copy(), points[:, 1].copy(), starts, ROWS, SOUTH, DEGREES
    )
    order = np.lexsort((lon_of, row_of))
    return _filled(row_of[order], lon_of[order], ROWS, COLUMNS, DEGREES)


def cells_on(line: list[Point]) -> tuple[Any, Any]:
    """Return rows and columns of the cells under a line drawn straight, two cells thick."""
    rows, columns = [], []
    for (x0, y0), (x1, y1) in itertools.pairwise(line):
        count = int(np.hypot(x1 - x0, y1 - y0) / DEGREES * 4) + 2
        share = np.linspace(0.0, 1.0, count)
        rows.append((y0 + share * (y1 - y0) - SOUTH) / DEGREES)
        columns.append((x0 + share * (x1 - x0) + 180.0) / DEGREES)
    row, column = np.concatenate(rows), np.concatenate(columns)
    steps = [(0.0, 0.0), (0.7, 0.0), (-0.7, 0.0), (0.0, 0.7), (0.0, -0.7)]
    row = np.concatenate([row + up for up, _ in steps]).astype(np.int64)
    column = np.concatenate([column + east for _, east in steps]).astype(np.int64) % COLUMNS
    inside = (row >= 0) & (row < ROWS)
    return row[inside], column[inside]


def read_line(text: str) -> list[Point]:
    """Return the points of `lon lat;lon lat`."""
    return [(float(a), float(b)) for a, b in (p.split() for p in text.split(";") if p.strip())]


def shut_boxes(land: Any) -> None:
    """Fill in the boxes that `sea_barriers.csv` shuts."""
    for row in read_rows(BUILD / "sea_barriers.csv"):
        if row["kind"] == "box":
            (west, south), (east, north) = read_line(row["points"])
            rows = slice(*(int((lat - SOUTH) / DEGREES) for lat in (south, min(north, NORTH))))
            land[rows, int((west + 180) / DEGREES) : int((east + 180) / DEGREES)] = True


def barrier_lines() -> list[list[Point]]:
    """Return the lines that `sea_barriers.csv` shuts."""
    rows = read_rows(BUILD / "sea_barriers.csv")
    return [read_line(row["points"]) for row in rows if row["kind"] == "line"]


def joined_to_the_sea(water: Any) -> Any:
    """Return the water that hangs together with a point at sea; sides of the map are joined."""
    label, count = ndimage.label(water)
    parent = np.arange(count + 1)

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = int(parent[k])
        return k

    for west, east in zip(label[:, 0].tolist(), label[:, -1].tolist(), strict=True):
        if west and east:
            parent[root(west)] = root(east)
    wanted = {root(int(label[cell_of(*point)])) for point in AT_SEA}
    kept = np.array([k > 0 and root(k) in wanted for k in range(count + 1)])
    return kept[label]


def is_water(values: Any) -> Any:
    """Return which cells are water that arcs may pass."""
    return (values > LAND) & (values <= MOST_WATER)


def open_water(wide: Any, least_km2: float) -> Any:
    """Return which cells of some water hang together over at least an area, in km2.

    Waters that meet at 180 degrees count apart.
    """
    label, count = ndimage.label(wide)
    lats = SOUTH + (np.arange(ROWS) + 0.5) * DEGREES
    cell_km2 = (KM_PER_DEGREE * DEGREES) ** 2 * np.cos(np.radians(lats))
    area = np.zeros(count + 1)
    for row, km2 in zip(label, cell_km2.tolist(), strict=True):
        area += km2 * np.bincount(row, minlength=count + 1)
    large = area >= least_km2
    large[0] = False
    return large[label]


def cell_of(lon: float, lat: float) -> tuple[int, int]:
    """Return row and column of the cell at a point."""
    return int((lat - SOUTH) / DEGREES), int((lon + 180.0) / DEGREES) % COLUMNS


@njit(cache=True)
def _vertical(obstacle: Any, most: int) -> Any:
    """Return by cell the rows to the nearest obstacle of its column, at most `most`."""
    rows, columns = obstacle.shape
    far = np.full((rows, columns), most, np.uint8)
    for row in range(rows):
        for column in range(columns):
            if obstacle[row, column]:
                far[row, column] = 0
            elif row > 0 and far[row - 1, column] < most:
                far[row, column] = far[row - 1, column] + 1
    for row in range(rows - 2, -1, -1):
        for column in range(columns):
            far[row, column] = min(far[row, column], far[row + 1, column] + 1)
    return far


@njit(parallel=True, cache=True)
def _horizontal(far: Any, squeeze: Any, most: int, half_km: float) -> Any:
    """Return the distance to the nearest obstacle in half km, up to 250.

    The lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012, "Distance transforms of
    sampled functions"), with columns as wide as they are in the middle of the row.
    """
    rows, columns = far.shape
    out = np.zeros((rows, columns), np.uint8)
    for row in prange(rows):
        width = squeeze[row]
        pad = min(columns // 2, int(most / width) + 2)
        size = columns + 2 * pad
        at, cut = np.empty(size, np.int64), np.empty(size + 1, np.float64)
        k = -1
        for q in range(size):
            f = far[row, (q - pad) % columns]
            if f >= most:
                continue
            x, height = q * width, float(f) * f
            while k >= 0:
                other = at[k]
                g = far[row, (other - pad) % columns]
                xo = other * width
                s = ((height + x * x) - (float(g) * g + xo * xo)) / (2.0 * (x - xo))
                if s > cut[k]:
                    break
                k -= 1
            if k < 0:
                s = -1e30
            k += 1
            at[k], cut[k], cut[k + 1] = q, s, 1e30
        if k < 0:
            out[row, :] = 250
            continue
        j = 0
        for column in range(columns):
            x = (column + pad) * width
            while cut[j + 1] < x:
                j += 1
            g = far[row, (at[j] - pad) % columns]
            away = x - at[j] * width
            d = np.sqrt(away * away + float(g) * g) * half_km
            out[row, column] = 250 if d > 250 else int(d)
    return out


def distance_raster(rings: list[Any], cuts: list[list[Point]]) -> Any:
    """Return half km to the nearest land by cell, with the marks above for other cells.

    No arc passes the cut lines of gates, and the lines that `sea_barriers.csv` shuts.
    """
    land = land_raster(rings)
    shut, cut = np.zeros(land.shape, np.bool_), np.zeros(land.shape, np.bool_)
    shut_boxes(land)
    for line in barrier_lines():
        shut[cells_on(line)] = True
    for line in cuts:
        cut[cells_on(line)] = True
    sea = joined_to_the_sea(~land & ~shut)
    cut |= shut
    obstacle = ~sea | cut
    far = _vertical(obstacle, MOST_CELLS)
    lats = SOUTH + (np.arange(ROWS) + 0.5) * DEGREES
    out = _horizontal(far, np.cos(np.radians(lats)), MOST_CELLS, 2.0 * KM_PER_DEGREE * DEGREES)
    out[sea & (out == LAND)] = 1
    out[~sea] = LAND
    out[ndimage.binary_erosion(~sea & ~cut, np.ones((3, 3), bool), iterations=1)] = INLAND
    out[cut] = BARRIER
    return out
