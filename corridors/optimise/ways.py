"""Which ways a route may take if none lets time pass, and the work of following them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from dataclasses import dataclass

from corridors.errors import CorridorsError
from corridors.routing.problem import SOURCE, Problem, dated_ahead

# Clock, cents, minutes and grams.
Figures = tuple[int, int, int, int]
# Whether a route may still be wanted at a node, a minute and some cents.
Within = Callable[[int, int, int], bool]


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
class Way:
    """A way to a node: its figures, and the arcs by which other ways go on from it.

    `static` if nothing on it changes with the day.
    """

    node: int
    figures: Figures
    static: bool
    following: list[tuple[int, int]]


def run(problem: Problem, arc: int, clock: int) -> Figures | None:
    """Return minutes on the clock, cents, minutes and grams of an arc, None where it is closed."""
    extra, cents, grams = problem.travel(arc, clock)
    if extra < 0:
        return None
    return (
        int(problem.clock[arc]) + extra,
        int(problem.cents[arc]) + cents,
        int(problem.minutes[arc]) + extra,
        int(problem.grams[arc]) + grams,
    )


class Ways:
    """Which ways a route may take if none lets time pass, as `docs/limits.md` says.

    `at_once` never wait: no other one is as good in clock, cents, minutes and grams. `static` are
    those that a wait may be added to as long as nothing on them changes with the day: none of
    `at_once` on which nothing changes is better. `changes` says by arc whether it changes with the
    day. The first way of each is that to the source.
    """

    def __init__(self, problem: Problem, start: int, within: Within, work: Work) -> None:
        self._problem = problem
        self.changes = [p >= 0 and bool(problem.change_days[p]) for p in problem.profile.tolist()]
        self._start, self._within, self._work = start, within, work
        self._dated = dated_ahead(problem)
        self.at_once = self._followed(lambda _node, _figures: True)
        best: dict[int, list[Figures]] = {}
        for way in self.at_once:
            if way.static:
                best.setdefault(way.node, []).append(way.figures)

        def admits(node: int, figures: Figures) -> bool:
            others = best.get(node, ()) if self._dated[node] else ()
            return not any(one != figures and _as_good(one, figures) for one in others)

        # One that never waits stays, though another may be as good with a wait alone.
        known = {(way.node, way.figures) for way in self.at_once if way.static}
        self.static = self._followed(admits, static=True, known=known)

    def _followed(
        self,
        admits: Callable[[int, Figures], bool],
        *,
        static: bool = False,
        known: Collection[tuple[int, Figures]] = (),
    ) -> list[Way]:
        """Return ways in the order of their clocks, those of the source first.

        One that another is as good as is left out, unless it is `known`.
        """
        problem, within = self._problem, self._within
        ways: list[Way] = []
        kept: dict[int, list[Figures]] = {}
        heap = [((self._start, 0, 0, 0), SOURCE, -1, -1, True)]
        while heap:
            figures, node, before, arc, unchanging = heapq.heappop(heap)
            others = kept.setdefault(node, [])
            if figures in others or not admits(node, figures):
                continue
            if (node, figures) not in known and any(_as_good(one, figures) for one in others):
                continue
            others.append(figures)
            if before >= 0:
                ways[before].following.append((arc, len(ways)))
            out = arcs_of(problem, node)
            self._work.spend(len(out))
            for on in out:
                took = None if static and self.changes[on] else run(problem, on, figures[0])
                if took is not None:
                    after = _sum(figures, took)
                    head = int(problem.head[on])
                    if within(head, after[0], after[1]):
                        still = unchanging and not self.changes[on]
                        heapq.heappush(heap, (after, head, len(ways), on, still))
            ways.append(Way(node=node, figures=figures, static=unchanging, following=[]))
        return ways


def arcs_of(problem: Problem, node: int) -> range:
    """Return the arcs that leave a node."""
    return range(int(problem.first_arc[node]), int(problem.first_arc[node + 1]))


def _sum(one: Figures, other: Figures) -> Figures:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


def _as_good(one: Figures, other: Figures) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))
