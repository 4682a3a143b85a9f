"""Which corridors the pairs of a plan leave out, as a comparison would: no line sails them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from corridors.domain.plan import Pair, Plan
from corridors.domain.results import Candidate
from corridors.optimise.candidates import candidate_in
from corridors.optimise.offered import bookable, offered
from corridors.routing.corridor_search import search
from corridors.routing.question import Question


def left_out(
    plan: Plan,
    pair: Pair,
    of_day: Mapping[date, tuple[Question, frozenset[int]]],
    by_month: Mapping[int, Sequence[date]],
) -> Mapping[int, frozenset[int]]:
    """Return by month which of some corridors of a pair are left out.

    A corridor is judged by its best route of the first departure of the month that has one, by the
    rule of comparisons (see `offered`). None is left out if no other meets the deadline, nor one
    that a minimum or contract of the plan asks for. Months in which it has no route follow the
    others.

    Parameters
    ----------
    plan, pair
        The plan and one of its pairs.
    of_day
        By departure the pair's question at its prices, on that day or before, and the corridors
        asked for.
    by_month
        The departures.
    """
    wanted = {one.key for one in plan.minimums} | {one.key for one in plan.contracts}
    kept: dict[int, set[str]] = {}
    gone: dict[int, set[str]] = {}
    for month, days in by_month.items():
        searched = [(_asked(plan, of_day[day][0]), day) for day in sorted(days)]
        numbers = sorted(frozenset[int]().union(*(of_day[day][1] for day in days)))
        of_corridors = (_first_route(searched, number) for number in numbers)
        candidates = [one for one in of_corridors if one is not None]
        first = searched[0][0]
        may = offered(candidates, first.scenario, first.parameters).candidates
        if not any(pair.max_days is None or one.days <= pair.max_days for one in may):
            may = tuple(candidates)
        kept[month] = {one.corridor for one in candidates if one in may or _is_wanted(one, wanted)}
        gone[month] = {one.corridor for one in candidates} - kept[month]
    never = set[str]().union(*gone.values()) - set[str]().union(*kept.values())
    ids = [corridor.id for corridor in first.corridors]
    return {month: frozenset(map(ids.index, gone[month] | never)) for month in by_month}


def _asked(plan: Plan, question: Question) -> Question:
    """Return a question as the plan asks it."""
    asked = replace(question.scenario, objective=plan.objective, max_wait_days=plan.max_wait_days)
    return replace(question, scenario=asked)


def _first_route(searched: Sequence[tuple[Question, date]], number: int) -> Candidate | None:
    """Return the best route of a corridor on the first of some days that has one."""
    for question, day in searched:
        start_day = (day - question.scenario.departure).days
        found = bookable(search(question, number, fronts=False, start_day=start_day), fronts=False)
        if found.best is not None:
            return candidate_in(found, found.best)
    return None


def _is_wanted(candidate: Candidate, wanted: set[str]) -> bool:
    return not wanted.isdisjoint({candidate.corridor, *candidate.gates, *candidate.countries})
