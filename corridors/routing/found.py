"""Search one corridor of a question for its cheapest route and its front."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corridors.domain.scenario import Corridor
from corridors.routing.dated.branching import Front
from corridors.routing.dated.fronts import best_route, front
from corridors.routing.problem import Problem
from corridors.routing.question import Question
from corridors.routing.terms import FoundRoute, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The routes found in one corridor of a question, cheapest first; empty if it is closed.

    `whole` unless routes of the front may be missing.
    """

    question: Question
    number: int
    problem: Problem
    terms: Terms
    routes: tuple[FoundRoute, ...]
    whole: bool = True

    @property
    def corridor(self) -> Corridor:
        """The corridor searched."""
        return self.question.corridors[self.number]

    @property
    def best(self) -> FoundRoute | None:
        """The cheapest route; None if the corridor is closed."""
        return self.routes[0] if self.routes else None


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
    routes = found_routes(problem, terms, fronts=fronts)
    return Found(
        question=question,
        number=number,
        problem=problem,
        terms=terms,
        routes=routes.routes,
        whole=routes.whole,
    )


def found_routes(problem: Problem, terms: Terms, *, fronts: bool) -> Front:
    """Return a corridor's cheapest route, then, with `fronts`, its front.

    Empty if the corridor is closed.
    """
    best = best_route(problem, terms)
    if best is None or not fronts:
        return Front(routes=() if best is None else (best,), whole=True)
    found = front(problem, replace(terms, max_wait_days=0.0))
    return replace(found, routes=tuple(dict.fromkeys((best, *found.routes))))
