"""Find alternative routes that differ in the gates, borders and modes they pass.

The marks of a route (gates, borders, modes) are its signature. A route whose signature contains
that of a cheaper one is a detour, not an alternative. The alternatives are exactly the routes that
become cheapest when marks are closed. The search closes the marks of a route one by one, leaves the
earlier ones open in each branch, and follows the cheapest branch first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from corridors.arrays import IntArray
from corridors.routing.dated.departures import best_route
from corridors.routing.dated.label_search import bounded, longest_by_ice
from corridors.routing.dated.label_setting import UNREACHABLE
from corridors.routing.problem import SOURCE, Problem, is_dated
from corridors.routing.terms import DatedRoute, Terms

Marks = frozenset[str]
NO_MARK = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A corridor's problem with the marks of its arcs.

    `mark` is by arc an index of `names`, or `NO_MARK`; `names` holds tuples of marks.
    """

    problem: Problem
    mark: IntArray
    names: Sequence[tuple[str, ...]]

    def passed(self, route: DatedRoute) -> tuple[str, ...]:
        """Return the marks of a route in the order in which it passes them."""
        met = self.mark[list(route.arcs)].tolist()
        return tuple(dict.fromkeys(n for m in met if m != NO_MARK for n in self.names[m]))

    def without(self, barred: Marks) -> Problem:
        """Return the problem without the arcs that pass a barred mark."""
        numbers = [number for number, names in enumerate(self.names) if barred & set(names)]
        return self.problem.only(~np.isin(self.mark, numbers)) if numbers else self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A route with the number of its problem and its marks in order."""

    number: int
    passed: tuple[str, ...]
    route: DatedRoute

    @property
    def key(self) -> tuple[int, int, int]:
        """Sort key: cost, then time, then problem."""
        return self.route.cents, self.route.minutes, self.number


class _Searched:
    """The cheapest routes of one problem under closures, each searched once."""

    def __init__(self, number: int, marked: Marked, terms: Terms) -> None:
        self._number = number
        self._marked = marked
        # The longest detour through ice is measured on the full problem, before any closure.
        self._terms = replace(terms, longest_by_ice=longest_by_ice(marked.problem, terms))
        self._known: dict[Marks, Differing] = {}
        self._bounds: dict[Marks, int] = {}
        self.dated = is_dated(marked.problem)

    def least(self, barred: Marks) -> int:
        """Return a lower bound in cents under a closure; `UNREACHABLE` if there is no route."""
        if barred not in self._bounds:
            # The bound over all days takes a hundredth of the time of a dated search.
            left = bounded(self._marked.without(barred), fast=self._terms.fast, criteria=1)
            self._bounds[barred] = int(left.bounds[0][SOURCE])
        known = (found.route.cents for closed, found in self._known.items() if closed <= barred)
        bounds = (least for closed, least in self._bounds.items() if closed <= barred)
        return max((*bounds, *known))

    def best(self, barred: Marks, most: int) -> Differing | None:
        """Return the cheapest route without barred marks; one above `most` cents may be missed."""
        for closed, found in self._known.items():
            if closed <= barred and not barred & set(found.passed):
                return found
        route = best_route(self._marked.without(barred), self._terms, most_cents=most)
        if route is None:
            self._bounds[barred] = max(self._bounds[barred], min(most + 1, UNREACHABLE))
            return None
        passed = self._marked.passed(route)
        self._known[barred] = Differing(number=self._number, passed=passed, route=route)
        return self._known[barred]


def differing_routes(problems: Sequence[Marked], terms: Terms) -> Iterator[Differing]:
    """Yield the routes that differ, cheapest first, then quickest.

    Parameters
    ----------
    problems
        Corridors; a signature found in several is yielded once, from the cheapest.
    terms
        When the search starts, and how it is run.
    """
    searched = [_Searched(number, marked, terms) for number, marked in enumerate(problems)]
    yielded: list[Differing] = []
    order = count()
    best = _best(searched, frozenset())
    queue = [(best.key, next(order), best, frozenset[str](), frozenset[str]())] if best else []
    while queue:
        _, _, found, barred, left_open = heapq.heappop(queue)
        if not any(set(known.passed) <= set(found.passed) for known in yielded):
            yielded.append(found)
            yield found
        for mark in found.passed:
            if mark in left_open:
                continue
            closed = barred | {mark}
            following = next((known for known in yielded if not closed & set(known.passed)), None)
            following = following or _best(searched, closed)
            if following is not None:
                heapq.heappush(queue, (following.key, next(order), following, closed, left_open))
            left_open |= {mark}


def _best(searched: Sequence[_Searched], barred: Marks) -> Differing | None:
    """Return the cheapest route of all problems; those whose bound is higher are skipped."""
    best: Differing | None = None
    # Undated problems are quick to search and save dated searches of dearer ones.
    for problem in sorted(searched, key=lambda problem: (problem.dated, problem.least(barred))):
        most = UNREACHABLE - 1 if best is None else best.route.cents
        if problem.least(barred) > most:
            continue
        found = problem.best(barred, most)
        if found is not None and (best is None or found.key < best.key):
            best = found
    return best
