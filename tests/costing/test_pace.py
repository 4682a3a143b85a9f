"""Kilometres by the pace of the day: one sum over the days, forwards, backwards and in parts."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.costing import pace
from corridors.costing.pace import ByDay, days_run, run_through, travel
from corridors.units import MINUTES_PER_DAY

DAYS = 12
Paces = npt.NDArray[np.float64]


def paces(*, closed: bool = True) -> st.SearchStrategy[Paces]:
    """Return drawn minutes per km of each day, some days closed."""
    pace = st.sampled_from([0.5, 1.0, 1.7, 2.25, 3.3])
    a_day = st.one_of(pace, st.just(-1.0)) if closed else pace
    return st.lists(a_day, min_size=DAYS, max_size=DAYS).map(np.array)


KM = st.floats(0.1, 6_000.0)
STARTS = st.integers(0, DAYS * MINUTES_PER_DAY - 1)


def minutes_through(km: float, start: int, by_day: Paces) -> int:
    """Return the minutes that `travel` takes through days, -1 if one is closed."""
    end, _, _ = run_through(km, float(start), by_day, by_day, by_day, 0.0, 0.0, None)
    return -1 if end < 0.0 else math.ceil(end - 1e-6) - start


@given(by_day=paces(), km=KM, start=STARTS)
@settings(max_examples=200, deadline=None)
def test_a_later_start_never_arrives_earlier(by_day: Paces, km: float, start: int) -> None:
    took = [minutes_through(km, begun, by_day) for begun in (start, start + 1, start + 60)]
    arrivals = [begun + t for begun, t in zip((0, 1, 60), took, strict=True) if t >= 0]
    assert arrivals == sorted(arrivals)


@given(by_day=paces(), km=KM, start=STARTS)
@settings(max_examples=200, deadline=None)
def test_the_days_sum_to_the_whole(by_day: Paces, km: float, start: int) -> None:
    found = days_run(km, float(start), by_day)
    met = list(found.km_by_day)
    assert met == list(range(start // MINUTES_PER_DAY, start // MINUTES_PER_DAY + len(met)))
    if found.end < 0.0:
        last = met[-1]
        assert last >= DAYS or by_day[last] < 0.0
        assert found.km_by_day[last] == 0.0
        assert minutes_through(km, start, by_day) == -1
        return
    assert math.fsum(found.km_by_day.values()) == pytest.approx(km)
    hours = math.fsum(run * by_day[day] for day, run in found.km_by_day.items())
    assert hours == pytest.approx(found.end - start)
    assert minutes_through(km, start, by_day) == math.ceil(found.end - 1e-6) - start


@given(by_day=paces(closed=False), km=KM, share=st.floats(0.05, 0.95), start=STARTS)
@settings(max_examples=200, deadline=None)
def test_two_parts_take_as_long_as_the_whole(
    by_day: Paces, km: float, share: float, start: int
) -> None:
    whole = days_run(km, float(start), by_day).end
    half = days_run(km * share, float(start), by_day).end
    if whole >= 0.0:
        assert days_run(km * (1.0 - share), half, by_day).end == pytest.approx(whole)


def by_hand(*paces: float, through: bool) -> ByDay:
    """Return one profile of two days: 10 then 20 cents and 3 then 5 grams a km, 100 and 7 fixed."""
    return ByDay(
        minutes_per_km=np.array([paces]),
        cents_per_km=np.array([[10.0, 20.0]]),
        grams_per_km=np.array([[3.0, 5.0]]),
        fixed_cents=np.array([[100.0, 900.0]]),
        fixed_grams=np.array([[7.0, 70.0]]),
        through=np.array([through]),
    )


EIGHT_IN_THE_EVENING = 1_200


def test_ice_is_sailed_at_the_pace_and_price_of_each_day() -> None:
    # 4 hours are left of the first day: 120 km at 2 minutes, then 240 km at 4.
    # 100 + 120 x 10 + 240 x 20 cents; 7 + 120 x 3 + 240 x 5 grams. What is fixed is of the start.
    found = travel(0, 360.0, EIGHT_IN_THE_EVENING, by_hand(2.0, 4.0, through=True))
    assert found == (240 + 960, 6_100, 1_567)
    closed = by_hand(2.0, -1.0, through=True)
    assert travel(0, 360.0, EIGHT_IN_THE_EVENING, closed) == (-1, 0, 0)


def test_any_other_arc_takes_what_the_day_of_its_start_says() -> None:
    # 360 x 2 minutes; 100 + 360 x 10 cents; 7 + 360 x 3 grams
    for second in (4.0, -1.0):
        found = travel(0, 360.0, EIGHT_IN_THE_EVENING, by_hand(2.0, second, through=False))
        assert found == (720, 3_700, 1_087)
    for paces_of_two, start in (((-1.0, 4.0), 0), ((2.0, -1.0), 1_440), ((2.0, 4.0), 2_880)):
        assert travel(0, 360.0, start, by_hand(*paces_of_two, through=False)) == (-1, 0, 0)
    # A part of a minute is a minute: 3 x 0.4 is 2.
    assert travel(0, 3.0, 0, by_hand(0.4, 4.0, through=False))[0] == 2
    assert travel(0, 3.0, 0, by_hand(0.4, 4.0, through=True))[0] == 2


@given(by_day=paces(), km=KM, start=STARTS)
@settings(max_examples=100, deadline=None)
def test_compiled_it_is_the_same(by_day: Paces, km: float, start: int) -> None:
    from corridors.routing.dated import compiled_search

    figures = by_day, by_day * 3.0, by_day + 2.0, 1.5, 2.5, None
    assert compiled_search.run_through(km, start, *figures) == pace.run_through(km, start, *figures)
