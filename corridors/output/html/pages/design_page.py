"""`design.html`: which services to run, each at every number of departures, ships and flows."""

from __future__ import annotations

from corridors.domain.service_design import ServiceRow
from corridors.output.design_result import ServiceDesign, season_text
from corridors.output.design_words import IDLE_WORDS, design_texts, rule_text, ship_title
from corridors.output.display_names import corridor_titles
from corridors.output.html.encode import NOTHING, counted, element
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.report.charts import Area, chart_html
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import Cell, headings, numeric, table_html
from corridors.units import USD_PER_USD_M, in_percent

_COLOUR = "#2f5d8a"
_LINE = "#b9c6d0"
_CHOSEN = "#2e7d4f"
_LEAST_TEU = 0.5


def render_design(design: ServiceDesign, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    plan = design.plan
    asked = (
        f"{counted(len(design.services), 'candidate service')} for"
        f" {counted(len(plan.pairs), 'pair')} in the twelve months from {plan.months[0]:%B %Y}."
        " A day of a box has a value in this plan, so that frequent departures are worth more."
    )
    sections = [
        Section(id="frequencies", heading="How often", body=_frequencies(design)),
        *([Section(id="ships", heading="Ships", body=_ships(design))] if design.fleets else []),
        Section(id="flows", heading="Where the boxes go", body=_flows(design)),
    ]
    return study_page(
        plan.name, asked, design_texts(design), sections, command=command, warn=not design.run
    )


def _millions(usd: float) -> str:
    # No -0.0.
    return f"{round(usd / USD_PER_USD_M, 1) + 0.0:,.1f}"


def _frequencies(design: ServiceDesign) -> str:
    tried = [service for service in design.services if service.frequencies]
    return "".join(_service(n, service) for n, service in enumerate(tried))


def _service(number: int, service: ServiceRow) -> str:
    """Return a service's gain by departures a week, as a picture and a table."""
    points = [
        (row.departures, row.gain_usd / USD_PER_USD_M)
        for row in service.frequencies
        if row.gain_usd is not None
    ]
    chart = ""
    if len(points) > 2:
        area = Area.around(points)
        marks = area.curve(points, colour=_LINE) + "".join(
            area.dot(
                *point,
                colour=_CHOSEN if row.chosen else _COLOUR,
                tip=f"{point[0]:g} a week: {point[1]:,.1f} million USD a year",
                radius_px=6.0,
            )
            for point, row in zip(points, service.frequencies, strict=True)
        )
        chart = chart_html(
            f"chart-{number}",
            area.html(marks, x_label="Departures a week", y_label="Gain, million USD a year"),
            caption="Gain over not running it, other services as chosen; the choice is green",
        )
    columns = headings(
        numeric(
            "Departures a week",
            "Ships" if service.vehicle.startswith("sea/") else "Train sets",
            "TEU a year",
        ),
        numeric("Full", hint="The fuller direction"),
        numeric("Fixed cost, million USD a year", "USD per TEU", "Gain, million USD a year"),
    )
    rows: list[list[Cell | str]] = [
        [
            Cell(
                text=f"{row.departures:g}",
                after=' <span class="star">chosen</span>' if row.chosen else "",
            ),
            f"{row.vehicles}",
            f"{row.teu:,.0f}",
            f"{in_percent(row.fill)}%",
            f"{row.fixed_usd / USD_PER_USD_M:,.1f}",
            NOTHING if row.usd_per_teu is None else f"{row.usd_per_teu:,.0f}",
            NOTHING if row.gain_usd is None else _millions(row.gain_usd),
        ]
        for row in service.frequencies
    ]
    between = " to ".join(service.ends)
    note = (
        f"{between} {rule_text(service)}. A departure takes up to"
        f" {service.capacity_teu:,.0f} TEU and costs USD {service.sailing_usd:,.0f}"
        + (", without the days of the ship." if service.vehicle.startswith("sea/") else ".")
    )
    return (
        element("h3", service.name)
        + element("p", note, class_="note")
        + chart
        + table_html(service.name, columns, rows, hidden_caption=True)
    )


def _ships(design: ServiceDesign) -> str:
    seasons = [season_text(design.plan, n) for n in range(len(design.plan.seasons))]
    columns = headings(
        "Class",
        numeric("Held"),
        numeric(*(f"In use {title}" for title in seasons), hint="On average over the season"),
        numeric("Capital or hire, million USD", hint="A year"),
        numeric(
            *("Idle, laid up", "Idle, chartered out", "Idle, returned"),
            hint="Million USD a year; negative if it earns or saves",
        ),
    )
    rows = [
        [
            ship_title(fleet.ship),
            f"{fleet.held}",
            *(f"{used:.1f}" for used in fleet.used),
            *(
                f"{usd / USD_PER_USD_M:,.1f}"
                for usd in (fleet.held_usd, *(fleet.if_idle_usd[use] for use in IDLE_WORDS))
            ),
        ]
        for fleet in design.fleets
    ]
    return table_html("Ships by season", columns, rows, hidden_caption=True)


def _flows(design: ServiceDesign) -> str:
    titles = corridor_titles()
    shares = {
        service.name: row.fixed_usd / row.teu
        for service in design.run
        if (row := service.chosen) is not None and row.teu > 0.0
    }
    columns = headings(
        "Pair",
        "Season",
        "By",
        numeric("TEU"),
        numeric("USD per TEU", hint="With an even share of the departures of a service"),
        numeric("Days"),
    )
    rows: list[list[Cell | str]] = [
        [
            flow.pair,
            season_text(design.plan, flow.season),
            ", then ".join(flow.services)
            or f"Other carriers, {', '.join(titles.get(c, c) for c in flow.corridors)}",
            Cell(text=f"{flow.teu:,.0f}", sort=flow.teu),
            Cell(text=f"{usd:,.0f}", sort=usd),
            Cell(text=f"{flow.days:.1f}", sort=flow.days),
        ]
        for flow in sorted(design.flows, key=lambda flow: (flow.pair, flow.season, -flow.teu))
        if flow.teu >= _LEAST_TEU
        for usd in (flow.usd_per_teu + sum(shares.get(name, 0.0) for name in flow.services),)
    ]
    return table_html("TEU by pair and season", columns, rows, sortable=True, hidden_caption=True)
