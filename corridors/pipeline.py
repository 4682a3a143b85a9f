"""The steps from a scenario to a comparison, in order; no arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from corridors.catalogue.access import load_access
from corridors.catalogue.geodata import load_terminals
from corridors.catalogue.ice import load_ice_table
from corridors.catalogue.parameters import ParameterTable, load_parameters
from corridors.catalogue.paths import data_root
from corridors.catalogue.services import load_services
from corridors.checking.configs import override_faults
from corridors.config import fault, load_corridors, load_scenario
from corridors.costing.pricer import Pricer
from corridors.costing.weights import Weights, weigh
from corridors.domain.places import AccessRule, Family, Service
from corridors.domain.results import Decision, FrontPoint, RouteOption
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import ConfigError, PlaceError
from corridors.network.build import RoadAccess, build_topology
from corridors.network.calendar import shut_arcs
from corridors.network.layers import Layered, layer
from corridors.network.locate import Place, locate, suggestion
from corridors.network.topology import Topology
from corridors.optimise.decision import Candidate, decide
from corridors.results.answers import Answer, Solved, answer_of
from corridors.results.comparison import Comparison, rank_options
from corridors.results.manifest import build_manifest
from corridors.routing.fronts import best_route, front
from corridors.routing.problem import Problem, make_problem
from corridors.routing.search import FoundRoute, Terms, TooManyLabelsError

Progress = Callable[[str, int, int], None]
HORIZON_DAYS = 640
DEFAULT_SCENARIO = "shanghai-europe"


def _quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A scenario with everything its corridors share: places, network, weights, rules."""

    scenario: Scenario
    parameters: ParameterTable
    origin: Place
    destination: Place
    topology: Topology
    corridors: tuple[Corridor, ...]
    layers: tuple[Layered, ...]
    pricer: Pricer
    weights: Weights
    rules: tuple[AccessRule, ...]

    def problem(self, number: int) -> Problem:
        """Return the arrays of one corridor."""
        return make_problem(self.topology, self.layers[number], self.weights)


def locate_in(scenario: Scenario, key: str) -> Place:
    """Return the place a scenario's key names; a fault says where it stands."""
    try:
        return locate(getattr(scenario, key))
    except PlaceError as error:
        raise ConfigError(fault(scenario, key, str(error))) from None


def chosen_services(scenario: Scenario) -> tuple[Service, ...]:
    """Return the services of a scenario: those it names by family or id, else the default ones.

    Raises
    ------
    ConfigError
        A name is neither a family nor a service.
    """
    listed = load_services()
    if not scenario.services:
        return tuple(service for service in listed if service.default)
    families = [family.value for family in Family]
    known = [*families, *(service.id for service in listed)]
    for number, name in enumerate(scenario.services):
        if name not in known:
            text = f"unknown service '{name}'{suggestion(name, known)}"
            raise ConfigError(fault(scenario, f"services[{number}]", text))
    wanted = set(scenario.services)
    return tuple(s for s in listed if s.id in wanted or (s.family.value in wanted and s.default))


def pose(scenario: Scenario, corridors: Sequence[Corridor]) -> Question:
    """Return the question a scenario asks of these corridors."""
    wrong = override_faults(scenario)
    if wrong:
        raise ConfigError(wrong)
    parameters = load_parameters().with_overrides(scenario.overrides)
    rules = load_access(scenario.world)
    origin, destination = locate_in(scenario, "origin"), locate_in(scenario, "destination")
    access = RoadAccess(
        radius_km=parameters.value("road.access_radius_km"),
        circuity=parameters.value("road.circuity"),
    )
    named = {place for c in corridors for entry in c.must_pass for place in entry.any_of}
    try:
        topology = build_topology(
            origin, destination, chosen_services(scenario), access=access, must_include=named
        )
    except PlaceError as error:
        raise ConfigError(fault(scenario, "destination", str(error))) from None
    layers = tuple(layer(corridor, topology) for corridor in corridors)
    pricer = Pricer(
        topology,
        parameters,
        scenario.shipment,
        terminals=load_terminals(),
        first_day=scenario.departure,
        days=HORIZON_DAYS,
        ice=load_ice_table(),
        ice_year=scenario.ice_year,
        shuts=shut_arcs(topology, rules, scenario.closures),
    )
    used = np.unique(np.concatenate([layered.base for layered in layers]))
    return Question(
        scenario=scenario,
        parameters=parameters,
        origin=origin,
        destination=destination,
        topology=topology,
        corridors=tuple(corridors),
        layers=layers,
        pricer=pricer,
        weights=weigh(pricer, used),
        rules=rules,
    )


def answer(question: Question, number: int, *, fronts: bool, certify: bool) -> Answer:
    """Return one corridor's answer.

    With `fronts`, the decision also sees the routes that no other beats in cost, hours and CO2e
    and that leave without a wait; without, only the cheapest route is sought.
    """
    scenario = question.scenario
    problem = question.problem(number)
    terms = Terms(start_day=0, max_wait_days=scenario.max_wait_days, fast=fronts)
    best = best_route(problem, terms)
    others: tuple[FoundRoute, ...] = ()
    if best is not None and fronts:
        # Where dates make the front too large, the decision sees the cheapest route only.
        with suppress(TooManyLabelsError):
            others = front(problem, replace(terms, max_wait_days=0.0))
    return answer_of(
        Solved(
            corridor=question.corridors[number],
            pricer=question.pricer,
            weights=question.weights,
            layered=question.layers[number],
            problem=problem,
            best=best,
            others=others,
            rules=question.rules,
            terms=terms,
            certify=certify,
        )
    )


class Desk:
    """Tables read once and networks built once, for many comparisons.

    A desk answers as `compare` does; it only spares what scenarios have in common.
    """

    def compare(
        self, scenario: Scenario, *, certify: bool = False, progress: Progress = _quiet
    ) -> Comparison:
        """Return the comparison of a scenario's corridors; see `compare` of this module."""
        return compare(scenario, certify=certify, progress=progress)


def compare(
    scenario: Scenario, *, certify: bool = False, progress: Progress = _quiet
) -> Comparison:
    """Return the comparison of a scenario's corridors.

    Parameters
    ----------
    scenario
        What is asked.
    certify
        Certify routes that meet dated changes too, on the time-expanded network.
    progress
        Called with what is done, how far, and of how much.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter of the scenario is unknown.
    CertificateError
        OR-Tools and the label setting disagree.
    """
    corridors = load_corridors(scenario.corridors or "all")
    progress("network", 0, len(corridors))
    question = pose(scenario, corridors)
    answers = []
    for number, corridor in enumerate(corridors):
        progress(corridor.title, number, len(corridors))
        answers.append(answer(question, number, fronts=True, certify=certify))
    progress("decision", len(corridors), len(corridors))
    options = rank_options(
        [a.option for a in answers],
        scenario.objective,
        value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
    )
    candidates = [candidate for a in answers for candidate in a.candidates]
    return Comparison(
        scenario=scenario,
        routes=options,
        decision=_decide(scenario, candidates),
        warnings=_warnings(question, options),
        manifest=build_manifest(scenario, data_root()),
        front=tuple(_front_point(candidate) for candidate in candidates),
    )


def _front_point(candidate: Candidate) -> FrontPoint:
    return FrontPoint(
        corridor=candidate.corridor,
        cost_usd_per_teu=candidate.cost_usd_per_teu,
        days=candidate.days,
        transit_days=candidate.transit_days,
        co2e_kg_per_teu=candidate.co2e_kg_per_teu,
    )


def _decide(scenario: Scenario, candidates: Sequence[Candidate]) -> Decision:
    return decide(
        candidates,
        scenario.limits,
        scenario.objective,
        value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
    )


def _warnings(question: Question, options: Sequence[RouteOption]) -> tuple[str, ...]:
    """Return the warnings of the whole run: replaced parameters, and nothing usable."""
    texts = [
        f"{old.parameter}{'@' + old.scope if old.scope else ''}: {old.value:g} -> {new.value:g}"
        f" {old.unit} (scenario)"
        for old, new in question.parameters.replaced
    ]
    if not any(option.usable for option in options):
        texts.append("nothing is usable on this date")
    return tuple(texts)


ANY_CORRIDOR = Corridor(
    id="any",
    title="Cheapest route",
    colour="#444444",
    description="",
    must_pass=(),
    must_avoid=(),
    services=tuple(family.value for family in Family),
)


def route_between(
    origin: str,
    destination: str,
    *,
    corridor: str | None = None,
    services: tuple[str, ...] = (),
    departure: date | None = None,
) -> tuple[RouteOption, date]:
    """Return the cheapest route between two places, and the day it departs.

    Parameters
    ----------
    origin, destination
        As `locate` takes them.
    corridor
        Id of the corridor to stay in; None for any.
    services
        Families or services to which the route is held; empty for the default ones.
    departure
        None for that of the shipped scenario `shanghai-europe`, whose shipment is taken too.

    Raises
    ------
    ConfigError
        A place, corridor or service is unknown.
    """
    scenario = load_scenario(DEFAULT_SCENARIO, departure=departure)
    scenario = replace(
        scenario, origin=origin, destination=destination, services=services, source_path="", text={}
    )
    inside = ANY_CORRIDOR if corridor is None else load_corridors([corridor])[0]
    question = pose(scenario, (inside,))
    return answer(question, 0, fronts=False, certify=False).option, scenario.departure
