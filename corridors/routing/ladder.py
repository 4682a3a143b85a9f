"""Find the routes that are best at some value of time: the lower envelope over its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Protocol

import numpy as np

from corridors.arrays import IntArray
from corridors.routing.dated.departures import best_route
from corridors.routing.dated.label_search import best_first, bounded, longest_by_ice
from corridors.routing.dated.label_setting import UNREACHABLE
from corridors.routing.problem import SOURCE, Problem, is_dated
from corridors.routing.terms import DatedRoute, Terms, costed, weighed
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

# Find alternative routes that differ in the gates, borders and modes they pass.

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

    def best(part: tuple[Marks, Marks]) -> Differing | None:
        closed, _ = part
        known = next((known for known in yielded if not closed & set(known.passed)), None)
        return known or _best(searched, closed)

    def split(found: Differing, part: tuple[Marks, Marks]) -> Iterator[tuple[Marks, Marks]]:
        barred, left_open = part
        for mark in found.passed:
            if mark not in left_open:
                yield barred | {mark}, left_open
                left_open |= {mark}

    whole = frozenset[str](), frozenset[str]()
    for found, _ in best_first(whole, best, split, key=attrgetter("key")):
        if not any(set(known.passed) <= set(found.passed) for known in yielded):
            yielded.append(found)
            yield found


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


# Higher values of time are not asked about: such goods fly. Ten tonnes at some 4 USD a kg cost
# 36,000 USD more than a train and save eighteen days, 2,000 USD a day (an assumption).
HIGHEST_USD_PER_DAY = 2_000
_HIGHEST = Fraction(HIGHEST_USD_PER_DAY * CENTS_PER_USD, MINUTES_PER_DAY)


class Searched(Protocol):
    """A finished search: its problem, its terms and its cheapest route, None if it is closed."""

    @property
    def problem(self) -> Problem:
        """The arrays of the corridor."""

    @property
    def terms(self) -> Terms:
        """When the search starts and how long it may wait."""

    @property
    def cheapest(self) -> DatedRoute | None:
        """The cheapest, then quickest route."""

    @property
    def least_minutes(self) -> int:
        """The least time to the sink on any day."""

    def rest(self) -> None:
        """Free the arrays until they are asked for again, unless they are to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A route of one search, best from one value of time to another.

    `number` is the index of the search. `cents` and `minutes` are those of the route; `above` is
    the least value of time at which it is best, in cents per minute, >= 0.
    """

    number: int
    route: DatedRoute
    above: Fraction

    @property
    def cents(self) -> int:
        """The cost of the route in cents."""
        return self.route.cents

    @property
    def minutes(self) -> int:
        """The minutes of the route."""
        return self.route.minutes


def ladder(found: Sequence[Searched]) -> tuple[Rung, ...]:
    """Return the routes that are best at some value of time, from a value of 0 upwards.

    A route is best at a value v if no route of any of the searches has a lower cost plus v times
    its time, waits included. The search starts from the cheapest route and the best one at
    `HIGHEST_USD_PER_DAY`, asks for the best route at the value at which both are equal, and goes on
    between the routes it finds until it finds no better one. It needs no front.

    Parameters
    ----------
    found
        The searches, with the cheapest route of each.

    Returns
    -------
    rungs
        Each dearer and quicker than the one before. Of equal routes the first search has it.
        Empty if no search has a route. Exact to a cent and a minute of each dated arc.
    """
    starts = [
        Rung(number=number, route=one.cheapest, above=Fraction(0))
        for number, one in enumerate(found)
        if one.cheapest is not None
    ]
    if not starts:
        return ()
    cheapest = min(starts, key=lambda rung: (rung.cents, rung.minutes, rung.number))
    best_at = _best_at(found, starts)
    top = best_at(_HIGHEST, (cheapest,))
    if _measure(top, _HIGHEST) == _measure(cheapest, _HIGHEST):
        top = cheapest
    rungs = [cheapest, *_between(cheapest, top, best_at)]
    if top is not cheapest:
        rungs.append(top)
    return tuple(
        replace(rung, above=Fraction(0) if i == 0 else _equal(rungs[i - 1], rung))
        for i, rung in enumerate(rungs)
    )


_BestAt = Callable[[Fraction, Sequence[Rung]], Rung]


def _between(low: Rung, high: Rung, best_at: _BestAt) -> list[Rung]:
    """Return the rungs strictly between two, of which the second is quicker."""
    if high.minutes >= low.minutes or high.cents <= low.cents:
        return []
    value = _equal(low, high)
    middle = best_at(value, (low, high))
    if _measure(middle, value) == _measure(low, value):
        return []
    if not high.minutes < middle.minutes < low.minutes:
        # Only where a later day beats an end on its cost: a step needs two different times.
        return []
    return [*_between(low, middle, best_at), middle, *_between(middle, high, best_at)]


def _equal(low: Rung, high: Rung) -> Fraction:
    """Return the value of time at which two rungs are equal, in cents per minute."""
    return Fraction(high.cents - low.cents, low.minutes - high.minutes)


def _measured(cents: int, minutes: int, value: Fraction) -> int:
    return cents * value.denominator + minutes * value.numerator


def _measure(rung: Rung, value: Fraction) -> int:
    return _measured(rung.cents, rung.minutes, value)


def _best_up_to(most: int, one: Searched, value: Fraction) -> DatedRoute | None:
    """Return the best route of a search at a value of time, with its cost.

    One above `most` may be missed. What does not depend on the day is found once for a problem.
    """
    fast = one.terms.fast

    @cache
    def priced() -> Problem:
        return weighed(one.problem, cents=value.denominator, minutes=value.numerator)

    def least_of(problem: Problem) -> int:
        return int(bounded(problem, fast=fast, criteria=1).bounds[0][SOURCE]) - problem.more_cents

    def best_of(problem: Problem) -> DatedRoute | None:
        route = best_route(problem, one.terms, most_cents=most, costs=one.problem)
        return None if route is None else costed(one.problem, route)

    if is_dated(one.problem):
        problem = priced()
        return None if least_of(problem) > most else best_of(problem)
    once = one.problem.once
    if once(("least at", value), lambda: least_of(priced())) > most:
        return None
    return once(("best at", value, one.terms), lambda: best_of(priced()))


def _between_floors(floors: Mapping[Fraction, Fraction], value: Fraction) -> Fraction:
    """Return the least cents that a search costs at a value of time, by its least at other values.

    Each route costs a straight line over the value of time, so the least of all is concave: between
    two values it lies nowhere below the line that joins what it is at least at both.
    """
    return max(
        (
            at_low + (at_high - at_low) * (value - low) / (high - low)
            for low, at_low in floors.items()
            for high, at_high in floors.items()
            if low < value < high
        ),
        default=Fraction(0),
    )


def _best_at(found: Sequence[Searched], starts: Sequence[Rung]) -> _BestAt:
    """Return a function that finds the best route at a value of time, or one of those given."""
    least_minutes = {start.number: found[start.number].least_minutes for start in starts}
    floors = {start.number: {Fraction(0): Fraction(start.cents)} for start in starts}

    def best_at(value: Fraction, known: Sequence[Rung]) -> Rung:
        best = min(known, key=lambda rung: _measure(rung, value))
        # The most promising first, so that the others need no search.
        bounds = sorted(
            (_measured(start.cents, least_minutes[start.number], value), start.number)
            for start in starts
        )
        for bound, number in bounds:
            # Nothing is gained by a route as good as one that is known; of equal routes that are
            # not, the first search has it.
            most = _measure(best, value) - (best in known or number > best.number)
            floor = floors[number]
            if bound > most or _between_floors(floor, value) * value.denominator > most:
                continue
            one = found[number]
            route = _best_up_to(most, one, value)
            one.rest()
            rung = None if route is None else Rung(number=number, route=route, above=value)
            least = most + 1 if rung is None else min(most + 1, _measure(rung, value))
            floor[value] = Fraction(least, value.denominator)
            if rung is not None and least <= most:
                best = rung
        return best

    return best_at
