"""Search one corridor of a question: its cheapest route, and those that no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from corridors.domain.scenario import Corridor
from corridors.routing.dated.fronts import best_route, front
from corridors.routing.problem import Problem
from corridors.routing.question import Question
from corridors.routing.terms import FoundRoute, Terms, TooManyLabelsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The routes found in a corridor of a question, the cheapest first; none where it is closed."""

    question: Question
    number: int
    problem: Problem
    terms: Terms
    routes: tuple[FoundRoute, ...]

    @property
    def corridor(self) -> Corridor:
        """The corridor searched."""
        return self.question.corridors[self.number]

    @property
    def best(self) -> FoundRoute | None:
        """The cheapest route, None where the corridor is closed."""
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
        Search also the routes that no other beats in cost, hours and CO2e and that leave without
        a wait; else only the cheapest route.
    fast
        Compile the search, which a command that wants one route does without.
    """
    problem = question.problem(number)
    terms = Terms(start_day=0, max_wait_days=question.scenario.max_wait_days, fast=fast)
    return Found(
        question=question,
        number=number,
        problem=problem,
        terms=terms,
        routes=found_routes(problem, terms, fronts=fronts),
    )


def found_routes(problem: Problem, terms: Terms, *, fronts: bool) -> tuple[FoundRoute, ...]:
    """Return a corridor's cheapest route first, then, with `fronts`, those that no other beats.

    Empty where the corridor is closed. Where dates make the front too large, the cheapest only.
    """
    best = best_route(problem, terms)
    if best is None or not fronts:
        return () if best is None else (best,)
    with suppress(TooManyLabelsError):
        return tuple(dict.fromkeys((best, *front(problem, replace(terms, max_wait_days=0.0)))))
    return (best,)


__all__: Sequence[str] = ("Found", "found_routes", "search")
