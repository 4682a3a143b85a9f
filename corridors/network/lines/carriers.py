"""Lines as carriers of a network: where each loads, runs and unloads, and the layers they make.

In the layers of a corridor (see `layers`) a node of main carriage is a state with the entries
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
from corridors.network.corridor.layers import Layered, OriginLayers, on_paths
from corridors.network.lines.laying import RUN_IN_LINES, Laid
from corridors.network.states.chain import MAIN, LayerArcs
from corridors.network.states.topology import ArcKind, Topology

# Slots of a node: without a carrier, hired after a total, then the carriers.
NO_CARRIER, AFTER_TOTAL, FIRST_CARRIER = range(3)
FAMILIES = tuple(Family)


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
    `has` is by carrier and family.
    """

    laid: tuple[Laid, ...]
    runs: Pairs
    loads: Pairs
    unloads: Pairs
    passes: Pairs
    has: BoolArray
    is_total: BoolArray


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
        has=np.array([[f in one.line.modes for f in FAMILIES] for one in lines], bool).reshape(
            -1, len(FAMILIES)
        ),
        is_total=np.array([one.line.is_sum for one in lines], bool),
    )


def _ends_of(leg: object) -> tuple[str, str]:
    """Return the places that a leg joins."""
    ends = getattr(leg, "ends", None)
    return ends or (leg.from_point, leg.to_point)  # type: ignore[attr-defined]


def known_layers(
    origin_layers: OriginLayers,
    arcs: LayerArcs,
    topology: Topology,
    carriers: Carriers,
    *,
    fast: bool,
) -> Layered:
    """Return the layers of a corridor to a destination in which all main carriage is known to run.

    Parameters
    ----------
    origin_layers, arcs
        The layers, and all arcs to the destination before they are cut.
    topology, carriers
        The network and the lines that run on it on the day.
    fast
        Compile walks along arcs.
    """
    nodes, count = origin_layers.node_count, origin_layers.layers.count
    part, sink = origin_layers.layers.part, origin_layers.sink
    family = np.array([FAMILIES.index(service.family) for service in topology.services])
    lined = np.append([FAMILIES[number] in RUN_IN_LINES for number in family], False)
    # What is on no way at all need not be looked at for each line.
    ways = on_paths(arcs, nodes, source=origin_layers.source, sink=sink, fast=fast)
    tail = ways.nodes[np.repeat(np.arange(ways.nodes.shape[0]), np.diff(ways.first_arc))]
    head, base = ways.nodes[ways.head], ways.base.astype(np.int64)
    begins, ends = tail // count, head // count
    from_service, to_service = topology.state_service[begins], topology.state_service[ends]
    in_main = part[tail % count] == MAIN, (part[head % count] == MAIN) & (head != sink)
    leaves_line, boards_line = in_main[0] & lined[from_service], in_main[1] & lined[to_service]
    from_place, to_place = topology.state_place[begins], topology.state_place[ends]
    made: list[tuple[IntArray, IntArray, IntArray]] = []

    def add(index: IntArray, before: IntArray | int, after: IntArray | int) -> None:
        """Add arcs with the slots of their tails and heads."""
        made.append((before * nodes + tail[index], after * nodes + head[index], base[index]))

    def has(carrier: IntArray, service: IntArray) -> BoolArray:
        found: BoolArray = carriers.has[carrier, family[service]]
        return found

    # What needs no line goes on as it is, also after a total.
    free = np.flatnonzero(~leaves_line & ~boards_line)
    add(free, NO_CARRIER, NO_CARRIER)
    hired = free[in_main[0][free]]
    add(hired, AFTER_TOTAL, np.where(in_main[1][hired], AFTER_TOTAL, NO_CARRIER))
    # A line is boarded where it loads.
    boards = np.flatnonzero(~leaves_line & boards_line)
    index, carrier = carriers.loads.each(to_place[boards])
    index = boards[index]
    chosen = has(carrier, to_service[index])
    index, carrier = index[chosen], carrier[chosen]
    add(index, NO_CARRIER, FIRST_CARRIER + carrier)
    single = ~carriers.is_total[carrier] & in_main[0][index]
    add(index[single], AFTER_TOTAL, FIRST_CARRIER + carrier[single])
    # It is left where it unloads.
    leaving = np.flatnonzero(leaves_line & ~boards_line)
    index, carrier = carriers.unloads.each(from_place[leaving])
    index = leaving[index]
    chosen = has(carrier, from_service[index])
    index, carrier = index[chosen], carrier[chosen]
    after = np.where(carriers.is_total[carrier] & in_main[1][index], AFTER_TOTAL, NO_CARRIER)
    add(index, FIRST_CARRIER + carrier, after)
    # It runs on its legs.
    both = leaves_line & boards_line
    legs = np.flatnonzero(both & (topology.kind[base] == ArcKind.LEG))
    index, carrier = carriers.runs.each(
        2 * topology.leg[base[legs]] + topology.reversed[base[legs]]
    )
    add(legs[index], FIRST_CARRIER + carrier, FIRST_CARRIER + carrier)
    # Boxes go over to another of its services, or to a line that loads where it unloads.
    changes = np.flatnonzero(both & (topology.kind[base] == ArcKind.CHANGE))
    index, carrier = carriers.passes.each(to_place[changes])
    index = changes[index]
    chosen = has(carrier, from_service[index]) & has(carrier, to_service[index])
    add(index[chosen], FIRST_CARRIER + carrier[chosen], FIRST_CARRIER + carrier[chosen])
    index, before = carriers.unloads.each(from_place[changes])
    index = changes[index]
    chosen = has(before, from_service[index])
    index, before = index[chosen], before[chosen]
    again, onto = carriers.loads.each(to_place[index])
    index, before = index[again], before[again]
    chosen = has(onto, to_service[index]) & ~(carriers.is_total[before] & carriers.is_total[onto])
    add(index[chosen], FIRST_CARRIER + before[chosen], FIRST_CARRIER + onto[chosen])
    # The nodes in use, the source and the sink first.
    columns = [np.concatenate(column) for column in zip(*made, strict=True)]
    slots = FIRST_CARRIER + len(carriers.laid)
    used = np.zeros(slots * nodes, bool)
    used[columns[0]] = used[columns[1]] = used[[origin_layers.source, sink]] = True
    number = np.cumsum(used, dtype=np.int32)
    number -= 1
    numbered = LayerArcs(number[columns[0]], number[columns[1]], columns[2])
    source, end = int(number[origin_layers.source]), int(number[sink])
    kept = np.flatnonzero(used)
    cut = on_paths(numbered, kept.shape[0], source=source, sink=end, fast=fast)
    keys = kept[cut.nodes]
    node = keys % nodes
    return replace(
        cut.layered(
            state=node // count,
            mask=origin_layers.layers.mask[node % count],
            part=part[node % count],
            full=origin_layers.main.full,
        ),
        carrier=keys // nodes - FIRST_CARRIER,
    )
