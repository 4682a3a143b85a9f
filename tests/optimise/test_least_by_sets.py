"""Bounds by sets: never above the cheapest route, and exact where prices were searched before."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.optimise.planning.generation import MOST_SETS, LeastBySets


@pytest.mark.parametrize("sets", [1, 3, MOST_SETS, MOST_SETS + 2])
def test_searches_bound_the_cheapest_route_and_soon_say_it(sets: int) -> None:
    rng = np.random.default_rng(sets)
    usd = rng.uniform(500.0, 3000.0, 12)
    met = (rng.random((12, sets)) < 0.4).astype(float)

    def cheapest(by_set: np.ndarray) -> float:
        return float((usd + met @ by_set).min())

    least, exact = LeastBySets(sets), 0
    assert least.at_least("day", np.zeros(sets)) == 0.0
    asked = [np.zeros(sets), *rng.uniform(-900.0, 900.0, (60, sets)).round(-2)]
    for by_set in asked:
        found = cheapest(by_set)
        assert least.at_least("day", by_set) <= found + 1e-9
        exact += least.at_least("day", by_set) >= found - 1e-9
        least.searched("day", by_set, found)
        # A part of what is known of one day says nothing about another.
        assert least.at_least("other day", np.zeros(sets)) == 0.0
    if sets <= MOST_SETS:
        assert least.at_least("day", asked[-1]) == pytest.approx(cheapest(asked[-1]))
        assert [least.at_least("day", one) for one in asked] == pytest.approx(
            [cheapest(one) for one in asked]
        )
    if sets == 3:
        # Eight kinds of routes: most prices need no search once each kind was cheapest.
        assert exact > 30


def test_of_many_sets_a_search_without_prices_still_bounds_all_routes() -> None:
    least = LeastBySets(MOST_SETS + 1)
    least.searched("day", np.zeros(MOST_SETS + 1), 1000.0)
    assert least.at_least("day", np.full(MOST_SETS + 1, 5.0)) == 1000.0
    by_set = np.zeros(MOST_SETS + 1)
    by_set[0] = -300.0
    assert least.at_least("day", by_set) == 700.0


def test_shortest_paths_bound_routes_before_any_search() -> None:
    least = LeastBySets(3)
    # Sets 0 and 2 are told apart; no path meets both.
    least.begin("day", (0b001, 0b100), np.array([500.0, 900.0, 700.0, np.inf]))
    assert least.at_least("day", np.zeros(3)) == 500.0
    assert least.at_least("day", np.array([-450.0, 0.0, 0.0])) == 450.0
    assert least.at_least("day", np.array([-450.0, 0.0, -350.0])) == 350.0
    # A route of any of the groups may meet set 1 too.
    assert least.at_least("day", np.array([0.0, -50.0, -350.0])) == 300.0
    least.searched("day", np.zeros(3), 600.0)
    assert least.at_least("day", np.array([-250.0, 0.0, 0.0])) == 600.0
    many = LeastBySets(MOST_SETS + 1)
    many.begin("day", (0b001,), np.array([500.0, 400.0]))
    assert many.at_least("day", np.zeros(MOST_SETS + 1)) == 400.0
