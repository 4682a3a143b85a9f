"""The layers of a corridor: its main carriage, and how boxes reach it and leave it.

Carriage is bounded in km by mode, and never crosses a trunk place, which names a main carriage,
unless the end it serves lies in a country that uses that place. Both prune the network before any
search, so that a route's carriage is part of an ordinary shortest path.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.data.geodata import load_trunk_places
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor
from corridors.network.graph.reach import Sorted, by_node, reach, shortest
from corridors.network.hauls import OriginNetwork
from corridors.network.states.chain import (
    MAIN,
    PARTS,
    LayerArcs,
    MainCarriage,
    MainLayers,
    Served,
    matches,
    serves,
)
from corridors.network.states.topology import SINK, SOURCE, ArcKind, Topology

# Pre-carriage and on-carriage: how boxes reach the main carriage of a corridor and leave it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """The most km of carriage by service id; a service that is not listed is no carriage."""

    most_km: tuple[tuple[str, float], ...] = ()

    def by_service(self, services: Sequence[Service]) -> FloatArray:
        """Return the most km by service, -1 for a service that is no carriage."""
        most = dict(self.most_km)
        return np.array([most.get(service.id, -1.0) for service in services])

    def by_default_service(self, services: Sequence[Service]) -> FloatArray:
        """Return the same; a service reserved for a corridor is no carriage."""
        most = self.by_service(services)
        most[[not service.default for service in services]] = -1.0
        return most


NO_CARRIAGE = Carriage()


def carriage_of(services: Sequence[Service], parameters: ParameterTable) -> Carriage:
    """Return the bounds of carriage: `carriage.max_km` of a service, else of its family."""
    rows = {
        service.id: parameters.find("carriage.max_km", service.id, service.family.value)
        for service in services
    }
    return Carriage(
        most_km=tuple((name, row.value) for name, row in rows.items() if row is not None)
    )


def avoided_by_carriage(corridor: Corridor) -> frozenset[str]:
    """Return the terminals, gates and countries that the carriage of a corridor avoids."""
    return frozenset((*corridor.must_avoid, *corridor.carriage_must_avoid))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnCarriage:
    """On-carriage to a destination: its arcs, and the transfers by which it may begin.

    Both are numbers of arcs; `arcs` has those to the sink too.
    """

    arcs: IntArray
    begin: IntArray


class _Near(NamedTuple):
    """Where carriage of an end may lead: states, and the numbers of arcs between them."""

    states: BoolArray
    arcs: IntArray


class CarriageArcs:
    """The arcs of pre-carriage from an origin and of on-carriage to each of its destinations.

    Both are searches by km outward from an end. An arc stays if its km plus the least km between
    it and the end are within the bound of its mode.
    """

    def __init__(self, network: OriginNetwork, carriage: Carriage) -> None:
        self._network = network
        topology = network.topology
        self._most = carriage.by_default_service(topology.services)
        self._furthest = float(self._most.max(initial=0.0))
        legs = topology.of_kind(ArcKind.LEG)
        self._km = np.where(legs, topology.km, 0.0)
        # A transfer has no km; what is out of reach is infinitely far, and beyond any bound.
        self._bound = np.where(legs, self._most[topology.service], np.finfo(np.float64).max)
        # Legs and transfers of the services that may be carriage, wherever they lie.
        carries = np.append(self._most >= 0.0, False)[topology.state_service]
        inner = (legs & ~topology.touching()) | topology.of_kind(ArcKind.CHANGE)
        inner &= carries[topology.tail] & carries[topology.head]
        self._arcs = np.flatnonzero(inner)
        self._everywhere = _Near(np.ones(topology.state_count, bool), self._arcs)
        self._near_origin = self._near_end = self._everywhere
        self._before: dict[bytes, BoolArray] = {}
        self._after: dict[Hashable, OnCarriage] = {}
        self._served: dict[tuple[frozenset[str], str], BoolArray] = {}
        self._number = -1

    def before(self, avoided: frozenset[str]) -> BoolArray:
        """Return by arc whether it is pre-carriage that avoids these terminals and countries."""
        origin = self._network.topology.origin
        if not self._before:
            _, reached = self._find_before(self._serves(frozenset(), origin))
            self._near_origin = self._near(reached)
        # Corridors differ in what they avoid, but seldom near an end: most share one search.
        served = self._serves(avoided, origin) & self._near_origin.states
        key = served.tobytes()
        if key not in self._before:
            self._before[key], _ = self._find_before(served)
        return self._before[key]

    def after(self, avoided: frozenset[str], number: int = 0) -> OnCarriage:
        """Return the on-carriage to a destination that avoids these places.

        What was found is kept until another destination is asked for.
        """
        name = self._network.destinations[number]
        if number != self._number:
            self._number, self._after, self._near_end = number, {}, self._everywhere
            own = self._serves(frozenset(), name) & self._network.states_of(number)
            self._near_end = self._near(self._find_after(own, number)[1])
        if avoided not in self._after:
            served = self._serves(avoided, name) & self._near_end.states
            key = served.tobytes()
            if key not in self._after:
                self._after[key], _ = self._find_after(served, number)
            self._after[avoided] = self._after[key]
        return self._after[avoided]

    def _near(self, reached: BoolArray) -> _Near:
        """Return what lies between states that the carriage of an end reaches."""
        topology, arcs = self._network.topology, self._arcs
        between = reached[topology.tail[arcs]] & reached[topology.head[arcs]]
        return _Near(reached, arcs[between])

    def _serves(self, avoided: frozenset[str], end: str) -> BoolArray:
        topology = self._network.topology
        key = avoided, topology.place(end).country
        if key not in self._served:
            self._served[key] = served_states(avoided, topology, self._most, end)
        return self._served[key]

    def _find_before(self, served: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Return by arc whether it is pre-carriage, and by state whether that reaches it."""
        topology = self._network.topology
        loads, arcs = topology.numbers_of(ArcKind.LOAD), self._near_origin.arcs
        loads = loads[served[topology.head[loads]]]
        arcs = arcs[served[topology.tail[arcs]] & served[topology.head[arcs]]]
        kept, reached = self._within(topology.head[loads], arcs, topology.tail, topology.head)
        pre = np.zeros(topology.arc_count, bool)
        pre[loads] = pre[kept] = True
        return pre, reached

    def _find_after(self, served: BoolArray, number: int) -> tuple[OnCarriage, BoolArray]:
        """Return the on-carriage to a destination, and by state whether it reaches it."""
        topology = self._network.topology
        unloads, arcs = self._network.unloads[number], self._near_end.arcs
        unloads = unloads[served[topology.tail[unloads]]]
        arcs = arcs[served[topology.tail[arcs]] & served[topology.head[arcs]]]
        kept, reached = self._within(topology.tail[unloads], arcs, topology.head, topology.tail)
        # It begins where a box is moved or handed over next, not with a transfer after another.
        goes_on = np.zeros(topology.state_count, bool)
        goes_on[topology.tail[kept[topology.leg[kept] >= 0]]] = True
        goes_on[topology.tail[unloads]] = True
        changes = topology.numbers_of(ArcKind.CHANGE)
        begin = changes[goes_on[topology.head[changes]]]
        return OnCarriage(arcs=np.append(kept, unloads), begin=begin), reached

    def _within(
        self, begin: IntArray, arcs: IntArray, near: IntArray, far: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """Return the arcs within the bounds of their modes, and by state whether they reach it.

        `begin` are the states of the end, `near` and `far` the sides of all arcs of the network.
        """
        near = near[arcs]
        ways = Sorted.of(near, far[arcs], self._network.topology.state_count)
        km, paid = self._km[arcs], np.zeros(begin.shape[0])
        least, _ = shortest(ways, km, begin, paid, furthest=self._furthest)
        return arcs[least[near] + km <= self._bound[arcs]], least < np.inf


def served_states(
    avoided: Collection[str], topology: Topology, most: FloatArray, end: str
) -> BoolArray:
    """Return the states that carriage of one end may use."""
    country = topology.place(end).country
    trunk = [name for name, serves in load_trunk_places().items() if country not in serves]
    barred = topology.index.named((*avoided, *trunk)) | topology.index.inside(avoided)
    inner = topology.state_place >= 0
    served = np.zeros(topology.state_count, bool)
    served[inner] = (most[topology.state_service[inner]] >= 0.0) & ~barred[
        topology.state_place[inner]
    ]
    return served


# Build a corridor as layers of the network, one per number of `must_pass` entries reached.

# Problems of one corridor that are kept: prices of a batch.
MOST_KEPT = 32
# Marks arcs by which boxes board a trip of a timetable, or leave it.
OF_ENDS = -2
# Layers of corridors that are kept on one network: of some twenty, by what destinations differ in.
MOST_ORIGIN_LAYERS = 128


def new_cache() -> BoundedCache[Any]:
    """Return an empty cache of the shapes and problems of some layers."""
    return BoundedCache(MOST_KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """Nodes (state, entries reached, part) and arcs in CSR order; node 0 is the source, 1 the sink.

    `base` is by arc the arc of the topology; `state`, `mask` and `part` (index of `PARTS`) are by
    node. So are, where all main carriage is known to run, `carrier`: the number of its line, below
    0 for none (see `carriers`), and `interval`: the minutes between its departures, 0 if unknown.
    Where only ways on a lane are left, `lane` is by node the number of theirs in `lanes`, from 1
    on, below 0 where it is not paid yet, 0 before any (see `corridors.routing.priced_ways`).
    Where trips of a timetable carry, `trip` is by node its number, -1 for none, and `paces` by trip
    its minutes per km; `closes` has by trip the ordinal of the last day on which it is caught.
    If no route reaches the sink, `missing` names the entries that no route reaches, and `boarded`
    says whether any reaches the main carriage. `kept` caches the last `MOST_KEPT` shapes and
    problems of the layers.
    """

    state: IntArray
    mask: IntArray
    part: IntArray
    first_arc: IntArray
    head: IntArray
    base: IntArray
    carrier: IntArray | None = None
    interval: IntArray | None = None
    lane: IntArray | None = None
    lanes: tuple[str, ...] = ()
    trip: IntArray | None = None
    paces: FloatArray | None = None
    closes: IntArray | None = None
    missing: tuple[str, ...] = ()
    boarded: bool = True
    kept: BoundedCache[Any] = field(default_factory=new_cache, repr=False, compare=False)

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return int(self.state.shape[0])

    @property
    def tail(self) -> IntArray:
        """The tail of each arc."""
        return np.repeat(np.arange(self.node_count), np.diff(self.first_arc))

    def boarded_at(self, tail: IntArray, head: IntArray) -> IntArray:
        """Return by arc the minutes between departures of the line that it boards, else 0.

        Of a dated voyage minus the ordinal of its day.
        """
        if self.carrier is None or self.interval is None:
            return np.zeros(head.shape[0], np.int64)
        boards = self.carrier[tail] != self.carrier[head]
        return np.where(boards, self.interval[head], 0)

    def timed_at(
        self, tail: IntArray, head: IntArray, km: FloatArray
    ) -> tuple[IntArray | None, IntArray | None]:
        """Return by arc its trip, -1 for none, and the minutes that it takes by the timetable.

        An arc with a trip is on board of it, boards it or leaves it. Minutes are `OF_ENDS` where it
        boards or leaves one, -1 where no trip is. None for both without a timetable.
        """
        if self.trip is None or self.paces is None:
            return None, None
        before, after = self.trip[tail], self.trip[head]
        trip = np.where(after >= 0, after, before)
        on_board = (before >= 0) & (before == after)
        minutes = np.rint(km * self.paces[trip]).astype(np.int64)
        return trip, np.where(on_board, minutes, np.where(trip >= 0, OF_ENDS, -1))

    def paid_at(self, tail: IntArray, head: IntArray) -> IntArray:
        """Return by arc the number of the lane that it pays, from 1 on, else 0."""
        if self.lane is None:
            return np.zeros(head.shape[0], np.int64)
        before = self.lane[tail]
        # The sink is of no lane: what leads there pays that of its own ship.
        after = np.where(head == SINK, np.abs(before), self.lane[head])
        return np.where((before <= 0) & (after > 0), after, 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OriginLayers:
    """The layers of a corridor from an origin to the end of main carriage, for any destination.

    `arcs` are those from the source, of pre-carriage and of main carriage; `states` is the number
    of states. With `either`, what may be carriage or main carriage is there as both, and ships
    change to others of their class: for layers in which main carriage is known to run.
    """

    main: MainCarriage
    layers: MainLayers
    arcs: LayerArcs
    states: int
    either: bool = False
    kept: BoundedCache[Sorted] = field(
        default_factory=lambda: BoundedCache(1), repr=False, compare=False
    )

    @property
    def node_count(self) -> int:
        """Number of nodes, used or not."""
        return self.states * self.layers.count

    @property
    def source(self) -> int:
        """The node of the source."""
        return SOURCE * self.layers.count

    @property
    def sink(self) -> int:
        """The node of the sink."""
        return SINK * self.layers.count

    def on(self, states: IntArray) -> IntArray:
        """Return the nodes of on-carriage of states; that of the sink is its only one."""
        return np.where(states == SINK, self.sink, (states + 1) * self.layers.count - 1)

    def by_tail(self) -> Sorted:
        """Return the arcs sorted by tail."""
        tail, head, _ = self.arcs
        return self.kept.of("by tail", lambda: Sorted.of(tail, head, self.node_count))


class CorridorLayers:
    """The layers of corridors on one network, from its origin to each of its destinations.

    For several destinations, the layers from the origin are cached by corridor and by what they
    take from a destination.

    Parameters
    ----------
    network
        The origin with its destinations.
    carriage
        The bounds of carriage.
    """

    def __init__(self, network: OriginNetwork, carriage: Carriage = NO_CARRIAGE) -> None:
        self.network = network
        self.carriage = carriage
        self._carried = CarriageArcs(network, carriage)
        # A single destination asks for each corridor once.
        several = len(network.destinations) > 1
        self._origin_layers: BoundedCache[OriginLayers] = BoundedCache(
            MOST_ORIGIN_LAYERS if several else 0
        )

    def _served(self, corridor: Corridor, number: int = 0) -> Served:
        """Return what the main carriage of a corridor takes from a destination."""
        topology = self.network.topology
        yards = topology.tail[self.network.unloads[number]]
        return serves(corridor, topology, self.network.destinations[number], yards)

    def from_origin(
        self, corridor: Corridor, number: int = 0, *, either: bool = False
    ) -> OriginLayers:
        """Return the layers of a corridor for a destination and all that are alike to it.

        `either` is that of `OriginLayers`.
        """
        served = self._served(corridor, number)
        return self._origin_layers.of(
            (corridor.id, served, either), lambda: self._find(corridor, served, either=either)
        )

    def _find(self, corridor: Corridor, served: Served, *, either: bool) -> OriginLayers:
        topology = self.network.topology
        main = self.network.main.of(corridor, served)
        pre = self._carried.before(avoided_by_carriage(corridor))
        base, mask, part = main.before(topology, pre, either=either)
        layers = main.layers_from(mask[part == MAIN].tolist())
        first = LayerArcs(
            tail=topology.tail[base] * layers.count,
            head=topology.head[base] * layers.count + layers.number[mask, part],
            base=base,
        )
        # The origin rules some transfers from ship to ship out.
        present = topology.kind[layers.arcs.base] != ArcKind.ABSENT
        if not either:
            present &= ~topology.relays()[layers.arcs.base]
        arcs = LayerArcs.joined(first, layers.arcs.at(present))
        return OriginLayers(
            main=main, layers=layers, arcs=arcs, states=topology.state_count, either=either
        )

    def on_carriage(self, corridor: Corridor, number: int = 0) -> OnCarriage:
        """Return the on-carriage of a corridor to a destination."""
        return self._carried.after(avoided_by_carriage(corridor), number)

    def ends(self, corridor: Corridor, origin_layers: OriginLayers, number: int = 0) -> LayerArcs:
        """Return the arcs by which boxes leave the layers of a corridor for a destination.

        They unload at the destination, or begin on-carriage to it.
        """
        topology, layers, main = self.network.topology, origin_layers.layers, origin_layers.main
        unloads = self.network.unloads[number]
        # A state that only the ends have is one that no leg of the network reaches.
        unloads = unloads[topology.tail[unloads] < main.bits.shape[0]]
        at, mains = topology.tail[unloads], np.flatnonzero(layers.part == MAIN)
        # An entry that the destination satisfies itself counts on arrival.
        layer, end = np.nonzero((layers.mask[mains, None] | main.bits[at]) == main.full)
        complete = int(layers.number[main.full, MAIN])
        begin = self.on_carriage(corridor, number).begin
        leaves = main.transfers if origin_layers.either else main.leaves
        begin = begin[leaves[begin]] if complete >= 0 else begin[:0]
        tail = at[end] * layers.count + mains[layer]
        unloading = LayerArcs(tail, np.full(tail.shape[0], origin_layers.sink), unloads[end])
        tail = topology.tail[begin] * layers.count + complete
        leaving = LayerArcs(tail, origin_layers.on(topology.head[begin]), begin)
        return LayerArcs.joined(unloading, leaving)

    def to(self, corridor: Corridor, number: int = 0) -> Layered:
        """Return the layers of a corridor to a destination, cut to paths from source to sink."""
        origin_layers = self.from_origin(corridor, number)
        return cut(origin_layers, self.arcs_to(corridor, origin_layers, number))

    def arcs_to(
        self, corridor: Corridor, origin_layers: OriginLayers, number: int = 0
    ) -> LayerArcs:
        """Return the arcs to one destination, before they are cut."""
        topology, arcs = self.network.topology, origin_layers.arcs
        if len(self.network.destinations) > 1:
            arcs = arcs.at(self.network.arcs_of(number)[arcs.base])
        on = self.on_carriage(corridor, number).arcs
        carried = LayerArcs(
            origin_layers.on(topology.tail[on]), origin_layers.on(topology.head[on]), on
        )
        return LayerArcs.joined(arcs, self.ends(corridor, origin_layers, number), carried)

    def hold(self, corridor: Corridor, routes: Sequence[Sequence[int]]) -> list[bool]:
        """Return which routes to the first destination, from source to sink, are a corridor's."""
        origin_layers = self.from_origin(corridor)
        arcs = self.arcs_to(corridor, origin_layers)
        arcs = arcs.at(np.isin(arcs.base, [arc for route in routes for arc in route]))

        def holds(route: Sequence[int]) -> bool:
            nodes = np.array([origin_layers.source])
            for arc in route:
                nodes = arcs.head[(arcs.base == arc) & np.isin(arcs.tail, nodes)]
            return origin_layers.sink in nodes.tolist()

        return list(map(holds, routes))

    def exclusion_of(self, corridor: Corridor, arcs: Sequence[int]) -> Exclusion:
        """Return why a route to the first destination is none of a corridor.

        `arcs` are those of the route in the topology, from source to sink.
        """
        served, origin_layers = self._served(corridor), self.from_origin(corridor)
        topology = self.network.topology
        tail, head, base = self.arcs_to(corridor, origin_layers)
        layers, node, why = origin_layers.layers, origin_layers.source, ""
        for arc in arcs:
            here = np.flatnonzero((base == arc) & (tail == node))
            layer = node % layers.count
            mask, part = int(layers.mask[layer]), int(layers.part[layer])
            begins = part == MAIN and mask == origin_layers.main.full
            if here.size:
                node = int(head[here[0]])
            elif begins and topology.kind[arc] == ArcKind.CHANGE and self._most_km(arc) >= 0.0:
                # What bars the carriage that begins here is one of its next arcs.
                node = int(origin_layers.on(topology.head[arc]))
            else:
                why = self._bar(corridor, served, arc, mask=mask, part=part)
                break
        if node != origin_layers.sink:
            mask = int(layers.mask[node % layers.count])
        return Exclusion(reached=mask.bit_count(), entries=len(served.entries), reason=why)

    def _most_km(self, arc: int) -> float:
        """Return the most km of carriage by the service of an arc, -1 if it is none."""
        topology = self.network.topology
        return float(self.carriage.by_service(topology.services)[topology.service[arc]])

    def _bar(self, corridor: Corridor, served: Served, arc: int, *, mask: int, part: int) -> str:
        """Return what bars an arc."""
        network = self.network.topology
        end = int(network.head[arc]) if network.head[arc] != SINK else int(network.tail[arc])
        place, service = network.place_of(end), network.services[int(network.service[arc])]
        avoided = corridor.must_avoid if part == MAIN else avoided_by_carriage(corridor)
        if place.id.split("#")[0] in avoided or place.country in avoided:
            return f"it avoids {place.name}"
        in_order = served.entries if served.forward else served.entries[::-1]
        missing = [entry.name for entry in in_order if not mask >> served.entries.index(entry) & 1]
        if part == MAIN and missing and network.kind[arc] != ArcKind.LEG:
            return f"it does not pass {name_of_entry(missing[0], network)}"
        if part == MAIN:
            if network.kind[arc] == ArcKind.LEG or matches(service, corridor.main_services):
                return f"its rules bar {service.title} at {place.name}"
            return f"its main carriage does not use {service.title}"
        name, most = PARTS[part].value, self._most_km(arc)
        if most < 0.0:
            return f"its {name} does not use {service.title}"
        if place.id.split("#")[0] in load_trunk_places():
            return f"its {name} does not cross {place.name}"
        return f"its {name} goes no farther than {most:,.0f} km"


def layer(corridor: Corridor, topology: Topology, carriage: Carriage = NO_CARRIAGE) -> Layered:
    """Return a corridor's layers on a network to one destination (see `CorridorLayers`)."""
    return CorridorLayers(OriginNetwork.to_one(topology), carriage).to(corridor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Why a route is none of a corridor: the entries it reaches in order, and the first rule."""

    reached: int
    entries: int
    reason: str


def name_of_entry(entry: str, topology: Topology) -> str:
    """Return the name of an entry of `must_pass`: that of its place if it is a single one."""
    names = {place.id.split("#")[0]: place.name for place in topology.places}
    return " or ".join(names.get(part, part) for part in entry.split(" or "))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaths:
    """The nodes and arcs on paths from source to sink, in order of tails and of base arcs.

    `nodes` are the numbers that the nodes had, the source first and the sink second; `met` says of
    every node whether a path from the source reaches it.
    """

    nodes: IntArray
    first_arc: IntArray
    head: IntArray
    base: IntArray
    met: BoolArray

    def layered(self, *, state: IntArray, mask: IntArray, part: IntArray, full: int) -> Layered:
        """Return the layers, given what each node is; `full` is the mask of all entries."""
        mask = mask.copy()
        mask[SINK] = full
        arcs = {name: getattr(self, name) for name in ("first_arc", "head", "base")}
        return Layered(state=state, mask=mask, part=part, **arcs)


def on_paths(arcs: LayerArcs, nodes: int, *, source: int, sink: int) -> OnPaths:
    """Return what lies on paths from source to sink; `arcs` are in any order.

    The source has a lower number than the sink, and that a lower one than every other node.
    """
    met = reach(nodes, arcs.tail, arcs.head, source)
    arcs = arcs.at(met[arcs.tail])
    tail, head, base = arcs.at(reach(nodes, arcs.head, arcs.tail, sink)[arcs.head])
    used = np.zeros(nodes, bool)
    used[tail] = used[head] = used[[source, sink]] = True
    number = np.cumsum(used) - 1
    kept = np.flatnonzero(used)
    # Arcs of a node come in order of their numbers in the topology: sorted by these first.
    order = by_node(base, int(base.max(initial=0)) + 1)[1]
    first_arc, by_tail = by_node(number[tail[order]], kept.shape[0])
    order = order[by_tail]
    return OnPaths(
        nodes=kept, first_arc=first_arc, head=number[head[order]], base=base[order], met=met
    )


def cut(origin_layers: OriginLayers, arcs: LayerArcs) -> Layered:
    """Return layers with only the arcs on paths from source to sink, in order of their tails.

    `arcs` are between nodes of the layers from the origin, in any order.
    """
    layers, main = origin_layers.layers, origin_layers.main
    found = on_paths(
        arcs,
        origin_layers.node_count,
        source=origin_layers.source,
        sink=origin_layers.sink,
    )
    layer = found.nodes % layers.count
    layered = found.layered(
        state=found.nodes // layers.count,
        mask=layers.mask[layer],
        part=layers.part[layer],
        full=main.full,
    )
    if found.base.size:
        return layered
    seen = np.unique(np.flatnonzero(found.met) % layers.count)
    passed = int(np.bitwise_or.reduce(layers.mask[seen]))
    return replace(
        layered,
        missing=tuple(
            entry.name for number, entry in enumerate(main.entries) if not passed >> number & 1
        ),
        boarded=bool((layers.part[seen] == MAIN).any()),
    )
