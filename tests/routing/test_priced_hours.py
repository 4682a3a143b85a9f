"""Where the hour decides, the slow way to a cheap ferry is found, or said to be in doubt."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.routing.priced import search as priced_search
from corridors.routing.priced.network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.priced.search import PricedSearch
from corridors.routing.problem import SINK, SOURCE
from tests.strategies import Arc, Dated, Regime, problem_of

DAY = 1440
DAYS = 8
WORTH = ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)
FREE = DualPrices(by_month=np.zeros((0, 1)), by_set=np.zeros(0))


def search() -> PricedSearch:
    """Return a search over a train of 10 USD and a day, one of 11 USD and three, and a ferry.

    The ferry takes 90 USD on the first two days, nothing from the third on.
    """
    dear, free = (
        Regime(pace=1.0, cents_per_km=0.0, fixed_cents=cents, grams_per_km=0.0)
        for cents in (9_000.0, 0.0)
    )
    ferry = Dated(regimes=(dear,) * 2 + (free,) * (DAYS - 2), through=False)

    def arc(tail: int, head: int, days: int, usd: int, leg: int, profile: int = -1) -> Arc:
        return Arc(tail=tail, head=head, clock=days * DAY, before=0, cents=100 * usd, grams=0,
                   km=1.0, leg=leg, profile=profile)  # fmt: skip

    problem = problem_of(
        [arc(SOURCE, 2, 1, 10, 0), arc(SOURCE, 2, 3, 11, 1), arc(2, SINK, 0, 0, 2, profile=0)],
        [ferry],
        [False] * 3,
        wait_cents_per_day=0,
        days=DAYS,
    )
    network = PricedNetwork(
        problem=problem,
        use_first=np.zeros(4, np.int64),
        use_resource=np.zeros(0, np.int64),
        use_amount=np.zeros(0),
        sets=np.zeros(3, np.int64),
        corridor=np.zeros(3, np.int64),
    )
    return PricedSearch(
        network,
        WORTH,
        max_wait_days=0,
        max_minutes=None,
        month_of_day=np.zeros(DAYS, np.int64),
    )


def usd(made: PricedSearch) -> float:
    found = made.cheapest(0, FREE, objective=WORTH, most_usd=1e9)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("few", [0, 500])
def test_the_slow_way_to_the_cheap_ferry_is_found(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(priced_search, "LABELS_BY_TIME", ((few, 0), (20_000, 60)))
    made = search()
    assert usd(made) == pytest.approx(11.0)
    assert not made.cut


def test_a_departure_is_cut_until_a_later_search_proves_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = search()
    with monkeypatch.context() as cramped:
        cramped.setattr(priced_search, "LABELS_BY_TIME", ((0, 0), (0, 60)))
        assert usd(made) == pytest.approx(100.0)
        assert made.cut == {0}
    assert usd(made) == pytest.approx(11.0)
    assert not made.cut
