"""Cells of networks from other programs as numbers, gauges and lines within bounds."""

from __future__ import annotations

import re

from corridors.data.own.own_files import refuse
from corridors.exchange.model import Line, line_of_wkt

LONGITUDES = (-360.0, 360.0)
LATITUDES = (-90.0, 90.0)
LONGEST_KM = 40_000.0
_GAUGE = re.compile(r"\d{1,4}(\.0*)?")
MAX_CHARACTERS = 40


def number_in(text: str, at: str, bounds: tuple[float, float]) -> float:
    """Return a cell as a number within bounds.

    Raises
    ------
    ConfigError
        It is no number, not finite, or outside of the bounds.
    """
    try:
        value = float(text) if len(text) <= MAX_CHARACTERS else float("nan")
    except ValueError:
        value = float("nan")
    low, high = bounds
    if not low <= value <= high:
        refuse(at, f"must be a number from {low:g} to {high:g}, got '{text[:MAX_CHARACTERS]}'")
    return value


def gauge_in(text: str, at: str) -> int:
    """Return a gauge in whole mm, 0 for an empty cell.

    Raises
    ------
    ConfigError
        It is no whole number of at most four digits.
    """
    if not text:
        return 0
    if not _GAUGE.fullmatch(text):
        refuse(at, f"the gauge must be a whole number of mm, got '{text[:MAX_CHARACTERS]}'")
    return int(text.partition(".")[0])


def line_in(text: str, at: str) -> Line:
    """Return the points of a WKT line in degrees, none for an empty cell.

    Raises
    ------
    ConfigError
        It is no line, or a point lies outside of the globe.
    """
    try:
        line = line_of_wkt(text)
    except ValueError:
        refuse(at, "geometry: must be a WKT LINESTRING")
    for lon, lat in line:
        if not (LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]):
            refuse(at, f"geometry: {lon:g} {lat:g} is no longitude and latitude in degrees")
    return line
