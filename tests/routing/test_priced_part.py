"""A search of the arcs near the cheapest route finds what a search of all arcs finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.routing.priced.priced_network import (
    MOST_GROUPS,
    DualPrices,
    ObjectiveWeights,
    Part,
    PricedNetwork,
    groups_of,
    least_at_each,
    least_paths,
    narrow,
    wide,
)
from corridors.routing.priced.priced_search import KnownRoutes, PricedSearch
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import weighed
from tests.strategies import Arc, problem_of, problems

SETS = 3
ANY_USD = 1e9
DAY = 1440
WORTH = ObjectiveWeights(usd=1.0, day=5.0, kg=0.0)
MONTH_OF_DAY = np.minimum(np.arange(12) // 3, 3).astype(np.int64)


def network_of(problem: Problem, used: list[bool], sets: list[int]) -> PricedNetwork:
    """Return a network whose arcs use one unit of one resource, or none."""
    return PricedNetwork(
        problem=problem,
        use_first=np.concatenate([[0], np.cumsum(used)]).astype(np.int64),
        use_resource=np.zeros(sum(used), np.int64),
        use_amount=np.ones(sum(used)),
        sets=np.array(sets, np.int64),
        corridor=np.zeros(len(used), np.int64),
    )


def search_of(network: PricedNetwork) -> PricedSearch:
    return PricedSearch(
        network, WORTH, max_wait_days=1, max_minutes=None,
        month_of_day=MONTH_OF_DAY, longest_round=1e6,
    )  # fmt: skip


@st.composite
def networks(draw: st.DrawFn) -> PricedNetwork:
    problem = draw(problems(most_nodes=7))
    arcs = problem.base.shape[0]
    return network_of(
        problem,
        [draw(st.booleans()) for _ in range(arcs)],
        [draw(st.sampled_from((0, 1, 2, 4, 3))) for _ in range(arcs)],
    )


USD = st.sampled_from((-60.0, -5.0, 0.0, 7.0, 60.0))


@st.composite
def prices(draw: st.DrawFn) -> DualPrices:
    month = st.sampled_from((0.0, 0.0, 9.0, 80.0))
    return DualPrices(
        by_month=np.array([[draw(month) for _ in range(4)]]),
        by_set=np.array([draw(USD) for _ in range(SETS)]),
    )


@st.composite
def parts(draw: st.DrawFn) -> Part:
    groups = draw(st.sampled_from(((), (1,), (2, 5), (1, 2, 4), (7,))))
    limit = st.sampled_from((0.0, 20.0, 100.0, 400.0, np.inf))
    return Part(groups=groups, below_usd=np.array([draw(limit) for _ in range(1 << len(groups))]))


@settings(
    max_examples=300, database=None, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(networks(), parts(), st.data())
def test_a_part_has_every_route_it_promises(
    network: PricedNetwork, part: Part, data: st.DataObject
) -> None:
    whole = search_of(network)
    near = whole.only(part)
    near = near.on(wide(narrow([near.network]))[0])
    for day in (0, 1, 4):
        dual_prices = data.draw(prices())
        most_usd = min(part.left_out_usd(dual_prices.by_set), ANY_USD)
        there = whole.cheapest(day, dual_prices, objective=WORTH, most_usd=ANY_USD)
        here = near.cheapest(day, dual_prices, objective=WORTH, most_usd=most_usd)
        if there is None or there[1] >= most_usd:
            assert here is None
        else:
            assert here is not None
            assert here[1] == pytest.approx(there[1], abs=1e-6)


@settings(
    max_examples=300, database=None, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(networks(), parts(), st.data())
def test_a_part_at_the_least_of_some_prices_serves_each_of_them(
    network: PricedNetwork, part: Part, data: st.DataObject
) -> None:
    problem = network.problem
    more = st.sampled_from((0, 0, 100, 3000))

    def dearer() -> PricedNetwork:
        added = np.array([data.draw(more) for _ in range(problem.base.shape[0])], np.int64)
        at = problem.reweighed(cents=problem.cents + added, low_cents=problem.low_cents + added)
        return replace(network, problem=at)

    at_prices = [dearer() for _ in range(3)]
    cents, minutes, grams = WORTH.units
    lows = [
        weighed(at.problem, cents=cents, minutes=minutes, grams=grams).low_cents for at in at_prices
    ]
    least = problem.reweighed(low_cents=np.min(lows, axis=0))
    paths = least_paths(least, network.sets, part.groups)
    keep = paths.below(problem, part.below_usd)
    each = least_at_each(problem, lows)
    for at, low, usd in zip(at_prices, lows, each, strict=True):
        whole, near = search_of(at), search_of(at.only(keep)[0])
        alone = least_paths(problem.reweighed(low_cents=low), network.sets, ())
        assert usd == alone.far[SOURCE].min()
        dual_prices = data.draw(prices())
        most_usd = min(part.left_out_usd(dual_prices.by_set), ANY_USD)
        there = whole.cheapest(0, dual_prices, objective=WORTH, most_usd=most_usd)
        here = near.cheapest(0, dual_prices, objective=WORTH, most_usd=most_usd)
        assert (there is None) == (here is None)
        if there is not None and here is not None:
            assert here[1] == pytest.approx(there[1], abs=1e-6)


@settings(
    max_examples=200, database=None, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(networks(), networks())
def test_what_is_known_of_a_network_serves_only_those_of_the_same_figures(
    network: PricedNetwork, other: PricedNetwork
) -> None:
    arcs = np.arange(network.problem.base.shape[0])
    renamed = network.problem.reweighed(number=7 + 3 * arcs, base=arcs[::-1].copy())
    known: KnownRoutes = {}
    free = DualPrices(by_month=np.zeros((1, 4)), by_set=np.zeros(SETS))
    for one in (network, replace(network, problem=renamed), other):
        for day in (0, 4, 1):
            search = search_of(one)
            there = search.cheapest(day, free, objective=WORTH, most_usd=ANY_USD)
            assert search.cheapest_known(day, free, known, most_usd=ANY_USD) == there


def test_what_changes_with_no_day_is_searched_once_for_all() -> None:
    known: KnownRoutes = {}
    free = DualPrices(by_month=np.zeros((1, 4)), by_set=np.zeros(SETS))
    search = search_of(detour())
    routes = [search.cheapest_known(day, free, known, most_usd=ANY_USD) for day in (0, 4)]
    assert len(known) == 1
    early, late = (found[0] for found in routes if found is not None)
    assert late.starts == tuple(start + 4 * DAY for start in early.starts)
    assert (late.arcs, late.cents) == (early.arcs, early.cents)


def arc(tail: int, head: int, usd: int, *, place: int = -1, kg: int = 0) -> Arc:
    return Arc(tail=tail, head=head, clock=DAY, before=0, cents=100 * usd, grams=1000 * kg, km=1.0,
               place=place, profile=-1)  # fmt: skip


FREE = DualPrices(by_month=np.zeros((1, 4)), by_set=np.zeros(SETS))


def detour() -> PricedNetwork:
    """By 2 for 30 USD and two days, or by 3 for 300 USD, where set 0 lies; 40 kg or 10 kg."""
    problem = problem_of(
        [arc(SOURCE, 3, 150), arc(SOURCE, 2, 10, kg=40), arc(3, SINK, 150, kg=10),
         arc(2, SINK, 20)],
        [], 4, wait_cents_per_day=0, days=12,
    )  # fmt: skip
    dear = [
        int(tail == 3 or head == 3) for tail, head in zip(problem.tail, problem.head, strict=True)
    ]
    return network_of(problem, [False] * 4, dear)


def below(usd: float, *, with_set: float | None = None) -> Part:
    """Return the part of routes below so many USD, or below others if they meet set 0."""
    if with_set is None:
        return Part(groups=(), below_usd=np.array([usd]))
    return Part(groups=(1,), below_usd=np.array([usd, with_set]))


def test_arcs_of_dearer_routes_are_left_out_and_keep_their_numbers() -> None:
    network = detour()
    near = search_of(network).only(below(50.0))
    assert near.network.problem.base.shape[0] == 2
    found = near.cheapest(0, FREE, objective=WORTH, most_usd=50.0)
    whole = search_of(network).cheapest(0, FREE, objective=WORTH, most_usd=50.0)
    assert found is not None
    assert found == whole
    assert network.problem.head[list(found[0].arcs)].tolist() == [2, SINK]


def test_dearer_routes_are_kept_only_where_they_meet_their_set() -> None:
    search = search_of(detour())
    # By 3 it takes 300 USD and two days at 5 USD, and meets the set; all else takes 40.
    assert search.least_usd((1,)).tolist() == pytest.approx([40.0, 310.0])
    assert search.least_usd((2,)).tolist() == pytest.approx([40.0, np.inf])
    kept = [
        search.only(part).network.problem.head.tolist()
        for part in (below(50.0, with_set=311.0), below(50.0, with_set=309.0), below(10.0))
    ]
    assert [len(heads) for heads in kept] == [4, 2, 0]
    part = below(50.0, with_set=311.0)
    # A reward of 290 leaves 21 USD to the next route with the set; a price leaves that without.
    assert part.left_out_usd(np.array([-290.0, 0.0, 0.0])) == pytest.approx(21.0)
    assert part.left_out_usd(np.array([70.0, 0.0, 0.0])) == pytest.approx(50.0)
    # What a set that is not told apart may pay, every route may get.
    assert part.left_out_usd(np.array([0.0, -30.0, 0.0])) == pytest.approx(20.0)


def test_the_largest_rewards_are_told_apart() -> None:
    assert groups_of(np.array([0.0, -5.0, -60.0])) == (4, 2)
    assert groups_of(np.zeros(3)) == ()
    groups = groups_of(-np.arange(8.0))
    assert groups == (128, 64, 32, 0b11110)
    assert len(groups) == MOST_GROUPS


def test_a_part_runs_no_leg_there_and_back_either() -> None:
    """The cheapest way to 3 comes to place 7 twice, which no route may."""
    problem = problem_of(
        [arc(SOURCE, 2, 1), arc(2, 3, 1, place=7), arc(3, 4, 1), arc(4, 5, 1, place=7),
         arc(5, SINK, 1), arc(3, SINK, 90)],
        [], 6, wait_cents_per_day=0, days=12,
    )  # fmt: skip
    whole = search_of(network_of(problem, [False] * 6, [0] * 6))
    near = whole.only(below(200.0))
    found = near.cheapest(0, FREE, objective=WORTH, most_usd=200.0)
    assert found is not None
    assert found[0].cents == 9200
    assert whole.cheapest(0, FREE, objective=WORTH, most_usd=200.0) == found


def test_with_lighter_weights_the_dearer_route_may_be_best() -> None:
    by_kg = ObjectiveWeights(usd=1e-6, day=0.0, kg=1.0)
    found = search_of(detour()).cheapest(0, FREE, objective=by_kg, most_usd=50.0)
    assert found is not None
    assert found[0].grams == 10_000


@pytest.mark.parametrize(
    ("by_month", "day", "usd"),
    [
        # Months have three days. A day on the way costs 5 USD, and the cheap arc uses the resource.
        ((0.0, 90.0), 0, 105.0),
        ((90.0, 0.0), 0, 110.0),
        ((90.0, 0.0), 3, 105.0),
        ((0.0, 90.0), 5, 110.0),
        ((3.0, 90.0), 2, 108.0),
    ],
)
def test_a_capacity_is_paid_for_at_the_price_of_its_month(
    by_month: tuple[float, float], day: int, usd: float
) -> None:
    arcs = [arc(SOURCE, SINK, 100), arc(SOURCE, SINK, 105)]
    problem = problem_of(arcs, [], 2, wait_cents_per_day=0, days=12)
    search = search_of(network_of(problem, [True, False], [0, 0]))
    dual_prices = DualPrices(by_month=np.array([[*by_month, 0.0, 0.0]]), by_set=np.zeros(SETS))
    found = search.cheapest(day, dual_prices, objective=WORTH, most_usd=usd + 1.0)
    assert found is not None
    assert found[1] == pytest.approx(usd)
    assert search.cheapest(day, dual_prices, objective=WORTH, most_usd=usd - 1.0) is None


def test_a_way_that_may_not_turn_for_a_reward_hides_none_that_need_not() -> None:
    # Place 3 is reached for 43 by 2 and 4, or for 70. A reward of 100 lies from 3 to 2, where the
    # first has been: it ends with 2 alone for 37, the other for 136 less 100.
    problem = problem_of(
        [arc(SOURCE, 2, 9, place=2), arc(SOURCE, 3, 70, place=3), arc(2, 4, 23, place=4),
         arc(2, SINK, 18), arc(4, 3, 11, place=3), arc(3, 2, 18, place=2)],
        [], 5, wait_cents_per_day=0, days=12,
    )  # fmt: skip
    rewarded = (problem.tail == 3).astype(int).tolist()
    search = search_of(network_of(problem, [False] * 6, rewarded))
    prices = replace(FREE, by_set=np.array([-100.0, 0.0, 0.0]))
    found = search.cheapest(0, prices, objective=WORTH, most_usd=ANY_USD)
    assert found is not None
    assert found[0].places == (3, 2)
    assert found[1] == pytest.approx(70.0 + 18.0 + 18.0 + 3 * 5.0 - 100.0)
