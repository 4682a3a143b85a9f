"""Geometry in the form the page holds it: small."""

from __future__ import annotations

from collections.abc import Sequence

LonLat = tuple[float, float]

# A thousandth of a degree is at most 111 m: finer than a line is drawn at the closest zoom.
UNITS_PER_DEG = 1000


def lat_lon(point: LonLat) -> tuple[float, float]:
    """Return (latitude, longitude), the order of folium and Leaflet.

    The only place where the order is turned; everywhere else it is (longitude, latitude).
    """
    return point[1], point[0]


def packed_line(line: Sequence[LonLat]) -> list[int]:
    """Return a line as whole thousandths of a degree: latitude, longitude, then differences.

    The page adds them up again. Points that fall together are dropped, but a line keeps two.
    """
    packed: list[int] = []
    before = (0, 0)
    for i, point in enumerate(line):
        lat, lon = (round(value * UNITS_PER_DEG) for value in lat_lon(point))
        if i and (lat, lon) == before and not (i == len(line) - 1 and len(packed) == 2):
            continue
        packed += (lat - before[0], lon - before[1])
        before = (lat, lon)
    return packed
