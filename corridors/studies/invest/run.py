"""Choose the projects of an investment plan, and the year in which each opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from corridors.domain.plan import BreakEven, BudgetStep, Plan, ProjectGain, SharedGain, Worth
from corridors.domain.scenario import ProjectChoice
from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.program import ROUNDING, Decided
from corridors.output.planned import Planned, allocation_of
from corridors.progress import Progress, quiet
from corridors.studies.building import (
    EMPTY,
    Chosen,
    Work,
    Works,
    booked_text,
    charge_usd,
    life_years,
    with_projects_built,
    work_of,
)
from corridors.studies.invest.result import Investment
from corridors.studies.searched_plans import search_plans, times
from corridors.studies.session import Session
from corridors.studies.shared_plans import gain_of, shared_of
from corridors.studies.worth import gaining, volume_factor, worth_by_phase, worth_over_life
from corridors.units import USD_PER_USD_M

STEPS = 10
# The volumes at which the gain of each project is told, times those of the plan.
TOLD_FACTORS = (0.9, 1.0, 1.2)


def invest_plan(plan: Plan, *, progress: Progress = quiet) -> Investment:
    """Return which projects to build for a plan within its budget, and in which phase.

    Parameters
    ----------
    plan
        Projects, budget and the allocation plan they serve.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        The plan is infeasible without the projects, or two projects change the same row.
    """
    limit = TimeLimit(plan.time_limit_s)
    progress("no project", 0, 1)
    session = Session()
    with HighsProcess() as highs:
        work = work_of(plan, session=session, highs=highs, progress=progress)
        works, last = work.works, len(work.years) - 1
        for p, project in enumerate(work.projects):
            progress(project.title, p, len(work.projects))
            for phase in range(works.phases):
                works.usd(frozenset({p}), phase)
        found = _by_budget(work, limit, progress)
        # What is booked is that of the best plan, for every set that is told beside it.
        works.hold(found[-1].taken)
        best = works.schedule_of(found[-1].taken)
        gains = (
            *(_gain(work, p, best, limit=limit) for p in range(len(work.projects))),
            *(_in_use(work, number, session) for number in range(len(work.in_use))),
        )
        curve = _curve(work, found)
        valued = works.valued
    projects, shared = gains, None
    if plan.by_shares:
        progress("boxes that choose their way", 0, 1)
        projects, shared = _by_shares(work, gains, best, session)
    before = after = allocation_of(_planned(work, EMPTY, session))
    if best[last]:
        after = allocation_of(_planned(work, best[last], session))
    return Investment(
        plan=plan,
        projects=projects,
        shared=shared,
        curve=curve,
        years=work.years,
        schedule=tuple(tuple(work.ids(chosen)) for chosen in best),
        gain_usd=works.usd(EMPTY, last) - works.usd(best[last], last),
        booked=booked_text(work.plan, found[-1].taken),
        before=before,
        after=after,
        charge_usd=work.charge_usd(best[last]),
        value_usd=found[-1].value_usd,
        bound_usd=min(found[-1].value_usd, found[-1].bound_usd),
        valued=valued,
    )


def _planned(work: Work, chosen: Chosen, session: Session) -> Planned:
    """Return the likeliest plan of the last phase with a set built, on spot, its routes named."""
    plan = work.works.on_basis(work.plan.chances[work.plan.likeliest].plan)
    base = with_projects_built(
        replace(plan, contracts=(), scenarios=()), [choice for choice, _ in work.in_use]
    )
    if work.plan.phases is not None:
        base = base.begun_in(work.years[-1])
    (searched,) = search_plans([work.works.with_built(chosen, base)], session=session)
    return searched.solve(times(searched.plan, work.factors[-1]))


def _by_shares(
    work: Work, gains: Sequence[ProjectGain], best: Sequence[Chosen], session: Session
) -> tuple[tuple[ProjectGain, ...], SharedGain | None]:
    """Return the gains with those of boxes that choose their way, and that of the best set."""
    phases, numbers = work.plan.phases, range(len(work.projects))
    years = list(dict.fromkeys(() if phases is None else phases.years))
    begins = [years.index(year) for year in phases.years] if phases is not None else [0]
    in_use = [choice for choice, _ in work.in_use]

    def built(chosen: Chosen, there: Sequence[ProjectChoice]) -> Plan:
        return work.works.with_built(chosen, with_projects_built(on_basis, there))

    on_basis = work.works.on_basis(work.plan)
    # As it is, with each project alone, without each that is in use, and with the best set.
    plans = [built(EMPTY, in_use), *(built(frozenset({p}), in_use) for p in numbers)]
    plans += [built(EMPTY, [c for c in in_use if c is not choice]) for choice in in_use]
    plans.append(built(best[-1], in_use))
    by_plan = [
        [
            shared_of(searched, times(plan, factor), year)
            for factor, year in zip(work.factors, begins, strict=True)
        ]
        for plan, searched in zip(
            plans, search_plans(plans, session=session, years=years, ways=True), strict=True
        )
    ]
    bare, found = by_plan[0], []
    for number, (one, after) in enumerate(zip(gains, by_plan[1:-1], strict=True)):
        is_new = number < len(numbers)
        phased = gain_of(bare, after) if is_new else gain_of(after, bare)
        usd = [each.gain_usd + each.induced_usd for each in phased]
        opens = work.opens[number] if is_new else 0
        worth = _worth(work, number, usd, opens=opens) if is_new else None
        found.append(replace(one, shared=phased[min(opens, len(phased) - 1)], shared_worth=worth))
    return tuple(found), gain_of(bare, by_plan[-1])[-1] if best[-1] else None


def _by_budget(work: Work, limit: TimeLimit, progress: Progress) -> list[Decided]:
    """Return the best schedule for each part of the budget, the last for the whole."""
    found: list[Decided] = []
    for step in range(STEPS, 0, -1):
        budgets = [budget * step / STEPS for budget in work.budgets]
        # What is the best with more money is the best as soon as it can be paid.
        if not found or not _affords(work, work.works.schedule_of(found[-1].taken), budgets):
            progress(f"budget {budgets[-1]:,.0f} million USD", STEPS - step, STEPS)
            found.append(work.best(limit=limit, share=step / STEPS, progress=progress))
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
        life_years=life_years(work.plan, project),
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
            (factor, works.at_factor(EMPTY, factor)[0] - works.at_factor(alone_set, factor)[0])
            for factor in TOLD_FACTORS
        ),
    )


def _in_use(work: Work, number: int, session: Session) -> ProjectGain:
    """Return what the plan would lose without a project that is in use."""
    choice, project = work.in_use[number]
    others = [one for n, (one, _) in enumerate(work.in_use) if n != number]
    plan = with_projects_built(work.works.on_basis(work.plan), others)
    without = Works(plan, highs=work.works.deciding.highs, session=session)
    without.hold(work.works.taken(EMPTY, 0))
    lost = without.usd(EMPTY) - work.works.usd(EMPTY)
    charge = charge_usd(work.plan, project)
    return ProjectGain(
        id=choice.id,
        title=project.title,
        opens=choice.opens,
        cost_usd_m=project.cost.value,
        life_years=life_years(work.plan, project),
        built=False,
        in_use=True,
        built_in=None,
        alone=worth_over_life(
            lost,
            project.cost.value * USD_PER_USD_M,
            charge,
            life_years=life_years(work.plan, project),
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
        life = life_years(plan, work.projects[number])
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
        volume_factor=volume_factor(
            partial(works.at_factor, EMPTY), partial(works.at_factor, built), charge
        ),
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
