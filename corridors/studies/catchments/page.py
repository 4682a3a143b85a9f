"""`catchments.html`: regions by their best corridor, its margin, and what a day is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corridors.domain.answer import BOXES
from corridors.output.display_names import (
    best_route_of,
    capitalised,
    end_title,
    fault_on_page,
    in_sentence,
    name_of_ways,
)
from corridors.output.html.encode import (
    day_text,
    script_json,
)
from corridors.output.html.pages.point_map import Spot, point_map
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.palette import GREY, identities, painted, swatch
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import Cell, table_of
from corridors.studies.catchments.result import BEST, Catchment, Catchments
from corridors.studies.result_base import Shown

MOST_USD_PER_DAY = 300


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
        *_ranges(winners, order, Shown.of_money(found.scenario)),
    ]


def catchment_sections(found: Catchments) -> tuple[Section, ...]:
    """Return the map, which `catchments.js` moves, and the table of the page."""
    best = [each.best for each in _known(found)]
    others = [one.corridor for each in found.to for one in each.reached]
    # Those that win are told apart first.
    colours = identities((*sorted(best, key=lambda name: -best.count(name)), *others))
    spots = [_spot(each, number, colours) for number, each in enumerate(found.to) if each.lon_lat]
    says = f"Destinations from {end_title(found.scenario.origin)} by their best corridor"
    return (
        Section(
            id="map",
            heading="Best corridor by region",
            body=_controls()
            + point_map(spots, says=says, cells=True)
            + '<p class="note">The land around each destination has the colour of its best'
            " corridor: the paler it is, the closer the next one.</p>"
            + f'<script type="application/json" id="catchments-data">{_data(found, colours)}'
            "</script>",
        ),
        Section(id="destinations", heading="Destinations", body=_table(found, colours)),
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


def _ranges(winners: Mapping[str, list[Catchment]], order: list[str], money: Shown) -> list[str]:
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


def _spot(each: Catchment, number: int, colours: Mapping[str, str]) -> Spot:
    return Spot(
        place=each.lon_lat or (0.0, 0.0),
        name=each.name,
        tip=f"{each.name}: {_title(each) or 'not reached'}",
        colour=colours.get(each.best, GREY),
        radius_px=3.0,
        data={"to": str(number)},
    )


def _controls() -> str:
    return (
        '<div class="whatif"><div class="slider"><label for="catch-day">Value of a day</label>'
        '<output for="catch-day">0 USD a day</output>'
        f'<input type="range" id="catch-day" min="0" max="{MOST_USD_PER_DAY}" step="1" value="0">'
        '<span class="note">Each destination takes the corridor with the least cost plus days'
        " times this value.</span></div></div>"
        '<p id="catch-count" aria-live="polite"></p><ul class="legend" id="catch-legend"></ul>'
    )


def _data(found: Catchments, colours: Mapping[str, str]) -> str:
    ids = list(dict.fromkeys(one.corridor for each in found.to for one in each.reached))
    ways: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for each in found.to:
        for reached in each.reached:
            of_all = ways.setdefault((reached.corridor, reached.title), [])
            of_all += [reached.way] if reached.usable else []
    titles = {name: name_of_ways(title, of_all) for (name, title), of_all in ways.items()}
    equipment = found.scenario.shipment.equipment
    return script_json(
        {
            "teu": equipment.teu_per_box,
            "box": BOXES[equipment],
            "corridors": [
                {"title": titles[name], "colour": painted(colours.get(name, GREY))} for name in ids
            ],
            "to": [
                {
                    "name": each.name,
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
