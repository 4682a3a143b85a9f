"""`corridors diff`: what changed between two scenarios or results, and which inputs explain it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.ending import reserve
from corridors.cli.output import Format, FormatOption, print_result_table, print_rows, progress
from corridors.cli.publishing import command_line, publish
from corridors.cli.tables import Spare, say
from corridors.errors import ConfigError

if TYPE_CHECKING:
    from corridors.output.tables import Table
    from corridors.studies.differences.difference_parts import Difference, Outcome

Row = dict[str, object]

OUTPUTS = ("diff.json", "diff.csv", "diff.html", "index.html")
LONGEST_LIST = 6
MOST_LINES = 8
MOST_ROWS = 10
BATCH_SPARE: tuple[Spare, ...] = (("days_A", "days_B"), ("USD_per_TEU_A", "USD_per_TEU_B"))
ORDER_MATTERS = (
    "Order matters: the inputs interact, so the effects of each alone need not add up to the"
    " total change, and another order would split it differently."
)


def diff(
    context: typer.Context,
    a: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="A scenario file or name, a comparison.json or its folder, or a batch's folder.",
        ),
    ],
    b: Annotated[
        str, typer.Argument(metavar="B", help="What to compare A with, in the same form.")
    ],
    corridors: Annotated[
        list[str] | None,
        typer.Option(
            "--corridor", help="Also show the changed lines of this corridor. Repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the result files and a page.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every row of the tables, not the first ten.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Show what changed between two scenarios or results.

    It also shows how much of the change each input accounts for.
    """
    from corridors.output.display_names import scenario_title
    from corridors.studies.diff import explain, recommended_lines
    from corridors.studies.differences.ends import read_end
    from corridors.studies.result_files import difference_files

    if _batches(a, b):
        _print_batches(Path(a), Path(b), how, most=None if everything else MOST_ROWS)
        return
    ends = read_end(a), read_end(b)
    reserve(out, OUTPUTS)
    with progress("Calculating the scenarios between A and B"):
        difference = explain(*ends)
    asked = tuple(corridors or ())
    _check_corridors(difference, asked)
    scenarios = ends[0].scenario, ends[1].scenario
    publish(
        how,
        difference_files(
            difference,
            scenarios,
            lambda: recommended_lines(*scenarios),
            command=command_line(context),
        ),
        table=lambda: _print(difference, asked, most=None if everything else MOST_ROWS),
        out=out,
        title=", and ".join(map(scenario_title, scenarios)),
    )


def _batches(a: str, b: str) -> bool:
    """Return whether both ends are folders of batches.

    Raises
    ------
    ConfigError
        One of the two is a batch and the other is not.
    """
    from corridors.batches.compared import is_batch

    found = [is_batch(Path(given)) for given in (a, b)]
    if any(found) and not all(found):
        one, other = (a, b) if found[0] else (b, a)
        msg = f"{one} is a batch, {other} is none: give two folders of `corridors batch`"
        raise ConfigError(msg)
    return all(found)


def _print_batches(a: Path, b: Path, how: Format, *, most: int | None) -> None:
    """Print what changed between two batches: the answer, then the scenarios that changed."""
    from corridors.batches.compared import COLUMNS, compare_batches, sentences

    found = compare_batches(a, b)
    if how is not Format.TABLE:
        print_rows(list(found.rows), columns=COLUMNS, how=how)
        return
    for text in sentences(found):
        say(text)
    _first(
        found.changed,
        lambda rows: print_rows(
            rows, columns=COLUMNS, how=how, title="\nScenarios that changed", spare=BATCH_SPARE
        ),
        most=most,
    )


def _check_corridors(difference: Difference, asked: Sequence[str]) -> None:
    from corridors.config.allowed_names import advice

    known = difference.corridors
    # Without differences nothing was calculated, so no corridor can be looked up.
    wrong = [name for name in asked if known and name not in known]
    if wrong:
        msg = [
            f"--corridor {name[:80]}: in neither A nor B, {advice(name, known)}" for name in wrong
        ]
        raise ConfigError(msg)


def _print(difference: Difference, asked: Sequence[str], *, most: int | None) -> None:
    from corridors.output.html.pages.difference_tables import ANSWERS, INPUTS, PARTS, part_rows
    from corridors.studies.differences.difference_rows import effect_rows, output_rows

    if difference.empty:
        say("No differences")
        return
    _table(INPUTS, [input_row(change) for change in _inputs(difference)], "Changed inputs")
    outputs = output_rows(difference)
    _table(ANSWERS, outputs, "Changed results", most=most)
    same = len(difference.corridors) - len(outputs)
    if same:
        say(f"{same} of {len(difference.corridors)} corridors did not change.")
    say(f"Recommended: {recommendation(difference.old, difference.new)}")
    shown = dict.fromkeys((*_recommended(difference), *asked))
    for row in outputs:
        if row["corridor"] in shown:
            _table(PARTS, part_rows(row, MOST_LINES), f"\nLargest changes in {row['name']}")
    accounted = effect_rows(difference, difference.accounted)
    _effects(accounted, "\nEffect of each input, added to those above it", most=most)
    if len(difference.alone) > 1:
        alone = effect_rows(difference, difference.alone, alone=True)
        _effects(alone, "\nEffect of each input alone, changed in A", most=most)
        say(ORDER_MATTERS)


def _table(table: Table, rows: Sequence[Row], title: str, *, most: int | None = None) -> None:
    _first(rows, lambda some: print_result_table(table, some, title=title), most=most)


def _first(rows: Sequence[Row], show: Callable[[Sequence[Row]], None], *, most: int | None) -> None:
    """Print the first rows of a table and say how many more there are."""
    if rows:
        show(rows[:most])
    more = len(rows) - len(rows[:most])
    if more:
        say(f"{more} more row{'s' if more > 1 else ''}: --all shows them.")


def _inputs(difference: Difference) -> list[Row]:
    from corridors.studies.differences.difference_rows import difference_record

    rows = difference_record(difference)["inputs"]
    return rows if isinstance(rows, list) else []


def recommendation(old: Outcome, new: Outcome) -> str:
    """Return what is recommended before and after, with the value of the objective."""
    from corridors.output.html.pages.difference_tables import arrow

    names = (
        f"{new.called}, unchanged" if old.called == new.called else f"{old.called} -> {new.called}"
    )
    return f"{names}; objective {arrow(_figure(old), _figure(new))}"


def _figure(outcome: Outcome) -> str:
    return "none" if outcome.objective_value is None else f"{outcome.objective_value:,.2f}"


def _recommended(difference: Difference) -> list[str]:
    return [
        corridor
        for corridor in difference.corridors
        if difference.new.of(corridor).share or difference.old.of(corridor).share
    ]


def input_row(row: Row) -> Row:
    """Return an input as a row of the table; of long lists only what differs."""
    from corridors.studies.differences.difference_rows import value_text

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


def _effects(rows: Sequence[Row], title: str, *, most: int | None) -> None:
    """Print the effects that are not zero, and name the inputs without any.

    Inputs with an effect are numbered from 1 on, in their order.
    """
    from corridors.output.html.pages.difference_tables import EFFECTS, has_effect

    inputs = {row["step"]: row["input"] for row in rows}
    made = [row for row in rows if has_effect(row)]
    decided = {
        row["step"]: text
        for row in rows
        if row["corridor"] is not None and (text := decision_change(row))
    }
    busy = {row["step"] for row in made} | decided.keys()
    number = {step: place for place, step in enumerate((s for s in inputs if s in busy), start=1)}
    _table(EFFECTS, [{**row, "step": number[row["step"]]} for row in made], title, most=most)
    without = [str(name) for step, name in inputs.items() if step not in busy]
    if without:
        say(f"No effect on cost, days, status or decision: {', '.join(without)}.")
    for step, text in decided.items():
        say(f"Step {number[step]}, {inputs[step]}: {text}")


def decision_change(row: Row) -> str:
    """Return how an effect changed the decision, or nothing if only its figure changed."""
    from corridors.output.html.pages.difference_tables import arrow, has_effect

    names = arrow(row["called_before"], row["called_after"])
    if row["recommended_before"] != row["recommended_after"]:
        return f"recommendation {names}"
    if row["corridor"] != row["recommended_after"] or has_effect(row):
        return ""
    values = arrow(row["objective_value_before"], row["objective_value_after"])
    return f"still {names}, on another route: objective {values}" if "->" in values else ""
