"""Routes over arrays of draws against the same routes and searches in single draws."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.costing.drawn_groups import DrawnGroups
from corridors.costing.groups import Priced
from corridors.costing.pace import run_through, run_through_draws
from corridors.costing.weights import weigh
from corridors.data.uncertainty import load_uncertainty, load_volatility
from corridors.routing.drawn_route import RouteDraws
from corridors.studies.decided import Decided, decided
from corridors.studies.session import Session
from corridors.uncertainty.draws import Draws, Sample, drivers_of, plan_of
from corridors.uncertainty.evaluation import spreads_of_series, table_at_cost
from corridors.uncertainty.searches import DrawnQuestion, RouteKey
from corridors.units import CENTS_PER_USD
from tests.conftest import LONG

ICE = ("2012", "2016", "mean")
IN_GATE, IN_LONG = 5, 200
# A search rounds each of a route's arcs to the cent and the gram.
ARCS = 200


@cache
def made(*values: str) -> Decided:
    scenario = load_scenario("shanghai-europe", set_values=list(values))
    return decided(scenario, session=Session())


def drawn(found: Decided, count: int) -> DrawnQuestion:
    table, rules = table_at_cost(found.question), load_uncertainty()
    day = found.question.scenario.prices_day
    series = spreads_of_series(table, rules, load_volatility(), day)
    plan = plan_of(drivers_of(table, rules, series=series))
    draws = Draws(plan=plan, sample=Sample.stratified(count, 11))
    return DrawnQuestion.of(
        found.question,
        table,
        draws.values(),
        ice_years=ICE,
        ice_of_draw=np.arange(count, dtype=np.int64) % len(ICE),
    )


def single(of: DrawnQuestion, draw: int) -> DrawnQuestion:
    """Return one draw of a question, as a question of one draw."""
    return DrawnQuestion.of(
        of.question,
        of.table,
        {key: values[draw : draw + 1] for key, values in of.values.items()},
        ice_years=of.ice_years,
        ice_of_draw=of.ice_of_draw[draw : draw + 1],
    )


def routes(found: Decided) -> Iterator[dict[str, Any]]:
    for one in found.compared.searches:
        for route in one.routes[:1]:
            yield RouteKey.of(one, route).booked


def check_alike(many: RouteDraws, draw: int, one: RouteDraws) -> None:
    assert many.is_open[draw] == one.is_open[0]
    for name in ("cost", "price", "kg", "minutes", "transit", "arrival"):
        array, alone = getattr(many, name)[draw], getattr(one, name)[0]
        assert array == alone or abs(array - alone) <= 1e-9 * abs(alone), name


def check_draws(found: Decided, count: int, corridors: int) -> None:
    of = drawn(found, count)
    worlds, alone = of.worlds, [single(of, draw).worlds for draw in range(count)]
    for booked in list(routes(found))[:corridors]:
        many = worlds.route(**booked)
        for draw in range(count):
            check_alike(many, draw, alone[draw].route(**booked))


def test_arrays_equal_single_draws() -> None:
    check_draws(made("departure=2026-08-20"), IN_GATE, 5)


@pytest.mark.long
@pytest.mark.parametrize(
    "values", [("departure=2026-08-20",), ("departure=2026-07-01", "world=current")]
)
def test_arrays_equal_single_draws_of_all_corridors(values: tuple[str, ...]) -> None:
    check_draws(made(*values), IN_LONG, 15)


def test_bills_that_nothing_drawn_is_in_are_those_of_the_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A price multiplies bills; hours at a port are in some of them.
    found, count = made("departure=2026-08-20"), 2
    table, factor = table_at_cost(found.question), np.array([0.5, 2.0])
    values = {
        (row.parameter, row.scope): row.value * factor
        for row in table.rows
        if row.parameter in ("fuel.vlsfo_usd_per_t", "border.dwell_hours", "port.thc")
    }
    ice = np.zeros(count, np.int64)

    def priced() -> list[Priced]:
        of = DrawnQuestion.of(found.question, table, values, ice_years=ICE, ice_of_draw=ice)
        return [of.groups.priced(draw, found.question.weights.priced) for draw in range(count)]

    kept = priced()
    monkeypatch.setattr(DrawnGroups, "_stays", lambda *_: False)
    anew = priced()
    assert len({one.numbers.tobytes() for one in kept}) > 1
    for one, other in zip(kept, anew, strict=True):
        np.testing.assert_allclose(one.per_km, other.per_km, rtol=1e-12)
        np.testing.assert_array_equal(one.numbers, other.numbers)


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("quoted", "values"),
    [(True, ("world=current", "shipment.equipment=40RF")), (False, ())],
)
def test_a_route_takes_by_array_what_the_search_of_the_draw_found(
    quoted: bool, values: tuple[str, ...]
) -> None:
    found = made("departure=2026-07-01", *values)
    # In a world of lines boxes wait for those of the day, and a reefer is plugged in.
    assert found.question.only_known == bool(values)
    count = 3 if LONG else 2
    of = drawn(found, count)
    worlds = of.worlds
    for draw in range(count):
        for one in of.searched(draw, quoted=quoted, numbers=range(6)):
            route = one.best
            if route is None:
                continue
            many = worlds.route(**RouteKey.of(one, route).booked, parts=one.parts(route))
            money = many.price if quoted else many.cost
            assert many.minutes[draw] == route.minutes, one.corridor.id
            assert money[draw] == pytest.approx(route.cents / CENTS_PER_USD, abs=ARCS * 0.005)
            assert many.kg[draw] == pytest.approx(route.grams / 1000.0, abs=ARCS * 0.0005)


@pytest.mark.long
@pytest.mark.parametrize("quoted", [False, True])
def test_a_draw_weighs_dated_arcs_as_a_question_at_its_prices_does(quoted: bool) -> None:
    found = made("departure=2026-07-01", "world=current")
    of = drawn(found, 3)
    for draw in range(3):
        here = of.in_draw(draw, quoted=quoted)
        alone = weigh(here.pricer, here.bundle.groups)
        assert (here.weights.profile == alone.profile).all()
        assert any(profile.through for profile in alone.profiles)
        assert any(not profile.through for profile in alone.profiles)
        for name in ("minutes_per_km", "cents_per_km", "grams_per_km", "fixed_cents"):
            mine, its = getattr(here.weights.dates, name), getattr(alone.dates, name)
            # As `pytest.approx`, which takes arrays apart into numbers: 14 s of them here.
            assert np.isclose(mine, its, rtol=1e-9, atol=1e-9).all(), name


def test_the_ice_of_a_day_is_run_through_by_array_as_by_draw() -> None:
    # Three regimes of ice and closed days, over ten days, in two years.
    regime = np.array([[0, 0, 1, 1, 2, 2, 1, 0, -1, 0], [0, 1, 2, -1, 0, 0, 0, 0, 0, 0]])
    rng = np.random.default_rng(4)
    pace = rng.uniform(1.0, 6.0, size=(3, 50))
    start, year = rng.uniform(0.0, 4_000.0, size=50), np.arange(50) % 2
    found = run_through_draws(1_500.0, start, year, regime_of_day=regime, minutes_per_km=pace)
    ends = []
    for draw in range(50):
        days = regime[year[draw]]
        paces = np.where(days >= 0, pace[np.maximum(days, 0), draw], -1.0)
        km = np.full(10, 0.0)
        end, _, _ = run_through(1_500.0, start[draw], paces, paces, paces, 0.0, 0.0, km)
        ends.append(end)
        assert found.end[draw] == pytest.approx(end, abs=1e-9)
        if end >= 0.0:
            by_regime = [km[days == number].sum() for number in range(3)]
            assert found.km_by_regime[:, draw] == pytest.approx(by_regime, abs=1e-9)
    assert min(ends) < 0.0 < max(ends)
