"""The page of a simulation: chances, fans, deadlines and what decides, without scripts.

Bars are SVG without text, which stretches to any width; figures stand in the tables beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from html import escape

from corridors.domain.simulation import ARRIVAL_CHANCES, Fan, OptionChances, RouteFans
from corridors.output.html.encode import element, one, safe_colour, usd
from corridors.output.html.page_shell import asset, page_html, policy_of_style
from corridors.output.html.report.common import answer_box, licence
from corridors.output.html.report.report_tables import Cell, Column, table_html
from corridors.output.simulated import LEAST_SHOWN, Simulation, answers

MOST_GROUPS = 14
CURVE_WIDTH, CURVE_HEIGHT = 720.0, 300.0
MARGIN_LEFT, MARGIN_BELOW = 44.0, 30.0
MOST_CURVES = 6
STYLE = """
svg { display: block; }
svg.bar { width: 100%; min-width: 90px; height: 16px; }
svg.curve { width: 100%; max-width: 860px; height: auto; font: 13px sans-serif; }
td.bar { width: 36%; min-width: 110px; }
"""


def render_simulation(found: Simulation) -> str:
    """Return the page as HTML text."""
    asked = found.scenario
    style = asset("report", "report.css") + STYLE
    day = asked.departure
    head = (
        element("h1", f"{asked.name}: how sure is it?")
        + element(
            "p",
            f"{asked.origin} to {asked.destination}, departing {day.day} {day:%B %Y}."
            f" {found.draws:,} draws of {found.drawn_rows} figures, seed {found.seed}.",
            class_="asked",
        )
        + answer_box(answers(found))
    )
    sections = (
        ("chances", "How often each is best", _chances(found)),
        ("money", "What it costs", _money(found)),
        ("days", "How long it takes", _days(found)),
        ("deadline", "When it arrives", _deadline(found)),
        ("groups", "What decides", _groups(found)),
        ("method", "How it is computed", _method(found)),
    )
    kept = [part for part in sections if part[2]]
    links = "".join(f'<a href="#{name}">{escape(title)}</a>' for name, title, _ in kept)
    body = "".join(
        f'<section id="{name}"><h2>{escape(title)}</h2>{text}</section>'
        for name, title, text in kept
    )
    return page_html(
        f"{asked.name}: how sure is it?",
        f'<header>{head}</header>\n<nav aria-label="Contents">{links}</nav>\n'
        f"<main>{body}</main>\n<footer>{licence()}</footer>\n",
        style=style,
        policy=policy_of_style(style),
    )


def plain_table(
    caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell | str]]
) -> str:
    """Return a table of a page without scripts, which a keyboard can scroll where it is wide."""
    region = f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
    table = table_html(caption, columns, rows, hidden_caption=True)
    return table.replace('<div class="wide">', region, 1)


def _chances(found: Simulation) -> str:
    other = "cost" if found.on_price else "price"
    columns = (
        Column(title="Corridor"),
        Column(title="Best in", figure=True),
        Column(title="Share of draws"),
        Column(title=f"By {other}", figure=True),
        Column(title="Open in", figure=True),
        Column(title="Expected regret, USD", figure=True),
        Column(title="Greatest regret, USD", figure=True),
        Column(title="Mean of worst 5 %", figure=True),
    )
    rows = [
        (
            option.title,
            f"{option.best:.0%}",
            _svg_bar([(0.0, option.best, 10.0, _colour(option))], "share of draws"),
            f"{option.best_on_other_basis:.0%}",
            f"{option.open:.0%}",
            usd(option.expected_regret),
            usd(option.greatest_regret),
            usd(option.mean_of_worst),
        )
        for option in sorted(found.options, key=lambda option: -option.best)
    ]
    note = element(
        "p",
        "Regret is what booking the option now loses against the best option of each draw, by the"
        " objective of the scenario.",
        class_="note",
    )
    return plain_table("How often each option is best", columns, rows) + note


def _fan_rows(
    found: Simulation,
    caption: str,
    figure: Callable[[RouteFans], Fan],
    form: Callable[[float], str],
) -> str:
    """Return a table of fans with a bar each, on one scale."""
    fans = [
        (option, figure(fans))
        for option in found.options
        if (fans := option.booked or option.chosen_again) is not None
    ]
    if not fans:
        return ""
    low, high = min(fan.p5 for _, fan in fans), max(fan.p95 for _, fan in fans)
    span = (high - low) or 1.0

    def at(value: float) -> float:
        return (value - low) / span

    columns = (
        Column(title="Corridor"),
        *(Column(title=name, figure=True) for name in ("P10", "P50", "P90")),
        Column(title="Range"),
        Column(title="Mean", figure=True),
        Column(title="P95", figure=True),
    )
    rows = [
        (
            option.title,
            form(fan.p10),
            form(fan.p50),
            form(fan.p90),
            _svg_bar(
                [
                    (at(fan.p5), at(fan.p95), 2.0, "#93a1aa"),
                    (at(fan.p10), at(fan.p90), 8.0, _colour(option)),
                    (at(fan.p50) - 0.004, at(fan.p50) + 0.004, 10.0, "#22303a"),
                ],
                f"from {form(fan.p5)} to {form(fan.p95)}",
            ),
            form(fan.mean),
            form(fan.p95),
        )
        for option, fan in fans
    ]
    return plain_table(caption, columns, rows)


def _money(found: Simulation) -> str:
    cost, price = "Cost, USD per TEU", "Price, USD per TEU"
    note = "The wide bar is from 10 to 90 %, the thin one from 5 to 95 %, the mark the median."
    return (
        element("h3", cost)
        + _fan_rows(found, cost, lambda fans: fans.cost, usd)
        + element("h3", price)
        + _fan_rows(found, price, lambda fans: fans.price, usd)
        + element("p", note, class_="note")
    )


def _days(found: Simulation) -> str:
    one_box = "Days from gate-in to gate-out of one shipment, with events"
    levels = "The same without events: mean speeds, dwells and waits"
    return (
        element("h3", one_box)
        + _fan_rows(found, one_box, lambda fans: fans.days, one)
        + element("h3", levels)
        + _fan_rows(found, levels, lambda fans: fans.days_of_levels, one)
    )


def _deadline(found: Simulation) -> str:
    shown = [option for option in found.options if option.arrival_days]
    shown.sort(key=lambda option: (-option.best, option.arrival_days[len(ARRIVAL_CHANCES) // 2]))
    if not shown:
        return ""
    first = found.scenario.departure
    columns = (
        Column(title="Corridor"),
        *([Column(title=f"There by {found.by}", figure=True)] if found.by else []),
        Column(title="Day met with 90 %"),
        Column(title="Day met with 95 %"),
    )
    rows = [
        (
            option.title,
            *([f"{option.arrives_by or 0.0:.0%}"] if found.by else []),
            "—" if option.day_met_90 is None else option.day_met_90.isoformat(),
            "—" if option.day_met_95 is None else option.day_met_95.isoformat(),
        )
        for option in shown
    ]
    legend = "".join(
        f'<li><svg width="11" height="11" aria-hidden="true"><rect width="11" height="11"'
        f' fill="{_colour(option)}"/></svg> {escape(option.title)}</li>'
        for option in shown[:MOST_CURVES]
    )
    caption = (
        f"Chance that a box is available at its destination, by day from"
        f" {first.day} {first:%B %Y} on"
    )
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<ul class="legend">{legend}</ul>{_curves(found, shown[:MOST_CURVES])}</figure>'
        + plain_table("Days met", columns, rows)
    )


def _curves(found: Simulation, options: Sequence[OptionChances]) -> str:
    """Return the chance to have arrived, by day, as curves."""
    finite = [day for option in options for day in option.arrival_days if day is not None]
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    inner = CURVE_WIDTH - MARGIN_LEFT - 8.0
    tall = CURVE_HEIGHT - MARGIN_BELOW - 8.0

    def x(day: float) -> float:
        return MARGIN_LEFT + inner * (day - low) / span

    def y(chance: float) -> float:
        return 8.0 + tall * (1.0 - chance)

    lines = [
        f'<line x1="{MARGIN_LEFT:.0f}" x2="{CURVE_WIDTH - 8.0:.0f}" y1="{y(share):.1f}"'
        f' y2="{y(share):.1f}" stroke="#dde4e8"/><text x="{MARGIN_LEFT - 6.0:.0f}"'
        f' y="{y(share) + 4.0:.1f}" text-anchor="end" fill="#5b6b76">{share:.0%}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    first = found.scenario.departure
    for step in range(5):
        day = low + span * step / 4.0
        text = f"{first + timedelta(days=int(day)):%d %b}"
        anchor = ("start", "middle", "middle", "middle", "end")[step]
        lines.append(
            f'<text x="{x(day):.1f}" y="{CURVE_HEIGHT - 8.0:.0f}" text-anchor="{anchor}"'
            f' fill="#5b6b76">{text}</text>'
        )
    if found.by is not None and low <= (due := (found.by - first).days + 1.0) <= high:
        lines.append(
            f'<line x1="{x(due):.1f}" x2="{x(due):.1f}" y1="{y(1.0):.1f}" y2="{y(0.0):.1f}"'
            ' stroke="#22303a" stroke-dasharray="4 4"/>'
        )
    for option in options:
        points = " ".join(
            f"{x(day):.1f},{y(chance):.1f}"
            for day, chance in zip(option.arrival_days, ARRIVAL_CHANCES, strict=True)
            if day is not None
        )
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{_colour(option)}"'
            ' stroke-width="2.5"/>'
        )
    return (
        f'<svg class="curve" viewBox="0 0 {CURVE_WIDTH:.0f} {CURVE_HEIGHT:.0f}" role="img"'
        f' aria-label="Curves of the chance of arrival by day">{"".join(lines)}</svg>'
    )


def _groups(found: Simulation) -> str:
    shown = [
        effect
        for effect in found.effects
        if max(effect.money, effect.days, effect.difference) >= LEAST_SHOWN
    ][:MOST_GROUPS]
    if not shown:
        return ""
    unit = found.scenario.objective.aim.unit
    columns = (
        Column(title="Group of figures"),
        Column(title="Between the best two", figure=True),
        Column(title="Share"),
        Column(title="Money of the best", figure=True),
        Column(title="Days of the best", figure=True),
        Column(title=f"Worth of knowing, {unit}", figure=True),
    )
    rows = [
        (
            effect.group,
            f"{effect.difference:.0%}",
            _svg_bar([(0.0, min(effect.difference, 1.0), 10.0, "#1d5f8d")], "share of variance"),
            f"{effect.money:.0%}",
            f"{effect.days:.0%}",
            one(effect.worth),
        )
        for effect in shown
    ]
    note = element(
        "p",
        "Shares of the variance that would be left if everything but the group were known (total"
        " Sobol indices); they may sum to more than 100 %.",
        class_="note",
    )
    return plain_table("What decides", columns, rows) + note


def _method(found: Simulation) -> str:
    training = found.training
    items = (
        "Each figure is drawn through its low, value and high at 5, 50 and 95 %; prices that are"
        " series get their spread from their own history. Figures of one market are correlated.",
        "Prices, mean speeds and mean waits are taken as known when a box is booked; late ships,"
        " queues and closures are not. In each draw the option with the best expected objective"
        " is chosen.",
        "Medians are those of the comparison: the shape of ranges alone moves none.",
        f"{training.routes} routes were learned by {training.searches} exact searches; in the last"
        f" fresh draws they missed the best by {training.mean_miss:.2%} on average, and by less"
        f" than {training.worst_miss:.2%} in 99 % of searches.",
    )
    listed = "".join(element("li", text) for text in items)
    warnings = "".join(element("li", text) for text in found.warnings)
    return f"<ul>{listed}</ul>" + (f"<ul>{warnings}</ul>" if warnings else "")


def _colour(option: OptionChances) -> str:
    return safe_colour(option.colour)


def _svg_bar(parts: Sequence[tuple[float, float, float, str]], says: str) -> Cell:
    """Return a cell with bars from and to a share of its width, of a height of ten at most."""
    bars = "".join(
        f'<rect x="{100.0 * max(first, 0.0):.2f}" width="{100.0 * max(last - first, 0.0):.2f}"'
        f' y="{(10.0 - height) / 2.0:.1f}" height="{height:.1f}" fill="{colour}"/>'
        for first, last, height, colour in parts
    )
    svg = (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(says)}">{bars}</svg>'
    )
    return Cell(text="", before=svg)
