"""`phase.html`: which option is best over two figures, as a picture of named regions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from corridors.output.display_names import driver_title, scenario_title
from corridors.output.html.page_shell import question
from corridors.output.html.palette import identities
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import MOST_TABLED, Area, chart_html
from corridors.output.html.report.report_tables import headings, numeric, table_html
from corridors.output.html.start_page import study_page
from corridors.studies.phase.result import Axis, Phase

NONE = "#ffffff"
# Regions of fewer cells have no room for a name; the pointer still tells it.
LEAST_NAMED_SHARE = 0.02
# A row counts for the name of a region if it is nearly as wide there as where it is widest.
NEARLY = 0.8


def render_phase(found: Phase, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    return study_page(
        f"Which is best where? {scenario_title(found.scenario)}",
        question(found.scenario),
        found.sentences,
        (Section("picture", "Best way at each pair of values", _picture(found)),),
        command=command,
    )


def _picture(found: Phase) -> str:
    """Return the cells, those alike in a row as one box, and where the scenario itself lies."""
    across, up = _edges(found, found.x), _edges(found, found.y)
    area = Area.over((across[0], across[-1]), (up[0], up[-1]))
    shown = dict.fromkeys(number for row in found.best for number in row)
    order = sorted(shown, key=lambda number: number != found.own)
    colours = identities(_title(found, number) for number in order if number >= 0)
    drawn = ""
    runs: dict[int, list[tuple[int, int, int]]] = {}
    for line, row in enumerate(found.best):
        for number, start, end in _runs(row):
            runs.setdefault(number, []).append((line, start, end))
            drawn += area.box(
                (across[start], across[end]),
                (up[line], up[line + 1]),
                colour=colours.get(_title(found, number), NONE),
                tip=_title(found, number),
            )
    cells = len(found.best) * len(found.best[0])
    x, y = (found.shown(axis).factor * axis.value for axis in (found.x, found.y))
    inside = across[0] <= x <= across[-1] and up[0] <= y <= up[-1]
    for number, held in runs.items():
        # The region of the question is named beside its dot.
        if inside and number == found.own:
            continue
        if sum(end - start for _, start, end in held) >= LEAST_NAMED_SHARE * cells:
            line, start, end = _widest(held)
            middle = (across[start] + across[end]) / 2.0, (up[line] + up[line + 1]) / 2.0
            drawn += area.name(*middle, _title(found, number), dy=4)
    if inside:
        tip = f"The question: {_title(found, found.own)}"
        drawn += area.dot(x, y, colour=NONE, tip=tip, radius_px=6.0)
        drawn += area.name(x, y, f"your question: {_title(found, found.own)}", dy=-11)
    return chart_html(
        "chart-phase",
        area.html(drawn, x_label=_axis(found, found.x), y_label=_axis(found, found.y)),
        finding=found.sentences[1],
        caption="The way that is best at each pair of values; the dot is the question",
        table=_table(found),
    )


def _runs(row: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the cells of a row alike in turn: whose, from where, up to where."""
    runs, start = [], 0
    for number, cells in groupby(row):
        end = start + len(list(cells))
        runs.append((number, start, end))
        start = end
    return runs


def _widest(held: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Return the run that carries a region's name: of the widest ones that in the middle."""
    most = max(end - start for _, start, end in held)
    wide = [run for run in held if run[2] - run[1] >= NEARLY * most]
    return wide[len(wide) // 2]


def _table(found: Phase) -> str:
    """Return what is best from left to right at some values of the axis upwards."""
    step = -(-len(found.best) // MOST_TABLED)
    across, factor = _edges(found, found.x), found.shown(found.y).factor
    rows = [
        [
            f"{factor * value:,.4g}",
            "; ".join(
                f"{_title(found, number)} from {across[start]:,.4g}"
                for number, start, _ in _runs(row)
            ),
        ]
        for value, row in list(zip(found.y.values, found.best, strict=True))[::step]
    ]
    columns = headings(numeric(_axis(found, found.y)), f"Best, as {_axis(found, found.x)} rises")
    return table_html("What is best where", columns, rows, hidden_caption=True)


def _axis(found: Phase, axis: Axis) -> str:
    return f"{driver_title(axis.key)}, {found.shown(axis).unit}"


def _edges(found: Phase, axis: Axis) -> list[float]:
    """Return the values between cells, and at both ends, as shown."""
    factor, count = found.shown(axis).factor, len(axis.values)
    first, last = factor * axis.values[0], factor * axis.values[-1]
    width = (last - first) / (count - 1)
    return [first + width * (number - 0.5) for number in range(count + 1)]


def _title(found: Phase, number: int) -> str:
    return found.titles[number] if number >= 0 else "none meets the limits"
