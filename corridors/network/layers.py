"""Build a corridor as layers of the network, one per number of `must_pass` entries reached.

A corridor cannot be a constraint on arc variables, because a solver may put the required place on a
detached loop. In layers it is a shortest path again. Entries count in the order of the corridor, or
in reverse if it is used in the other direction. In any order, a ship that sails east along Siberia
from Europe would count as using the Northern Sea Route to Europe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.data.sphere import great_circle_km
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Corridor, CorridorRule, MustPass
from corridors.network.topology import SINK, SOURCE, ArcKind, Topology

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """Nodes (state, entries reached) and arcs in CSR order; node 0 is the source, 1 the sink.

    `base` is by arc the arc of the topology; `state` and `mask` are by node. `missing` names the
    entries that no route reaches, if no route reaches the sink.
    """

    state: IntArray
    mask: IntArray
    first_arc: IntArray
    head: IntArray
    base: IntArray
    missing: tuple[str, ...] = ()

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return int(self.state.shape[0])

    @property
    def tail(self) -> IntArray:
        """The tail of each arc."""
        return np.repeat(np.arange(self.node_count), np.diff(self.first_arc))


def _matches(service: Service, wanted: Sequence[str]) -> bool:
    return service.id in wanted or service.family in wanted


def entries_of(corridor: Corridor, topology: Topology) -> tuple[MustPass, ...]:
    """Return the entries that apply between these ends."""
    country = {place.id: place.country for place in topology.places}
    ends = {country[topology.origin], country[topology.destination]}
    return tuple(
        entry for entry in corridor.must_pass if not entry.end_in or ends & set(entry.end_in)
    )


def runs_forward(corridor: Corridor, topology: Topology) -> bool:
    """Return whether the corridor is used in the direction of its file.

    That is the direction in which its first and last entries lie nearer, by great circle, to their
    ends.
    """
    entries = entries_of(corridor, topology)
    if len(entries) < 2:
        return True
    by_id = {place.id: place for place in topology.places}

    def nearest(entry: MustPass, end: str) -> float:
        names = [place for place in by_id if place.split("#")[0] in entry.any_of]
        if not names:
            return 0.0
        here = by_id[end]
        lon = [by_id[n].lon for n in names]
        lat = [by_id[n].lat for n in names]
        return float(great_circle_km(here.lon, here.lat, lon, lat).min())

    first, last = entries[0], entries[-1]
    forward = nearest(first, topology.origin) + nearest(last, topology.destination)
    backward = nearest(last, topology.origin) + nearest(first, topology.destination)
    return forward <= backward


def _rule_bars(rule: CorridorRule, topology: Topology) -> npt.NDArray[np.bool_]:
    """Return the arcs that a rule bars."""
    bars = np.zeros(topology.arc_count, bool)
    if rule.services:
        speaks = [_matches(s, rule.services) for s in topology.services]
        bars |= np.array(speaks)[topology.service]
    if rule.countries:
        named = [bool(set(c) & set(rule.countries)) for c in topology.countries]
        bars |= np.array(named)[topology.country] & (topology.kind == ArcKind.LEG)
    return bars


def _allowed_arcs(corridor: Corridor, topology: Topology) -> npt.NDArray[np.bool_]:
    # Services reserved for other corridors are not used.
    service_ok = np.array(
        [
            s.id in corridor.reserved_services or (s.default and _matches(s, corridor.services))
            for s in topology.services
        ]
    )
    avoided = [
        place.id.split("#")[0] in corridor.must_avoid or place.country in corridor.must_avoid
        for place in topology.places
    ]
    state_ok = np.ones(topology.state_count, bool)
    for state in range(SINK + 1, topology.state_count):
        place = int(topology.state_place[state])
        state_ok[state] = service_ok[int(topology.state_service[state])] and not avoided[place]
    allowed: npt.NDArray[np.bool_] = state_ok[topology.tail] & state_ok[topology.head]
    return allowed & _calls_for_something(topology, allowed)


def _calls_for_something(
    topology: Topology, allowed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return the arcs without port calls at which nothing is loaded, unloaded or changed.

    Sea legs are shortest lanes, so such calls gain nothing.
    """
    useful = np.zeros(topology.state_count, bool)
    for kind in (ArcKind.CHANGE, ArcKind.LOAD, ArcKind.UNLOAD):
        arcs = allowed & (topology.kind == kind)
        useful[topology.tail[arcs]] = True
        useful[topology.head[arcs]] = True
    sails = np.array([s.family is Family.SEA for s in topology.services])
    ashore = np.array([not place.gate for place in topology.places])
    idle = np.zeros(topology.state_count, bool)
    inner = topology.state_place >= 0
    idle[inner] = ashore[topology.state_place[inner]] & sails[topology.state_service[inner]]
    idle &= ~useful
    return ~idle[topology.tail] & ~idle[topology.head]


def layer(corridor: Corridor, topology: Topology) -> Layered:
    """Return a corridor's layered network, cut to paths from source to sink."""
    entries = entries_of(corridor, topology)
    forward = runs_forward(corridor, topology)
    names = [entry.name for entry in entries]
    bit_of_place = np.zeros(len(topology.places), np.int64)
    for number, entry in enumerate(entries):
        for index, place in enumerate(topology.places):
            if place.id in entry.any_of or place.id.split("#")[0] in entry.any_of:
                bit_of_place[index] |= 1 << number
    bits = np.zeros(topology.state_count, np.int64)
    inner = topology.state_place >= 0
    bits[inner] = bit_of_place[topology.state_place[inner]]
    by_id = {place.id: i for i, place in enumerate(topology.places)}
    full = (1 << len(entries)) - 1
    # Ends count as passed: the origin from the start, the destination on arrival.
    at_end = int(bit_of_place[by_id[topology.destination]])
    at_start = int(bit_of_place[by_id[topology.origin]])
    allowed = _allowed_arcs(corridor, topology)
    rules = []
    for rule in corridor.rules:
        for entry_name, after in ((rule.only_after, True), (rule.only_before, False)):
            if entry_name is not None and entry_name in names:
                bit = 1 << names.index(entry_name)
                rules.append((_rule_bars(rule, topology), bit, after is forward))
    order = [
        number
        for number in (range(len(entries)) if forward else reversed(range(len(entries))))
        if not (at_start | at_end) >> number & 1
    ]
    parts = []
    for done in range(len(order) + 1):
        mask = at_start | sum(1 << number for number in order[:done])
        open_here = allowed.copy()
        for bars, bit, after in rules:
            if bool(mask & bit) is not after:
                open_here &= ~bars
        if mask != at_start:
            open_here &= topology.tail != SOURCE
        base = np.flatnonzero(open_here)
        to_sink = topology.head[base] == SINK
        base = base[~to_sink | ((mask | at_end) == full)]
        reached = _advanced(mask, order[done:], bits[topology.head[base]])
        parts.append((np.full(base.shape[0], mask), base, reached))
    return _cut(topology, parts, full + 1, at_start, entries)


def _advanced(mask: int, ahead: Sequence[int], passed: IntArray) -> IntArray:
    """Return the entries reached at places that satisfy the entries `passed`, in order."""
    reached = np.full(passed.shape[0], mask)
    still = np.ones(passed.shape[0], bool)
    for number in ahead:
        still &= (passed >> number & 1).astype(bool)
        reached[still] |= 1 << number
    return reached


def _cut(
    topology: Topology,
    parts: Sequence[tuple[IntArray, IntArray, IntArray]],
    layers: int,
    start_mask: int,
    entries: Sequence[MustPass],
) -> Layered:
    states = topology.state_count
    base = np.concatenate([part[1] for part in parts])
    tail_mask = np.concatenate([part[0] for part in parts])
    head_mask = np.concatenate([part[2] for part in parts])
    tail_state, head_state = topology.tail[base], topology.head[base]
    head_mask = np.where(head_state == SINK, layers - 1, head_mask)
    tail = tail_state * layers + tail_mask
    head = head_state * layers + head_mask
    source = SOURCE * layers + start_mask
    sink = SINK * layers + layers - 1
    from_source = reach(states * layers, tail, head, source)
    to_sink = reach(states * layers, head, tail, sink)
    keep = from_source[tail] & from_source[head] & to_sink[tail] & to_sink[head]
    tail, base, head = tail[keep], base[keep], head[keep]
    missing: tuple[str, ...] = ()
    if not keep.any():
        seen = np.flatnonzero(from_source) % layers
        missing = tuple(
            entry.name
            for number, entry in enumerate(entries)
            if not bool((seen & (1 << number)).any())
        )
    used = np.unique(np.concatenate([[source, sink], tail, head]))
    others = used[(used != source) & (used != sink)]
    order_of = np.full(states * layers, -1, np.int64)
    nodes = np.concatenate([[source, sink], others])
    order_of[nodes] = np.arange(nodes.shape[0])
    tail, head = order_of[tail], order_of[head]
    order = np.lexsort((base, tail))
    first_arc = np.zeros(nodes.shape[0] + 1, np.int64)
    np.add.at(first_arc, tail + 1, 1)
    return Layered(
        state=nodes // layers,
        mask=nodes % layers,
        first_arc=np.cumsum(first_arc),
        head=head[order],
        base=base[order],
        missing=missing,
    )


def reach(nodes: int, tail: IntArray, head: IntArray, start: int) -> npt.NDArray[np.bool_]:
    """Return which nodes can be reached from `start` along arcs from tail to head."""
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(nodes + 1))
    heads = head[order]
    seen = np.zeros(nodes, bool)
    seen[start] = True
    frontier = np.array([start])
    while frontier.size:
        spans = [heads[first[node] : first[node + 1]] for node in frontier.tolist()]
        reached = np.unique(np.concatenate(spans)) if spans else frontier[:0]
        frontier = reached[~seen[reached]]
        seen[frontier] = True
    return seen
