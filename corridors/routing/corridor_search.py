"""Search one corridor of a question for its best route by the objective and its front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from corridors.domain.objective import Objective
from corridors.domain.scenario import Corridor
from corridors.domain.values import ChainPart
from corridors.network.corridor import Layered
from corridors.network.states.chain import MAIN, PARTS
from corridors.routing.dated.departures import best_route, front
from corridors.routing.dated.label_search import bounded
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute, Terms, Weighing, costed, weighing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes of a problem: the best by a weighing, the cheapest, then those of the front.

    Each once; none if the problem is closed. `whole` unless routes of the front may be missing.
    `weighed` is the best route of the problem as weighed, with its weighed cost; None if only the
    cost counts.
    """

    routes: tuple[DatedRoute, ...] = ()
    whole: bool = True
    weighed: DatedRoute | None = None


class Arrays:
    """The arrays of a search; `make` makes them again if they are asked for once forgotten."""

    __slots__ = ("_least_minutes", "_made", "keep", "make")

    def __init__(self, make: Callable[[], Problem], *, keep: bool = True) -> None:
        self.make = make
        self.keep = keep
        self._made: Problem | None = None
        self._least_minutes: int | None = None

    @property
    def problem(self) -> Problem:
        """The arrays."""
        if self._made is None:
            self._made = self.make()
        return self._made

    def least_minutes(self) -> int:
        """Return the least time to the sink on any day, which is not forgotten."""
        if self._least_minutes is None:
            bounds = bounded(self.problem, fast=True, criteria=2).bounds
            self._least_minutes = int(bounds[1][SOURCE])
        return self._least_minutes

    def forget(self) -> None:
        """Free the arrays."""
        self._made = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedCorridor(Routes):
    """The routes of one corridor of a question, the best by the objective of its scenario first.

    `is_unsailed` where only known ways may be recommended, and the corridor has none: its routes
    are the best if somebody ran them. `is_unpriced` where ways are compared at price and the
    corridor has none on a lane: its routes are the best at cost. `is_expired` where it is by a
    contract that does not hold on the day.
    """

    question: Question
    number: int
    arrays: Arrays
    terms: Terms
    layered: Layered
    is_unsailed: bool = False
    is_unpriced: bool = False
    is_expired: bool = False

    @property
    def problem(self) -> Problem:
        """The arrays of the corridor."""
        return self.arrays.problem

    @property
    def may_be_recommended(self) -> bool:
        """Whether its routes may be: not where only known or priced ways may, and it has none."""
        return not (self.is_unsailed or self.is_unpriced or self.is_expired)

    @property
    def least_minutes(self) -> int:
        """The least time to the sink on any day."""
        return self.arrays.least_minutes()

    def rest(self) -> None:
        """Free the arrays until they are asked for again, unless they are to be kept."""
        if self.arrays.keep:
            return
        if self.routes:
            # Every value ladder asks for it, few for more.
            self.arrays.least_minutes()
        self.arrays.forget()
        self.layered.kept.clear()

    @property
    def corridor(self) -> Corridor:
        """The corridor searched."""
        return self.question.corridors[self.number]

    @property
    def best(self) -> DatedRoute | None:
        """The best route by the objective of the scenario; None if the corridor is closed."""
        return self.routes[0] if self.routes else None

    @property
    def cheapest(self) -> DatedRoute | None:
        """The cheapest, then quickest route; None if the corridor is closed."""
        return min(self.routes, key=lambda route: (route.cents, route.minutes), default=None)

    def arcs(self, route: DatedRoute) -> tuple[int, ...]:
        """Return the arcs of a route in the network."""
        return tuple(self.problem.base[list(route.arcs)].tolist())

    def parts(self, route: DatedRoute) -> tuple[ChainPart, ...]:
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


def search(
    question: Question,
    number: int,
    *,
    fronts: bool,
    keep: bool = True,
    start_day: int = 0,
) -> SearchedCorridor:
    """Return the routes of one corridor of a question.

    Parameters
    ----------
    question
        A scenario as posed.
    number
        Which of its corridors.
    fronts
        Also search the front: non-dominated routes in cost, hours and CO2e that do not wait.
    keep
        Keep its arrays after `rest`, for further questions.
    start_day
        The day of departure, counted from that of the question.
    """
    made = question.shared_problem if keep else question.problem
    arrays = Arrays(lambda: made(number), keep=keep)
    problem = arrays.problem
    wait_days = question.scenario.max_wait_days
    terms = Terms(start_day=start_day, max_wait_days=wait_days, fast=True)
    found = routes_of(problem, terms, weighing_in(question), fronts=fronts)
    return SearchedCorridor(
        **{field.name: getattr(found, field.name) for field in fields(Routes)},
        question=question,
        number=number,
        arrays=arrays,
        terms=terms,
        layered=question.layered(number),
    )


def search_row(
    question: Question, number: int, *, fronts: bool, keep: bool = True
) -> SearchedCorridor:
    """Return the routes of one corridor as a table shows them.

    Where none is known to run they are the best if somebody ran it, where none has a price the best
    at cost. Parameters are those of `search`.
    """
    found = search(question, number, fronts=fronts, keep=keep)
    if question.only_known and not found.routes:
        every = replace(question, only_known=False)
        found = search(every, number, fronts=False, keep=keep)
        found = replace(found, is_unsailed=bool(found.routes))
    if question.at_price and not found.routes:
        found = search_row(question.at_cost, number, fronts=False, keep=keep)
        found = replace(found, is_unpriced=bool(found.routes))
    return found


def quickest(found: SearchedCorridor) -> SearchedCorridor:
    """Return a corridor that was searched with the quickest route alone."""
    scenario = replace(found.question.scenario, objective=Objective.DAYS)
    question = replace(found.question, scenario=scenario)
    best = routes_of(found.problem, found.terms, weighing_in(question), fronts=False)
    return replace(found, question=question, routes=best.routes[:1], weighed=best.weighed)


def weighing_in(question: Question) -> Weighing:
    """Return what the scenario of a question makes least."""
    scenario = question.scenario
    return weighing_of(scenario.objective, scenario.shipment.value_of_time_usd_per_teu_day)


def routes_of(problem: Problem, terms: Terms, weighing: Weighing, *, fronts: bool) -> Routes:
    """Return the best route of a problem by a weighing, its cheapest and, with `fronts`, its front.

    Of a dated arc the search counts each second, so a route of the front may be a minute better;
    it then comes first.
    """
    cheapest = best_route(problem, terms)
    if cheapest is None:
        return Routes()
    known: list[DatedRoute] = [cheapest]
    weighed = None
    if not weighing.is_cost:
        priced = weighing.problem(problem)
        weighed = best_route(priced, terms, costs=problem)
        if weighed is not None:
            known.insert(0, costed(problem, weighed))
    whole = True
    if fronts:
        leaving = front(problem, terms)
        known, whole = [*known, *leaving.routes], leaving.whole
    first = min(known, key=weighing.key)
    return Routes(
        routes=tuple(dict.fromkeys((first, *known))),
        whole=whole,
        weighed=weighed,
    )
