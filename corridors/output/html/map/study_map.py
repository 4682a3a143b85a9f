"""The map of a study in the frame of a comparison's: what it draws by role, and its panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridors.domain.scenario import Scenario
from corridors.output.display_names import end_title
from corridors.output.drawn_lines import DrawnLine
from corridors.output.html.map.map_frame import (
    EAST_DEG,
    MapPage,
    Shape,
    drawn_page,
    extent_of,
    first_view,
    simplified,
    smoothed,
    turned,
)
from corridors.output.html.map.map_places import BaseMap
from corridors.output.html.map.panel import PanelText
from corridors.output.html.palette import LonLat, dark_style, lat_lon, packed_line, painted

Record = dict[str, object]
# Around a place alone, in degrees.
_MARGIN_DEG = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The row of a thing in the panel: `value` on the axis, `side` at its end, both as printed.

    Rows of one `group` stand under its title. `mark` is `>` for the answer, `=` for what is about
    the same. Without a `value` the row has no dot.
    """

    value: str
    side: str = ""
    group: str = ""
    mark: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is drawn under one name: lines, places and areas, and what is said of it.

    Parameters
    ----------
    name
        What stands on its line or beside its places, plain text.
    role
        One of the frame (`sea`, `rail`, `none`, `other`) or of the study's own colours.
    in_focus
        Whether it stands in colour; other lines are context.
    hidden
        Whether its lines are drawn only while its row or place is pointed at.
    says
        What stands below the name on the line.
    lines
        Its lines, each with whether it lies at sea; longitudes run on.
    spots
        Its places, as dots of `radius_px` with a label; an `is_end` has a larger one.
    area
        Rings of an area.
    parent
        The number of the thing with whose row it is lit, -1 for none.
    tip
        A line for the pointer.
    facts
        What its card says, each with a heading that may be empty.
    row
        Its row in the panel.
    """

    name: str
    role: str = "other"
    in_focus: bool = False
    hidden: bool = False
    says: str = ""
    lines: Sequence[DrawnLine] = ()
    spots: Sequence[LonLat] = ()
    radius_px: float = 5.0
    is_end: bool = False
    area: Sequence[Sequence[LonLat]] = ()
    parent: int = -1
    tip: str = ""
    facts: Sequence[tuple[str, str]] = ()
    row: Row | None = None


def study_map(
    title: str,
    said: PanelText,
    things: Sequence[Thing],
    *,
    colours: Mapping[str, str] | None = None,
    controls: str = "",
    assets: Sequence[str] = (),
    then: str = "",
    report: str = "",
    base_map: BaseMap | None = None,
) -> MapPage:
    """Return what the page of a study's map holds.

    Parameters
    ----------
    title
        Window title, plain text.
    said
        The panel.
    things
        What is drawn, the first on top; names of places go in this order.
    colours
        The study's own roles, each with a colour of the palette.
    controls
        Markup below the figures.
    assets, then
        Scripts beside the frame's, and what runs last; the map is `drawnMap` there.
    report
        The study's page beside the map, to which it links.
    base_map
        Land and borders; the shipped ones by default.
    """
    own = "".join(f".{role}{{--c:{painted(colour)}}}" for role, colour in (colours or {}).items())
    return drawn_page(
        title,
        content_of(said, things),
        {number: thing.name for number, thing in enumerate(things) if thing.parent < 0},
        controls=controls,
        beside=f"<style>{own}{dark_style()}</style>" if own else "",
        base_map=base_map,
        links=[("All figures", report)],
        assets=(*assets, "study.js"),
        then=then,
    )


def content_of(said: PanelText, things: Sequence[Thing]) -> Record:
    """Return the data of the page's script in plain values.

    Returns
    -------
    content
        `things`, with the numbers of their `lines` and the turns of the globe to move these by;
        `lines`, packed, each once; `copies`, the turns at which everything is drawn; `panel`;
        `view`: south, west, north, east of the first view.
    """
    shapes: dict[Shape, int] = {}
    drawn: list[Shape] = []
    records: list[Record] = []
    seen: list[Sequence[LonLat]] = []
    for thing in things:
        numbers = []
        for line, at_sea in thing.lines:
            if len(line) < 2:
                continue
            shape, turns = turned(line)
            if shape not in shapes:
                shapes[shape] = len(shapes)
                drawn.append(smoothed(shape) if at_sea else shape)
            numbers.append([shapes[shape], turns])
            if not thing.hidden:
                seen.append(line)
        seen += [_around(spot) for spot in thing.spots]
        records.append(
            {
                "name": thing.name,
                "role": thing.role,
                "focus": thing.in_focus,
                "hidden": thing.hidden,
                "says": thing.says,
                "lines": numbers,
                "spots": [[round(each, 3) for each in lat_lon(spot)] for spot in thing.spots],
                "radius": round(thing.radius_px, 1),
                "kind": "end" if thing.is_end else "change",
                "area": [packed_line(ring) for ring in thing.area],
                "parent": thing.parent,
                "tip": thing.tip or thing.name,
                "facts": [list(fact) for fact in thing.facts],
            }
        )
    _, west, _, east = extent_of(seen)
    return {
        "kind": "study",
        "things": records,
        "lines": [packed_line(shape) for shape in simplified(drawn)],
        "copies": [0] + [-1] * (east > EAST_DEG) + [1] * (west < -180.0),
        "panel": {**said.record(), "groups": _groups(things)},
        "view": first_view([extent_of([line]) for line in seen]),
    }


def _groups(things: Sequence[Thing]) -> list[tuple[str, list[Record]]]:
    """Return the rows of the panel by group, in the order of the things."""
    groups: dict[str, list[Record]] = {}
    for number, thing in enumerate(things):
        if (row := thing.row) is not None:
            shown = {"usd": row.value, "side": row.side, "mark": row.mark, "against": row.against}
            named = {"route": number, "name": thing.name, "sails": ""}
            groups.setdefault(row.group, []).append({**named, **shown})
    return list(groups.items())


def ends_of(scenario: Scenario, lines: Sequence[DrawnLine]) -> tuple[Thing, ...]:
    """Return origin and destination of a question, where a route begins and ends."""
    if not lines:
        return ()
    places = (lines[0][0][0], lines[-1][0][-1])
    named = (scenario.origin, scenario.destination)
    return tuple(
        Thing(name=end_title(name), spots=(place,), radius_px=6.0, is_end=True)
        for name, place in zip(named, places, strict=True)
    )


def _around(spot: LonLat) -> tuple[LonLat, LonLat]:
    lon, lat = spot
    return (lon - _MARGIN_DEG, lat - _MARGIN_DEG), (lon + _MARGIN_DEG, lat + _MARGIN_DEG)
