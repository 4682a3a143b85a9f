"""Candidates of the decision: routes with their figures and the places that limits name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from corridors.arrays import IntArray
from corridors.costing.weights import Weights
from corridors.data.access import lines_count, load_worlds_of_lines
from corridors.data.cities import to_be_said
from corridors.data.geodata import load_trunk_places
from corridors.domain.objective import Objective, unbeaten
from corridors.domain.places import Family
from corridors.domain.results import Candidate, Exceeded
from corridors.domain.scenario import OTHER, Limits, Scenario
from corridors.domain.values import ChainPart
from corridors.network.corridor import Layered
from corridors.network.rules.calendar import arctic_states, end_countries
from corridors.network.rules.capacity import ListedCapacities
from corridors.network.states.topology import ArcKind, Topology
from corridors.optimise.limits import exceeded
from corridors.routing.dated.label_search import to_sink
from corridors.routing.known_ways import all_listed
from corridors.routing.ladder import SearchedCorridor, routes_of
from corridors.routing.problem import SOURCE, Problem, make_problem
from corridors.routing.question import ANY_WAY, Question, lines_by_day
from corridors.routing.terms import DatedRoute, Terms, Weighing, weighing_of
from corridors.routing.who_sails import offer_of
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY, MINUTES_PER_HOUR

# Find non-dominated routes, within a corridor and over a comparison.

# Routes of a corridor that differ by less are one to a reader.
ALIKE_SHARE = 0.01
ALIKE_DAYS = 0.5


def unbeaten_candidates(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the non-dominated candidates in USD, days and CO2e, in their order."""
    best = set(unbeaten(map(_figures, candidates)))
    return tuple(candidate for candidate in candidates if _figures(candidate) in best)


def front_points(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates, marked `overall` if no route of any corridor dominates them."""
    best = set(unbeaten_candidates(candidates))
    return tuple(replace(candidate, overall=candidate in best) for candidate in candidates)


def _figures(candidate: Candidate) -> tuple[float, float, float]:
    return candidate.cost_usd_per_teu, candidate.days, candidate.co2e_kg_per_teu


def folded_front(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates without those that are much like another of their corridor.

    One is folded into a kept one if its cost and its CO2e lie within `ALIKE_SHARE` of that one's
    and its days within `ALIKE_DAYS`. Cheaper ones are kept first, so what is kept of a corridor
    begins with its cheapest route, and no two that are kept are alike.
    """
    order = sorted(
        range(len(candidates)), key=lambda number: (_figures(candidates[number]), number)
    )
    kept: dict[str, list[int]] = {}
    for number in order:
        one = candidates[number]
        others = kept.setdefault(one.corridor, [])
        if not any(_alike(one, candidates[other]) for other in others):
            others.append(number)
    held = sorted(number for numbers in kept.values() for number in numbers)
    return tuple(candidates[number] for number in held)


def _alike(one: Candidate, kept: Candidate) -> bool:
    return (
        abs(one.cost_usd_per_teu - kept.cost_usd_per_teu) <= ALIKE_SHARE * kept.cost_usd_per_teu
        and abs(one.co2e_kg_per_teu - kept.co2e_kg_per_teu) <= ALIKE_SHARE * kept.co2e_kg_per_teu
        and abs(one.days - kept.days) <= ALIKE_DAYS
    )


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
        family=main_family(topology, arcs, parts),
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


def main_family(topology: Topology, arcs: IntArray, parts: Sequence[ChainPart]) -> Family:
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


# Which ways may be recommended: only those that lines are known to run, or all.

BY_COST = "answered by what carriage costs, not by price"
# More than the rounding of minutes and cents on a way.
ROUNDING_USD = 1.0


def with_lines(question: Question, days: Sequence[date] = ()) -> Question:
    """Return a question with only what is known to run, if that is near enough to the best of all.

    It is one to one destination. By price it is judged by cost too. If some `days` of departure are
    asked for, the lines of all of them are laid at once.
    """
    scenario = question.scenario
    question = replace(question, only_known=False, listed_only=None)
    ends = question.origin.country, question.destination.country
    if scenario.world not in load_worlds_of_lines():
        return question
    if days:
        question = replace(question, lines=lines_by_day(question, days))
    # Rows of the kind `whole` hold on their own days, whatever is listed of the trade.
    places = (question.origin, question.destination)
    ports = {port.id for end in places for port in (end, *question.by_road[end.id])}
    listed = all_listed(question.bundle.topology, scenario.departure, ends, ports)
    question = replace(question, listed_only=listed if listed.any() else None)
    if not lines_count(scenario.world, scenario.departure, ends):
        return question
    asked = question.at_cost if question.at_price else question
    known = best_of_all(replace(asked, only_known=True))
    if known is None:
        return question
    usd, times = _t_of(asked, known), question.parameters.value("lines.most_times")
    # Mostly no way can be so much better, whatever the day.
    only_known = usd <= times * _least_t(asked)
    if not only_known:
        every = best_of_all(asked)
        only_known = every is None or usd <= times * _t_of(asked, every)
    return replace(question, only_known=only_known)


def with_basis(question: Question, numbers: Sequence[int]) -> Question:
    """Return a question by price, or by cost where its best way by T has no price.

    Parameters
    ----------
    question
        A question after the switch of lines, to one destination.
    numbers
        The corridors whose best way counts.
    """
    if not question.at_price:
        return question
    asked = question.at_cost
    found = [_best(asked, asked.layered(number)) for number in numbers]
    known = [one for one in found if one is not None]
    if not question.market.quotes:
        why = "nothing is quoted between these regions"
    elif known:
        best = min(known, key=lambda one: _t_of(asked, one))
        if question.paid_by(best.arcs) is not None:
            return question
        why = (
            f"the best way by cost and days, {best.cost_usd_per_teu:,.0f} USD per TEU and"
            f" {best.days:.1f} days, is on no lane that is quoted"
        )
    else:
        return question
    return replace(asked, basis_note=f"{BY_COST}: {why}")


def best_of_all(question: Question) -> Candidate | None:
    """Return its way of least T within the limits; None if there is none."""
    return _best(question, _of_all(question))


def _of_all(question: Question) -> Layered:
    ids = [corridor.id for corridor in question.corridors]
    return question.layered(ids.index(OTHER) if OTHER in ids else ANY_WAY)


def _t_of(question: Question, way: Candidate) -> float:
    """Return the T of a way."""
    return way.cost_usd_per_teu + question.parameters.value("lines.usd_per_day") * way.days


def _least_t(question: Question) -> float:
    """Return at least the T of each of its ways, on any day and whatever the limits."""
    problem = make_problem(question.bundle.topology, _of_all(question), question.weights)
    by_t = _weighing_of_t(question)
    least, _, _ = to_sink(by_t.problem(problem), fast=True, criteria=1)
    # A cent counts a little more than its sum.
    cent = CENTS_PER_USD * by_t.whole[0]
    return float(least[SOURCE] - by_t.whole[0] * problem.more_cents) / cent - ROUNDING_USD


def _weighing_of_t(question: Question) -> Weighing:
    return weighing_of(Objective.GENERALISED, question.parameters.value("lines.usd_per_day"))


def _best(question: Question, layered: Layered) -> Candidate | None:
    scenario = question.scenario
    problem = make_problem(question.bundle.topology, layered, question.weights)
    terms = Terms(start_day=question.start_day, max_wait_days=scenario.max_wait_days, fast=True)
    limited = scenario.limits != Limits()
    routes = routes_of(problem, terms, _weighing_of_t(question), fronts=limited).routes
    candidates = [
        candidate_of(
            OTHER,
            question.bundle.topology,
            problem,
            route,
            weights=question.weights,
            listed=question.listed if limited else None,
        )
        for route in routes
    ]
    within = (
        one
        for one in candidates
        if not limited or not exceeded(one, scenario.limits, scenario.departure)
    )
    return min(within, key=lambda one: _t_of(question, one), default=None)
