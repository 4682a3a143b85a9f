"""Candidates of the decision: routes with their figures and the places that limits name."""

from __future__ import annotations

from corridors.costing.weights import Weights
from corridors.domain.results import Candidate
from corridors.domain.scenario import Limits, Objective, Scenario
from corridors.network.capacity import ListedCapacities
from corridors.network.topology import Topology
from corridors.optimise.fronts import unbeaten_candidates
from corridors.routing.found import Found
from corridors.routing.problem import Problem
from corridors.routing.terms import FoundRoute
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY, MINUTES_PER_HOUR


def candidates_of(found: Found) -> tuple[Candidate, ...]:
    """Return the non-dominated routes of a corridor as candidates."""
    question = found.question
    # A route that waits for the season may beat one that leaves at once and makes a detour.
    return unbeaten_candidates(
        [
            candidate_of(
                found.corridor.id,
                question.bundle.topology,
                found.problem,
                route,
                weights=question.weights,
                listed=question.listed,
            )
            for route in found.routes
        ]
    )


def decision_needs_fronts(scenario: Scenario) -> bool:
    """Return whether the decision may prefer a route that is not its corridor's cheapest."""
    return scenario.objective is not Objective.COST or scenario.limits != Limits()


def candidate_of(
    corridor: str,
    topology: Topology,
    problem: Problem,
    route: FoundRoute,
    *,
    weights: Weights,
    listed: ListedCapacities | None = None,
) -> Candidate:
    """Return the candidate of a route of a corridor's problem."""
    arcs = problem.base[list(route.arcs)]
    countries = {
        code for index in set(topology.country[arcs].tolist()) for code in topology.countries[index]
    }
    places = set(topology.state_place[topology.head[arcs]].tolist()) - {-1}
    # Calls before the port of discharge are part of its unloading, and of the transit.
    unloading = int(weights.priced.operation[arcs[-1]])
    parts = weights.priced.operations[unloading].time_parts if unloading >= 0 else {}
    calls = round(parts.get("port_calls", 0.0) * MINUTES_PER_HOUR)
    arrival = route.starts[-1] - route.waits[-1] + calls
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=route.cents / CENTS_PER_USD,
        days=route.minutes / MINUTES_PER_DAY,
        transit_days=(arrival - route.starts[0]) / MINUTES_PER_DAY,
        co2e_kg_per_teu=route.grams / GRAMS_PER_KG,
        arrival_days=_arrival_minutes(problem, route) / MINUTES_PER_DAY,
        countries=frozenset(countries),
        gates=frozenset(topology.places[p].gate for p in places if topology.places[p].gate),
        capacity=()
        if listed is None
        else tuple((share.place, share.used_share) for share in listed.along(arcs.tolist())),
        arcs=tuple(arcs.tolist()),
    )


def _arrival_minutes(problem: Problem, route: FoundRoute) -> int:
    """Return the minutes from the start of the day of departure to gate-out."""
    first = route.arcs[0]
    # Everything before the vehicle leaves happens before that day.
    return route.minutes - int(problem.minutes[first] - problem.clock[first])
