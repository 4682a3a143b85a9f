"""Lines as drawn, and the first view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING

from corridors.output.html.encode import LonLat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Geod
    from shapely import STRtree

SIMPLIFY_DEG = 0.005
# A line at sea is smoothed over so many points of so many degrees on either side.
SMOOTH_STEP_DEG, SMOOTH_POINTS = 0.25, 28
# The first view shows the routes inside this window; one around the world would shrink the others.
WEST_DEG, EAST_DEG, SOUTH_DEG, NORTH_DEG = -35.0, 200.0, -37.0, 79.0

Shape = tuple[tuple[float, float], ...]
# South, west, north, east.
Extent = tuple[float, float, float, float]


def turned(line: Sequence[LonLat]) -> tuple[Shape, int]:
    """Return a line moved by full turns to start in -180 to 180, and the number of turns."""
    turns = floor((line[0][0] + 180.0) / 360.0)
    return tuple((round(lon - turns * 360.0, 4), round(lat, 4)) for lon, lat in line), turns


def line_km(line: Sequence[LonLat]) -> float:
    """Return the geodesic length of a line on WGS 84 in km."""
    lons, lats = zip(*line, strict=True)
    return float(_geod().line_length(lons, lats)) / 1000.0


@lru_cache(maxsize=1)
def _geod() -> Geod:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def simplified(shapes: list[Shape]) -> list[Shape]:
    """Return lines simplified to within a two-hundredth of a degree."""
    import shapely

    if not shapes:
        return []
    lines = [shapely.LineString(shape) for shape in shapes]
    return [
        tuple((float(lon), float(lat)) for lon, lat in line.coords)
        for line in shapely.simplify(lines, SIMPLIFY_DEG, preserve_topology=False)
    ]


def smoothed(line: Shape) -> Shape:
    """Return a line at sea without its corners, but where it would come nearer to land.

    Each point is the mean of those around it, of fewer the nearer it is to an end or to a place
    where the mean of more lies on land.
    """
    import numpy as np
    import shapely

    at = np.asarray(shapely.segmentize(shapely.LineString(line), SMOOTH_STEP_DEG).coords)
    here, tree = np.arange(len(at)), _coast_tree()
    sums = np.vstack([np.zeros(2), np.cumsum(at, axis=0)])
    # In a port, a river or a canal the line stays where it is.
    reach = np.where(_over_coast(tree, at), 0, SMOOTH_POINTS)
    reach[[0, -1]] = 0
    while True:
        # Each point by one at most further than its neighbour, so that the line stays whole.
        reach = np.minimum.accumulate(reach - here) + here
        reach = np.minimum.accumulate((reach + here)[::-1])[::-1] - here
        found = (sums[here + reach + 1] - sums[here - reach]) / (2 * reach + 1)[:, None]
        found[reach == 0] = at[reach == 0]
        hit = _over_coast(tree, found) & (reach > 0)
        if not hit.any():
            return tuple((float(lon), float(lat)) for lon, lat in found)
        reach = np.where(hit, reach // 2, reach)


def _over_coast(tree: STRtree, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points of a line begin or end a piece that touches the coast."""
    import numpy as np
    import shapely

    wrapped = points - np.array([360.0, 0.0]) * np.floor((points[:, :1] + 180.0) / 360.0)
    pieces = np.stack([wrapped[:-1], wrapped[1:]], axis=1)
    # What crosses 180 degrees is in open sea.
    across = np.abs(pieces[:, 0, 0] - pieces[:, 1, 0]) > 180.0
    pieces[across, 1] = pieces[across, 0]
    hits = np.zeros(len(points), dtype=bool)
    met = tree.query(shapely.linestrings(pieces), predicate="intersects")[0]
    hits[met] = hits[met + 1] = True
    return hits


@lru_cache(maxsize=1)
def _coast_tree() -> STRtree:
    """Return the pieces of coast: as whole rings they would take a hundred times as long."""
    import numpy as np
    import shapely

    from corridors.output.html.map.basemap import shipped_land

    rings = [np.asarray(ring) for ring in shipped_land().land]
    pieces = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    return shapely.STRtree(shapely.linestrings(pieces))


def extent_of(lines: Sequence[Sequence[LonLat]]) -> Extent:
    """Return the box around lines; a box of Eurasia without lines."""
    points = [point for line in lines for point in line] or [(20.0, 20.0), (120.0, 60.0)]
    return (
        min(lat for _, lat in points),
        min(lon for lon, _ in points),
        max(lat for _, lat in points),
        max(lon for lon, _ in points),
    )


def first_view(extents: Sequence[Extent]) -> list[float]:
    """Return the box that the map opens with, around the extents inside the window."""
    inside = [
        extent for extent in extents if extent[1] >= WEST_DEG and extent[3] <= EAST_DEG
    ] or list(extents)
    if not inside:
        return [0.0, WEST_DEG, 70.0, 150.0]
    return [
        round(max(SOUTH_DEG, min(extent[0] for extent in inside)), 3),
        round(min(extent[1] for extent in inside), 3),
        round(min(NORTH_DEG, max(extent[2] for extent in inside)), 3),
        round(max(extent[3] for extent in inside), 3),
    ]
