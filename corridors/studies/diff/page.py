"""`diff.html`: two answers side by side, differences first, and which inputs explain them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from corridors.output.display_names import SCOPES, capitalised
from corridors.output.html.encode import NOTHING, LonLat, element
from corridors.output.html.pages.point_map import line_map
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.palette import BLUE, ORANGE, swatch
from corridors.output.html.report.charts import Bar, stacked_bars
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import table_of
from corridors.output.html.report.value_names import value_name
from corridors.output.records import Record, number
from corridors.studies.diff.result import (
    ANSWERS,
    EFFECTS,
    INPUTS,
    PARTS,
    has_effect,
    label_of,
    part_rows,
    rows_of,
    sentences_of,
)

A, B = "A", "B"
_COLOURS = {A: ORANGE, B: BLUE}
MOST_LINES = 12


def render_diff(
    record: Record,
    *,
    names: tuple[str, str],
    departures: tuple[date, date],
    recommended: tuple[str, str],
    lines: tuple[Sequence[LonLat], Sequence[LonLat]] = ((), ()),
    command: str = "",
) -> str:
    """Return the page of a difference as HTML text.

    Parameters
    ----------
    record
        The difference under the keys of `diff.json`.
    names
        What A and B are called.
    departures
        The days on which A and B leave, for which worlds have titles.
    recommended
        What A and B recommend, in a sentence.
    lines
        The routes that A and B recommend, as lines; empty if there is none.
    command
        The command line.
    """
    inputs, outputs = rows_of(record, "inputs"), rows_of(record, "outputs")
    return study_page(
        f"{names[0]}, compared with {names[1]}" if names[0] != names[1] else names[0],
        f"A: {names[0]}. B: {names[1]}.",
        sentences_of(record, recommended),
        (
            Section(
                id="inputs",
                heading="What differs in the question",
                body=_inputs(inputs, departures),
            ),
            Section(
                id="answers",
                heading="The two answers side by side",
                body=_outputs(outputs) + _bars(outputs),
            ),
            Section(id="map", heading="Both on one map", body=_map(lines, recommended)),
            Section(id="lines", heading="Largest changes", body=_lines(outputs)),
            Section(
                id="effects",
                heading="Which input explains it",
                body=_effects(rows_of(record, "accounted")),
            ),
        ),
        command=command,
    )


def _map(lines: tuple[Sequence[LonLat], Sequence[LonLat]], called: tuple[str, str]) -> str:
    if not any(lines):
        return ""
    legend = "".join(
        f"<li>{swatch(_COLOURS[side])}{escape(f'{side}: {name}')}</li>"
        for side, name in zip((A, B), called, strict=True)
    )
    drawn = [
        (f"{side}: {name}", _COLOURS[side], line)
        for side, name, line in zip((A, B), called, lines, strict=True)
    ]
    picture = line_map(drawn, says=f"Routes of A, {called[0]}, and of B, {called[1]}")
    note = element("p", "The routes that A and B recommend.", class_="note")
    return f'<ul class="legend">{legend}</ul>{picture}{note}'


def _value(key: str, value: object, day: date) -> str:
    match value:
        case None:
            return "not given"
        case list():
            return "; ".join(_value(key, item, day) for item in value)
        case float() | int() if not isinstance(value, bool):
            return f"{value:,.10g}"
        case _:
            text = str(value)
            return SCOPES.get(text) or value_name(key, text, (day,))


def _inputs(inputs: Sequence[Record], departures: tuple[date, date]) -> str:
    rows = [
        {
            "input": capitalised(label_of(str(row["key"]))),
            "a": _value(str(row["key"]), row["old"], departures[0]),
            "b": _value(str(row["key"]), row["new"], departures[1]),
        }
        for row in inputs
        if row["key"] != "name"
    ]
    if not rows:
        return "<p>Nothing: both ask the same of the same data.</p>"
    return table_of(INPUTS, rows, "Inputs that differ", hidden_caption=True)


def _outputs(outputs: Sequence[Record]) -> str:
    if not outputs:
        return "<p>The answers are the same.</p>"
    return table_of(
        ANSWERS,
        outputs,
        "Corridors whose answer differs",
        marked={
            "corridor": lambda row: str(row["name"]),
            "status": lambda row: str(ANSWERS.value(row, "status")).replace("->", "→"),
            "rank": lambda row: str(ANSWERS.value(row, "rank")).replace("->", "→"),
        },
        sortable=True,
        hidden_caption=True,
    )


def _bars(outputs: Sequence[Record]) -> str:
    bars = [
        Bar(
            name=f"{row['name']}, {side}",
            parts={side: number(row[f"cost_usd_per_teu_{age}"])},
        )
        for row in outputs
        for side, age in ((A, "old"), (B, "new"))
        if row[f"cost_usd_per_teu_{age}"] is not None
    ]
    return stacked_bars(
        "chart-answers", bars, _COLOURS, caption="USD per TEU in A and in B", unit="USD/TEU"
    )


def _lines(outputs: Sequence[Record]) -> str:
    parts: list[str] = []
    for row in outputs:
        rows = part_rows(row, MOST_LINES)
        if not rows:
            continue
        title = str(row["name"])
        table = table_of(PARTS, rows, f"{title}: parts that differ", hidden_caption=True)
        is_open = " open" if not parts else ""
        parts.append(f"<details{is_open}>{element('summary', title)}{table}</details>")
    return "".join(parts)


def _effects(accounted: Sequence[Record]) -> str:
    rows = [row for row in accounted if has_effect(row)]
    if not rows:
        return "<p>No input changes a figure.</p>"
    return table_of(
        EFFECTS.reading("input corridor status cost_usd_per_teu_change days_change"),
        rows,
        "Effects of the inputs one after the other, from A to B; they sum to the change",
        marked={
            "input": lambda row: " + ".join(map(label_of, str(row["input"]).split(" + "))),
            "corridor": lambda row: str(row.get("name") or NOTHING),
        },
        sortable=True,
    )
