"""Choose the minute at which a route leaves its origin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corridors.routing.dated.origin import Steps
from corridors.routing.dated.prepared import IntArray
from corridors.routing.problem import Problem
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY


def left_at_its_minute(
    problem: Problem, route: FoundRoute, terms: Terms, latest: IntArray
) -> FoundRoute:
    """Return a route that waits at its origin until the best minute; others are unchanged.

    A search by days, or one that was cut, has not tried every minute. `latest` are by node the
    minutes under way after which no ice is entered.
    """
    arcs = np.searchsorted(problem.number, route.arcs)
    if sum(route.waits[1:]) or not (problem.profile[arcs] >= 0).any():
        return route
    from corridors.routing.dated import compiled

    dated = np.flatnonzero(problem.profile[arcs] >= 0)
    ticks, under_way = (np.cumsum(of_arc[arcs]) for of_arc in (problem.clock, problem.minutes))
    wait, cents, minutes = compiled.best_wait(
        Steps(
            profile=problem.profile[arcs[dated]],
            km=problem.km[arcs[dated]],
            clock=(ticks - problem.clock[arcs])[dated],
            minutes=(under_way - problem.minutes[arcs])[dated],
            latest=latest[problem.tail[arcs[dated]]],
            all_clock=int(ticks[-1]),
            all_minutes=int(under_way[-1]),
            all_cents=int(problem.cents[arcs].sum()),
            least_cents=int(problem.low_cents[arcs].sum()),
        ),
        problem.by_day,
        terms.begin,
        int(terms.max_wait_days * MINUTES_PER_DAY),
        terms.last_minute(problem),
        problem.wait_cents_per_day,
        route.cents,
    )
    if wait < 0 or (cents, minutes) >= route.vector[:2]:
        return route
    now, grams, starts = terms.begin + wait, 0, []
    for arc in arcs.tolist():
        starts.append(now)
        extra, _, more = problem.travel(arc, now)
        now += int(problem.clock[arc]) + extra
        grams += int(problem.grams[arc]) + more
    return replace(
        route,
        starts=tuple(starts),
        waits=(wait, *route.waits[1:]),
        cents=cents,
        minutes=minutes,
        grams=grams,
    )
