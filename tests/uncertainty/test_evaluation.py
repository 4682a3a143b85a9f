"""The median of draws that a route is centred by."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.uncertainty.evaluation import Taken, median_of, objective_of


@pytest.mark.parametrize("spread", [0.05, 0.2, 0.5])
def test_the_median_of_stratified_draws_is_nearer_than_that_of_the_sample(spread: float) -> None:
    """Sums of prices by a thousand stratified draws, against a million free ones."""
    shares = np.array([0.5, 0.3, 0.2])
    free = np.random.default_rng(0).normal(size=(1_000_000, 3))
    true = float(np.median(np.exp(spread * free) @ shares))
    off, off_of_sample = [], []
    for seed in range(20):
        order = np.random.default_rng(seed).permuted(np.tile(np.arange(1_000), (3, 1)), axis=1).T
        normal = np.array([NormalDist().inv_cdf((n + 0.5) / 1_000) for n in range(1_000)])
        drawn = np.exp(spread * normal[order]) @ shares
        off.append(median_of(drawn) / true - 1.0)
        off_of_sample.append(float(np.median(drawn)) / true - 1.0)
    assert np.sqrt(np.mean(np.square(off))) < 0.5 * np.sqrt(np.mean(np.square(off_of_sample)))


def test_the_median_of_two_heaps_lies_in_the_larger() -> None:
    drawn = np.array([40.0] * 70 + [200.0] * 30)
    assert median_of(drawn) == 40.0
    assert median_of(np.array([0.0, 0.0, 5.0])) == 0.0
    assert median_of(np.full(9, 3.0)) == pytest.approx(3.0)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_day_worth_nothing_leaves_a_closed_route_infinite() -> None:
    least = np.array([100.0, np.inf])
    taken = Taken(
        **dict.fromkeys(("cost", "price", "kg", "days", "transit", "arrival"), least),
        late=np.zeros(2),
        late_on_the_way=np.zeros(2),
        is_open=np.array([True, False]),
    )
    scenario = load_scenario(
        "shanghai-europe",
        set_values=["objective=generalised", "shipment.value_of_time_usd_per_teu_day=0"],
    )
    assert objective_of(taken, scenario, quoted=False).tolist() == [100.0, np.inf]
