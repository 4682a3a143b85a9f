"""Search corridors from an origin once, and read the cheapest routes to many terminals off.

The search sees each arc at its least over all days, and the arcs of all destinations. What it finds
for a destination is the cheapest, then quickest route if that route, left at once, has the least
figures of its arcs, runs no leg twice and is one of the network to this destination alone. Where
the day changes figures, the ends of arcs that depend on it are searched by date (`by_date`), and
the rest of the route is read off. If that fails too, the answer is that it is not sure, and the
pair has to be searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from typing import Any

import numpy as np

from corridors.costing.pace import ByDay, travel
from corridors.domain.scenario import Corridor
from corridors.kept import Kept
from corridors.network.carriage import avoided_by_carriage, served_states
from corridors.network.fan import NOBODY
from corridors.network.layers import (
    ON,
    Layered,
    Near,
    SharedCarriage,
    cut_to_sink,
    layer,
)
from corridors.network.outward import Outward, OutwardKey, OutwardLayers, outward_key
from corridors.network.reach import by_node
from corridors.network.topology import (
    SINK,
    SOURCE,
    ArcKind,
    BoolArray,
    FloatArray,
    IntArray,
    Topology,
)
from corridors.routing.outward.by_date import (
    MINUTES_BITS,
    ByDate,
    Searched,
    Start,
)
from corridors.routing.outward.kernel import UNREACHABLE, Back
from corridors.routing.problem import least_weights
from corridors.routing.question import Question
from corridors.routing.terms import JOURNEY_DAYS
from corridors.units import MINUTES_PER_DAY

ALL_MINUTES = (1 << MINUTES_BITS) - 1
# Far above those of any arc: the sums along a route stay below `ALL_MINUTES` and `UNREACHABLE`.
MOST_MINUTES, MOST_CENTS = 1 << 20, 1 << 26
# Searches of one corridor: the entries and directions that its destinations need.
MOST_SEARCHES = 128
# Ways through arcs that depend on the day, searched for one destination before its pair is.
MOST_STARTS = 12
# Searches of one destination that rule out legs run twice.
MOST_REPEATS = 8


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """Where the outward layers end: an arc, the node it leaves, and the least weight from there on.

    The arc unloads at the destination or begins `onward` carriage to it.
    """

    arc: IntArray
    node: IntArray
    after: IntArray
    onward: _Onward

    def cheapest(self, least: IntArray) -> tuple[int, int] | None:
        """Return the number and the weight of the end with the least, by that of each node."""
        if not self.node.size:
            return None
        total = least[self.node] + self.after
        end = int(np.argmin(total))
        return (end, int(total[end])) if least[self.node[end]] < UNREACHABLE else None


class OutwardSearch:
    """The searches from one origin, for the destinations of a fan with the same prices and rules.

    Parameters
    ----------
    question
        The question of the first destination on the network of the fan, with all arcs weighed.
    layers
        The network, with the layers of corridors found so far.
    """

    def __init__(self, question: Question, layers: OutwardLayers) -> None:
        self._question = question
        self._layers = layers
        self._fan = fan = layers.fan
        self._carriage = layers.carriage
        self._near: Near = {}
        self._pairs: SharedCarriage = {}
        self._keys: dict[str, OutwardKey | None] = {}
        self._found: Kept[Searched] = Kept(MOST_SEARCHES)
        self._dated: Kept[ByDate] = Kept(MOST_SEARCHES)
        self._onward: dict[frozenset[str], _Onward] = {}
        self._by_served: dict[bytes, _Onward] = {}
        self._near_end: _Onward | None = None
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
        self._unloads = self._mine = np.flatnonzero(network.kind == ArcKind.UNLOAD)
        self._changes = np.flatnonzero(network.kind == ArcKind.CHANGE)

    def towards(self, number: int) -> Topology:
        """Return the network to a destination, on which the next corridors are read off."""
        if number != self._number:
            self._number = number
            self._onward, self._by_served, self._near_end = {}, {}, None
            self._pairs, self._keys = {}, {}
            self._view = self._fan.towards(number)
            self._mine = self._unloads[self._fan.owner[self._unloads] == number]
        return self._view

    def read_off(self, corridor: Corridor, number: int) -> ReadOff:
        """Return the cheapest, then quickest route of a corridor to a destination."""
        self.towards(number)
        key = self._key(corridor)
        if key is None or not self.can_search:
            return UNSURE
        searched = self._searched(corridor, key, number)
        ends = self._ends(corridor, searched.layers)
        if ends.cheapest(searched.least) is None:
            return NO_ROUTE
        found = self._without_repeats(corridor, key, ends, number)
        if found is not None and self._leaves_so(found[1]):
            return _read(found[0])
        by_date = self._dated.of((corridor.id, key), lambda: self._by_date(searched))
        return self._on_its_day(by_date, searched, ends, number) if by_date.depends else UNSURE

    def at_least(self, corridor: Corridor, number: int) -> tuple[int, int]:
        """Return cents and minutes that no route of a corridor to a destination is below."""
        self.towards(number)
        key = self._key(corridor)
        if key is None or not self.can_search:
            return 0, 0
        searched = self._searched(corridor, key, number)
        found = self._ends(corridor, searched.layers).cheapest(searched.least)
        weight = UNREACHABLE if found is None else found[1]
        return weight >> MINUTES_BITS, weight & ALL_MINUTES

    def _without_repeats(
        self, corridor: Corridor, key: OutwardKey, ends: _Ends, number: int
    ) -> tuple[int, list[int]] | None:
        """Return the weight and the arcs of the cheapest route that runs no leg twice.

        None if it is not found soon. Of a leg that a route runs there and back, one way is ruled
        out after the other; what is ruled out is searched once for all destinations.
        """
        tried: list[tuple[int, int, list[int], frozenset[tuple[int, int]]]] = []

        def push(banned: frozenset[tuple[int, int]]) -> None:
            searched = self._searched(corridor, key, number, banned)
            found = ends.cheapest(searched.least)
            if found is not None:
                end, weight = found
                before = _path_to(searched.into, searched.layers.tail, int(ends.node[end]))[1]
                path = [*searched.layers.base[before].tolist(), *self._from_end(ends, end)]
                heappush(tried, (weight, len(banned), path, banned))

        push(frozenset())
        for _ in range(MOST_REPEATS):
            if not tried:
                return None
            weight, _, path, banned = heappop(tried)
            twice = self._run_twice(path)
            if not twice:
                return (weight, path) if self._is_of_pair(path, number) else None
            if len(twice) == 1 or twice & banned:
                # Twice the same way, or by on-carriage, which rules nothing out.
                return None
            for one in sorted(twice):
                push(banned | {one})
        return None

    def _run_twice(self, path: list[int]) -> frozenset[tuple[int, int]]:
        """Return the ways of the first leg that a route runs again, each as the leg and its way."""
        view = self._view
        ways: dict[int, int] = {}
        for leg, way in zip(view.leg[path].tolist(), view.reversed[path].tolist(), strict=True):
            if leg < 0:
                continue
            if leg in ways:
                return frozenset({(leg, int(ways[leg])), (leg, int(way))})
            ways[leg] = way
        return frozenset()

    def _ends(self, corridor: Corridor, layers: Outward) -> _Ends:
        """Return where the outward layers of a corridor end for the destination on view."""
        view, onward = self._view, self._onward_to(corridor)
        mine = self._mine
        joins = onward.begin[layers.leaves[onward.begin]]
        arc = np.concatenate([mine, joins])
        node = layers.complete[view.tail[arc]]
        usable = (node >= 0) & (self._weight[arc] >= 0)
        arc, node = arc[usable], node[usable]
        after = np.where(view.head[arc] == SINK, 0, onward.least[view.head[arc]])
        reached = after < UNREACHABLE
        return _Ends(
            arc=arc[reached],
            node=node[reached],
            after=after[reached] + self._weight[arc[reached]],
            onward=onward,
        )

    def _from_end(self, ends: _Ends, end: int) -> list[int]:
        """Return the arcs of the cheapest path to the sink by an end."""
        head, path = self._view.head, [int(ends.arc[end])]
        while head[path[-1]] != SINK:
            path.append(int(ends.onward.arc[head[path[-1]]]))
        return path

    def _on_its_day(self, by_date: ByDate, searched: Searched, ends: _Ends, number: int) -> ReadOff:
        """Return the cheapest route where no route has the least figures of its arcs."""
        for _ in range(MOST_STARTS):
            found = ends.cheapest(by_date.least)
            if found is None:
                return NO_ROUTE
            end, weight = found
            begin, before = _path_to(by_date.into, searched.layers.tail, int(ends.node[end]))
            if by_date.knows(begin):
                path = [*searched.layers.base[before].tolist(), *self._from_end(ends, end)]
                start = by_date.start(begin)
                most = by_date.longest_by_ice(ends.node, self._low.minutes[ends.arc])
                keeps = start is not None and self._may_go_on(start, path, most, number)
                return _read(weight) if keeps else UNSURE
            by_date.find(begin)
        return UNSURE

    def _may_go_on(self, start: Start, path: list[int], most: float, number: int) -> bool:
        """Return whether a route by date goes on by arcs that do not depend on the day.

        Through ice it may take at most `most` minutes without waits.
        """
        weights, whole = self._question.weights, [*start.arcs, *path]
        under_way = start.under_way + int(self._low.minutes[path].sum())
        return (
            not bool((weights.profile[path] >= 0).any())
            and not self._run_twice(whole)
            and self._is_of_pair(whole, number)
            and self._in_time(start.clock + int(weights.clock[path].sum()))
            and (not start.by_ice or under_way <= most)
        )

    def layered(self, corridor: Corridor, number: int) -> Layered:
        """Return the layers of a corridor to a destination alone, for a search of the pair.

        Nodes may have another order than those of `layer`.
        """
        view = self.towards(number)
        key = self._key(corridor)
        if key is None:
            return layer(corridor, view, self._carriage, shared=self._pairs, fast=True)
        searched = self._searched(corridor, key, number)
        layers, tail = searched.layers, searched.layers.tail
        onward = self._onward_to(corridor)
        mine = self._mine
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
        return cut_to_sink(made, np.concatenate(tails))

    def _key(self, corridor: Corridor) -> OutwardKey | None:
        """Return what the layers of a corridor take from the destination on view."""
        if corridor.id not in self._keys:
            self._keys[corridor.id] = outward_key(corridor, self._view, self._near)
        return self._keys[corridor.id]

    def _searched(
        self,
        corridor: Corridor,
        key: OutwardKey,
        number: int,
        banned: frozenset[tuple[int, int]] = frozenset(),
    ) -> Searched:
        """Return the search of a corridor for all destinations with a key, without some legs.

        Those `banned` are legs with the way in which they are not run.
        """
        return self._found.of(
            (corridor.id, key, banned), lambda: self._search(corridor, key, number, banned)
        )

    def _search(
        self,
        corridor: Corridor,
        key: OutwardKey,
        number: int,
        banned: frozenset[tuple[int, int]],
    ) -> Searched:
        layers = self._layers.of(corridor, key, number)
        weight, network = self._weight[layers.base], self._fan.topology
        for leg, way in banned:
            here = network.leg[layers.base] == leg
            weight[here & (network.reversed[layers.base] == bool(way))] = -1
        source = np.array([SOURCE])
        least, into = self._kernel.least_from(
            layers.first_arc, layers.head, weight, source, np.zeros(1, np.int64)
        )
        return Searched(layers=layers, least=least, into=into)

    def _by_date(self, searched: Searched) -> ByDate:
        return ByDate(
            self._question,
            searched,
            weight=self._weight[searched.layers.base],
            low=self._low,
            kernel=self._kernel,
        )

    def _onward_to(self, corridor: Corridor) -> _Onward:
        """Return the on-carriage of a corridor to the destination on view."""
        avoided = avoided_by_carriage(corridor)
        if avoided not in self._onward:
            self._onward[avoided] = self._carry_back(avoided)
        return self._onward[avoided]

    def _carry_back(self, avoided: frozenset[str]) -> _Onward:
        most = self._carriage.by_default_service(self._view.services)
        furthest = float(most.max(initial=0.0))
        if self._near_end is None:
            self._near_end = self._carried(self._served_but(frozenset(), most), furthest)
        # What is avoided elsewhere than near the destination changes nothing.
        near = self._near_end.to_end < np.inf
        served = self._served_but(avoided, most) & near
        if np.array_equal(served, self._near_end.served & near):
            return self._near_end
        key = served.tobytes()
        if key not in self._by_served:
            self._by_served[key] = self._carried(served, furthest)
        return self._by_served[key]

    def _served_but(self, avoided: frozenset[str], most: FloatArray) -> BoolArray:
        """Return the states that carriage to the destination on view may use."""
        view, number = self._view, self._number
        country = view.place(view.destination).country
        served = self._served.of(
            (avoided, country), lambda: served_states(avoided, view, most, view.destination)
        )
        attached = self._fan.state_owner
        here: BoolArray = served & ((attached == NOBODY) | (attached == number))
        return here

    def _carried(self, served: BoolArray, furthest: float) -> _Onward:
        least, arc, begins, to_end = self._kernel.least_through_carriage(
            self.back, self._mine, served, furthest
        )
        heads = self._view.head[self._changes]
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
        owners = self._fan.owner[path]
        return not bool(((owners != NOBODY) & (owners != number)).any())

    def _leaves_so(self, path: list[int]) -> bool:
        """Return whether a route that leaves at once has the least figures of its arcs."""
        weights, network = self._question.weights, self._view
        if not (weights.profile[path] >= 0).any():
            return self._in_time(int(weights.clock[path].sum()))
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
        return self._in_time(clock)

    def _in_time(self, clock: int) -> bool:
        """Return whether a route that ends at a minute is no longer than the longest journey."""
        days: int = min(self._question.weights.dates.minutes_per_km.shape[1], JOURNEY_DAYS)
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


def _read(weight: int) -> ReadOff:
    return ReadOff(
        sure=True,
        usable=True,
        cents=weight >> MINUTES_BITS,
        minutes=weight & ALL_MINUTES,
    )


def _path_to(into: IntArray, tail: IntArray, node: int) -> tuple[int, list[int]]:
    """Return where the least path to a node begins, and its arcs in the outward layers."""
    path: list[int] = []
    while into[node] >= 0:
        arc = int(into[node])
        path.append(arc)
        node = int(tail[arc])
    return node, path[::-1]
