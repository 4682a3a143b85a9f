"""Every route of a drawn network, one by one: what the label setting is held to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corridors.costing.pace import travel
from corridors.routing.problem import SINK, SOURCE, Problem
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


def run(problem: Problem, arc: int, start: int) -> tuple[int, int, int, int] | None:
    """Return minutes on the clock, minutes, cents and grams of an arc, None where it is closed."""
    extra, cents, grams = 0, 0, 0
    if problem.profile[arc] >= 0:
        extra, cents, grams = travel(
            int(problem.profile[arc]),
            float(problem.km[arc]),
            start,
            problem.minutes_per_km,
            problem.cents_per_km,
            problem.grams_per_km,
            problem.fixed_cents,
            problem.fixed_grams,
            problem.through,
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
    return _State(
        start + took[0],
        state.waited + wait,
        state.cents + took[2] + -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY),
        state.minutes + took[1] + wait,
        state.grams + took[3],
    )


def _starts(problem: Problem, asked: Terms, node: int, state: _State) -> list[int]:
    """Return the departures enumerated from a state: at once, and every later point of the grid."""
    latest = state.clock + int(asked.max_wait_days * MINUTES_PER_DAY) - state.waited
    first = (state.clock // GRID + 1) * GRID
    return [state.clock, *(range(first, latest + 1, GRID) if problem.waits[node] else ())]


def enumerate_vectors(problem: Problem, asked: Terms) -> set[Vector]:
    """Return cents, minutes and grams of every simple path with every departure of the grid.

    No node is met twice, and no physical leg is used twice.
    """
    found: set[Vector] = set()

    def extend(path: tuple[int, ...], legs: frozenset[int], states: set[_State]) -> None:
        node = path[-1]
        if node == SINK:
            found.update((s.cents, s.minutes, s.grams) for s in states)
            return
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, leg = int(problem.head[arc]), int(problem.leg[arc])
            if head in path or leg in legs:
                continue
            reached = {
                after
                for state in states
                for start in _starts(problem, asked, node, state)
                if (after := _step(problem, asked, state, arc=arc, start=start)) is not None
            }
            if reached:
                extend((*path, head), legs | ({leg} if leg >= 0 else set()), reached)

    extend((SOURCE,), frozenset(), {_State(asked.begin, 0, 0, 0, 0)})
    return found


def undominated(vectors: Iterable[Vector]) -> set[Vector]:
    """Return the vectors that no other is as good as in everything."""
    pool = set(vectors)
    return {v for v in pool if not any(w != v and beats(w, v) for w in pool)}


def beats(one: Vector, other: Vector) -> bool:
    """Return whether a vector is no worse than another in cents, minutes and grams."""
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
