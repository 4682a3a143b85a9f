"""Price arcs by the parameters of a scenario: rates of legs, operations of transfers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from corridors.arrays import FloatArray
from corridors.costing import operations, passages, pricing, running
from corridors.costing.drayage import Drayages, with_drayage
from corridors.costing.pace import Profile
from corridors.costing.passages import escort, zone_shares
from corridors.costing.running import running_rate
from corridors.costing.ship_in_ice import IceCalendars, IceDays, IceYear, ice_figures
from corridors.costing.ships import ship_of, with_policy
from corridors.costing.speed import sailing_speed
from corridors.data.access import (
    Direction,
    direction_of,
    load_regions,
    region_of,
    trade_of,
    war_risk_is_dated,
    within_a_region,
)
from corridors.data.parameters import OwnFigures, ParameterTable, load_country_groups
from corridors.data.paths import data_state
from corridors.data.sea_areas import AREA_NAMES, areas_in_force
from corridors.data.series import last_dated
from corridors.domain.places import Family, Service, Terminal, TerminalKind
from corridors.domain.scenario import CUSTOMS_OF_TODAY, Customs, Override, Shipment, Subsidies
from corridors.domain.values import BillLine, Operation, RunningRate, SourcedValue, Status
from corridors.network.land.drayage_legs import Drayage, DrayageKey
from corridors.network.locate import Place
from corridors.network.rules.calendar import ClosedArcs, OpenDays, end_countries, open_days
from corridors.network.rules.capacity import USERS
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_HOUR, in_percent

# The parameters that a scenario's world and direction set.

IN_WORDS = MappingProxyType(
    {
        "war_risk.dated": "war-risk premiums are those of the year of departure (set by the world)",
        "rail.subsidies_paid": "China's subsidies on trains are paid (set by `subsidies`)",
        "ship.backhaul": "boxes travel against the main flow of the trade (set by the trade lane)",
        "rail.ends_in_russia": (
            "trains that end in Russia are slower than transit trains (set by the destination)"
        ),
        "rail.ends_in_central_asia": (
            "trains that end in Central Asia wait longer at China's border than transit trains"
            " (set by the destination)"
        ),
        "rail.central_asia_europe": (
            "boxes between Europe and Central Asia ride in scheduled trains, which are slower than"
            " transit trains (set by the ends)"
        ),
        "rail.russia_to_china": (
            "trains from Russia to China wait longer at the border of China than transit trains"
            " (set by the ends)"
        ),
    }
)
"""The switches that `settings_of` sets, in words."""

OF_A_TRADE = ("ets.voyage_share", "ship.backhaul_cost_share", "repositioning.headhaul_share")
"""Parameters with a row by trade lane or within a region, which replaces the general one."""


def settings_of(
    world: str, ends: Sequence[Place], *, subsidies: Subsidies = Subsidies.NONE
) -> tuple[Override, ...]:
    """Return the switches that a scenario's world, direction and subsidies set.

    Its overrides win.
    """
    direction = direction_between(ends)
    in_central_asia = [end.country in load_country_groups()["CENTRAL-ASIA"] for end in ends]
    in_europe = [end.country in load_regions()["europe"].countries for end in ends]
    scheduled = any(in_central_asia) and any(in_europe)
    settings = (
        ("war_risk.dated", war_risk_is_dated(world)),
        ("ship.backhaul", direction is not None and direction.is_back),
        ("rail.ends_in_russia", ends[-1].country == "RU"),
        ("rail.ends_in_central_asia", in_central_asia[-1]),
        ("rail.central_asia_europe", scheduled),
        ("rail.subsidies_paid", subsidies is Subsidies.FOUND),
        ("rail.russia_to_china", (ends[0].country, ends[-1].country) == ("RU", "CN")),
    )
    return tuple(
        Override(parameter=parameter, scope=None, value=1.0)
        for parameter, is_set in settings
        if is_set
    )


def direction_between(ends: Sequence[Place]) -> Direction | None:
    """Return the trade lane of two ends and its direction; None if none is listed."""
    return direction_of(ends[0].country, ends[-1].country)


def trade_between(ends: Sequence[Place]) -> str:
    """Return the scope of the trade between two ends; see `trade_of`."""
    return trade_of(ends[0].country, ends[-1].country)


def with_trade(table: ParameterTable, trade: str) -> ParameterTable:
    """Return a table in which the rows of a trade, by its scope, stand for the general ones.

    Rows of a service stay, as do general ones that the scenario replaced.
    """
    if not trade:
        return table
    made = []
    for parameter in OF_A_TRADE:
        row, general = table.get(parameter, trade), table.get(parameter)
        if row.scope and general.status is not Status.SCENARIO:
            made.append(replace(row, scope=""))
    return table.with_rows(made) if made else table


def lane_note(
    ends: Sequence[Place], table: ParameterTable, direction: Direction | None
) -> str | None:
    """Return what the direction of a question does to its prices; None on a headhaul."""
    first, last = ends[0], ends[-1]
    if direction is None:
        if not first.country or not last.country or within_a_region(first.country, last.country):
            return None
        return (
            f"no trade lane is listed between {first.name} and {last.name}: ships are assumed to be"
            " equally full both ways"
        )
    if table.value("ship.backhaul") <= 0.0:
        return None
    by_sea = table.value("ship.backhaul_cost_share")
    by_rail = table.value("rail.backhaul_rate_share", "rail/1520")
    return (
        f"this is the return direction of the trade {direction.title}: a box pays"
        f" {in_percent(by_sea)}% of an outbound box's share of the ship, and {in_percent(by_rail)}%"
        " of the outbound train rate between Asia and Europe; handling is paid in full"
    )


INLAND = (Family.RAIL, Family.ROAD, Family.RIVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTerms:
    """The terms of a question, apart from network and shipment.

    `days` is the horizon from `first_day` on. `prices_day` is the day whose prices hold, by default
    `first_day`. `halves` are those of a ship's fuel that the EU rules
    count for the ends of the question, see `ships`.
    """

    first_day: date
    days: int
    ice_year: str
    speed: str | float = "reference"
    halves: int = 0
    customs: Customs = CUSTOMS_OF_TODAY
    prices_day: date | None = None


class _RateInIce(NamedTuple):
    """The rate of a ship in a regime of ice, and its minutes, cents and grams per km."""

    rate: RunningRate
    per_km: tuple[float, float, float]


def own_rows(parameters: ParameterTable) -> tuple[SourcedValue, ...]:
    """Return the rows that replace shipped ones or are added, but for capacities.

    Capacities do not change prices.
    """
    return tuple(new for _, new in parameters.replaced if new.parameter not in USERS)


def key_of_day(parameters: ParameterTable, departure: date, prices_day: date) -> Hashable:
    """Return the key of everything by which prices of arcs differ between days of departure.

    The last years up to those of departure and prices that rows name, and whether they are these;
    the emission control areas in force, and the rows that hold, among them series of prices and
    what is quoted; and the day as of which rows are known.
    """
    years = [(last_dated(parameters, day.year), day.year) for day in (departure, prices_day)]
    held = tuple((last, last == year) for last, year in years)
    return held, areas_in_force(departure), own_rows(parameters), parameters.known_on


class Pricer:
    """Rates, operations and profiles of one question."""

    def __init__(
        self,
        topology: Topology,
        parameters: ParameterTable,
        shipment: Shipment,
        *,
        terms: PriceTerms,
        terminals: Mapping[str, Terminal],
        calendars: IceCalendars,
        closures: Sequence[ClosedArcs],
        drayages: Mapping[DrayageKey, Drayage] | None = None,
    ) -> None:
        self.topology = topology
        self.parameters = parameters
        self.shipment = shipment
        self.terms = terms
        self.closures = list(closures)
        self._terminals = terminals
        self._calendars = calendars
        self._drayages = Drayages(drayages or {}, parameters, shipment)
        self._of_ice = parameters
        self._bound_for = region_of(("", *end_countries(topology))[-1])
        # Of this question alone: knots by ship, rates by ship and regime, ice by ship and area.
        self._knots: dict[int, float | None] = {}
        self._in_ice: dict[tuple[int, str], _RateInIce] = {}
        self._ice_years: dict[tuple[int, int], IceYear] = {}

    def at(self, parameters: ParameterTable, *, ice_year: str | None = None) -> Pricer:
        """Return the pricer of the same question with other values of parameters, or other ice.

        Ships keep their speeds in open water: one chosen as the best at the question's prices is
        not chosen again. What the ice of a day is, and how a fee is shared over areas, follows from
        the question's own values: a draw of the ice is another year.
        """
        terms = self.terms if ice_year is None else replace(self.terms, ice_year=ice_year)
        made = Pricer(
            self.topology,
            parameters,
            self.shipment,
            terms=terms,
            terminals=self._terminals,
            calendars=self._calendars,
            closures=self.closures,
            drayages=self._drayages.legs,
        )
        made._knots = {n: self.knots(n) for n in range(len(self.topology.services))}
        made._of_ice = self._of_ice
        return made

    @property
    def first_day(self) -> date:
        """The day of departure; days are counted from it."""
        return self.terms.first_day

    @property
    def bill_key(self) -> Hashable:
        """Key of everything but the network and its drayages that bills depend on.

        Of a replaced price its numbers do not count, as prices multiply bills later. They count in
        the best speed of a ship, which is slower where fuel is dear.
        """
        knots = tuple(self.knots(service) for service in range(len(self.topology.services)))
        figures = self.own_figures
        return self.book_key, knots, figures.of(figures.names - set(USERS))

    @property
    def book_key(self) -> Hashable:
        """The part of `bill_key` that is neither a figure nor the speed of a ship.

        A bill is that of one TEU, whatever bans it; what a day is worth counts in speeds alone.
        """
        terms, box = self.terms, self.shipment
        return (
            (box.equipment, box.cargo, box.cargo_t_per_teu, box.value_usd_per_teu),
            terms.customs,
            self.year,
            self.price_year,
            terms.halves,
            self._bound_for,
            self.parameters.known_on,
            # Of a running session the shipped tables may be edited.
            data_state(),
        )

    @cached_property
    def own_figures(self) -> OwnFigures:
        """The figures on which bills may depend that are not the shipped ones."""
        return OwnFigures(self.parameters)

    @property
    def price_key(self) -> Hashable:
        """Key of everything but the network that prices of arcs depend on."""
        of_day = key_of_day(self.parameters, self.first_day, self.prices_day)
        return self.bill_key, self.ends_key, of_day

    @property
    def ends_key(self) -> Hashable:
        """Key of the drayages at both ends."""
        return tuple(self._drayages.legs.items())

    def drayage_key(self, arc: int) -> Hashable:
        """Key of the drayage of an arc; None without one."""
        found = self._drayages.leg(self.topology, arc)
        if found is None:
            return None
        return found.from_id, found.from_name, found.to_id, found.to_name, found.country, found.km

    @property
    def ice_key(self) -> Hashable:
        """Key of everything that the ice of a day depends on."""
        return self.terms.ice_year, ice_figures(self._of_ice)

    @property
    def year(self) -> str:
        """The calendar year of the departure, which some prices depend on."""
        return str(self.first_day.year)

    @property
    def prices_day(self) -> date:
        """The day whose prices hold."""
        return self.terms.prices_day or self.first_day

    @property
    def price_year(self) -> str:
        """The calendar year whose prices hold, where they are known by year."""
        return str(self.prices_day.year)

    def terminal(self, place: int) -> Terminal:
        """Return the terminal of a place, or one made for a port or point that has none."""
        here = self.topology.places[place]
        if (known := self._terminals.get(here.id)) is not None:
            return known
        return Terminal(
            id=here.id,
            name=here.name,
            city=here.name,
            main=True,
            aliases=(),
            kind=TerminalKind.PORT,
            country=here.country,
            lon=here.lon,
            lat=here.lat,
            unlocode=here.id if len(here.id) == 5 else "",
            services=(),
            gauges_mm=(),
            source="",
            status="",
        )

    @property
    def eca_in_force(self) -> tuple[int, ...]:
        """The emission control areas in force on the day of departure, by number."""
        return areas_in_force(self.first_day)

    def rate(
        self,
        service: int,
        country: int,
        regime: str = "",
        *,
        halves: int | None = None,
        low_sulphur: bool = False,
        is_east: bool = False,
    ) -> RunningRate:
        """Return the running rate of a service in a country, in an ice regime, or in an ECA.

        The EU rules count `halves` of a ship's fuel, by default those of the question's ends.
        `is_east` is for trains in the east of Russia.
        """
        counted = self.terms.halves if halves is None else halves
        found = running_rate(
            self.topology.services[service],
            self.parameters,
            self.shipment,
            country=next(iter(self.topology.countries[country]), ""),
            regime=regime,
            speed_kn=self.knots(service),
            low_sulphur=low_sulphur,
            year=self.year,
            is_east=is_east,
        )
        bill = self._ruled(found.bill_per_km, counted)
        found = replace(found, key=f"{found.key}|{counted}", bill_per_km=bill)
        return passages.insured_in_ice(found, self.parameters, self.shipment) if regime else found

    def _ruled(self, bill: Sequence[BillLine], halves: int) -> tuple[BillLine, ...]:
        given = {"year": self.first_day.year, "price_year": int(self.price_year), "halves": halves}
        return with_policy(bill, self.parameters, **given)

    def knots(self, service: int) -> float | None:
        """Return the chosen speed of a ship in open water; None for its reference speed."""
        if service not in self._knots:
            ship = self.topology.services[service]
            given = ship, self.parameters, self.shipment, self.terms.speed
            self._knots[service] = sailing_speed(*given)
        return self._knots[service]

    def operation(self, arc: int) -> Operation | None:
        """Return the operation on an arc, None if there is none; drayage comes last.

        Canal and berth fuel count under the EU rules like the voyage.
        """
        found = self._carried(arc)
        drayage = self.drayage(arc)
        return with_drayage(found, drayage[1]) if found and drayage else found

    def wait_for_line(self, arc: int) -> operations.WaitByInterval:
        """Return the wait on an arc that boards a line, by the time between its departures."""
        network = self.topology
        kind = ArcKind(int(network.kind[arc]))
        state = int((network.head if kind is ArcKind.LOAD else network.tail)[arc])
        before = None if kind is ArcKind.LOAD else network.services[network.state_service[state]]
        return operations.wait_for_line(
            before,
            network.services[int(network.service[arc])],
            self.terminal(int(network.state_place[state])),
            self.parameters,
            self.shipment,
            year=self.year,
        )

    def drayage(self, arc: int) -> tuple[Drayage, Operation] | None:
        """Return the drayage before a LOAD or after an UNLOAD with its operation, or None."""
        return self._drayages.at(self.topology, arc)

    def _carried(self, arc: int) -> Operation | None:
        kind = ArcKind(int(self.topology.kind[arc]))
        found = self._passed(arc) if kind is ArcKind.LEG else self._handled(arc, kind)
        service = self.topology.services[int(self.topology.service[arc])]
        if found is not None and running.is_reefer(self.shipment):
            found = self._supplied(found, service, arc)
        if found is None or Family.SEA not in self.topology.families(arc):
            return found
        return replace(found, bill=self._ruled(found.bill, self.terms.halves))

    def _handled(self, arc: int, kind: ArcKind) -> Operation:
        """Return a loading, unloading or change before the EU rules."""
        network, given = self.topology, (self.parameters, self.shipment)
        service = network.services[int(network.service[arc])]
        state = int((network.head if kind is ArcKind.LOAD else network.tail)[arc])
        here, ships = self.terminal(int(network.state_place[state])), [service]
        if service.family is Family.ROAD and self._drayages.leg(network, arc):
            found = operations.same_truck()
        elif kind is ArcKind.LOAD:
            found = operations.load(service, here, *given, year=self.year)
        elif kind is ArcKind.UNLOAD:
            found = operations.unload(service, here, *given)
        else:
            ships.insert(0, network.services[int(network.state_service[state])])
            found = operations.change(ships[0], service, here, *given, year=self.year)
            by_land = ships[0].family is Family.SEA and service.family in INLAND
            if by_land and region_of(here.country) != self._bound_for:
                lines = operations.return_by_land(service.family, *given)
                found = replace(found, bill=(*found.bill, *lines))
        called = passages.with_calls(found, here, ships, self.parameters, year=self.year)
        if kind is ArcKind.UNLOAD:
            return passages.with_demurrage(called, *given)
        before = ships[0] if kind is ArcKind.CHANGE else None
        return passages.insured(called, service, *given, before=before)

    def _passed(self, arc: int) -> Operation | None:
        """Return the operation of the border, canal and gate of a leg, None if there are none."""
        network, given, year = self.topology, (self.parameters, self.shipment), self.first_day.year
        service = network.services[int(network.service[arc])]
        countries = network.countries[int(network.country[arc])]
        made: list[Operation | None] = []
        at_border = len(countries) > 1
        if at_border:
            ends = (network.place_of(int(at[arc])).id for at in (network.tail, network.head))
            crossed = passages.border(
                countries,
                service,
                *given,
                customs=self.terms.customs,
                places=tuple(ends),
                year=self.year,
            )
            made.append(crossed)
            pair = "-".join(sorted(countries))
            made.append(passages.exposure(pair, *given, year=year))
        if network.canal[arc] >= 0:
            gate = network.gates[int(network.canal[arc])]
            made.append(passages.canal(gate, service, *given, year=self.price_year))
        entered = network.places[int(network.state_place[network.head[arc]])].gate
        if entered and network.canal[arc] < 0:
            found = next(gate for gate in network.gates if gate.id == entered)
            made.append(passages.gate(found, service, *given, year=self.year))
            made.append(passages.exposure(entered, *given, year=year))
        return passages.merged([o for o in made if o and (o.bill or o.time_parts or at_border)])

    def _supplied(self, operation: Operation, service: Service, arc: int) -> Operation:
        network = self.topology
        ends = network.head if network.kind[arc] == ArcKind.LOAD else network.tail
        return running.supplied(
            operation,
            service,
            self.parameters,
            self.shipment,
            country=network.places[int(network.state_place[ends[arc]])].country,
            ship=ship_of(service, self.parameters) if service.family is Family.SEA else None,
        )

    def profile(self, arc: int, rate: RunningRate | None) -> Profile | None:
        """Return the profile of an arc, None if it does not depend on the day."""
        network = self.topology
        met = open_days(self.closures, arc, self.first_day, self.terms.days)
        area = int(network.area[arc])
        if not area:
            if not met.change:
                return None
            minutes: float | FloatArray
            minutes, cents, grams = self.per_km(rate)
            zero, delay = np.zeros(self.terms.days), met.delay_hours
            if delay.any():
                # Searches know a pace by day: the hours in the queue are laid on the leg's km.
                minutes = minutes + delay * MINUTES_PER_HOUR / float(network.km[arc])
            return Profile(
                arc=arc,
                minutes_per_km=np.where(met.is_open, minutes, -1.0),
                cents_per_km=np.full(self.terms.days, cents),
                grams_per_km=np.full(self.terms.days, grams),
                fixed_cents=zero,
                fixed_grams=zero,
                through=False,
                reasons=met.closures,
                delay_hours=tuple(delay.tolist()) if delay.any() else (),
            )
        return self._ice_profile(arc, met)

    def escort(self, service: int, area: int, day: int) -> Operation:
        """Return the operation of an icebreaker escort through an area on a day."""
        share = float(self.escort_shares(service, area)[day])
        return escort(area, self.topology.services[service], self.parameters, share=share)

    def escort_shares(self, service: int, area: int) -> FloatArray:
        """Return by day the area's share of the escort fee; see `zone_shares`."""
        years = {number: self.ice_year(service, number) for number in range(1, len(AREA_NAMES))}
        escorted = {n: year.escorted for n, year in years.items()}
        shares = zone_shares(area, escorted, self._of_ice)
        return shares[years[area].days(self.first_day, self.terms.days)]

    def _ice_profile(self, arc: int, met: OpenDays) -> Profile:
        service, area = int(self.topology.service[arc]), int(self.topology.area[arc])
        ship = self.topology.services[service]
        year = self.ice_year(service, area)
        ice = IceDays(year, self.first_day, self.terms.days)
        fee = escort(area, ship, self.parameters, share=1.0)
        fee_cents = pricing.usd(fee.bill, self.parameters) * CENTS_PER_USD
        fees = fee_cents * self.escort_shares(service, area)
        rates = {regime: self._rate_in_ice(service, regime) for regime in year.regimes}
        # The last row, index -1, stands for closed.
        table = np.array([*(rate.per_km for rate in rates.values()), (-1.0, 0.0, 0.0)])
        regime = np.where(met.is_open, year.regime[ice.day_of_year], -1)
        rows = table[regime]
        escorted = year.escorted[ice.day_of_year] & (regime >= 0)
        return Profile(
            arc=arc,
            minutes_per_km=rows[:, 0].copy(),
            cents_per_km=rows[:, 1].copy(),
            grams_per_km=rows[:, 2].copy(),
            fixed_cents=np.where(escorted, fees, 0.0),
            fixed_grams=np.zeros(self.terms.days),
            through=True,
            reasons=met.closures,
            states=ice,
            rates={regime: rate.rate for regime, rate in rates.items()},
        )

    def ice_year(self, service: int, area: int) -> IceYear:
        """Return the ice of an area through a year for a ship."""
        key = service, area
        if key not in self._ice_years:
            ship, kind = self.topology.services[service], self.terms.ice_year
            self._ice_years[key] = self._calendars.year(area, ship, self._of_ice, kind)
        return self._ice_years[key]

    def _rate_in_ice(self, service: int, regime: str) -> _RateInIce:
        key = service, regime
        if key not in self._in_ice:
            rate = self.rate(service, 0, regime)
            self._in_ice[key] = _RateInIce(rate, self.per_km(rate))
        return self._in_ice[key]

    def per_km(self, rate: RunningRate | None) -> tuple[float, float, float]:
        """Return minutes, cents and grams of CO2e per km of a rate; zeros for None."""
        if rate is None:
            return 0.0, 0.0, 0.0
        return (
            rate.hours_per_km * MINUTES_PER_HOUR,
            pricing.usd(rate.bill_per_km, self.parameters) * CENTS_PER_USD,
            pricing.co2e_wtw_kg(rate.bill_per_km, self.parameters) * GRAMS_PER_KG,
        )
