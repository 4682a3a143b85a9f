"""Explain why a corridor has no route, and find the next day on which it has one."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.costing.pace import Profile
from corridors.costing.pricer import Pricer
from corridors.costing.weights import Weights, day_of
from corridors.data.ice import AREA_NAMES
from corridors.domain.results import OptionStatus
from corridors.kept import Kept
from corridors.network.layers import Layered, name_of_entry
from corridors.network.reach import reach
from corridors.network.topology import Topology
from corridors.routing.dated.candidates import Clock
from corridors.routing.dated.fronts import departures_of
from corridors.routing.dated.prepared import Prepared
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import JOURNEY_DAYS, FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
SEARCHED_DAYS = 400
# Corridors times worlds in one session.
MOST_REOPENINGS = 1_000
# More than a route costs.
DEAR_WAIT_CENTS_PER_DAY = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a closed corridor opens, as days from the first; None if not within `SEARCHED_DAYS`.

    `at_once` is the first later departure on which a shipment that never waits has a route,
    `with_waits` the first on which one has a route that may wait up to `max_wait_days`. Where that
    takes long to find, it is the first after which such a route is soon found on every day until
    `at_once`. `ever` is False if no day can open it: every route uses a leg twice.
    """

    at_once: int | None
    with_waits: int | None
    ever: bool = True


def next_opening(problem: Problem, terms: Terms, near: Opening | None = None) -> Opening:
    """Return when a corridor that is closed on the first day of the terms opens.

    Every day is searched as a departure of its own. Always compiled: that many searches take longer
    as Python than loading numba. `near` is where to look first, say when the corridor opened at
    other prices; it saves time and changes nothing.
    """
    terms = replace(terms, fast=True)
    departing = departures_of(problem, terms)
    if not departing.has_route(terms):
        return Opening(at_once=None, with_waits=None, ever=False)

    def later(day: int) -> Terms:
        return replace(terms, start_day=terms.start_day + day)

    # Where waits are dear, a search finds a route that waits little.
    least_waits = departures_of(
        problem.reweighed(wait_cents_per_day=DEAR_WAIT_CENTS_PER_DAY), terms
    )
    leaves = cache(lambda day: departing.leaves(later(day)))
    waits = cache(lambda day: least_waits.any_by_date(later(day)))

    def may_open(
        asked: Terms, days: range, likely: int | None, opens: Callable[[int], object]
    ) -> Iterator[int]:
        """Yield the days on which a route may be open; a likely one is searched first."""
        day = 0 if likely is None else likely - terms.start_day
        if day not in days:
            yield from departing.days_that_may_open(asked, days)
            return
        yield from departing.days_that_may_open(asked, range(days.start, day))
        if opens(day):
            yield day
        yield from departing.days_that_may_open(asked, range(day, days.stop))

    days = range(1, min(SEARCHED_DAYS + 1, problem.days - terms.start_day))
    leaving = may_open(terms.leaving(0), days, near.at_once if near else None, leaves)
    with_waits = at_once = next(filter(leaves, leaving), None)
    if terms.max_wait_days > 0:
        # With as many whole days of waiting at the origin there surely is a route.
        surely = None if at_once is None else max(1, at_once - int(terms.max_wait_days))
        sooner = days if surely is None else range(1, surely)
        waiting = may_open(terms, sooner, near.with_waits if near else None, waits)
        first = next(waiting, None)
        if first is None or waits(first):
            with_waits = first or surely
        else:
            with_waits = surely or next(filter(waits, waiting), None)
            # Most days before it that may open do.
            while with_waits and with_waits > 1:
                before = with_waits - 1
                found = waits(before) or departing.best_until_midnight(later(before))
                if found is None:
                    break
                with_waits = max(1, before - _days_to_spare(found, terms))
    return Opening(
        at_once=None if at_once is None else terms.start_day + at_once,
        with_waits=None if with_waits is None else terms.start_day + with_waits,
    )


def _days_to_spare(route: FoundRoute, terms: Terms) -> int:
    """Return how many days sooner a route may be at its origin, where it waits for its departure.

    Nothing else of it changes, so it has a route on each of these days too.
    """
    unused = int(terms.max_wait_days * MINUTES_PER_DAY) - sum(route.waits)
    left = JOURNEY_DAYS * MINUTES_PER_DAY - 1 - route.minutes
    return max(0, min(unused, left)) // MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """The dates of an `Opening`, and whether any day can open the corridor."""

    at_once: date | None
    with_waits: date | None
    ever: bool = True


class Reopenings:
    """Openings found so far, shared by questions with other departures."""

    def __init__(self) -> None:
        self._known: Kept[list[tuple[date, Reopening]]] = Kept(MOST_REOPENINGS)
        self._last: Kept[list[Reopening]] = Kept(MOST_REOPENINGS)

    def after(self, problem: Problem, terms: Terms, pricer: Pricer) -> Reopening:
        """Return when a closed corridor opens; see `next_opening`."""
        first_day = pricer.first_day
        today = first_day + timedelta(days=terms.start_day)
        known = self._known.of((what_opens(problem, pricer), terms.max_wait_days), list)
        for closed_from, opens in known:
            both = (opens.at_once, opens.with_waits)
            if not opens.ever or all(
                day is not None and closed_from <= today < day for day in both
            ):
                return opens
        # At other prices it mostly opens on the same days.
        last = self._last.of((_digest(problem.head, problem.km), terms.max_wait_days), list)
        near = None
        if last:
            at_once, with_waits = (
                None if day is None else (day - first_day).days
                for day in (last[0].at_once, last[0].with_waits)
            )
            near = Opening(at_once=at_once, with_waits=with_waits)
        found = next_opening(problem, terms, near)
        dates = (
            None if day is None else first_day + timedelta(days=day)
            for day in (found.at_once, found.with_waits)
        )
        opens = Reopening(at_once=next(dates), with_waits=next(dates), ever=found.ever)
        known.append((today, opens))
        last[:] = [opens]
        return opens


def what_opens(problem: Problem, pricer: Pricer) -> Hashable:
    """Return a key of everything that decides on which days a corridor is usable.

    Worlds that differ elsewhere only have the same one.

    Prices are part of it: a way that costs less and arrives sooner bars a slower one, which may
    arrive once a gate is open.
    """
    met = [(closed.window, closed.arcs[problem.base]) for closed in pricer.closures]
    met = [(window, arcs) for window, arcs in met if arcs.any()]
    used = np.unique(problem.profile[problem.profile >= 0])
    digest = _digest(
        problem.first_arc,
        problem.head,
        problem.km,
        problem.minutes,
        problem.clock,
        problem.cents,
        problem.grams,
        np.where(problem.profile >= 0, np.searchsorted(used, problem.profile), -1),
        problem.through[used],
        *(arcs for _, arcs in met),
    )
    by_profile = (
        problem.minutes_per_km,
        problem.cents_per_km,
        problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
    )
    return (
        digest,
        tuple(window for window, _ in met),
        tuple(tuple(np.unique(row).tolist()) for table in by_profile for row in table[used]),
        pricer.ice_key,
    )


def _digest(*arrays: npt.NDArray[Any]) -> bytes:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()


def dated_reason(prepared: Prepared, topology: Topology, weights: Weights, terms: Terms) -> str:
    """Return what closes the route that would be cheapest if every day were the best one."""
    problem = prepared.problem
    clock, now = Clock(problem), terms.begin
    for arc in _easiest_path(prepared):
        took = clock.duration(arc, now)
        if took < 0:
            return _closed_text(problem, topology, weights, arc, now)
        now += took
    return "every route in it would wait longer than max_wait_days"


def _easiest_path(prepared: Prepared) -> list[int]:
    """Return the arcs of the path that is cheapest by lower bounds, with the fewest arcs.

    Arcs may cost nothing, so following the bound alone could run in circles.
    """
    problem, bound = prepared.problem, prepared.bounds[0]
    tight = problem.low_cents + bound[problem.head] == bound[problem.tail]
    reached_by: dict[int, int] = {SOURCE: -1}
    queue = deque([SOURCE])
    while queue and SINK not in reached_by:
        node = queue.popleft()
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head = int(problem.head[arc])
            if tight[arc] and head not in reached_by:
                reached_by[head] = arc
                queue.append(head)
    path: list[int] = []
    node = SINK
    while node != SOURCE:
        arc = reached_by[node]
        path.append(arc)
        node = int(problem.tail[arc])
    return path[::-1]


def _closed_text(
    problem: Problem, topology: Topology, weights: Weights, arc: int, clock: int
) -> str:
    base = int(problem.base[arc])
    profile = weights.profiles[int(problem.profile[arc])]
    day = _closed_day(profile, clock // MINUTES_PER_DAY)
    when = weights.first_day + timedelta(days=day)
    for first, last, reason in profile.reasons:
        if first <= when <= last:
            return f"{reason} ({when.isoformat()})"
    area = int(topology.area[base])
    if area and day < len(profile.states):
        return f"{profile.states[day].reason} ({when.isoformat()})"
    name = (
        AREA_NAMES[area]
        if area
        else topology.places[int(topology.state_place[topology.tail[base]])].name
    )
    return f"{name} is closed on {day_of(weights, clock).isoformat()}"


def _closed_day(profile: Profile, day: int) -> int:
    """Return the first closed day from `day` on."""
    closed = np.flatnonzero(profile.minutes_per_km[day:] < 0.0)
    return day + int(closed[0]) if closed.size else day


def _out_of_reach(layered: Layered, topology: Topology) -> str:
    """Return what keeps every route out of a corridor, whatever the day."""
    names = {place.id: place.name for place in topology.places}
    origin, destination = names[topology.origin], names[topology.destination]
    if not layered.boarded:
        return f"no carriage within its bounds leads from {origin} to its main carriage"
    if layered.missing:
        lost = name_of_entry(layered.missing[0], topology)
        return f"its main carriage does not reach {lost} from {origin}"
    return f"no carriage within its bounds leads from its main carriage to {destination}"


def _closures_of(arcs: IntArray, weights: Weights) -> str:
    """Return the reasons for which arcs are closed throughout; empty if there are none."""
    profiles = (weights.profiles[number] for number in np.unique(weights.profile[arcs]))
    texts = sorted({text for profile in profiles for _, _, text in profile.reasons})
    return "; ".join(text.rstrip(".") for text in texts)


def closed_at(
    places: Collection[str], layered: Layered, weights: Weights, topology: Topology
) -> str:
    """Return the reasons for which places in the layers are closed throughout; empty if none is."""
    base = layered.base
    closed = base[~weights.usable[base] & (weights.profile[base] >= 0)]
    place = topology.state_place[topology.tail[closed]]
    named = topology.index.named(places)
    return _closures_of(closed[(place >= 0) & named[np.maximum(place, 0)]], weights)


def static_reason(
    layered: Layered, weights: Weights, topology: Topology
) -> tuple[OptionStatus, str]:
    """Return why there is no route on any day: closed throughout, or out of reach; and the reason.

    Only closed arcs at the edge of what open arcs reach are named.
    """
    base, tail, head = layered.base, layered.tail, layered.head
    if not base.size:
        return OptionStatus.INFEASIBLE, _out_of_reach(layered, topology)
    is_open = weights.usable[base]
    met = reach(layered.node_count, tail[is_open], head[is_open], SOURCE)
    cut = ~is_open & met[tail] & ~met[head] & (weights.profile[base] >= 0)
    closed = _closures_of(base[cut], weights)
    if closed:
        return OptionStatus.CLOSED, closed
    first_day = weights.first_day.isoformat()
    reason = f"no route with its services passes its places in order (from {first_day})"
    return OptionStatus.INFEASIBLE, reason
