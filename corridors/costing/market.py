"""What shippers are quoted: freight above the cost of ships and trains, by lane.

A lane has an index or quotes by week or month for one reference way: Shanghai - Rotterdam by the
Cape of Good Hope, as its carriers sail in that month; Chengdu - Duisburg by Dostyk. What the quote
is above the cost of that way, as a share of the cost of its ships or trains, is laid on every
ship or train of the question:

    price = cost + share * cost of ships or trains,
    share = (quote - what it holds) / cost of ships or trains on the reference way

So the price of the reference way is the quote, and that of any other way is its own cost times the
ratio of price to cost of the lane. It is a price row like any other (`market.sea_above_cost_share`,
`market.rail_above_cost_share`), 0 at cost, and one bill of quantities serves both. It is laid on
all ships, and on the trains of the 1520 mm network: rates elsewhere are prices.

Trains have several lanes, by the region where they begin and the country where they end: rates
follow the subsidies of cities and the end of the broad gauge, not the km. What a lane is quoted at
in a month is in `freights`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from corridors.costing import operations, passages, pricing
from corridors.costing.amounts import all_above, at_least, in_words
from corridors.costing.freights import Lane, freight_of, load_lanes
from corridors.costing.running import running_rate
from corridors.data.columns import read_rows
from corridors.data.freight_weeks import with_freights_of_week
from corridors.data.geodata import load_gates, load_terminals
from corridors.data.lines import Stop
from corridors.data.parameters import ParameterTable
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.data.rows import value_of
from corridors.data.services import load_services
from corridors.domain.places import Family, GateKind, Service
from corridors.domain.priced_routes import LEAST_SHARE
from corridors.domain.results import PriceStatus
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, SourcedValue, Status, weakest
from corridors.units import TEU_PER_FEU

ABOVE_COST = {
    Family.SEA: "market.sea_above_cost_share",
    Family.RAIL: "market.rail_above_cost_share",
}
# By driver of the line that it prices.
ABOVE_COST_OF = {f"{family}.above_cost": name for family, name in ABOVE_COST.items()}
SURCHARGES = "market.sea_surcharges_usd_per_feu"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a reference way is quoted at, in USD per TEU, and the lines of its bill in that."""

    freight_usd_per_teu: float
    bill: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a lane is quoted at on a day.

    `row` is the freight in USD per FEU, `of` its week, month or year in words; `fresh` whether it
    is of about the day; `near` whether the lane only stands in; `way` the (first) reference way;
    `shares` are the price rows of what it is above the cost of the ships or trains of that way. By
    rail a way by Siberia has shares of its own, since rates are alike by either border.
    `references` are by the scope of a share what it follows from.
    """

    lane: Lane
    near: bool
    row: SourcedValue
    of: str
    fresh: bool
    way: Way
    shares: tuple[SourcedValue, ...]
    references: Mapping[str, Reference]

    @property
    def text(self) -> str:
        """The lane, its index and the freight of a 40-foot box."""
        stands = " as the nearest lane" if self.near else ""
        return (
            f"{self.lane.title}{stands} ({self.lane.index}, {self.of}):"
            f" {self.row.value:,.0f} USD per 40-foot box"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What is quoted by sea and by rail on a day; without a lane a price is the cost.

    `line_haul` are the ships whose voyages an index is of.
    """

    sea: Quote | None
    rail: Quote | None
    line_haul: frozenset[str] = frozenset()

    @property
    def rows(self) -> tuple[SourcedValue, ...]:
        """The price rows that lay what is quoted above cost on ships and trains."""
        return tuple(row for quote in (self.sea, self.rail) if quote for row in quote.shares)

    def notes(self) -> Iterator[str]:
        """Yield which quotes set prices by sea and by rail, or that there are none."""
        for family, quote in (("sea", self.sea), ("rail", self.rail)):
            yield (
                f"price by {family}: {quote.text}"
                if quote
                else (f"price by {family}: nothing is quoted near these ends, it is the cost")
            )

    def status(
        self, families: Collection[Family], passages: Collection[str], services: Collection[str]
    ) -> PriceStatus:
        """Return how the price of a route is known, from its main carriage.

        Parameters
        ----------
        families
            Families of the services of its main carriage.
        passages
            The gates that it passes.
        services
            The services of its main carriage.
        """
        sea, rail = self.sea, self.rail
        if set(families) == {Family.SEA} and sea and not sea.near and sea.fresh:
            by_lane = set(sea.way.gates) <= set(passages)
            if by_lane and self.line_haul >= set(services):
                return PriceStatus.INDEX
        if not any({Family.SEA: sea, Family.RAIL: rail}.get(family) for family in families):
            return PriceStatus.COST
        if set(families) == {Family.RAIL} and rail and not rail.near and rail.fresh:
            return PriceStatus.QUOTED
        return PriceStatus.ESTIMATED


def _service(name: str) -> Service:
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
    """Return the drivers of the lines that a freight includes, what is above cost among them.

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
    """Return what is quoted between two places on a day, laid on the costs of a question.

    Parameters
    ----------
    ends
        Origin and destination.
    day
        The day whose quotes hold.
    parameters
        The parameters of the question, without a share above cost.
    shipment
        The boxes.
    by_week
        Whether the week of the day counts before its month.
    """
    dated = with_freights_of_week(parameters, day) if by_week else parameters
    near_km = parameters.value("market.near_km")

    def found(family: Family) -> Quote | None:
        lanes = [lane for lane in load_lanes() if lane.family is family]
        lane = next((lane for lane in lanes if lane.holds(*ends, near_km)), None)
        near = lane is None
        lane = lane or next((lane for lane in lanes if lane.is_near(*ends, near_km)), None)
        return None if lane is None else _quote(lane, day, dated, shipment, near=near)

    least = "market.least_capacity_teu"
    ships = (service for service in load_services() if service.family is Family.SEA)
    return Market(
        sea=found(Family.SEA),
        rail=found(Family.RAIL),
        line_haul=frozenset(
            ship.id
            for ship in ships
            if not ship.has_ice_class
            and in_words(parameters.value("ship.capacity_teu", ship.id)) >= parameters.value(least)
        ),
    )


def _quote(
    lane: Lane, day: date, parameters: ParameterTable, shipment: Shipment, *, near: bool
) -> Quote | None:
    """Return the quote of a lane on a day; None where none of about the time is known."""
    found = freight_of(lane, day, parameters)
    ways = [w for w in load_ways()[lane.id] if w.first_day <= day <= w.last_day]
    if found is None or not ways:
        return None
    row = found.row
    # Of trains the rows of those of the 1520 mm network; a scenario's own shares stay.
    laid = [
        one
        for one in parameters.rows_of(ABOVE_COST[lane.family])
        if (one.scope or lane.family is Family.SEA) and one.status is not Status.SCENARIO
    ]
    whole = parameters.with_rows([replace(one, value=1.0) for one in laid])
    by_service: dict[str, tuple[tuple[float, ...], Reference]] = {}
    for way in ways:
        if lane.family is Family.SEA:
            bill = _voyage(way, parameters, shipment, day)
            extra = parameters.value(SURCHARGES, lane.id)
        else:
            bill, extra = _train(lane, way, parameters, shipment, day), 0.0
        cost = pricing.usd(bill, parameters)
        ships = pricing.usd(bill, whole) - cost
        if not all_above(ships):
            return None
        # Whatever is drawn, a train or ship is not paid for less than nothing.
        above = tuple(
            at_least(((usd + extra) / TEU_PER_FEU - cost) / ships, LEAST_SHARE)
            for usd in (row.low, row.value, row.high)
        )
        quoted = Reference(freight_usd_per_teu=(row.value + extra) / TEU_PER_FEU, bill=bill)
        by_service |= dict.fromkeys((section.service for section in way.sections), (above, quoted))
    first = by_service[ways[0].sections[-1].service]
    shares, references = [], {}
    for one in laid:
        # Trains without a way of their own, as those by Mongolia, are priced as the first.
        (low, mid, high), references[one.scope] = by_service.get(one.scope, first)
        shares.append(
            replace(
                one,
                value=mid,
                low=low,
                high=high,
                currency_year=row.currency_year,
                source_id=row.source_id,
                status=row.status
                if row.status is Status.SCENARIO
                else weakest(row.status, Status.COMPUTED),
                note=f"{lane.index}, {found.of}",
            )
        )
    return Quote(
        lane=lane,
        near=near,
        row=row,
        of=found.of,
        fresh=found.fresh,
        way=ways[0],
        shares=tuple(shares),
        references=references,
    )


def _voyage(
    way: Way, parameters: ParameterTable, shipment: Shipment, day: date
) -> tuple[BillLine, ...]:
    """Return the lines of the reference voyage that the freight of a lane includes."""
    (section,) = way.sections
    service, terminals = _service(section.service), load_terminals()
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
    services = [_service(section.service) for section in way.sections]
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
