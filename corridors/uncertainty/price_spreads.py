"""The spread of prices by how long ago the last one was known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import Horizon, Uncertainty, Volatility, volatility_of
from corridors.uncertainty.distributions import Z95
from corridors.uncertainty.draws import Key

DAYS_PER_WEEK = 7.0
LEAST_LEAD_WEEKS = 1.0
"""A quote of a week or month is not that of the day on which a box is booked."""


def spreads_of_series(
    table: ParameterTable,
    keys: Iterable[Key],
    rules: Uncertainty,
    series: Sequence[Volatility],
    day: date,
) -> dict[Key, float]:
    """Return by row of a series the standard deviation of its logarithm on a day.

    The lead is that from the last price known to the day, a week at least. Rows whose history does
    not reach the day from before, or of which none is known, are left out.
    """
    wanted = set(keys)
    found = {}
    for row in table.rows:
        key = row.parameter, row.scope
        if key not in wanted or rules.rule(row).horizon is not Horizon.SERIES:
            continue
        of = volatility_of(series, *key)
        if of is None or not of.last or date.fromisoformat(of.first) > day:
            continue
        lead = (day - date.fromisoformat(of.last)).days / DAYS_PER_WEEK
        spread = of.spread(max(lead, LEAST_LEAD_WEEKS))
        if of.half_life_weeks is None and 0.0 < row.low < row.high:
            # A handful of prices says nothing of a year ahead: no wider than the row's own range.
            spread = min(spread, math.log(row.high / row.low) / (2.0 * Z95))
        found[key] = spread
    return found
