"""Choose which weekly trains and loops to run for a year of boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import groupby, product, starmap

import numpy as np

from corridors.arrays import FloatArray
from corridors.data.names import capacity_title
from corridors.data.parameters import load_parameters
from corridors.domain.plan import Pair, Plan
from corridors.domain.scenario import DeclaredService
from corridors.domain.service_design import (
    SEASONS,
    DesignFlow,
    FleetRow,
    FrequencyRow,
    FullPlace,
    Idle,
    ServiceRow,
    ShipsOfAClass,
)
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import (
    Allocated,
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
from corridors.optimise.time_limit import TimeLimit
from corridors.output.design_result import ServiceDesign
from corridors.progress import Progress, quiet
from corridors.routing.priced.priced_network import ObjectiveWeights
from corridors.studies.sailing_days import days_of_return, seasons_begun, ships_in_use, turns
from corridors.studies.service_bills import ServiceBill
from corridors.studies.service_ways import (
    Capacities,
    Other,
    Posed,
    Ridden,
    is_too_long,
    others_of,
    pose_services,
    proposed,
)
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY

DAYS_A_WEEK = 7.0
HOURS_PER_WEEK = 168.0
# Above any route: a TEU that must travel and cannot.
MISSING_USD = 1e6
LEAST_MISSING_TEU = 1e-3
# A place is full if one more TEU is worth more than this.
LEAST_WORTH_USD = 0.01
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
    capacities = Capacities(teu_per_week={})
    others = others_of(plan, session, capacities, progress)
    candidates = plan.services + proposed(plan, session)
    posed, ridden = pose_services(plan, candidates, session, capacities, progress)
    if not ridden:
        why = "; ".join(f"{one.service.name}: {one.why_not}" for one in posed)
        msg = f"{plan.at('services')}no candidate service can run: {why}"
        raise ConfigError(msg)
    _refuse_unused_ships(plan, posed)
    build = _Build(plan, posed, ridden, others, capacities)
    limit = TimeLimit() if plan.time_limit_s is None else TimeLimit(plan.time_limit_s)
    with HighsProcess() as highs:
        deciding = Deciding(build.model, [()], [build.offers], highs=highs)
        found = deciding.best((1.0,), Risk(), limit=limit, progress=progress)
        beside = {
            number: _beside(build, deciding, found.taken, decision)
            for number, decision in build.tried.items()
        }
        without = deciding.scenario(0, build.model.nothing)
    (flows,) = found.scenarios
    _refuse_missing(build, flows)
    return ServiceDesign(
        plan=plan,
        services=tuple(
            build.service_row(number, found, beside.get(number, {})) for number in range(len(posed))
        ),
        fleets=build.fleet_rows(found.taken),
        flows=build.flow_rows(flows),
        unmet=tuple(
            (plan.pairs[lot.pair].name, lot.month, teu)
            for lot, teu in zip(build.lots, flows.missing.tolist(), strict=True)
            if teu > LEAST_MISSING_TEU
        ),
        value_usd=found.value_usd,
        bound_usd=found.bound_usd,
        root_usd=found.root_usd,
        services_usd=build.model.usd_of(found.taken),
        without_usd=None if build.missing_teu(without) else without.value_usd,
        full=build.full_places(flows),
        stopped="" if not found.stopped else "interrupt" if limit.stopped else "time",
        columns=len(build.offers),
        choices=sum(len(some) for some in build.choices),
    )


def _beside(
    build: _Build, deciding: Deciding, taken: Taken, decision: int
) -> dict[int, tuple[Allocated, float]]:
    """Return by option of a service the flows and their cost, while the others run as chosen."""
    options = range(1 + len(build.choices[decision]))
    if sum(len(some) for some in build.choices) > MOST_VALUED:
        options = sorted({0, taken[decision]})  # type: ignore[assignment]
    found = {}
    for n in options:
        design = (*taken[:decision], n, *taken[decision + 1 :])
        if build.model.affords([(one,) for one in design]):
            flows = deciding.scenario(0, design)
            found[n] = flows, flows.value_usd + build.model.usd_of(design)
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


class _Build:
    """The model of a plan, and what its numbers mean."""

    def __init__(
        self,
        plan: Plan,
        posed: Sequence[Posed],
        ridden: Sequence[Ridden],
        others: Mapping[tuple[int, int], Sequence[Other]],
        capacities: Capacities,
    ) -> None:
        self.plan = plan
        self.posed = posed
        self.lots = [
            Lot(pair=number, month=season, teu=teu)
            for number, pair in enumerate(plan.pairs)
            for season in range(SEASONS)
            if (teu := plan.season_teu(pair, season))
        ]
        self._season_of_day = np.repeat(np.arange(SEASONS), plan.season_days)
        self._position_days = load_parameters().value("ship.position_days")
        self._lot = {(lot.pair, lot.month): number for number, lot in enumerate(self.lots)}
        self._ships = list(
            dict.fromkeys(one.bill.vehicle for one in posed if one.bills and one.bill.by_ship)
        )
        # Those that run are decisions, which have numbers of their own.
        self.tried = {
            number: n for n, number in enumerate(n for n, one in enumerate(posed) if one.bills)
        }
        self._rooms = 0
        self.choices = [
            [self._choice(posed[number], each) for each in posed[number].service.departures]
            for number in self.tried
        ]
        self._places = self._scarce(capacities, ridden, others)
        names = dict.fromkeys(name for name, _ in self._places)
        self._place = {name: self._rooms + n for n, name in enumerate(names)}
        # What shippers pay on a lane today, by pair and season.
        self._lane_usd: dict[tuple[int, int], float] = {}
        quoted = [((one.pair, one.season), one.price_usd) for one in ridden]
        quoted += [(key, other.price_usd) for key, some in others.items() for other in some]
        for key, usd in quoted:
            if usd is not None:
                self._lane_usd[key] = min(usd, self._lane_usd.get(key, usd))
        self.offers: list[Offer] = []
        self._by_others: dict[int, list[tuple[float, Sequence[tuple[int, int, float]]]]] = {}
        self.ways: list[tuple[KnownWay, Other | Ridden]] = []
        for number, lot in enumerate(self.lots):
            for other in others.get((lot.pair, lot.month), ()):
                self._add_way(number, other, other.usd, other.days)
        for one in ridden:
            self._add_boxes(one)

    @cached_property
    def model(self) -> Model:
        """The plan in numbers: a service is a decision, whose first option runs nothing."""
        capacity = np.full((self._rooms + len(self._place), SEASONS), np.inf)
        capacity[: self._rooms] = 0.0
        for (name, season), teu in self._places.items():
            capacity[self._place[name], season] = teu
        numbered = [
            (decision, n, choice)
            for decision, some in enumerate(self.choices)
            for n, choice in enumerate(some, start=1)
        ]
        program = Program(
            lots=tuple(self.lots),
            objective_weights=tuple(
                ObjectiveWeights(usd=1.0, day=_day_usd(pair), kg=0.0) for pair in self.plan.pairs
            ),
            capacity=capacity,
            unmet_usd=self._away_usd,
            months=SEASONS,
            room={
                (choice.places[back], season): [(decision, n, teu)]
                for decision, n, choice in numbered
                for (season, back), teu in choice.rooms.items()
            },
        )
        return Model(
            programs=(program,),
            options=tuple(1 + len(some) for some in self.choices),
            usd=tuple(
                (0.0, *(self._own_usd(number, choice) for choice in some))
                for number, some in zip(self.tried, self.choices, strict=True)
            ),
            fleets=tuple(self._held(ship) for ship in self._ships),
        )

    def _scarce(
        self,
        capacities: Capacities,
        ridden: Sequence[Ridden],
        others: Mapping[tuple[int, int], Sequence[Other]],
    ) -> dict[tuple[str, int], float]:
        """Return by (capacity, season) the TEU that the plan may use, where it could use more."""
        most: dict[tuple[str, int], dict[int, float]] = {}
        ways = [(self._lot[one.pair, one.season], one.uses) for one in ridden]
        ways += [(self._lot[key], other.uses) for key, some in others.items() for other in some]
        for lot, uses in ways:
            for name, each in uses:
                by_lot = most.setdefault((name, self.lots[lot].month), {})
                by_lot[lot] = max(by_lot.get(lot, 0.0), each * self.lots[lot].teu)
        share = self.plan.capacity_share
        if share is None:
            share = load_parameters().value("plan.capacity_share")
        held = {
            (name, season): capacities.teu_per_week[name, season] * share * self._weeks(season)
            for name, season in most
        }
        return {key: teu for key, teu in held.items() if sum(most[key].values()) > teu}

    def _add_way(
        self,
        lot: int,
        means: Other | Ridden,
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
        taken = {places[name]: teu for name, teu in means.uses if (name, season) in self._places}
        worth = usd + _day_usd(self.plan.pairs[pair]) * days
        if worth >= self._away_usd or any(
            other_usd <= worth and all(teu <= taken.get(place, 0.0) for place, _, teu in uses)
            for other_usd, uses in self._by_others.get(lot, ())
        ):
            return
        for decision, n, back in choices:
            # A way may board a service twice; it then takes the room of both.
            place = self.choices[decision][n - 1].places[back]
            taken[place] = taken.get(place, 0.0) + 1.0
        way = KnownWay(
            arcs=(len(self.ways),),
            usd=usd,
            days=days,
            kg=means.co2e_kg,
            uses=tuple((place, season, teu) for place, teu in taken.items()),
        )
        self.ways.append((way, means))
        needs = dict.fromkeys((decision, (n,)) for decision, n, _ in choices)
        self.offers.append(way.offer(lot, worth, needs=tuple(needs)))
        if not choices:
            self._by_others.setdefault(lot, []).append((worth, way.uses))

    @property
    def _away_usd(self) -> float:
        unmet = self.plan.unmet_usd_per_teu
        return MISSING_USD if unmet is None else unmet

    def _weeks(self, season: int) -> float:
        return self.plan.season_days[season] / DAYS_A_WEEK

    def _choice(self, one: Posed, departures: float) -> _Choice:
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

    def _add_boxes(self, one: Ridden) -> None:
        """Add the ways of a box for all departures of the services that it rides on."""
        lot = self._lot[one.pair, one.season]
        decisions = [self.tried[on.service] for on in one.boarded]
        for some in product(*(enumerate(self.choices[d], start=1) for d in decisions)):
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
        """Return the bill of a season of a service with a ship; of another if none runs then."""
        posed = [one for one in self.posed if one.bills and one.bill.vehicle == ship]
        bills = (bills[0] for one in posed for (n, _), bills in one.bills.items() if n == season)
        return next(bills, posed[0].bill)

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
                for n, choice in enumerate(self.choices[decision], start=1):
                    yield decision, n, choice

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
        departures = self.choices[decision][run - 1].departures if run else 0.0
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
            declared=tuple(self._declared(one, departures)) if run else (),
        )

    def _declared(self, one: Posed, departures: float) -> Iterator[DeclaredService]:
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
        ship, choices = self.posed[number].bill.vehicle, self.choices[self.tried[number]]
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
        choice = self.choices[decision][n - 1]
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
            for (name, season), teu in self._places.items()
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


def _refuse_unused_ships(plan: Plan, posed: Sequence[Posed]) -> None:
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


def _refuse_missing(build: _Build, flows: Allocated) -> None:
    if build.plan.unmet_usd_per_teu is None and (faults := [*_missing_faults(build, flows)]):
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
