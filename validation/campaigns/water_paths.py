"""Find shortest ways over the water of a raster, at any angle, with no graph of lanes or corners.

The search is Lazy Theta* without a goal (Nash, Koenig and Tovey 2010): Dijkstra over the eight
neighbours of a cell, where a cell keeps the last bend of its way and is reached from there along a
great circle if that circle stays on water. The way found is then pulled tight: bends move to
neighbouring cells, or go, as long as that makes it shorter. Every figure is the length on WGS 84 of
a way that exists on the raster, so it is never below the shortest one there, and over open water it
is the geodesic itself.

References
----------
A. Nash, S. Koenig, C. Tovey: Lazy Theta*: Any-Angle Path Planning and Path Length Analysis in 3D,
AAAI 2010.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_cdt, label

from corridors.units import EARTH_RADIUS_KM
from validation.campaigns.land import GEOD, BoolArray, Box, FloatArray

FREE_KM = 3.0
"""Land that near to a port does not count: the map draws piers and leaves out docks."""
MOST_OFF_KM = 5.0
"""A port farther from water lies up a river or in a lagoon that the map leaves out."""
EIGHT = np.ones((3, 3), int)
KM_PER_DEGREE = np.pi * EARTH_RADIUS_KM / 180.0

IntArray = npt.NDArray[np.int64]


class Grid(NamedTuple):
    """A raster for the kernels: limits, cell size in degrees, and by cell how many are clear.

    `clear` is 0 on land, else the least number of cells, in either direction, to land.
    """

    west: float
    south: float
    degrees: float
    clear: npt.NDArray[np.uint8]


class Free(NamedTuple):
    """Two discs where land does not count, as unit vectors, with the cosine of their radius."""

    one: FloatArray
    one_cos: float
    other: FloatArray
    other_cos: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Harbour:
    """A port on a raster: its cells of water within `radius_km`, reached over free land."""

    lon: float
    lat: float
    radius_km: float
    cells: IntArray

    @property
    def vector(self) -> FloatArray:
        """Its unit vector."""
        return vector_of(self.lon, self.lat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    """The water of a box that hangs together with a point at sea, as a raster."""

    box: Box
    grid: Grid

    def harbour(self, lon: float, lat: float) -> Harbour | None:
        """Return the port of a position, None if no water lies within `MOST_OFF_KM`."""
        rows, columns = self.grid.clear.shape
        reach = MOST_OFF_KM + FREE_KM
        row, column = self._cell(lon, lat)
        high = int(np.ceil(reach / KM_PER_DEGREE / self.grid.degrees))
        wide = int(np.ceil(high / max(0.05, np.cos(np.radians(lat)))))
        rows_near = np.arange(max(0, row - high), min(rows, row + high + 1))
        columns_near = np.arange(max(0, column - wide), min(columns, column + wide + 1))
        if not rows_near.size or not columns_near.size:
            return None
        r, c = (part.ravel() for part in np.meshgrid(rows_near, columns_near, indexing="ij"))
        wet = self.grid.clear[r, c] > 0
        r, c = r[wet], c[wet]
        km = (
            GEOD.inv(
                np.full(r.size, lon),
                np.full(r.size, lat),
                self.grid.west + (c + 0.5) * self.grid.degrees,
                self.grid.south + (r + 0.5) * self.grid.degrees,
            )[2]
            / 1000.0
        )
        if not km.size or km.min() > MOST_OFF_KM:
            return None
        radius = max(FREE_KM, float(km.min()) + 1.0)
        cells = (r * columns + c)[km <= radius]
        return Harbour(lon=lon, lat=lat, radius_km=radius, cells=cells.astype(np.int64))

    def _cell(self, lon: float, lat: float) -> tuple[int, int]:
        grid = self.grid
        return (
            int(np.floor((lat - grid.south) / grid.degrees)),
            int(np.floor((lon - grid.west) / grid.degrees)),
        )

    def km(self, origin: Harbour, goals: Sequence[Harbour]) -> list[float]:
        """Return the km on WGS 84 of the ways from a port to others, infinite if there is none."""
        wanted = np.zeros(self.grid.clear.size, np.bool_)
        for goal in goals:
            wanted[goal.cells] = True
        reach = np.cos(origin.radius_km / EARTH_RADIUS_KM)
        away, bend = search(self.grid, origin.vector, reach, origin.cells, wanted)
        return [self._pulled(origin, goal, away, bend) for goal in goals]

    def _pulled(self, origin: Harbour, goal: Harbour, away: FloatArray, bend: IntArray) -> float:
        """Return the km of the way to a port after it was pulled tight."""
        if not goal.cells.size:
            return inf
        x, y, z = cell_vectors(self.grid, goal.cells)
        last = np.arccos(np.clip(np.stack([x, y, z], 1) @ goal.vector, -1.0, 1.0))
        best = int(np.argmin(away[goal.cells] + last))
        cell = int(goal.cells[best])
        if not np.isfinite(away[cell]):
            return inf
        bends = []
        while cell >= 0:
            bends.append(cell)
            cell = int(bend[cell])
        free = Free(
            origin.vector,
            np.cos(origin.radius_km / EARTH_RADIUS_KM),
            goal.vector,
            np.cos(goal.radius_km / EARTH_RADIUS_KM),
        )
        tight = pull(self.grid, np.array(bends[::-1], np.int64), free)
        rows, columns = np.divmod(tight, self.grid.clear.shape[1])
        lons = self.grid.west + (columns + 0.5) * self.grid.degrees
        lats = self.grid.south + (rows + 0.5) * self.grid.degrees
        points = [(origin.lon, origin.lat), *zip(lons, lats, strict=True), (goal.lon, goal.lat)]
        return float(sum(GEOD.inv(*one, *other)[2] for one, other in pairwise(points))) / 1000.0


def water_of(land: BoolArray, box: Box, degrees: float, *, at: tuple[float, float]) -> Water:
    """Return the water that hangs together with the point `at` (lon, lat), for a raster of land.

    Raises
    ------
    ValueError
        The point is on land.
    """
    parts, _ = label(~land, structure=EIGHT)
    row = int((at[1] - box.south) / degrees)
    column = int((at[0] - box.west) / degrees)
    if land[row, column]:
        msg = f"{at} is on land"
        raise ValueError(msg)
    sea = parts == parts[row, column]
    clear = np.minimum(distance_transform_cdt(sea, metric="chessboard"), 250).astype(np.uint8)
    return Water(box=box, grid=Grid(west=box.west, south=box.south, degrees=degrees, clear=clear))


def vector_of(lon: float, lat: float) -> FloatArray:
    """Return the unit vector of a point."""
    a, b = np.radians(lon), np.radians(lat)
    return np.array([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])


def cell_vectors(grid: Grid, cells: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the unit vectors of the centres of cells."""
    rows, columns = np.divmod(cells, grid.clear.shape[1])
    lon = np.radians(grid.west + (columns + 0.5) * grid.degrees)
    lat = np.radians(grid.south + (rows + 0.5) * grid.degrees)
    return np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)


@nb.njit(cache=True)
def _vector(grid: Grid, cell: int) -> tuple[float, float, float]:
    columns = grid.clear.shape[1]
    lon = np.radians(grid.west + (cell % columns + 0.5) * grid.degrees)
    lat = np.radians(grid.south + (cell // columns + 0.5) * grid.degrees)
    across = np.cos(lat)
    return across * np.cos(lon), across * np.sin(lon), np.sin(lat)


@nb.njit(cache=True)
def _angle(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    # From the chord, which unlike the cosine is exact for neighbours.
    dx, dy, dz = ax - bx, ay - by, az - bz
    angle: float = 2.0 * np.arcsin(min(1.0, 0.5 * np.sqrt(dx * dx + dy * dy + dz * dz)))
    return angle


@nb.njit(cache=True)
def sees(
    grid: Grid, ax: float, ay: float, az: float, bx: float, by: float, bz: float, free: Free
) -> bool:
    """Return whether the great circle between two unit vectors keeps to water and free land.

    It walks in steps that no land can lie within: the cells that are clear, less one.
    """
    rows, columns = grid.clear.shape
    whole = _angle(ax, ay, az, bx, by, bz)
    if whole < 1e-12:
        return True
    sine = np.sin(whole)
    cell = np.radians(grid.degrees)
    at = 0.0
    while at <= whole:
        one, other = np.sin(whole - at) / sine, np.sin(at) / sine
        x, y, z = ax * one + bx * other, ay * one + by * other, az * one + bz * other
        lat, lon = np.arcsin(min(1.0, max(-1.0, z))), np.arctan2(y, x)
        row = int(np.floor((np.degrees(lat) - grid.south) / grid.degrees))
        column = int(np.floor((np.degrees(lon) - grid.west) / grid.degrees))
        if row < 0 or row >= rows or column < 0 or column >= columns:
            return False
        clear = grid.clear[row, column]
        if clear == 0:
            near = (
                x * free.one[0] + y * free.one[1] + z * free.one[2] >= free.one_cos
                or x * free.other[0] + y * free.other[1] + z * free.other[2] >= free.other_cos
            )
            if not near:
                return False
        across = np.sqrt(max(1e-4, 1.0 - z * z))
        at += cell * across * max(0.5, 0.9 * (clear - 1.0))
    return True


@nb.njit(cache=True)
def _push(
    keys: FloatArray, cells: IntArray, size: int, key: float, cell: int
) -> tuple[FloatArray, IntArray, int]:
    if size == keys.shape[0]:
        more = np.empty(2 * size, keys.dtype)
        more[:size] = keys
        keys = more
        others = np.empty(2 * size, cells.dtype)
        others[:size] = cells
        cells = others
    at = size
    while at > 0:
        up = (at - 1) >> 2
        if keys[up] <= key:
            break
        keys[at], cells[at] = keys[up], cells[up]
        at = up
    keys[at], cells[at] = key, cell
    return keys, cells, size + 1


@nb.njit(cache=True)
def _pop(keys: FloatArray, cells: IntArray, size: int) -> tuple[float, int, int]:
    key, cell = keys[0], cells[0]
    size -= 1
    last, moved = keys[size], cells[size]
    at = 0
    while True:
        first = 4 * at + 1
        if first >= size:
            break
        least = first
        for k in range(first + 1, min(first + 4, size)):
            if keys[k] < keys[least]:
                least = k
        if keys[least] >= last:
            break
        keys[at], cells[at] = keys[least], cells[least]
        at = least
    keys[at], cells[at] = last, moved
    return key, cell, size


@nb.njit(cache=True)
def search(
    grid: Grid, origin: FloatArray, origin_cos: float, starts: IntArray, wanted: BoolArray
) -> tuple[FloatArray, IntArray]:
    """Return by cell the angle from the origin and the last bend, until all `wanted` are settled.

    A bend of -1 is the origin itself; cells not reached have an infinite angle.
    """
    rows, columns = grid.clear.shape
    count = rows * columns
    away = np.full(count, np.inf)
    bend = np.full(count, -2, np.int64)
    # A cell is wished for along a great circle, then known to be seen, then settled.
    wished, seen, settled = 0, 1, 2
    state = np.zeros(count, np.uint8)
    free = Free(origin, origin_cos, origin, origin_cos)
    goals = 0
    for cell in range(count):
        if wanted[cell]:
            goals += 1
    keys, cells, size = np.empty(1024), np.empty(1024, np.int64), 0
    for cell in starts:
        x, y, z = _vector(grid, cell)
        away[cell] = _angle(origin[0], origin[1], origin[2], x, y, z)
        bend[cell], state[cell] = -1, seen
        keys, cells, size = _push(keys, cells, size, away[cell], cell)
    while size > 0 and goals > 0:
        key, cell, size = _pop(keys, cells, size)
        if state[cell] == settled or key > away[cell]:
            continue
        x, y, z = _vector(grid, cell)
        row, column = cell // columns, cell % columns
        root = bend[cell]
        px, py, pz, base = origin[0], origin[1], origin[2], 0.0
        if root >= 0:
            px, py, pz = _vector(grid, root)
            base = away[root]
        if state[cell] == wished and not sees(grid, px, py, pz, x, y, z, free):
            # Land is in between: the best settled neighbour becomes the bend.
            away[cell] = np.inf
            for dr in range(-1, 2):
                for dc in range(-1, 2):
                    r, c = row + dr, column + dc
                    if r < 0 or c < 0 or r >= rows or c >= columns:
                        continue
                    other = r * columns + c
                    if state[other] != settled:
                        continue
                    nx, ny, nz = _vector(grid, other)
                    far = away[other] + _angle(nx, ny, nz, x, y, z)
                    if far < away[cell]:
                        away[cell], bend[cell] = far, other
            state[cell] = seen
            keys, cells, size = _push(keys, cells, size, away[cell], cell)
            continue
        state[cell] = settled
        if wanted[cell]:
            goals -= 1
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                r, c = row + dr, column + dc
                if r < 0 or c < 0 or r >= rows or c >= columns or grid.clear[r, c] == 0:
                    continue
                other = r * columns + c
                if state[other] == settled:
                    continue
                nx, ny, nz = _vector(grid, other)
                far = base + _angle(px, py, pz, nx, ny, nz)
                if far < away[other]:
                    away[other], bend[other], state[other] = far, root, wished
                    keys, cells, size = _push(keys, cells, size, far, other)
    return away, bend


@nb.njit(cache=True)
def pull(grid: Grid, bends: IntArray, free: Free) -> IntArray:
    """Return the bends of a way between the two ports of `free` that were pulled tight."""
    columns = grid.clear.shape[1]
    rows = grid.clear.shape[0]
    kept = list(bends)
    changed = True
    while changed:
        changed = False
        at = 0
        while at < len(kept):
            ax, ay, az = free.one[0], free.one[1], free.one[2]
            if at > 0:
                ax, ay, az = _vector(grid, kept[at - 1])
            bx, by, bz = free.other[0], free.other[1], free.other[2]
            if at + 1 < len(kept):
                bx, by, bz = _vector(grid, kept[at + 1])
            if sees(grid, ax, ay, az, bx, by, bz, free):
                kept.pop(at)
                changed = True
                continue
            x, y, z = _vector(grid, kept[at])
            least = _angle(ax, ay, az, x, y, z) + _angle(x, y, z, bx, by, bz) - 1e-9
            row, column = kept[at] // columns, kept[at] % columns
            for dr in range(-2, 3):
                for dc in range(-2, 3):
                    r, c = row + dr, column + dc
                    if r < 0 or c < 0 or r >= rows or c >= columns or grid.clear[r, c] == 0:
                        continue
                    cell = r * columns + c
                    x, y, z = _vector(grid, cell)
                    far = _angle(ax, ay, az, x, y, z) + _angle(x, y, z, bx, by, bz)
                    if (
                        far < least
                        and sees(grid, ax, ay, az, x, y, z, free)
                        and sees(grid, x, y, z, bx, by, bz, free)
                    ):
                        least, kept[at], changed = far, cell, True
            at += 1
    return np.array(kept, np.int64)
