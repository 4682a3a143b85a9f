"""Search corridors from an origin once, and read the cheapest routes to many terminals off.

The search sees each arc at its least over all days, and the arcs of all destinations. What it finds
for a destination is the cheapest, then quickest route if that route, left at once, has the least
figures of its arcs, runs no leg twice and is one of the network to this destination alone. If it is
not, the answer is that it is not sure, and the pair has to be searched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from corridors.costing.pace import ByDay, travel
from corridors.domain.scenario import Corridor
from corridors.kept import Kept
from corridors.network.carriage import avoided_by_carriage, served_states
from corridors.network.fan import NOBODY, Fan
from corridors.network.layers import ON, Layered, SharedCarriage, layer
from corridors.network.outward import Outward, OutwardKey, outward, outward_key
from corridors.network.reach import by_node, reach
from corridors.network.topology import (
    SINK,
    SOURCE,
    ArcKind,
    BoolArray,
    FloatArray,
    IntArray,
    Topology,
)
from corridors.routing.outward.kernel import UNREACHABLE, Back
from corridors.routing.problem import least_weights
from corridors.routing.question import Question
from corridors.routing.terms import JOURNEY_DAYS
from corridors.units import MINUTES_PER_DAY

# A weight is cents, then minutes, as one number: both add up, and the order is that of the pair.
MINUTES_BITS = 28
ALL_MINUTES = (1 << MINUTES_BITS) - 1
# Far above those of any arc: the sums along a route stay below `ALL_MINUTES` and `UNREACHABLE`.
MOST_MINUTES, MOST_CENTS = 1 << 20, 1 << 26
# Searches of one corridor: the entries and directions that its destinations need.
MOST_SEARCHES = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOff:
    """The cheapest route of a corridor to a destination, as cents and minutes.

    Not `sure` if the pair has to be searched; `usable` unless surely no route exists.
    """

    sure: bool
    usable: bool = False
    cents: int = 0
    minutes: int = 0


UNSURE = ReadOff(sure=False)
NO_ROUTE = ReadOff(sure=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """The outward layers of a corridor, with the tails of arcs.

    `least` is by node the least weight from the source, `into` the last arc of that path.
    """

    layers: Outward
    tail: IntArray
    least: IntArray
    into: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Onward:
    """On-carriage to a destination: by state the least weight and the next arc.

    `begin` are the transfers by which it may begin; `served` are the states that it may use,
    `to_end` the least km from them.
    """

    least: IntArray
    arc: IntArray
    begin: IntArray
    served: BoolArray
    to_end: FloatArray


class OutwardSearch:
    """The searches from one origin, for the destinations of a fan with the same prices and rules.

    Parameters
    ----------
    question
        The question of the first destination on the network of the fan, with all arcs weighed.
    fan
        The network.
    """

    def __init__(self, question: Question, fan: Fan) -> None:
        self._question = question
        self._fan = fan
        self._carriage = question.bundle.carriage
        self._shared: SharedCarriage = {}
        self._pairs: SharedCarriage = {}
        self._keys: dict[str, OutwardKey | None] = {}
        self._found: Kept[_Searched] = Kept(MOST_SEARCHES)
        self._onward: dict[frozenset[str], _Onward] = {}
        self._number = -1
        self._view = fan.topology
        self._served: Kept[BoolArray] = Kept(MOST_SEARCHES)
        network, weights = fan.topology, question.weights
        arcs = np.arange(network.arc_count)
        self._low = least_weights(network, weights, arcs)
        cents, minutes = self._low.cents, self._low.minutes
        fits = (cents >= 0) & (cents < MOST_CENTS) & (minutes >= 0) & (minutes <= MOST_MINUTES)
        self.can_search = bool(fits[weights.usable].all())
        """Whether every weight is one that a search can add up."""
        weight = (cents << MINUTES_BITS) + minutes
        self._weight = np.where(weights.usable & fits, weight, -1)
        self._unloads = np.flatnonzero(network.kind == ArcKind.UNLOAD)
        self._changes = np.flatnonzero(network.kind == ArcKind.CHANGE)

    def towards(self, number: int) -> Topology:
        """Return the network to a destination, on which the next corridors are read off."""
        if number != self._number:
            self._number = number
            self._onward = {}
            self._pairs, self._keys = {}, {}
            self._view = self._fan.towards(number)
        return self._view

    def read_off(self, corridor: Corridor, number: int) -> ReadOff:
        """Return the cheapest, then quickest route of a corridor to a destination."""
        view = self.towards(number)
        key = self._key(corridor)
        if key is None or not self.can_search:
            return UNSURE
        searched = self._found.of((corridor.id, key), lambda: self._search(corridor, number))
        onward = self._onward_to(corridor, number)
        layers, least = searched.layers, searched.least
        mine = self._unloads[self._fan.owner[self._unloads] == number]
        joins = onward.begin[layers.leaves[onward.begin]]
        ends = np.concatenate([mine, joins])
        nodes = layers.complete[view.tail[ends]]
        ends, nodes = ends[nodes >= 0], nodes[nodes >= 0]
        usable = self._weight[ends] >= 0
        ends, nodes = ends[usable], nodes[usable]
        if not ends.size:
            return NO_ROUTE
        after = np.where(view.head[ends] == SINK, 0, onward.least[view.head[ends]])
        total = np.where(
            (least[nodes] < UNREACHABLE) & (after < UNREACHABLE),
            least[nodes] + self._weight[ends] + after,
            UNREACHABLE,
        )
        best = int(np.argmin(total))
        if total[best] >= UNREACHABLE:
            return NO_ROUTE
        before = _path_to(searched, int(nodes[best]))
        path = [*(int(layers.base[arc]) for arc in before), int(ends[best])]
        while view.head[path[-1]] != SINK:
            path.append(int(onward.arc[view.head[path[-1]]]))
        if not self._is_of_pair(path, number) or not self._leaves_so(path):
            return UNSURE
        weight = int(total[best])
        return ReadOff(
            sure=True,
            usable=True,
            cents=weight >> MINUTES_BITS,
            minutes=weight & ALL_MINUTES,
        )

    def layered(self, corridor: Corridor, number: int) -> Layered:
        """Return the layers of a corridor to a destination alone, for a search of the pair.

        Nodes may have another order than those of `layer`.
        """
        view = self.towards(number)
        key = self._key(corridor)
        if key is None:
            return layer(corridor, view, self._carriage, shared=self._pairs, fast=True)
        searched = self._found.of((corridor.id, key), lambda: self._search(corridor, number))
        layers, tail = searched.layers, searched.tail
        onward = self._onward_to(corridor, number)
        mine = self._unloads[self._fan.owner[self._unloads] == number]
        owner = self._fan.owner[layers.base]
        keep = (owner == NOBODY) | (owner == number)
        # On-carriage has a node for each state of its arcs, after those of the outward layers.
        carried = self._arcs_of(onward, mine)
        on_tail, on_head = view.tail[carried], view.head[carried]
        states = np.unique(np.concatenate([on_tail, on_head[on_head != SINK]]))
        count = layers.state.shape[0]
        node_on = np.full(view.state_count, SINK, np.int64)
        node_on[states] = count + np.arange(states.shape[0])
        begin = onward.begin[layers.leaves[onward.begin]]
        begin = begin[layers.complete[view.tail[begin]] >= 0]
        ends = mine[layers.complete[view.tail[mine]] >= 0]
        tails = (
            *(tail[keep], layers.complete[view.tail[ends]], layers.complete[view.tail[begin]]),
            node_on[on_tail],
        )
        heads = (
            *(layers.head[keep], np.full(ends.shape[0], SINK), node_on[view.head[begin]]),
            node_on[on_head],
        )
        bases = (layers.base[keep], ends, begin, carried)
        made = Layered(
            state=np.concatenate([layers.state, states]),
            mask=np.concatenate([layers.mask, np.full(states.shape[0], layers.mask[SINK])]),
            part=np.concatenate([layers.part, np.full(states.shape[0], ON)]),
            first_arc=np.zeros(0, np.int64),
            head=np.concatenate(heads),
            base=np.concatenate(bases),
        )
        return self._cut(made, np.concatenate(tails))

    def _cut(self, layered: Layered, tail: IntArray) -> Layered:
        """Return layers with only the arcs that lead to the sink, in order of their tails."""
        head, count = layered.head, layered.node_count
        keep = np.flatnonzero(reach(count, head, tail, SINK, fast=True)[head])
        used = np.zeros(count, bool)
        used[[SOURCE, SINK]] = used[tail[keep]] = used[head[keep]] = True
        number = np.cumsum(used) - 1
        first_arc, order = by_node(number[tail[keep]], int(used.sum()), fast=True)
        kept = keep[order]
        return replace(
            layered,
            state=layered.state[used],
            mask=layered.mask[used],
            part=layered.part[used],
            first_arc=first_arc,
            head=number[head[kept]],
            base=layered.base[kept],
        )

    def _key(self, corridor: Corridor) -> OutwardKey | None:
        """Return what the layers of a corridor take from the destination on view."""
        if corridor.id not in self._keys:
            self._keys[corridor.id] = outward_key(corridor, self._view)
        return self._keys[corridor.id]

    def _search(self, corridor: Corridor, number: int) -> _Searched:
        layers = outward(corridor, self._fan, self._carriage, number=number, shared=self._shared)
        weight = self._weight[layers.base]
        least, into = self._kernel.least_from_source(layers.first_arc, layers.head, weight)
        tail = np.repeat(np.arange(layers.state.shape[0]), np.diff(layers.first_arc))
        return _Searched(layers=layers, tail=tail, least=least, into=into)

    def _onward_to(self, corridor: Corridor, number: int) -> _Onward:
        """Return the on-carriage of a corridor to the destination on view."""
        avoided = avoided_by_carriage(corridor)
        if avoided not in self._onward:
            self._onward[avoided] = self._carry_back(avoided, number)
        return self._onward[avoided]

    def _carry_back(self, avoided: frozenset[str], number: int) -> _Onward:
        view = self._view
        most = self._carriage.by_default_service(view.services)
        country = view.place(view.destination).country
        served = self._served.of(
            (avoided, country), lambda: served_states(avoided, view, most, view.destination)
        )
        attached = self._fan.state_owner
        served = served & ((attached == NOBODY) | (attached == number))
        mine = self._unloads[self._fan.owner[self._unloads] == number]
        back = self.back
        least, arc, begins, to_end = self._kernel.least_through_carriage(
            back, mine, served, float(most.max(initial=0.0))
        )
        heads = view.head[self._changes]
        return _Onward(
            least=least,
            arc=arc,
            begin=self._changes[begins[heads] & served[heads]],
            served=served,
            to_end=to_end,
        )

    def _arcs_of(self, onward: _Onward, unloads: IntArray) -> IntArray:
        """Return the arcs of on-carriage, those to the sink included."""
        view, back, served = self._view, self.back, onward.served
        inner = back.arc[served[back.tail[back.arc]] & served[view.head[back.arc]]]
        left_km = onward.to_end[view.head[inner]] + back.km[inner]
        bound_km = np.where(back.moves[inner], back.most_km[inner], np.finfo(float).max)
        kept = [inner[left_km <= bound_km], unloads[served[view.tail[unloads]]]]
        return np.sort(np.concatenate(kept))

    def _is_of_pair(self, path: list[int], number: int) -> bool:
        """Return whether a route is one of the network to its destination alone."""
        view = self._view
        legs = [leg for leg in view.leg[path].tolist() if leg >= 0]
        if len(set(legs)) < len(legs):
            return False
        owners = self._fan.owner[path]
        return not bool(((owners != NOBODY) & (owners != number)).any())

    def _leaves_so(self, path: list[int]) -> bool:
        """Return whether a route that leaves at once has the least figures of its arcs."""
        weights, network = self._question.weights, self._view
        dates, clock = weights.dates, 0
        by_day = ByDay(*(getattr(dates, name) for name in ByDay._fields))
        for arc, profile in zip(path, weights.profile[path].tolist(), strict=True):
            minutes = cents = 0
            if profile >= 0:
                if dates.through[profile]:
                    return False
                minutes, cents, _ = travel(profile, float(network.km[arc]), clock, by_day)
            figures = int(weights.minutes[arc]) + minutes, int(weights.cents[arc]) + cents
            least = int(self._low.minutes[arc]), int(self._low.cents[arc])
            if minutes < 0 or figures != least:
                return False
            clock += int(weights.clock[arc]) + minutes
        days: int = min(dates.minutes_per_km.shape[1], JOURNEY_DAYS)
        return clock <= days * MINUTES_PER_DAY - 1

    @cached_property
    def back(self) -> Back:
        """The arcs by head, but for those from the source and to the sink."""
        network = self._fan.topology
        kind = network.kind
        inner = ((kind == ArcKind.LEG) | (kind == ArcKind.CHANGE)) & (network.tail != SOURCE)
        inner &= ~network.touching()
        arcs = np.flatnonzero(inner)
        first, order = by_node(network.head[arcs], network.state_count, fast=True)
        moves = kind == ArcKind.LEG
        most = self._carriage.by_default_service(network.services)
        return Back(
            first=first,
            arc=arcs[order],
            tail=network.tail,
            km=np.where(moves, network.km, 0.0),
            moves=moves,
            most_km=most[network.service],
            weight=self._weight,
        )

    @cached_property
    def _kernel(self) -> Any:
        # Importing numba takes 0.3 s.
        from corridors.routing.outward import compiled

        return compiled


def _path_to(searched: _Searched, node: int) -> list[int]:
    """Return the arcs of the least path from the source to a node, in the outward layers."""
    path: list[int] = []
    while node != 0:
        arc = int(searched.into[node])
        path.append(arc)
        node = int(searched.tail[arc])
    return path[::-1]
