"""Simulate a scenario: draw what is uncertain, and count how the options fare.

Levels (prices, mean speeds and dwells) are known when booking, events (a late ship, a queue) are
not: in each draw of levels the option with the best expected objective is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, reduce
from typing import Any

import numpy as np

from corridors.config import fault
from corridors.config.checks import advice
from corridors.data.parameters import ParameterTable
from corridors.data.paths import one_look
from corridors.data.uncertainty import FAMILIES, events_known, load_uncertainty
from corridors.domain.results import LIMITS_PER_BOX, Candidate
from corridors.domain.scenario import OTHER, Closure, Limits, Scenario
from corridors.domain.simulation import OptionChances, Training
from corridors.domain.values import Note
from corridors.errors import ConfigError, OptionError
from corridors.optimise.candidates import candidate_in
from corridors.optimise.limits import alone_within
from corridors.progress import Progress, quiet
from corridors.routing.ladder import SearchedCorridor
from corridors.routing.terms import DatedRoute
from corridors.routing.who_sails import offer_of
from corridors.studies.decided import Decided, compared, decided
from corridors.studies.sampled import DRAWN_FIGURES, Sampled
from corridors.studies.session import Session
from corridors.studies.simulate.result import LEFT_OUT, Simulation
from corridors.studies.worth import robust_decision
from corridors.uncertainty.draws import (
    ICE,
    WORLD,
    Draws,
    Plan,
    Sample,
)
from corridors.uncertainty.evaluation import (
    Booked,
    Evaluator,
    Taken,
    ice_years_of,
    plan_for,
    table_at_cost,
    two_factors,
)
from corridors.uncertainty.searches import (
    BATCH,
    MOST_BATCHES,
    DrawnQuestion,
    Learner,
    Miss,
    Pool,
    RouteKey,
)

DRAWS = 10_000
OF_TRAINING = 3
"""The stream of the draws that are searched; sensitivities take two of their own."""

CLOSED = OptionChances()
"""What the draws say of a corridor that is open in none."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept of a route of the pool: its figures for limits, and who runs its ships."""

    candidate: Candidate
    operator: str


@one_look()
def simulate(
    scenario: Scenario,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    by: date | None = None,
    most_batches: int = MOST_BATCHES,
    session: Session | None = None,
    progress: Progress = quiet,
) -> Simulation:
    """Return how the options of a scenario fare over draws of what is uncertain.

    Parameters
    ----------
    scenario
        The scenario; its `draws` say what is drawn, its `chances` mix worlds.
    draws
        How many worlds are drawn, >= 1.
    seed
        Of all sequences: the same seed gives the same figures.
    by
        A day, for the chance that a box is available at its destination by its end.
    most_batches
        How often at most training draws are searched for further candidates.
    session
        Keeps networks and tables between scenarios; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A key of the scenario is wrong, or `by` is before its departure.
    """
    _refuse(scenario, by)
    session = session or Session()
    notes: tuple[str, ...] = ()
    if scenario.contracts:
        # What is agreed has no market to be drawn from, and no part in the draws of other ways.
        text = "your contracts are not drawn; `compare` has their range beside the market's"
        scenario, notes = replace(scenario, contracts=()), (Note(text, LEFT_OUT),)
    comparison, made = compared(scenario, session=session, figures_only=True, progress=progress)
    sampled = sample(
        made,
        draws=draws,
        seed=seed,
        session=session,
        most_batches=most_batches,
        progress=progress,
    )
    progress("sensitivities", 0, 1)
    found = {option.corridor: option for option in sampled.options(by)}
    shown = [(route.corridor, route.title, route.colour) for route in comparison.routes]
    rows = {name for name, _, _ in shown}
    shown += [(name, one.title, "") for name, one in found.items() if name not in rows]
    return Simulation(
        scenario=made.question.scenario,
        options=tuple(
            replace(found.get(name, CLOSED), corridor=name, title=title, colour=colour)
            for name, title, colour in shown
        ),
        effects=sampled.effects(seed),
        decision=robust_decision(made, sampled) if scenario.robust else comparison.decision,
        draws=draws,
        seed=seed,
        by=by,
        worth_of_all=sampled.worth_of_all,
        training=sampled.training,
        drawn_rows=len(sampled.draws.asked),
        warnings=(*notes, *comparison.warnings),
        manifest=comparison.manifest,
    )


def _refuse(scenario: Scenario, by: date | None) -> None:
    _refuse_names(scenario)
    if by is not None and by < scenario.departure:
        msg = f"`by` {by} is before the departure on {scenario.departure}"
        raise OptionError(msg)


def _refuse_names(scenario: Scenario) -> None:
    """Raise for a family or a factor that no row has."""
    for name, _ in scenario.draws.widths:
        if name not in FAMILIES:
            hint = advice(name, FAMILIES)
            text = f"unknown family '{name}', {hint}"
            raise ConfigError(fault(scenario, "draws.widths", text))
    factors = sorted({rule.factor for rule in load_uncertainty().rules} - {""})
    for names, _ in scenario.draws.correlations:
        one, other = two_factors(names)
        for name in (one, other):
            if name not in factors:
                text = (
                    f"'{names}': name two common factors, such as 'bunker and charter';"
                    f" unknown '{name}', {advice(name, factors)}"
                )
                raise ConfigError(fault(scenario, "draws.correlations", text))


def sample(
    made: Decided,
    *,
    draws: int,
    seed: int,
    session: Session,
    batch: int = BATCH,
    most_batches: int = MOST_BATCHES,
    progress: Progress = quiet,
) -> Sampled:
    """Draw the levels and events of a decided scenario, and evaluate its routes in them.

    Parameters
    ----------
    made
        The scenario as searched and decided.
    draws, seed, session, progress
        As in `simulate`.
    batch, most_batches
        How many training draws are searched at once, and how often at most.
    """
    table = table_at_cost(made.question)
    ice_years = ice_years_of(made.question.scenario)
    progress("drawn rows", 0, 1)
    mixed = _mixed(made, session)
    pool = pool_of(*(there for _, there in mixed))
    plan = plan_for(made.question, table, ice=bool(ice_years))
    for _, there in () if plan.is_empty else mixed:
        learner = _learner(there, table, plan, ice_years, seed, batch * most_batches)
        learner.learn(
            pool,
            batch=batch,
            most_batches=most_batches,
            told=lambda done, of: progress("training searches", done, of),
        )
    main = Draws(plan=plan, sample=Sample.stratified(draws, seed))
    return _sampled(mixed, pool, main, progress)


def sample_booked(
    made: Decided, *, draws: int, seed: int, session: Session, progress: Progress = quiet
) -> Sampled:
    """Draw the levels and events of a decided scenario for the routes that its searches found.

    Nothing is searched in drawn worlds, which takes minutes where searches are long and moves the
    share of draws in which a corridor is the best by a hundredth or two: of each corridor there are
    the best route and the cheapest, and others only where limits may need them. The first draw is
    the median of all rows. Parameters are those of `sample`.
    """
    mixed = _mixed(made, session)
    pool = pool_of(*(there for _, there in mixed), booked_only=True)
    ice = bool(ice_years_of(made.question.scenario))
    plan = plan_for(made.question, table_at_cost(made.question), ice=ice)
    sample = Sample.stratified(draws, seed, median_first=True)
    return _sampled(mixed, pool, Draws(plan=plan, sample=sample), progress)


def _sampled(
    mixed: tuple[tuple[float, Decided], ...],
    pool: Pool,
    draws: Draws,
    progress: Progress,
) -> Sampled:
    """Evaluate the routes of a pool in draws, with their events, in the worlds of a scenario."""
    made = mixed[0][1]
    scenario = made.question.scenario
    ice_years = ice_years_of(scenario)
    evaluator = Evaluator(
        question=made.question,
        table=table_at_cost(made.question),
        routes=tuple(
            Booked(key=key, operator=noted.operator)
            for key, noted in pool.routes.items()
            if isinstance(noted, Noted)
        ),
        events=events_known(scenario.known_on) if scenario.draws.events else (),
        ice_years=ice_years,
    )
    of_events = evaluator.groups_of_events()
    others = (*of_events, *((WORLD,) if len(mixed) > 1 else ()))
    draws = replace(draws, plan=replace(draws.plan, others=(*draws.plan.others, *others)))
    takens = evaluator.centred(draws, told=lambda done, of: progress("draws", done, of))
    in_worlds = None
    if len(mixed) > 1:
        in_worlds = partial(_mixed_takens, evaluator, mixed)
        takens = in_worlds(draws, takens)
    routes: dict[str, list[RouteKey]] = {}
    for key in pool.routes:
        routes.setdefault(key.corridor, []).append(key)
    return Sampled(
        scenario=made.question.scenario,
        count=draws.count,
        made=made,
        draws=draws,
        evaluator=evaluator,
        takens=takens,
        routes=routes,
        booked={
            one.corridor.id: RouteKey.of(one, one.best)
            for one in made.on_basis
            if one.best is not None
        },
        allowed=frozenset().union(*(_allowed(there, pool) for _, there in mixed)),
        training=_training(pool),
        of_events=of_events,
        in_worlds=in_worlds,
        candidates={
            key: noted.candidate for key, noted in pool.routes.items() if isinstance(noted, Noted)
        },
    )


def _training(pool: Pool) -> Training:
    names = dict.fromkeys(name for miss in pool.misses for name in miss.corridors)
    last = Miss()
    for name in names:
        # A corridor that is learned is searched no more.
        of = [miss.of(name) for miss in pool.misses if name in miss.corridors]
        last = reduce(Miss.with_that_of, of[-2:], last)
    return Training(
        routes=len(pool.routes),
        searches=sum(miss.searches for miss in pool.misses),
        mean_miss=last.mean,
        worst_miss=last.worst,
    )


def _mixed(made: Decided, session: Session) -> tuple[tuple[float, Decided], ...]:
    """Return the worlds that the chances of a scenario mix, with their probabilities.

    The first is that without them; those of no probability are left out.
    """
    scenario = made.question.scenario
    found = [(1.0, made)]
    for chance in scenario.chances:
        closure = Closure(
            place=chance.place,
            first_day=chance.first_day,
            last_day=chance.last_day,
            reason=chance.reason,
        )
        more = []
        for share, there in found:
            if chance.probability > 0.0:
                closures = (*there.question.scenario.closures, closure)
                closed = replace(there.question.scenario, closures=closures)
                more.append((share * chance.probability, decided(closed, session=session)))
        found = [(share * (1.0 - chance.probability), there) for share, there in found] + more
    return tuple(found)


def _mixed_takens(
    evaluator: Evaluator,
    mixed: Sequence[tuple[float, Decided]],
    draws: Draws,
    takens: dict[RouteKey, Taken],
) -> dict[RouteKey, Taken]:
    """Return what routes take where each draw is of one of the worlds."""
    ends = np.cumsum([share for share, _ in mixed])
    world = np.minimum(np.searchsorted(ends, draws.of(WORLD), side="right"), len(mixed) - 1)
    found = takens
    for number, (_, there) in enumerate(mixed[1:], start=1):
        here = replace(evaluator, question=there.question).taken(draws, keys=takens)
        found = {
            key: Taken(
                *(
                    np.where(world == number, one, other)
                    for one, other in zip(here[key], taken, strict=True)
                )
            )
            for key, taken in found.items()
        }
    return found


def noted_of(found: SearchedCorridor, route: DatedRoute) -> Noted:
    """Return what is kept of a route of a search."""
    return Noted(candidate=candidate_in(found, route), operator=offer_of(found, route).operator)


def pool_of(
    *worlds: Decided,
    note: Callable[[SearchedCorridor, DatedRoute], Noted] = noted_of,
    booked_only: bool = False,
) -> Pool:
    """Return the pool of the routes that comparisons found; the best are always among them.

    With `booked_only` it holds of each corridor the best route and the cheapest, and of the others
    those that may be recommended if limits may need them.
    """
    pool = Pool(note=note, by_date=worlds[0].question.bundle.topology.is_in_ice)
    few = booked_only and worlds[0].question.scenario.limits == Limits()
    booked: set[RouteKey] = set()
    for one in (one for made in worlds for one in made.on_basis):
        first = dict.fromkeys(filter(None, (one.best, one.cheapest)))
        booked |= {RouteKey.of(one, route) for route in first}
        for route in first if few else one.routes:
            pool.add(one, route)
    if booked_only and not few:
        allowed = frozenset().union(*(_allowed(made, pool) for made in worlds))
        ways = {(key.corridor, key.arcs) for key in booked | allowed}
        pool.routes = {
            key: noted for key, noted in pool.routes.items() if (key.corridor, key.arcs) in ways
        }
    return pool


def _learner(
    made: Decided,
    table: ParameterTable,
    plan: Plan,
    ice_years: tuple[str, ...],
    seed: int,
    count: int,
) -> Learner:
    question = made.question
    # Not the main draws, which judge what is learned.
    draws = Draws(plan=plan, sample=Sample.stratified(count, seed, stream=OF_TRAINING))
    if ice_years:
        ice = (draws.of(ICE) * len(ice_years)).astype(np.int64)
        years = ice_years
    else:
        years, ice = (question.scenario.ice_year,), np.zeros(count, np.int64)
    drawn = DrawnQuestion.of(question, table, draws.values(), ice_years=years, ice_of_draw=ice)
    numbers = tuple(n for n, corridor in enumerate(question.corridors) if corridor.id != OTHER)
    return Learner(
        drawn=drawn,
        worlds=drawn.worlds,
        numbers=numbers,
        free=len(numbers) if made.listed_other else None,
        objective=question.scenario.objective,
    )


def _allowed(made: Decided, pool: Pool) -> frozenset[RouteKey]:
    """Return the routes that may be recommended, and are alone within the caps on shares."""
    kept = {
        key: one.candidate
        for key, one in pool.routes.items()
        if isinstance(one, Noted) and key.corridor not in made.without_line
    }
    return within_caps(kept, made.question.scenario)


def within_caps(kept: Mapping[RouteKey, Candidate], scenario: Scenario) -> frozenset[RouteKey]:
    """Return the routes that are alone within a scenario's caps on shares."""
    if scenario.limits == Limits():
        return frozenset(kept)
    # Limits on figures that draws move are looked at draw by draw.
    moved: Any = {n: None for n, of in LIMITS_PER_BOX.items() if of.figure in DRAWN_FIGURES}
    caps = replace(scenario.limits, **moved)
    alone = {id(one) for one in alone_within(list(kept.values()), caps)}
    return frozenset(key for key, one in kept.items() if id(one) in alone)
