"""A corridor's answer: its cheapest route told whole, its front, or why it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corridors.costing import pricing
from corridors.costing.piracy import piracy_met
from corridors.costing.pricer import Pricer
from corridors.costing.weights import Weights
from corridors.domain.places import AccessRule
from corridors.domain.results import Certificate, OptionStatus, RouteOption
from corridors.domain.scenario import Corridor
from corridors.errors import CertificateError
from corridors.network.calendar import RuleArcs
from corridors.network.capacity import ListedCapacities, capacity_warnings
from corridors.network.layers import Layered
from corridors.network.topology import Topology
from corridors.optimise.certificate import (
    Certified,
    agrees,
    certify_dated,
    certify_static,
    meets_dates,
    without_dearer,
)
from corridors.optimise.decision import Candidate
from corridors.optimise.fronts import unbeaten
from corridors.routing.dated.closed import Reopenings, dated_reason, static_reason
from corridors.routing.dated.prepared import bounded
from corridors.routing.dated.search import repeated, search_routes
from corridors.routing.itinerary import tell
from corridors.routing.problem import Problem, dated_ahead
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY, MINUTES_PER_HOUR

NOT_ASKED = Certificate(status="none", method="")
GRAMS_PER_KG = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A corridor's option, and its front as candidates for the decision."""

    option: RouteOption
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What a corridor's search worked on and found: the best route, and others of its front.

    `told_share` is the part of a listed capacity above which an option carries a warning.
    """

    corridor: Corridor
    pricer: Pricer
    weights: Weights
    layered: Layered
    problem: Problem
    best: FoundRoute | None
    others: tuple[FoundRoute, ...]
    rules: tuple[AccessRule, ...]
    rule_arcs: RuleArcs
    terms: Terms
    reopenings: Reopenings
    figures_only: bool
    certify: bool
    listed: ListedCapacities
    told_share: float
    shelf_life_days: float | None = None


def answer_of(solved: Solved) -> Answer:
    """Return a corridor's answer.

    Raises
    ------
    CertificateError
        OR-Tools finds another cost or other hours than the label setting.
    """
    best = solved.best
    if best is None:
        return Answer(option=_closed(solved), candidates=())
    certificate = NOT_ASKED if solved.figures_only else _certificate(solved, best)
    itinerary = tell(
        solved.pricer, solved.weights, solved.problem, best, drawn=not solved.figures_only
    )
    parameters = solved.pricer.parameters
    listed = solved.listed
    shares = listed.along(solved.problem.base[list(best.arcs)].tolist())
    option = RouteOption(
        corridor=solved.corridor.id,
        title=solved.corridor.title,
        colour=solved.corridor.colour,
        status=OptionStatus.USABLE,
        reason="",
        next_usable_date=None,
        steps=itinerary.steps,
        cost_lines=pricing.cost_lines(itinerary.bill, parameters),
        energy_lines=pricing.energy_lines(itinerary.bill, parameters),
        time_parts=itinerary.time_parts,
        passages=itinerary.passages,
        borders=itinerary.borders,
        gauge_changes=itinerary.gauge_changes,
        countries=itinerary.countries,
        certificate=certificate,
        warnings=(*_warnings(solved, best), *capacity_warnings(shares, solved.told_share)),
        capacity=shares,
        piracy=piracy_met(itinerary.steps, year=solved.weights.first_day.year),
    )
    return Answer(
        option=option,
        # A route that waits for the season may beat one that leaves at once and goes around.
        candidates=unbeaten(
            [
                candidate_of(
                    solved.corridor.id,
                    solved.pricer.topology,
                    solved.problem,
                    route,
                    weights=solved.weights,
                    listed=listed,
                )
                for route in dict.fromkeys((best, *solved.others))
            ]
        ),
    )


def _certificate(solved: Solved, best: FoundRoute) -> Certificate:
    problem = solved.problem
    if not meets_dates(problem, best):
        certified = certify_static(problem, 0)
        if not agrees(best, certified):
            # As it stands today the network may hold a cheaper way, shut when one gets there.
            kept = without_dearer(problem, best)
            if dated_ahead(kept).any():
                return _dated_certificate(solved, best, kept)
            certified = certify_static(kept, 0)
            if _refused(kept, certified, solved.terms):
                return Certificate(
                    status="none", method="the cheapest path runs a leg twice, which is refused"
                )
        return _agreed(solved, best, certified)
    return _dated_certificate(solved, best, problem)


def _refused(problem: Problem, certified: Certified, terms: Terms) -> bool:
    """Return whether OR-Tools' answer is a path that uses a leg twice, which a flow cannot bar."""
    at_once = replace(terms, max_wait_days=0.0)
    relaxed = search_routes(bounded(problem, fast=terms.fast), at_once, {}, best_only=True)
    return any(repeated(route) and agrees(route, certified) for route in relaxed)


def _dated_certificate(solved: Solved, best: FoundRoute, problem: Problem) -> Certificate:
    if not solved.certify:
        return Certificate(status="dated", method="the network changes on the way: see --certify")
    wait = solved.terms.max_wait_days
    kept = without_dearer(problem, best)
    certified = certify_dated(kept, start_day=0, max_wait_days=wait, most_cents=best.cents)
    if certified is None:
        return Certificate(status="dated", method="too many states in time to certify")
    return _agreed(solved, best, certified)


def _agreed(solved: Solved, best: FoundRoute, certified: Certified) -> Certificate:
    if not agrees(best, certified):
        raise CertificateError(_disagreement(solved.corridor, best, certified))
    return Certificate(
        status="agrees",
        method=certified.method,
        cost_usd_per_teu=best.cents / CENTS_PER_USD,
        hours=best.minutes / MINUTES_PER_HOUR,
    )


def _disagreement(corridor: Corridor, best: FoundRoute, certified: Certified) -> str:
    return (
        f"{corridor.id}: label setting {best.cents} cents and {best.minutes} minutes,"
        f" {certified.method} {certified.cents} and {certified.minutes}"
    )


def candidate_of(
    corridor: str,
    topology: Topology,
    problem: Problem,
    route: FoundRoute,
    *,
    weights: Weights,
    listed: ListedCapacities | None = None,
) -> Candidate:
    """Return a route of a corridor's problem as the decision sees it."""
    arcs = problem.base[list(route.arcs)]
    countries = {
        code
        for index in set(topology.country[arcs].tolist())
        for code in topology.countries[index].split(";")
        if code
    }
    places = set(topology.state_place[topology.head[arcs]].tolist()) - {-1}
    # Calls before the port of discharge are of its unloading, and of the transit.
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
    )


def _arrival_minutes(problem: Problem, route: FoundRoute) -> int:
    """Return the minutes from the start of the day of departure to gate-out."""
    first = route.arcs[0]
    # What is done before a vehicle leaves lies before that day.
    return route.minutes - int(problem.minutes[first] - problem.clock[first])


def _warnings(solved: Solved, best: FoundRoute) -> tuple[str, ...]:
    """Return that the goods spoil on the way, and the doubts about access on its dates."""
    first = solved.weights.first_day
    arcs = solved.problem.base[list(best.arcs)]
    last = first + timedelta(days=best.starts[-1] // MINUTES_PER_DAY + 1)
    texts = []
    days, shelf = best.minutes / MINUTES_PER_DAY, solved.shelf_life_days
    if shelf is not None and days > shelf:
        texts.append(f"{days:.1f} days from gate-in to gate-out, the goods keep {shelf:g}")
    for rule in solved.rules:
        if rule.effect == "closed" or not _holds(rule, first, last):
            continue
        if solved.rule_arcs.of(rule.what, rule.key)[arcs].any():
            texts.append(f"{rule.text} (as of {rule.as_of or 'no date'}; {rule.source_id})")
    return tuple(texts)


def _holds(rule: AccessRule, first: date, last: date) -> bool:
    return bool(rule.spell.within(first, last))


def _closed(solved: Solved) -> RouteOption:
    topology, weights = solved.pricer.topology, solved.weights
    following = None
    status = OptionStatus.INFEASIBLE
    prepared = bounded(solved.problem, fast=solved.terms.fast)
    if weights.why_barred:
        reason = weights.why_barred
    elif prepared.connected:
        reason = dated_reason(prepared, topology, weights, solved.terms)
        following = solved.reopenings.after(solved.problem, solved.terms, solved.pricer)
        if dated_ahead(solved.problem).any():
            status = OptionStatus.CLOSED
    else:
        reason = static_reason(solved.layered, weights, topology)
        if reason.startswith("closed throughout"):
            status = OptionStatus.CLOSED
    return RouteOption(
        corridor=solved.corridor.id,
        title=solved.corridor.title,
        colour=solved.corridor.colour,
        status=status,
        reason=reason,
        next_usable_date=following,
        steps=(),
        cost_lines=(),
        energy_lines=(),
        time_parts={},
        passages=(),
        borders=(),
        gauge_changes=(),
        countries=(),
        certificate=NOT_ASKED,
        warnings=(),
    )


__all__: Sequence[str] = ("Answer", "Solved", "answer_of", "candidate_of")
