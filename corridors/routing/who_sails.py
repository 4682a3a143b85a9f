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
no line (a feeder of Europe, say) is taken as offered: the table lists main carriage. Voyages
over the whole Northern Sea Route are listed one by one: an empty cell says that none was found.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt

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
from corridors.data.trade import within_a_region
from corridors.domain.places import Family
from corridors.domain.results import KnownLine, Offer, Sails
from corridors.domain.values import ChainPart
from corridors.network.states.topology import ArcKind, NetworkPlace, Topology
from corridors.routing.corridor_search import SearchedCorridor
from corridors.routing.terms import DatedRoute
from corridors.units import MINUTES_PER_DAY

LINED = frozenset({Family.SEA, Family.RAIL, Family.FERRY})
"""The modes that run in lines; trucks and barges are hired."""
OF_ONE_VOYAGE = "season"
ARCTIC = "arctic"
ARCTIC_EAST = "gate-bering"
ARCTIC_WEST = frozenset({"gate-kara", "gate-yugorsky-shar", "gate-zhelaniya"})
"""The ends of the Northern Sea Route; ships of its own coast pass one of them at most."""
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a route on one vehicle, or on trains that hand boxes over.

    `passed` are the gates, terminals and borders (`BY-PL`, in alphabetical order) on it, its ends
    included; `is_main` unless it is carriage.
    """

    family: Family
    start: Stop
    end: Stop
    names: str
    passed: frozenset[str]
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Sections of the main carriage in a row, by their first and last index, and lines for them.

    `lines` go their way on some day. `is_listed`: lines are known between their ends, whatever the
    way, or all that go this way are listed. `is_near`: these lie in one trade region.
    """

    first: int
    last: int
    lines: tuple[Line, ...]
    is_listed: bool
    is_near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The sections of a route that run in lines, and what lines say of them on any day.

    `barring` are by section the rows that no line joins its ends.
    """

    sections: tuple[Section, ...]
    runs: tuple[Run, ...]
    barring: tuple[tuple[Line, ...], ...]


def offer_of(found: SearchedCorridor, route: DatedRoute) -> Offer:
    """Return who is known to offer a route of a search on its date."""
    question = found.question
    topology = question.bundle.topology
    lines = topology.once("known lines", load_lines)
    arcs = found.problem.base[list(route.arcs)]
    sections, minutes = sections_of(topology, arcs, route.starts, found.parts(route))
    near_km = question.parameters.value("lines.near_km")
    chain = topology.once((sections, near_km), lambda: chain_of(sections, lines, near_km))
    first_day = question.weights.first_day
    days = tuple(first_day + timedelta(days=minute // MINUTES_PER_DAY) for minute in minutes)
    return offer_on(chain, days, lines.searched, question.parameters.value("lines.stale_months"))


def sections_of(
    topology: Topology, arcs: IntArray, starts: Sequence[int], parts: Sequence[ChainPart]
) -> tuple[tuple[Section, ...], tuple[int, ...]]:
    """Return the sections of a route that run in lines, carriage included, and when each starts.

    `arcs` are those of the network, `starts` their minutes and `parts` their parts of the chain.
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
    return sections, tuple(starts[run[0]] for run in runs)


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
        names=f"{places[0].name} to {places[-1].name}",
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
    main = [section for section in sections if section.is_main]
    barring = []
    for section in sections:
        met = lines.between(section.start, section.end, frozenset({section.family}), near_km)
        barring.append(tuple(line for line in met if line.kind is LineKind.NONE))
    return Chain(
        sections=sections,
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
    real = [line for line in met if line.kind is not LineKind.NONE]
    passed = frozenset[str]().union(*(section.passed for section in run)) - {start.id, end.id}
    going = [line for line in real if _goes(line, passed, {start.id, end.id})]
    return Run(
        first=first,
        last=last,
        lines=tuple(sorted(going, key=lambda line: (not _is_scheduled(line), line.is_sum))),
        is_listed=bool(real) or _is_transit(passed),
        is_near=within_a_region(start.country, end.country),
    )


def _is_transit(passed: frozenset[str]) -> bool:
    """Return whether the whole Northern Sea Route is among the places, both its ends."""
    return ARCTIC_EAST in passed and not passed.isdisjoint(ARCTIC_WEST)


def _goes(line: Line, between: frozenset[str], ends: Set[str]) -> bool:
    """Return whether a line goes the way of these places, and not another one of the trade."""
    if not all(way & (between | ends) for way in line.ways):
        return False
    kinds = load_trunk_kinds()
    named = frozenset[str]().union(*line.ways)
    in_arctic = any(kinds.get(name) == ARCTIC for name in named)
    trunk = between & kinds.keys()
    return all(name in named or (in_arctic and kinds[name] == ARCTIC) for name in trunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cover:
    """Lines for sections in a row: what is missing and unlisted, and the lines of each run."""

    missing: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    runs: tuple[tuple[Line, ...], ...] = ()

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Fewest gaps first, then fewest charters, then fewest lines."""
        chartered = sum(not _is_scheduled(run[0]) for run in self.runs)
        return len(self.missing), len(self.unlisted), chartered, len(self.runs)

    def then(self, other: _Cover) -> _Cover:
        """Return the cover of these sections and those that follow."""
        return _Cover(
            missing=self.missing + other.missing,
            unlisted=self.unlisted + other.unlisted,
            runs=self.runs + other.runs,
        )


def offer_on(chain: Chain, days: Sequence[date], searched: date, stale_months: float) -> Offer:
    """Return who is known to offer a route whose sections leave on these days.

    `searched` is the day on which lines were looked for; a line whose newest source is
    `stale_months` older than the departure is marked.
    """
    numbers = [number for number, section in enumerate(chain.sections) if section.is_main]
    # From the last section back: the best cover of what follows is known.
    best = [_Cover()] * (len(numbers) + 1)
    for first in reversed(range(len(numbers))):
        names, day = chain.sections[numbers[first]].names, days[numbers[first]]
        covers = [
            cover.then(best[run.last + 1])
            for run in chain.runs
            if run.first == first and (cover := _cover(run, names, day)) is not None
        ]
        best[first] = min(covers, key=lambda cover: cover.rank)
    cover = best[0]
    barred = [
        section.names
        for section, rows, day in zip(chain.sections, chain.barring, days, strict=True)
        if any(row.window.within(day, day) for row in rows)
    ]
    missing = tuple(dict.fromkeys((*cover.missing, *barred)))
    known = bool(cover.runs) and not missing and not cover.unlisted
    scheduled = known and all(_is_scheduled(run[0]) for run in cover.runs)
    day = days[numbers[0]] if numbers else searched
    return Offer(
        sails=Sails.SCHEDULED if scheduled else Sails.CHARTERED if known else Sails.NONE_KNOWN,
        lines=tuple(
            _known(line, stale=line.stale_on(day, stale_months))
            for line in dict.fromkeys(line for run in cover.runs for line in run)
        ),
        sailings=_sailings(cover.runs) if known else "",
        missing=missing,
        unlisted=tuple(name for name in cover.unlisted if name not in missing),
        barred=bool(barred),
        all_listed=any(
            section.names in cover.missing and _is_transit(section.passed)
            for section in chain.sections
        ),
        searched=searched,
    )


def _cover(run: Run, names: str, day: date) -> _Cover | None:
    """Return the cover of a run on a day: its lines, or for one section that there are none."""
    running = tuple(line for line in run.lines if line.runs_on(day))
    if running:
        return _Cover(runs=(running,))
    if run.first < run.last:
        return None
    if run.is_listed:
        return _Cover(missing=(names,))
    return _Cover() if run.is_near else _Cover(unlisted=(names,))


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


def _sailings(runs: Sequence[Sequence[Line]]) -> str:
    """Return how often the least frequent run is offered, in words; empty if unknown."""
    counted = [count for run in runs if (count := _count(run)) is not None]
    return min(counted)[1] if len(counted) == len(runs) and counted else ""


def _count(run: Sequence[Line]) -> tuple[float, str] | None:
    """Return the departures of a run a week, and as words: of single lines, else of a sum."""
    kind = run[0].kind
    alike = [line for line in run if line.kind is kind and line.frequency]
    single = [line for line in alike if not line.is_sum]
    if kind is LineKind.CHARTERED and any(line.per == OF_ONE_VOYAGE for line in alike):
        in_season = [line for line in alike if line.per == OF_ONE_VOYAGE]
        single_voyages = sum(line.frequency or 0.0 for line in in_season if not line.is_sum)
        all_voyages = max((line.frequency or 0.0 for line in in_season if line.is_sum), default=0.0)
        return 0.0, f"{max(single_voyages, all_voyages):g} a season"
    lines = single or sorted(alike, key=_a_week)[-1:]
    weekly = sum(map(_a_week, lines))
    if not weekly:
        return None
    in_all = "" if single else " in all"
    for per, weeks in list(WEEKS_PER.items())[:3]:
        if weekly * weeks >= 0.95:  # 0.99 a week is one
            count = weekly * weeks
            return weekly, f"{count:.{0 if count >= 10 else 1}f} a {per}{in_all}".replace(
                ".0 ", " "
            )
    return weekly, "less than 1 a year"


def _a_week(line: Line) -> float:
    return (line.frequency or 0.0) / (WEEKS_PER[line.per] or WEEKS_PER["year"])
