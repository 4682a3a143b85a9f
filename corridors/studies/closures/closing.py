"""The best way through all corridors of a question when some of its places are closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from corridors.domain.places import AccessKind
from corridors.domain.results import Candidate
from corridors.domain.scenario import Objective
from corridors.optimise.candidates import candidate_of, decision_needs_fronts
from corridors.optimise.decision import value_of
from corridors.optimise.limits import box_limits
from corridors.routing.dated.prepared import bounded
from corridors.routing.found import found_routes
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.question import Question
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import CENTS_PER_USD


class Rerouter:
    """Best ways of one question, each closure sought only where it can matter.

    A closure takes arcs away. So a corridor none of whose routes runs over them keeps its answer;
    and where cost alone decides, a corridor all of whose ways cost more on any day than the best
    that remains cannot win. Both leave out work and never change an answer.

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
        """Return the best way with these places closed for good; None where none is left.

        The best has the least value of the scenario's objective among the routes within its limits
        a box; then the least cost, then days.

        Parameters
        ----------
        closed
            Ids of terminals, gates, countries or legs, or borders as `BY-PL`, as `closures` of a
            scenario names them.
        """
        closed_now = np.zeros(self._question.bundle.topology.arc_count, bool)
        for place in closed:
            closed_now |= self._question.bundle.rule_arcs.of(AccessKind.ANY, place)
        same: list[int] = []
        changed: list[int] = []
        for number, found in enumerate(self._open):
            touched = any(closed_now[list(candidate.arcs)].any() for candidate in found)
            (changed if touched else same).append(number)
        ways = [way for number in same for way in self._ways(self._open[number])]
        left = {n: self._problems[n].only(~closed_now[self._problems[n].base]) for n in changed}
        least = {n: self._least_usd(problem) for n, problem in left.items()}
        for number in sorted(changed, key=lambda n: (least[n], n)):
            if self._decided(least[number], ways):
                break
            ways.extend(self._ways(self._routes(number, left[number])))
        return min(ways, key=self._key, default=None)

    def _routes(self, number: int, problem: Problem) -> tuple[Candidate, ...]:
        routes: tuple[FoundRoute, ...] = found_routes(problem, self._terms, fronts=self._fronts)
        topology, whole = self._question.bundle.topology, self._problems[number]
        corridor, weights = self._question.corridors[number].id, self._question.weights
        return tuple(candidate_of(corridor, topology, whole, r, weights=weights) for r in routes)

    def _least_usd(self, problem: Problem) -> float:
        """Return what a way costs at least, whatever the day, in USD per TEU."""
        prepared = bounded(problem, fast=self._terms.fast, criteria=1)
        return int(prepared.bounds[0][SOURCE]) / CENTS_PER_USD

    def _decided(self, least_usd: float, ways: list[Candidate]) -> bool:
        """Return whether no way that costs so much at least can be the best."""
        if self._fronts or not ways:
            return False
        return least_usd > min(way.cost_usd_per_teu for way in ways)

    def _ways(self, found: Sequence[Candidate]) -> list[Candidate]:
        scenario = self._question.scenario
        bounds = box_limits(scenario.limits, scenario.departure)
        return [
            candidate
            for candidate in found
            if all(bound.figure(candidate) <= bound.bound + 1e-9 for bound in bounds)
        ]

    def _key(self, way: Candidate) -> tuple[float, float, float, str]:
        scenario = self._question.scenario
        objective: Objective = scenario.objective
        value = value_of(way, objective, scenario.shipment.value_of_time_usd_per_teu_day)
        return value, way.cost_usd_per_teu, way.days, way.corridor
