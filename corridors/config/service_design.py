"""Loading service designs: candidate services, pairs with TEU by season, other ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from corridors.config.allowed_names import Names
from corridors.config.batch_files import Values
from corridors.config.checks import (
    CorridorName,
    NameCheck,
    Number,
    Positive,
    ServiceName,
    Strictly,
    Word,
)
from corridors.config.faults import validate
from corridors.config.models import DeclaredServiceModel, GoodsModel, frozen
from corridors.config.nodes import Node
from corridors.config.plan_files import (
    DemandModel,
    Volume,
    month_word,
    one_volume,
    read_plan_file,
)
from corridors.data.lines import WEEKS_PER
from corridors.data.services import load_services
from corridors.domain.scenario import DeclaredService, PriceBasis, is_border
from corridors.domain.service_design import (
    SEASONS,
    CandidateService,
    DesignPlan,
    Idle,
    Proposed,
    ShipsOfAClass,
)
from corridors.errors import ConfigError

TerminalWord = Annotated[Word, AfterValidator(NameCheck("terminal"))]
MOST_SERVICES = 60
MOST_PAIRS = 100
WORTH = "set value_of_time_usd_per_teu_day of the pairs"
Departures = Annotated[
    tuple[Annotated[Positive, Field(ge=0.25, le=42)], ...],
    Field(min_length=1, max_length=12),
    BeforeValidator(one_volume),
]


class CandidateModel(Strictly):
    """A weekly train or loop that may be run on a corridor."""

    name: Word | None = None
    """Name of the service. Default: the title of its corridor, or its calls."""
    corridor: CorridorName | None = None
    """Corridor of its main carriage. Default: any way between its calls, by train or by `ship`."""
    departures_per_week: Departures
    """Departures a week to choose from; 0.5 is one a fortnight."""
    loads_at: Annotated[tuple[TerminalWord, ...], Field(max_length=20)] = ()
    """Terminals at which it calls where its corridor begins, which is in Asia. Default: that of the
    best route of the first pair that can use it; without a corridor both sides are needed."""
    unloads_at: Annotated[tuple[TerminalWord, ...], Field(max_length=20)] = ()
    """Terminals at which it calls where its corridor ends. Default: as for `loads_at`."""
    ship: ServiceName | None = None
    """Class of its ships, such as sea/arctic-4k-arc4. Default: that of the best route of the first
    pair; without a corridor it is a train."""
    train_teu: Annotated[Positive, Field(le=400)] | None = None
    """TEU of a full train. Default: the parameter `train.capacity_teu`."""


def _form_of(given: object) -> str:
    """Return in which of two forms a candidate is given: with stops as a scenario declares it."""
    return "declared" if isinstance(given, dict) and "stops" in given else "candidate"


CandidateEntry = Annotated[
    Annotated[CandidateModel, Tag("candidate")] | Annotated[DeclaredServiceModel, Tag("declared")],
    Discriminator(_form_of),
]


class FleetModel(Strictly):
    """The ships of a class that the plan may hold."""

    ship: ServiceName
    """Class of the ships."""
    most: Annotated[int, Field(ge=0, le=500)] | None = None
    """Greatest number of ships. Default: any number."""
    idle: Literal["charter-out", "lay-up", "return"] = "charter-out"
    """What a ship does in a season without a service of the plan: `charter-out` for hire, `lay-up`,
    or `return` to its owner if it is hired by the season."""


class DesignPairModel(GoodsModel, DemandModel):
    """An origin and a destination with TEU by season, and the cargo."""

    teu_per_month: Annotated[
        tuple[Volume, ...], Field(min_length=1, max_length=SEASONS), BeforeValidator(one_volume)
    ]
    """TEU leaving in a month: one number for the year, or one for each of the four seasons."""


class DesignModel(Strictly):
    """A plan file of `corridors design`."""

    model_config = ConfigDict(title="Service design: which weekly trains and loops to run")

    name: Word | None = None
    """Name of the plan. Default: the name of the file."""
    first_month: Annotated[Word, BeforeValidator(month_word)]
    """First month of the year, such as 2026-07; each season has three months."""
    objective: Literal["generalised", "cost"] = "generalised"
    """What the plan minimises: cost plus value of time. With `cost` alone it is refused."""
    services: Annotated[tuple[CandidateEntry, ...], Field(max_length=MOST_SERVICES)] = ()
    """Candidate services: with `departures_per_week` to choose from, or with `stops`, `way` and one
    `frequency`, as a scenario declares a service."""
    propose: Literal["corridors", "lines"] | None = None
    """Further candidates: one for each of the `corridors` that pairs can use, between the ends of
    their main carriage, or only where `lines` are known to run; at most 60, those of most TEU."""
    departures_per_week: Departures = (1, 2, 3, 5, 7)
    """Departures a week to choose from for proposed services."""
    alternatives: (
        Literal["all", "none"] | Annotated[tuple[CorridorName, ...], Field(min_length=1)]
    ) = "all"
    """Corridors by which boxes may go with what others run: `all`, `none`, or ids."""
    unmet_usd_per_teu: Annotated[Number, Field(ge=0, le=50_000)] | None = None
    """Price in USD of each TEU that stays away. Default: every TEU must travel."""
    capacity_share: Annotated[Positive, Field(le=1)] | None = None
    """Fraction of each listed capacity that the plan may use, 0 to 1."""
    fleets: Annotated[tuple[FleetModel, ...], Field(max_length=30)] = ()
    """Ships by class: how many there are, and what they do when idle."""
    time_limit_s: Annotated[Positive, Field(le=86_400)] = 120.0
    """Time limit in seconds of the choice; the best found is returned with its gap."""
    scenario: Values = Field(default_factory=dict)
    """Scenario keys that apply to all pairs, such as world or closures."""
    pairs: Annotated[tuple[DesignPairModel, ...], Field(min_length=1, max_length=MOST_PAIRS)]
    """Origins and destinations with TEU by season and cargo."""


def load_design(path: Path | str, *, set_values: Sequence[str] = ()) -> DesignPlan:
    """Return the service design of a file, or of a shipped plan's name.

    Parameters
    ----------
    path
        A plan file, or the name of a shipped one.
    set_values
        Values that replace those of the file, such as `unmet_usd_per_teu=9000`.

    Raises
    ------
    ConfigError
        With every fault of the file.
    """
    names = Names()
    file = read_plan_file(path, set_values, command="design")
    model = validate(DesignModel, file.node, shown=file.shown, names=names)
    lines = file.lines
    # Frequency is worth what a day is worth, and a service that nobody runs yet has no price.
    weighed = {"objective": "generalised", "price_basis": PriceBasis.COST.value}
    more = {key: Node(file.node.line, value=value) for key, value in weighed.items()}
    pairs, wrong = file.pairs(model, (SEASONS, "seasons"), more=more, names=names)
    faults = [*_faults(model, lines), *wrong]
    if not faults and not any(
        pair.scenario.shipment.value_of_time_usd_per_teu_day for pair in pairs
    ):
        faults.append(
            f"{lines['pairs']}no pair has a value of time, so frequency would be worth nothing;"
            f" {WORTH}"
        )
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    alternatives: tuple[str, ...] | None = None
    if model.alternatives != "all":
        alternatives = () if model.alternatives == "none" else tuple(model.alternatives)
    return DesignPlan(
        name=model.name or file.name,
        first_day=date.fromisoformat(f"{model.first_month}-01"),
        # A box that waits for a season to open is no box of this season.
        pairs=tuple(
            replace(pair, scenario=replace(pair.scenario, max_wait_days=0.0)) for pair in pairs
        ),
        services=tuple(_candidate(service) for service in model.services),
        proposed=None if model.propose is None else Proposed(model.propose),
        departures=_sorted(model.departures_per_week),
        alternatives=alternatives,
        unmet_usd_per_teu=model.unmet_usd_per_teu,
        capacity_share=model.capacity_share,
        fleets=tuple(
            ShipsOfAClass(ship=fleet.ship, most=fleet.most, idle=Idle(fleet.idle))
            for fleet in model.fleets
        ),
        time_limit_s=model.time_limit_s,
        source_path=file.shown,
        lines=dict(lines),
    )


def _sorted(departures: Sequence[float]) -> tuple[float, ...]:
    return tuple(sorted({float(number) for number in departures}))


def _candidate(model: CandidateModel | DeclaredServiceModel) -> CandidateService:
    if not isinstance(model, CandidateModel):
        declared: DeclaredService = frozen(model)
        return CandidateService(
            name=declared.name,
            corridor="",
            departures=(declared.frequency / WEEKS_PER[declared.per],),
            ship=declared.ship,
            declared=declared,
        )
    return CandidateService(
        name=model.name or "",
        corridor=model.corridor or "",
        departures=_sorted(model.departures_per_week),
        loads_at=model.loads_at,
        unloads_at=model.unloads_at,
        ship=model.ship,
        train_teu=model.train_teu,
    )


def _faults(model: DesignModel, lines: Mapping[str, str]) -> Iterator[str]:
    """Yield what contradicts itself in a plan, before anything is searched."""
    if model.objective == "cost":
        yield (
            f"{lines['objective']}cost alone gives frequency no value, so the fewest departures"
            f" would always do; set generalised, and {WORTH}"
        )
    if model.scenario.get("price_basis") == PriceBasis.PRICE:
        yield (
            f"{lines['scenario.price_basis']}a service that nobody runs yet has no price, so a"
            " design compares costs; leave it out"
        )
    if not model.services and model.propose is None:
        yield (
            f"{lines['services'] if 'services' in lines else lines['pairs']}there is no candidate"
            " service; name some under services, or set propose: corridors or propose: lines"
        )
    for number, service in enumerate(model.services):
        if not isinstance(service, CandidateModel):
            yield from _not_of_a_design(service, f"{lines[f'services[{number}]']}{service.name}: ")
            continue
        sides = service.loads_at, service.unloads_at
        if service.corridor is None and not all(sides):
            yield (
                f"{lines[f'services[{number}]']}without a corridor it must be known where the"
                " service calls; set loads_at and unloads_at, or corridor"
            )
        for terminal in sorted(set(sides[0]) & set(sides[1])):
            yield f"{lines[f'services[{number}]']}{terminal} is on both sides; leave it out on one"
    named = [service.name for service in model.services if service.name]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{lines['services']}two services are called {name}; give each its own name"
    ships = {service.id for service in load_services() if service.family.value == "sea"}
    for key, ship in (
        *(
            (f"services[{n}].ship", s.ship)
            for n, s in enumerate(model.services)
            if isinstance(s, CandidateModel)
        ),
        *((f"fleets[{n}].ship", f.ship) for n, f in enumerate(model.fleets)),
    ):
        if ship is not None and ship not in ships:
            yield f"{lines[key]}'{ship}' is not a class of ships; use one such as sea/4k"
    held = [fleet.ship for fleet in model.fleets]
    for ship in sorted({ship for ship in held if held.count(ship) > 1}):
        yield f"{lines['fleets']}{ship} is listed twice; give its ships in one entry"


def _not_of_a_design(service: DeclaredServiceModel, at: str) -> Iterator[str]:
    """Yield what a scenario may declare of a service, and a design cannot run."""
    for name in (name for way in service.way for name in way.split("|")):
        if len(name) == 2 and name.isupper():
            yield f"{at}way: a design passes no country as such ({name}); name a border or terminal"
    for name in filter(is_border, service.bars):
        yield f"{at}bars: a design bars no border ({name}); name a country or terminal"
