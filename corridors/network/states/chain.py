"""The main carriage of a corridor, by the entries of `must_pass` reached.

Boxes reach the main carriage of a corridor by pre-carriage and leave it by on-carriage. The part of
the chain follows from the path: main carriage begins on boarding one of the corridor's own
services, and on-carriage on boarding any other once all entries are reached. Entries and rules
count in main carriage alone.

Entries count in the order of the corridor, or in reverse if it is used in the other direction. In
any order, a ship that sails east along Siberia from Europe would count as using the Northern Sea
Route to Europe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor, CorridorRule, MustPass, is_border
from corridors.domain.values import ChainPart
from corridors.network.states.topology import ArcKind, Topology

PRE, MAIN, ON = range(3)
# Main carriages kept on one network: of some twenty corridors, by what destinations differ in.
MOST_MAIN = 64
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
    return tuple(entry for entry in corridor.must_pass if entry.applies(countries))


def runs_forward(corridor: Corridor, topology: Topology) -> bool:
    """Return whether the corridor is used in the direction of its file.

    That is the direction in which its first and last entries lie nearer, by great circle, to their
    ends: the origin and the destination of the network.
    """
    return _forward(corridor, entries_of(corridor, topology), topology)


def _forward(
    corridor: Corridor, entries: Sequence[MustPass], topology: Topology, destination: str = ""
) -> bool:
    if corridor.one_way or len(entries) < 2:
        return True

    def nearest(entry: MustPass, end: str) -> float:
        return topology.once(
            ("km", entry.any_of, end), lambda: _nearest_km(entry.any_of, end, topology)
        )

    first, last = entries[0], entries[-1]
    origin, destination = topology.origin, destination or topology.destination
    forward = nearest(first, origin) + nearest(last, destination)
    backward = nearest(last, origin) + nearest(first, destination)
    return forward <= backward


def _nearest_km(places: Iterable[str], end: str, topology: Topology) -> float:
    """Return the km by great circle from an end to the nearest of some places, 0 if none exists."""
    passed = [topology.places[n] for n in np.flatnonzero(topology.index.named(places))]
    if not passed:
        return 0.0
    here = topology.place(end)
    lon, lat = [place.lon for place in passed], [place.lat for place in passed]
    return float(great_circle_km(here.lon, here.lat, lon, lat).min())


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
    places = {topology.places[n].id for n in topology.state_place[yards].tolist()}
    at_end = sum(1 << n for n, entry in enumerate(entries) if places & {*entry.any_of})
    return Served(
        entries=entries,
        forward=_forward(corridor, entries, topology, destination),
        passed_at_end=at_end,
    )


class LayerArcs(NamedTuple):
    """Arcs between the nodes of layers: tails, heads, and their numbers in the topology.

    A node is `state * layers + layer`.
    """

    tail: IntArray
    head: IntArray
    base: IntArray

    def at(self, chosen: npt.NDArray[Any]) -> LayerArcs:
        """Return some of the arcs."""
        return LayerArcs(*(column[chosen] for column in self))

    @classmethod
    def joined(cls, *parts: LayerArcs) -> LayerArcs:
        """Return the arcs of several parts, one after the other."""
        return cls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _halved(numbers: IntArray) -> Any:
    """Return numbers in half their space, since they are kept for all questions."""
    return numbers.astype(np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class MainLayers:
    """The layers of main carriage that some masks lead to, between those of pre- and on-carriage.

    Layer 0 is that of pre-carriage, the last one that of on-carriage; `arcs` are those of main
    carriage only. `mask` and `part` are by layer, `number` by mask and part, -1 for none.
    """

    mask: IntArray
    part: IntArray
    number: IntArray
    arcs: LayerArcs

    @property
    def count(self) -> int:
        """Number of layers."""
        return int(self.mask.shape[0])


class MainCarriage:
    """The main carriage of a corridor, by the entries reached.

    It needs no end of a question, but for what it takes from the destination.

    Parameters
    ----------
    corridor
        The corridor.
    topology
        The network, with or without ends.
    served
        What it takes from the destination.
    """

    def __init__(self, corridor: Corridor, topology: Topology, served: Served) -> None:
        self.topology = topology
        self.entries = served.entries
        self.full = (1 << len(self.entries)) - 1
        names = [entry.name for entry in self.entries]
        self.rules = _Rules(corridor, topology, names, forward=served.forward)
        self.bits = self._bits()
        self.at_end = served.passed_at_end
        numbers = range(len(self.entries))
        self.order = tuple(numbers if served.forward else reversed(numbers))
        self.states = _main_states(corridor, topology)
        into, out = self.states[topology.head], self.states[topology.tail]
        # A ship touches no port in vain, but those that the corridor names.
        touches = topology.touching() & (self.bits[topology.head] == 0)
        self._legs = np.flatnonzero(topology.of_kind(ArcKind.LEG) & out & into & ~touches)
        self._changes = np.flatnonzero(topology.of_kind(ArcKind.CHANGE) & out)
        self._into = into[self._changes]
        self.leaves = np.zeros(topology.arc_count, bool)
        """The transfers that leave main carriage once all entries are reached."""
        self.leaves[self._changes] = ~self._stays(self.rules.barred(self.full))
        self.transfers = np.zeros(topology.arc_count, bool)
        """All transfers from its services."""
        self.transfers[self._changes] = True
        self.crossed = self._crossed()
        """By arc, the entries that the border it crosses satisfies."""
        self._from: dict[frozenset[int], MainLayers] = {}

    def _crossed(self) -> IntArray:
        network = self.topology
        crossings = [frozenset(pair) if len(pair) == 2 else None for pair in network.countries]
        of_pair = np.zeros(len(crossings), np.int64)
        for number, entry in enumerate(self.entries):
            named = {frozenset(name.split("-")) for name in entry.any_of if is_border(name)}
            of_pair[[pair in named for pair in crossings]] |= 1 << number
        return of_pair[network.country]

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
        """Return the entries reached, in order, at places that satisfy the entries `passed`.

        With the entries A, B, C in this order and none reached, a place of B reaches nothing, one
        of A reaches A, and one of both A and B. If the destination is a place of A itself, B and C
        do not wait for it: it is reached on arrival.
        """
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

    def layers_from(self, first: Iterable[int]) -> MainLayers:
        """Return the layers that those of some masks lead to; they are kept."""
        begin = frozenset(first)
        if begin not in self._from:
            self._from[begin] = self._layers_from(begin)
        return self._from[begin]

    def _layers_from(self, begin: frozenset[int]) -> MainLayers:
        # From each mask on, the masks that its arcs reach, until none is new.
        reached = set(begin)
        parts: dict[int, tuple[IntArray, IntArray]] = {}
        while reached - parts.keys():
            mask = min(reached - parts.keys())
            parts[mask] = self._within(mask)
            reached |= set(parts[mask][1].tolist())
        # A layer for each, in the order in which they were met, between those of carriage.
        masks, layers = [*parts], len(parts) + 2
        number = np.full((self.full + 1, len(PARTS)), -1, np.int64)
        number[0, PRE], number[self.full, ON] = 0, layers - 1
        number[masks, MAIN] = 1 + np.arange(len(masks))
        none = np.zeros(0, np.int64)
        base = np.concatenate([none, *(arcs for arcs, _ in parts.values())])
        heads = np.concatenate([none, *(passed for _, passed in parts.values())])
        of_tail = np.repeat(masks, [arcs.shape[0] for arcs, _ in parts.values()]).astype(np.int64)
        return MainLayers(
            mask=np.array([0, *masks, self.full]),
            part=np.array([PRE, *(MAIN for _ in masks), ON]),
            number=number,
            arcs=LayerArcs(
                tail=_halved(self.topology.tail[base] * layers + number[of_tail, MAIN]),
                head=_halved(self.topology.head[base] * layers + number[heads, MAIN]),
                base=_halved(base),
            ),
        )

    def _within(self, mask: int) -> tuple[IntArray, IntArray]:
        """Return the arcs on which it goes on once a mask is reached, and the masks they reach."""
        topology, barred = self.topology, self.rules.barred(mask)
        kept = np.zeros(topology.arc_count, bool)
        kept[self._legs] = ~barred.arcs[self._legs]
        kept[self._changes] = self._stays(barred)
        base = np.flatnonzero(kept)
        # A canal is passed on its own arc, or a ship could touch one end and turn back.
        passed = np.where(topology.past_canals()[base], 0, self.bits[topology.head[base]])
        passed |= self.crossed[base]
        return base, self.advanced(mask, passed)

    def _stays(self, barred: Barred) -> BoolArray:
        """Return which of its transfers stay in main carriage."""
        return self._into & ~barred.services[self.topology.service[self._changes]]

    def before(
        self, topology: Topology, pre: BoolArray, *, either: bool = False
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Return the arcs from the source and of pre-carriage, with the mask and part they lead to.

        Parameters
        ----------
        topology
            The network of a question, which has all states of this one.
        pre
            By arc whether it may be pre-carriage.
        either
            Whether an arc that may begin main carriage, or be pre-carriage, is there as either.
        """
        # States that only the ends have lead nowhere.
        more = topology.state_count - self.states.shape[0]
        states, bits = np.pad(self.states, (0, more)), np.pad(self.bits, (0, more))
        # A box is loaded, moved by pre-carriage, and changes from there to another service.
        carried = np.zeros(topology.state_count, bool)
        carried[topology.head[pre]] = True
        loads, legs = topology.of_kind(ArcKind.LOAD), topology.of_kind(ArcKind.LEG) & pre
        boards = topology.of_kind(ArcKind.CHANGE) & carried[topology.tail]
        base = np.flatnonzero(legs | ((loads | boards) & (states[topology.head] | pre)))
        head = topology.head[base]
        passed = np.where(topology.past_canals()[base], 0, bits[head])
        # The origin counts as passed whatever its place in the order.
        mask = np.where(loads[base], passed, self.advanced(0, passed))
        barred = np.zeros(base.shape[0], bool)
        for reached in np.unique(mask).tolist():
            here = mask == reached
            barred[here] = self.rules.barred(reached).services[topology.service[base[here]]]
        # Main carriage begins where one of its services is boarded, if the rules let it begin so.
        # An arc that could be pre-carriage too begins it then, unless it may be either.
        begins = np.flatnonzero(~legs[base] & states[head] & ~barred)
        before = pre[base]
        if not either:
            before[begins] = False
        stays = np.flatnonzero(before)
        order = np.concatenate([stays, begins])
        mask = np.concatenate([np.zeros(stays.size, np.int64), mask[begins]])
        part = np.repeat([PRE, MAIN], [stays.size, begins.size])
        # In the order of the arcs, as the network has them.
        sort = np.argsort(order, kind="stable")
        return base[order[sort]], mask[sort], part[sort]


class MainCarriages:
    """The main carriages of corridors on one network, kept by what they take from a destination."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._kept: BoundedCache[MainCarriage] = BoundedCache(MOST_MAIN)

    def of(self, corridor: Corridor, served: Served) -> MainCarriage:
        """Return the main carriage of a corridor."""
        return self._kept.of(
            (corridor, served), lambda: MainCarriage(corridor, self.topology, served)
        )
