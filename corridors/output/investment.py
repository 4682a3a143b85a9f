"""What to build for a plan: the best set of projects, what each gains, and a budget curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.domain.investment import BudgetStep, InvestmentPlan, ProjectGain
from corridors.output.allocation import Allocation
from corridors.units import USD_PER_USD_M

if TYPE_CHECKING:
    import pandas as pd

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Investment:
    """The set of projects within the budget with which a plan of TEU costs least.

    `before` and `after` are the plan's allocations without any of the projects and with the best
    set. `least_usd` is what no affordable set can go below; where `proved` holds, that is the
    objective of the best set. `method` is `every set` or `benders`; `valued` counts the sets whose
    allocation was solved. `assumed` are projects that Benders took never to make a plan dearer
    though that is not certain.
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
    cut: int
    assumed: tuple[str, ...]

    @property
    def built(self) -> tuple[ProjectGain, ...]:
        """The projects of the best set."""
        return tuple(project for project in self.projects if project.built)

    @property
    def cost_usd_m(self) -> float:
        """What the best set costs to build, in millions of USD."""
        return sum(project.cost_usd_m for project in self.built)

    @property
    def gain_usd(self) -> float:
        """What the plan costs less with the best set, over its months."""
        return self.before.value_usd - self.after.value_usd

    @property
    def gain_usd_m_a_year(self) -> float:
        """The gain of the best set in millions of USD a year."""
        return self.gain_usd / USD_PER_USD_M * self.a_year

    @property
    def table(self) -> pd.DataFrame:
        """The projects as a DataFrame, a row a project, columns as in `invest.csv`."""
        import pandas as pd

        from corridors.output.investment_files import project_rows

        return pd.DataFrame(project_rows(self))

    @property
    def budget_table(self) -> pd.DataFrame:
        """The best set by budget as a DataFrame: budget_usd_m, projects, cost, gain, proved."""
        import pandas as pd

        from corridors.output.investment_files import curve_rows

        return pd.DataFrame(curve_rows(self))

    @property
    def a_year(self) -> float:
        """By what figures of the plan's months are multiplied to be those of a year."""
        return MONTHS_A_YEAR / len(self.plan.allocation.months)
