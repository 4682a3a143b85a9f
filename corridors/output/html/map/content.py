"""Data of the map: lines shared by routes, the routes, the places, the first view."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.domain.results import RouteOption, RouteStep
from corridors.output.comparison import Comparison
from corridors.output.contract import LegRecord, OptionRecord
from corridors.output.display_names import name_of, title_by
from corridors.output.drawn_lines import unwrapped_lines
from corridors.output.html.encode import LonLat, packed_line, safe_colour
from corridors.output.html.map.map_places import place_records
from corridors.output.html.map.panel import bases_text, printed_figures
from corridors.output.html.map.view import (
    EAST_DEG,
    Extent,
    Shape,
    extent_of,
    first_view,
    simplified,
    turned,
)
from corridors.output.line_notes import line_text, sails_text

# Keys of an option shown in popups.
_KEPT = {
    "corridor",
    "title",
    "distance_km",
    "chain",
    "passages",
    "borders",
    "gauge_changes",
    "cost_lines",
    "time_parts",
    "warnings",
}
# Keys of a leg shown in popups.
_KEPT_OF_LEG = {
    *("from_name", "to_name", "service", "km", "hours", "departs", "arrives", "usd_per_teu"),
    *("co2e_wtw_kg", "calibrated", "source", "part"),
}

Record = dict[str, object]


def map_content(comparison: Comparison) -> Record:
    """Return the data of the page's script in plain values.

    Returns
    -------
    content
        `lines`: packed lines, each once. `routes`: usable options, best first, with legs as
        indexes of lines; a `detour` that nobody would take is drawn only when asked. `places`:
        terminals, borders and gates of those routes. `names`: names of services and scopes by id.
        `view`: south, west, north, east of the first view.
    """
    shapes: dict[Shape, int] = {}
    routes: list[Record] = []
    extents: list[Extent] = []
    detours = comparison.detours
    for route in comparison.usable:
        steps = [step for step in route.legs if len(step.lon_lat) > 1]
        lines = unwrapped_lines(steps)
        legs = [_leg(step, line, shapes) for step, line in zip(steps, lines, strict=True)]
        extent = extent_of(lines)
        record = _route(comparison, route, legs, extent)
        if route in detours:
            record["detour"] = True
        else:
            extents.append(extent)
        routes.append(record)
    keys = {step.service for route in comparison.usable for step in route.legs}
    keys |= {line.scope for route in comparison.usable for line in route.cost_lines}
    for route in comparison.usable:
        keys.update(route.passages, route.borders, route.gauge_changes)
    return {
        "names": {key: name for key in sorted(keys) if (name := name_of(key)) != key},
        "lines": [packed_line(shape) for shape in simplified(list(shapes))],
        "routes": routes,
        "places": place_records(comparison.usable),
        "view": first_view(extents),
    }


def _leg(step: RouteStep, line: Sequence[LonLat], shapes: dict[Shape, int]) -> Record:
    """Return the record of a leg and add its line to `shapes`.

    A shape starts in -180 to 180; `turns` counts the turns of the globe to add, and `back` is
    true if the leg runs from the end of the shape. So routes that share a leg share a line, in
    either direction.
    """
    shape, turns = turned(line)
    reverse = False
    if shape not in shapes:
        back, turns_back = turned(line[::-1])
        reverse = back in shapes
        if reverse:
            shape, turns = back, turns_back
    return {
        "line": shapes.setdefault(shape, len(shapes)),
        "turns": turns,
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
    # A second copy, one turn away, arrives where the other routes arrive.
    copies = [0] + ([-1] if east > EAST_DEG else []) + ([1] if west < -180.0 else [])
    return {
        **OptionRecord.of(route).model_dump(mode="json", include=_KEPT),
        "title": title_by(route),
        "colour": safe_colour(route.colour),
        "recommended": route is comparison.recommended,
        "sails": [text for text in (sails_text(route), route.sailings) if text],
        "lines": [line_text(line) for line in route.lines],
        "printed": printed_figures(route),
        "bases": bases_text(route),
        "copies": copies,
        "legs": legs,
    }
