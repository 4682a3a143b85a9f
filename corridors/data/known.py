"""What the tables say as known on a day, by the day of a row's source or by `known_rules.csv`.

`known_on` of a scenario leaves out what was published later. All readers of dated rows come here:
access rules, events and lines have their days in their rows, prices and other parameters of a week,
month or year follow a rule of `known_rules.csv`, which names the parameter and the period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from corridors.data.columns import read_rows
from corridors.data.parameters import ParameterTable
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.domain.places import months_later

_PERIODS = MappingProxyType(
    {
        "week": re.compile(r"20\d\d-W\d\d"),
        "month": re.compile(r"20\d\d-\d\d"),
        "year": re.compile(r"20\d\d"),
    }
)


class Rule(NamedTuple):
    """When rows of a period are known: on a `day`, or so many days after its start or its end.

    At the latest on the day of the `tables`.
    """

    day: date | None
    from_start: bool
    days: int
    tables: date


@shipped(parameters_dir, "known_rules.csv")
def load_known_rules(path: Path) -> Mapping[tuple[str, str], Rule]:
    """Return the rule of each parameter and period (`week`, `month`, `year`)."""
    rows = read_rows(path)
    tables = next(date.fromisoformat(row["day"]) for row in rows if row["rule"] == "tables")
    return MappingProxyType(
        {
            (parameter, row["period"]): Rule(
                date.fromisoformat(row["day"]) if row["day"] else None,
                row["counted_from"] == "start",
                int(row["days"] or 0),
                tables,
            )
            for row in rows
            for parameter in listed(row["parameters"])
        }
    )


def dated_by(scope: str) -> tuple[str, str] | None:
    """Return the period of a scope and its name, as `month` and `2026-05`; None if undated."""
    last = scope.rpartition("@")[2]
    found = (name for name, pattern in _PERIODS.items() if pattern.fullmatch(last))
    return next(((name, last) for name in found), None)


def known_since(parameter: str, scope: str) -> date | None:
    """Return the day from which a dated row of a parameter is known; None if it has no rule."""
    return _since(load_known_rules(), parameter, scope)


def _since(rules: Mapping[tuple[str, str], Rule], parameter: str, scope: str) -> date | None:
    dated = dated_by(scope)
    rule = rules.get((parameter, dated[0])) if dated else None
    if dated is None or rule is None:
        return None
    starts, ends = _span(*dated)
    after = (starts if rule.from_start else ends) + timedelta(days=rule.days)
    return min(rule.day or after, rule.tables)


@lru_cache(maxsize=4096)
def _span(period: str, name: str) -> tuple[date, date]:
    """Return the first and the last day of a period."""
    year = int(name[:4])
    if period == "week":
        monday = date.fromisocalendar(year, int(name[-2:]), 1)
        return monday, monday + timedelta(days=6)
    if period == "year":
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, int(name[5:]), 1)
    return first, months_later(first, 1) - timedelta(days=1)


def as_known(table: ParameterTable, known_on: date | None) -> ParameterTable:
    """Return a table without the rows of weeks, months and years not known on a day.

    None is today, on which all rows are.
    """
    if known_on is None:
        return table
    rules = load_known_rules()
    rows = tuple(
        row
        for row in table.rows
        if not not_yet_known(_since(rules, row.parameter, row.scope), known_on)
    )
    return replace(table, rows=rows, known_on=known_on)


class Known(Protocol):
    """A row of a table with the days from which it and its last day are known, ISO or empty."""

    @property
    def known_from(self) -> str:
        """The day from which it is known."""

    @property
    def end_known_from(self) -> str:
        """The day from which its last day is known."""


Row = TypeVar("Row", bound=Known)


def known_rows(
    rows: Iterable[Row], known_on: date | None, *, without_end: Callable[[Row], Row]
) -> tuple[Row, ...]:
    """Return the rows known on a day, those whose last day is not known then without it.

    None is today, on which all are known.
    """
    if known_on is None:
        return tuple(rows)
    return tuple(
        without_end(row) if not_yet_known(row.end_known_from, known_on) else row
        for row in rows
        if not not_yet_known(row.known_from, known_on)
    )


def not_yet_known(known_from: str | date | None, known_on: date | None) -> bool:
    """Return whether what is known from a day is not known on another.

    Parameters
    ----------
    known_from
        The day, ISO if a text; empty or None if it was always known.
    known_on
        The other day, None for today, on which all that the tables say is known.
    """
    if not known_from or known_on is None:
        return False
    return date.fromisoformat(str(known_from)) > known_on
