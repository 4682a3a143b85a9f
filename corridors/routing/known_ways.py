"""The layers of a question in which all main carriage is known to run, and the lines of its day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.data.geodata import load_terminals
from corridors.data.lines import Call, LineKind, known_calls, load_lines, load_voyages
from corridors.data.parameters import ParameterTable
from corridors.domain.scenario import Corridor
from corridors.network.corridor import Layered, new_cache
from corridors.network.lines.carriers import Carriers, carriers_on, known_layers
from corridors.network.lines.declared import Timetable
from corridors.network.lines.laying import Laid, laid_as_known, load_laid, load_together
from corridors.network.states.topology import SINK, SOURCE, ArcKind, Topology, arctic_points
from corridors.routing.bundle import NetworkBundle

OF_ONE_VOYAGE = "season"
# A node that no line reaches has this carrier or a lower one.
NO_LINE = -1


class Sailing(NamedTuple):
    """Lines that run together on a day, by their numbers among all that are laid, mostly one.

    They run between calls `loads` and `unloads`; a dated voyage `sails` on a day, by its ordinal.
    """

    numbers: tuple[int, ...]
    loads: frozenset[str]
    unloads: frozenset[str]
    sails: int = 0

    def with_stops(self, other: Sailing) -> Sailing:
        """Return the lines with the calls of another day as well."""
        loads, unloads = self.loads | other.loads, self.unloads | other.unloads
        return self._replace(loads=loads, unloads=unloads)


@dataclass(frozen=True, slots=True)
class Running:
    """The lines that run on a day: between two calls all together that run there on one way.

    Their numbers are those of the table, then of the `declared`. They are as known on the day
    `known_on`, None for today.
    """

    sailings: tuple[Sailing, ...]
    declared: tuple[Laid, ...] = ()
    known_on: date | None = None

    @property
    def numbers(self) -> tuple[tuple[int, ...], ...]:
        """The lines, by their numbers."""
        return tuple(one.numbers for one in self.sailings)

    @property
    def every(self) -> tuple[Laid, ...]:
        """The lines by their numbers; one that is not known, and so never runs, as it is today."""
        known = zip(laid_as_known(self.known_on), load_laid(), strict=True)
        return (*(now or today for now, today in known), *self.declared)

    @property
    def laid(self) -> tuple[Laid, ...]:
        """The lines on the network, together where they run together."""
        every = self.every
        return tuple(
            replace(
                every[numbers[0]].joined([every[number] for number in numbers[1:]]),
                loads=loads,
                unloads=unloads,
                sails=sails,
            )
            for numbers, loads, unloads, sails in self.sailings
        )

    @classmethod
    def of_any(cls, running: Iterable[Running]) -> Running:
        """Return the lines that run on any of some days."""
        days = list(running)
        found: dict[tuple[tuple[int, ...], int], Sailing] = {}
        for one in (one for day in days for one in day.sailings):
            key = one.numbers, one.sails
            found[key] = one.with_stops(found.get(key, one))
        first = days[0] if days else cls(())
        return replace(first, sailings=tuple(found[key] for key in sorted(found)))


@dataclass(frozen=True, slots=True, eq=False)
class LinesByDay:
    """The lines that run on some days, laid once for all of them, and which run on which day.

    Lines that run on the same days are of one kind: 0 are those of all days, and no line. `every`
    has them all, `kind` is that of each, `days` are by kind its days. With a `day`, layers have
    only what runs on it.
    """

    every: Running
    kind: IntArray
    days: tuple[frozenset[date], ...]
    day: date | None = None

    @classmethod
    def of(cls, running: Mapping[date, Running]) -> LinesByDay:
        """Return the lines of some days, with those of each."""
        every = Running.of_any(running.values())
        on = {day: {(s.numbers, s.sails) for s in each.sailings} for day, each in running.items()}
        of_line = [
            frozenset(day for day, here in on.items() if (one.numbers, one.sails) in here)
            for one in every.sailings
        ]
        kinds = (*dict.fromkeys([frozenset(running), *of_line]),)
        return cls(every, np.array([kinds.index(each) for each in of_line], np.int64), kinds)

    def at(self, day: date | None) -> LinesByDay:
        """Return the lines, of which layers have what runs on a day, or on any without one."""
        return replace(self, day=day)

    def on(self, day: date) -> frozenset[int]:
        """Return the kinds that run on a day."""
        return frozenset(kind for kind, days in enumerate(self.days) if day in days)

    def of_carriers(self, carriers: IntArray) -> IntArray:
        """Return the kinds of lines by their numbers, 0 for those below 0."""
        return np.append(self.kind, 0)[np.maximum(carriers, -1)]

    def in_layers(self, layered: Layered) -> Layered:
        """Return layers of all days without what does not run on its day."""
        if self.day is None or layered.carrier is None:
            return layered
        of_node = self.of_carriers(layered.carrier)
        idle = sorted({*np.unique(of_node).tolist()} - self.on(self.day))
        if not idle:
            return layered
        stands = np.isin(of_node, idle)
        barred = stands[layered.head] | stands[layered.tail]
        made: Layered = layered.kept.of(("idle", *idle), lambda: without_arcs(layered, barred))
        return made


@lru_cache(maxsize=64)
def each_line(running: Running) -> tuple[Laid, ...]:
    """Return each line that runs, on the network, with all its calls."""
    every = running.every
    joint = {n for each in running.numbers if len(each) > 1 for n in each}
    loads: dict[int, frozenset[str]] = {}
    for one in running.sailings:
        if joint.isdisjoint(one.numbers):
            loads[one.numbers[0]] = loads.get(one.numbers[0], frozenset()) | one.loads
    return tuple(
        replace(every[number], loads=loads[number]) if number in loads else every[number]
        for number in sorted({*loads, *joint})
    )


def running_on(
    day: date, wait_days: float, parameters: ParameterTable, declared: tuple[Laid, ...] = ()
) -> Running:
    """Return the lines known or declared to run on a day, or on one for which boxes may wait.

    A line that nobody has seen for `lines.ended_months` has ended. Totals of a season tell of no
    departure and run on no day. The lines are as known on the day of the parameters.
    """
    months = parameters.value("lines.ended_months")
    return _running(day, int(wait_days), months, declared, parameters.known_on)


@lru_cache(maxsize=64)
def _running(
    day: date,
    wait_days: int,
    ended_months: float,
    declared: tuple[Laid, ...],
    known_on: date | None,
) -> Running:
    last = day + timedelta(days=wait_days)
    voyages = load_voyages()
    alone: dict[int, Sailing] = {}
    dated: list[Sailing] = []
    for number, one in enumerate((*laid_as_known(known_on), *declared)):
        if one is None:
            continue
        line = one.line
        of_season = line.per == OF_ONE_VOYAGE
        if line.stale_on(day, ended_months) or (of_season and line.is_sum):
            continue
        if line.loop in voyages:
            dated += [
                Sailing((number,), loads, one.unloads, sails)
                for sails, loads in _loading(
                    one, known_calls(voyages[line.loop], known_on), day, last
                ).items()
            ]
        elif of_season and line.kind is LineKind.CHARTERED:
            # A voyage without dates by port leaves once, on its first day.
            leaves = line.window.first_day
            if day <= leaves <= last and line.runs_on(leaves):
                dated.append(Sailing((number,), one.loads, one.unloads, leaves.toordinal()))
        elif line.runs_on(day) and one.loads:
            alone[number] = Sailing((number,), one.loads, one.unloads)
    sailings = (*_together(alone), *alone.values(), *dated)
    in_order = sorted(sailings, key=lambda one: (one.numbers, one.sails))
    return Running(tuple(in_order), declared, known_on)


def _together(alone: dict[int, Sailing]) -> tuple[Sailing, ...]:
    """Return the lines that run together on a day, and leave of each alone what only it runs."""
    found: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    of_line: dict[int, set[tuple[str, str]]] = {}
    for ends, sets in load_together().items():
        for numbers in (tuple(sorted(each & alone.keys())) for each in sets):
            if len(numbers) > 1:
                found.setdefault(numbers, []).append(ends)
                for number in numbers:
                    of_line.setdefault(number, set()).add(ends)
    for number, pairs in of_line.items():
        here = alone.pop(number)
        left = {*product(here.loads, here.unloads)} - pairs - {(p, p) for p in here.loads}
        if left:
            loads, unloads = map(frozenset, zip(*left, strict=True))
            alone[number] = Sailing((number,), loads, unloads)
    return tuple(
        Sailing(numbers, frozenset(one for one, _ in pairs), frozenset(other for _, other in pairs))
        for numbers, pairs in found.items()
    )


def _loading(
    laid: Laid, calls: Sequence[Call], first: date, last: date
) -> dict[int, frozenset[str]]:
    """Return by day, as an ordinal, where dated voyages of a line load from a day to another.

    A voyage goes in the direction of the line if it calls later where that unloads.
    """
    found: dict[int, frozenset[str]] = {}
    for call in calls:
        if not (call.departs and first <= call.day <= last):
            continue
        here = frozenset(n for n in laid.loads if _code_of(n) == call.unlocode)
        later = {one.unlocode for one in calls if one.voyage == call.voyage and one.day > call.day}
        if here and later & {_code_of(name) for name in laid.unloads}:
            sails = call.day.toordinal()
            found[sails] = found.get(sails, frozenset()) | here
    return found


def _code_of(terminal: str) -> str:
    """Return the UN/LOCODE of a terminal, or its id where it has none."""
    known = load_terminals().get(terminal)
    return terminal if known is None else known.unlocode or terminal


def carriers_of(topology: Topology, running: Running) -> Carriers:
    """Return the lines of a day on a network, made once for both."""
    return topology.once(("carriers", running), lambda: carriers_on(topology, running.laid))


def known_in(bundle: NetworkBundle, corridor: Corridor, running: Running) -> Layered:
    """Return the layers of a corridor in which only lines of a day run."""
    layering, topology = bundle.layering, bundle.topology
    origin_layers = layering.from_origin(corridor, either=True)
    arcs = layering.arcs_to(corridor, origin_layers)
    # Ends of other corridors' carriage have no bill.
    priced = np.zeros(topology.arc_count, bool)
    priced[bundle.groups.arcs] = True
    return known_layers(
        origin_layers,
        arcs.at(priced[arcs.base]),
        topology,
        carriers_of(topology, running),
    )


def timetabled_in(
    bundle: NetworkBundle, corridor: Corridor, timetable: Timetable, day: date
) -> Layered:
    """Return the layers of a corridor in which only trips run that boxes ready on a day catch."""
    layering, topology = bundle.layering, bundle.topology
    origin_layers = layering.from_origin(corridor, either=True)
    arcs = layering.arcs_to(corridor, origin_layers)
    priced = np.zeros(topology.arc_count, bool)
    priced[bundle.groups.arcs] = True
    sailing = timetable.sailing(timetable.caught_from(day))
    layered = known_layers(
        origin_layers, arcs.at(priced[arcs.base]), topology, carriers_on(topology, sailing)
    )
    return replace(layered, paces=timetable.minutes_per_km, closes=timetable.closes)


def with_listed_only(
    layered: Layered,
    barred: BoolArray,
    *,
    topology: Topology,
    lines: Carriers,
    known: Callable[[], Layered],
) -> Layered:
    """Return layers in which nothing but lines of a day runs on some arcs.

    Beside all ways without these arcs they have the `known` ways, if a line runs there.
    """
    barred = barred[layered.base]
    left = without_arcs(layered, barred)
    lost = layered.base[barred]
    keys = 2 * topology.leg[lost] + topology.reversed[lost]
    if not keys.size or not lines.runs.each(keys)[1].size:
        return left
    return side_by_side(left, known())


def side_by_side(one: Layered, other: Layered) -> Layered:
    """Return layers with the routes of both, which have only source and sink in common."""
    moved = np.arange(other.node_count) + one.node_count - 2
    moved[[SOURCE, SINK]] = SOURCE, SINK
    tail, base = np.append(one.tail, moved[other.tail]), np.append(one.base, other.base)
    order = np.lexsort((base, tail))

    def beside(none: int, first: IntArray | None, last: IntArray | None) -> IntArray | None:
        mine = np.full(one.node_count, none) if first is None else first
        return None if last is None else np.append(mine, last[2:])

    nodes = one.node_count + other.node_count - 2
    return Layered(
        state=np.append(one.state, other.state[2:]),
        mask=np.append(one.mask, other.mask[2:]),
        part=np.append(one.part, other.part[2:]),
        first_arc=np.searchsorted(tail[order], np.arange(nodes + 1)),
        head=np.append(one.head, moved[other.head])[order],
        base=base[order],
        carrier=beside(NO_LINE, one.carrier, other.carrier),
        interval=beside(0, one.interval, other.interval),
        missing=one.missing,
        boarded=one.boarded,
    )


def without_arcs(layered: Layered, barred: BoolArray) -> Layered:
    """Return layers without some of their arcs."""
    keep = ~barred
    if keep.all():
        return layered
    first = np.append(0, np.cumsum(keep))[layered.first_arc]
    return replace(
        layered, first_arc=first, head=layered.head[keep], base=layered.base[keep], kept=new_cache()
    )


def all_listed(
    topology: Topology, day: date, ends: tuple[str, str], ports: Collection[str]
) -> BoolArray:
    """Return by arc whether all that runs on it on a day is listed, so that nothing else does.

    These are the legs on the ways of rows of the kind `whole`: gates, borders and areas of the
    Northern Sea Route (`area-4`), but from or to its own ports. Of a row between two sides, `ends`
    are the countries of origin and destination that it must join. `ports` are the places where
    boxes join the network.
    """
    in_arctic = not arctic_points().isdisjoint(ports)
    found = np.zeros(topology.arc_count, bool)
    known = topology.once("known lines", load_lines).lines
    lines = [line for line in known if line.kind is LineKind.WHOLE]
    for line in lines:
        here = (line.one.served, line.other.served)
        if not line.window.within(day, day) or not (_joins(here, ends) or _joins(here, ends[::-1])):
            continue
        named = frozenset[str]().union(*line.ways)
        gates = topology.index.named(named)
        border = np.array(
            [len(c) == 2 and "-".join(sorted(c)) in named for c in topology.countries]
        )
        areas = [int(name.removeprefix("area-")) for name in named if name.startswith("area-")]
        areas = [] if in_arctic else areas
        runs = np.array([service.family in line.modes for service in topology.services])
        inner = np.append(gates, False)
        passes = (
            inner[topology.state_place[topology.tail]] | inner[topology.state_place[topology.head]]
        )
        passes |= border[topology.country] | np.isin(topology.area, areas)
        found |= passes & runs[topology.service] & topology.of_kind(ArcKind.LEG)
    return found


def _joins(sides: tuple[frozenset[str], frozenset[str]], ends: tuple[str, str]) -> bool:
    """Return whether each end is on its side; a side without countries is anywhere."""
    return all(not side or end in side for side, end in zip(sides, ends, strict=True))
