"""`corridors season`: when a corridor through ice is open, escorted or closed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.ending import reserve
from corridors.cli.output import Format, FormatOption, OutOption, print_rows
from corridors.cli.study import command_line, publish
from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.studies.season import Season

WINDOW_COLUMNS = (
    *("ice_class", "earliest", "latest", "usable_days"),
    *("alone_earliest", "alone_latest", "alone_usable_days"),
)
OUTPUTS = ("season.json", "season.csv", "season.html", "index.html")
WINDOWS_TITLE = (
    "First and last day on which a crossing can begin: with an icebreaker where needed, and alone"
)


def season(
    context: typer.Context,
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
    out: OutOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Show when a corridor through ice is open, by half month.

    With --out it also writes a calendar by ice class and year.
    """
    from corridors.studies.result_files import season_columns, season_files
    from corridors.studies.season import season as find
    from corridors.studies.season import season_calendar

    reserve(out, OUTPUTS)
    found = find(corridor, ice_class=ice_class, year=year, service=service, eastbound=eastbound)
    calendar = partial(
        season_calendar, corridor, ice_class=ice_class, service=service, eastbound=eastbound
    )
    command = command_line(context)
    columns = season_columns(found)
    publish(
        how,
        season_files(found, calendar, asked=(found.ice_class, year), command=command),
        table=lambda: _print(found, columns),
        out=out,
        title=f"Season: {found.title}",
    )


def _print(found: Season, columns: list[str]) -> None:
    if not found.rows:
        typer.echo(found.heading)
        return
    print_rows(found.rows, columns=columns, how=Format.TABLE, title=found.heading)
    print_rows(
        [window_row(row) for row in found.windows],
        columns=WINDOW_COLUMNS,
        how=Format.TABLE,
        title=WINDOWS_TITLE,
    )
    for note in found.notes:
        say(note)


def window_row(row: dict[str, object]) -> dict[str, object]:
    """Return the windows of a class as the table shows them, `any day` or `no day` included."""
    shown = dict(row)
    for before in ("", "alone_"):
        if shown[f"{before}earliest"] is None:
            shown[f"{before}earliest"] = "any day" if shown[f"{before}usable_days"] else "no day"
    return shown
