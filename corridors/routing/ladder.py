"""Search a corridor of a question: its best route, its front, its best by value of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Protocol

import numpy as np

from corridors.arrays import IntArray
from corridors.domain.objective import Objective
from corridors.domain.scenario import Corridor
from corridors.domain.values import ChainPart
from corridors.network.corridor import Layered
from corridors.network.states.chain import MAIN, PARTS
from corridors.routing.dated.departures import best_route, front
from corridors.routing.dated.label_search import best_first, bounded, longest_by_ice
from corridors.routing.dated.label_setting import UNREACHABLE
from corridors.routing.problem import SINK, SOURCE, Problem, is_dated
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute, Terms, Weighing, costed, weighed, weighing_of
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

# Search one corridor of a question for its best route by the objective and its front.


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes of a problem: the best by a weighing, the cheapest, then those of the front.

    Each once; none if the problem is closed. `whole` unless routes of the front may be missing.
    `weighed` is the best route of the problem as weighed, with its weighed cost; None if only the
    cost counts.
    """

    routes: tuple[DatedRoute, ...] = ()
    whole: bool = True
    weighed: DatedRoute | None = None


class Arrays:
    """The arrays of a search; `make` makes them again if they are asked for once forgotten."""

    __slots__ = ("_least_minutes", "_made", "keep", "make")

    def __init__(self, make: Callable[[], Problem], *, keep: bool = True) -> None:
        self.make = make
        self.keep = keep
        self._made: Problem | None = None
        self._least_minutes: int | None = None

    @property
    def problem(self) -> Problem:
        """The arrays."""
        if self._made is None:
            self._made = self.make()
        return self._made

    def least_minutes(self) -> int:
        """Return the least time to the sink on any day, which is not forgotten."""
        if self._least_minutes is None:
            bounds = bounded(self.problem, fast=True, criteria=2).bounds
            self._least_minutes = int(bounds[1][SOURCE])
        return self._least_minutes

    def forget(self) -> None:
        """Free the arrays."""
        self._made = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedCorridor(Routes):
    """The routes of one corridor of a question, the best by the objective of its scenario first.

    `is_unsailed` where only known ways may be recommended, and the corridor has none: its routes
    are the best if somebody ran them. `is_unpriced` where ways are compared at price and the
    corridor has none on a lane: its routes are the best at cost. `is_expired` where it is by a
    contract that does not hold on the day.
    """

    question: Question
    number: int
    arrays: Arrays
    terms: Terms
    layered: Layered
    is_unsailed: bool = False
    is_unpriced: bool = False
    is_expired: bool = False

    @property
    def problem(self) -> Problem:
        """The arrays of the corridor."""
        return self.arrays.problem

    @property
    def may_be_recommended(self) -> bool:
        """Whether its routes may be: not where only known or priced ways may, and it has none."""
        return not (self.is_unsailed or self.is_unpriced or self.is_expired)

    @property
    def least_minutes(self) -> int:
        """The least time to the sink on any day."""
        return self.arrays.least_minutes()

    def rest(self) -> None:
        """Free the arrays until they are asked for again, unless they are to be kept."""
        if self.arrays.keep:
            return
        if self.routes:
            # Every value ladder asks for it, few for more.
            self.arrays.least_minutes()
        self.arrays.forget()
        self.layered.kept.clear()

    @property
    def corridor(self) -> Corridor:
        """The corridor searched."""
        return self.question.corridors[self.number]

    @property
    def best(self) -> DatedRoute | None:
        """The best route by the objective of the scenario; None if the corridor is closed."""
        return self.routes[0] if self.routes else None

    @property
    def cheapest(self) -> DatedRoute | None:
        """The cheapest, then quickest route; None if the corridor is closed."""
        return min(self.routes, key=lambda route: (route.cents, route.minutes), default=None)

    def arcs(self, route: DatedRoute) -> tuple[int, ...]:
        """Return the arcs of a route in the network."""
        return tuple(self.problem.base[list(route.arcs)].tolist())

    def parts(self, route: DatedRoute) -> tuple[ChainPart, ...]:
        """Return the part of the transport chain of each arc of a route.

        A transfer between two parts belongs to the main carriage.
        """
        arcs = list(route.arcs)
        ends = self.problem.tail[arcs], self.problem.head[arcs]
        parts = [self.layered.part[nodes] for nodes in ends]
        first, last = ends[0] == SOURCE, ends[1] == SINK
        before, after = np.where(first, parts[1], parts[0]), np.where(last, parts[0], parts[1])
        either = (before == MAIN) | (after == MAIN)
        return tuple(PARTS[n] for n in np.where(either, MAIN, after).tolist())


def search(
    question: Question,
    number: int,
    *,
    fronts: bool,
    keep: bool = True,
    start_day: int = 0,
) -> SearchedCorridor:
    """Return the routes of one corridor of a question.

    Parameters
    ----------
    question
        A scenario as posed.
    number
        Which of its corridors.
    fronts
        Also search the front: non-dominated routes in cost, hours and CO2e that do not wait.
    keep
        Keep its arrays after `rest`, for further questions.
    start_day
        The day of departure, counted from that of the question.
    """
    made = question.shared_problem if keep else question.problem
    arrays = Arrays(lambda: made(number), keep=keep)
    problem = arrays.problem
    wait_days = question.scenario.max_wait_days
    terms = Terms(start_day=start_day, max_wait_days=wait_days, fast=True)
    found = routes_of(problem, terms, weighing_in(question), fronts=fronts)
    return SearchedCorridor(
        **{field.name: getattr(found, field.name) for field in fields(Routes)},
        question=question,
        number=number,
        arrays=arrays,
        terms=terms,
        layered=question.layered(number),
    )


def search_row(
    question: Question, number: int, *, fronts: bool, keep: bool = True
) -> SearchedCorridor:
    """Return the routes of one corridor as a table shows them.

    Where none is known to run they are the best if somebody ran it, where none has a price the best
    at cost. Parameters are those of `search`.
    """
    found = search(question, number, fronts=fronts, keep=keep)
    if question.only_known and not found.routes:
        every = replace(question, only_known=False)
        found = search(every, number, fronts=False, keep=keep)
        found = replace(found, is_unsailed=bool(found.routes))
    if question.at_price and not found.routes:
        found = search_row(question.at_cost, number, fronts=False, keep=keep)
        found = replace(found, is_unpriced=bool(found.routes))
    return found


def quickest(found: SearchedCorridor) -> SearchedCorridor:
    """Return a corridor that was searched with the quickest route alone."""
    scenario = replace(found.question.scenario, objective=Objective.DAYS)
    question = replace(found.question, scenario=scenario)
    best = routes_of(found.problem, found.terms, weighing_in(question), fronts=False)
    return replace(found, question=question, routes=best.routes[:1], weighed=best.weighed)


def weighing_in(question: Question) -> Weighing:
    """Return what the scenario of a question makes least."""
    scenario = question.scenario
    return weighing_of(scenario.objective, scenario.shipment.value_of_time_usd_per_teu_day)


def routes_of(problem: Problem, terms: Terms, weighing: Weighing, *, fronts: bool) -> Routes:
    """Return the best route of a problem by a weighing, its cheapest and, with `fronts`, its front.

    Of a dated arc the search counts each second, so a route of the front may be a minute better;
    it then comes first.
    """
    cheapest = best_route(problem, terms)
    if cheapest is None:
        return Routes()
    known: list[DatedRoute] = [cheapest]
    weighed = None
    if not weighing.is_cost:
        priced = weighing.problem(problem)
        weighed = best_route(priced, terms, costs=problem)
        if weighed is not None:
            known.insert(0, costed(problem, weighed))
    whole = True
    if fronts:
        leaving = front(problem, terms)
        known, whole = [*known, *leaving.routes], leaving.whole
    first = min(known, key=weighing.key)
    return Routes(
        routes=tuple(dict.fromkeys((first, *known))),
        whole=whole,
        weighed=weighed,
    )


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
