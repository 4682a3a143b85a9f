"""Tell whether two points at sea see each other: a great circle over the raster of water."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from sea_water import BARRIER, COLUMNS, DEGREES, EARTH_KM, INLAND, LAND, ROWS, SOUTH

LAND_RUN_KM = 0.7
"""Land in a row that an arc may cross: islets and the raster's own error."""
STEP_KM = 0.35
PROBED_KM, PROBES = 100.0, 24


@njit(cache=True, inline="always")
def cell_value(clear: Any, x: float, y: float, z: float) -> int:
    """Return the cell under a point, 0 beyond the raster."""
    row = int((np.degrees(np.arcsin(z)) - SOUTH) / DEGREES)
    if row < 0 or row >= ROWS:
        return 0
    column = int((np.degrees(np.arctan2(y, x)) + 180.0) / DEGREES)
    return clear[row, column % COLUMNS]


@njit(cache=True)
def sees(
    clear: Any, a: Any, b: Any, free_a: float, free_b: float, gate_a: float, gate_b: float
) -> bool:
    """Return whether the great circle between two unit vectors stays on water.

    Land within `free_a` and `free_b` km of the ends, and a cut line within `gate_a` and `gate_b`,
    do not count.
    """
    dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    dot = min(1.0, max(-1.0, dot))
    angle = np.arccos(dot)
    if angle < 1e-9:
        return True
    sine = np.sin(angle)
    ux, uy, uz = (b[0] - dot * a[0]) / sine, (b[1] - dot * a[1]) / sine, (b[2] - dot * a[2]) / sine
    length, km, run = angle * EARTH_KM, 0.0, 0.0
    if length > PROBED_KM:
        # Most that are blocked cross wide land: look there before walking.
        for k in range(1, PROBES):
            # By halves: 1/2, 1/4, 3/4, 1/8 and so on.
            bits, share, weight = k, 0.0, 0.5
            while bits > 0:
                share += weight * (bits & 1)
                bits >>= 1
                weight *= 0.5
            t = share * angle
            c, s = np.cos(t), np.sin(t)
            value = cell_value(clear, a[0] * c + ux * s, a[1] * c + uy * s, a[2] * c + uz * s)
            if value == INLAND and share * length > free_a and (1.0 - share) * length > free_b:
                return False
    while km < length:
        t = km / EARTH_KM
        c, s = np.cos(t), np.sin(t)
        value = cell_value(clear, a[0] * c + ux * s, a[1] * c + uy * s, a[2] * c + uz * s)
        step = STEP_KM
        if value == BARRIER:
            if km > gate_a and length - km > gate_b:
                return False
        elif value in (LAND, INLAND):
            if km > free_a and length - km > free_b:
                run += STEP_KM
                if run > LAND_RUN_KM or value == INLAND:
                    return False
        else:
            run = 0.0
            step = max(STEP_KM, value * 0.5 - 1.6)
        km += step
    return True
