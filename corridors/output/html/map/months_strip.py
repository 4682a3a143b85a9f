"""The strip of months: who is recommended in each, what is closed, the ice."""

from __future__ import annotations

from corridors.domain.results import RouteOption
from corridors.output.comparison import Comparison
from corridors.output.html.encode import NOTHING, safe_colour
from corridors.output.html.map.panel import printed_figures
from corridors.output.html.map.sea_ice import sea_ice
from corridors.output.monthly import closed_in, quickest

Record = dict[str, object]

STRIP = '<section id="months" aria-label="The year by month"></section>'


def month_record(comparison: Comparison) -> Record:
    """Return a month of the strip in plain values, as `months.js` draws it.

    Returns
    -------
    month
        `label` and `departure`. `best` and `quick`, the recommended and the quickest option: title,
        colour, and USD per TEU and days as printed; dashes where there is none. `closed`: titles.
        `ice`: by sea its name and tenths in the month of the departure.
    """
    scenario = comparison.scenario
    return {
        "label": f"{scenario.departure:%b %Y}",
        "departure": scenario.departure.isoformat(),
        "best": _printed(comparison.recommended),
        "quick": _printed(quickest(comparison)),
        "closed": [route.title for route in closed_in(comparison)],
        "ice": [
            [sea.name, sea.tenths[scenario.departure.month - 1]]
            for sea in sea_ice(scenario.ice_year)
        ],
    }


def _printed(route: RouteOption | None) -> Record:
    if route is None:
        return {"title": NOTHING, "colour": "", "usd": NOTHING, "days": NOTHING}
    usd, days, _, _ = printed_figures(route)
    return {
        "title": route.title,
        "colour": safe_colour(route.colour),
        "usd": usd,
        "days": days,
    }
