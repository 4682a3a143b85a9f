"""Book space ahead under scenarios with probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from corridors.domain.booking import BookedContract, BookingPlan, ScenarioOutcome
from corridors.errors import ConfigError
from corridors.optimise.booking.l_shaped import (
    Booked,
    Bookings,
    RiskMeasure,
    Scenarios,
    Valued,
    book,
    cvar,
)
from corridors.optimise.time_limit import TimeLimit
from corridors.output.booking_result import Booking
from corridors.output.planned import Planned
from corridors.progress import Progress, quiet
from corridors.studies.allocate import search_plans
from corridors.studies.session import Session


def book_plan(
    plan: BookingPlan, *, session: Session | None = None, progress: Progress = quiet
) -> Booking:
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
        A place is unknown, one box could serve two contracts, or the limits of a scenario
        contradict each other.
    """
    searched = search_plans(
        [scenario.plan for scenario in plan.scenarios],
        session=session,
        charted=False,
        progress=progress,
    )
    _refuse_unpassed(plan, frozenset[tuple[str, str]]().union(*(one.passed for one in searched)))
    _refuse_shared(plan, {pair: name for one in searched for pair, name in one.shared.items()})
    limit = TimeLimit(plan.time_limit_s)

    def planned(scenario: int, booked: Booked) -> Planned:
        try:
            return searched[scenario].solve(plan.scenarios[scenario].plan, booked=booked)
        except ConfigError as error:
            name = plan.scenarios[scenario].name
            faults = [f"scenario {name}: {text}" for text in error.faults]
            raise ConfigError(faults) from None

    def value(scenario: int, booked: Booked) -> Valued:
        found = planned(scenario, booked)
        if found.solved.stopped:
            # Ctrl-C ended this allocation early: its cost is no longer exact, so nothing follows.
            limit.stop()
            raise KeyboardInterrupt
        return _valued(found, booked)

    scenarios = Scenarios(
        [contract.steps for contract in plan.contracts], len(plan.scenarios), value
    )
    chances = [scenario.probability for scenario in plan.scenarios]
    risk = RiskMeasure(level=plan.level, weight=plan.weight)
    found = book(scenarios, chances, risk, limit=limit, progress=progress)
    # A plan for the likeliest scenario alone, and its price once anything may come.
    certain = [float(n == plan.likeliest) for n in range(len(chances))]
    likeliest = book(scenarios, certain, risk, limit=limit, progress=progress)

    for booked in dict.fromkeys([found.booked, likeliest.booked]):
        for number in range(len(chances)):
            _refuse_shared(plan, _counted_twice(planned(number, booked)))

    def measure(booked: Booked) -> float:
        return risk.of(chances, [scenarios.value(w, booked).usd for w in range(len(chances))])

    nothing = tuple(0.0 for _ in plan.contracts)
    return Booking(
        plan=plan,
        contracts=tuple(
            BookedContract(
                contract=contract,
                teu=found.booked[k],
                share=found.booked[k] / _expected_teu(plan),
                likeliest_teu=likeliest.booked[k],
            )
            for k, contract in enumerate(plan.contracts)
        ),
        outcomes=tuple(
            _outcome(plan, w, planned(w, found.booked), found) for w in range(len(chances))
        ),
        value_usd=found.value_usd,
        bound_usd=found.bound_usd,
        expected_usd=sum(p * u for p, u in zip(chances, found.by_scenario_usd, strict=True)),
        cvar_usd=cvar(chances, found.by_scenario_usd, level=plan.level),
        spot_only_usd=measure(nothing),
        likeliest_usd=measure(likeliest.booked),
        known_usd=_known_usd(plan, scenarios, risk, limit) if plan.perfect_information else None,
        stopped=found.stopped,
        rounds=found.rounds,
        valued=scenarios.valued,
    )


def _refuse_unpassed(plan: BookingPlan, passed: frozenset[tuple[str, str]]) -> None:
    """Raise a ConfigError for contracts on what no route of any scenario can pass."""
    faults = [
        f"{plan.at(f'contracts[{number}]')}space through {contract.kind} {contract.key}, but no"
        " pair has a way through it; change the contract, or add corridors"
        for number, contract in enumerate(plan.contracts)
        if (contract.kind.value, contract.key) not in passed
    ]
    if faults:
        raise ConfigError(faults)


def _refuse_shared(plan: BookingPlan, shared: Mapping[tuple[int, int], str]) -> None:
    """Raise a ConfigError for contracts that one box would serve at once: it can fill only one."""
    faults = []
    for (one, other), pair in sorted(shared.items()):
        first, second = plan.contracts[one], plan.contracts[other]
        ways = dict.fromkeys(f"{each.kind} {each.key}" for each in (first, second))
        faults.append(
            f"{plan.at(f'contracts[{other}]')}{second.name} and {first.name} would count the same"
            f" box twice: one of {pair} can pass {' and '.join(ways)} on its way; book one of the"
            " contracts at a time, or give them ways that no box can share"
        )
    if faults:
        raise ConfigError(faults)


def _counted_twice(planned: Planned) -> dict[tuple[int, int], str]:
    """Return the contracts, by number, that boxes of a solution serve at once, with their pair.

    A box that counts for two contracts makes a plan cheaper than it is. Where none does, this is
    the plan of boxes that may fill one only.
    """
    plan, program = planned.plan, planned.program
    number = {limit.name: limit.member for limit in program.floors}
    bits = [1 << number[f"contract {contract.name}"] for contract in plan.contracts]
    found = {}
    for flow in planned.solved.flows:
        met = [n for n, bit in enumerate(bits) if flow.offer.route.sets & bit]
        for both in combinations(met, 2):
            found[both] = plan.pairs[program.lots[flow.offer.lot].pair].name
    return found


def _valued(planned: Planned, booked: Booked) -> Valued:
    """Return a scenario's cost at a booking, and its slopes from the duals of contracts."""
    plan, program, prices = planned.plan, planned.program, planned.solved.prices
    months = len(plan.months)
    usd = planned.solved.value_usd
    slopes = []
    for contract, teu in zip(plan.contracts, booked, strict=True):
        # What every booked TEU saves; the programme counts what it loses where it does not travel.
        usd -= contract.saves_usd * teu * months
        slope = -contract.saves_usd * months
        slope += sum(
            float(price)
            for limit, price in zip(program.floors, prices.floor, strict=True)
            if limit.name == f"contract {contract.name}"
        )
        slope -= sum(
            float(price)
            for limit, price in zip(program.ceilings, prices.ceiling, strict=True)
            if limit.name == f"contract and spot {contract.name}"
        )
        slopes.append(slope)
    return Valued(usd=usd, slopes=tuple(slopes))


def _outcome(plan: BookingPlan, number: int, planned: Planned, found: Bookings) -> ScenarioOutcome:
    scenario = plan.scenarios[number]
    program, flows = planned.program, planned.solved.flows
    months = range(len(scenario.plan.months))
    through, unused = [], []
    for contract, booked in zip(plan.contracts, found.booked, strict=True):
        member = next(
            limit.member for limit in program.floors if limit.name == f"contract {contract.name}"
        )
        by_month = [
            sum(
                flow.teu
                for flow in flows
                if flow.offer.route.sets >> member & 1
                and program.lots[flow.offer.lot].month == month
            )
            for month in months
        ]
        through.append(sum(by_month))
        unused.append(sum(max(0.0, booked - teu) for teu in by_month))
    return ScenarioOutcome(
        name=scenario.name,
        probability=scenario.probability,
        usd=found.by_scenario_usd[number],
        teu=scenario.plan.teu,
        through=tuple(through),
        unused=tuple(unused),
        unmet=float(planned.solved.missing.sum()),
    )


def _expected_teu(plan: BookingPlan) -> float:
    """Return the mean TEU a month over scenarios."""
    months = len(plan.scenarios[0].plan.months)
    return sum(each.probability * each.plan.teu for each in plan.scenarios) / months


def _known_usd(
    plan: BookingPlan, scenarios: Scenarios, risk: RiskMeasure, limit: TimeLimit
) -> float:
    """Return the risk measure if each scenario were known before booking."""
    count = len(plan.scenarios)
    alone = replace(risk, weight=0.0)
    usd = [
        book(scenarios, [float(n == w) for n in range(count)], alone, limit=limit).value_usd
        for w in range(count)
    ]
    return risk.of([each.probability for each in plan.scenarios], usd)
