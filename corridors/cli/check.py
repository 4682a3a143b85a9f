"""`corridors check`: list every error in configuration files and geodata, with file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows, progress
from corridors.cli.tables import print_table, say
from corridors.errors import fault_list

if TYPE_CHECKING:
    from corridors.checks.certificate import Finding

FOUND_FAULTS = 2
COLUMNS = ("part", "what", "value", "unit", "where", "worse")
COVERAGE = "coverage"
NAMED = 3


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
        at_fault = bool(print_certificate(files or (), how=how))
    else:
        at_fault = bool(_check(files or (), how))
    if at_fault:
        raise typer.Exit(FOUND_FAULTS)


def _check(files: Sequence[Path], how: Format) -> Sequence[str]:
    from corridors.checks import check_files, check_shipped
    from corridors.data.geodata import missing_sea_labels

    checked, faults = check_files(files) if files else check_shipped()
    shown = fault_list(faults)
    if how is Format.TABLE:
        for fault in shown:
            say(fault, err=True)
        say(f"{checked:,} checked, {len(faults) or 'no'} error{'s'[: len(faults) != 1]}")
        if not files and (without := missing_sea_labels()):
            say(f"! {without}", err=True)
    else:
        print_rows([{"fault": fault} for fault in shown], columns=("fault",), how=how)
    return faults


def print_certificate(files: Sequence[Path], *, how: Format) -> list[str]:
    """Print the state of the network and return what is worse than the baseline.

    Parameters
    ----------
    files
        Own data to add to the shipped network.
    how
        A table by part, JSON or CSV; the table names a few places, JSON and CSV all.

    Raises
    ------
    CorridorsError
        The baseline, a shipped file or the own data cannot be read.
    """
    from corridors.checks.certificate import certify, network_of, read_baseline, regressions
    from corridors.checks.certificate.baseline import RENEW

    with progress("Inspecting the network"):
        baseline = read_baseline()
        findings = certify(network_of(files), baseline)
        worse = regressions(findings, baseline.findings)
    faults = [text for sentences in worse.values() for text in sentences]
    if how is Format.TABLE:
        _print_tables(findings, worse)
        for text in faults:
            say(text, err=True)
        if faults and not files:
            say(f"If this is intended, renew the baseline: {RENEW}", err=True)
        text = f"{len(faults)} regression{'s'[: len(faults) != 1]}" if faults else "no regressions"
        say(f"{len(findings)} findings, {text}")
    else:
        print_rows([_row(f, worse, most=None) for f in findings], columns=COLUMNS, how=how)
        known = {finding.key for finding in findings}
        for key in worse.keys() - known:
            say("\n".join(worse[key]), err=True)
    return faults


def _row(
    finding: Finding, worse: Mapping[str, Sequence[str]], *, most: int | None
) -> dict[str, object]:
    shown = finding.shown if finding.part != "names" else ()
    where = ", ".join(shown[:most])
    if most is not None and len(shown) > most:
        where += f" and {len(shown) - most} more"
    return {
        "part": finding.part,
        "what": finding.what,
        "value": finding.value,
        "unit": finding.unit,
        "where": where,
        "worse": "; ".join(worse.get(finding.key, ())),
    }


def _print_tables(findings: Sequence[Finding], worse: Mapping[str, Sequence[str]]) -> None:
    parts = dict.fromkeys(f.part for f in findings if f.part != COVERAGE)
    columns = ("what", "value", "unit", "where")
    for part in parts:
        rows = [_row(f, worse, most=NAMED) for f in findings if f.part == part]
        print_table(rows, columns=columns, title=part)
    by_country: dict[str, dict[str, object]] = {}
    for finding in findings:
        if finding.part == COVERAGE:
            row = by_country.setdefault(finding.what, {"country": finding.what})
            row[finding.unit] = int(finding.value)
    units = ("terminals", "rail legs", "rail km")
    print_table(list(by_country.values()), columns=("country", *units), title=COVERAGE)
