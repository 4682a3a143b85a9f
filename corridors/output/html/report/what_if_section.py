"""Sliders that price the stored routes again, with no network: a part of report and map.

Both pages have the same markup, data and script (`whatif.js`). A report shows what the script says;
the map also moves its panel, its lines and its cards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from corridors.data.names import name_of
from corridors.domain.objective import Objective
from corridors.domain.priced_routes import (
    Floor,
    PricedRoute,
    PriceRow,
    Quoted,
    Slider,
    Term,
    WhatIf,
)
from corridors.domain.results import RouteOption
from corridors.domain.scenario import PriceBasis
from corridors.output.comparison import Comparison
from corridors.output.display_names import on_page
from corridors.output.html.encode import rounded, script_json
from corridors.output.html.palette import MIST, WINE, painted, role_colour
from corridors.output.html.report.option_figures import PerBox
from corridors.output.html.report.parts import group_of, part_colours

ABOVE = "Freight beyond cost, as quoted"
OF_DAYS = "Value of days"
_MORE_COLOURS = {ABOVE: WINE, OF_DAYS: MIST}
# What the first price of a slider is, where its scope does not say so.
_FIRST = {
    "fuel.vlsfo_usd_per_t": "VLSFO",
    "fuel.mgo_usd_per_t": "gas oil",
    "fuel.lng_usd_per_t": "LNG",
    "ets.price_eur_per_t": "an allowance",
}
_SHARES = "USD/USD"
MOST_USD_PER_DAY = 300
# The limit that the script applies itself, as prices move what it bounds.
COST_LIMIT = "max_usd_per_teu"
_Made = Callable[[Sequence[Term]], list[object]]


def what_if_section(comparison: Comparison, note_of: Callable[[str], str], *, command: str) -> str:
    """Return the sliders, what the script fills, and its data; empty without stored bills.

    Parameters
    ----------
    comparison
        The comparison.
    note_of
        Returns how a page cites a source id, as markup; nothing for what is no source.
    command
        The command line that gave it, which the settings are added to.
    """
    found = comparison.what_if
    if found is None or not found.routes:
        return ""
    generalised = comparison.scenario.objective is Objective.GENERALISED
    usual_day = comparison.scenario.shipment.value_of_time_usd_per_teu_day if generalised else 0.0
    rows = "".join(_slider(slider, note_of) for slider in found.sliders)
    return (
        '<div class="whatif"><p>Move a price: the stored routes are priced again, exactly, from'
        " their bills. Dates, ice, closures, cargo and other inputs change the routes themselves"
        " and need a new run. Ties are not shown here.</p>"
        '<div class="now" aria-live="polite"><p id="whatif-answer"></p>'
        '<p id="whatif-ladder"></p><p id="whatif-floor"></p></div>'
        '<div class="panel"><form id="whatif-form">'
        f"{rows}{_day_slider(usual_day)}{_basis(comparison, found)}"
        '<p><button type="reset" class="plain">Reset</button></p></form>'
        "<div>"
        '<ul class="legend" id="whatif-legend"></ul>'
        '<div class="chart" id="chart-whatif" role="img" aria-label="Cost by part at the prices'
        ' set"><div class="bars"></div></div></div></div>'
        "<h3>The command that gives the same</h3>"
        '<pre id="whatif-command"></pre>'
        f'<script type="application/json" id="whatif-data">'
        f"{_data(comparison, found, usual_day=usual_day, command=command)}</script>"
        "<noscript><p>This part needs JavaScript.</p></noscript></div>"
    )


def _slider(slider: Slider, note_of: Callable[[str], str]) -> str:
    link = note_of(slider.rows[0].source_id)
    return (
        f'<div class="slider"><label for="whatif-{slider.id}">{escape(slider.title)}</label>'
        f'<output for="whatif-{slider.id}"></output>'
        f'<input type="range" id="whatif-{slider.id}" data-slider="{slider.id}"'
        f' min="{slider.low:g}" max="{slider.high:g}" step="0.01" value="{slider.usual:g}">'
        f'<span class="note">{link or "&nbsp;"}</span></div>'
    )


def _day_slider(usual: float) -> str:
    most = max(MOST_USD_PER_DAY, round(2 * usual))
    return (
        '<div class="slider"><label for="whatif-day">Value of a day</label>'
        '<output for="whatif-day"></output>'
        f'<input type="range" id="whatif-day" min="0" max="{most}" step="1" value="{usual:g}">'
        '<span class="note">Above 0, routes rank by cost plus days times it.</span></div>'
    )


def _basis(comparison: Comparison, found: WhatIf) -> str:
    if not found.quoted:
        return ""
    now = comparison.scenario.price_basis
    radios = "".join(
        f'<label><input type="radio" name="basis" value="{basis.value}"'
        f"{' checked' if basis is now else ''}> {text}</label> "
        for basis, text in (
            (PriceBasis.COST, "what carriage costs"),
            (PriceBasis.PRICE, "what shippers are quoted"),
        )
    )
    return f'<fieldset class="basis"><legend>Price basis</legend>{radios}</fieldset>'


def _data(comparison: Comparison, found: WhatIf, *, usual_day: float, command: str) -> str:
    """Return the data of the script; terms are [part, USD per TEU, numbers of sliders]."""
    options = {option.corridor: option for option in comparison.usable}
    routes = [route for route in found.routes if not options[route.corridor].equals]
    objective = comparison.scenario.objective
    parts = {**part_colours(), **_MORE_COLOURS}
    number = {slider.id: i for i, slider in enumerate(found.sliders)}
    box = PerBox.of(comparison.scenario)
    place = {title: i for i, title in enumerate(parts)}

    def terms(of: Sequence[Term]) -> list[object]:
        return [
            [place[group_of(one.part)], one.usd, [number[name] for name in one.sliders]]
            for one in of
        ]

    return script_json(
        rounded(
            {
                "sliders": [_slider_data(slider) for slider in found.sliders],
                "parts": [
                    {"title": title, "colour": painted(colour)} for title, colour in parts.items()
                ],
                "routes": [_route_data(comparison, r, terms) for r in routes],
                "same": {one.corridor: one.equals for one in options.values() if one.equals},
                "ranks": objective in (Objective.COST, Objective.GENERALISED),
                "most": comparison.scenario.limits.max_usd_per_teu,
                "quoted": {mode: _quoted_data(q, terms) for mode, q in found.quoted.items()},
                "floor": None if found.floor is None else _floor_data(found.floor, number),
                "basis": comparison.scenario.price_basis.value,
                "day": usual_day,
                "teu": box.teu,
                "box": box.unit,
                "command": command,
            }
        )
    )


def _slider_data(slider: Slider) -> dict[str, object]:
    first = slider.rows[0]
    return {
        "id": slider.id,
        "usual": slider.usual,
        "rows": [[row.key, row.value] for row in slider.rows],
        "first": _first_text(first),
        "unit": on_page(first.unit),
    }


def _first_text(row: PriceRow) -> str:
    """Return what the first price of a slider is; empty if it is no price by itself."""
    if row.unit.startswith(_SHARES):
        return ""
    return _FIRST.get(row.parameter) or name_of(row.scope or "")


def _route_data(comparison: Comparison, route: PricedRoute, terms: _Made) -> dict[str, object]:
    option = next(one for one in comparison.usable if one.corridor == route.corridor)
    out = _left_out(comparison, option)
    return {
        **({"out": out} if out else {}),
        "id": route.corridor,
        "title": option.title,
        "colour": role_colour(option),
        "days": route.days,
        "terms": terms(route.terms),
        "lane": route.lane,
    }


def _left_out(comparison: Comparison, option: RouteOption) -> str:
    """Return why no price makes an option the recommended one; empty if one may."""
    if option.corridor in comparison.decision.without_line:
        return "no line found"
    return "over a limit" if any(one.limit != COST_LIMIT for one in option.exceeds) else ""


def _quoted_data(quoted: Quoted, terms: _Made) -> dict[str, object]:
    return {
        "freight": quoted.freight_usd_per_teu,
        "cost": terms(quoted.cost),
    }


def _floor_data(floor: Floor, number: dict[str, int]) -> dict[str, object]:
    return {
        "sliders": [number[name] for name in floor.sliders],
        "points": floor.points,
        "usd": floor.usd_per_teu,
    }
