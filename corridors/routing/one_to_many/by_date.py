"""The least weights of a corridor from an origin on the days of a scenario.

Past the last arc that depends on the day, what a route to any destination adds does not. So the
best routes to the ends of such arcs are searched by date, each once for all destinations and only
if a destination needs it; until then its bound over all days stands for it.

For example, a ship through the Kara Gate costs 900 USD on the cheapest day of the year and 950 now.
To Hamburg and to Gdynia it goes on for 200 and for 250 USD. The search by date finds the 950 once,
and both are read off: 1,150 and 1,200 USD. If the corridor has another way to Gdynia for 1,100 USD,
which is less than 900 + 250, the ship through the Kara Gate is not searched for Gdynia at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corridors.arrays import IntArray
from corridors.network.corridor.layers import OriginLayers, cut
from corridors.network.graph.reach import UNREACHABLE, shortest
from corridors.routing.dated.departures import best_route
from corridors.routing.problem import Least, make_problem
from corridors.routing.question import Question
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND, Terms
from corridors.units import MINUTES_PER_DAY

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
