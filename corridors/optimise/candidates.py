"""Candidates of the decision: routes with their figures and the places that limits name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from corridors.arrays import IntArray
from corridors.costing.weights import Weights
from corridors.data.access import load_worlds_of_lines
from corridors.data.geodata import load_trunk_places
from corridors.data.names import to_be_said
from corridors.domain.places import Family
from corridors.domain.results import Candidate, Exceeded
from corridors.domain.scenario import OTHER, Limits, Scenario
from corridors.domain.values import ChainPart
from corridors.network.rules.calendar import arctic_states, end_countries
from corridors.network.rules.capacity import ListedCapacities
from corridors.network.states.topology import ArcKind, Topology
from corridors.optimise.fronts import unbeaten_candidates
from corridors.optimise.limits import exceeded
from corridors.routing.corridor_search import SearchedCorridor
from corridors.routing.problem import Problem
from corridors.routing.terms import DatedRoute
from corridors.routing.who_sails import offer_of
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY, MINUTES_PER_HOUR


def candidates_of(found: SearchedCorridor) -> tuple[Candidate, ...]:
    """Return the non-dominated routes of a corridor as candidates."""
    # A route that waits for the season may beat one that leaves at once and makes a detour.
    return tuple(unbeaten_candidates([candidate_in(found, route) for route in found.routes]))


def candidate_in(found: SearchedCorridor, route: DatedRoute) -> Candidate:
    """Return a route of a search as a candidate.

    Who offers it is asked only in worlds that recommend known lines.
    """
    question = found.question
    candidate = candidate_of(
        found.corridor.id,
        question.bundle.topology,
        found.problem,
        route,
        weights=question.weights,
        listed=question.listed,
        parts=found.parts(route),
    )
    if question.scenario.world not in load_worlds_of_lines():
        return candidate
    return replace(candidate, offer=offer_of(found, route))


def exceeded_by(found: SearchedCorridor) -> tuple[Exceeded, ...]:
    """Return the limits of the scenario that the first route of a search breaks."""
    scenario = found.question.scenario
    if found.best is None or scenario.limits == Limits():
        return ()
    return exceeded(candidate_in(found, found.best), scenario.limits, scenario.departure)


def decision_needs_fronts(scenario: Scenario) -> bool:
    """Return whether the decision may prefer a route that is not its corridor's best."""
    return scenario.limits != Limits()


def candidate_of(
    corridor: str,
    topology: Topology,
    problem: Problem,
    route: DatedRoute,
    *,
    weights: Weights,
    listed: ListedCapacities | None = None,
    parts: Sequence[ChainPart] = (),
) -> Candidate:
    """Return the candidate of a route of a corridor's problem.

    `parts` are by arc of the route those of the transport chain, by default all main carriage.
    """
    arcs = problem.base[list(route.arcs)]
    ends = topology.once("countries of the ends", lambda: frozenset(end_countries(topology)))
    countries = {
        code for index in set(topology.country[arcs].tolist()) for code in topology.countries[index]
    }
    if (topology.area[arcs] > 0).any():
        countries |= arctic_states(topology)
    places = set(topology.state_place[topology.head[arcs]].tolist()) - {-1}
    # Calls before the port of discharge are part of its unloading, and of the transit.
    unloading = int(weights.priced.operation[arcs[-1]])
    hours = weights.priced.operations[unloading].time_parts if unloading >= 0 else {}
    calls = round(hours.get("port_calls", 0.0) * MINUTES_PER_HOUR)
    arrival = route.starts[-1] + calls
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=route.cents / CENTS_PER_USD,
        days=route.minutes / MINUTES_PER_DAY,
        transit_days=_transit_minutes(topology, arcs, route, arrival, parts) / MINUTES_PER_DAY,
        co2e_kg_per_teu=route.grams / GRAMS_PER_KG,
        arrival_days=_arrival_minutes(problem, route) / MINUTES_PER_DAY,
        countries=frozenset(countries),
        gates=frozenset(topology.places[p].gate for p in places if topology.places[p].gate),
        capacity=()
        if listed is None
        else tuple((share.place, share.used_share) for share in listed.along(arcs.tolist())),
        arcs=tuple(arcs.tolist()),
        family=_main_family(topology, arcs, parts),
        way=way_of(topology, arcs, corridor, ends),
    )


def way_of(
    topology: Topology, arcs: IntArray, corridor: str, ends: Collection[str]
) -> tuple[str, ...]:
    """Return what the name of a route says of its way (see `Candidate`); `ends` are countries."""
    crossed = (code for arc in topology.country[arcs].tolist() for code in topology.countries[arc])
    to_say = to_be_said(crossed, ends)
    if corridor != OTHER:
        return to_say
    trunk, passed, modes = load_trunk_places(), dict[str, None](), dict[str, None]()
    for arc in arcs[topology.kind[arcs] == ArcKind.LEG].tolist():
        family = topology.services[topology.service[arc]].family
        modes[family.value] = None
        if family is not Family.SEA:
            passed |= dict.fromkeys(topology.countries[topology.country[arc]])
        elif (gate := topology.place_of(topology.head[arc]).gate) in trunk:
            passed[gate] = None
    passed |= dict.fromkeys(to_say)
    return tuple(name for name in passed if name not in ends) or tuple(modes)


def _main_family(topology: Topology, arcs: IntArray, parts: Sequence[ChainPart]) -> Family:
    """Return the mode of most kilometres of the main carriage."""
    legs = topology.kind[arcs] == ArcKind.LEG
    if parts:
        legs &= [part is ChainPart.MAIN for part in parts]
    run = arcs[legs]
    km: dict[Family, float] = {}
    for number, length in zip(
        topology.service[run].tolist(), topology.km[run].tolist(), strict=True
    ):
        family = topology.services[number].family
        km[family] = km.get(family, 0.0) + length
    return max(km, key=lambda family: km[family], default=Family.SEA)


def _transit_minutes(
    topology: Topology,
    arcs: IntArray,
    route: DatedRoute,
    arrival: int,
    parts: Sequence[ChainPart],
) -> int:
    """Return the minutes between the scheduled vehicles at both ends, as `transit_days` counts.

    A truck of the carriage is no scheduled vehicle; `arrival` is that of the last vehicle.
    """
    by_road = [topology.services[n].family is Family.ROAD for n in topology.service[arcs].tolist()]
    carried = [part is not ChainPart.MAIN for part in parts] or [False] * len(by_road)
    trucks = [road and out for road, out in zip(by_road, carried, strict=True)]
    legs = np.flatnonzero((topology.kind[arcs] == ArcKind.LEG) & ~np.array(trucks)).tolist()
    leaves, arrives = route.starts[0], arrival
    if legs and trucks[0]:
        leaves = route.starts[legs[0]]
    if legs and trucks[-1]:
        arrives = route.starts[legs[-1] + 1]
    return arrives - leaves


def _arrival_minutes(problem: Problem, route: DatedRoute) -> int:
    """Return the minutes from the start of the day of departure to gate-out."""
    first = route.arcs[0]
    # Everything before the vehicle leaves happens before that day.
    return route.minutes - int(problem.minutes[first] - problem.clock[first])
