"""Choose which weekly trains and loops to run for a year of boxes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from itertools import groupby, product, starmap

import numpy as np

from corridors.arrays import FloatArray
from corridors.config import load_projects
from corridors.config.config_files import overlay_for
from corridors.data.cities import capacity_title
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.domain.allocation import (
    SEASONS,
    DesignFlow,
    FleetRow,
    FrequencyRow,
    FullPlace,
    Idle,
    ServiceRow,
    ShipsOfAClass,
)
from corridors.domain.plan import Pair, Plan, PlanLimits, Project
from corridors.domain.scenario import DeclaredService
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Budget,
    Decided,
    Held,
    KnownWay,
    Lot,
    Model,
    Offer,
    Program,
    Risk,
    Taken,
)
from corridors.progress import Progress, quiet
from corridors.routing.priced.priced_network import ObjectiveWeights
from corridors.routing.question import parameters_on
from corridors.studies.building import booked_text, charge_usd, subsets, with_projects_built
from corridors.studies.design.result import ServiceDesign
from corridors.studies.design.sailing_days import days_of_return, seasons_begun, ships_in_use, turns
from corridors.studies.design.service_bills import ServiceBill
from corridors.studies.design.service_ways import (
    BoxOnServices,
    Capacities,
    Other,
    ServiceWithBills,
    is_too_long,
    middle_of,
    others_of,
    pose_services,
    proposed,
)
from corridors.studies.searched_plans import members_of, spaces_of, with_limits
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY

DAYS_A_WEEK = 7.0
HOURS_PER_WEEK = 168.0
# Above any route: a TEU that must travel and cannot.
MISSING_USD = 1e6
LEAST_MISSING_TEU = 1e-3
# A place is full if one more TEU is worth more than this.
LEAST_WORTH_USD = 0.01
# Each doubles the networks that are searched.
MOST_PROJECTS = 3
# With this many choices at most, each is also valued beside the design.
MOST_VALUED = 120


def design_plan(
    plan: Plan, *, session: Session | None = None, progress: Progress = quiet
) -> ServiceDesign:
    """Return the services to run for a plan at least cost, value of time included.

    Parameters
    ----------
    plan
        Candidate services, and the boxes of a year.
    session
        Keeps networks between plans; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A place is unknown, no candidate can sail, or boxes must travel and cannot.
    """
    session = session or Session(pairs=2)
    every = list(zip(plan.projects, load_projects([c.id for c in plan.projects]), strict=True))
    in_use = [choice for choice, project in every if project.in_use]
    new = [(choice, project) for choice, project in every if not project.in_use]
    if len(new) > MOST_PROJECTS:
        msg = (
            f"{plan.at('projects')}{len(new)} projects beside services; give at most"
            f" {MOST_PROJECTS} of these, as each doubles what is searched"
        )
        raise ConfigError(msg)
    plan = with_projects_built(plan, in_use)
    # A project that builds services of the plan alone changes nothing else.
    legs = {leg.project for leg in overlay_for(plan.pairs[0].scenario).legs}
    running = {service.project for service in plan.services}
    acting = {
        p
        for p, (_, project) in enumerate(new)
        if project.rows or project.id in legs or project.id not in running
    }
    sets = [frozenset(built) for built in subsets(range(len(new)))]
    offered: list[list[_Offered]] = []
    posed: tuple[ServiceWithBills, ...] = ()
    # What others and services offer in the likeliest scenario, without projects, comes first: it
    # says where services call and what they take.
    order = sorted(range(len(plan.chances)), key=lambda number: number != plan.likeliest)
    for number in order:
        offered.append([])
        for built in sets:
            given = plan.chances[number].plan
            asked = with_projects_built(given, [new[p][0] for p in sorted(built & acting)])
            capacities = Capacities(teu_per_week={})
            others = others_of(asked, session, capacities, progress)
            called = [one.service for one in posed] or [
                *plan.services,
                *proposed(asked, session),
            ]
            found, ridden = pose_services(asked, called, session, capacities, progress)
            posed = posed or found
            offered[-1].append(_Offered(asked, others, ridden, capacities))
    if not any(one.ridden for some in offered for one in some):
        why = "; ".join(f"{one.service.name}: {one.why_not}" for one in posed)
        msg = f"{plan.at('services')}no candidate service can run: {why}"
        raise ConfigError(msg)
    _refuse_unused_ships(plan, posed)
    build = _Build(plan, posed, offered, sets, [project for _, project in new])
    limit = TimeLimit() if plan.time_limit_s is None else TimeLimit(plan.time_limit_s)
    chances = [plan.chances[number].probability for number in order]
    risk = Risk(level=plan.level, weight=plan.weight)
    with HighsProcess() as highs:
        deciding = Deciding(build.model, [()] * len(order), build.offers, highs=highs)
        best = partial(
            deciding.best, chances, risk, limit=limit, budgets=build.budgets, progress=progress
        )
        usd_of = partial(deciding.usd, weights=chances, risk=risk)
        chosen = best()
        beside = {
            number: _beside(build, usd_of, deciding, chosen.taken, decision)
            for number, decision in build.tried.items()
        }
        # Without services, what is booked and built is decided anew.
        without_taken = build.model.nothing
        if build.first:
            without_taken = best(allowed=build.without_services).taken
        without = deciding.scenario(0, without_taken)
        without_usd = usd_of(without_taken)
    for number, flows in enumerate(chosen.scenarios):
        _refuse_missing(build, flows, number)
    flows = chosen.scenarios[0]
    return ServiceDesign(
        plan=plan,
        services=tuple(
            build.service_row(number, chosen, beside.get(number, {}))
            for number in range(len(posed))
        ),
        fleets=build.fleet_rows(chosen.taken),
        flows=build.flow_rows(flows),
        unmet=tuple(
            (plan.pairs[lot.pair].name, lot.month, teu)
            for lot, teu in zip(build.lots, flows.missing.tolist(), strict=True)
            if teu > LEAST_MISSING_TEU
        ),
        value_usd=chosen.value_usd,
        bound_usd=chosen.bound_usd,
        root_usd=chosen.root_usd,
        services_usd=build.services_usd(chosen.taken),
        without_usd=None if build.missing_teu(without) else without_usd,
        full=build.full_places(flows),
        stopped="" if not chosen.stopped else "interrupt" if limit.stopped else "time",
        columns=sum(map(len, build.offers)),
        choices=sum(len(some) for some in build.choices),
        decided=build.decided(chosen, [plan.chances[number].name for number in order]),
    )


def _beside(
    build: _Build,
    usd_of: Callable[[Taken], float],
    deciding: Deciding,
    taken: Taken,
    decision: int,
) -> dict[int, tuple[Allocated, float]]:
    """Return by option of a service the flows and their cost, while the others run as chosen."""
    options = range(1 + len(build.choices[decision - build.first]))
    if sum(len(some) for some in build.choices) > MOST_VALUED:
        options = sorted({0, taken[decision]})  # type: ignore[assignment]
    found = {}
    for n in options:
        design = (*taken[:decision], n, *taken[decision + 1 :])
        if build.model.affords([(one,) for one in design]):
            found[n] = deciding.scenario(0, design), usd_of(design)
    return found


def _day_usd(pair: Pair) -> float:
    return pair.scenario.shipment.value_of_time_usd_per_teu_day


def _wait_days(departures: float) -> float:
    """Return half the days between two departures."""
    return HOURS_PER_WEEK / departures / 2.0 / HOURS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A number of departures a week of a service, and its ships or train sets by season.

    `usd` leaves out what ships cost that are held. `in_use` are vehicles by day, `used` their mean
    by season. `rooms` are by (season, back) TEU, `places` by way the number of the capacity that
    they are.
    """

    departures: float
    usd: float
    in_use: FloatArray
    used: tuple[float, ...]
    rooms: Mapping[tuple[int, bool], float]
    places: Mapping[bool, int]

    def vehicles(self, day: int | None = None) -> int:
        """Return the whole vehicles in use on a day, or on the day of most."""
        in_use = self.in_use.max() if day is None else self.in_use[day]
        return math.ceil(float(in_use) - 1e-6)


@dataclass(frozen=True, slots=True)
class _Offered:
    """The ways of boxes in a scenario with some projects built, and what capacities they use."""

    plan: Plan
    others: Mapping[tuple[int, int], Sequence[Other]]
    ridden: Sequence[BoxOnServices]
    capacities: Capacities


class _Build:
    """The model of a plan, and what its numbers mean.

    Decisions are those on contracts, on projects, and from number `first` on those on services.
    `offered` is by scenario, the likeliest first, and by set of projects, the empty one first.
    """

    def __init__(
        self,
        plan: Plan,
        posed: Sequence[ServiceWithBills],
        offered: Sequence[Sequence[_Offered]],
        sets: Sequence[frozenset[int]],
        projects: Sequence[Project],
    ) -> None:
        self.plan = plan
        self.posed = posed
        self._offered = offered
        self._sets = sets
        self._projects = projects
        self.first = len(plan.contracts) + len(projects)
        self._members = members_of(plan)
        # Where nothing else counts, a way that is dearer and takes no less is never used.
        self._is_plain = not (self._members or projects or plan.limits != PlanLimits())
        self._lots = [
            [
                Lot(pair=number, month=season, teu=teu)
                for number, pair in enumerate(some[0].plan.pairs)
                for season in range(SEASONS)
                if (teu := some[0].plan.season_teu(pair, season))
            ]
            for some in offered
        ]
        self.lots = self._lots[0]
        self._season_of_day = np.repeat(np.arange(SEASONS), plan.season_days)
        self._position_days = load_parameters().value("ship.position_days")
        self._lot = {(lot.pair, lot.month): number for number, lot in enumerate(self.lots)}
        self._ships = list(
            dict.fromkeys(one.bill.vehicle for one in posed if one.bills and one.bill.by_ship)
        )
        # Those that run are decisions, which have numbers of their own.
        self.tried = {
            number: self.first + n
            for n, number in enumerate(n for n, one in enumerate(posed) if one.bills)
        }
        self._tables: dict[int, ParameterTable] = {}
        self._rooms = 0
        self.choices = [
            [self._choice(posed[number], each) for each in posed[number].service.departures]
            for number in self.tried
        ]
        self._scarce_in = [self._scarce(some) for some in offered]
        names = dict.fromkeys(name for some in self._scarce_in for name, _ in some)
        self._place = {name: self._rooms + n for n, name in enumerate(names)}
        # What shippers pay on a lane today, by pair and season.
        self._lane_usd: dict[tuple[int, int], float] = {}
        likeliest = offered[0][0]
        quoted = [((one.pair, one.season), one.price_usd) for one in likeliest.ridden]
        quoted += [
            (key, other.price_usd) for key, some in likeliest.others.items() for other in some
        ]
        for key, usd in quoted:
            if usd is not None:
                self._lane_usd[key] = min(usd, self._lane_usd.get(key, usd))
        self.offers: list[list[Offer]] = [[] for _ in offered]
        self._case = 0, 0
        self._by_others: dict[int, list[tuple[float, Sequence[tuple[int, int, float]]]]] = {}
        self.ways: list[tuple[KnownWay, Other | BoxOnServices]] = []
        for scenario, some in enumerate(offered):
            for world, given in enumerate(some):
                self._case = scenario, world
                self._by_others = {}
                for number, lot in enumerate(self.lots):
                    for other in given.others.get((lot.pair, lot.month), ()):
                        self._add_way(number, other, other.usd, other.days)
                for one in given.ridden:
                    if all(on.service in self.tried for on in one.boarded):
                        self._add_boxes(one)

    @cached_property
    def model(self) -> Model:
        """The plan in numbers: a service is a decision, whose first option runs nothing."""
        steps = [len(each.steps) for each in self.plan.contracts]
        return Model(
            programs=tuple(self._program(number) for number in range(len(self._offered))),
            options=(*steps, *(2 for _ in self._projects), *(1 + len(c) for c in self.choices)),
            usd=(
                *((0.0,) * count for count in steps),
                *((0.0, charge_usd(self.plan, project)) for project in self._projects),
                *(
                    (0.0, *(self._own_usd(number, choice) for choice in self._choices_of(decision)))
                    for number, decision in self.tried.items()
                ),
            ),
            fleets=tuple(self._held(ship) for ship in self._ships),
        )

    @property
    def budgets(self) -> list[Budget]:
        """What projects may spend."""
        if not self._projects:
            return []
        spent = tuple((0.0,) * count for count in self.model.options)
        costs = tuple((0.0, project.cost.value) for project in self._projects)
        booked = len(self.plan.contracts)
        return [
            Budget(
                spent=(*spent[:booked], *costs, *spent[self.first :]), most=self.plan.budget_usd_m
            )
        ]

    @property
    def without_services(self) -> Allowed:
        """The options with which no service runs."""
        options = self.model.options
        return tuple(
            tuple(range(count)) if decision < self.first else (0,)
            for decision, count in enumerate(options)
        )

    def _program(self, scenario: int) -> Program:
        """Return a scenario in numbers."""
        capacity = np.full((self._rooms + len(self._place), SEASONS), np.inf)
        capacity[: self._rooms] = 0.0
        room: dict[tuple[int, int], list[tuple[int, int, float]]] = {
            (choice.places[back], season): [(decision, n, teu)]
            for decision in self.tried.values()
            for n, choice in enumerate(self._choices_of(decision), start=1)
            for (season, back), teu in choice.rooms.items()
        }
        for (name, season), by_world in self._scarce_in[scenario].items():
            key = self._place[name], season
            capacity[key] = by_world[0]
            for p in range(len(self._projects)):
                more = by_world[self._sets.index(frozenset({p}))] - by_world[0]
                if more:
                    room.setdefault(key, []).append((len(self.plan.contracts) + p, 1, more))
        plan = self._offered[scenario][0].plan
        program = Program(
            lots=tuple(self._lots[scenario]),
            objective_weights=tuple(
                ObjectiveWeights(usd=1.0, day=_day_usd(pair), kg=0.0) for pair in plan.pairs
            ),
            capacity=capacity,
            unmet_usd=self._away_usd,
            months=SEASONS,
            room=room,
            worlds=tuple(
                tuple(
                    (len(self.plan.contracts) + p, (int(p in built),))
                    for p in range(len(self._projects))
                )
                for built in self._sets
            ),
        )
        program = with_limits(program, plan, self._members)
        market, likeliest = (self._market_usd(number) for number in (scenario, 0))
        return replace(program, spaces=spaces_of(plan, program, self._members, market, likeliest))

    def _market_usd(self, scenario: int) -> dict[tuple[int, int], float]:
        """Return by lot and set what the cheapest way pays that others run through it."""
        found: dict[tuple[int, int], float] = {}
        for offer in self.offers[scenario]:
            way, means = self.ways[offer.route.arcs[0]]
            for member in range(len(self._members)):
                if offer.world == 0 and isinstance(means, Other) and way.sets >> member & 1:
                    key = offer.lot, member
                    found[key] = min(way.usd, found.get(key, way.usd))
        return found

    def _choices_of(self, decision: int) -> list[_Choice]:
        return self.choices[decision - self.first]

    def _scarce(self, some: Sequence[_Offered]) -> dict[tuple[str, int], tuple[float, ...]]:
        """Return by (capacity, season) the TEU that the plan may use, where it could use more.

        They are by set of projects, of which some may use what others do not.
        """
        lots = self._lots[self._offered.index(some)]
        most: dict[tuple[str, int], dict[int, float]] = {}
        for given in some:
            ways = [(self._lot[one.pair, one.season], one.uses) for one in given.ridden]
            ways += [
                (self._lot[key], one.uses) for key, each in given.others.items() for one in each
            ]
            for lot, uses in ways:
                for name, each in uses:
                    by_lot = most.setdefault((name, lots[lot].month), {})
                    by_lot[lot] = max(by_lot.get(lot, 0.0), each * lots[lot].teu)
        share = self.plan.capacity_share
        if share is None:
            share = load_parameters().value("plan.capacity_share")
        found = {}
        for (name, season), by_lot in most.items():
            listed = [given.capacities.teu_per_week.get((name, season)) for given in some]
            known = next(teu for teu in listed if teu is not None)
            held = tuple(
                (known if teu is None else teu) * share * self._weeks(season) for teu in listed
            )
            if sum(by_lot.values()) > min(held):
                found[name, season] = held
        return found

    def _add_way(
        self,
        lot: int,
        means: Other | BoxOnServices,
        usd: float,
        days: float,
        *,
        choices: Sequence[tuple[int, int, bool]] = (),
    ) -> None:
        """Add a way of a lot, unless others run one that costs no more and takes no more.

        `choices` are those that it needs, as (decision, option, back).
        """
        pair, season = self.lots[lot].pair, self.lots[lot].month
        places = self._place
        scenario, world = self._case
        scarce = self._scarce_in[scenario]
        taken = {places[name]: teu for name, teu in means.uses if (name, season) in scarce}
        worth = usd + _day_usd(self.plan.pairs[pair]) * days
        dear = worth >= self._away_usd or any(
            other_usd <= worth and all(teu <= taken.get(place, 0.0) for place, _, teu in uses)
            for other_usd, uses in self._by_others.get(lot, ())
        )
        if dear and self._is_plain:
            return
        for decision, n, back in choices:
            # A way may board a service twice; it then takes the room of both.
            place = self._choices_of(decision)[n - 1].places[back]
            taken[place] = taken.get(place, 0.0) + 1.0
        way = KnownWay(
            arcs=(len(self.ways),),
            usd=usd,
            days=days,
            kg=means.co2e_kg,
            uses=tuple((place, season, teu) for place, teu in taken.items()),
            sets=sum(
                1 << n for n, one in enumerate(self._members) if (one.kind, one.key) in means.passed
            ),
        )
        self.ways.append((way, means))
        needs = dict.fromkeys((decision, (n,)) for decision, n, _ in choices)
        offer = way.offer(lot, worth, needs=tuple(needs))
        self.offers[scenario].append(replace(offer, world=world))
        if not choices:
            self._by_others.setdefault(lot, []).append((worth, way.uses))

    @property
    def _away_usd(self) -> float:
        unmet = self.plan.unmet_usd_per_teu
        return MISSING_USD if unmet is None else unmet

    def _weeks(self, season: int) -> float:
        return self.plan.season_days[season] / DAYS_A_WEEK

    def _choice(self, one: ServiceWithBills, departures: float) -> _Choice:
        """Return a number of departures of a service: what it takes, and its rooms."""
        bills = one.by_season()
        trips = [sum(_way_days(*each)) for each in bills]
        trips = [days or max(trips) for days in trips]
        by_ship, in_season = one.bill.by_ship, self._season_of_day
        out_days = [math.ceil(out[0].vehicle_days) if out else 0 for out, _ in bills]
        leaves = one.leaves, days_of_return(one.leaves, np.array(out_days)[in_season])
        in_use = ships_in_use(
            one.leaves,
            np.array([_vehicles(days, departures) for days in trips])[in_season],
            np.maximum(1, np.rint(trips)).astype(np.int64)[in_season],
            position_days=round(self._position_days) if by_ship else 0,
        )
        used = self._mean_by_season(in_use)
        fixed, rooms = 0.0, {}
        for season, (out, back) in enumerate(bills):
            if by_ship and used[season]:
                # Running costs are paid for ships in service, spare days between voyages included.
                bill = (out or back or [self._bill_of(one.bill.vehicle, season)])[0]
                days = used[season] * self.plan.season_days[season]
                fixed += days * bill.day_usd * (bill.running_share + bill.surcharge)
            sailings = [
                departures * float(some[in_season == season].sum()) / DAYS_A_WEEK for some in leaves
            ]
            if out or back:
                fixed += sailings[0] * _sailing_usd(out, back)
            for way, some in ((False, out), (True, back)):
                if some and sailings[way]:
                    rooms[season, way] = sailings[way] * some[0].capacity_teu
        if by_ship:
            moved_days = 2.0 * self._position_days * float(in_use.max()) * seasons_begun(one.leaves)
            fixed += moved_days * one.bill.fuel_day_usd * (1.0 + one.bill.surcharge)
        ways = sorted({back for _, back in rooms})
        places = {back: self._rooms + n for n, back in enumerate(ways)}
        self._rooms += len(ways)
        return _Choice(
            departures=departures,
            usd=fixed,
            in_use=in_use,
            used=used,
            rooms=rooms,
            places=places,
        )

    def _mean_by_season(self, by_day: FloatArray) -> tuple[float, ...]:
        return tuple(float(by_day[self._season_of_day == n].mean()) for n in range(SEASONS))

    def _add_boxes(self, one: BoxOnServices) -> None:
        """Add the ways of a box for all departures of the services that it rides on."""
        lot = self._lot[one.pair, one.season]
        built = {self._projects[p].id for p in self._sets[self._case[1]]}
        asked = {self.posed[on.service].service.project for on in one.boarded} - {""}
        if not asked <= built:
            return
        decisions = [self.tried[on.service] for on in one.boarded]
        for some in product(*(enumerate(self._choices_of(d), start=1) for d in decisions)):
            days = one.days + sum(_wait_days(choice.departures) for _, choice in some)
            if not is_too_long(self.plan.pairs[one.pair], days):
                choices = [
                    (decision, n, on.back)
                    for decision, (n, _), on in zip(decisions, some, one.boarded, strict=True)
                ]
                self._add_way(lot, one, one.box_usd, days, choices=choices)

    def _capital_usd(self, bill: ServiceBill, season: int) -> float:
        """Return the capital or hire of a ship for a season."""
        return bill.day_usd * (1.0 - bill.running_share) * self.plan.season_days[season]

    def _listed(self, ship: str) -> ShipsOfAClass:
        named = (fleet for fleet in self.plan.fleets if fleet.ship == ship)
        return next(named, ShipsOfAClass(ship=ship))

    def _idle_usd(self, ship: str, season: int, idle: Idle) -> float:
        """Return what an idle ship takes in a season, below 0 if it earns."""
        bill = self._bill_of(ship, season)
        days = self.plan.season_days[season]
        day_usd, running = bill.day_usd, bill.day_usd * bill.running_share
        listed = load_parameters()
        match idle:
            case Idle.LAY_UP:
                return days * running * listed.value("ship.layup_running_share")
            case Idle.CHARTER_OUT:
                # Its owner pays the crew, and is paid for the whole day.
                return days * (running - day_usd * listed.value("ship.charter_out_share"))
            case Idle.RETURN:
                return -self._capital_usd(bill, season)

    def _bill_of(self, ship: str, season: int) -> ServiceBill:
        """Return the bill of a season of a service with a ship.

        If none runs then, it is that of another at what a day of the ship costs in this season.
        """
        posed = [one for one in self.posed if one.bills and one.bill.vehicle == ship]
        bills = (bills[0] for one in posed for (n, _), bills in one.bills.items() if n == season)
        found = next(bills, None)
        if found is not None:
            return found
        table = self._prices(season)
        return replace(
            posed[0].bill,
            day_usd=table.value("ship.day_usd", ship),
            running_share=table.value("ship.running_share", ship),
        )

    def _prices(self, season: int) -> ParameterTable:
        """Return the parameters in the middle of a season."""
        if season not in self._tables:
            scenario = self.plan.pairs[0].scenario
            day = middle_of(self.plan.seasons[season][1])
            self._tables[season] = parameters_on(scenario, day, overlay=overlay_for(scenario))[0]
        return self._tables[season]

    def _own_usd(self, number: int, choice: _Choice) -> float:
        """Return what a choice takes, less what its ships take while they are idle."""
        bill = self.posed[number].bill
        if not bill.by_ship:
            return choice.usd
        idle = self._listed(bill.vehicle).idle
        return choice.usd - sum(
            used * self._idle_usd(bill.vehicle, season, idle)
            for season, used in enumerate(choice.used)
        )

    def _held_usd(self, ship: str) -> float:
        """Return the capital or hire of a ship for the year."""
        seasons = range(SEASONS)
        return sum(self._capital_usd(self._bill_of(ship, season), season) for season in seasons)

    def _held(self, ship: str) -> Held:
        listed = self._listed(ship)
        idle = sum(self._idle_usd(ship, season, listed.idle) for season in range(SEASONS))
        sailing = [*self._sailing(ship)]
        # Between these days none is a peak.
        days = {day for _, _, choice in sailing for day in turns(choice.in_use)} or {0}
        return Held(
            # Hired by the season a ship takes nothing while it is idle, up to rounding.
            usd_each=max(0.0, self._held_usd(ship) + idle),
            needed={
                day: {(decision, n): float(choice.vehicles(day)) for decision, n, choice in sailing}
                for day in days
            },
            most=math.inf if listed.most is None else float(listed.most),
        )

    def _sailing(self, ship: str) -> Iterator[tuple[int, int, _Choice]]:
        """Yield the choices of services with a ship, as (decision, option, choice)."""
        for number, decision in self.tried.items():
            if self.posed[number].bill.vehicle == ship:
                for n, choice in enumerate(self._choices_of(decision), start=1):
                    yield decision, n, choice

    def services_usd(self, taken: Taken) -> float:
        """Return what departures and vehicles take of what is decided."""
        rest = (*taken[: self.first], *self.model.nothing[self.first :])
        return self.model.usd_of(taken) - self.model.usd_of(rest)

    def fleet_rows(self, taken: Taken) -> tuple[FleetRow, ...]:
        """Return the ships of each class: held, in use and idle by season."""
        rows = []
        for ship in self._ships:
            run = [c.used for decision, n, c in self._sailing(ship) if taken[decision] == n]
            if not run:
                continue
            used = tuple(map(math.fsum, zip(*run, strict=True)))
            held = round(self._held(ship).of([(n,) for n in taken]))
            idle_usd = {
                idle: sum(
                    (held - used[season]) * self._idle_usd(ship, season, idle)
                    for season in range(SEASONS)
                )
                for idle in Idle
            }
            rows.append(
                FleetRow(
                    ship=ship,
                    held=held,
                    used=used,
                    idle=self._listed(ship).idle,
                    held_usd=held * self._held_usd(ship),
                    if_idle_usd=idle_usd,
                )
            )
        return tuple(rows)

    def service_row(
        self, number: int, found: Decided, beside: Mapping[int, tuple[Allocated, float]]
    ) -> ServiceRow:
        """Return a candidate with its departures, and what every other number would gain."""
        one = self.posed[number]
        if not one.bills:
            return ServiceRow(
                name=one.service.name, corridor=one.service.corridor, vehicle="", ends=("", ""),
                departures=0.0, seasons=(), way_days=(0.0, 0.0), capacity_teu=0.0,
                sailing_usd=0.0, frequencies=(), why_not=one.why_not,
            )  # fmt: skip
        decision, bill = self.tried[number], one.bill
        run = found.taken[decision]
        departures = self._choices_of(decision)[run - 1].departures if run else 0.0
        few = self.too_few_ships(number)
        return ServiceRow(
            name=one.service.name,
            corridor=one.service.corridor,
            vehicle=bill.vehicle,
            ends=bill.ends,
            departures=departures,
            seasons=one.seasons,
            way_days=max(starmap(_way_days, one.by_season()), key=sum),
            capacity_teu=bill.capacity_teu,
            sailing_usd=_sailing_usd([bill], [bill] if bill.by_ship else []),
            frequencies=()
            if few
            else tuple(self._frequency(number, n, beside, chosen=n == run) for n in beside),
            why_not=few,
            lines=bill.lines,
            declared=tuple(self._declared(one, departures)) if run else (),
        )

    def _declared(self, one: ServiceWithBills, departures: float) -> Iterator[DeclaredService]:
        """Yield a service as run, as a scenario declares it, for each spell of its seasons."""
        service, written = one.service, one.service.declared
        usual = written or DeclaredService(
            name=service.name,
            stops=(*service.loads_at, *service.unloads_at),
            way=one.bill.way,
            ship=one.bill.vehicle if one.bill.by_ship else None,
            frequency=departures,
        )
        if one.leaves.all():
            yield usual
            return
        by_day = groupby(range(len(one.leaves)), key=lambda day: bool(one.leaves[day]))
        spells = [[*days] for leaves, days in by_day if leaves]
        for number, spell in enumerate(spells, 1):
            first, last = (self.plan.months[0] + timedelta(days=spell[n]) for n in (0, -1))
            yield replace(
                usual,
                name=usual.name + (f" ({number})" if len(spells) > 1 else ""),
                first_day=first,
                last_day=last,
            )

    def too_few_ships(self, number: int) -> str:
        """Return in words that the plan has too few ships for any departures of a service."""
        ship, choices = self.posed[number].bill.vehicle, self._choices_of(self.tried[number])
        needed = min(choice.vehicles() for choice in choices)
        most = self._listed(ship).most
        if most is None or needed <= most:
            return ""
        return f"its fewest departures need {needed} ships of {ship}, and fleets has {most}"

    def _frequency(
        self,
        number: int,
        n: int,
        beside: Mapping[int, tuple[Allocated, float]],
        *,
        chosen: bool,
    ) -> FrequencyRow:
        flows, value_usd = beside[n]
        missing = self.missing_teu(flows)
        if not n:
            return FrequencyRow(
                departures=0.0, vehicles=0, teu=0.0, fill=0.0, fixed_usd=0.0, usd_per_teu=None,
                gain_usd=None if missing else 0.0, missing_teu=missing, chosen=chosen,
            )  # fmt: skip
        decision = self.tried[number]
        choice = self._choices_of(decision)[n - 1]
        carried = [one for one in flows.flows if (decision, (n,)) in one.offer.needs]
        teu = sum(one.teu for one in carried)
        loads: dict[tuple[int, int], float] = {}
        for one in carried:
            for place, season, amount in one.offer.route.uses:
                loads[place, season] = loads.get((place, season), 0.0) + amount * one.teu
        fixed = choice.usd + self._ships_usd(number, choice)
        boxes = sum(one.teu * self.ways[one.offer.route.arcs[0]][0].usd for one in carried)
        without, without_usd = beside.get(0, (None, math.nan))
        compares = without is not None and not missing and not self.missing_teu(without)
        return FrequencyRow(
            departures=choice.departures,
            vehicles=choice.vehicles(),
            teu=teu,
            fill=max(
                loads.get((choice.places[back], season), 0.0) / room
                for (season, back), room in choice.rooms.items()
            ),
            fixed_usd=fixed,
            usd_per_teu=(fixed + boxes) / teu if teu > LEAST_MISSING_TEU else None,
            gain_usd=without_usd - value_usd if compares else None,
            missing_teu=missing,
            chosen=chosen,
        )

    def missing_teu(self, flows: Allocated) -> float:
        """Return the TEU a year that must travel and have no way."""
        if self.plan.unmet_usd_per_teu is not None:
            return 0.0
        return float(flows.missing[flows.missing > LEAST_MISSING_TEU].sum())

    def _ships_usd(self, number: int, choice: _Choice) -> float:
        """Return the capital of a choice's ships and what they take idle, if it has them alone."""
        bill = self.posed[number].bill
        if not bill.by_ship:
            return 0.0
        held, idle = choice.vehicles(), self._listed(bill.vehicle).idle
        return held * self._held_usd(bill.vehicle) + sum(
            (held - used) * self._idle_usd(bill.vehicle, season, idle)
            for season, used in enumerate(choice.used)
        )

    def flow_rows(self, flows: Allocated) -> tuple[DesignFlow, ...]:
        """Return the TEU of each pair and season by their ways."""
        return tuple(self._flow(one.offer, one.teu) for one in flows.flows)

    def _flow(self, offer: Offer, teu: float) -> DesignFlow:
        lot, (way, means) = self.lots[offer.lot], self.ways[offer.route.arcs[0]]
        ridden = () if isinstance(means, Other) else means.boarded
        services = [self.posed[on.service].service for on in ridden]
        corridors = (
            (means.corridor,)
            if isinstance(means, Other)
            else tuple(service.corridor for service in services if service.corridor)
        )
        return DesignFlow(
            pair=self.plan.pairs[lot.pair].name,
            season=lot.month,
            services=tuple(service.name for service in services),
            corridors=corridors,
            teu=teu,
            usd_per_teu=way.usd,
            days=way.days,
            co2e_kg_per_teu=way.kg,
            lane_usd_per_teu=self._lane_usd.get((lot.pair, lot.month)),
        )

    def decided(self, found: Decided, names: Sequence[str]) -> tuple[str, ...]:
        """Return what is booked and built beside the services, and what each scenario costs."""
        booked = len(self.plan.contracts)
        told = [booked_text(self.plan, found.taken)] if booked else []
        if self._projects:
            pairs = zip(self._projects, found.taken[booked : self.first], strict=True)
            built = [project.title for project, n in pairs if n]
            told.append(f"Build {', '.join(built) or 'nothing'}.")
        if len(names) > 1:
            each = zip(names, found.scenarios, strict=True)
            costs = "; ".join(f"{name} {one.value_usd:,.0f}" for name, one in each)
            told.append(f"Boxes cost in USD, value of time included: {costs}.")
        return tuple(told)

    def full_places(self, flows: Allocated) -> tuple[FullPlace, ...]:
        """Return the capacities that are used up, those worth most first."""
        worth = flows.prices.by_month
        places = [
            FullPlace(
                name=name,
                season=season,
                teu=teu,
                usd_per_teu=float(worth[self._place[name], season]),
            )
            for (name, season), (teu, *_) in self._scarce_in[0].items()
            if worth[self._place[name], season] > LEAST_WORTH_USD
        ]
        return tuple(sorted(places, key=lambda place: -place.usd_per_teu))


def _way_days(out: Sequence[ServiceBill], back: Sequence[ServiceBill]) -> tuple[float, float]:
    """Return the days of a ship or a set of wagons out, and back to its next departure.

    They are those of the longest way, with a turn of trains at either end. Where the plan has boxes
    in one direction alone, the other takes as long.
    """
    turn_days = load_parameters().value("train.turn_days")
    there, home = (
        max((bill.vehicle_days or bill.one_way_days + turn_days for bill in bills), default=0.0)
        for bills in (out, back)
    )
    return there or home, home or there


def _vehicles(days: float, departures: float) -> int:
    """Return the ships or train sets that keep a number of departures a week."""
    return math.ceil(days * departures / DAYS_A_WEEK - 1e-9)


def _sailing_usd(out: Sequence[ServiceBill], back: Sequence[ServiceBill]) -> float:
    """Return what a departure takes there and back, without the days of a ship.

    A ship sails back whatever it carries. A train back is bought where the plan has boxes for it;
    elsewhere the railways return the wagons, which the rates of trains contain.
    """
    bill = (out or back)[0]
    if bill.by_ship:
        other = (back or out)[0]
        return (bill.sailing_usd + other.sailing_usd) * (1.0 + bill.surcharge)
    return sum(bills[0].sailing_usd for bills in (out, back) if bills)


def _refuse_unused_ships(plan: Plan, posed: Sequence[ServiceWithBills]) -> None:
    """Raise a ConfigError for ships of services that run without them, and for idle fleets."""
    sailed = {one.service.ship for one in posed} | {one.bill.vehicle for one in posed if one.bills}
    faults = [
        f"{plan.at(f'services[{number}]')}{one.service.name} runs with {one.bill.vehicle}, not with"
        f" {one.service.ship}; leave ship out, or take a corridor by sea"
        for number, one in enumerate(posed[: len(plan.services)])
        if one.service.ship is not None and one.bills and one.bill.vehicle != one.service.ship
    ]
    faults += [
        f"{plan.at(f'fleets[{number}]')}no candidate service sails {fleet.ship}; leave it out, or"
        " add a service with this ship"
        for number, fleet in enumerate(plan.fleets)
        if fleet.ship not in sailed
    ]
    if faults:
        raise ConfigError(faults)


def _refuse_missing(build: _Build, flows: Allocated, scenario: int) -> None:
    program = build.model.programs[scenario]
    faults = [
        f"{build.plan.at('minimums')}{limit.name} in season {(limit.month or 0) + 1}:"
        f" {short:,.0f} of {limit.teu:,.0f} TEU have no way; lower it"
        for limit, short in zip(program.floors, flows.short.tolist(), strict=True)
        if short > LEAST_MISSING_TEU
    ]
    if build.plan.unmet_usd_per_teu is None:
        faults += _missing_faults(build, flows)
    if faults:
        raise ConfigError(faults)


def _missing_faults(build: _Build, flows: Allocated) -> Iterator[str]:
    """Yield by pair how many boxes have no way, when, and what is full."""
    plan = build.plan
    missing: dict[int, dict[int, float]] = {}
    for lot, teu in zip(build.lots, flows.missing.tolist(), strict=True):
        if teu > LEAST_MISSING_TEU:
            missing.setdefault(lot.pair, {})[lot.month] = teu
    for pair, by_season in missing.items():
        when = ", ".join(
            f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"
            for months in map(plan.seasons.__getitem__, by_season)
        )
        full = [
            capacity_title(place.name)
            for place in build.full_places(flows)
            if place.season in by_season
        ]
        longest = plan.pairs[pair].max_days
        within = "" if longest is None else f" within max_days {longest:g}"
        why = f"no candidate has room for them{within} and no alternative is open"
        for number in build.tried:
            few = build.too_few_ships(number)
            why += f"; {build.posed[number].service.name}: {few}" if few else ""
        cure = "add departures, ships or alternatives"
        if full:
            why += f"; full at the plan's share of its capacity: {', '.join(dict.fromkeys(full))}"
            cure = f"raise capacity_share, {cure}"
        yield (
            f"{plan.at(f'pairs[{pair}]')}{sum(by_season.values()):,.0f} TEU of"
            f" {plan.pairs[pair].name} from {when} have no way: {why}; {cure}, or set"
            " unmet_usd_per_teu"
        )
