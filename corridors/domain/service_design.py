"""Candidate services of a plan, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corridors.domain.scenario import DeclaredService

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
