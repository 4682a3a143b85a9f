"""`corridors check`: list every error in configuration files and own data, with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_listing
from corridors.cli.tables import say
from corridors.errors import fault_list

FOUND_FAULTS = 2


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Scenarios, corridors, plans or own data; default: what is shipped."),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Check the files you name, or the shipped files."""
    from corridors.checks import check_files, check_shipped, schedule_notes

    if how is Format.TABLE:
        for note in schedule_notes(files or ()):
            say(note)
    print_faults(*(check_files(files) if files else check_shipped()), how=how)


def print_faults(checked: int, faults: tuple[str, ...], *, how: Format) -> None:
    """Print the faults of so many files or rows; exit code 2 where there are any.

    Raises
    ------
    typer.Exit
        There are faults.
    """
    shown = fault_list(faults)
    if how is Format.TABLE:
        for fault in shown:
            say(fault, err=True)
        say(f"{checked:,} checked, {len(faults) or 'no'} error{'s'[: len(faults) != 1]}")
    else:
        from corridors.output.listings import FAULTS

        print_listing(FAULTS, [{"fault": fault} for fault in shown], how)
    if faults:
        raise typer.Exit(FOUND_FAULTS)
