"""Report a searched corridor as an option: its route in full, or why it is closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from corridors.costing import pricing
from corridors.costing.drayage import haul_operation
from corridors.costing.market import AMOUNT
from corridors.costing.passages import piracy_met
from corridors.costing.pricer import IN_WORDS, direction_between, lane_note
from corridors.costing.running import overweight
from corridors.data.cities import to_be_said
from corridors.data.parameters import source_name
from corridors.data.sea_areas import great_circle_km
from corridors.data.series import last_quoted
from corridors.domain.answer import BOXES
from corridors.domain.objective import Objective
from corridors.domain.places import Effect, Family, family_of
from corridors.domain.results import OptionStatus, RouteFigures, RouteOption
from corridors.domain.values import (
    TRUCK,
    ChainPart,
    Incoterm,
    Note,
    SourcedValue,
    Status,
    held,
    payer,
)
from corridors.network.graph.reach import reach
from corridors.network.land.drayage_legs import (
    access_radius,
    drayage_between,
    far_note,
    truck_would_do,
)
from corridors.network.locate import distance_km
from corridors.network.rules.capacity import capacity_warnings
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.bundle import named_by
from corridors.routing.dated.closed import (
    Reopenings,
    closed_at,
    dated_reason,
    static_reason,
    turns_round,
)
from corridors.routing.dated.departures import departures_of
from corridors.routing.dated.label_search import bounded
from corridors.routing.ladder import SearchedCorridor, routes_of, weighing_in
from corridors.routing.priced_ways import on_another_day, option_of_route
from corridors.routing.problem import SOURCE, is_dated
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute, Terms
from corridors.routing.who_sails import offer_of
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, HOURS_PER_DAY, MINUTES_PER_DAY

# A truck that takes so many times fewer days is told of.
FEWER_DAYS = 2.0
# Unit of a parameter that is a switch.
SWITCH = "0 or 1"


def report(
    found: SearchedCorridor, *, reopenings: Reopenings | None = None, figures_only: bool = False
) -> RouteOption:
    """Return the option of a corridor, not yet certified.

    Parameters
    ----------
    found
        The search of the corridor.
    reopenings
        Next usable days found for earlier questions.
    figures_only
        Omit map lines and the energy of each step; the figures are the same.
    """
    best, question = found.best, found.question
    if best is None:
        return _closed(found, reopenings or Reopenings())
    if found.is_unpriced:
        return _unpriced(found, best)
    option = _on_both_bases(question, _option_of(found, best, drawn=not figures_only))
    option = shared_by(question.scenario.incoterm, option)
    shares = question.listed.along(found.arcs(best))
    scenario = question.scenario
    most = scenario.limits.capacity_share
    most = most or question.parameters.value("plan.capacity_share")
    ends = (question.origin.country, question.destination.country)
    return replace(
        option,
        way=to_be_said(option.countries, ends),
        offer=offer_of(found, best),
        front_complete=found.whole,
        warnings=(*option.warnings, *_warnings(found, best), *capacity_warnings(shares, most)),
        capacity=shares,
        value_of_time=scenario.shipment.value_of_time_usd_per_teu_day
        if scenario.objective is Objective.GENERALISED
        else None,
        piracy=piracy_met(option.steps, year=question.weights.first_day.year),
    )


def _option_of(found: SearchedCorridor, route: DatedRoute, *, drawn: bool) -> RouteOption:
    """Return the option of a route without warnings, made once for problems of any day."""
    question, problem = found.question, found.problem
    today = question.weights.first_day

    def make() -> tuple[date, RouteOption]:
        option = option_of_route(
            question.pricer,
            question.weights,
            problem,
            route,
            corridor=found.corridor,
            parts=found.parts(route),
            paid=question.paid_by(found.arcs(route)),
            drawn=drawn,
        )
        return today, option

    if (problem.profile >= 0).any():
        return make()[1]
    day, option = problem.once(("option", route, drawn), make)
    return on_another_day(option, (today - day).days)


def shared_by(term: Incoterm | None, option: RouteOption) -> RouteOption:
    """Return an option whose lines say who pays them by a term of sale.

    A term of ships counts as the one for any vehicle where no ship is in the main carriage.
    """
    if term is None:
        return option
    counted = held(term, by_ship=option.by_ship)
    lines = tuple(replace(line, pays=payer(counted, line)) for line in option.cost_lines)
    if counted is term:
        return replace(option, cost_lines=lines)
    text = f"{term} is a term for ships: without a ship on the way it is counted as {counted}"
    note = Note(text, "term of sale")
    return replace(option, cost_lines=lines, warnings=(*option.warnings, note))


def _on_both_bases(question: Question, option: RouteOption) -> RouteOption:
    """Return an option with what its route takes on the other basis, and how its price is known."""
    main = {step.service for step in option.legs if step.part is ChainPart.MAIN}
    line = next((line for line in option.cost_lines if line.is_of_lane), None)
    if line is not None:
        more = line.quantity * question.other_basis.value(AMOUNT, line.scope) - line.usd_per_teu
        option = replace(option, other_basis_usd_per_teu=(option.usd_per_teu or 0.0) + more)
    scope = "" if line is None else line.scope
    return replace(
        option,
        price_basis=question.scenario.price_basis,
        price_status=question.market.status(scope, option.passages, main),
    )


def _unpriced(found: SearchedCorridor, best: DatedRoute) -> RouteOption:
    """Return the option of a corridor whose ways are on no lane that is quoted, with its cost."""
    usd, days = best.cents / CENTS_PER_USD, best.minutes / MINUTES_PER_DAY
    known = "; no line is known to run it" if found.is_unsailed else ""
    return RouteOption(
        corridor=found.corridor.id,
        title=found.corridor.title,
        colour=found.corridor.colour,
        status=OptionStatus.UNPRICED,
        reason=f"no price known; at cost {usd:,.0f} USD per TEU and {days:.1f} days{known}",
        at_cost=None
        if found.is_unsailed
        else RouteFigures(usd_per_teu=usd, days=days, co2e_kg_per_teu=best.grams / GRAMS_PER_KG),
    )


def _warnings(found: SearchedCorridor, best: DatedRoute) -> Iterator[str]:
    """Yield warnings: a cut front, goods that spoil, doubts about access on its dates."""
    question = found.question
    if not found.whole:
        yield Note(
            "its front is not whole: there are too many non-dominated routes, and some in cost,"
            " days and CO2e may be missing",
            "routes left out",
        )
    days, shelf = best.minutes / MINUTES_PER_DAY, question.scenario.limits.shelf_life_days
    if shelf is not None and days > shelf:
        text = f"{days:.1f} days from gate-in to gate-out, but the goods keep only {shelf:g}"
        yield Note(text, "goods spoil")
    arcs = found.problem.base[list(best.arcs)]
    first = question.weights.first_day
    last = first + timedelta(days=best.starts[-1] // MINUTES_PER_DAY + 1)
    begin = [first + timedelta(days=start // MINUTES_PER_DAY) for start in best.starts]
    ends = [*begin[1:], last]
    for rule in question.rules:
        if rule.effect is Effect.CLOSED or not rule.window.within(first, last):
            continue
        arcs_met = np.flatnonzero(question.bundle.rule_arcs.of_rule(rule)[arcs]).tolist()
        met = [n for n in arcs_met if rule.window.within(begin[n], ends[n])]
        added = ""
        if rule.effect is Effect.DELAY:
            met = [n for n in met if rule.hours_on(begin[n]) > 0.0]
            added = "".join(f" {rule.hours_on(begin[n]):,.0f} h more." for n in met)
        if met:
            text = f"{rule.reason}{added} ({rule.news}; {source_name(rule.source_id)})"
            yield Note(text, rule.subject)


Replaced = tuple[SourcedValue, SourcedValue]
NOTHING_USABLE = "no corridor is usable on this date"
LATER_IS_BETTER = "a slower way is open, but leaving later arrives no later and costs no more"


def _closed(found: SearchedCorridor, reopenings: Reopenings) -> RouteOption:
    question, problem, terms = found.question, found.problem, found.terms
    topology, weights = question.bundle.topology, question.weights
    opens_on = at_least = None
    status = OptionStatus.INFEASIBLE
    prepared = bounded(problem, fast=terms.fast)
    if prepared.connected:
        reason = dated_reason(prepared, topology, weights, terms)
        weighing = weighing_in(question)

        def best(then: Terms) -> DatedRoute | None:
            routes = routes_of(problem, then, weighing, fronts=False).routes
            return routes[0] if routes else None

        opens = reopenings.after(problem, terms, question.pricer, best, aim=weighing)
        opens_on = opens.day
        if not opens.ever:
            # Such a way is left where a place of the corridor is closed to ships, say.
            closed = closed_at(named_by((found.corridor,)), found.layered, weights, topology)
            status = OptionStatus.CLOSED if closed else status
            reason = closed or turns_round(found.layered, weights, topology)
        elif is_dated(problem):
            status = OptionStatus.CLOSED
            if departures_of(problem, terms).may_leave(terms):
                reason = LATER_IS_BETTER
            cents, minutes, grams = (int(bound[SOURCE]) for bound in prepared.bounds)
            cents -= problem.more_cents
            at_least = RouteFigures(
                usd_per_teu=cents / CENTS_PER_USD,
                days=minutes / MINUTES_PER_DAY,
                co2e_kg_per_teu=grams / GRAMS_PER_KG,
            )
    else:
        # Of the ways that only listed lines may run as well: what closes them is named first.
        barred = question.listed_only is not None
        layered = question.bundle.layers[found.number] if barred else found.layered
        status, reason = static_reason(layered, weights, topology)
    return RouteOption(
        corridor=found.corridor.id,
        title=found.corridor.title,
        colour=found.corridor.colour,
        status=status,
        reason=reason,
        next_usable_date=opens_on,
        at_least=at_least,
        least_km=_least_km(found) if status is OptionStatus.CLOSED else None,
    )


def _least_km(found: SearchedCorridor) -> float:
    """Return the great-circle km from origin to destination by the places of a corridor.

    Of each entry the nearest place counts, in either order of the corridor; borders do not.
    """
    question, topology = found.question, found.question.bundle.topology
    ends = question.origin, question.destination
    countries = [end.country for end in ends]
    groups: list[list[tuple[float, float]]] = []
    for entry in found.corridor.must_pass:
        numbers = np.flatnonzero(topology.index.named(entry.any_of)).tolist()
        if numbers and entry.applies(countries):
            groups.append([(topology.places[n].lon, topology.places[n].lat) for n in numbers])

    def along(passed: Sequence[Sequence[tuple[float, float]]]) -> float:
        here, km = [(ends[0].lon, ends[0].lat)], [0.0]
        for there in (*passed, [(ends[1].lon, ends[1].lat)]):
            lons, lats = np.array(here).T
            km = [float((great_circle_km(*point, lons, lats) + km).min()) for point in there]
            here = list(there)
        return km[0]

    return min(along(groups), along(groups[::-1]))


def run_warnings(question: Question, options: Sequence[RouteOption]) -> tuple[str, ...]:
    """Return the warnings of a run: replaced parameters, speeds, and that nothing is usable."""
    ends = (question.origin, question.destination)
    note = lane_note(ends, question.parameters, direction_between(ends))
    texts: list[str] = [Note(note, "direction of trade")] if note else []
    radius = access_radius(question.parameters)
    notes = (far_note(end, question.by_road[end.id], radius) for end in ends)
    texts.extend(Note(note, "long haul by truck") for note in notes if note)
    texts.extend(Note(text, TRUCK) for text in _truck_note(question, options))
    texts.extend(Note(text, "by cost") for text in [question.basis_note] if text)
    texts.extend(_lane_notes(question, options))
    texts.extend(_price_notes(question, options))
    texts.extend(Note(text, "usual figures replaced") for text in _replacements(question, options))
    texts.extend(Note(text, "your own data") for text in question.overlay.notes)
    sailed = {step.service for option in options for step in option.steps}
    used = [service for service in question.bundle.topology.services if service.id in sailed]
    for number, service in enumerate(question.bundle.topology.services):
        knots = question.pricer.knots(number)
        if knots is not None and service.id in sailed:
            usual = question.parameters.value("ship.reference_speed_kn", service.id)
            text = f"{service.title}: {usual:g} -> {knots:g} kn in open water (speed)"
            texts.append(Note(text, "speed of ships"))
    heavy = overweight(used, question.parameters, question.scenario.shipment)
    texts.extend(Note(text, "boxes too heavy") for text in heavy)
    if not any(option.usable for option in options):
        texts.append(NOTHING_USABLE)
    return tuple(texts)


def _lane_notes(question: Question, options: Sequence[RouteOption]) -> Iterator[str]:
    """Yield how the prices of options follow from what their lanes are quoted at."""
    lines = (line for option in options for line in option.cost_lines if line.is_of_lane)
    for scope in dict.fromkeys(line.scope for line in lines) if question.at_price else ():
        quote = question.market.at(scope)
        if quote is not None:
            text = f"price by {quote.lane.family}: {quote.text}"
            of = f"of {quote.of}" if quote.fresh else "estimated"
            yield Note(text, f"freight by {quote.lane.family} {of}")


def _truck_note(question: Question, options: Sequence[RouteOption]) -> Iterator[str]:
    """Yield what a truck all the way would take where it would go: no network has that as a route.

    That is where boxes are shipped for want of a road in the network, and where a truck is cheaper
    than every option, or takes under half as long as any.
    """
    ends = question.origin, question.destination
    found = [option for option in options if option.usable]
    near = found and truck_would_do(*ends, access_radius(question.parameters))
    if question.scenario.service_names or not near:
        return
    sail = all(any(family_of(leg.service) is Family.SEA for leg in o.legs) for o in found)
    lost = sail and not _joined_by_land(question.bundle.topology)
    usd, days = _truck_all_the_way(question)
    dearer = all((option.cost_usd_per_teu or 0.0) > usd for option in found)
    slower = all((option.days or 0.0) > FEWER_DAYS * days for option in found)
    if lost or dearer or slower:
        no_road = ", but no road or railway between them is in the network" if lost else ""
        equipment = question.scenario.shipment.equipment
        yield (
            f"{ends[0].name} and {ends[1].name} lie {distance_km(*ends):,.0f} km apart over"
            f" land{no_road}: a truck would go directly, for about USD"
            f" {equipment.teu_per_box * usd:,.0f} per {BOXES[equipment]} with its empty way back"
            f" and in {days:.1f} days, borders left out"
        )


def _truck_all_the_way(question: Question) -> tuple[float, float]:
    """Return USD per TEU and days of a truck from origin to destination, without borders.

    It pays as a haul between a door and a terminal in the country of destination, of which the km
    are the great circle times the circuity.
    """
    parameters, end = question.parameters, question.destination
    scopes = parameters.country_scopes(end.country)
    haul = drayage_between(
        end,
        question.origin,
        outbound=True,
        circuity=parameters.value("road.circuity", *scopes),
        local_km=parameters.value("road.local_km", *scopes),
    )
    operation = haul_operation(haul, parameters, question.scenario.shipment)
    usd = pricing.usd(operation.bill, parameters)
    return usd, sum(operation.time_parts.values()) / HOURS_PER_DAY


def _joined_by_land(topology: Topology) -> bool:
    """Return whether a way leads from origin to destination without a ship."""
    is_ship = np.array([service.family is Family.SEA for service in topology.services])
    dry = ~is_ship[topology.service]
    loads, unloads = topology.kind == ArcKind.LOAD, topology.kind == ArcKind.UNLOAD
    tail, head = topology.tail[dry], topology.head[dry]
    starts = np.unique(topology.tail[loads & dry]).tolist()
    met = [reach(topology.state_place.shape[0], tail, head, start) for start in starts]
    return any(bool(one[topology.head[unloads & dry]].any()) for one in met)


def _price_notes(question: Question, options: Sequence[RouteOption]) -> Iterator[str]:
    """Yield which prices are not of the month asked for."""
    day = question.scenario.prices_day
    bought = {(line.driver, line.scope) for option in options for line in option.cost_lines}
    known = list(last_quoted(question.parameters, day, bought=bought))
    if known:
        each = ", ".join(f"{series.title} of {of} ({series.index})" for series, of in known)
        months = ", ".join(dict.fromkeys(of for _, of in known))
        text = f"Prices not known for {day:%Y-%m}; taken from another month or year: {each}."
        yield Note(text, f"fuel of {months}")


def _that_matter(options: Sequence[RouteOption]) -> Iterator[str]:
    """Yield the switches that change a figure of an option; `lane_note` tells of the direction."""
    drivers = {line.driver for option in options for line in option.cost_lines}
    if "war_risk" in drivers:
        yield "war_risk.dated"
    if "rail.feu_km" in drivers:
        yield "rail.ends_in_russia"
        yield "rail.central_asia_europe"
    if any("CN" in border.split("-") for option in options for border in option.borders):
        yield "rail.ends_in_central_asia"
        yield "rail.russia_to_china"


def _replacements(question: Question, options: Sequence[RouteOption]) -> Iterator[str]:
    """Yield the parameters that the scenario and its projects replace.

    Rows of one parameter that become the same number share a sentence.
    """
    rows = {(row.parameter, row.scope) for project in question.built for row in project.rows}
    own = {override.parameter for override in question.scenario.overrides}
    alike: dict[tuple[str, float, str], list[Replaced]] = {}
    for old, new in question.parameters.replaced:
        by_scenario = new.status is Status.SCENARIO
        if not by_scenario and (new.parameter, new.scope) not in rows:
            continue
        if new.parameter in IN_WORDS and by_scenario and new.parameter not in own:
            if new.parameter in _that_matter(options):
                yield IN_WORDS[new.parameter]
            continue
        by = "scenario" if by_scenario else "project"
        alike.setdefault((new.parameter, new.value, by), []).append((old, new))
    for (*_, by), pairs in alike.items():
        yield f"{_replacement(pairs)} ({by})"


def _replacement(pairs: Sequence[Replaced]) -> str:
    """Return in words what rows of one parameter were, and the number that they are now."""
    # The row of a month that was replaced is one of the table's, met twice.
    rows = {new.scope: (old, new) for old, new in reversed(pairs)}
    old, new = pairs[0]
    unit = "" if new.unit == SWITCH else f" {new.unit}"
    if len(rows) == 1:
        name = f"{new.parameter}@{new.scope}" if new.scope else new.parameter
        change = f"{new.value:g}" if old is new else f"{old.value:g} -> {new.value:g}"
        return f"{name}: {change}{unit}"
    before = sorted(was.value for was, _ in rows.values())
    least, most = f"{before[0]:g}", f"{before[-1]:g}"
    were = least if least == most else f"{least} to {most}"
    return f"{new.parameter}, {len(rows)} rows: {were} -> {new.value:g}{unit}"
