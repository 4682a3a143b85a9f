"""Every route of a drawn network, one by one: what the label setting is held to."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corridors.costing.pace import travel
from corridors.routing.problem import SINK, SOURCE, Problem, dated_ahead
from corridors.routing.terms import FoundRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY
from tests.strategies import GRID


@dataclass(frozen=True, slots=True)
class _State:
    clock: int
    waited: int
    cents: int
    minutes: int
    grams: int
    wait_cents: int = 0

    @property
    def unwaited(self) -> tuple[int, int, int, int]:
        """Clock, cents, minutes and grams without the waits."""
        return (
            self.clock - self.waited,
            self.cents - self.wait_cents,
            self.minutes - self.waited,
            self.grams,
        )


@dataclass(frozen=True, slots=True)
class _AtOnce:
    """A way to a node that never waits. It is static if nothing on it changes with the day."""

    clock: int
    cents: int
    minutes: int
    grams: int
    legs: frozenset[int]
    static: bool

    @property
    def figures(self) -> tuple[int, int, int, int]:
        """Clock, cents, minutes and grams."""
        return self.clock, self.cents, self.minutes, self.grams

    def is_as_good(self, figures: Sequence[int], legs: frozenset[int], ahead: set[int]) -> bool:
        """Return whether it is no worse in anything and ran no other of the legs ahead."""
        return beats(self.figures, figures) and self.legs & ahead <= legs


def run(problem: Problem, arc: int, start: int) -> tuple[int, int, int, int] | None:
    """Return minutes on the clock, minutes, cents and grams of an arc, None where it is closed."""
    extra, cents, grams = 0, 0, 0
    if problem.profile[arc] >= 0:
        extra, cents, grams = travel(
            int(problem.profile[arc]),
            float(problem.km[arc]),
            start,
            problem.by_day,
        )
        if extra < 0:
            return None
    return (
        int(problem.clock[arc]) + extra,
        int(problem.minutes[arc]) + extra,
        int(problem.cents[arc]) + cents,
        int(problem.grams[arc]) + grams,
    )


def _step(problem: Problem, asked: Terms, state: _State, *, arc: int, start: int) -> _State | None:
    took = run(problem, arc, start)
    if took is None or start + took[0] > asked.last_minute(problem):
        return None
    wait = start - state.clock
    wait_cents = -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
    return _State(
        start + took[0],
        state.waited + wait,
        state.cents + took[2] + wait_cents,
        state.minutes + took[1] + wait,
        state.grams + took[3],
        state.wait_cents + wait_cents,
    )


def _starts(problem: Problem, asked: Terms, node: int, state: _State) -> list[int]:
    """Return the departures enumerated from a state: at once, and every later point of the grid."""
    latest = state.clock + int(asked.max_wait_days * MINUTES_PER_DAY) - state.waited
    first = (state.clock // GRID + 1) * GRID
    return [state.clock, *(range(first, latest + 1, GRID) if problem.waits[node] else ())]


def _changing(problem: Problem) -> list[bool]:
    return [profile >= 0 and bool(problem.change_days[profile]) for profile in problem.profile]


def legs_ahead(problem: Problem) -> list[set[int]]:
    """Return by node the legs that a path from it may run."""
    ahead: list[set[int]] = [set() for _ in range(problem.node_count)]
    before = -1
    while before != (before := sum(map(len, ahead))):
        for tail, head, leg in zip(problem.tail, problem.head, problem.leg.tolist(), strict=True):
            ahead[tail] |= ahead[head] | ({leg} if leg >= 0 else set())
    return ahead


def ways_at_once(problem: Problem, asked: Terms, ahead: Sequence[set[int]]) -> list[list[_AtOnce]]:
    """Return by node the ways that never wait and that no other such way is as good as.

    They are clock, cents, minutes and grams. Ways are followed from those that no other beats, in
    the order of their clocks: one that is beaten leads nowhere. `ahead` are by node the legs that a
    way must not have run if it is to be as good as one that has not.
    """
    changing = _changing(problem)
    kept: list[list[_AtOnce]] = [[] for _ in range(problem.node_count)]
    heap = [((asked.begin, 0, 0, 0), SOURCE, frozenset({SOURCE}), frozenset[int](), True)]
    while heap:
        figures, node, met, legs, static = heapq.heappop(heap)
        if any(one.is_as_good(figures, legs, ahead[node]) for one in kept[node]):
            continue
        kept[node].append(_AtOnce(*figures, legs, static))
        state = _State(figures[0], 0, figures[1], figures[2], figures[3])
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, leg = int(problem.head[arc]), int(problem.leg[arc])
            if head in met or leg in legs:
                continue
            after = _step(problem, asked, state, arc=arc, start=state.clock)
            if after is not None:
                still = static and not changing[arc]
                more = legs | ({leg} if leg >= 0 else set())
                heapq.heappush(heap, (after.unwaited, head, met | {head}, more, still))
    return kept


class Admitted:
    """Tells which ways to a node do not let time pass; see `enumerate_vectors`."""

    def __init__(self, problem: Problem, asked: Terms, *, spare_legs: bool = False) -> None:
        self._ahead = legs_ahead(problem) if spare_legs else [set[int]()] * problem.node_count
        self._at_once = ways_at_once(problem, asked, self._ahead)
        self._dated = dated_ahead(problem)

    def passes(
        self,
        node: int,
        figures: Sequence[int],
        legs: frozenset[int] = frozenset(),
        *,
        waited: bool = False,
        static: bool = False,
    ) -> bool:
        """Return whether a way is admitted: its clock, cents, minutes and grams without waits."""
        if not self._dated[node]:
            return True
        return not any(
            one.figures != figures and one.is_as_good(figures, legs, self._ahead[node])
            for one in self._at_once[node]
            if not waited or (static and one.static)
        )


def enumerate_vectors(problem: Problem, asked: Terms, *, spare_legs: bool = False) -> set[Vector]:
    """Return cents, minutes and grams of every simple path with every departure of the grid.

    No node is met twice, no physical leg is used twice, and no path lets time pass: where an arc
    that changes with the day lies ahead, no way that never waits is as good, the waits of the path
    left out. This binds a path that waits until its first arc that changes with the day. With
    `spare_legs` a way is not as good if it ran a leg that the path may still run. (The search
    knows this of the legs that it tracks; it is between the two.)
    """
    found: set[Vector] = set()
    changing = _changing(problem)
    admitted = Admitted(problem, asked, spare_legs=spare_legs)

    def extend(
        path: tuple[int, ...], legs: frozenset[int], states: set[_State], *, static: bool
    ) -> None:
        node = path[-1]
        if node == SINK:
            found.update((s.cents, s.minutes, s.grams) for s in states)
            return
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, leg = int(problem.head[arc]), int(problem.leg[arc])
            if head in path or leg in legs:
                continue
            still = static and not changing[arc]
            more = legs | ({leg} if leg >= 0 else set())
            reached = {
                after
                for state in states
                for start in _starts(problem, asked, node, state)
                if (after := _step(problem, asked, state, arc=arc, start=start)) is not None
                and admitted.passes(
                    head, after.unwaited, more, waited=after.waited > 0, static=still
                )
            }
            if reached:
                extend((*path, head), more, reached, static=still)

    extend((SOURCE,), frozenset(), {_State(asked.begin, 0, 0, 0, 0)}, static=True)
    return found


def undominated(vectors: Iterable[Vector]) -> set[Vector]:
    """Return the vectors that no other is as good as in everything."""
    pool = set(vectors)
    return {v for v in pool if not any(w != v and beats(w, v) for w in pool)}


def beats(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether a vector is no worse than another in everything."""
    return all(a <= b for a, b in zip(one, other, strict=True))


def travelled(problem: Problem, asked: Terms, route: FoundRoute) -> Vector:
    """Return cents, minutes and grams of a route travelled arc by arc as it says.

    It must begin at the source and end at the sink, start where the arc before ended, wait only
    where that is allowed and never longer than `max_wait_days`, and find every arc open.
    """
    node, state = SOURCE, _State(asked.begin, 0, 0, 0, 0)
    for arc, start, wait in zip(route.arcs, route.starts, route.waits, strict=True):
        assert problem.tail[arc] == node
        assert start - state.clock == wait
        assert wait == 0 or problem.waits[node]
        after = _step(problem, asked, state, arc=arc, start=start)
        assert after is not None
        node, state = int(problem.head[arc]), after
    assert node == SINK
    assert state.waited <= asked.max_wait_days * MINUTES_PER_DAY
    return state.cents, state.minutes, state.grams


def nodes_of(problem: Problem, route: FoundRoute) -> list[int]:
    """Return the nodes a route meets, in order."""
    return [SOURCE, *(int(problem.head[arc]) for arc in route.arcs)]
