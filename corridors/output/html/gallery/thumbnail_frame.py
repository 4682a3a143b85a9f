"""The part of the world a thumbnail shows, and the position of a place on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH_PX, HEIGHT_PX = 640.0, 320.0
FULL_TURN_DEG = 360.0
# Length of a degree of latitude relative to one of longitude, as at about 40 degrees north.
LAT_STRETCH = 1.28
MARGIN = 0.07
SOUTHERNMOST_DEG, NORTHERNMOST_DEG = -58.0, 84.0

LonLat = tuple[float, float]
Line = tuple[LonLat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A rectangle of longitudes (continuous beyond 180) and latitudes, in degrees."""

    west: float
    east: float
    south: float
    north: float

    def point(self, lon: float, lat: float) -> LonLat:
        """Return the position of a place in pixels from the upper left."""
        return (
            (lon - self.west) / (self.east - self.west) * WIDTH_PX,
            (self.north - lat) / (self.north - self.south) * HEIGHT_PX,
        )

    def copies(self, line: Sequence[LonLat]) -> Iterator[Line]:
        """Yield a line in pixels, once for each turn of 360 degrees that enters the frame."""
        west, east = min(lon for lon, _ in line), max(lon for lon, _ in line)
        south, north = min(lat for _, lat in line), max(lat for _, lat in line)
        if north < self.south or south > self.north:
            return
        for turn in (-FULL_TURN_DEG, 0.0, FULL_TURN_DEG):
            if east + turn >= self.west and west + turn <= self.east:
                yield tuple(self.point(lon + turn, lat) for lon, lat in line)


# From the Caribbean to beyond Bering Strait: a route across the Pacific leaves it in the east and
# comes back in the west; all others are drawn in one piece.
WORLD = Frame(west=-100.0, east=202.0, south=-38.0, north=80.0)


def frame_of(lines: Iterable[Sequence[LonLat]]) -> Frame:
    """Return the frame of routes: close around them, or the world if one circles it.

    Parameters
    ----------
    lines
        Routes in degrees, longitudes continuous along each.
    """
    points = [point for line in lines for point in line]
    if not points:
        return WORLD
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    if west < WORLD.west or east > WORLD.east:
        return WORLD
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    wide = max((east - west) * (1 + 2 * MARGIN), 20.0)
    high = max((north - south) * (1 + 2 * MARGIN), 10.0)
    ratio = WIDTH_PX / HEIGHT_PX
    wide = max(wide, high * LAT_STRETCH * ratio)
    high = wide / ratio / LAT_STRETCH
    if wide >= WORLD.east - WORLD.west or high >= NORTHERNMOST_DEG - SOUTHERNMOST_DEG:
        return WORLD
    middle = (south + north) / 2
    bottom = min(max(middle - high / 2, SOUTHERNMOST_DEG), NORTHERNMOST_DEG - high)
    centre = (west + east) / 2
    return Frame(west=centre - wide / 2, east=centre + wide / 2, south=bottom, north=bottom + high)
