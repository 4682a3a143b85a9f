"""Areas at sea: emission control since a day (fuel of 0.10 % sulphur), and reported piracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np

from corridors.arrays import BoolArray, FloatArray
from corridors.data.columns import read_rows, value_of
from corridors.data.paths import network_dir, opened_arrays, parameters_dir, shipped
from corridors.units import EARTH_RADIUS_KM

# Emission control areas: where and since when ships must burn fuel of 0.10 % sulphur.

PIECE_KM = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EcaArea:
    """An area as rings of (lon, lat) in degrees, in force from its first day on."""

    id: str
    title: str
    first_day: date
    rings: tuple[tuple[tuple[float, float], ...], ...]
    source_id: str
    status: str


class Ringed(Protocol):
    """An area as rings of (lon, lat) in degrees."""

    @property
    def rings(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Its rings. A point inside any ring is inside the area."""


@shipped(network_dir, "eca.csv")
def load_eca_areas(path: Path) -> tuple[EcaArea, ...]:
    """Return the emission control areas in file order, which `load_leg_eca_nm` follows."""
    return tuple(value_of(EcaArea, row) for row in read_rows(path))


def areas_in_force(day: date) -> tuple[int, ...]:
    """Return the emission control areas in force on a day, by number."""
    return tuple(n for n, area in enumerate(load_eca_areas()) if area.first_day <= day)


@shipped(network_dir, "sea_eca.npz")
def load_leg_eca_nm(path: Path) -> FloatArray:
    """Return the nautical miles of each shipped sea leg (row) inside each area (column)."""
    with opened_arrays(path) as arrays:
        nm: FloatArray = arrays["leg_eca_nm"].astype(float)
    return nm


def shares_inside(
    line: Sequence[tuple[float, float]], areas: Sequence[Ringed]
) -> tuple[float, ...]:
    """Return the share of a line's length that lies inside each area.

    Parameters
    ----------
    line
        (lon, lat) in degrees. It is cut into pieces of at most `PIECE_KM`, each inside or outside
        by its midpoint.
    """
    points = np.asarray(line, float).reshape(-1, 2)
    if len(points) < 2:
        return (0.0,) * len(areas)
    start, step = points[:-1], np.diff(points, axis=0)
    middle = np.radians((start[:, 1] + points[1:, 1]) / 2.0)
    step[:, 0] = (step[:, 0] + 180.0) % 360.0 - 180.0
    km = np.hypot(np.radians(step[:, 0]) * np.cos(middle), np.radians(step[:, 1]))
    km *= EARTH_RADIUS_KM
    count = np.maximum(1, np.ceil(km / PIECE_KM)).astype(int)
    of = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    at = start[of] + step[of] * ((number + 0.5) / count[of])[:, None]
    at[:, 0] = (at[:, 0] + 180.0) % 360.0 - 180.0
    length = km[of] / count[of]
    total = float(length.sum())
    if total <= 0.0:
        return (0.0,) * len(areas)
    return tuple(
        float(length[np.any([_inside(at, ring) for ring in area.rings], axis=0)].sum()) / total
        for area in areas
    )


def _inside(at: FloatArray, ring: Sequence[tuple[float, float]]) -> BoolArray:
    """Return which points lie in a ring, by counting crossings of an eastward ray."""
    inside = np.zeros(len(at), bool)
    corners = np.array(ring)
    (near,) = np.nonzero(((at >= corners.min(axis=0)) & (at <= corners.max(axis=0))).all(axis=1))
    if not near.size:
        return inside
    lon, lat = at[near].T
    found = np.zeros(len(near), bool)
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if y0 == y1:
            continue
        spans = (y0 > lat) != (y1 > lat)
        found ^= spans & (lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0))
    inside[near] = found
    return inside


# Reported piracy incidents by area and year.

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The number of incidents reported in a year, of any severity."""

    year: int
    incidents: int
    source_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PiracyArea:
    """A rectangle in degrees, with its reports in order of years; years may be missing."""

    id: str
    title: str
    rings: tuple[tuple[LonLat, ...], ...]
    reported: tuple[Reported, ...]

    def latest(self, year: int) -> Reported | None:
        """Return the latest report up to a year, None if all are later."""
        return next((report for report in reversed(self.reported) if report.year <= year), None)


@shipped(parameters_dir, "piracy.csv")
def load_piracy_areas(path: Path) -> tuple[PiracyArea, ...]:
    """Return the areas of `piracy.csv` in file order."""
    rows: dict[str, list[dict[str, str]]] = {}
    for cells in read_rows(path):
        rows.setdefault(cells["area"], []).append(cells)
    return tuple(_area(name, reports) for name, reports in rows.items())


def _area(name: str, rows: list[dict[str, str]]) -> PiracyArea:
    west, south, east, north = (float(rows[0][edge]) for edge in ("west", "south", "east", "north"))
    return PiracyArea(
        id=name,
        title=rows[0]["title"],
        rings=(((west, south), (east, south), (east, north), (west, north)),),
        reported=tuple(
            value_of(Reported, cells)
            for cells in sorted(rows, key=lambda cells: int(cells["year"]))
        ),
    )
