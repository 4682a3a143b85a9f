"""Distances and lines on a sphere.

`pyproj.Geod` takes seven times as long for a thousand points, its import adds 60 ms to every route,
and its results differ in the last digit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.units import EARTH_RADIUS_KM

FloatArray = npt.NDArray[np.float64]
STEP_KM = 100.0
"""How far apart the points of a drawn great circle may lie; 100 km of it bend by 0.3 km at 60 N."""


def great_circle_km(
    lon: float, lat: float, lons: npt.ArrayLike, lats: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return great-circle distances in km from one point to many, on a sphere."""
    a = np.radians(np.asarray(lats, float))
    b = np.radians(lat)
    half = np.radians(np.asarray(lons, float) - lon) / 2.0
    chord = np.sin((a - b) / 2.0) ** 2 + np.cos(a) * np.cos(b) * np.sin(half) ** 2
    angle: npt.NDArray[np.float64] = 2.0 * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return EARTH_RADIUS_KM * angle


def bearing_deg(lon: float, lat: float, lons: npt.ArrayLike, lats: npt.ArrayLike) -> FloatArray:
    """Return the bearings from one point to many in degrees, 0 to 360, clockwise from north."""
    a, b = np.radians(np.asarray(lats, float)), np.radians(lat)
    turn = np.radians(np.asarray(lons, float) - lon)
    east = np.sin(turn) * np.cos(a)
    north = np.cos(b) * np.sin(a) - np.sin(b) * np.cos(a) * np.cos(turn)
    bearing: FloatArray = np.degrees(np.arctan2(east, north)) % 360.0
    return bearing


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
    y = np.radians(lat)
    # A difference, so that points beside each other keep their digits.
    half = np.radians(np.diff(lon)) / 2.0
    chord = np.sin(np.diff(y) / 2.0) ** 2 + np.cos(y[:-1]) * np.cos(y[1:]) * np.sin(half) ** 2
    angle = 2.0 * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    count = np.maximum(1, np.ceil(angle * (EARTH_RADIUS_KM / step_km))).astype(int)
    if count.size == 0 or count.max() == 1:
        return lon, lat
    x = np.radians(lon)
    vectors = np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)
    starts = np.cumsum(count) - count
    piece = np.repeat(np.arange(count.size), count)
    share = (np.arange(piece.size) - starts[piece]) / count[piece]
    turn, whole = angle[piece], np.maximum(np.sin(angle[piece]), 1e-12)
    at = (np.sin((1.0 - share) * turn) / whole)[:, None] * vectors[piece]
    at += (np.sin(share * turn) / whole)[:, None] * vectors[piece + 1]
    found_lon = np.degrees(np.arctan2(at[:, 1], at[:, 0]))
    found_lat = np.degrees(np.arctan2(at[:, 2], np.hypot(at[:, 0], at[:, 1])))
    found_lon[starts], found_lat[starts] = lon[:-1], lat[:-1]
    return np.append(found_lon, lon[-1]), np.append(found_lat, lat[-1])
