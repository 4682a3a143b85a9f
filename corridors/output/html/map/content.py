"""The map of a comparison: its data, and one HTML file with everything inlined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from corridors.data.cities import name_of
from corridors.data.parameters import Source
from corridors.domain.answer import BOXES
from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption, RouteStep
from corridors.domain.scenario import Equipment
from corridors.domain.values import ChainPart
from corridors.output.answer import answer_of, row_of
from corridors.output.comparison import Comparison
from corridors.output.contract import OptionRecord
from corridors.output.display_names import line_text, name_by, sails_text, title_by
from corridors.output.drawn_lines import unwrapped_lines
from corridors.output.html.map.map_frame import (
    EAST_DEG,
    Extent,
    Frame,
    MapPage,
    Shape,
    drawn_page,
    extent_of,
    first_view,
    line_km,
    simplified,
    smoothed,
    turned,
)
from corridors.output.html.map.map_places import (
    BaseMap,
    Record,
    ice_content,
    place_records,
    sea_ice,
)
from corridors.output.html.map.panel import bases_text, panel_record, prices_html, printed_figures
from corridors.output.html.palette import (
    NOTHING,
    LonLat,
    Shared,
    element,
    packed_line,
    role_of,
    tabled,
)
from corridors.output.html.report.effects import what_if_section
from corridors.output.html.report.parts import shortened
from corridors.output.monthly import closed_in, quickest

# The strip of months: who is recommended in each, what is closed, the ice.

STRIP = '<section id="months" aria-label="The year by month"></section>'


def month_record(comparison: Comparison) -> Record:
    """Return a month of the strip in plain values, as `months.js` draws it.

    Returns
    -------
    month
        `label` and `departure`. `best` and `quick`, the recommended and the quickest option: title,
        role, and USD per box and days as printed; dashes where there is none. `money`: what USD
        are per. `closed`: titles.
        `ice`: by sea its name and tenths in the month of the departure.
    """
    scenario = comparison.scenario
    return {
        "label": f"{scenario.departure:%b %Y}",
        "departure": scenario.departure.isoformat(),
        "money": answer_of(comparison).money,
        "best": _printed(comparison, comparison.recommended),
        "quick": _printed(comparison, quickest(comparison)),
        "closed": [name_by(route) for route in closed_in(comparison)],
        "ice": [
            [sea.name, sea.tenths[scenario.departure.month - 1]]
            for sea in sea_ice(scenario.ice_year)
        ],
    }


def _printed(comparison: Comparison, route: RouteOption | None) -> Record:
    if route is None:
        return {"title": NOTHING, "role": "", "usd": NOTHING, "days": NOTHING}
    row = row_of(comparison, route)
    return {"title": name_by(route), "role": role_of(route), "usd": row.usd, "days": row.days}


# Keys of an option shown on its card, but for its chain and its lines of cost.
_KEPT = {"distance_km", "passages", "borders", "gauge_changes", "time_parts", "warnings"}
_PARTS = [part.value for part in ChainPart]
_MINUTE_S = 60


class Ways:
    """Legs of routes without their days and costs, each once, with their lines.

    A line starts in -180 to 180 degrees. Routes that share a leg share its line, in either
    direction, so the page can lay them side by side. `km` are the lengths of the lines by leg; that
    of a railway, road or river is shorter than its km, which are published or count its bends.
    """

    def __init__(self) -> None:
        self._shapes: dict[Shape, int] = {}
        self._drawn: list[Shape] = []
        self._rows: dict[tuple[object, ...], int] = {}
        self.km: list[float] = []

    def numbers(self, step: RouteStep, line: Sequence[LonLat]) -> tuple[int, int, int]:
        """Return the number of a leg, the turns of the globe to add to its line, and its direction.

        The direction is 1 if the leg runs from the end of the line to its start, else 0.
        """
        shape, turns = turned(line)
        back = 0
        if shape not in self._shapes:
            other, turns_back = turned(line[::-1])
            if other in self._shapes:
                shape, turns, back = other, turns_back, 1
        row = (
            self._shapes.setdefault(shape, len(self._shapes)),
            *(step.from_name, step.to_name, step.service, round(step.km, 1)),
            *(step.calibrated is True, step.source or "", step.own),
        )
        if row not in self._rows:
            self._rows[row] = len(self._rows)
            number = int(str(row[0]))
            if number == len(self._drawn):
                at_sea = family_of(step.service) is Family.SEA
                self._drawn.append(smoothed(shape) if at_sea else shape)
            self.km.append(line_km(self._drawn[number]))
        return self._rows[row], turns, back

    def content(self, texts: Shared) -> Record:
        """Return `ways`, a table of legs by number, and `lines`, packed."""
        keys = ("line", "from_name", "to_name", "service", "km", "calibrated", "source", "own")
        rows = [dict(zip(keys, row, strict=True)) for row in self._rows]
        return {
            "ways": tabled(rows, texts),
            "lines": [packed_line(shape) for shape in simplified(self._drawn)],
        }


class Options:
    """What the cards show of options, for every month: most are the same in most months."""

    def __init__(self, ways: Ways, equipment: Equipment) -> None:
        self._ways = ways
        self._equipment = equipment
        self._lines, self._parts = Shared(), Shared()
        self._values, self._rows = Shared(), Shared()

    def number(self, route: RouteOption) -> tuple[int, list[Record], Extent]:
        """Return the number of an option, its legs as records, and the box around them."""
        legs, extent = _legs(route, self._ways)
        record = OptionRecord.of(route)
        lines = [line.model_dump(mode="json", exclude={"driver"}) for line in record.cost_lines]
        parts = [part.model_dump(mode="json") for part in record.chain]
        listed = {
            **record.model_dump(mode="json", include=_KEPT),
            "drawn": self._drawn(route, legs),
            "cost_lines": [self._lines.number(line) for line in lines],
            "chain": [self._parts.number(part) for part in parts],
            "way": [number for leg in legs for number in _way(leg)],
            "sails": [text for text in (sails_text(route), route.sailings) if text],
            "lines": [*map(line_text, route.lines)],
            "printed": printed_figures(route, self._equipment.teu_per_box),
            "copies": _copies(extent),
        }
        plain = {
            "title": title_by(route),
            "role": role_of(route),
            "bases": bases_text(route, self._equipment),
            "distance_km": listed.pop("distance_km"),
        }
        row = plain | {key: self._values.number(value) for key, value in listed.items()}
        return self._rows.number(row), legs, extent

    def _drawn(self, route: RouteOption, legs: Sequence[Record]) -> list[tuple[str, int, int]]:
        """Return by family the km of a route and those of its lines, which have fewer bends."""
        km: dict[str, float] = {}
        drawn: dict[str, float] = {}
        for step, leg in zip(_drawn_steps(route), legs, strict=True):
            family = family_of(step.service).value
            km[family] = km.get(family, 0.0) + step.km
            drawn[family] = drawn.get(family, 0.0) + self._ways.km[int(str(leg["way"]))]
        return [(family, round(km[family]), round(drawn[family])) for family in km]

    def content(self, texts: Shared) -> Record:
        """Return `options`, a table by number; `values`, which it refers to; and lines and parts.

        `cost_lines` and `chain_parts` are tables, whose rows `values` refer to in turn.
        """
        return {
            "options": tabled(self._rows.listed(), texts),
            "values": self._values.listed(),
            "cost_lines": tabled(self._lines.listed(), texts),
            "chain_parts": tabled(self._parts.listed(), texts),
        }


def map_content(
    comparison: Comparison,
    *,
    months: Sequence[Comparison] = (),
    sources: Mapping[str, Source] | None = None,
) -> Record:
    """Return the data of the page's script in plain values.

    Parameters
    ----------
    comparison
        The comparison.
    months
        The same comparison for departures in successive months, the first its own; or none.
    sources
        Sources by id, each with its title and address.

    Returns
    -------
    content
        `texts`: texts that tables refer to by number. `ways` and `lines`: legs and their lines,
        each once. `options`, `values`, `cost_lines` and `chain_parts`: see `Options`. `routes`:
        options usable in some month, best first, with their number and legs as numbers of ways; a
        `detour` that nobody would take is drawn only when asked. `places`: terminals, borders and
        gates of those routes. `names`: names of services and scopes by id. `ice`: by sea and month.
        `months`: which option each has. `answers`: the panel, of each month, its notes by number of
        `texts`. `view`: south, west,
        north, east of what stands in colour.
    """
    ways, texts, equipment = Ways(), Shared(), comparison.scenario.shipment.equipment
    options = Options(ways, equipment)
    shown = options_of(comparison, months)
    extents: list[Extent] = []
    detours = comparison.detours
    routes: list[Record] = []
    for route in shown:
        number, legs, extent = options.number(route)
        record: Record = {
            "corridor": route.corridor,
            "option": number,
            "rank": comparison.ranks.get(route.corridor, 0),
            "recommended": route is comparison.recommended,
            "legs": tabled(legs, texts),
        }
        if route in detours:
            record["detour"] = True
        extents.append(extent)
        routes.append(record)
    numbers = {route.corridor: number for number, route in enumerate(shown)}
    answers = [panel_record(one, numbers) for one in months or (comparison,)]
    coloured = [extents[number] for number in numbers_of(answers[0])]
    # Most notes hold in every month.
    for answer in answers:
        notes = cast("list[list[str]]", answer["notes"])
        answer["notes"] = [[texts.number(text) for text in note] for note in notes]
    of_months = [_month(one, shown, options) for one in months]
    every = [*shown, *(route for one in months for route in one.usable)]
    keys = {step.service for route in every for step in route.legs}
    cited = {line.source_id for route in every for line in route.cost_lines}
    cited |= {step.source for route in every for step in route.legs if step.source}
    for route in every:
        keys |= {line.scope for line in route.cost_lines}
        keys.update(route.passages, route.borders, route.gauge_changes)
    places = [
        {**place, "operations": tabled(operations, texts)}
        for place, operations in place_records(shown)
    ]
    return {
        "kind": "compare",
        "names": {key: name for key in sorted(keys) if (name := name_of(key)) != key},
        "sources": {
            key: [source.title, _address(source)]
            for key, source in (sources or {}).items()
            if key in cited
        },
        **ways.content(texts),
        **options.content(texts),
        "routes": routes,
        "places": places,
        "ice": ice_content(comparison.scenario),
        "month": comparison.scenario.departure.month,
        **({"months": of_months} if of_months else {}),
        "answers": answers,
        "teu_per_box": equipment.teu_per_box,
        "box": BOXES[equipment],
        "view": first_view(coloured or extents),
        "parts": _PARTS,
        "texts": texts.listed(),
    }


def _address(source: Source) -> str:
    """Return the address of a source as a link may have it; empty if it has none."""
    return source.url if source.url.startswith(("https://", "http://")) else ""


def numbers_of(panel: Record) -> list[int]:
    """Return the numbers of what stands in colour."""
    return [*map(int, cast("list[int]", panel["focus"]))]


def options_of(comparison: Comparison, months: Sequence[Comparison]) -> list[RouteOption]:
    """Return the usable options, then those that are usable in another month, as in the first."""
    found = {route.corridor: route for route in comparison.usable}
    for one in months:
        for route in one.usable:
            found.setdefault(route.corridor, route)
    return list(found.values())


def _legs(route: RouteOption, ways: Ways) -> tuple[list[Record], Extent]:
    """Return the legs of a route as records, and the box around them."""
    steps = _drawn_steps(route)
    lines = unwrapped_lines(steps)
    records: list[Record] = []
    for step, line in zip(steps, lines, strict=True):
        way, turns, back = ways.numbers(step, line)
        records.append(
            {
                "way": way,
                "turns": turns,
                "back": back,
                "hours": round(step.hours, 1),
                "departs": _minute(step.departs),
                "arrives": _minute(step.arrives),
                "usd_per_teu": round(step.usd_per_teu, 1),
                "co2e_wtw_kg": round(step.co2e_wtw_kg, 1),
                "part": step.part.value,
            }
        )
    return records, extent_of(lines)


def _drawn_steps(route: RouteOption) -> list[RouteStep]:
    return [step for step in route.legs if len(step.lon_lat) > 1]


def _way(leg: Record) -> tuple[object, ...]:
    """Return a leg as four numbers: its way, turns and direction, and its part of the chain."""
    return leg["way"], leg["turns"], leg["back"], _PARTS.index(str(leg["part"]))


def _minute(moment: datetime) -> int:
    """Return a time in minutes since 1970; one without a time zone is taken as UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() / _MINUTE_S)


def _copies(extent: Extent) -> list[int]:
    """Return the turns of the globe to draw a route at.

    A second copy, one turn away, arrives where the other routes arrive.
    """
    _, west, _, east = extent
    return [0] + ([-1] if east > EAST_DEG else []) + ([1] if west < -180.0 else [])


def _month(comparison: Comparison, shown: Sequence[RouteOption], options: Options) -> Record:
    """Return a month: of each usable option, best first, its route, rank, start and number."""
    numbers = {route.corridor: number for number, route in enumerate(shown)}
    recommended = comparison.recommended
    return {
        **month_record(comparison),
        "month": comparison.scenario.departure.month,
        "recommended": numbers[recommended.corridor] if recommended else -1,
        "options": [
            [
                numbers[route.corridor],
                comparison.ranks.get(route.corridor, 0),
                _minute(route.legs[0].departs) if route.legs else 0,
                options.number(route)[0],
            ]
            for route in comparison.usable
        ],
    }


# The map of a comparison: one HTML file with everything inlined.


def map_page(
    comparison: Comparison,
    *,
    base_map: BaseMap | None = None,
    sources: Mapping[str, Source] | None = None,
    months: Sequence[Comparison] = (),
    command: str = "",
    report: str = "",
) -> MapPage:
    """Return what the page of a comparison holds.

    Parameters
    ----------
    comparison
        The options to draw.
    base_map
        Land and borders; the shipped ones by default.
    sources
        Sources by id, shown on the cards of routes.
    months
        The same comparison for departures in successive months, the first its own: a strip under
        the map shows them.
    command
        The command line that gave the comparison, to which the settings of the sliders are added.
    report
        The report's file beside the map, to which it links.
    """
    titles = {key: source.title for key, source in (sources or {}).items()}
    sliders = what_if_section(comparison, lambda key: _cited(titles.get(key, "")), command=command)
    assets = ("globe.js", "months.js" * bool(months), "report/whatif.js" * bool(sliders), "map.js")
    routes = options_of(comparison, months)
    return drawn_page(
        comparison.scenario.name,
        map_content(comparison, months=months, sources=sources),
        {**dict(enumerate(map(title_by, routes))), "places": "Places"},
        below=prices_html(comparison, sliders) if sliders else "",
        beside=STRIP if months else "",
        base_map=base_map,
        links=[("Report and sources", report)],
        assets=tuple(filter(None, assets)),
    )


def frame_of(tiles: str | None) -> Frame | None:
    """Return the frame of a page that may load online tiles, None for the shipped one.

    Raises
    ------
    ConfigError
        The set of tiles, such as `osm`, is unknown.
    """
    if tiles is None:
        return None
    from corridors.output.html.map.folium_page import drawn_frame

    return drawn_frame(tiles)


def _cited(title: str) -> str:
    """Return a source in a line, in full when pointed at."""
    return element("span", shortened(title), title=title) if title else ""
