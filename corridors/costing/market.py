"""What shippers are quoted: an amount beyond the cost of a way, paid once on its lane.

A lane has an index or quotes by week or month for one reference way: Shanghai - Rotterdam by the
Cape of Good Hope, as its carriers sail in that month; Chengdu - Duisburg by Dostyk. What the quote
is above the cost of that way, or below it, is the amount of the lane:

    amount = quote - cost of the reference way,
    price of a way on the lane = its own cost + amount

So the price of the reference way is the quote, and a feeder, a truck or a longer way adds what it
costs. The amount is a price row like any other (`market.lane_usd_per_teu`), 0 at cost, and one bill
of quantities serves both. Which ways are on a lane is in `routing/priced_ways.py`: a way on none
has no price. What a lane is quoted at in a month is in `freight_of`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import cast

import numpy as np

from corridors.arrays import FloatArray
from corridors.costing import operations, passages, pricing
from corridors.costing.pricing import in_words
from corridors.costing.running import running_rate
from corridors.data.access import countries_beside, within_a_region
from corridors.data.columns import read_rows, value_of
from corridors.data.geodata import (
    is_broad,
    load_gates,
    load_services,
    load_terminals,
    load_trunk_places,
)
from corridors.data.lines import LineEnds, Stop, ends_of
from corridors.data.parameters import ParameterTable, RowsByScope
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.data.series import SEA_FREIGHT, month_of, week_of, with_freights_of_week
from corridors.domain.places import Family, GateKind, Service
from corridors.domain.results import PriceStatus
from corridors.domain.scenario import Shipment
from corridors.domain.values import LANE, BillLine, SourcedValue, Status, weakest
from corridors.units import MONTHS_PER_YEAR, TEU_PER_FEU

# What a lane is quoted at in a month: its own quote, or what lies between quotes.

RAIL_FREIGHT = "market.rail_freight_usd_per_feu"
OVER_LANE = "market.over_lane_factor"
ELASTICITY = "market.freight_elasticity"
BETWEEN = "market.between_quotes_factor"
_MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with one index by sea, or with quotes by rail, by the places of its ends.

    `near_origins` and `near_destinations` are the countries for which it may stand in. `follows`
    is the lane at a ratio to which it is, `moves_with` the one whose index moves it between quotes;
    empty for none.
    """

    id: str
    family: Family
    title: str
    index: str
    origins: LineEnds
    destinations: LineEnds
    near_origins: frozenset[str]
    near_destinations: frozenset[str]
    follows: str
    moves_with: str

    @property
    def sides(self) -> tuple[tuple[LineEnds, frozenset[str]], ...]:
        """Its origins and destinations, each with the countries for which it may stand in."""
        return (self.origins, self.near_origins), (self.destinations, self.near_destinations)

    def joins(self, origins: frozenset[str], destinations: frozenset[str]) -> bool:
        """Return whether it is quoted, or may stand in, between some countries and others."""
        ends = zip((origins, destinations), self.sides, strict=True)
        return all(bool(of & (side.served | near)) for of, (side, near) in ends)

    def serves(self, stop: Stop, near_km: float, *, at_origin: bool) -> bool:
        """Return whether boxes are taken to its ships, or away, at a port, also as a stand-in."""
        side, near = self.sides[0 if at_origin else 1]
        return stop.country in near or side.serve(stop, near_km)

    def stands_in(self, ends: tuple[Stop, Stop], near_km: float) -> bool:
        """Return whether an end is of a country for which it stands in, without a quote there.

        An end in neither is hauled to or from its ports, as Hamburg by Genoa.
        """
        return any(
            stop.country in near and not side.serve(stop, near_km)
            for stop, (side, near) in zip(ends, self.sides, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """The freight per FEU of a lane, of what it is in words, and whether it is of that time."""

    row: SourcedValue
    of: str
    fresh: bool


@shipped(parameters_dir)
def load_lanes(folder: Path) -> tuple[Lane, ...]:
    """Return the lanes of `lanes.csv`, the more special ones first."""
    return tuple(
        value_of(
            Lane,
            row,
            id=row["lane"],
            family=Family(row["mode"]),
            origins=ends_of(listed(row["from"])),
            destinations=ends_of(listed(row["to"])),
            near_origins=frozenset(listed(row["near_from"])),
            near_destinations=frozenset(listed(row["near_to"])),
        )
        for row in read_rows(folder / "lanes.csv")
    )


def freight_of(
    lane: Lane, day: date, parameters: ParameterTable, *, by_week: bool = True
) -> Freight | None:
    """Return the freight of a lane on a day; None where the lane has no quote at all.

    The user's own rate counts, else the week of the day if the table has it (see
    `with_freights_of_week`) and `by_week` is asked, else the month, else what lies between quotes.
    """
    quotes = _lane_quotes(lane, parameters)
    if (own := quotes.get(lane.id)) is not None and own.status is Status.SCENARIO:
        return Freight(row=own, of="your rate", fresh=True)
    week, month = week_of(day), f"{day:%Y-%m}"
    of_week = ((week, f"week {week[-2:]} of {day:%G}"),) if by_week else ()
    for dated, words in (*of_week, (month, month)):
        if (row := quotes.get(f"{lane.id}@{dated}")) is not None:
            return Freight(row=row, of=words, fresh=True)
    return _between_quotes(lane, month_of(day), parameters)


def _named(lane: str) -> Lane:
    return next(one for one in load_lanes() if one.id == lane)


def _first(lane: Lane) -> Lane:
    """Return the lane that those which a lane follows begin with, itself if it follows none."""
    return _first(_named(lane.follows)) if lane.follows else lane


def _ratio(lane: Lane, parameters: ParameterTable) -> float:
    """Return how many times as dear a lane is as the first of those that it follows."""
    if not lane.follows:
        return 1.0
    return parameters.value(OVER_LANE, lane.id) * _ratio(_named(lane.follows), parameters)


def _lane_quotes(lane: Lane, parameters: ParameterTable) -> Mapping[str, SourcedValue]:
    """Return the freights of a lane by scope, general and dated."""
    every = parameters.by_scope(SEA_FREIGHT if lane.family is Family.SEA else RAIL_FREIGHT).row_of
    return RowsByScope({s: row_of for s, row_of in every.items() if s.partition("@")[0] == lane.id})


def _by_month(lane: Lane, parameters: ParameterTable) -> dict[int, SourcedValue]:
    """Return the quotes of a lane's months, counted from the year 0."""
    quotes = _lane_quotes(lane, parameters)
    dated = {scope.partition("@")[2]: scope for scope in quotes}
    return {
        month_of(date.fromisoformat(f"{month}-01")): quotes[scope]
        for month, scope in dated.items()
        if _MONTH.fullmatch(month)
    }


def _between_quotes(lane: Lane, month: int, parameters: ParameterTable) -> Freight | None:
    """Return the freight of a lane in a month without a quote of its own."""
    first = _first(lane)
    quoted: dict[int, list[tuple[float, SourcedValue]]] = {}
    for one in load_lanes():
        if _first(one) == first:
            for known, row in _by_month(one, parameters).items():
                quoted.setdefault(known, []).append((_ratio(one, parameters), row))
    if not quoted:
        return None
    moving = _named(first.moves_with) if first.moves_with else None
    exponent = parameters.value(ELASTICITY, first.id)

    def log_index(at: int) -> FloatArray:
        if moving is None:
            return np.zeros(())
        day = date(at // MONTHS_PER_YEAR, at % MONTHS_PER_YEAR + 1, 1)
        found = freight_of(moving, day, parameters)
        return np.zeros(()) if found is None else exponent * _log(found.row.value)

    def log_level(at: int) -> FloatArray:
        logs = [_log(row.value / ratio) for ratio, row in quoted[at]]
        return np.asarray(sum(logs) / len(logs) - log_index(at))

    before = max((at for at in quoted if at <= month), default=min(quoted))
    after = min((at for at in quoted if at >= month), default=before)
    part = (month - before) / (after - before) if after > before else 0.0
    level = (1.0 - part) * log_level(before) + part * log_level(after)
    middle = np.exp(level + log_index(month)) * _ratio(lane, parameters)
    width = parameters.get(BETWEEN, first.id)
    nearest = quoted[before if part <= 1 / 2 else after][0][1]
    row = replace(
        nearest,
        scope=lane.id,
        value=_amount(middle * width.value),
        low=_amount(middle * width.low),
        high=_amount(middle * width.high),
        status=weakest(nearest.status, width.status, Status.COMPUTED),
    )
    months = " and ".join(dict.fromkeys(map(_in_words, (before, after))))
    moved = f", moved by {moving.index}" if moving else ""
    return Freight(row=row, of=f"no quote of the month: from {months}{moved}", fresh=False)


def _log(usd: float) -> FloatArray:
    """Return the logarithm of a freight; one of nothing counts as a dollar."""
    found: FloatArray = np.log(np.maximum(usd, 1.0))
    return found


def _in_words(month: int) -> str:
    return f"{month // MONTHS_PER_YEAR}-{month % MONTHS_PER_YEAR + 1:02d}"


def _amount(found: FloatArray) -> float:
    """Return one number, or the array of those by draw (see `bill_lines`)."""
    return float(found) if np.ndim(found) == 0 else cast("float", found)


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


def amount_line(amount: SourcedValue, label: str) -> BillLine:
    """Return the line by which a way pays an amount per TEU once, on its lane."""
    return BillLine(
        driver=LANE,
        scope=amount.scope,
        label=label,
        quantity=1.0,
        unit="TEU",
        price_parameter=AMOUNT,
    )


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
    known_as: PriceStatus | None = None

    @property
    def line(self) -> BillLine:
        """The line by which a way pays the amount."""
        return amount_line(
            self.amount, f"{self.lane.title}: freight beyond the cost of its reference way"
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
        if quote.known_as is not None:
            return quote.known_as
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
