"""Which ways may be recommended: only those that lines are known to run, or all.

One switch a question. T is the cost and the time at `lines.usd_per_day`, whatever the objective,
the price basis, the cargo or its value of time. Within the limits, F is the least T of all ways and
K that of the ways whose main carriage is known to run from end to end. If K <= r F
(`lines.most_times`), only known ways may be recommended, else all may. Every objective, limit, tie
and ladder is then a minimum over what may be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from corridors.data.access import lines_count, load_worlds_of_lines
from corridors.domain.objective import Objective
from corridors.domain.scenario import OTHER, Limits
from corridors.optimise.candidates import candidate_of
from corridors.optimise.limits import exceeded
from corridors.routing.corridor_search import routes_of
from corridors.routing.known_ways import all_listed
from corridors.routing.problem import make_problem
from corridors.routing.question import ANY_WAY, Question
from corridors.routing.terms import Terms
from corridors.routing.weighing import weighing_of


def with_lines(question: Question, at_cost: Callable[[], Question] | None = None) -> Question:
    """Return a question with only what is known to run, if that is near enough to the best of all.

    Parameters
    ----------
    question
        A question to one destination.
    at_cost
        Poses the same at cost, if it is not at cost itself.
    """
    scenario = question.scenario
    ends = question.origin.country, question.destination.country
    if scenario.world not in load_worlds_of_lines():
        return question
    # Rows of the kind `whole` hold on their own days, whatever is listed of the trade.
    places = (question.origin, question.destination)
    ports = {port.id for end in places for port in (end, *question.by_road[end.id])}
    listed = all_listed(question.bundle.topology, scenario.departure, ends, ports)
    question = replace(question, listed_only=listed if listed.any() else None)
    if not lines_count(scenario.world, scenario.departure, ends):
        return question
    asked = replace(at_cost(), listed_only=question.listed_only) if at_cost else question
    known, every = (_least(replace(asked, only_known=only)) for only in (True, False))
    if known is None:
        return question
    times = question.parameters.value("lines.most_times")
    return replace(question, only_known=every is None or known <= times * every)


def _least(question: Question) -> float | None:
    """Return the least T of all its ways within the limits; None if there is none."""
    ids = [corridor.id for corridor in question.corridors]
    layered = question.layered(ids.index(OTHER) if OTHER in ids else ANY_WAY)
    scenario, value = question.scenario, question.parameters.value("lines.usd_per_day")
    problem = make_problem(question.bundle.topology, layered, question.weights)
    terms = Terms(start_day=0, max_wait_days=scenario.max_wait_days, fast=True)
    weighing = weighing_of(Objective.GENERALISED, value)
    limited = scenario.limits != Limits()
    routes = routes_of(problem, terms, weighing, fronts=limited).routes
    candidates = [
        candidate_of(
            OTHER,
            question.bundle.topology,
            problem,
            route,
            weights=question.weights,
            listed=question.listed if limited else None,
        )
        for route in routes
    ]
    within = (
        one
        for one in candidates
        if not limited or not exceeded(one, scenario.limits, scenario.departure)
    )
    return min((one.cost_usd_per_teu + value * one.days for one in within), default=None)
