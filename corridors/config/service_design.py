"""Loading service designs: candidate services, pairs with TEU by season, other ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

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
from corridors.config.config_files import find_file
from corridors.config.faults import validate
from corridors.config.models import GoodsModel, ScenarioModel
from corridors.config.nodes import Node, read_yaml
from corridors.config.plan import OWN_KEYS, DemandModel, Volume, month_word, one_volume
from corridors.config.scenario import lines_of, to_scenario, with_value
from corridors.data.services import load_services
from corridors.domain.plan import Pair
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
    """Name of the service. Default: the title of its corridor."""
    corridor: CorridorName
    """Corridor of its main carriage."""
    departures_per_week: Departures
    """Departures a week to choose from; 0.5 is one a fortnight."""
    loads_at: Annotated[tuple[TerminalWord, ...], Field(max_length=20)] = ()
    """Terminals at which it calls in Asia, where its corridor begins. Default: that of the best
    route of the first pair that can use it."""
    unloads_at: Annotated[tuple[TerminalWord, ...], Field(max_length=20)] = ()
    """Terminals at which it calls where its corridor ends. Default: as for `loads_at`."""
    ship: ServiceName | None = None
    """Class of its ships, such as sea/arctic-4k-arc4. Default: that of the best route."""
    train_teu: Annotated[Positive, Field(le=400)] | None = None
    """TEU of a full train. Default: the parameter `train.capacity_teu`."""


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
    services: Annotated[tuple[CandidateModel, ...], Field(max_length=MOST_SERVICES)] = ()
    """Candidate services."""
    propose: Literal["corridors", "lines"] | None = None
    """Further candidates: one for each of the `corridors` that pairs can use, or for each corridor
    on which `lines` are known to run."""
    departures_per_week: Departures = (1, 2, 3, 5, 7)
    """Departures a week to choose from for proposed services."""
    alternatives: (
        Literal["all", "none"] | Annotated[tuple[CorridorName, ...], Field(min_length=1)]
    ) = "all"
    """Corridors by which boxes may go with what others run: `all`, `none`, or ids."""
    unmet_usd_per_teu: Annotated[Number, Field(ge=0, le=50_000)] | None = None
    """Price in USD of each TEU that stays away. Default: every TEU must travel."""
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
    file, shown = find_file(path, "plan")
    node = read_yaml(file, shown=shown)
    for assignment in set_values:
        node = with_value(node, assignment)
    names = Names()
    model = validate(DesignModel, node, shown=shown, names=names)
    lines = lines_of(node, shown=shown)
    faults = [*_faults(model, lines)]
    pairs: list[Pair] = []
    for number in range(len(model.pairs)):
        try:
            pairs.append(_pair(model, number, node, shown=shown, names=names, lines=lines))
        except ConfigError as error:
            faults.extend(error.faults)
    if not faults and not any(sum(pair.teu) for pair in pairs):
        faults.append(f"{lines['pairs']}no pair has a volume")
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
        name=model.name or file.stem,
        first_day=date.fromisoformat(f"{model.first_month}-01"),
        pairs=tuple(pairs),
        services=tuple(_candidate(service) for service in model.services),
        proposed=None if model.propose is None else Proposed(model.propose),
        departures=_sorted(model.departures_per_week),
        alternatives=alternatives,
        unmet_usd_per_teu=model.unmet_usd_per_teu,
        fleets=tuple(
            ShipsOfAClass(ship=fleet.ship, most=fleet.most, idle=Idle(fleet.idle))
            for fleet in model.fleets
        ),
        time_limit_s=model.time_limit_s,
        source_path=shown,
        lines=dict(lines),
    )


def _sorted(departures: Sequence[float]) -> tuple[float, ...]:
    return tuple(sorted({float(number) for number in departures}))


def _candidate(model: CandidateModel) -> CandidateService:
    return CandidateService(
        name=model.name or "",
        corridor=model.corridor,
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
    if not model.services and model.propose is None:
        yield (
            f"{lines['services'] if 'services' in lines else lines['pairs']}there is no candidate"
            " service; name some under services, or set propose: corridors or propose: lines"
        )
    named = [service.name for service in model.services if service.name]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{lines['services']}two services are called {name}; give each its own name"
    ships = {service.id for service in load_services() if service.family.value == "sea"}
    for key, ship in (
        *((f"services[{n}].ship", s.ship) for n, s in enumerate(model.services)),
        *((f"fleets[{n}].ship", f.ship) for n, f in enumerate(model.fleets)),
    ):
        if ship is not None and ship not in ships:
            yield f"{lines[key]}'{ship}' is not a class of ships; use one such as sea/4k"
    held = [fleet.ship for fleet in model.fleets]
    for ship in sorted({ship for ship in held if held.count(ship) > 1}):
        yield f"{lines['fleets']}{ship} is listed twice; give its ships in one entry"


def _pair(
    model: DesignModel,
    number: int,
    node: Node,
    *,
    shown: str,
    names: Names,
    lines: Mapping[str, str],
) -> Pair:
    """Return a pair with its scenario: its own keys and those that the plan shares."""
    pair = model.pairs[number]
    given = (node.items or {})["pairs"].entries or ()
    items = given[number].items or {}
    taken = [key for key in model.scenario if key in OWN_KEYS]
    if taken:
        raise ConfigError(
            [
                f"{lines[f'scenario.{key}']}set by the pairs and months of the plan; leave it out"
                for key in taken
            ]
        )
    if len(pair.teu_per_month) not in (1, SEASONS):
        msg = (
            f"{lines[f'pairs[{number}].teu_per_month']}{len(pair.teu_per_month)} volumes for"
            f" {SEASONS} seasons; give one or {SEASONS}"
        )
        raise ConfigError(msg)
    line = items["origin"].line
    shipment = {key: items[key] for key in GoodsModel.model_fields if key in items}
    # A scenario needs a volume, but no price depends on it. The plan holds the real one.
    shipment["teu_per_month"] = Node(line, value=1)
    shared = (node.items or {}).get("scenario")
    tree: dict[str, Node] = dict((shared.items if shared else None) or {})
    tree |= {
        "origin": items["origin"],
        "destination": items["destination"],
        "departure": Node(line, value=f"{model.first_month}-01"),
        "objective": Node(line, value="generalised"),
        "shipment": Node(line, items=shipment),
    }
    whole = replace(node, items=tree)
    scenario = to_scenario(
        validate(ScenarioModel, whole, shown=shown, names=names), node=whole, shown=shown
    )
    bounds = [days for days in (pair.max_days, scenario.limits.shelf_life_days) if days is not None]
    return Pair(
        name=pair.name or f"{pair.origin} to {pair.destination}",
        # A box that waits for a season to open is no box of this season.
        scenario=replace(scenario, max_wait_days=0.0),
        teu=pair.teu_per_month * (SEASONS if len(pair.teu_per_month) == 1 else 1),
        max_days=min(bounds, default=None),
    )
