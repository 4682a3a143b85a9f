"""Lines as drawn, and the first view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING

from corridors.output.html.encode import LonLat

if TYPE_CHECKING:
    from pyproj import Geod

SIMPLIFY_DEG = 0.005
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
