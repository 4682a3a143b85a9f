"""What differs between two scenarios or results: its tables, sentences and files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from corridors.data.cities import name_of
from corridors.output.display_names import in_sentence, listed, scenario_title
from corridors.output.drawn_lines import DrawnLine
from corridors.output.html.palette import counted
from corridors.output.html.report.parts import time_title
from corridors.output.html.report.regions import LABELS
from corridors.output.store import Record, as_text, frame, number
from corridors.output.tables import Table
from corridors.studies.diff.ends import CLOSURE, PROJECT, Change, Effect, Outcome
from corridors.studies.result_base import (
    REPORT_HEIGHT,
    DisplayUnit,
    Files,
    Page,
    Terminal,
    Written,
    page_of,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.scenario import Scenario
    from corridors.output.html.map.folium_page import DrawnMap


def arrow(old: object, new: object) -> str:
    """Return `old -> new`, or one value if both are the same; nothing for None."""
    texts = ["" if value is None else f"{value}" for value in (old, new)]
    return texts[0] if texts[0] == texts[1] else f"{texts[0] or '-'} -> {texts[1] or '-'}"


def has_effect(row: Record) -> bool:
    """Return whether a row of effects tells of one on cost, days or status, or why it cannot."""
    changes = row.get("cost_usd_per_teu_change"), row.get("days_change")
    return row["corridor"] is None or row["status_before"] != row["status_after"] or any(changes)


INPUTS = Table(name="inputs", about="An input that differs.", reads="input a b")
ANSWERS = Table(
    name="answers",
    about="A corridor whose answer differs.",
    reads=" ".join(
        (
            "corridor status rank",
            *(
                f"{name}_old {name}_new {name}_change"
                for name in ("cost_usd_per_teu", "transit_days", "days", "co2e_t_per_teu")
            ),
        )
    ),
    spare="co2e_t_per_teu_old+co2e_t_per_teu_new co2e_t_per_teu_change transit_days_change"
    " transit_days_old+transit_days_new days_old+days_new rank",
    of={
        "status": lambda row: arrow(row["status_old"], row["status_new"]),
        "rank": lambda row: arrow(row["rank_old"], row["rank_new"]),
        **{
            f"co2e_t_per_teu_{end}": f"co2e_wtw_t_per_teu_{end}" for end in ("old", "new", "change")
        },
    },
)
PARTS = Table(
    name="changed_parts",
    about="A cost line or part of the time that differs.",
    reads="part a b change unit",
)
EFFECTS = Table(
    name="input_effects",
    about="The effect of an input on a corridor.",
    files="step input old new corridor name status_before status_after"
    " cost_usd_per_teu_before cost_usd_per_teu_after cost_usd_per_teu_change"
    " days_before days_after days_change recommended_before recommended_after"
    " tied_before tied_after called_before called_after"
    " objective_value_before objective_value_after",
    reads="step input corridor status cost_usd_per_teu_change days_change"
    " cost_usd_per_teu_after days_after",
    of={
        "status": lambda row: row.get("why_not") or arrow(row["status_before"], row["status_after"])
    },
)


def part_rows(row: Record, most: int, money: DisplayUnit) -> list[Record]:
    """Return the cost lines and time parts of a corridor that changed most, in hours."""
    made: list[Record] = []
    for key, unit in (("cost_lines", money.unit), ("time_parts", "hours")):
        for part in cast("list[Record]", row[key])[:most]:
            if unit == "hours":
                name = time_title(str(part["part"]))
            else:
                scope = str(part["scope"])
                name = f"{part['label']} ({name_of(scope)})" if scope else str(part["label"])
            factor = 1.0 if unit == "hours" else money.factor
            kept = (("a", "old"), ("b", "new"), ("change", "change"))
            figures = {name: factor * number(part[key]) for name, key in kept}
            made.append({"part": name, **figures, "unit": unit})
    return made


Key = TypeVar("Key", bound=Hashable)

FIGURES = ("cost_usd_per_teu", "transit_days", "days", "co2e_wtw_t_per_teu")
EFFECT_FIGURES = ("cost_usd_per_teu", "days")


MOST_ROWS, MOST_LINES, LONGEST_LIST = 10, 8, 6
# Where A and B ask for boxes of different sizes.
PER_TEU = DisplayUnit(1.0, "USD per TEU", True)
ORDER_MATTERS = (
    "Order matters: the inputs interact, so the effects of each alone need not add up to the"
    " total change, and another order would split it differently."
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Difference(Written):
    """What differs between two scenarios or results, and what each input accounts for.

    The effects of `accounted` lead step by step from `old` to `new`; each of `alone` starts from
    the scenario of A as answered now.
    """

    _more = ".input_table .table .effects are frames; .map(), .report(), .save(folder)"

    inputs: tuple[Change, ...]
    """The inputs that differ, each with both values."""
    old: Outcome
    """What A recommends, and how its corridors stand."""
    new: Outcome
    """The same of B."""
    accounted: tuple[Effect, ...] = ()
    """What each input changes, one step after the other from A to B."""
    alone: tuple[Effect, ...] = ()
    """What each input changes alone in the scenario of A."""
    scenarios: tuple[Scenario, Scenario]
    """Those of A and B."""
    lines_of: tuple[str, ...] = ()
    """The corridors whose cost lines are printed."""
    every: bool = False
    """Whether all rows are printed, not the first of them."""
    _lines_of_routes: Callable[[], tuple[tuple[DrawnLine, ...], tuple[DrawnLine, ...]]] = field(
        default=lambda: ((), ()), compare=False
    )

    @cached_property
    def drawn(self) -> tuple[tuple[DrawnLine, ...], tuple[DrawnLine, ...]]:
        """The routes that both recommend, leg by leg; empty where there is none."""
        return self._lines_of_routes()

    @property
    def money(self) -> DisplayUnit:
        """How money is shown: per box of the equipment asked for; per TEU if A and B differ."""
        by_box, other = map(DisplayUnit.of_money, self.scenarios)
        return by_box if by_box == other else PER_TEU

    def compared(self, was: float | None, now: float | None) -> str:
        """Return what the decision compares before and after, in its unit, per box."""
        shown = [DisplayUnit.of_objective(one) for one in self.scenarios]
        if shown[0] == shown[1]:
            before, after = (
                "nothing" if value is None else shown[0].text(value, unit=False)
                for value in (was, now)
            )
            return f"{before} -> {after}{shown[0].text(0.0).removeprefix('USD 0')}"
        texts = zip(shown, (was, now), strict=True)
        return " -> ".join("nothing" if v is None else one.text(v) for one, v in texts)

    def boxed(self, table: Table) -> Table:
        """Return a table with money as people read it."""
        if self.money == PER_TEU:
            return table
        return table.boxed(self.scenarios[0].shipment.equipment)

    @property
    def corridors(self) -> tuple[str, ...]:
        """Every corridor of either end, in the order of the new one, then of the old one."""
        return tuple(dict.fromkeys((*self.new.corridors, *self.old.corridors)))

    @property
    def empty(self) -> bool:
        """Whether neither inputs nor answers differ."""
        return not self.inputs and self.old == self.new

    @property
    def input_table(self) -> pd.DataFrame:
        """One row per input that differs, with both values."""
        return frame(rows_of(self.record, "inputs"), columns=INPUT_COLUMNS)

    @property
    def table(self) -> pd.DataFrame:
        """One row per corridor whose answer differs: status, rank, USD per TEU, days, t CO2e."""
        return frame(
            {key: value for key, value in row.items() if not isinstance(value, list)}
            for row in output_rows(self)
        )

    @property
    def effects(self) -> pd.DataFrame:
        """One row per input and corridor; the changes of a corridor sum to those of `table`."""
        return frame(effect_rows(self, self.accounted))

    @property
    def record(self) -> Record:
        """What `diff.json` holds."""
        return difference_record(self)

    def name(self, corridor: str) -> str:
        """Return the name of the way of a corridor; both if they differ."""
        ends = (self.old.of(corridor), self.new.of(corridor))
        return " -> ".join(dict.fromkeys(end.name for end in ends if end.name)) or corridor

    def map(self) -> DrawnMap:
        """Return the map of what both recommend, a `folium.Map`."""
        from corridors.output.html.map.folium_page import DrawnMap
        from corridors.studies.diff.page import difference_map

        return DrawnMap(difference_map(self))

    def report(self) -> Page:
        """Return the page that sets both answers side by side."""
        return page_of(self._files(), "diff.html", self._texts()[0], REPORT_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print the answer, the inputs and results that changed, and the effect of each input."""
        if self.empty:
            terminal.say("No differences")
            return
        for text in sentences_of(self.record, (self.old.told, self.new.told), self.money):
            terminal.say(text)
        most = None if self.every else MOST_ROWS
        inputs = [input_row(row) for row in rows_of(self.record, "inputs")]
        first_rows(terminal, INPUTS, inputs, title="\nChanged inputs")
        outputs = output_rows(self)
        first_rows(terminal, self.boxed(ANSWERS), outputs, title="Changed results", most=most)
        same = len(self.corridors) - len(outputs)
        if same:
            terminal.say(f"{same} of {len(self.corridors)} corridors did not change.")
        values = [one.objective_value for one in (self.old, self.new)]
        was, now = (None if value is None else float(value) for value in values)
        terminal.say(f"What is compared: {self.compared(was, now)}.")
        shown = [
            name
            for name in self.corridors
            if name in self.lines_of or self.new.of(name).share or self.old.of(name).share
        ]
        for row in outputs:
            if row["corridor"] in shown:
                title = f"\nLargest changes in {row['name']}"
                first_rows(terminal, PARTS, part_rows(row, MOST_LINES, self.money), title=title)
        accounted = effect_rows(self, self.accounted)
        title = "\nEffect of each input, added to those above it"
        _show_effects(terminal, self, accounted, title, most=most)
        if len(self.alone) > 1:
            alone = effect_rows(self, self.alone, alone=True)
            title = "\nEffect of each input alone, changed in A"
            _show_effects(terminal, self, alone, title, most=most)
            terminal.say(ORDER_MATTERS)

    @property
    def _title(self) -> str:
        return ", and ".join(map(scenario_title, self.scenarios))

    def _texts(self) -> list[str]:
        heading = f"Difference of {' and '.join(map(scenario_title, self.scenarios))}"
        if self.empty:
            return [heading, "No differences."]
        return [
            heading,
            *sentences_of(self.record, (self.old.told, self.new.told), self.money),
        ]

    def _shown(self) -> pd.DataFrame:
        return self.boxed(ANSWERS).shown(output_rows(self))

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.diff.page import difference_map, render_diff

        first, second = self.scenarios
        return {
            "diff.json": lambda: as_text(self.record),
            "diff.csv": lambda: EFFECTS.csv(effect_rows(self, self.accounted)),
            "diff.html": lambda: render_diff(
                self.record,
                boxed=self.boxed,
                money=self.money,
                names=(scenario_title(first), scenario_title(second)),
                departures=(first.departure, second.departure),
                recommended=(self.old.told, self.new.told),
                command=command,
            ),
            "diff-map.html": lambda: difference_map(self, linked=True).html(),
        }


def rows_of(record: Record, key: str) -> list[Record]:
    """Return the rows of a part of the record of a difference."""
    return cast("list[Record]", record[key])


def sentences_of(
    record: Record, recommended: tuple[str, str], money: DisplayUnit = PER_TEU
) -> list[str]:
    """Return the answer of a difference in sentences, that of the booking first.

    Parameters
    ----------
    record
        The difference under the keys of `diff.json`.
    recommended
        What A and B recommend, as a sentence says it.
    money
        How money is shown.
    """
    outputs = rows_of(record, "outputs")
    asked = [
        row
        for row in rows_of(record, "inputs")
        if row["kind"] == "scenario" and row["key"] != "name"
    ]
    before, after = recommended
    if not outputs and not asked:
        return ["A and B do not differ."]
    first = (
        f"A recommends {before}, B recommends {after}."
        if before != after
        else f"Both recommend {before}."
    )
    changed = [row for row in outputs if row["cost_usd_per_teu_change"] is not None]
    texts = [first]
    if changed:
        most = max(changed, key=lambda row: abs(number(row["cost_usd_per_teu_change"])))
        more = number(most["cost_usd_per_teu_change"])
        texts.append(
            f"{counted(len(outputs), 'corridor')} {'differs' if len(outputs) == 1 else 'differ'};"
            f" most of all {in_sentence(str(most['name']))}, which costs"
            f" {money.text(abs(more), said='more' if more > 0 else 'less')} in B."
        )
    if asked:
        names = [label_of(str(row["key"])) for row in asked]
        texts.append(f"The questions differ in {listed(names)}.")
    return texts


def label_of(key: str) -> str:
    """Return what an input is called, by its dotted key."""
    last = key.rpartition(".")[2]
    return LABELS.get(last) or last.replace("_", " ").replace("usd", "USD").replace("teu", "TEU")


def difference_record(difference: Difference) -> Record:
    """Return the difference under the keys of `diff.json`.

    Returns
    -------
    record
        `inputs`: a row per input that differs. `outputs`: a row per corridor whose answer differs,
        with the changed cost lines and time parts, largest first, if it is usable in both.
        `accounted`: a row per step and corridor; the changes of a corridor sum to that of
        `outputs`. `alone`: the same for each input changed alone in A, with `why_not` if it cannot
        be.
    """
    return {
        "inputs": [
            {"kind": change.kind, "key": change.key, **values_of(change)}
            for change in difference.inputs
        ],
        "outputs": output_rows(difference),
        "accounted": effect_rows(difference, difference.accounted),
        "alone": effect_rows(difference, difference.alone, alone=True),
    }


def output_rows(difference: Difference) -> list[Record]:
    """Return a row for each corridor whose answer differs."""
    rows = []
    for corridor in difference.corridors:
        old, new = difference.old.of(corridor), difference.new.of(corridor)
        if old == new:
            continue
        row: Record = {"corridor": corridor, "name": difference.name(corridor)}
        for name in ("status", "reason", "rank"):
            row[f"{name}_old"], row[f"{name}_new"] = getattr(old, name), getattr(new, name)
        for name in FIGURES:
            row |= _change(name, getattr(old, name), getattr(new, name), sides=("old", "new"))
        row |= {"share_old": float(old.share), "share_new": float(new.share)}
        # The lines of a corridor that cannot be used are unknown, not 0.
        both = old.rank is not None and new.rank is not None
        row["cost_lines"] = [
            {"driver": key[0], "scope": key[1], "label": key[2], **change}
            for key, change in (_parts(old.cost_lines, new.cost_lines) if both else [])
        ]
        row["time_parts"] = [
            {"part": key, **change}
            for key, change in (_parts(old.time_parts, new.time_parts) if both else [])
        ]
        rows.append(row)
    return rows


def effect_rows(
    difference: Difference, effects: Iterable[Effect], *, alone: bool = False
) -> list[Record]:
    """Return a row per effect and corridor; one without a corridor if there is no effect."""
    rows: list[Record] = []
    for step, effect in enumerate(effects, start=1):
        head = {"step": step, **_input(effect.changes)}
        if effect.after is None:
            rows.append({**head, "corridor": None, "why_not": effect.why_not})
            continue
        for corridor in difference.corridors:
            row = {**head, "corridor": corridor, "name": difference.name(corridor)}
            row |= _effect(effect.before, effect.after, corridor)
            rows.append({**row, "why_not": ""} if alone else row)
    return rows


def values_of(change: Change) -> Record:
    """Return the two values of an input in plain form; closures become sentences."""
    return {"old": _shown(change.key, change.old), "new": _shown(change.key, change.new)}


def _shown(key: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    if key.startswith(PROJECT):
        return value[0]["opens"]
    return [_closed(**closure) for closure in value] if key.startswith(CLOSURE) else value


def _closed(*, reason: str, first_day: str | None = None, last_day: str | None = None) -> str:
    days = f"{first_day or 'any day before'} to {last_day or 'any day after'}"
    return f"{days if first_day or last_day else 'on every day'}: {reason}"


def value_text(value: object) -> str:
    """Return the text of an input's value."""
    match value:
        case None:
            return "not given"
        case list():
            return "; ".join(str(item) for item in value)
        case float():
            return f"{value:,.10g}"
        case _:
            return str(value)


def _input(changes: tuple[Change, ...]) -> Record:
    if len(changes) == 1:
        return {"input": changes[0].key, **values_of(changes[0])}
    values = [values_of(change) for change in changes]
    return {
        "input": " + ".join(change.key for change in changes),
        "old": " + ".join(value_text(of_change["old"]) for of_change in values),
        "new": " + ".join(value_text(of_change["new"]) for of_change in values),
    }


def _effect(before: Outcome, after: Outcome, corridor: str) -> Record:
    was, now = before.of(corridor), after.of(corridor)
    row: Record = {"status_before": was.status, "status_after": now.status}
    for name in EFFECT_FIGURES:
        row |= _change(name, getattr(was, name), getattr(now, name), sides=("before", "after"))
    return row | {
        "recommended_before": before.recommended,
        "recommended_after": after.recommended,
        "tied_before": "; ".join(before.tied),
        "tied_after": "; ".join(after.tied),
        "called_before": before.called,
        "called_after": after.called,
        "objective_value_before": _plain(before.objective_value),
        "objective_value_after": _plain(after.objective_value),
    }


def _change(
    name: str, old: Decimal | None, new: Decimal | None, *, sides: tuple[str, str]
) -> Record:
    return {
        f"{name}_{sides[0]}": _plain(old),
        f"{name}_{sides[1]}": _plain(new),
        f"{name}_change": None if old is None or new is None else float(new - old),
    }


def _parts(old: Mapping[Key, Decimal], new: Mapping[Key, Decimal]) -> list[tuple[Key, Record]]:
    """Return the parts that differ, largest change first; a missing part is 0."""
    changed = []
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key, Decimal(0)), new.get(key, Decimal(0))
        if was != now:
            row: Record = {"old": float(was), "new": float(now), "change": float(now - was)}
            changed.append((abs(now - was), key, row))
    changed.sort(key=lambda part: (-part[0], str(part[1])))
    return [(key, row) for _, key, row in changed]


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def first_rows(
    terminal: Terminal, table: Table, rows: Sequence[Record], *, title: str, most: int | None = None
) -> None:
    """Print the first rows of a table, if there are any, and say how many more there are."""
    if rows:
        terminal.table(table, rows[:most], title=title)
    more = len(rows) - len(rows[:most])
    if more:
        terminal.say(f"{more} more row{'s' if more > 1 else ''}: --all shows them.")


def input_row(row: Record) -> Record:
    """Return an input as a row of the table; of long lists only what differs."""
    old, new = row["old"], row["new"]
    if (
        isinstance(old, list)
        and isinstance(new, list)
        and max(len(old), len(new)) > LONGEST_LIST
        and set(old) != set(new)
    ):
        both = [item for item in old if item in new]
        old, new = (
            [f"{len(both)} in both", *(item for item in side if item not in both)]
            for side in (old, new)
        )
    return {"input": row["key"], "a": value_text(old), "b": value_text(new)}


def _show_effects(
    terminal: Terminal, found: Difference, rows: Sequence[Record], title: str, *, most: int | None
) -> None:
    """Print the effects that are not zero, and name the inputs without any.

    Inputs with an effect are numbered from 1 on, in their order.
    """
    inputs = {row["step"]: row["input"] for row in rows}
    made = [row for row in rows if has_effect(row)]
    decided = {
        row["step"]: text
        for row in rows
        if row["corridor"] is not None and (text := decision_change(row, found))
    }
    busy = {row["step"] for row in made} | decided.keys()
    numbers = {step: place for place, step in enumerate((s for s in inputs if s in busy), start=1)}
    numbered = [{**row, "step": numbers[row["step"]]} for row in made]
    first_rows(terminal, found.boxed(EFFECTS), numbered, title=title, most=most)
    without = [str(name) for step, name in inputs.items() if step not in busy]
    if without:
        terminal.say(f"No effect on cost, days, status or decision: {', '.join(without)}.")
    for step, text in decided.items():
        terminal.say(f"Step {numbers[step]}, {inputs[step]}: {text}")


def decision_change(row: Record, found: Difference) -> str:
    """Return how an effect changed the decision, or nothing if only its figure changed."""
    names = arrow(row["called_before"], row["called_after"])
    if row["recommended_before"] != row["recommended_after"]:
        return f"recommendation {names}"
    if row["corridor"] != row["recommended_after"] or has_effect(row):
        return ""
    values = (row["objective_value_before"], row["objective_value_after"])
    was, now = (None if value is None else number(value) for value in values)
    return "" if was == now else f"still {names}, on another route: {found.compared(was, now)}"


INPUT_COLUMNS = ("key", "kind", "old", "new")
FRAMES: Mapping[str, Mapping[str, Any]] = {
    "diff.json": {
        "input_table": lambda record: frame(record["inputs"], columns=INPUT_COLUMNS),
        "table": (None, "outputs"),
        "effects": (None, "accounted"),
    }
}
