"""Set trains and intermodal shuttles beside their published days.

`make check-trains` prints the table; with `--write` it also writes
docs/findings/tables/trains.csv and what the page says of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from corridors.data.geodata import load_terminals
from corridors.studies.validate.cases import UNUSED, Row, counted
from corridors.studies.validate.run import measured_rows
from validation.campaigns.page_tables import write_figures, write_table

HEAD = ("group", "train", "published", "ours", "error", "half")
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


def figure(row: Row, value: float) -> str:
    """Return a figure in the unit of the row."""
    return f"{value:.0f} h" if row.case.unit == "h" else f"{value:.1f}".removesuffix(".0")


def cells(row: Row, title: str) -> tuple[str, ...]:
    """Return the cells of a train, as in `HEAD`."""
    case = row.case
    day = f", {case.departure:%Y}" if case.departure else ""
    span = figure(row, case.first)
    span += f" to {figure(row, case.last)}" if case.first != case.last else ""
    half = "sets a parameter" if case.role == "calibration" else case.half
    return title, f"{ends(row)}{day}", span, figure(row, row.ours.value), f"{row.error:+.0%}", half


def ends(row: Row) -> str:
    """Return the two cities of a train."""
    places = load_terminals()
    return f"{places[row.case.origin].city} - {places[row.case.destination].city}"


def said(rows: Sequence[Row]) -> str:
    """Return how many lie close, and a list of those that do not, with the reason."""
    judging = counted(rows)
    unused = [row for row in judging if row.case.half == UNUSED]
    close = [sum(abs(row.error) <= CLOSE for row in chosen) for chosen in (judging, unused)]
    far = [f"- {ends(row)}: {row.case.why}" for row in judging if abs(row.error) > CLOSE]
    return "\n".join(
        [
            f"{close[0]} of {len(judging)} lie within {CLOSE:.0%} of the published days, {close[1]}"
            f" of {len(unused)} of the half never used.",
            *("", "[All trains and shuttles](tables/trains.csv)", ""),
            *("## Further off than a quarter", "", *far),
        ]
    )


def main() -> None:
    """Print the table, and write it with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page and its table")
    rows = measured_rows(("trains",))
    table = [
        cells(row, title)
        for group, title in GROUPS.items()
        for row in rows
        if row.case.given["group"] == group
    ]
    sys.stdout.writelines(f"{' | '.join(one)}\n" for one in table)
    sys.stdout.write(f"{said(rows)}\n")
    if parser.parse_args().write:
        write_table("trains", HEAD, table)
        write_figures("trains", said(rows))


if __name__ == "__main__":
    main()
