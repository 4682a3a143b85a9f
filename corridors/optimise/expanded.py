"""The time-expanded network of one departure: every way to a place, by the minute.

It checks the label setting, so it shares nothing with it but the arcs and their figures by date:
the ways are followed here in the order of the clock, the bounds are worked out here, and OR-Tools
finds the cheapest path in the network.

A way is left out where another one comes to the same place no later, for no more cents, minutes
and CO2e: it would only let time pass, as `docs/explanation/limits.md` says.
`docs/explanation/how-it-works.md` has an example.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from corridors.arrays import IntArray
from corridors.errors import CorridorsError
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import Terms

# Clock, cents, minutes and grams.
Figures = tuple[int, int, int, int]
FAR = 1 << 60


class TooMuchWorkError(CorridorsError):
    """The time-expanded network is too large."""


@dataclass(slots=True)
class Work:
    """Moves that may still be tried."""

    left: int

    def spend(self, moves: int) -> None:
        """Count moves; too many end the certificate."""
        self.left -= moves
        if self.left < 0:
            raise TooMuchWorkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which routes are sought: of at most these cents and minutes.

    Routes that one of `beaten` (cents and minutes) is no worse than are left out.
    """

    most_cents: int
    most_minutes: int = FAR
    beaten: tuple[tuple[int, int], ...] = ()

    def admits(self, cents: int, minutes: int) -> bool:
        """Return whether a route of at least these cents and minutes may be sought."""
        return (
            cents <= self.most_cents
            and minutes <= self.most_minutes
            and not any(c <= cents and m <= minutes for c, m in self.beaten)
        )


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs of the time-expanded network from node 0 to node 1, with the arcs that they run."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    cents: list[int] = field(default_factory=list)
    minutes: list[int] = field(default_factory=list)
    arc: list[int] = field(default_factory=list)


def least_weights_to(problem: Problem, weight: IntArray, root: int) -> list[int]:
    """Return by node the least weight to the sink, or from the source; `FAR` without a way.

    `root` is one of the two.
    """
    nearer, further = problem.head.tolist(), problem.tail.tolist()
    if root == SOURCE:
        nearer, further = further, nearer
    by_nearer: list[list[int]] = [[] for _ in range(problem.node_count)]
    for arc, node in enumerate(nearer):
        by_nearer[node].append(arc)
    weights = weight.tolist()
    least = [FAR] * problem.node_count
    least[root] = 0
    heap = [(0, root)]
    while heap:
        here, node = heapq.heappop(heap)
        if here > least[node]:
            continue
        for arc in by_nearer[node]:
            if here + weights[arc] < least[further[arc]]:
                least[further[arc]] = here + weights[arc]
                heapq.heappush(heap, (least[further[arc]], further[arc]))
    return least


def longest_by_ice(problem: Problem, terms: Terms) -> float:
    """Return the most minutes that a route through ice may take when it enters the ice."""
    near, far = (least_weights_to(problem, problem.low_minutes, end) for end in (SOURCE, SINK))
    quickest = min(
        (
            near[problem.tail[arc]] + int(problem.low_minutes[arc]) + far[problem.head[arc]]
            for arc in np.flatnonzero(problem.profile >= 0).tolist()
            if problem.through[problem.profile[arc]]
        ),
        default=FAR,
    )
    return terms.longest_by_ice or terms.longest_round * max(1.0, quickest)


class Departure:
    """The time-expanded network of the departure on the first day of the terms.

    Parameters
    ----------
    problem
        The corridor, of which some arcs may be left out.
    terms
        The day, and how long a route through ice may take.
    longest_by_ice
        After how many minutes, those that are left at least included, no ice is entered.
    work
        Moves that may still be tried.
    """

    def __init__(
        self, problem: Problem, terms: Terms, *, longest_by_ice: float, work: Work
    ) -> None:
        self._problem, self._terms, self._work = problem, terms, work
        self._cents = least_weights_to(problem, problem.low_cents, SINK)
        self._minutes = least_weights_to(problem, problem.low_minutes, SINK)
        self._longest_by_ice = longest_by_ice

    def network(self, sought: Sought) -> Network:
        """Return the network of all ways that a route which is sought may take."""
        made = Network()
        heap: list[tuple[Figures, int, int, int, Figures]] = []
        start: Figures = (self._terms.begin, 0, 0, 0)
        heapq.heappush(heap, (start, SOURCE, 0, -1, start))
        kept: dict[int, list[Figures]] = {}
        ways = 0
        while heap:
            figures, node, before, arc, came = heapq.heappop(heap)
            others = kept.setdefault(node, [])
            if any(_no_worse(one, figures) for one in others):
                continue
            others.append(figures)
            # The source is node 0 and the sink node 1; every other way is a node of its own.
            ways += node not in (SOURCE, SINK)
            number = {SOURCE: 0, SINK: 1}.get(node, ways + 1)
            if arc >= 0:
                made.tail.append(before)
                made.head.append(number)
                made.cents.append(figures[1] - came[1])
                made.minutes.append(figures[2] - came[2])
                made.arc.append(arc)
            for on, after in self._onward(node, figures, sought):
                heapq.heappush(heap, (after, int(self._problem.head[on]), number, on, figures))
        return made

    def _onward(self, node: int, figures: Figures, sought: Sought) -> list[tuple[int, Figures]]:
        """Return the arcs by which a way may go on, with its figures after each."""
        problem = self._problem
        clock, cents, minutes, grams = figures
        arcs = range(int(problem.first_arc[node]), int(problem.first_arc[node + 1]))
        self._work.spend(len(arcs))
        found = []
        for arc in arcs:
            profile, head = int(problem.profile[arc]), int(problem.head[arc])
            late = minutes + self._minutes[node] > self._longest_by_ice
            if profile >= 0 and problem.through[profile] and late:
                continue
            extra, more_cents, more_grams = problem.travel(arc, clock)
            if extra < 0:
                continue
            after = (
                clock + int(problem.clock[arc]) + extra,
                cents + int(problem.cents[arc]) + more_cents,
                minutes + int(problem.minutes[arc]) + extra,
                grams + int(problem.grams[arc]) + more_grams,
            )
            least = after[1] + self._cents[head], after[2] + self._minutes[head]
            if after[0] <= self._terms.last_minute(problem) and sought.admits(*least):
                found.append((arc, after))
        return found


def _no_worse(one: Figures, other: Figures) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))
