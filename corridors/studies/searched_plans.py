"""Plans with the networks of their pairs searched, to be solved for one demand or several."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from corridors.arrays import FloatArray
from corridors.bounded_cache import BoundedCache
from corridors.data.parameters import load_parameters
from corridors.domain.contracts import Contract as RateContract
from corridors.domain.places import begun_in, months_from
from corridors.domain.plan import Contract, Pair, Plan
from corridors.domain.scenario import PriceBasis
from corridors.errors import ConfigError
from corridors.network.states.topology import NetworkPlace
from corridors.optimise.highs_process import TimeLimit
from corridors.optimise.planning.generation import (
    MISSING_USD,
    LeastByPrices,
    allocate,
    conflict_text,
)
from corridors.optimise.planning.program import Allocated, Lot, Offer, Program, SetLimit, Space
from corridors.output.planned import Chart, Planned
from corridors.progress import Progress, quiet
from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights
from corridors.routing.priced.priced_search import KnownRoutes
from corridors.routing.question import Question
from corridors.studies.lanes import (
    RATE,
    Member,
    Resource,
    UnpricedError,
    lanes_of,
    on_one_basis,
    resources_of,
)
from corridors.studies.option_tables import AppliedContract, contracts_for
from corridors.studies.pair_network import Lane
from corridors.studies.session import Session
from corridors.units import CENTS_PER_USD

DAYS_A_WEEK = 7.0
# Boxes of the last month are still travelling in the months after it.
MONTHS_AFTER = 5
# Questions kept for the next pair of the same ends, more than a year has prices.
MOST_POSED = 24
# More than any route costs, in USD per TEU; and the usual rise of a pair's cost between months.
ANY_USD = 1e9
USUALLY_WITHIN = 1.2
# More than sums of floats lose, far less than a route must be cheaper by to be added.
ROUNDING_USD = 1e-9


def search_plans(
    plans: Sequence[Plan],
    *,
    session: Session | None = None,
    charted: bool = True,
    resources: Sequence[Sequence[Resource]] | None = None,
    members: Sequence[Member] = (),
    years: Sequence[int] = (),
    reached: bool = True,
    ways: bool = False,
    progress: Progress = quiet,
) -> tuple[SearchedPlan, ...]:
    """Return plans of the same pairs with the networks of their pairs searched.

    A pair's networks are large, so it is searched for all plans before the next pair. Plans that
    differ only in their volumes, or in what contracts leave to spot, share one search.

    Parameters
    ----------
    plans
        Plans of the same ends and months, with the scenarios, volumes and contracts of each.
    charted
        Whether routes are to be named, as `allocation_of` does; it takes memory.
    resources
        By plan the capacities; those of the scenarios by default.
    members
        Sets of arcs to tell apart, beside those of the plans' limits.
    years
        Years in which the plans begin, each with its own prices and rules; their own by default.
    reached
        Whether every pair must have a route.
    ways
        Whether the best route of each corridor is searched, as shares ask for.
    session, progress
        What keeps networks, and what is told of the steps.

    Raises
    ------
    ConfigError
        A place is unknown, or a pair has no route.
    """
    session = session or Session(pairs=1)
    if any(pair.scenario.schedules for plan in plans for pair in plan.pairs):
        msg = (
            "schedules: a plan ships in every month of its horizon, of which a file of sailings"
            " knows some weeks, so it goes by the intervals of lines; leave it out"
        )
        raise ConfigError(msg)
    plans = on_one_basis(plans)
    rates = [rates_of(plan, session) for plan in plans]
    corridors = (
        each.id for pair in plans[0].pairs if ways for each in session.corridors_of(pair.scenario)
    )
    by_way = sorted({*corridors})
    distinct: dict[Plan, SearchedPlan] = {}
    for number, plan in enumerate(plans):
        key = searched_as(plan)
        own = None if resources is None else resources[number]
        if key not in distinct:
            distinct[key] = SearchedPlan(
                plan,
                charted=charted,
                resources=own,
                members=members,
                years=years,
                rates=rates[number],
                ways=by_way,
            )
    pairs = plans[0].pairs
    for done, (number, posings) in enumerate(_by_ends(pairs)):
        progress(pairs[number].name, done, len(pairs))
        known: KnownRoutes = {}
        try:
            for searched in distinct.values():
                searched.search(number, session, known, posings)
        except UnpricedError as error:
            return search_plans(
                on_one_basis(plans, str(error)),
                session=session,
                charted=charted,
                resources=resources,
                members=members,
                years=years,
                reached=reached,
                ways=ways,
                progress=progress,
            )
    progress("allocation", len(pairs), len(pairs))
    for searched in distinct.values() if reached else ():
        searched.refuse_unreached()
    return tuple(distinct[searched_as(plan)] for plan in plans)


def _by_ends(pairs: Sequence[Pair]) -> Iterator[tuple[int, BoundedCache[Question]]]:
    """Yield the numbers of pairs, those of the same ends together, with what these may share."""
    together: dict[tuple[str, str], list[int]] = {}
    for number, pair in enumerate(pairs):
        ends = pair.scenario.origin, pair.scenario.destination
        together.setdefault(ends, []).append(number)
    for numbers in together.values():
        posings = BoundedCache[Question](MOST_POSED if len(numbers) > 1 else 0)
        for number in numbers:
            yield number, posings


def searched_as(plan: Plan) -> Plan:
    """Return a plan as its search knows it: which volumes there are, not how large."""
    return replace(
        plan,
        pairs=tuple(
            replace(pair, teu=tuple(float(teu > 0.0) for teu in pair.teu)) for pair in plan.pairs
        ),
        contracts=tuple(
            replace(contract, spot_teu=None, dearer_spot=()) for contract in plan.contracts
        ),
    )


class SearchedPlan:
    """A plan with the networks of its pairs, to be solved for one demand or several.

    `search_plans` makes it and searches its pairs, in any order. `plan` is the one it was made
    for; `passed` are (kind, key) of the countries, gates and corridors of its limits, minimums and
    contracts that a pair's network has. `ways` are by corridor, where its best route is searched,
    the number of its set of arcs.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        charted: bool,
        resources: Sequence[Resource] | None = None,
        members: Sequence[Member] = (),
        years: Sequence[int] = (),
        rates: Rates | None = None,
        ways: Sequence[str] = (),
    ) -> None:
        self._rates = rates or Rates(by_pair=((),) * len(plan.pairs))
        self.plan = plan = self._rates.noted(plan)
        self._charted = charted
        self._years = tuple(years)
        own = [Member(kind="corridor", key=corridor) for corridor in ways]
        given = (*members_of(plan), *members, *self._rates.members, *own)
        self._members = tuple(dict.fromkeys(given))
        self.ways = {one.key: self._members.index(one) for one in own}
        # By contract the months in which some boxes can go by it.
        self._rate_months: dict[str, set[int]] = {}
        self._months = month_days(plan)
        if resources is None:
            months = [month for one in calendars(plan, years) for month in one]
            resources = resources_of(plan.pairs[0].scenario, months)
        self._resources = tuple(resources)
        self._program = _program(plan, self._members, self._resources)
        rated = {(each.kind, each.key) for each in plan.contracts if each.rate_usd is not None}
        self.offers = LaneOffers(
            self._program,
            rated=[
                number for number, one in enumerate(self._members) if (one.kind, one.key) in rated
            ],
            ways=[*self.ways.values()],
        )
        later = range(1, len(years))
        self.by_year = (
            self.offers,
            *(LaneOffers(self._program, year=n, first=self.offers) for n in later),
        )
        self._places: dict[int, NetworkPlace] = {}
        self.passed: set[tuple[str, str]] = set()
        self._known = self.offers.found

    def search(
        self,
        number: int,
        session: Session,
        known: KnownRoutes,
        posings: BoundedCache[Question] | None = None,
    ) -> None:
        """Search the routes of a pair without capacity limits; see `lanes_of` for `posings`.

        Those by its `ways` are `known` from other plans and years where nothing changes them.
        """
        lanes = lanes_of(
            self.plan,
            self.plan.pairs[number],
            session=session,
            members=self._members,
            resources=self._resources,
            objective=self._program.objective_weights[number],
            years=self._years,
            charted=self._charted,
            contracts=self._rates.by_pair[number],
            posings=posings,
        )
        for lane in lanes:
            for member in self._rates.members:
                if lane.shared.sets >> self.number_of(member) & 1:
                    self._rate_months.setdefault(member.key, set()).update(lane.departures)
        named = [resource.place for resource in self._resources]
        for shared in {lane.shared: None for lane in lanes}:
            there = {place.id: place for place in shared.posed.topology.places}
            new = {n: there[place] for n, place in enumerate(named) if place in there}
            self._places = new | self._places
            sets = shared.sets
            self.passed |= {
                (member.kind, member.key) for n, member in enumerate(self._members) if sets >> n & 1
            }
        for year, offers in enumerate(self.by_year):
            like = min(next(lane.years for lane in lanes if year in lane.years))
            offers.add(number, lanes, known, like=None if like == year else self.by_year[like])
        for lane in lanes:
            lane.shared.release()

    def refuse_unreached(self) -> None:
        """Raise a ConfigError that names the pairs without a route, if none may be left behind."""
        unreached = self.offers.without_route()
        if unreached and self.plan.unmet_usd_per_teu is None:
            lots = self._program.lots
            raise ConfigError([_no_route(self.plan, lots[lot]) for lot in unreached])

    def solve(self, plan: Plan | None = None, *, limit: TimeLimit | None = None) -> Planned:
        """Return the solution of the plan, or of one that shares its search.

        Raises
        ------
        ConfigError
            The plan's limits contradict each other, or the search ended before it had a plan.
        """
        plan = plan or self.plan
        program = self.program(plan)
        solved = allocate(
            program,
            self.offers,
            known=self._known,
            limit=limit,
            least_usd=self.least_usd(program),
        )
        # Routes found for one demand are good ones to start with for the next.
        self._known = list(solved.offers)
        return self.planned(plan, program, solved)

    def number_of(self, member: Member) -> int:
        """Return the number of a set of arcs in the programs of this search."""
        return self._members.index(member)

    def program(self, plan: Plan, *, market: SearchedPlan | None = None, year: int = 0) -> Program:
        """Return a plan that shares the search in numbers, as it begins in one of its years.

        Rates that are linked to an index follow the market of another search.
        """
        program = _program(plan, self._members, self._resources, year)
        program = self._rates.bounding(program, self._members, self._rate_months)
        now, then = (one.by_year[year].market_usd for one in (self, market or self))
        return replace(program, spaces=spaces_of(plan, program, self._members, now, then))

    def planned(self, plan: Plan, program: Program, solved: Allocated) -> Planned:
        """Return a solution with what its numbers mean.

        Raises
        ------
        ConfigError
            The plan's limits contradict each other, or the search ended before it had a plan.
        """
        planned = Planned(
            plan=plan,
            program=program,
            solved=solved,
            free=tuple(self.offers.free),
            charts=self.offers.charts,
            resources=tuple(f"{r.parameter.partition('.')[0]} {r.scope}" for r in self._resources),
            places=self._places,
            months=self._months,
        )
        text = conflict_text(program, solved, self.offers, planned.name_of)
        if text:
            msg = f"{plan.source_path or 'plan'}: {text}"
            raise ConfigError(msg)
        return planned

    def least_usd(self, program: Program) -> float:
        """Return what a program costs at least: every lot by its cheapest route, or left behind."""
        away = math.inf if program.unmet_usd is None else program.unmet_usd
        return sum(
            lot.teu * min(away, math.inf if free is None else free.value_usd)
            for lot, free in zip(program.lots, self.offers.free, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The contracts of a plan's rate sheets, by pair those that may carry its boxes.

    `notes` say what is left out.
    """

    by_pair: tuple[tuple[AppliedContract, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def contracts(self) -> tuple[RateContract, ...]:
        """The contracts, each once, whatever pairs it serves."""
        every = (one.contract for some in self.by_pair for one in some)
        return tuple({each.place: each for each in every}.values())

    @property
    def members(self) -> tuple[Member, ...]:
        """The sets of arcs by which they carry boxes."""
        return tuple(Member(kind=RATE, key=each.place) for each in self.contracts)

    def noted(self, plan: Plan) -> Plan:
        """Return a plan that says what is left out."""
        if not self.notes:
            return plan
        return replace(plan, basis_note="; ".join(filter(None, (plan.basis_note, *self.notes))))

    def bounding(
        self, program: Program, members: Sequence[Member], months: Mapping[str, set[int]]
    ) -> Program:
        """Return a program with the least and most boxes of a month of each contract.

        They count in the `months` in which some boxes can go by it, and for all pairs together.
        """
        number = {one.key: n for n, one in enumerate(members) if one.kind == RATE}

        def limits(word: str, boxes_of: Callable[[RateContract], float | None]) -> list[SetLimit]:
            return [
                SetLimit(
                    name=f"{word} {boxes:g} boxes of {each.name} ({each.place})",
                    member=number[each.place],
                    teu=boxes * each.equipment.teu_per_box,
                    month=month,
                )
                for each in self.contracts
                if (boxes := boxes_of(each))
                for month in sorted(months.get(each.place, ()))
            ]

        least = limits("at least", lambda each: each.least_boxes)
        most = limits("at most", lambda each: each.most_boxes)
        return replace(
            program,
            floors=(*program.floors, *least),
            ceilings=(*program.ceilings, *most),
        )


def rates_of(plan: Plan, session: Session) -> Rates:
    """Return the contracts of a plan's rate sheets; they are prices, so there are none at cost.

    Raises
    ------
    ConfigError
        A rate sheet cannot be read.
    """
    if not any(pair.scenario.contracts for pair in plan.pairs):
        return Rates(by_pair=((),) * len(plan.pairs))
    if plan.pairs[0].scenario.price_basis is PriceBasis.COST:
        note = "the contracts of your rate sheets are prices, so they count only in plans by price"
        return Rates(by_pair=((),) * len(plan.pairs), notes=(note,))
    most_km = load_parameters().value("carriage.max_km", "rail")
    left_out: list[str] = []
    by_pair: list[tuple[AppliedContract, ...]] = []
    notes: list[str] = []
    for pair in plan.pairs:
        ends = session.ends_of(pair.scenario)
        found, warned = contracts_for(pair.scenario, ends, most_km, left_out.append)
        by_pair.append(tuple(found))
        notes += map(str, warned)
    if wrong := _booked_too(plan) if any(by_pair) else []:
        raise ConfigError(wrong)
    if left_out:
        notes.append("rates left out: " + "; ".join(dict.fromkeys(left_out)))
    return Rates(by_pair=tuple(by_pair), notes=tuple(dict.fromkeys(notes)))


def _booked_too(plan: Plan) -> list[str]:
    """Return the faults of limits on a way that is booked: boxes by rate sheets fill no booking."""
    limits, booked = plan.limits, {(one.kind.value, one.key): one.name for one in plan.contracts}
    limited = [
        *(("country", key) for key, _ in limits.max_share_country),
        *(("gate", key) for key, _ in limits.max_share_gate),
        *((one.kind.value, one.key) for one in plan.minimums),
    ]
    return [
        f"{plan.at('contracts')}{way[1]} is limited and booked by {booked[way]}, and boxes by rate"
        " sheets would not count for it; leave out the limit, the booking or the sheets"
        for way in dict.fromkeys(limited)
        if way in booked
    ]


def spaces_of(
    plan: Plan,
    program: Program,
    members: Sequence[Member],
    market: Mapping[tuple[int, int], float],
    likeliest: Mapping[tuple[int, int], float],
) -> tuple[Space, ...]:
    """Return the space of a plan's contracts in a program, whose periods have equal months."""
    number = {(one.kind, one.key): n for n, one in enumerate(members)}
    months = len(plan.months) // program.months
    return tuple(
        Space(
            decision=decision,
            member=member,
            teu=tuple(each * months for each in teu),
            saves_usd=tuple(
                discount_usd + saved_usd(contract, (lot, member), market, likeliest)
                for lot in range(len(program.lots))
            ),
            unused_usd=contract.unused_usd,
            take=contract.take_share,
        )
        for decision, contract in enumerate(plan.contracts)
        for member in [number[contract.kind, contract.key]]
        for discount_usd, teu in contract.tiers
    )


def saved_usd(
    contract: Contract,
    way: tuple[int, int],
    market: Mapping[tuple[int, int], float],
    likeliest: Mapping[tuple[int, int], float],
) -> float:
    """Return what a TEU of a lot on a set, its `way`, saves that travels on a contract.

    The markets are what the cheapest route of each pays, now and in the likeliest scenario.
    """
    if contract.rate_usd is None:
        return contract.saves_usd or 0.0
    now_usd = market.get(way)
    if now_usd is None:
        return 0.0
    moved_usd = now_usd - likeliest.get(way, now_usd)
    return now_usd - contract.rate_usd - contract.index_share * moved_usd


def times(plan: Plan, factor: float) -> Plan:
    """Return a plan with every volume times a factor, > 0.

    Minimums, budgets and caps in total stay as they are; shares and means grow with the volume.
    """
    return replace(
        plan,
        pairs=tuple(
            replace(pair, teu=tuple(teu * factor for teu in pair.teu)) for pair in plan.pairs
        ),
    )


class LaneOffers:
    """Searches routes for lots on the networks of their pairs, in one of a plan's years.

    Those of later years share the networks of the `first`. `found` are the cheapest routes of the
    departures without capacity limits. `free` has by lot the cheapest of them; None if there is no
    route. `best` is by lot the cheapest of those through each `rated` set, and of each of the
    `ways`, whose sets have no arc in common.
    """

    def __init__(
        self,
        program: Program,
        *,
        rated: Sequence[int] = (),
        ways: Sequence[int] = (),
        year: int = 0,
        first: LaneOffers | None = None,
    ) -> None:
        self._program = program
        self._year = year
        self._first = first or self
        self._rated: Sequence[int] = rated if first is None else first._rated
        self._ways: Sequence[int] = ways if first is None else first._ways
        self.best: dict[tuple[int, int], Offer] = {}
        # By pair.
        self._lanes: dict[int, tuple[Lane, ...]] = {} if first is None else first._lanes
        self._free_prices = DualPrices(
            by_month=np.zeros(program.capacity.shape), by_set=np.zeros(program.sets)
        )
        self._least: LeastByPrices = LeastByPrices(program.sets) if first is None else first._least
        self._turn = 0
        self._begins: dict[int, int] = {}
        self.found: list[Offer] = []
        self.free: list[Offer | None] = [None] * len(program.lots)

    @property
    def charts(self) -> tuple[tuple[Chart | None, ...], ...]:
        """The charts of the routes by pair and lane."""
        pairs = range(len(self._program.objective_weights))
        return tuple(tuple(lane.chart for lane in self._lanes[pair]) for pair in pairs)

    def add(
        self,
        pair: int,
        lanes: tuple[Lane, ...],
        known: KnownRoutes,
        *,
        like: LaneOffers | None = None,
    ) -> None:
        """Search the routes of a pair without capacity limits.

        If the pair's prices are `like` those of another year, they are its routes.
        """
        usual_usd = ANY_USD
        self._begins[pair] = len(self.found)
        if self._first is self:
            self._lanes[pair] = lanes
        if like is not None:
            self._take(like, pair)
            return
        for number, lot in enumerate(self._program.lots):
            if lot.pair == pair:
                for departure in self._departures(number):
                    lane = lanes[departure[1]]
                    self._least.begin(departure, lane.shared.part.groups, lane.least_usd())
                best = self._cheapest(number, usual_usd)
                self.free[number] = best
                self._note_market(number)
                self._note_ways(number, known)
                usual_usd = usual_usd if best is None else best.value_usd * USUALLY_WITHIN

    def _take(self, like: LaneOffers, pair: int) -> None:
        """Take the routes of a pair from those of another year."""
        lots = [n for n, lot in enumerate(self._program.lots) if lot.pair == pair]
        for lot in lots:
            self.free[lot] = like.free[lot]
        self.found += like.found[like._begins[pair] :]
        self.best |= {key: offer for key, offer in like.best.items() if key[0] in lots}

    def _turn_to(self, pair: int) -> None:
        """Release the networks of the pair searched before."""
        if pair != self._first._turn:
            for lane in self._lanes.get(self._first._turn, ()):
                lane.shared.release()
            self._first._turn = pair

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> list[Offer]:
        """Return the cheapest route of each departure below `most_usd`."""
        return self._search(lot, dual_prices, objective, most_usd, near=False)[0]

    def near(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> tuple[list[Offer], float]:
        """Return the same of the closest routes, and at least what all others cost."""
        return self._search(lot, dual_prices, objective, most_usd, near=True)

    def _search(
        self,
        lot: int,
        dual_prices: DualPrices,
        objective: ObjectiveWeights,
        most_usd: float,
        *,
        near: bool,
    ) -> tuple[list[Offer], float]:
        asked = self._program.lots[lot]
        self._turn_to(asked.pair)
        # Limits on CO2e and cost, and prices of capacities, only add to what is known without them.
        own = self._program.objective_weights[asked.pair]
        known = own.at_most(objective)
        offers, dearer_usd = [], math.inf
        for departure in self._departures(lot):
            _, number, day = departure
            lane = self._lanes[asked.pair][number]
            where = lane.may_pay(asked.month)
            least_usd = -math.inf
            if known:
                least_usd = self._least.at_least(departure, dual_prices, where)
            if least_usd >= most_usd - ROUNDING_USD:
                continue
            search = lane.near if near else lane.cheapest
            found, others_usd = search(day, dual_prices, objective=objective, most_usd=most_usd)
            others_usd = max(others_usd, least_usd)
            dearer_usd = min(dearer_usd, others_usd)
            if own == objective:
                usd = min(others_usd, most_usd if found is None else found[1])
                self._least.searched(departure, dual_prices, where, usd)
            if found is not None:
                route, usd = found
                offers.append(
                    Offer(lot=lot, start_day=day, route=route, value_usd=usd, lane=number)
                )
        return offers, dearer_usd

    def _cheapest(self, number: int, usual_usd: float) -> Offer | None:
        """Return the cheapest route of a lot without capacity limits."""
        program = self._program
        objective = program.objective_weights[program.lots[number].pair]
        # Costs change little between months, so the search starts below the usual cost.
        most_usd = usual_usd
        offers = self.of(number, self._free_prices, objective=objective, most_usd=most_usd)
        if len(offers) < len(self._departures(number)) and most_usd < ANY_USD:
            most_usd = ANY_USD
            offers = self.of(number, self._free_prices, objective=objective, most_usd=most_usd)
        self.found += offers
        return min(offers, key=lambda offer: offer.value_usd, default=None)

    def _note_market(self, number: int) -> None:
        """Note the cheapest route of a lot through each rated set."""
        objective = self._program.objective_weights[self._program.lots[number].pair]
        for member in self._rated:
            by_set = np.zeros(self._program.sets)
            by_set[member] = -MISSING_USD[0]
            prices = replace(self._free_prices, by_set=by_set)
            offers = self.of(number, prices, objective=objective, most_usd=0.0)
            self.found += offers
            if offers:
                self.best[number, member] = min(offers, key=lambda offer: offer.value_usd)

    def _note_ways(self, number: int, known: KnownRoutes) -> None:
        """Note the cheapest route of a lot by each way."""
        lanes, prices = self._lanes[self._program.lots[number].pair], self._free_prices
        for member in self._ways:
            for _, lane, day in self._departures(number):
                found = lanes[lane].cheapest_along(day, prices, member=member, known=known)
                least = self.best.get((number, member))
                if found is not None and (least is None or found[1] < least.value_usd):
                    self.best[number, member] = Offer(
                        lot=number, start_day=day, route=found[0], value_usd=found[1], lane=lane
                    )

    @property
    def market_usd(self) -> dict[tuple[int, int], float]:
        """What the cheapest routes pay, by lot and rated set."""
        return {key: offer.route.cents / CENTS_PER_USD for key, offer in self.best.items()}

    def _departures(self, number: int) -> list[tuple[int, int, int]]:
        """Return the departures of a lot as (lot, lane, day)."""
        lot = self._program.lots[number]
        return [
            (number, lane, day)
            for lane, each in enumerate(self._lanes[lot.pair])
            if self._year in each.years
            for day in each.departures.get(lot.month, ())
        ]

    def least_usd(self, lot: int) -> float:
        """Return what every route of a lot costs at least without dual prices."""
        free = self.free[lot]
        return math.inf if free is None else free.value_usd

    def without_route(self) -> tuple[int, ...]:
        """Return the lots that have no route."""
        return tuple(number for number, route in enumerate(self.free) if route is None)


def _no_route(plan: Plan, lot: Lot) -> str:
    pair = plan.pairs[lot.pair]
    month = plan.months[lot.month].strftime("%Y-%m")
    within = "" if pair.max_days is None else f" within max_days {pair.max_days:g}"
    closed = ", ".join(dict.fromkeys(closure.place for closure in pair.scenario.closures))
    shut = f" with {closed} closed" if closed else ""
    cures = [
        *(["open what is closed"] if closed else []),
        *([] if pair.max_days is None else ["allow more days"]),
        *([] if plan.any_corridor else ["allow more corridors"]),
    ]
    return (
        f"{plan.at(f'pairs[{lot.pair}]')}{pair.name}: no route leaves in {month}{within}{shut};"
        f" {', '.join(cures)}{', or ' if cures else ''}set unmet_usd_per_teu"
    )


def members_of(plan: Plan) -> tuple[Member, ...]:
    """Return the countries, gates and corridors of a plan's limits, minimums and contracts."""
    limits = plan.limits
    named = [
        *(("country", key) for key, _ in limits.max_share_country),
        *(("gate", key) for key, _ in limits.max_share_gate),
        *(("corridor", key) for key, _ in limits.max_share_corridor),
        *((minimum.kind, minimum.key) for minimum in plan.minimums),
        *((contract.kind, contract.key) for contract in plan.contracts),
    ]
    return tuple(Member(kind=kind, key=key) for kind, key in dict.fromkeys(named))


def month_days(plan: Plan) -> tuple[date, ...]:
    """Return the first days of the plan's months and of later ones in which boxes still travel."""
    # Covers the horizon of the last price group.
    return months_from(plan.months[0], len(plan.months) + 12 + MONTHS_AFTER + 6)


def calendars(plan: Plan, years: Sequence[int]) -> list[tuple[date, ...]]:
    """Return `month_days` of a plan as it begins in each of some years, by default its own."""
    months = month_days(plan)
    return [begun_in(months, year) for year in years] or [months]


def _objective(plan: Plan, pair: Pair) -> ObjectiveWeights:
    day = pair.scenario.shipment.value_of_time_usd_per_teu_day
    return ObjectiveWeights(usd=1.0, day=day if plan.objective == "generalised" else 0.0, kg=0.0)


def capacity_of(plan: Plan, resources: Sequence[Resource], year: int = 0) -> FloatArray:
    """Return the TEU that a plan may use, by (resource, month).

    Resources have the months of all years in which it begins (`calendars`), of which `year` is the
    number of one; months are as long as in the plan's own.
    """
    share = plan.capacity_share
    if share is None:
        share = load_parameters().value("plan.capacity_share")
    weeks = [
        calendar.monthrange(month.year, month.month)[1] / DAYS_A_WEEK for month in month_days(plan)
    ]
    months = slice(year * len(weeks), (year + 1) * len(weeks))
    return np.array(
        [
            [
                teu * share * week
                for teu, week in zip(resource.teu_per_week[months], weeks, strict=True)
            ]
            for resource in resources
        ]
    ).reshape(len(resources), len(weeks))


def with_limits(program: Program, plan: Plan, members: Sequence[Member]) -> Program:
    """Return a program with the plan's caps, ceilings, floors and limits of spot space.

    Its periods have equally many months.
    """
    limits, periods = plan.limits, program.months
    months = len(plan.months) // periods
    number = {(member.kind, member.key): i for i, member in enumerate(members)}
    shares = (
        ("country", limits.max_share_country),
        ("gate", limits.max_share_gate),
        ("corridor", limits.max_share_corridor),
    )
    caps = [limits.max_co2e_t and limits.max_co2e_t * 1000.0]
    caps.append(limits.max_co2e_kg_per_teu and limits.max_co2e_kg_per_teu * plan.teu)
    given = [cap for cap in caps if cap is not None]
    return replace(
        program,
        sets=len(members),
        most_kg=min(given, default=None),
        most_usd=limits.max_usd,
        ceilings=tuple(
            SetLimit(
                name=f"max_share_{kind}.{key}", member=number[kind, key], teu=share_of * plan.teu
            )
            for kind, some in shares
            for key, share_of in some
        ),
        floors=tuple(
            SetLimit(
                name=f"minimum {minimum.kind} {minimum.key}",
                member=number[minimum.kind, minimum.key],
                teu=minimum.teu_per_month * months,
                month=period,
            )
            for minimum in plan.minimums
            for period in range(periods)
        ),
        spot=tuple(
            SetLimit(
                name=f"spot {contract.name}",
                member=number[contract.kind, contract.key],
                teu=contract.spot_teu * months,
                month=period,
                more=tuple((teu * months, usd) for teu, usd in contract.dearer_spot),
            )
            for contract in plan.contracts
            if contract.spot_teu is not None
            for period in range(periods)
        ),
    )


def _program(
    plan: Plan,
    members: tuple[Member, ...],
    resources: tuple[Resource, ...],
    year: int = 0,
) -> Program:
    program = Program(
        lots=tuple(
            Lot(pair=pair, month=month, teu=teu)
            for pair, asked in enumerate(plan.pairs)
            for month, teu in enumerate(asked.teu)
            if teu > 0.0
        ),
        objective_weights=tuple(_objective(plan, pair) for pair in plan.pairs),
        capacity=capacity_of(plan, resources, year),
        months=len(plan.months),
        unmet_usd=plan.unmet_usd_per_teu,
    )
    return with_limits(program, plan, members)
