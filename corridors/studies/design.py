"""Choose which weekly trains and loops to run for a year of boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, product

from corridors.data.names import capacity_title
from corridors.data.parameters import load_parameters
from corridors.domain.plan import Pair
from corridors.domain.scenario import DeclaredService
from corridors.domain.service_design import (
    SEASONS,
    DesignFlow,
    DesignPlan,
    FleetRow,
    FrequencyRow,
    FullPlace,
    Idle,
    ServiceRow,
    ShipsOfAClass,
)
from corridors.domain.windows import months_later
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.planning.design_choice import choose_services
from corridors.optimise.planning.design_program import (
    Choice,
    Column,
    Designed,
    DesignProgram,
    Fleet,
    Flows,
    Room,
)
from corridors.output.design_result import ServiceDesign
from corridors.progress import Progress, quiet
from corridors.studies.service_bills import ServiceBill
from corridors.studies.service_ways import (
    Capacities,
    Other,
    Posed,
    Ridden,
    Uses,
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
    with HighsProcess() as highs:
        found = choose_services(
            build.program,
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
        without_usd=None if build.missing_teu(found.without) else found.without.value_usd,
        full=build.full_places(found.flows),
        stopped=found.stopped,
        columns=len(build.program.columns),
        choices=len(build.program.choices),
    )


def _worth(pair: Pair, other: Other) -> float:
    return other.usd + _day_usd(pair) * other.days


def _day_usd(pair: Pair) -> float:
    return pair.scenario.shipment.value_of_time_usd_per_teu_day


def _wait_days(departures: float) -> float:
    """Return half the days between two departures."""
    return HOURS_PER_WEEK / departures / 2.0 / HOURS_PER_DAY


class _Build:
    """The program of a plan, and what its numbers mean."""

    def __init__(
        self,
        plan: DesignPlan,
        posed: Sequence[Posed],
        ridden: Sequence[Ridden],
        others: Mapping[tuple[int, int], Sequence[Other]],
        capacities: Capacities,
    ) -> None:
        self.plan = plan
        self.posed = posed
        self.lots = [
            (pair, season)
            for pair, asked in enumerate(plan.pairs)
            for season in range(SEASONS)
            if asked.teu[season]
        ]
        self._lot = {lot: number for number, lot in enumerate(self.lots)}
        self._ships = list(
            dict.fromkeys(one.bill.vehicle for one in posed if one.bills and one.bill.by_ship)
        )
        self._choices: list[Choice] = []
        self._rooms: list[Room] = []
        self._room: dict[tuple[int, int, bool], int] = {}
        self.of_choice: list[tuple[int, float]] = []
        self.needs: list[tuple[int, ...]] = []
        self.fixed: list[float] = []
        # Those that run have numbers of their own.
        self.tried = {
            number: n for n, number in enumerate(n for n, one in enumerate(posed) if one.bills)
        }
        for number in self.tried:
            for departures in posed[number].service.departures:
                self._add_choice(number, departures)
        self._places = self._scarce(capacities, [*ridden], others)
        self._place = {key: n for n, key in enumerate(self._places)}
        self._columns: list[Column] = []
        self._by_others: dict[int, list[Column]] = {}
        self.meaning: dict[tuple[int, object], Other | tuple[Ridden, float]] = {}
        for lot, key in enumerate(self.lots):
            for other in others.get(key, ()):
                usd = _worth(plan.pairs[key[0]], other)
                self._add_column(lot, other.corridor, usd, other.uses, means=other)
        for number, one in enumerate(ridden):
            self._add_boxes(number, one)
        self.program = DesignProgram(
            teu=tuple(self._teu(lot) for lot in range(len(self.lots))),
            unmet_usd=self._away_usd,
            choices=tuple(self._choices),
            rooms=tuple(self._rooms),
            columns=tuple(self._columns),
            fleets=tuple(self._fleet(ship) for ship in self._ships),
            capacities=tuple(self._places.values()),
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
                by_lot = most.setdefault((name, self.lots[lot][1]), {})
                by_lot[lot] = max(by_lot.get(lot, 0.0), each * self._teu(lot))
        share = self.plan.capacity_share
        if share is None:
            share = load_parameters().value("plan.capacity_share")
        held = {
            (name, season): capacities.teu_per_week[name, season] * share * self._weeks(season)
            for name, season in most
        }
        return {key: teu for key, teu in held.items() if sum(most[key].values()) > teu}

    def _add_column(
        self,
        lot: int,
        name: object,
        usd: float,
        uses: Uses,
        *,
        means: Other | tuple[Ridden, float],
        rooms: tuple[int, ...] = (),
    ) -> None:
        """Add a way of a lot, unless others run one that costs no more and takes no more."""
        season = self.lots[lot][1]
        places = self._place
        taken = {places[name, season]: teu for name, teu in uses if (name, season) in places}
        if usd >= self._away_usd or any(
            other.usd <= usd and all(teu <= taken.get(n, 0.0) for n, teu in other.uses)
            for other in self._by_others.get(lot, ())
        ):
            return
        column = Column(lot=lot, name=name, usd=usd, rooms=rooms, uses=tuple(taken.items()))
        self._columns.append(column)
        self.meaning[lot, name] = means
        if not rooms:
            self._by_others.setdefault(lot, []).append(column)

    def _teu(self, lot: int) -> float:
        pair, season = self.lots[lot]
        return self.plan.pairs[pair].teu[season] * len(self.plan.seasons[season])

    @property
    def _away_usd(self) -> float:
        unmet = self.plan.unmet_usd_per_teu
        return MISSING_USD if unmet is None else unmet

    def _weeks(self, season: int) -> float:
        return self.plan.season_days[season] / DAYS_A_WEEK

    def _add_choice(self, number: int, departures: float) -> None:
        """Add a choice of a service: what it takes, and its rooms."""
        choice, one = len(self._choices), self.posed[number]
        fixed, needs, vehicles = 0.0, [], [0] * SEASONS
        for season in one.seasons:
            out, back = (one.bills.get((season, way), ()) for way in (False, True))
            if not out and not back:
                continue
            sailings = departures * self._weeks(season)
            vehicles[season] = _vehicles(out or back, departures)
            fixed += sailings * _sailing_usd(out, back)
            bill = (out or back)[0]
            if bill.by_ship:
                # Running costs are paid for ships in service, spare days between voyages included.
                day_usd = bill.day_usd * bill.running_share * (1.0 + bill.surcharge)
                fixed += vehicles[season] * self.plan.season_days[season] * day_usd
                fixed += vehicles[season] * self._capital_usd(bill, season) * bill.surcharge
                needs.append((self._ships.index(bill.vehicle), season, float(vehicles[season])))
            for way, bills in ((False, out), (True, back)):
                if bills:
                    self._room[choice, season, way] = len(self._rooms)
                    self._rooms.append(Room(choice=choice, teu=sailings * bills[0].capacity_teu))
        self._choices.append(Choice(service=self.tried[number], usd=fixed, needs=tuple(needs)))
        self.of_choice.append((number, departures))
        self.needs.append(tuple(vehicles))
        self.fixed.append(fixed)

    def _add_boxes(self, number: int, one: Ridden) -> None:
        """Add the columns of a box for all departures of the services that it rides on."""
        pair, lot = self.plan.pairs[one.pair], self._lot[one.pair, one.season]
        of_service = [
            [n for n, (service, _) in enumerate(self.of_choice) if service == on.service]
            for on in one.boarded
        ]
        for choices in product(*of_service):
            days = one.days + sum(_wait_days(self.of_choice[n][1]) for n in choices)
            if is_too_long(pair, days):
                continue
            rooms = tuple(
                self._room[n, one.season, on.back]
                for n, on in zip(choices, one.boarded, strict=True)
            )
            usd = one.box_usd + _day_usd(pair) * days
            name = number, choices
            self._add_column(lot, name, usd, one.uses, means=(one, days), rooms=rooms)

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
        return next(one.bill for one in self.posed if one.bills and one.bill.vehicle == ship)

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
            rows.append(
                FleetRow(
                    ship=ship,
                    held=round(held),
                    used=tuple(map(round, used)),
                    idle=self._listed(ship).idle,
                    held_usd=held * self.program.fleets[number].usd_each,
                    if_idle_usd=idle_usd,
                )
            )
        return tuple(row for row in rows if row.held)

    def service_row(self, number: int, found: Designed) -> ServiceRow:
        """Return a candidate with its departures, and what every other number would gain."""
        one = self.posed[number]
        if not one.bills:
            return ServiceRow(
                name=one.service.name, corridor=one.service.corridor, vehicle="", ends=("", ""),
                departures=0.0, seasons=(), round_trip_days=0.0, capacity_teu=0.0,
                sailing_usd=0.0, frequencies=(), why_not=one.why_not,
            )  # fmt: skip
        service = self.tried[number]
        run = found.chosen[service]
        bill = one.bill
        few = self.too_few_ships(number)
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
            round_trip_days=_round_trip_days(bill),
            capacity_teu=bill.capacity_teu,
            sailing_usd=_sailing_usd([bill], [bill] if bill.by_ship else []),
            frequencies=() if few else tuple(rows),
            why_not=few,
            declared=() if run is None else tuple(self._declared(one, self.of_choice[run][1])),
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
        if len(one.seasons) == len(self.plan.seasons):
            yield usual
            return
        numbered = groupby(enumerate(one.seasons), key=lambda pair: pair[1] - pair[0])
        spells = [[season for _, season in group] for _, group in numbered]
        for number, spell in enumerate(spells, 1):
            first, last = self.plan.seasons[spell[0]][0], self.plan.seasons[spell[-1]][-1]
            yield replace(
                usual,
                name=usual.name + (f" ({number})" if len(spells) > 1 else ""),
                first_day=first,
                last_day=months_later(last, 1) - timedelta(days=1),
            )

    def too_few_ships(self, number: int) -> str:
        """Return in words that the plan has too few ships for any departures of a service."""
        of_service = [n for n, (service, _) in enumerate(self.of_choice) if service == number]
        needed = min((max(self.needs[n]) for n in of_service), default=0)
        ship = self.posed[number].bill.vehicle if of_service else ""
        most = self._listed(ship).most
        if most is None or needed <= most:
            return ""
        return f"its fewest departures need {needed} ships of {ship}, and fleets has {most}"

    def _frequency(
        self, n: int | None, flows: Flows, without: Flows | None, *, chosen: bool
    ) -> FrequencyRow:
        missing = self.missing_teu(flows)
        if n is None:
            return FrequencyRow(
                departures=0.0, vehicles=0, teu=0.0, fill=0.0, fixed_usd=0.0, usd_per_teu=None,
                gain_usd=None if missing else 0.0, missing_teu=missing, chosen=chosen,
            )  # fmt: skip
        carried = [
            (column, teu)
            for column, teu in flows.teu
            if any(self.program.rooms[room].choice == n for room in column.rooms)
        ]
        teu = sum(teu for _, teu in carried)
        loads: dict[int, float] = {}
        for column, amount in carried:
            for room in column.rooms:
                loads[room] = loads.get(room, 0.0) + amount
        of_service = [r for r, room in enumerate(self.program.rooms) if room.choice == n]
        fill = max((loads.get(r, 0.0) / self.program.rooms[r].teu for r in of_service), default=0.0)
        fixed = self.fixed[n] + self._ships_usd(n)
        boxes = sum(amount * self._box(column)[0] for column, amount in carried)
        compares = without is not None and not missing and not self.missing_teu(without)
        return FrequencyRow(
            departures=self.of_choice[n][1],
            vehicles=max(self.needs[n]),
            teu=teu,
            fill=fill,
            fixed_usd=fixed,
            usd_per_teu=(fixed + boxes) / teu if teu > LEAST_MISSING_TEU else None,
            gain_usd=without.value_usd - flows.value_usd if without and compares else None,
            missing_teu=missing,
            chosen=chosen,
        )

    def missing_teu(self, flows: Flows) -> float:
        """Return the TEU a year that must travel and have no way."""
        if self.plan.unmet_usd_per_teu is not None:
            return 0.0
        return sum(teu for teu in flows.missing if teu > LEAST_MISSING_TEU)

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
        means = self.meaning[column.lot, column.name]
        usd, days, kg = self._box(column)
        ridden = () if isinstance(means, Other) else means[0].boarded
        services = [self.posed[on.service].service for on in ridden]
        corridors = (
            (means.corridor,)
            if isinstance(means, Other)
            else tuple(service.corridor for service in services if service.corridor)
        )
        return DesignFlow(
            pair=self.plan.pairs[pair].name,
            season=season,
            services=tuple(service.name for service in services),
            corridors=corridors,
            teu=teu,
            usd_per_teu=usd,
            days=days,
            co2e_kg_per_teu=kg,
        )

    def _box(self, column: Column) -> tuple[float, float, float]:
        """Return USD, days and kg of CO2e of a TEU on a column, without departures."""
        means = self.meaning[column.lot, column.name]
        if isinstance(means, Other):
            return means.usd, means.days, means.co2e_kg
        one, days = means
        return one.box_usd, days, one.co2e_kg

    def full_places(self, flows: Flows) -> tuple[FullPlace, ...]:
        """Return the capacities that are used up, those worth most first."""
        worth = flows.prices.capacity_usd.tolist()
        places = [
            FullPlace(name=name, season=season, teu=teu, usd_per_teu=usd)
            for ((name, season), teu), usd in zip(self._places.items(), worth, strict=True)
            if usd > LEAST_WORTH_USD
        ]
        return tuple(sorted(places, key=lambda place: -place.usd_per_teu))


def _round_trip_days(bill: ServiceBill) -> float:
    """Return the days of a ship or a set of wagons from one departure to its next."""
    if bill.by_ship:
        return 2.0 * bill.vehicle_days
    return 2.0 * (bill.one_way_days + load_parameters().value("train.turn_days"))


def _vehicles(bills: Sequence[ServiceBill], departures: float) -> int:
    """Return the ships or train sets that keep a number of departures a week."""
    days = max(map(_round_trip_days, bills))
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


def _refuse_unused_ships(plan: DesignPlan, posed: Sequence[Posed]) -> None:
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


def _refuse_missing(plan: DesignPlan, build: _Build, found: Designed) -> None:
    if plan.unmet_usd_per_teu is not None:
        return
    faults = [*_missing_faults(plan, build, found)]
    if faults:
        raise ConfigError(faults)


def _missing_faults(plan: DesignPlan, build: _Build, found: Designed) -> Iterator[str]:
    """Yield by pair how many boxes have no way, when, and what is full."""
    missing: dict[int, dict[int, float]] = {}
    for (pair, season), teu in zip(build.lots, found.flows.missing, strict=True):
        if teu > LEAST_MISSING_TEU:
            missing.setdefault(pair, {})[season] = teu
    for pair, by_season in missing.items():
        when = ", ".join(
            f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"
            for months in map(plan.seasons.__getitem__, by_season)
        )
        full = [
            capacity_title(place.name)
            for place in build.full_places(found.flows)
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
