"""Set trains and intermodal shuttles beside their published days.

`make check-trains` prints the table; with `--write` it also writes that of docs/findings/trains.md,
which is never edited by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from corridors.data.geodata import load_terminals
from corridors.studies.published.cases import UNUSED
from corridors.studies.published.families import Row, counted
from corridors.studies.validate import measured_rows

PAGE = Path(__file__).parents[2] / "docs/findings/trains.md"
GROUPS = {
    "express": "China - Europe, by full timetable",
    "ordinary": "China - Europe, ordinary trains",
    "central-asia": "China - Central Asia",
    "middle-corridor": "Middle Corridor",
    "trans-siberian": "Trans-Siberian and Russia",
    "europe": "Inside Europe",
}
# Days are close if they lie this far from the published ones, as a fraction.
CLOSE = 0.25
MARK = "<!-- table: written by make check-trains, not by hand -->"


def figure(row: Row, value: float) -> str:
    """Return a figure in the unit of the row."""
    return f"{value:.0f} h" if row.case.unit == "h" else f"{value:.1f}".removesuffix(".0")


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the tables, group by group, and a list of what lies outside."""
    names = {name: place.city for name, place in load_terminals().items()}
    judging = counted(rows)
    unused = [row for row in judging if row.case.half == UNUSED]
    close = [sum(abs(row.error) <= CLOSE for row in chosen) for chosen in (judging, unused)]
    yield (
        f"{close[0]} of {len(judging)} lie within {CLOSE:.0%} of the published days, {close[1]} of"
        f" {len(unused)} of the half never used."
    )
    for group, title in GROUPS.items():
        yield from ("", f"## {title}", "")
        yield "| train | published | ours | error | half |"
        yield "|---|---|---|---|---|"
        for row in rows:
            case = row.case
            if case.given["group"] != group:
                continue
            ends = f"{names[case.origin]} - {names[case.destination]}"
            day = f", {case.departure:%Y}" if case.departure else ""
            span = figure(row, case.first)
            span += f" to {figure(row, case.last)}" if case.first != case.last else ""
            half = "sets a parameter" if case.role == "calibration" else case.half
            ours = figure(row, row.ours.value)
            yield f"| {ends}{day} | {span} | {ours} | {row.error:+.0%} | {half} |"
    yield from ("", "## Further off than a quarter", "")
    for row in judging:
        if abs(row.error) > CLOSE:
            case = row.case
            yield f"- {names[case.origin]} - {names[case.destination]}: {case.why}"


def main() -> None:
    """Print the table, and write it with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    text = "\n".join(lines(measured_rows(("trains",))))
    sys.stdout.write(f"{text}\n")
    if parser.parse_args().write:
        page = PAGE.read_text(encoding="utf-8")
        head = re.split(re.escape(MARK), page)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
