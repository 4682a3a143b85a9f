"""`simulate.html`: how often each option is best, its quantiles, deadlines, and what decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter

from corridors.domain.simulation import ARRIVAL_CHANCES, Fan, OptionChances, RouteFans
from corridors.output.display_names import scenario_title
from corridors.output.html.page_shell import question
from corridors.output.html.palette import BLUE, NAVY, day_text, element, identities
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import (
    Area,
    Bar,
    Span,
    chart_html,
    ranges,
    stacked_bars,
)
from corridors.output.html.report.report_tables import table_of
from corridors.output.html.start_page import study_page
from corridors.studies.result_base import DisplayUnit
from corridors.studies.simulate.result import EFFECTS, LEAST_SHOWN, OPTIONS, Simulation, answers
from corridors.units import in_percent

MOST_GROUPS = 14
MOST_CURVES = 6
DATE_TICKS = 4
# Curves carry their names at these shares of their length, the first the highest.
NAMED_AT = (0.9, 0.75, 0.6, 0.45, 0.3, 0.15)


def render_simulation(found: Simulation, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    asked = found.scenario
    drawn = f"{found.draws:,} draws of {found.drawn_rows} figures, seed {found.seed}."
    return study_page(
        f"How sure is it? {scenario_title(asked)}",
        f"{question(asked)} {drawn}",
        answers(found),
        simulation_sections(found),
        command=command,
        warn=not found.usable,
    )


def simulation_sections(found: Simulation) -> tuple[Section, ...]:
    """Return the sections of the page, those without an answer with an empty body."""
    return (
        Section("chances", "How often each is best", _chances(found)),
        Section("money", "What it costs", _money(found)),
        Section("days", "How long it takes", _days(found)),
        Section("deadline", "When it arrives", _deadline(found)),
        Section("groups", "What decides", _groups(found)),
        Section("method", "How it is computed", _method(found)),
    )


def _first_sentence(found: Simulation) -> str:
    """Return how often the first of the options is best."""
    best = max(found.options, key=lambda option: option.best, default=None)
    if best is None:
        return ""
    return f"{best.title} is best in {in_percent(best.best)} of 100 cases."


def _chances(found: Simulation) -> str:
    order = sorted(found.per_box.options, key=lambda option: -option.best)
    chart = stacked_bars(
        "chart-chances",
        [
            Bar(name=option.title, parts={"Best in": float(in_percent(option.best))})
            for option in order
        ],
        {"Best in": NAVY},
        finding=_first_sentence(found),
        caption="In how many of 100 cases of prices, speeds and waits each is best",
        unit="of 100 cases",
    )
    note = (
        "Regret is how much worse an option is than the best of the same case, by the objective of"
        " the scenario."
    )
    read = "title best_share best_on_other_basis open expected_regret greatest_regret mean_of_worst"
    table = table_of(
        OPTIONS.reading(read),
        replace(found.per_box, options=tuple(order)),
        "How often each option is best",
        sortable=True,
    )
    return chart + table + element("p", note, class_="note")


def _fans(
    found: Simulation,
    name: str,
    caption: str,
    figure: Callable[[RouteFans], Fan | None],
    unit: str,
    factor: float = 1.0,
) -> str:
    """Return the ranges of a figure of the options that are open in some draw."""
    spans = [
        Span(
            name=option.title,
            colour=BLUE,
            quantiles=(
                *(factor * fan.p5, factor * fan.p10, factor * fan.p50),
                *(factor * fan.p90, factor * fan.p95),
            ),
        )
        for option in found.options
        if (fans := option.booked or option.chosen_again) is not None
        for fan in (figure(fans),)
        if fan is not None
    ]
    digits = int(unit == "days")
    finding = ""
    if spans:
        _, low, _, high, _ = (f"{one:,.{digits}f}" for one in spans[0].quantiles)
        finding = f"{spans[0].name}: {low} to {high} {unit} in 8 of 10 cases."
    return ranges(
        f"chart-{name}", spans, finding=finding, caption=caption, unit=unit, digits=digits
    )


def _money(found: Simulation) -> str:
    what = "the wide bar is P10 to P90, the thin one P5 to P95, the mark the median"
    money = DisplayUnit.of_money(found.scenario)
    shown = (
        ("cost", "Cost", attrgetter("cost")),
        ("price", "Price", attrgetter("price")),
    )
    return "".join(
        _fans(found, name, f"{title} in {money.unit}: {what}", of, money.unit, money.factor)
        for name, title, of in shown
    )


def _days(found: Simulation) -> str:
    one_box = "Days from gate-in to gate-out of one shipment, late ships and queues among them"
    levels = "The same without delays on the way: mean speeds, dwells and waits"
    return _fans(found, "days", one_box, lambda fans: fans.days, "days") + _fans(
        found, "levels", levels, lambda fans: fans.days_of_levels, "days"
    )


def _deadline(found: Simulation) -> str:
    shown = [option for option in found.options if option.arrival_days]
    if not shown:
        return ""
    # A late median stands for a corridor that is open in less than half of the draws.
    late = float("inf")
    middle = len(ARRIVAL_CHANCES) // 2
    shown.sort(key=lambda option: (-option.best, option.arrival_days[middle] or late))
    read = f"title {'arrives_by' if found.by else ''} day_met_90 day_met_95"
    asked = f", and the chance to be delivered by {day_text(found.by)}" if found.by else ""
    return _curves(found, shown[:MOST_CURVES]) + table_of(
        OPTIONS.reading(read),
        replace(found, options=tuple(shown)),
        f"Days of delivery{asked}",
        classes="narrow",
    )


def _curves(found: Simulation, options: list[OptionChances]) -> str:
    """Return the chance to have arrived, by day, as curves; dashed the day asked for."""
    first = found.scenario.departure
    finite = [day for option in options for day in option.arrival_days if day is not None]
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    area = Area(
        x_span=(low, low + span),
        y_span=(0.0, 1.0),
        x_ticks=[low + span * step / DATE_TICKS for step in range(DATE_TICKS + 1)],
        y_ticks=(0.0, 0.25, 0.5, 0.75, 1.0),
    )
    colours = identities(option.title for option in options)
    drawn = "".join(
        area.curve(
            [
                (day, chance)
                for day, chance in zip(option.arrival_days, ARRIVAL_CHANCES, strict=True)
                if day is not None
            ],
            colour=colours[option.title],
            name=option.title,
            at=at,
        )
        for option, at in zip(options, NAMED_AT, strict=False)
    )
    if found.by is not None and low <= (due := (found.by - first).days + 1.0) <= high:
        drawn += area.rule(due, "your deadline")
    likely = min(options, key=lambda option: option.day_met_90 or date.max)
    finding = ""
    if likely.day_met_90 is not None:
        finding = f"{likely.title} is there by {day_text(likely.day_met_90)} in 9 of 10 cases."
    return chart_html(
        "chart-arrival",
        area.html(
            drawn,
            x_label="Day",
            y_label="Chance of delivery",
            x_text=lambda day: f"{first + timedelta(days=int(day)):%d %b}",
            y_text=lambda chance: f"{in_percent(chance)}%",
        ),
        finding=finding,
        caption="Chance that a box is available at its destination, by day",
    )


def _groups(found: Simulation) -> str:
    shown = [
        effect
        for effect in found.per_box.effects
        if max(effect.money, effect.days, effect.difference) >= LEAST_SHOWN
    ][:MOST_GROUPS]
    if not shown:
        return ""
    chart = stacked_bars(
        "chart-groups",
        [
            Bar(name=effect.group, parts={"Share": float(in_percent(effect.difference))})
            for effect in shown
        ],
        {"Share": NAVY},
        finding=f"{shown[0].group} decides most between the best two.",
        caption="Share of the variance of the difference between the best two options",
        unit="% of variance",
        of="Group of figures",
    )
    note = (
        "The share of the variance that would remain if all other groups were known (total Sobol"
        " index). Shares may add up to more than 100 %."
    )
    unit = DisplayUnit.of_objective(found.scenario).unit
    table = table_of(EFFECTS.given, shown, f"What decides; values in {unit}", sortable=True)
    return chart + table + element("p", note, class_="note")


def _method(found: Simulation) -> str:
    training = found.training
    items = (
        "The low, value and high of each figure are the 5th, 50th and 95th of 100 draws. Monthly"
        " prices vary as much as they did in the past. Figures of one market move together.",
        "Prices, mean speeds and mean waits are known when a box is booked; late ships, queues and"
        " closures are not. Each draw chooses the option with the best expected objective.",
        "The median of a figure is its value in the comparison.",
        f"{training.searches} exact searches found {training.routes} routes. In new draws at the"
        f" end, the best of these was {in_percent(training.mean_miss, 2)}% worse than the true best"
        f" on average, and less than {in_percent(training.worst_miss, 2)}% worse in 99 % of the"
        " searches.",
        *found.warnings,
    )
    return f"<ul>{''.join(element('li', text) for text in items)}</ul>"
