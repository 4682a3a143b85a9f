"""Search a corridor from one origin once, and read the routes to many terminals off it.

Past the last arc that depends on the day, what a route to any destination adds does not. So the
best routes to the ends of such arcs are searched by date, each once for all destinations and only
if a destination needs it; until then its bound over all days stands for it.

For example, a ship through the Kara Gate costs 900 USD on the cheapest day of the year and 950 now.
To Hamburg and to Gdynia it goes on for 200 and for 250 USD. The search by date finds the 950 once,
and both are read off: 1,150 and 1,200 USD. If the corridor has another way to Gdynia for 1,100 USD,
which is less than 900 + 250, the ship through the Kara Gate is not searched for Gdynia at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np

from corridors.arrays import IntArray
from corridors.bounded_cache import BoundedCache
from corridors.costing.pace import ByDay, travel
from corridors.domain.scenario import Corridor
from corridors.network.corridor import OriginLayers, cut
from corridors.network.graph.reach import UNREACHABLE, Sorted, shortest
from corridors.network.hauls import NOBODY
from corridors.network.states.topology import SINK
from corridors.routing.dated.departures import best_route
from corridors.routing.dated.label_search import best_first
from corridors.routing.ladder import weighing_in
from corridors.routing.problem import Least, least_weights, make_problem
from corridors.routing.question import Question
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND, Terms
from corridors.units import MINUTES_PER_DAY

# The least weights of a corridor from an origin on the days of a scenario.

# A weight is cents, then minutes, as one number: both add up, and the order is that of the pair.
MINUTES_BITS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree of shortest paths through the layers of a corridor from the origin.

    `least` is by node the least weight of a path to it, and `into` the last arc of that path; -1
    where a path begins.
    """

    origin_layers: OriginLayers
    least: IntArray
    into: IntArray

    @classmethod
    def of(
        cls, origin_layers: OriginLayers, weight: IntArray, begin: IntArray, paid: IntArray
    ) -> Tree:
        """Return the tree of paths that begin at some nodes, reached for what is paid.

        `weight` is by arc of the layers, -1 for one that is not usable.
        """
        reached = paid < UNREACHABLE
        ways = origin_layers.by_tail()
        least, into = shortest(ways, weight, begin[reached], paid[reached], furthest=UNREACHABLE)
        return cls(origin_layers=origin_layers, least=least, into=into)

    def path_to(self, node: int) -> tuple[int, list[int]]:
        """Return where the least path to a node begins, and its arcs in the topology."""
        tail, base, into = self.origin_layers.arcs.tail, self.origin_layers.arcs.base, self.into
        path: list[int] = []
        while (arc := into[node]) >= 0:
            path.append(int(base[arc]))
            node = int(tail[arc])
        return node, path[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The best route to the end of an arc that depends on the day.

    `arcs` are those of the topology. It takes `under_way` minutes without waits and arrives at the
    minute `clock`; `by_ice` says whether an arc leads through ice.
    """

    arcs: tuple[int, ...] = ()
    under_way: int = 0
    clock: int = 0
    by_ice: bool = False


AT_ORIGIN = Start()


class ByDate:
    """The least weights of the layers of a corridor from the origin, by date where that is known.

    `tree` has by node a weight that no route of the scenario's days is below. Its paths begin at
    the source or at the end of an arc that depends on the day; the weight is that of a route if
    where its path begins is known.

    Parameters
    ----------
    question
        The question on the network of many destinations.
    tree
        The layers, with their least weights over all days.
    weight
        By arc of the layers the least weight over all days, -1 if it is never usable.
    low
        By arc of the network the least figures over all days.
    """

    tree: Tree

    def __init__(self, question: Question, tree: Tree, *, weight: IntArray, low: Least) -> None:
        self._question = question
        self._origin_layers = origin_layers = tree.origin_layers
        profile = question.weights.profile[origin_layers.arcs.base]
        dated = (profile >= 0) & (weight >= 0)
        self.depends = bool(dated.any())
        """Whether an arc of the layers depends on the day."""
        self._ice = np.zeros(dated.shape[0], bool)
        self._ice[dated] = question.weights.dates.through[profile[dated]]
        self._fixed = np.where(dated, -1, weight)
        self._minutes = np.where(weight >= 0, low.minutes[origin_layers.arcs.base], -1)
        self._begin = np.concatenate(
            [[origin_layers.source], np.unique(origin_layers.arcs.head[dated])]
        )
        self._paid = tree.least[self._begin].copy()
        self._known: dict[int, Start] = {origin_layers.source: AT_ORIGIN}
        self._grow()

    def _grow(self) -> None:
        self.tree = Tree.of(self._origin_layers, self._fixed, self._begin, self._paid)

    def knows(self, node: int) -> bool:
        """Return whether the best route to where a path begins has been searched."""
        return node in self._known

    def start(self, node: int) -> Start:
        """Return the best route to where a path begins, once it has been searched."""
        return self._known[node]

    def find(self, node: int) -> None:
        """Search the best route to the end of an arc that depends on the day."""
        question, origin_layers = self._question, self._origin_layers
        # The node stands for the sink, and nothing leaves it.
        arcs = origin_layers.arcs.at(origin_layers.arcs.tail != node)
        arcs = arcs._replace(head=np.where(arcs.head == node, origin_layers.sink, arcs.head))
        layered = cut(origin_layers, arcs)
        problem = make_problem(question.bundle.topology, layered, question.weights)
        # No limit of detours: whether the way to a destination keeps its own is seen later.
        terms = Terms(
            start_day=0,
            max_wait_days=question.scenario.max_wait_days,
            fast=True,
            longest_by_ice=float(JOURNEY_DAYS * MINUTES_PER_DAY),
        )
        best = best_route(problem, terms)
        paid, self._known[node] = UNREACHABLE, AT_ORIGIN
        if best is not None:
            path = np.searchsorted(problem.number, best.arcs)
            profiles = problem.profile[path]
            last, left_at = int(path[-1]), best.starts[-1]
            paid = (best.cents << MINUTES_BITS) + best.minutes
            self._known[node] = Start(
                arcs=tuple(problem.base[path].tolist()),
                under_way=best.minutes - best.wait_days * MINUTES_PER_DAY,
                clock=left_at + int(problem.clock[last]) + problem.travel(last, left_at)[0],
                by_ice=bool(problem.through[profiles[profiles >= 0]].any()),
            )
        # Without a route no path begins here, and none asks how it began.
        self._paid[np.searchsorted(self._begin, node)] = paid
        self._grow()

    @cached_property
    def _quickest_by_ice(self) -> IntArray:
        """By node a bound for the minutes of a route through ice, on any day."""
        origin_layers, ice = self._origin_layers, self._ice
        near = Tree.of(origin_layers, self._minutes, self._begin[:1], np.zeros(1, np.int64)).least
        heads = origin_layers.arcs.head[ice]
        through = np.full(origin_layers.node_count, UNREACHABLE, np.int64)
        np.minimum.at(through, heads, near[origin_layers.arcs.tail[ice]] + self._minutes[ice])
        begin = np.unique(heads)
        return Tree.of(origin_layers, self._minutes, begin, through[begin]).least

    def longest_by_ice(self, nodes: IntArray, minutes: IntArray) -> float:
        """Return minutes that a route through ice may surely take, by nodes and what follows."""
        return LONGEST_ROUND * float((self._quickest_by_ice[nodes] + minutes).min())


# Search corridors from an origin once, and read the cheapest routes to many terminals off.

ALL_MINUTES = (1 << MINUTES_BITS) - 1
# Far above those of any arc: the sums along a route stay below `ALL_MINUTES` and `UNREACHABLE`.
MOST_MINUTES, MOST_CENTS = 1 << 20, 1 << 26
# Trees of one network: its corridors, by what destinations differ in.
MOST_TREES = 128
# Ways through arcs that depend on the day, searched for one destination before its pair is.
MOST_STARTS = 12
# Searches of one destination that rule out places met twice.
MOST_REPEATS = 8

# A place that a route comes to, and the leg by which it does, -1 where it begins.
Coming = tuple[int, int]
# The weight of a route, how much was ruled out to find it, and its arcs.
Tried = tuple[int, int, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOff:
    """The cheapest route of a corridor to a destination, as cents, minutes and arcs of the network.

    Not `sure` if the pair has to be searched; `usable` unless surely no route exists.
    """

    sure: bool
    usable: bool = False
    cents: int = 0
    minutes: int = 0
    arcs: tuple[int, ...] = ()


UNSURE = ReadOff(sure=False)
NO_ROUTE = ReadOff(sure=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A corridor to a destination: its layers from the origin, and what follows them.

    They are left at the nodes `node`, on the arcs `arc` of the network, from where `after` is the
    least weight to the sink. `onward` is by state the next arc of on-carriage.
    """

    number: int
    origin_layers: OriginLayers
    node: IntArray
    arc: IntArray
    after: IntArray
    onward: IntArray

    def cheapest(self, least: IntArray) -> tuple[int, int] | None:
        """Return where a route is best left, and its weight, by the least weight of each node."""
        if not self.node.size:
            return None
        total = least[self.node] + self.after
        end = int(np.argmin(total))
        return (end, int(total[end])) if total[end] < UNREACHABLE else None


class OneToMany:
    """The searches from an origin, for the destinations to which the same prices and rules apply.

    Parameters
    ----------
    question
        The question of one of them, on the network of all.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self.layering = layering = question.bundle.layering
        self._network = network = layering.network
        self._topology = topology = network.topology
        self._trees: BoundedCache[Tree] = BoundedCache(MOST_TREES)
        self._dated: BoundedCache[ByDate] = BoundedCache(MOST_TREES)
        self._onward: BoundedCache[tuple[IntArray, IntArray]] = BoundedCache(MOST_TREES)
        weights = question.weights
        self._low = least_weights(topology, weights, np.arange(topology.arc_count))
        cents, minutes = self._low.cents, self._low.minutes
        fits = (cents >= 0) & (cents < MOST_CENTS) & (minutes >= 0) & (minutes <= MOST_MINUTES)
        # Whether every weight is one that a search can add up.
        self._can_search = bool(fits[weights.usable].all())
        self._weighing = weighing_in(question)
        self._weight = np.where(weights.usable & fits, self.weight_of(cents, minutes), -1)

    def weight_of(self, cents: Any, minutes: Any) -> Any:
        """Return what orders routes, best first, by their cents and minutes, numbers or arrays."""
        if self._weighing.is_cost:
            return (cents << MINUTES_BITS) + minutes
        by_cent, by_minute, _ = self._weighing.whole
        return by_cent * cents + by_minute * minutes

    def read_off(self, corridor: Corridor, number: int) -> ReadOff:
        """Return the best route of a corridor to a destination, of equals the quickest."""
        if not self._can_search:
            return UNSURE
        asked = self._ask(corridor, number)
        found = self._without_repeats(asked)
        if found is not None:
            _, path = found
            if not path:
                return NO_ROUTE
            if self._leaves_so(path):
                return self._read(path)
        if not self._weighing.is_cost:
            return UNSURE
        tree = self._tree(asked)
        by_date = self._dated.of(
            asked.origin_layers,
            lambda: ByDate(
                self._question,
                tree,
                weight=self._weight[tree.origin_layers.arcs.base],
                low=self._low,
            ),
        )
        return self._on_its_day(by_date, asked) if by_date.depends else UNSURE

    def _read(self, path: list[int]) -> ReadOff:
        """Return a route that has the least figures of its arcs."""
        cents, minutes = int(self._low.cents[path].sum()), int(self._low.minutes[path].sum())
        return ReadOff(sure=True, usable=True, cents=cents, minutes=minutes, arcs=tuple(path))

    def _ask(self, corridor: Corridor, number: int) -> _Asked:
        layering = self.layering
        origin_layers = layering.from_origin(corridor, number)
        ends = layering.ends(corridor, origin_layers, number)
        # Back from the sink through on-carriage, which few arcs are.
        carried = layering.on_carriage(corridor, number)
        least, onward = self._onward.of(carried, lambda: self._carry_back(carried.arcs))
        after = least[ends.head // origin_layers.layers.count]
        weight = self._weight[ends.base]
        usable = (weight >= 0) & (after < UNREACHABLE)
        return _Asked(
            number=number,
            origin_layers=origin_layers,
            node=ends.tail[usable],
            arc=ends.base[usable],
            after=(weight + after)[usable],
            onward=onward,
        )

    def _carry_back(self, arcs: IntArray) -> tuple[IntArray, IntArray]:
        """Return by state the least weight of on-carriage to the sink, and its next arc."""
        topology = self._topology
        back = Sorted.of(topology.head[arcs], topology.tail[arcs], topology.state_count)
        start, paid = np.array([SINK]), np.zeros(1, np.int64)
        least, into = shortest(back, self._weight[arcs], start, paid, furthest=UNREACHABLE)
        return least, np.append(arcs, -1)[into]

    def _tree(self, asked: _Asked, banned: frozenset[Coming] = frozenset()) -> Tree:
        """Return the least weights of a corridor for all destinations alike, without some runs."""

        def grown() -> Tree:
            origin_layers, topology = asked.origin_layers, self._topology
            entered = topology.entered()
            base = origin_layers.arcs.base
            weight = self._weight[base]
            for place, leg in banned:
                weight[(entered[base] == place) & (topology.leg[base] == leg)] = -1
            return Tree.of(
                origin_layers, weight, np.array([origin_layers.source]), np.zeros(1, np.int64)
            )

        return self._trees.of((asked.origin_layers, banned), grown)

    def _without_repeats(self, asked: _Asked) -> tuple[int, list[int]] | None:
        """Return the weight and the arcs of the cheapest route that comes to no place twice.

        None if it is not found soon; no arcs if there is no route at all. Of a place that a route
        comes to twice, one leg is ruled out after the other; what is ruled out is searched once for
        all destinations.
        """

        def cheapest(banned: frozenset[Coming]) -> Tried | None:
            tree = self._tree(asked, banned)
            found = asked.cheapest(tree.least)
            if found is None:
                return None
            end, weight = found
            path = [*tree.path_to(int(asked.node[end]))[1], *self._from_end(asked, end)]
            return weight, len(banned), path

        def split(found: Tried, banned: frozenset[Coming]) -> Iterator[frozenset[Coming]]:
            return (banned | {one} for one in sorted(self._met_twice(found[2])))

        tried = best_first(frozenset[Coming](), cheapest, split, key=tuple)
        first = next(tried, None)
        if first is None:
            return UNREACHABLE, []
        for (weight, _, path), banned in chain([first], islice(tried, MOST_REPEATS - 1)):
            twice = self._met_twice(path)
            if not twice:
                return (weight, path) if self._is_of_pair(path, asked.number) else None
            if len(twice) == 1 or twice & banned:
                # Twice by the same leg, or by on-carriage, which rules nothing out.
                return None
        return None

    def _met_twice(self, path: list[int]) -> frozenset[Coming]:
        """Return how a route comes to the first place to which it comes again."""
        topology = self._topology
        legs: dict[int, int] = {}
        for place, leg in zip(
            topology.entered()[path].tolist(), topology.leg[path].tolist(), strict=True
        ):
            if place >= 0 and place in legs:
                return frozenset({(place, legs[place]), (place, leg)})
            legs[place] = leg
        return frozenset()

    def _from_end(self, asked: _Asked, end: int) -> list[int]:
        """Return the arcs of the cheapest path to the sink from where the layers are left."""
        head, path = self._topology.head, [int(asked.arc[end])]
        while head[path[-1]] != SINK:
            path.append(int(asked.onward[head[path[-1]]]))
        return path

    def _is_of_pair(self, path: list[int], number: int) -> bool:
        """Return whether a route is one of the network to its destination alone."""
        owners = self._network.owner[path]
        return not bool(((owners != NOBODY) & (owners != number)).any())

    def _on_its_day(self, by_date: ByDate, asked: _Asked) -> ReadOff:
        """Return the cheapest route where no route has the least figures of its arcs.

        The bound of a path holds over all days until the search by date has found its start. So
        starts are searched, the most promising first, until the cheapest path begins at a known
        one.
        """
        for _ in range(MOST_STARTS):
            found = asked.cheapest(by_date.tree.least)
            if found is None:
                return NO_ROUTE
            end, weight = found
            begin, before = by_date.tree.path_to(int(asked.node[end]))
            if by_date.knows(begin):
                path = [*before, *self._from_end(asked, end)]
                most = by_date.longest_by_ice(asked.node, self._low.minutes[asked.arc])
                start = by_date.start(begin)
                keeps = self._may_go_on(start, path, most, asked.number)
                return _read(weight, (*start.arcs, *path)) if keeps else UNSURE
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
            and not self._met_twice(whole)
            and self._is_of_pair(whole, number)
            and self._in_time(start.clock + int(weights.clock[path].sum()))
            and (not start.by_ice or under_way <= most)
        )

    def _leaves_so(self, path: list[int]) -> bool:
        """Return whether a route that leaves at once has the least figures of its arcs."""
        weights, dates = self._question.weights, self._question.weights.dates
        if not (weights.profile[path] >= 0).any():
            return self._in_time(int(weights.clock[path].sum()))
        by_day = ByDay(*(getattr(dates, name) for name in ByDay._fields))
        clock = 0
        for arc, profile in zip(path, weights.profile[path].tolist(), strict=True):
            minutes = cents = 0
            if profile >= 0:
                if dates.through[profile]:
                    return False
                km = float(self._topology.km[arc])
                minutes, cents, _ = travel(profile, km, clock, by_day)
            figures = int(weights.minutes[arc]) + minutes, int(weights.cents[arc]) + cents
            if minutes < 0 or figures != (self._low.minutes[arc], self._low.cents[arc]):
                return False
            clock += int(weights.clock[arc]) + minutes
        return self._in_time(clock)

    def _in_time(self, clock: int) -> bool:
        """Return whether a route that ends at a minute is no longer than the longest journey."""
        days: int = min(self._question.weights.dates.minutes_per_km.shape[1], JOURNEY_DAYS)
        return clock <= days * MINUTES_PER_DAY - 1


def _read(weight: int, arcs: tuple[int, ...]) -> ReadOff:
    return ReadOff(
        sure=True,
        usable=True,
        cents=weight >> MINUTES_BITS,
        minutes=weight & ALL_MINUTES,
        arcs=arcs,
    )
