"""Which corridors the pairs of a plan leave out, as a comparison would: no line sails them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from corridors.domain.plan import Pair, Plan
from corridors.domain.results import Candidate
from corridors.optimise.candidates import candidate_in
from corridors.optimise.offered import offered
from corridors.routing.corridor_search import search
from corridors.routing.question import Question


def left_out(
    plan: Plan, pair: Pair, question: Question, numbers: Sequence[int], days: Sequence[date]
) -> Mapping[date, frozenset[int]]:
    """Return by day of departure which of some corridors of a pair are left out.

    A corridor is judged by its best route of the day within the deadline, by the rule of
    comparisons (see `offered`). None is left out for want of another, nor one that a minimum or
    contract of the plan asks for. Days on which it has no route follow the others.

    Parameters
    ----------
    plan, pair
        The plan and one of its pairs.
    question
        The pair's question on the first of the days or before.
    numbers
        The corridors among those of the question.
    days
        The departures, in one year.
    """
    scenario = question.scenario
    asked = replace(scenario, objective=plan.objective, max_wait_days=plan.max_wait_days)
    searched = replace(question, scenario=asked)
    wanted = {one.key for one in plan.minimums} | {one.key for one in plan.contracts}
    kept: dict[date, set[str]] = {}
    gone: dict[date, set[str]] = {}
    for day in days:
        start_day = (day - scenario.departure).days
        candidates: list[Candidate] = []
        for number in numbers:
            found = search(searched, number, fronts=False, start_day=start_day)
            if found.best is not None:
                candidates.append(candidate_in(found, found.best))
        within = [one for one in candidates if pair.max_days is None or one.days <= pair.max_days]
        may = offered(within, asked, question.parameters)
        stay = {one.corridor for one in within if _is_wanted(one, wanted)}
        stay |= {one.corridor for one in may.candidates or within}
        kept[day], gone[day] = stay, {one.corridor for one in within} - stay
    never = set[str]().union(*gone.values()) - set[str]().union(*kept.values())
    ids = [corridor.id for corridor in question.corridors]
    return {
        day: frozenset(ids.index(name) for name in gone[day] | never - kept[day]) for day in days
    }


def _is_wanted(candidate: Candidate, wanted: set[str]) -> bool:
    return not wanted.isdisjoint({candidate.corridor, *candidate.gates, *candidate.countries})
