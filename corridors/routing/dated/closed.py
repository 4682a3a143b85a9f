"""Explain why a corridor has no route, and find the next day on which it has one."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.arrays import IntArray
from corridors.bounded_cache import BoundedCache
from corridors.costing.pace import Profile
from corridors.costing.pricer import Pricer
from corridors.costing.weights import Weights, day_of
from corridors.data.sea_areas import AREA_NAMES
from corridors.domain.results import OptionStatus
from corridors.network.corridor import Layered, name_of_entry
from corridors.network.graph.reach import Sorted, shortest
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.dated.departures import departures_of
from corridors.routing.dated.label_search import Prepared
from corridors.routing.problem import SINK, SOURCE, Problem, is_dated
from corridors.routing.terms import BY_THE_DAY, DatedRoute, Terms
from corridors.units import MINUTES_PER_DAY

ALL_LISTED = "all that runs this way is listed, and no listed line or voyage goes it then"
SEARCHED_DAYS = 400
# Of closures, such as of each leg of a port, as many are named.
MOST_REASONS = 3
# A closure weighs more than any way is long; of ways as long that with the fewest arcs counts.
MORE_THAN_ANY_WAY_KM, KM_OF_AN_ARC = 1e6, 1e-6
# Corridors times worlds in one session.
MOST_REOPENINGS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a closed corridor opens: the first later day that, asked on it, it would leave on.

    None if there is none within `SEARCHED_DAYS`. `ever` is False if no day can open it: every route
    comes to a place twice.
    """

    day: date | None
    ever: bool = True


def next_opening(
    problem: Problem, terms: Terms, first_day: date, best: Callable[[Terms], DatedRoute | None]
) -> Opening:
    """Return when a corridor that is closed on the first day of the terms opens.

    Parameters
    ----------
    problem
        The corridor.
    terms
        Those of the question.
    first_day
        That of the profiles.
    best
        Returns the route that the question takes, asked with other terms.
    """
    departures = departures_of(problem, terms)
    if not departures.ever:
        return Opening(day=None, ever=False)
    days = range(1, min(SEARCHED_DAYS + 1, problem.days - terms.start_day))
    found = departures.next_usable(terms, days) if is_dated(problem) else None
    while found is not None:
        route = best(replace(terms, start_day=terms.start_day + found))
        if route is not None and not route.wait_days:
            break
        # Asked on a day before that on which it leaves, it leaves no sooner.
        waits = route.wait_days if route is not None else 1
        later = range(found + (waits if waits <= BY_THE_DAY else 1), days.stop)
        found = departures.next_usable(terms, later)
    opens = None if found is None else first_day + timedelta(days=terms.start_day + found)
    return Opening(day=opens)


class Reopenings:
    """Openings found so far, shared by questions with other departures.

    `MOST_REOPENINGS` lists of them by what opens a corridor; see `what_opens`.
    """

    def __init__(self) -> None:
        self._known: BoundedCache[list[tuple[date, Opening]]] = BoundedCache(MOST_REOPENINGS)

    def after(
        self,
        problem: Problem,
        terms: Terms,
        pricer: Pricer,
        best: Callable[[Terms], DatedRoute | None],
        *,
        aim: Hashable,
    ) -> Opening:
        """Return when a closed corridor opens; see `next_opening`.

        `aim` is what `best` makes least.
        """
        today = pricer.first_day + timedelta(days=terms.start_day)
        key = what_opens(problem, pricer), terms.max_wait_days, aim
        known = self._known.of(key, list)
        for closed_from, opens in known:
            if not opens.ever or (opens.day is not None and closed_from <= today < opens.day):
                return opens
        opens = next_opening(problem, terms, pricer.first_day, best)
        known.append((today, opens))
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
        problem.wait_cents_per_day,
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
    now = terms.begin
    for arc in _easiest_path(prepared):
        extra = problem.travel(arc, now)[0]
        if extra < 0:
            return _closed_text(problem, topology, weights, arc, now)
        now += int(problem.clock[arc]) + extra
    return "leaving later arrives no later and costs no more"


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
    number = int(problem.profile[arc])
    if number >= len(weights.profiles):
        place = topology.places[int(topology.state_place[topology.head[base]])].name
        return f"no voyage is known to leave {place} on {day_of(weights, clock).isoformat()}"
    profile = weights.profiles[number]
    day = _closed_day(profile, clock // MINUTES_PER_DAY)
    when = weights.first_day + timedelta(days=day)
    for first, last, reason in profile.reasons:
        if first <= when <= last:
            return f"{reason.rstrip('.')} (would pass on {when.isoformat()})"
    area = int(topology.area[base])
    if area and day < len(profile.states):
        return f"{profile.states[day].reason} (would pass on {when.isoformat()})"
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
        return f"its pre-carriage does not reach its main carriage from {origin}"
    if layered.missing:
        lost = name_of_entry(layered.missing[0], topology)
        return f"its main carriage does not reach {lost} from {origin}"
    return f"its on-carriage does not reach {destination} from its main carriage"


def _closures_of(arcs: IntArray, weights: Weights) -> str:
    """Return the reasons for which arcs are closed throughout; empty if there are none.

    One for each arc: of a leg that no line sails each port near it may say the same.
    """
    profiles = (weights.profiles[number] for number in dict.fromkeys(weights.profile[arcs]))
    reasons = (profile.reasons[0][2] for profile in profiles if profile.reasons)
    texts = list(dict.fromkeys(text.rstrip(".") for text in reasons))
    more = len(texts) - MOST_REASONS
    return "; ".join(
        [*texts[:MOST_REASONS], *([f"and {more} more like these"] if more > 0 else [])]
    )


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

    An open way in the layers is one that only listed lines run, of which none does. Of all that is
    closed, what the way with the fewest closures meets is named, in its order: a
    closed Suez Canal, and not also the closed ports by which nobody would reach it.
    """
    base = layered.base
    if not base.size:
        return OptionStatus.INFEASIBLE, _out_of_reach(layered, topology)
    closed = ~weights.usable[base]
    way = _least_closed_way(layered, topology, closed, closed & (weights.profile[base] >= 0))
    met = _closures_of(base[way[closed[way]]], weights)
    if met:
        return OptionStatus.CLOSED, met
    first_day = weights.first_day.isoformat()
    if way.size:
        return OptionStatus.INFEASIBLE, f"{ALL_LISTED} (from {first_day})"
    reason = f"no route by its services passes its places in this order (from {first_day})"
    return OptionStatus.INFEASIBLE, reason


def turns_round(layered: Layered, weights: Weights, topology: Topology) -> str:
    """Return why no way through a corridor's places is a route: it passes one twice.

    Of the shortest way the place before the first that it passes again is named.
    """
    closed = ~weights.usable[layered.base]
    way = layered.base[_least_closed_way(layered, topology, closed, np.zeros_like(closed))]
    states = topology.head[way[topology.kind[way] == ArcKind.LEG]]
    passed = [topology.places[number] for number in topology.state_place[states].tolist()]
    turns = (passed[at - 1].name for at, place in enumerate(passed) if place in passed[:at])
    where = next(turns, "one of them")
    return f"a way through its places in order would turn round at {where} and come back"


def _least_closed_way(
    layered: Layered,
    topology: Topology,
    closed: npt.NDArray[np.bool_],
    may_open: npt.NDArray[np.bool_],
) -> IntArray:
    """Return the arcs of the way with the fewest closed ones, then the fewest km; empty if none.

    `closed` and `may_open` are by arc of the layers: what is closed, and what of it some day opens.
    """
    weight = topology.km[layered.base] + KM_OF_AN_ARC + MORE_THAN_ANY_WAY_KM * closed
    weight[closed & ~may_open] = -1.0
    arcs = Sorted(layered.first_arc, np.arange(layered.base.size), layered.head)
    begin, paid = np.array([SOURCE]), np.zeros(1)
    _, into = shortest(arcs, weight, begin, paid, furthest=np.inf)
    way: list[int] = []
    while (arc := int(into[layered.tail[way[-1]] if way else SINK])) >= 0:
        way.append(arc)
    return np.array(way[::-1], dtype=np.int64)
