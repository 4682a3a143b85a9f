"""What the page draws: lines shared by routes, the routes, the places, the first view."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from corridors.domain.results import RouteOption, RouteStep
from corridors.mapping.encode import LonLat, packed_line
from corridors.mapping.panel import printed_figures
from corridors.mapping.places import place_records
from corridors.results.comparison import Comparison
from corridors.results.inert import safe_colour
from corridors.results.lines import unwrapped_lines
from corridors.results.records import option_record

SIMPLIFY_DEG = 0.02
# The first view shows routes that stay inside this window; one that goes round the world would
# shrink all the others.
_WEST_DEG, _EAST_DEG, _SOUTH_DEG, _NORTH_DEG = -35.0, 200.0, -37.0, 79.0

# What of an option the popups show.
_KEPT = (
    "corridor",
    "title",
    "distance_km",
    "passages",
    "borders",
    "gauge_changes",
    "cost_lines",
    "time_parts",
    "warnings",
)

Shape = tuple[tuple[float, float], ...]
Record = dict[str, object]


def map_content(comparison: Comparison) -> Record:
    """Return what the page's script draws, in plain values.

    Returns
    -------
    content
        `lines`: packed lines, each once, however many routes use it. `routes`: usable options,
        best first, with their legs as indexes of lines. `places`: terminals, borders and passages
        of those routes. `view`: south, west, north, east of the first view.
    """
    shapes: dict[Shape, int] = {}
    routes: list[Record] = []
    extents: list[tuple[float, float, float, float]] = []
    for route in comparison.usable:
        steps = [step for step in route.steps if step.kind == "leg" and len(step.lon_lat) > 1]
        lines = unwrapped_lines(steps)
        legs = [_leg(step, line, shapes) for step, line in zip(steps, lines, strict=True)]
        extents.append(_extent(lines))
        routes.append(_route(comparison, route, legs, extents[-1]))
    return {
        "lines": [packed_line(shape) for shape in _simplified(list(shapes))],
        "routes": routes,
        "places": place_records(comparison.usable),
        "view": _view(extents),
    }


def _leg(step: RouteStep, line: Sequence[LonLat], shapes: dict[Shape, int]) -> Record:
    """Return a leg, its line put into `shapes` as the first route travels it.

    A shape starts in -180 to 180; `turns` of the globe are added to it, and `back` says that it
    is travelled from its end. Two routes that share a leg thus share a line, whichever way and
    in whichever turn they travel it.
    """
    there, turns = _shape(line)
    back, turns_back = _shape(line[::-1])
    reverse = there not in shapes and back in shapes
    return {
        "line": shapes[back] if reverse else shapes.setdefault(there, len(shapes)),
        "turns": turns_back if reverse else turns,
        "back": reverse,
        "from": step.from_name,
        "to": step.to_name,
        "service": step.service,
        "family": step.service.split("/")[0],
        "km": round(step.km),
        "hours": round(step.hours, 1),
        "departs": f"{step.departs:%d %b %Y %H:%M}",
        "arrives": f"{step.arrives:%d %b %Y %H:%M}",
        "usd": round(step.usd_per_teu, 2),
        "kg": round(step.co2e_wtw_kg, 1),
        "calibrated": step.calibrated,
        "source": step.source,
        **({"own": True} if step.own else {}),
    }


def _shape(line: Sequence[LonLat]) -> tuple[Shape, int]:
    """Return a line moved by whole turns to start in -180 to 180, and how many turns they were."""
    turns = floor((line[0][0] + 180.0) / 360.0)
    return tuple((round(lon - turns * 360.0, 4), round(lat, 4)) for lon, lat in line), turns


def _route(
    comparison: Comparison,
    route: RouteOption,
    legs: list[Record],
    extent: tuple[float, float, float, float],
) -> Record:
    record = option_record(route)
    _, west, _, east = extent
    # Drawn once more, a turn away, so that it also arrives where the other routes arrive.
    copies = [0] + ([-1] if east > _EAST_DEG else []) + ([1] if west < -180.0 else [])
    return {
        **{key: record[key] for key in _KEPT},
        "colour": safe_colour(route.colour),
        "recommended": route is comparison.recommended,
        "printed": printed_figures(route),
        "copies": copies,
        "legs": legs,
    }


def _simplified(shapes: list[Shape]) -> list[Shape]:
    import shapely

    if not shapes:
        return []
    lines = [shapely.LineString(shape) for shape in shapes]
    return [
        tuple((float(lon), float(lat)) for lon, lat in line.coords)
        for line in shapely.simplify(lines, SIMPLIFY_DEG, preserve_topology=False)
    ]


def _extent(lines: Sequence[Sequence[LonLat]]) -> tuple[float, float, float, float]:
    points = [point for line in lines for point in line] or [(20.0, 20.0), (120.0, 60.0)]
    return (
        min(lat for _, lat in points),
        min(lon for lon, _ in points),
        max(lat for _, lat in points),
        max(lon for lon, _ in points),
    )


def _view(extents: Sequence[tuple[float, float, float, float]]) -> list[float]:
    inside = [
        extent for extent in extents if extent[1] >= _WEST_DEG and extent[3] <= _EAST_DEG
    ] or list(extents)
    if not inside:
        return [0.0, _WEST_DEG, 70.0, 150.0]
    return [
        round(max(_SOUTH_DEG, min(extent[0] for extent in inside)), 3),
        round(min(extent[1] for extent in inside), 3),
        round(min(_NORTH_DEG, max(extent[2] for extent in inside)), 3),
        round(max(extent[3] for extent in inside), 3),
    ]
