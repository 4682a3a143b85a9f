"""Choose the projects of an investment plan, and the year in which each opens."""

from __future__ import annotations

import math
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
from corridors.domain.projects import Project
from corridors.domain.scenario import ProjectChoice
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.projects.benders import Benders
from corridors.optimise.projects.project_choice import (
    EMPTY,
    Candidates,
    Chosen,
    Phasing,
    Schedule,
    best_schedule,
    least_value,
    sets_to_value,
)
from corridors.optimise.time_limit import TimeLimit
from corridors.output.investment_result import Investment
from corridors.output.planned import allocation_of
from corridors.progress import Progress, quiet
from corridors.studies.building import PlanValuer, widens, with_projects_built
from corridors.studies.worth import gaining, volume_factor, worth_by_phase, worth_over_life
from corridors.units import USD_PER_USD_M

# Up to this number of projects every affordable set is tried.
MOST_TRIED = 10
STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The projects to choose from, those in use, and what values them."""

    plan: InvestmentPlan
    choices: tuple[ProjectChoice, ...]
    projects: tuple[Project, ...]
    in_use: tuple[tuple[ProjectChoice, Project], ...]
    candidates: Candidates
    phasing: Phasing
    valuer: PlanValuer

    @property
    def everything(self) -> Chosen:
        """All projects to choose from."""
        return frozenset(range(len(self.projects)))

    @property
    def years(self) -> tuple[int, ...]:
        """The first year of each phase; without phases, that of the plan."""
        phases = self.plan.phases
        return (self.plan.allocation.months[0].year,) if phases is None else phases.years

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
    work = _work(plan)
    valuer = work.valuer
    progress("no project", 0, 1)
    try:
        valuer.by_phase(EMPTY)
    except ConfigError as error:
        faults = [f"without any project: {text}" for text in error.faults]
        raise ConfigError(faults) from None
    for p, project in enumerate(work.projects):
        progress(project.title, p, len(work.projects))
        valuer.by_phase(frozenset({p}))
    tried = len(work.projects) <= MOST_TRIED
    found, least_usd, proved = (_by_trying if tried else _by_benders)(work, limit, progress)
    best, last = found[-1], len(work.years) - 1
    gains = (
        *(_gain(work, p, best, limit=limit) for p in range(len(work.projects))),
        *(_in_use(work, number) for number in range(len(work.in_use))),
    )
    return Investment(
        plan=plan,
        projects=gains,
        curve=_curve(work, found, proved=proved),
        years=work.years,
        schedule=tuple(tuple(work.ids(chosen)) for chosen in best.sets),
        before=allocation_of(valuer.planned(EMPTY, phase=last)),
        after=allocation_of(valuer.planned(best.sets[-1], phase=last)),
        charge_usd=work.candidates.charge(best.sets[-1]),
        objective_usd=best.value,
        least_usd=min(best.value, least_usd),
        proved=proved,
        method="every set" if tried else "benders",
        valued=valuer.valued,
        assumed=()
        if tried and proved
        else tuple(g.id for g in gains if not g.never_dearer and not g.in_use),
    )


def _work(plan: InvestmentPlan) -> Work:
    """Return what there is to choose from, with the projects in use in every pair's scenario."""
    every = list(zip(plan.projects, load_projects([c.id for c in plan.projects]), strict=True))
    in_use = tuple((choice, project) for choice, project in every if project.in_use)
    new = [(choice, project) for choice, project in every if not project.in_use]
    choices, projects = tuple(c for c, _ in new), tuple(p for _, p in new)
    phases = plan.phases
    factors: tuple[float, ...]
    weights: tuple[float, ...]
    budgets: tuple[float, ...]
    base = with_projects_built(plan.allocation, [choice for choice, _ in in_use])
    if phases is None:
        factors, weights, budgets = (1.0,), (1.0,), (plan.budget_usd_m,)
        opens = (0,) * len(new)
    else:
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
    shares = [annuity_share(plan.rate, _life(plan, project)) for project in projects]
    return Work(
        plan=plan,
        choices=tuple(c for c, _ in new),
        projects=projects,
        in_use=in_use,
        candidates=Candidates(
            costs=tuple(project.cost.value for project in projects),
            charges=tuple(
                project.cost.value * USD_PER_USD_M * share
                for project, share in zip(projects, shares, strict=True)
            ),
            never_dearer=tuple(widens(project) for project in projects),
        ),
        phasing=Phasing(weights=weights, budgets=budgets, opens=opens),
        valuer=PlanValuer(base, choices, projects, factors=factors),
    )


def _life(plan: InvestmentPlan, project: Project) -> float:
    return project.life.value if plan.annuity.years is None else plan.annuity.years


def _by_trying(
    work: Work, limit: TimeLimit, progress: Progress
) -> tuple[list[Schedule], float, bool]:
    """Return the best schedule by budget, a bound on the last, and whether all sets were tried."""
    candidates, phasing, valuer = work.candidates, work.phasing, work.valuer
    sets = [*sets_to_value(candidates, phasing)]
    # All projects together bound what the sets not tried can gain: they are always valued.
    order = [*([work.everything] if len(sets) > 1 else []), *sets]
    proved = True
    try:
        for number, chosen in enumerate(order):
            if number and limit.passed:
                proved = False
                break
            progress("sets of projects", number, len(order))
            valuer.by_phase(chosen)
    except KeyboardInterrupt as stopped:
        # SIGTERM raises a kind of its own, and ends the command.
        if type(stopped) is not KeyboardInterrupt:
            raise
        limit.stop()
        proved = False
    found = []
    for step in range(1, STEPS + 1):
        budgets = tuple(budget * step / STEPS for budget in phasing.budgets)
        within = replace(phasing, budgets=budgets)
        found.append(best_schedule(candidates, within, valuer.values))
    unknown = (-math.inf,) * len(work.years)
    least = valuer.bounds.get(work.everything, unknown)
    return found, least_value(candidates, phasing, valuer.bounds, least=least), proved


def _by_benders(
    work: Work, limit: TimeLimit, progress: Progress
) -> tuple[list[Schedule], float, bool]:
    """Return the same by Benders decomposition, for a plan without phases."""
    found = []
    with HighsProcess() as highs:
        benders = Benders(
            work.candidates, work.valuer, highs=highs, time_limit_s=work.plan.time_limit_s
        )
        for step in range(1, STEPS + 1):
            budget = work.plan.budget_usd_m * step / STEPS
            progress(f"budget {budget:,.0f} million USD", step - 1, STEPS)
            try:
                found.append(benders.best(budget, limit=limit))
            except KeyboardInterrupt as stopped:
                if type(stopped) is not KeyboardInterrupt:
                    raise
                limit.stop()
                found.append(benders.best(budget, limit=limit))
    last = found[-1]
    schedules = [Schedule(sets=(one.chosen,), value=one.value) for one in found]
    return schedules, last.least, last.proved


def _gain(work: Work, number: int, best: Schedule, *, limit: TimeLimit) -> ProjectGain:
    """Return the worth of a project, alone, with the others and in the best schedule."""
    project, choice = work.projects[number], work.choices[number]
    valuer, charge = work.valuer, work.candidates.charges[number]
    alone_set = frozenset({number})

    def gains(with_it: Sequence[Chosen]) -> tuple[float, ...]:
        return tuple(
            valuer.by_phase(chosen - alone_set)[phase] - valuer.by_phase(chosen)[phase]
            for phase, chosen in enumerate(with_it)
        )

    phases, opens = len(work.years), work.phasing.opens[number]
    built_in = next((n for n, chosen in enumerate(best.sets) if number in chosen), None)
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
        in_set = _worth(work, number, gains(best.sets), opens=built_in)
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
        never_dearer=work.candidates.never_dearer[number],
    )


def _in_use(work: Work, number: int) -> ProjectGain:
    """Return what the plan would lose without a project that is in use."""
    choice, project = work.in_use[number]
    others = [one for n, (one, _) in enumerate(work.in_use) if n != number]
    without = PlanValuer(with_projects_built(work.plan.allocation, others), (), ())
    lost = without.usd(EMPTY) - work.valuer.usd(EMPTY)
    share = annuity_share(work.plan.rate, _life(work.plan, project))
    charge = project.cost.value * USD_PER_USD_M * share
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
        never_dearer=widens(project),
    )


def _worth(work: Work, number: int, gains: Sequence[float], *, opens: int) -> Worth:
    """Return the worth of a project that opens in a phase, from its gains by phase."""
    plan, charge = work.plan, work.candidates.charges[number]
    cost_usd = work.candidates.costs[number] * USD_PER_USD_M
    if plan.phases is None:
        life = _life(plan, work.projects[number])
        return worth_over_life(gains[0], cost_usd, charge, life_years=life)
    return worth_by_phase(gains, cost_usd, charge, phases=plan.phases, rate=plan.rate, opens=opens)


def _break_even(work: Work, number: int, subsidy_usd: float) -> BreakEven:
    """Return the subsidy, toll or volume at which a project would pay, alone, in the first year."""
    valuer, charge = work.valuer, work.candidates.charges[number]
    built = frozenset({number})
    teu, saved = gaining(valuer.planned(EMPTY), valuer.planned(built))
    return BreakEven(
        subsidy_usd=max(0.0, subsidy_usd),
        teu=teu,
        toll_usd_per_teu=charge / teu if teu > 0.0 else None,
        worth_usd_per_teu=saved / teu if teu > 0.0 else None,
        volume_factor=volume_factor(lambda factor: valuer.gain_at(built, factor), charge),
    )


def _curve(work: Work, found: Sequence[Schedule], *, proved: bool) -> tuple[BudgetStep, ...]:
    """Return the best set for each step of the budget."""
    last = len(work.years) - 1
    nothing = work.valuer.by_phase(EMPTY)[last]
    return tuple(
        BudgetStep(
            budget_usd_m=work.plan.budget_usd_m * number / STEPS,
            projects=tuple(work.ids(step.sets[-1])),
            cost_usd_m=work.candidates.cost(step.sets[-1]),
            gain_usd=nothing - work.valuer.by_phase(step.sets[-1])[last],
            charge_usd=work.candidates.charge(step.sets[-1]),
            proved=proved,
        )
        for number, step in enumerate(found, start=1)
    )
