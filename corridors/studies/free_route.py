"""Hold the compared corridors against the best route of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.domain.scenario import OTHER, Limits
from corridors.network.corridor.layers import Exclusion, Layered
from corridors.optimise.candidates import candidate_in, decision_needs_fronts
from corridors.output.display_names import in_sentence, name_of_way
from corridors.routing.corridor_search import (
    Arrays,
    SearchedCorridor,
    routes_of,
    search,
    weighing_in,
)
from corridors.routing.dated.departures import best_route
from corridors.routing.known_ways import KnownWays
from corridors.routing.problem import make_problem
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSearches:
    """The searches of the compared corridors once the free route has its row.

    `notes` are warnings by corridor; `warning` is that of the run, if the free route has no row.
    """

    found: tuple[SearchedCorridor, ...]
    notes: dict[str, str]
    warning: str = ""


def held_against_all(
    question: Question, found: Sequence[SearchedCorridor], *, listed: bool, keep: bool = True
) -> tuple[ComparedSearches, SearchedCorridor]:
    """Search the free route of a question, and give it its row if no compared corridor holds it.

    Return also its search. Parameters are those of `with_free_route` and `search`.
    """
    number = len(question.corridors) - 1
    free = search(question, number, fronts=False, keep=keep)
    held = with_free_route(found, free, listed=listed)
    # The front of all ways takes longer than those of all corridors: only its own row needs it, and
    # limits, within which another of its routes may be best.
    has_row = any(one is free for one in held.found)
    scenario = question.scenario
    may_be_best = has_row or (listed and scenario.limits != Limits())
    if may_be_best and decision_needs_fronts(scenario):
        free.rest()
        free = search(question, number, fronts=True, keep=keep)
        held = with_free_route(found, free, listed=listed)
    return held, free


def with_free_route(
    found: Sequence[SearchedCorridor], free: SearchedCorridor, *, listed: bool
) -> ComparedSearches:
    """Give the free route its row, if no compared corridor holds it.

    Parameters
    ----------
    found
        The searches of the compared corridors.
    free
        The search without a corridor.
    listed
        Whether the scenario asks for the row `other`.

    Returns
    -------
    held
        A corridor that would hold the route but for a bound of carriage gets it as its own;
        else the row `other` has it, or a warning if that row is not asked for.
    """
    best, least = free.best, weighing_in(free.question).sum_of
    rivals = [least(o.best) for o in found if o.best is not None and o.may_be_recommended]
    if best is None or (rivals and min(rivals) <= least(best)):
        return ComparedSearches(found=tuple(found), notes={})
    for number, one in enumerate(found):
        wider = _without_bounds(one, free)
        if wider is not None:
            why = _why(one, free, best).reason
            note = (
                f"goes farther to or from the ship or train than corridors do: {why}"
                if why
                else "goes farther to or from the ship or train than corridors do"
            )
            return ComparedSearches(
                found=(*found[:number], wider, *found[number + 1 :]),
                notes={one.corridor.id: note},
            )
    why_not = _nearest(found, free, best)
    if listed:
        return ComparedSearches(found=(*found, free), notes={OTHER: why_not} if why_not else {})
    usd, days = best.cents / CENTS_PER_USD, best.minutes / MINUTES_PER_DAY
    way = name_of_way("", candidate_in(free, best).way)
    text = f"A better route exists outside your corridors: USD {usd:,.0f} per TEU, {days:.1f} days"
    text += f",{way}" if way else ""
    return ComparedSearches(
        found=tuple(found), notes={}, warning=f"{text}; {why_not}" if why_not else text
    )


def _without_bounds(one: SearchedCorridor, free: SearchedCorridor) -> SearchedCorridor | None:
    """Return the search of a corridor without bounds of carriage, if that holds the free route."""
    question = free.question
    bundle, running = question.bundle, question.running if question.only_known else None

    def make() -> Layered:
        if running is None:
            return bundle.layering.unbounded.to(one.corridor)
        return KnownWays(bundle=bundle, running=running).of(one.corridor, unbounded=True)

    wide = question.priced(bundle.known.of(("unbounded", one.number, running), make))
    problem = make_problem(bundle.topology, wide, question.weights)
    priced = np.isin(problem.base, bundle.groups.arcs)
    if not priced.all():
        problem = replace(problem.only(priced), number=np.arange(int(priced.sum())), of_arcs={})
    weighing = weighing_in(question)
    best = free.weighed or free.routes[0]
    asked = problem if free.weighed is None else weighing.problem(problem)
    costs = None if free.weighed is None else problem
    if best_route(asked, one.terms, most_cents=best.cents, costs=costs) is None:
        return None
    held = routes_of(problem, one.terms, weighing, fronts=False)
    route = next(iter(held.routes), None)
    if route is None or route.vector[:2] != free.routes[0].vector[:2]:
        return None
    return replace(
        one,
        arrays=Arrays(lambda: problem),
        routes=held.routes,
        weighed=held.weighed,
        layered=wide,
        question=question,
        is_unsailed=False,
        is_unpriced=False,
    )


def _why(one: SearchedCorridor, free: SearchedCorridor, best: DatedRoute) -> Exclusion:
    """Return why a corridor does not hold the free route."""
    bundle = one.question.bundle
    return bundle.layering.exclusion_of(one.corridor, free.arcs(best))


def _nearest(found: Sequence[SearchedCorridor], free: SearchedCorridor, best: DatedRoute) -> str:
    """Return what keeps the free route out of the corridor that it comes nearest to."""
    reasons = [(one, _why(one, free, best)) for one in found]
    passed = [(one, why) for one, why in reasons if why.reached]
    if not passed:
        return "none of your corridors goes that way" if reasons else ""
    one, why = max(passed, key=lambda pair: (pair[1].reached / pair[1].entries, pair[1].reached))
    return f"it is not part of {in_sentence(one.corridor.title)}, because {why.reason}"
