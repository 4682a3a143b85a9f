"""Where a gate opens later: which ways may meet it, on networks small enough to follow by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from unittest.mock import patch

import pytest

from corridors.optimise.certificate import FAR, certify_dated
from corridors.routing.dated import departures
from corridors.routing.dated.closed import next_opening
from corridors.routing.dated.departures import best_route, front
from corridors.routing.dated.label_search import cheapest
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import Terms
from tests.strategies import Arc, Dated, Regime, problem_of

HERE, GATE = 2, 3
ALWAYS, GATE_OPENS = -1, 1
DAYS = 6


def arc(tail: int, head: int, *, clock: int, cents: int, before: int = 0, by: int = ALWAYS) -> Arc:
    """Return an arc without a place; minutes are those on the clock and those before it."""
    return Arc(
        tail=tail,
        head=head,
        clock=clock,
        before=before,
        cents=cents,
        grams=0,
        km=1.0,
        place=-1,
        profile=by,
    )


def regime(*, is_open: bool, cents: float = 0.0) -> Regime:
    pace = 0.0 if is_open else -1.0
    return Regime(pace=pace, cents_per_km=cents, fixed_cents=0.0, grams_per_km=0.0)


def network(arcs: list[Arc], *, opens_on: int) -> Problem:
    """Return a network in which `GATE_OPENS` arcs are open on one day and `BY_DAY` arcs change."""
    by_day = Dated(
        regimes=tuple(regime(is_open=True, cents=float(day % 2)) for day in range(DAYS)),
        through=False,
    )
    gate = Dated(
        regimes=tuple(regime(is_open=day == opens_on) for day in range(DAYS)), through=False
    )
    return problem_of(arcs, [by_day, gate], 4, wait_cents_per_day=0, days=DAYS)


def asked(max_wait_days: float) -> Terms:
    return Terms(
        start_day=0,
        max_wait_days=max_wait_days,
        fast=False,
        longest_round=1e6,
    )


@pytest.mark.parametrize("max_wait_days", [0.0, 1.0])
def test_a_way_that_takes_fewer_hours_but_arrives_later_bars_no_other(max_wait_days: float) -> None:
    # The hours before the first vehicle leaves are none of the clock: the first way takes more
    # hours in all and is at the gate on the only day on which it is open.
    problem = network(
        [
            arc(SOURCE, HERE, clock=360, before=2160, cents=2000),
            arc(SOURCE, HERE, clock=1440, cents=1000),
            arc(HERE, SINK, clock=0, cents=0, by=GATE_OPENS),
        ],
        opens_on=0,
    )
    best = best_route(problem, asked(max_wait_days))
    assert best is not None
    assert best.cents == 2000
    assert [route.cents for route in front(problem, asked(0.0)).routes] == [2000]


DETOUR = [
    arc(SOURCE, GATE, clock=1080, cents=100),
    arc(SOURCE, HERE, clock=360, cents=100),
    arc(HERE, GATE, clock=2 * 1440, cents=100),
    arc(GATE, SINK, clock=0, cents=0, by=GATE_OPENS),
]


def test_a_detour_to_an_opening_is_closed_and_a_later_departure_is_not() -> None:
    # The gate opens on the third day; the detour would be there in time, for 200 cents.
    problem = network(DETOUR, opens_on=2)
    assert best_route(problem, asked(1.0)) is None
    waited = best_route(problem, asked(2.0))
    assert waited is not None
    assert (waited.cents, waited.wait_days) == (100, 2)


def slow_feeder(*, cents: int, wait_cents: int) -> Problem:
    """By feeder in three days, for less than by ship in one; the gate opens on the third day."""
    arcs = [
        arc(SOURCE, GATE, clock=1440, cents=1000),
        arc(SOURCE, GATE, clock=3 * 1440, cents=cents),
        arc(GATE, SINK, clock=720, cents=0, by=GATE_OPENS),
    ]
    return replace(network(arcs, opens_on=3), wait_cents_per_day=wait_cents)


def test_a_slow_feeder_is_no_answer_if_leaving_later_arrives_as_soon_for_less() -> None:
    # Leaving two days later, the ship arrives with the feeder, for 1,000 and two days of waiting.
    problem = slow_feeder(cents=990, wait_cents=10)
    best = best_route(problem, asked(2.0))
    assert best is not None
    assert (best.cents, best.wait_days) == (990, 0)
    dearer = slow_feeder(cents=1020, wait_cents=10)
    best = best_route(dearer, asked(2.0))
    assert best is not None
    assert (best.cents, best.wait_days) == (1020, 2)
    assert best_route(dearer, asked(1.0)) is None
    assert next_opening(
        dearer, asked(1.0), date(2026, 6, 1), partial(best_route, dearer)
    ).day == date(2026, 6, 3)


def test_days_on_which_nothing_changes_are_searched_once() -> None:
    with patch.object(departures, "cheapest", side_effect=cheapest) as searched:
        assert best_route(shut_until(0, cheaper_from=203), asked(366.0)) is not None
    assert searched.call_count <= 6


def test_when_a_corridor_opens_is_found_once_for_all_prices_and_again_for_other_times() -> None:
    problem = shut_until(101, cheaper_from=200)
    dearer = problem.reweighed(cents_per_km=problem.cents_per_km + 500.0)
    sooner = shut_until(10, cheaper_from=200)
    opened = replace(sooner, of_arcs=problem.of_arcs)
    assert best_route(problem, asked(20.0)) is None
    with patch.object(departures, "cheapest", side_effect=cheapest) as searched:
        assert best_route(dearer, asked(20.0)) is None
    assert searched.call_count == 0
    for again in (opened, sooner):
        best = best_route(again, asked(20.0))
        assert best is not None
        assert best.wait_days == 10


def shut_until(day: int, *, cheaper_from: int) -> Problem:
    """Closed until a day; USD 1,000, and 400 from another day on; a day of waiting takes a cent."""
    regimes = tuple(
        regime(is_open=each >= day, cents=100_000.0 if each < cheaper_from else 40_000.0)
        for each in range(400)
    )
    way = arc(SOURCE, SINK, clock=60, cents=0, by=0)
    dated = [Dated(regimes=regimes, through=False)]
    return problem_of([way], dated, 2, wait_cents_per_day=1, days=400)


@pytest.mark.parametrize(("waits", "leaves"), [(366.0, 203), (203.0, 203), (202.0, 0), (28.0, 0)])
def test_beyond_four_weeks_boxes_wait_by_the_week(waits: float, leaves: int) -> None:
    leaves_on(shut_until(0, cheaper_from=200), waits, leaves, 40_000 if leaves else 100_000)


@pytest.mark.parametrize(
    ("waits", "leaves", "cents"),
    [(366.0, 203, 40_000), (202.0, 101, 100_000), (101.0, 101, 100_000), (100.0, None, 0)],
)
def test_boxes_leave_on_the_day_on_which_a_corridor_opens(
    waits: float, leaves: int | None, cents: int
) -> None:
    leaves_on(shut_until(101, cheaper_from=200), waits, leaves, cents)


def leaves_on(problem: Problem, waits: float, leaves: int | None, cents: int) -> None:
    """Assert on which day the best route leaves, and that the certificate agrees."""
    best = best_route(problem, asked(waits))
    certified = certify_dated(problem, asked(waits), most_cents=FAR)
    assert certified is not None
    if leaves is None:
        assert (best, certified.cents) == (None, None)
        return
    assert best is not None
    assert (best.cents, best.wait_days, certified.cents) == (
        cents + leaves,
        leaves,
        cents + leaves,
    )


def days_left(waits: float, opens: int) -> tuple[int, ...]:
    """Return on which days boxes may leave a corridor that is open from a day on."""
    return asked(waits).days(lambda days: next((day for day in days if day >= opens), None))


def test_a_longer_wait_only_adds_days() -> None:
    assert days_left(3.5, 1) == (0, 1, 2, 3)
    assert days_left(28.0, 0) == tuple(range(29))
    assert days_left(40.0, 30) == (30, 35)
    assert days_left(40.0, 39) == (39,)
    assert days_left(40.0, 41) == ()
    for opens in (0, 20, 29, 101):
        waits = [set(days_left(float(days), opens)) for days in range(29, 367)]
        assert all(one <= other for one, other in pairwise(waits))
