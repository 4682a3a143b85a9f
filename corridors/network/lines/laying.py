"""Lay lines on the network: the legs on which a line runs between its stops.

A line runs on the shortest ways, by km, from each stop where it loads to each where it unloads. A
way passes all that the line names and nothing that it bars, nor a trunk place that it does not
name: a loop by the Cape says nothing of Suez, and one of large ships does not go by Kiel. Ships
touch no port between; trains go over to
another gauge where boxes do, and to a ferry or ship if the line has these modes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.data.geodata import (
    load_gates,
    load_sea_legs,
    load_services,
    load_terminals,
    load_trunk_kinds,
)
from corridors.data.known import not_yet_known
from corridors.data.lines import (
    Line,
    LineEnds,
    Stop,
    load_lines,
    load_positions,
    stop_of,
)
from corridors.data.parameters import load_parameters
from corridors.data.paths import network_dir, opened_arrays, shipped
from corridors.domain.places import ClosureWindow, Family
from corridors.errors import GeodataError
from corridors.network.graph.reach import Sorted, shortest
from corridors.network.states.base import fits
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import km_from_nm

ARCTIC = "arctic"
RUN_IN_LINES = frozenset({Family.SEA, Family.RAIL, Family.FERRY})
"""The modes that run in lines; trucks and barges are hired."""

Node = tuple[str, str]
"""A place, and the service of a train there or the mode of a ship or ferry."""


def place_named(name: str) -> str:
    """Return the gate of a gate point, and any other place as it is."""
    return name.partition("#")[0]


class Move(NamedTuple):
    """A move from node to node: its km, its leg (`-` in front if run from its end), its border."""

    start: Node
    end: Node
    family: Family
    km: float
    leg: str = ""
    border: str = ""


class LineGraph:
    """Where lines may run: moves between nodes, and the stops at which they may call.

    Parameters
    ----------
    topology
        A base network, to which the shipped sea legs of all ports are added.
    """

    def __init__(self, topology: Topology) -> None:
        self.moves = tuple(dict.fromkeys((*_by_land(topology), *_by_sea())))
        self.nodes = {node: n for n, node in enumerate(dict.fromkeys(_ends(self.moves)))}
        self.tail = np.array([self.nodes[move.start] for move in self.moves])
        self.head = np.array([self.nodes[move.end] for move in self.moves])
        self.km = np.array([move.km for move in self.moves])
        self.at: dict[str, list[int]] = defaultdict(list)
        for (place, _), number in self.nodes.items():
            self.at[place].append(number)
        terminals, positions = load_terminals(), load_positions()
        self.stops: dict[str, Stop] = {}
        for name in self.at:
            if name in terminals:
                self.stops[name] = stop_of(terminals[name])
            elif name in positions:
                self.stops[name] = Stop(name, name, name[:2], *positions[name])
        self.is_gate = np.array([place not in self.stops for place, _ in self.nodes])
        self.family = np.array([move.family for move in self.moves])
        self._named: dict[str, list[int]] = defaultdict(list)
        for number, move in enumerate(self.moves):
            stop = self.stops.get(move.end[0])
            country = "" if stop is None else stop.country
            for name in {place_named(move.end[0]), move.border, country}:
                self._named[name].append(number)

    def named(self, names: Iterable[str]) -> list[int]:
        """Return the moves to some gates, terminals and countries, and over some borders."""
        return [number for name in names for number in self._named.get(name, ())]

    def served(self, ends: LineEnds, near_km: float) -> frozenset[str]:
        """Return the places at which the ends of a line call."""
        return frozenset(name for name, stop in self.stops.items() if ends.serve(stop, near_km))


def _ends(moves: Iterable[Move]) -> Iterator[Node]:
    for move in moves:
        yield from (move.start, move.end)


def _by_land(topology: Topology) -> Iterator[Move]:
    """Yield the moves of trains and ferries, and of boxes between them and ships."""

    def node(state: int) -> Node:
        service = topology.services[int(topology.state_service[state])]
        by_train = service.family is Family.RAIL
        return topology.place_of(state).id, service.id if by_train else service.family.value

    for arc in np.flatnonzero(topology.of_kind(ArcKind.CHANGE)).tolist():
        families = topology.families(arc)
        if families <= RUN_IN_LINES and families != {Family.SEA}:
            family = topology.services[int(topology.service[arc])].family
            yield Move(node(topology.tail[arc]), node(topology.head[arc]), family, 0.0)
    for arc in np.flatnonzero(topology.of_kind(ArcKind.LEG)).tolist():
        family = topology.services[int(topology.service[arc])].family
        if family in RUN_IN_LINES and family is not Family.SEA:
            pair = topology.countries[int(topology.country[arc])]
            yield Move(
                node(topology.tail[arc]),
                node(topology.head[arc]),
                family,
                float(topology.km[arc]),
                ("-" if topology.reversed[arc] else "") + topology.legs[topology.leg[arc]].id,
                "-".join(sorted(pair)) if len(pair) == 2 else "",
            )


def _by_sea() -> Iterator[Move]:
    """Yield the moves of ships between gate points and ports."""
    legs, sea = load_sea_legs(), Family.SEA
    names = legs.point_ids
    columns = (legs.leg_from.tolist(), legs.leg_to.tolist(), legs.leg_nm.tolist())
    for a, b, nm in zip(*columns, strict=True):
        ends = (names[a], sea.value), (names[b], sea.value)
        leg = f"{names[a]}--{names[b]}"
        yield Move(*ends, sea, km_from_nm(nm), leg)
        yield Move(*ends[::-1], sea, km_from_nm(nm), f"-{leg}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A line in one direction: the legs it runs on, where it loads and where it unloads.

    `others` are lines that load, run and unload there too: boxes take the first that leaves.
    `sails` is the ordinal of the day on which a dated voyage leaves, 0 for other lines; `trip` its
    number in a timetable, -1 for none.
    """

    line: Line
    loads: frozenset[str]
    unloads: frozenset[str]
    legs: frozenset[str]
    others: tuple[Line, ...] = ()
    sails: int = 0
    trip: int = -1

    @property
    def window(self) -> ClosureWindow:
        """The days on which it runs."""
        return self.line.window

    @property
    def a_week(self) -> float:
        """Departures in a week between its calls, 0 if unknown: a total counts others too."""
        return 0.0 if self.line.is_sum else sum(one.a_week for one in (self.line, *self.others))

    def joined(self, others: Sequence[Laid]) -> Laid:
        """Return the line with others that run where it does, on the legs that all have."""
        legs = self.legs.intersection(*(other.legs for other in others))
        return replace(self, legs=legs, others=tuple(other.line for other in others))


Together = Mapping[tuple[str, str], Sequence[frozenset[int]]]
"""By two calls the sets of several lines, by number, that run between them on one way."""


def sailing_together(laid: Sequence[Laid]) -> Together:
    """Return which lines run together on some day; only those whose departures are counted."""
    found: dict[tuple[str, str], list[frozenset[int]]] = defaultdict(list)
    loading: dict[str, list[int]] = defaultdict(list)
    for number, laid_one in enumerate(laid):
        for start in laid_one.loads if laid_one.a_week else ():
            loading[start].append(number)
    for pair in {pair for numbers in loading.values() for pair in combinations(numbers, 2)}:
        one, other = (laid[number] for number in pair)
        unloads = one.unloads & other.unloads
        if not unloads or one.line.modes != other.line.modes or one.legs.isdisjoint(other.legs):
            continue
        windows = sorted((each.first_day, each.last_day) for each in (one.window, other.window))
        if windows[1][0] > windows[0][1]:
            continue
        onward = defaultdict(list)
        for leg in one.legs & other.legs:
            begin, end = leg.removeprefix("-").split("--")[:: -1 if leg[0] == "-" else 1]
            onward[begin].append(end)
        for start in one.loads & other.loads:
            for end in (_met(onward, start) & unloads) - {start}:
                # What runs with one of them runs with the other.
                sets = found[start, end]
                near = [known for known in sets if not known.isdisjoint(pair)]
                far = [known for known in sets if known.isdisjoint(pair)]
                found[start, end] = [frozenset(pair).union(*near), *far]
    return found


def _met(onward: Mapping[str, Sequence[str]], start: str) -> set[str]:
    """Return the places to which legs lead from one."""
    met, ahead = {start}, [start]
    while ahead:
        new = {*onward.get(ahead.pop(), ())} - met
        met |= new
        ahead += new
    return met


def lay(line: Line, graph: LineGraph, near_km: float) -> tuple[Laid, ...]:
    """Return a line on the network, in each direction in which it can run.

    Rows that say what does not run, or that all is listed, run nowhere.
    """
    if not line.runs:
        return ()
    sides = line.stops or (line.one, line.other)
    stops = [graph.served(ends, near_km) for ends in sides]
    found = (_laid(line, graph, each) for each in [stops, stops[::-1]][: 1 if line.one_way else 2])
    return tuple(laid for laid in found if laid.legs)


def _laid(line: Line, graph: LineGraph, stops: Sequence[frozenset[str]]) -> Laid:
    """Return a line by all its stops; no legs if no way passes all that it names.

    A train runs from each stop to the next. The network has no ship that goes on from a port, so a
    ship runs from each stop to every later one, and the way to the calls between is left out.
    """
    usable, passed = _passable(line, graph, frozenset[str]().union(*stops))
    hops = [_Hop(line, graph, usable, *ends) for ends in pairwise(stops)]
    every = (1 << len(line.ways)) - 1
    gained = [every] if len(hops) == 1 else _gained(hops, passed, every)
    if line.modes == {Family.SEA} and gained:
        spans = [*combinations(range(len(stops)), 2)]
        gained = [sum(gained[first:last]) for first, last in spans]
        hops = [_Hop(line, graph, usable, stops[first], stops[last]) for first, last in spans]
    for hop, ways in zip(hops, gained, strict=False):
        hop.lay(passed, ways)
    laid = hops if gained else []
    return Laid(
        line=line,
        loads=frozenset(place for hop in laid for place in hop.loading),
        unloads=frozenset(place for hop in laid for place in hop.unloading),
        legs=frozenset({leg for hop in laid for leg in hop.legs} - {""}),
    )


class _Hop:
    """The ways of a line from the places of a stop to those of the next.

    A node is one of the graph with the ways passed, as bits: `number * sets + bits`.
    """

    def __init__(
        self,
        line: Line,
        graph: LineGraph,
        usable: BoolArray,
        loads: frozenset[str],
        unloads: frozenset[str],
    ) -> None:
        self.line, self.graph, self.loads, self.unloads = line, graph, loads, unloads
        self.sets = 1 << len(line.ways)
        if line.modes == {Family.SEA}:
            # Ships touch no port between: a port is where a way begins or ends.
            begins, ends = (
                np.array([place in side for place, _ in graph.nodes]) for side in (loads, unloads)
            )
            usable = usable & (graph.is_gate | begins)[graph.tail]
            usable &= (graph.is_gate | ends)[graph.head]
        self.usable = usable
        self.legs: set[str] = set()
        self.loading: set[str] = set()
        self.unloading: set[str] = set()

    def begins(self, ways: int) -> Mapping[str, IntArray]:
        """Return by place the nodes where it begins, of these ways with those that it is."""
        return {
            place: np.array(self.graph.at[place]) * self.sets
            + (_bits(self.line, {place_named(place)}) & ways)
            for place in sorted(self.loads)
        }

    def walks(self, passed: IntArray) -> tuple[Sorted, IntArray, IntArray]:
        """Return its moves between nodes, their tails and their numbers in the graph."""
        moves = np.flatnonzero(self.usable)
        before = np.repeat(np.arange(self.sets), moves.size)
        move = np.tile(moves, self.sets)
        tail = self.graph.tail[move] * self.sets + before
        head = self.graph.head[move] * self.sets + (before | passed[move])
        return Sorted.of(tail, head, len(self.graph.nodes) * self.sets), tail, move

    def lay(self, passed: IntArray, ways: int) -> None:
        """Add its legs on the shortest ways from each place to each that pass these ways."""
        graph = self.graph
        walks, tail, move = self.walks(passed & ways)
        km = graph.km[move]
        for start, begin in self.begins(ways).items():
            from_km = np.zeros(begin.size)
            least, last = shortest(walks, km, begin, from_km, furthest=np.inf)
            met = np.zeros(least.shape[0], bool)
            for end in self.unloads - {start}:
                nodes = (number * self.sets + ways for number in graph.at[end])
                node = min(nodes, key=least.__getitem__)
                if least[node] == np.inf:
                    continue
                self.loading.add(start)
                self.unloading.add(end)
                # Of the shortest ways from one stop those met before need not be followed again.
                while last[node] >= 0 and not met[node]:
                    met[node] = True
                    self.legs.add(graph.moves[move[last[node]]].leg)
                    node = int(tail[last[node]])


def _gained(hops: Sequence[_Hop], passed: IntArray, every: int) -> list[int]:
    """Return which of its ways a line passes on each hop of the shortest way by all its stops.

    Nothing if there is no such way.
    """
    sets, nodes = hops[0].sets, len(hops[0].graph.nodes)
    reached = np.full(nodes * sets, np.inf)
    for begin in hops[0].begins(every).values():
        reached[begin] = 0.0
    trees: list[tuple[IntArray, IntArray]] = []
    for hop in hops:
        walks, tail, move = hop.walks(passed)
        begin = np.flatnonzero(reached < np.inf)
        least, last = shortest(walks, hop.graph.km[move], begin, reached[begin], furthest=np.inf)
        trees.append((tail, last))
        ends = np.array([n for place in hop.unloads for n in hop.graph.at[place]], np.int64)
        at_end = (ends[:, None] * sets + np.arange(sets)).ravel()
        reached = np.full(nodes * sets, np.inf)
        reached[at_end] = least[at_end]
    full = np.arange(nodes) * sets + every
    node = int(full[np.argmin(reached[full])])
    if reached[node] == np.inf:
        return []
    gained = []
    for tail, last in reversed(trees):
        after = node % sets
        while last[node] >= 0:
            node = int(tail[last[node]])
        gained.append(after & ~(node % sets))
    gained[-1] |= node % sets
    return gained[::-1]


def _bits(line: Line, names: Iterable[str]) -> int:
    """Return the ways of a line that places and borders satisfy, as bits."""
    return sum(1 << n for n, way in enumerate(line.ways) if not way.isdisjoint(names))


def trunk_barred(ways: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the trunk places that a line does not pass: those that its ways do not name.

    One that names a strait of the Arctic may pass all of them.
    """
    kinds, named = load_trunk_kinds(), frozenset[str]().union(*ways)
    in_arctic = any(kinds.get(name) == ARCTIC for name in named)
    trunk = {name for name, kind in kinds.items() if not (in_arctic and kind == ARCTIC)}
    return frozenset(trunk - named)


def _passable(line: Line, graph: LineGraph, stops: frozenset[str]) -> tuple[BoolArray, IntArray]:
    """Return by move whether a line may make it, and the ways that it passes by it, as bits."""
    usable = np.isin(graph.family, list(line.modes))
    narrow = too_narrow(line.one.teu) - frozenset[str]().union(*line.ways)
    usable[graph.named((trunk_barred(line.ways) - stops) | line.bars | narrow)] = False
    passed = np.zeros(len(graph.moves), np.int64)
    for number, way in enumerate(line.ways):
        passed[graph.named(way)] |= 1 << number
    return usable, passed


@cache
def too_narrow(teu: float) -> frozenset[str]:
    """Return the gates that no ship of some size or more passes, of those that sail by default."""
    capacity = load_parameters().value
    ships = [one for one in load_services() if one.default and one.family is Family.SEA]
    as_large = [one for one in ships if capacity("ship.capacity_teu", one.id) >= teu]
    as_large = as_large or [max(ships, key=lambda one: capacity("ship.capacity_teu", one.id))]
    return frozenset(
        gate.id for gate in load_gates() if not any(fits(ship, gate) for ship in as_large)
    )


@shipped(network_dir)
def load_laid(folder: Path) -> tuple[Laid, ...]:
    """Return the lines of `lines.csv` on the shipped network, as laid by `build/line_ways.py`.

    Raises
    ------
    GeodataError
        The file has another line than the table.
    """
    with opened_arrays(folder / "line_ways.npz") as opened:
        arrays = dict(opened)
    lines = {line.loop: line for line in load_lines().lines}
    names = arrays["names"].tolist()

    def sets(side: str) -> list[frozenset[str]]:
        first, numbers = arrays[f"{side}_first"].tolist(), arrays[side].tolist()
        return [frozenset(names[n] for n in numbers[a:b]) for a, b in pairwise(first)]

    loops, sides = arrays["line"].tolist(), (sets("loads"), sets("unloads"), sets("legs"))
    unknown = sorted({*loops} - {*lines})
    if unknown:
        msg = f"line_ways.npz: no line '{unknown[0]}'; run geodata/build/line_ways.py"
        raise GeodataError(msg)
    return tuple(
        Laid(line=lines[loop], loads=loads, unloads=unloads, legs=legs)
        for loop, loads, unloads, legs in zip(loops, *sides, strict=True)
    )


def laid_as_known(known_on: date | None) -> tuple[Laid | None, ...]:
    """Return the lines of `load_laid` as known on a day, None for those not known then.

    Without a day all are known as today.
    """
    every = load_laid()
    return every if known_on is None else _as_known(every, known_on)


@lru_cache(maxsize=32)
def _as_known(every: tuple[Laid, ...], known_on: date) -> tuple[Laid | None, ...]:
    return tuple(
        None
        if not_yet_known(one.line.known_from, known_on)
        else replace(one, line=one.line.as_known(known_on))
        for one in every
    )


@shipped(network_dir)
def load_together(folder: Path) -> Together:
    """Return which shipped lines run together; see `sailing_together`."""
    return sailing_together(load_laid(folder))
