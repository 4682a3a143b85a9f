"""`corridors season`: when a corridor through ice is open, escorted or closed."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows

WINDOW_COLUMNS = (
    *("ice_class", "earliest", "latest", "usable_days"),
    *("alone_earliest", "alone_latest", "alone_usable_days"),
)
WIDTH = 118
NO_ROWS = ("from_day", "route", "days_to_cross", "lowest_RIO")
WINDOWS_TITLE = (
    "First and last day on which a crossing can begin: with an icebreaker where needed, and alone"
)


def season(
    corridor: Annotated[str, typer.Argument(help="A shipped corridor, or a corridor file.")],
    ice_class: Annotated[
        str | None,
        typer.Option(
            "--ice-class", help="none, Ice1 to Ice3, Arc4 to Arc7; default: the ship's own."
        ),
    ] = None,
    year: Annotated[
        str, typer.Option("--year", help="mean, best, worst, or a year from 2010 to 2024.")
    ] = "mean",
    service: Annotated[
        str | None, typer.Option("--service", help="The ship whose speed is used.")
    ] = None,
    eastbound: Annotated[
        bool, typer.Option("--eastbound", help="Cross from west to east.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Show when a corridor through ice is open, by half month."""
    from corridors.studies.season import season as find

    found = find(corridor, ice_class=ice_class, year=year, service=service, eastbound=eastbound)
    columns = [key for key in (found.rows[0] if found.rows else NO_ROWS) if key != "reason"]
    match how:
        case Format.JSON:
            from corridors.output.records import as_text

            record = {
                "corridor": found.corridor,
                "heading": found.heading,
                "rows": list(found.rows),
                "windows": list(found.windows),
                "notes": list(found.notes),
            }
            typer.echo(as_text(record), nl=False)
        case Format.CSV:
            print_rows(found.rows, columns=[*columns, "reason"], how=how)
        case Format.TABLE:
            if not found.rows:
                typer.echo(found.heading)
                return
            print_rows(found.rows, columns=columns, how=how, title=found.heading)
            print_rows(
                [window_row(row) for row in found.windows],
                columns=WINDOW_COLUMNS,
                how=how,
                title=WINDOWS_TITLE,
            )
            for note in found.notes:
                typer.echo(textwrap.fill(note, WIDTH))


def window_row(row: dict[str, object]) -> dict[str, object]:
    """Return the windows of a class as the table shows them, `any day` or `no day` included."""
    shown = dict(row)
    for before in ("", "alone_"):
        if shown[f"{before}earliest"] is None:
            shown[f"{before}earliest"] = "any day" if shown[f"{before}usable_days"] else "no day"
    return shown
