"""Where a gate opens later: which ways may meet it, on networks small enough to follow by hand."""

from __future__ import annotations

import pytest

from corridors.routing.dated.fronts import best_route, front
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import Terms
from tests.enumeration import enumerate_vectors
from tests.strategies import Arc, Dated, Regime, problem_of

HERE, GATE = 2, 3
ALWAYS, BY_DAY, GATE_OPENS = -1, 0, 1
DAYS = 6


def arc(tail: int, head: int, *, clock: int, cents: int, before: int = 0, by: int = ALWAYS) -> Arc:
    """Return an arc without a leg; minutes are those on the clock and those before it."""
    return Arc(
        tail=tail,
        head=head,
        clock=clock,
        before=before,
        cents=cents,
        grams=0,
        km=1.0,
        leg=-1,
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
    waits = [True, False, False, False]
    return problem_of(arcs, [by_day, gate], waits, wait_cents_per_day=0, days=DAYS)


def asked(max_wait_days: float) -> Terms:
    return Terms(
        start_day=0,
        max_wait_days=max_wait_days,
        fast=False,
        longest_round=1e6,
    )


@pytest.mark.parametrize("max_wait_days", [0.0, 0.5])
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


def test_a_way_that_is_barred_later_does_not_dominate_one_that_is_not() -> None:
    # With half a day of waiting both ways to HERE meet the gate. The cheaper one lets time pass
    # beside the direct way; the other one changes with the day, so that none can be set beside it.
    problem = network(
        [
            arc(SOURCE, GATE, clock=360, cents=100),
            arc(SOURCE, HERE, clock=720, cents=200),
            arc(SOURCE, HERE, clock=720, cents=300, by=BY_DAY),
            arc(HERE, GATE, clock=1440, cents=0),
            arc(GATE, SINK, clock=0, cents=0, by=GATE_OPENS),
        ],
        opens_on=2,
    )
    found = best_route(problem, asked(0.5))
    assert {vector[0] for vector in enumerate_vectors(problem, asked(0.5))} == {300}
    assert found is not None
    assert found.cents == 300


def test_a_detour_to_an_opening_is_closed_and_a_wait_for_it_is_not() -> None:
    arcs = [
        arc(SOURCE, GATE, clock=1080, cents=100),
        arc(SOURCE, HERE, clock=360, cents=100),
        arc(HERE, GATE, clock=1440, cents=100),
        arc(GATE, SINK, clock=0, cents=0, by=GATE_OPENS),
    ]
    problem = network(arcs, opens_on=1)
    assert best_route(problem, asked(0.0)) is None
    waited = best_route(problem, asked(0.5))
    assert waited is not None
    assert (waited.cents, sum(waited.waits)) == (100, 360)
