"""Shares of boxes by way: a logit with path sizes, groups of goods and capacities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp, softmax

from corridors.data.cargo import load_goods_groups
from corridors.optimise.shares import first_come, logsum, path_sizes, shares

USD = st.floats(0.0, 20_000.0)
SCALE = st.floats(1.0, 10_000.0)
COSTS = st.lists(USD, min_size=1, max_size=8)
SIZE = st.floats(0.05, 1.0)
LEGS = st.dictionaries(st.integers(0, 6), st.floats(1.0, 9_000.0), min_size=1, max_size=6)


@st.composite
def asked(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, float]:
    """Costs of groups and ways, some of which are closed, path sizes and a scale."""
    ways, groups = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    row = st.lists(st.one_of(USD, st.just(np.inf)), min_size=ways, max_size=ways)
    costs = np.array(draw(st.lists(row, min_size=groups, max_size=groups)))
    costs[:, 0] = np.where(np.isinf(costs[:, 0]), 5_000.0, costs[:, 0])
    sizes = np.array(draw(st.lists(SIZE, min_size=ways, max_size=ways)))
    return costs, sizes, draw(SCALE)


@given(asked())
def test_shares_and_logsum_equal_those_of_scipy(case: tuple[np.ndarray, np.ndarray, float]) -> None:
    costs, sizes, scale = case
    utility = np.log(sizes) - costs / scale
    assert shares(costs, scale, sizes) == pytest.approx(softmax(utility, axis=1), abs=1e-12)
    expected = -scale * logsumexp(utility, axis=1)
    assert logsum(costs, scale, sizes) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(asked())
def test_shares_of_each_group_sum_to_one(case: tuple[np.ndarray, np.ndarray, float]) -> None:
    assert shares(*(case[0], case[2], case[1])).sum(axis=1) == pytest.approx(1.0)


@given(COSTS, SCALE, st.floats(1.0, 5_000.0))
def test_a_cheaper_way_has_more_and_no_other_way_has_more(
    costs: list[float], scale: float, saved: float
) -> None:
    cheaper = [costs[0] - saved, *costs[1:]]
    before, after = shares(costs, scale), shares(cheaper, scale)
    assert after[0] >= before[0]
    assert (after[1:] <= before[1:] + 1e-15).all()
    assert logsum(cheaper, scale) <= logsum(costs, scale)


def test_the_gain_of_a_small_fall_in_cost_is_the_share_times_it() -> None:
    costs = [2_000.0, 2_600.0, 3_500.0]
    gain = logsum(costs, 800.0) - logsum([1_999.9, 2_600.0, 3_500.0], 800.0)
    assert gain == pytest.approx(0.1 * shares(costs, 800.0)[0], rel=1e-3)


@given(st.lists(LEGS, min_size=1, max_size=6), st.data())
def test_an_identical_way_written_twice_changes_nothing(
    ways: list[dict[int, float]], data: st.DataObject
) -> None:
    # One length a leg, as in a network.
    ways = [{leg: 100.0 * (leg + 1) for leg in way} for way in ways]
    costs = data.draw(st.lists(USD, min_size=len(ways), max_size=len(ways)))
    twice = data.draw(st.integers(0, len(ways) - 1))
    costs = [next(costs[n] for n, w in enumerate(ways) if w == way) for way in ways]
    once = shares(costs, 1_000.0, path_sizes(ways))
    both = shares([*costs, costs[twice]], 1_000.0, path_sizes([*ways, ways[twice]]))
    alike = [number for number, way in enumerate(ways) if way == ways[twice]]
    others = [number for number in range(len(ways)) if number not in alike]
    assert both[[*alike, len(ways)]].sum() == pytest.approx(once[alike].sum())
    assert both[others] == pytest.approx(once[others])


def test_ways_that_share_half_of_their_length_have_three_quarters_each() -> None:
    sizes = path_sizes([{"a": 500.0, "b": 500.0}, {"a": 500.0, "c": 500.0}, {"d": 900.0}])
    assert sizes == pytest.approx([0.75, 0.75, 1.0])


def test_scale_zero_gives_all_to_the_least_cost() -> None:
    assert shares([900.0, 800.0, np.inf], 0.0).tolist() == [0.0, 1.0, 0.0]
    assert logsum([900.0, 800.0, np.inf], 0.0) == 800.0
    assert shares([900.0, 800.0], 0.01) == pytest.approx([0.0, 1.0])


def test_where_no_way_is_open_there_are_no_shares() -> None:
    assert shares([np.inf, np.inf], 500.0).tolist() == [0.0, 0.0]
    assert logsum([np.inf, np.inf], 500.0) == np.inf


@given(asked(), st.floats(0.0, 1.0))
def test_a_full_way_takes_its_capacity_and_the_others_the_rest(
    case: tuple[np.ndarray, np.ndarray, float], most: float
) -> None:
    costs, sizes, scale = case
    groups, ways = costs.shape
    weights = np.full(groups, 1.0 / groups)
    first = np.arange(ways) == 0
    free = weights @ shares(costs, scale, sizes)
    uses = np.tile(first.astype(float), groups)[None, :]
    made, usd = first_come(costs, scale, sizes, weights, uses, [most])
    bound = weights @ made
    assert bound[0] == pytest.approx(min(free[0], most))
    assert (bound[1:] >= free[1:] - 1e-12).all()
    # Only boxes that have no other way stay.
    has_other = np.isfinite(costs[:, 1:]).any(axis=1)
    assert made.sum(axis=1)[has_other] == pytest.approx(1.0)
    # Those that find room expect the logsum of all ways, the others that of what is left.
    part = min(1.0, most / free[0]) if free[0] > 0.0 else 1.0
    shut = np.where(first, np.inf, costs)
    both = part * logsum(costs, scale, sizes)
    both = both + np.where(has_other, (1.0 - part) * np.nan_to_num(logsum(shut, scale, sizes)), 0.0)
    assert usd == pytest.approx(both, rel=1e-9, abs=1e-6)


def test_two_ways_through_one_place_share_its_capacity() -> None:
    costs, weights = np.array([[1_000.0, 1_000.0, 1_200.0]]), np.ones(1)
    made, usd = first_come(costs, 0.0, np.ones(3), weights, np.array([[1.0, 1.0, 0.0]]), [0.4])
    assert made.tolist() == [[0.2, 0.2, 0.6]]
    assert usd.tolist() == [pytest.approx(0.4 * 1_000.0 + 0.6 * 1_200.0)]


@st.composite
def crowded(draw: st.DrawFn) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, np.ndarray]:
    """Costs, a scale, boxes, and places that ways of some rows use, with less room than boxes."""
    rows, ways, places = draw(st.integers(1, 4)), draw(st.integers(2, 5)), draw(st.integers(1, 4))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    costs = numbers.uniform(0.0, 5_000.0, (rows, ways))
    costs[numbers.random((rows, ways)) < 0.1] = np.inf
    boxes = numbers.uniform(0.0, 100.0, rows)
    uses = numbers.choice([0.0, 0.0, 0.5, 1.0], (places, rows * ways))
    room = numbers.uniform(0.0, 0.5, places) * (uses @ np.repeat(boxes, ways)) / ways
    return costs, draw(st.sampled_from([0.0, 300.0, 2_000.0])), boxes, uses, room


@given(crowded())
def test_places_fill_as_when_boxes_come_one_after_another(
    case: tuple[np.ndarray, float, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    costs, scale, boxes, uses, room = case
    made, usd = first_come(costs, scale, np.ones(costs.shape), boxes, uses, room)
    # The second implementation lets a thousandth of all boxes come at a time.
    steps, free = 1_000, room.copy()
    taken, paid = np.zeros(costs.shape), np.zeros(costs.shape[0])
    for _ in range(steps):
        closed = (uses.T @ (free <= 1e-9) > 0.0).reshape(costs.shape)
        seen = np.where(closed, np.inf, costs)
        if scale:
            utility = -seen / scale
            some = np.isfinite(utility).any(axis=1)
            part = np.zeros(costs.shape)
            part[some] = softmax(utility[some], axis=1)
            gain = np.zeros(costs.shape[0])
            gain[some] = -scale * logsumexp(utility[some], axis=1)
        else:
            least = seen.min(axis=1)
            some = np.isfinite(least)
            part = ((seen == least[:, None]) & some[:, None]).astype(float)
            part[some] /= part[some].sum(axis=1)[:, None]
            gain = np.where(some, least, 0.0)
        taken += part / steps
        paid += gain / steps
        free -= uses @ (boxes[:, None] * part / steps).ravel()
    # In a step of the second a place may be overrun by what comes in it.
    many = len(room) + 1
    assert made == pytest.approx(taken, abs=many / steps)
    assert usd == pytest.approx(paid, abs=many / steps * 10_000.0)
    assert (uses @ (boxes[:, None] * made).ravel() <= room + 1e-9).all()


def test_goods_have_the_published_mean_value() -> None:
    groups = load_goods_groups()
    assert sum(group.share_of_teu for group in groups) == pytest.approx(1.0)
    mean = sum(group.share_of_teu * group.value_usd_per_teu for group in groups)
    # 54,500 USD per TEU in 2020 (Notteboom, Pallis and Rodrigue).
    assert mean == pytest.approx(54_500.0, rel=0.01)
