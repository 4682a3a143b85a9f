"""Find routes that come to no place twice: search without that rule, and add it where it is broken.

Nobody sells a way back to where boxes have been: a barge and a truck to the port of loading, or a
leg out and back to touch a place. As part of a label the rule for every place would make most
labels incomparable. Only places that a route was found to come to twice are tracked in the labels,
which also gives a closer bound: a route that has met a tracked place must end without it. If there
are more such places than bits, the problem is split in two instead. The arcs that lead to a place
are parted so that the two by which a route comes to it fall into different parts. A route that
comes to it once at most lacks all arcs of one of the parts, so the two problems without a part hold
every such route between them.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from corridors.arrays import BoolArray
from corridors.domain.unbeaten import unbeaten
from corridors.routing.dated.bounded_problem import Prepared, bounded
from corridors.routing.dated.label_search import Searched, Wanted, search_routes
from corridors.routing.problem import Problem
from corridors.routing.terms import JOURNEY_DAYS, DatedRoute, Terms, Vector

Vector2 = tuple[int, int]
# The last guard of a front, some seconds: what it cuts is said. Fronts of shipped questions take
# 1.6 million at most.
MOST_STEPS_OF_FRONT = 12_000_000
# The same of the best route, counted only where routes come to a place twice: a corridor that leads
# far out and back has thousands of ways that do.
MOST_STEPS_OF_BEST = 4_000_000
# Bits of an integer; beyond them the problem is branched on.
MOST_TRACKED = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Non-dominated routes, cheapest first; `whole` unless some may be missing."""

    routes: tuple[DatedRoute, ...]
    whole: bool


def repeats(route: DatedRoute) -> bool:
    """Return whether a route comes to a place twice."""
    return len(set(route.places)) < len(route.places)


def cheapest(prepared: Prepared, terms: Terms, wanted: Wanted) -> Searched:
    """Return the cheapest, then quickest route that comes to no place twice; none if there is none.

    Problems are followed in the order of the routes found in them. After `MOST_STEPS_OF_BEST` there
    is none either, and `whole` is false.
    """
    order, steps, alike_days = count(), 0, JOURNEY_DAYS
    queue: list[tuple[Vector2, int, DatedRoute, Prepared]] = []
    parts = [prepared]
    while True:
        for part in parts:
            found = search_routes(part, terms, wanted)
            steps += found.steps
            if not found.routes:
                # The parts in which nothing was found hold every route between them.
                alike_days = min(alike_days, found.alike_days)
            for route in found.routes[:1]:
                heapq.heappush(queue, (route.vector[:2], next(order), route, part))
        if not queue:
            return Searched(routes=(), steps=steps, whole=True, alike_days=alike_days)
        *_, route, part = heapq.heappop(queue)
        if not repeats(route):
            return Searched(routes=(route,), steps=steps, whole=True, tracked=part.tracked)
        if steps > MOST_STEPS_OF_BEST:
            return Searched(routes=(), steps=steps, whole=False)
        parts = _closer(part, [route], fast=terms.fast, criteria=2)


def non_dominated(
    prepared: Prepared,
    terms: Terms,
    *,
    known: Sequence[DatedRoute] = (),
    most_steps: int = MOST_STEPS_OF_FRONT,
) -> Front:
    """Return the routes that come to no place twice and that no other such route beats.

    Parameters
    ----------
    prepared
        The corridor.
    terms
        The day of departure, and how the search is run.
    known
        Routes known to exist; they save the search of those that they beat.
    most_steps
        How many steps all searches may take together, an arc bounded again counting as one.
    """
    found = {route.vector: route for route in reversed(known)}
    left, whole = most_steps, True
    parts = [prepared]
    while parts and whole and left > 0:
        part = parts.pop()
        wanted = Wanted(best_only=False, known=unbeaten(found), most_steps=left)
        searched = search_routes(part, terms, wanted)
        # Bounding a problem again is work too.
        spent = searched.steps + (0 if part is prepared else part.problem.base.shape[0])
        left, whole = left - spent, searched.whole
        found.update((route.vector, route) for route in searched.routes if not repeats(route))
        twice = [
            route
            for route in searched.routes
            if repeats(route) and not any(_beats(vector, route.vector) for vector in found)
        ]
        if twice:
            parts.extend(_closer(part, twice, fast=terms.fast, criteria=3))
    return Front(
        routes=tuple(found[vector] for vector in unbeaten(found)), whole=whole and not parts
    )


def _beats(one: Vector, other: Vector) -> bool:
    """Return whether a vector is no worse than another in anything."""
    return one[0] <= other[0] and one[1] <= other[1] and one[2] <= other[2]


def _closer(
    prepared: Prepared, routes: Sequence[DatedRoute], *, fast: bool, criteria: int
) -> list[Prepared]:
    """Return problems that hold every route but these, which come to a place twice."""
    problem = prepared.problem
    places = Counter(int(problem.place[_closest(problem, route)[0]]) for route in routes)
    room = MOST_TRACKED - len(prepared.tracked)
    if not room:
        return _children(prepared, routes, fast=fast, criteria=criteria)
    most = sorted(places, key=lambda place: (-places[place], place))[:room]
    return [prepared.tracking(most, fast=fast)]


def _children(
    prepared: Prepared, routes: Sequence[DatedRoute], *, fast: bool, criteria: int
) -> list[Prepared]:
    """Return the problems of a branching on a place that these routes meet twice, if connected."""
    children = [
        _without(prepared, barred, fast=fast, criteria=criteria)
        for barred in _parted(prepared.problem, routes)
    ]
    return [child for child in children if child.connected]


def _parted(problem: Problem, routes: Sequence[DatedRoute]) -> tuple[BoolArray, BoolArray]:
    """Return the arcs to a place in two parts, between which most routes come to it twice.

    Of the places that a route comes to again, that with the fewest arcs between counts: a route out
    and back turns there. It comes by two arcs, for no search meets a node twice.
    """
    runs = Counter(_closest(problem, route) for route in routes)
    first, second = min(runs, key=lambda pair: (-runs[pair], pair))
    arcs = np.flatnonzero(problem.place == problem.place[first])
    low, high = np.searchsorted(arcs, sorted((first, second)))
    middle = min(max(int(low) + 1, arcs.shape[0] // 2), int(high))
    parts = np.zeros((2, problem.base.shape[0]), bool)
    parts[0, arcs[:middle]] = True
    parts[1, arcs[middle:]] = True
    return parts[0], parts[1]


def _closest(problem: Problem, route: DatedRoute) -> tuple[int, int]:
    """Return the two arcs by which a route comes to a place twice with the fewest arcs between."""
    arcs = np.searchsorted(problem.number, route.arcs).tolist()
    last: dict[int, int] = {}
    pairs = []
    for number, place in enumerate(problem.place[arcs].tolist()):
        if place >= 0:
            if place in last:
                pairs.append((number - last[place], last[place], number))
            last[place] = number
    _, one, other = min(pairs)
    return arcs[one], arcs[other]


def _without(prepared: Prepared, barred: BoolArray, *, fast: bool, criteria: int) -> Prepared:
    """Return the problem without some arcs; what is not bounded anew keeps its bound."""
    left = bounded(prepared.problem.only(~barred), fast=fast, criteria=criteria)
    bounds = tuple(
        np.maximum(new, old) for new, old in zip(left.bounds, prepared.bounds, strict=True)
    )
    return replace(
        prepared,
        problem=left.problem,
        bounds=(bounds[0], bounds[1], bounds[2]),
    )
