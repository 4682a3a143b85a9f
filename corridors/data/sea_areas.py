"""Areas at sea: emission control since a day, reported piracy, and ice by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.columns import read_rows, value_of
from corridors.data.paths import network_dir, opened_arrays, parameters_dir, shipped
from corridors.errors import ConfigError, GeodataError
from corridors.units import EARTH_RADIUS_KM

# Distances and lines on a sphere.

STEP_KM = 100.0
"""How far apart the points of a drawn great circle may lie; 100 km of it bend by 0.3 km at 60 N."""


def great_circle_km(lon: float, lat: float, lons: npt.ArrayLike, lats: npt.ArrayLike) -> FloatArray:
    """Return great-circle distances in km from one point to many, on a sphere."""
    a = np.radians(np.asarray(lats, float))
    b = np.radians(lat)
    half = np.radians(np.asarray(lons, float) - lon) / 2.0
    chord = np.sin((a - b) / 2.0) ** 2 + np.cos(a) * np.cos(b) * np.sin(half) ** 2
    angle: FloatArray = 2.0 * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return EARTH_RADIUS_KM * angle


def bearing_deg(lon: float, lat: float, lons: npt.ArrayLike, lats: npt.ArrayLike) -> FloatArray:
    """Return the bearings from one point to many in degrees, 0 to 360, clockwise from north."""
    a, b = np.radians(np.asarray(lats, float)), np.radians(lat)
    turn = np.radians(np.asarray(lons, float) - lon)
    east = np.sin(turn) * np.cos(a)
    north = np.cos(b) * np.sin(a) - np.sin(b) * np.cos(a) * np.cos(turn)
    bearing: FloatArray = np.degrees(np.arctan2(east, north)) % 360.0
    return bearing


def destinations(
    lon: float, lat: float, bearings: npt.ArrayLike, away_km: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return the (lon, lat) in degrees at some bearings in degrees and km from a point."""
    bearing, turn = np.radians(bearings), np.asarray(away_km, float) / EARTH_RADIUS_KM
    y = np.radians(lat)
    up = np.sin(y) * np.cos(turn) + np.cos(y) * np.sin(turn) * np.cos(bearing)
    east = np.sin(bearing) * np.sin(turn) * np.cos(y)
    to_lon = lon + np.degrees(np.arctan2(east, np.cos(turn) - np.sin(y) * up))
    return to_lon, np.degrees(np.arcsin(np.clip(up, -1.0, 1.0)))


def along_great_circles(
    lon: FloatArray, lat: FloatArray, *, step_km: float = STEP_KM
) -> tuple[FloatArray, FloatArray]:
    """Return a line with points added on the great circles between its points.

    Parameters
    ----------
    lon, lat
        The line in degrees; a piece of half the globe has no one great circle.
    step_km
        How far apart two points may lie. A shorter piece stays as it is.

    Returns
    -------
    lon, lat
        The line in degrees. Given points stay as they are; longitudes of others are within 180.
    """
    found_lon, found_lat, piece = great_circles(
        lon[:-1], lat[:-1], lon[1:], lat[1:], step_km=step_km
    )
    if piece.size == lon.size - 1:
        return lon, lat
    starts = np.searchsorted(piece, np.arange(lon.size - 1))
    found_lon[starts], found_lat[starts] = lon[:-1], lat[:-1]
    return np.append(found_lon, lon[-1]), np.append(found_lat, lat[-1])


def great_circles(
    lon: FloatArray,
    lat: FloatArray,
    to_lon: FloatArray,
    to_lat: FloatArray,
    *,
    step_km: float = STEP_KM,
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return points at equal steps on many great circles, from the start of each but not its end.

    Parameters
    ----------
    lon, lat, to_lon, to_lat
        Starts and ends in degrees, less than half the globe apart.
    step_km
        How far apart two points may lie.

    Returns
    -------
    lon, lat
        All points in degrees, longitudes within 180.
    number
        The number of the great circle of each, ascending.
    """
    y, to_y = np.radians(lat), np.radians(to_lat)
    x, to_x = np.radians(lon), np.radians(to_lon)
    # Of differences, so that points beside each other keep their digits.
    chord = np.sin((to_y - y) / 2.0) ** 2
    chord += np.cos(y) * np.cos(to_y) * np.sin((to_x - x) / 2.0) ** 2
    angle = 2.0 * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    count = np.maximum(1, np.ceil(angle * (EARTH_RADIUS_KM / step_km))).astype(np.int64)
    number = np.repeat(np.arange(count.size), count)
    share = (np.arange(number.size) - (np.cumsum(count) - count)[number]) / count[number]
    turn, whole = angle[number], np.maximum(np.sin(angle), 1e-12)[number]
    at = (np.sin((1.0 - share) * turn) / whole)[:, None] * _vectors(x, y)[number]
    at += (np.sin(share * turn) / whole)[:, None] * _vectors(to_x, to_y)[number]
    found_lon = np.degrees(np.arctan2(at[:, 1], at[:, 0]))
    found_lat = np.degrees(np.arctan2(at[:, 2], np.hypot(at[:, 0], at[:, 1])))
    return found_lon, found_lat, number


def _vectors(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return unit vectors of longitudes and latitudes in radians."""
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)


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


# Ice by sea area and month, and the rules for ships in ice.

MONTHS = 12
MEAN_YEAR = "mean"
AREA_NAMES = (
    *("", "Kara Sea SW", "Kara Sea NE", "Laptev Sea W", "Laptev Sea E", "East Siberian Sea SW"),
    *("East Siberian Sea NE", "Chukchi Sea"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IceSea:
    """A sea of the Northern Sea Route: its outline as rings of (lon, lat) in degrees.

    Between its limits at sea a ring runs over land, of which the sea has no part.
    """

    id: str
    title: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    source_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IceClass:
    """An ice class in POLARIS and in the admission rules.

    `admission_class` is empty if the rules have no row for the class. The season is two month-day
    texts, empty for the whole year. `alone_m` and `escorted_m` are the ice thickness for which the
    class is built from December to June, alone and behind an icebreaker; None if unknown.
    """

    id: str
    polaris_class: str
    admission_class: str
    season_first: str
    season_last: str
    alone_m: float | None
    escorted_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IceTable:
    """Ice and the rules for it.

    Attributes
    ----------
    tenths
        (year kind, area) to twelve mid-month values: share of the sea covered x mean
        concentration of the covered part, in tenths, 0 to 10; None if not measured.
    risk_values
        POLARIS class to stage of development to risk index value (IMO MSC.1/Circ.1519).
    stages
        Stage of development on the track by month, January first.
    thickness_m
        Mean ice thickness of each month's stage in metres.
    classes
        Ice classes by id.
    admission
        (admission class, mode, area) to the ice types allowed: T heavy, S medium, L light.
    """

    tenths: Mapping[tuple[str, int], tuple[float | None, ...]]
    risk_values: Mapping[str, Mapping[str, int]]
    stages: tuple[str, ...]
    thickness_m: tuple[float, ...]
    classes: Mapping[str, IceClass]
    admission: Mapping[tuple[str, str, int], str]

    @property
    def year_kinds(self) -> tuple[str, ...]:
        """The years that a scenario may name."""
        return tuple(sorted({kind for kind, _ in self.tenths}))

    @property
    def years(self) -> tuple[str, ...]:
        """The years measured, of which a draw takes one for all areas and months."""
        return tuple(kind for kind in self.year_kinds if kind.isdigit())

    def monthly_tenths(self, area: int, year_kind: str = MEAN_YEAR) -> tuple[float, ...]:
        """Return twelve mid-month values in tenths; the mean year fills months not measured.

        Raises
        ------
        ConfigError
            The year is unknown.
        GeodataError
            The area has no ice in the table.
        """
        values = self.tenths.get((year_kind, area))
        mean = self.tenths.get((MEAN_YEAR, area))
        if values is None and mean is not None:
            msg = f"ice_year: unknown year '{year_kind}', use {', '.join(self.year_kinds)}"
            raise ConfigError(msg)
        if values is None or mean is None:
            msg = f"ice.csv: no rows for area {area}"
            raise GeodataError(msg)
        return tuple(
            (fallback or 0.0) if value is None else value
            for value, fallback in zip(values, mean, strict=True)
        )


@shipped(network_dir, "ice_seas.csv")
def load_ice_seas(path: Path) -> tuple[IceSea, ...]:
    """Return the seas whose ice is measured, west to east."""
    return tuple(value_of(IceSea, row) for row in read_rows(path))


def load_ice_table() -> IceTable:
    """Return the shipped ice tables."""
    return IceTable(
        tenths=_tenths(),
        risk_values=_risk_values(),
        stages=tuple(stage for stage, _ in _stages()),
        thickness_m=tuple(metres for _, metres in _stages()),
        classes=_classes(),
        admission=_admission(),
    )


@shipped(network_dir, "ice.csv")
def _tenths(path: Path) -> Mapping[tuple[str, int], tuple[float | None, ...]]:
    tenths: dict[tuple[str, int], list[float | None]] = {}
    for cells in read_rows(path):
        year = tenths.setdefault((cells["year_kind"], int(cells["area"])), [None] * MONTHS)
        # The concentration is empty if nothing is covered.
        concentration = float(cells["mean_concentration"] or 0.0)
        year[int(cells["month"]) - 1] = 10.0 * float(cells["share_covered"]) * concentration
    return {key: tuple(values) for key, values in tenths.items()}


@shipped(parameters_dir, "polaris_riv.csv")
def _risk_values(path: Path) -> Mapping[str, Mapping[str, int]]:
    rows = read_rows(path)
    skipped = ("class", "source_id", "status", "__line__")
    return {
        cells["class"]: {
            stage: int(value) for stage, value in cells.items() if stage not in skipped
        }
        for cells in rows
    }


@shipped(parameters_dir, "ice_stages.csv")
def _stages(path: Path) -> tuple[tuple[str, float], ...]:
    rows = sorted(read_rows(path), key=lambda row: int(row["month"]))
    return tuple((cells["stage"], float(cells["thickness_m"])) for cells in rows)


@shipped(parameters_dir, "ice_classes.csv")
def _classes(path: Path) -> Mapping[str, IceClass]:
    return {
        cells["ice_class"]: value_of(IceClass, cells, id=cells["ice_class"])
        for cells in read_rows(path)
    }


@shipped(parameters_dir, "nsr_admission.csv")
def _admission(path: Path) -> Mapping[tuple[str, str, int], str]:
    areas = [str(area) for area in range(1, len(AREA_NAMES))]
    rows = read_rows(path)
    return {
        (cells["admission_class"], cells["mode"], int(area)): cells[area]
        for cells in rows
        for area in areas
    }
