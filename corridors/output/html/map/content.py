"""What the page draws: lines shared by routes, the routes, the places, the first view."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.domain.results import RouteOption, RouteStep
from corridors.output.comparison import Comparison
from corridors.output.contract import LegRecord, OptionRecord
from corridors.output.html.encode import LonLat, packed_line, safe_colour
from corridors.output.html.map.panel import printed_figures
from corridors.output.html.map.places import place_records
from corridors.output.html.map.view import (
    EAST_DEG,
    Extent,
    Shape,
    extent_of,
    first_view,
    simplified,
    turned,
)
from corridors.output.lines import unwrapped_lines

# What of an option the popups show.
_KEPT = {
    "corridor",
    "title",
    "distance_km",
    "passages",
    "borders",
    "gauge_changes",
    "cost_lines",
    "time_parts",
    "warnings",
}
# What of a leg they show.
_KEPT_OF_LEG = {
    *("from_name", "to_name", "service", "km", "hours", "departs", "arrives", "usd_per_teu"),
    *("co2e_wtw_kg", "calibrated", "source"),
}

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
    extents: list[Extent] = []
    for route in comparison.usable:
        steps = [step for step in route.legs if len(step.lon_lat) > 1]
        lines = unwrapped_lines(steps)
        legs = [_leg(step, line, shapes) for step, line in zip(steps, lines, strict=True)]
        extents.append(extent_of(lines))
        routes.append(_route(comparison, route, legs, extents[-1]))
    return {
        "lines": [packed_line(shape) for shape in simplified(list(shapes))],
        "routes": routes,
        "places": place_records(comparison.usable),
        "view": first_view(extents),
    }


def _leg(step: RouteStep, line: Sequence[LonLat], shapes: dict[Shape, int]) -> Record:
    """Return the record of a leg, its line put into `shapes` as the first route travels it.

    A shape starts in -180 to 180; `turns` of the globe are added to it, and `back` says that it
    is travelled from its end. Two routes that share a leg thus share a line, whichever way and
    in whichever turn they travel it.
    """
    there, turns = turned(line)
    back, turns_back = turned(line[::-1])
    reverse = there not in shapes and back in shapes
    return {
        "line": shapes[back] if reverse else shapes.setdefault(there, len(shapes)),
        "turns": turns_back if reverse else turns,
        "back": reverse,
        **LegRecord.model_validate(step).model_dump(mode="json", include=_KEPT_OF_LEG),
        **({"own": True} if step.own else {}),
    }


def _route(
    comparison: Comparison,
    route: RouteOption,
    legs: list[Record],
    extent: Extent,
) -> Record:
    _, west, _, east = extent
    # Drawn once more, a turn away, so that it also arrives where the other routes arrive.
    copies = [0] + ([-1] if east > EAST_DEG else []) + ([1] if west < -180.0 else [])
    return {
        **OptionRecord.of(route).model_dump(mode="json", include=_KEPT),
        "colour": safe_colour(route.colour),
        "recommended": route is comparison.recommended,
        "printed": printed_figures(route),
        "copies": copies,
        "legs": legs,
    }
