"""The next departures of an answer by the user's sailings, asked as one who missed each would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scenario
from corridors.domain.trips import Delays, Departure, ListedTrip, Sailings, Trip, delays
from corridors.domain.windows import months_later
from corridors.network.lines.timetable import Timetable
from corridors.output.comparison import Comparison
from corridors.output.display_names import name_by
from corridors.routing.contract_ways import ContractQuestion
from corridors.routing.corridor_search import SearchedCorridor, search_row
from corridors.routing.who_sails import trips_of
from corridors.studies.decided import Decided, option_of
from corridors.studies.option_tables import contract_rows
from corridors.studies.session import Session
from corridors.units import CENTS_PER_USD

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
    searches = {one.corridor.id: one for one in made.held.found}
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
