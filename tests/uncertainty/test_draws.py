"""Draws of the table of rows: ties, factors, seeds, bounds."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.uncertainty import Role, load_uncertainty, load_volatility
from corridors.errors import ParameterError
from corridors.uncertainty.draws import (
    DrawnTable,
    Draws,
    Driver,
    Key,
    Plan,
    Sample,
    drivers_of,
    plan_of,
)
from corridors.uncertainty.evaluation import spreads_of_series

COUNT = 4_096
FUEL = ("fuel.vlsfo_usd_per_t", "")


@pytest.fixture(scope="module")
def table() -> ParameterTable:
    return load_parameters()


@pytest.fixture(scope="module")
def plan(table: ParameterTable) -> Plan:
    return plan_of(drivers_of(table, load_uncertainty()))


@pytest.fixture(scope="module")
def draws(plan: Plan) -> Draws:
    return Draws(plan=plan, sample=Sample.stratified(COUNT, 1))


def two_sided(driver: Driver) -> bool:
    return driver.spread.below > 0.0 < driver.spread.above


def rank_correlation(draws: Draws, one: Key, other: Key) -> float:
    values = draws.values()
    return float(stats.spearmanr(values[one], values[other]).statistic)


def of_ranks(correlation: float) -> float:
    """Return the rank correlation of two normal scores, whatever the shapes of the rows."""
    return 6.0 / math.pi * math.asin(correlation / 2.0)


def test_no_draw_leaves_the_bounds_of_its_parameter(table: ParameterTable, draws: Draws) -> None:
    values = draws.values()
    assert len(values) > 500
    for (parameter, _), drawn in values.items():
        bounds = table.bounds[parameter]
        assert bounds.least <= drawn.min()
        assert drawn.max() <= bounds.most


def test_medians_are_the_values_of_the_rows(table: ParameterTable, draws: Draws) -> None:
    values = draws.values()
    for parameter, scope in (("fuel.vlsfo_usd_per_t", ""), ("rail.speed_km_per_day", "rail/1520")):
        assert np.median(values[parameter, scope]) == pytest.approx(
            table.value(parameter, scope), rel=2e-3
        )


def test_tied_rows_that_are_equal_stay_equal(table: ParameterTable, draws: Draws) -> None:
    rules, values = load_uncertainty(), draws.values()
    rows = {(row.parameter, row.scope): row for row in table.rows}
    tied = [
        (key, rules.rule(rows[key]).tie(*key))
        for key in values
        if rules.rule(rows[key]).role is Role.TIED
    ]
    equal = [
        (one, other)
        for one, other in tied
        if (rows[one].low, rows[one].value, rows[one].high)
        == (rows[other].low, rows[other].value, rows[other].high)
    ]
    assert len(equal) >= 3
    for one, other in equal:
        assert (values[one] == values[other]).all()


def test_rows_of_one_factor_go_together_as_their_loadings_say(plan: Plan, draws: Draws) -> None:
    pairs = 0
    for name in plan.factors:
        of = [d for d in plan.drivers if d.factor == name and two_sided(d)]
        for one, other in pairwise(of[:2]):
            if one.leader == other.leader:
                continue
            pairs += 1
            found = rank_correlation(draws, one.key, other.key)
            assert found == pytest.approx(of_ranks(one.loading * other.loading), abs=0.03)
    assert pairs > 10


def test_one_seed_gives_one_sample_and_another_another() -> None:
    of_one = Sample.stratified(64, 1).score("fuel")
    assert (of_one == Sample.stratified(64, 1).score("fuel")).all()
    assert (of_one != Sample.stratified(64, 2).score("fuel")).any()
    assert (of_one != Sample.stratified(64, 1, stream=1).score("fuel")).any()
    assert (of_one != Sample.stratified(64, 1).score("hire")).any()


def test_each_dimension_takes_each_equal_share_of_chance_once() -> None:
    sample = Sample.stratified(100, 7, median_first=True)
    assert sample.count == 101
    for name in ("fuel", "hire"):
        drawn = sample.uniform(name)
        assert (drawn[0], sample.score(name)[0]) == (0.5, 0.0)
        assert sorted((drawn[1:] * 100).astype(int)) == list(range(100))
    # Parts of the draws are the draws.
    assert (sample.rows(slice(20, 50)).uniform("fuel") == sample.uniform("fuel")[20:50]).all()


def test_the_numbers_of_a_row_do_not_follow_from_what_else_is_drawn(
    table: ParameterTable, draws: Draws
) -> None:
    every = drivers_of(table, load_uncertainty())
    alone = plan_of([driver for driver in every if driver.key == FUEL])
    again = Draws(plan=alone, sample=Sample.stratified(COUNT, 1)).values()
    assert list(again) == [FUEL]
    assert (again[FUEL] == draws.values()[FUEL]).all()


def test_a_row_that_the_scenario_sets_is_not_drawn(table: ParameterTable) -> None:
    from corridors.domain.scenario import Override

    set_to = table.with_overrides([Override(parameter=FUEL[0], scope=FUEL[1], value=600.0)])
    before, after = (drivers_of(one, load_uncertainty()) for one in (table, set_to))
    assert {driver.key for driver in before} - {driver.key for driver in after} == {FUEL}


def test_contradicting_correlations_are_refused_in_a_sentence(plan: Plan) -> None:
    one, two, three = plan.factors[:3]
    pairs = {(one, two): 0.9, (two, three): 0.9, (one, three): -0.9}
    with pytest.raises(ParameterError, match="contradict each other"):
        plan_of(plan.drivers, correlations=pairs)


def test_correlated_factors_are_drawn_as_asked(plan: Plan) -> None:
    mixed = plan_of(plan.drivers, correlations={("bunker", "charter"): 0.5})
    draws = Draws(plan=mixed, sample=Sample.stratified(COUNT, 1))
    fuel = ("fuel.vlsfo_usd_per_t", "")
    ships = next(
        driver.key
        for driver in mixed.drivers
        if driver.factor == "charter" and driver.loading == 0.9 and two_sided(driver)
    )
    # Three standard errors of so many draws.
    found = rank_correlation(draws, fuel, ships)
    assert found == pytest.approx(of_ranks(0.5 * 0.95 * 0.9), abs=0.04)


def test_a_price_spreads_with_the_weeks_since_it_was_known(table: ParameterTable) -> None:
    key = ("fuel.vlsfo_usd_per_t", "")
    given = table, load_uncertainty(), load_volatility()
    known = next(one for one in load_volatility() if one.parameter == key[0])
    soon = date.fromisoformat(known.last)
    near = spreads_of_series(*given, soon)[key]
    far = spreads_of_series(*given, date(soon.year + 1, soon.month, 15))[key]
    assert near == pytest.approx(known.spread(1.0))
    assert known.long_sd is not None
    assert near < far < known.long_sd * 1.3
    # Before its history begins nothing is said of it.
    assert not spreads_of_series(*given, date(2000, 1, 1))


@pytest.mark.parametrize("way", ["get", "rows_of", "by_scope"])
def test_a_drawn_table_draws_a_row_however_it_is_asked_for(
    table: ParameterTable, plan: Plan, way: str
) -> None:
    draws = Draws(plan=plan, sample=Sample.stratified(8, 1))
    drawn = DrawnTable.of(table, values=draws.values())
    key = "market.sea_freight_usd_per_feu", "asia-neurope@2026-05"
    assert not draws.asked
    if way == "get":
        row = drawn.get(*key)
    elif way == "rows_of":
        row = next(row for row in drawn.rows_of(key[0]) if row.scope == key[1])
    else:
        row = drawn.by_scope(key[0])[key[1]]
    assert np.asarray(row.value).size == 8
    assert key in draws.asked
    if way != "rows_of":
        assert list(draws.asked) == [key]


def test_the_numbers_of_one_draw_are_a_table_like_any_other(
    table: ParameterTable, draws: Draws
) -> None:
    key, values = FUEL, draws.values()
    one = DrawnTable.of(table, values=values, draw=7)
    assert one.value(*key) == values[key][7]
    assert next(row.value for row in one.rows_of(key[0])) == values[key][7]
    setting = ("market.least_capacity_teu", "")
    assert one.get(*setting) == table.get(*setting)
    with pytest.raises(ParameterError, match="unknown parameter 'nothing'"):
        one.value("nothing")
