"""Lines as carriers of a network: where each loads, runs and unloads, and the layers they make.

In the layers of a corridor (see `corridor`) a node of main carriage is a state with the entries
reached; here it also has a carrier. Boxes board a line at its stops, leave it at its stops, and go
from line to line at a terminal where both call. So every way from end to end is known to run, and
the best of them is a shortest path. Trucks and barges are hired: they need no line. Two totals do
not follow each other: what counts all trains of a border says nothing of the next total's border.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.domain.places import Family
from corridors.network.corridor import Layered, OriginLayers, on_paths
from corridors.network.lines.laying import RUN_IN_LINES, Laid
from corridors.network.states.chain import MAIN, LayerArcs
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import DAYS_PER_WEEK, MINUTES_PER_DAY

# Slots of a node: before or without any line, hired after a total or a line, then the lines.
NO_CARRIER, AFTER_TOTAL, AFTER_LINE, FIRST_CARRIER = range(4)


class Pairs(NamedTuple):
    """Carriers by a key such as a place, in CSR order: of key k `items[first[k]:first[k + 1]]`."""

    first: IntArray
    items: IntArray

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, int]], keys: int) -> Pairs:
        """Return pairs of key and carrier, in ascending order of both."""
        array = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        first = np.searchsorted(array[:, 0], np.arange(keys + 1))
        return cls(first=first, items=array[:, 1])

    def each(self, keys: IntArray) -> tuple[IntArray, IntArray]:
        """Return the index of a key and a carrier, for each carrier of each key."""
        counts = self.first[keys + 1] - self.first[keys]
        index = np.repeat(np.arange(keys.shape[0]), counts)
        offset = np.arange(index.shape[0]) - np.repeat(np.cumsum(counts) - counts, counts)
        return index, self.items[np.repeat(self.first[keys], counts) + offset]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carriers:
    """Lines on a network, each in one direction; `laid` are they, by number.

    `runs` are carriers by leg and direction (`2 * leg`, one more if run from its end), `loads` and
    `unloads` by place, `passes` those by place that go over there to another of their services.
    `has` is by carrier and service of the network, `interval` by carrier the minutes between
    departures, 0 where they are not known between two calls of the line; of a dated voyage minus
    the ordinal of its day. `trip` is by carrier its number in a timetable, -1 for none.
    """

    laid: tuple[Laid, ...]
    runs: Pairs
    loads: Pairs
    unloads: Pairs
    passes: Pairs
    has: BoolArray
    is_total: BoolArray
    interval: IntArray
    trip: IntArray


def carriers_on(topology: Topology, laid: Iterable[Laid]) -> Carriers:
    """Return lines on a network; legs and stops that it lacks are left out."""
    leg_number = {leg.id: number for number, leg in enumerate(topology.legs)}
    places = {place.id: number for number, place in enumerate(topology.places)}
    leg_places = [
        [places[name] for name in _ends_of(leg) if name in places] for leg in topology.legs
    ]
    lines = tuple(laid)
    runs, loads, unloads, passes = [], [], [], []
    for number, one in enumerate(lines):
        for name in one.legs:
            leg = leg_number.get(name.removeprefix("-"))
            if leg is not None:
                runs.append((2 * leg + name.startswith("-"), number))
                if one.line.modes != {Family.SEA}:
                    passes += [(place, number) for place in leg_places[leg]]
        loads += [(places[name], number) for name in one.loads if name in places]
        unloads += [(places[name], number) for name in one.unloads if name in places]
    return Carriers(
        laid=lines,
        runs=Pairs.of(runs, 2 * len(topology.legs)),
        loads=Pairs.of(loads, len(places)),
        unloads=Pairs.of(unloads, len(places)),
        passes=Pairs.of(list(set(passes)), len(places)),
        has=np.array(
            [[one.line.runs_with(service) for service in topology.services] for one in lines], bool
        ).reshape(-1, len(topology.services)),
        is_total=np.array([one.line.is_sum for one in lines], bool),
        interval=np.array([_minutes_between(one) for one in lines], np.int64),
        trip=np.array([one.trip for one in lines], np.int64),
    )


def _minutes_between(laid: Laid) -> int:
    """Return the minutes between departures of a line, 0 if no count between its calls is known.

    Of a dated voyage minus the ordinal of its day.
    """
    if laid.sails:
        return -laid.sails
    return round(DAYS_PER_WEEK * MINUTES_PER_DAY / laid.a_week) if laid.a_week else 0


def _ends_of(leg: object) -> tuple[str, str]:
    """Return the places that a leg joins."""
    ends = getattr(leg, "ends", None)
    return ends or (leg.from_point, leg.to_point)  # type: ignore[attr-defined]


class _Expanded:
    """The arcs of layers with a slot at each end: no line, hired after a total or line, or a line.

    Parameters
    ----------
    origin_layers, arcs
        The layers, and all arcs to a destination before they are cut.
    topology, carriers
        The network and the lines on it.
    """

    def __init__(
        self,
        origin_layers: OriginLayers,
        arcs: LayerArcs,
        topology: Topology,
        carriers: Carriers,
    ) -> None:
        self.topology, self.carriers = topology, carriers
        ends, count = (origin_layers.source, origin_layers.sink), origin_layers.layers.count
        # What is on no way at all has no number here.
        ways = on_paths(arcs, origin_layers.node_count, source=ends[0], sink=ends[1])
        self.of, self.nodes = ways.nodes, ways.nodes.size
        self.source, self.sink = np.searchsorted(ways.nodes, ends).tolist()
        self.tail = np.repeat(np.arange(self.nodes), np.diff(ways.first_arc))
        self.head, self.base = ways.head, ways.base.astype(np.int64)
        part = origin_layers.layers.part[ways.nodes % count]
        lined = np.array([*(s.family in RUN_IN_LINES for s in topology.services), False])
        state = ways.nodes // count
        begins, stops = state[self.tail], state[self.head]
        self.from_service, self.to_service = (topology.state_service[s] for s in (begins, stops))
        self.from_place, self.to_place = (topology.state_place[s] for s in (begins, stops))
        self.in_main = (
            part[self.tail] == MAIN,
            (part[self.head] == MAIN) & (self.head != self.sink),
        )
        self.on_line = (
            self.in_main[0] & lined[self.from_service],
            self.in_main[1] & lined[self.to_service],
        )
        self._made: list[LayerArcs] = []

    def _add(self, index: IntArray, before: IntArray | int, after: IntArray | int) -> None:
        """Add arcs with the slots of their tails and heads."""
        tail, head = before * self.nodes + self.tail[index], after * self.nodes + self.head[index]
        self._made.append(LayerArcs(tail, head, self.base[index]))

    def _has(self, carrier: IntArray, service: IntArray) -> BoolArray:
        """Return whether lines run services."""
        found: BoolArray = self.carriers.has[carrier, service]
        return found

    def arcs(self) -> LayerArcs:
        """Return the arcs; a node is its slot times the number of nodes, plus its number."""
        before, after = self.on_line
        self._go_without(np.flatnonzero(~before & ~after))
        self._board(np.flatnonzero(~before & after))
        self._leave(np.flatnonzero(before & ~after))
        kind = self.topology.kind[self.base]
        self._run(np.flatnonzero(before & after & (kind == ArcKind.LEG)))
        self._change(np.flatnonzero(before & after & (kind == ArcKind.CHANGE)))
        return LayerArcs.joined(*self._made)

    def _go_without(self, arcs: IntArray) -> None:
        """Add what needs no line: carriage, and trucks and barges on their own or after a line.

        They join no carriage to other carriage, or trains without a line would change to trucks
        and back.
        """
        before, after = self.in_main[0][arcs], self.in_main[1][arcs]
        begins, ends = self.tail[arcs] == self.source, self.head[arcs] == self.sink
        alone = (before == after) | (after & begins) | (before & ends)
        self._add(arcs[alone], NO_CARRIER, NO_CARRIER)
        hired, goes_on = arcs[before], after[before]
        for slot in (AFTER_TOTAL, AFTER_LINE):
            self._add(hired, slot, np.where(goes_on, slot, NO_CARRIER))

    def _board(self, arcs: IntArray) -> None:
        """Add that boxes board a line where it loads; after a total no other one."""
        index, carrier = self.carriers.loads.each(self.to_place[arcs])
        index = arcs[index]
        chosen = self._has(carrier, self.to_service[index])
        index, carrier = index[chosen], carrier[chosen]
        self._add(index, NO_CARRIER, FIRST_CARRIER + carrier)
        hired, total = self.in_main[0][index], self.carriers.is_total[carrier]
        self._add(index[hired], AFTER_LINE, FIRST_CARRIER + carrier[hired])
        single = hired & ~total
        self._add(index[single], AFTER_TOTAL, FIRST_CARRIER + carrier[single])

    def _leave(self, arcs: IntArray) -> None:
        """Add that boxes leave a line where it unloads."""
        index, carrier = self.carriers.unloads.each(self.from_place[arcs])
        index = arcs[index]
        chosen = self._has(carrier, self.from_service[index])
        index, carrier = index[chosen], carrier[chosen]
        after = np.where(self.carriers.is_total[carrier], AFTER_TOTAL, AFTER_LINE)
        hired = self.in_main[1][index]
        self._add(index, FIRST_CARRIER + carrier, np.where(hired, after, NO_CARRIER))

    def _run(self, arcs: IntArray) -> None:
        """Add that lines run on their legs."""
        base = self.base[arcs]
        keys = 2 * self.topology.leg[base] + self.topology.reversed[base]
        index, carrier = self.carriers.runs.each(keys)
        self._add(arcs[index], FIRST_CARRIER + carrier, FIRST_CARRIER + carrier)

    def _change(self, arcs: IntArray) -> None:
        """Add that boxes go over to another service of a line, or to a line that loads there."""
        index, carrier = self.carriers.passes.each(self.to_place[arcs])
        index = arcs[index]
        chosen = self._has(carrier, self.from_service[index])
        chosen &= self._has(carrier, self.to_service[index])
        stays = FIRST_CARRIER + carrier[chosen]
        self._add(index[chosen], stays, stays)
        index, before = self.carriers.unloads.each(self.from_place[arcs])
        index = arcs[index]
        chosen = self._has(before, self.from_service[index])
        index, before = index[chosen], before[chosen]
        again, onto = self.carriers.loads.each(self.to_place[index])
        index, before = index[again], before[again]
        is_total = self.carriers.is_total
        chosen = self._has(onto, self.to_service[index]) & ~(is_total[before] & is_total[onto])
        self._add(index[chosen], FIRST_CARRIER + before[chosen], FIRST_CARRIER + onto[chosen])


def known_layers(
    origin_layers: OriginLayers,
    arcs: LayerArcs,
    topology: Topology,
    carriers: Carriers,
) -> Layered:
    """Return the layers of a corridor to a destination in which all main carriage is known to run.

    Parameters are those of the expansion: the layers with `either`, all arcs to the destination
    before they are cut, the network, and the lines that run on it on the day.
    """
    layers, ways = origin_layers.layers, _Expanded(origin_layers, arcs, topology, carriers)
    expanded, ends = ways.arcs(), [ways.source, ways.sink]
    # Few of the many nodes are met: of `number` only theirs are written, and take memory.
    met = np.zeros((FIRST_CARRIER + len(carriers.laid)) * ways.nodes, bool)
    met[expanded.tail] = met[expanded.head] = met[ends] = True
    kept = np.flatnonzero(met)
    number = np.empty(met.size, np.int64)
    number[kept] = np.arange(kept.size)
    numbered = LayerArcs(number[expanded.tail], number[expanded.head], expanded.base)
    source, sink = number[ends].tolist()
    cut = on_paths(numbered, kept.size, source=source, sink=sink)
    slot, node = np.divmod(kept[cut.nodes], ways.nodes)
    node = ways.of[node]
    layered = cut.layered(
        state=node // layers.count,
        mask=layers.mask[node % layers.count],
        part=layers.part[node % layers.count],
        full=origin_layers.main.full,
    )
    carrier = slot - FIRST_CARRIER
    # The last place is that of nodes without a line.
    interval = np.append(carriers.interval, 0)[np.maximum(carrier, -1)]
    trip = np.append(carriers.trip, -1)[np.maximum(carrier, -1)]
    by_trips = bool((carriers.trip >= 0).any())
    return replace(layered, carrier=carrier, interval=interval, trip=trip if by_trips else None)
