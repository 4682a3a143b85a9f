"""Build the networks on which the routes of a plan's pairs are searched."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.config.config_files import overlay_for
from corridors.costing.contract_charges import charged
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import areas_in_force
from corridors.domain.plan import Pair, Plan
from corridors.domain.scenario import OTHER, Corridor, PriceBasis, Scenario
from corridors.errors import CorridorsError
from corridors.network.lines.declared import declared_for, runs_on
from corridors.network.rules.capacity import USERS, passes, used_of
from corridors.network.states.topology import Topology
from corridors.optimise.candidates import BY_COST, with_lines
from corridors.optimise.planning.generation import MISSING_USD
from corridors.routing.contract_ways import by_contract
from corridors.routing.known_ways import Running, running_on
from corridors.routing.priced.priced_network import (
    ObjectiveWeights,
    PricedNetwork,
    least_at_each,
    union,
)
from corridors.routing.problem import Problem, least_weights
from corridors.routing.question import (
    ANY_CORRIDOR,
    HORIZON_DAYS,
    Question,
    parameters_on,
    price_key,
)
from corridors.studies.option_tables import AppliedContract, day_that_counts, search_by_contract
from corridors.studies.pair_network import Lane, LaneTerms, PairNetwork, PairProblems
from corridors.studies.session import Session
from corridors.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Corridors between Asia and Europe are detours from Spain to Italy: ways outside them are searched
# too if the cheapest or the quickest takes less than this share of the best inside, on any day.
# Of the pairs of the shipped plans the share is 0.93 and more, of detours it was 0.82 and less.
OUTSIDE_SHARE = 0.9
# The set of all arcs by which a contract of a rate sheet carries boxes.
RATE = "rate"
# A box is loaded so long after it leaves, at most.
MOST_BEFORE = timedelta(days=60)
# Departures on one network are at most so many days apart.
MOST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A listed capacity: parameter, scope and total TEU per week.

    `teu_per_week` is by month from the plan's first; infinite while none is listed.
    """

    parameter: str
    scope: str
    teu_per_week: tuple[float, ...]

    @property
    def place(self) -> str:
        """The id of the place that the scope names, if it names one."""
        return self.scope.partition("@")[2] or self.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A set of arcs to which a limit applies: a `country`, `gate`, `corridor`, `project` or `rate`.

    Those of a project are its `legs`, those of a rate all by which its contract carries boxes.
    """

    kind: str
    key: str
    legs: frozenset[str] = frozenset()


def resources_of(scenario: Scenario, months: Sequence[date]) -> tuple[Resource, ...]:
    """Return the capacities of a scenario on the first day of each month.

    Months need not follow on each other.

    Raises
    ------
    ConfigError
        A parameter of the scenario is unknown.
    """
    overlay = overlay_for(scenario)
    opening = [choice.opens for choice in scenario.projects]
    tables: dict[tuple[bool, ...], dict[tuple[str, str], float]] = {}
    by_month = []
    for month in months:
        opened = tuple(opens <= month for opens in opening)
        if opened not in tables:
            tables[opened] = {
                (row.parameter, row.scope): row.value
                for row in parameters_on(scenario, month, overlay=overlay)[0].rows
                if row.parameter in USERS
            }
        by_month.append(tables[opened])
    listed = dict.fromkeys(key for table in by_month for key in table)
    return tuple(
        Resource(
            parameter=parameter,
            scope=scope,
            teu_per_week=tuple(table.get((parameter, scope), math.inf) for table in by_month),
        )
        for parameter, scope in listed
    )


class UnpricedError(CorridorsError):
    """The best way of the pair so named, which asks for prices, has none on a departure."""


def on_one_basis(plans: Sequence[Plan], unpriced: str = "") -> tuple[Plan, ...]:
    """Return plans by price if each pair of all asks for prices and has them.

    Else all are by cost, since what is quoted in one stands beside no cost of another. `unpriced`
    is the name of a pair found without.
    """
    pairs = [pair for plan in plans for pair in plan.pairs]
    by_cost = [pair for pair in pairs if pair.scenario.price_basis is PriceBasis.COST]
    if not unpriced:
        if len(by_cost) in (0, len(pairs)):
            return tuple(plans)
        unpriced = by_cost[0].name
    note = f"{BY_COST}: the best way from {unpriced} has none"

    def at_cost(pair: Pair) -> Pair:
        return replace(pair, scenario=replace(pair.scenario, price_basis=PriceBasis.COST))

    return tuple(
        replace(plan, pairs=tuple(map(at_cost, plan.pairs)), basis_note=note) for plan in plans
    )


def lanes_of(
    plan: Plan,
    pair: Pair,
    *,
    session: Session,
    members: Sequence[Member],
    resources: Sequence[Resource],
    objective: ObjectiveWeights,
    years: Sequence[int] = (),
    charted: bool = True,
    contracts: Sequence[AppliedContract] = (),
    posings: BoundedCache[Question] | None = None,
) -> tuple[Lane, ...]:
    """Return a pair's lanes: its departures by what they cost and which corridors they leave out.

    They share one network (see `price_key`, `LinesByDay`). With `years` the plan of twelve months
    at most begins in each of these; years in which prices and rules are the same share their lanes.
    `charted` says whether routes are to be named. The departures by each of the `contracts` are
    lanes of their own, on days on which it holds. `posings` keep questions for other pairs with the
    same ends.

    Raises
    ------
    ConfigError
        A place, service or parameter of the pair is unknown.
    UnpricedError
        The pair asks for prices, and its best way on some day has none.
    """
    corridors = _corridors(plan, pair, session)
    plans = [plan.begun_in(year) for year in years] or [plan]

    days = sorted({day for each in plans for day in _days(each)})
    posed_on = partial(_posed, plan, pair, corridors=corridors, session=session, days=days)
    # Networks that are posed again keep no questions.
    kept = BoundedCache[Question](0) if posings is None else posings
    first_on = partial(_posed_once, kept, plan, pair, posed_on)
    posed_first = first_on(days[0])
    alike, questions = [], []
    for group in _by_year(plans, pair.scenario, posed_first, session):
        for part, question in _as_known(group.days, posed_first, first_on):
            alike.append(group._replace(days=part))
            questions.append(_of_any_day(question))
    del posed_first, question
    asked_lanes = partial(
        _lanes, plan, pair, members=members, resources=resources, objective=objective,
        charted=charted,
    )  # fmt: skip
    found = asked_lanes(alike, questions, posed_on, len(corridors))
    for one in contracts:
        by_it = partial(_posed_by, one, plan, pair, session=session, days=days)
        holding, posed = _holding(one, plans, pair, by_it, session)
        if holding:
            known = {
                group.days[0]: each.only_known for group, each in zip(holding, posed, strict=True)
            }
            found += asked_lanes(
                holding,
                [_of_any_day(each) for each in posed],
                partial(_posed_as_known, by_it, known),
                1,
                rate=one.contract.place,
            )
    return found


def _lanes(
    plan: Plan,
    pair: Pair,
    alike: Sequence[_Alike],
    questions: list[Question],
    posed_on: Callable[[date], Question],
    corridors: int,
    *,
    members: Sequence[Member],
    resources: Sequence[Resource],
    objective: ObjectiveWeights,
    charted: bool,
    rate: str = "",
) -> tuple[Lane, ...]:
    """Return the lanes of groups of days with the same prices, each with its question.

    Parameters
    ----------
    questions
        By group; they are let go of, and `posed_on` poses them again.
    corridors
        How many corridors a question has.
    rate
        The place of the contract by which all boxes go.
    """
    first_days = [group.days[0] for group in alike]
    prices_of = {day: number for number, group in enumerate(alike) for day in group.days}
    # Another network only if other services sail or other arcs are never usable.
    together: dict[Hashable, list[int]] = {}
    for number, question in enumerate(questions):
        usable = np.packbits(question.weights.usable).tobytes()
        key = id(question.bundle.topology), usable, _known_key(question)
        together.setdefault(key, []).append(number)
    asked: dict[int, frozenset[int]] = {}
    for numbers in together.values():
        asked |= zip(numbers, _asked([questions[number] for number in numbers]), strict=True)

    # A TEU through what is booked saves at most what the contract says, one of a minimum anything.
    least = dict.fromkeys(((str(member.kind), member.key) for member in members), 0.0)
    for contract in plan.contracts:
        way = contract.kind.value, contract.key
        most_usd = MISSING_USD[0]
        if contract.saves_usd is not None:
            discount = max(usd for usd, _ in contract.tiers)
            most_usd = contract.saves_usd + discount + contract.unused_usd
        least[way] = max(least[way], most_usd)
    least |= {(minimum.kind.value, minimum.key): MISSING_USD[0] for minimum in plan.minimums}
    least |= {(RATE, member.key): MISSING_USD[0] for member in members if member.kind == RATE}
    rewards = np.array([-usd for usd in least.values()])
    limited = {(one.kind.value, one.key) for one in plan.contracts if one.spot_teu is not None}
    scarce = sum(1 << number for number, way in enumerate(least) if way in limited)
    unmet_usd = math.inf if plan.unmet_usd_per_teu is None else plan.unmet_usd_per_teu
    max_minutes = None if pair.max_days is None else round(pair.max_days * MINUTES_PER_DAY)

    def lanes_on(numbers: Sequence[int], known: list[Question]) -> Iterator[Lane]:
        departures: dict[tuple[int, frozenset[int]], dict[int, list[int]]] = {}
        lines = known[0].lines
        for day, number in sorted(prices_of.items()):
            if number in numbers:
                kept = asked[number]
                if lines is not None:
                    kinds = lines.on(day)
                    kept = frozenset(n + kind * corridors for n in kept for kind in kinds)
                by_month = departures.setdefault((number, kept), {})
                month = alike[number].plan.months.index(day.replace(day=1))
                by_month.setdefault(month, []).append((day - first_days[number]).days)
        in_any = sorted(frozenset[int]().union(*(asked[number] for number in numbers)))

        def posed(groups: tuple[int, ...]) -> PairProblems:
            # What was posed to judge its corridors serves once, for the first search.
            posed = [*known] or [_of_any_day(posed_on(first_days[n])) for n in numbers]
            known.clear()
            network = _network(posed[0], _met(plan, members, rate), resources, in_any)
            return PairProblems(posed, network, objective, groups)

        terms = [
            LaneTerms(
                prices=numbers.index(number),
                corridors=kept,
                month_of_day=month_numbers(alike[number].plan, first_days[number]),
                max_wait_days=plan.max_wait_days,
                max_minutes=max_minutes,
            )
            for number, kept in departures
        ]
        shared = PairNetwork(
            posed, terms, rewards=rewards, scarce=scarce, most_usd=unmet_usd, charted=charted
        )
        for lane, ((number, _), by_month) in enumerate(departures.items()):
            yield Lane(
                shared,
                lane,
                first_day=first_days[number],
                departures={month: tuple(leaving) for month, leaving in by_month.items()},
                years=alike[number].years,
            )

    networks = [
        (numbers, [questions[number] for number in numbers]) for numbers in together.values()
    ]
    questions.clear()
    return tuple(lane for each in networks for lane in lanes_on(*each))


def _met(plan: Plan, members: Sequence[Member], rate: str) -> list[Member | None]:
    """Return the sets that ways by a contract may meet, None for others; of the market all.

    What goes by a contract of a sheet fills no space that is booked on the same way.
    """
    booked = {(each.kind.value, each.key) for each in plan.contracts}
    return [
        one if one.kind != RATE and not (rate and (one.kind, one.key) in booked)
        else one if one.kind == RATE and one.key == rate else None
        for one in members
    ]  # fmt: skip


def _posed_by(
    one: AppliedContract,
    plan: Plan,
    pair: Pair,
    day: date,
    *,
    session: Session,
    days: Sequence[date],
) -> Question:
    """Return the question of a pair by a contract on one of the days."""
    scenario = replace(
        pair.scenario,
        departure=day,
        max_wait_days=plan.max_wait_days,
        price_basis=PriceBasis.COST,
        contracts=(),
    )
    posed = session.pose(scenario, (one.corridor,), days=days)
    return by_contract(
        posed, one.contract, scope=one.corridor.id, loads=one.loads, unloads=one.unloads
    )


def _posed_as_known(
    posed_on: Callable[[date], Question], known: Mapping[date, bool], day: date
) -> Question:
    """Return the question of a day, on known lines alone where they serve."""
    return replace(posed_on(day), only_known=known[day])


def _holding(
    one: AppliedContract,
    plans: Sequence[Plan],
    pair: Pair,
    posed_on: Callable[[date], Question],
    session: Session,
) -> tuple[list[_Alike], list[Question]]:
    """Return the departures on which a contract holds, those with the same prices together.

    The day that counts is that of its best way; each group has its question.
    """
    at_cost = replace(pair.scenario, price_basis=PriceBasis.COST, contracts=())
    groups: list[_Alike] = []
    questions: list[Question] = []
    for year, plan in enumerate(plans):
        days = [day for day in _days(plan) if _near(one, day)]
        alike: dict[Hashable, list[date]] = {}
        for day, key in zip(days, _price_keys(at_cost, days, session), strict=True):
            prices_day = replace(at_cost, departure=day).prices_day
            usd = charged(one.contract, prices_day, load_parameters()).usd_per_box
            alike.setdefault((key, usd, (day - days[0]).days // MOST_DAYS), []).append(day)
        for together in alike.values():
            question = posed_on(together[0])
            parts: dict[bool, list[date]] = {}
            for day in together:
                found = search_by_contract(question.on(day), 0)
                if found.routes and one.contract.holds_on(day_that_counts(one.contract, found)):
                    parts.setdefault(found.question.only_known, []).append(day)
            for only_known, part in parts.items():
                first = question if part[0] == together[0] else posed_on(part[0])
                groups.append(_Alike(part, plan, frozenset((year,))))
                questions.append(replace(first, only_known=only_known))
    return groups, questions


def _near(one: AppliedContract, day: date) -> bool:
    """Return whether a contract may hold for boxes that leave on a day: they are loaded later."""
    return one.contract.first - MOST_BEFORE <= day <= one.contract.last


def _posed(
    plan: Plan,
    pair: Pair,
    day: date,
    *,
    corridors: Sequence[Corridor],
    session: Session,
    days: Sequence[date],
) -> Question:
    """Return the question of a pair on one of the days; an UnpricedError if it lacks prices."""
    scenario = _scenario_on(plan, pair, day)
    # Which ways may be recommended is asked of those that meet the deadline.
    limits = scenario.limits
    if pair.max_days is not None:
        limits = replace(limits, max_days=pair.max_days)
    question = session.pose(replace(scenario, limits=limits), corridors, days=days)
    if question.scenario.price_basis is not scenario.price_basis:
        raise UnpricedError(pair.name)
    return replace(question, scenario=scenario)


def _scenario_on(plan: Plan, pair: Pair, day: date) -> Scenario:
    return replace(pair.scenario, departure=day, max_wait_days=plan.max_wait_days)


def _posed_once(
    posings: BoundedCache[Question],
    plan: Plan,
    pair: Pair,
    posed_on: Callable[[date], Question],
    day: date,
) -> Question:
    """Return the question of a day; pairs that differ in nothing that is posed share theirs."""
    asked = pair.scenario
    key = asked.as_priced, asked.corridors, asked.limits, pair.max_days, day
    question = posings.of(key, lambda: posed_on(day))
    return replace(question, scenario=_scenario_on(plan, pair, day))


def _known_key(question: Question) -> Hashable:
    """Return what tells apart questions by which ways may be recommended."""
    listed = question.listed_only
    return question.only_known, None if listed is None else np.packbits(listed).tobytes()


def _as_known(
    days: Sequence[date], question: Question, posed_on: Callable[[date], Question]
) -> Iterator[tuple[list[date], Question]]:
    """Yield days of the same prices by which ways may be recommended, each with its question.

    On every day that is judged as a comparison does, with the lines and closures of the day.
    `question` is one that is posed already, perhaps that of the first day.
    """
    if question.scenario.departure != days[0]:
        question = posed_on(days[0])
    alike = {_known_key(question): [days[0]]}
    for day in days[1:]:
        alike.setdefault(_known_key(with_lines(question.on(day))), []).append(day)
    for part in alike.values():
        yield part, question if part[0] == days[0] else posed_on(part[0])


def _of_any_day(question: Question) -> Question:
    """Return a question with the lines of all its days; without, where they do not matter."""
    lines = question.lines
    if lines is None or not (question.only_known or question.listed_only is not None):
        return replace(question, lines=None)
    return replace(question, lines=lines.at(None))


class _Alike(NamedTuple):
    """Days of departure with the same prices, the plan to which they belong, and its years."""

    days: list[date]
    plan: Plan
    years: frozenset[int]


def _by_year(
    plans: Sequence[Plan], scenario: Scenario, question: Question, session: Session
) -> list[_Alike]:
    """Return the departures of a plan as it begins in each of some years, alike ones together.

    Those of the first of the years with the same prices and rules are those of all of them.
    `question` is that of any day.
    """
    ruled: dict[Hashable, list[int]] = {}
    for number, plan in enumerate(plans):
        told = len(plans) > 1 and _ruled(plan, scenario, question, session)
        ruled.setdefault(told, []).append(number)
    return [
        _Alike(group, plans[numbers[0]], frozenset(numbers))
        for numbers in ruled.values()
        for group in _alike(scenario, _days(plans[numbers[0]]), session)
    ]


def _days(plan: Plan) -> list[date]:
    return [month.replace(day=day) for month in plan.months for day in plan.departures]


def _alike(scenario: Scenario, days: Sequence[date], session: Session) -> list[list[date]]:
    """Return days of departure, those with the same prices together, within a year.

    A network has the days of `HORIZON_DAYS` from the first of them on.
    """
    alike: dict[Hashable, list[date]] = {}
    for day, key in zip(days, _price_keys(scenario, days, session), strict=True):
        alike.setdefault((key, (day - days[0]).days // MOST_DAYS), []).append(day)
    return [*alike.values()]


def _price_keys(scenario: Scenario, days: Sequence[date], session: Session) -> list[Hashable]:
    """Return what tells apart the prices of days of departure, and the declared services."""
    ends = session.ends_of(scenario)
    # Whether any line is known decides which ways may be taken.
    declared = [one.service for one in declared_for(scenario, ())]
    opening = [choice.opens for choice in scenario.projects]
    # Without quotes prices stay as they are for a month, unless a project or an area begins.
    by_day = scenario.price_basis is PriceBasis.PRICE
    known: dict[Hashable, Hashable] = {}
    found: list[Hashable] = []
    for day in days:
        opened = tuple(opens <= day for opens in opening)
        within = day if by_day else (day.replace(day=1), areas_in_force(day), opened)
        if within not in known:
            known[within] = price_key(replace(scenario, departure=day), ends)
        found.append((known[within], *(runs_on(service, day) for service in declared)))
    return found


def _ruled(plan: Plan, scenario: Scenario, question: Question, session: Session) -> Hashable:
    """Return what tells apart the prices and rules of the year in which a plan begins.

    They are its prices, the lines that run, and what opens or closes on a day of one year, counted
    from its first. `question` is that of any of its days.
    """
    days = _days(plan)
    runs: tuple[Running, ...] = ()
    if question.only_known or question.listed_only is not None:
        runs = tuple(
            running_on(day, plan.max_wait_days, question.parameters, question.declared)
            for day in days
        )
    dated = [one.window for one in question.pricer.closures if not one.window.yearly]
    shut = [
        tuple(
            min(max((day - days[0]).days, -1), HORIZON_DAYS + MOST_DAYS)
            for day in (window.first_day, window.last_day)
        )
        for window in dated
    ]
    return tuple(_price_keys(scenario, days, session)), runs, tuple(shut)


def month_numbers(plan: Plan, first_day: date) -> IntArray:
    """Return the month of each day from `first_day` on, numbered from the plan's first."""
    start = np.datetime64(first_day, "D")
    months = (start + np.arange(HORIZON_DAYS)).astype("datetime64[M]").astype(np.int64)
    return np.asarray(months - np.datetime64(plan.months[0], "M").astype(np.int64))


def _corridors(plan: Plan, pair: Pair, session: Session) -> tuple[Corridor, ...]:
    if plan.any_corridor:
        return (ANY_CORRIDOR,)
    # Ways outside the corridors come last; see `OUTSIDE_SHARE`.
    return tuple(sorted(session.corridors_of(pair.scenario), key=lambda one: one.id == OTHER))


def _network(
    question: Question,
    members: Sequence[Member | None],
    resources: Sequence[Resource],
    numbers: Sequence[int],
) -> PricedNetwork:
    """Return the network of some corridors of a question; no arc meets a set of None.

    An arc of corridor `n` and of lines of the kind `k` (see `LinesByDay`) has the corridor
    `n + k * corridors`.
    """
    topology, lines = question.bundle.topology, question.lines
    problems = [question.problem(number) for number in numbers]
    problem, of_number, own = union(problems)
    of_corridor = np.array(numbers)[of_number]
    corridor = of_corridor.copy()
    if lines is not None:
        for index, number in enumerate(numbers):
            here = of_number == index
            carrier = question.layered(number).carrier
            head = problems[index].head[own[here]]
            if carrier is not None:
                corridor[here] += len(question.corridors) * lines.of_carriers(carrier[head])
    uses = _uses(topology, resources)[problem.base]
    sets = np.zeros(problem.base.shape[0], np.int64)
    ids = [c.id for c in question.corridors]
    for number, member in enumerate(members):
        if member is None:
            continue
        if member.kind == RATE:
            inside = np.ones(sets.shape[0], bool)
        elif member.kind == "corridor":
            inside = of_corridor == (ids.index(member.key) if member.key in ids else -1)
        elif member.kind == "project":
            opened = [n for n, leg in enumerate(topology.legs) if leg.id in member.legs]
            inside = np.isin(topology.leg, opened)[problem.base]
        else:
            inside = passes(topology, member.kind, member.key)[problem.base]
        sets |= inside.astype(np.int64) << number
    return PricedNetwork(
        problem=problem,
        use_first=uses.indptr.astype(np.int64),
        use_resource=uses.indices.astype(np.int64),
        use_amount=uses.data,
        sets=sets,
        corridor=corridor,
    )


def _asked(questions: Sequence[Question]) -> list[frozenset[int]]:
    """Return the corridors by question, without the ways outside unless they are much better."""
    first = questions[0]
    *inside, last = range(len(first.corridors))
    every = frozenset((*inside, last))
    if first.corridors[-1].id != OTHER or not inside:
        return [every] * len(questions)
    joint, _, _ = union([first.problem(number) for number in inside])
    within, outside = (_least(problem, questions) for problem in (joint, first.problem(last)))
    is_better = np.any(outside < OUTSIDE_SHARE * within, axis=0)
    return [every if better else every - {last} for better in np.atleast_1d(is_better)]


def _least(problem: Problem, questions: Sequence[Question]) -> FloatArray:
    """Return the cents and minutes that no route takes less of on any day, each by question."""
    topology = questions[0].bundle.topology
    arcs, of = np.unique(problem.base, return_inverse=True)
    low = [least_weights(topology, question.weights, arcs) for question in questions]
    figures = ([one.cents for one in low], [one.minutes for one in low])
    return np.array([least_at_each(problem, [each[of] for each in by]) for by in figures])


def _uses(topology: Topology, resources: Sequence[Resource]) -> csr_array:
    """Return what a TEU uses of resources, by arc of a network and number of the resource."""

    def found() -> csr_array:
        from scipy.sparse import csr_array

        used = [used_of(topology, resource.parameter, resource.scope) for resource in resources]
        arcs = [arc for each in used for arc in each]
        numbers = np.repeat(np.arange(len(used)), [len(each) for each in used])
        amounts = np.array([amount for each in used for amount in each.values()], float)
        return csr_array((amounts, (arcs, numbers)), shape=(topology.arc_count, len(used)))

    return topology.once(tuple((each.parameter, each.scope) for each in resources), found)
