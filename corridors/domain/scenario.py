"""Scenarios: shipment, corridors, limits and access rules.

The keys of a scenario file are declared here and nowhere else: the string under a key describes it,
below stands what a declaration may ask of a value. `config/models.py` makes the models that read a
file from these classes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

from corridors.domain.objective import Objective
from corridors.domain.values import Incoterm

# What a configuration file may give for a key, beyond the type of its value.

Item = TypeVar("Item")
MAX_TEU_PER_MONTH = 1_000_000
LEAST = 0.001
"""The least of a number above 0, in the unit of its key: what is smaller, such as 1e-300, means
nothing here, and no solver takes its ratio to a figure of a route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """The values that a file may give: bounds of a number, known names, length of a list.

    A number lies above `above`, is at least `least` and at most `most`. `names` is a kind of name
    of the tables, such as `country`; a `place` is text that is never a number. A list has at most
    `entries`. A key that `follows` may be left out, although the frozen value always has it: it
    then follows from other keys.
    """

    above: float | None = None
    least: float | None = None
    most: float | None = None
    names: str | None = None
    entries: int | None = None
    place: bool = False
    follows: bool = False


FOLLOWS = Takes(follows=True)
Positive = Annotated[float, Takes(least=LEAST)]
Share = Annotated[float, Takes(least=0, most=1)]
Place = Annotated[str, Takes(place=True)]
CountryName = Annotated[str, Takes(names="country")]
GateName = Annotated[str, Takes(names="gate")]
TerminalName = Annotated[str, Takes(names="terminal")]
CargoClassName = Annotated[str, Takes(names="cargo class")]
CorridorName = Annotated[str, Takes(names="corridor")]
ProjectName = Annotated[str, Takes(names="project")]
ServiceName = Annotated[str, Takes(names="service")]
Few = Annotated[tuple[Item, ...], Takes(entries=60)]


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


class HullsInIce(StrEnum):
    """Which ships may enter the areas of the Northern Sea Route."""

    ICE_CLASS = "ice-class"
    ANY = "any"


class PriceBasis(StrEnum):
    """What a decision compares: what carriage costs, or what shippers are quoted for it."""

    COST = "cost"
    PRICE = "price"


class Subsidies(StrEnum):
    """Subsidies on trains: none, or those found for the year of departure."""

    NONE = "none"
    FOUND = "found"


class Choice(StrEnum):
    """What is said of the ways: the best one, or also the shares of a trade by way."""

    BEST = "best"
    SHARES = "shares"


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
    """The shipment: volume, cargo and container type."""

    teu_per_month: Annotated[Positive, Takes(most=MAX_TEU_PER_MONTH)]
    """Volume in TEU per month."""
    equipment: Annotated[Equipment, FOLLOWS]
    """Container type. Default: the type of the cargo preset, else 40HC."""
    cargo: Annotated[str, Takes(names="cargo")] = "general"
    """Cargo preset: weight, value, container type, shelf life and classes."""
    cargo_classes: Annotated[tuple[CargoClassName, ...], Takes(entries=20), FOLLOWS]
    """Classes that bans refer to, such as `[machinery, listed]`. Default: those of the preset."""
    cargo_t_per_teu: Annotated[Positive, Takes(most=30), FOLLOWS]
    """Cargo weight in t per TEU. Default: the weight of the preset."""
    value_usd_per_teu: Annotated[float, Takes(least=0, most=1e8), FOLLOWS]
    """Cargo value in USD per TEU. Default: the value of the preset."""
    value_of_time_usd_per_teu_day: Annotated[float, Takes(least=0, most=1e5), FOLLOWS]
    """Value of time in USD per TEU and day. Default: the capital in the goods, and what the preset
    loses by fashion or decay."""
    stay_days: Annotated[float | None, Takes(least=0, most=365)] = None
    """Days from unloading at the destination until the empty box is back, which a contract charges
    by its free days and tiers. Default: none are charged by contracts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoided:
    """Countries, gates and terminals to avoid."""

    countries: Few[CountryName] = ()
    """Countries that routes must not cross; the Northern Sea Route counts as Russia."""
    gates: Few[GateName] = ()
    """Gates that routes must not pass."""
    terminals: Few[TerminalName] = ()
    """Terminals that routes must not use or pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """A day by which a box must be available at its destination, with a probability."""

    by: date
    """Latest day, to its end."""
    probability: Share = 0.9
    """Least chance to arrive by then, 0 to 1, with late ships, queues and missed departures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits that the recommended option must meet."""

    max_transit_days: Positive | None = None
    """Maximum days from the first departure to the last arrival."""
    max_days: Positive | None = None
    """Maximum days from gate-in to gate-out."""
    shelf_life_days: Annotated[Positive, Takes(most=3_650)] | None = None
    """Shelf life in days, gate-in to gate-out: `shipment.shelf_life_days` of the file."""
    max_usd_per_teu: Positive | None = None
    """Maximum cost in USD per TEU."""
    max_co2e_kg_per_teu: Positive | None = None
    """Maximum well-to-wake emissions in kg CO2e per TEU."""
    deadline: date | None = None
    """Latest day on which a box becomes available at its destination."""
    avoid: Avoided = Avoided()
    """Countries, gates and terminals to avoid."""
    max_share_country: tuple[tuple[CountryName, Share], ...] = ()
    """Maximum share of the TEU through each country, 0 to 1; `RU` counts the Northern Sea Route."""
    max_share_gate: tuple[tuple[GateName, Share], ...] = ()
    """Maximum share of the TEU through each gate, 0 to 1."""
    max_share_corridor: tuple[tuple[CorridorName, Share], ...] = ()
    """Maximum share of the TEU by each corridor, 0 to 1."""
    capacity_share: Annotated[Positive, Takes(most=1)] | None = None
    """Fraction of each listed capacity that the shipment may use, such as 0.1."""
    on_time: OnTime | None = None
    """Day met with a probability; `simulate` and `draws.count` take it into account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A place, leg, country or service closed between two days."""

    place: Annotated[str, Takes(names="terminal, gate, leg, country or service")]
    """What is closed: a terminal, gate, leg, country or service."""
    first_day: date | None = None
    """First closed day. Default: no start date."""
    last_day: date | None = None
    """Last closed day. Default: no end date."""
    reason: str = "closed by the scenario"
    """Reason shown in the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChancedClosure:
    """A closure that may happen, as known when a box is booked."""

    place: Annotated[str, Takes(names="terminal, gate, leg, country or service")]
    """What may be closed: a terminal, gate, leg, country or service."""
    probability: Share
    """Chance that it is closed, 0 to 1."""
    first_day: date | None = None
    """First closed day. Default: no start date."""
    last_day: date | None = None
    """Last closed day. Default: no end date."""
    reason: str = "closed with a chance"
    """Reason shown in the results."""


class Per(StrEnum):
    """Periods of a frequency."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredService:
    """A loop of ships or a train that a scenario or corridor takes as run, a row of `lines.csv`."""

    name: str
    """Name of the service, as results show it."""
    stops: Few[Place]
    """Where it calls, in order: cities, UN/LOCODEs or terminal ids. Each stop once."""
    way: Few[str] = ()
    """Gates, borders (`CN-KZ`), terminals or countries that it passes between its first and last
    stop; `gate-suez|gate-good-hope` passes one of them. A canal, strait or cape that is not named
    is not passed."""
    bars: Few[str] = ()
    """Gates, borders, terminals or countries that it does not pass."""
    ship: Annotated[str, Takes(names="class of ships")] | None = None
    """Class of its ships, such as `sea/4k`. Default: it is a train."""
    ferry: bool = False
    """Whether its train goes by ferry or ship where there is no track."""
    frequency: Annotated[float, Takes(least=LEAST, most=100)]
    """Sailings or trains per `per`, each way."""
    per: Per = Per.WEEK
    """Period of the frequency: `week`, `month` or `year`."""
    first_day: date | None = None
    """First day on which it leaves. Default: it runs already."""
    last_day: date | None = None
    """Last day on which it leaves. Default: no end."""
    one_way: bool = False
    """Whether it runs from the first stop to the last alone. Default: also back."""
    project: ProjectName | None = None
    """Project that it runs with, from its opening day on. Default: none."""


class Measure(StrEnum):
    """What a robust recommendation makes least over draws."""

    CVAR = "cvar"
    REGRET = "regret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Robust:
    """Recommend the route whose worst draws are the least bad, not that of the least figure."""

    measure: Measure = Measure.CVAR
    """What is averaged over the worst draws: the objective itself (`cvar`), or what a route loses
    against the best of each draw (`regret`)."""
    level: Share = 0.95
    """Share of draws that are not among the worst, 0 to 1: 0.95 averages the worst 5 %, 1 takes the
    worst draw alone, 0 all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSettings:
    """What is drawn, and how widely."""

    count: Annotated[int, Takes(least=0, most=10_000)] = 0
    """Draws in which `compare` and batches say in what share each option is best, its routes kept;
    low and high of batches are then quantiles too. 0: none. `simulate`, which searches further
    routes, has its own number."""
    seed: Annotated[int, Takes(least=0, most=1_000_000_000)] = 1
    """Seed of the draws of a comparison."""
    width: Annotated[float, Takes(least=0, most=10)] = 1.0
    """How many times as wide as in the tables all ranges are."""
    widths: tuple[tuple[str, Annotated[float, Takes(least=0, most=10)]], ...] = ()
    """The same by family of figures, such as `{sea cost: 0.5}`."""
    correlations: tuple[tuple[str, Annotated[float, Takes(least=-1, most=1)]], ...] = ()
    """Correlations of two common factors, such as `{bunker and charter: 0.4}`."""
    events: bool = True
    """Whether late ships, queues, missed departures and sudden closures are drawn."""
    ice: bool = True
    """Whether the year of the ice is drawn, where `ice_year` is `mean`."""


AS_THE_TABLES_SAY = DrawSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChoice:
    """A project taken as built, from its planned opening date or another date."""

    id: ProjectName
    """Id of a project, or path of a project file."""
    opens: Annotated[date, FOLLOWS]
    """Opening date. Default: the planned date."""


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
    """Customs unions on land."""

    eaeu: bool = True
    """Whether the Eurasian Economic Union is one customs territory."""
    extend_to: tuple[CountryName, ...] = ()
    """Countries added to that territory, such as [CN]."""
    common_note: bool = False
    """Whether boxes travel under the common CIM/SMGS note, with no reissue on the way."""


CUSTOMS_OF_TODAY = Customs()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSource:
    """A folder or file of the user's own terminals, legs and rates, identified by its hash.

    `name` is the last part of `path`, which is local to this machine; `sha256` is hexadecimal.
    `content` is what a rate sheet holds that was sent with a question and stands in no file.
    """

    name: str
    sha256: str
    path: str = field(compare=False)
    content: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Places of loading and delivery, and their road distance from the terminals."""

    origin: Place | None = None
    """Place of loading. Default: the centre of the city; within the city of a terminal."""
    destination: Place | None = None
    """Place of delivery. Default: the centre of the city; within the city of a terminal."""
    origin_km: Annotated[Positive, Takes(most=3_000)] | None = None
    """Road km from there to the terminal. Default: by `osm`, else estimated."""
    destination_km: Annotated[Positive, Takes(most=3_000)] | None = None
    """Road km from the terminal to there. Default: by `osm`, else estimated."""
    osm: Annotated[tuple[OwnSource, ...], Takes(entries=20)] = ()
    """OpenStreetMap extracts for measuring road km, relative to the scenario's folder."""


AT_THE_TERMINALS = Door()


BEST_SPEED = "best"
"""The value of `speed` for the best by cost and value of time."""
DEPARTURE = "departure"
"""The value of `prices` for those of the day of departure."""
MAX_WAIT_DAYS = 14
"""Whole days for which boxes may wait at the origin, if a question does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario with all defaults filled in."""

    name: Annotated[str, FOLLOWS]
    """Name of the scenario. Default: origin and destination."""
    origin: Place
    """City (`Brest, FR` among namesakes), UN/LOCODE, terminal id, or `lon,lat` in degrees."""
    destination: Place
    """Destination, written like the origin."""
    departure: date
    """Day on which the first vessel or train leaves, such as 2026-08-20."""
    shipment: Shipment
    """The shipment: volume, cargo and container type."""
    corridors: tuple[CorridorName, ...]
    """Corridors to compare: `all`, ids, or paths of corridor files."""
    services: Annotated[tuple[ServiceName | DeclaredService, ...], FOLLOWS]
    """Service families or services that routes may use, and services declared to run, with `name`,
    `stops` and `frequency`. Default: those that `corridors list services` calls default, the mean
    ship of the trade, and the largest ocean-going ships that call at the ends."""
    price_basis: Annotated[PriceBasis, FOLLOWS]
    """What rows, decision, ties and value ladder compare: the `cost` of carriage, or the `price`
    that shippers are quoted in that week. Default: `price` in a world of known lines, such as
    `current`, `cost` in the others. By cost too where nothing is quoted, which is said. Results
    have both."""
    world: Annotated[str, Takes(names="world")] = "current"
    """Set of access rules: closures, sanctions and warnings by date."""
    subsidies: Subsidies = Subsidies.NONE
    """Subsidies of China on its trains: `none`, or those `found` for the year of departure."""
    scope: Scope = Scope.YARDS
    """`cy-cy`: terminal to terminal, with drayage for cities. `door`: with drayage at both ends."""
    objective: Objective = Objective.GENERALISED
    """What rows and recommendation minimise. `generalised` is cost plus value of time."""
    choice: Choice = Choice.BEST
    """`best` is one shipper's way. `shares` also says how the boxes of a trade spread over the
    ways, by groups of goods, with the shipment's TEU a month as those of the trade: direction and
    order, no forecast. `compare` and `catchments` read it."""
    limits: Limits = Limits()
    """Limits that the recommended option must meet."""
    max_wait_days: Annotated[float, Takes(least=0, most=366)] = float(MAX_WAIT_DAYS)
    """Longest wait at the origin for a season to open or a closure to end, in whole days.

    Beyond four weeks boxes leave once a week, or on the day on which their way opens.
    """
    ice_year: str = "mean"
    """Ice conditions: `mean`, `best`, `worst`, or a year from 2010 to 2024."""
    prices: str = DEPARTURE
    """Month whose prices hold, such as `2025-12`; by default that of the `departure`."""
    known_on: date | None = None
    """Day as of which to answer, such as 2023-12-01: rules, lines, prices and sightings published
    later are left out, and prices are those of that day at the latest. Default: today."""
    speed: str | float = "reference"
    """Speed of ships: `reference`, `best` by cost and value of time, or a number in knots."""
    hulls_in_ice: HullsInIce = HullsInIce.ICE_CLASS
    """Ships in the areas of the Northern Sea Route: those with an `ice-class`, or `any` hull."""
    customs: Customs = CUSTOMS_OF_TODAY
    """Customs unions on land."""
    projects: tuple[ProjectChoice, ...] = ()
    """Projects taken as built: `all`, ids, or paths of project files."""
    door: Door = AT_THE_TERMINALS
    """Places of loading and delivery, for `scope: door` only."""
    closures: Annotated[tuple[Closure, ...], Takes(entries=200)] = ()
    """Terminals, gates, legs, countries or services closed between two days."""
    chances: Annotated[tuple[ChancedClosure, ...], Takes(entries=4)] = ()
    """Closures that may happen, each with a probability: `simulate` mixes the worlds."""
    robust: Robust | None = None
    """Recommend the route whose worst draws are the least bad, such as `{measure: regret}`."""
    draws: DrawSettings = AS_THE_TABLES_SAY
    """What is drawn, and how widely."""
    overrides: tuple[Override, ...] = ()
    """Values that replace parameters, by `parameter` or `parameter@scope`."""
    own_data: Annotated[tuple[OwnSource, ...], Takes(entries=20)] = ()
    """Your own terminals, legs and rates: folders, .csv or .gpkg files next to the scenario."""
    incoterm: Incoterm | None = None
    """Term of sale of the Incoterms 2020, such as `FOB`: who pays each line, seller or buyer."""
    contracts: Annotated[tuple[OwnSource, ...], Takes(entries=20)] = ()
    """Rate sheets of your contracts: .xlsx or .csv files next to the scenario."""
    schedules: Annotated[tuple[OwnSource, ...], Takes(entries=20)] = ()
    """Your sailings: DCSA Commercial Schedules (.json), or tables of trips (.csv, .xlsx)."""
    on_conflict: OnConflict = OnConflict.ERROR
    """If your own data disagree: `error` stops, `last` lets the later one prevail."""
    source_path: str = ""
    text: dict[str, object] = field(default_factory=dict, compare=False)

    @property
    def service_names(self) -> tuple[str, ...]:
        """The services that routes may use, by family or id; none for the default ones."""
        return tuple(one for one in self.services if isinstance(one, str))

    @property
    def declared(self) -> tuple[DeclaredService, ...]:
        """The services that it declares to run."""
        return tuple(one for one in self.services if isinstance(one, DeclaredService))

    @property
    def prices_day(self) -> date:
        """The day whose prices hold: the departure, or the first of the month of `prices`.

        With `known_on` it is that day at the latest.
        """
        day = self.departure
        if self.prices != DEPARTURE:
            day = date.fromisoformat(f"{self.prices}-01")
        return min(day, self.known_on or day)

    @property
    def as_priced(self) -> Scenario:
        """The scenario without what only chooses among its ways: of equal ones the ways cost alike.

        At their best speed the value of time stays, since ships sail faster for it.
        """
        shipment = self.shipment
        value = shipment.value_of_time_usd_per_teu_day * (self.speed == BEST_SPEED)
        return replace(
            self,
            name="",
            source_path="",
            corridors=(),
            objective=Objective.COST,
            choice=Choice.BEST,
            limits=Limits(avoid=self.limits.avoid),
            robust=None,
            draws=AS_THE_TABLES_SAY,
            incoterm=None,
            shipment=replace(shipment, value_of_time_usd_per_teu_day=value),
        )


def is_border(name: str) -> bool:
    """Return whether a name is that of a border between two countries, such as `BY-PL`."""
    one, dash, other = name.partition("-")
    return dash == "-" and all(len(code) == 2 and code.isupper() for code in (one, other))


OTHER = "other"
"""The corridor of the cheapest route of all, shown where no compared corridor holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MustPass:
    """An entry of a corridor: any of these places, or of borders such as `BY-PL`.

    It is required only if an end is in `end_in`, and not if one is in `unless_end_in`.
    """

    name: str
    any_of: tuple[str, ...]
    end_in: tuple[str, ...] = ()
    unless_end_in: tuple[str, ...] = ()

    def applies(self, ends: Collection[str]) -> bool:
        """Return whether the entry is required between ends in these countries."""
        required = not self.end_in or not {*ends}.isdisjoint(self.end_in)
        return required and {*ends}.isdisjoint(self.unless_end_in)


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
    are compared, one with `ends` is left out between others. One that is `one_way` holds from its
    first entry to its last alone. `declared` are services that run wherever it is compared.
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
    one_way: bool = False
    declared: tuple[DeclaredService, ...] = ()
    source_path: str = ""
