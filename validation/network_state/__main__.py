"""Print the state of the network, and what is worse than the committed baseline.

    python -m validation.network_state [FILE ...] [--format table|json|csv]

Files are own data, which are added to the shipped network. The exit code is 2 where something is
worse: separate parts, places that depend on a single link, how far terminals lie from the lanes
they are joined to, straight chords in drawn lines, lengths against published ones, coverage by
country.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from corridors.cli.output import Format, FormatOption, print_rows
from corridors.cli.tables import print_table, say
from validation import network_state
from validation.network_state.baseline import RENEW
from validation.network_state.findings import Finding

FOUND_FAULTS = 2
COLUMNS = ("part", "what", "value", "unit", "where", "worse")
COVERAGE = "coverage"
NAMED = 3


APP = typer.Typer(add_completion=False)


@APP.command()
def inspect(files: list[Path] | None = None, how: FormatOption = Format.TABLE) -> None:
    """Print the state of the network, with own data if any are named."""
    baseline = network_state.read_baseline()
    findings = network_state.certify(network_state.network_of(files or ()), baseline)
    worse = network_state.regressions(findings, baseline.findings)
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
    if faults:
        raise typer.Exit(FOUND_FAULTS)


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


if __name__ == "__main__":
    APP()
