"""Details of a corridor: cost lines, legs and hours; and the weakest cost lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

from corridors.costing.passages import PIRACY_TITLE
from corridors.data.cities import name_of
from corridors.domain.objective import Objective, unbeaten
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scope
from corridors.domain.values import ChainPart, CostLine, Status
from corridors.output.answer import answer_of, money, row_of
from corridors.output.comparison import NO_FORECAST, SHARES, Comparison
from corridors.output.contract import OptionRecord
from corridors.output.display_names import (
    best_route_of,
    in_sentence,
    listed,
    name_by,
    next_usable,
    often_text,
    on_page,
    rows_text,
    scenario_title,
    title_by,
)
from corridors.output.html.page_shell import question
from corridors.output.html.palette import (
    BLUE,
    GREEN,
    GREY,
    NAVY,
    NOTHING,
    counted,
    day_text,
    element,
    number,
    one,
    percent,
    role_colour,
    swatch,
    tonnes,
    usd,
)
from corridors.output.html.report.batch_report import Section, render_page
from corridors.output.html.report.charts import Bar, Dot, Key, scatter, stacked_bars
from corridors.output.html.report.effects import what_if_section
from corridors.output.html.report.parts import (
    LIMITS_OF_KNOWLEDGE,
    Citations,
    PerBox,
    answer_box,
    cost_by_part,
    days_by_part,
    figures,
    licence,
    outside_limits,
    part_colours,
    range_text,
    reproduce,
    time_title,
)
from corridors.output.html.report.report_tables import (
    Cell,
    Column,
    headings,
    numeric,
    rows_html,
    sailings_section,
    table_html,
    table_of,
)
from corridors.output.store import iso_time, scenario_record
from corridors.output.verdict import (
    certificate_text,
    folded_text,
    hopeless_text,
    mark_of,
    never_text,
    titles_of,
)
from corridors.units import HOURS_PER_DAY, KG_PER_TONNE

WEAK = (Status.ASSUMPTION, Status.RECALLED)
WEAKEST_ROWS = 15
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
        f"{_path(route, box)}{_chain(route, box)}{_cost_lines(route, sources, box)}{_hours(route)}"
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


def _path(route: RouteOption, box: PerBox) -> str:
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
    cost = f"USD {box.usd(route.printed_usd_per_teu).text} per {box.unit}"
    facts.append(certificate_text(route, cost))
    return f"<p>{escape(' '.join(facts))}</p>"


def _chain(route: RouteOption, box: PerBox) -> str:
    return rows_html(
        "Transport chain",
        route.chain,
        ("Part", lambda part: part.part.value),
        ("From", lambda part: _ends(part.part, part.from_name, part.to_name)[0]),
        ("To", lambda part: _ends(part.part, part.from_name, part.to_name)[1]),
        ("By", lambda part: ", ".join(part.families) or "handling only"),
        (numeric("km"), lambda part: f"{part.km:,.0f}"),
        (numeric("Hours", hint="With waits and handling"), lambda part: f"{part.hours:,.1f}"),
        (numeric("USD"), lambda part: f"{box.teu * part.usd_per_teu:,.2f}"),
        (numeric("kg CO₂e"), lambda part: f"{box.teu * part.co2e_wtw_kg:,.1f}"),
    )


def _cost_lines(route: RouteOption, sources: Citations, box: PerBox) -> str:
    lines = sorted(route.cost_lines, key=lambda line: -line.usd_per_teu)
    by_term = any(line.pays for line in lines)
    # The rate of a contract is of its own row.
    own = route.corridor
    return rows_html(
        f"Cost per box ({box.unit}), largest line first",
        lines,
        ("Part", lambda line: line.part.value),
        *([("Pays", lambda line: line.pays or "")] if by_term else []),
        ("Line", lambda line: line.label),
        ("Where", lambda line: "" if line.scope == own else name_of(line.scope)),
        (numeric("Quantity"), lambda line: number(box.teu * line.quantity)),
        ("Unit", lambda line: line.unit),
        (numeric("Unit price, USD"), lambda line: number(line.unit_price_usd)),
        (numeric("USD"), lambda line: f"{box.teu * line.usd_per_teu:,.2f}"),
        (numeric("low"), lambda line: f"{box.teu * line.low:,.2f}"),
        (numeric("high"), lambda line: f"{box.teu * line.high:,.2f}"),
        ("Basis", lambda line: line.basis.value),
        ("Status", lambda line: line.status.value),
        ("Source", lambda line: sources.cell(line.source_id)),
    )


def _hours(route: RouteOption) -> str:
    return rows_html(
        "Time, gate-in to gate-out",
        route.time_parts.items(),
        ("Part", lambda part: time_title(part[0])),
        (numeric("Hours"), lambda part: f"{part[1]:,.1f}"),
        (numeric("Days"), lambda part: f"{part[1] / HOURS_PER_DAY:,.1f}"),
        classes="narrow",
    )


def _lines(route: RouteOption, sources: Citations) -> str:
    return rows_html(
        "Lines known to cover the main carriage on its date",
        route.lines,
        ("Line", lambda line: line.loop),
        ("Operator", lambda line: line.operator),
        ("Runs", lambda line: line.kind),
        ("Sailings", often_text),
        ("Last seen", lambda line: f"{line.last_seen or 'undated'}{' (old)' * line.stale}"),
        ("Source", lambda line: sources.cell(line.source_id)),
    )


def _piracy(route: RouteOption, sources: Citations) -> str:
    return rows_html(
        PIRACY_TITLE,
        route.piracy,
        ("Area", lambda met: met.title),
        (numeric("nm inside"), lambda met: f"{round(met.sea_nm, 1):,.0f}"),
        (numeric("Incidents"), lambda met: "" if met.incidents is None else f"{met.incidents}"),
        (numeric("Year"), lambda met: "" if met.year is None else f"{met.year}"),
        ("Source", lambda met: sources.cell(met.source_id)),
        classes="narrow",
    )


def _ends(part: ChainPart, start: str, end: str) -> tuple[str, str]:
    """Return what a leg joins; of a city and its terminal of the same name, which is which."""
    if start != end or part is ChainPart.MAIN:
        return start, end
    terminal, city = f"{start}, terminal", f"{end}, city"
    return (city, terminal) if part is ChainPart.PRE else (terminal, city)


def _legs(route: RouteOption) -> str:
    def moment(time: datetime | None) -> str:
        return (iso_time(time) or "").replace("T", " ").rstrip("Z")

    return rows_html(
        "Legs, times in UTC",
        route.legs,
        ("Part", lambda step: step.part.value),
        ("From", lambda step: _ends(step.part, step.from_name, step.to_name)[0]),
        ("To", lambda step: _ends(step.part, step.from_name, step.to_name)[1]),
        ("Service", lambda step: name_of(step.service)),
        (numeric("km"), lambda step: f"{step.km:,.0f}"),
        (numeric("Hours"), lambda step: f"{step.hours:,.1f}"),
        ("Departs", lambda step: moment(step.departs)),
        ("Arrives", lambda step: moment(step.arrives)),
    )


# `report.html` of one comparison: the answer first, then the evidence.

ROAD = "road"
_CLOSED_COLUMNS = headings("Way", "Why")
_PRICE_COLOURS = {"index": BLUE, "quoted": GREEN, "estimated": GREY}

# Names of closed ways beside one another in a line.
MOST_NAMED = 3


def render_report(
    comparison: Comparison,
    *,
    sources: Mapping[str, str],
    command: str = "",
    map_page: str = "",
) -> str:
    """Return the report of a comparison as HTML text; the same comparison gives the same text.

    Parameters
    ----------
    comparison
        The result, including closed corridors.
    sources
        Titles by source id.
    command
        The command line, shown under how to reproduce it.
    map_page
        The file of its map, if that lies beside it.
    """
    usable, box = comparison.usable, PerBox.of(comparison.scenario)
    citations = Citations({key: sources.get(key, "") for key in _cited(comparison)})
    # As the answer has it: the rows, what they rest on, what to know, how to ask it again.
    sections = (
        Section("ranking", "All ways, best first", _ranking(comparison)),
        Section("sailings", "Your sailings", sailings_section(comparison)),
        Section("shares", "Shares of boxes by way", _shares(comparison)),
        Section("front", "Money against days", front_chart(comparison)),
        Section("cost", "What it costs", cost_chart(comparison)),
        Section("bases", "Cost and price", _bases_chart(comparison)),
        Section("time", "How long it takes", time_chart(comparison)),
        Section("emissions", "Greenhouse gases", _emissions_chart(comparison)),
        Section(
            "what-if",
            "What if prices change",
            what_if_section(comparison, citations.link, command=command),
        ),
        Section("warnings", "What to know", _warnings(comparison)),
        Section(
            "details",
            "Every leg and cost line",
            "".join(option_details(route, citations, box) for route in usable),
        ),
        Section("weakest", "Weakest figures", weakest_table(usable, citations, box)),
        Section("sources", "Sources", citations.list_html()),
        Section("unknown", "Limits of these results", LIMITS_OF_KNOWLEDGE),
        Section("reproduce", "How to reproduce", _reproduce(comparison, command)),
    )
    has_sliders = any(section.id == "what-if" and section.body for section in sections)
    title = f"Report: {scenario_title(comparison.scenario)}"
    source = "; ".join((*answer_of(comparison).rests_on, "every figure cited under Sources"))
    return render_page(
        title,
        _head(comparison, map_page),
        sections,
        scripts=("whatif.js",) if has_sliders else (),
        contents_last=True,
        source=source,
    )


def _cited(comparison: Comparison) -> list[str]:
    """Return the ids of the sources that lines, legs and sliders cite."""
    sliders = comparison.what_if.sliders if comparison.what_if else ()
    return [*cited(comparison.usable), *(slider.rows[0].source_id for slider in sliders)]


def _head(comparison: Comparison, map_page: str) -> str:
    scenario, shipment = comparison.scenario, comparison.scenario.shipment
    box = PerBox.of(scenario)
    asked = (
        f"Money and emissions are per box ({box.unit}). It holds"
        f" {box.teu * shipment.cargo_t_per_teu:g} t worth"
        f" USD {usd(box.teu * shipment.value_usd_per_teu)}."
        f" Ranked by {on_page(scenario.objective.aim.lowest)}. {rows_text(scenario.objective)}"
    ).rstrip()
    link = f' <a href="{map_page}">See the map</a>' if map_page else ""
    return (
        element("h1", scenario_title(scenario))
        + f'<p class="asked">{escape(question(scenario))}{link}</p>'
        + answer_box(
            [on_page(text) for text in answer_of(comparison).said],
            warn=comparison.recommended is None,
        )
        + f"<details><summary>How it was asked</summary>"
        f"{element('p', asked + _hauls(comparison))}</details>"
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
    box = PerBox.of(comparison.scenario)
    paid = box.teu * sum(leg.usd_per_teu for leg in legs)
    ways = listed(
        f"{one(leg.km)} km {'before' if leg.part is ChainPart.PRE else 'after'} the main carriage"
        for leg in legs
    )
    where = "the door" if comparison.scenario.scope is Scope.DOOR else "the city"
    return (
        f" Trucks between {where} and the terminal are included: {ways} with {best.title},"
        f" {box.money.split('/')[0]} {usd(paid)} a box."
    )


def _ranking(comparison: Comparison) -> str:
    hidden, columns = comparison.left_out, _columns(comparison)
    shown = [route for route in comparison.usable if route not in hidden]
    rows = [_row(comparison, i, route) for i, route in enumerate(shown)]
    note = (
        f"Low to high is {range_text(comparison.usable)}, by"
        f" {comparison.scenario.price_basis.value}. Click a heading to sort."
    )
    caption = f"{counted(len(shown), 'way')} by {comparison.decision.objective}"
    return (
        table_html(caption, columns, rows, sortable=True, hidden_caption=True)
        + _folded(comparison, columns)
        + element("p", note, class_="note")
    )


def _shares(comparison: Comparison) -> str:
    """Return the shares of boxes by way, nothing where they were not asked for."""
    if not comparison.shares:
        return ""
    table = SHARES.boxed(comparison.scenario.shipment.equipment)
    caption = "Shares of boxes by way"
    # On a phone the shares stand beside the names, without a scroll.
    body = table_of(
        table, comparison.shares, caption, sortable=True, hidden_caption=True, classes="narrow"
    )
    return body + element("p", NO_FORECAST, class_="note")


def _columns(comparison: Comparison) -> tuple[Column, ...]:
    """Return the columns of the ranking, with value of time if the objective includes it."""
    generalised = comparison.scenario.objective is Objective.GENERALISED
    box = PerBox.of(comparison.scenario)
    money = box.money
    timed = numeric("with time", hint="With the value of its days") if generalised else ()
    if comparison.lines_hold:
        title, hint = "Sails", "How often, of lines known; ask: only their total is known"
    else:
        title, hint = "Sails today", "Lines as things are, not in the world asked about"
    return headings(
        "Way",
        "Note",
        timed,
        numeric(f"Price {money}", hint="What shippers are quoted that week"),
        Column(title="Price is", hint="By the index of its lane, by quotes, or estimated"),
        numeric(f"Cost {money}", hint="What its carriage costs"),
        numeric("low to high", hint="What they are is said below"),
        numeric("Days on board", hint="From the first ship or train to the last"),
        numeric("Days gate to gate", hint="With waits and handling"),
        numeric(f"t CO₂e/{box.unit}", hint="Well-to-wake"),
        Column(title=title, hint=hint),
    )


def _folded(comparison: Comparison, columns: tuple[Column, ...]) -> str:
    """Return what is no row: closed options, and those that nobody would take, behind a line."""
    titles, left_out = titles_of(comparison), comparison.left_out
    closed = [one for one in comparison.routes if not one.usable and one not in left_out]
    folds = []
    if closed:
        names = listed(_few([route.title for route in closed]))
        table = table_html("Closed", _CLOSED_COLUMNS, [_closed_row(one) for one in closed])
        folds.append((f"Not open for this departure: {names}", table))
    if comparison.folded:
        rows = [
            _row(comparison, i, route)
            for i, route in enumerate(comparison.usable)
            if route in comparison.folded
        ]
        table = table_html("Left out of the table", columns, rows, hidden_caption=True)
        folds.append((folded_text(comparison, titles), table))
    for hidden, text in (
        (comparison.hopeless, hopeless_text(comparison, titles)),
        (comparison.never, never_text(comparison, titles)),
    ):
        if hidden:
            rows = [_closed_row(one) for one in hidden]
            folds.append((text, table_html("Without a way", _CLOSED_COLUMNS, rows)))
    return "".join(
        f"<details>{element('summary', f'{text}.')}{table}</details>" for text, table in folds
    )


def _few(names: list[str]) -> list[str]:
    """Return names, of many the last two and how many others."""
    if len(names) <= MOST_NAMED:
        return names
    return [*names[-2:], f"{len(names) - 2} others"]


def _row(comparison: Comparison, index: int, route: RouteOption) -> list[Cell | str]:
    box = PerBox.of(comparison.scenario)
    shown, record = figures(route, box.teu), OptionRecord.of(route)
    title = title_by(route)
    if route.corridor in comparison.ranks and route not in comparison.left_out:
        title = f"{index + 1}. {title}"
    row = row_of(comparison, route)
    generalised = comparison.scenario.objective is Objective.GENERALISED
    outside = outside_limits(comparison, route)
    mark = mark_of(comparison, route)
    # Of most rows nothing is to be said.
    status = f"over limit: {'; '.join(outside)}" if outside else "" if mark == "usable" else mark
    if route.equals:
        status += f": {titles_of(comparison)[route.equals]}"
    star = ' <span class="star">recommended</span>' if route is comparison.recommended else ""
    return [
        Cell(text=title, sort=index, before=swatch(role_colour(route)), after=star),
        status,
        *([box.usd(record.generalised_usd_per_teu)] if generalised else []),
        box.usd(record.price_usd_per_teu),
        record.price_status or NOTHING,
        box.usd(record.cost_usd_per_teu),
        Cell(text=f"{money(shown.low)}\u2013{money(shown.high)}", sort=shown.low),
        Cell(text=row.on_board_days, sort=shown.transit_days),
        Cell(text=row.days, sort=shown.days),
        Cell(text=row.co2e_t, sort=shown.co2e_kg),
        row.sails,
    ]


def _closed_row(route: RouteOption) -> list[Cell | str]:
    reason = f": {route.reason.rstrip('.')}" if route.reason else ""
    why = "; ".join(filter(None, (f"{route.status.value}{reason}", next_usable(route, day_text))))
    return [Cell(text=route.title, before=swatch(role_colour(route))), why]


def _drawn(comparison: Comparison) -> list[RouteOption]:
    """Return the options that charts draw: usable, and worth a row."""
    hidden = comparison.left_out
    return [route for route in comparison.usable if route not in hidden]


def _most(comparison: Comparison, parts: Callable[[RouteOption], Mapping[str, float]]) -> str:
    """Return the largest part of the first option: `Ship fuel is 38 % of the Suez Canal`."""
    first = comparison.recommended or next(iter(comparison.usable), None)
    if first is None:
        return ""
    sizes = parts(first)
    largest = max(sizes, key=lambda part: sizes[part])
    share = percent(sizes[largest], sum(sizes.values()))
    return f"{largest}: {share} of what {in_sentence(name_by(first))} takes."


def cost_chart(comparison: Comparison) -> str:
    """Return money by part, a bar for each option, as markup."""
    drawn, box = _drawn(comparison), PerBox.of(comparison.scenario)

    def parts(route: RouteOption) -> dict[str, float]:
        return cost_by_part(route.cost_lines, boxes=box.teu)

    return stacked_bars(
        "chart-cost",
        [
            Bar(name=name_by(route), parts=parts(route), span=figures(route, box.teu).cost_span)
            for route in drawn
        ],
        part_colours(),
        finding=_most(comparison, parts),
        caption=f"{box.money} by part, best first. The thin line is {range_text(drawn)}.",
        unit=box.money,
    )


def _bases_chart(comparison: Comparison) -> str:
    bars, box = [], PerBox.of(comparison.scenario)
    both = [
        (route, box.teu * route.cost_usd_per_teu, box.teu * route.price_usd_per_teu)
        for route in _drawn(comparison)
        if route.cost_usd_per_teu is not None and route.price_usd_per_teu is not None
    ]
    for route, cost, price in both:
        bars += [
            Bar(name=f"{name_by(route)}: cost", parts={"Cost": cost}),
            Bar(name=f"{name_by(route)}: price", parts={f"Price ({route.price_status})": price}),
        ]
    finding = ""
    if both:
        route, cost, price = both[0]
        more = "more" if price >= cost else "less"
        finding = (
            f"{name_by(route)}: shippers are quoted USD {money(abs(price - cost))} {more} than its"
            " carriage costs."
        )
    return stacked_bars(
        "chart-bases",
        bars,
        {"Cost": NAVY} | {f"Price ({s})": c for s, c in _PRICE_COLOURS.items()},
        finding=finding,
        caption=f"{box.money} that carriage costs and that shippers are quoted",
        unit=box.money,
    )


def time_chart(comparison: Comparison) -> str:
    """Return days by part, a bar for each option, as markup."""
    drawn = _drawn(comparison)
    thin = ""
    if any(figures(route).days_span for route in drawn):
        thin = " The thin line is where 8 of 10 shipments fall, late ships and queues among them."

    def parts(route: RouteOption) -> dict[str, float]:
        return days_by_part(route.time_parts)

    return stacked_bars(
        "chart-time",
        [
            Bar(name=name_by(route), parts=parts(route), span=figures(route).days_span)
            for route in drawn
        ],
        part_colours(),
        finding=_most(comparison, parts),
        caption="Days from gate-in to gate-out by part, best first." + thin,
        unit="Days",
        digits=1,
    )


def _emissions_chart(comparison: Comparison) -> str:
    bars, box = [], PerBox.of(comparison.scenario)
    for route in _drawn(comparison):
        record = OptionRecord.of(route)
        wake = box.teu * (record.co2e_ttw_kg_per_teu or 0.0) / KG_PER_TONNE
        total = box.teu * (record.co2e_wtw_kg_per_teu or 0.0) / KG_PER_TONNE
        bars.append(
            Bar(
                name=name_by(route),
                parts={"Tank-to-wake": wake, "Well-to-tank": max(total - wake, 0.0)},
            )
        )
    finding = ""
    if bars:
        clean = min(bars, key=lambda bar: sum(bar.parts.values()))
        finding = f"{clean.name} emits least: {sum(clean.parts.values()):,.2f} t per {box.unit}."
    return stacked_bars(
        "chart-emissions",
        bars,
        {"Tank-to-wake": NAVY, "Well-to-tank": GREY},
        finding=finding,
        caption=f"Tonnes of CO₂e per {box.unit}; the full bar is well-to-wake",
        unit="t CO₂e",
        digits=2,
    )


def front_chart(comparison: Comparison) -> str:
    """Return money against days of options and, if they were searched, of their fronts."""
    box = PerBox.of(comparison.scenario)
    routes = {route.corridor: route for route in _drawn(comparison)}
    numbers = {name: str(i + 1) for i, name in enumerate(routes)}
    dots = [
        Dot(
            name=name_by(route),
            colour=role_colour(route),
            days=shown.days,
            usd=shown.usd,
            mark=numbers[route.corridor],
        )
        for route in routes.values()
        for shown in (figures(route, box.teu),)
    ]
    small = [
        Dot(
            name=name_by(routes[point.corridor]),
            colour=role_colour(routes[point.corridor]),
            days=point.days,
            usd=box.teu * point.cost_usd_per_teu,
            note=f"{point.transit_days:.1f} days on board",
        )
        for point in comparison.front
        if point.corridor in routes
    ]
    keys = [
        Key(label=f"{numbers[name]} {name_by(route)}", colour=role_colour(route))
        for name, route in routes.items()
    ]
    ahead = set(unbeaten((dot.days, dot.usd) for dot in dots))
    best = [in_sentence(dot.name) for dot in dots if (dot.days, dot.usd) in ahead]
    finding = f"No other way is both cheaper and quicker than {listed(best, 'or')}." if best else ""
    return scatter(
        "chart-front",
        dots,
        small=small,
        front=True,
        keys=keys,
        money=box.money,
        finding=finding,
        caption=f"Each way's {best_route_of(comparison.scenario.objective)} (numbered as ranked)"
        " and its other routes that none beats. Blue sails, orange goes by rail, grey nobody is"
        " known to run; the dashed line joins what nothing beats.",
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
