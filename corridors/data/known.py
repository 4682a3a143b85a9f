"""Since when what the tables say is known, by the day of a row's source or by `known_rules.csv`.

`known_on` of a scenario leaves out what was published later. All readers of dated rows come here:
access rules and lines have their days in their rows, prices and other parameters of a week, month
or year follow a rule of `known_rules.csv`, which names the parameter and the period.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.domain.windows import months_later

_PERIODS = MappingProxyType(
    {
        "week": re.compile(r"20\d\d-W\d\d"),
        "month": re.compile(r"20\d\d-\d\d"),
        "year": re.compile(r"20\d\d"),
    }
)


@shipped(parameters_dir, "known_rules.csv")
def load_known_rules(path: Path) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return the rule of each parameter and period (`week`, `month`, `year`)."""
    rules: dict[tuple[str, str], Mapping[str, str]] = {}
    for row in read_rows(path):
        for parameter in listed(row["parameters"]):
            rules[parameter, row["period"]] = MappingProxyType(row)
    return MappingProxyType(rules)


def dated_by(scope: str) -> tuple[str, str] | None:
    """Return the period of a scope and its name, as `month` and `2026-05`; None if undated."""
    last = scope.rpartition("@")[2]
    found = (name for name, pattern in _PERIODS.items() if pattern.fullmatch(last))
    return next(((name, last) for name in found), None)


def known_since(parameter: str, scope: str) -> date | None:
    """Return the day from which a dated row of a parameter is known; None if it has no rule."""
    return _since(load_known_rules(), parameter, scope)


def _since(
    rules: Mapping[tuple[str, str], Mapping[str, str]], parameter: str, scope: str
) -> date | None:
    dated = dated_by(scope)
    rule = rules.get((parameter, dated[0])) if dated else None
    if dated is None or rule is None:
        return None
    if rule["day"]:
        return date.fromisoformat(rule["day"])
    starts, ends = _span(*dated)
    return (starts if rule["counted_from"] == "start" else ends) + timedelta(int(rule["days"]))


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
