"""The rules of a transport chain on a network of states: phases, bounds, trunk places, price.

A node is (state, entries reached, phase). The phase follows from the path. A transfer belongs to
the phase that it leads to, and happens where its place has been entered; a leg is run with what was
reached before it. So boarding the main carriage at a place counts that place, and a service that is
allowed only after an entry may be boarded there. A service that the rules bar where it is boarded
is none of the main carriage there: it is carriage if it has a bound, else it is barred.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from tests.oracle.files import Chain, Entry

SOURCE, SINK = 0, 1
LEG, LOAD, UNLOAD, CHANGE = range(4)
EARTH_KM = 6371.0
# Cents come first, minutes break ties.
MINUTES_PER_CENT = 10**9
# Each place whose visits are counted may double the nodes.
MOST_COUNTED = 7


class TooManyTurnsError(Exception):
    """The oracle's routes come back to too many places."""


class Phase(IntEnum):
    """The parts of a chain."""

    PRE = 0
    MAIN = 1
    ON = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the network; `id` may end in `#` and a number, as the points of a gate do."""

    id: str
    country: str = ""
    lon: float = 0.0
    lat: float = 0.0
    gate: bool = False

    @property
    def name(self) -> str:
        """The id of the terminal or gate."""
        return self.id.partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A leg or transfer between two states.

    `service` is that of the state it leads to, for an unload of the state it leaves; `countries`
    those of a leg. `dated` marks an arc whose
    figures depend on the day: they are the least of any day. `canal` marks the leg of a canal.
    """

    tail: int
    head: int
    kind: int
    service: int
    km: float = 0.0
    countries: tuple[str, ...] = ()
    cents: int = 0
    minutes: int = 0
    dated: bool = False
    canal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """A network of states. State 0 is the source, 1 the sink; both have no place.

    `services` are ids, `usual` those that any corridor may use. `place` is by state an index of
    `places`, `service` an index of `services`, both -1 for source and sink. `ends` are the places
    of origin and destination.
    """

    services: tuple[str, ...]
    usual: frozenset[str]
    places: tuple[Place, ...]
    place: tuple[int, ...]
    service: tuple[int, ...]
    arcs: tuple[Arc, ...]
    ends: tuple[Place, Place]

    def at(self, state: int) -> Place:
        """Return the place of a state."""
        return self.places[self.place[state]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The cheapest route: cents, minutes and arcs, numbers in `Net.arcs`, and the phase of each."""

    cents: int
    minutes: int
    arcs: tuple[int, ...]
    phases: tuple[Phase, ...]
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for every corridor: bounds in km by service that may be carriage, trunk places."""

    bounds: Mapping[str, float]
    trunks: Mapping[str, frozenset[str]]


def family_of(service: str) -> str:
    """Return the family of a service: `rail` of `rail/1520`."""
    return service.partition("/")[0]


def matches(service: str, wanted: Iterable[str]) -> bool:
    """Return whether a service is named, or its family is."""
    return bool({service, family_of(service)} & {*wanted})


def entries_between(chain: Chain, net: Net) -> tuple[Entry, ...]:
    """Return the entries that apply between the ends of a network, in the order of the file."""
    countries = {end.country for end in net.ends}
    return tuple(
        entry
        for entry in chain.entries
        if (not entry.end_in or countries & {*entry.end_in}) and not countries & {*entry.not_of}
    )


def forward(chain: Chain, net: Net) -> bool:
    """Return whether a corridor runs as its file has it: its entries lie nearer so."""
    entries = entries_between(chain, net)
    if len(entries) < 2:
        return True

    def off(entry: Entry, end: Place) -> float:
        known = [place for place in net.places if {place.id, place.name} & {*entry.any_of}]
        return min((_apart_km(place, end) for place in known), default=0.0)

    origin, destination = net.ends
    there = off(entries[0], origin) + off(entries[-1], destination)
    back = off(entries[-1], origin) + off(entries[0], destination)
    return there <= back


def _apart_km(one: Place, other: Place) -> float:
    a, b = math.radians(one.lat), math.radians(other.lat)
    turn = math.radians(other.lon - one.lon)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2.0 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def is_main(chain: Chain, service: str) -> bool:
    """Return whether boarding a service begins the main carriage."""
    return service in chain.reserved or matches(service, chain.main_services)


def allowed_phases(chain: Chain, net: Net, terms: Terms) -> list[frozenset[Phase]]:
    """Return by arc the phases in which it may be run, entries, rules and bounds aside."""
    known = [
        is_main(chain, service) and (service in net.usual or service in chain.reserved)
        for service in net.services
    ]
    carries = [service in terms.bounds and service in net.usual for service in net.services]
    barred = [bool({place.name, place.country} & {*chain.avoid}) for place in net.places]
    kept_out = [bool({place.name, place.country} & {*chain.carriage_avoid}) for place in net.places]
    trunk = [
        [
            place.name in terms.trunks and end.country not in terms.trunks[place.name]
            for place in net.places
        ]
        for end in net.ends
    ]

    def phases(arc: Arc) -> Iterator[Phase]:
        states = [state for state in (arc.tail, arc.head) if state > SINK]
        places = [net.place[state] for state in states]
        if any(barred[place] for place in places):
            return
        main, carriage = known[arc.service], carries[arc.service]
        before = net.service[arc.tail] if arc.kind == CHANGE else arc.service
        comes_by_carriage = carries[before]
        if main and (known[before] or comes_by_carriage):
            yield Phase.MAIN
        if not carriage:
            return
        pre_out, on_out = (any(out[place] or kept_out[place] for place in places) for out in trunk)
        # A box that never boards the main carriage has no route.
        if arc.kind != UNLOAD and comes_by_carriage and not pre_out:
            yield Phase.PRE
        if arc.kind != LOAD and (known[before] or comes_by_carriage) and not on_out:
            yield Phase.ON

    return [frozenset(phases(arc)) for arc in net.arcs]


def pruned(net: Net, terms: Terms, phases: Sequence[frozenset[Phase]]) -> list[frozenset[Phase]]:
    """Return the phases of each arc that its bound leaves it.

    A leg of carriage stays if its km and the least km of carriage between it and the end that it
    serves are within the bound of its service. Least is meant over all legs of carriage, whether
    or not they stay.
    """
    left = list(phases)
    for phase in (Phase.PRE, Phase.ON):
        least = _least_km(net, phases, phase)
        for number, arc in enumerate(net.arcs):
            if arc.kind != LEG or phase not in left[number]:
                continue
            beyond = least.get(arc.head if phase is Phase.ON else arc.tail, math.inf)
            if arc.km + beyond > terms.bounds[net.services[arc.service]]:
                left[number] -= {phase}
    return left


def _least_km(net: Net, phases: Sequence[frozenset[Phase]], phase: Phase) -> dict[int, float]:
    """Return by state the least km of carriage to the destination, or from the origin."""
    graph = nx.DiGraph()
    graph.add_nodes_from((SOURCE, SINK))
    for arc, allowed in zip(net.arcs, phases, strict=True):
        if phase not in allowed:
            continue
        ends = (arc.head, arc.tail) if phase is Phase.ON else (arc.tail, arc.head)
        if graph.get_edge_data(*ends, {"km": math.inf})["km"] > arc.km:
            graph.add_edge(*ends, km=arc.km)
    start = SINK if phase is Phase.ON else SOURCE
    found: dict[int, float] = nx.single_source_dijkstra_path_length(graph, start, weight="km")
    return found


def cheapest(chain: Chain, net: Net, terms: Terms) -> Found | None:
    """Return the cheapest route of a corridor, None if it has none; ties go to the quicker.

    No route comes to a place twice. The search starts without that rule; where its route comes back
    to a place, the next search counts the visits of that place.

    Raises
    ------
    TooManyTurnsError
        It would have to count the visits of more than `MOST_COUNTED` places.
    """
    phases = pruned(net, terms, allowed_phases(chain, net, terms))
    counted: tuple[int, ...] = ()
    while True:
        found = _search(chain, net, phases, counted)
        turn = None if found is None else _turn(net, found)
        if turn is None:
            return found
        counted = (*counted, turn)
        if len(counted) > MOST_COUNTED:
            raise TooManyTurnsError(chain.id)


def _turn(net: Net, found: Found) -> int | None:
    """Return the place that a route comes to again soonest, None if it comes to none twice."""
    visits = [entered(net, net.arcs[arc]) for arc in found.arcs]
    places = [place for place in visits if place >= 0]
    again = [
        (places.index(place, first + 1) - first, place)
        for first, place in enumerate(places)
        if place in places[first + 1 :]
    ]
    return min(again)[1] if again else None


def entered(net: Net, arc: Arc) -> int:
    """Return the place that a box comes to by an arc, -1 if it stays or is handed out."""
    return net.place[arc.head] if arc.kind in (LEG, LOAD) else -1


class _Node(NamedTuple):
    state: int
    reached: int
    phase: Phase
    used: int = 0


class _Layers:
    """The steps from a node, by the rules of the design."""

    def __init__(
        self,
        chain: Chain,
        net: Net,
        phases: Sequence[frozenset[Phase]],
        counted: tuple[int, ...],
    ) -> None:
        self.net, self.phases, self.counted = net, phases, counted
        self.entries = entries_between(chain, net)
        self.full = (1 << len(self.entries)) - 1
        self.ahead = range(len(self.entries))
        self.mirrored = not forward(chain, net)
        if self.mirrored:
            self.ahead = range(len(self.entries) - 1, -1, -1)
        self.bits = [
            sum(
                1 << number
                for number, entry in enumerate(self.entries)
                if {place.id, place.name} & {*entry.any_of}
            )
            for place in net.places
        ]
        self.main = [is_main(chain, service) for service in net.services]
        last = [net.place[arc.tail] for arc in net.arcs if arc.kind == UNLOAD]
        self.at_end = 0
        for place in {*last}:
            self.at_end |= self.bits[place]
        names = [entry.name for entry in self.entries]
        self.rules = [
            (rule, 1 << names.index(rule.entry), rule.after is not self.mirrored)
            for rule in chain.rules
            if rule.entry in names
        ]
        # A canal is passed on its own leg, not by calling at an end of it.
        self.of_canals = {
            net.place[state] for arc in net.arcs if arc.canal for state in (arc.tail, arc.head)
        }
        self.from_state: dict[int, list[int]] = {}
        for number, arc in enumerate(net.arcs):
            self.from_state.setdefault(arc.tail, []).append(number)

    def entered(self, reached: int, place: int) -> int:
        """Return the entries reached on entering a place in the main carriage, in their order.

        An entry that the destination itself satisfies holds up no other.
        """
        for number in self.ahead:
            bit = 1 << number
            if reached & bit:
                continue
            if self.bits[place] & bit:
                reached |= bit
            elif not self.at_end & bit:
                break
        return reached

    def barred(self, arc: Arc, reached: int) -> bool:
        """Return whether a rule of the main carriage bars an arc."""
        for rule, bit, after in self.rules:
            if bool(reached & bit) is after:
                continue
            if matches(self.net.services[arc.service], rule.services):
                return True
            if arc.kind == LEG and {*arc.countries} & {*rule.countries}:
                return True
        return False

    def step(self, node: _Node, number: int) -> _Node | None:
        """Return where an arc leads from a node, None where it may not be run."""
        arc, net = self.net.arcs[number], self.net
        phase, reached = node.phase, node.reached
        if arc.kind in (LOAD, CHANGE):
            phase, reached = self._boarded(node, arc)
        elif arc.kind == LEG and phase is Phase.MAIN:
            if self.barred(arc, reached):
                return None
            if arc.canal or net.place[arc.head] not in self.of_canals:
                reached = self.entered(reached, net.place[arc.head])
        if phase not in self.phases[number]:
            return None
        if node.phase is Phase.MAIN and phase is Phase.ON and reached != self.full:
            return None
        if arc.head == SINK:
            reached |= self.bits[net.place[arc.tail]]
            return _Node(SINK, reached, phase, 0) if self._ends(phase, reached) else None
        used = node.used
        if entered(net, arc) in self.counted:
            bit = 1 << self.counted.index(entered(net, arc))
            if used & bit:
                return None
            used |= bit
        return _Node(arc.head, reached, phase, used)

    def _boarded(self, node: _Node, arc: Arc) -> tuple[Phase, int]:
        """Return the phase and the entries reached after loading or a change of service."""
        if node.phase is Phase.ON:
            return Phase.ON, node.reached
        place, reached = self.net.place[arc.head], node.reached
        if arc.kind == LOAD:
            # The origin counts whatever its place in the order.
            reached |= self.bits[place]
        reached = self.entered(reached, place)
        if self.main[arc.service] and not self.barred(arc, reached):
            return Phase.MAIN, reached
        return (Phase.PRE if node.phase is Phase.PRE else Phase.ON), node.reached

    def _ends(self, phase: Phase, reached: int) -> bool:
        return phase is not Phase.PRE and reached == self.full


def _search(
    chain: Chain, net: Net, phases: Sequence[frozenset[Phase]], counted: tuple[int, ...]
) -> Found | None:
    layers = _Layers(chain, net, phases, counted)
    start = _Node(SOURCE, 0, Phase.PRE)
    edges: dict[tuple[_Node, _Node], tuple[int, int]] = {}
    seen = {start}
    waiting = [start]
    while waiting:
        node = waiting.pop()
        for number in layers.from_state.get(node.state, ()):
            there = layers.step(node, number)
            if there is None:
                continue
            arc = net.arcs[number]
            price = arc.cents * MINUTES_PER_CENT + arc.minutes
            if there not in seen:
                seen.add(there)
                waiting.append(there)
            edges[node, there] = min((price, number), edges.get((node, there), (price, number)))
    goals = [node for node in seen if node.state == SINK]
    if not goals:
        return None
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        ((a, b, price) for (a, b), (price, _) in edges.items()), weight="price"
    )
    prices, paths = nx.single_source_dijkstra(graph, start, weight="price")
    goal = min(goals, key=lambda node: (prices[node], node))
    path = paths[goal]
    arcs = tuple(edges[a, b][1] for a, b in pairwise(path))
    return Found(
        cents=sum(net.arcs[arc].cents for arc in arcs),
        minutes=sum(net.arcs[arc].minutes for arc in arcs),
        arcs=arcs,
        phases=tuple(node.phase for node in path[1:]),
        dated=any(net.arcs[arc].dated for arc in arcs),
    )
