"""Choose the projects of an investment plan, and the year in which each opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from corridors.config import load_projects
from corridors.domain.investment import (
    BreakEven,
    BudgetStep,
    InvestmentPlan,
    ProjectGain,
    Worth,
    annuity_share,
)
from corridors.domain.plan import Plan
from corridors.domain.projects import Project
from corridors.domain.scenario import ProjectChoice
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.planning.program import ROUNDING, Decided
from corridors.optimise.time_limit import TimeLimit
from corridors.output.investment_result import Investment
from corridors.output.planned import Planned, allocation_of
from corridors.progress import Progress, quiet
from corridors.studies.allocate import SearchedPlan, search_plans, times
from corridors.studies.building import EMPTY, Chosen, Works, with_projects_built
from corridors.studies.session import Session
from corridors.studies.worth import gaining, volume_factor, worth_by_phase, worth_over_life
from corridors.units import USD_PER_USD_M

STEPS = 10
# The volumes at which the gain of each project is told, times those of the plan.
TOLD_FACTORS = (0.9, 1.0, 1.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The projects to choose from and those in use, with what values them.

    By phase there are a factor of the volumes and the money that may have been spent, by project
    the first phase in which it may open.
    """

    plan: InvestmentPlan
    choices: tuple[ProjectChoice, ...]
    projects: tuple[Project, ...]
    in_use: tuple[tuple[ProjectChoice, Project], ...]
    factors: tuple[float, ...]
    budgets: tuple[float, ...]
    opens: tuple[int, ...]
    works: Works

    @property
    def everything(self) -> Chosen:
        """All projects to choose from."""
        return frozenset(range(len(self.projects)))

    @property
    def years(self) -> tuple[int, ...]:
        """The first year of each phase; without phases, that of the plan."""
        phases = self.plan.phases
        return (self.plan.allocation.months[0].year,) if phases is None else phases.years

    @property
    def costs(self) -> tuple[float, ...]:
        """What each project costs in millions of USD."""
        return tuple(project.cost.value for project in self.projects)

    def cost(self, chosen: Chosen) -> float:
        """Return what a set costs in millions of USD."""
        return sum(self.costs[p] for p in sorted(chosen))

    def charge_usd(self, chosen: Chosen) -> float:
        """Return the annuities of a set in USD a year."""
        return sum(_charge_usd(self.plan, self.projects[p]) for p in sorted(chosen))

    def ids(self, chosen: Chosen) -> list[str]:
        """Return the ids of a set of projects."""
        return [self.choices[p].id for p in sorted(chosen)]


def invest_plan(
    plan: InvestmentPlan, *, progress: Progress = quiet, limit: TimeLimit | None = None
) -> Investment:
    """Return which projects to build for a plan within its budget, and in which phase.

    Parameters
    ----------
    plan
        Projects, budget and the allocation plan they serve.
    progress
        Called with the current step, how many are done and how many there are.
    limit
        When to end with the best found. Each project is valued alone first in any case.

    Raises
    ------
    ConfigError
        The plan is infeasible without the projects, or two projects change the same row.
    """
    limit = limit or TimeLimit()
    progress("no project", 0, 1)
    session = Session()
    with HighsProcess() as highs:
        work = _work(plan, session, highs, progress)
        works, last = work.works, len(work.years) - 1
        for p, project in enumerate(work.projects):
            progress(project.title, p, len(work.projects))
            for phase in range(works.phases):
                works.usd(frozenset({p}), phase)
        found = _by_budget(work, limit, progress)
        best = works.schedule_of(found[-1].taken)
        gains = (
            *(_gain(work, p, best, limit=limit) for p in range(len(work.projects))),
            *(_in_use(work, number, session) for number in range(len(work.in_use))),
        )
        curve = _curve(work, found)
        valued = works.valued
    return Investment(
        plan=plan,
        projects=gains,
        curve=curve,
        years=work.years,
        schedule=tuple(tuple(work.ids(chosen)) for chosen in best),
        before=allocation_of(_planned(work, EMPTY, session)),
        after=allocation_of(_planned(work, best[last], session)),
        charge_usd=work.charge_usd(best[last]),
        value_usd=found[-1].value_usd,
        bound_usd=min(found[-1].value_usd, found[-1].bound_usd),
        valued=valued,
    )


def _work(plan: InvestmentPlan, session: Session, highs: HighsProcess, progress: Progress) -> Work:
    """Return what there is to choose from, with the projects in use in every pair's scenario."""
    every = list(zip(plan.projects, load_projects([c.id for c in plan.projects]), strict=True))
    in_use = tuple((choice, project) for choice, project in every if project.in_use)
    new = [(choice, project) for choice, project in every if not project.in_use]
    choices, projects = tuple(c for c, _ in new), tuple(p for _, p in new)
    phases = plan.phases
    factors: tuple[float, ...] = (1.0,)
    weights: tuple[float, ...] = (1.0,)
    budgets: tuple[float, ...] = (plan.budget_usd_m,)
    base = with_projects_built(plan.allocation, [choice for choice, _ in in_use])
    opens = (0,) * len(new)
    if phases is not None:
        numbers = range(len(phases.years))
        factors = tuple(phases.factor(n) for n in numbers)
        weights = tuple(phases.discounted_years(n, plan.rate) for n in numbers)
        budgets = tuple(accumulate(phases.budgets_usd_m))
        starts = [date(year, 1, 1) for year in phases.years]
        opens = tuple(
            sum(choice.opens > date(year, 1, 31) for year in phases.years) for choice in choices
        )
        # A phase is valued by the year of the plan, through which all that is built is open.
        first = min(plan.allocation.months[0], *starts)
        choices = tuple(replace(c, opens=min(c.opens, first)) for c in choices)
    try:
        _searched(base, session).solve()
    except ConfigError as error:
        faults = [f"without any project: {text}" for text in error.faults]
        raise ConfigError(faults) from None
    works = Works(
        base,
        choices,
        projects,
        weights=weights,
        factors=factors,
        charges_usd=[_charge_usd(plan, project) for project in projects],
        highs=highs,
        progress=progress,
    )
    return Work(
        plan=plan,
        choices=tuple(c for c, _ in new),
        projects=projects,
        in_use=in_use,
        factors=factors,
        budgets=budgets,
        opens=opens,
        works=works,
    )


def _life(plan: InvestmentPlan, project: Project) -> float:
    return project.life.value if plan.annuity.years is None else plan.annuity.years


def _charge_usd(plan: InvestmentPlan, project: Project) -> float:
    """Return the annuity of a project in USD a year."""
    share = annuity_share(plan.rate, _life(plan, project))
    return project.cost.value * USD_PER_USD_M * share


def _searched(plan: Plan, session: Session) -> SearchedPlan:
    (found,) = search_plans([plan], session=session)
    return found


def _planned(work: Work, chosen: Chosen, session: Session) -> Planned:
    """Return the plan of the last phase with a set built, its routes named."""
    searched = _searched(work.works.with_built(chosen), session)
    return searched.solve(times(searched.plan, work.factors[-1]))


def _by_budget(work: Work, limit: TimeLimit, progress: Progress) -> list[Decided]:
    """Return the best schedule for each part of the budget, the last for the whole."""
    found: list[Decided] = []
    for step in range(STEPS, 0, -1):
        budgets = [budget * step / STEPS for budget in work.budgets]
        # What is the best with more money is the best as soon as it can be paid.
        if not found or not _affords(work, work.works.schedule_of(found[-1].taken), budgets):
            progress(f"budget {budgets[-1]:,.0f} million USD", STEPS - step, STEPS)
            found.append(
                work.works.best(work.costs, budgets, work.opens, limit=limit, progress=progress)
            )
        else:
            found.append(found[-1])
    return found[::-1]


def _affords(work: Work, schedule: Sequence[Chosen], budgets: Sequence[float]) -> bool:
    return all(
        work.cost(chosen) <= budget + ROUNDING * max(1.0, budget)
        for chosen, budget in zip(schedule, budgets, strict=True)
    )


def _gain(work: Work, number: int, best: Sequence[Chosen], *, limit: TimeLimit) -> ProjectGain:
    """Return the worth of a project, alone, with the others and in the best schedule."""
    project, choice = work.projects[number], work.choices[number]
    works, charge = work.works, work.charge_usd(frozenset({number}))
    alone_set = frozenset({number})

    def gains(with_it: Sequence[Chosen]) -> tuple[float, ...]:
        return tuple(
            works.usd(chosen - alone_set, phase) - works.usd(chosen, phase)
            for phase, chosen in enumerate(with_it)
        )

    phases, opens = len(work.years), work.opens[number]
    built_in = next((n for n, chosen in enumerate(best) if number in chosen), None)
    by_phase = gains((alone_set,) * phases)
    alone = _worth(work, number, by_phase, opens=opens)
    with_others, break_even = None, None
    if not limit.passed:
        others = gains((work.everything,) * phases)
        with_others = _worth(work, number, others, opens=opens)
    if not limit.passed and alone.net_present_usd < 0.0:
        break_even = _break_even(work, number, charge - by_phase[0])
    in_set = None
    if built_in is not None:
        in_set = _worth(work, number, gains(best), opens=built_in)
    paying = (n for n in range(opens, phases) if by_phase[n] >= charge)
    first = next(paying, None)
    return ProjectGain(
        id=choice.id,
        title=project.title,
        opens=choice.opens,
        cost_usd_m=project.cost.value,
        life_years=_life(work.plan, project),
        built=built_in is not None,
        in_use=False,
        built_in=None if built_in is None else work.years[built_in],
        alone=alone,
        with_others=with_others,
        in_set=in_set,
        by_phase=by_phase,
        pays_from=None if first is None else work.years[first],
        break_even=break_even,
        charge_usd=charge,
        by_volume=()
        if limit.passed
        else tuple(
            (factor, by_phase[0] if factor == 1.0 else works.gain_at(alone_set, factor))
            for factor in TOLD_FACTORS
        ),
    )


def _in_use(work: Work, number: int, session: Session) -> ProjectGain:
    """Return what the plan would lose without a project that is in use."""
    choice, project = work.in_use[number]
    others = [one for n, (one, _) in enumerate(work.in_use) if n != number]
    without = _searched(with_projects_built(work.plan.allocation, others), session).solve()
    lost = without.solved.value_usd - work.works.usd(EMPTY)
    charge = _charge_usd(work.plan, project)
    return ProjectGain(
        id=choice.id,
        title=project.title,
        opens=choice.opens,
        cost_usd_m=project.cost.value,
        life_years=_life(work.plan, project),
        built=False,
        in_use=True,
        built_in=None,
        alone=worth_over_life(
            lost,
            project.cost.value * USD_PER_USD_M,
            charge,
            life_years=_life(work.plan, project),
        ),
        with_others=None,
        in_set=None,
        by_phase=(lost,),
        pays_from=None,
        break_even=None,
        charge_usd=charge,
        by_volume=(),
    )


def _worth(work: Work, number: int, gains: Sequence[float], *, opens: int) -> Worth:
    """Return the worth of a project that opens in a phase, from its gains by phase."""
    plan, charge = work.plan, work.charge_usd(frozenset({number}))
    cost_usd = work.costs[number] * USD_PER_USD_M
    if plan.phases is None:
        life = _life(plan, work.projects[number])
        return worth_over_life(gains[0], cost_usd, charge, life_years=life)
    return worth_by_phase(gains, cost_usd, charge, phases=plan.phases, rate=plan.rate, opens=opens)


def _break_even(work: Work, number: int, subsidy_usd: float) -> BreakEven:
    """Return the subsidy, toll or volume at which a project would pay, alone, in the first year."""
    built = frozenset({number})
    works, charge = work.works, work.charge_usd(built)
    teu, saved = gaining(works.program(), works.solved(EMPTY), works.solved(built))
    return BreakEven(
        subsidy_usd=max(0.0, subsidy_usd),
        teu=teu,
        toll_usd_per_teu=charge / teu if teu > 0.0 else None,
        worth_usd_per_teu=saved / teu if teu > 0.0 else None,
        volume_factor=volume_factor(lambda factor: works.gain_at(built, factor), charge),
    )


def _curve(work: Work, found: Sequence[Decided]) -> tuple[BudgetStep, ...]:
    """Return the best set for each step of the budget."""
    works, last = work.works, work.works.phases - 1
    sets = [works.schedule_of(step.taken)[last] for step in found]
    return tuple(
        BudgetStep(
            budget_usd_m=work.plan.budget_usd_m * number / STEPS,
            projects=tuple(work.ids(chosen)),
            cost_usd_m=work.cost(chosen),
            gain_usd=works.usd(EMPTY, last) - works.usd(chosen, last),
            charge_usd=work.charge_usd(chosen),
            proved=not step.stopped,
        )
        for number, (step, chosen) in enumerate(zip(found, sets, strict=True), start=1)
    )
