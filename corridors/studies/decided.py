"""Pose the question of a scenario, search its corridors, report, certify, decide.

See docs/explanation/how-it-works.md for these steps on a network of eight nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from corridors.data.access import load_worlds_of_lines
from corridors.data.paths import one_look
from corridors.domain.answer import BOXES
from corridors.domain.results import Alternative, Candidate, Decision, Offer, RouteOption
from corridors.domain.scenario import OTHER, Avoided, Limits, Scenario
from corridors.network.corridor import Exclusion
from corridors.optimise.candidates import (
    candidate_in,
    candidates_of,
    decision_needs_fronts,
    exceeded_by,
    front_points,
)
from corridors.optimise.certificate import certify as certified
from corridors.optimise.decision import decide, ladder_of, tolerances_of
from corridors.optimise.shares import way_shares
from corridors.output.answer import money
from corridors.output.comparison import Comparison, rank_options, with_equals
from corridors.output.display_names import NO_LINE, in_sentence, line_notes, name_by, name_of_way
from corridors.progress import Progress, quiet
from corridors.routing.contract_ways import ContractQuestion
from corridors.routing.ladder import SearchedCorridor, search, search_row, weighing_in
from corridors.routing.question import Question
from corridors.routing.report import NOTHING_USABLE, report, run_warnings
from corridors.routing.terms import DatedRoute
from corridors.studies.option_tables import contract_rows, is_contract, with_cost
from corridors.studies.session import Session
from corridors.uncertainty.booked import Ranges, booked_draws
from corridors.uncertainty.evaluation import Booked
from corridors.uncertainty.searches import RouteKey
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

# Hold the compared corridors against the best route of all.


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


# A way outside the corridors is recommended if it is better by more than this, in any unit.
SMALLEST_GAIN = 1e-6


@one_look()
def compared(
    scenario: Scenario,
    *,
    session: Session,
    certify: bool = False,
    alternatives: int = 0,
    figures_only: bool = False,
    fronts: bool = True,
    what_if: bool = False,
    ranges: Ranges = Ranges.NONE,
    progress: Progress = quiet,
) -> tuple[Comparison, Decided]:
    """Return a comparison in one world, and how it was decided, for those who go on with it.

    Parameters and errors are those of `compare.run.compare`.
    """
    booked: dict[str, Booked] = {}

    def reported(one: SearchedCorridor) -> RouteOption:
        option = option_of(one, session=session, certify=certify, figures_only=figures_only)
        if ranges is not Ranges.NONE and option.offer is not None and one.best is not None:
            booked[one.corridor.id] = booked_of(one, one.best, option.offer)
        return option

    made = decided(
        scenario,
        session=session,
        fronts=fronts and not figures_only,
        report=reported,
        progress=progress,
    )
    scenario = replace(scenario, price_basis=made.question.scenario.price_basis)
    options = [noted(option, made.compared) for option in made.options]
    if booked:
        options = _drawn(options, booked, made, ranges)
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
    ranked = with_equals(rank_options(options, scenario.objective, value_of_time=value_of_time))
    decision = made.decision
    if not any(option.usable for option in ranked):
        decision = replace(decision, advice=NOTHING_USABLE)
    if scenario.limits.avoid != Avoided() and decision.value is not None:
        passing = replace(scenario, limits=replace(scenario.limits, avoid=Avoided()))
        without = decided(passing, session=session).decision
        decision = _with_cost_of_avoiding(decision, without)
    others: tuple[Alternative, ...] = ()
    if alternatives:
        from corridors.studies.alternatives import alternatives as differing

        others = differing(made.question, alternatives)
    repriced = None
    if what_if and not figures_only:
        from corridors.studies.what_if import what_if_of

        repriced = what_if_of(made.question, made.on_basis, ranked, session=session)
    # Of one route in two corridors the ladder names the one that is ranked, the free one last.
    ranks = {option.corridor: rank for rank, option in enumerate(ranked)}
    ways = sorted(made.ways, key=lambda one: ranks.get(one.corridor.id, len(ranks)))
    lines_hold = scenario.world in load_worlds_of_lines()
    comparison = Comparison(
        scenario=scenario,
        routes=ranked,
        decision=decision,
        warnings=(),
        manifest=session.manifest_of(scenario),
        front=front_points(made.candidates),
        ladder=ladder_of(ways, made.within_limits, scenario),
        alternatives=others,
        what_if=repriced,
        shares=way_shares(made.on_basis, {one.corridor: name_by(one) for one in ranked}),
    )
    # What concerns only options that tables leave out is not told.
    shown = [option for option in ranked if option not in comparison.left_out]
    warnings = (
        *run_warnings(made.question, shown),
        *line_notes(shown, decision, lines_hold=lines_hold),
        *((made.compared.warning,) if made.compared.warning else ()),
        *made.warnings,
    )
    return replace(comparison, warnings=warnings), made


def booked_of(found: SearchedCorridor, route: DatedRoute, offer: Offer) -> Booked:
    """Return a route of a search, and who offers it, as it is booked."""
    return Booked(key=RouteKey.of(found, route), operator=offer.operator)


def _drawn(
    options: Iterable[RouteOption], booked: Mapping[str, Booked], made: Decided, ranges: Ranges
) -> list[RouteOption]:
    """Return options with what draws of their routes say."""
    questions = {one.corridor.id: one.question for one in made.compared.searches}
    market, by_contract = [], []
    for name, route in booked.items():
        question = questions.get(name)
        if isinstance(question, ContractQuestion):
            by_contract.append((question, route))
        else:
            market.append(route)
    drawn = booked_draws(made.question, market, ranges, by_contract=by_contract)
    best = made.decision.recommended
    return [
        replace(
            option,
            fans=drawn.fans(option.corridor),
            below_best_share=drawn.below(option.corridor, best),
        )
        for option in options
    ]


def noted(option: RouteOption, compared: ComparedSearches) -> RouteOption:
    """Return an option with the note of its search, and its way if it is outside the corridors."""
    note = compared.notes.get(option.corridor)
    warnings = option.warnings if note is None else (note, *option.warnings)
    title = option.title
    if option.corridor == OTHER and option.usable:
        best = next(one for one in compared.searches if one.corridor.id == OTHER)
        if best.best is not None:
            title = name_of_way(title, candidate_in(best, best.best).way)
    return replace(option, title=title, warnings=warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The searches of a scenario's corridors and what is decided by them.

    `free` is the search without a corridor. `offered` are the candidates that may be recommended,
    `within_limits` those that may be at some value of time if they meet the limits. `without_line`
    are the corridors that no line is known to run where only known ways may be recommended: their
    rows show the best if somebody ran it. `options` are those of the searches, as reported.
    `listed_other` says whether the best route of all has a row where no corridor holds it.
    """

    question: Question
    compared: ComparedSearches
    free: SearchedCorridor
    candidates: tuple[Candidate, ...]
    offered: tuple[Candidate, ...]
    without_line: tuple[str, ...]
    within_limits: tuple[Candidate, ...]
    decision: Decision
    options: tuple[RouteOption, ...] = ()
    listed_other: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def on_basis(self) -> tuple[SearchedCorridor, ...]:
        """The searches whose routes have a figure on the basis that is compared."""
        return tuple(
            one
            for one in self.compared.searches
            if not (one.is_unpriced or is_contract(one.corridor.id))
        )

    @property
    def ways(self) -> tuple[SearchedCorridor, ...]:
        """The searches whose routes may be best at some value of time."""
        found = tuple(one for one in self.compared.searches if one.may_be_recommended)
        has_row = any(one.corridor.id == OTHER for one in found)
        return found if has_row or not self.listed_other else (*found, self.free)


class _LookedAt(NamedTuple):
    """A search, and the candidates and reported options of it."""

    searched: SearchedCorridor
    candidates: tuple[Candidate, ...]
    options: tuple[RouteOption, ...]


def decided(
    scenario: Scenario,
    *,
    session: Session,
    fronts: bool = False,
    report: Callable[[SearchedCorridor], RouteOption] | None = None,
    progress: Progress = quiet,
) -> Decided:
    """Search the corridors of a scenario and decide.

    With `fronts` the fronts are searched even if the decision does not depend on them. `report`
    makes the option of a search, while its arrays are there. The other parameters, and the errors,
    are those of `compare.run.compare`.
    """
    asked = session.corridors_of(scenario)
    named = tuple(corridor for corridor in asked if corridor.id != OTHER)
    progress("network", 0, len(named))
    question = session.pose(scenario, (*named, *session.free))
    fronts = fronts or decision_needs_fronts(scenario)
    keep = session.keeps_searches
    looked_at: dict[str, _LookedAt] = {}

    def look_at(one: SearchedCorridor) -> None:
        made = () if report is None else (report(one),)
        looked_at[one.corridor.id] = _LookedAt(one, candidates_of(one), made)
        one.rest()

    found: list[SearchedCorridor] = []
    for number, corridor in enumerate(named):
        progress(corridor.title, number, len(named))
        found.append(search_row(question, number, fronts=fronts, keep=keep))
        if not keep:  # kept ones are looked at together, which is a fiftieth quicker
            look_at(found[-1])
    listed = any(corridor.id == OTHER for corridor in asked)
    compared, free = held_against_all(question, found, listed=listed, keep=keep)
    contracts = contract_rows(question, session, fronts=fronts, keep=keep)
    notes = compared.notes | dict(contracts.notes)
    compared = replace(compared, searches=(*compared.searches, *contracts.found), notes=notes)
    for one in compared.searches:
        if one.corridor.id not in looked_at:
            look_at(one)
    looks = [looked_at[one.corridor.id] for one in compared.searches]
    progress("decision", len(named), len(named))

    def decide_among(looks: Sequence[_LookedAt]) -> Decided:
        sailed = [look for look in looks if look.searched.may_be_recommended]
        offered = tuple(each for look in sailed for each in look.candidates)
        without_line = tuple(one.searched.corridor.id for one in looks if one.searched.is_unsailed)
        decision = decide(
            offered,
            scenario.limits,
            scenario.objective,
            value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
            departure=scenario.departure,
            tolerances=tolerances_of(question.parameters),
        )
        if without_line:
            advice = decision.advice if offered else NO_LINE
            decision = replace(decision, without_line=without_line, advice=advice)
        return Decided(
            question=question,
            compared=replace(compared, searches=tuple(look.searched for look in looks)),
            free=free,
            candidates=tuple(
                each for look in looks if not look.searched.is_unpriced for each in look.candidates
            ),
            offered=offered,
            without_line=without_line,
            decision=decision,
            within_limits=offered,
            options=tuple(option for look in looks for option in look.options),
            listed_other=listed,
            warnings=contracts.warnings,
        )

    made = decide_among(looks)
    if listed and scenario.limits != Limits() and OTHER not in looked_at:
        # Limits may rule out the best route, which a corridor holds, but not the free one after it.
        look_at(free)
        with_free = decide_among((*looks, looked_at[OTHER]))
        is_better = _least(with_free.decision) < _least(made.decision) - SMALLEST_GAIN
        within = with_free.offered
        made = replace(with_free if is_better else made, within_limits=within)
    free.rest()
    return made


def _least(decision: Decision) -> float:
    return inf if decision.least_value is None else decision.least_value


def option_of(
    found: SearchedCorridor, *, session: Session, certify: bool = False, figures_only: bool = True
) -> RouteOption:
    """Return the option of a search, certified unless only figures are wanted."""
    option = report(found, reopenings=session.reopenings, figures_only=figures_only)
    option = replace(with_cost(option, found), exceeds=exceeded_by(found))
    return option if figures_only else certified(option, found, dated=certify)


def _with_cost_of_avoiding(decision: Decision, without: Decision) -> Decision:
    """Return a decision with the cost of the limit `avoid`."""
    least, free = decision.least_value, without.least_value
    if least is None or free is None or least <= free:
        return decision
    cost = least - free
    return replace(
        decision,
        binding=(*decision.binding, "avoid"),
        marginal_values={**decision.marginal_values, "avoid": cost},
    )
