"""Find the best route of a question when some of its places are closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from corridors.domain.places import AccessKind
from corridors.domain.results import Candidate
from corridors.optimise.candidates import candidate_of, decision_needs_fronts
from corridors.optimise.limits import box_limits, keeps
from corridors.optimise.ties import value_of
from corridors.routing.corridor_search import routes_of, weighing_in
from corridors.routing.dated.bounded_problem import bounded
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.question import Question
from corridors.routing.terms import Terms
from corridors.units import CENTS_PER_USD


class Rerouter:
    """Best routes of one question under closures, searched only where a closure can matter.

    A closure removes arcs. A corridor none of whose routes uses them keeps its answer. If cost
    alone decides, a corridor whose lower bound exceeds the best remaining cost cannot win. Both
    save work and never change an answer.

    Parameters
    ----------
    question
        A scenario as posed.
    fast
        Compile the search.
    """

    def __init__(self, question: Question, *, fast: bool = True) -> None:
        self._question = question
        scenario = question.scenario
        self._fronts = decision_needs_fronts(scenario)
        self._terms = Terms(start_day=0, max_wait_days=scenario.max_wait_days, fast=fast)
        self._problems = [question.problem(n) for n in range(len(question.corridors))]
        self._open = [self._routes(n, p) for n, p in enumerate(self._problems)]

    def best(self, closed: Collection[str] = ()) -> Candidate | None:
        """Return the best route with these places closed permanently; None if none is left.

        The best route has the least objective of those within the limits per box, then the least
        cost, then the fewest days.

        Parameters
        ----------
        closed
            Ids of terminals, gates, countries or legs, or borders such as `BY-PL`, as in the
            `closures` of a scenario.
        """
        closed_now = np.zeros(self._question.bundle.topology.arc_count, bool)
        for place in closed:
            closed_now |= self._question.bundle.rule_arcs.of(AccessKind.ANY, place)
        same: list[int] = []
        changed: list[int] = []
        for number, found in enumerate(self._open):
            touched = any(closed_now[list(candidate.arcs)].any() for candidate in found)
            (changed if touched else same).append(number)
        routes = [route for number in same for route in self._within_limits(self._open[number])]
        left = {n: self._problems[n].only(~closed_now[self._problems[n].base]) for n in changed}
        least = {n: self._least_usd(problem) for n, problem in left.items()}
        for number in sorted(changed, key=lambda n: (least[n], n)):
            if self._decided(least[number], routes):
                break
            routes.extend(self._within_limits(self._routes(number, left[number])))
        return min(routes, key=self._key, default=None)

    def _routes(self, number: int, problem: Problem) -> tuple[Candidate, ...]:
        weighing = weighing_in(self._question)
        routes = routes_of(problem, self._terms, weighing, fronts=self._fronts).routes
        topology, full = self._question.bundle.topology, self._problems[number]
        corridor, weights = self._question.corridors[number].id, self._question.weights
        return tuple(candidate_of(corridor, topology, full, r, weights=weights) for r in routes)

    def _least_usd(self, problem: Problem) -> float:
        """Return a lower bound on the cost of a route on any day, in USD per TEU."""
        prepared = bounded(problem, fast=self._terms.fast, criteria=1)
        return int(prepared.bounds[0][SOURCE]) / CENTS_PER_USD

    def _decided(self, least_usd: float, routes: list[Candidate]) -> bool:
        """Return whether no route with this lower bound can be the best."""
        if self._fronts or not routes:
            return False
        return least_usd > min(route.cost_usd_per_teu for route in routes)

    def _within_limits(self, found: Sequence[Candidate]) -> list[Candidate]:
        scenario = self._question.scenario
        bounds = box_limits(scenario.limits, scenario.departure)
        return [route for route in found if all(keeps(route, bound) for bound in bounds)]

    def _key(self, route: Candidate) -> tuple[float, float, float, str]:
        scenario = self._question.scenario
        value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
        value = value_of(route, scenario.objective, value_of_time)
        return value, route.cost_usd_per_teu, route.days, route.corridor
