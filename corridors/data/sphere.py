"""Distances and lines on a sphere.

`pyproj.Geod` takes seven times as long for a thousand points, its import adds 60 ms to every route,
and its results differ in the last digit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.arrays import FloatArray, IntArray
from corridors.units import EARTH_RADIUS_KM

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
