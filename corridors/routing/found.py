"""Search one corridor of a question for its cheapest route and its front."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from corridors.domain.scenario import Corridor
from corridors.domain.values import ChainPart
from corridors.network.layers import MAIN, PARTS, Layered
from corridors.routing.dated.branching import Budget, Front
from corridors.routing.dated.fronts import best_route, front
from corridors.routing.ladder import at_value, unpriced
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.question import Question
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

# Half a USD per day is 5/144 of a cent per minute.
LARGEST_UNIT = 144
# A route stays below these, and its cost at a value of time below their sum.
DEAREST_CENTS, LONGEST_MINUTES, LARGEST_SUM = 1e6, 1e5, 5e8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The routes found in one corridor of a question, cheapest first; empty if it is closed.

    `whole` unless routes of the front may be missing; `proved` unless the search of the cheapest
    one took more than its budget. If the first route is the best at a value of time,
    `value_of_time` is that value in USD per TEU and day, and `priced` are the problem at it and its
    best route.
    """

    question: Question
    number: int
    problem: Problem
    terms: Terms
    routes: tuple[FoundRoute, ...]
    layered: Layered
    whole: bool = True
    proved: bool = True
    value_of_time: float | None = None
    priced: tuple[Problem, FoundRoute] | None = None

    @property
    def corridor(self) -> Corridor:
        """The corridor searched."""
        return self.question.corridors[self.number]

    @property
    def best(self) -> FoundRoute | None:
        """The first route, the cheapest but for `at_best`; None if the corridor is closed."""
        return self.routes[0] if self.routes else None

    def parts(self, route: FoundRoute) -> tuple[ChainPart, ...]:
        """Return the part of the transport chain of each arc of a route.

        A transfer between two parts belongs to the main carriage.
        """
        arcs = list(route.arcs)
        ends = self.problem.tail[arcs], self.problem.head[arcs]
        parts = [self.layered.part[nodes] for nodes in ends]
        first, last = ends[0] == SOURCE, ends[1] == SINK
        before, after = np.where(first, parts[1], parts[0]), np.where(last, parts[0], parts[1])
        either = (before == MAIN) | (after == MAIN)
        return tuple(PARTS[n] for n in np.where(either, MAIN, after).tolist())


def search(question: Question, number: int, *, fronts: bool, fast: bool = True) -> Found:
    """Return the routes of one corridor of a question.

    Parameters
    ----------
    question
        A scenario as posed.
    number
        Which of its corridors.
    fronts
        Also search the front: non-dominated routes in cost, hours and CO2e that do not wait.
    fast
        Compile the search. A command for a single route is quicker without.
    """
    problem = question.problem(number)
    terms = Terms(start_day=0, max_wait_days=question.scenario.max_wait_days, fast=fast)
    budget = Budget()
    routes = found_routes(problem, terms, fronts=fronts, budget=budget)
    return Found(
        question=question,
        number=number,
        problem=problem,
        terms=terms,
        routes=routes.routes,
        layered=question.bundle.layers[number],
        whole=routes.whole,
        proved=not budget.is_cut,
    )


def at_best(found: Found, value_of_time: float) -> Found:
    """Return a search whose first route is the best at a value of time in USD per TEU and day.

    Up to 300 USD whole and half USD are exact, other values to 0.02 %: costs stay integers small
    enough for OR-Tools.
    """
    value = Fraction(str(value_of_time)) * CENTS_PER_USD / MINUTES_PER_DAY
    most = int(LARGEST_SUM / (DEAREST_CENTS + float(value) * LONGEST_MINUTES))
    value = value.limit_denominator(min(max(most, 1), LARGEST_UNIT))
    problem = at_value(found.problem, value)
    best = best_route(problem, found.terms) if found.routes else None
    if best is None:
        return found
    route = unpriced(found.problem, best)
    routes = (route, *(other for other in found.routes if other != route))
    return replace(found, routes=routes, priced=(problem, best), value_of_time=value_of_time)


def cheapest_first(found: Found) -> Found:
    """Return a search with its routes in the order of cost, then time."""
    routes = sorted(found.routes, key=lambda route: (route.cents, route.minutes))
    return replace(found, routes=tuple(routes), priced=None, value_of_time=None)


def found_routes(
    problem: Problem, terms: Terms, *, fronts: bool, budget: Budget | None = None
) -> Front:
    """Return a corridor's cheapest route, then, with `fronts`, its front.

    Empty if the corridor is closed.
    """
    best = best_route(problem, terms, budget=budget)
    if best is None or not fronts:
        return Front(routes=() if best is None else (best,), whole=True)
    found = front(problem, replace(terms, max_wait_days=0.0))
    return replace(found, routes=tuple(dict.fromkeys((best, *found.routes))))
