"""`corridors check`: every fault of configuration files and geodata, with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows

FOUND_FAULTS = 2


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Scenarios, corridors, own data; all shipped data where none is given."
        ),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Check configuration files, or all that is shipped: configurations and geodata."""
    from corridors.checking import check_files, check_shipped

    checked, faults = check_files(files) if files else check_shipped()
    if how is Format.TABLE:
        for fault in faults:
            typer.echo(fault, err=True)
        typer.echo(f"{checked:,} checked, {len(faults) or 'no'} fault{'s'[: len(faults) != 1]}")
    else:
        print_rows([{"fault": fault} for fault in faults], columns=("fault",), how=how)
    if faults:
        raise typer.Exit(FOUND_FAULTS)
