"""The cheapest route under charges is that of an enumeration, on drawn networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.priced.priced_search import PricedSearch
from corridors.routing.problem import SINK, SOURCE
from tests.enumeration import run
from tests.strategies import problems

SETS = 4
WORTH = ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)


@st.composite
def priced_networks(draw: st.DrawFn) -> tuple[PricedNetwork, DualPrices]:
    problem = draw(problems(most_nodes=7, dated=False))
    arcs = problem.base.shape[0]
    network = PricedNetwork(
        problem=problem,
        use_first=np.zeros(arcs + 1, np.int64),
        use_resource=np.zeros(0, np.int64),
        use_amount=np.zeros(0),
        sets=np.array([draw(st.sampled_from((0, 1, 2, 4, 8, 3))) for _ in range(arcs)], np.int64),
        corridor=np.zeros(arcs, np.int64),
    )
    usd = st.sampled_from((-300.0, -40.0, 0.0, 7.0, 60.0, 500.0))
    by_set = np.array([draw(usd) for _ in range(SETS)])
    return network, DualPrices(by_month=np.zeros((1, 1)), by_set=by_set)


def routes(
    network: PricedNetwork, dual_prices: DualPrices, node: int, clock: int, usd: float, sets: int,
    met: frozenset[tuple[str, int]],
) -> Iterator[float]:  # fmt: skip
    if node == SINK:
        yield usd + sum(float(dual_prices.by_set[s]) for s in range(SETS) if sets >> s & 1)
        return
    problem = network.problem
    for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
        took = run(problem, arc, clock)
        head, place = int(problem.head[arc]), int(problem.place[arc])
        tokens = {("n", head)} | ({("p", place)} if place >= 0 else set())
        if took is None or tokens & met:
            continue
        yield from routes(
            network, dual_prices, head, clock + took[0], usd + took[2] / 100,
            sets | int(network.sets[arc]), met | tokens,
        )  # fmt: skip


@settings(
    max_examples=400,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(priced_networks())
def test_charges_paid_once_are_weighed_as_an_enumeration_weighs_them(
    drawn: tuple[PricedNetwork, DualPrices],
) -> None:
    network, dual_prices = drawn
    search = PricedSearch(
        network, WORTH, max_wait_days=0, max_minutes=None,
        month_of_day=np.zeros(12, np.int64), longest_round=1e6,
    )  # fmt: skip
    found = search.cheapest(0, dual_prices, objective=WORTH, most_usd=1e9)
    every = list(routes(network, dual_prices, SOURCE, 0, 0.0, 0, frozenset({("n", SOURCE)})))
    assert (found is None) == (not every)
    if found is not None:
        assert found[1] == pytest.approx(min(every), abs=1e-6)
