"""`design.html` and its map: which services to run, their departures, ships and flows."""

from __future__ import annotations

from dataclasses import replace

from corridors.domain.allocation import DesignFlow, FrequencyRow, ServiceRow
from corridors.output.display_names import capitalised, corridor_titles
from corridors.output.html.map.map_frame import MapPage
from corridors.output.html.map.panel import PanelText
from corridors.output.html.map.study_map import Row, Thing, study_map
from corridors.output.html.palette import GREY, NAVY, ORANGE, LonLat, counted, element
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import Area, chart_html
from corridors.output.html.report.report_tables import Cell, headings, numeric, table_html, table_of
from corridors.output.html.start_page import study_page
from corridors.studies.design.result import (
    FLOWS,
    FREQUENCIES,
    IDLE_WORDS,
    ServiceDesign,
    box_usd,
    departures_text,
    design_texts,
    frequencies_of,
    rule_text,
    season_text,
    ship_title,
    vehicles_text,
)
from corridors.units import USD_PER_USD_M, in_percent

_LEAST_TEU = 0.5
# What stands under the figures of the map.
MOST_CHANGES = 6
_READ = "departures vehicles teu_a_year fill fixed_usd_m_a_year usd_per_teu gain_usd_m_a_year"


def render_design(design: ServiceDesign, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    plan = design.plan
    sections = [
        Section("frequencies", "How often", _frequencies(design)),
        *([Section("ships", "Ships", _ships(design))] if design.fleets else []),
        Section("flows", "Where the boxes go", _flows(design)),
    ]
    texts = design_texts(design)
    return study_page(
        plan.name, _asked(design), texts, sections, command=command, warn=not design.run
    )


def _asked(design: ServiceDesign) -> str:
    plan = design.plan
    return (
        f"{counted(len(design.services), 'candidate service')} for"
        f" {counted(len(plan.pairs), 'pair')} in the twelve months from {plan.months[0]:%B %Y}."
        " A day of a box has a value in this plan, so that frequent departures are worth more."
    )


def design_map(design: ServiceDesign, *, linked: bool = False) -> MapPage:
    """Return the map of a design: the services that run in colour, the others as context.

    `linked` says that the page of the design stands beside it.
    """
    services = [*design.run, *(one for one in design.services if not one.departures)]
    run = len(design.run)
    texts = design_texts(design)
    finding = f"Run {run} of {counted(len(services), 'service')}"
    if run == 1:
        finding = f"Run {services[0].name}, {departures_text(services[0].departures)}"
    elif not run:
        finding = "Run none of these services"
    figures = [
        ("TEU a year", f"{design.teu:,.0f}", ""),
        ("Cost, million USD", f"{design.value_usd / USD_PER_USD_M:,.1f}", ""),
    ]
    if design.gain_usd is not None:
        figures.append(("Saved a year", f"{design.gain_usd / USD_PER_USD_M:,.1f}", ""))
    places = dict(place for service in services for place in _calls(service))
    said = PanelText(
        asked=_asked(design),
        finding=finding,
        lead=_lead(design),
        figures=figures,
        changed="Each at another number of departures",
        changes=[
            (departures_text(row.departures), service.name, _gain_text(row), number)
            for number, service in enumerate(services[:run])
            for row in service.frequencies
            if row.departures and not row.chosen
        ][:MOST_CHANGES],
        rows="Every candidate",
        axis="departures a week · gain, million USD a year",
        keys=(("sea", "Ship that runs"), ("rail", "Train that runs"), ("other", "Not run")),
        notes=texts,
    )
    return study_map(
        design.plan.name,
        said,
        [
            *map(_thing, services),
            *(Thing(name=name, spots=(spot,), radius_px=4.0) for name, spot in places.items()),
        ],
        report="design.html" if linked else "",
    )


def _lead(design: ServiceDesign) -> str:
    """Return what runs, in a sentence."""
    if not design.run:
        return "At these volumes and prices none pays for itself."
    if len(design.run) > 1:
        told = [f"{one.name}, {departures_text(one.departures)}" for one in design.run]
        return f"{'; '.join(told)}."
    row = design.run[0].chosen
    if row is None:
        return ""
    each = "" if row.usd_per_teu is None else f", {box_usd(design.plan, row.usd_per_teu)}"
    vehicles = vehicles_text(design.run[0], row.vehicles)
    return f"{vehicles}, {row.teu:,.0f} TEU a year, {in_percent(row.fill)} % full{each}."


def _thing(service: ServiceRow) -> Thing:
    """Return a service with its line and row."""
    row = service.chosen
    runs = bool(service.departures) and row is not None
    says = ""
    if runs and row is not None:
        says = f"{departures_text(service.departures)}, {vehicles_text(service, row.vehicles)}"
    by_ship = service.vehicle.startswith("sea/")
    gain = None if row is None else row.gain_usd
    why = service.why_not or "does not pay for itself"
    return Thing(
        name=service.name,
        role=("sea" if by_ship else "rail") if runs else "other",
        in_focus=runs,
        says=says,
        lines=service.lines,
        tip=f"{service.name}: {says or why}",
        facts=[
            (capitalised(departures_text(each.departures)), _gain_text(each))
            for each in service.frequencies
            if each.departures
        ],
        row=Row(
            value=f"{service.departures:g}" if service.frequencies else "",
            side="" if gain is None or not runs else f"{gain / USD_PER_USD_M:,.1f}",
            group="" if runs else "Not run" if service.frequencies else "Not tried",
            mark=">" if runs else "",
            against=says or why,
        ),
    )


def _gain_text(row: FrequencyRow) -> str:
    if row.gain_usd is None:
        return "boxes have no other way"
    usd = f"{abs(row.gain_usd) / USD_PER_USD_M:,.1f} million USD a year"
    return f"saves {usd}" if row.gain_usd >= 0.0 else f"costs {usd}"


def _calls(service: ServiceRow) -> list[tuple[str, LonLat]]:
    """Return the ends of a service with where they are."""
    if not service.lines:
        return []
    where = (service.lines[0][0][0], service.lines[-1][0][-1])
    return [*zip(service.ends, where, strict=True)]


def _frequencies(design: ServiceDesign) -> str:
    tried = [service for service in design.services if service.frequencies]
    box = design.plan.box
    return "".join(_service(n, service, box) for n, service in enumerate(tried))


def _service(number: int, service: ServiceRow, box: tuple[float, str]) -> str:
    """Return a service's gain by departures a week, as a picture and a table per `box`."""
    points = [
        (row.departures, row.gain_usd / USD_PER_USD_M)
        for row in service.frequencies
        if row.gain_usd is not None
    ]
    chart = ""
    if len(points) > 2:
        area = Area.around(points)
        marks = area.curve(points, colour=GREY) + "".join(
            area.dot(
                *point,
                colour=ORANGE if row.chosen else NAVY,
                tip=f"{point[0]:g} a week: {point[1]:,.1f} million USD a year",
                radius_px=6.0,
            )
            for point, row in zip(points, service.frequencies, strict=True)
        )
        chart = chart_html(
            f"chart-{number}",
            area.html(marks, x_label="Departures a week", y_label="Gain, million USD a year"),
            caption="Gain over not running it, other services as chosen; the choice is orange",
        )
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
        + table_of(
            FREQUENCIES.given.reading(_READ).counted_in(box),
            frequencies_of(service),
            service.name,
            marked={"departures": _departures},
            hidden_caption=True,
        )
    )


def _departures(row: FrequencyRow) -> Cell:
    mark = ' <span class="star">chosen</span>' if row.chosen else ""
    return Cell(text=f"{row.departures:g}", after=mark)


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

    def usd(flow: DesignFlow) -> float:
        return flow.usd_per_teu + sum(shares.get(name, 0.0) for name in flow.services)

    def way(flow: DesignFlow) -> str:
        others = ", ".join(titles.get(name, name) for name in flow.corridors)
        return ", then ".join(flow.services) or f"Other carriers, {others}"

    flows = sorted(design.flows, key=lambda flow: (flow.pair, flow.season, -flow.teu))
    return table_of(
        replace(FLOWS, rows_of=iter, of={"usd_per_teu": usd, "way": way}).counted_in(
            design.plan.box
        ),
        [flow for flow in flows if flow.teu >= _LEAST_TEU],
        "TEU by pair and season; USD with an even share of the departures of a service",
        marked={"season": lambda flow: season_text(design.plan, flow.season)},
        sortable=True,
        hidden_caption=True,
    )
