"""Print rows as a table, JSON or CSV, and show that a long step is running."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from corridors.progress import Progress, quiet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from corridors.domain.results import RouteOption

# Of a text in a table that would be too wide for the terminal.
NARROW = 23
# Between two columns.
GUTTER = "   "
WIDE = 240
# Decimals that a table shows at least in a column, so that 57 days stand as 57.0 below 43.1.
DECIMALS = {
    "transit_days": 1,
    "days": 1,
    "more_days": 1,
    "days_P10": 1,
    "days_P50": 1,
    "days_P90": 1,
    "hours": 1,
    "t_CO2e_per_TEU": 2,
    "more_t_CO2e": 2,
}


class Format(StrEnum):
    """Output formats."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", help="Output format.")]
ScenarioArgument = Annotated[
    str, typer.Argument(help="A scenario file, or the name of a shipped scenario.")
]
PlanArgument = Annotated[str, typer.Argument(help="A plan file, or the name of a shipped plan.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the result files.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Replace a value, e.g. shipment.teu_per_month=50. Repeatable."),
]
DepartureOption = Annotated[
    datetime | None,
    typer.Option("--departure", formats=["%Y-%m-%d"], help="Day the first vessel or train leaves."),
]
OwnDataOption = Annotated[
    list[str] | None,
    typer.Option("--own-data", help="Add your own terminals, legs and rates. Repeatable."),
]


def print_rows(
    rows: Sequence[Mapping[str, object]],
    *,
    columns: Sequence[str],
    how: Format,
    title: str = "",
    spare: Sequence[str] = (),
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
        Columns to leave out of a table on a narrow terminal, the first ones first.
    """
    match how:
        case Format.TABLE:
            print_table(rows, columns=columns, title=title, spare=spare)
        case Format.JSON:
            from corridors.output.records import listing_json

            typer.echo(listing_json([dict(row) for row in rows]), nl=False)
        case Format.CSV:
            from corridors.output.csv import csv_text

            typer.echo(csv_text(rows, columns), nl=False)
        case _:
            assert_never(how)


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


def print_table(
    rows: Sequence[Mapping[str, object]],
    *,
    columns: Sequence[str],
    title: str = "",
    width: int = WIDE,
    spare: Sequence[str] = (),
) -> None:
    """Print a table: numbers to the right; as wide as the terminal, or `width` if there is none.

    On a narrow terminal the columns in `spare` are left out, the first ones first, until it fits.
    """
    console = _console(None if sys.stdout.isatty() else width)
    shown, left_out = list(columns), [column for column in spare if column in columns]
    dropped: list[str] = []
    narrow = bool(left_out) and _width(rows, shown) > console.width
    while narrow and left_out and _width(rows, shown, most=NARROW) > console.width:
        dropped.append(left_out.pop(0))
        shown.remove(dropped[-1])
    table = _table(rows, shown, title=title, narrow=narrow)
    console.print(table)
    if dropped:
        names = ", ".join(column.replace("_", " ") for column in columns if column in dropped)
        console.print(f"Not shown on this narrow terminal: {names}.")


def _console(width: int | None) -> Console:
    """Return a console that raises, as `print` does, when its reader has gone."""
    from rich.console import Console

    class Raising(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    return Raising(highlight=False, width=width)


def _width(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, most: int = 1_000
) -> int:
    """Return the width of a table whose texts wrap at `most` characters."""
    cells = {column: [cell(row.get(column), column) for row in rows] for column in columns}
    widest = {column: max(map(len, (column, *cells[column]))) for column in columns}
    return sum(min(width, most) + len(GUTTER) for width in widest.values())


def _table(
    rows: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    *,
    title: str = "",
    narrow: bool = False,
) -> Table:
    """Return a table; a narrow one wraps texts."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for column in columns:
        numeric = any(isinstance(row.get(column), (int, float)) for row in rows)
        table.add_column(
            column.replace("_", " "),
            justify="right" if numeric else "left",
            max_width=NARROW if narrow and not numeric else None,
        )
    for row in rows:
        table.add_row(*(Text(cell(row.get(column), column)) for column in columns))
    return table


def cell(value: object, column: str) -> str:
    """Return a value as a table shows it in a column: nothing for None, numbers to six digits."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            text, least = f"{value:,.6g}", DECIMALS.get(column, 0)
            whole, _, decimals = text.partition(".")
            is_short = len(decimals) < least and "e" not in text
            return f"{whole}.{decimals:0<{least}}" if is_short else text
        case int():
            return str(value)
        case list() | tuple():
            return ", ".join(str(item) for item in value)
        case _:
            return str(value)


def why_not(option: RouteOption) -> str:
    """Return what became of a corridor that cannot be used."""
    from corridors.output.display_names import next_usable

    return "; ".join(filter(None, (f"{option.status}: {option.reason}", next_usable(option))))


@contextmanager
def progress(step: str) -> Iterator[Progress]:
    """Show on a terminal's standard error what is under way; elsewhere show nothing."""
    if not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console

    with Console(stderr=True).status(step) as status:
        yield lambda what, done, total: status.update(f"{what} ({done}/{total})")
