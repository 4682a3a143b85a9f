"""Allocate the TEU of a plan to routes and departures."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date

import numpy as np

from corridors.data.parameters import load_parameters
from corridors.domain.plan import Plan
from corridors.errors import ConfigError
from corridors.optimise.allocation.conflicts import conflict_text
from corridors.optimise.allocation.generation import allocate
from corridors.optimise.allocation.program import Lot, Offer, Program, SetLimit
from corridors.output.allocation import Allocation
from corridors.output.planned import Planned, allocation_of
from corridors.progress import Progress, quiet
from corridors.routing.priced.network import DualPrices, ObjectiveWeights
from corridors.studies.lanes import Lane, Member, Resource, lanes_of, resources_of
from corridors.studies.session import Session

DAYS_A_WEEK = 7.0
# Boxes of the last month are still travelling in the months after it.
MONTHS_AFTER = 5
# More than any route costs, in USD per TEU; and the usual rise of a pair's cost between months.
ANY_USD = 1e9
USUALLY_WITHIN = 1.2


def allocate_plan(
    plan: Plan, *, session: Session | None = None, progress: Progress = quiet
) -> Allocation:
    """Return the allocation of a plan at least cost.

    Parameters
    ----------
    plan
        The volumes to ship.
    session
        Keeps networks between plans; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A place is unknown, a pair has no route, or the plan's limits contradict each other; the
        text names which.
    """
    return allocation_of(solve_plan(plan, session=session, progress=progress))


def solve_plan(
    plan: Plan, *, session: Session | None = None, progress: Progress = quiet
) -> Planned:
    """Return the solution of a plan in numbers; see `allocate_plan`."""
    session = session or Session()
    members = _members(plan)
    months = _month_days(plan)
    resources = resources_of(plan.pairs[0].scenario, months)
    lanes: list[tuple[Lane, ...]] = []
    objective_weights: list[ObjectiveWeights] = []
    for number, pair in enumerate(plan.pairs):
        progress(pair.name, number, len(plan.pairs))
        day = pair.scenario.shipment.value_of_time_usd_per_teu_day
        objective = ObjectiveWeights(
            usd=1.0, day=day if plan.objective == "generalised" else 0.0, kg=0.0
        )
        objective_weights.append(objective)
        lanes.append(
            lanes_of(
                plan,
                pair,
                session=session,
                members=members,
                resources=resources,
                objective=objective,
            )
        )
    program = _program(plan, members, resources, objective_weights)
    offers = LaneOffers(program, lanes)
    progress("allocation", len(plan.pairs), len(plan.pairs))
    unreached = offers.without_route()
    if unreached and plan.unmet_usd_per_teu is None:
        raise ConfigError([_no_route(plan, program.lots[lot]) for lot in unreached])
    solved = allocate(program, offers, known=offers.found)
    planned = Planned(
        plan=plan,
        program=program,
        solved=solved,
        free=offers.free,
        lanes=tuple(
            tuple((lane.question, lane.search.network) for lane in of_pair) for of_pair in lanes
        ),
        resources=tuple(f"{r.parameter.partition('.')[0]} {r.scope}" for r in resources),
        months=months,
        cut=sum(len(lane.search.cut) for of_pair in lanes for lane in of_pair),
    )
    text = conflict_text(program, solved, offers, planned.name_of)
    if text:
        msg = f"{plan.source_path or 'plan'}: {text}"
        raise ConfigError(msg)
    return planned


class LaneOffers:
    """Searches routes for lots on the networks of their pairs."""

    def __init__(self, program: Program, lanes: list[tuple[Lane, ...]]) -> None:
        self._program = program
        self._lanes = lanes
        self.found: list[Offer] = []
        self.free = self._free()

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> Iterator[Offer]:
        """Yield the cheapest route of each departure below `most_usd`."""
        pair, month = self._program.lots[lot].pair, self._program.lots[lot].month
        for number, lane in enumerate(self._lanes[pair]):
            for day in lane.departures.get(month, ()):
                found = lane.search.cheapest(
                    day, dual_prices, objective=objective, most_usd=most_usd
                )
                if found is not None:
                    route, value = found
                    yield Offer(lot=lot, start_day=day, route=route, value_usd=value, lane=number)

    def _free(self) -> tuple[Offer | None, ...]:
        """Return by lot the cheapest route without capacity limits; None if there is no route."""
        program = self._program
        dual_prices = DualPrices(
            by_month=np.zeros(program.capacity.shape), by_set=np.zeros(program.sets)
        )
        cheapest: list[Offer | None] = []
        usual: dict[int, float] = {}
        for number, lot in enumerate(program.lots):
            objective = program.objective_weights[lot.pair]
            # Costs change little between months, so the search starts below the usual cost.
            most_usd = usual.get(lot.pair, ANY_USD)
            offers = [*self.of(number, dual_prices, objective=objective, most_usd=most_usd)]
            if len(offers) < self._departures(lot) and most_usd < ANY_USD:
                offers = [*self.of(number, dual_prices, objective=objective, most_usd=ANY_USD)]
            self.found += offers
            best = min(offers, key=lambda offer: offer.value_usd, default=None)
            cheapest.append(best)
            if best is not None:
                usual[lot.pair] = best.value_usd * USUALLY_WITHIN
        return tuple(cheapest)

    def _departures(self, lot: Lot) -> int:
        return sum(len(lane.departures.get(lot.month, ())) for lane in self._lanes[lot.pair])

    def without_route(self) -> tuple[int, ...]:
        """Return the lots that have no route."""
        return tuple(number for number, route in enumerate(self.free) if route is None)


def _no_route(plan: Plan, lot: Lot) -> str:
    pair = plan.pairs[lot.pair]
    month = plan.months[lot.month].strftime("%Y-%m")
    within = "" if pair.max_days is None else f" within max_days {pair.max_days:g}"
    return (
        f"{plan.at(f'pairs[{lot.pair}]')}{pair.name}: no route leaves in {month}{within};"
        " allow more days, more corridors, or unmet_usd_per_teu"
    )


def _members(plan: Plan) -> tuple[Member, ...]:
    limits = plan.limits
    named = [
        *(("country", key) for key, _ in limits.max_share_country),
        *(("gate", key) for key, _ in limits.max_share_gate),
        *(("corridor", key) for key, _ in limits.max_share_corridor),
        *((minimum.kind, minimum.key) for minimum in plan.minimums),
    ]
    return tuple(Member(kind=kind, key=key) for kind, key in dict.fromkeys(named))


def _month_days(plan: Plan) -> tuple[date, ...]:
    """Return the first days of the plan's months and of later ones in which boxes still travel."""
    first = plan.months[0]
    index = first.year * 12 + first.month - 1
    # Covers the horizon of the last price group.
    count = len(plan.months) + 12 + MONTHS_AFTER + 6
    return tuple(date((index + n) // 12, (index + n) % 12 + 1, 1) for n in range(count))


def _program(
    plan: Plan,
    members: tuple[Member, ...],
    resources: tuple[Resource, ...],
    objective_weights: list[ObjectiveWeights],
) -> Program:
    share = plan.capacity_share
    if share is None:
        share = load_parameters().value("plan.capacity_share")
    weeks = [
        calendar.monthrange(month.year, month.month)[1] / DAYS_A_WEEK for month in _month_days(plan)
    ]
    capacity = np.array(
        [
            [teu * share * week for teu, week in zip(resource.teu_per_week, weeks, strict=True)]
            for resource in resources
        ]
    ).reshape(len(resources), len(weeks))
    limits = plan.limits
    number = {(member.kind, member.key): i for i, member in enumerate(members)}
    ceilings = tuple(
        SetLimit(name=f"max_share_{kind}.{key}", member=number[kind, key], teu=share_of * plan.teu)
        for kind, shares in (
            ("country", limits.max_share_country),
            ("gate", limits.max_share_gate),
            ("corridor", limits.max_share_corridor),
        )
        for key, share_of in shares
    )
    floors = tuple(
        SetLimit(
            name=f"minimum {minimum.kind} {minimum.key}",
            member=number[minimum.kind, minimum.key],
            teu=minimum.teu_per_month,
            month=month,
        )
        for minimum in plan.minimums
        for month in range(len(plan.months))
    )
    caps = [limits.max_co2e_t and limits.max_co2e_t * 1000.0]
    caps.append(limits.max_co2e_kg_per_teu and limits.max_co2e_kg_per_teu * plan.teu)
    given = [cap for cap in caps if cap is not None]
    return Program(
        lots=tuple(
            Lot(pair=pair, month=month, teu=teu)
            for pair, asked in enumerate(plan.pairs)
            for month, teu in enumerate(asked.teu)
            if teu > 0.0
        ),
        objective_weights=tuple(objective_weights),
        capacity=capacity,
        sets=len(members),
        ceilings=ceilings,
        floors=floors,
        most_kg=min(given, default=None),
        most_usd=limits.max_usd,
        unmet_usd=plan.unmet_usd_per_teu,
    )
