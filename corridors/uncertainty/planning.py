"""Plan the draws of a question: which rows of the tables are drawn, how widely, how together."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.config import fault
from corridors.data.freight_weeks import with_freights_of_week
from corridors.data.ice import MEAN_YEAR, load_ice_table
from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import load_uncertainty, load_volatility
from corridors.data.width_factors import load_width_factors
from corridors.domain.scenario import DEPARTURE, PriceBasis, Scenario
from corridors.errors import ConfigError, ParameterError
from corridors.routing.question import Question
from corridors.uncertainty.draws import ICE, Key, Plan, drivers_of, plan_of
from corridors.uncertainty.price_spreads import spreads_of_series

OF_TWO = " and "
"""Between the two factors of a correlation."""


def table_at_cost(question: Question) -> ParameterTable:
    """Return the table of a question at cost, with the freights of the week of its prices."""
    at_price = question.scenario.price_basis is PriceBasis.PRICE
    table = question.other_basis if at_price else question.parameters
    if question.scenario.prices != DEPARTURE:
        return table
    return with_freights_of_week(table, question.scenario.prices_day)


def all_rows(table: ParameterTable) -> tuple[Key, ...]:
    """Return parameter and scope of all rows of a table."""
    return tuple((row.parameter, row.scope) for row in table.rows)


def plan_for(
    question: Question,
    table: ParameterTable,
    keys: Sequence[Key],
    *,
    ice: bool,
    others: Sequence[str] = (),
) -> Plan:
    """Return which dimension draws what of some rows of a question, as its scenario says.

    `others` are further dimensions, after that of the ice.

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
    series = spreads_of_series(table, keys, rules, load_volatility(), scenario.prices_day)
    drivers = drivers_of(table, keys, rules, widths=widths, series=series)
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
