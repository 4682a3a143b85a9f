"""Print rows as a table, JSON or CSV, and show that a long step is running."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

WIDE = 220


class Format(StrEnum):
    """Output formats."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", help="Output format.")]


def print_rows(
    rows: Sequence[Mapping[str, object]],
    *,
    columns: Sequence[str],
    how: Format,
    title: str = "",
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
    """
    match how:
        case Format.TABLE:
            print_table(rows, columns=columns, title=title)
        case Format.JSON:
            from corridors.output.records import listing_json

            typer.echo(listing_json([dict(row) for row in rows]), nl=False)
        case Format.CSV:
            from corridors.output.csv import csv_text

            typer.echo(csv_text(rows, columns), nl=False)


def print_table(
    rows: Sequence[Mapping[str, object]],
    *,
    columns: Sequence[str],
    title: str = "",
    width: int = WIDE,
) -> None:
    """Print a table: numbers to the right; as wide as the terminal, or `width` if there is none."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else width)
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for column in columns:
        numeric = any(isinstance(row.get(column), (int, float)) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(Text(cell(row.get(column))) for column in columns))
    console.print(table)


def cell(value: object) -> str:
    """Return a value as a table shows it: nothing for None, numbers to six digits."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:,.6g}"
        case int():
            return str(value)
        case list() | tuple():
            return ", ".join(str(item) for item in value)
        case _:
            return str(value)


@contextmanager
def progress(step: str) -> Iterator[None]:
    """Show that a step is running, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(step):
        yield
