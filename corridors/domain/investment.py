"""An investment plan: projects, a budget, and the allocation plan they serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from corridors.domain.keys import Positive, Share, Takes
from corridors.domain.plan import Plan
from corridors.domain.scenario import ProjectChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Annuity:
    """Spreads construction costs over years."""

    rate: Share
    """Yearly interest rate as a fraction: 0.05 for 5 %."""
    years: Annotated[Positive, Takes(most=200)]
    """Repayment period in years."""

    @property
    def a_year(self) -> float:
        """The fraction of a cost paid per year."""
        if self.rate == 0.0:
            return 1.0 / self.years
        grown: float = (1.0 + self.rate) ** self.years
        return self.rate * grown / (grown - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestmentPlan:
    """Projects that may be built to serve an allocation plan, and their budget.

    `budget_usd_m` limits the sum of their costs, in millions of USD. With an `annuity` the yearly
    costs are part of the objective; without it, only the budget limits them. `time_limit_s` limits
    one master problem of the decomposition.
    """

    name: str
    allocation: Plan
    budget_usd_m: float
    projects: tuple[ProjectChoice, ...]
    annuity: Annuity | None
    time_limit_s: float
    source_path: str = ""
    lines: dict[str, str] = field(default_factory=dict, compare=False)

    def at(self, key: str) -> str:
        """Return the prefix of faults at a key of the file."""
        return self.lines.get(key, f"{self.source_path or 'plan'}: {key}: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGain:
    """The gain of a project in USD over the months of the plan.

    `alone_usd` is the gain if only this project is built. `in_set_usd` is the loss if it is removed
    from the best set, None if it is not in it. `charge_usd` is the annuity over these months. A
    project is `never_dearer` if it only opens legs or raises capacities.
    """

    id: str
    title: str
    opens: date
    cost_usd_m: float
    built: bool
    alone_usd: float
    in_set_usd: float | None
    charge_usd: float
    never_dearer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStep:
    """The best set for a budget, with its cost and its gain in USD over the months of the plan."""

    budget_usd_m: float
    projects: tuple[str, ...]
    cost_usd_m: float
    gain_usd: float
    charge_usd: float
    proved: bool
