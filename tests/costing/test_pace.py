"""Kilometres by the pace of the day: one sum over the days, forwards, backwards and in parts."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.costing import pace
from corridors.costing.pace import days_run, minutes_through, start_that_ends
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


@given(by_day=paces(), km=KM, end=st.integers(1, DAYS * MINUTES_PER_DAY))
@settings(max_examples=300, deadline=None)
def test_the_start_that_ends_at_a_minute_ends_there(by_day: Paces, km: float, end: int) -> None:
    start = start_that_ends(km, float(end), by_day[::-1])
    if start < 0.0:
        # Closed on the way, or begun before the first midnight.
        ends = [days_run(km, float(begun), by_day).end for begun in range(0, end, 120)]
        assert all(abs(found - end) > 1e-6 for found in ends)
        return
    # A hair less, so that no rounding leads into the next day, which may be closed.
    assert days_run(km * (1.0 - 1e-9), start, by_day).end == pytest.approx(end)


@given(by_day=paces(), km=KM, start=STARTS)
@settings(max_examples=100, deadline=None)
def test_compiled_it_is_the_same(by_day: Paces, km: float, start: int) -> None:
    from corridors.routing.dated import compiled

    figures = by_day, by_day * 3.0, by_day + 2.0, 1.5, 2.5, None
    assert compiled.run_through(km, start, *figures) == pace.run_through(km, start, *figures)
