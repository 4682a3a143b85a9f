"""The clock of the candidates tells the minutes that travelling takes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.routing.dated.candidates import Clock, any_time, departures
from corridors.routing.problem import Problem, dated_ahead
from tests.strategies import problems


@given(problem=problems(), start=st.integers(0, 20 * 1440))
@settings(max_examples=100, deadline=None)
def test_an_arc_takes_on_the_clock_what_travelling_it_takes(problem: Problem, start: int) -> None:
    clock = Clock(problem)
    for arc in range(problem.base.shape[0]):
        minutes = problem.travel(arc, start)[0]
        expected = -1 if minutes < 0 else int(problem.clock[arc]) + minutes
        assert clock.duration(arc, start) == expected


@given(problem=problems(), arrival=st.integers(0, 20 * 1440))
@settings(max_examples=100, deadline=None)
def test_the_last_start_arrives_in_time_and_a_minute_later_does_not(
    problem: Problem, arrival: int
) -> None:
    clock, horizon = Clock(problem), problem.days * 1440
    for arc in range(problem.base.shape[0]):
        start = clock.last_start_arriving_by(arc, arrival, horizon)
        if start is None:
            continue
        assert start + clock.duration(arc, start) <= arrival
        if start + 1 < (start // 1440 + 1) * 1440:
            took = clock.duration(arc, start + 1)
            assert took < 0 or start + 1 + took > arrival


@given(problem=problems(), arrival=st.integers(0, 20 * 1440))
@settings(max_examples=60, deadline=None)
def test_the_last_start_is_the_last_of_all_minutes(problem: Problem, arrival: int) -> None:
    clock, horizon = Clock(problem), problem.days * 1440 - 1
    for arc in range(problem.base.shape[0]):
        if problem.profile[arc] < 0 or not problem.through[problem.profile[arc]]:
            continue
        took = (
            (start, clock.duration(arc, start)) for start in range(min(arrival, horizon), -1, -1)
        )
        last = next((start for start, t in took if t >= 0 and start + t <= arrival), None)
        assert clock.last_start_arriving_by(arc, arrival, horizon) == last


@given(problem=problems(), begin=st.integers(0, 3000), days=st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_compiled_and_arc_by_arc_departures_are_the_same(
    problem: Problem, begin: int, days: int
) -> None:
    last = min(problem.days - 1, days) * 1440 - 1
    earliest = np.full(problem.node_count, begin)
    latest = np.full(problem.node_count, max(begin, last))
    dated = dated_ahead(problem)
    found = [
        departures(problem, dated, any_time(earliest, latest, fast=fast)) for fast in (True, False)
    ]
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)
