"""Build the networks on which the routes of a plan's pairs are searched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from corridors.config.own_data import overlay_for
from corridors.data.eca import load_eca_areas
from corridors.domain.plan import Pair, Plan
from corridors.domain.scenario import OTHER, Corridor, Scenario
from corridors.network.capacity import USERS, passes
from corridors.routing.priced.network import ObjectiveWeights, PricedNetwork, union
from corridors.routing.priced.search import PricedSearch
from corridors.routing.question import ANY_CORRIDOR, HORIZON_DAYS, Question, parameters_on
from corridors.studies.session import Session
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One pair's network with the prices of some of the plan's departures.

    `departures` are days from the departure of the question, by month of the plan.
    """

    question: Question
    search: PricedSearch
    departures: dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A listed capacity: parameter, scope and total TEU per week.

    `teu_per_week` is by month from the plan's first; infinite while none is listed.
    """

    parameter: str
    scope: str
    teu_per_week: tuple[float, ...]


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
) -> tuple[Lane, ...]:
    """Return a pair's networks, one for each set of prices of its departures.

    Prices change with the year, when an emission control area comes into force, and when a project
    opens.

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
    made = []
    for by_month in groups.values():
        first_day = min(day for days in by_month.values() for day in days)
        question = session.pose(replace(pair.scenario, departure=first_day), corridors)
        made.append(
            Lane(
                question=question,
                search=PricedSearch(
                    _network(question, members, resources),
                    objective,
                    max_wait_days=plan.max_wait_days,
                    max_minutes=None
                    if pair.max_days is None
                    else round(pair.max_days * MINUTES_PER_DAY),
                    month_of_day=month_numbers(plan, first_day),
                ),
                departures={
                    month: tuple((day - first_day).days for day in days)
                    for month, days in by_month.items()
                },
            )
        )
    return tuple(made)


def month_numbers(plan: Plan, first_day: date) -> IntArray:
    """Return the month of each day from `first_day` on, numbered from the plan's first."""
    start = np.datetime64(first_day, "D")
    months = (start + np.arange(HORIZON_DAYS)).astype("datetime64[M]").astype(np.int64)
    return np.asarray(months - np.datetime64(plan.months[0], "M").astype(np.int64))


def _corridors(plan: Plan, pair: Pair, session: Session) -> tuple[Corridor, ...]:
    if plan.any_corridor:
        return (ANY_CORRIDOR,)
    compared = session.corridors_of(pair.scenario)
    return tuple(corridor for corridor in compared if corridor.id != OTHER)


def _network(
    question: Question, members: Sequence[Member], resources: Sequence[Resource]
) -> PricedNetwork:
    topology = question.bundle.topology
    problem, corridor = union([question.problem(n) for n in range(len(question.corridors))])
    use_arc, use_resource, use_amount = [], [], []
    for number, resource in enumerate(resources):
        amount = USERS[resource.parameter](topology, resource.scope)[problem.base]
        arcs = np.flatnonzero(amount)
        use_arc.append(arcs)
        use_resource.append(np.full(arcs.shape[0], number))
        use_amount.append(amount[arcs])
    arcs = np.concatenate(use_arc) if use_arc else np.zeros(0, np.int64)
    order = np.argsort(arcs, kind="stable")
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
        use_first=np.searchsorted(arcs[order], np.arange(problem.base.shape[0] + 1)).astype(
            np.int64
        ),
        use_resource=np.concatenate(use_resource)[order].astype(np.int64)
        if use_arc
        else np.zeros(0, np.int64),
        use_amount=np.concatenate(use_amount)[order] if use_arc else np.zeros(0),
        sets=sets,
        corridor=corridor,
    )
