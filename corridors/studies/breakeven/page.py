"""A break-even as a chart and a table: which option is best from where on, and what it costs."""

from __future__ import annotations

from corridors.output.display_names import capitalised, driver_title, scenario_title
from corridors.output.html.page_shell import question
from corridors.output.html.palette import NAVY, identities
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import Area, chart_html
from corridors.output.html.report.report_tables import table_of
from corridors.output.html.start_page import study_page
from corridors.studies.breakeven.result import STEPS, BreakEven, Step


def render_break_even(found: BreakEven, *, command: str = "") -> str:
    """Return `breakeven.html`; `command` is the command line that gives it."""
    driver = driver_title(found.key)
    return study_page(
        f"{driver}: what changes? {scenario_title(found.scenario)}",
        question(found.scenario),
        found.sentences,
        break_even_sections(found, driver=driver),
        command=command,
        warn=not any(step.corridor for step in found.steps),
    )


def break_even_sections(found: BreakEven, *, driver: str) -> tuple[Section, ...]:
    """Return the sections of a break-even; `driver` is what moves, in words."""
    return (Section("moves", "Where it changes", _chart(found, driver)),)


def _chart(found: BreakEven, driver: str) -> str:
    """Return the objective of the best option at the ends of each step, joined by lines."""
    drawn = [
        (step, ((step.first, step.at_first), (step.last, step.at_last)))
        for step in found.per_box
        if step.at_first is not None and step.at_last is not None
    ]
    points = [(x, y) for _, ends in drawn for x, y in ends if y is not None]
    if not points:
        return ""
    area = Area.over((found.per_box[0].first, found.per_box[-1].last), Area.around(points).y_span)
    colours = identities(step.title for step, _ in drawn)
    lines = "".join(
        area.curve(
            [(x, y) for x, y in ends if y is not None],
            colour=colours[step.title],
            name=step.title,
        )
        for step, ends in drawn
    )
    now = found.moved.factor * found.value
    here = next((step for step, _ in drawn if step.first <= now <= step.last), None)
    if here is not None:
        tip = f"The question: {found.moved.text(found.value)}"
        lines += area.rule(now, "your question")
        lines += area.dot(now, _between(here, now), colour=NAVY, tip=tip, radius_px=5.0)
    unit = found.compared.unit
    return chart_html(
        "chart-moves",
        area.html(lines, x_label=f"{driver}, {found.moved.unit}", y_label=unit),
        finding=capitalised(found.sentences_of(f"{driver}:")[1]),
        caption=f"The best way at each value, in {unit}",
        table=_table(found, driver),
    )


def _between(step: Step, value: float) -> float:
    """Return the figure of a step at a value within it, in a straight line between its ends."""
    first, last = step.at_first or 0.0, step.at_last or 0.0
    width = step.last - step.first
    return first + (last - first) * ((value - step.first) / width if width else 0.0)


def _table(found: BreakEven, driver: str) -> str:
    caption = f"{driver} in {found.moved.unit}; what is compared in {found.compared.unit}"
    return table_of(STEPS.given, found.per_box, caption, classes="narrow")
