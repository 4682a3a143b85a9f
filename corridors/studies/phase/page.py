"""`phase.html`: which option is best over two figures, as a picture of cells and a table."""

from __future__ import annotations

from itertools import groupby

from corridors.output.display_names import (
    driver_title,
    scenario_title,
)
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.question_sentence import question
from corridors.output.html.report.charts import Area, Key, chart_html
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import table_of
from corridors.studies.phase.result import SHARES, Axis, Phase

NONE = "#ffffff"


def render_phase(found: Phase, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    return study_page(
        f"Which is best where? {scenario_title(found.scenario)}",
        question(found.scenario),
        found.sentences,
        (
            Section(id="picture", heading="Best corridor", body=_picture(found)),
            Section(
                id="shares",
                heading="Shares",
                body=table_of(SHARES, found, "Shares", hidden_caption=True, classes="narrow"),
            ),
        ),
        command=command,
    )


def _picture(found: Phase) -> str:
    """Return the cells, those alike in a row as one box, and where the scenario itself lies."""
    across, up = _edges(found.x), _edges(found.y)
    area = Area.over((across[0], across[-1]), (up[0], up[-1]))
    drawn = ""
    for row, below, above in zip(found.best, up, up[1:], strict=False):
        start = 0
        for number, cells in groupby(row):
            end = start + len(list(cells))
            drawn += area.box(
                (across[start], across[end]),
                (below, above),
                colour=_colour(found, number),
                tip=_title(found, number),
            )
            start = end
    if across[0] <= found.x.value <= across[-1] and up[0] <= found.y.value <= up[-1]:
        tip = f"The scenario: {found.x.value:,.4g} and {found.y.value:,.4g}"
        drawn += area.dot(found.x.value, found.y.value, colour="#ffffff", tip=tip)
    shown = dict.fromkeys(number for row in found.best for number in row)
    return chart_html(
        "chart-phase",
        area.html(
            drawn,
            x_label=f"{driver_title(found.x.key)}, {found.x.unit}",
            y_label=f"{driver_title(found.y.key)}, {found.y.unit}",
        ),
        caption="The corridor that is best at each pair of values; the white dot is the scenario",
        keys=[Key(label=_title(found, n), colour=_colour(found, n)) for n in shown],
    )


def _edges(axis: Axis) -> list[float]:
    """Return the values between cells, and at both ends."""
    first, count = axis.values[0], len(axis.values)
    width = (axis.values[-1] - first) / (count - 1)
    return [first + width * (number - 0.5) for number in range(count + 1)]


def _colour(found: Phase, number: int) -> str:
    return found.colours[number] if number >= 0 else NONE


def _title(found: Phase, number: int) -> str:
    return found.titles[number] if number >= 0 else "none meets the limits"
