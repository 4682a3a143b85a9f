"""`corridors validate`: compare the model with published figures."""

from __future__ import annotations

from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows, progress

COLUMNS = (
    *("id", "quantity", "unit", "published", "low", "high", "ours", "error", "inside", "role"),
    *(
        "counted",
        "why",
        "origin",
        "destination",
        "route",
        "status",
        "tolerance",
        "half",
        "citation",
    ),
)
SHOWN = (
    *("id", "quantity", "unit", "published", "low", "high", "ours", "error", "inside", "role"),
    *("counted", "why"),
)


def validate(
    every: Annotated[
        bool, typer.Option("--all", help="Also list the rail legs calibrated to published lengths.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare distances, days and costs with published figures.

    A miss is a finding, not an error: the exit code is 0, and the last lines list the misses.
    """
    from corridors.studies.published.figure_rows import calibration_legs, summary
    from corridors.studies.validate import measured_rows

    with progress("Comparing with published figures"):
        rows, legs = measured_rows(), calibration_legs()
    records = [row.record for row in (*rows, *(legs if every else ()))]
    if how is not Format.TABLE:
        print_rows(records, columns=COLUMNS, how=how)
        return
    for record in records:
        record["error"] = f"{record['error']:+.1%}"
        record["published"] = f"{record['published']:,.6g}"
    print_rows(records, columns=SHOWN, how=how, title="Published figures and figures of the model")
    for line in summary(rows, legs=len(legs)):
        typer.echo(line)
