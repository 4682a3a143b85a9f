"""Plan the draws of a question: which rows of the tables are drawn, how widely, how together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from corridors.config import fault
from corridors.data.ice import MEAN_YEAR, load_ice_table
from corridors.data.parameters import ParameterTable
from corridors.data.series import with_freights_of_week
from corridors.data.uncertainty import (
    Horizon,
    Uncertainty,
    Volatility,
    load_uncertainty,
    load_volatility,
    load_width_factors,
    volatility_of,
)
from corridors.domain.scenario import DEPARTURE, Scenario
from corridors.errors import ConfigError, ParameterError
from corridors.routing.question import Question
from corridors.uncertainty.draws import ICE, Z95, Key, Plan, drivers_of, plan_of
from corridors.units import DAYS_PER_WEEK

OF_TWO = " and "
"""Between the two factors of a correlation."""
LEAST_LEAD_WEEKS = 1.0
"""A quote of a week or month is not that of the day on which a box is booked."""


def table_at_cost(question: Question) -> ParameterTable:
    """Return the table of a question at cost, with the freights of the week of its prices."""
    table = question.quoted.at_cost
    if question.scenario.prices != DEPARTURE:
        return table
    return with_freights_of_week(table, question.scenario.prices_day)


def plan_for(
    question: Question, table: ParameterTable, *, ice: bool, others: Sequence[str] = ()
) -> Plan:
    """Return what draws the rows of a question, as its scenario says.

    Of all rows, since any may move a price: numbers are made of those that bills ask for. `others`
    are further dimensions, after that of the ice.

    Raises
    ------
    ConfigError
        The correlations of the scenario contradict each other.
    """
    scenario, rules = question.scenario, load_uncertainty()
    chance = scenario.draws
    asked = dict(chance.widths)
    widths = {
        name: chance.width * asked.get(name, 1.0) * factor
        for name, factor in load_width_factors().items()
    }
    series = spreads_of_series(table, rules, load_volatility(), scenario.prices_day)
    drivers = drivers_of(table, rules, widths=widths, series=series)
    pairs = {two_factors(names): value for names, value in chance.correlations}
    try:
        return plan_of(drivers, others=(*((ICE,) if ice else ()), *others), correlations=pairs)
    except ParameterError as error:
        raise ConfigError(fault(scenario, "draws.correlations", str(error))) from None


def two_factors(names: str) -> tuple[str, str]:
    """Return the two factors that a correlation names."""
    one, _, other = names.partition(OF_TWO)
    return one, other


def ice_years_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the years whose ice is drawn from; none where the scenario names one."""
    if not scenario.draws.ice or scenario.ice_year != MEAN_YEAR:
        return ()
    return load_ice_table().years


def spreads_of_series(
    table: ParameterTable, rules: Uncertainty, series: Sequence[Volatility], day: date
) -> dict[Key, float]:
    """Return by row of a series the standard deviation of its logarithm on a day.

    The lead is that from the last price known to the day, a week at least. Rows whose history does
    not reach the day from before, or of which none is known, are left out.
    """
    spreads = {}
    for row in table.rows:
        key = row.parameter, row.scope
        if rules.rule(row).horizon is not Horizon.SERIES:
            continue
        of = volatility_of(series, *key)
        if of is None or not of.last or date.fromisoformat(of.first) > day:
            continue
        lead = (day - date.fromisoformat(of.last)).days / DAYS_PER_WEEK
        spread = of.spread(max(lead, LEAST_LEAD_WEEKS))
        if of.half_life_weeks is None and 0.0 < row.low < row.high:
            # A handful of prices says nothing of a year ahead: no wider than the row's own range.
            spread = min(spread, math.log(row.high / row.low) / (2.0 * Z95))
        spreads[key] = spread
    return spreads
