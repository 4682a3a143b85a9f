"""A scenario as a question: its places, network, weights and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from corridors.config import fault, load_projects
from corridors.config.overrides import override_faults
from corridors.config.own_data import overlay_for
from corridors.costing.groups import PricedGroups, group_arcs
from corridors.costing.ice import IceCalendars
from corridors.costing.market import market_of
from corridors.costing.policy import ends_halves, leg_halves
from corridors.costing.pricer import Pricer, PriceTerms
from corridors.costing.weights import Weights, weigh
from corridors.data.access import load_access, rules_for
from corridors.data.built import with_projects
from corridors.data.own import Overlay, shipped_overlay
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.domain.places import AccessRule, Service, Terminal
from corridors.domain.projects import Project
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import ConfigError, ParameterError, PlaceError
from corridors.network.build import build_topology
from corridors.network.calendar import RuleArcs, avoided_arcs, shut_arcs, unopened_arcs
from corridors.network.capacity import ListedCapacities
from corridors.network.layers import Layered, layer
from corridors.network.locate import Place, locate
from corridors.network.topology import Topology
from corridors.routing.problem import Problem, make_problem
from corridors.studies.doors import doors
from corridors.studies.services import with_reserved
from corridors.studies.settings import settings_of

HORIZON_DAYS = 640


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What does not change with prices and dates: the network and its layer by corridor.

    `halves`: how many of the two ends lie in the EU or EEA.
    """

    topology: Topology
    layers: tuple[Layered, ...]
    groups: PricedGroups
    rule_arcs: RuleArcs
    halves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundKey:
    """What a ground depends on."""

    origin: Place
    destination: Place
    services: tuple[Service, ...]
    access_km: float
    corridors: tuple[Corridor, ...]
    drafts: tuple[tuple[str, float], ...] = ()
    land: Overlay = field(default_factory=shipped_overlay)
    projects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A scenario with everything its corridors share: places, network, weights, rules.

    `built` are the projects open on the departure, whose rows hold; `listed` the capacities.
    """

    scenario: Scenario
    parameters: ParameterTable
    origin: Place
    destination: Place
    corridors: tuple[Corridor, ...]
    ground: Ground
    pricer: Pricer
    weights: Weights
    rules: tuple[AccessRule, ...]
    land: Overlay
    listed: ListedCapacities
    built: tuple[Project, ...] = ()

    def problem(self, number: int) -> Problem:
        """Return the arrays of one corridor."""
        return make_problem(self.ground.topology, self.ground.layers[number], self.weights)


class Grounds:
    """Networks built so far, the last `MOST` of them."""

    MOST = 12

    def __init__(self) -> None:
        self._kept: dict[GroundKey, Ground] = {}

    def of(self, key: GroundKey) -> Ground:
        """Return the ground of a key, built where it is new.

        Raises
        ------
        PlaceError
            Origin and destination are one place, or no service reaches one of them.
        """
        found = self._kept.pop(key, None) or lay_ground(key)
        self._kept[key] = found
        if len(self._kept) > self.MOST:
            del self._kept[next(iter(self._kept))]
        return found


def lay_ground(key: GroundKey) -> Ground:
    """Return the network between two places, and its layers.

    Raises
    ------
    PlaceError
        Origin and destination are one place, or no service reaches one of them.
    """
    named = {place for c in key.corridors for entry in c.must_pass for place in entry.any_of}
    topology = build_topology(
        key.origin,
        key.destination,
        key.services,
        access_km=key.access_km,
        must_include=named,
        drafts=key.drafts,
        land=key.land,
        projects=key.projects,
    )
    layers = tuple(layer(corridor, topology) for corridor in key.corridors)
    used = np.unique(np.concatenate([layered.base for layered in layers]))
    return Ground(
        topology=topology,
        layers=layers,
        groups=group_arcs(topology, used, halves=leg_halves(topology, load_parameters())),
        rule_arcs=RuleArcs(topology),
        halves=ends_halves(topology, load_parameters()),
    )


def locate_in(scenario: Scenario, key: str, terminals: Mapping[str, Terminal]) -> Place:
    """Return the place a scenario's key names; a fault says where it stands."""
    try:
        return locate(getattr(scenario, key), terminals)
    except PlaceError as error:
        raise ConfigError(fault(scenario, key, str(error))) from None


def heading(origin: Place, destination: Place) -> str:
    """Return `west` or `east`: how boxes are bound, the shorter way round the world."""
    turn = (destination.lon - origin.lon + 180.0) % 360.0 - 180.0
    return "west" if turn < 0.0 else "east"


def chosen_projects(scenario: Scenario) -> tuple[tuple[Project, date], ...]:
    """Return the projects that a scenario takes as built, each with the day it opens."""
    listed = load_projects([choice.id for choice in scenario.projects])
    return tuple(
        (project, choice.opens) for project, choice in zip(listed, scenario.projects, strict=True)
    )


def parameters_on(
    scenario: Scenario, day: date, *, land: Overlay
) -> tuple[ParameterTable, tuple[Project, ...]]:
    """Return the parameters of a scenario on a day, and the projects that are open on it.

    Raises
    ------
    ConfigError
        Two of its projects change one row.
    """
    built = tuple(project for project, opens in chosen_projects(scenario) if opens <= day)
    try:
        table = with_projects(land.parameters(), built)
    except ParameterError as error:
        raise ConfigError(fault(scenario, "projects", str(error))) from None
    ends = [locate_in(scenario, key, land.terminals) for key in ("origin", "destination")]
    settings = settings_of(scenario.world, ends, table)
    return table.with_overrides((*settings, *scenario.overrides)), built


def pose(
    scenario: Scenario, corridors: Sequence[Corridor], grounds: Grounds, calendars: IceCalendars
) -> Question:
    """Return the question a scenario asks of these corridors.

    Raises
    ------
    ConfigError
        A place, service or parameter of the scenario is unknown.
    """
    wrong = override_faults(scenario)
    if wrong:
        raise ConfigError(wrong)
    land = overlay_for(scenario)
    projects = chosen_projects(scenario)
    parameters, built = parameters_on(scenario, scenario.departure, land=land)
    origin, destination = (
        locate_in(scenario, key, land.terminals) for key in ("origin", "destination")
    )
    rules = rules_for(
        load_access(scenario.world),
        direction=heading(origin, destination),
        cargo=scenario.shipment.cargo,
    )
    key = GroundKey(
        origin=origin,
        destination=destination,
        services=with_reserved(scenario, corridors),
        access_km=parameters.value("road.access_radius_km"),
        corridors=tuple(corridors),
        drafts=tuple(
            (row.scope, row.value)
            for row in parameters.rows
            if row.parameter == "canal.drought_draft_m"
        ),
        land=land,
        projects=tuple(project.id for project, _ in projects if project.legs),
    )
    try:
        ground = grounds.of(key)
    except PlaceError as error:
        raise ConfigError(fault(scenario, "destination", str(error))) from None
    pricer = Pricer(
        ground.topology,
        parameters,
        scenario.shipment,
        terms=PriceTerms(
            first_day=scenario.departure,
            days=HORIZON_DAYS,
            ice_year=scenario.ice_year,
            speed=scenario.speed,
            market=market_of(origin.country, destination.country, scenario.departure.year)
            if scenario.price_basis == "market"
            else None,
            halves=ground.halves,
            customs=scenario.customs,
        ),
        terminals=land.terminals,
        calendars=calendars,
        shuts=(
            *shut_arcs(ground.rule_arcs, rules, scenario.closures),
            *avoided_arcs(ground.rule_arcs, scenario.limits.avoid),
            *unopened_arcs(ground.topology, projects),
        ),
        hauls=doors(scenario, (origin, destination), parameters, land.terminals),
    )
    return Question(
        scenario=scenario,
        parameters=parameters,
        origin=origin,
        destination=destination,
        corridors=tuple(corridors),
        ground=ground,
        pricer=pricer,
        weights=weigh(pricer, ground.groups),
        rules=rules,
        land=land,
        listed=ListedCapacities(ground.topology, parameters, scenario.shipment.teu_per_month),
        built=built,
    )
