"""What is asked: the shipment, the corridors, the limits, the state of the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Equipment(StrEnum):
    """The box. A 20-foot box is one TEU, a 40-foot box two."""

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


class PriceBasis(StrEnum):
    """Whether the sea is priced by what it costs, or by the freight of its lane and year."""

    COST = "cost"
    MARKET = "market"


class Scope(StrEnum):
    """Whether hauls by road at both ends count: from container yard to yard, or door to door."""

    YARDS = "cy-cy"
    DOOR = "door"


class OnConflict(StrEnum):
    """What becomes of two own data that disagree: a fault, or the last of them holds."""

    ERROR = "error"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A programme of boxes; weights in tonnes of cargo per TEU, values in USD per TEU."""

    teu_per_month: float
    equipment: Equipment
    cargo: str
    cargo_t_per_teu: float
    value_usd_per_teu: float
    value_of_time_usd_per_teu_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoided:
    """What the shipment keeps out of: countries (passed through), gates, terminals."""

    countries: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds a recommended option keeps; None where there is none.

    Shares are fractions of the programme's TEU, by country code or gate id. `shelf_life_days` are
    those of the goods: a second bound on the days from gate-in to gate-out. `deadline` is the day
    by whose end a box is at its destination, free to be taken. `capacity_share` is the part of
    each listed capacity that the programme may use.
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
    """A place, leg, country or service that the scenario closes between two days, inclusive."""

    place: str
    first_day: date | None
    last_day: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChoice:
    """A project that the scenario takes as built from a day on: its id, or the path of its file."""

    id: str
    opens: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A parameter row a scenario replaces: `parameter` or `parameter@scope`."""

    parameter: str
    scope: str | None
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Customs:
    """Customs unions on land.

    `eaeu`: its members are one customs territory. `extend_to`: countries that join it.
    `common_note`: boxes run under the common CIM/SMGS note, which is changed nowhere.
    """

    eaeu: bool = True
    extend_to: tuple[str, ...] = ()
    common_note: bool = False


CUSTOMS_OF_TODAY = Customs()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSource:
    """A user's own terminals, legs and rates: a folder or a file, known by what it holds.

    `name` is its last part, `sha256` in hexadecimal; `path` is where it lies on this machine.
    """

    name: str
    sha256: str
    path: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where boxes are loaded and delivered under `scope: door`, and how far from the terminals.

    `origin` and `destination` are places; None for one within the city of the terminal. Road km
    that are given are taken as they are; `osm` are OpenStreetMap extracts on whose roads the others
    are measured.
    """

    origin: str | None = None
    destination: str | None = None
    origin_km: float | None = None
    destination_km: float | None = None
    osm: tuple[OwnSource, ...] = ()


AT_THE_TERMINALS = Door()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One question, whole.

    `own_data` are laid over the shipped network in their order. `speed` is that of ships in open
    water: `reference` of each class, `best` of the ladder by cost and value of time, or knots.
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
    speed: str | float = "reference"
    customs: Customs = CUSTOMS_OF_TODAY
    projects: tuple[ProjectChoice, ...] = ()
    door: Door = AT_THE_TERMINALS
    closures: tuple[Closure, ...] = ()
    overrides: tuple[Override, ...] = ()
    own_data: tuple[OwnSource, ...] = ()
    on_conflict: OnConflict = OnConflict.ERROR
    source_path: str = ""
    text: dict[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MustPass:
    """An entry of a corridor: any of these places; `end_in` holds it to ends in those countries."""

    name: str
    any_of: tuple[str, ...]
    end_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRule:
    """What is barred before or after an entry of `must_pass`, seen in the corridor's direction.

    `services` (families or ids) or `countries` are allowed only after, or only before, the entry
    named `entry`.
    """

    services: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    only_after: str | None = None
    only_before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A corridor: the passages that define it, what it avoids, and what may be used.

    Written from Asia to Europe (or east to west); it holds in both directions. One that is not
    `default` is compared only where it is named. `reserved_services` run in it, and in no other
    corridor, though they are not default.
    """

    id: str
    title: str
    colour: str
    description: str
    must_pass: tuple[MustPass, ...]
    must_avoid: tuple[str, ...]
    services: tuple[str, ...]
    rules: tuple[CorridorRule, ...] = ()
    reserved_services: tuple[str, ...] = ()
    default: bool = True
    source_path: str = ""
