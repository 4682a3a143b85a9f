"""Find the best route of a corridor by the day of departure, and the front of one day.

Waiting is choosing the day: boxes wait at the origin only, by whole days, and beyond four weeks by
the week (see `Terms.days`). So the best route of some days is the best over the days of one
search each, which itself never waits.

*Late is not better.* A route that burns time until something opens (a slow feeder that reaches the
ice when it melts) is no answer if leaving on a later day arrives no later and costs no more. The
unit of time is a day: an arrival less than a day later is no later. Such a route is left out, and
if that later day lies beyond the longest wait, the corridor is closed until it. Routes on which
nothing depends on the day wait for nothing, and are kept.

docs/explanation/how-it-works.md works both rules by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.routing.dated.label_search import (
    Front,
    Prepared,
    Searched,
    Wanted,
    bounded,
    cheapest,
    from_source,
    ice_arcs,
    non_dominated,
    prepared_for,
)
from corridors.routing.dated.label_setting import UNREACHABLE
from corridors.routing.problem import SOURCE, Problem, dated_arcs, is_dated
from corridors.routing.terms import BY_THE_DAY, JOURNEY_DAYS, DatedRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY

# An arrival that is so many minutes later is no later, to the day.
WITHIN_A_DAY = MINUTES_PER_DAY - 1


def best_route(
    problem: Problem,
    terms: Terms,
    *,
    most_cents: int = UNREACHABLE,
    costs: Problem | None = None,
) -> DatedRoute | None:
    """Return the cheapest, then quickest route; None if the corridor is closed.

    Parameters
    ----------
    problem
        The corridor.
    terms
        The first day on which it may leave, how many days it may wait, and how it is run.
    most_cents
        A route above it may be missed.
    costs
        If `problem` is weighed by another objective than cost, the problem with its costs. They
        say on which days a departure is beaten by a later one.
    """
    if not is_dated(problem):
        key = "best", terms.start_day, terms.fast
        return problem.once(key, lambda: _on_any_day(problem, terms))
    departures = departures_of(problem, terms)
    return departures.best(
        terms, most_cents, by_cost=None if costs is None else departures_of(costs, terms)
    )


def _on_any_day(problem: Problem, terms: Terms) -> DatedRoute | None:
    """Return the cheapest, then quickest route of a problem that does not depend on the day."""
    first = bounded(problem, fast=terms.fast, criteria=2)
    return next(iter(cheapest(first, terms, Wanted()).routes), None)


def departures_of(problem: Problem, terms: Terms) -> Departures:
    """Return a dated problem prepared for departures on any day."""
    key = "departures", terms.longest_round, terms.longest_by_ice, _asks_many_days(terms)
    return problem.once(key, lambda: Departures.of(problem, terms))


def _asks_many_days(terms: Terms) -> bool:
    """Return whether boxes may wait so long that what days have in common is worth finding."""
    return terms.max_wait_days > BY_THE_DAY


class Openings:
    """What is known of when a corridor opens, which follows from times alone and no price changes.

    `may_open` says of a first and a last day whether a route that leaves between them may be open;
    `shut` are days on which none leaves, however dear. Of any days hold `routes`, places of arcs
    that make a route, and `without_route`, which arcs make none.
    """

    def __init__(self, routes: list[IntArray], without_route: list[BoolArray]) -> None:
        self.may_open: dict[tuple[int, int], bool] = {}
        self.shut: set[int] = set()
        self.routes, self.without_route = routes, without_route


def _openings_of(problem: Problem, terms: Terms) -> Openings:
    """Return the openings of a problem, those of its last one while the times are the same."""
    times = (problem.minutes, problem.clock, problem.profile, problem.minutes_per_km.ravel())
    of_any_day: tuple[list[IntArray], list[BoolArray]] = problem.for_arcs(
        "routes of any day", lambda: ([], [])
    )
    key = "openings", terms.longest_round, terms.longest_by_ice
    return problem.once_for(
        key, np.concatenate([*times, problem.through]), lambda _: Openings(*of_any_day)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """A dated problem prepared for departures on any day.

    `near_minutes` are by node the least from the source on any day; `openings` are what no price
    changes. Days are those of the profiles; the routes found are kept by day, of those that beat
    earlier ones the day, the cents and the minutes, and by day up to which cents none leaves.
    """

    problem: Problem
    prepared: Prepared
    near_minutes: IntArray
    terms: Terms
    openings: Openings
    _found: list[tuple[int, int, int]] = field(default_factory=list, repr=False, compare=False)
    _of_day: dict[int, DatedRoute | None] = field(default_factory=dict, repr=False, compare=False)
    _none_to: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, problem: Problem, terms: Terms) -> Departures:
        """Return a dated problem prepared for departures on any day."""
        # Apart from the problem that keeps it: in a ring both would stay until rings are sought.
        problem = replace(problem)
        prepared = prepared_for(problem, terms, criteria=2)
        if _asks_many_days(terms):
            # A place that the best route at any time would meet twice is one on most days.
            twice = _at_best(problem, fast=terms.fast).tracked
            prepared = prepared.tracking(twice, fast=terms.fast)
        return cls(
            problem=problem,
            prepared=prepared,
            near_minutes=from_source(problem, fast=terms.fast, criteria=2)[1],
            terms=terms,
            openings=_openings_of(problem, terms),
        )

    @property
    def ever(self) -> bool:
        """Whether some route comes to no place twice, whatever the day."""
        return self._hold_a_route(np.ones(self.problem.base.shape[0], bool), fast=self.terms.fast)

    @property
    def least_cents(self) -> int:
        """The least cost of a route on any day."""
        return int(self.prepared.bounds[0][SOURCE]) - self.problem.more_cents

    def best(self, terms: Terms, most_cents: int, by_cost: Departures | None) -> DatedRoute | None:
        """Return the best route over the days on which boxes may leave.

        Of equally good ones the latest: nobody leaves early for nothing. `by_cost` are the
        departures by cost if the problem is weighed by another objective.
        """
        rate = self.problem.wait_cents_per_day
        best: DatedRoute | None = None
        if self.least_cents > most_cents:
            return None
        for days in self.days_that_may_open(terms, (by_cost or self).days(terms)):
            most = most_cents if best is None else min(most_cents, best.cents)
            if self.least_cents + days * rate > most:
                break
            if most < UNREACHABLE:
                most -= days * rate
            leaving = terms.leaving(days)
            if by_cost is None:
                route = self.unbeaten(leaving, most)
            else:
                route = self._leaving(leaving, Wanted(most_cents=most))
                if route is not None and self._is_dated(route):
                    route = route if by_cost.unbeaten(leaving) is not None else None
            if route is not None:
                late = route.after(days, rate)
                if best is None or late.vector[:2] <= best.vector[:2]:
                    best = late
        return best

    def days(self, terms: Terms) -> tuple[int, ...]:
        """Return the days on which boxes may leave (see `Terms.days`)."""
        return terms.days(lambda days: self.next_usable(terms, days))

    def unbeaten(self, terms: Terms, most_cents: int = UNREACHABLE) -> DatedRoute | None:
        """Return the cheapest route of the first day of the terms that no later day beats.

        None if there is none of at most `most_cents`.
        """
        day = terms.start_day
        if day not in self._of_day:
            while True:
                # What a later day beats is left out, until the best of what is left is not beaten.
                wanted = Wanted(most_cents=most_cents, known=self._beating(day))
                route = self._leaving(terms, wanted)
                if route is None or not self._is_beaten(terms, route):
                    break
            if wanted.known and (static := self._static(terms)) is not None:
                # A route on which nothing depends on the day may have been left out with them.
                route = min(filter(None, (static, route)), key=lambda one: one.vector)
            if route is None and most_cents < UNREACHABLE:
                return None  # a dearer one may exist
            self._of_day[day] = route
        found = self._of_day[day]
        return None if found is None or found.cents > most_cents else found

    def may_stand(self, terms: Terms, route: DatedRoute) -> bool:
        """Return whether no later day met so far beats a route of the first day of the terms."""
        if not self._is_dated(route):
            return True
        best = self.unbeaten(terms)
        return (
            best is not None
            and best.vector[:2] <= route.vector[:2]
            and not any(
                cents <= route.cents and minutes <= route.minutes
                for cents, minutes, _ in self._beating(terms.start_day)
            )
        )

    def _beating(self, day: int) -> tuple[Vector, ...]:
        """Return from which vectors on routes of a day are beaten by departures found so far."""
        rate = self.problem.wait_cents_per_day
        return tuple(
            (cents + (of - day) * rate, minutes + (of - day) * MINUTES_PER_DAY - WITHIN_A_DAY, 0)
            for of, cents, minutes in self._found
            if of > day
        )

    def _is_beaten(self, terms: Terms, route: DatedRoute) -> bool:
        """Return whether a later departure beats a route of the first day of the terms."""
        if not self._is_dated(route):
            return False
        rate = self.problem.wait_cents_per_day
        most_minutes = route.minutes + WITHIN_A_DAY
        spare = most_minutes - int(self.prepared.bounds[1][SOURCE])
        # The last days that still arrive in time sail straight through, and are found soonest.
        for days in range(spare // MINUTES_PER_DAY, 0, -1):
            wanted = Wanted(
                most_cents=route.cents - days * rate,
                most_minutes=most_minutes - days * MINUTES_PER_DAY,
            )
            if self.least_cents > wanted.most_cents:
                continue
            found = self._leaving(terms.leaving(days), wanted)
            if found is not None:
                self._found.append((terms.start_day + days, found.cents, found.minutes))
                return True
        return False

    def _static(self, terms: Terms) -> DatedRoute | None:
        """Return the cheapest route on which nothing depends on the day."""
        static = self.problem.only(~dated_arcs(self.problem))
        # Near the last day of the profiles a journey is shorter.
        begins = 0 if terms.start_day + JOURNEY_DAYS <= self.problem.days else terms.start_day
        found = self.problem.once(
            ("static", begins), lambda: _on_any_day(static, replace(terms, start_day=begins))
        )
        if found is None:
            return None
        later = (terms.start_day - begins) * MINUTES_PER_DAY
        return replace(found, starts=tuple(start + later for start in found.starts))

    def _leaving(self, terms: Terms, wanted: Wanted) -> DatedRoute | None:
        """Return the cheapest route that leaves on the first day of the terms."""
        day, most = terms.start_day, wanted.most_cents
        if day in self.openings.shut or self._none_to.get(day, -1) >= most:
            return None
        if not self._may_open(terms, terms):
            return None
        found = cheapest(self.prepared, terms, wanted)
        if not found.routes and wanted == Wanted(most_cents=most):
            # Days on which each arc takes what it takes on this one are searched once.
            alike = range(day, day + found.alike_days + 1)
            self._none_to.update((one, max(most, self._none_to.get(one, -1))) for one in alike)
            if most == UNREACHABLE:
                self.openings.shut.update(alike)
        return next(iter(found.routes), None)

    def _is_dated(self, route: DatedRoute) -> bool:
        """Return whether something on a route changes with the day."""
        arcs = np.searchsorted(self.problem.number, route.arcs)
        return bool(dated_arcs(self.problem)[arcs].any())

    def may_leave(self, terms: Terms) -> bool:
        """Return whether a route leaves on some day on which boxes may, beaten or not."""
        days = self.days_that_may_open(terms, range(int(terms.max_wait_days) + 1))
        return any(self._leaving(terms.leaving(day), Wanted()) is not None for day in days)

    def next_usable(self, terms: Terms, days: Sequence[int]) -> int | None:
        """Return the first of some days with a route that no later day beats.

        Days count from the first of the terms.
        """
        for day in self.days_that_may_open(terms, days):
            if self.unbeaten(terms.leaving(day)) is not None:
                return day
        return None

    def days_that_may_open(self, terms: Terms, days: Sequence[int]) -> Iterator[int]:
        """Yield the days, counted from the terms' first, on which a route may be open.

        A half without any is left out as a whole: what is open on a day is open in its half.
        """
        if len(days) == 1:
            # The search of a day looks by itself.
            yield days[0]
        if len(days) < 2 or not self._may_open(terms.leaving(days[0]), terms.leaving(days[-1])):
            return
        for half in (days[: len(days) // 2], days[len(days) // 2 :]):
            yield from self.days_that_may_open(terms, half)

    def _may_open(self, first: Terms, last: Terms) -> bool:
        """Return whether a route may be open that leaves as early as `first` and as late as `last`.

        Out of season this saves every search: no ship is slow enough to meet the next season. The
        two differ in their first day only.
        """
        days = first.start_day, last.start_day
        known = self.openings.may_open
        if days not in known:
            known[days] = self._hold_a_route(self._opening(first, last), fast=first.fast)
        return known[days]

    def _opening(self, first: Terms, last: Terms) -> BoolArray:
        """Return which arcs may be open on some day on which they can be met."""
        problem = self.problem
        begun = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
        # What precedes the departure counts in the minutes, but not on the clock.
        before_clock = int((problem.minutes[begun] - problem.clock[begun]).max(initial=0))
        earliest = first.begin + np.maximum(self.near_minutes - before_clock, 0)
        latest = np.full(problem.node_count, last.last_minute(problem), np.int64)
        into_ice = np.minimum(latest, last.begin + self.prepared.latest)
        opens: BoolArray = np.where(
            ice_arcs(problem),
            _opens_between(problem, earliest, into_ice),
            _opens_between(problem, earliest, latest),
        )
        return opens

    def _hold_a_route(self, arcs: BoolArray, *, fast: bool) -> bool:
        """Return whether these arcs, each at its best on every day, hold a route.

        It comes to no place twice. Where a gate stays shut, most ways round it go there and back,
        and to prove so for each day by itself takes minutes.
        """
        # From one departure to the next nearly the same arcs are open.
        routes, without_route = self.openings.routes, self.openings.without_route
        if any(arcs[route].all() for route in routes):
            return True
        if any(not arcs[~closed].any() for closed in without_route):
            return False
        left = self.problem if arcs.all() else self.problem.only(arcs)
        connected = bounded(left, fast=fast, criteria=1).connected
        found = _at_best(left, fast=fast).routes if connected else ()
        if found:
            routes.append(np.searchsorted(self.problem.number, found[0].arcs))
        else:
            without_route.append(arcs)
        return bool(found)


def _at_best(problem: Problem, *, fast: bool) -> Searched:
    """Return the cheapest route that meets no place twice if every arc is always at its best."""
    at_best = problem.reweighed(
        profile=np.full_like(problem.profile, -1),
        minutes=problem.low_minutes,
        clock=problem.clock + problem.low_minutes - problem.minutes,
        cents=problem.low_cents,
        grams=problem.low_grams,
    )
    terms = Terms(start_day=0, max_wait_days=0.0, fast=fast)
    return cheapest(bounded(at_best, fast=fast, criteria=2), terms, Wanted())


def front(problem: Problem, terms: Terms) -> Front:
    """Return the non-dominated routes in cost, hours and CO2e that leave on the first day.

    Those that a later day beats are left out as far as the search of the cheapest route has met
    such days; all that are cheaper than it are.
    """
    first = prepared_for(problem, terms)
    if not first.connected:
        return Front(routes=(), whole=True)
    found = non_dominated(first, terms)
    if not is_dated(problem):
        return found
    departures = departures_of(problem, terms)
    kept = tuple(route for route in found.routes if departures.may_stand(terms, route))
    return replace(found, routes=kept)


def _opens_between(problem: Problem, earliest: IntArray, latest: IntArray) -> BoolArray:
    """Return by arc whether it is open on some day on which its tail can be left."""
    opens = np.ones(problem.base.shape[0], bool)
    dated = np.flatnonzero(problem.profile >= 0)
    if not dated.size:
        return opens
    before = problem.once("open_days_before", lambda: _open_days_before(problem))
    tail, profile = problem.tail[dated], problem.profile[dated]
    first = np.clip(earliest[tail] // MINUTES_PER_DAY, 0, problem.days)
    last = np.clip(latest[tail] // MINUTES_PER_DAY + 1, first, problem.days)
    opens[dated] = before[profile, last] > before[profile, first]
    return opens


def _open_days_before(problem: Problem) -> IntArray:
    """Return by profile the number of open days before each day: a window is a difference."""
    before = np.zeros((problem.minutes_per_km.shape[0], problem.days + 1), np.int64)
    before[:, 1:] = np.cumsum(problem.minutes_per_km >= 0.0, axis=1)
    return before
