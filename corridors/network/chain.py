"""The main carriage of a corridor from an origin on, by the entries of `must_pass` reached.

Boxes reach the main carriage of a corridor by pre-carriage and leave it by on-carriage. The part of
the chain follows from the path: main carriage begins on boarding one of the corridor's own
services, and on-carriage on boarding any other once all entries are reached. Entries and rules
count in main carriage alone.

Entries count in the order of the corridor, or in reverse if it is used in the other direction. In
any order, a ship that sails east along Siberia from Europe would count as using the Northern Sea
Route to Europe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corridors.data.sphere import great_circle_km
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor, CorridorRule, MustPass
from corridors.domain.values import ChainPart
from corridors.network.topology import ArcKind, BoolArray, FloatArray, IntArray, Topology

PRE, MAIN, ON = range(3)
PARTS = (ChainPart.PRE, ChainPart.MAIN, ChainPart.ON)


def matches(service: Service, wanted: Sequence[str]) -> bool:
    """Return whether a service is wanted, by its id or its family."""
    return service.id in wanted or service.family in wanted


def entries_of(
    corridor: Corridor, topology: Topology, destination: str = ""
) -> tuple[MustPass, ...]:
    """Return the entries that apply between the origin and a destination, by default its own."""
    ends = topology.origin, destination or topology.destination
    countries = {topology.place(end).country for end in ends}
    return tuple(
        entry for entry in corridor.must_pass if not entry.end_in or countries & set(entry.end_in)
    )


def runs_forward(corridor: Corridor, topology: Topology, destination: str = "") -> bool:
    """Return whether the corridor is used in the direction of its file.

    That is the direction in which its first and last entries lie nearer, by great circle, to their
    ends: the origin and a destination, by default that of the network.
    """
    entries = entries_of(corridor, topology, destination)
    if len(entries) < 2:
        return True

    def nearest(entry: MustPass, end: str) -> float:
        passed = topology.index.named(entry.any_of)
        return float(_km_from(end, topology)[passed].min(initial=np.inf)) if passed.any() else 0.0

    first, last = entries[0], entries[-1]
    origin, destination = topology.origin, destination or topology.destination
    forward = nearest(first, origin) + nearest(last, destination)
    backward = nearest(last, origin) + nearest(first, destination)
    return forward <= backward


def _km_from(end: str, topology: Topology) -> FloatArray:
    """Return the km by great circle from an end to all places of a network."""

    def measured() -> FloatArray:
        here = topology.place(end)
        lon, lat = np.array([(place.lon, place.lat) for place in topology.places]).T
        return np.asarray(great_circle_km(here.lon, here.lat, lon, lat))

    return topology.once(("km from", end), measured)


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
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
        self._known: dict[int, Barred] = {}
        for rule in corridor.rules:
            barred = np.array([matches(s, rule.services) for s in topology.services], bool)
            for entry_name, after in ((rule.only_after, True), (rule.only_before, False)):
                if entry_name is not None and entry_name in names:
                    bit = 1 << names.index(entry_name)
                    self._rules.append((rule, barred, bit, after is forward))

    def barred(self, mask: int) -> Barred:
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
            self._known[mask] = Barred(services=services, arcs=arcs)
        return self._known[mask]


def _main_states(corridor: Corridor, topology: Topology) -> BoolArray:
    """Return the states of the main carriage: its services, at places that are not avoided."""
    # Services reserved for other corridors are not used.
    services = np.array(
        [
            s.id in corridor.reserved_services or (s.default and matches(s, corridor.main_services))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the main carriage of a corridor takes from the destination.

    Destinations alike in it share one search. `passed_at_end` are the entries, as bits, that the
    destination satisfies itself: they count as passed on arrival and hold up no later entry.
    """

    entries: tuple[MustPass, ...]
    forward: bool
    passed_at_end: int = 0


def serves(corridor: Corridor, topology: Topology, destination: str, yards: IntArray) -> Served:
    """Return what the main carriage of a corridor takes from a destination.

    `yards` are the states at which its boxes are unloaded.
    """
    entries = entries_of(corridor, topology, destination)
    at_end = 0
    for number, entry in enumerate(entries):
        here = topology.index.named(entry.any_of)[topology.state_place[yards]]
        at_end |= int(here.any()) << number
    return Served(
        entries=entries,
        forward=runs_forward(corridor, topology, destination),
        passed_at_end=at_end,
    )


class Chain:
    """The arcs of a corridor from an origin to where its main carriage ends, by layer.

    Parameters
    ----------
    corridor
        The corridor.
    topology
        The network from the origin.
    served
        What it takes from the destination.
    pre
        By arc whether it may be pre-carriage.
    """

    def __init__(
        self, corridor: Corridor, topology: Topology, served: Served, pre: BoolArray
    ) -> None:
        self.topology = topology
        self.entries = served.entries
        self.full = (1 << len(self.entries)) - 1
        self.pre = pre
        names = [entry.name for entry in self.entries]
        self.rules = _Rules(corridor, topology, names, forward=served.forward)
        self.bits = self._bits()
        # A canal is passed on its own arc, or a ship could touch one end and turn back.
        self.passed = np.where(topology.past_canals(), 0, self.bits[topology.head])
        self.at_end = served.passed_at_end
        numbers = range(len(self.entries))
        self.order = tuple(numbers if served.forward else reversed(numbers))
        is_leg, is_change = topology.of_kind(ArcKind.LEG), topology.of_kind(ArcKind.CHANGE)
        main = _main_states(corridor, topology)
        self.into_main, self.from_main = main[topology.head], main[topology.tail]
        carried = np.zeros(topology.state_count, bool)
        carried[topology.head[pre]] = True
        self.boards = is_change & carried[topology.tail] & (self.into_main | pre)
        # A ship touches no port in vain, but those that the corridor names.
        touches = topology.touching() & (self.bits[topology.head] == 0)
        self.legs = np.flatnonzero(is_leg & self.from_main & self.into_main & ~touches)
        self.changes = np.flatnonzero(is_change & self.from_main)

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

    def parts(self) -> list[Part]:
        """Return the arcs of pre-carriage, then those of main carriage by the entries reached."""
        parts = [self.before()]
        reached = set(parts[0].head_mask[parts[0].head_part == MAIN].tolist())
        done: set[int] = set()
        while reached - done:
            mask = min(reached - done)
            done.add(mask)
            parts.append(self.within(mask))
            reached |= set(parts[-1].head_mask.tolist())
        return parts

    def before(self) -> Part:
        """Return the arcs that leave the source and pre-carriage."""
        network = self.topology
        loads = network.of_kind(ArcKind.LOAD) & (self.into_main | self.pre)
        legs = network.of_kind(ArcKind.LEG) & self.pre
        base = np.flatnonzero(loads | self.boards | legs)
        passed = self.passed[base]
        # The origin counts as passed whatever its place in the order.
        mask = np.where(loads[base], passed, self.advanced(0, passed))
        begins = ~legs[base] & self.into_main[base] & ~self._barred(mask, base)
        keep = begins | self.pre[base]
        return Part(
            mask=0,
            part=PRE,
            base=base[keep],
            head_mask=np.where(begins, mask, 0)[keep],
            head_part=np.where(begins, MAIN, PRE)[keep],
        )

    def _barred(self, mask: IntArray, base: IntArray) -> BoolArray:
        """Return the arcs whose service the rules bar from main carriage, by entries reached."""
        barred = np.zeros(base.shape[0], bool)
        for reached in np.unique(mask).tolist():
            here = mask == reached
            services = self.rules.barred(reached).services
            barred[here] = services[self.topology.service[base[here]]]
        return barred

    def within(self, mask: int) -> Part:
        """Return the arcs on which main carriage goes on once the entries of a mask are reached."""
        barred = self.rules.barred(mask)
        kept = np.zeros(self.topology.arc_count, bool)
        kept[self.legs] = ~barred.arcs[self.legs]
        kept[self.changes] = self._stays(self.changes, barred)
        base = np.flatnonzero(kept)
        return Part(
            mask=mask,
            part=MAIN,
            base=base,
            head_mask=self.advanced(mask, self.passed[base]),
            head_part=np.full(base.shape[0], MAIN),
        )

    def leaving(self) -> BoolArray:
        """Return the transfers that leave main carriage once all entries are reached."""
        leaves = np.zeros(self.topology.arc_count, bool)
        leaves[self.changes] = ~self._stays(self.changes, self.rules.barred(self.full))
        return leaves

    def _stays(self, changes: IntArray, barred: Barred) -> BoolArray:
        """Return the transfers that stay in main carriage."""
        return self.into_main[changes] & ~barred.services[self.topology.service[changes]]
