"""A plan of what to build: projects, a budget, and the plan of TEU they are to serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from corridors.domain.plan import Plan
from corridors.domain.scenario import ProjectChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Annuity:
    """How the cost of building is spread: a rate a year, 0.05 for 5 %, and how many years."""

    rate: float
    years: float

    @property
    def a_year(self) -> float:
        """The part of a cost that falls on each year."""
        if self.rate == 0.0:
            return 1.0 / self.years
        grown: float = (1.0 + self.rate) ** self.years
        return self.rate * grown / (grown - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestmentPlan:
    """Which projects might be built for a plan of TEU, and how much they may cost.

    `budget_usd_m` bounds the sum of their costs, in millions of USD. With an `annuity` the yearly
    part of these costs counts in the objective beside the transport; without, the budget alone
    holds. `time_limit_s` is how long one choice of the decomposition may take.
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
        """Return the start of a fault at a key of the file."""
        return self.lines.get(key, f"{self.source_path or 'plan'}: {key}: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGain:
    """What a project is worth to a plan, in USD over the months of the plan.

    `alone_usd` is what the plan costs less with it alone; `in_set_usd` what it would cost more
    without it, the rest of the best set kept: None where it is not in it. `charge_usd` is the part
    of its cost that falls on these months. `never_dearer` says that it only opens legs or widens
    capacities, so that it cannot raise the plan's cost.
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
    """The best set for a budget: what it costs, and gains in USD over the months of the plan."""

    budget_usd_m: float
    projects: tuple[str, ...]
    cost_usd_m: float
    gain_usd: float
    charge_usd: float
    proved: bool
