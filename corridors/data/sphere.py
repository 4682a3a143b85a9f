"""Distances on a sphere.

`pyproj.Geod` takes seven times as long for a thousand points, its import adds 60 ms to every route,
and its results differ in the last digit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.units import EARTH_RADIUS_KM


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
