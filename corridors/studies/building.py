"""The projects of a plan as decisions: what they open, widen and change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from corridors.domain.plan import Plan
from corridors.domain.projects import Project
from corridors.domain.scenario import ProjectChoice
from corridors.errors import ConfigError
from corridors.network.rules.capacity import USERS
from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Budget,
    Decided,
    Model,
    Need,
    Program,
    Risk,
    Taken,
)
from corridors.optimise.time_limit import TimeLimit
from corridors.progress import Progress, quiet
from corridors.studies.allocate import capacity_of, month_days, search_plans, times
from corridors.studies.lanes import Member, Resource, resources_of
from corridors.studies.session import Session

# Each doubles the networks that are searched.
MOST_APART = 6
Chosen = frozenset[int]
EMPTY: Chosen = frozenset()
# TEU a week of what a project begins to limit: more than anything takes.
UNLISTED_TEU = 1e6
# Values that differ by less than this fraction count as equal.
ALIKE = 1e-9


def with_projects_built(plan: Plan, choices: Sequence[ProjectChoice]) -> Plan:
    """Return a plan with projects in the scenario of every pair."""
    pairs = []
    for pair in plan.pairs:
        there = sorted((*pair.scenario.projects, *choices), key=lambda choice: choice.id)
        pairs.append(replace(pair, scenario=replace(pair.scenario, projects=tuple(there))))
    return replace(plan, pairs=tuple(pairs))


class Works:
    """A plan of twelve months in which projects may be built, in one phase or several.

    A project may open legs, which only routes of a plan with it take, and widen capacities. If it
    changes speeds, waits or prices, routes are searched in a world with it and in one without.

    Parameters
    ----------
    plan
        The volumes, with what is in use in the scenario of every pair.
    choices, projects
        The projects to choose from.
    weights, factors
        By phase what a year counts, and how many times as large the volumes are.
    charges_usd
        By project what it costs in every year in which it is open.
    highs
        Solves the programme whole.

    Raises
    ------
    ConfigError
        Too many projects change speeds, waits or prices.
    """

    def __init__(
        self,
        plan: Plan,
        choices: Sequence[ProjectChoice],
        projects: Sequence[Project],
        *,
        weights: Sequence[float],
        factors: Sequence[float],
        charges_usd: Sequence[float],
        highs: HighsProcess,
        progress: Progress = quiet,
    ) -> None:
        self._plan = plan
        self._choices = tuple(choices)
        self.phases = len(weights)
        self._weights = tuple(weights)
        self._at_factor: dict[tuple[Chosen, float], float] = {}
        numbers = range(len(projects))
        capacities = {p for p in numbers if all(r.parameter in USERS for r in projects[p].rows)}
        apart = [p for p in numbers if p not in capacities]
        if len(apart) > MOST_APART:
            names = ", ".join(projects[p].id for p in apart)
            msg = (
                f"{len(apart)} projects change speeds, waits or prices ({names}); give at most"
                f" {MOST_APART} of these, as each doubles what is searched"
            )
            raise ConfigError(msg)
        opening = [p for p in numbers if projects[p].legs and p in capacities]
        resources, wider = self._resources(opening)
        legs = [
            Member(kind="project", key=choices[p].id, legs=frozenset(projects[p].legs))
            for p in opening
        ]
        worlds = [frozenset(built) for built in _subsets(apart)]
        session = Session()
        searched = []
        for number, built in enumerate(worlds):
            progress("worlds of projects", number, len(worlds))
            (found,) = search_plans(
                [self.with_built(built | {*opening})],
                session=session,
                charted=False,
                resources=resources,
                members=legs,
                reached=False,
            )
            searched.append(found)
        members = [searched[0].number_of(member) for member in legs]
        programs = []
        for phase, factor in enumerate(factors):
            program = searched[0].program(times(searched[0].plan, factor))
            programs.append(
                replace(
                    program,
                    room={
                        key: [(p, n, teu) for p, teu in by_project for n in self._open(phase)]
                        for key, by_project in wider.items()
                    },
                    links=tuple(
                        (member, self._built(p, phase))
                        for member, p in zip(members, opening, strict=True)
                    ),
                    worlds=tuple(
                        tuple(self._built(p, phase, built=p in built) for p in apart)
                        for built in worlds
                    ),
                    alike=(tuple(self._first_alike(n, phase) for n in self._options),)
                    * len(numbers),
                )
            )
        self._sources = [one.offers for one in searched]
        model = Model(
            programs=tuple(programs),
            weights=self._weights,
            options=(self.phases + 1,) * len(numbers),
            usd=tuple(
                tuple(usd * sum(weights[self.phases - n :]) for n in self._options)
                for usd in charges_usd
            ),
        )
        self._deciding = Deciding(
            model,
            [self._sources] * self.phases,
            [
                [
                    replace(offer, world=n)
                    for n, one in enumerate(self._sources)
                    for offer in one.found
                ]
                for _ in programs
            ],
            highs=highs,
        )

    @property
    def _options(self) -> range:
        """Never to open, then to open in the last phase, and so on to the first."""
        return range(self.phases + 1)

    def _open(self, phase: int) -> tuple[int, ...]:
        """Return the options with which a project is open in a phase."""
        return tuple(n for n in self._options if n >= self.phases - phase)

    def _first_alike(self, option: int, phase: int) -> int:
        return self.phases - phase if option >= self.phases - phase else 0

    def _built(self, project: int, phase: int, *, built: bool = True) -> Need:
        """Return what must be decided for a project to be open in a phase, or not."""
        is_open = self._open(phase)
        return project, tuple(n for n in self._options if (n in is_open) == built)

    def _resources(
        self, opening: Sequence[int]
    ) -> tuple[list[Resource], dict[tuple[int, int], list[tuple[int, float]]]]:
        """Return the capacities without projects, and the TEU by which each project widens them.

        What only a project lists is on its own legs, or without limit until it is built.
        """
        months = month_days(self._plan)

        def listed(built: Chosen) -> dict[tuple[str, str], tuple[float, ...]]:
            scenario = self.with_built(built).pairs[0].scenario
            found = resources_of(scenario, months)
            return {(one.parameter, one.scope): one.teu_per_week for one in found}

        numbers = range(len(self._choices))
        bare, alone = listed(EMPTY), [listed(frozenset({p})) for p in numbers]
        whole = dict(bare)
        for p in numbers:
            more_teu = 0.0 if p in opening else UNLISTED_TEU
            for key, teu in alone[p].items():
                whole.setdefault(key, tuple(each + more_teu for each in teu))
        resources = [
            Resource(parameter=parameter, scope=scope, teu_per_week=teu)
            for (parameter, scope), teu in whole.items()
        ]
        base = capacity_of(self._plan, resources)
        wider: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for p in numbers:
            changed = [
                replace(
                    one, teu_per_week=alone[p].get((one.parameter, one.scope), one.teu_per_week)
                )
                for one in resources
            ]
            more = np.where(np.isfinite(base), capacity_of(self._plan, changed) - base, 0.0)
            for resource, month in np.argwhere(more != 0.0).tolist():
                wider.setdefault((resource, month), []).append((p, float(more[resource, month])))
        return resources, wider

    def with_built(self, chosen: Chosen) -> Plan:
        """Return the plan with a set built in the scenario of every pair."""
        return with_projects_built(self._plan, [self._choices[p] for p in sorted(chosen)])

    @property
    def valued(self) -> int:
        """How many sets were valued, in any phase."""
        return len({tuple(map(bool, taken)) for _, taken in self._deciding.solved})

    def taken(self, chosen: Chosen, phase: int) -> Taken:
        """Return a set that opens in a phase as decisions."""
        opens = self.phases - phase
        return tuple(opens if p in chosen else 0 for p in range(len(self._choices)))

    def solved(self, chosen: Chosen, phase: int = 0) -> Allocated:
        """Return the plan of a phase with a set built."""
        return self._deciding.scenario(phase, self.taken(chosen, phase))

    def usd(self, chosen: Chosen, phase: int = 0) -> float:
        """Return the plan's cost in USD a year in a phase with a set built."""
        return self.solved(chosen, phase).value_usd

    def program(self, phase: int = 0) -> Program:
        """Return the plan of a phase in numbers."""
        return self._deciding.model.programs[phase]

    def gain_at(self, chosen: Chosen, factor: float) -> float:
        """Return what a set gains in USD a year if the volumes are so many times as large."""
        first = self.program()
        lots = tuple(replace(lot, teu=lot.teu * factor) for lot in first.lots)
        program = replace(first, lots=lots)
        for one in (EMPTY, chosen):
            if (one, factor) not in self._at_factor:
                solved = self._deciding.solve(program, 0, self.taken(one, 0))
                self._at_factor[one, factor] = solved.value_usd
        return self._at_factor[EMPTY, factor] - self._at_factor[chosen, factor]

    def schedule_of(self, taken: Taken) -> tuple[Chosen, ...]:
        """Return the projects open in each phase."""
        return tuple(
            frozenset(p for p, n in enumerate(taken) if n in self._open(phase))
            for phase in range(self.phases)
        )

    def best(
        self,
        costs: Sequence[float],
        budgets: Sequence[float],
        opens: Sequence[int],
        *,
        limit: TimeLimit,
        progress: Progress = quiet,
    ) -> Decided:
        """Return the best schedule within budgets, of equal ones that of fewest projects.

        Parameters
        ----------
        costs
            By project what it costs of the budget.
        budgets
            What may have been spent by each phase.
        opens
            By project the first phase in which it may open.
        """
        allowed: Allowed = tuple(
            tuple(n for n in self._options if n <= self.phases - first) for first in opens
        )
        within = [
            Budget(
                spent=tuple(
                    tuple(cost * (n in self._open(phase)) for n in self._options) for cost in costs
                ),
                most=budget,
            )
            for phase, budget in enumerate(budgets)
        ]
        found = self._deciding.best(
            self._weights, Risk(), limit=limit, allowed=allowed, budgets=within, progress=progress
        )
        # A project that gains nothing is not built, even if it is free.
        for p in sorted(range(len(costs)), key=lambda p: -costs[p]):
            fewer = (*found.taken[:p], 0, *found.taken[p + 1 :])
            if fewer == found.taken or limit.passed:
                continue
            usd = self._deciding.usd(fewer, self._weights, Risk())
            if usd <= found.value_usd * (1.0 + ALIKE):
                found = replace(found, taken=fewer, value_usd=min(usd, found.value_usd))
        return found


def _subsets(numbers: Sequence[int]) -> list[list[int]]:
    """Return every set of some numbers, the empty one first."""
    return [
        [n for n, one in zip(numbers, built, strict=True) if one]
        for built in product((False, True), repeat=len(numbers))
    ]
