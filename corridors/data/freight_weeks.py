"""Sea freights of a week, of the lanes whose months are in `market.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.parameters import ParameterTable
from corridors.data.paths import parameters_dir, shipped
from corridors.data.rows import value_of
from corridors.domain.values import SourcedValue

SEA_FREIGHT = "market.sea_freight_usd_per_feu"


def week_of(day: date) -> str:
    """Return the week of a day, from Monday to Sunday, as ISO 8601 names it: `2025-W37`."""
    return f"{day:%G-W%V}"


@shipped(parameters_dir, "market_weeks.csv")
def load_freight_weeks(path: Path) -> Mapping[str, SourcedValue]:
    """Return the freight per FEU of each week known, by lane and week: `asia-med@2025-W37`."""
    weeks = {}
    for row in read_rows(path):
        scope = f"{row['lane']}@{row['week']}"
        weeks[scope] = value_of(
            SourcedValue,
            row,
            parameter=SEA_FREIGHT,
            scope=scope,
            value=float(row["usd_per_feu"]),
            unit="USD/FEU",
            currency_year=int(row["week"][:4]),
            note="spot, mean of the days of the week",
        )
    return MappingProxyType(weeks)


def with_freights_of_week(table: ParameterTable, day: date) -> ParameterTable:
    """Return a table with the freights of the week of a day, where they are known.

    A lane for which the scenario, a project or own data gives a freight has none.
    """
    given = {
        new.scope.partition("@")[0] for _, new in table.replaced if new.parameter == SEA_FREIGHT
    }
    lanes = {row.scope.partition("@")[0] for row in table.rows_of(SEA_FREIGHT)} - given
    known = load_freight_weeks()
    rows = [known[scope] for lane in sorted(lanes) if (scope := f"{lane}@{week_of(day)}") in known]
    return table.with_rows(rows) if rows else table
