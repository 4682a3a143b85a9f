"""The strip of months: who is recommended in each, what is closed, the ice."""

from __future__ import annotations

from corridors.domain.results import RouteOption
from corridors.output.answer import answer_of, row_of
from corridors.output.comparison import Comparison
from corridors.output.html.encode import NOTHING
from corridors.output.html.map.sea_ice import sea_ice
from corridors.output.html.palette import role_of
from corridors.output.monthly import closed_in, quickest

Record = dict[str, object]

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
        "closed": [route.title for route in closed_in(comparison)],
        "ice": [
            [sea.name, sea.tenths[scenario.departure.month - 1]]
            for sea in sea_ice(scenario.ice_year)
        ],
    }


def _printed(comparison: Comparison, route: RouteOption | None) -> Record:
    if route is None:
        return {"title": NOTHING, "role": "", "usd": NOTHING, "days": NOTHING}
    row = row_of(comparison, route)
    return {"title": route.title, "role": role_of(route), "usd": row.usd, "days": row.days}
