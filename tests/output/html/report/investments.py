"""An investment drawn by hand: one project built of two, for the drawn allocation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from corridors.config.plan import load_plan
from corridors.domain.plan import BreakEven, BudgetStep, ProjectGain
from corridors.studies.invest.result import Investment
from corridors.studies.worth import worth_over_life
from tests.output.html.map.flows import example_allocation

PLAN = """name: {name}
budget_usd_m: 1000
projects: [khorgos-second-terminal, bakhty-ayagoz]
allocation:
  first_month: 2031-01
  months: 12
  departures: [20]
  pairs:
    - {{origin: Chongqing, destination: Duisburg, teu_per_month: 100}}
"""


def example_investment(folder: Path, *, name: str = "Two works", title: str = "") -> Investment:
    """Return the investment; `title` is that of the project built."""
    file = folder / "invest.yaml"
    file.write_text(PLAN.format(name="Two works"), encoding="utf-8")
    before = example_allocation(folder)
    after = replace(before, value_usd=before.value_usd - 3_000_000.0, marginals=())
    second = title or "Second terminal"
    built = _gain("khorgos-second-terminal", second, 300.0, 3_000_000.0, 2_000_000.0)
    other = replace(
        _gain("bakhty-ayagoz", "Bakhty", 700.0, 1_500_000.0, 5_000_000.0),
        built=False, built_in=None, in_set=None, pays_from=None,
        break_even=BreakEven(
            subsidy_usd=3_500_000.0, teu=100_000.0, toll_usd_per_teu=50.0,
            worth_usd_per_teu=15.0, volume_factor=4.0,
        ),
    )  # fmt: skip
    objective = after.value_usd + 2_000_000.0
    return Investment(
        plan=replace(load_plan(file, command="invest"), name=name),
        projects=(other, built),
        curve=(
            BudgetStep(budget_usd_m=100.0, projects=(), cost_usd_m=0.0, gain_usd=0.0,
                       charge_usd=0.0, proved=True),
            BudgetStep(budget_usd_m=1000.0, projects=("khorgos-second-terminal",), cost_usd_m=300.0,
                       gain_usd=3_000_000.0, charge_usd=2_000_000.0, proved=True),
        ),
        years=(2031,), schedule=(("khorgos-second-terminal",),),
        before=before, after=after, charge_usd=2_000_000.0, value_usd=objective,
        bound_usd=objective, gain_usd=before.value_usd - after.value_usd, valued=4,
    )  # fmt: skip


def _gain(project: str, title: str, cost: float, gain: float, charge: float) -> ProjectGain:
    worth = worth_over_life(gain, cost * 1e6, charge, life_years=200.0)
    return ProjectGain(
        id=project, title=title, opens=date(2028, 12, 31), cost_usd_m=cost, life_years=200.0,
        built=True, in_use=False, built_in=2031, alone=worth, with_others=worth, in_set=worth,
        by_phase=(gain,), pays_from=2031, break_even=None, charge_usd=charge, by_volume=(),
    )  # fmt: skip
