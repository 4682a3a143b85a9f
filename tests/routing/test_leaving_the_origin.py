"""A route that waits at its origin leaves at the best minute, not on the best day."""

from __future__ import annotations

import pytest
from hypothesis import given

from corridors.routing.dated.fronts import best_route
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import Terms
from tests.enumeration import travelled
from tests.routing.test_label_setting import drawn
from tests.strategies import Arc, Dated, Regime, problem_of, problems, terms

GATE = 2
CHEAP_FROM = 3
DAYS = 8


def arc(head: int, tail: int = SOURCE, *, clock: int, cents: int, profile: int = -1) -> Arc:
    return Arc(
        tail=tail,
        head=head,
        clock=clock,
        before=0,
        cents=cents,
        grams=0,
        km=1.0,
        leg=-1,
        profile=profile,
    )


def cheap_from(day: int, *, before: float) -> Dated:
    """Return a profile whose arcs cost some cents before a day and nothing from then on."""
    regimes = [
        Regime(pace=0.0, cents_per_km=0.0, fixed_cents=fixed, grams_per_km=0.0)
        for fixed in [before] * day + [0.0] * (DAYS - day)
    ]
    return Dated(regimes=tuple(regimes), through=False)


def slow_and_quick() -> Problem:
    """Return a network with a slow and a quick way to a gate that gets cheap one day.

    The quick way is dear until days on which no route can leave any more.
    """
    return problem_of(
        [
            arc(GATE, clock=60, cents=0, profile=1),
            arc(GATE, clock=3000, cents=0),
            arc(SINK, GATE, clock=60, cents=0, profile=0),
        ],
        [cheap_from(CHEAP_FROM, before=10_000.0), cheap_from(DAYS - 1, before=50_000.0)],
        [True, False, False],
        wait_cents_per_day=1440,
        days=DAYS,
    )


@pytest.mark.parametrize("fast", [False, True])
def test_a_slow_route_leaves_so_as_to_meet_the_gate_when_it_gets_cheap(fast: bool) -> None:
    # Day 3 begins at minute 4320, 1320 after the slow way leads there. A day of waiting, of 1440
    # minutes, costs 120 cents more.
    asked = Terms(start_day=0, max_wait_days=1.0, fast=fast, longest_round=1e6)
    best = best_route(slow_and_quick(), asked)
    assert best is not None
    assert best.waits == (1320, 0)
    assert best.starts == (1320, 4320)
    assert best.vector == (1320, 1320 + 3000 + 60, 0)


@drawn
@given(problems(), terms())
def test_leaving_at_another_minute_is_not_better(problem: Problem, asked: Terms) -> None:
    best = best_route(problem, asked)
    if best is None or sum(best.waits) != best.waits[0] or not best.waits[0]:
        return
    assert travelled(problem, asked, best) == best.vector
    for minutes in (-1, 1, -60, 60, -360, 360):
        wait = best.waits[0] + minutes
        if not 0 < wait <= asked.max_wait_days * 1440:
            continue
        clock, cents, took = asked.begin + wait, -(-wait * problem.wait_cents_per_day // 1440), wait
        runs = True
        for step in best.arcs:
            extra, more, _ = problem.travel(step, clock)
            runs &= extra >= 0
            clock += int(problem.clock[step]) + extra
            took += int(problem.minutes[step]) + extra
            cents += int(problem.cents[step]) + more
        if runs and clock <= asked.last_minute(problem):
            assert (cents, took) >= best.vector[:2]
