"""Quantile functions of rows and events against figures worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from corridors.uncertainty.booked import chances, least, mean_of_worst, regret
from corridors.uncertainty.draws import Z95, Shape, Spread, erlang_quantiles, normal_quantiles

AT = np.array([-Z95, 0.0, Z95])


@pytest.mark.parametrize(
    ("low", "value", "high"), [(400.0, 500.0, 800.0), (500.0, 500.0, 700.0), (-2.0, 0.0, 5.0)]
)
def test_a_row_passes_its_low_value_and_high(low: float, value: float, high: float) -> None:
    drawn = Spread.of_range(low, value, high).at(AT)
    assert drawn == pytest.approx([low, value, high])


def test_halving_the_width_halves_the_logarithm() -> None:
    half = Spread.of_range(400.0, 800.0, 1600.0, width=0.5).at(AT)
    assert half == pytest.approx([800.0 / math.sqrt(2.0), 800.0, 800.0 * math.sqrt(2.0)])
    assert Spread.of_range(400.0, 800.0, 1600.0, width=0.0).is_flat


def test_nothing_is_drawn_beyond_one_and_ninety_nine_per_cent() -> None:
    spread = Spread.of_range(36.0, 36.0, 120.0)
    far, at_99 = spread.at(np.array([6.0])), spread.at(np.array([2.3263478740408408]))
    assert far == at_99 == pytest.approx(36.0 * (120.0 / 36.0) ** (2.3263478740408408 / Z95))


@given(
    low=st.floats(-10.0, 10.0),
    more=st.floats(0.0, 10.0),
    most=st.floats(0.0, 10.0),
    z=st.lists(st.floats(-6.0, 6.0), min_size=2),
)
def test_no_draw_leaves_its_bounds_and_order_is_kept(
    low: float, more: float, most: float, z: list[float]
) -> None:
    spread = Spread.of_range(low, low + more, low + more + most, least=low - 1.0, most=12.0 + low)
    drawn = spread.at(np.sort(np.array(z)))
    assert ((low - 1.0 <= drawn) & (drawn <= 12.0 + low)).all()
    assert (np.diff(drawn) >= 0.0).all()


def test_an_erlang_event_has_its_chance_its_mean_and_its_least() -> None:
    # A ship in four is late: a day at least, five on average.
    u = (np.arange(200_000) + 0.5) / 200_000
    late = Shape(probability=0.25, least=1.0, mean=5.0, stages=2).at(u)
    assert (late > 0.0).mean() == pytest.approx(0.25, abs=1e-4)
    assert late[late > 0.0].min() >= 1.0
    assert late.mean() == pytest.approx(1.25, rel=1e-3)
    # Erlang of two stages: P(X > x) = (1 + x / 2) e^(-x / 2) with a mean of 4 beyond the day.
    assert (late > 7.0).mean() == pytest.approx(0.25 * 4.0 * math.exp(-3.0), rel=1e-3)


def test_a_log_normal_event_has_its_mean_and_quantiles() -> None:
    sigma = math.log(1.461 / 0.609) / (2.0 * 1.2815515655446004)
    u = (np.arange(200_000) + 0.5) / 200_000
    drawn = Shape(probability=1.0, least=0.0, mean=1.0, sigma=sigma).at(u)
    assert drawn.mean() == pytest.approx(1.0, rel=1e-4)
    assert np.quantile(drawn, 0.9) / np.quantile(drawn, 0.1) == pytest.approx(1.461 / 0.609, 1e-3)
    half = stats.lognorm(sigma, scale=math.exp(-(sigma**2) / 2.0)).median()
    assert np.median(drawn) == pytest.approx(half, rel=1e-4)


@given(
    shares=st.lists(st.floats(1e-6, 1.0 - 1e-9), min_size=1, max_size=20),
    stages=st.integers(1, 12),
)
def test_quantiles_are_those_of_scipy(shares: list[float], stages: int) -> None:
    at = np.array(shares)
    assert erlang_quantiles(at, stages) == pytest.approx(special.gammaincinv(stages, at), rel=1e-9)
    assert normal_quantiles(at) == pytest.approx(special.ndtri(at), rel=1e-12, abs=1e-15)


def test_quantiles_begin_at_nothing_and_rise() -> None:
    at = np.array([0.0, 1e-16, 1e-12, 1e-9, 0.5, 1.0 - 1e-12])
    for stages in (1, 2, 3, 40):
        found = erlang_quantiles(at, stages)
        assert found[0] == 0.0
        assert (np.diff(found) >= 0.0).all()
    assert normal_quantiles(np.array([0.0, 0.5, 1.0])).tolist() == [-math.inf, 0.0, math.inf]


def test_the_least_counts_by_draw_and_a_draw_without_an_open_option_for_none() -> None:
    inf = math.inf
    values = np.array([[1.0, 4.0, inf, 3.0], [2.0, 3.0, inf, 3.0]])
    assert least(values).tolist() == [0, 1, -1, 0]
    assert least(values[:0]).tolist() == [-1, -1, -1, -1]
    assert chances(values).tolist() == [0.5, 0.25]
    # Booking the first loses nothing, one, nothing: it is closed in the third draw.
    lost = regret(values, 0)
    assert lost is not None
    assert lost == pytest.approx((1.0 / 3.0, 1.0))
    assert regret(np.full((1, 3), inf), 0) is None


def test_the_mean_of_the_worst_twentieth_is_that_of_the_five_greatest_of_a_hundred() -> None:
    assert mean_of_worst(np.arange(1.0, 101.0)) == pytest.approx(98.0)
