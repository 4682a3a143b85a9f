"""What a plan of TEU costs with some projects built, and what that proves of other sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corridors.data.parameters import load_parameters
from corridors.domain.plan import Plan
from corridors.domain.projects import Project
from corridors.domain.scenario import ProjectChoice
from corridors.network.capacity import USERS
from corridors.optimise.projects.benders import Cut
from corridors.optimise.projects.investment import Chosen
from corridors.output.planned import Planned
from corridors.studies.allocate import solve_plan
from corridors.studies.lanes import resources_of
from corridors.studies.session import Session

# Two values are one where they differ by so little of what the plan costs.
ALIKE = 1e-9


def widens(project: Project) -> bool:
    """Return whether all that a project changes is capacities, none of them narrower."""
    listed = load_parameters()
    rows = [(row, listed.find(row.parameter, row.scope)) for row in project.rows]
    return all(
        row.parameter in USERS and old is not None and old.scope == row.scope
        and row.value >= old.value
        for row, old in rows
    )  # fmt: skip


class PlanValuer:
    """Values sets of projects for a plan; each set once.

    A plan's cost is a sum over its capacities, so that the dual value of a capacity bounds what
    widening it can gain. What opens legs or changes hours is bounded by what all projects gain
    together, which holds where none makes the plan dearer.
    """

    def __init__(
        self, plan: Plan, choices: Sequence[ProjectChoice], projects: Sequence[Project]
    ) -> None:
        self._plan = plan
        self._choices = tuple(choices)
        self._legs = frozenset(p for p, project in enumerate(projects) if project.legs)
        # Projects that do nothing but widen capacities: their cuts are exact.
        self._wide = frozenset(
            p for p, project in enumerate(projects) if widens(project) and not project.legs
        )
        self._everything: Chosen = frozenset(range(len(projects)))
        self._sessions: dict[Chosen, Session] = {}
        self._values: dict[Chosen, float] = {}
        self.cut = 0

    @property
    def valued(self) -> int:
        """How many sets have been valued."""
        return len(self._values)

    @property
    def least(self) -> tuple[float, ...]:
        """What the plan costs with all projects."""
        return (self.usd(self._everything),)

    def usd(self, chosen: Chosen) -> float:
        """Return what the plan costs with a set built."""
        if chosen not in self._values:
            planned = self.planned(chosen)
            self._values[chosen] = planned.solved.value_usd
            self.cut = max(self.cut, planned.cut)
        return self._values[chosen]

    def planned(self, chosen: Chosen) -> Planned:
        """Return the plan's allocation with a set built, in numbers."""
        # Networks hang on legs alone; a session keeps those of one set of legs.
        session = self._sessions.setdefault(chosen & self._legs, Session())
        return solve_plan(self.with_built(chosen), session=session)

    def with_built(self, chosen: Chosen) -> Plan:
        """Return the plan with a set built in the scenario of every pair."""
        built = [self._choices[p] for p in sorted(chosen)]
        pairs = []
        for pair in self._plan.pairs:
            there = sorted((*pair.scenario.projects, *built), key=lambda choice: choice.id)
            pairs.append(replace(pair, scenario=replace(pair.scenario, projects=tuple(there))))
        return replace(self._plan, pairs=tuple(pairs))

    def value(self, chosen: Chosen) -> tuple[float, Sequence[Cut]]:
        """Return what the plan costs with a set built, and a bound on every other set."""
        planned = self.planned(chosen)
        value = self._values.setdefault(chosen, planned.solved.value_usd)
        self.cut = max(self.cut, planned.cut)
        slopes = np.zeros(len(self._everything))
        for p in sorted(self._wide - chosen):
            slopes[p] = -self._most_gain(p, chosen, planned)
        for p in sorted(self._everything - self._wide - self._without_effect(chosen) - chosen):
            slopes[p] = self.usd(self._everything) - value
        return value, [Cut(part=0, constant=value, slopes=tuple(slopes.tolist()))]

    def _most_gain(self, project: int, chosen: Chosen, planned: Planned) -> float:
        """Return the most that widening by a project can gain beside a set, by dual values."""
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
        """Return projects that gain nothing beside a set, all of them together."""
        value = self.usd(chosen)
        idle = frozenset(
            p for p in self._everything - self._wide - chosen
            if abs(self.usd(frozenset({p})) - self.usd(frozenset())) <= ALIKE * abs(value)
        )  # fmt: skip
        if idle and abs(self.usd(chosen | idle) - value) <= ALIKE * abs(value):
            return idle
        return frozenset()
