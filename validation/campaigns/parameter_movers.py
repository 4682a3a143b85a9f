"""Which parameters move a corridor's cost by more than a hundredth, and how they are known.

    python -m validation.campaigns.parameter_movers movers.csv

Four questions are asked with each row that they read at its low and at its high, or a tenth lower
and higher where these are one. Routes are searched again. A row moves a corridor if its cost per
TEU is then more than 1 % from the usual one. The file has a line for each row that moves one, with
the largest movement, heaviest first; the share of rows that are recalled or assumed is printed.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

from corridors.config.scenario import load_scenario
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.paths import data_root
from corridors.data.series import NEAREST_MONTHS
from corridors.domain.scenario import Scenario
from corridors.domain.values import SourcedValue, Status
from corridors.errors import CorridorsError
from corridors.studies.session import Session
from validation.campaigns.parameter_effects import Figures, figures_of, with_value

LEAST_MOVE = 0.01
IDLE_MOVE = 0.002
"""Rows that move every corridor by less together are taken to move none by `LEAST_MOVE` alone."""
ROWS_TOGETHER = 16
GROUPS_A_SESSION = 6
NO_COST = ("emission.", "decision.", "plan.")
"""The first words of parameters that are read and enter no cost."""
PAIRS = (
    ("Chongqing", "Duisburg", date(2025, 3, 10)),
    ("Ho Chi Minh City", "Moscow", date(2025, 9, 10)),
    ("Tashkent", "Rotterdam", date(2026, 5, 10)),
)
"""Asked beside the shipped question from Shanghai to Hamburg."""


def main(path: str) -> None:
    """Write the rows that move a corridor, and print how many of them are weak."""
    moves: dict[SourcedValue, tuple[float, str]] = {}
    for scenario in questions():
        for row, (move, corridor) in moved_by(scenario).items():
            if move > moves.get(row, (LEAST_MOVE, ""))[0]:
                moves[row] = move, f"{scenario.name}: {corridor}"
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("move_percent", "parameter", "scope", "status", "corridor"))
        for row in sorted(moves, key=lambda each: -moves[each][0]):
            move, corridor = moves[row]
            cells = (row.parameter, row.scope, row.status.value, corridor)
            writer.writerow((f"{100 * move:.2f}", *cells))
    weak = sum(row.status in (Status.RECALLED, Status.ASSUMPTION) for row in moves)
    share = f"{weak / len(moves):.1%}"
    sys.stdout.write(f"{weak} of {len(moves)} rows are recalled or assumed ({share})\n")


def questions() -> list[Scenario]:
    """Return the shipped question and the other pairs, all with its cargo, corridors and world."""
    folder = data_root().parent / "configs" / "scenarios"
    shipped = load_scenario(folder / "shanghai-europe.yaml")
    others = [
        replace(
            shipped,
            name=f"{origin} to {destination}",
            origin=origin,
            destination=destination,
            departure=day,
        )
        for origin, destination, day in PAIRS
    ]
    return [shipped, *others]


def moved_by(scenario: Scenario) -> dict[SourcedValue, tuple[float, str]]:
    """Return the largest movement of a corridor's cost by each row that moves one.

    Rows are moved together first, and halved while that moves a corridor: most rows move none.
    """
    with recorded() as read:
        usual = figures_of(scenario, Session())
    rows = [row for row in load_parameters().rows if row in read and may_cost(row, scenario)]
    moves = {}
    session = Session()
    groups = [rows[first : first + ROWS_TOGETHER] for first in range(0, len(rows), ROWS_TOGETHER)]
    for number, group in enumerate(groups):
        if number % GROUPS_A_SESSION == 0:
            session = Session()
        waiting = [group]
        while waiting:
            together = waiting.pop()
            move = move_of(together, scenario, usual, session)
            if move[0] > (LEAST_MOVE if len(together) == 1 else IDLE_MOVE):
                half = len(together) // 2
                if half:
                    waiting += [together[:half], together[half:]]
                else:
                    moves[together[0]] = move
    return moves


def move_of(
    rows: Sequence[SourcedValue], scenario: Scenario, usual: Figures, session: Session
) -> tuple[float, str]:
    """Return how far rows that are all low or all high move a corridor at most, and which."""
    most = (0.0, "")
    for end in (0, 1):
        asked = scenario
        for row in rows:
            asked = with_value(asked, row, ends(row)[end])
        try:
            found = figures_of(asked, session)
        except CorridorsError:
            if len(rows) > 1:
                return 1.0, ""
            continue  # outside the bounds of the parameter
        for name in usual.keys() & found.keys():
            most = max(most, (abs(found[name][0] / usual[name][0] - 1.0), name))
    return most


def may_cost(row: SourcedValue, scenario: Scenario) -> bool:
    """Return whether a row that was read may enter a cost on the day of departure."""
    if row.parameter.startswith(NO_COST):
        return False
    dated = re.search(r"(\d{4})-(\d{2})$", row.scope)
    if dated is None:
        return True
    months = 12 * int(dated[1]) + int(dated[2]) - 12 * scenario.departure.year
    return abs(months - scenario.departure.month) <= NEAREST_MONTHS


def ends(row: SourcedValue) -> tuple[float, float]:
    """Return low and high of a row, or a tenth around its value where they are one."""
    return (row.low, row.high) if row.low < row.high else (0.9 * row.value, 1.1 * row.value)


@contextmanager
def recorded() -> Iterator[set[SourcedValue]]:
    """Keep the rows that are read while the context is open."""
    read: set[SourcedValue] = set()
    find, rows_of = ParameterTable.find, ParameterTable.rows_of

    def found(table: ParameterTable, parameter: str, *scopes: str) -> SourcedValue | None:
        row = find(table, parameter, *scopes)
        if row is not None:
            read.add(row)
        return row

    def listed(table: ParameterTable, parameter: str) -> tuple[SourcedValue, ...]:
        rows = rows_of(table, parameter)
        read.update(rows)
        return rows

    with (
        patch.object(ParameterTable, "find", found),
        patch.object(ParameterTable, "rows_of", listed),
    ):
        yield read


if __name__ == "__main__":
    main(sys.argv[1])
