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
from sea_sight import sees
from sea_water import DEGREES, EARTH_KM, SOUTH, cell_of, is_water

FINE_KM, ROUGH_KM, COARSE_KM = 1.0, 2.0, 4.5
FINER_KM = (0.5, 0.25)
"""Where two corners in a row do not see each other, the coast between is taken as fine as this."""
NEAR_PORT_KM = 60.0
OFFINGS_NM = {"fine": 1.0, "fine coarse": 1.5, "rough": 1.8, "rough coarse": 3.0}
PARTS = (1.0, 0.75, 0.5, 0.3)
SLACK_DEGREES = 2.0
FAR_SLACK_DEGREES = 3.5
MERGE_KM = 0.6
LONE_KM = 15.0
"""An islet at least so far from other coasts counts as a coarse coast."""


@dataclass(frozen=True)
class Lands:
    """The land at points of a simplified ring.

    The bearing to the point before, the angle from there, clockwise, to the one after, both in
    radians, and the km to both.
    """

    to_before: Any
    angle: Any
    before_km: Any
    after_km: Any

    def at(self, rows: Any) -> Lands:
        """Return the land at some of the points."""
        return Lands(
            self.to_before[rows], self.angle[rows], self.before_km[rows], self.after_km[rows]
        )


@dataclass(frozen=True)
class Corners:
    """Corners as arrays: position, the middle and half width of the land they see, in radians.

    `half` is the angle of the land at the corner, less the slack, half of it; 0 where any course
    may be right. `far_middle` and `far_half` are the same for arcs over 300 km, which start at
    `coarse` corners: there the land is that between the neighbours on the coarse coast.
    """

    lon: Any
    lat: Any
    middle: Any
    half: Any
    far_middle: Any
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
    _keep_far(points, tolerance, keep, 0, away)
    _keep_far(points, tolerance, keep, away, count)
    return keep


def _chain(points: Any, tolerance: float) -> Any:
    """Return which points of an open line stay; the tolerance is in units of the sphere."""
    keep = np.zeros(len(points), np.bool_)
    keep[[0, -1]] = True
    _keep_far(points, np.full(len(points), tolerance), keep, 0, len(points) - 1)
    return keep


@njit(cache=True)
def _keep_far(points: Any, tolerance: Any, keep: Any, begin: int, end: int) -> None:
    """Mark the points that stay between two of a line (Douglas and Peucker)."""
    stack = [(begin, end)]
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
    parts = [np.concatenate([f[k] for f in found]) for k in range(8)]
    main = parts[7] == 0
    mainland = cKDTree(vectors(parts[0][main], parts[1][main]))
    off, _ = mainland.query(vectors(parts[0], parts[1]))
    coarse = (parts[6] > 0) & (main | (off * EARTH_KM > LONE_KM))
    return _merged(Corners(*parts[:6], coarse))


def _ring_corners(ring: Any, near_port: Any, clear: Any) -> tuple[Any, ...]:
    points = vectors(ring[:, 0], ring[:, 1])
    fine = near_port(ring[:, 0], ring[:, 1])
    keep = _kept(points, np.where(fine, FINE_KM, ROUGH_KM) / EARTH_KM)
    if keep.sum() < 4:
        # An islet: its outermost points are corners that any course may round.
        return _islet(ring, clear)
    strong = _kept(points, np.full(len(points), COARSE_KM / EARTH_KM))
    # Where the tolerance changes along a ring, the fine coast may leave out coarse corners.
    keep |= strong
    far = _lands(ring, points, np.flatnonzero(strong)[:-1])
    for finer in (*FINER_KM, 0.0):
        index = np.flatnonzero(keep)[:-1]
        land = _lands(ring, points, index)
        # Land lies between the course to the next point and, anticlockwise, the one to the last.
        convex = (land.angle < np.pi) & (np.abs(ring[index, 0]) < 179.995)
        names = np.where(fine[index], "fine", "rough")
        found, at = _moved(ring[index], land, strong[index], names, convex, clear)
        if not finer or not _refined(keep, points, index, at, found, finer, clear):
            break
    # To ways from afar the land at a corner is that of the coarse coast, where it is one there.
    row = np.full(len(ring), -1)
    row[np.flatnonzero(strong)[:-1]] = np.arange(len(far.angle))
    there = row[index[at]]
    wide = (there >= 0) & (far.angle[there] < np.pi) if len(far.angle) > 2 else there < -1
    offing = found[6]
    far_middle, far_half = _cone(far.at(there), offing, FAR_SLACK_DEGREES)
    lon, lat, middle, half, near_middle, near_half = found[:6]
    return (
        *(lon, lat, middle, half),
        np.where(wide, far_middle, near_middle),
        np.where(wide, far_half, near_half),
        strong[index][at].astype(float),
        np.zeros(len(lon)),
    )


def _islet(ring: Any, clear: Any) -> tuple[Any, ...]:
    """Return a corner off each of the outermost points of an islet: south, west, north, east.

    An islet may be long and thin, so that a point off its middle is no way round its ends.
    """
    lon, lat = ring[:-1].T
    out = [lat.argmin(), lon.argmin(), lat.argmax(), lon.argmax()]
    four = np.ones(4)
    land = Lands(np.arange(4.0) * np.pi / 2, 0 * four, four, four)
    names = np.array(["fine"] * 4)
    found, _ = _moved(ring[:-1][out], land, four > 0, names, four > 0, clear)
    return (*found[:6], np.ones(len(found[0])), np.ones(len(found[0])))


def _course(ring: Any, here: Any, there: Any) -> Any:
    """Return the bearings in radians, clockwise from north, from points of a ring to others."""
    lon0, lat0 = np.radians(ring[here]).T
    lon1, lat1 = np.radians(ring[there]).T
    d = lon1 - lon0
    return np.arctan2(
        np.sin(d) * np.cos(lat1),
        np.cos(lat0) * np.sin(lat1) - np.sin(lat0) * np.cos(lat1) * np.cos(d),
    )


def _lands(ring: Any, points: Any, index: Any) -> Lands:
    """Return the land at each point of a ring that was simplified to some of its points."""
    before, after = np.roll(index, 1), np.roll(index, -1)
    to_before, to_after = _course(ring, index, before), _course(ring, index, after)
    sides = (
        EARTH_KM * np.linalg.norm(points[index] - points[other], axis=1)
        for other in (before, after)
    )
    return Lands(to_before, (to_after - to_before) % (2 * np.pi), *sides)


def _cone(land: Lands, offing: Any, slack: float) -> tuple[Any, Any]:
    """Return the middle and half of the land that corners see after a move by an offing in km.

    The move turns a side of length s by up to half the angle at which it is seen from there; by so
    much, and the slack in degrees, the land at the corner counts as less.
    """
    first, last = (np.arctan2(0.5 * offing, side) for side in (land.before_km, land.after_km))
    width = land.angle - first - last
    return land.to_before + first + width / 2, np.maximum(0.0, width / 2 - np.radians(slack))


def _moved(
    where: Any, land: Lands, coarse: Any, names: Any, use: Any, clear: Any
) -> tuple[tuple[Any, ...], Any]:
    """Move corners away from the land by the offing, by less where other land is near.

    Return lon, lat, middle and half near and far, and the offing in km, and which corners they are.
    """
    rows: list[tuple[float, float, float]] = []
    at = []
    for k in np.flatnonzero(use):
        offing = OFFINGS_NM[f"{names[k]} coarse" if coarse[k] else str(names[k])] * KM_PER_NM
        course = land.to_before[k] + land.angle[k] / 2 + np.pi
        for part in PARTS:
            x, y = _ahead(*where[k], course, part * offing)
            if not SOUTH < y < SOUTH + clear.shape[0] * DEGREES:
                break
            value = clear[cell_of(x, y)]
            if is_water(value) and value / 2.0 >= 0.6 * part * offing - 0.5:
                rows.append((x, y, part * offing))
                at.append(k)
                break
    lon, lat, offing = np.array(rows).reshape(-1, 3).T
    chosen = np.array(at, np.int64)
    near, far = (_cone(land.at(chosen), offing, s) for s in (SLACK_DEGREES, FAR_SLACK_DEGREES))
    return (lon, lat, *near, *far, offing), chosen


def _refined(
    keep: Any, points: Any, index: Any, at: Any, found: Any, tolerance: float, clear: Any
) -> bool:
    """Keep more points of a ring where two corners in a row do not see each other; tell if any.

    The coast between them is out of the straight line by less than its tolerance, but a spit is
    so thin that a line past its end still meets it.
    """
    place = np.full(len(index), -1)
    place[at] = np.arange(len(at))
    unit, more = vectors(found[0], found[1]), False
    for k in at.tolist():
        one, other = place[k], place[(k + 1) % len(index)]
        if other < 0 or one == other:
            continue
        if sees(clear, unit[one], unit[other], 0.0, 0.0, 0.0, 0.0):
            continue
        first = index[k]
        last = index[k + 1] if k + 1 < len(index) else len(points) - 1
        if last - first < 2:
            continue
        section = _chain(points[first : last + 1], tolerance / EARTH_KM)
        more |= bool(section.sum() > 2)
        keep[first : last + 1] |= section
    return more


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
        corners.far_middle[keep],
        far_half[keep],
        coarse[keep],
    )
