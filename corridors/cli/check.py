"""`corridors check`: list every error in configuration files and geodata, with file and line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows
from corridors.cli.tables import say
from corridors.errors import fault_list

FOUND_FAULTS = 2


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Scenarios, corridors or own data; default: all shipped data."),
    ] = None,
    network: Annotated[
        bool,
        typer.Option("--network", help="Inspect the network, including any own data given."),
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Check the files you name, or all shipped data."""
    if network:
        from corridors.cli.network_certificate import print_certificate

        at_fault = bool(print_certificate(files or (), how=how))
    else:
        at_fault = bool(_check(files or (), how))
    if at_fault:
        raise typer.Exit(FOUND_FAULTS)


def _check(files: Sequence[Path], how: Format) -> Sequence[str]:
    from corridors.checks import check_files, check_shipped

    checked, faults = check_files(files) if files else check_shipped()
    shown = fault_list(faults)
    if how is Format.TABLE:
        for fault in shown:
            say(fault, err=True)
        say(f"{checked:,} checked, {len(faults) or 'no'} error{'s'[: len(faults) != 1]}")
    else:
        print_rows([{"fault": fault} for fault in shown], columns=("fault",), how=how)
    return faults
