"""Build the networks on which the routes of a plan's pairs are searched."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.config.own_data import overlay_for
from corridors.data.access import load_worlds_of_lines
from corridors.data.eca import load_eca_areas
from corridors.domain.plan import Pair, Plan
from corridors.domain.scenario import OTHER, Corridor, Scenario
from corridors.network.rules.capacity import USERS, passes, used_of
from corridors.network.states.topology import NetworkPlace, Topology
from corridors.optimise.allocation.generation import MISSING_USD
from corridors.output.planned import Chart
from corridors.routing.dated.bounded_problem import to_sink
from corridors.routing.priced.near_part import Part, groups_of
from corridors.routing.priced.priced_network import (
    DualPrices,
    ObjectiveWeights,
    PricedNetwork,
    union,
)
from corridors.routing.priced.priced_search import PricedRoute, PricedSearch
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.question import ANY_CORRIDOR, HORIZON_DAYS, Question, parameters_on
from corridors.studies.left_out import left_out
from corridors.studies.session import Session
from corridors.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Arcs are kept of routes that cost this many times the cheapest.
NEAR = 1.2
# The first route found must be this many times cheaper than the dearest of them.
WELL_WITHIN = 1.1
# Corridors between Asia and Europe are detours from Spain to Italy: ways outside them are searched
# too if the cheapest or the quickest takes less than this share of the best inside, on any day.
# Of the pairs of the shipped plans the share is 0.93 and more, of detours it was 0.82 and less.
OUTSIDE_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """The question of a lane, and the search of its network."""

    question: Question
    search: PricedSearch


class Lane:
    """One pair's network with the prices of some of the plan's departures.

    A network is large, and few of its arcs lie on routes that are nearly as cheap as the cheapest.
    After `release` only those are kept. When dearer routes are asked for, the question is posed
    again. Routes are the same either way.

    Parameters
    ----------
    pose
        Poses the question.
    objective
        Weights of the objective.
    departures
        Days from the departure of the question, by month of the plan.
    rewards
        By set the least price to expect, <= 0.
    charted
        Whether `chart` is asked for.
    """

    def __init__(
        self,
        pose: Callable[[], Posed],
        *,
        objective: ObjectiveWeights,
        departures: Mapping[int, tuple[int, ...]],
        rewards: FloatArray,
        charted: bool = True,
    ) -> None:
        self._objective = objective
        self._rewards = rewards
        groups = groups_of(rewards)
        self._part = Part(groups=groups, below_usd=np.zeros(1 << len(groups)))
        self.departures = departures
        self._pose = pose
        self._posed: Posed | None = None
        self._near: PricedSearch | None = None
        self._kept: PricedSearch | None = None
        self._released = False
        self._is_charted = charted
        self._charted: Chart | None = None
        self._met: set[int] = set()
        self._resources: IntArray | None = None

    @property
    def chart(self) -> Chart | None:
        """The chart of the routes found; None if there are none."""
        self.release()
        return self._charted

    def pays(self, dual_prices: DualPrices, month: int) -> bool:
        """Return whether a route that leaves in a month may pay for a capacity."""
        if self._resources is None:
            self._resources = np.unique(self._whole().search.network.use_resource)
        return bool(dual_prices.by_month[self._resources, month:].any())

    @property
    def sets(self) -> int:
        """The bits of the sets that the network has arcs of."""
        return int(np.bitwise_or.reduce(self._whole().search.network.sets, initial=0))

    @property
    def groups(self) -> tuple[int, ...]:
        """The sets to tell apart, as bits by group; see `Part`."""
        return self._part.groups

    def least_usd(self) -> FloatArray:
        """Return at least what a route costs without dual prices, by combination of groups."""
        return self._whole().search.least_usd(self.groups)

    def places(self, ids: frozenset[str]) -> dict[str, NetworkPlace]:
        """Return the places of the network among some ids."""
        places = self._whole().question.bundle.topology.places
        return {place.id: place for place in places if place.id in ids}

    def cheapest(
        self,
        day: int,
        dual_prices: DualPrices,
        *,
        objective: ObjectiveWeights,
        most_usd: float,
    ) -> PricedRoute | None:
        """Return the cheapest route of a departure below `most_usd`; see `PricedSearch`."""
        if self._kept is not None:
            self._near, self._kept = self._kept.again(), None
        elif self._near is None:
            self._search_near(NEAR)
        found, near, left_out_usd = None, self._near, self._part.left_out_usd(dual_prices.by_set)
        # A limit on CO2e or cost is tried with other weights, for which any route may be best.
        heavier = self._objective.at_most(objective)
        if near is not None and (heavier or self._part.is_whole):
            below_usd = min(most_usd, left_out_usd)
            found = near.cheapest(day, dual_prices, objective=objective, most_usd=below_usd)
            if found is None and below_usd == most_usd:
                return None
        if found is None:
            whole = self._whole().search
            found = whole.cheapest(day, dual_prices, objective=objective, most_usd=most_usd)
            if self._released:
                usd = most_usd if found is None else found[1]
                self._widen(usd if heavier else math.inf, dual_prices)
        if found is not None:
            if not self._met and found[1] * WELL_WITHIN > left_out_usd:
                # On no single day may every arc be at its best.
                least_usd = float(self.least_usd().min())
                self._search_near(NEAR * found[1] / least_usd)
            self._met.update(found[0].arcs)
        return found

    def _search_near(self, times: float) -> None:
        """Search near so many times the least that a route costs if every arc is at its best.

        For each combination of sets that it meets; with the rewards to expect, no dearer routes
        are worth a search.
        """
        part, least_usd = self._part, self.least_usd()
        if np.isfinite(least_usd.min()):
            most_usd = times * least_usd.min() - part.paid(self._rewards)
            self._part = replace(part, below_usd=np.minimum(times * least_usd, most_usd))
            self._near = self._whole().search.only(self._part)

    def _widen(self, usd: float, dual_prices: DualPrices) -> None:
        """Search well beyond routes of this many USD, with prices of sets, from now on."""
        part, margin_usd = self._part, (NEAR - 1.0) * float(self.least_usd().min())
        most_usd = usd + margin_usd - part.paid(dual_prices.by_set)
        self._part = replace(part, below_usd=np.maximum(part.below_usd, most_usd))
        self._near = self._whole().search.only(self._part)

    def release(self) -> None:
        """Keep only the arcs near the cheapest route, and those of the routes found."""
        if self._near is not None:
            if self._posed is not None and self._is_charted:
                self._charted = self._chart_of(self._posed, self._near.network)
            self._kept, self._near = self._near.kept(), None
        self._posed, self._released = None, True

    def _chart_of(self, posed: Posed, near: PricedNetwork) -> Chart:
        question, network = posed.question, posed.search.network
        number = np.union1d(near.problem.number, np.array(sorted(self._met), np.int64))
        return Chart(
            first_day=question.scenario.departure,
            origin=question.origin,
            destination=question.destination,
            corridors=tuple(corridor.id for corridor in question.corridors),
            topology=question.bundle.topology.only(network.problem.base[number]),
            number=number,
            corridor=network.corridor[number],
        )

    def _whole(self) -> Posed:
        if self._posed is None:
            self._posed = self._pose()
        return self._posed


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
    """A set of arcs to which a limit applies: a `country`, `gate` or `corridor`."""

    kind: str
    key: str


def resources_of(scenario: Scenario, months: Sequence[date]) -> tuple[Resource, ...]:
    """Return the capacities of a scenario on the first day of each month.

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


def lanes_of(
    plan: Plan,
    pair: Pair,
    *,
    session: Session,
    members: Sequence[Member],
    resources: Sequence[Resource],
    objective: ObjectiveWeights,
    charted: bool = True,
) -> tuple[Lane, ...]:
    """Return a pair's networks, one for each set of prices of its departures.

    Prices change with the year, when an emission control area comes into force, and when a project
    opens; where lines hold, departures that leave out other corridors are apart too (see
    `left_out`). `charted` says whether routes are to be named.

    Raises
    ------
    ConfigError
        A place, service or parameter of the pair is unknown.
    """
    corridors = _corridors(plan, pair, session)
    groups: dict[object, dict[int, list[date]]] = {}
    for month, first in enumerate(plan.months):
        for day in plan.departures:
            leaves = first.replace(day=day)
            in_force = tuple(area.first_day <= leaves for area in load_eca_areas())
            opened = tuple(choice.opens <= leaves for choice in pair.scenario.projects)
            groups.setdefault((leaves.year, in_force, opened), {}).setdefault(month, []).append(
                leaves
            )
    # A TEU through what is booked saves at most what the contract says, one of a minimum anything.
    least: dict[tuple[str, str], float] = {
        (contract.kind.value, contract.key): contract.saves_usd + contract.unused_usd
        for contract in plan.contracts
    } | {(minimum.kind.value, minimum.key): MISSING_USD[0] for minimum in plan.minimums}
    rewards = np.array([-least.get((str(m.kind), m.key), 0.0) for m in members])

    judged: dict[date, Question] = {}

    def posed_on(day: date) -> Question:
        return session.pose(replace(pair.scenario, departure=day), corridors)

    def by_left_out(
        by_month: dict[int, list[date]],
    ) -> dict[frozenset[int], dict[int, list[date]]]:
        """Return departures by month, apart for each set of corridors that is left out of them."""
        if pair.scenario.world not in load_worlds_of_lines() or len(corridors) == 1:
            return {frozenset(): by_month}
        first_day = min(day for days in by_month.values() for day in days)
        question = judged[first_day] = posed_on(first_day)
        out = left_out(plan, pair, question, _numbers(question), by_month)
        apart: dict[frozenset[int], dict[int, list[date]]] = {}
        for month, leaving in by_month.items():
            apart.setdefault(out[month], {})[month] = leaving
        return apart

    def lane(by_month: dict[int, list[date]], out: frozenset[int]) -> Lane:
        first_day = min(day for days in by_month.values() for day in days)

        def posed() -> Posed:
            # What was posed to judge its corridors serves once, for the first search.
            question = judged.pop(first_day, None) or posed_on(first_day)
            search = PricedSearch(
                _network(question, members, resources, out),
                objective,
                max_wait_days=plan.max_wait_days,
                max_minutes=None
                if pair.max_days is None
                else round(pair.max_days * MINUTES_PER_DAY),
                month_of_day=month_numbers(plan, first_day),
            )
            return Posed(question=question, search=search)

        return Lane(
            posed,
            objective=objective,
            departures={
                month: tuple((day - first_day).days for day in days)
                for month, days in by_month.items()
            },
            rewards=rewards,
            charted=charted,
        )

    return tuple(
        lane(by_month, out)
        for together in groups.values()
        for out, by_month in by_left_out(together).items()
    )


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
    members: Sequence[Member],
    resources: Sequence[Resource],
    out: frozenset[int],
) -> PricedNetwork:
    topology = question.bundle.topology
    numbers = [number for number in _numbers(question) if number not in out]
    problem, of_number = union([question.problem(number) for number in numbers])
    corridor = np.array(numbers)[of_number]
    uses = _uses(topology, resources)[problem.base]
    sets = np.zeros(problem.base.shape[0], np.int64)
    ids = [c.id for c in question.corridors]
    for number, member in enumerate(members):
        if member.kind == "corridor":
            inside = corridor == (ids.index(member.key) if member.key in ids else -1)
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


def _numbers(question: Question) -> list[int]:
    """Return the corridors of a question, without the ways outside unless they are much better."""
    numbers = list(range(len(question.corridors)))
    if question.corridors[-1].id != OTHER or len(numbers) == 1:
        return numbers
    inside, _ = union([question.problem(number) for number in numbers[:-1]])
    others = question.problem(numbers[-1])
    is_better = (_least(others) < OUTSIDE_SHARE * _least(inside)).any()
    return numbers if is_better else numbers[:-1]


def _least(problem: Problem) -> FloatArray:
    """Return the cents and minutes that no route takes less of on any day."""
    cents, minutes, _ = to_sink(problem, fast=True, criteria=2)
    return np.array([cents[SOURCE], minutes[SOURCE]], float)


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
