"""Bounds by prices: never above the cheapest route, and exact where prices were searched before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from corridors.arrays import FloatArray
from corridors.optimise.planning.generation import MOST_PRICES, MOST_SETS, LeastByPrices
from corridors.routing.priced.priced_network import DualPrices

RESOURCES, MONTHS = 3, 4
FREE = np.zeros((RESOURCES, MONTHS))
# A route of the departures asked for may pay for all resources from the second month on.
WHERE = (np.arange(RESOURCES), slice(1, None))


def prices(by_set: npt.ArrayLike, by_month: FloatArray = FREE) -> DualPrices:
    return DualPrices(by_month=by_month, by_set=np.asarray(by_set, float))


@pytest.mark.parametrize("sets", [1, 3, MOST_SETS, MOST_SETS + 2])
def test_searches_bound_the_cheapest_route_and_soon_say_it(sets: int) -> None:
    rng = np.random.default_rng(sets)
    usd = rng.uniform(500.0, 3000.0, 12)
    met = (rng.random((12, sets)) < 0.4).astype(float)

    def cheapest(by_set: np.ndarray) -> float:
        return float((usd + met @ by_set).min())

    least, exact = LeastByPrices(sets), 0
    assert least.at_least("day", prices(np.zeros(sets)), WHERE) == 0.0
    asked = [np.zeros(sets), *rng.uniform(-900.0, 900.0, (60, sets)).round(-2)]
    for by_set in asked:
        found = cheapest(by_set)
        assert least.at_least("day", prices(by_set), WHERE) <= found + 1e-9
        exact += least.at_least("day", prices(by_set), WHERE) >= found - 1e-9
        least.searched("day", prices(by_set), WHERE, found)
        # A part of what is known of one day says nothing about another.
        assert least.at_least("other day", prices(np.zeros(sets)), WHERE) == 0.0
    if sets <= MOST_SETS:
        assert [least.at_least("day", prices(one), WHERE) for one in asked] == pytest.approx(
            [cheapest(one) for one in asked]
        )
    if sets == 3:
        # Eight kinds of routes: most prices need no search once each kind was cheapest.
        assert exact > 30


def test_prices_of_capacities_bound_what_routes_cost_at_no_lower_ones() -> None:
    rng = np.random.default_rng(60)
    usd, sets = rng.uniform(500.0, 3000.0, 12), 2
    met = (rng.random((12, sets)) < 0.4).astype(float)
    uses = (rng.random((12, RESOURCES, MONTHS)) < 0.2).astype(float)
    uses[:, :, 0] = 0.0

    def cheapest(one: DualPrices) -> float:
        paid = (uses * one.by_month).sum(axis=(1, 2))
        return float((usd + met @ one.by_set + paid).min())

    least, told = LeastByPrices(sets), 0
    for _ in range(120):
        by_month = rng.choice([0.0, 200.0, 800.0], (RESOURCES, MONTHS))
        one = prices(rng.uniform(-400.0, 400.0, sets).round(-2), by_month)
        known = least.at_least("day", one, WHERE)
        assert known <= cheapest(one) + 1e-9
        told += known > 0.0
        least.searched("day", one, WHERE, cheapest(one))
        assert least.at_least("day", one, WHERE) == pytest.approx(cheapest(one))
        # What it pays in the month before says nothing of it.
        sooner = by_month.copy()
        sooner[:, 0] += 50.0
        assert least.at_least("day", prices(one.by_set, sooner), WHERE) == pytest.approx(
            cheapest(one)
        )
    assert told > 20
    assert len(least._at_prices["day"]) <= MOST_PRICES


def test_lower_prices_of_capacities_are_bounded_by_none_that_are_higher() -> None:
    least, dear = LeastByPrices(1), FREE + 100.0
    least.searched("day", prices([0.0], dear), WHERE, 900.0)
    assert least.at_least("day", prices([0.0], dear + 1.0), WHERE) == 900.0
    assert least.at_least("day", prices([0.0], dear - 1.0), WHERE) == 0.0
    assert least.at_least("day", prices([-50.0], dear), WHERE) == 850.0


def test_of_many_sets_a_search_without_prices_still_bounds_all_routes() -> None:
    least = LeastByPrices(MOST_SETS + 1)
    least.searched("day", prices(np.zeros(MOST_SETS + 1)), WHERE, 1000.0)
    assert least.at_least("day", prices(np.full(MOST_SETS + 1, 5.0)), WHERE) == 1000.0
    by_set = np.zeros(MOST_SETS + 1)
    by_set[0] = -300.0
    assert least.at_least("day", prices(by_set), WHERE) == 700.0


def test_shortest_paths_bound_routes_before_any_search() -> None:
    least = LeastByPrices(3)
    # Sets 0 and 2 are told apart; no path meets both.
    least.begin("day", (0b001, 0b100), np.array([500.0, 900.0, 700.0, np.inf]))
    assert least.at_least("day", prices(np.zeros(3)), WHERE) == 500.0
    assert least.at_least("day", prices([-450.0, 0.0, 0.0]), WHERE) == 450.0
    assert least.at_least("day", prices([-450.0, 0.0, -350.0]), WHERE) == 350.0
    # A route of any of the groups may meet set 1 too.
    assert least.at_least("day", prices([0.0, -50.0, -350.0]), WHERE) == 300.0
    least.searched("day", prices(np.zeros(3)), WHERE, 600.0)
    assert least.at_least("day", prices([-250.0, 0.0, 0.0]), WHERE) == 600.0
    many = LeastByPrices(MOST_SETS + 1)
    many.begin("day", (0b001,), np.array([500.0, 400.0]))
    assert many.at_least("day", prices(np.zeros(MOST_SETS + 1)), WHERE) == 400.0
