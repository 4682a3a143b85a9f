"""A break-even as a chart and a table: which option is best from where on, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping

from corridors.output.display_names import on_page
from corridors.output.html.report.charts import Area, Key, chart_html
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import table_of
from corridors.studies.breakeven.result import STEPS, BreakEven
from corridors.studies.result_base import corridor_colours

GREY = "#9aa5ac"


def break_even_sections(found: BreakEven, *, driver: str) -> tuple[Section, ...]:
    """Return the sections of a break-even; `driver` is what moves, in words."""
    colours = corridor_colours()
    return (
        Section(id="moves", heading="What the best costs", body=_chart(found, driver, colours)),
        Section(id="steps", heading="Where it changes", body=_table(found, driver)),
    )


def _chart(found: BreakEven, driver: str, colours: Mapping[str, str]) -> str:
    """Return the objective of the best option at the ends of each step, joined by lines."""
    drawn = [
        (step, ((step.first, step.at_first), (step.last, step.at_last)))
        for step in found.steps
        if step.at_first is not None and step.at_last is not None
    ]
    points = [(x, y) for _, ends in drawn for x, y in ends if y is not None]
    if not points:
        return ""
    room = Area.around(points)
    area = Area.over((found.steps[0].first, found.steps[-1].last), room.y_span)
    lines = "".join(
        area.curve(
            [(x, y) for x, y in ends if y is not None], colour=colours.get(step.corridor, GREY)
        )
        for step, ends in drawn
    )
    inside = found.steps[0].first <= found.value <= found.steps[-1].last
    if inside:
        lines += area.rule(found.value)
    titles = {step.title: colours.get(step.corridor, GREY) for step, _ in drawn}
    return chart_html(
        "chart-moves",
        area.html(
            lines,
            x_label=f"{driver}, {found.unit}",
            y_label=on_page(found.scenario.objective.aim.unit),
        ),
        caption="The best option at each value" + ("; dashed, the value now" if inside else ""),
        keys=[Key(label=title, colour=colour) for title, colour in titles.items()],
    )


def _table(found: BreakEven, driver: str) -> str:
    unit = on_page(found.scenario.objective.aim.unit)
    caption = f"{driver} in {found.unit}; what is compared in {unit}"
    return table_of(STEPS, found, caption, classes="narrow")
