"""`corridors compare --table`: the answer to each row of a table of shipments."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from corridors.cli.arguments import reserve
from corridors.cli.output import Format, progress
from corridors.cli.publishing import INDEX, publish
from corridors.cli.study_commands import NOTHING_USABLE, Printer
from corridors.errors import ConfigError, CorridorsError

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario

OUTPUTS = ("shipments.json", "shipments.csv", "totals.csv")


def compare_shipments(
    table: Path, base: Scenario, *, how: Format, out: Path | None, others: Collection[str] = ()
) -> None:
    """Answer the rows of a table, print them and write them.

    Parameters
    ----------
    table
        A CSV or Excel file.
    base
        The scenario that holds in rows that do not say otherwise.
    how, out
        What is printed, and the folder for the files.
    others
        Options that were given and that a table does not take.

    Raises
    ------
    CorridorsError
        The table cannot be read, a column is wrong, or an option does not go with a table.
    """
    if others:
        msg = f"--table: asks each row for its answer alone; leave out {', '.join(sorted(others))}"
        raise ConfigError(msg)
    reserve(out, (*OUTPUTS, INDEX))
    with progress("Reading the table") as show:
        from corridors.processes import all_cores
        from corridors.studies.batch.workers import StoppedError
        from corridors.studies.shipments.asked import table_of
        from corridors.studies.shipments.run import compare_table

        try:
            found = compare_table(table_of(table), base, {}, workers=all_cores(), progress=show)
        except StoppedError as error:
            msg = f"--table: stopped: {error}"
            raise CorridorsError(msg) from error
    title = f"{base.name}: shipments of {table.name}"
    publish(how, found._files(), table=lambda: found.show(Printer()), out=out, title=title)
    if not found._is_usable:
        raise typer.Exit(NOTHING_USABLE)
