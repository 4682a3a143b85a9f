"""Build a corridor as layers of the network, one per number of `must_pass` entries reached.

A corridor cannot be a constraint on arc variables, because a solver may put the required place on a
detached loop. In layers it is a shortest path again. Entries count in the order of the corridor, or
in reverse if it is used in the other direction. In any order, a ship that sails east along Siberia
from Europe would count as using the Northern Sea Route to Europe.

Boxes reach the main carriage of a corridor by pre-carriage and leave it by on-carriage. The part of
the chain follows from the path: main carriage begins on boarding one of the corridor's own
services, and on-carriage on boarding any other once all entries are reached. Entries and rules
count in main carriage alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import load_trunk_places
from corridors.data.sphere import great_circle_km
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor, CorridorRule, MustPass
from corridors.domain.values import ChainPart
from corridors.kept import Kept
from corridors.network.carriage import (
    NO_CARRIAGE,
    Carriage,
    CarriageArcs,
    avoided_by_carriage,
    carriage_arcs,
)
from corridors.network.reach import by_node, reach
from corridors.network.topology import SINK, SOURCE, ArcKind, BoolArray, Topology

IntArray = npt.NDArray[np.int64]
# By the places that the carriage avoids.
SharedCarriage = dict[frozenset[str], CarriageArcs]
PRE, MAIN, ON = range(3)
# Problems of one corridor that are kept: prices of a batch.
MOST_KEPT = 32
PARTS = (ChainPart.PRE, ChainPart.MAIN, ChainPart.ON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """Nodes (state, entries reached, part) and arcs in CSR order; node 0 is the source, 1 the sink.

    `base` is by arc the arc of the topology; `state`, `mask` and `part` (index of `PARTS`) are by
    node. If no route reaches the sink, `missing` names the entries that no route reaches, and
    `boarded` says whether any reaches the main carriage. `kept` caches the last `MOST_KEPT` shapes
    and problems of the layers.
    """

    state: IntArray
    mask: IntArray
    part: IntArray
    first_arc: IntArray
    head: IntArray
    base: IntArray
    missing: tuple[str, ...] = ()
    boarded: bool = True
    kept: Kept[Any] = field(default_factory=lambda: Kept(MOST_KEPT), repr=False, compare=False)

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return int(self.state.shape[0])

    @property
    def tail(self) -> IntArray:
        """The tail of each arc."""
        return np.repeat(np.arange(self.node_count), np.diff(self.first_arc))


# Km by great circle from the nearest of the places of an entry to an end.
Near = dict[tuple[tuple[str, ...], str], float]


def _matches(service: Service, wanted: Sequence[str]) -> bool:
    return service.id in wanted or service.family in wanted


def entries_of(corridor: Corridor, topology: Topology) -> tuple[MustPass, ...]:
    """Return the entries that apply between these ends."""
    ends = {topology.place(end).country for end in (topology.origin, topology.destination)}
    return tuple(
        entry for entry in corridor.must_pass if not entry.end_in or ends & set(entry.end_in)
    )


def runs_forward(corridor: Corridor, topology: Topology, near: Near | None = None) -> bool:
    """Return whether the corridor is used in the direction of its file.

    That is the direction in which its first and last entries lie nearer, by great circle, to their
    ends. `near` keeps the distances for other corridors and ends on the same places.
    """
    entries = entries_of(corridor, topology)
    if len(entries) < 2:
        return True
    kept: Near = {} if near is None else near

    def nearest(entry: MustPass, end: str) -> float:
        key = entry.any_of, end
        if key not in kept:
            kept[key] = measured(entry, end)
        return kept[key]

    def measured(entry: MustPass, end: str) -> float:
        passed = [topology.places[n] for n in np.flatnonzero(topology.index.named(entry.any_of))]
        if not passed:
            return 0.0
        here = topology.place(end)
        lon = [place.lon for place in passed]
        lat = [place.lat for place in passed]
        return float(great_circle_km(here.lon, here.lat, lon, lat).min())

    first, last = entries[0], entries[-1]
    forward = nearest(first, topology.origin) + nearest(last, topology.destination)
    backward = nearest(last, topology.origin) + nearest(first, topology.destination)
    return forward <= backward


@dataclass(frozen=True, slots=True, kw_only=True)
class _Barred:
    """What the rules bar in main carriage: services to board, and arcs."""

    services: BoolArray
    arcs: BoolArray


class _Rules:
    """The rules of a corridor, by the entries reached."""

    def __init__(
        self, corridor: Corridor, topology: Topology, names: Sequence[str], *, forward: bool
    ) -> None:
        self._topology = topology
        self._rules: list[tuple[CorridorRule, BoolArray, int, bool]] = []
        self._known: dict[int, _Barred] = {}
        for rule in corridor.rules:
            barred = np.array([_matches(s, rule.services) for s in topology.services], bool)
            for entry_name, after in ((rule.only_after, True), (rule.only_before, False)):
                if entry_name is not None and entry_name in names:
                    bit = 1 << names.index(entry_name)
                    self._rules.append((rule, barred, bit, after is forward))

    def barred(self, mask: int) -> _Barred:
        """Return what is barred once the entries of a mask are reached."""
        if mask not in self._known:
            network = self._topology
            services = np.zeros(len(network.services), bool)
            countries: set[str] = set()
            for rule, barred, bit, after in self._rules:
                if bool(mask & bit) is not after:
                    services |= barred
                    countries |= set(rule.countries)
            arcs = services[network.service]
            if countries:
                inside = np.array([bool(countries & set(codes)) for codes in network.countries])
                arcs |= inside[network.country] & network.of_kind(ArcKind.LEG)
            self._known[mask] = _Barred(services=services, arcs=arcs)
        return self._known[mask]


def _main_states(corridor: Corridor, topology: Topology) -> BoolArray:
    """Return the states of the main carriage: its services, at places that are not avoided."""
    # Services reserved for other corridors are not used.
    services = np.array(
        [
            s.id in corridor.reserved_services
            or (s.default and _matches(s, corridor.main_services))
            for s in topology.services
        ]
    )
    avoided = topology.index.named(corridor.must_avoid)
    avoided |= topology.index.inside(corridor.must_avoid)
    states = np.zeros(topology.state_count, bool)
    inner = topology.state_place >= 0
    states[inner] = services[topology.state_service[inner]]
    states[inner] &= ~avoided[topology.state_place[inner]]
    return states


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Arcs that leave one layer, with the entries reached and the part of the chain they enter.

    `base` are their numbers in the topology, in ascending order.
    """

    mask: int
    part: int
    base: IntArray
    head_mask: IntArray
    head_part: IntArray


class Chain:
    """The arcs of a corridor between two ends, by layer.

    `fast` compiles the walks along arcs (see `reach`).
    """

    def __init__(
        self,
        corridor: Corridor,
        topology: Topology,
        carriage: Carriage,
        shared: SharedCarriage,
        *,
        fast: bool = False,
    ) -> None:
        self.corridor = corridor
        self.topology = topology
        self.bounds = carriage.by_service(topology.services)
        self.entries = entries_of(corridor, topology)
        self.full = (1 << len(self.entries)) - 1
        forward = runs_forward(corridor, topology)
        names = [entry.name for entry in self.entries]
        self.rules = _Rules(corridor, topology, names, forward=forward)
        self.bits = self._bits()
        self.passed = self._passed()
        is_leg, is_change = topology.of_kind(ArcKind.LEG), topology.of_kind(ArcKind.CHANGE)
        is_end = topology.of_kind(ArcKind.UNLOAD)
        # The destination counts as passed on arrival, so it holds up no later entry.
        self.at_end = int(np.bitwise_or.reduce(self.bits[topology.tail[is_end]]))
        numbers = range(len(self.entries))
        self.order = tuple(numbers if forward else reversed(numbers))
        avoided = avoided_by_carriage(corridor)
        if avoided not in shared:
            shared[avoided] = carriage_arcs(avoided, topology, carriage, fast=fast)
        self.carriage = shared[avoided]
        main = _main_states(corridor, topology)
        self.into_main = main[topology.head]
        self.from_main = main[topology.tail]
        carried = np.zeros(topology.state_count, bool)
        carried[topology.head[self.carriage.pre]] = True
        boards = is_change & carried[topology.tail]
        self.boards = boards & (self.into_main | self.carriage.pre)
        legs = is_leg & self.from_main & self.into_main
        # A ship touches no port in vain, but those that the corridor names.
        legs &= ~self.carriage.touching | (self.bits[topology.head] > 0)
        # What may leave main carriage or go on in it: changes, legs, unloading.
        changes, ends = is_change & self.from_main, is_end & self.from_main
        self.leaving = tuple(map(np.flatnonzero, (changes, legs, ends)))

    def _bits(self) -> IntArray:
        """Return by state the entries that its place satisfies."""
        network = self.topology
        of_place = np.zeros(len(network.places), np.int64)
        for number, entry in enumerate(self.entries):
            of_place[network.index.named(entry.any_of)] |= 1 << number
        bits = np.zeros(network.state_count, np.int64)
        inner = network.state_place >= 0
        bits[inner] = of_place[network.state_place[inner]]
        return bits

    def _passed(self) -> IntArray:
        """Return by arc the entries that its head satisfies.

        A canal is passed on its own arc, or a ship could touch one end and turn back.
        """
        network = self.topology
        return np.where(network.past_canals(), 0, self.bits[network.head])

    def advanced(self, mask: int, passed: IntArray) -> IntArray:
        """Return the entries reached, in order, at places that satisfy the entries `passed`."""
        reached = np.full(passed.shape[0], mask)
        still = np.ones(passed.shape[0], bool)
        for number in self.order:
            if mask >> number & 1:
                continue
            here = still & (passed >> number & 1).astype(bool)
            reached[here] |= 1 << number
            if not self.at_end >> number & 1:
                still = here
        return reached

    def before(self) -> Part:
        """Return the arcs that leave the source and pre-carriage."""
        network = self.topology
        loads = network.of_kind(ArcKind.LOAD) & (self.into_main | self.carriage.pre)
        legs = network.of_kind(ArcKind.LEG) & self.carriage.pre
        base = np.flatnonzero(loads | self.boards | legs)
        passed = self.passed[base]
        # The origin counts as passed whatever its place in the order.
        mask = np.where(loads[base], passed, self.advanced(0, passed))
        begins = ~legs[base] & self.into_main[base] & ~self._barred(mask, base)
        keep = begins | self.carriage.pre[base]
        return Part(
            mask=0,
            part=PRE,
            base=base[keep],
            head_mask=np.where(begins, mask, 0)[keep],
            head_part=np.where(begins, MAIN, PRE)[keep],
        )

    def outward(self) -> list[Part]:
        """Return the arcs of pre-carriage, then those of main carriage by the entries reached."""
        parts = [self.before()]
        reached = set(parts[0].head_mask[parts[0].head_part == MAIN].tolist())
        done: set[int] = set()
        while reached - done:
            mask = min(reached - done)
            done.add(mask)
            parts.append(self.within(mask))
            reached |= set(parts[-1].head_mask[parts[-1].head_part == MAIN].tolist())
        return parts

    def _barred(self, mask: IntArray, base: IntArray) -> BoolArray:
        """Return the arcs whose service the rules bar from main carriage, by entries reached."""
        barred = np.zeros(base.shape[0], bool)
        for reached in np.unique(mask).tolist():
            here = mask == reached
            services = self.rules.barred(reached).services
            barred[here] = services[self.topology.service[base[here]]]
        return barred

    def within(self, mask: int) -> Part:
        """Return the arcs that leave main carriage once the entries of a mask are reached."""
        network, barred = self.topology, self.rules.barred(mask)
        changes, legs, ends = self.leaving
        into = self.into_main[changes] & ~barred.services[network.service[changes]]
        onward = ~into & self.carriage.to_on[changes] & (mask == self.full)
        ends = ends[(mask | self.bits[network.tail[ends]]) == self.full]
        kept, leaves = (np.zeros(network.arc_count, bool) for _ in range(2))
        kept[legs] = ~barred.arcs[legs]
        kept[changes], leaves[changes] = into | onward, onward
        kept[ends] = True
        base = np.flatnonzero(kept)
        return Part(
            mask=mask,
            part=MAIN,
            base=base,
            head_mask=self.advanced(mask, self.passed[base]),
            head_part=np.where(leaves[base], ON, MAIN),
        )

    def step(self, arc: int, mask: int, part: int) -> tuple[int, int] | str:
        """Return the entries reached and the part after an arc of a route, or what bars the arc."""
        found = {PRE: self.before, MAIN: lambda: self.within(mask), ON: self.after}[part]()
        here = np.flatnonzero(found.base == arc)
        if here.size:
            return int(found.head_mask[here[0]]), int(found.head_part[here[0]])
        network = self.topology
        onward = part == MAIN and mask == self.full and network.kind[arc] == ArcKind.CHANGE
        if onward and self.bounds[int(network.service[arc])] >= 0.0:
            # What bars the carriage that begins here is one of its next arcs.
            return mask, ON
        return self._bar(arc, mask, part)

    def _bar(self, arc: int, mask: int, part: int) -> str:
        """Return what bars an arc."""
        network, corridor = self.topology, self.corridor
        end = int(network.head[arc]) if network.head[arc] != SINK else int(network.tail[arc])
        place, service = network.place_of(end), network.services[int(network.service[arc])]
        avoided = corridor.must_avoid if part == MAIN else avoided_by_carriage(corridor)
        if place.id.split("#")[0] in avoided or place.country in avoided:
            return f"it avoids {place.name}"
        missing = [self.entries[n].name for n in self.order if not mask >> n & 1]
        if part == MAIN and missing and network.kind[arc] != ArcKind.LEG:
            return f"it does not pass {name_of_entry(missing[0], network)}"
        if part == MAIN:
            if network.kind[arc] == ArcKind.LEG or _matches(service, corridor.main_services):
                return f"its rules bar {service.title} at {place.name}"
            return f"{service.title} is no part of its main carriage"
        name = PARTS[part].value
        most = self.bounds[int(network.service[arc])]
        if most < 0.0:
            return f"{service.title} is no {name}"
        if place.id.split("#")[0] in load_trunk_places():
            return f"{name} does not cross {place.name}"
        return f"{name} beyond {most:,.0f} km"

    def after(self) -> Part:
        """Return the arcs of on-carriage."""
        base = np.flatnonzero(self.carriage.on)
        return Part(
            mask=self.full,
            part=ON,
            base=base,
            head_mask=np.full(base.shape[0], self.full),
            head_part=np.full(base.shape[0], ON),
        )


def layer(
    corridor: Corridor,
    topology: Topology,
    carriage: Carriage = NO_CARRIAGE,
    *,
    shared: SharedCarriage | None = None,
    fast: bool = False,
) -> Layered:
    """Return a corridor's layered network, cut to paths from source to sink.

    Parameters
    ----------
    corridor
        The corridor.
    topology
        The network of states between two ends.
    carriage
        The bounds of carriage; by default there is none.
    shared
        Carriage found so far in this network with these bounds, for the next corridors.
    fast
        Compile the walks along arcs, which pays for many corridors.
    """
    chain = Chain(corridor, topology, carriage, {} if shared is None else shared, fast=fast)
    return _cut(topology, [*chain.outward(), chain.after()], chain.entries, fast=fast)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOut:
    """Why a route is none of a corridor: the entries it reaches in order, and the first rule."""

    reached: int
    entries: int
    reason: str


def kept_out(
    corridor: Corridor, topology: Topology, carriage: Carriage, arcs: Sequence[int]
) -> KeptOut:
    """Return why a route is none of a corridor.

    Parameters
    ----------
    corridor
        The corridor.
    topology
        The network of the route.
    carriage
        The bounds of carriage.
    arcs
        The arcs of the route in the topology, from source to sink.
    """
    chain = Chain(corridor, topology, carriage, {})
    mask, part = 0, PRE
    why = ""
    for arc in arcs:
        found = chain.step(arc, mask, part)
        if isinstance(found, str):
            why = found
            break
        mask, part = found
    return KeptOut(reached=mask.bit_count(), entries=len(chain.entries), reason=why)


def name_of_entry(entry: str, topology: Topology) -> str:
    """Return the name of an entry of `must_pass`: that of its place if it is a single one."""
    names = {place.id.split("#")[0]: place.name for place in topology.places}
    return " or ".join(names.get(part, part) for part in entry.split(" or "))


def cut_to_sink(layered: Layered, tail: IntArray) -> Layered:
    """Return layers with only the arcs that lead to the sink, in order of their tails.

    `tail` are the tails of its arcs, which need no order; `first_arc` is not read.
    """
    head, count = layered.head, layered.node_count
    keep = np.flatnonzero(reach(count, head, tail, SINK, fast=True)[head])
    used = np.zeros(count, bool)
    used[[SOURCE, SINK]] = used[tail[keep]] = used[head[keep]] = True
    number = np.cumsum(used) - 1
    first_arc, order = by_node(number[tail[keep]], int(used.sum()), fast=True)
    kept = keep[order]
    return Layered(
        state=layered.state[used],
        mask=layered.mask[used],
        part=layered.part[used],
        first_arc=first_arc,
        head=number[head[kept]],
        base=layered.base[kept],
    )


def _cut(
    topology: Topology, parts: Sequence[Part], entries: Sequence[MustPass], *, fast: bool
) -> Layered:
    states, wide = topology.state_count, 1 << len(entries)
    numbers = {(part.mask, part.part): number for number, part in enumerate(parts)}
    layers = len(parts)
    number_of = np.full((wide, len(PARTS)), -1, np.int64)
    for (mask, part), number in numbers.items():
        number_of[mask, part] = number
    base = np.concatenate([part.base for part in parts])
    tail_layer = np.concatenate([np.full(p.base.shape[0], n) for n, p in enumerate(parts)])
    head_mask = np.concatenate([part.head_mask for part in parts])
    head_part = np.concatenate([part.head_part for part in parts])
    head_layer = np.where(topology.head[base] == SINK, 0, number_of[head_mask, head_part])
    tail = topology.tail[base] * layers + tail_layer
    head = topology.head[base] * layers + head_layer
    source, sink = SOURCE * layers, SINK * layers
    from_source = reach(states * layers, tail, head, source, fast=fast)
    keep = from_source[tail]
    tail, base, head = tail[keep], base[keep], head[keep]
    keep = reach(states * layers, head, tail, sink, fast=fast)[head]
    tail, base, head = tail[keep], base[keep], head[keep]
    missing: tuple[str, ...] = ()
    boarded = True
    masks = np.array([part.mask for part in parts])
    in_part = np.array([part.part for part in parts])
    if not keep.any():
        seen = np.flatnonzero(from_source) % layers
        boarded = bool((in_part[seen] == MAIN).any())
        missing = tuple(
            entry.name
            for number, entry in enumerate(entries)
            if not bool((masks[seen] & (1 << number)).any())
        )
    used = np.zeros(states * layers, bool)
    used[tail] = used[head] = True
    used[source] = used[sink] = False
    order_of = np.full(states * layers, -1, np.int64)
    nodes = np.concatenate([[source, sink], np.flatnonzero(used)])
    order_of[nodes] = np.arange(nodes.shape[0])
    tail, head = order_of[tail], order_of[head]
    # Arcs of a node come from one part, in order of their numbers.
    first_arc, order = by_node(tail, nodes.shape[0], fast=fast)
    mask = masks[nodes % layers]
    mask[SINK] = wide - 1
    return Layered(
        state=nodes // layers,
        mask=mask,
        part=in_part[nodes % layers],
        first_arc=first_arc,
        head=head[order],
        base=base[order],
        missing=missing,
        boarded=boarded,
    )
