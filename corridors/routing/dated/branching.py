"""Find routes that run no leg twice: search without that rule, and add it where it is broken.

As part of a label the rule for every leg would make most labels incomparable. Only legs that a
route was found to run twice are tracked in the labels, which also gives a closer bound: a route
that has run a tracked leg must end without it. If there are more such legs than bits, the problem
is split in two instead. The arcs of a leg are parted so that its two runs fall into different
parts: by direction, else by position. A route that runs the leg once at most lacks all arcs of one
of the parts, so the two problems without a part hold every such route between them.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import numpy.typing as npt

from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.dated.prepared import Prepared, bounded
from corridors.routing.dated.search import ANY_NUMBER, Searched, search_routes
from corridors.routing.problem import Problem
from corridors.routing.terms import FoundRoute, Terms, Vector

BoolArray = npt.NDArray[np.bool_]
Vector2 = tuple[int, int]
# The last guard of a front, some seconds: what it cuts is said.
MOST_STEPS_OF_FRONT = 60_000_000
# That of the cheapest route where it depends on dates, of which waits until midnight take a part.
MOST_STEPS_OF_BEST = 60_000_000
MOST_STEPS_TO_MIDNIGHT = 25_000_000
# Bits of an integer; beyond them the problem is branched on.
MOST_TRACKED_LEGS = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Non-dominated routes, cheapest first; `whole` unless some may be missing."""

    routes: tuple[FoundRoute, ...]
    whole: bool


def repeats(route: FoundRoute) -> bool:
    """Return whether a route runs a physical leg twice."""
    return len(set(route.legs)) < len(route.legs)


Run = Callable[[Prepared], FoundRoute | None]
RunOfFront = Callable[[Prepared, Sequence[Vector], int], Searched]


class Budget:
    """The work that the search of one cheapest route may take, and whether it took more."""

    def __init__(self, steps: int = MOST_STEPS_OF_BEST) -> None:
        self.left = steps
        self.is_cut = False

    def spend(self, found: Searched) -> None:
        """Count the work of a search."""
        self.left -= found.steps
        self.is_cut |= not found.whole


def relaxed(
    terms: Terms,
    *,
    most_cents: int = UNREACHABLE,
    endless: bool = False,
    budget: Budget | None = None,
    most_steps: int = ANY_NUMBER,
) -> Run:
    """Return a function that finds the cheapest route of a problem; it may run a leg twice.

    With a budget, or `most_steps` of it, a search that takes more finds none.
    """

    def run(part: Prepared) -> FoundRoute | None:
        steps = most_steps if budget is None else max(1, min(most_steps, budget.left))
        found = search_routes(
            part,
            terms,
            best_only=True,
            most_cents=most_cents,
            most_steps=steps,
            endless=endless,
        )
        if budget is not None:
            budget.spend(found)
        return found.routes[0] if found.routes and found.whole else None

    return run


def cheapest(
    prepared: Prepared,
    runs: Sequence[Run],
    *,
    fast: bool,
    known: FoundRoute | None = None,
) -> FoundRoute | None:
    """Return the cheapest, then quickest route that runs no leg twice; None if there is none.

    Problems are followed in the order of their bounds.

    Parameters
    ----------
    prepared
        The corridor.
    runs
        Searches of a problem, each slower and closer than the one before: all but the last return
        a route that is no dearer and no slower than the best one, or None if there is none; the
        last returns the best one. The routes may run a leg twice.
    fast
        Compile the bounds.
    known
        A route known to exist; returned unless there is a better one.
    """
    order = count()
    queue: list[tuple[Vector2, int, int, FoundRoute, Prepared]] = []
    most = None if known is None else known.vector[:2]

    def push(part: Prepared, stage: int) -> None:
        route = runs[stage](part)
        if route is not None and (most is None or route.vector[:2] < most):
            heapq.heappush(queue, (route.vector[:2], next(order), stage, route, part))

    push(prepared, 0)
    while queue:
        *_, stage, route, part = heapq.heappop(queue)
        if repeats(route):
            for closer in _closer(part, [route], fast=fast, criteria=1):
                push(closer, 0)
        elif stage == len(runs) - 1:
            return route
        else:
            push(part, stage + 1)
    return known


def non_dominated(
    prepared: Prepared,
    run: RunOfFront,
    *,
    fast: bool,
    known: Sequence[FoundRoute] = (),
    most_steps: int = MOST_STEPS_OF_FRONT,
) -> Front:
    """Return the routes that run no leg twice and that no other such route beats.

    Parameters
    ----------
    prepared
        The corridor.
    run
        Searches a problem for the routes that none of the known vectors beats, with a number of
        steps. Unless all of them run a leg twice, they are exact.
    fast
        Compile the bounds.
    known
        Routes known to exist; they save the search of those that they beat.
    most_steps
        How many steps all searches may take together, an arc bounded anew counting as one.
    """
    found = {route.vector: route for route in reversed(known)}
    left, whole = most_steps, True
    parts = [prepared]
    while parts and whole and left > 0:
        part = parts.pop()
        searched = run(part, unbeaten(found), left)
        # Bounding a problem anew is work too.
        spent = searched.steps + (0 if part is prepared else part.problem.base.shape[0])
        left, whole = left - spent, searched.whole
        found.update((route.vector, route) for route in searched.routes if not repeats(route))
        twice = [
            route
            for route in searched.routes
            if repeats(route) and not any(_beats(vector, route.vector) for vector in found)
        ]
        if twice:
            parts.extend(_closer(part, twice, fast=fast, criteria=3))
    return Front(
        routes=tuple(found[vector] for vector in unbeaten(found)), whole=whole and not parts
    )


def relaxed_front(terms: Terms, *, endless: bool = False) -> RunOfFront:
    """Return a function that finds the front of a problem; its routes may run a leg twice."""

    def run(part: Prepared, known: Sequence[Vector], most_steps: int) -> Searched:
        return search_routes(
            part,
            terms,
            best_only=False,
            known=known,
            most_steps=most_steps,
            endless=endless,
        )

    return run


def _beats(one: Vector, other: Vector) -> bool:
    """Return whether a vector is no worse than another in anything."""
    return one[0] <= other[0] and one[1] <= other[1] and one[2] <= other[2]


def unbeaten(vectors: Iterable[Vector]) -> list[Vector]:
    """Return the vectors that no other beats, in ascending order."""
    kept: list[Vector] = []
    for vector in sorted(vectors):  # those that beat others come first
        if not any(_beats(one, vector) for one in kept):
            kept.append(vector)
    return kept


def _closer(
    prepared: Prepared, routes: Sequence[FoundRoute], *, fast: bool, criteria: int
) -> list[Prepared]:
    """Return problems that hold every route but these, which run a leg twice."""
    problem = prepared.problem
    legs = Counter(int(problem.leg[_closest(problem, route)[0]]) for route in routes)
    room = MOST_TRACKED_LEGS - len(prepared.tracked)
    if not room:
        return _children(prepared, routes, fast=fast, criteria=criteria)
    most = sorted(legs, key=lambda leg: (-legs[leg], leg))[:room]
    return [prepared.tracking(most, fast=fast)]


def _children(
    prepared: Prepared, routes: Sequence[FoundRoute], *, fast: bool, criteria: int
) -> list[Prepared]:
    """Return the problems of a branching on a leg that these routes run twice, if connected."""
    children = [
        _without(prepared, barred, fast=fast, criteria=criteria)
        for barred in _parted(prepared.problem, routes)
    ]
    return [child for child in children if child.connected]


def _parted(problem: Problem, routes: Sequence[FoundRoute]) -> tuple[BoolArray, BoolArray]:
    """Return the arcs of a leg in two parts, between which most routes run it twice.

    Of the legs that a route repeats, that with the fewest legs between its runs counts: a route
    out and back turns there. Its two runs are two arcs, for no search meets a node twice.
    """
    runs = Counter(_closest(problem, route) for route in routes)
    first, second = min(runs, key=lambda pair: (-runs[pair], pair))
    leg = problem.leg == problem.leg[first]
    if problem.way[first] != problem.way[second]:
        part = leg & (problem.way == problem.way[first])
    else:
        arcs = np.flatnonzero(leg)
        low, high = np.searchsorted(arcs, sorted((first, second)))
        middle = min(max(int(low) + 1, arcs.shape[0] // 2), int(high))
        part = np.zeros_like(leg)
        part[arcs[:middle]] = True
    return part, leg & ~part


def _closest(problem: Problem, route: FoundRoute) -> tuple[int, int]:
    """Return the two arcs by which a route runs a leg twice with the fewest arcs between."""
    arcs = np.searchsorted(problem.number, route.arcs).tolist()
    last: dict[int, int] = {}
    pairs = []
    for place, leg in enumerate(problem.leg[arcs].tolist()):
        if leg >= 0:
            if leg in last:
                pairs.append((place - last[leg], last[leg], place))
            last[leg] = place
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
