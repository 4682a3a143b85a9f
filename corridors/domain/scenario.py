"""Scenarios: shipment, corridors, limits and access rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Equipment(StrEnum):
    """Container types. A 20-foot box is one TEU, a 40-foot box two."""

    DV20 = "20DV"
    DV40 = "40DV"
    HC40 = "40HC"
    RF40 = "40RF"

    @property
    def teu_per_box(self) -> float:
        """TEU of one box."""
        return 1.0 if self is Equipment.DV20 else 2.0


class Objective(StrEnum):
    """What the recommended option minimises."""

    COST = "cost"
    DAYS = "days"
    CO2E = "co2e"
    GENERALISED = "generalised"

    @property
    def best_route(self) -> str:
        """What the route that minimises it is called."""
        return {
            Objective.COST: "cheapest route",
            Objective.DAYS: "quickest route",
            Objective.CO2E: "route of least CO2e",
            Objective.GENERALISED: "route of least cost, value of time included",
        }[self]


class HullsInIce(StrEnum):
    """Which ships may enter the areas of the Northern Sea Route."""

    ICE_CLASS = "ice-class"
    ANY = "any"


class PriceBasis(StrEnum):
    """Basis of sea prices: costs of the ships, or market freight by lane and year."""

    COST = "cost"
    MARKET = "market"


class Scope(StrEnum):
    """Container yard to container yard, or door to door with drayage at both ends."""

    YARDS = "cy-cy"
    DOOR = "door"


class OnConflict(StrEnum):
    """If own data disagree: a fault, or the last one prevails."""

    ERROR = "error"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Monthly volume and cargo; weight in t per TEU, value in USD per TEU."""

    teu_per_month: float
    equipment: Equipment
    cargo: str
    cargo_t_per_teu: float
    value_usd_per_teu: float
    value_of_time_usd_per_teu_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoided:
    """Countries not to cross, gates and terminals not to pass."""

    countries: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits on the recommended option, None for none.

    Shares are fractions of the shipment's TEU by country code, gate id or corridor id.
    `shelf_life_days` is a second limit on the days from gate-in to gate-out. `deadline` is the
    last day on which a box becomes available at its destination. `capacity_share` is the fraction
    of each listed capacity that the shipment may use.
    """

    max_transit_days: float | None = None
    max_days: float | None = None
    shelf_life_days: float | None = None
    max_usd_per_teu: float | None = None
    max_co2e_kg_per_teu: float | None = None
    deadline: date | None = None
    avoid: Avoided = Avoided()
    max_share_country: tuple[tuple[str, float], ...] = ()
    max_share_gate: tuple[tuple[str, float], ...] = ()
    max_share_corridor: tuple[tuple[str, float], ...] = ()
    capacity_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A place, leg, country or service closed between two days, inclusive."""

    place: str
    first_day: date | None
    last_day: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChoice:
    """A project taken as built from a day on: its id, or the path of its file."""

    id: str
    opens: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A parameter row replaced by a scenario: `parameter` or `parameter@scope`."""

    parameter: str
    scope: str | None
    value: float

    @property
    def key(self) -> str:
        """The dotted key of a scenario."""
        scope = "" if self.scope is None else f"@{self.scope}"
        return f"overrides.{self.parameter}{scope}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customs:
    """Customs unions on land.

    `eaeu`: the Eurasian Economic Union is one customs territory. `extend_to`: countries added to
    it. `common_note`: boxes travel under the common CIM/SMGS note, with no reissue on the way.
    """

    eaeu: bool = True
    extend_to: tuple[str, ...] = ()
    common_note: bool = False


CUSTOMS_OF_TODAY = Customs()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSource:
    """A folder or file of the user's own terminals, legs and rates, identified by its hash.

    `name` is the last part of `path`, which is local to this machine; `sha256` is hexadecimal.
    """

    name: str
    sha256: str
    path: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Places of loading and delivery for `scope: door`, and their road km from the terminals.

    A place is None if it lies within the city of the terminal. Road km that are not given are
    measured on the OpenStreetMap extracts `osm`, else estimated.
    """

    origin: str | None = None
    destination: str | None = None
    origin_km: float | None = None
    destination_km: float | None = None
    osm: tuple[OwnSource, ...] = ()


AT_THE_TERMINALS = Door()


DEPARTURE = "departure"
"""The value of `prices` for those of the day of departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario with all defaults filled in.

    `own_data` apply in their order. `prices` is the month whose prices hold, such as `2025-12`, or
    `departure`. `speed` is that of ships in open water: the `reference` speed
    of each class, the `best` of several by cost and value of time, or knots.
    """

    name: str
    origin: str
    destination: str
    departure: date
    shipment: Shipment
    corridors: tuple[str, ...]
    services: tuple[str, ...]
    world: str
    price_basis: PriceBasis
    scope: Scope
    objective: Objective
    limits: Limits
    max_wait_days: float
    ice_year: str
    prices: str = DEPARTURE
    speed: str | float = "reference"
    hulls_in_ice: HullsInIce = HullsInIce.ICE_CLASS
    customs: Customs = CUSTOMS_OF_TODAY
    projects: tuple[ProjectChoice, ...] = ()
    door: Door = AT_THE_TERMINALS
    closures: tuple[Closure, ...] = ()
    overrides: tuple[Override, ...] = ()
    own_data: tuple[OwnSource, ...] = ()
    on_conflict: OnConflict = OnConflict.ERROR
    source_path: str = ""
    text: dict[str, object] = field(default_factory=dict, compare=False)

    @property
    def prices_day(self) -> date:
        """The day whose prices hold: the departure, or the first of the month of `prices`."""
        if self.prices == DEPARTURE:
            return self.departure
        return date.fromisoformat(f"{self.prices}-01")


OTHER = "other"
"""The corridor of the cheapest route of all, shown where no compared corridor holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MustPass:
    """An entry of a corridor: any of these places, required only if an end is in `end_in`."""

    name: str
    any_of: tuple[str, ...]
    end_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRule:
    """A bar on services or countries before or after an entry of `must_pass`.

    `services` (families or ids) or `countries` are allowed only after, or only before, the named
    entry, in the direction in which the corridor is written.
    """

    services: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    only_after: str | None = None
    only_before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorEnds:
    """The ends that a corridor is for: one in `one_in`, the other in `other_in`, or anywhere."""

    one_in: tuple[str, ...]
    other_in: tuple[str, ...] = ()

    def hold(self, origin: str, destination: str) -> bool:
        """Return whether two ends, by country, are such ends in either direction."""
        return any(
            one in self.one_in and (not self.other_in or other in self.other_in)
            for one, other in ((origin, destination), (destination, origin))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A corridor: the places that define it, the places it avoids, and its main carriage.

    It is written from Asia to Europe (or east to west) and applies in both directions. If it is
    not `default`, scenarios must name it. `main_services` are the families or services of its main
    carriage, in which places and rules count; boxes reach and leave it by carriage.
    `reserved_services` are not default and run in the main carriage of this corridor only.
    `must_avoid` applies throughout, `carriage_must_avoid` to carriage alone. Where all corridors
    are compared, one with `ends` is left out between others.
    """

    id: str
    title: str
    colour: str
    description: str
    must_pass: tuple[MustPass, ...]
    must_avoid: tuple[str, ...]
    main_services: tuple[str, ...]
    rules: tuple[CorridorRule, ...] = ()
    reserved_services: tuple[str, ...] = ()
    carriage_must_avoid: tuple[str, ...] = ()
    default: bool = True
    ends: CorridorEnds | None = None
    source_path: str = ""
