"""Details of a corridor: cost lines, legs and hours; and the weakest cost lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from corridors.costing.risk import PIRACY_TITLE
from corridors.data.names import name_of
from corridors.domain.results import RouteOption
from corridors.domain.values import ChainPart, CostLine, Status
from corridors.output.display_names import listed, often_text, title_by
from corridors.output.html.encode import (
    counted,
    number,
    one,
    percent,
    tonnes,
    usd,
)
from corridors.output.html.palette import role_colour, swatch
from corridors.output.html.report.common import Citations
from corridors.output.html.report.option_figures import PerBox, figures
from corridors.output.html.report.parts import time_title
from corridors.output.html.report.report_tables import Cell, headings, numeric, table_html
from corridors.output.records import iso_time
from corridors.output.verdict import certificate_text
from corridors.units import HOURS_PER_DAY

WEAK = (Status.ASSUMPTION, Status.RECALLED)
WEAKEST_ROWS = 15
_CHAIN_COLUMNS = headings(
    "Part",
    "From",
    "To",
    "By",
    numeric("km"),
    numeric("Hours", hint="With waits and handling"),
    numeric("USD", "kg CO₂e"),
)
_COST_COLUMNS = headings(
    "Part",
    "Line",
    "Where",
    numeric("Quantity"),
    "Unit",
    numeric("Unit price, USD", "USD", "low", "high"),
    "Basis",
    "Status",
    "Source",
)
_LEG_COLUMNS = headings(
    "Part", "From", "To", "Service", numeric("km", "Hours"), "Departs", "Arrives"
)
_LINE_COLUMNS = headings("Line", "Operator", "Runs", "Sailings", "Last seen", "Source")
_PIRACY_COLUMNS = headings("Area", numeric("nm inside", "Incidents", "Year"), "Source")
_WEAK_COLUMNS = headings(
    "Line",
    "Status",
    "Source",
    numeric("Corridors", "Largest USD", "low to high", "Share of the cost"),
    "Occurs in",
)


def option_details(route: RouteOption, sources: Citations, box: PerBox) -> str:
    """Return a usable corridor's cost lines, legs and hours, collapsed under its figures."""
    shown = figures(route, box.teu)
    facts = (
        f"{box.usd(shown.usd / box.teu).text} {box.money}, {one(shown.transit_days)} days on board,"
        f" {one(shown.days)} days gate to gate, {tonnes(shown.co2e_kg)} t CO₂e"
    )
    return (
        f"<details><summary>{swatch(role_colour(route))}<b>{escape(title_by(route))}</b> "
        f'<span class="muted">{facts}</span></summary>'
        f"{_path(route)}{_chain(route, box)}{_cost_lines(route, sources, box)}{_hours(route)}"
        f"{_legs(route)}{_lines(route, sources)}"
        f"{_piracy(route, sources)}</details>"
    )


def weakest_table(usable: Sequence[RouteOption], sources: Citations, box: PerBox) -> str:
    """Return the cost lines based on assumptions or recalled figures, largest first."""
    groups: dict[tuple[str, str, str, str], list[tuple[CostLine, RouteOption]]] = {}
    for route in usable:
        for line in route.cost_lines:
            if line.status in WEAK:
                key = (line.label, line.scope, line.status.value, line.source_id)
                groups.setdefault(key, []).append((line, route))
    if not groups:
        return (
            "<p>No cost line is based on an assumption or a recalled figure.</p>" if usable else ""
        )
    ordered = sorted(groups.values(), key=lambda group: -max(line.usd_per_teu for line, _ in group))
    rows = [_weak_row(group, sources, box) for group in ordered[:WEAKEST_ROWS]]
    more = len(ordered) - len(rows)
    left = f"<p class='note'>{counted(more, 'smaller line')} not shown.</p>" if more > 0 else ""
    return (
        f"<p>{_weak_shares(usable)}</p>"
        + table_html(
            "Cost lines based on assumptions or recalled figures, largest first",
            _WEAK_COLUMNS,
            rows,
            sortable=True,
        )
        + left
    )


def cited(usable: Iterable[RouteOption]) -> list[str]:
    """Return the ids of the sources that lines and legs cite, sorted."""
    found = {line.source_id for route in usable for line in route.cost_lines}
    for route in usable:
        found |= {line.source_id for line in route.energy_lines}
        found |= {met.source_id for met in route.piracy}
        found |= {line.source_id for line in route.lines}
    return sorted(found - {""})


def _weak_shares(usable: Sequence[RouteOption]) -> str:
    shares = [
        sum(line.usd_per_teu for line in route.cost_lines if line.status in WEAK)
        / (figures(route).usd or 1.0)
        for route in usable
    ]
    best, least, most = shares[0], min(shares), max(shares)
    least_title, most_title = (usable[shares.index(share)].title for share in (least, most))
    first = f"{percent(best, 1.0)} of the cost of {usable[0].title}, ranked first,"
    if len(shares) < 2:
        return escape(f"{first} is based on assumptions or recalled figures.")
    return escape(
        f"{first} is based on assumptions or recalled figures. Across all corridors the share"
        f" ranges from {percent(least, 1.0)} ({least_title}) to {percent(most, 1.0)}"
        f" ({most_title})."
    )


def _weak_row(
    group: Sequence[tuple[CostLine, RouteOption]], sources: Citations, box: PerBox
) -> list[Cell | str]:
    line, route = max(group, key=lambda pair: pair[0].usd_per_teu)
    share = line.usd_per_teu / (figures(route).usd or 1.0)
    titles = list(dict.fromkeys(other.title for _, other in group))
    names = listed(titles[:3]) if len(titles) < 4 else f"{', '.join(titles[:3])}, …"
    return [
        f"{line.label} ({name_of(line.scope)})" if line.scope else line.label,
        line.status.value,
        sources.cell(line.source_id),
        Cell(text=str(len(titles)), sort=len(titles)),
        Cell(text=usd(box.teu * line.usd_per_teu), sort=line.usd_per_teu),
        Cell(
            text=f"{usd(box.teu * line.low)} to {usd(box.teu * line.high)}",
            sort=line.high - line.low,
        ),
        Cell(text=percent(share, 1.0), sort=share),
        names,
    ]


def _path(route: RouteOption) -> str:
    facts = []
    # A gate has several points, numbered after `#`.
    names = {step.to_id.partition("#")[0]: step.to_name for step in route.steps}
    if route.passages:
        passages = [names.get(place, place) for place in route.passages]
        facts.append(f"Canals, straits and capes: {', '.join(passages)}.")
    if route.borders:
        facts.append(f"Borders: {', '.join(map(name_of, route.borders))}.")
    if route.gauge_changes:
        places = [names.get(place, place) for place in route.gauge_changes]
        facts.append(f"Gauge changes: {', '.join(places)}.")
    facts.append(certificate_text(route))
    return f"<p>{escape(' '.join(facts))}</p>"


def _chain(route: RouteOption, box: PerBox) -> str:
    rows: list[list[Cell | str]] = [
        [
            part.part.value,
            *_ends(part.part, part.from_name, part.to_name),
            ", ".join(part.families) or "handling only",
            f"{part.km:,.0f}",
            f"{part.hours:,.1f}",
            f"{box.teu * part.usd_per_teu:,.2f}",
            f"{box.teu * part.co2e_wtw_kg:,.1f}",
        ]
        for part in route.chain
    ]
    return table_html("Transport chain", _CHAIN_COLUMNS, rows)


def _cost_lines(route: RouteOption, sources: Citations, box: PerBox) -> str:
    lines = sorted(route.cost_lines, key=lambda line: -line.usd_per_teu)
    rows: list[list[Cell | str]] = [
        [
            line.part.value,
            line.label,
            name_of(line.scope),
            number(box.teu * line.quantity),
            line.unit,
            number(line.unit_price_usd),
            *(f"{box.teu * usd:,.2f}" for usd in (line.usd_per_teu, line.low, line.high)),
            line.basis.value,
            line.status.value,
            sources.cell(line.source_id),
        ]
        for line in lines
    ]
    return table_html(f"Cost per box ({box.unit}), largest line first", _COST_COLUMNS, rows)


def _hours(route: RouteOption) -> str:
    columns = headings("Part", numeric("Hours", "Days"))
    rows = [
        [time_title(name), f"{hours:,.1f}", f"{hours / HOURS_PER_DAY:,.1f}"]
        for name, hours in route.time_parts.items()
    ]
    return table_html("Time, gate-in to gate-out", columns, rows, classes="narrow")


def _lines(route: RouteOption, sources: Citations) -> str:
    if not route.lines:
        return ""
    rows: list[list[Cell | str]] = [
        [
            line.loop,
            line.operator,
            line.kind,
            often_text(line),
            f"{line.last_seen or 'undated'}{' (old)' * line.stale}",
            sources.cell(line.source_id),
        ]
        for line in route.lines
    ]
    return table_html("Lines known to cover the main carriage on its date", _LINE_COLUMNS, rows)


def _piracy(route: RouteOption, sources: Citations) -> str:
    if not route.piracy:
        return ""
    return table_html(
        PIRACY_TITLE,
        _PIRACY_COLUMNS,
        [
            [
                met.title,
                f"{round(met.sea_nm, 1):,.0f}",
                "" if met.incidents is None else f"{met.incidents}",
                "" if met.year is None else f"{met.year}",
                sources.cell(met.source_id),
            ]
            for met in route.piracy
        ],
        classes="narrow",
    )


def _ends(part: ChainPart, start: str, end: str) -> tuple[str, str]:
    """Return what a leg joins; of a city and its terminal of the same name, which is which."""
    if start != end or part is ChainPart.MAIN:
        return start, end
    terminal, city = f"{start}, terminal", f"{end}, city"
    return (city, terminal) if part is ChainPart.PRE else (terminal, city)


def _legs(route: RouteOption) -> str:
    rows: list[list[Cell | str]] = [
        [
            step.part.value,
            *_ends(step.part, step.from_name, step.to_name),
            name_of(step.service),
            f"{step.km:,.0f}",
            f"{step.hours:,.1f}",
            (iso_time(step.departs) or "").replace("T", " ").rstrip("Z"),
            (iso_time(step.arrives) or "").replace("T", " ").rstrip("Z"),
        ]
        for step in route.legs
    ]
    return table_html("Legs, times in UTC", _LEG_COLUMNS, rows)
