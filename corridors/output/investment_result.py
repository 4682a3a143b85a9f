"""The result of an investment plan: best projects, gains, budget curve; its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.domain.investment import BudgetStep, InvestmentPlan, ProjectGain
from corridors.output.allocation_result import NOT_UNIQUE, Allocation, marginal_rows
from corridors.output.csv import csv_text
from corridors.output.records import as_text
from corridors.units import USD_PER_USD_M

if TYPE_CHECKING:
    import pandas as pd

MONTHS_A_YEAR = 12
PROJECT_COLUMNS = (
    *("project", "title", "opens", "cost_usd_m", "built", "alone_usd_m_a_year"),
    *("in_set_usd_m_a_year", "charge_usd_m_a_year", "never_dearer"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Investment:
    """The set of projects within the budget that minimises the cost of a plan.

    `before` and `after` are the allocations without projects and with the best set. `least_usd`
    is a lower bound on the objective over all affordable sets; if `proved`, the best set attains
    it. `method` is `every set` or `benders`; `valued` counts the sets whose allocation was solved.
    `assumed` are projects that Benders assumed never to raise the cost, which is not certain.
    """

    plan: InvestmentPlan
    projects: tuple[ProjectGain, ...]
    curve: tuple[BudgetStep, ...]
    before: Allocation
    after: Allocation
    charge_usd: float
    least_usd: float
    proved: bool
    method: str
    valued: int
    assumed: tuple[str, ...]

    @property
    def built(self) -> tuple[ProjectGain, ...]:
        """The projects of the best set."""
        return tuple(project for project in self.projects if project.built)

    @property
    def cost_usd_m(self) -> float:
        """Construction cost of the best set in millions of USD."""
        return sum(project.cost_usd_m for project in self.built)

    @property
    def gain_usd(self) -> float:
        """Reduction of the objective by the best set, in USD over the months of the plan."""
        return self.before.value_usd - self.after.value_usd

    @property
    def gain_usd_m_a_year(self) -> float:
        """The gain of the best set in millions of USD a year."""
        return self.gain_usd / USD_PER_USD_M * self.a_year

    @property
    def table(self) -> pd.DataFrame:
        """The projects as a DataFrame, one row each, columns as in `invest.csv`."""
        import pandas as pd

        return pd.DataFrame(project_rows(self))

    @property
    def budget_table(self) -> pd.DataFrame:
        """The best set by budget as a DataFrame: budget_usd_m, projects, cost, gain, proved."""
        import pandas as pd

        return pd.DataFrame(curve_rows(self))

    @property
    def a_year(self) -> float:
        """Factor from the months of the plan to a year."""
        return MONTHS_A_YEAR / len(self.plan.allocation.months)


def project_rows(investment: Investment) -> list[dict[str, object]]:
    """Return the projects as plain rows; gains in millions of USD a year."""
    yearly = investment.a_year / USD_PER_USD_M
    return [
        {
            "project": gain.id,
            "title": gain.title,
            "opens": gain.opens.isoformat(),
            "cost_usd_m": gain.cost_usd_m,
            "built": gain.built,
            "alone_usd_m_a_year": gain.alone_usd * yearly,
            "in_set_usd_m_a_year": None if gain.in_set_usd is None else gain.in_set_usd * yearly,
            "charge_usd_m_a_year": gain.charge_usd * yearly,
            "never_dearer": gain.never_dearer,
        }
        for gain in investment.projects
    ]


def curve_rows(investment: Investment) -> list[dict[str, object]]:
    """Return the budget curve as plain rows; gains in millions of USD a year."""
    yearly = investment.a_year / USD_PER_USD_M
    return [
        {
            "budget_usd_m": step.budget_usd_m,
            "projects": list(step.projects),
            "cost_usd_m": step.cost_usd_m,
            "gain_usd_m_a_year": step.gain_usd * yearly,
            "charge_usd_m_a_year": step.charge_usd * yearly,
            "proved": step.proved,
        }
        for step in investment.curve
    ]


def investment_csv(investment: Investment) -> str:
    """Return the text of `invest.csv`: one row per project."""
    return csv_text(project_rows(investment), PROJECT_COLUMNS)


def investment_json(investment: Investment) -> str:
    """Return the text of `invest.json`."""
    plan = investment.plan
    return as_text(
        {
            "plan": plan.name,
            "allocation": plan.allocation.name,
            "objective": plan.allocation.objective,
            "months": len(plan.allocation.months),
            "budget_usd_m": plan.budget_usd_m,
            "annuity": None
            if plan.annuity is None
            else {"rate": plan.annuity.rate, "years": plan.annuity.years},
            "built": [gain.id for gain in investment.built],
            "cost_usd_m": investment.cost_usd_m,
            "gain_usd_m_a_year": investment.gain_usd_m_a_year,
            "charge_usd_m_a_year": investment.charge_usd * investment.a_year / USD_PER_USD_M,
            "least_objective_usd": investment.least_usd,
            "proved": investment.proved,
            "exact": True,
            "method": investment.method,
            "sets_valued": investment.valued,
            "assumed_never_dearer": list(investment.assumed),
            "projects": project_rows(investment),
            "budget_curve": curve_rows(investment),
            "allocations": {
                name: {
                    "value_usd": found.value_usd,
                    "cost_usd": found.cost_usd,
                    "co2e_t": found.co2e_t,
                    "teu": found.teu,
                    "marginal_values": {"note": NOT_UNIQUE, "rows": marginal_rows(found)},
                }
                for name, found in (("before", investment.before), ("after", investment.after))
            },
        }
    )
