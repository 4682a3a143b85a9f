"""Freight at market prices: sea and rail separately, each by the index of its lane.

Under `price_basis: market` the freight per FEU of a lane's index, plus announced surcharges,
replaces the lines of a ship (days, fuel, dues, tolls, overhead), and a rail index moves the rates
of trains. Freights are quoted from port to port; inland carriage to and from the lane's ports adds
its own rates. Transshipment, ice-class ships and ends outside the lanes have no index and are not
priced; the reason names the two ends. A near lane stands in where the scenario asks for it
(`market.near_lanes: 1`), and its lines say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from corridors.costing.bill_lines import charge
from corridors.data.freight_weeks import SEA_FREIGHT, week_of
from corridors.data.parameters import ParameterTable
from corridors.data.paths import cached_while_unchanged, listed, parameters_dir, read_rows, shipped
from corridors.data.series import price_on
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, SourcedValue, Status
from corridors.errors import ParameterError

_FOUND = {
    "sea-houses": ", with the SCFI",
    "sea-house-alone": ", with the SCFI by their usual ratio",
    "wci-lines": ", between weeks known",
    "wci-moves": ", by the movement of another index",
}
"""How a freight was found that is not of the lane's own index alone, by the source of its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with one index by sea or by rail, by the countries of its base ports or stations.

    `near_origins` and `near_destinations` are the countries for which it may stand in.
    """

    id: str
    family: Family
    title: str
    index: str
    origins: frozenset[str]
    destinations: frozenset[str]
    near_origins: frozenset[str]
    near_destinations: frozenset[str]

    def holds(self, origin: str, destination: str) -> bool:
        """Return whether the index is quoted between two countries."""
        return origin in self.origins and destination in self.destinations

    def is_near(self, origin: str, destination: str) -> bool:
        """Return whether the index may stand in between two countries."""
        return (
            origin in self.origins | self.near_origins
            and destination in self.destinations | self.near_destinations
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The indices of a question: its ends, the day of departure, and the lanes by sea and rail.

    A lane is None if no index is quoted for the ends. `near_sea` and `near_rail` are the lanes
    that may stand in; `takes_near` is whether they do.
    """

    ends: tuple[str, str]
    day: date
    sea: Lane | None
    rail: Lane | None
    near_sea: Lane | None = None
    near_rail: Lane | None = None
    takes_near: bool = False

    @property
    def lane(self) -> Lane | None:
        """The lane whose sea freight applies, None if there is none."""
        return self.sea or (self.near_sea if self.takes_near else None)

    @property
    def rail_lane(self) -> Lane | None:
        """The lane whose rail index applies, None if there is none."""
        return self.rail or (self.near_rail if self.takes_near else None)

    @property
    def pair(self) -> str:
        """The two ends: `Busan-Rotterdam`."""
        return "-".join(self.ends)

    def missing(self, family: Family) -> str:
        """Return that no index is known, by name: `no index for Busan-Rotterdam in 2026`."""
        by = "rail " if family is Family.RAIL else ""
        near = self.near_rail if family is Family.RAIL else self.near_sea
        text = f"no {by}index for {self.pair} in {self.day.year}"
        if near is None or self.takes_near:
            return text
        return f"{text}; the override market.near_lanes: 1 takes that of {near.title}, and says so"

    @property
    def why_barred(self) -> str:
        """The reason why a route by sea has no market price."""
        if self.lane is None:
            return self.missing(Family.SEA)
        return (
            f"no index for this way from {self.ends[0]} to {self.ends[1]} in {self.day.year}:"
            f" {self.lane.index} is for ships between the ports of the lane, without an ice class"
        )

    def quotes(self, service: Service, parameters: ParameterTable) -> bool:
        """Return whether a freight is quoted for a voyage by a service.

        Quotes are for the ships of the lane: no ice class, and a least capacity.
        """
        if service.family is not Family.SEA:
            return True
        if self.lane is None or service.has_ice_class:
            return False
        least = parameters.value("market.least_capacity_teu", self.lane.id)
        return parameters.value("ship.capacity_teu", service.id) >= least

    def loads_in(self, country: str) -> bool:
        """Return whether the quoted voyage begins in a country."""
        lane = self.lane
        near = lane.near_origins if lane and lane is not self.sea else frozenset[str]()
        return lane is not None and country in lane.origins | near

    def unloads_in(self, country: str) -> bool:
        """Return whether the quoted voyage ends in a country."""
        lane = self.lane
        near = lane.near_destinations if lane and lane is not self.sea else frozenset[str]()
        return lane is not None and country in lane.destinations | near

    def marked(self, lane: Lane) -> str:
        """Return the title of a lane, marked where it stands in for one without an index."""
        if lane in (self.sea, self.rail):
            return lane.title
        return f"{lane.title} as the near lane, no index for {self.pair}"


@shipped(parameters_dir, "lanes.csv")
def load_lanes(path: Path) -> tuple[Lane, ...]:
    """Return the lanes of `lanes.csv`."""
    columns = ("lane", "mode", "title", "index", "from", "to", "near_from", "near_to")
    return tuple(
        Lane(
            id=row["lane"],
            family=Family(row["mode"]),
            title=row["title"],
            index=row["index"],
            origins=frozenset(listed(row["from"])),
            destinations=frozenset(listed(row["to"])),
            near_origins=frozenset(listed(row["near_from"])),
            near_destinations=frozenset(listed(row["near_to"])),
        )
        for row in read_rows(path, columns)
    )


@cached_while_unchanged
def _lines_in_freight(path: Path) -> MappingProxyType[str, str]:
    return MappingProxyType(
        {row["driver"]: row["note"] for row in read_rows(path, ("driver", "note"))}
    )


def market_of(
    countries: tuple[str, str], day: date, *, ends: tuple[str, str], takes_near: bool = False
) -> Market:
    """Return the market of a question.

    Parameters
    ----------
    countries
        Country codes of origin and destination.
    day
        The departure.
    ends
        Names of origin and destination.
    takes_near
        Whether a near lane stands in where no index is quoted.
    """

    def found(family: Family, *, near: bool) -> Lane | None:
        lanes = (lane for lane in load_lanes() if lane.family is family)
        fits = (lane for lane in lanes if (lane.is_near if near else lane.holds)(*countries))
        return next(fits, None)

    return Market(
        ends=ends,
        day=day,
        sea=found(Family.SEA, near=False),
        rail=found(Family.RAIL, near=False),
        near_sea=found(Family.SEA, near=True),
        near_rail=found(Family.RAIL, near=True),
        takes_near=takes_near,
    )


def without_included_lines(bill: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    """Return a ship's bill without the lines that a market freight includes; energy stays."""
    held = _lines_in_freight(parameters_dir() / "freight_holds.csv")
    return tuple(line for line in bill if line.driver not in held)


def sea_rate(market: Market, parameters: ParameterTable) -> tuple[SourcedValue, str]:
    """Return the freight per FEU of a voyage and the index it comes from, with its week or month.

    The week of the day counts if the table has it (see `with_freights_of_week`), else the month of
    the day, else what `price_on` finds, else the general row of the lane.

    Raises
    ------
    ParameterError
        The lane has no rate, or there is no lane.
    """
    lane = market.lane
    if lane is None:
        raise ParameterError(market.why_barred)
    week = f"{lane.id}@{week_of(market.day)}"
    of_week = parameters.find(SEA_FREIGHT, week)
    if of_week is not None and of_week.scope == week:
        monday = market.day - timedelta(days=market.day.weekday())
        how = _FOUND.get(of_week.source_id, "")
        return of_week, _said(of_week, f"{lane.index}, week of {monday:%Y-%m-%d}{how}")
    found = price_on(parameters.rows_of(SEA_FREIGHT), lane.id, market.day)
    row = parameters.find(SEA_FREIGHT, lane.id)
    given = row is not None and row.status is Status.SCENARIO
    if found is None or (given and found.row.status is not Status.SCENARIO):
        row = parameters.get(SEA_FREIGHT, lane.id)
        how = _FOUND.get(row.source_id, "")
        return row, _said(row, f"{lane.index}, latest: {row.currency_year}{how}")
    how = _FOUND.get(found.row.source_id, "")
    if "-" in found.of:
        return found.row, _said(found.row, f"{lane.index}, {found.of}{how}")
    kind = "mean of " if found.of == str(market.day.year) else "latest: "
    return found.row, _said(found.row, f"{lane.index}, {kind}{found.of}{how}")


def _said(row: SourcedValue, index: str) -> str:
    return "your rate" if row.status is Status.SCENARIO else index


def freight(market: Market, parameters: ParameterTable, shipment: Shipment) -> tuple[BillLine, ...]:
    """Return the freight of a voyage for one TEU, and its surcharges.

    Raises
    ------
    ParameterError
        The lane has no rate.
    """
    if market.lane is None:
        return ()
    rate, index = sea_rate(market, parameters)
    label = f"Sea freight, {market.marked(market.lane)} ({index})"
    lines = [charge("freight.sea", rate, shipment, label=label)]
    more = parameters.get("market.sea_surcharges_usd_per_feu", market.lane.id)
    if more.high > 0.0:
        lines.append(
            charge("freight.sea_surcharges", more, shipment, label="Surcharges on sea freight")
        )
    return tuple(lines)


def rail_index(market: Market, parameters: ParameterTable) -> str:
    """Return the rail index of a question with its year; empty if its lane has none."""
    lane = market.rail_lane
    if lane is None:
        return ""
    row = parameters.get("rail.index", str(market.day.year))
    if row.status is Status.SCENARIO:
        return "your index"
    if row.scope and row.status is not Status.ASSUMPTION:
        return f"{lane.index}, {row.scope}"
    return f"{lane.index}, no index of {market.day.year}: that of the latest year"


def market_notes(market: Market, parameters: ParameterTable) -> Iterator[str]:
    """Yield which index sets the prices by sea and by rail, or that there is none, by name."""
    if market.lane is None:
        yield f"sea freight: {market.missing(Family.SEA)}"
    else:
        rate, index = sea_rate(market, parameters)
        yield (
            f"sea freight: {market.marked(market.lane)}, {index}:"
            f" {rate.value:,.0f} USD per 40-foot box"
        )
    if market.rail_lane is None:
        yield (
            f"rail freight: {market.missing(Family.RAIL)}; trains cost the rates of the tables,"
            " which no index moves"
        )
    else:
        yield (f"rail freight: {market.marked(market.rail_lane)}, {rail_index(market, parameters)}")
