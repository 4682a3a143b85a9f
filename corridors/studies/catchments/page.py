"""`catchments.html` and its map: regions by their best corridor, and what a day is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corridors.domain.answer import BOXES
from corridors.output.comparison import NO_FORECAST
from corridors.output.display_names import (
    best_route_of,
    capitalised,
    end_title,
    fault_on_page,
    in_sentence,
    name_of_ways,
)
from corridors.output.html.map.map_frame import MapPage
from corridors.output.html.map.map_places import shipped_land
from corridors.output.html.map.panel import PanelText
from corridors.output.html.map.study_map import Row, Thing, study_map
from corridors.output.html.palette import (
    GREY,
    LonLat,
    counted,
    day_text,
    element,
    identities,
    painted,
    script_json,
    swatch,
)
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.report_tables import Cell, table_of
from corridors.output.html.start_page import study_page
from corridors.studies.catchments.result import BEST, CATCHMENT_SHARES, Catchment, Catchments
from corridors.studies.result_base import DisplayUnit

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_USD_PER_DAY = 300
# A region ends this far from its destination, over land that no other is nearer to.
REACH_DEG = 5.0
# As fine as the land of the map at a zoom at which a region fills the screen.
SIMPLIFY_DEG = 0.02


def render_catchments(found: Catchments, *, command: str = "") -> str:
    """Return the page of catchments as HTML text.

    Parameters
    ----------
    found
        The corridors to each destination, with the places of those.
    command
        The command line.
    """
    scenario, box = found.scenario, BOXES[found.scenario.shipment.equipment]
    origin = end_title(scenario.origin)
    answer = catchment_answer(found)
    return study_page(
        f"Catchments from {origin}",
        f"From {origin} to {len(found.to):,} destinations, departing"
        f" {day_text(scenario.departure)}. Each corridor by its"
        f" {best_route_of(scenario.objective)}, money per box ({box}).",
        answer,
        catchment_sections(found),
        command=command,
        scripts=("catchments.js",),
        warn=not _known(found),
    )


def _known(found: Catchments) -> list[Catchment]:
    return [one for one in found.to if one.winner is not None]


def catchment_answer(found: Catchments) -> list[str]:
    """Return which corridor is best to how many destinations, and where it is closest."""
    known = _known(found)
    winners: dict[str, list[Catchment]] = {}
    for each in known:
        winners.setdefault(each.best, []).append(each)
    order = sorted(winners, key=lambda corridor: -len(winners[corridor]))
    return [
        _answer(winners, order, len(known)),
        *_ranges(winners, order, DisplayUnit.of_money(found.scenario)),
    ]


def catchment_sections(found: Catchments) -> tuple[Section, ...]:
    """Return the counts by corridor, which `catchments.js` moves, and the table of the page."""
    colours = _colours(found)
    return (
        Section(
            "shares",
            "Destinations by best corridor",
            _controls()
            + '<p id="catch-count" aria-live="polite"></p>'
            + '<ul class="legend" id="catch-legend"></ul>'
            + _script(found, colours),
        ),
        *_share_sections(found),
        Section("destinations", "Destinations", _table(found, colours)),
    )


def _share_sections(found: Catchments) -> Iterator[Section]:
    if any(one.shares for one in found.to):
        table = CATCHMENT_SHARES.boxed(found.scenario.shipment.equipment)
        caption = "Shares of boxes by destination and way"
        body = table_of(table, found, caption, sortable=True, hidden_caption=True, classes="narrow")
        note = element("p", NO_FORECAST, class_="note")
        yield Section("boxes", "Shares of boxes by way", body + note)


def _colours(found: Catchments) -> dict[str, str]:
    best = [each.best for each in _known(found)]
    others = [one.corridor for each in found.to for one in each.reached]
    # Those that win are told apart first.
    return identities((*sorted(best, key=lambda name: -best.count(name)), *others))


def _roles(found: Catchments) -> dict[str, str]:
    """Return the role of each corridor on the map, in their order."""
    ids = dict.fromkeys(one.corridor for each in found.to for one in each.reached)
    return {name: f"way{number}" for number, name in enumerate(ids)}


def catchment_things(found: Catchments) -> list[Thing]:
    """Return what the map draws: corridors, those that win most first, then the destinations."""
    role, titles = _roles(found), _titles(found)
    best = [each.best for each in _known(found)]
    ways = [
        Thing(
            name=titles[name],
            role=role[name],
            in_focus=name in best,
            row=Row(value=f"{best.count(name)}", group="" if name in best else "Best nowhere"),
            facts=(("Best for", ", ".join(e.name for e in found.to if e.best == name) or "none"),),
        )
        for name in sorted(role, key=lambda name: -best.count(name))
    ]
    order = {thing.role: number for number, thing in enumerate(ways)}
    placed = [each for each in found.to if each.lon_lat]
    areas = _cells(_unwrapped([each.lon_lat or (0.0, 0.0) for each in placed]))
    places = [
        Thing(
            name=each.name,
            role=role.get(each.best, "other"),
            spots=(spot,),
            radius_px=3.5,
            area=rings,
            parent=order[role[each.best]] if each.best else -1,
            tip=f"{each.name}: {_title(each) or 'not reached'}",
        )
        for each, (spot, rings) in zip(placed, areas, strict=True)
    ]
    return [*ways, *places]


def catchment_map(found: Catchments, *, linked: bool = False) -> MapPage:
    """Return the map of the destinations, the land around each in the colour of its best corridor.

    A region is the paler, the closer the next corridor is. `linked` says that the page of the
    catchments stands beside it.
    """
    colours, money, titles = _colours(found), DisplayUnit.of_money(found.scenario), _titles(found)
    best = [each.best for each in _known(found)]
    texts = catchment_answer(found)
    origin, aim = end_title(found.scenario.origin), best_route_of(found.scenario.objective)
    winner = max(set(best), key=lambda name: (best.count(name), name), default="")
    share = f"{best.count(winner)} of {counted(len(best), 'destination')}"
    said = PanelText(
        asked=f"From {origin}, departing {day_text(found.scenario.departure)}; each corridor by"
        f" its {aim}, money per {money.unit.removeprefix('USD per ')} box",
        finding=f"{titles[winner].split(',')[0]} is best for {share}" if winner else texts[0],
        lead=" ".join(texts[1:]),
        rows="Destinations by best corridor",
        axis="how many of them",
        rests="The land around a destination has the colour of its best corridor: the paler it is,"
        " the closer the next one.",
    )
    return study_map(
        f"Catchments from {origin}",
        said,
        catchment_things(found),
        colours={role: colours.get(name, GREY) for name, role in _roles(found).items()},
        controls=_controls() + _script(found, colours),
        assets=("report/catchments.js",),
        then=f"drawCatchments(drawnMap, {len(_roles(found))});",
        report="catchments.html" if linked else "",
    )


def _answer(winners: Mapping[str, list[Catchment]], order: list[str], known: int) -> str:
    if not known:
        return "No destination can be reached on this date."
    named = [
        f"{in_sentence(_of_all(winners[corridor]))}{' is best' if not number else ''} for"
        f" {len(winners[corridor]):,}{f' of {known:,} destinations' if not number else ''}"
        for number, corridor in enumerate(order[:4])
    ]
    return capitalised(f"{', '.join(named)}.")


def _title(one: Catchment) -> str:
    return one.winner.name if one.winner else ""


def _of_all(won: Sequence[Catchment]) -> str:
    """Return the name of the best corridor of some destinations."""
    best = [one.winner for one in won if one.winner]
    return name_of_ways(best[0].title, (one.way for one in best))


def _ranges(
    winners: Mapping[str, list[Catchment]], order: list[str], money: DisplayUnit
) -> list[str]:
    """Return where the best corridor is least ahead of the next."""
    close = [
        (next_usd - best_usd, each)
        for corridor in order
        for each in winners[corridor]
        if each.winner
        and each.runner_up
        and (best_usd := each.winner.cost_usd_per_teu) is not None
        and (next_usd := each.runner_up.cost_usd_per_teu) is not None
    ]
    if not close:
        return []
    more, each = min(close, key=lambda pair: pair[0])
    other = in_sentence(each.runner_up.name) if each.runner_up else ""
    return [
        f"The margin is smallest for {each.name}, where {other} costs"
        f" {money.text(abs(more), said='more' if more >= 0 else 'less')} than"
        f" {in_sentence(_title(each))}."
    ]


def _unwrapped(places: Sequence[LonLat]) -> list[LonLat]:
    """Return places with longitudes that run on, cut where the widest gap between two is."""
    lons = sorted({lon for lon, _ in places})
    gaps = [after - before for before, after in pairwise(lons)]
    if not gaps or max(gaps) <= 360.0 - (lons[-1] - lons[0]):
        return list(places)
    cut = lons[gaps.index(max(gaps))]
    return [(lon + 360.0 * (lon <= cut), lat) for lon, lat in places]


def _cells(places: Sequence[LonLat]) -> list[tuple[LonLat, list[list[LonLat]]]]:
    """Return places with the land nearest to each (Voronoi, up to `REACH_DEG`), as rings."""
    import shapely

    if not places:
        return []
    points = shapely.multipoints(places)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=points.buffer(REACH_DEG)))
    land = _land(shapely.box(*points.buffer(REACH_DEG).bounds))
    drawn = []
    for place in places:
        centre = shapely.Point(place)
        cell = next((one for one in cells if one.covers(centre)), None)
        rings: list[list[LonLat]] = []
        if cell is not None:
            kept = cell.intersection(centre.buffer(REACH_DEG)).intersection(land)
            rings = [
                [(float(x), float(y)) for x, y in polygon.exterior.coords]
                for polygon in shapely.get_parts(kept.simplify(SIMPLIFY_DEG))
                if polygon.geom_type == "Polygon"
            ]
        drawn.append((place, rings))
    return drawn


def _land(window: BaseGeometry) -> BaseGeometry:
    """Return the land within a window; a ring inside a ring is a lake or an inland sea."""
    import shapely
    from shapely.affinity import translate

    rings = [shapely.make_valid(shapely.Polygon(ring)) for ring in shipped_land().land]
    # The base map ends at 180 degrees, beyond which a window may reach.
    rings += [translate(ring, 360.0) for ring in rings]
    met = [ring for ring in rings if ring.intersects(window)]
    lakes = [one for one in met if any(other is not one and other.contains(one) for other in met)]
    whole = shapely.union_all([one for one in met if one not in lakes])
    return whole.difference(shapely.union_all(lakes)).intersection(window)


def _controls() -> str:
    return (
        '<div class="whatif"><div class="slider"><label for="catch-day">Value of a day</label>'
        '<output for="catch-day">0 USD a day</output>'
        f'<input type="range" id="catch-day" min="0" max="{MOST_USD_PER_DAY}" step="1" value="0">'
        '<span class="note">Each destination takes the corridor with the least cost plus days'
        " times this value.</span></div></div>"
    )


def _titles(found: Catchments) -> dict[str, str]:
    """Return the name of each corridor by the ways of all its routes."""
    ways: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for each in found.to:
        for reached in each.reached:
            of_all = ways.setdefault((reached.corridor, reached.title), [])
            of_all += [reached.way] if reached.usable else []
    return {name: name_of_ways(title, of_all) for (name, title), of_all in ways.items()}


def _script(found: Catchments, colours: Mapping[str, str]) -> str:
    """Return the data of `catchments.js`."""
    ids = list(dict.fromkeys(one.corridor for each in found.to for one in each.reached))
    titles, equipment = _titles(found), found.scenario.shipment.equipment
    data = script_json(
        {
            "teu": equipment.teu_per_box,
            "box": BOXES[equipment],
            "corridors": [
                {"title": titles[name], "colour": painted(colours.get(name, GREY))} for name in ids
            ],
            "to": [
                {
                    "name": each.name,
                    "placed": each.lon_lat is not None,
                    "best": ids.index(each.best) if each.best else -1,
                    "reached": [
                        [
                            ids.index(one.corridor),
                            one.cost_usd_per_teu,
                            round(one.days, 3),
                            one.name,
                        ]
                        for one in each.reached
                        if one.cost_usd_per_teu is not None and one.days is not None
                    ],
                }
                for each in found.to
            ],
        }
    )
    return f'<script type="application/json" id="catchments-data">{data}</script>'


def _table(found: Catchments, colours: Mapping[str, str]) -> str:
    def best(row: Any) -> Cell:
        if row.winner is None:
            return Cell(text=capitalised(fault_on_page(row.reason)) or "not reached")
        return Cell(text=row.winner.name, before=swatch(colours.get(row.best, GREY)))

    caption = "Best corridor and the next cheapest by destination"
    return table_of(
        BEST.boxed(found.scenario.shipment.equipment),
        found,
        caption,
        marked={"title": best},
        sortable=True,
    )
