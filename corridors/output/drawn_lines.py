"""Lines of routes, continuous across 180 degrees or split there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import floor

from corridors.domain.results import RouteStep, StepKind
from corridors.network.sea.sea_ways import SeaWay
from corridors.units import km_from_nm

Line = tuple[tuple[float, float], ...]
# A line and whether it is at sea.
DrawnLine = tuple[Line, bool]

FULL_TURN_DEG = 360.0


def unwrapped_lines(steps: Iterable[RouteStep]) -> tuple[Line, ...]:
    """Return the line of each leg, with longitudes continuous along the route.

    Each point is moved by full turns to within 180 degrees of the last, so a route across the
    Pacific continues past 180. Steps without a line are left out.
    """
    lines: list[Line] = []
    previous: float | None = None
    for step in steps:
        if step.kind is not StepKind.LEG or len(step.lon_lat) < 2:
            continue
        line: list[tuple[float, float]] = []
        for lon, lat in step.lon_lat:
            near = lon
            if previous is not None and not -180.0 <= lon - previous < 180.0:
                near = _nearest_turn(lon, previous)
            line.append((near, lat))
            previous = near
        lines.append(tuple(line))
    return tuple(lines)


def unwrapped(line: Sequence[tuple[float, float]]) -> Line:
    """Return a line without jumps from 180 to -180."""
    lons: list[float] = []
    for lon, _ in line:
        lons.append(lon - FULL_TURN_DEG * round((lon - lons[-1]) / FULL_TURN_DEG) if lons else lon)
    return tuple((lon, lat) for lon, (_, lat) in zip(lons, line, strict=True))


def split_at_antimeridian(line: Sequence[tuple[float, float]]) -> tuple[Line, ...]:
    """Return the parts of a continuous line, each within -180 to 180 degrees.

    The parts meet at exactly 180 and -180, at the latitude where the straight line between the
    two points crosses.
    """
    parts: list[list[tuple[float, float]]] = [[]]
    turn = floor((line[0][0] + 180.0) / FULL_TURN_DEG)
    if all(-180.0 <= lon - turn * FULL_TURN_DEG <= 180.0 for lon, _ in line):
        part = [(lon - turn * FULL_TURN_DEG, lat) for lon, lat in line]
        return (tuple(_without_repeats(part)),) if len(set(part)) > 1 else ()
    for (lon, lat), (before_lon, before_lat) in zip(line, (line[0], *line[:-1]), strict=True):
        west, east = turn * FULL_TURN_DEG - 180.0, turn * FULL_TURN_DEG + 180.0
        if lon < west or lon > east:
            edge, step = (east, 1) if lon > east else (west, -1)
            # A first point at 180 degrees, but for rounding, lies on both sides.
            share = (edge - before_lon) / (lon - before_lon) if lon != before_lon else 0.0
            edge_lat = before_lat + share * (lat - before_lat)
            parts[-1].append((180.0 * step, edge_lat))
            parts.append([(-180.0 * step, edge_lat)])
            turn += step
        parts[-1].append((lon - turn * FULL_TURN_DEG, lat))
    return tuple(tuple(_without_repeats(part)) for part in parts if len(set(part)) > 1)


def _nearest_turn(lon: float, reference: float) -> float:
    return lon - FULL_TURN_DEG * floor((lon - reference + 180.0) / FULL_TURN_DEG)


def _without_repeats(part: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [point for i, point in enumerate(part) if i == 0 or point != part[i - 1]]


# Ways by sea as GeoJSON.

DIGITS = 5
"""Of coordinates in degrees: a metre."""


def geojson_text(ways: Sequence[SeaWay]) -> str:
    """Return ways as a FeatureCollection, each a MultiLineString that is split at 180 degrees.

    Properties are names and ids of both ends, `nm`, `km` and the ids of the gates. Ways that closed
    gates cut off are left out.
    """
    features = [
        {
            "type": "Feature",
            "properties": {
                "from": way.origin.name,
                "to": way.destination.name,
                "from_id": way.origin.id,
                "to_id": way.destination.id,
                "nm": round(way.nm, 1),
                "km": round(km_from_nm(way.nm), 1),
                "gates": list(way.gates),
            },
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [
                    [[round(lon, DIGITS), round(lat, DIGITS)] for lon, lat in part]
                    for part in split_at_antimeridian(way.line)
                ],
            },
        }
        for way in ways
        if way.line
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n"
