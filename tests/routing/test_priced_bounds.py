"""Bounds of the search under charges never say more than the cheapest route costs."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.routing.priced.bounds import PricedBounds, by_the_hour
from corridors.routing.priced.network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.problem import SINK, SOURCE, Problem
from tests.enumeration import run
from tests.strategies import Arc, problem_of, problems

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


def bounds_of(network: PricedNetwork) -> PricedBounds:
    return PricedBounds(
        network,
        WORTH,
        most_minutes=40 * DAY,
        max_wait_days=0,
        month_of_day=MONTH_OF_DAY,
        longest_round=1e6,
    )


def cheapest(
    network: PricedNetwork, dual_prices: DualPrices, node: int, clock: int, met: frozenset[int]
) -> float:
    """Return what a route from a node at a minute costs at least, by trying all."""
    if node == SINK:
        return 0.0
    problem, least = network.problem, math.inf
    for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
        head, took = int(problem.head[arc]), run(problem, arc, clock)
        if took is None or head in met:
            continue
        cost = took[2] / 100 * WORTH.usd + took[1] / DAY * WORTH.day
        if network.use_first[arc + 1] > network.use_first[arc]:
            day = min(clock // DAY, MONTH_OF_DAY.shape[0] - 1)
            cost += float(dual_prices.by_month[0, MONTH_OF_DAY[day]])
        least = min(
            least, cost + cheapest(network, dual_prices, head, clock + took[0], met | {head})
        )
    return least


def states(problem: Problem) -> set[tuple[int, int]]:
    """Return the nodes before the sink with the minutes at which a route of day 0 is there."""
    found: set[tuple[int, int]] = set()
    queue = [(SOURCE, 0, frozenset({SOURCE}))]
    while queue:
        node, clock, met = queue.pop()
        found.add((node, clock))
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, took = int(problem.head[arc]), run(problem, arc, clock)
            if took is not None and head != SINK and head not in met:
                queue.append((head, clock + took[0], met | {head}))
    return found


def test_what_lies_ahead_by_the_hour_is_never_too_much_and_mostly_exact() -> None:
    gaps: list[float] = []

    @settings(max_examples=60, database=None, derandomize=True, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(problems(most_nodes=5), st.data())
    def compare(problem: Problem, data: st.DataObject) -> None:
        count = problem.base.shape[0]
        used = [data.draw(st.booleans()) for _ in range(count)]
        network = network_of(problem, used, [0] * count)
        dear = [float(data.draw(st.sampled_from((0, 7, 30)))) for _ in range(4)]
        dual_prices = DualPrices(by_month=np.array([dear]), by_set=np.zeros(0))
        every = bounds_of(network)
        bounds = every.of(0, dual_prices, WORTH, 1e9)
        ahead = by_the_hour(
            network,
            bounds,
            lasting=every.lasting,
            length=360,
            kept=np.ones(count, bool),
            counts=np.arange(problem.node_count) != SINK,
            start_day=0,
            most_minutes=40 * DAY,
            month_of_day=MONTH_OF_DAY,
            max_wait_days=0,
        )
        for node, clock in states(problem):
            row = ahead.row_of[node]
            step = clock // ahead.length - ahead.first[row]
            low = float(bounds.to_sink[node])
            if 0 <= step < ahead.steps[row]:
                low = float(ahead.by_step[row, step])
            true = cheapest(network, dual_prices, node, clock, frozenset({node}))
            assert low <= true + 1e-9
            if math.isfinite(true):
                gaps.append(true - low)

    compare()
    assert np.median(gaps) < 1.0, "USD: bounds that leave little to search"


def test_sets_that_may_and_that_must_be_met() -> None:
    """From 2 a route may go by 3, and meet set 1, or go straight; set 0 lies on every way there."""

    def arc(tail: int, head: int) -> Arc:
        return Arc(tail=tail, head=head, clock=DAY, before=0, cents=100, grams=0, km=1.0,
                   leg=-1, profile=-1)  # fmt: skip

    problem = problem_of(
        [arc(SOURCE, 2), arc(SOURCE, SINK), arc(2, 3), arc(2, SINK), arc(3, SINK)],
        [], [False] * 4, wait_cents_per_day=0, days=12,
    )  # fmt: skip
    ahead = bounds_of(network_of(problem, [False] * 5, [0b01, 0, 0b10, 0, 0])).lasting.sets
    assert ahead.may.tolist() == [0b11, 0, 0b10, 0]
    assert ahead.must.tolist() == [0, 0, 0, 0]
    assert ahead.over_may.tolist() == [0b11, 0, 0b11, 0b01, 0b11]
    assert ahead.over_must.tolist() == [0b01, 0, 0b11, 0b01, 0b11]
    priced = ahead.least_paid(np.array([50.0, -20.0]))
    assert priced.tolist() == [30.0, 0.0, 30.0, 50.0, 30.0]
