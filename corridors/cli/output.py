"""Print rows as a table, JSON or CSV, and show that a long step is running."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, assert_never

import typer

from corridors.cli.completion import plans, scenarios, set_keys
from corridors.cli.tables import Spare, print_table, table_lines
from corridors.progress import Progress, quiet

if TYPE_CHECKING:
    from corridors.output.tables import Table


class Format(StrEnum):
    """Output formats."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", help="Output format.")]
ScenarioArgument = Annotated[
    str,
    typer.Argument(
        help="A scenario file, or the name of a shipped scenario.", autocompletion=scenarios
    ),
]
PlanArgument = Annotated[
    str,
    typer.Argument(help="A plan file, or the name of a shipped plan.", autocompletion=plans),
]
FolderOption = Annotated[
    Path, typer.Option("--out", help="Folder for the data set and the report.")
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the result files.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Replace a value, e.g. shipment.teu_per_month=50. Repeatable.",
        autocompletion=set_keys,
    ),
]
PlanSetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Replace a value, e.g. time_limit_s=60. Repeatable."),
]
TimeLimitOption = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=0.001,
        help="End after this many seconds with the best found and its gap; Ctrl-C does the same.",
    ),
]
DepartureOption = Annotated[
    datetime | None,
    typer.Option("--departure", formats=["%Y-%m-%d"], help="Day the first vessel or train leaves."),
]
SpeedOption = Annotated[
    str | None,
    typer.Option("--speed", help="Ship speed in open water: reference, best, or knots."),
]
ChoiceOption = Annotated[
    str | None,
    typer.Option("--choice", help="best, or shares: how the boxes of a trade spread over ways."),
]
OwnDataOption = Annotated[
    list[str] | None,
    typer.Option("--own-data", help="Add your own terminals, legs and rates. Repeatable."),
]
ContractsOption = Annotated[
    list[str] | None,
    typer.Option("--contracts", help="Compare the rates of your contracts too. Repeatable."),
]
SchedulesOption = Annotated[
    list[str] | None,
    typer.Option("--schedules", help="Go by the sailings of your files. Repeatable."),
]


def print_rows(
    rows: Sequence[Mapping[str, object]],
    *,
    columns: Sequence[str],
    how: Format,
    title: str = "",
    spare: Sequence[Spare] = (),
    slim: Collection[str] = (),
) -> None:
    """Print rows to standard output.

    Parameters
    ----------
    rows
        Plain values by column.
    columns
        The columns of the table and of the CSV, in their order; JSON has every key of a row.
    how
        A table to read, `{"rows": [...]}`, or CSV.
    title
        Printed above a table.
    spare
        Columns that a table does without on a narrow terminal, the least important first.
    slim
        Columns of a table of a few words that may stand below each other.
    """
    match how:
        case Format.TABLE:
            print_table(rows, columns=columns, title=title, spare=spare, slim=slim)
        case Format.JSON:
            from corridors.output.store import listing_json

            typer.echo(listing_json([dict(row) for row in rows]), nl=False)
        case Format.CSV:
            from corridors.output.store import csv_text

            typer.echo(csv_text(rows, columns), nl=False)
        case _:
            assert_never(how)


def print_result_table(table: Table, result: object, *, title: str = "") -> None:
    """Print a table of a result as people read it."""
    print_table(table.read(result), title=title, **_as_read(table))


def lines_of_table(table: Table, result: object, width: int) -> list[str]:
    """Return the lines of a table of a result in a width."""
    return table_lines(table.read(result), width, **_as_read(table))[0]


def _as_read(table: Table) -> dict[str, Any]:
    """Return how the columns of a table are printed: heads, what may be left out, decimals."""
    read = table.read_columns()
    heads = {one.name: one.above for one in read}
    return {
        "columns": list(heads.values()),
        "spare": [
            tuple(heads[name] for name in group.split("+") if name in heads)
            for group in table.spare.split()
        ],
        "slim": {heads[name] for name in table.slim.split() if name in heads},
        "digits": {one.above: one.digits or 0 for one in read if one.is_figure},
    }


def print_listing(table: Table, result: object, how: Format, *, title: str = "") -> None:
    """Print a table of a result: to read, as `{"rows": [...]}`, or as CSV."""
    from corridors.output.store import listing_json

    print_result(
        how,
        json=lambda: listing_json(table.records(result)),
        csv=lambda: table.csv(result),
        table=lambda: print_result_table(table, result, title=title),
    )


def print_result(
    how: Format,
    *,
    json: Callable[[], str],
    csv: Callable[[], str],
    table: Callable[[], None],
) -> None:
    """Print a result."""
    match how:
        case Format.JSON:
            typer.echo(json(), nl=False)
        case Format.CSV:
            typer.echo(csv(), nl=False)
        case Format.TABLE:
            table()
        case _:
            assert_never(how)


@contextmanager
def progress(step: str, *, bar: bool = False) -> Iterator[Progress]:
    """Show on a terminal's standard error what is under way; elsewhere show nothing.

    With `bar` how many of how many are done, and the time left.
    """
    if not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console

    if bar:
        from rich import progress as parts

        columns = (
            *(parts.BarColumn(), parts.MofNCompleteColumn(), parts.TimeElapsedColumn()),
            *(parts.TimeRemainingColumn(),),
        )
        with parts.Progress(step, *columns, "left", console=Console(stderr=True)) as shown:
            task = shown.add_task("")
            yield lambda _, done, total: shown.update(task, completed=done, total=total)
        return
    with Console(stderr=True).status(step) as status:
        yield lambda what, done, total: status.update(f"{what} ({done}/{total})")
