"""Terminals, gates, services, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corridors.domain.windows import ClosureWindow, window_of


class TerminalKind(StrEnum):
    """What a place is."""

    SEAPORT = "seaport"
    RAIL_TERMINAL = "rail_terminal"
    BORDER_STATION = "border_station"
    GAUGE_YARD = "gauge_yard"
    FERRY_PORT = "ferry_port"
    RIVER_PORT = "river_port"
    DRY_PORT = "dry_port"
    JUNCTION = "junction"
    PORT = "port"
    POINT = "point"


class GateKind(StrEnum):
    """What a passage is; an `area` is a boundary between two sea areas and not a passage."""

    CANAL = "canal"
    STRAIT = "strait"
    CAPE = "cape"
    PASSAGE = "passage"
    AREA = "area"


class Family(StrEnum):
    """The mode of a service: the first part of its id."""

    SEA = "sea"
    RAIL = "rail"
    FERRY = "ferry"
    RIVER = "river"
    ROAD = "road"


def family_of(service: str) -> Family:
    """Return the mode of a service by its id: `river/lena` is a river.

    Raises
    ------
    ValueError
        It is the id of no service.
    """
    return Family(service.split("/", maxsplit=1)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A place where boxes are loaded, unloaded or changed, or where rail lines meet.

    `services` lists what can be loaded there: `sea` (any ship), or one service. `UNLOCODE` and
    source are empty where none is known. Longitude and latitude in degrees, WGS 84.
    """

    id: str
    name: str
    city: str
    main: bool
    aliases: tuple[str, ...]
    kind: TerminalKind
    country: str
    lon: float
    lat: float
    unlocode: str
    services: tuple[str, ...]
    gauges_mm: tuple[int, ...]
    source: str
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A passage that no sea route passes unnoticed; limits in metres, None where there is none."""

    id: str
    name: str
    kind: GateKind
    points: tuple[str, ...]
    max_draft_m: float | None
    max_beam_m: float | None
    max_loa_m: float | None
    country: str
    source: str
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A transport operation category (ISO 14083): ship class, train product, ferry, truck.

    `systems` are the rail systems it runs over; `countries` where it runs, empty for anywhere.
    Dimensions in metres, None where they do not apply.
    """

    id: str
    title: str
    family: Family
    systems: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ice_class: str = ""
    draft_m: float | None = None
    beam_m: float | None = None
    loa_m: float | None = None
    default: bool = True
    colour: str = "#444444"


class AccessKind(StrEnum):
    """What a rule speaks of; `transit`: a country, where neither end lies in it.

    `any` is whatever bears the name: the closures of a scenario do not say what they close.
    """

    PLACE = "place"
    LEG = "leg"
    BORDER = "border"
    COUNTRY = "country"
    TRANSIT = "transit"
    SERVICE = "service"
    ANY = "any"


class Effect(StrEnum):
    """What a rule does; an unknown becomes a warning."""

    CLOSED = "closed"
    WARNING = "warning"
    UNKNOWN = "unknown"


class Heading(StrEnum):
    """How boxes are bound, the shorter way round the world."""

    ANY = "any"
    WEST = "west"
    EAST = "east"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """A dated fact about access: a closure, or a doubt that becomes a warning.

    `key` names what it speaks of. Dates are ISO, inclusive, empty where open-ended; or both
    `--MM-DD`, of every year. It holds for boxes bound `direction` with a cargo preset in `cargo`;
    empty for every cargo.
    """

    id: str
    what: AccessKind
    key: str
    effect: Effect
    first_day: str
    last_day: str
    text: str
    source_id: str
    status: str
    as_of: str
    direction: Heading = Heading.ANY
    cargo: tuple[str, ...] = ()

    @property
    def window(self) -> ClosureWindow:
        """When it holds."""
        return window_of(self.first_day, self.last_day)
