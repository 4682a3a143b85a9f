"""`report.html` of one comparison: the answer first, then the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from corridors.domain.objective import Objective
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scope
from corridors.domain.values import ChainPart
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.contract import OptionRecord
from corridors.output.display_names import (
    best_route_of,
    listed,
    next_usable,
    on_page,
    rows_text,
    scenario_title,
    title_by,
)
from corridors.output.html.encode import (
    NOTHING,
    counted,
    day_text,
    element,
    one,
    swatch,
    tonnes,
    usd,
)
from corridors.output.html.question_sentence import question
from corridors.output.html.report.charts import Bar, Dot, Key, scatter, stacked_bars
from corridors.output.html.report.common import (
    LIMITS_OF_KNOWLEDGE,
    Citations,
    answer_box,
    licence,
    reproduce,
)
from corridors.output.html.report.details import cited, option_details, weakest_table
from corridors.output.html.report.option_figures import (
    figures,
    outside_limits,
    range_text,
)
from corridors.output.html.report.parts import (
    cost_by_part,
    cost_titles,
    days_by_part,
    part_colours,
    time_titles,
)
from corridors.output.html.report.report_page import Section, render_page
from corridors.output.html.report.report_tables import Cell, Column, headings, numeric, table_html
from corridors.output.html.report.what_if_section import what_if_section
from corridors.output.line_notes import sails_text
from corridors.output.manifest import scenario_record
from corridors.output.verdict import folded_text, hopeless_text, mark_of, never_text, titles_of

ROAD = "road"
_PRICE_COLOURS = {"index": "#1f6fb4", "quoted": "#2a8c5f", "estimated": "#b3bfc6"}


def render_report(comparison: Comparison, *, sources: Mapping[str, str], command: str = "") -> str:
    """Return the report of a comparison as HTML text; the same comparison gives the same text.

    Parameters
    ----------
    comparison
        The result, including closed corridors.
    sources
        Titles by source id.
    command
        The command line, shown under how to reproduce it.
    """
    usable = comparison.usable
    citations = Citations({key: sources.get(key, "") for key in _cited(comparison)})
    sections = (
        Section(id="ranking", heading="Corridors, best first", body=_ranking(comparison)),
        Section(
            id="what-if",
            heading="What if prices change",
            body=what_if_section(comparison, citations.link, command=command),
        ),
        Section(id="cost", heading="Cost by part", body=cost_chart(usable)),
        Section(id="bases", heading="Cost and price", body=_bases_chart(usable)),
        Section(id="time", heading="Time by part", body=time_chart(usable)),
        Section(id="front", heading="Cost against days", body=front_chart(comparison)),
        Section(id="emissions", heading="Greenhouse gas emissions", body=_emissions_chart(usable)),
        Section(
            id="details",
            heading="Corridors in detail",
            body="".join(option_details(route, citations) for route in usable),
        ),
        Section(id="weakest", heading="Weakest assumptions", body=weakest_table(usable, citations)),
        Section(id="warnings", heading="Warnings", body=_warnings(comparison)),
        Section(id="sources", heading="Sources", body=citations.list_html()),
        Section(id="unknown", heading="Limits of these results", body=LIMITS_OF_KNOWLEDGE),
        Section(id="reproduce", heading="How to reproduce", body=_reproduce(comparison, command)),
    )
    has_sliders = any(section.id == "what-if" and section.body for section in sections)
    scripts = ("report.js", "whatif.js") if has_sliders else ("report.js",)
    title = f"Report: {scenario_title(comparison.scenario)}"
    return render_page(title, _head(comparison), sections, scripts=scripts)


def _cited(comparison: Comparison) -> list[str]:
    """Return the ids of the sources that lines, legs and sliders cite."""
    sliders = comparison.what_if.sliders if comparison.what_if else ()
    return [*cited(comparison.usable), *(slider.rows[0].source_id for slider in sliders)]


def _head(comparison: Comparison) -> str:
    scenario, shipment = comparison.scenario, comparison.scenario.shipment
    asked = (
        f"{question(scenario)} Cargo: {shipment.cargo_t_per_teu:g} t and"
        f" USD {usd(shipment.value_usd_per_teu)} per TEU."
        f" Ranked by {on_page(scenario.objective.aim.lowest)}. {rows_text(scenario.objective)}"
    ).rstrip()
    asked += _hauls(comparison)
    return (
        element("h1", scenario_title(scenario))
        + element("p", asked, class_="asked")
        + answer_box(
            [on_page(text) for text in answer_of(comparison).sentences],
            warn=comparison.recommended is None,
        )
    )


def _hauls(comparison: Comparison) -> str:
    """Return what the scope includes between the ends and their terminals, by the best option.

    The yard of a city is in the city: boxes are trucked between it and the terminal.
    """
    best = comparison.recommended or next(iter(comparison.usable), None)
    legs = (
        []
        if best is None
        else [leg for leg in best.legs if leg.part is not ChainPart.MAIN and leg.service == ROAD]
    )
    if best is None or not legs:
        return ""
    paid = sum(leg.usd_per_teu for leg in legs)
    ways = listed(
        f"{one(leg.km)} km {'before' if leg.part is ChainPart.PRE else 'after'} the main carriage"
        for leg in legs
    )
    where = "the door" if comparison.scenario.scope is Scope.DOOR else "the city"
    return (
        f" Trucks between {where} and the terminal are included: {ways} with {best.title},"
        f" USD {usd(paid)} per TEU."
    )


def _ranking(comparison: Comparison) -> str:
    folded, columns = comparison.left_out, _columns(comparison)
    rows = [
        _row(comparison, i, route, columns)
        for i, route in enumerate(comparison.routes)
        if route not in folded
    ]
    note = (
        f"Low to high is {range_text(comparison.usable)}, by"
        f" {comparison.scenario.price_basis.value}. Click a heading to sort."
    )
    caption = f"{counted(len(comparison.routes), 'corridor')} by {comparison.decision.objective}"
    return (
        table_html(caption, columns, rows, sortable=True, hidden_caption=True)
        + _folded(comparison, columns)
        + element("p", note, class_="note")
    )


def _columns(comparison: Comparison) -> tuple[Column, ...]:
    """Return the columns of the ranking, with value of time if the objective includes it."""
    generalised = comparison.scenario.objective is Objective.GENERALISED
    timed = numeric("USD/TEU with time", hint="Cost plus the value of time") if generalised else ()
    if comparison.lines_hold:
        title, hint = "Sails", "Whether lines are known to run on the date, and how often"
    else:
        title, hint = "Sails in fact", "Lines as things are, not in this world"
    return headings(
        "Corridor",
        "Status",
        timed,
        numeric("Cost USD/TEU", hint="What its carriage costs"),
        numeric("Price USD/TEU", hint="What shippers are quoted that week"),
        Column(title="Price is", hint="By the index of its lane, by quotes, or estimated"),
        numeric("Cost USD/FEU", hint="Per 40-foot box, or two TEU in 20-foot boxes"),
        numeric("Price USD/FEU"),
        numeric("low to high", hint="USD per TEU; what they are is said below"),
        numeric("Transit days", hint="First scheduled vehicle to last"),
        numeric("Days", hint="Gate-in to gate-out"),
        numeric("km", hint="Including road"),
        numeric("t CO₂e/TEU", hint="Well-to-wake"),
        Column(title=title, hint=hint),
        numeric("Borders", "Warnings"),
    )


def _folded(comparison: Comparison, columns: tuple[Column, ...]) -> str:
    """Return the options that nobody would buy, each kind behind one line."""
    titles = titles_of(comparison)
    kinds = (
        (comparison.folded, folded_text(comparison, titles), "Options left out of the table"),
        (comparison.hopeless, hopeless_text(comparison, titles), "Closed options left out of it"),
        (comparison.never, never_text(comparison, titles), "Options without a route"),
    )
    parts = []
    for folded, summary, caption in kinds:
        rows = [
            _row(comparison, i, route, columns)
            for i, route in enumerate(comparison.routes)
            if route in folded
        ]
        table = table_html(caption, columns, rows, hidden_caption=True)
        if folded:
            parts.append(f"<details>{element('summary', f'{summary}.')}{table}</details>")
    return "".join(parts)


def _row(
    comparison: Comparison, index: int, route: RouteOption, columns: tuple[Column, ...]
) -> list[Cell | str]:
    if route.usable:
        return _ranked_row(comparison, index, route)
    return _closed_row(route, columns)


def _ranked_row(comparison: Comparison, index: int, route: RouteOption) -> list[Cell | str]:
    shown, record = figures(route), OptionRecord.of(route)
    title = title_by(route)
    rank = comparison.ranks.get(route.corridor)
    if rank is not None:
        title = f"{rank}. {title}"
    generalised = comparison.scenario.objective is Objective.GENERALISED
    with_time = record.generalised_usd_per_teu
    outside = outside_limits(comparison, route)
    status = f"over limit: {'; '.join(outside)}" if outside else mark_of(comparison, route)
    if route.equals:
        status += f": {titles_of(comparison)[route.equals]}"
    star = ' <span class="star">recommended</span>' if route is comparison.recommended else ""
    return [
        Cell(text=title, sort=index, before=swatch(route.colour), after=star),
        status,
        *([Cell(text=usd(with_time), sort=with_time)] if generalised else []),
        Cell(text=usd(record.cost_usd_per_teu), sort=record.cost_usd_per_teu),
        Cell(text=usd(record.price_usd_per_teu), sort=record.price_usd_per_teu),
        record.price_status or NOTHING,
        Cell(text=usd(record.cost_usd_per_feu), sort=record.cost_usd_per_feu),
        Cell(text=usd(record.price_usd_per_feu), sort=record.price_usd_per_feu),
        Cell(text=f"{usd(shown.low)} to {usd(shown.high)}", sort=shown.low),
        Cell(text=one(shown.transit_days), sort=shown.transit_days),
        Cell(text=one(shown.days), sort=shown.days),
        Cell(text=usd(record.distance_km), sort=record.distance_km),
        Cell(text=tonnes(shown.co2e_kg), sort=shown.co2e_kg),
        ", ".join(filter(None, (sails_text(route), route.sailings))),
        Cell(text=str(len(route.borders)), sort=len(route.borders)),
        Cell(text=str(len(route.warnings)), sort=len(route.warnings)),
    ]


def _closed_row(route: RouteOption, columns: Sequence[Column]) -> list[Cell | str]:
    reason = f": {route.reason.rstrip('.')}" if route.reason else ""
    status = "; ".join(
        filter(None, (f"{route.status.value}{reason}", next_usable(route, day_text)))
    )
    nothing = [NOTHING] * (len(columns) - 2)
    return [Cell(text=route.title, before=swatch(route.colour)), status, *nothing]


def cost_chart(usable: tuple[RouteOption, ...]) -> str:
    """Return USD per TEU by part, a bar for each option, as markup."""
    titles = cost_titles(line.driver for route in usable for line in route.cost_lines)
    return stacked_bars(
        "chart-cost",
        [
            Bar(
                name=route.title,
                parts=cost_by_part(route.cost_lines),
                span=figures(route).cost_span,
            )
            for route in usable
        ],
        part_colours(titles),
        caption=f"USD per TEU by part, corridors as ranked. The thin line is {range_text(usable)}.",
        unit="USD/TEU",
    )


def _bases_chart(usable: tuple[RouteOption, ...]) -> str:
    bars = []
    for route in usable:
        cost, price = route.cost_usd_per_teu, route.price_usd_per_teu
        if cost is not None and price is not None:
            bars += [
                Bar(name=f"{route.title}: cost", parts={"Cost": cost}),
                Bar(name=f"{route.title}: price", parts={f"Price ({route.price_status})": price}),
            ]
    return stacked_bars(
        "chart-bases",
        bars,
        {"Cost": "#4d5b64"} | {f"Price ({s})": c for s, c in _PRICE_COLOURS.items()},
        caption="USD per TEU that carriage costs and that shippers are quoted, by corridor",
        unit="USD/TEU",
    )


def time_chart(usable: tuple[RouteOption, ...]) -> str:
    """Return days by part, a bar for each option, as markup."""
    titles = time_titles(name for route in usable for name in route.time_parts)
    thin = ""
    if any(figures(route).days_span for route in usable):
        thin = (
            " The thin line is from 10 to 90 % of draws (P10 to P90) of one shipment, late ships"
            " and queues among them."
        )
    return stacked_bars(
        "chart-time",
        [
            Bar(
                name=route.title,
                parts=days_by_part(route.time_parts),
                span=figures(route).days_span,
            )
            for route in usable
        ],
        part_colours(titles),
        caption="Days from gate-in to gate-out by part, corridors as ranked." + thin,
        unit="Days",
        digits=1,
    )


def _emissions_chart(usable: tuple[RouteOption, ...]) -> str:
    bars = []
    for route in usable:
        record = OptionRecord.of(route)
        wake = (record.co2e_ttw_kg_per_teu or 0.0) / 1000
        total = (record.co2e_wtw_kg_per_teu or 0.0) / 1000
        bars.append(
            Bar(
                name=route.title,
                parts={"Tank-to-wake": wake, "Well-to-tank": max(total - wake, 0.0)},
            )
        )
    return stacked_bars(
        "chart-emissions",
        bars,
        {"Tank-to-wake": "#4d5b64", "Well-to-tank": "#b3bfc6"},
        caption="Tonnes of CO₂e per TEU; the full bar is well-to-wake",
        unit="t CO₂e/TEU",
        digits=2,
    )


def front_chart(comparison: Comparison) -> str:
    """Return cost against days of options and, if they were searched, of their fronts."""
    routes = {route.corridor: route for route in comparison.usable}
    dots = [
        Dot(
            name=route.title,
            colour=route.colour,
            days=figures(route).days,
            usd=figures(route).usd,
            mark=str(i + 1),
        )
        for i, route in enumerate(comparison.usable)
    ]
    small = [
        Dot(
            name=routes[point.corridor].title,
            colour=routes[point.corridor].colour,
            days=point.days,
            usd=point.cost_usd_per_teu,
            note=f"{point.transit_days:.1f} days in transit, {point.co2e_kg_per_teu:,.0f} kg CO₂e",
        )
        for point in comparison.front
        if point.corridor in routes
    ]
    keys = [
        Key(label=f"{i + 1} {route.title}", colour=route.colour)
        for i, route in enumerate(comparison.usable)
    ]
    return scatter(
        "chart-front",
        dots,
        small=small,
        front=True,
        keys=keys,
        caption=f"Each corridor's {best_route_of(comparison.scenario.objective)} (numbered by rank)"
        " and its other non-dominated routes in cost, time and CO₂e. The dashed line is the front"
        " of all corridors: no other route is both cheaper and faster.",
    )


def _warnings(comparison: Comparison) -> str:
    doubts: dict[str, list[str]] = {}
    for route in comparison.routes:
        for warning in route.warnings:
            doubts.setdefault(warning, []).append(route.title)
    items = [element("li", text) for text in comparison.warnings]
    items += [
        f"<li>{escape(text)} {element('span', ', '.join(titles), class_='muted')}</li>"
        for text, titles in doubts.items()
    ]
    return f"<ul>{''.join(items)}</ul>" if items else "<p>None.</p>"


def _reproduce(comparison: Comparison, command: str) -> str:
    manifest = comparison.manifest
    hashes = {
        "sha256 of the scenario": manifest.scenario_sha256,
        "sha256 of the network": manifest.geodata_sha256,
        "sha256 of the parameters": manifest.parameters_sha256,
    }
    return (
        reproduce(
            command,
            {**dict(manifest.versions), **hashes},
            plain_values(scenario_record(comparison.scenario)),
            heading="All values of the scenario",
        )
        + licence()
    )


def plain_values(record: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Return nested values as text by dotted key, without empty ones."""
    flat: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat.update(plain_values(value, f"{prefix}{key}."))
        elif isinstance(value, (list, tuple)) and value:
            flat[f"{prefix}{key}"] = ", ".join(_plain(item) for item in value)
        elif not isinstance(value, (list, tuple)) and value is not None:
            flat[f"{prefix}{key}"] = _plain(value)
    return flat


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={_plain(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, (list, tuple)):
        return "=".join(_plain(item) for item in value)
    return str(value)
