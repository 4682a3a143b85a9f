"""Book space ahead under scenarios with probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from corridors.domain.plan import BookedContract, Minimum, MinimumKind, Plan, ScenarioOutcome
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import Allocated, Decided, Program, Risk, Taken
from corridors.output.allocation_result import Allocation
from corridors.output.planned import allocation_of
from corridors.progress import Progress, quiet
from corridors.studies.book.result import LEAST_TEU, Booking
from corridors.studies.building import Work, with_projects_built, work_of
from corridors.studies.searched_plans import search_plans, times
from corridors.studies.session import Session

# A minimum stays below what a solution rounds away.
ROUNDED = 1.0 - 1e-6


def book_plan(plan: Plan, *, session: Session | None = None, progress: Progress = quiet) -> Booking:
    """Return what to book of each contract, and what each scenario then takes.

    Parameters
    ----------
    plan
        Contracts and scenarios.
    session
        Keeps networks between plans; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A place is unknown, or the limits of a scenario contradict each other.
    """
    limit = TimeLimit(plan.time_limit_s)
    # What is booked is for the months of the plan, and what is built is open in them.
    plan = replace(plan, phases=None)
    chances = [scenario.probability for scenario in plan.scenarios]
    numbers = range(len(chances))
    with HighsProcess() as highs:
        session = session or Session(pairs=1)
        work = work_of(plan, session=session, highs=highs, progress=progress)
        works = work.works
        _refuse_unpassed(plan, works.passed)
        found = work.best(limit=limit, progress=progress)
        # A plan for the likeliest scenario alone, and its price once anything may come.
        certain = [float(n == plan.likeliest) for n in numbers]
        likeliest = work.best(chances=certain, limit=limit, progress=progress)
        known_usd = None
        if plan.perfect_information:
            known = ([float(n == w) for n in numbers] for w in numbers)
            usd = [work.best(chances=one, risk=Risk(), limit=limit).value_usd for one in known]
            known_usd = works.risk.of(chances, usd)
        count, weights = len(plan.contracts), works.weights_of(chances)
        spot = (*works.deciding.model.nothing[:count], *found.taken[count:])
        spot_only_usd = works.deciding.usd(spot, weights, works.risk)
        beside = [
            () if limit.passed else tuple(_beside(works.deciding, plan, found, k, weights))
            for k in range(count)
        ]
        likeliest_usd = works.deciding.usd(likeliest.taken, weights, works.risk)
    booked, alone = _booked(plan, found.taken), _booked(plan, likeliest.taken)
    drawn = partial(_flows_of, _as_booked(work, found), session)
    by_scenario = [scenario.value_usd for scenario in found.scenarios]
    return Booking(
        plan=plan,
        contracts=tuple(
            BookedContract(
                contract=contract,
                teu=booked[k],
                share=booked[k] / _expected_teu(plan),
                likeliest_teu=alone[k],
                beside=beside[k],
            )
            for k, contract in enumerate(plan.contracts)
        ),
        outcomes=tuple(_outcome(plan, w, works.program(number=w), found) for w in numbers),
        value_usd=found.value_usd,
        bound_usd=found.bound_usd,
        expected_usd=Risk().of(chances, by_scenario),
        cvar_usd=works.risk.tail(chances, by_scenario),
        spot_only_usd=spot_only_usd,
        likeliest_usd=likeliest_usd,
        known_usd=known_usd,
        stopped=found.stopped,
        rounds=found.nodes,
        valued=len(works.deciding.solved),
        built=work.built_text(found.taken),
        basis_note=works.basis_note,
        # Whoever stopped it does not wait for another search.
        _flows=None if found.stopped else drawn,
    )


def _as_booked(work: Work, found: Decided) -> Plan:
    """Return the likeliest plan on spot, with at least the TEU on each contract that it books."""
    works, number = work.works, work.plan.likeliest
    plan = works.on_basis(work.plan.chances[number].plan)
    plan = with_projects_built(plan, [choice for choice, _ in work.in_use])
    plan = works.with_built(works.schedule_of(found.taken)[0], plan)
    program, solved = works.program(number=number), found.scenarios[number]
    teu: dict[tuple[MinimumKind, str], float] = {}
    for space in program.spaces:
        contract = work.plan.contracts[space.decision]
        teu[contract.kind, contract.key] = _through_teu(solved, space.member) / program.months
    minimums = [
        Minimum(kind=kind, key=key, teu_per_month=ROUNDED * of)
        for (kind, key), of in teu.items()
        if of > LEAST_TEU
    ]
    return replace(plan, contracts=(), scenarios=(), minimums=(*plan.minimums, *minimums))


def _flows_of(plan: Plan, session: Session) -> Allocation:
    """Return the allocation of a plan, its routes named."""
    (searched,) = search_plans([plan], session=session)
    return allocation_of(searched.solve(times(searched.plan, 1.0)))


def _beside(
    deciding: Deciding, plan: Plan, found: Decided, number: int, weights: Sequence[float]
) -> Iterator[tuple[float, float]]:
    """Yield the next quantities of a contract, in TEU a month, and what they cost more in USD."""
    steps, risk = plan.contracts[number].steps, Risk(level=plan.level, weight=plan.weight)
    for n in (found.taken[number] - 1, found.taken[number] + 1):
        if 0 <= n < len(steps):
            taken = (*found.taken[:number], n, *found.taken[number + 1 :])
            yield steps[n], deciding.usd(taken, weights, risk) - found.value_usd


def _refuse_unpassed(plan: Plan, passed: frozenset[tuple[str, str]]) -> None:
    """Raise a ConfigError for contracts on what no route of any scenario can pass."""
    faults = [
        f"{plan.at(f'contracts[{number}]')}space through {contract.kind} {contract.key}, but no"
        " pair has a way through it; change the contract, or add corridors"
        for number, contract in enumerate(plan.contracts)
        if (contract.kind.value, contract.key) not in passed
    ]
    if faults:
        raise ConfigError(faults)


def _booked(plan: Plan, taken: Taken) -> tuple[float, ...]:
    """Return the TEU a month of each contract."""
    return tuple(each.steps[n] for each, n in zip(plan.contracts, taken, strict=False))


def _outcome(plan: Plan, number: int, program: Program, found: Decided) -> ScenarioOutcome:
    scenario = plan.scenarios[number]
    solved, months = found.scenarios[number], program.months
    booked = _booked(plan, found.taken)
    carried, through = [0.0] * len(booked), [0.0] * len(booked)
    for (filled, _), teu in solved.filled.items():
        carried[program.spaces[filled].decision] += teu
    for space in program.spaces:
        through[space.decision] = _through_teu(solved, space.member)
    return ScenarioOutcome(
        name=scenario.name,
        probability=scenario.probability,
        usd=solved.value_usd,
        teu=scenario.plan.teu,
        through=tuple(through),
        carried=tuple(carried),
        unused=tuple(
            max(0.0, teu * months - used) for teu, used in zip(booked, carried, strict=True)
        ),
        unmet=float(solved.missing.sum()),
    )


def _through_teu(solved: Allocated, member: int) -> float:
    """Return the TEU whose route meets a set, booked or spot."""
    return sum(flow.teu for flow in solved.flows if flow.offer.route.sets >> member & 1)


def _expected_teu(plan: Plan) -> float:
    """Return the mean TEU a month over scenarios."""
    months = len(plan.scenarios[0].plan.months)
    return sum(each.probability * each.plan.teu for each in plan.scenarios) / months
