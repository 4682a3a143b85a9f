"""`diff.html` and its map: two answers, differences first, and which inputs explain them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from corridors.domain.answer import WITHOUT_LINE, sailing_words
from corridors.output.display_names import SCOPES, capitalised, scenario_title
from corridors.output.html.map.map_frame import MapPage
from corridors.output.html.map.panel import PanelText
from corridors.output.html.map.study_map import Row, Thing, ends_of, study_map
from corridors.output.html.palette import BLUE, NOTHING, ORANGE, element, one
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import Bar, stacked_bars
from corridors.output.html.report.parts import value_name
from corridors.output.html.report.report_tables import table_of
from corridors.output.html.start_page import study_page
from corridors.output.store import Record, number
from corridors.output.tables import Table
from corridors.studies.diff.result import (
    ANSWERS,
    EFFECTS,
    INPUTS,
    PARTS,
    PER_TEU,
    has_effect,
    label_of,
    part_rows,
    rows_of,
    sentences_of,
)
from corridors.studies.result_base import DisplayUnit

if TYPE_CHECKING:
    from corridors.output.drawn_lines import DrawnLine
    from corridors.studies.diff.ends import Effect, Outcome
    from corridors.studies.diff.result import Difference

A, B = "A", "B"
_COLOURS = {A: ORANGE, B: BLUE}
MOST_LINES, MOST_CHANGES = 12, 5


def render_diff(
    record: Record,
    *,
    names: tuple[str, str],
    departures: tuple[date, date],
    recommended: tuple[str, str],
    money: DisplayUnit = PER_TEU,
    boxed: Callable[[Table], Table] = lambda table: table,
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
    money, boxed
        How money is shown, and what makes a table show it so.
    command
        The command line.
    """
    inputs, outputs = rows_of(record, "inputs"), rows_of(record, "outputs")
    return study_page(
        f"{names[0]}, compared with {names[1]}" if names[0] != names[1] else names[0],
        f"A: {names[0]}. B: {names[1]}.",
        sentences_of(record, recommended, money),
        (
            Section("inputs", "What differs in the question", _inputs(inputs, departures)),
            Section(
                "answers",
                "The two answers side by side",
                _outputs(outputs, boxed(ANSWERS)) + _bars(outputs, money),
            ),
            Section("lines", "Largest changes", _lines(outputs, money)),
            Section(
                "effects",
                "Which input explains it",
                _effects(rows_of(record, "accounted"), boxed(EFFECTS)),
            ),
        ),
        command=command,
    )


def difference_map(found: Difference, *, linked: bool = False) -> MapPage:
    """Return the map of what A and B recommend, with what changes from one to the other.

    `linked` says that the page of the difference stands beside it.
    """
    old, new = found.old, found.new
    same_way = found.drawn[0] == found.drawn[1]
    sides = [("Both", new, found.drawn[1], B)] if same_way else _sides(found)
    things = [
        Thing(
            name=f"{side}: {outcome.called}",
            role=role,
            in_focus=True,
            says=_figures_text(outcome, found.money),
            lines=lines,
            facts=(("Recommended", outcome.told),),
        )
        for side, outcome, lines, role in sides
    ]
    things += [
        Thing(name=found.name(name), role="other", row=row)
        for name in found.corridors
        if (row := _row(found, name)) is not None
    ]
    for scenario, lines in zip(found.scenarios, found.drawn, strict=True):
        things += ends_of(scenario, lines)
    finding = f"Both by {old.told}"
    if old.told != new.told:
        finding = f"A by {old.told}, B by {new.told}"
    # A title has no room for the doubt in full.
    for doubt in WITHOUT_LINE.values():
        finding = finding.replace(sailing_words(doubt), doubt)
    names = [scenario_title(scenario) for scenario in found.scenarios]
    said = PanelText(
        asked=f"A: {names[0]}. B: {names[1]}.",
        finding=finding if not found.empty else "A and B do not differ",
        lead=" ".join(sentences_of(found.record, (old.told, new.told), found.money)[1:2]),
        figures=tuple(
            (side, found.money.text(float(best.cost_usd_per_teu), unit=False)[4:], found.money.unit)
            for side, outcome in ((A, old), (B, new))
            if (best := outcome.best) is not None and best.cost_usd_per_teu is not None
        ),
        changes=[_change_of(effect, found) for effect in _that_change(found)[:MOST_CHANGES]],
        changed="From A to B, one input after the other",
        rows="What differs in B",
        axis=f"{found.money.unit} and days, B less A",
        keys=((B, "A and B"),) if same_way else ((A, "A"), (B, "B")),
    )
    return study_map(
        f"{names[0]}, compared with {names[1]}",
        said,
        things,
        colours=_COLOURS,
        report="diff.html" if linked else "",
    )


def _sides(found: Difference) -> list[tuple[str, Outcome, Sequence[DrawnLine], str]]:
    return [(A, found.old, found.drawn[0], A), (B, found.new, found.drawn[1], B)]


def _that_change(found: Difference) -> list[Effect]:
    """Return the effects that move the recommendation or its figures, or that cannot be asked."""
    return [
        one
        for one in found.accounted
        if one.after is None
        or (one.before.told, one.before.best) != (one.after.told, one.after.best)
    ]


def _figures_text(outcome: Outcome, money: DisplayUnit) -> str:
    best = outcome.best
    if best is None or best.cost_usd_per_teu is None or best.days is None:
        return ""
    return f"{money.text(float(best.cost_usd_per_teu))}, {one(float(best.days))} days"


def _row(found: Difference, name: str) -> Row | None:
    """Return by how much a corridor differs; None if it does not."""
    was, now = found.old.of(name), found.new.of(name)
    if was == now:
        return None
    usd, days = (
        None if a is None or b is None else float(b - a)
        for a, b in ((was.cost_usd_per_teu, now.cost_usd_per_teu), (was.days, now.days))
    )
    if usd is None or days is None:
        return Row(value="", group=f"{capitalised(was.status)} in A, {now.status} in B")
    return Row(value=f"{usd * found.money.factor:+,.0f}", side=f"{days:+.1f}")


def _change_of(effect: Effect, found: Difference) -> tuple[str, str, str, int]:
    """Return what inputs changed together do to the recommendation."""
    inputs = " and ".join(label_of(change.key) for change in effect.changes)
    when = capitalised(inputs)
    if effect.after is None:
        return when, "", effect.why_not, -1
    before, after = effect.before.best, effect.after.best
    text = ""
    if before and after and before.cost_usd_per_teu and after.cost_usd_per_teu:
        usd = float(after.cost_usd_per_teu - before.cost_usd_per_teu)
        text = found.money.text(abs(usd), said="more" if usd >= 0.0 else "less")
    return when, capitalised(effect.after.called), text, -1


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


def _outputs(outputs: Sequence[Record], table: Table) -> str:
    if not outputs:
        return "<p>The answers are the same.</p>"
    return table_of(
        table,
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


def _bars(outputs: Sequence[Record], money: DisplayUnit) -> str:
    bars = [
        Bar(
            name=f"{row['name']}, {side}",
            parts={side: money.factor * number(row[f"cost_usd_per_teu_{age}"])},
        )
        for row in outputs
        for side, age in ((A, "old"), (B, "new"))
        if row[f"cost_usd_per_teu_{age}"] is not None
    ]
    return stacked_bars(
        "chart-answers", bars, _COLOURS, caption=f"{money.unit} in A and in B", unit=money.unit
    )


def _lines(outputs: Sequence[Record], money: DisplayUnit) -> str:
    parts: list[str] = []
    for row in outputs:
        rows = part_rows(row, MOST_LINES, money)
        if not rows:
            continue
        title = str(row["name"])
        table = table_of(PARTS, rows, f"{title}: parts that differ", hidden_caption=True)
        is_open = " open" if not parts else ""
        parts.append(f"<details{is_open}>{element('summary', title)}{table}</details>")
    return "".join(parts)


def _effects(accounted: Sequence[Record], table: Table) -> str:
    rows = [row for row in accounted if has_effect(row)]
    if not rows:
        return "<p>No input changes a figure.</p>"
    return table_of(
        table.reading("input corridor status cost_usd_per_teu_change days_change"),
        rows,
        "Effects of the inputs one after the other, from A to B; they sum to the change",
        marked={
            "input": lambda row: " + ".join(map(label_of, str(row["input"]).split(" + "))),
            "corridor": lambda row: str(row.get("name") or NOTHING),
        },
        sortable=True,
    )
