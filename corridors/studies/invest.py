"""Choose the projects of an investment plan."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.config import load_projects
from corridors.domain.investment import BudgetStep, InvestmentPlan, ProjectGain
from corridors.domain.projects import Project
from corridors.errors import ConfigError
from corridors.optimise.projects.benders import Benders
from corridors.optimise.projects.master_solver import MasterSolver
from corridors.optimise.projects.project_choice import (
    Candidates,
    Chosen,
    Invested,
    best_by_trying,
    without_idle,
)
from corridors.output.investment_result import MONTHS_A_YEAR, Investment
from corridors.output.planned import allocation_of
from corridors.progress import Progress, quiet
from corridors.studies.building import PlanValuer, widens
from corridors.units import USD_PER_USD_M

# Up to this number of projects every set that may be best is tried.
MOST_TRIED = 10
STEPS = 10


def invest_plan(plan: InvestmentPlan, *, progress: Progress = quiet) -> Investment:
    """Return which projects to build for a plan within its budget.

    Raises
    ------
    ConfigError
        The plan is infeasible without the projects, or two projects change the same row.
    """
    projects = load_projects([choice.id for choice in plan.projects])
    months = len(plan.allocation.months)
    part = 0.0 if plan.annuity is None else plan.annuity.a_year * months / MONTHS_A_YEAR
    candidates = Candidates(
        costs=tuple(project.cost.value for project in projects),
        charges=tuple(project.cost.value * USD_PER_USD_M * part for project in projects),
        never_dearer=tuple(widens(project) for project in projects),
    )
    valuer = PlanValuer(plan.allocation, plan.projects, projects)
    everything = range(len(projects))
    empty: Chosen = frozenset()
    progress("no project", 0, 1)
    try:
        before = valuer.usd(empty)
    except ConfigError as error:
        faults = [f"without any project: {text}" for text in error.faults]
        raise ConfigError(faults) from None
    for p in everything:
        progress(projects[p].title, p, len(projects))
        valuer.usd(frozenset({p}))
    budgets = [plan.budget_usd_m * step / STEPS for step in range(1, STEPS + 1)]
    tried = len(projects) <= MOST_TRIED
    found: list[Invested] = []
    with MasterSolver(plan.time_limit_s) as solver:
        benders = Benders(candidates, valuer, solver=solver)
        for step, budget in enumerate(budgets):
            progress(f"budget {budget:,.0f} million USD", step, STEPS)
            chosen = (
                best_by_trying(candidates, budget, valuer.usd) if tried else benders.best(budget)
            )
            found.append(without_idle(candidates, chosen, valuer.usd))
    best = found[-1]
    gains = tuple(
        _gain(plan, p, projects, candidates=candidates, valuer=valuer, chosen=best.chosen)
        for p in everything
    )
    return Investment(
        plan=plan,
        projects=gains,
        curve=_curve(plan, candidates, valuer, before=before, found=found),
        before=allocation_of(valuer.planned(empty)),
        after=allocation_of(valuer.planned(best.chosen)),
        charge_usd=candidates.charge(best.chosen),
        least_usd=best.least,
        proved=best.proved,
        method="every set" if tried else "benders",
        valued=valuer.valued,
        assumed=() if tried else tuple(gain.id for gain in gains if not gain.never_dearer),
    )


def _gain(
    plan: InvestmentPlan,
    number: int,
    projects: Sequence[Project],
    *,
    candidates: Candidates,
    valuer: PlanValuer,
    chosen: Chosen,
) -> ProjectGain:
    """Return the gain of a project, alone and in the best set."""
    built = number in chosen
    in_set = valuer.usd(chosen - {number}) - valuer.usd(chosen) if built else None
    return ProjectGain(
        id=plan.projects[number].id,
        title=projects[number].title,
        opens=plan.projects[number].opens,
        cost_usd_m=candidates.costs[number],
        built=built,
        alone_usd=valuer.usd(frozenset()) - valuer.usd(frozenset({number})),
        in_set_usd=in_set,
        charge_usd=candidates.charges[number],
        never_dearer=candidates.never_dearer[number],
    )


def _curve(
    plan: InvestmentPlan,
    candidates: Candidates,
    valuer: PlanValuer,
    *,
    before: float,
    found: Sequence[Invested],
) -> tuple[BudgetStep, ...]:
    """Return the best set for each step of the budget."""
    return tuple(
        BudgetStep(
            budget_usd_m=plan.budget_usd_m * number / STEPS,
            projects=tuple(plan.projects[p].id for p in sorted(step.chosen)),
            cost_usd_m=candidates.cost(step.chosen),
            gain_usd=before - valuer.usd(step.chosen),
            charge_usd=candidates.charge(step.chosen),
            proved=step.proved,
        )
        for number, step in enumerate(found, start=1)
    )
