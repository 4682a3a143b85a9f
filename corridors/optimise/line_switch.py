"""Which ways may be recommended: only those that lines are known to run, or all.

One switch a question. T is the cost and the time at `lines.usd_per_day`, whatever the objective,
the price basis, the cargo or its value of time. Within the limits, F is the least T of all ways and
K that of the ways whose main carriage is known to run from end to end. If K <= r F
(`lines.most_times`), only known ways may be recommended, else all may. Every objective, limit, tie
and ladder is then a minimum over what may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from corridors.data.access import lines_count, load_worlds_of_lines
from corridors.domain.objective import Objective
from corridors.domain.results import Candidate
from corridors.domain.scenario import OTHER, Limits
from corridors.network.corridor.layers import Layered
from corridors.optimise.candidates import candidate_of
from corridors.optimise.limits import exceeded
from corridors.routing.corridor_search import routes_of
from corridors.routing.known_ways import all_listed
from corridors.routing.problem import make_problem
from corridors.routing.question import ANY_WAY, Question, lines_by_day
from corridors.routing.terms import Terms
from corridors.routing.weighing import weighing_of

BY_COST = "answered by what carriage costs, not by price"


def with_lines(question: Question, days: Sequence[date] = ()) -> Question:
    """Return a question with only what is known to run, if that is near enough to the best of all.

    It is one to one destination. By price it is judged by cost too. If some `days` of departure are
    asked for, the lines of all of them are laid at once.
    """
    scenario = question.scenario
    question = replace(question, only_known=False, listed_only=None)
    ends = question.origin.country, question.destination.country
    if scenario.world not in load_worlds_of_lines():
        return question
    if days:
        question = replace(question, lines=lines_by_day(question, days))
    # Rows of the kind `whole` hold on their own days, whatever is listed of the trade.
    places = (question.origin, question.destination)
    ports = {port.id for end in places for port in (end, *question.by_road[end.id])}
    listed = all_listed(question.bundle.topology, scenario.departure, ends, ports)
    question = replace(question, listed_only=listed if listed.any() else None)
    if not lines_count(scenario.world, scenario.departure, ends):
        return question
    asked = question.at_cost if question.at_price else question
    known, every = (best_of_all(replace(asked, only_known=only)) for only in (True, False))
    if known is None:
        return question
    times = question.parameters.value("lines.most_times")
    only_known = every is None or _t_of(asked, known) <= times * _t_of(asked, every)
    return replace(question, only_known=only_known)


def with_basis(question: Question, numbers: Sequence[int]) -> Question:
    """Return a question by price, or by cost where its best way by T has no price.

    Parameters
    ----------
    question
        A question after the switch of lines, to one destination.
    numbers
        The corridors whose best way counts.
    """
    if not question.at_price:
        return question
    asked = question.at_cost
    found = [_best(asked, asked.layered(number)) for number in numbers]
    known = [one for one in found if one is not None]
    if not question.market.quotes:
        why = "nothing is quoted between these regions"
    elif known:
        best = min(known, key=lambda one: _t_of(asked, one))
        if question.paid_by(best.arcs) is not None:
            return question
        why = (
            f"the best way by cost and days, {best.cost_usd_per_teu:,.0f} USD per TEU and"
            f" {best.days:.1f} days, is on no lane that is quoted"
        )
    else:
        return question
    return replace(asked, basis_note=f"{BY_COST}: {why}")


def best_of_all(question: Question) -> Candidate | None:
    """Return its way of least T within the limits; None if there is none."""
    ids = [corridor.id for corridor in question.corridors]
    return _best(question, question.layered(ids.index(OTHER) if OTHER in ids else ANY_WAY))


def _t_of(question: Question, way: Candidate) -> float:
    """Return the T of a way."""
    return way.cost_usd_per_teu + question.parameters.value("lines.usd_per_day") * way.days


def _best(question: Question, layered: Layered) -> Candidate | None:
    scenario, value = question.scenario, question.parameters.value("lines.usd_per_day")
    problem = make_problem(question.bundle.topology, layered, question.weights)
    terms = Terms(start_day=question.start_day, max_wait_days=scenario.max_wait_days, fast=True)
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
    return min(within, key=lambda one: _t_of(question, one), default=None)
