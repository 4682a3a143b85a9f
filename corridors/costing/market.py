"""What shippers are quoted: an amount beyond the cost of a way, paid once on its lane.

A lane has an index or quotes by week or month for one reference way: Shanghai - Rotterdam by the
Cape of Good Hope, as its carriers sail in that month; Chengdu - Duisburg by Dostyk. What the quote
is above the cost of that way, or below it, is the amount of the lane:

    amount = quote - cost of the reference way,
    price of a way on the lane = its own cost + amount

So the price of the reference way is the quote, and a feeder, a truck or a longer way adds what it
costs. The amount is a price row like any other (`market.lane_usd_per_teu`), 0 at cost, and one bill
of quantities serves both. Which ways are on a lane is in `corridors.routing.lanes`: a way on none
has no price. What a lane is quoted at in a month is in `freights`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from corridors.costing import operations, passages, pricing
from corridors.costing.amounts import in_words
from corridors.costing.freights import Lane, freight_of, load_lanes
from corridors.costing.running import running_rate
from corridors.data.columns import read_rows
from corridors.data.freight_weeks import with_freights_of_week
from corridors.data.geodata import load_gates, load_terminals, load_trunk_places
from corridors.data.lines import Stop
from corridors.data.parameters import ParameterTable
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.data.rows import value_of
from corridors.data.services import is_broad, load_services
from corridors.data.trade import countries_beside, within_a_region
from corridors.domain.places import Family, GateKind, Service
from corridors.domain.results import PriceStatus
from corridors.domain.scenario import Shipment
from corridors.domain.values import LANE, BillLine, SourcedValue, Status, weakest
from corridors.units import TEU_PER_FEU

AMOUNT = "market.lane_usd_per_teu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a lane's reference way: km by a service, for a train in a country.

    `RU-east` is the east of Russia, where rates are others.
    """

    service: str
    country: str
    km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The reference way of a lane in a span of days: its gates, ends and sections.

    A way by sea has one section, from port to port; its gates are those that tell it from others.
    By rail they are the places between sections, where the gauge changes.
    """

    first_day: date
    last_day: date
    gates: tuple[str, ...]
    ends: tuple[str, str]
    sections: tuple[Section, ...]

    @property
    def broad(self) -> str:
        """Its service on the broad gauge, by which ways of trains are told apart; empty at sea."""
        names = (section.service for section in self.sections)
        return next((name for name in names if is_broad(service_named(name))), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a lane is quoted at on a day, and what that is beyond one of its reference ways.

    `row` is the freight in USD per FEU, `of` its week, month or year in words; `fresh` whether it
    is of about the day; `near` whether the lane only stands in for the ends that were asked for.
    `bill` are the lines of the `way` that the freight holds, and `amount` the price row of what it
    is beyond their cost. Trains by Siberia have a way of their own, since rates are alike by either
    border.
    """

    lane: Lane
    near: bool
    row: SourcedValue
    of: str
    fresh: bool
    way: Way
    bill: tuple[BillLine, ...]
    amount: SourcedValue

    @property
    def line(self) -> BillLine:
        """The line by which a way pays the amount."""
        return BillLine(
            driver=LANE,
            scope=self.amount.scope,
            label=f"{self.lane.title}: freight beyond the cost of its reference way",
            quantity=1.0,
            unit="TEU",
            price_parameter=AMOUNT,
        )

    @property
    def freight_usd_per_teu(self) -> float:
        """The freight of half a 40-foot box."""
        return self.row.value / TEU_PER_FEU

    @property
    def text(self) -> str:
        """The lane, its index, the freight of a 40-foot box, and how its amount follows."""
        stands = " as the nearest lane" if self.near else ""
        names = [load_terminals()[end].name for end in self.way.ends]
        gates = {gate.id: gate.name for gate in load_gates()}
        by = [gates.get(name) or load_terminals()[name].name for name in self.way.gates]
        amount, half = in_words(self.amount.value), in_words(self.freight_usd_per_teu)
        more = "added to" if amount >= 0.0 else "taken off"
        return (
            f"{self.lane.title}{stands} ({self.lane.index}, {self.of}):"
            f" {in_words(self.row.value):,.0f} USD per 40-foot box, {half:,.0f} per TEU;"
            f" {names[0]} to {names[1]} by {' and '.join(by)} costs {half - amount:,.0f},"
            f" so {abs(amount):,.0f} are {more} the cost of a way on this lane"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What is quoted between the regions of two ends on a day; without a lane nothing has a price.

    `line_haul` are the ships whose voyages an index is of.
    """

    quotes: tuple[Quote, ...] = ()
    line_haul: frozenset[str] = frozenset()

    @property
    def rows(self) -> tuple[SourcedValue, ...]:
        """The price rows of the amounts of its lanes."""
        return tuple(quote.amount for quote in self.quotes)

    def at(self, scope: str) -> Quote | None:
        """Return the quote whose amount has this scope."""
        return next((quote for quote in self.quotes if quote.amount.scope == scope), None)

    def status(
        self, scope: str, passages: Collection[str], services: Collection[str]
    ) -> PriceStatus:
        """Return how the price of a route is known.

        Parameters
        ----------
        scope
            The scope of the amount that it pays, empty if it is on no lane.
        passages
            The gates that it passes.
        services
            The services of its main carriage.
        """
        quote = self.at(scope)
        if quote is None:
            return PriceStatus.NONE
        if quote.near or not quote.fresh:
            return PriceStatus.ESTIMATED
        if quote.lane.family is Family.RAIL:
            return PriceStatus.QUOTED
        # By the passages between oceans of its reference way, and by no others.
        oceans = set(passages) & load_trunk_places().keys()
        as_indexed = oceans == set(quote.way.gates) and self.line_haul >= set(services)
        return PriceStatus.INDEX if as_indexed else PriceStatus.ESTIMATED


def service_named(name: str) -> Service:
    """Return the service of an id."""
    return next(service for service in load_services() if service.id == name)


@shipped(parameters_dir, "lane_ways.csv")
def load_ways(path: Path) -> MappingProxyType[str, tuple[Way, ...]]:
    """Return the reference ways of each lane; rows of one lane and span are its sections."""
    columns = ("lane", "first_day", "last_day", "gates", "from", "to", "service", "country", "km")
    parts: dict[tuple[str, ...], list[Section]] = {}
    for row in read_rows(path):
        key = tuple(row[name] for name in columns[:6])
        parts.setdefault(key, []).append(value_of(Section, row))
    ways: dict[str, tuple[Way, ...]] = {}
    for (lane, first, last, gates, origin, destination), sections in parts.items():
        way = Way(
            first_day=date.fromisoformat(first) if first else date.min,
            last_day=date.fromisoformat(last) if last else date.max,
            gates=listed(gates),
            ends=(origin, destination),
            sections=tuple(sections),
        )
        ways[lane] = (*ways.get(lane, ()), way)
    return MappingProxyType(ways)


@shipped(parameters_dir, "freight_holds.csv")
def load_freight_holds(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the drivers of the lines that a freight includes, each with its mode or lane."""
    return tuple((row["in"], row["driver"]) for row in read_rows(path))


def drivers_in_freight(*scopes: str) -> frozenset[str]:
    """Return the drivers of the lines that a freight includes, what lanes add among them.

    Handling at ports, insurance and the rules of emissions are lines of their own.

    Parameters
    ----------
    scopes
        Mode and lane (`rail`, `china-russia-rail`); `sea` if none is given.
    """
    return frozenset(
        driver for scope, driver in load_freight_holds() if scope in (scopes or ("sea",))
    )


def market_of(
    ends: tuple[Stop, Stop],
    day: date,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    by_week: bool = True,
) -> Market:
    """Return what is quoted between the regions of two places on a day.

    By sea these are all lanes between the two regions, since boxes are hauled to any port of their
    own; by rail the one of the places themselves.

    Parameters
    ----------
    ends
        Origin and destination.
    day
        The day whose quotes hold.
    parameters
        The parameters of the question at cost.
    shipment
        The boxes.
    by_week
        Whether the week of the day counts before its month.
    """
    origin, destination = ends
    if within_a_region(origin.country, destination.country):
        return Market()
    dated = with_freights_of_week(parameters, day) if by_week else parameters
    near_km = parameters.value("market.near_km")
    sides = [countries_beside(stop.country) for stop in ends]
    lanes = [lane for lane in load_lanes() if lane.joins(*sides)]
    near = {lane.id: lane.stands_in(ends, near_km) for lane in lanes}
    trains = [
        lane
        for lane in sorted(lanes, key=lambda lane: near[lane.id])
        if lane.family is Family.RAIL
        and lane.serves(origin, near_km, at_origin=True)
        and lane.serves(destination, near_km, at_origin=False)
    ]
    chosen = [*(lane for lane in lanes if lane.family is Family.SEA), *trains[:1]]
    ships = (service for service in load_services() if service.family is Family.SEA)
    return Market(
        quotes=tuple(
            quote
            for lane in chosen
            for quote in _quotes(lane, day, dated, shipment, near=near[lane.id])
        ),
        line_haul=frozenset(
            ship.id
            for ship in ships
            if not ship.has_ice_class
            and in_words(parameters.value("ship.capacity_teu", ship.id))
            >= parameters.value("market.least_capacity_teu")
        ),
    )


def _quotes(
    lane: Lane, day: date, parameters: ParameterTable, shipment: Shipment, *, near: bool
) -> Iterator[Quote]:
    """Yield the quotes of a lane on a day by reference way; none where no freight is known."""
    found = freight_of(lane, day, parameters)
    if found is None:
        return
    row = found.row
    for way in (w for w in load_ways()[lane.id] if w.first_day <= day <= w.last_day):
        at_sea = lane.family is Family.SEA
        bill = (
            _voyage(way, parameters, shipment, day)
            if at_sea
            else _train(lane, way, parameters, shipment, day)
        )
        cost = pricing.usd(bill, parameters)
        scope = f"{lane.id}@{way.broad}" if way.broad else lane.id
        own = parameters.get(AMOUNT, scope)
        amount = replace(
            own,
            scope=scope,
            **{name: getattr(row, name) / TEU_PER_FEU - cost for name in ("value", "low", "high")},
            currency_year=row.currency_year,
            source_id=row.source_id,
            status=row.status
            if row.status is Status.SCENARIO
            else weakest(row.status, Status.COMPUTED),
            note=f"{lane.index}, {found.of}",
        )
        yield Quote(
            lane=lane,
            near=near,
            row=row,
            of=found.of,
            fresh=found.fresh,
            way=way,
            bill=bill,
            # A scenario's own amount stays.
            amount=replace(own, scope=scope) if own.status is Status.SCENARIO else amount,
        )


def _voyage(
    way: Way, parameters: ParameterTable, shipment: Shipment, day: date
) -> tuple[BillLine, ...]:
    """Return the lines of the reference voyage that the freight of a lane includes."""
    (section,) = way.sections
    service, terminals = service_named(section.service), load_terminals()
    year = str(day.year)
    rate = running_rate(service, parameters, shipment, year=year)
    loaded = operations.load(service, terminals[way.ends[0]], parameters, shipment, year=year)
    unloaded = operations.unload(service, terminals[way.ends[1]], parameters, shipment)
    canals = [
        passages.canal(gate, service, parameters, shipment, year=year).bill
        for gate in load_gates()
        if gate.id in way.gates and gate.kind is GateKind.CANAL
    ]
    sailed = tuple(line.times(section.km) for line in rate.bill_per_km)
    bill = (*sailed, *loaded.bill, *unloaded.bill, *(line for canal in canals for line in canal))
    return tuple(line for line in bill if line.driver in drivers_in_freight())


def _train(
    lane: Lane, way: Way, parameters: ParameterTable, shipment: Shipment, day: date
) -> tuple[BillLine, ...]:
    """Return the lines of the reference train that a through rate of a lane includes.

    Its sections, the changes of gauge between them, the border where it leaves a country that its
    section names, and the lifts at both ends.
    """
    year, terminals = str(day.year), load_terminals()
    start, end = (terminals[name] for name in way.ends)
    services = [service_named(section.service) for section in way.sections]
    parts = [
        operations.load(services[0], start, parameters, shipment, year=year).bill,
        operations.unload(services[-1], end, parameters, shipment).bill,
    ]
    for section, service in zip(way.sections, services, strict=True):
        country, _, east = section.country.partition("-")
        rate = running_rate(
            service, parameters, shipment, country=country, year=year, is_east=bool(east)
        )
        parts.append(tuple(line.times(section.km) for line in rate.bill_per_km))
    pairs = zip(way.sections, pairwise(services), strict=False)
    changes = [(section, *pair) for section, pair in pairs if pair[0] != pair[1]]
    for name, (section, before, after) in zip(way.gates, changes, strict=True):
        place = terminals[name]
        countries = {section.country or place.country, place.country}
        parts += [
            operations.change(before, after, place, parameters, shipment, year=year).bill,
            passages.border(sorted(countries), before, parameters, shipment, year=year).bill,
        ]
    held = drivers_in_freight("rail", lane.id)
    return tuple(line for part in parts for line in part if line.driver in held)
