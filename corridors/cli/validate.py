"""`corridors validate`: our figures beside the published ones."""

from __future__ import annotations

from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows, progress

COLUMNS = (
    *("id", "quantity", "unit", "published", "low", "high", "ours", "error", "inside", "role"),
    *("counted", "why", "origin", "destination", "route", "status", "tolerance", "citation"),
)
SHOWN = (
    *("id", "quantity", "unit", "published", "low", "high", "ours", "error", "inside", "role"),
    *("counted", "why"),
)


def validate(
    every: Annotated[
        bool, typer.Option("--all", help="List the rail legs that published lengths calibrate too.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Measure our distances and days against published figures, each with its citation.

    A figure that misses is a finding, not a fault: the exit code is 0, and the last lines name it.
    """
    from corridors.studies.published.rows import calibration_legs, summary
    from corridors.studies.validate import measured_rows

    with progress("Measuring against published figures"):
        rows, legs = measured_rows(), calibration_legs()
    records = [row.record for row in (*rows, *(legs if every else ()))]
    if how is not Format.TABLE:
        print_rows(records, columns=COLUMNS, how=how)
        return
    for record in records:
        record["error"] = f"{record['error']:+.1%}"
        record["published"] = f"{record['published']:,.6g}"
    print_rows(records, columns=SHOWN, how=how, title="Published figures and ours")
    for line in summary(rows, legs=len(legs)):
        typer.echo(line)
