"""`index.html`: one card per scenario, in a file without scripts or external resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from corridors.domain.results import RouteOption
from corridors.output.answer import answer_of, row_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import end_title, on_page, scenario_title
from corridors.output.drawn_lines import unwrapped, unwrapped_lines
from corridors.output.html.map.map_places import BaseMap
from corridors.output.html.page_shell import asset, page_html, policy_of_style, question
from corridors.output.html.palette import ROLES, role_colour, safe_colour

EXAMPLES = "examples"
SENTENCES = 4
TITLE = "Freight corridors between Asia and Europe"
LINKS = (
    ("map.html", "Map", "All routes with their legs, costs and hours"),
    ("report.html", "Report", "Costs and days by part, sources, weakest assumptions"),
    ("options.csv", "Table", "The figures of each corridor as CSV"),
)
# The page of the repository, which holds no maps and reports, but the hashes of all.
MADE = (
    "<p>A checkout holds no maps and reports. <code>make maps</code> writes those of all scenarios"
    " in a minute or two; then open <code>maps/examples/index.html</code>. The command on a card"
    " writes its own.</p>"
)
ATTRIBUTION = (
    "Routes on OpenStreetMap data © OpenStreetMap contributors, ODbL 1.0; sea lanes, land and"
    " borders from Natural Earth."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A shipped scenario's id (its file name), comparison and thumbnail."""

    id: str
    comparison: Comparison
    thumbnail: str


def gallery_html(entries: Sequence[Entry], *, links: bool = False) -> str:
    """Return the gallery as HTML text; the same entries give the same text.

    The page has no script, and its policy allows only its own style.

    Parameters
    ----------
    entries
        The scenarios.
    links
        Whether the folders of the scenarios lie beside the page; else a card says what writes its
        files.
    """
    style = asset("gallery", "gallery.css")
    cards = "\n".join(_card(entry, links=links) for entry in entries)
    body = f"""<header>
<h1>{TITLE}</h1>
<p>The shipped scenarios, compared in cost, days and greenhouse gas emissions.
Every page works offline.</p>
{"" if links else MADE}
</header>
<main>
{cards}
</main>
<footer><p>{ATTRIBUTION}</p></footer>
"""
    return page_html(TITLE, body, style=style, policy=policy_of_style(style))


def _card(entry: Entry, *, links: bool) -> str:
    """Return a card with links to its files, or with what writes them."""
    scenario, folder = entry.comparison.scenario, quote(entry.id, safe="")
    title = escape(scenario_title(scenario))
    picture = f'<div class="picture">{entry.thumbnail.strip()}</div>'
    files = (
        f'<p class="made">Map and report: <code>corridors compare {escape(entry.id)} --out'
        f" maps/{escape(entry.id)}</code></p>"
    )
    if links:
        # For the pointer; the link below is that of the keyboard, and says what it opens.
        picture = (
            f'<a class="picture" href="{folder}/map.html" tabindex="-1" aria-hidden="true">'
            f"{entry.thumbnail.strip()}</a>"
        )
        named = "".join(
            f'<a href="{folder}/{name}" title="{escape(hint)}">{label}</a>'
            for name, label, hint in LINKS
        )
        files = f'<nav aria-label="{title}">{named}</nav>'
    return (
        f'<article class="card">{picture}'
        f'<div class="text"><h2>{title}</h2>'
        f'<p class="asked">{escape(question(scenario))}</p>'
        f'<p class="answer">{_answer(entry.comparison)}</p>'
        f"{_corridors(entry.comparison)}{files}</div></article>"
    )


def _answer(comparison: Comparison) -> str:
    """Return the first sentences of the answer, the first in bold, and how old what it takes is."""
    answer = answer_of(comparison)
    first, *others = map(on_page, answer.sentences[:SENTENCES])
    if answer.rests_on:
        others.append(on_page(f"Rests on {'; '.join(answer.rests_on)}."))
    return " ".join([f"<b>{escape(first)}</b>", *(escape(sentence) for sentence in others)])


def _corridors(comparison: Comparison) -> str:
    rows = "".join(_row(comparison, route) for route in comparison.routes)
    usable, every = len(comparison.usable), len(comparison.routes)
    noun = "corridor" if every == 1 else "corridors"
    return (
        f"<details><summary>{every} {noun}, {usable} usable, best first</summary>"
        '<table><thead><tr><th scope="col">Corridor</th><th scope="col">'
        f"{answer_of(comparison).money}</th>"
        '<th scope="col">Days</th><th scope="col">t CO₂e</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _row(comparison: Comparison, route: RouteOption) -> str:
    swatch = (
        '<svg class="swatch" width="12" height="12" aria-hidden="true">'
        f'<rect width="12" height="12" rx="2" fill="{safe_colour(route.colour)}"/></svg>'
    )
    star = ' <span class="star" title="recommended">★</span>'
    mark = star if route is comparison.recommended else ""
    mark += " <small>about the same</small>" if comparison.is_tied(route) else ""
    name = f'<th scope="row">{swatch}{escape(route.title)}{mark}</th>'
    if not route.usable:
        return f'<tr>{name}<td colspan="3">{escape(route.status.value)}</td></tr>'
    row = row_of(comparison, route)
    figures = (row.usd, row.days, row.co2e_t)
    return f"<tr>{name}{''.join(f'<td>{figure}</td>' for figure in figures)}</tr>"


# The part of the world a thumbnail shows, and the position of a place on it.

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


# The thumbnail of a comparison: its routes over the base map, as SVG.

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
