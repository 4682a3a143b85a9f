"""Every route of a drawn network, one by one: what the label setting is held to."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corridors.costing.pace import travel
from corridors.routing.problem import SINK, SOURCE, Problem, dated_arcs, leads_to
from corridors.routing.terms import DatedRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY

# Clock, cents, minutes and grams.
Figures = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Enumerated:
    """A route of a departure: its cents, minutes and grams, and whether it meets a dated arc."""

    vector: Vector
    dated: bool


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


def _step(problem: Problem, asked: Terms, figures: Figures, arc: int) -> Figures | None:
    clock, cents, minutes, grams = figures
    took = run(problem, arc, clock)
    if took is None or clock + took[0] > asked.last_minute(problem):
        return None
    return clock + took[0], cents + took[2], minutes + took[1], grams + took[3]


def dated_ahead(problem: Problem) -> npt.NDArray[np.bool_]:
    """Return by node whether an arc that changes with the day lies ahead."""
    return leads_to(dated_arcs(problem), problem.tail, problem.head, problem.node_count)


def places_ahead(problem: Problem) -> list[set[int]]:
    """Return by node the places that a path from it may run."""
    ahead: list[set[int]] = [set() for _ in range(problem.node_count)]
    before = -1
    while before != (before := sum(map(len, ahead))):
        for tail, head, place in zip(
            problem.tail, problem.head, problem.place.tolist(), strict=True
        ):
            ahead[tail] |= ahead[head] | ({place} if place >= 0 else set())
    return ahead


def ways_at_once(
    problem: Problem, asked: Terms, ahead: Sequence[set[int]], *, place_once: bool
) -> list[list[tuple[Figures, frozenset[int]]]]:
    """Return by node the ways, with their places, that no other way is as good as.

    Ways are followed from those that no other beats, in the order of their clocks: one that is
    beaten leads nowhere. `ahead` are by node the places that a way must not have run if it is to be
    as good as one that has not. Unless `place_once`, a way may come to a place twice.
    """
    kept: list[list[tuple[Figures, frozenset[int]]]] = [[] for _ in range(problem.node_count)]
    start: Figures = (asked.begin, 0, 0, 0)
    heap = [(start, SOURCE, frozenset({SOURCE}), frozenset[int]())]
    while heap:
        figures, node, met, places = heapq.heappop(heap)
        if any(
            beats(one, figures) and run_by & ahead[node] <= places for one, run_by in kept[node]
        ):
            continue
        kept[node].append((figures, places))
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, place = int(problem.head[arc]), int(problem.place[arc])
            if head in met or (place_once and place in places):
                continue
            after = _step(problem, asked, figures, arc)
            if after is not None:
                more = places | ({place} if place >= 0 else set())
                heapq.heappush(heap, (after, head, met | {head}, more))
    return kept


def enumerated(
    problem: Problem, asked: Terms, *, spare_places: bool = False
) -> Iterator[Enumerated]:
    """Yield every simple path that leaves on the first day of the terms.

    No node is met twice, no place is come to twice, and no path lets time pass: where an arc
    that changes with the day lies ahead, no other way is as good in clock, cents, minutes and
    grams. With `spare_places` a way is not as good if it came to a place twice, or to one that the
    path may still meet. (The search knows this of the places that it tracks; it is between both.)
    """
    ahead = places_ahead(problem) if spare_places else [set[int]()] * problem.node_count
    at_once = ways_at_once(problem, asked, ahead, place_once=spare_places)
    matters, changes = dated_ahead(problem), dated_arcs(problem)

    def passes(node: int, figures: Figures, places: frozenset[int]) -> bool:
        return not matters[node] or not any(
            one != figures and beats(one, figures) and run_by & ahead[node] <= places
            for one, run_by in at_once[node]
        )

    def extend(
        path: tuple[int, ...], places: frozenset[int], figures: Figures, dated: bool
    ) -> Iterator[Enumerated]:
        node = path[-1]
        if node == SINK:
            yield Enumerated((figures[1], figures[2], figures[3]), dated)
            return
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, place = int(problem.head[arc]), int(problem.place[arc])
            if head in path or place in places:
                continue
            more = places | ({place} if place >= 0 else set())
            after = _step(problem, asked, figures, arc)
            if after is not None and passes(head, after, more):
                yield from extend((*path, head), more, after, dated or bool(changes[arc]))

    yield from extend((SOURCE,), frozenset(), (asked.begin, 0, 0, 0), False)


def enumerate_vectors(problem: Problem, asked: Terms, *, spare_places: bool = False) -> set[Vector]:
    """Return cents, minutes and grams of every path of `enumerated`."""
    return {route.vector for route in enumerated(problem, asked, spare_places=spare_places)}


def unbeaten(problem: Problem, asked: Terms) -> dict[int, list[Vector]]:
    """Return by day the routes that no later day beats, of all days with a route.

    Days count from the first of the terms. A later route beats one that meets a dated arc if it
    costs no more and arrives less than a day later, its wait at the origin included.
    """
    days = {
        day: list(enumerated(problem, replace(asked, start_day=asked.start_day + day)))
        for day in range(problem.days - asked.start_day)
    }
    rate = problem.wait_cents_per_day

    def is_beaten(route: Enumerated, day: int) -> bool:
        return route.dated and any(
            other.vector[0] + (later - day) * rate <= route.vector[0]
            and other.vector[1] + (later - day - 1) * MINUTES_PER_DAY < route.vector[1]
            for later, routes in days.items()
            for other in routes
            if later > day
        )

    kept = {
        day: [route.vector for route in routes if not is_beaten(route, day)]
        for day, routes in days.items()
    }
    return {day: vectors for day, vectors in kept.items() if vectors}


def best_by_day(problem: Problem, asked: Terms) -> tuple[int, int] | None:
    """Return cents and minutes of the best route over the days on which boxes may leave."""
    rate = problem.wait_cents_per_day
    return min(
        (
            (vector[0] + day * rate, vector[1] + day * MINUTES_PER_DAY)
            for day, vectors in unbeaten(problem, asked).items()
            if day <= asked.max_wait_days
            for vector in vectors
        ),
        default=None,
    )


def undominated(vectors: Iterable[Vector]) -> set[Vector]:
    """Return the vectors that no other is as good as in everything."""
    pool = set(vectors)
    return {v for v in pool if not any(w != v and beats(w, v) for w in pool)}


def beats(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether a vector is no worse than another in everything."""
    return all(a <= b for a, b in zip(one, other, strict=True))


def travelled(problem: Problem, asked: Terms, route: DatedRoute) -> Vector:
    """Return cents, minutes and grams of a route travelled arc by arc as it says.

    It must begin at the source and end at the sink, start where the arc before ended, wait only at
    the origin, by whole days and never longer than `max_wait_days`, and find every arc open.
    """
    leaves = replace(asked, start_day=asked.start_day + route.wait_days)
    node, figures = SOURCE, (leaves.begin, 0, 0, 0)
    for arc, start in zip(route.arcs, route.starts, strict=True):
        assert problem.tail[arc] == node
        assert start == figures[0]
        after = _step(problem, leaves, figures, arc)
        assert after is not None
        node, figures = int(problem.head[arc]), after
    assert node == SINK
    assert route.wait_days <= asked.max_wait_days
    return (
        figures[1] + route.wait_days * problem.wait_cents_per_day,
        figures[2] + route.wait_days * MINUTES_PER_DAY,
        figures[3],
    )


def nodes_of(problem: Problem, route: DatedRoute) -> list[int]:
    """Return the nodes a route meets, in order."""
    return [SOURCE, *(int(problem.head[arc]) for arc in route.arcs)]
