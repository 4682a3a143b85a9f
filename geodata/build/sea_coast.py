"""Find the corners of the coast round which ships turn, moved out to sea.

A shortest way over water bends at convex corners of the coast alone. Each ring of land is
simplified (Douglas and Peucker 1973) to 1 km near ports and 3 km elsewhere; its convex corners
are moved off the land by an offing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from common import KM_PER_NM, Point, normal_lon
from numba import njit
from scipy.spatial import cKDTree
from sea_water import DEGREES, SOUTH, cell_of, is_water

EARTH_KM = 6371.0088
FINE_KM, ROUGH_KM, COARSE_KM = 1.0, 2.0, 4.5
NEAR_PORT_KM = 60.0
OFFINGS_NM = {"fine": 1.0, "fine coarse": 1.5, "rough": 1.8, "rough coarse": 3.0}
PARTS = (1.0, 0.75, 0.5, 0.3)
SLACK_DEGREES = 2.0
FAR_SLACK_DEGREES = 3.5
MERGE_KM = 0.6
LONE_KM = 15.0
"""An islet at least so far from other coasts counts as a coarse coast."""


@dataclass(frozen=True)
class Corners:
    """Corners as arrays: position, the middle and half width of the land they see, in radians.

    `half` is the angle of the land at the corner, less the slack, half of it; 0 where any course
    may be right. `far_half` is the same for arcs over 300 km, which start at `coarse` corners.
    """

    lon: Any
    lat: Any
    middle: Any
    half: Any
    far_half: Any
    coarse: Any


def vectors(lon: Any, lat: Any) -> Any:
    """Return unit vectors of points in degrees, a row each."""
    x, y = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)


@njit(cache=True)
def _kept(points: Any, tolerance: Any) -> Any:
    """Return which points of a closed ring stay; a point's tolerance is in units of the sphere."""
    count = points.shape[0] - 1
    keep = np.zeros(count + 1, np.bool_)
    away, far = 0, -1.0
    for k in range(1, count):
        d = ((points[k] - points[0]) ** 2).sum()
        if d > far:
            away, far = k, d
    keep[0] = keep[count] = keep[away] = True
    stack = [(0, away), (away, count)]
    while len(stack) > 0:
        first, last = stack.pop()
        a, b = points[first], points[last]
        chord = b - a
        long = (chord**2).sum()
        at, worst = -1, 1.0
        for k in range(first + 1, last):
            p = points[k] - a
            t = min(1.0, max(0.0, (p * chord).sum() / long)) if long > 0 else 0.0
            d = np.sqrt(((p - t * chord) ** 2).sum()) / tolerance[k]
            if d > worst:
                at, worst = k, d
        if at >= 0:
            keep[at] = True
            stack.append((first, at))
            stack.append((at, last))
    return keep


def corners_of(rings: list[Any], near_port: Any, clear: Any) -> Corners:
    """Return the corners of all rings.

    Parameters
    ----------
    rings
        Land, each ring with the land on its left hand.
    near_port
        Tells by (lon, lat) arrays which points lie within `NEAR_PORT_KM` of a port.
    clear
        Half km to land by cell.
    """
    found = [_ring_corners(ring, near_port, clear) for ring in rings if len(ring) > 3]
    parts = [np.concatenate([f[k] for f in found]) for k in range(7)]
    main = parts[6] == 0
    mainland = cKDTree(vectors(parts[0][main], parts[1][main]))
    off, _ = mainland.query(vectors(parts[0], parts[1]))
    coarse = (parts[5] > 0) & (main | (off * EARTH_KM > LONE_KM))
    return _merged(Corners(*parts[:5], coarse))


def _ring_corners(ring: Any, near_port: Any, clear: Any) -> tuple[Any, ...]:
    points = vectors(ring[:, 0], ring[:, 1])
    fine = near_port(ring[:, 0], ring[:, 1])
    tolerance = np.where(fine, FINE_KM, ROUGH_KM) / EARTH_KM
    keep = _kept(points, tolerance)
    strong = _kept(points, np.full(len(points), COARSE_KM / EARTH_KM))
    index = np.flatnonzero(keep)[:-1]
    if len(index) < 3:
        # An islet: its outermost points are corners that any course may round.
        return _islet(ring, clear)
    lon, lat = ring[index, 0], ring[index, 1]
    before, after = np.roll(index, 1), np.roll(index, -1)
    to_before, to_after = _course(ring, index, before), _course(ring, index, after)
    # Land lies between the course to the next point and, anticlockwise, the one to the last.
    land = (to_after - to_before) % (2 * np.pi)
    convex = (land < np.pi) & (np.abs(lon) < 179.995)
    sides = [
        EARTH_KM * np.linalg.norm(points[index] - points[other], axis=1)
        for other in (before, after)
    ]
    names = np.where(fine[index], "fine", "rough")
    found = _moved(lon, lat, to_before, land, sides, strong[index], names, convex, clear)
    return (*found, np.zeros(len(found[0])))


def _islet(ring: Any, clear: Any) -> tuple[Any, ...]:
    """Return a corner off each of the outermost points of an islet: south, west, north, east.

    An islet may be long and thin, so that a point off its middle is no way round its ends.
    """
    lon, lat = ring[:-1].T
    out = [lat.argmin(), lon.argmin(), lat.argmax(), lon.argmax()]
    four = np.ones(4)
    course, sides, names = np.arange(4.0) * np.pi / 2, [four, four], np.array(["fine"] * 4)
    found = _moved(lon[out], lat[out], course, 0 * four, sides, four > 0, names, four > 0, clear)
    return (*found, np.ones(len(found[0])))


def _course(ring: Any, here: Any, there: Any) -> Any:
    """Return the bearings in radians, clockwise from north, from points of a ring to others."""
    lon0, lat0 = np.radians(ring[here]).T
    lon1, lat1 = np.radians(ring[there]).T
    d = lon1 - lon0
    return np.arctan2(
        np.sin(d) * np.cos(lat1),
        np.cos(lat0) * np.sin(lat1) - np.sin(lat0) * np.cos(lat1) * np.cos(d),
    )


def _moved(
    lon: Any,
    lat: Any,
    to_before: Any,
    land: Any,
    sides: list[Any],
    coarse: Any,
    names: Any,
    use: Any,
    clear: Any,
) -> tuple[Any, ...]:
    """Move corners away from the land by the offing, by less where other land is near.

    The move turns a side of length s by up to half the angle at which it is seen from there; by so
    much, and the slack, the land at the corner counts as less.
    """
    rows: list[list[float]] = [[], [], [], [], [], []]
    slack, far_slack = np.radians(SLACK_DEGREES), np.radians(FAR_SLACK_DEGREES)
    for k in np.flatnonzero(use):
        offing = OFFINGS_NM[f"{names[k]} coarse" if coarse[k] else str(names[k])] * KM_PER_NM
        course = to_before[k] + land[k] / 2 + np.pi
        for part in PARTS:
            x, y = _ahead(lon[k], lat[k], course, part * offing)
            if not SOUTH < y < SOUTH + clear.shape[0] * DEGREES:
                break
            value = clear[cell_of(x, y)]
            if is_water(value) and value / 2.0 >= 0.6 * part * offing - 0.5:
                first, last = (np.arctan2(0.5 * part * offing, side[k]) for side in sides)
                width = land[k] - first - last
                rows[0].append(x)
                rows[1].append(y)
                rows[2].append(to_before[k] + first + width / 2)
                rows[3].append(max(0.0, width / 2 - slack))
                rows[4].append(max(0.0, width / 2 - far_slack))
                rows[5].append(float(coarse[k]))
                break
    return tuple(np.array(row) for row in rows)


def _ahead(lon: float, lat: float, course: float, km: float) -> Point:
    """Return the point at a distance from another on a course in radians, on the sphere."""
    away, y = km / EARTH_KM, np.radians(lat)
    y1 = np.arcsin(np.sin(y) * np.cos(away) + np.cos(y) * np.sin(away) * np.cos(course))
    x1 = np.radians(lon) + np.arctan2(
        np.sin(course) * np.sin(away) * np.cos(y), np.cos(away) - np.sin(y) * np.sin(y1)
    )
    return normal_lon(float(np.degrees(x1))), float(np.degrees(y1))


def _merged(corners: Corners) -> Corners:
    """Return the corners with those closer than `MERGE_KM` as one, which any course may round."""
    tree = cKDTree(vectors(corners.lon, corners.lat))
    keep = np.ones(len(corners.lon), bool)
    half, far_half = corners.half.copy(), corners.far_half.copy()
    coarse = corners.coarse.copy()
    for i, j in sorted(tree.query_pairs(MERGE_KM / EARTH_KM)):
        if keep[i] and keep[j]:
            keep[j] = False
            half[i] = far_half[i] = 0.0
            coarse[i] |= coarse[j]
    return Corners(
        corners.lon[keep],
        corners.lat[keep],
        corners.middle[keep],
        half[keep],
        far_half[keep],
        coarse[keep],
    )
