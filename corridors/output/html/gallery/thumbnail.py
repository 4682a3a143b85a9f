"""The thumbnail of a comparison: its routes over the base map, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from corridors.domain.results import RouteOption
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import end_title, scenario_title
from corridors.output.drawn_lines import unwrapped, unwrapped_lines
from corridors.output.html.gallery.thumbnail_frame import (
    HEIGHT_PX,
    WIDTH_PX,
    Frame,
    Line,
    LonLat,
    frame_of,
)
from corridors.output.html.map.basemap import BaseMap
from corridors.output.html.palette import ROLES, role_colour

SEA, LAND, BORDER, INK = "#dbe6ec", "#f7f5f0", "#cfc9bd", "#22303a"
LAND_TOLERANCE_PX = 0.9
ROUTE_TOLERANCE_PX = 0.4
SMALLEST_RING_PX2 = 3.0
DOT_PX, LABEL_PX = 4.0, 14.0
# Approximate width of a letter relative to its height, to keep labels inside the picture.
LETTER_WIDTH = 0.55


def thumbnail_svg(comparison: Comparison, base_map: BaseMap) -> str:
    """Return the thumbnail: 640 by 320, without scripts, styles, links or fonts.

    The recommended route is drawn last and widest, in colour as what the answer names beside it,
    the others in grey, closed corridors not at all. The same comparison gives the same text.
    """
    routes = [
        (route, [point for line in unwrapped_lines(route.steps) for point in line])
        for route in comparison.usable
    ]
    routes = [(route, line) for route, line in routes if len(line) > 1]
    frame = frame_of(line for _, line in routes)
    # The best last, on top of the others.
    drawn = [pair for pair in reversed(routes) if pair[0] is not comparison.recommended]
    drawn += [pair for pair in routes if pair[0] is comparison.recommended]
    title = f"Routes of {scenario_title(comparison.scenario)}"
    return "".join(
        (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img"',
            f' viewBox="0 0 {WIDTH_PX:.0f} {HEIGHT_PX:.0f}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{WIDTH_PX:.0f}" height="{HEIGHT_PX:.0f}" fill="{SEA}"/>',
            ground_svg(base_map, frame),
            '<g fill="none" stroke-linejoin="round" stroke-linecap="round">',
            *(_route(comparison, route, line, frame) for route, line in drawn),
            "</g>",
            _ends(comparison, routes[0][1], frame) if routes else "",
            "</svg>\n",
        )
    )


def ground_svg(base_map: BaseMap, frame: Frame) -> str:
    """Return land and borders within a frame as SVG paths."""
    rings = [
        ring
        for ring in _in_frame(base_map.land, frame, LAND_TOLERANCE_PX)
        if _area(ring) >= SMALLEST_RING_PX2
    ]
    lines = _in_frame(base_map.borders, frame, LAND_TOLERANCE_PX)
    return (
        f'<path fill="{LAND}" fill-rule="evenodd" d="{path_data(rings, closed=True)}"/>'
        f'<path fill="none" stroke="{BORDER}" stroke-width=".7" d="{path_data(lines)}"/>'
    )


def _in_frame(
    lines: Iterable[Sequence[LonLat]], frame: Frame, tolerance_px: float
) -> Iterator[Line]:
    for line in lines:
        for copy in frame.copies(unwrapped(line)):
            yield _simplified(copy, tolerance_px)


def _route(comparison: Comparison, route: RouteOption, line: Sequence[LonLat], frame: Frame) -> str:
    path, colour = path_data(_in_frame([line], frame, ROUTE_TOLERANCE_PX)), role_colour(route)
    if route is not comparison.recommended:
        named = any(one.corridor == route.corridor for one in answer_of(comparison).beside)
        shown = colour if named else ROLES["other"][0]
        return f'<path stroke="{shown}" stroke-width="{2.5 if named else 1}" d="{path}"/>'
    return (
        f'<path stroke="#fff" stroke-width="6.5" d="{path}"/>'
        f'<path stroke="{colour}" stroke-width="4" d="{path}"/>'
    )


def _ends(comparison: Comparison, line: Sequence[LonLat], frame: Frame) -> str:
    """Return dots and names of origin and destination, at the ends of the best route."""
    scenario = comparison.scenario
    ends = (
        (end_title(scenario.origin), line[0]),
        (end_title(scenario.destination), line[-1]),
    )
    marks = []
    for name, place in ends:
        for ((x, y),) in frame.copies((place,)):
            wide = len(name) * LABEL_PX * LETTER_WIDTH
            left = x + wide + 2 * DOT_PX > WIDTH_PX
            anchor, at = ("end", x - 2 * DOT_PX) if left else ("start", x + 2 * DOT_PX)
            marks.append(
                f'<circle cx="{_px(x)}" cy="{_px(y)}" r="{DOT_PX:g}" fill="#fff"'
                f' stroke="{INK}" stroke-width="2"/>'
                f'<text x="{_px(at)}" y="{_px(y - 1.5 * DOT_PX)}" text-anchor="{anchor}"'
                f' fill="{INK}" stroke="#fff" stroke-width="3" paint-order="stroke"'
                f' font-family="sans-serif" font-size="{LABEL_PX:g}" font-weight="600">'
                f"{escape(name)}</text>"
            )
    return "".join(marks)


def _simplified(line: Line, tolerance_px: float) -> Line:
    """Return a line without points closer to it than the tolerance."""
    import shapely

    kept = shapely.simplify(shapely.LineString(line), tolerance_px, preserve_topology=False)
    return tuple((float(x), float(y)) for x, y in kept.coords)


def _area(ring: Line) -> float:
    """Return the area of a ring by the shoelace formula."""
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)) / 2


def path_data(lines: Iterable[Line], *, closed: bool = False) -> str:
    """Return lines as SVG path data in tenths of a pixel, each point relative to the last."""
    parts = []
    for line in lines:
        tenths = [(round(x * 10), round(y * 10)) for x, y in line]
        (x, y), steps = tenths[0], []
        parts.append(f"M{_tenth(x)} {_tenth(y)}")
        for to_x, to_y in tenths[1:]:
            if (to_x, to_y) != (x, y):
                steps.append(f"{_tenth(to_x - x)} {_tenth(to_y - y)}")
            x, y = to_x, to_y
        parts.append(f"l{' '.join(steps)}" if steps else "h0")
        parts.append("z" if closed else "")
    return "".join(parts).replace(" -", "-")


def _tenth(value: int) -> str:
    return f"{value / 10:g}"


def _px(value: float) -> str:
    return _tenth(round(value * 10))
