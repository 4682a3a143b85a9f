"""What the planner's page shows of an answer, in the words and figures of report and map."""

from __future__ import annotations

from collections.abc import Mapping

from corridors.data.cities import name_of
from corridors.domain.results import PriceStatus, RouteOption
from corridors.domain.scenario import PriceBasis
from corridors.domain.values import LANE, CostLine
from corridors.output.answer import answer_of, money
from corridors.output.comparison import Comparison
from corridors.output.display_names import (
    next_usable,
    on_page,
    place_label,
    place_meant,
    rows_text,
    sailings_text,
    title_by,
)
from corridors.output.html.page_shell import question
from corridors.output.html.palette import (
    NOTHING,
    day_text,
    one,
    percent,
    role_of,
    safe_colour,
    tonnes,
)
from corridors.output.html.report.details import (
    cited,
    cost_chart,
    front_chart,
    option_details,
    time_chart,
)
from corridors.output.html.report.parts import (
    Citations,
    PerBox,
    figures,
    outside_limits,
    range_text,
)
from corridors.output.verdict import (
    folded_text,
    hopeless_text,
    mark_of,
    never_text,
    step_title,
    titles_of,
)

Record = dict[str, object]


def answer_parts(comparison: Comparison) -> Record:
    """Return an answer in plain values, texts and figures as printed.

    Parameters
    ----------
    comparison
        The comparison.

    Returns
    -------
    parts
        `question`, `ends` (by key of the scenario the place that is understood), `answer`
        (sentences, the first what to book), `best` (its corridor), `ranges` (what low and high
        are), `note` (what rows are), `money` (its unit), `teu` of a box, `warnings`. `rows`: of
        each usable option, best first, its figures as printed. `closed`: of each other one its
        status, reason
        and next day. `folded` and `left_out`: sentences on options that nobody would take, usable
        and closed. `ladder`: steps of the value of a day. `charts`: those of the report, as markup.
    """
    titles, left_out = titles_of(comparison), comparison.left_out
    texts = hopeless_text(comparison, titles), never_text(comparison, titles)
    best = comparison.recommended
    return {
        "question": question(comparison.scenario),
        "ends": {end: _end(getattr(comparison.scenario, end)) for end in ("origin", "destination")},
        "answer": [on_page(text) for text in answer_of(comparison).said],
        "best": best.corridor if best else "",
        "basis": comparison.scenario.price_basis.value,
        "ranges": range_text(comparison.usable) if comparison.usable else "",
        "drawn": any(route.below_best_share is not None for route in comparison.usable),
        "note": rows_text(comparison.scenario.objective),
        "money": PerBox.of(comparison.scenario).money,
        "teu": PerBox.of(comparison.scenario).teu,
        "warnings": list(comparison.warnings),
        "rows": [_row(comparison, route) for route in comparison.usable],
        "closed": [
            _closed(route)
            for route in comparison.routes
            if not route.usable and route not in left_out
        ],
        "folded": folded_text(comparison, titles),
        "left_out": [f"{text}." for text in texts if text],
        "ladder": _ladder(comparison),
        "charts": {
            "cost": cost_chart(comparison),
            "time": time_chart(comparison),
            "front": front_chart(comparison),
        },
    }


def _end(text: str) -> Record:
    place = place_meant(text)
    if place is None:
        return {"label": text, "country": ""}
    return {"label": place_label(place) if place.has_name else text, "country": place.country}


def explained_html(comparison: Comparison, corridor: str, sources: Mapping[str, str]) -> str:
    """Return every line of an option with its sources, as in the report.

    Empty if the corridor is not usable or not compared. `sources` are titles by source id.
    """
    route = next((one for one in comparison.usable if one.corridor == corridor), None)
    if route is None:
        return ""
    citations = Citations({key: sources.get(key, "") for key in cited((route,))})
    return option_details(route, citations, PerBox.of(comparison.scenario)) + citations.list_html()


def _row(comparison: Comparison, route: RouteOption) -> Record:
    box = PerBox.of(comparison.scenario)
    shown = figures(route, box.teu)
    at_cost = comparison.scenario.price_basis is PriceBasis.COST
    other = route.other_basis_usd_per_teu
    beside = None if other is None else box.teu * other
    cost, price = (shown.usd, beside) if at_cost else (beside, shown.usd)
    outside = outside_limits(comparison, route)
    mark = mark_of(comparison, route)
    share = None if route is comparison.recommended else route.below_best_share
    return {
        "corridor": route.corridor,
        "title": title_by(route),
        "role": role_of(route),
        "rank": comparison.ranks.get(route.corridor),
        "best": route is comparison.recommended,
        "mark": "" if mark == "usable" else mark,
        "over": outside,
        "equals": titles_of(comparison).get(route.equals, ""),
        "folded": route in comparison.folded,
        "days": one(shown.days),
        "transit": one(shown.transit_days),
        "cost": NOTHING if cost is None else money(cost),
        "price": NOTHING if price is None else money(price),
        "rate": next((line.label for line in route.cost_lines if is_rate(line, route)), ""),
        "price_is": route.price_status.value if route.price_status else "",
        "low": money(shown.low),
        "high": money(shown.high),
        "tonnes": tonnes(shown.co2e_kg),
        "lower": "" if share is None else percent(share, 1.0),
        "sails": sailings_text(route),
        "by": [name_of(place) for place in (*route.passages, *route.borders)],
        "warnings": list(route.warnings),
    }


def is_rate(line: CostLine, route: RouteOption) -> bool:
    """Return whether a line is the rate of a contract, which has its name and source cell."""
    return line.driver == LANE and route.price_status is PriceStatus.CONTRACT


def _closed(route: RouteOption) -> Record:
    return {
        "corridor": route.corridor,
        "title": route.title,
        "status": route.status.value,
        "reason": route.reason.rstrip("."),
        "again": next_usable(route, day_text),
    }


def _ladder(comparison: Comparison) -> list[Record]:
    """Return the steps, of which one of the same corridor as the last is no step of its own."""
    routes = {route.corridor: route for route in comparison.routes}
    titles, box = titles_of(comparison), PerBox.of(comparison.scenario)
    steps: list[Record] = []
    for step in comparison.ladder:
        route = routes.get(step.corridor)
        title = step_title(step, titles)
        if steps and steps[-1]["title"] == title:
            steps[-1]["to"] = _a_day(step.to_usd_per_day, box)
            continue
        steps.append(
            {
                "corridor": step.corridor,
                "title": title,
                "colour": safe_colour(route.colour if route else ""),
                "from": _a_day(step.from_usd_per_day, box),
                "to": _a_day(step.to_usd_per_day, box),
                "usd": money(box.teu * step.cost_usd_per_teu),
                "days": one(step.days),
            }
        )
    return steps


def _a_day(usd_per_teu: float | None, box: PerBox) -> float | None:
    """Return the value of a day of a box; None is above any."""
    return None if usd_per_teu is None else box.teu * usd_per_teu
