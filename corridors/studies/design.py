"""Choose which weekly trains and loops to run for a year of boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corridors.config import load_corridors
from corridors.data.parameters import load_parameters
from corridors.data.sphere import great_circle_km
from corridors.domain.plan import Pair
from corridors.domain.results import RouteOption
from corridors.domain.scenario import OTHER, Corridor, MustPass, Scenario
from corridors.domain.service_design import (
    SEASONS,
    CandidateService,
    DesignFlow,
    DesignPlan,
    FleetRow,
    FrequencyRow,
    Idle,
    Proposed,
    ServiceRow,
    ShipsOfAClass,
)
from corridors.errors import ConfigError
from corridors.network.locate import Place
from corridors.optimise.design.design_program import (
    Choice,
    Column,
    Designed,
    DesignProgram,
    Fleet,
    Flows,
    ListedColumns,
    Room,
)
from corridors.optimise.design.selection import choose_services
from corridors.optimise.highs_process import HighsProcess
from corridors.output.design_result import ServiceDesign
from corridors.progress import Progress, quiet
from corridors.routing.corridor_search import search
from corridors.routing.question import Question
from corridors.routing.report import report
from corridors.studies.service_bills import ServiceBill, bill_of, main_ends
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY

DAYS_A_WEEK = 7.0
HOURS_PER_WEEK = 168.0
MIDDLE = 15
# Above any route: a TEU that must travel and cannot.
MISSING_USD = 1e6
LEAST_MISSING_TEU = 1e-3
# With this many choices at most, each is also valued beside the design.
MOST_VALUED = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridden:
    """A pair's box on a service in a season; `back` is against the way the service is written."""

    pair: int
    season: int
    bill: ServiceBill
    back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A candidate service with the boxes that can ride on it."""

    service: CandidateService
    corridor: Corridor
    seasons: tuple[int, ...]
    ridden: tuple[Ridden, ...]
    why_not: str = ""

    def bills(self, season: int, *, back: bool) -> list[ServiceBill]:
        """Return the bills of one direction in a season."""
        return [r.bill for r in self.ridden if r.season == season and r.back is back]

    @property
    def bill(self) -> ServiceBill:
        """The bill of the first box, which stands for the service where seasons do not matter."""
        return self.ridden[0].bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The best way of a pair in a season with what others run."""

    corridor: str
    usd: float
    days: float
    co2e_kg: float


def design_plan(
    plan: DesignPlan, *, session: Session | None = None, progress: Progress = quiet
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
    others = _alternatives(plan, session, progress)
    candidates = plan.services + _proposed(plan, session)
    posed = []
    for number, service in enumerate(candidates):
        progress(service.name or service.corridor, number, len(candidates))
        posed.append(_posed(plan, service, session))
    if not any(one.ridden for one in posed):
        why = "; ".join(f"{one.service.name}: {one.why_not}" for one in posed)
        msg = f"{plan.at('services')}no candidate service can run: {why}"
        raise ConfigError(msg)
    build = _Build(plan, posed, others)
    with HighsProcess() as highs:
        found = choose_services(
            build.program,
            ListedColumns(build.columns),
            time_limit_s=plan.time_limit_s,
            highs=highs,
            most_valued=MOST_VALUED,
            progress=progress,
        )
    _refuse_missing(plan, build, found)
    return ServiceDesign(
        plan=plan,
        services=tuple(build.service_row(number, found) for number in range(len(posed))),
        fleets=build.fleet_rows(found),
        flows=build.flow_rows(found.flows),
        unmet=tuple(
            (plan.pairs[pair].name, season, teu)
            for (pair, season), teu in zip(build.lots, found.flows.missing, strict=True)
            if teu > LEAST_MISSING_TEU
        ),
        value_usd=found.value_usd,
        bound_usd=found.bound_usd,
        root_usd=found.root_usd,
        without_usd=found.without_usd,
        stopped=found.stopped,
        columns=found.columns,
        links=found.links,
        choices=len(build.program.choices),
    )


def _alternatives(
    plan: DesignPlan, session: Session, progress: Progress
) -> dict[tuple[int, int], Alternative]:
    """Return by pair and season the best way with what others run."""
    found: dict[tuple[int, int], Alternative] = {}
    if plan.alternatives == ():
        return found
    for number, pair in enumerate(plan.pairs):
        progress(f"{pair.name} as others sail", number, len(plan.pairs))
        scenario = replace(pair.scenario, corridors=plan.alternatives or ())
        corridors = [one for one in session.corridors_of(scenario) if one.id != OTHER]
        for season, months in enumerate(plan.seasons):
            if not pair.teu[season]:
                continue
            question = session.pose(_asked(scenario, months[1]), corridors)
            for n in range(len(corridors)):
                option = _option(question, n)
                if option is None or _too_long(pair, option.days):
                    continue
                other = Alternative(
                    corridor=option.corridor,
                    usd=option.usd_per_teu or 0.0,
                    days=option.days or 0.0,
                    co2e_kg=option.co2e_wtw_kg_per_teu or 0.0,
                )
                best = found.get((number, season))
                if best is None or _worth(pair, other) < _worth(pair, best):
                    found[number, season] = other
    return found


def _option(question: Question, number: int = 0) -> RouteOption | None:
    """Return the best route of a corridor, None if it is closed."""
    found = search(question, number, fronts=False)
    return None if found.best is None else report(found, figures_only=True)


def _worth(pair: Pair, other: Alternative) -> float:
    return other.usd + _day_usd(pair) * other.days


def _day_usd(pair: Pair) -> float:
    return pair.scenario.shipment.value_of_time_usd_per_teu_day


def _too_long(pair: Pair, days: float | None) -> bool:
    return pair.max_days is not None and (days or 0.0) > pair.max_days


def _proposed(plan: DesignPlan, session: Session) -> tuple[CandidateService, ...]:
    """Return a candidate for each corridor that a pair can use, or on which a line is known."""
    if plan.proposed is None:
        return ()
    named = {service.corridor for service in plan.services}
    found: dict[str, CandidateService] = {}
    for pair in plan.pairs:
        corridors = [one for one in session.corridors_of(pair.scenario) if one.id != OTHER]
        for months in plan.seasons:
            fresh = [c for c in corridors if c.id not in named | found.keys()]
            if not fresh:
                break
            question = session.pose(_asked(pair.scenario, months[1]), fresh)
            for n, corridor in enumerate(fresh):
                option = _option(question, n)
                of_lines = plan.proposed is Proposed.LINES
                if option is None or (of_lines and not option.lines):
                    continue
                loops = ", ".join(dict.fromkeys(line.loop for line in option.lines[:2]))
                found[corridor.id] = CandidateService(
                    name=f"{corridor.title} ({loops})" if of_lines else corridor.title,
                    corridor=corridor.id,
                    departures=plan.departures,
                )
    return tuple(found.values())


def _posed(plan: DesignPlan, service: CandidateService, session: Session) -> Posed:
    """Return a service with the boxes of all pairs on it, season by season."""
    (written,) = load_corridors([service.corridor])
    service = replace(service, name=service.name or written.title)
    corridor = _between(written, service)
    ridden: list[Ridden] = []
    open_in: dict[bool, tuple[int, ...]] = {}
    closed: Question | None = None
    way: tuple[Place, Place] | None = None
    for number, pair in enumerate(plan.pairs):
        for season, months in enumerate(plan.seasons):
            if not pair.teu[season]:
                continue
            question = session.pose(_asked(pair.scenario, months[1]), (corridor,))
            option = _option(question)
            if option is None:
                closed = closed or question
                continue
            ends = session.ends_of(pair.scenario)
            if way is None:
                # The first box decides where the service calls, unless the plan says so.
                way, calls = ends, main_ends(option)
                service = replace(
                    service,
                    loads_at=service.loads_at or calls[:1],
                    unloads_at=service.unloads_at or calls[1:],
                )
                corridor = _between(written, service)
            back = _is_back(way, ends)
            # Whether it sails all through a season is a matter of the way, not of the pair.
            if back not in open_in:
                open_in[back] = _open_seasons(plan, pair.scenario, corridor, session)
            if season in open_in[back]:
                bill = bill_of(option, question, train_teu=service.train_teu)
                ridden.append(Ridden(pair=number, season=season, bill=bill, back=back))
    seasons = tuple(n for n in range(SEASONS) if all(n in held for held in open_in.values()))
    ridden = [one for one in ridden if one.season in seasons]
    return Posed(
        service=service,
        corridor=corridor,
        seasons=seasons if ridden else (),
        ridden=tuple(ridden),
        why_not="" if ridden else _why_not(closed),
    )


def _why_not(closed: Question | None) -> str:
    """Return why a service takes no box, if its way is closed to one as `closed` asks."""
    if closed is None:
        return "it cannot sail through any season from its first month to its last"
    option = report(search(closed, 0, fronts=False), figures_only=True)
    return option.reason or f"{option.status}"


def _between(corridor: Corridor, service: CandidateService) -> Corridor:
    """Return a corridor whose main carriage runs between the calls of a service by its ships."""
    sides = (service.loads_at, service.unloads_at)
    first, last = (
        (MustPass(name=", ".join(calls), any_of=calls),) if calls else () for calls in sides
    )
    return replace(
        corridor,
        must_pass=(*first, *corridor.must_pass, *last),
        main_services=_with_ship(corridor, service.ship),
        # Its ships need not be those that a comparison takes by default.
        reserved_services=corridor.reserved_services + ((service.ship,) if service.ship else ()),
    )


def _with_ship(corridor: Corridor, ship: str | None) -> tuple[str, ...]:
    """Return the services of the main carriage with one class of ships in place of the others."""
    if ship is None:
        return corridor.main_services
    by_land = [name for name in corridor.main_services if name.partition("/")[0] != "sea"]
    return (*by_land, ship)


def _asked(scenario: Scenario, month: date) -> Scenario:
    """Return the scenario of a box that leaves in the middle of a month."""
    return replace(scenario, departure=month.replace(day=MIDDLE))


def _wait_days(departures: float) -> float:
    """Return half the days between two departures."""
    return HOURS_PER_WEEK / departures / 2.0 / HOURS_PER_DAY


def _open_seasons(
    plan: DesignPlan,
    scenario: Scenario,
    corridor: Corridor,
    session: Session,
) -> tuple[int, ...]:
    """Return the seasons in which the service can leave in the middle of each month."""
    return tuple(
        season
        for season, months in enumerate(plan.seasons)
        if all(
            search(session.pose(_asked(scenario, month), (corridor,)), 0, fronts=False).best
            is not None
            for month in months
        )
    )


def _is_back(way: tuple[Place, Place], ends: tuple[Place, Place]) -> bool:
    """Return whether a pair travels against another: its ends lie nearer the other way round."""

    def km(one: Place, other: Place) -> float:
        return float(great_circle_km(one.lon, one.lat, other.lon, other.lat))

    (a, b), (start, end) = way, ends
    return km(a, end) + km(b, start) < km(a, start) + km(b, end)


class _Build:
    """The program of a plan, and what its numbers mean."""

    def __init__(
        self,
        plan: DesignPlan,
        posed: Sequence[Posed],
        others: dict[tuple[int, int], Alternative],
    ) -> None:
        self.plan = plan
        self.posed = posed
        self.others = others
        self.lots = [
            (pair, season)
            for pair, asked in enumerate(plan.pairs)
            for season in range(SEASONS)
            if asked.teu[season]
        ]
        self._lot = {lot: number for number, lot in enumerate(self.lots)}
        self._ships = list(
            dict.fromkeys(one.bill.vehicle for one in posed if one.ridden and _by_ship(one))
        )
        self._choices: list[Choice] = []
        self._rooms: list[Room] = []
        self.of_choice: list[tuple[int, float]] = []
        self.needs: list[tuple[int, ...]] = []
        self.fixed: list[float] = []
        self._columns: list[Column] = []
        self.meaning: dict[tuple[int, object], tuple[float, float, float]] = {}
        # What staying at home or going with others takes bounds what any box pays.
        for lot, (pair, season) in enumerate(self.lots):
            other = others.get((pair, season))
            if other is not None:
                self._columns.append(Column(lot=lot, name="", usd=_worth(plan.pairs[pair], other)))
        for number, one in enumerate(posed):
            for departures in one.service.departures if one.ridden else ():
                self._add(number, one, departures)
        # A service has a number of its own among those that have choices.
        tried = {number: n for n, number in enumerate(dict(self.of_choice))}
        self.tried = tried
        self.program = DesignProgram(
            teu=tuple(self._teu(lot) for lot in range(len(self.lots))),
            unmet_usd=(self._away_usd,) * len(self.lots),
            choices=tuple(
                replace(choice, service=tried[choice.service]) for choice in self._choices
            ),
            rooms=tuple(self._rooms),
            fleets=tuple(self._fleet(ship) for ship in self._ships),
            periods=SEASONS,
        )
        self.columns = tuple(self._columns)

    def _teu(self, lot: int) -> float:
        pair, season = self.lots[lot]
        return self.plan.pairs[pair].teu[season] * len(self.plan.seasons[season])

    @property
    def _away_usd(self) -> float:
        unmet = self.plan.unmet_usd_per_teu
        return MISSING_USD if unmet is None else unmet

    def _weeks(self, season: int) -> float:
        return self.plan.season_days[season] / DAYS_A_WEEK

    def _add(self, number: int, one: Posed, departures: float) -> None:
        """Add a choice of a service: what it takes, its rooms, and its columns."""
        choice = len(self._choices)
        wait = _wait_days(departures)
        fixed, needs, vehicles = 0.0, [], [0] * SEASONS
        rooms: dict[tuple[int, bool], int] = {}
        for season in one.seasons:
            out, back = (one.bills(season, back=way) for way in (False, True))
            if not out and not back:
                continue
            sailings = departures * self._weeks(season)
            vehicles[season] = _vehicles(one, out or back, departures)
            fixed += sailings * _sailing_usd(out, back)
            bill = (out or back)[0]
            if _by_ship(one):
                # Running costs are paid for ships in service, spare days between voyages included.
                day_usd = bill.day_usd * bill.running_share * (1.0 + bill.surcharge)
                fixed += vehicles[season] * self.plan.season_days[season] * day_usd
                fixed += vehicles[season] * self._capital_usd(bill, season) * bill.surcharge
                needs.append((self._ships.index(bill.vehicle), season, float(vehicles[season])))
            for way, bills in ((False, out), (True, back)):
                if bills:
                    rooms[season, way] = len(self._rooms)
                    self._rooms.append(Room(choice=choice, teu=sailings * bills[0].capacity_teu))
        self._choices.append(Choice(service=number, usd=fixed, needs=tuple(needs)))
        self.of_choice.append((number, departures))
        self.needs.append(tuple(vehicles))
        self.fixed.append(fixed)
        for ridden in one.ridden:
            pair, lot = self.plan.pairs[ridden.pair], self._lot[ridden.pair, ridden.season]
            days = ridden.bill.days + wait
            usd = ridden.bill.box_usd + _day_usd(pair) * days
            if _too_long(pair, days) or usd >= self._elsewhere(lot):
                continue
            room = rooms[ridden.season, ridden.back]
            name = (number, departures)
            self._columns.append(Column(lot=lot, name=name, usd=usd, rooms=(room,)))
            figures = ridden.bill.box_usd, days, ridden.bill.co2e_kg
            self.meaning[lot, name] = figures

    def _elsewhere(self, lot: int) -> float:
        """Return what a TEU of a lot takes without any service of the design."""
        pair, season = self.lots[lot]
        other = self.others.get((pair, season))
        away = self._away_usd
        return away if other is None else min(away, _worth(self.plan.pairs[pair], other))

    def _capital_usd(self, bill: ServiceBill, season: int) -> float:
        """Return the capital or hire of a ship for a season."""
        return bill.day_usd * (1.0 - bill.running_share) * self.plan.season_days[season]

    def _listed(self, ship: str) -> ShipsOfAClass:
        named = (fleet for fleet in self.plan.fleets if fleet.ship == ship)
        return next(named, ShipsOfAClass(ship=ship))

    def _idle_usd(self, ship: str, season: int, idle: Idle) -> float:
        """Return what an idle ship takes in a season, below 0 if it earns."""
        bill = self._bill_of(ship)
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

    def _bill_of(self, ship: str) -> ServiceBill:
        return next(one.bill for one in self.posed if one.ridden and one.bill.vehicle == ship)

    def _fleet(self, ship: str) -> Fleet:
        listed = self._listed(ship)
        seasons = range(SEASONS)
        return Fleet(
            usd_each=sum(self._capital_usd(self._bill_of(ship), season) for season in seasons),
            idle_usd=tuple(self._idle_usd(ship, season, listed.idle) for season in seasons),
            most=None if listed.most is None else float(listed.most),
        )

    def fleet_rows(self, found: Designed) -> tuple[FleetRow, ...]:
        """Return the ships of each class: held, in use and idle by season."""
        rows = []
        for number, ship in enumerate(self._ships):
            used = [0.0] * SEASONS
            for n in found.chosen:
                for fleet, season, vehicles in () if n is None else self.program.choices[n].needs:
                    used[season] += vehicles if fleet == number else 0.0
            held = max(used)
            idle_usd = {
                idle: sum(
                    (held - used[season]) * self._idle_usd(ship, season, idle)
                    for season in range(SEASONS)
                )
                for idle in Idle
            }
            idle = self._listed(ship).idle
            rows.append(
                FleetRow(
                    ship=ship,
                    held=round(held),
                    used=tuple(map(round, used)),
                    idle=idle,
                    held_usd=held * self.program.fleets[number].usd_each,
                    idle_usd=idle_usd[idle],
                    laid_up_usd=idle_usd[Idle.LAY_UP],
                    chartered_out_usd=idle_usd[Idle.CHARTER_OUT],
                )
            )
        return tuple(row for row in rows if row.held)

    def service_row(self, number: int, found: Designed) -> ServiceRow:
        """Return a candidate with its departures, and what every other number would gain."""
        one = self.posed[number]
        if not one.ridden:
            return ServiceRow(
                name=one.service.name, corridor=one.service.corridor, vehicle="", ends=("", ""),
                departures=0.0, seasons=(), round_trip_days=0.0, capacity_teu=0.0,
                sailing_usd=0.0, frequencies=(), why_not=one.why_not,
            )  # fmt: skip
        service = self.tried[number]
        run = found.chosen[service]
        bill = one.bill
        valued = {n: flows for (s, n), flows in found.beside.items() if s == service}
        without = valued.get(None)
        rows = [
            self._frequency(n, flows, without, chosen=n == run)
            for n, flows in sorted(valued.items(), key=lambda item: (item[0] is not None, item[0]))
        ]
        return ServiceRow(
            name=one.service.name,
            corridor=one.service.corridor,
            vehicle=bill.vehicle,
            ends=bill.ends,
            departures=0.0 if run is None else self.of_choice[run][1],
            seasons=one.seasons,
            round_trip_days=_round_trip_days(one, bill),
            capacity_teu=bill.capacity_teu,
            sailing_usd=_sailing_usd([bill], [bill] if _by_ship(one) else []),
            frequencies=tuple(rows),
        )

    def _frequency(
        self, n: int | None, flows: Flows, without: Flows | None, *, chosen: bool
    ) -> FrequencyRow:
        if n is None:
            return FrequencyRow(
                departures=0.0, vehicles=0, teu=0.0, fill=0.0, fixed_usd=0.0,
                usd_per_teu=None, gain_usd=0.0, chosen=chosen,
            )  # fmt: skip
        carried = [
            (column, teu)
            for column, teu in flows.teu
            if any(self.program.rooms[room].choice == n for room in column.rooms)
        ]
        teu = sum(teu for _, teu in carried)
        loads: dict[int, float] = {}
        for column, amount in carried:
            loads[column.rooms[0]] = loads.get(column.rooms[0], 0.0) + amount
        of_service = [r for r, room in enumerate(self.program.rooms) if room.choice == n]
        fill = max((loads.get(r, 0.0) / self.program.rooms[r].teu for r in of_service), default=0.0)
        fixed = self.fixed[n] + self._ships_usd(n)
        boxes = sum(amount * self.meaning[column.lot, column.name][0] for column, amount in carried)
        gain = math.nan if without is None else without.value_usd - flows.value_usd
        return FrequencyRow(
            departures=self.of_choice[n][1],
            vehicles=max(self.needs[n]),
            teu=teu,
            fill=fill,
            fixed_usd=fixed,
            usd_per_teu=(fixed + boxes) / teu if teu > LEAST_MISSING_TEU else None,
            gain_usd=gain,
            chosen=chosen,
        )

    def _ships_usd(self, n: int) -> float:
        """Return the capital of a choice's ships and what they take idle, if it has them alone."""
        needs = self.program.choices[n].needs
        if not needs:
            return 0.0
        fleet = self.program.fleets[needs[0][0]]
        held = max(vehicles for _, _, vehicles in needs)
        used = {season: vehicles for _, season, vehicles in needs}
        return held * fleet.usd_each + sum(
            (held - used.get(season, 0.0)) * fleet.idle_usd[season] for season in range(SEASONS)
        )

    def flow_rows(self, flows: Flows) -> tuple[DesignFlow, ...]:
        """Return the TEU of each pair and season by their ways."""
        return tuple(self._flow(column, teu) for column, teu in flows.teu)

    def _flow(self, column: Column, teu: float) -> DesignFlow:
        pair, season = self.lots[column.lot]
        if column.rooms:
            number, _ = self.of_choice[self.program.rooms[column.rooms[0]].choice]
            one = self.posed[number]
            usd, days, kg = self.meaning[column.lot, column.name]
            service, corridor = one.service.name, one.service.corridor
        else:
            other = self.others[pair, season]
            usd, days, kg = other.usd, other.days, other.co2e_kg
            service, corridor = "", other.corridor
        return DesignFlow(
            pair=self.plan.pairs[pair].name,
            season=season,
            service=service,
            corridor=corridor,
            teu=teu,
            usd_per_teu=usd,
            days=days,
            co2e_kg_per_teu=kg,
        )


def _by_ship(one: Posed) -> bool:
    return one.bill.vehicle_days > 0.0


def _round_trip_days(one: Posed, bill: ServiceBill) -> float:
    """Return the days of a ship or a set of wagons from one departure to its next."""
    if _by_ship(one):
        return 2.0 * bill.vehicle_days
    return 2.0 * (bill.one_way_days + load_parameters().value("train.turn_days"))


def _vehicles(one: Posed, bills: Sequence[ServiceBill], departures: float) -> int:
    """Return the ships or train sets that keep a number of departures a week."""
    days = max(_round_trip_days(one, bill) for bill in bills)
    return math.ceil(days * departures / DAYS_A_WEEK - 1e-9)


def _sailing_usd(out: Sequence[ServiceBill], back: Sequence[ServiceBill]) -> float:
    """Return what a departure takes there and back, without the days of a ship.

    A ship sails back whatever it carries. A train back is bought where the plan has boxes for it;
    elsewhere the railways return the wagons, which the rates of trains contain.
    """
    bill = (out or back)[0]
    if bill.vehicle_days > 0.0:
        other = (back or out)[0]
        return (bill.sailing_usd + other.sailing_usd) * (1.0 + bill.surcharge)
    return sum(bills[0].sailing_usd for bills in (out, back) if bills)


def _refuse_missing(plan: DesignPlan, build: _Build, found: Designed) -> None:
    if plan.unmet_usd_per_teu is not None:
        return
    faults = [*_missing_faults(plan, build, found)]
    if faults:
        raise ConfigError(faults)


def _missing_faults(plan: DesignPlan, build: _Build, found: Designed) -> Iterator[str]:
    for (pair, season), teu in zip(build.lots, found.flows.missing, strict=True):
        if teu <= LEAST_MISSING_TEU:
            continue
        months = plan.seasons[season]
        yield (
            f"{plan.at(f'pairs[{pair}]')}{teu:,.0f} TEU of {plan.pairs[pair].name} from"
            f" {months[0]:%Y-%m} to {months[-1]:%Y-%m} have no way: no candidate has room for them"
            " and no alternative is open; add departures, ships or alternatives, or set"
            " unmet_usd_per_teu"
        )
