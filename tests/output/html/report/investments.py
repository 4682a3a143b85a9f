"""An investment drawn by hand: one project built of two, for the drawn allocation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from corridors.config.investment import load_investment
from corridors.domain.investment import BudgetStep, ProjectGain
from corridors.output.investment_result import Investment
from tests.output.html.map.flows import example_allocation

PLAN = """name: {name}
budget_usd_m: 1000
projects: [khorgos-second-terminal, bakhty-ayagoz]
allocation:
  first_month: 2031-08
  months: 2
  departures: [20]
  pairs:
    - {{origin: Chongqing, destination: Duisburg, teu_per_month: 100}}
"""


def example_investment(folder: Path, *, name: str = "Two works", title: str = "") -> Investment:
    """Return the investment; `title` is that of the project built."""
    file = folder / "invest.yaml"
    file.write_text(PLAN.format(name="Two works"), encoding="utf-8")
    before = example_allocation(folder)
    after = replace(before, value_usd=before.value_usd - 500_000.0, marginals=())
    built = _gain("khorgos-second-terminal", title or "Second terminal", 300.0, 500_000.0)
    return Investment(
        plan=replace(load_investment(file), name=name),
        projects=(replace(_gain("bakhty-ayagoz", "Bakhty", 700.0, 250_000.0), built=False,
                          in_set_usd=None), built),
        curve=(
            BudgetStep(budget_usd_m=100.0, projects=(), cost_usd_m=0.0, gain_usd=0.0,
                       charge_usd=0.0, proved=True),
            BudgetStep(budget_usd_m=1000.0, projects=("khorgos-second-terminal",), cost_usd_m=300.0,
                       gain_usd=500_000.0, charge_usd=0.0, proved=True),
        ),
        before=before, after=after, charge_usd=0.0, least_usd=after.value_usd, proved=True,
        method="every set", valued=4, assumed=(),
    )  # fmt: skip


def _gain(project: str, title: str, cost: float, gain: float) -> ProjectGain:
    return ProjectGain(
        id=project, title=title, opens=date(2028, 12, 31), cost_usd_m=cost, built=True,
        alone_usd=gain, in_set_usd=gain, charge_usd=0.0, never_dearer=True,
    )  # fmt: skip
