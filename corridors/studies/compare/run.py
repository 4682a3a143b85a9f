"""Compare the corridors of a scenario in two worlds, by month, and by later departures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypedDict, Unpack

from corridors.config import fault
from corridors.config.scenario import in_world
from corridors.data.access import load_access, rules_for
from corridors.data.paths import one_look
from corridors.domain.contracts import Delays, Departure, ListedTrip, Sailings, Trip, delays
from corridors.domain.places import AccessKind, AccessRule, Effect, months_later
from corridors.domain.results import OtherWorld, RouteOption
from corridors.domain.scenario import OTHER, PriceBasis, Scenario
from corridors.errors import ConfigError
from corridors.network.lines.declared import Timetable
from corridors.network.locate import Place
from corridors.optimise.candidates import BY_COST
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import name_by, title_by
from corridors.progress import Progress, quiet
from corridors.routing.contract_ways import ContractQuestion
from corridors.routing.ladder import SearchedCorridor, search_row
from corridors.routing.who_sails import trips_of
from corridors.studies.compare import result
from corridors.studies.decided import Decided, compared, decided, noted, option_of
from corridors.studies.option_tables import contract_rows
from corridors.studies.result_base import extended
from corridors.studies.session import Session
from corridors.uncertainty.booked import Ranges
from corridors.units import CENTS_PER_USD

# The next departures of an answer by the user's sailings, asked as one who missed each would.

MOST_DEPARTURES = 3


def sailings_of(found: Comparison, made: Decided, *, session: Session) -> Sailings | None:
    """Return what the scenario's files of sailings say of a comparison; None without such files.

    The departures are those of the recommended way, or of the best that goes by a timetable. Each
    after the first is what the same question answers of that way on the day after the cut-off of
    the one before, with the storage of the boxes until then.
    """
    scenario, timetable = found.scenario, made.question.timetable
    if timetable is None:
        return None
    searches = {one.corridor.id: one for one in made.compared.searches}
    first = [found.recommended] if found.recommended else []
    way, departures, taken = None, list[Departure](), list[Trip]()
    for option in (*first, *found.usable):
        searched = searches.get(option.corridor)
        if searched is not None and _trips(searched):
            way = option
            for departure, trip in _departures(option, searched, scenario, session):
                departures.append(departure)
                taken.append(trip)
            break
    until = months_later(scenario.departure, 1)
    month = tuple(_month(timetable, scenario.departure, until, taken))
    return Sailings(
        corridor=way.corridor if way else "",
        title=name_by(way) if way else "",
        departures=tuple(departures),
        month=month,
        until=until,
        late=_late(timetable, scenario, session),
    )


def _trips(found: SearchedCorridor) -> tuple[Trip, ...]:
    """Return the trips that the best way of a search takes, in order."""
    timetable = found.question.timetable
    if timetable is None or found.best is None:
        return ()
    return tuple(timetable.trips[number] for number in trips_of(found, found.best))


def _departures(
    option: RouteOption, searched: SearchedCorridor, scenario: Scenario, session: Session
) -> Iterator[tuple[Departure, Trip]]:
    """Yield the next departures of a way, each with its first trip."""
    day = scenario.departure
    for number in range(MOST_DEPARTURES):
        if number:
            asked = replace(scenario, departure=day)
            row = _asked(asked, searched, session)
            if row is None:
                return
            searched, option = row, option_of(row, session=session)
        trips = _trips(searched)
        if not trips:
            return
        waited = (day - scenario.departure).days
        stored_usd = waited * searched.problem.wait_cents_per_day / CENTS_PER_USD
        yield (
            Departure(
                departs=trips[0].departs,
                cut_off=trips[0].closes,
                arrives=trips[-1].arrives,
                days=(option.days or 0.0) + waited,
                usd_per_teu=(option.printed_usd_per_teu or 0.0) + stored_usd,
                service=trips[0].service,
                operator=trips[0].operator,
                vehicle=trips[0].vehicle,
                place=trips[0].place,
                expired=searched.is_expired,
            ),
            trips[0],
        )
        day = trips[0].last_day + timedelta(days=1)
        # Who missed one waits for the next, for longer than one who may choose does.
        timetable = searched.question.timetable
        listed = timetable.trips if timetable else ()
        if later := [trip.departs.date() for trip in listed if trip.last_day >= day]:
            day = max(day, min(later) - timedelta(days=scenario.max_wait_days))


def _asked(
    scenario: Scenario, searched: SearchedCorridor, session: Session
) -> SearchedCorridor | None:
    """Return the search of the same way, or contract, for another day."""
    asked = searched.question
    if not isinstance(asked, ContractQuestion):
        return search_row(session.pose(scenario, (searched.corridor,)), 0, fronts=False)
    rows = contract_rows(session.pose(scenario, session.free), session).found
    return next(
        (
            row
            for row in rows
            if isinstance(row.question, ContractQuestion)
            and row.question.quote.contract == asked.quote.contract
        ),
        None,
    )


def _month(
    timetable: Timetable, first: date, until: date, taken: list[Trip]
) -> Iterator[ListedTrip]:
    """Yield the trips that leave from a day until another, those that are blanked too."""
    # A ship that names no way has a lane by each.
    trips = dict.fromkeys((*timetable.trips, *timetable.blanked))
    for trip in sorted(trips, key=lambda trip: (trip.departs, trip.arrives)):
        if first <= trip.departs.date() < until:
            yield ListedTrip(
                departs=trip.departs,
                cut_off=trip.closes,
                arrives=trip.arrives,
                origin=trip.origin,
                destination=trip.destination,
                service=trip.service,
                operator=trip.operator,
                vehicle=trip.vehicle,
                blanked=trip.blanked,
                number=taken.index(trip) + 1 if trip in taken else 0,
            )


def _late(timetable: Timetable, scenario: Scenario, session: Session) -> tuple[Delays, ...]:
    """Return how late the operators of the trips between the ends came."""
    known = {trip.run_by for trip in (*timetable.trips, *timetable.blanked)}
    return tuple(one for one in delays(session.trips_of(scenario)) if one.operator in known)


MONTHS = 12
CURRENT, OPEN = "current", "reference-open"
COUNTERPART = MappingProxyType({CURRENT: OPEN, OPEN: CURRENT})
"""The world whose answer is shown beside that of a world, for the two that may be meant."""
DAYS_UNDER_WAY = 60


class ComparisonParts(TypedDict, total=False):
    """What a comparison is to have.

    Attributes
    ----------
    certify
        Also certify routes that depend on dates, on the time-expanded network.
    alternatives
        How many routes that differ in what they pass to add.
    figures_only
        Quicker, for tables: no lines of routes, no certificates by OR-Tools, and fronts only if the
        decision depends on them. The figures are the same.
    fronts
        Search the fronts, which files, maps and `--front` show, even if the decision does not
        depend on them.
    what_if
        Also make what prices the routes again, for the sliders of a report; not `figures_only`.
    ranges
        What to draw of the routes, so that low and high are quantiles.
    """

    certify: bool
    alternatives: int
    figures_only: bool
    fronts: bool
    what_if: bool
    ranges: Ranges


def compared_result(
    scenario: Scenario,
    *,
    session: Session,
    months: bool = False,
    tiles: bool = False,
    exports: bool = False,
    **wanted: Unpack[ComparisonParts],
) -> result.Comparison:
    """Return the comparison of a scenario as commands print and Python shows it.

    Parameters
    ----------
    scenario
        The scenario.
    session
        Keeps networks and tables.
    months
        Also compare departures of the same day in twelve months.
    tiles
        Whether its map may load tiles.
    exports
        Whether its files for other programs are written too.
    wanted
        What it is to have, as in `compare_in_both_worlds`.
    """
    show = session.progress
    found = compare_in_both_worlds(scenario, session=session, progress=show, **wanted)
    year: tuple[Comparison, ...] = ()
    if months:
        year = by_month(scenario, session=session, first=found, progress=show)
        found = replace(year[0], answer=answer_of(year[0], later=year[1]))
        year = (found, *year[1:])
    return extended(result.Comparison, found, months=year, tiles=tiles, exports=exports)


def compare(
    scenario: Scenario,
    *,
    session: Session | None = None,
    progress: Progress = quiet,
    **wanted: Unpack[ComparisonParts],
) -> Comparison:
    """Return the comparison of a scenario's corridors.

    Parameters
    ----------
    scenario
        The scenario.
    session
        Keeps networks and tables between scenarios; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.
    wanted
        What it is to have; by default its lines and fronts.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter of the scenario is unknown.
    CertificateError
        OR-Tools and the label setting disagree.
    """
    return compared(scenario, session=session or Session(), progress=progress, **wanted)[0]


@one_look()
def compare_in_both_worlds(
    scenario: Scenario,
    *,
    session: Session | None = None,
    progress: Progress = quiet,
    **wanted: Unpack[ComparisonParts],
) -> Comparison:
    """Return the comparison of a scenario, with the answer of the other world if that differs.

    The other world of `current` is `reference-open` and the reverse; other worlds have none. An
    answer that breaks a ban of the current world, or passes a country by which nobody carries
    boxes between these ends, is not shown.
    Parameters and errors are those of `compare`, but by default all ranges are drawn.
    """
    session = session or Session(keeps_searches=False)
    wanted.setdefault("ranges", Ranges.ALL)
    found, made = compared(scenario, session=session, progress=progress, **wanted)
    found = replace(found, other_world=_other(found, session))
    if scenario.schedules:
        found = replace(found, sailings=sailings_of(found, made, session=session))
    if is_drawn(scenario):
        from corridors.studies.drawn_comparison import with_draws

        found = with_draws(found, made, session=session, progress=progress)
    return replace(found, answer=answer_of(found))


def by_month(
    scenario: Scenario,
    *,
    session: Session | None = None,
    count: int = MONTHS,
    first: Comparison | None = None,
    progress: Progress = quiet,
) -> tuple[Comparison, ...]:
    """Return the comparisons of a scenario for the same day of successive months.

    Prices are those of each month's departure unless the scenario names a month, and the ice is
    that of the scenario's year: both as in a comparison of that day alone.

    Parameters
    ----------
    scenario
        The scenario; its departure is in the first month.
    session
        Keeps networks between months; a new one by default.
    count
        Months, >= 1.
    first
        The comparison of the first month where it is made already.
    progress
        Called with the month, how many are done and how many there are.

    Raises
    ------
    ConfigError
        As `compare` does.
    """
    if scenario.robust is not None:
        text = "a row a month is chosen by its figures; compare each month alone, or leave it out"
        raise ConfigError(fault(scenario, "robust", text))
    session = session or Session(keeps_searches=False)
    found: list[Comparison] = []
    for number in range(count):
        day = months_later(scenario.departure, number)
        progress(f"{day:%B %Y}", number, count)
        if number == 0 and first is not None:
            found.append(first)
        else:
            asked = replace(scenario, departure=day)
            found.append(compare(asked, session=session, fronts=False))
    # One basis for all: what is quoted in one month stands beside no cost of another.
    unpriced = [one for one in found if one.scenario.price_basis is PriceBasis.COST]
    if unpriced and len(unpriced) < len(found):
        at_cost = replace(scenario, price_basis=PriceBasis.COST)
        named = f"{unpriced[0].scenario.departure:%B %Y}"
        note = f"{BY_COST}: in {named} the best way has none"
        return tuple(
            replace(one, warnings=(*one.warnings, note))
            for one in by_month(at_cost, session=session, count=count, progress=progress)
        )
    return tuple(found)


def is_drawn(scenario: Scenario) -> bool:
    """Return whether a comparison of a scenario takes draws beyond the ranges of its routes."""
    due = scenario.limits.on_time
    return scenario.draws.count > 0 or scenario.robust is not None or due is not None


def _other(found: Comparison, session: Session) -> OtherWorld | None:
    scenario = found.scenario
    world = COUNTERPART.get(scenario.world)
    if world is None or not _may_differ(found, session.ends_of(scenario)):
        return None
    there = decided(in_world(scenario, world), session=session)
    if there.decision.shares == found.decision.shares:
        return None
    chosen = there.decision.recommended
    best = next(
        (
            noted(option_of(one, session=session), there.compared)
            for one in there.on_basis
            if one.corridor.id == chosen
        ),
        None,
    )
    bans = [
        rule
        for rule in load_access(CURRENT, known_on=scenario.known_on)
        if rule.effect is Effect.CLOSED and (rule.law or rule.what is AccessKind.TRANSIT)
    ]
    if best and any(text.startswith(ban.reason) for ban in bans for text in best.warnings):
        return None
    return OtherWorld(
        world=world,
        recommended=chosen,
        shares=there.decision.shares,
        title=title_by(best) if best else "",
        cost_usd_per_teu=best.printed_usd_per_teu if best else None,
        transit_days=best.transit_days if best else None,
        usable=bool(there.candidates),
        note="" if chosen == OTHER else there.compared.notes.get(chosen or "", ""),
        price_basis=there.question.scenario.price_basis,
    )


def _may_differ(found: Comparison, ends: tuple[Place, Place]) -> bool:
    """Return whether a closure or a want of lines in one of the two worlds may change the answer.

    Where places are open that the other world closes, only a recommended route through one of them,
    or one that no known line sails, is affected.
    """
    scenario = found.scenario
    rules = closures_of_one(
        scenario.departure, ends, scenario.shipment.cargo_classes, known_on=scenario.known_on
    )
    closed = [ends_of_key(key) for rule in rules for key in rule.keys]
    if scenario.world == CURRENT:
        return bool(rules or found.decision.without_line)
    recommended = [route for route in found.routes if route.corridor in found.decision.shares]
    return any(rule.cargo for rule in rules) or any(
        any(places <= called_at(route) for places in closed)
        or (route.offer is not None and not route.offer.known)
        for route in recommended
    )


def called_at(option: RouteOption) -> set[str]:
    """Return the ids of the gates, places and borders of a route."""
    borders = ("-".join(sorted(border.split("-"))) for border in option.borders)
    return {*option.passages, *borders, *(step.from_id for step in option.steps)}


def ends_of_key(key: str) -> frozenset[str]:
    """Return the place that a rule names, or both ends of a leg, gates without their number."""
    return frozenset(end.partition("#")[0] for end in key.split("--"))


def closures_of_one(
    first: date,
    ends: tuple[Place, Place],
    cargo: Collection[str] = (),
    *,
    known_on: date | None = None,
) -> tuple[AccessRule, ...]:
    """Return the closures of the current world that the open one lacks, after a departure.

    Those that hold between two ends. Bans count if they are of a class of the cargo; delays count
    as closures.
    """
    last = first + timedelta(days=DAYS_UNDER_WAY)
    kept = load_access(OPEN, known_on=known_on)
    return tuple(
        rule
        for rule in rules_for(
            load_access(CURRENT, known_on=known_on),
            cargo=cargo,
            ends=(ends[0].country, ends[1].country),
        )
        if rule.effect in (Effect.CLOSED, Effect.DELAY)
        and (rule.cargo or rule.what is not AccessKind.TRADE)
        and rule not in kept
        and rule.window.within(first, last)
    )
