"""Find the cheapest route of a corridor by date, and its front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.dated.branching import (
    MOST_STEPS_OF_BEST,
    MOST_STEPS_TO_MIDNIGHT,
    Budget,
    Front,
    Run,
    RunOfFront,
    cheapest,
    non_dominated,
    relaxed,
    relaxed_front,
    repeats,
)
from corridors.routing.dated.candidates import (
    TooManyWaysError,
    Window,
    by_node,
    departures,
    midnights,
    split_by_change,
)
from corridors.routing.dated.leaving import left_at_its_minute
from corridors.routing.dated.prepared import (
    SPAN_MINUTES,
    IntArray,
    Prepared,
    bounded,
    from_source,
    leaving,
)
from corridors.routing.dated.search import (
    MOST_STEPS_WITHOUT_WAITS,
    Searched,
    WaysBefore,
    search_routes,
    ways_before_changes,
)
from corridors.routing.problem import SINK, SOURCE, Problem, dated_ahead, is_dated, leads_to
from corridors.routing.terms import FoundRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY

# Minutes in which a departure may pay, of all places, so few that all of them are tried at once.
FEW_MINUTES = 300_000
# A search that takes more work than this is bounded anew by short spans.
MOST_STEPS_OF_LONG_SPANS = 10_000_000
SHORT_SPAN_MINUTES = 40
# The work of looking for some route with waits on a day: half a second. More seldom finds one.
MOST_STEPS_OF_A_DAY = 10_000_000
MOST_STEPS_TO_ANY = 2_000_000
# A first route with waits is searched among those at most so many times as long as the quickest.
NEAR_THE_QUICKEST = 1.1
# Bounds by time reach until routes so many times as long as the quickest have waited the longest.
# Later ones, which few searches meet, have the bounds of any day.
LENGTH_OF_BOUNDS = 1.25
# More than any route takes, at whatever pace.
DAYS_OF_ANY_ROUTE = 400

Least = tuple[IntArray, IntArray, IntArray]


# Until when a route waits that is searched.
Until = Literal["midnight", "opening", "any change"]


@dataclass(slots=True)
class Stage:
    """A stage of the search for a route with waits.

    Waits until midnight, where there are many to try, give a route near the best one, which limits
    the next stage; those until something opens or closes give some route if there is any.
    `is_exact` says whether every wait was tried.
    """

    until: Until
    is_exact: bool = True


def best_route(
    problem: Problem,
    terms: Terms,
    *,
    on_the_way: bool = True,
    most_cents: int = UNREACHABLE,
    budget: Budget | None = None,
) -> FoundRoute | None:
    """Return the cheapest, then quickest route; None if the corridor is closed.

    A route waits up to `max_wait_days` in total if that pays or if nothing is open yet. Without
    `on_the_way` it waits only at the origin, by whole days, until the day that a quick search finds
    best, which takes much less time. A route above `most_cents` may be missed. A search that takes
    more than its budget sets `budget.is_cut`, and the route is the best one found until then.
    """
    budget = budget or Budget()
    if not is_dated(problem):
        return problem.once(("best", terms), lambda: _on_any_day(problem, terms))
    at_best = _at_best(problem, terms)
    if at_best is None or at_best.cents > most_cents:
        return None
    if _leaves_like(at_best, problem, terms):
        return at_best
    departing = departures_of(problem, terms)
    if not departing.may_open(terms):
        return None
    by_day = _best_by_day(departing.prepared, terms)
    if terms.max_wait_days <= 0:
        return by_day
    if not on_the_way:
        return _on_its_day(problem, terms, departing.prepared, by_day)
    if by_day is not None:
        by_day = left_at_its_minute(problem, by_day, terms, departing.prepared.latest)
    best = departing.by_date(terms, by_day, most_cents=most_cents, budget=budget)
    if best is None or best is by_day:  # which leaves at its minute
        return best
    return left_at_its_minute(problem, best, terms, departing.prepared.latest)


def _on_any_day(problem: Problem, terms: Terms) -> FoundRoute | None:
    """Return the cheapest, then quickest route of a problem that does not depend on the day."""
    first = bounded(problem, fast=terms.fast, criteria=1)
    run = relaxed(terms.leaving(0))
    return cheapest(first, [run], fast=terms.fast) if first.connected else None


def _at_best(problem: Problem, terms: Terms) -> FoundRoute | None:
    """Return the cheapest, then quickest route if every arc is at its best on every day."""
    at_best = relaxed(terms.leaving(0), endless=True)
    first = bounded(problem, fast=terms.fast, criteria=1)
    if not first.connected:
        return None
    return cheapest(_whenever(first), [at_best], fast=terms.fast)


def _leaves_like(route: FoundRoute, problem: Problem, terms: Terms) -> bool:
    """Return whether a route that leaves at once has the figures of its arcs at their best.

    No route is then better on any day. One through ice may take too long, and is searched by date.
    """
    arcs = np.searchsorted(problem.number, route.arcs)
    if problem.through[problem.profile[arcs[problem.profile[arcs] >= 0]]].any():
        return False
    clock = terms.begin
    for arc, start in zip(arcs.tolist(), route.starts, strict=True):
        minutes, cents, grams = problem.travel(arc, clock)
        figures = (
            int(problem.minutes[arc]) + minutes,
            int(problem.cents[arc]) + cents,
            int(problem.grams[arc]) + grams,
        )
        least = (problem.low_minutes[arc], problem.low_cents[arc], problem.low_grams[arc])
        if minutes < 0 or start != clock or figures != tuple(map(int, least)):
            return False
        clock += int(problem.clock[arc]) + minutes
    return clock <= terms.last_minute(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """A dated problem prepared for departures on any day.

    `near` are the least cents and minutes from the source, `longest` the most minutes that a route
    through ice may take.
    """

    problem: Problem
    prepared: Prepared
    near: Least
    longest: float
    _connected: dict[bytes, bool] = field(default_factory=dict, repr=False, compare=False)

    def may_open(self, terms: Terms) -> bool:
        """Return whether some route may be open within the longest journey.

        Out of season this saves every search: no ship is slow enough to meet the next season.
        """
        return self._may_open_between(terms, terms)

    def days_that_may_open(self, terms: Terms, days: range) -> Iterator[int]:
        """Yield the days, counted from the first day of the terms, on which a route may be open.

        A half without any is left out as a whole: what is open on a day is open in its half.
        """
        if not days:
            return
        first, last = (
            replace(terms, start_day=terms.start_day + day) for day in (days[0], days[-1])
        )
        if not self._may_open_between(first, last) or not _may_be_open(self.prepared, first, last):
            return
        if len(days) == 1:
            yield days[0]
            return
        for half in (days[: len(days) // 2], days[len(days) // 2 :]):
            yield from self.days_that_may_open(terms, half)

    def _may_open_between(self, first: Terms, last: Terms) -> bool:
        """Return whether a route may be open that leaves as early as `first` and as late as `last`.

        The two differ in their first day only.
        """
        problem = self.problem
        if not self.prepared.connected:
            return False
        earliest, _ = wait_window(self.prepared, self.near, (), first)
        latest = np.full(problem.node_count, last.last_minute(problem), np.int64)
        # A ship too slow for ice that opens later may sail on until the end of the journey.
        waited = last.begin + int(last.max_wait_days * MINUTES_PER_DAY)
        into_ice = np.minimum(latest, waited + self.prepared.latest)
        through = (problem.profile >= 0) & problem.through[np.maximum(problem.profile, 0)]
        opens = np.where(
            through,
            _opens_between(problem, earliest, into_ice),
            _opens_between(problem, earliest, latest),
        )
        if opens.all():
            return True
        # From one departure to the next the same arcs are open, but for a few days a year.
        same = np.packbits(opens).tobytes()
        if same not in self._connected:
            kept = bounded(problem.only(opens), fast=first.fast, criteria=1)
            self._connected[same] = kept.connected
        return self._connected[same]

    def has_route(self, terms: Terms) -> bool:
        """Return whether some route uses no leg twice if every arc is at its best on every day."""
        at_best = relaxed(terms.leaving(0), endless=True)
        return cheapest(_whenever(self.prepared), [at_best], fast=terms.fast) is not None

    def leaves(self, terms: Terms) -> bool:
        """Return whether a route that never waits leaves on the first day of the terms."""
        return cheapest(self.prepared, [relaxed(terms.leaving(0))], fast=terms.fast) is not None

    def by_date(
        self,
        terms: Terms,
        by_day: FoundRoute | None,
        *,
        most_cents: int = UNREACHABLE,
        budget: Budget,
    ) -> FoundRoute | None:
        """Return the cheapest route with every wait that may pay.

        `by_day` is the cheapest that waits only at the origin, by whole days; None if there is
        none.
        """
        first = self.prepared
        if by_day is None:
            opening = self._that_may_open(terms)
            if opening is None:
                return None
            by_day = self._any_of(opening, terms, most_cents, budget)
            if by_day is None:
                return None
            first = opening
        stages: tuple[Until, ...] = ("midnight", "any change")
        for until in stages:
            if budget.is_cut:
                break
            stage = Stage(until=until)
            by_day = self._best_of(first, terms, by_day, most_cents, stage, budget)
            if stage.is_exact:
                break
        return by_day

    def any_by_date(self, terms: Terms) -> FoundRoute | None:
        """Return some route that waits on the way until midnight; None if none is soon found."""
        first = self._that_may_open(terms)
        if first is None:
            return None
        few = Budget(MOST_STEPS_OF_A_DAY)
        return self._until_midnight(first, terms, UNREACHABLE, few)

    def best_until_midnight(self, terms: Terms) -> FoundRoute | None:
        """Return the best route that waits until midnight; None if it is not found quickly.

        Where waits cost little, fewer of them are worth trying than for `any_by_date`.
        """
        first = self._that_may_open(terms)
        if first is None:
            return None
        few = Budget(MOST_STEPS_OF_A_DAY)
        return self._best_of(first, terms, None, UNREACHABLE, Stage(until="midnight"), few)

    def _that_may_open(self, terms: Terms) -> Prepared | None:
        """Return the problem with the arcs that may open; None if no route may."""
        keep = _opens_between(self.problem, *wait_window(self.prepared, self.near, (), terms))
        first = self._only(keep, terms)
        return first if first.connected and _may_be_open(first, terms, terms) else None

    def _any_of(
        self, first: Prepared, terms: Terms, most_cents: int, budget: Budget
    ) -> FoundRoute | None:
        """Return some route that waits, by which the search of the best is bounded."""
        found = self._until_midnight(first, terms, most_cents, Budget())
        if found is None:
            stage = Stage(until="opening")
            found = self._best_of(first, terms, None, most_cents, stage, budget)
        return found

    def _until_midnight(
        self, first: Prepared, terms: Terms, most_cents: int, budget: Budget
    ) -> FoundRoute | None:
        """Return some route that waits until midnight; None if it is not found quickly."""
        found = self._near_quickest(first, terms, most_cents, budget)
        if found is None:
            stage = Stage(until="midnight")
            few = Budget(MOST_STEPS_TO_ANY)
            found = self._best_of(first, terms, None, most_cents, stage, few)
        return found

    def _near_quickest(
        self, first: Prepared, terms: Terms, most_cents: int, budget: Budget
    ) -> FoundRoute | None:
        """Return the best of the routes not much longer than the quickest that wait to midnight."""
        problem, far = first.problem, first.bounds[1]
        reached = from_source(problem, fast=terms.fast, criteria=2)[1]
        least = reached[problem.tail] + problem.low_minutes + far[problem.head]
        near = bounded(
            problem.only(least <= int(NEAR_THE_QUICKEST * float(self.prepared.bounds[1][SOURCE]))),
            fast=terms.fast,
            criteria=2,
        )
        near = _without_rounds(near, self.longest)
        if not near.connected:
            return None
        stage = Stage(until="midnight")
        return self._best_of(near, terms, None, most_cents, stage, budget)

    def _best_of(
        self,
        part: Prepared,
        terms: Terms,
        known: FoundRoute | None,
        most_cents: int,
        stage: Stage,
        budget: Budget,
    ) -> FoundRoute | None:
        """Return the best route of a stage of the search; `known` if none is better."""
        most = min(most_cents, UNREACHABLE if known is None else known.cents)
        at_best = relaxed(terms.leaving(0), most_cents=most, endless=True)
        with_waits = _by_date(terms, self.longest, known, most, stage=stage, budget=budget)
        return cheapest(part, [_at_its_best(at_best), with_waits], fast=terms.fast, known=known)

    def _only(self, keep: npt.NDArray[np.bool_], terms: Terms) -> Prepared:
        """Return the problem with only these arcs, bounded anew."""
        only = bounded(self.problem.only(keep), fast=terms.fast, criteria=2)
        return _without_rounds(only, self.longest)


def departures_of(problem: Problem, terms: Terms) -> Departures:
    """Return a dated problem prepared for departures on any day."""
    first = bounded(problem, fast=terms.fast, criteria=2)
    near = from_source(problem, fast=terms.fast, criteria=2)
    longest = _longest_by_ice(first, near, terms)
    # What never waits is dominated at no later minute only: a gate may close in between.
    mode = np.where(dated_ahead(problem), 2, 0)
    prepared = replace(_without_rounds(first, longest), mode=mode)
    return Departures(problem=problem, prepared=prepared, near=near, longest=longest)


def _at_its_best(run: Run) -> Run:
    """Return a search of a problem with each dated arc at its least on every day."""
    return lambda part: run(_whenever(part))


def _by_date(
    terms: Terms,
    longest: float,
    by_day: FoundRoute | None,
    most_cents: int,
    *,
    stage: Stage,
    budget: Budget,
) -> Run:
    """Return a function that finds the best route of a problem with every wait that may pay."""
    # The quickest of equally cheap routes wins, whatever it emits.
    known = [] if by_day is None else [(by_day.cents, by_day.minutes, 0)]

    def run(part: Prepared) -> FoundRoute | None:
        near = from_source(part.problem, fast=terms.fast, criteria=2)
        before, after = near[0][part.problem.tail], part.bounds[0][part.problem.head]
        keep = before + part.problem.low_cents + after <= most_cents
        kept = part.kept(keep, fast=terms.fast, criteria=2)
        if not kept.connected:
            return None
        # A hard search takes longer as Python than loading numba.
        dated = is_dated(kept.problem)
        asked = replace(terms, fast=True) if dated else terms
        kept = _without_rounds(kept, longest)
        for span in (SPAN_MINUTES, SHORT_SPAN_MINUTES):
            try:
                closer = _dated(kept, known, asked, most_cents=most_cents, stage=stage, span=span)
            except TooManyWaysError:
                # Closer bounds may leave fewer.
                if span == SPAN_MINUTES and most_cents < UNREACHABLE:
                    continue
                budget.is_cut = True
                return None
            if span == SPAN_MINUTES and closer.by_time is not None:
                # Bounds by shorter spans take time, which few searches need.
                first = Budget(min(MOST_STEPS_OF_LONG_SPANS, budget.left))
                route = relaxed(asked, most_cents=most_cents, budget=first)(closer)
                budget.left -= MOST_STEPS_OF_LONG_SPANS - first.left
                if not first.is_cut:
                    return route
                continue
            steps = MOST_STEPS_OF_BEST if stage.is_exact else MOST_STEPS_TO_MIDNIGHT
            return relaxed(asked, most_cents=most_cents, budget=budget, most_steps=steps)(closer)
        return None

    return run


def _best_by_day(prepared: Prepared, terms: Terms) -> FoundRoute | None:
    """Return the cheapest route that waits only at the origin, by whole days."""
    best: FoundRoute | None = None
    for wait in range(int(terms.max_wait_days) + 1):
        if best is not None and not prepared.may_pay_to_wait(best, wait):
            break
        later = terms.leaving(wait)
        route = cheapest(prepared, [relaxed(later)], fast=later.fast)
        if route is not None:
            late = prepared.after(route, wait)
            if best is None or late.vector[:2] < best.vector[:2]:
                best = late
    return best


def _on_its_day(
    problem: Problem, terms: Terms, prepared: Prepared, by_day: FoundRoute | None
) -> FoundRoute | None:
    """Return the cheapest route of the day on which `by_day` leaves (None: the first day)."""
    wait = 0 if by_day is None else by_day.waits[0] // MINUTES_PER_DAY
    route = best_route(problem, terms.leaving(wait))
    return by_day if route is None else prepared.after(route, wait)


def front(problem: Problem, terms: Terms) -> Front:
    """Return the non-dominated routes in cost, hours and CO2e.

    An arc is cut if a known route beats every route over it, even at its least on any day. A
    corridor in which no good route uses the Arctic is therefore not dated by its ice.
    """
    first = bounded(problem, fast=terms.fast)
    if not first.connected:
        return Front(routes=(), whole=True)
    if not is_dated(problem):
        return non_dominated(first, relaxed_front(terms), fast=terms.fast)
    longest = _longest_by_ice(first, from_source(problem, fast=terms.fast), terms)
    first = _without_rounds(first, longest)
    known = _known(first, terms)
    return non_dominated(first, _front_by_date(terms, longest), fast=terms.fast, known=known)


def _front_by_date(terms: Terms, longest: float) -> RunOfFront:
    """Return a function that finds the front of a problem by date.

    If with everything open at its best every route runs a leg twice, it returns these routes.
    """

    def run(part: Prepared, known: Sequence[Vector], most_steps: int) -> Searched:
        near = from_source(part.problem, fast=terms.fast)
        kept = _without_rounds(_routes_to_keep(part, near, known, terms), longest)
        if not kept.connected:
            return Searched(routes=(), steps=0, whole=True)
        at_best = relaxed_front(terms.leaving(0), endless=True)(_whenever(kept), known, most_steps)
        if all(repeats(route) for route in at_best.routes):
            return at_best
        try:
            dated = _dated(kept, known, terms)
        except TooManyWaysError:
            return replace(at_best, routes=(), whole=False)
        left = most_steps - at_best.steps
        found = relaxed_front(terms)(dated, known, left)
        return replace(found, steps=found.steps + at_best.steps)

    return run


def _known(prepared: Prepared, terms: Terms) -> tuple[FoundRoute, ...]:
    """Return existing routes: without a wait, else after one at the origin."""
    for wait in range(int(terms.max_wait_days) + 1):
        later = terms.leaving(wait)
        found = non_dominated(prepared, relaxed_front(later), fast=later.fast).routes
        if found:
            return tuple(prepared.after(route, wait) for route in found)
    return ()


def _dated(
    prepared: Prepared,
    known: Sequence[Vector],
    terms: Terms,
    *,
    most_cents: int | None = None,
    stage: Stage | None = None,
    span: int = SPAN_MINUTES,
) -> Prepared:
    """Return the problem with dominance modes and candidate departures.

    With `most_cents` the search is for the cheapest route, of at most that cost, bounded by spans
    of time of `span` minutes.
    """
    problem = prepared.problem
    until = "any change" if stage is None else stage.until
    if not dated_ahead(problem).any():
        return prepared
    prepared = _with_modes(prepared, terms)
    if terms.max_wait_days <= 0:
        return prepared
    near = from_source(problem, fast=terms.fast, criteria=3 if most_cents is None else 2)
    earliest, latest = wait_window(prepared, near, known, terms)
    most = UNREACHABLE - 1 if most_cents is None else min(most_cents, UNREACHABLE - 1)
    before = ways_before_changes(
        prepared,
        terms,
        best_only=most_cents is not None,
        most_cents=most,
        known=known if most_cents is None else (),
    )
    split = split_by_change(problem, before.arcs)
    earliest, latest = np.tile(earliest, 2), _latest_by_change(prepared, before, latest, terms)
    opens = _opens_between(split, earliest, latest)
    from_start = from_source(split.only(opens), fast=terms.fast, criteria=1)[0]
    to_sink = bounded(split.only(opens), fast=terms.fast, criteria=1).bounds[0]
    pays = from_start[split.tail] + split.low_cents + to_sink[split.head] <= most
    split = split.only(opens & pays)
    good = from_start + to_sink <= most
    if not good.any():
        return prepared
    by_time = None
    # Where no route is known, bounds of its cost spare a search of few waits less than they take.
    bounds_pay = most < UNREACHABLE - 1 or until == "any change"
    if most_cents is not None and terms.fast and bounds_pay:
        waited = terms.begin + int(terms.max_wait_days * MINUTES_PER_DAY)
        longest = waited + int(LENGTH_OF_BOUNDS * int(prepared.bounds[1][SOURCE]))
        asked = earliest, terms, min(longest, int(latest[good].max()))
        by_time = leaving(split, to_sink, *asked, fast=True, span=span, most_cents=most)
        if by_time.of_source > most:
            return prepared
    useful = good[:, None] if by_time is None else by_time.may_leave(most)
    window = Window(
        earliest=earliest,
        latest=latest,
        useful=useful,
        begin=terms.begin,
        span=span,
        fast=terms.fast,
    )
    ahead = dated_ahead(split)
    few = by_time is not None and int(useful.sum()) * span <= FEW_MINUTES
    if stage is not None:
        stage.is_exact = until == "any change" or few
    if until == "midnight" and not few:
        offsets, minute = midnights(window.earliest, window.latest, split.waits & ahead & good)
    else:
        only_open = until == "opening" and not few
        offsets, minute = departures(split, ahead, window, only_open=only_open)
    node = np.repeat(np.arange(offsets.shape[0] - 1), np.diff(offsets))
    if by_time is not None:
        pays = by_time.through(node, minute) <= most
        node, minute = node[pays], minute[pays]
    offsets, flat = by_node(node % problem.node_count, minute, problem.node_count)
    return replace(prepared, candidate_first=offsets, candidates=flat, by_time=by_time)


def _with_modes(prepared: Prepared, terms: Terms) -> Prepared:
    """Return a problem with its modes of dominance for routes that wait."""
    waits = prepared.problem.waits & (terms.max_wait_days > 0)
    mode = np.where(dated_ahead(prepared.problem), np.where(waits, 1, 2), 0)
    return replace(prepared, mode=mode.astype(np.int64))


def _may_be_open(prepared: Prepared, first: Terms, last: Terms) -> bool:
    """Return whether a route may be open that leaves as early as `first` and as late as `last`.

    The two differ in their first day only; False is certain. If what opens stayed open, the route
    that leaves last and spends the longest wait at its origin would be later everywhere than any
    other by the same arcs, and meet all that is open: over days, a later ship never overtakes an
    earlier one, and a pace that holds for a whole arc is taken to be as slow as on any day before.
    If nothing closed until its last open day, and ships were as quick as on any day, the route that
    leaves first and never waits would. What opens after the longest journey counts for nothing.
    """
    problem = prepared.problem
    end = last.last_minute(problem) // MINUTES_PER_DAY + 1
    paces = problem.minutes_per_km[:, first.start_day : end]
    is_open = paces >= 0.0
    opened = np.logical_or.accumulate(is_open, axis=1)
    closes = np.logical_or.accumulate(is_open[:, ::-1], axis=1)[:, ::-1]
    slowest = np.maximum.accumulate(paces, axis=1)
    by_day = is_open & problem.through[: paces.shape[0], None]
    slow = np.where(opened, np.where(by_day, paces, slowest), -1.0)
    quickest = np.where(is_open, paces, np.inf).min(axis=1, initial=np.inf)
    quick = np.where(closes, quickest[:, None], -1.0)
    later = last.start_day - first.start_day
    return _may_have_route(prepared, first.leaving(0), quick) and _may_have_route(
        prepared, last, slow[:, later:]
    )


def _may_have_route(prepared: Prepared, terms: Terms, paces: npt.NDArray[np.float64]) -> bool:
    """Return whether a route leaves at once, or after the longest wait, at other paces.

    They are minutes per km by profile and day from the first one, and hold on after the last. It
    may if finding out is too much work.
    """
    problem = prepared.problem
    before = np.full((paces.shape[0], terms.start_day), -1.0)
    more = (0, 0), (0, DAYS_OF_ANY_ROUTE)
    by_day = ("cents_per_km", "grams_per_km", "fixed_cents", "fixed_grams")
    cut = slice(terms.start_day + paces.shape[1])
    other = problem.reweighed(
        minutes_per_km=np.pad(np.concatenate([before, paces], axis=1), more, mode="edge"),
        **{name: np.pad(getattr(problem, name)[:, cut], more, mode="edge") for name in by_day},
    )
    asked = _with_modes(replace(_without_rounds(prepared, UNREACHABLE), problem=other), terms)
    # Without candidates, a wait is as long as it may be.
    found = search_routes(
        asked, terms, best_only=True, endless=True, most_steps=MOST_STEPS_WITHOUT_WAITS
    )
    return bool(found.routes) or not found.whole


def _latest_by_change(
    prepared: Prepared, before: WaysBefore, latest: IntArray, terms: Terms
) -> IntArray:
    """Return the latest departures by node of the problem split by change.

    `latest` are those that anything else allows. A route is nowhere later than the slowest of its
    ways, or than it may still enter ice, and the longest wait.
    """
    problem = prepared.problem
    waited = terms.begin + int(terms.max_wait_days * MINUTES_PER_DAY)
    until = np.minimum(latest, waited + before.slowest)
    until[SINK] = latest[SINK]
    changes = np.array([*(bool(days) for days in problem.change_days), False])[problem.profile]
    other = changes & ~problem.through[np.maximum(problem.profile, 0)]
    only_ice = ~leads_to(problem, other)
    after = np.where(only_ice, np.minimum(latest, waited + prepared.latest), latest)
    return np.concatenate([until, after])


def _whenever(prepared: Prepared) -> Prepared:
    """Return the problem with each dated arc open at its least values on every day."""
    problem = prepared.problem
    undated = problem.reweighed(
        profile=np.full_like(problem.profile, -1),
        minutes=problem.low_minutes,
        clock=problem.clock + problem.low_minutes - problem.minutes,
        cents=problem.low_cents,
        grams=problem.low_grams,
    )
    return replace(prepared, problem=undated, mode=np.zeros_like(prepared.mode))


def longest_by_ice(problem: Problem, terms: Terms) -> float:
    """Return the most minutes that a route through ice may take, without waits."""
    first = bounded(problem, fast=terms.fast, criteria=2)
    return _longest_by_ice(first, from_source(problem, fast=terms.fast, criteria=2), terms)


def _longest_by_ice(prepared: Prepared, near: Least, terms: Terms) -> float:
    if terms.longest_by_ice is not None:
        return terms.longest_by_ice
    problem = prepared.problem
    ice = np.flatnonzero(problem.profile >= 0)
    ice = ice[problem.through[problem.profile[ice]]]
    least = near[1][problem.tail] + problem.low_minutes + prepared.bounds[1][problem.head]
    return terms.longest_round * max(1.0, float(least[ice].min(initial=UNREACHABLE)))


def _without_rounds(prepared: Prepared, longest: float) -> Prepared:
    """Return the problem with the latest minutes by node at which ice may be entered."""
    left = longest - prepared.bounds[1].astype(float)
    return replace(prepared, latest=np.clip(left, -1.0, UNREACHABLE).astype(np.int64))


def _opens_between(problem: Problem, earliest: IntArray, latest: IntArray) -> npt.NDArray[np.bool_]:
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


def wait_window(
    prepared: Prepared, near: Least, known: Sequence[Vector], terms: Terms
) -> tuple[IntArray, IntArray]:
    """Return by node the minutes between which a departure can lead to a non-dominated route.

    `near` holds the least cents, minutes and grams from the source.
    """
    problem, far = prepared.problem, prepared.bounds
    started = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
    before_clock = problem.minutes[started] - problem.clock[started]
    earliest = terms.begin + near[1] - int(before_clock.max(initial=0))
    earliest[SOURCE] = terms.begin
    latest = np.full(problem.node_count, terms.last_minute(problem), np.int64)
    waited = terms.begin + int(terms.max_wait_days * MINUTES_PER_DAY)
    latest[SOURCE] = waited
    for cents, minutes, emitted in known:
        beaten = (near[0] + far[0] >= cents) & (near[2] + far[2] >= emitted)
        until = terms.begin + minutes - far[1] - int(before_clock.min(initial=0))
        latest = np.where(beaten, np.minimum(latest, until), latest)
    return earliest, latest


def _routes_to_keep(
    prepared: Prepared, near: Least, known: Sequence[Vector], terms: Terms
) -> Prepared:
    """Return the problem without the arcs whose every route is beaten by a known one."""
    problem = prepared.problem
    lows = (problem.low_cents, problem.low_minutes, problem.low_grams)
    least = [
        before[problem.tail] + low + after[problem.head]
        for before, low, after in zip(near, lows, prepared.bounds, strict=True)
    ]
    keep = least[0] < UNREACHABLE
    for vector in known:
        no_worse, equal = np.ones((2, keep.shape[0]), bool)
        for value, low in zip(vector, least, strict=True):
            no_worse &= low >= value
            equal &= low == value
        keep &= ~no_worse | equal
    return prepared if keep.all() else prepared.kept(keep, fast=terms.fast)
