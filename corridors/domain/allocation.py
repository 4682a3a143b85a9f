"""Results of an allocation: flows, shadow prices, spills and use of capacities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import inf

from corridors.domain.scenario import DeclaredService

# Stored routes at other prices: bills of quantities as sums of products of what sliders move.

Settings = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A row of a parameter that a slider moves, and its value as asked for.

    `scope` is None if the slider sets every row of the parameter to one value.
    """

    parameter: str
    scope: str | None
    value: float
    unit: str
    source_id: str = ""

    @property
    def key(self) -> str:
        """The key of a scenario that sets it."""
        return f"overrides.{self.parameter}" + ("" if self.scope is None else f"@{self.scope}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """What a slider moves: the factor of some prices, or the share of a subsidy.

    `usual` is where it stands as asked for; `low` and `high` are its ends. `rows` are what it
    multiplies; of a subsidy, which is no factor, the value of `rows` is not used.
    """

    id: str
    title: str
    usual: float
    low: float
    high: float
    rows: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """USD per TEU at a factor of 1, times the factors of the sliders named.

    `part` is the driver of the cost line, for the parts of a bar.
    """

    part: str
    usd: float
    sliders: tuple[str, ...] = ()

    def at(self, settings: Settings) -> float:
        """Return USD per TEU at some settings."""
        usd = self.usd
        for name in self.sliders:
            usd *= settings[name]
        return usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The freight of a lane by ship or train, and the bill of its reference way."""

    freight_usd_per_teu: float
    cost: tuple[Term, ...]

    def amount(self, settings: Settings) -> float:
        """Return what the lane adds to the cost of a way at some settings."""
        return self.freight_usd_per_teu - total(self.cost, settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRoute:
    """A stored route: its days, its bill at cost, and the scope of the lane that it pays.

    Without a lane no price of it is known.
    """

    corridor: str
    days: float
    terms: tuple[Term, ...]
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Least costs over all routes, in USD per TEU at cost, searched at some factors of prices.

    `points` are the factors of `sliders`, the first at the lowest of all; `usd_per_teu` is the
    least cost at each. At factors that are no more than the others and a mean of some of the
    points, no route costs less than the same mean of their costs, nor does one at the others. The
    best such mean is a linear program, which the page solves (`whatif.js`).
    """

    sliders: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    usd_per_teu: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The stored routes of a comparison, what moves their prices, and the floor of all routes.

    `quoted` are the lanes by the scope of their amount (`china-europe-rail@rail/tsr-1520`).
    """

    sliders: tuple[Slider, ...]
    routes: tuple[PricedRoute, ...]
    quoted: Mapping[str, Quoted]
    floor: Floor | None

    def usd(self, route: PricedRoute, moved: Settings, *, quoted: bool = False) -> float:
        """Return what a stored route costs, or with `quoted` its price, with some sliders moved.

        What has no price is infinitely dear.
        """
        settings = {slider.id: slider.usual for slider in self.sliders} | dict(moved)
        usd = total(route.terms, settings)
        if not quoted:
            return usd
        lane = self.quoted.get(route.lane)
        return inf if lane is None else usd + lane.amount(settings)


def total(terms: Sequence[Term], settings: Settings) -> float:
    """Return the sum of terms in USD per TEU at some settings."""
    return sum(term.at(settings) for term in terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """TEU of a pair on one route and departure day.

    `route` is its signature: services, gates, borders. `legs` are the ids of its physical legs.
    """

    pair: str
    origin: str
    destination: str
    month: date
    departure: date
    corridor: str
    route: str
    gates: tuple[str, ...]
    borders: tuple[str, ...]
    services: tuple[str, ...]
    countries: tuple[str, ...]
    teu: float
    usd_per_teu: float
    days: float
    co2e_kg_per_teu: float
    legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """The shadow price of a limit in USD per unit. Shadow prices are not unique.

    `used` and `limit` are in `unit`; `month` is None for a limit on the plan as a whole.
    """

    kind: str
    name: str
    month: date | None
    used: float
    limit: float
    unit: str
    usd_per_unit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spill:
    """TEU of a pair and month that do not take the route they would take without scarcity.

    `extra_usd_per_teu` is the extra cost; `because` names what is scarce on the preferred route.
    """

    pair: str
    month: date
    teu: float
    from_route: str
    extra_usd_per_teu: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLoad:
    """TEU of the plan over one physical leg, with its drawn line in (lon, lat)."""

    leg: str
    service: str
    from_name: str
    to_name: str
    teu: float
    lon_lat: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityUse:
    """A listed capacity in one month: the TEU that the plan uses and may use.

    `name` is that of its `Marginal`. `place` is an id; it is empty, and the coordinates None, if
    no route can use the capacity. `usd_per_teu` is the shadow price, 0 if it is not scarce.
    """

    name: str
    title: str
    place: str
    place_name: str
    lon: float | None
    lat: float | None
    month: date
    used_teu: float
    limit_teu: float
    usd_per_teu: float

    @property
    def share(self) -> float:
        """Fraction used of what the plan may use; 1 if it may use nothing."""
        return self.used_teu / self.limit_teu if self.limit_teu > 0.0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UncappedWay:
    """A crossing, ferry, canal, port or Arctic sailing without a capacity, and the TEU through it.

    `name` is that of the row it would have, `title` in words. `share` is the fraction of the boxes
    that travel by its `mode` (rail, sea or ferry), 0 to 1.
    """

    name: str
    title: str
    mode: str
    teu: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsailedWay:
    """A way by ship that no line is known to sail, though lines join its ends, and its TEU.

    `corridor` is its id, `ends` in words (`Shanghai to Hamburg`), `share` a fraction of all boxes.
    """

    corridor: str
    ends: str
    teu: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLoad:
    """An origin or destination, with the TEU of the plan."""

    place: str
    name: str
    lon: float
    lat: float
    out_teu: float
    in_teu: float


# Candidate services of a plan, and what becomes of them.

SEASONS = 4


class Idle(StrEnum):
    """What is done with a ship in a season in which no service of the plan uses it."""

    CHARTER_OUT = "charter-out"
    LAY_UP = "lay-up"
    RETURN = "return"


class Proposed(StrEnum):
    """Where candidate services come from, beside those that a plan names."""

    CORRIDORS = "corridors"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateService:
    """A weekly train or loop that may be run, on a corridor or between its calls by any way.

    `departures` are the numbers of departures a week to choose from. `loads_at` and `unloads_at`
    are the terminals at which its main carriage calls on either side, empty for those of the best
    route of the first pair that can use it; without a `corridor` both are given. `ship` is its
    class, None for that of the best route of the first pair, and for a train; `train_teu` the TEU
    of a train, None for the parameter `train.capacity_teu`. `declared` is it
    as a scenario declares it, with its way and days, if the plan has it in this form. If there is a
    `project`, the project of this id must be built for it.
    """

    name: str
    corridor: str
    departures: tuple[float, ...]
    loads_at: tuple[str, ...] = ()
    unloads_at: tuple[str, ...] = ()
    ship: str | None = None
    train_teu: float | None = None
    declared: DeclaredService | None = None
    project: str = ""

    @property
    def has_calls(self) -> bool:
        """Whether it is known where it calls."""
        return bool(self.loads_at and self.unloads_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipsOfAClass:
    """The ships of a class that a plan may hold, and what they do when idle.

    `most` is their greatest number, None for any.
    """

    ship: str
    most: int | None = None
    idle: Idle = Idle.CHARTER_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyRow:
    """A service at one number of departures a week, while the others run as chosen.

    `gain_usd` is what the plan saves a year against not running it, None if boxes that must travel
    then have no way: `missing_teu` a year with these departures. `teu` is what it carries a year,
    and `fill` the fuller direction's share of its room. `vehicles` are ships or train sets.
    `fixed_usd` is what its departures and vehicles take a year, `usd_per_teu` that and what its
    boxes take besides, by box of its own; the departures of other services that they use are not in
    it.
    """

    departures: float
    vehicles: int
    teu: float
    fill: float
    fixed_usd: float
    usd_per_teu: float | None
    gain_usd: float | None
    missing_teu: float
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A candidate service and what became of it.

    `departures` a week are 0 if it is not run. `seasons` are the numbers of those in which it can
    sail; `way_days` are those out and back with ports or terminals. `frequencies` are by number
    of departures, the first for none. `why_not` says why it was not even tried, if so. `declared`
    is it as run, for a scenario: once for each spell of seasons. `lines` are its legs one way as
    drawn, each with whether it is at sea.
    """

    name: str
    corridor: str
    vehicle: str
    ends: tuple[str, str]
    departures: float
    seasons: tuple[int, ...]
    way_days: tuple[float, float]
    capacity_teu: float
    sailing_usd: float
    frequencies: tuple[FrequencyRow, ...]
    why_not: str = ""
    declared: tuple[DeclaredService, ...] = ()
    lines: tuple[tuple[tuple[tuple[float, float], ...], bool], ...] = field(
        default=(), repr=False, compare=False
    )

    @property
    def round_trip_days(self) -> float:
        """The days from a departure to the next of the same vehicle."""
        return sum(self.way_days)

    @property
    def chosen(self) -> FrequencyRow | None:
        """The row of its departures as designed; None if it was not tried."""
        return next((row for row in self.frequencies if row.chosen), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRow:
    """The ships of a class: how many are held, and by season how many are in use on average.

    `held_usd` is the capital of a year, `if_idle_usd` what idle ships take by what is done with
    them, below 0 if they earn.
    """

    ship: str
    held: int
    used: tuple[float, ...]
    idle: Idle
    held_usd: float
    if_idle_usd: Mapping[Idle, float]

    @property
    def idle_usd(self) -> float:
        """What idle ships take as the plan has it."""
        return self.if_idle_usd[self.idle]

    @property
    def idle_ships(self) -> tuple[float, ...]:
        """Ships without a service of the plan, by season on average."""
        return tuple(self.held - used for used in self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPlace:
    """A capacity of which a season takes all that the plan may use, and what a TEU more is worth.

    `name` is as capacities are named, such as `border CN-KZ@kz-dostyk`; `teu` are in the season.
    """

    name: str
    season: int
    teu: float
    usd_per_teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFlow:
    """TEU of a pair in a season by one way.

    `services` are those ridden on in order, none for what others run; `corridors` are those of
    either. `usd_per_teu` leaves out what the departures of the services take, `days` hold half the
    time between two of them. `lane_usd_per_teu` is the least that shippers are quoted from door to
    door in the season, None where nothing is.
    """

    pair: str
    season: int
    services: tuple[str, ...]
    corridors: tuple[str, ...]
    teu: float
    usd_per_teu: float
    days: float
    co2e_kg_per_teu: float
    lane_usd_per_teu: float | None
