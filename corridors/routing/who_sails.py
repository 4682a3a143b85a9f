"""Who is known to sail a route: which lines cover its main carriage on its date.

The main carriage is cut into sections, one for each vehicle: trains that change gauge carry the
same boxes on, ships that transship are two. A line covers one or more sections in a row if

- it has their modes;
- it serves the terminals where they begin and end: it calls there, or within `lines.near_km` in the
  same country, or it is listed for the whole country or a region with it;
- it passes nothing that they do not pass, and names the ocean gate, land border of China or
  Caspian port that they pass: a loop by the Cape says nothing of Suez;
- it runs on the day on which the first of them leaves.

Trucks and barges need no line. A section within one trade region between whose ends the table has
no line (a feeder of Europe, say) is taken as offered: the table lists main carriage. So a ship
between whose ends no line runs on its day counts as relayed if a line goes its way between one end
and the trade region of the other: carriers change ships at a hub there. Of the ports that the line
is listed with, the nearest by sea to that end is named. A count of the ship lines between two
regions does not say which of them call at two of their ports: their way is on offer, with a change
of ship or without. Where a row says that all that go this way are listed, an empty cell says that
none was found.

The days of a route hold a wait of half the headway of the network's services. Where the frequency
of the lines between its ends is known, half their interval may be taken in its place: counts of all
lines of a way, and of the voyages of a season, say nothing of the next sailing between two ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from math import fsum
from typing import NamedTuple

import numpy as np

from corridors.arrays import IntArray
from corridors.data.geodata import load_terminals, load_trunk_kinds
from corridors.data.lines import (
    WEEKS_PER,
    Line,
    LineKind,
    Lines,
    Stop,
    load_lines,
    stop_of,
)
from corridors.data.parameters import ParameterTable
from corridors.data.trade import within_a_region
from corridors.domain.places import Family
from corridors.domain.results import KnownLine, Listing, Offer, Relay
from corridors.domain.values import ChainPart
from corridors.network.states.topology import ArcKind, NetworkPlace, Topology
from corridors.routing.change_of_ship import Relaying, relaying, relays_of
from corridors.routing.corridor_search import SearchedCorridor
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute
from corridors.units import HOURS_PER_DAY, MINUTES_PER_DAY

LINED = frozenset({Family.SEA, Family.RAIL, Family.FERRY})
"""The modes that run in lines; trucks and barges are hired."""
OF_ONE_VOYAGE = "season"
ARCTIC, OCEAN = "arctic", "ocean"
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a route on one vehicle, or on trains that hand boxes over.

    `passed` are the gates, terminals and borders (`BY-PL`, in alphabetical order) on it, its ends
    included; `is_main` unless it is carriage.
    """

    family: Family
    start: Stop
    end: Stop
    ends: tuple[str, str]
    passed: frozenset[str]
    is_main: bool

    @property
    def names(self) -> str:
        """The names of its ends: `Shanghai to Hamburg`."""
        return " to ".join(self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Sections of the main carriage in a row, by their first and last index, and lines for them.

    `lines` go their way on some day, `others` join their ends by another; of `lines`, those in
    `counted` are counts of a trade, not told which of it calls at both ends. `relays` go their way
    to or from the trade region of an end. `whole` are rows by which all that do are listed.
    `otherwise` is what is listed of them where none of these holds.
    """

    first: int
    last: int
    lines: tuple[Line, ...]
    counted: frozenset[Line]
    others: tuple[Line, ...]
    relays: tuple[Relaying, ...]
    whole: tuple[Line, ...]
    otherwise: Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The sections of a route that run in lines, and what lines say of them on any day.

    `main` are the indices of the main carriage, in which `runs` count. `barring` are by section the
    rows that no line joins its ends.
    """

    sections: tuple[Section, ...]
    main: tuple[int, ...]
    runs: tuple[Run, ...]
    barring: tuple[tuple[Line, ...], ...]


def operator_of(found: SearchedCorridor, route: DatedRoute) -> str:
    """Return who is known to offer a route of a search; empty for nobody and for several."""
    operators = {line.operator for line in offer_of(found, route).lines}
    return operators.pop() if len(operators) == 1 else ""


def offer_of(found: SearchedCorridor, route: DatedRoute, *, with_hubs: bool = False) -> Offer:
    """Return who is known to offer a route of a search on its date; see `offer_along`."""
    question = found.question
    arcs = found.problem.base[list(route.arcs)]
    return offer_along(
        question.bundle.topology,
        arcs,
        found.parts(route),
        starts=route.starts,
        first_day=question.weights.first_day,
        parameters=question.parameters,
        waits=partial(_wait_days, question),
        with_hubs=with_hubs,
    )


def offer_along(
    topology: Topology,
    arcs: IntArray,
    parts: Sequence[ChainPart],
    *,
    starts: Sequence[int],
    first_day: date,
    parameters: ParameterTable,
    waits: Callable[[IntArray], float] | None = None,
    with_hubs: bool = False,
) -> Offer:
    """Return who is known to offer a route on its date.

    Parameters
    ----------
    topology, arcs, parts
        The network, the arcs of the route and their parts of the transport chain.
    starts, first_day
        Minutes by arc from the beginning of the first day.
    parameters
        The table with the rows `lines.*`.
    waits
        Returns the days that boxes wait for a departure after some arcs; by default none.
    with_hubs
        Also look for the hubs of a change of ship, which takes distances by sea.
    """
    lines = topology.once("known lines", load_lines)
    sections, begins = sections_of(topology, arcs, parts)
    near_km = parameters.value("lines.near_km")
    chain = topology.once((sections, near_km), lambda: chain_of(sections, lines, near_km))
    return offer_on(
        chain,
        [first_day + timedelta(days=starts[arc] // MINUTES_PER_DAY) for arc in begins],
        lines.searched,
        parameters.value("lines.stale_months"),
        waits=() if waits is None else [waits(arcs[:begin]) for begin in begins],
        with_hubs=with_hubs,
    )


def _wait_days(question: Question, arcs: IntArray) -> float:
    """Return the days that boxes wait for a departure after the last leg of these arcs."""
    priced = question.weights.priced
    legs = np.flatnonzero(question.bundle.topology.kind[arcs] == ArcKind.LEG)
    since = arcs[legs[-1] + 1 :] if legs.size else arcs
    hours = (
        priced.operations[number].time_parts.get("schedule_wait", 0.0)
        for number in priced.operation[since].tolist()
        if number >= 0
    )
    return fsum(hours) / HOURS_PER_DAY


def sections_of(
    topology: Topology, arcs: IntArray, parts: Sequence[ChainPart]
) -> tuple[tuple[Section, ...], tuple[int, ...]]:
    """Return the sections of a route that run in lines, carriage included, and their first arcs.

    `arcs` are those of the network and `parts` their parts of the chain.
    """
    services, kinds = topology.service[arcs].tolist(), topology.kind[arcs].tolist()
    runs: list[list[int]] = []
    open_run: tuple[object, ...] | None = None
    for number, (service, kind) in enumerate(zip(services, kinds, strict=True)):
        family = topology.services[service].family
        if kind != ArcKind.LEG or family not in LINED:
            # A ship that hands over to another ends its section, a train that changes gauge not.
            open_run = open_run if family is Family.RAIL else None
            continue
        # Trains of several services carry the same boxes on.
        here = (family, parts[number], None if family is Family.RAIL else service)
        if here == open_run:
            runs[-1].append(number)
        else:
            runs.append([number])
            open_run = here
    sections = tuple(_section(topology, arcs[run], parts[run[0]] is ChainPart.MAIN) for run in runs)
    return sections, tuple(run[0] for run in runs)


def _section(topology: Topology, run: IntArray, is_main: bool) -> Section:
    states = [*topology.tail[run].tolist(), int(topology.head[run[-1]])]
    places = [topology.places[number] for number in topology.state_place[states].tolist()]
    start, end = (
        topology.once(("stop", place.id), partial(stop_at, place))
        for place in (places[0], places[-1])
    )
    pairs = [topology.countries[number] for number in topology.country[run].tolist()]
    passed = {name for place in places for name in (place.id.split("#")[0], place.gate) if name}
    passed |= {"-".join(sorted(pair)) for pair in pairs if len(pair) == 2}
    return Section(
        family=topology.services[int(topology.service[run[0]])].family,
        start=start,
        end=end,
        ends=(places[0].name, places[-1].name),
        passed=frozenset(passed),
        is_main=is_main,
    )


def stop_at(place: NetworkPlace) -> Stop:
    """Return a place of the network as lines may serve it."""
    terminal = load_terminals().get(place.id)
    if terminal is not None:
        return stop_of(terminal)
    return Stop(place.id, place.id, place.country, place.lon, place.lat)


def chain_of(sections: tuple[Section, ...], lines: Lines, near_km: float) -> Chain:
    """Return what lines say of the sections of a route, on any day."""
    numbers = tuple(number for number, section in enumerate(sections) if section.is_main)
    main = [sections[number] for number in numbers]
    barring = []
    for section in sections:
        met = lines.between(section.start, section.end, frozenset({section.family}), near_km)
        barring.append(tuple(line for line in met if line.kind is LineKind.NONE))
    return Chain(
        sections=sections,
        main=numbers,
        runs=tuple(
            _run(main, first, last, lines, near_km)
            for first in range(len(main))
            for last in range(first, len(main))
        ),
        barring=tuple(barring),
    )


def _run(main: Sequence[Section], first: int, last: int, lines: Lines, near_km: float) -> Run:
    run = main[first : last + 1]
    start, end = run[0].start, run[-1].end
    met = lines.between(start, end, frozenset(section.family for section in run), near_km)
    real = [line for line in met if line.kind in (LineKind.SCHEDULED, LineKind.CHARTERED)]
    passed = frozenset[str]().union(*(section.passed for section in run)) - {start.id, end.id}
    kinds = load_trunk_kinds()
    # Who passes from ocean to ocean is no feeder, though both ends lie in Europe.
    near = within_a_region(start.country, end.country) and not any(
        kinds.get(name) == OCEAN for name in passed
    )
    ends = {start.id, end.id}
    going = [line for line in real if goes(line, passed, ends)]
    # A feeder joins a ship: trains of another city or border say nothing of this one.
    by_sea = first == last and run[0].family is Family.SEA and not near
    toward = lines.toward(start, end, frozenset({Family.SEA}), near_km) if by_sea else ()
    return Run(
        first=first,
        last=last,
        lines=tuple(sorted(going, key=lambda line: (not _is_scheduled(line), line.is_sum))),
        counted=frozenset(line for line in going if line.names_no_ports(start, end, near_km)),
        others=tuple(line for line in real if line not in going),
        # Who sails from China to Pevek says nothing of the way on to Murmansk.
        relays=tuple(
            relay
            for line in toward
            if _is_scheduled(line) and goes(line, passed, ends) and not _in_arctic(line)
            for relay in relaying(line, start, end, near_km)
        ),
        whole=tuple(
            line
            for line in met
            if line.kind is LineKind.WHOLE and all(way & passed for way in line.ways)
        ),
        otherwise=Listing.NOT_THIS_WAY if real else Listing.NEAR if near else Listing.UNLISTED,
    )


def goes(line: Line, between: frozenset[str], ends: Set[str]) -> bool:
    """Return whether a line goes the way of these places, and not another one of the trade."""
    if not all(way & (between | ends) for way in line.ways):
        return False
    kinds = load_trunk_kinds()
    named = frozenset[str]().union(*line.ways)
    in_arctic = _in_arctic(line)
    trunk = between & kinds.keys()
    return all(name in named or (in_arctic and kinds[name] == ARCTIC) for name in trunk)


def _in_arctic(line: Line) -> bool:
    kinds = load_trunk_kinds()
    return any(kinds.get(name) == ARCTIC for way in line.ways for name in way)


class _Sailing(NamedTuple):
    """The lines of a run on its day, those with a schedule first, and its first main section."""

    first: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cover:
    """What is listed of main sections in a row, and the lines of each run of them."""

    listings: tuple[Listing, ...] = ()
    sailings: tuple[_Sailing, ...] = ()

    @property
    def rank(self) -> tuple[int, int, int, int, int]:
        """Fewest gaps first, then fewest charters, then fewest counts, then fewest lines."""
        doubts = [listing.doubt for listing in self.listings]
        chartered = sum(not _is_scheduled(sailing.lines[0]) for sailing in self.sailings)
        return (
            sum(doubt > Listing.UNLISTED.doubt for doubt in doubts),
            sum(doubt >= Listing.RELAYED.doubt for doubt in doubts),
            chartered,
            sum(listing is Listing.COUNTED for listing in self.listings),
            len(self.sailings),
        )

    def then(self, other: _Cover) -> _Cover:
        """Return the cover of these sections and those that follow."""
        return _Cover(
            listings=self.listings + other.listings, sailings=self.sailings + other.sailings
        )


def offer_on(
    chain: Chain,
    days: Sequence[date],
    searched: date,
    stale_months: float,
    *,
    waits: Sequence[float] = (),
    with_hubs: bool = False,
) -> Offer:
    """Return who is known to offer a route whose sections leave on these days.

    `searched` is the day on which lines were looked for; a line whose newest source is
    `stale_months` older than the departure is marked. `waits` are by section the days that the
    route waits for it, 0 by default. `with_hubs` as of `offer_along`.
    """
    main = chain.main
    # From the last section back: the best cover of what follows is known.
    best = [_Cover()] * (len(main) + 1)
    for first in reversed(range(len(main))):
        covers = [
            cover.then(best[run.last + 1])
            for run in chain.runs
            if run.first == first and (cover := _cover(run, days[main[first]])) is not None
        ]
        best[first] = min(covers, key=lambda cover: cover.rank)
    cover = best[0]
    listed = dict(zip(main, cover.listings, strict=True))
    for number, rows in enumerate(chain.barring):
        if any(row.window.within(days[number], days[number]) for row in rows):
            listed[number] = Listing.BARRED
    day = days[main[0]] if main else searched
    counts = [_count(sailing.lines) for sailing in cover.sailings]
    unknown = not counts or _UNKNOWN in counts
    seldom = _UNKNOWN if unknown else min(counts, key=lambda count: count.a_week)
    offer = Offer(
        sections=tuple((chain.sections[n].names, listed[n]) for n in sorted(listed)),
        lines=tuple(
            _known(line, stale=line.stale_on(day, stale_months))
            for line in dict.fromkeys(line for run in cover.sailings for line in run.lines)
        ),
        sailings=seldom.words,
        wait_days=seldom.wait_days,
        later_days=fsum(
            count.wait_days - (waits[main[sailing.first]] if waits else 0.0)
            for sailing, count in zip(cover.sailings, counts, strict=True)
            if count.wait_days is not None
        ),
        relays=_relays(chain, days, listed, stale_months) if with_hubs else (),
        searched=searched,
    )
    return offer if offer.known else replace(offer, sailings="", wait_days=None, later_days=0.0)


def _cover(run: Run, day: date) -> _Cover | None:
    """Return the cover of a run on a day: its lines, or for one section that there are none."""
    running = tuple(line for line in run.lines if line.runs_on(day))
    if running:
        listing = _listing_of([line for line in running if line not in run.counted])
        count = run.last - run.first + 1
        return _Cover(listings=(listing,) * count, sailings=(_Sailing(run.first, running),))
    if run.first < run.last:
        return None
    # Who wants to go direct takes the way on which lines go direct.
    direct = any(line.runs_on(day) for line in run.others)
    if not direct and any(relay.line.runs_on(day) for relay in run.relays):
        return _Cover(listings=(Listing.RELAYED,))
    whole = any(row.window.within(day, day) for row in run.whole)
    return _Cover(listings=(Listing.ALL_LISTED if whole else run.otherwise,))


def _listing_of(named: Sequence[Line]) -> Listing:
    """Return what lines on their day that are told to join the ends, scheduled first, are."""
    if not named:
        return Listing.COUNTED
    return Listing.SCHEDULED if _is_scheduled(named[0]) else Listing.CHARTERED


def _relays(
    chain: Chain, days: Sequence[date], listed: Mapping[int, Listing], stale_months: float
) -> tuple[Relay, ...]:
    """Return the relays of the sections of which a change of ship is listed."""
    made: list[Relay] = []
    for run in chain.runs:
        number = chain.main[run.first]
        section, day = chain.sections[number], days[number]
        if run.first < run.last or listed[number] is not Listing.RELAYED:
            continue
        running = [relay for relay in run.relays if relay.line.runs_on(day)]
        made += relays_of(
            [
                (one, _known(one.line, stale=one.line.stale_on(day, stale_months)))
                for one in running
            ],
            section.ends,
            (section.start, section.end),
        )
    return tuple(made)


def _is_scheduled(line: Line) -> bool:
    return line.kind is LineKind.SCHEDULED


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
    lines = single or sorted(alike, key=_a_week)[-1:]
    weekly = sum(map(_a_week, lines))
    if not weekly:
        return _UNKNOWN
    words = "less than 1 a year"
    for per, weeks in list(WEEKS_PER.items())[:3]:
        if weekly * weeks >= 0.95:  # 0.99 a week is one
            count = weekly * weeks
            words = f"{count:.{0 if count >= 10 else 1}f} a {per}".replace(".0 ", " ")
            break
    if not single:
        return _Count(weekly, words + _of_all(lines[0]))
    return _Count(weekly, words, DAYS_PER_WEEK / weekly / 2.0)


def _of_all(line: Line) -> str:
    """Return what marks a sum: it counts all ends of a way, not these two."""
    return ", all cities" if Family.RAIL in line.modes else ", all ports"


def _a_week(line: Line) -> float:
    return (line.frequency or 0.0) / (WEEKS_PER[line.per] or WEEKS_PER["year"])
