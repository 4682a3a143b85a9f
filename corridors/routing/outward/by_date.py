"""The least weights of a corridor from an origin on the days of a scenario.

Past the last arc that depends on the day, what a route to any destination adds does not. So the
best routes to the ends of such arcs are searched by date, each once for all destinations and only
if a destination needs it; until then its bound over all days stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from corridors.network.layers import Layered, cut_to_sink
from corridors.network.outward import Outward
from corridors.network.topology import SINK, SOURCE, IntArray
from corridors.routing.dated.departures import best_route
from corridors.routing.outward.kernel import UNREACHABLE
from corridors.routing.problem import Least, make_problem
from corridors.routing.question import Question
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND, Terms
from corridors.units import MINUTES_PER_DAY

# A weight is cents, then minutes, as one number: both add up, and the order is that of the pair.
MINUTES_BITS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The outward layers of a corridor.

    `least` is by node the least weight from the source, each arc at its least over all days, and
    `into` the last arc of that path.
    """

    layers: Outward
    least: IntArray
    into: IntArray


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

    `least` is by node a weight that no route of the scenario's days is below, and `into` the last
    arc of its path, which begins at the source or at the end of an arc that depends on the day; -1
    where a path begins. It is the weight of a route if `start` of that node is known.

    Parameters
    ----------
    question
        The question on the network of many destinations.
    searched
        The layers, with their least weights over all days.
    weight
        By arc of the layers the least weight over all days, -1 if it is never usable.
    low
        By arc of the network the least figures over all days.
    kernel
        The module with `least_from`.
    """

    least: IntArray
    into: IntArray

    def __init__(
        self, question: Question, searched: Searched, *, weight: IntArray, low: Least, kernel: Any
    ) -> None:
        self._question = question
        self._searched = searched
        self._kernel = kernel
        layers, weights = searched.layers, question.weights
        profile = weights.profile[layers.base]
        self._dated = (profile >= 0) & (weight >= 0)
        through = weights.dates.through[np.maximum(profile, 0)] if self.depends else profile < -1
        self._ice = self._dated & through
        self._fixed = np.where(self._dated, -1, weight)
        self._minutes = np.where(weight >= 0, low.minutes[layers.base], -1)
        begin = np.unique(layers.head[self._dated])
        self._begin = np.concatenate([[SOURCE], begin])
        self._paid = searched.least[self._begin].copy()
        self._known: dict[int, Start | None] = {SOURCE: AT_ORIGIN}
        self._spread()

    @property
    def depends(self) -> bool:
        """Whether an arc of the layers depends on the day."""
        return bool(self._dated.any())

    def knows(self, node: int) -> bool:
        """Return whether the best route to where a path begins has been searched."""
        return node in self._known

    def start(self, node: int) -> Start | None:
        """Return the best route to where a path begins; None if its search was given up."""
        return self._known[node]

    def find(self, node: int) -> None:
        """Search the best route to the end of an arc that depends on the day."""
        question = self._question
        topology, weights = question.bundle.topology, question.weights
        problem = make_problem(topology, self._to(node), weights)
        # No limit of detours: whether the way to a destination keeps its own is seen later.
        terms = Terms(
            start_day=0,
            max_wait_days=question.scenario.max_wait_days,
            fast=True,
            longest_by_ice=float(JOURNEY_DAYS * MINUTES_PER_DAY),
        )
        best = best_route(problem, terms)
        if best is None:
            paid = UNREACHABLE
            self._known[node] = None
        else:
            arcs = np.searchsorted(problem.number, best.arcs)
            profiles = problem.profile[arcs]
            last, left_at = int(arcs[-1]), best.starts[-1]
            paid = (best.cents << MINUTES_BITS) + best.minutes
            self._known[node] = Start(
                arcs=tuple(problem.base[arcs].tolist()),
                under_way=best.minutes - best.wait_days * MINUTES_PER_DAY,
                clock=left_at + int(problem.clock[last]) + problem.travel(last, left_at)[0],
                by_ice=bool(problem.through[profiles[profiles >= 0]].any()),
            )
        self._paid[np.searchsorted(self._begin, node)] = paid
        self._spread()

    @cached_property
    def quickest_by_ice(self) -> IntArray:
        """By node a bound for the minutes of a route through ice, on any day."""
        layers, ice = self._searched.layers, self._ice
        source = np.array([SOURCE])
        near = self._least_from(self._minutes, source, np.zeros(1, np.int64))[0]
        heads, before = layers.head[ice], near[layers.tail[ice]] + self._minutes[ice]
        through = np.full(layers.state.shape[0], UNREACHABLE, np.int64)
        np.minimum.at(through, heads, before)
        begin = np.unique(heads)
        least: IntArray = self._least_from(self._minutes, begin, through[begin])[0]
        return least

    def longest_by_ice(self, ends: IntArray, minutes: IntArray) -> float:
        """Return minutes that a route through ice may surely take, by nodes and what follows."""
        return LONGEST_ROUND * float((self.quickest_by_ice[ends] + minutes).min())

    def _spread(self) -> None:
        self.least, self.into = self._least_from(self._fixed, self._begin, self._paid)

    def _least_from(self, weight: IntArray, begin: IntArray, paid: IntArray) -> Any:
        layers = self._searched.layers
        reached = paid < UNREACHABLE
        return self._kernel.least_from(
            layers.first_arc, layers.head, weight, begin[reached], paid[reached]
        )

    def _to(self, node: int) -> Layered:
        """Return the layers to a node, which stands for the sink."""
        layers = self._searched.layers
        keep = layers.tail != node
        made = Layered(
            state=layers.state,
            mask=layers.mask,
            part=layers.part,
            first_arc=np.zeros(0, np.int64),
            head=np.where(layers.head[keep] == node, SINK, layers.head[keep]),
            base=layers.base[keep],
        )
        return cut_to_sink(made, layers.tail[keep])
