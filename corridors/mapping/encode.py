"""Geometry and text in the form the page holds them: small, and inert whatever a user wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

LonLat = tuple[float, float]

# A thousandth of a degree is at most 111 m: finer than a line is drawn at the closest zoom.
UNITS_PER_DEG = 1000

_PLAIN_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FALLBACK_COLOUR = "#555555"


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


def script_json(value: object) -> str:
    """Return JSON that can stand inside a script element.

    Markup characters and the two line separators of Unicode are written as escapes, so no text
    can end the script or start another.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def safe_colour(colour: str) -> str:
    """Return a colour as it is when it is `#rgb` or `#rrggbb`, else grey."""
    return colour if _PLAIN_COLOUR.fullmatch(colour) else _FALLBACK_COLOUR
