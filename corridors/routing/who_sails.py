"""Who is known to sail a route: which lines cover its main carriage on its day.

The main carriage is cut into rides, each on one line or without one. A line covers a ride if it
runs on all its legs on the day of departure, loads where the ride begins and unloads where it ends
(see `corridors.network.lines`): so every line that does is counted, whichever the search took.
Trucks and barges need no line, nor does carriage; a ride within one trade region without a line is
taken as offered, since the table lists main carriage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from corridors.arrays import IntArray
from corridors.bounded_cache import BoundedCache
from corridors.data.access import is_trade_listed, within_a_region
from corridors.data.geodata import load_trunk_kinds
from corridors.data.lines import Line, LineKind, departures, load_lines
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family
from corridors.domain.results import KnownLine, Listing, Offer
from corridors.domain.values import ChainPart
from corridors.network.lines.laying import RUN_IN_LINES, Laid
from corridors.network.states.topology import ArcKind, NetworkPlace, Topology
from corridors.routing.known_ways import OF_ONE_VOYAGE, each_line, running_on
from corridors.routing.ladder import SearchedCorridor
from corridors.routing.terms import DatedRoute
from corridors.units import DAYS_PER_WEEK

OCEAN = "ocean"
# Of the routes of one corridor: a front may have some hundred.
MOST_OFFERS = 200
WORSE = (Listing.UNLISTED, Listing.DECLARED, Listing.CHARTERED, Listing.COUNTED)
"""What the rides of a route are to be as few of as can be, the first above all."""


def offer_of(found: SearchedCorridor, route: DatedRoute) -> Offer:
    """Return who is known to offer a route of a search on its day; see `offer_along`.

    Prices tell nothing of it, so it is kept for the same route at others.
    """
    question, parameters = found.question, found.question.parameters
    topology, arcs = question.bundle.topology, list(route.arcs)
    # The days of the search, on which the lines that it took run, also if the box waits first.
    first_day = question.weights.first_day + timedelta(days=found.terms.start_day)
    wait_days, declared = question.scenario.max_wait_days, question.declared

    def make() -> Offer:
        carrier = found.layered.carrier
        onto = None if carrier is None else carrier[found.problem.head[arcs]]
        trips = trips_of(found, route)
        timetable = question.timetable
        among = tuple(timetable.laid[timetable.lane[n]] for n in trips) if timetable else ()
        ends = question.origin.country, question.destination.country
        offer = offer_along(
            topology,
            found.problem.base[arcs],
            found.parts(route),
            first_day=first_day,
            wait_days=wait_days,
            parameters=parameters,
            declared=declared,
            # Beside known ways a search has ways of no line.
            carriers=onto if onto is not None and (onto >= 0).any() else None,
            among=among,
        )
        return replace(offer, trade_listed=is_trade_listed(first_day, ends))

    kept = found.problem.for_arcs("offers", lambda: BoundedCache[Offer](MOST_OFFERS))
    ages = parameters.value("lines.ended_months"), parameters.value("lines.stale_months")
    return kept.of((route.arcs, first_day, wait_days, ages, declared), make)


def trips_of(found: SearchedCorridor, route: DatedRoute) -> tuple[int, ...]:
    """Return the trips of a timetable that a route of a search takes, by number, in order."""
    if found.problem.trip is None:
        return ()
    # The arcs of a part of a problem keep their numbers.
    trips = found.problem.trip[list(route.arcs)].tolist()
    return tuple(dict.fromkeys(trip for trip in trips if trip >= 0))


def offer_along(
    topology: Topology,
    arcs: IntArray,
    parts: Sequence[ChainPart],
    *,
    first_day: date,
    wait_days: float,
    parameters: ParameterTable,
    declared: tuple[Laid, ...] = (),
    carriers: IntArray | None = None,
    among: tuple[Laid, ...] = (),
) -> Offer:
    """Return who is known to offer a route on its day.

    Parameters
    ----------
    topology, arcs, parts
        The network, the arcs of the route and their parts of the transport chain.
    first_day, wait_days
        Its departure, and for how long boxes may wait for one.
    parameters
        The table with the rows `lines.*`.
    declared
        Services that are declared to run, beside the lines of the table.
    carriers
        By arc the number of the line that it leads onto, below 0 for none, where a search was among
        known ways; else the rides are those of the vehicles.
    among
        The lines that count, where a timetable says which are taken; else all that run.
    """
    lines = among or each_line(running_on(first_day, wait_days, parameters, declared))
    cover = _covered(topology, lines, tuple(_rides(topology, arcs, parts, carriers)))
    stale_months = parameters.value("lines.stale_months")
    counts = [_count(ride.lines) for ride in cover if ride.lines]
    unknown = not counts or _UNKNOWN in counts or any(not ride.lines for ride in cover)
    seldom = _UNKNOWN if unknown else min(counts, key=lambda count: count.a_week)
    searched = topology.once("known lines", load_lines).searched
    offer = Offer(
        sections=tuple((ride.names, ride.listing) for ride in cover),
        lines=tuple(
            _known(line, stale=line.stale_on(first_day, stale_months))
            for line in dict.fromkeys(line for ride in cover for line in ride.lines)
        ),
        sailings=seldom.words,
        wait_days=seldom.wait_days,
        searched=min(searched, parameters.known_on or searched),
    )
    return offer if offer.known else replace(offer, sailings="", wait_days=None)


class _Covered(NamedTuple):
    """A ride with the lines that cover it, those with a schedule first."""

    names: str
    listing: Listing
    lines: tuple[Line, ...]


def _rides(
    topology: Topology, arcs: IntArray, parts: Sequence[ChainPart], carriers: IntArray | None
) -> Iterator[IntArray]:
    """Yield the legs of the rides of the main carriage that need a line, in order.

    A ride is on one vehicle, or on trains that hand boxes over.
    """
    families = [topology.services[n].family for n in topology.service[arcs].tolist()]
    is_leg = topology.kind[arcs] == ArcKind.LEG
    run: list[int] = []
    open_run: object = None
    for number, family in enumerate(families):
        is_main = parts[number] is ChainPart.MAIN
        here: object = None
        if carriers is not None:
            here = int(carriers[number]) if carriers[number] >= 0 and is_main else None
        elif family in RUN_IN_LINES and is_main and (is_leg[number] or family is Family.RAIL):
            # Trains of several services carry the same boxes on.
            by_rail = family is Family.RAIL
            here = family, None if by_rail else int(topology.service[arcs[number]])
        if here is None or here != open_run:
            if run:
                yield arcs[run]
            run = []
        open_run = here
        if here is not None and is_leg[number]:
            run.append(number)
    if run:
        yield arcs[run]


def _covered(
    topology: Topology, running: Sequence[Laid], rides: Sequence[IntArray]
) -> tuple[_Covered, ...]:
    """Return the rides with their lines, joined where one line covers several."""
    best: list[tuple[list[int], tuple[_Covered, ...]]] = [([0] * (len(WORSE) + 1), ())]
    for first in reversed(range(len(rides))):
        options = []
        for last in range(first, len(rides)):
            covered = _cover(topology, running, np.concatenate(rides[first : last + 1]))
            if not covered.lines and last > first:
                continue
            rank, following = best[len(rides) - last - 1]
            total = np.add(rank, [*(covered.listing is worse for worse in WORSE), 1]).tolist()
            options.append((total, (covered, *following)))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _cover(topology: Topology, running: Sequence[Laid], legs: IntArray) -> _Covered:
    """Return what is listed of a ride by its legs."""
    start, end = (
        topology.place_of(topology.tail[legs[0]]),
        topology.place_of(topology.head[legs[-1]]),
    )
    lines = _lines_on(topology, running, legs, start, end)
    if lines:
        named = [line for line in lines if not line.is_sum]
        # Those that are best known come first.
        listing = Listing(named[0].kind.value) if named else Listing.COUNTED
    else:
        kinds = load_trunk_kinds()
        places = topology.state_place[topology.head[legs]].tolist()
        by_ocean = any(kinds.get(topology.places[n].gate) == OCEAN for n in places)
        near = within_a_region(start.country, end.country) and not by_ocean
        listing = Listing.NEAR if near else Listing.UNLISTED
    return _Covered(f"{start.name} to {end.name}", listing, lines)


def _lines_on(
    topology: Topology,
    running: Sequence[Laid],
    legs: IntArray,
    start: NetworkPlace,
    end: NetworkPlace,
) -> tuple[Line, ...]:
    """Return the lines that run on all these legs and call at both ends, schedules first."""
    keys = {
        ("-" if back else "") + topology.legs[leg].id
        for leg, back in zip(
            topology.leg[legs].tolist(), topology.reversed[legs].tolist(), strict=True
        )
    }
    services = [topology.services[n] for n in set(topology.service[legs].tolist())]
    found = [
        one.line
        for one in running
        if start.id in one.loads and end.id in one.unloads
        if keys <= one.legs and all(map(one.line.runs_with, services))
    ]
    kinds = list(LineKind)
    ranked = sorted(found, key=lambda line: (line.is_sum, kinds.index(line.kind)))
    return tuple(dict.fromkeys(ranked))


def _known(line: Line, *, stale: bool) -> KnownLine:
    return KnownLine(
        operator=line.operator,
        loop=line.loop,
        kind=line.kind.value,
        sailings=line.frequency,
        per=line.per,
        is_sum=line.is_sum,
        last_seen=line.last_seen,
        stale=stale,
        source_id=line.source_id,
        status=line.status,
    )


class _Count(NamedTuple):
    """Departures a week, in words, and the mean wait for the next one; None if that is unknown."""

    a_week: float
    words: str
    wait_days: float | None = None


_UNKNOWN = _Count(0.0, "")


def _count(run: Sequence[Line]) -> _Count:
    """Return the departures of a run: of single lines, else of a sum."""
    kind = run[0].kind
    alike = [line for line in run if line.kind is kind and line.frequency]
    single = [line for line in alike if not line.is_sum]
    if kind is LineKind.CHARTERED and any(line.per == OF_ONE_VOYAGE for line in alike):
        in_season = [line for line in alike if line.per == OF_ONE_VOYAGE]
        single_voyages = sum(line.frequency or 0.0 for line in in_season if not line.is_sum)
        most = max(in_season, key=lambda line: (line.is_sum, line.frequency or 0.0))
        of_all = most.is_sum and (most.frequency or 0.0) > single_voyages
        words = f"{most.frequency if of_all else single_voyages:g} a season"
        return _Count(0.0, words + (_of_all(most) if of_all else ""))
    lines = single or sorted(alike, key=attrgetter("a_week"))[-1:]
    weekly = sum(line.a_week for line in lines)
    if not weekly:
        return _UNKNOWN
    words = departures(weekly)
    if not single:
        return _Count(weekly, words + _of_all(lines[0]))
    return _Count(weekly, words, DAYS_PER_WEEK / weekly / 2.0)


def _of_all(line: Line) -> str:
    """Return what marks a sum: it counts all ends of a way, not these two."""
    return ", all cities" if Family.RAIL in line.modes else ", all ports"
