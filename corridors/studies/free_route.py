"""Hold the compared corridors against the best route of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridors.domain.answer import BOXES
from corridors.domain.scenario import OTHER, Limits
from corridors.network.corridor import Exclusion
from corridors.optimise.candidates import candidate_in, decision_needs_fronts
from corridors.output.answer import money
from corridors.output.display_names import in_sentence, name_of_way
from corridors.routing.ladder import SearchedCorridor, search, weighing_in
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSearches:
    """The searches of the compared corridors once the free route has its row.

    `notes` are warnings by corridor; `warning` is that of the run, if the free route has no row.
    """

    searches: tuple[SearchedCorridor, ...]
    notes: dict[str, str]
    warning: str = ""


def held_against_all(
    question: Question, searches: Sequence[SearchedCorridor], *, listed: bool, keep: bool = True
) -> tuple[ComparedSearches, SearchedCorridor]:
    """Search the free route of a question, and give it its row if no compared corridor holds it.

    Return also its search. Parameters are those of `with_free_route` and `search`.
    """
    number = len(question.corridors) - 1
    free = search(question, number, fronts=False, keep=keep)
    compared = with_free_route(searches, free, listed=listed)
    # The front of all ways takes longer than those of all corridors: only its own row needs it, and
    # limits, within which another of its routes may be best.
    has_row = any(one is free for one in compared.searches)
    scenario = question.scenario
    may_be_best = has_row or (listed and scenario.limits != Limits())
    if may_be_best and decision_needs_fronts(scenario):
        free.rest()
        free = search(question, number, fronts=True, keep=keep)
        compared = with_free_route(searches, free, listed=listed)
    return compared, free


def with_free_route(
    searches: Sequence[SearchedCorridor], free: SearchedCorridor, *, listed: bool
) -> ComparedSearches:
    """Give the free route its row, if no compared corridor holds it.

    Parameters
    ----------
    searches
        The searches of the compared corridors.
    free
        The search without a corridor.
    listed
        Whether the scenario asks for the row `other`.

    Returns
    -------
    compared
        The row `other` has it, with the reason why no corridor holds it, or a warning tells of it
        if that row is not asked for.
    """
    best, least = free.best, weighing_in(free.question).sum_of
    rivals = [least(o.best) for o in searches if o.best is not None and o.may_be_recommended]
    if best is None or (rivals and min(rivals) <= least(best)):
        return ComparedSearches(searches=tuple(searches), notes={})
    why_not = _nearest(searches, free, best)
    if listed:
        return ComparedSearches(
            searches=(*searches, free), notes={OTHER: why_not} if why_not else {}
        )
    usd, days = best.cents / CENTS_PER_USD, best.minutes / MINUTES_PER_DAY
    way = name_of_way("", candidate_in(free, best).way)
    equipment = free.question.scenario.shipment.equipment
    usd *= equipment.teu_per_box
    text = (
        f"A better route exists outside your corridors: USD {money(usd)} per {BOXES[equipment]},"
        f" {days:.1f} days"
    )
    text += f",{way}" if way else ""
    return ComparedSearches(
        searches=tuple(searches), notes={}, warning=f"{text}; {why_not}" if why_not else text
    )


def _why(one: SearchedCorridor, free: SearchedCorridor, best: DatedRoute) -> Exclusion:
    """Return why a corridor does not hold the free route."""
    bundle = one.question.bundle
    return bundle.layering.exclusion_of(one.corridor, free.arcs(best))


def _nearest(searches: Sequence[SearchedCorridor], free: SearchedCorridor, best: DatedRoute) -> str:
    """Return what keeps the free route out of the corridor that it comes nearest to."""
    reasons = [(one, _why(one, free, best)) for one in searches]
    passed = [(one, why) for one, why in reasons if why.reached]
    if not passed:
        return "none of your corridors goes that way" if reasons else ""
    one, why = max(passed, key=lambda pair: (pair[1].reached / pair[1].entries, pair[1].reached))
    return f"it is not part of {in_sentence(one.corridor.title)}, because {why.reason}"
