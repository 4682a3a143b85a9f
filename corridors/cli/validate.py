"""`corridors validate`: compare the model with published figures."""

from __future__ import annotations

from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows, progress
from corridors.cli.tables import say
from corridors.units import in_percent

SHOWN = (
    *("id", "family", "quantity", "unit", "published", "low", "high", "ours", "error", "inside"),
    *("role", "why"),
)
COLUMNS = (
    *SHOWN,
    *("origin", "destination", "route", "status", "tolerance", "half", "citation"),
)
PERCENT = ("share_inside", "median_error", "median_absolute_error", "coverage")
FAMILY_COLUMNS = (
    *("family", "counted", "inside", "share_inside", "median_error", "median_absolute_error"),
    *("coverage", "calibration"),
)


def validate(
    every: Annotated[
        bool, typer.Option("--all", help="Also list the rail legs calibrated to published lengths.")
    ] = False,
    draws: Annotated[
        bool,
        typer.Option(
            "--draws",
            help="Print how the draws of simulate hold published days and money (a minute).",
        ),
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare our distances, days and costs with published ones.

    A miss is a finding, not an error: the exit code is 0. The last table has a row a family.
    """
    if draws:
        _print_widths(how)
        return
    from corridors.studies.published.cases import FAMILIES
    from corridors.studies.published.families import calibration_legs, family_records
    from corridors.studies.validate import measured_rows

    with progress("Comparing with published figures"):
        rows = measured_rows()
    legs = calibration_legs() if every else ()
    shown = sorted((*rows, *legs), key=lambda row: FAMILIES.index(row.case.family))
    records = [row.record for row in shown]
    families = family_records(rows)
    match how:
        case Format.JSON:
            from corridors.output.records import as_text

            typer.echo(as_text({"rows": records, "families": families}), nl=False)
        case Format.CSV:
            print_rows(records, columns=COLUMNS, how=how)
        case Format.TABLE:
            for record in records:
                record["error"] = f"{in_percent(float(str(record['error'])), 1, signed=True)}%"
                record["published"] = f"{record['published']:,.6g}"
            title = "Published figures and figures of the model"
            print_rows(records, columns=SHOWN, how=how, title=title)
            for family in families:
                family |= {key: percent(family[key], key) for key in PERCENT}
            print_rows(families, columns=FAMILY_COLUMNS, how=how, title="By family")
            say(NOTE)


def _print_widths(how: Format) -> None:
    """Print how draws hold published figures, by family and half."""
    from corridors.domain.scenario import AS_THE_TABLES_SAY
    from corridors.studies.published.widths import (
        COVERAGE_COLUMNS,
        coverage_records,
        drawn_cases,
    )

    with progress("Drawing published figures") as show:
        records = coverage_records(drawn_cases(AS_THE_TABLES_SAY, told=show))
    if how is Format.TABLE:
        for record in records:
            record |= {key: percent(record[key], key) for key in ("held", "from", "to")}
    print_rows(records, columns=COVERAGE_COLUMNS, how=how, title="80 % intervals of draws")
    if how is Format.TABLE:
        say(WIDTHS_NOTE)


WIDTHS_NOTE = (
    "held: the share of published figures between our 10 and 90 % quantiles, with its Wilson"
    " interval; 80 % is the aim. Half A of the figures set the widths (width_factors.csv), half B"
    " tests them. asks for: the factor by which half A would still widen them (1 where it has fewer"
    " than 10 figures). The last column counts by tenths where published figures lie among the"
    " draws: evenly if our ranges are right, at both ends if they are too narrow, at one end if the"
    " model is biased. For timetables and averages we draw levels only, for single trips events as"
    " well."
)
NOTE = (
    "Only figures that set nothing in the model (role validation) are counted, misses included."
    " Errors are in percent of the published figure; the signed median is the bias. Coverage is the"
    " share of published prices between our low and our high."
)


def percent(value: object, key: str) -> str:
    """Return a fraction in percent, with its sign if it is a median error; nothing for None."""
    if not isinstance(value, float):
        return ""
    return f"{in_percent(value, 1, signed=key == 'median_error')}%"
