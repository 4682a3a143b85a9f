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

from corridors.network.layers import Outward, cut
from corridors.network.reach import UNREACHABLE, shortest
from corridors.network.topology import IntArray
from corridors.routing.dated.departures import best_route
from corridors.routing.problem import Least, make_problem
from corridors.routing.question import Question
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND, Terms
from corridors.units import MINUTES_PER_DAY

# A weight is cents, then minutes, as one number: both add up, and the order is that of the pair.
MINUTES_BITS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree of shortest paths through the outward layers of a corridor.

    `least` is by node the least weight of a path to it, and `into` the last arc of that path; -1
    where a path begins.
    """

    outward: Outward
    least: IntArray
    into: IntArray

    @classmethod
    def of(cls, outward: Outward, weight: IntArray, begin: IntArray, paid: IntArray) -> Tree:
        """Return the tree of paths that begin at some nodes, reached for what is paid.

        `weight` is by arc of the layers, -1 for one that is not usable.
        """
        reached = paid < UNREACHABLE
        ways = outward.by_tail(fast=True)
        least, into = shortest(
            ways, weight, begin[reached], paid[reached], furthest=UNREACHABLE, fast=True
        )
        return cls(outward=outward, least=least, into=into)

    def path_to(self, node: int) -> tuple[int, list[int]]:
        """Return where the least path to a node begins, and its arcs in the topology."""
        tail, base, into = self.outward.arcs.tail, self.outward.arcs.base, self.into
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
    """The least weights of the outward layers of a corridor, by date where that is known.

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
        self._outward = outward = tree.outward
        profile = question.weights.profile[outward.arcs.base]
        dated = (profile >= 0) & (weight >= 0)
        self.depends = bool(dated.any())
        """Whether an arc of the layers depends on the day."""
        self._ice = np.zeros(dated.shape[0], bool)
        self._ice[dated] = question.weights.dates.through[profile[dated]]
        self._fixed = np.where(dated, -1, weight)
        self._minutes = np.where(weight >= 0, low.minutes[outward.arcs.base], -1)
        self._begin = np.concatenate([[outward.source], np.unique(outward.arcs.head[dated])])
        self._paid = tree.least[self._begin].copy()
        self._known: dict[int, Start] = {outward.source: AT_ORIGIN}
        self._grow()

    def _grow(self) -> None:
        self.tree = Tree.of(self._outward, self._fixed, self._begin, self._paid)

    def knows(self, node: int) -> bool:
        """Return whether the best route to where a path begins has been searched."""
        return node in self._known

    def start(self, node: int) -> Start:
        """Return the best route to where a path begins, once it has been searched."""
        return self._known[node]

    def find(self, node: int) -> None:
        """Search the best route to the end of an arc that depends on the day."""
        question, outward = self._question, self._outward
        # The node stands for the sink, and nothing leaves it.
        arcs = outward.arcs.at(outward.arcs.tail != node)
        arcs = arcs._replace(head=np.where(arcs.head == node, outward.sink, arcs.head))
        layered = cut(outward, arcs, fast=True)
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
        outward, ice = self._outward, self._ice
        near = Tree.of(outward, self._minutes, self._begin[:1], np.zeros(1, np.int64)).least
        heads = outward.arcs.head[ice]
        through = np.full(outward.node_count, UNREACHABLE, np.int64)
        np.minimum.at(through, heads, near[outward.arcs.tail[ice]] + self._minutes[ice])
        begin = np.unique(heads)
        return Tree.of(outward, self._minutes, begin, through[begin]).least

    def longest_by_ice(self, nodes: IntArray, minutes: IntArray) -> float:
        """Return minutes that a route through ice may surely take, by nodes and what follows."""
        return LONGEST_ROUND * float((self._quickest_by_ice[nodes] + minutes).min())
