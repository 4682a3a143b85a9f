"""Prepare a problem for search: bounds to the sink on any day, and what depends on the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.engine import plain
from corridors.network.graph.reach import reach
from corridors.routing.dated.shortest_paths import UNREACHABLE, lower_bounds
from corridors.routing.problem import SINK, SOURCE, Problem, is_dated
from corridors.routing.terms import Terms

Least = tuple[IntArray, IntArray, IntArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A problem with its bounds to the sink.

    `bounds` are the least cents, minutes and grams by node on any day. `latest` is by node the
    minutes under way after which no ice is entered; `ice_ahead` whether every way to the sink leads
    through ice. `tracked` are places
    that no route may come to twice, `detours` the least cents by node without each of them.
    """

    problem: Problem
    bounds: Least
    latest: IntArray
    ice_ahead: BoolArray
    tracked: tuple[int, ...] = ()
    detours: tuple[IntArray, ...] = ()

    def tracking(self, places: Sequence[int], *, fast: bool) -> Prepared:
        """Return the problem with more places that no route may come to twice."""
        problem = self.problem

        def around(place: int) -> IntArray:
            return to_sink(problem.only(problem.place != place), fast=fast, criteria=1)[0]

        # On most days of departure it is the same place that would be met twice.
        detours = [problem.once(("around", one), partial(around, one)) for one in places]
        return replace(self, tracked=(*self.tracked, *places), detours=(*self.detours, *detours))

    @property
    def connected(self) -> bool:
        """Whether a path leads from source to sink on some day."""
        return bool(self.bounds[0][SOURCE] < UNREACHABLE)


def bounded(problem: Problem, *, fast: bool, criteria: int = 3) -> Prepared:
    """Return a problem with its bounds; ice may be entered at any time.

    Bounds are for the first `criteria` of cents, minutes and grams; the others are 0, which is
    always valid. `fast` compiles the search.
    """
    return Prepared(
        problem=problem,
        bounds=to_sink(problem, fast=fast, criteria=criteria),
        latest=np.full(problem.node_count, UNREACHABLE, np.int64),
        ice_ahead=np.zeros(problem.node_count, bool),
    )


def prepared_for(problem: Problem, terms: Terms, *, criteria: int = 3) -> Prepared:
    """Return a problem with its bounds, and the latest minutes at which ice may be entered.

    A route through ice takes at most `longest_round` times as long as the quickest one.
    """
    found = bounded(problem, fast=terms.fast, criteria=max(criteria, 2))
    if not is_dated(problem):
        return found
    left = longest_by_ice(problem, terms) - found.bounds[1].astype(float)
    latest = np.clip(left, -1.0, UNREACHABLE).astype(np.int64)
    dry = ~ice_arcs(problem)
    ice_free = reach(problem.node_count, problem.head[dry], problem.tail[dry], SINK)
    return replace(found, latest=latest, ice_ahead=~ice_free)


def ice_arcs(problem: Problem) -> BoolArray:
    """Return by arc whether it leads through ice."""
    # The last place stands for profile -1: none.
    through: BoolArray = np.append(problem.through, False)[problem.profile]
    return through


def longest_by_ice(problem: Problem, terms: Terms) -> float:
    """Return the most minutes that a route through ice may take."""
    if terms.longest_by_ice is not None:
        return terms.longest_by_ice
    ice = ice_arcs(problem)
    if not ice.any():
        return terms.longest_round * UNREACHABLE
    near = from_source(problem, fast=terms.fast, criteria=2)[1]
    far = to_sink(problem, fast=terms.fast, criteria=2)[1]
    least = near[problem.tail[ice]] + problem.low_minutes[ice] + far[problem.head[ice]]
    return terms.longest_round * max(1.0, float(least.min(initial=UNREACHABLE)))


def to_sink(problem: Problem, *, fast: bool, criteria: int = 3) -> Least:
    """Return by node the least cents, minutes and grams to the sink on any day."""
    first, tails, order = problem.by_head()
    return _least(problem, first, tails, order, SINK, fast=fast, criteria=criteria)


def from_source(problem: Problem, *, fast: bool, criteria: int = 3) -> Least:
    """Return by node the least cents, minutes and grams from the source on any day."""
    every = np.arange(problem.base.shape[0])
    return _least(
        problem, problem.first_arc, problem.head, every, SOURCE, fast=fast, criteria=criteria
    )


def _least(
    problem: Problem,
    first: IntArray,
    ends: IntArray,
    order: IntArray,
    root: int,
    *,
    fast: bool,
    criteria: int,
) -> Least:
    """Return by node the least of the first `criteria` of cents, minutes and grams to a root.

    Arcs are in CSR order by the end nearer to the root: their other ends, and their numbers.
    """
    lower: Callable[..., Any] = lower_bounds
    if fast:
        from corridors.routing.dated import compiled_search

        lower = compiled_search.lower_bounds

    nodes = problem.node_count

    def least(weight: IntArray) -> IntArray:
        arrays = (plain(each, fast) for each in (first, ends, weight[order]))
        found = plain(np.full(nodes, UNREACHABLE, np.int64), fast)
        room = (plain(np.full(nodes, -1, np.int64), fast) for _ in range(2))
        lower(*arrays, root, found, *room, 0)
        return np.asarray(found)

    nothing = np.zeros(nodes, np.int64)
    weights = (problem.low_cents, problem.low_minutes, problem.low_grams)
    cents, minutes, grams = (
        problem.once_for(("least", number, root), weight, least) if number < criteria else nothing
        for number, weight in enumerate(weights)
    )
    return cents, minutes, grams
