"""Value sets of projects for a plan, with bounds on the value of other sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corridors.data.parameters import load_parameters
from corridors.domain.plan import Plan
from corridors.domain.projects import Project
from corridors.domain.scenario import ProjectChoice
from corridors.network.rules.capacity import USERS
from corridors.optimise.projects.benders import Cut
from corridors.optimise.projects.project_choice import EMPTY, Chosen, alike
from corridors.output.planned import Planned
from corridors.studies.allocate import SearchedPlan, search_plans, times
from corridors.studies.lanes import resources_of
from corridors.studies.session import Session


def widens(project: Project) -> bool:
    """Return whether a project only changes capacities and narrows none."""
    listed = load_parameters()
    rows = [(row, listed.find(row.parameter, row.scope)) for row in project.rows]
    return all(
        row.parameter in USERS and old is not None and old.scope == row.scope
        and row.value >= old.value
        for row, old in rows
    )  # fmt: skip


def with_projects_built(plan: Plan, choices: Sequence[ProjectChoice]) -> Plan:
    """Return a plan with projects in the scenario of every pair."""
    pairs = []
    for pair in plan.pairs:
        there = sorted((*pair.scenario.projects, *choices), key=lambda choice: choice.id)
        pairs.append(replace(pair, scenario=replace(pair.scenario, projects=tuple(there))))
    return replace(plan, pairs=tuple(pairs))


class PlanValuer:
    """Values sets of projects for a plan of twelve months, each set once.

    The dual value of a capacity bounds what widening it can gain. Projects that open legs or change
    hours are bounded by the gain of all projects together, which is valid if none of them makes the
    plan dearer.

    Parameters
    ----------
    plan
        The volumes, with what is in use in the scenario of every pair.
    choices, projects
        The projects to choose from.
    factors
        By phase how many times as large the volumes are.
    """

    def __init__(
        self,
        plan: Plan,
        choices: Sequence[ProjectChoice],
        projects: Sequence[Project],
        *,
        factors: Sequence[float] = (1.0,),
    ) -> None:
        self._plan = plan
        self._choices = tuple(choices)
        self._factors = tuple(factors)
        self._legs = frozenset(p for p, project in enumerate(projects) if project.legs)
        # Projects that only widen capacities: their cuts are exact.
        self._wide = frozenset(
            p for p, project in enumerate(projects) if widens(project) and not project.legs
        )
        self._everything: Chosen = frozenset(range(len(projects)))
        self._sessions: dict[Chosen, Session] = {}
        self._searched: dict[Chosen, SearchedPlan] = {}
        self.values: dict[Chosen, tuple[float, ...]] = {}
        self.bounds: dict[Chosen, tuple[float, ...]] = {}

    @property
    def valued(self) -> int:
        """Number of sets valued."""
        return len(self.values)

    @property
    def least(self) -> tuple[float, ...]:
        """The plan's cost in USD with all projects."""
        return (self.usd(self._everything),)

    def usd(self, chosen: Chosen) -> float:
        """Return the plan's cost in USD with a set built, in the first phase."""
        return self.by_phase(chosen)[0]

    def by_phase(self, chosen: Chosen) -> tuple[float, ...]:
        """Return the plan's cost in USD a year with a set built, by phase."""
        if chosen not in self.values:
            searched = self._search(chosen)
            solved = [_times(searched, factor).solved for factor in self._factors]
            self.values[chosen] = tuple(one.value_usd for one in solved)
            self.bounds[chosen] = tuple(one.bound_usd for one in solved)
        return self.values[chosen]

    def planned(self, chosen: Chosen, *, phase: int = 0) -> Planned:
        """Return the solution of the plan with a set built, in a phase."""
        return _times(self._search(chosen), self._factors[phase])

    def gain_at(self, chosen: Chosen, factor: float) -> float:
        """Return what a set gains in USD a year if the volumes are so many times as large."""
        empty, built = (
            _times(self._search(one), factor).solved.value_usd for one in (EMPTY, chosen)
        )
        return empty - built

    def _search(self, chosen: Chosen) -> SearchedPlan:
        """Return the plan with a set built, its networks searched."""
        searched = self._searched.get(chosen)
        if searched is None:
            # Networks depend only on legs; there is a session for each set of legs.
            session = self._sessions.setdefault(chosen & self._legs, Session())
            (searched,) = search_plans([self.with_built(chosen)], session=session)
            if len(chosen) <= 1:
                # These are asked for again, at other volumes.
                self._searched[chosen] = searched
        return searched

    def with_built(self, chosen: Chosen) -> Plan:
        """Return the plan with a set built in the scenario of every pair."""
        return with_projects_built(self._plan, [self._choices[p] for p in sorted(chosen)])

    def value(self, chosen: Chosen) -> tuple[float, Sequence[Cut]]:
        """Return the plan's cost with a set built, and a bound on every other set."""
        planned = self.planned(chosen)
        value = self.values.setdefault(chosen, (planned.solved.value_usd,))[0]
        slopes = np.zeros(len(self._everything))
        for p in sorted(self._wide - chosen):
            slopes[p] = -self._most_gain(p, chosen, planned)
        for p in sorted(self._everything - self._wide - self._without_effect(chosen) - chosen):
            slopes[p] = self.usd(self._everything) - value
        return value, [Cut(part=0, constant=value, slopes=tuple(slopes.tolist()))]

    def _most_gain(self, project: int, chosen: Chosen, planned: Planned) -> float:
        """Return an upper bound on the gain of widening by a project, from dual values."""
        now, then = (
            {
                (listed.parameter, listed.scope): np.array(listed.teu_per_week)
                for listed in resources_of(self.with_built(built).pairs[0].scenario, planned.months)
            }
            for built in (chosen, chosen | {project})
        )
        gain = 0.0
        for number, key in enumerate(now):
            wider = then[key] > now[key]
            prices = planned.solved.prices.by_month[number]
            room = planned.program.capacity[number]
            for month in np.flatnonzero(wider & (prices > 0.0)).tolist():
                grown = room[month] * (then[key][month] / now[key][month] - 1.0)
                gain += float(prices[month] * grown)
        return gain

    def _without_effect(self, chosen: Chosen) -> Chosen:
        """Return projects that together gain nothing when added to a set."""
        value = self.usd(chosen)
        idle = frozenset(
            p for p in self._everything - self._wide - chosen
            if alike(self.usd(frozenset({p})), self.usd(EMPTY))
        )  # fmt: skip
        if idle and alike(self.usd(chosen | idle), value):
            return idle
        return EMPTY


def _times(searched: SearchedPlan, factor: float) -> Planned:
    """Return the solution of a plan with every volume times a factor."""
    return searched.solve(times(searched.plan, factor))
