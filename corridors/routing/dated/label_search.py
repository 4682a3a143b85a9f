"""Run the label setting on a prepared problem and read its routes."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any, TypeVar

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.domain.objective import unbeaten
from corridors.engine import plain, until_stopped
from corridors.network.graph.reach import reach
from corridors.routing.dated import label_setting
from corridors.routing.dated.label_setting import UNREACHABLE, lower_bounds
from corridors.routing.problem import (
    ARC,
    BEFORE,
    CENTS,
    CLOCK,
    MINUTES,
    NODE,
    SETTLED,
    SINK,
    SOURCE,
    STATE,
    Problem,
    is_dated,
)
from corridors.routing.terms import JOURNEY_DAYS, DatedRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY

# Prepare a problem for search: bounds to the sink on any day, and what depends on the day.

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


# More steps and minutes than any search takes.
ANY_NUMBER = 1 << 60
# Some tenths of a second of work, after which a search begins anew in a thread and hears Ctrl-C.
STEPS_AT_ONCE = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which routes a search is for: at most `most_cents` and `most_minutes`.

    With `best_only` the cheapest, then quickest one; else the front. Routes that one of `known`
    (cents, minutes and grams) is no worse than are left out. The search ends after `most_steps` of
    work. `sets` have prices that are paid once (see `label_setting.Sets`); None if there are none.
    """

    best_only: bool = True
    most_cents: int = UNREACHABLE
    most_minutes: int = ANY_NUMBER
    known: Sequence[Vector] = ()
    most_steps: int = ANY_NUMBER
    sets: label_setting.Sets | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The routes of one run of the label setting, cheapest first.

    `steps` is its work, the same on any machine; `whole` whether it ran to its end. If no route of
    the most cents was found, boxes that leave up to `alike_days` later find none either. `tracked`
    are the places that it could not come to twice.
    """

    routes: tuple[DatedRoute, ...]
    steps: int
    whole: bool
    alike_days: int = 0
    tracked: tuple[int, ...] = ()


def search_routes(prepared: Prepared, terms: Terms, wanted: Wanted) -> Searched:
    """Return the routes that leave on the first day of the terms, of one run of the label setting.

    They come to no tracked place twice; to another they may.
    """
    problem, fast = prepared.problem, terms.fast
    search = _kernel(fast=fast)
    last_minute = terms.last_minute(problem)
    # Without a limit that a dearer way may keep, only the order of cost, time and CO2e counts.
    unlimited = wanted.most_minutes >= ANY_NUMBER and not wanted.known
    in_order = wanted.best_only and unlimited and not is_dated(problem)
    none = np.zeros(0, np.int64)
    sets = wanted.sets or label_setting.Sets(*(none,) * 5)
    bit, ahead = problem.for_arcs(("tracked", prepared.tracked), lambda: _tracked(prepared))
    detours = np.concatenate([np.zeros(0, np.int64), *prepared.detours])
    known = np.array(wanted.known, np.int64).reshape(-1, 3)
    known[:, 0] += problem.more_cents
    limits = label_setting.Limits(
        best_only=wanted.best_only,
        in_order=in_order,
        most_cents=wanted.most_cents + problem.more_cents,
        most_minutes=wanted.most_minutes,
        last_minute=ANY_NUMBER if in_order else last_minute,
        known=known,
        most_steps=min(wanted.most_steps, STEPS_AT_ONCE) if fast else wanted.most_steps,
        stop=np.zeros(1, np.int64),
    )
    given = (
        SOURCE,
        SINK,
        terms.begin,
        problem.arcs(fast=fast),
        problem.by_day,
        label_setting.Tracked(*(plain(array, fast) for array in (bit, ahead, detours))),
        label_setting.Sets(*(plain(array, fast) for array in sets)),
        label_setting.Bounds(
            cents=plain(prepared.bounds[0], fast),
            minutes=plain(prepared.bounds[1], fast),
            grams=plain(prepared.bounds[2], fast),
            latest=plain(prepared.latest, fast),
            ice_ahead=plain(prepared.ice_ahead, fast),
        ),
    )

    def run(limits: label_setting.Limits) -> tuple[IntArray, int]:
        labels, steps = search(*given, limits)
        if limits.most_steps <= steps < wanted.most_steps:
            # Most searches end before; starting a thread takes as long as many of them.
            longer = limits._replace(most_steps=wanted.most_steps)
            labels, steps = until_stopped(lambda stop: search(*given, longer._replace(stop=stop)))
        return labels, steps

    labels, steps = run(limits)
    ends = labels[labels[:, NODE] == SINK, CLOCK]
    if in_order and ends.size and ends.max() > last_minute:
        # The cheapest route takes too long, or longer than prices are known: a dearer one may not.
        labels, steps = run(limits._replace(in_order=False, last_minute=last_minute))
    at_sink = np.flatnonzero(
        (labels[:, NODE] == SINK) & (labels[:, STATE] == SETTLED) & (labels[:, ARC] >= 0)
    )
    found = [_route(problem, labels, int(label)) for label in at_sink]
    return Searched(
        routes=tuple(sorted(found, key=lambda r: (*r.vector, r.arcs))),
        steps=int(steps),
        whole=bool(steps < wanted.most_steps),
        alike_days=_alike_days(problem, labels) if unlimited and not found else 0,
    )


def _alike_days(problem: Problem, labels: IntArray) -> int:
    """Return how many days later the ways of a search meet every dated arc as on its day.

    An arc is met alike until the day before the next change of its profile. If a change lies within
    the days that it takes, no later day is taken to be alike.
    """
    settled = labels[labels[:, STATE] == SETTLED]
    # In the order of nodes.
    node, day = np.unique(
        np.stack([settled[:, NODE], settled[:, CLOCK] // MINUTES_PER_DAY]), axis=1
    )
    dated = np.flatnonzero(problem.profile >= 0)
    first, after = (np.searchsorted(node, problem.tail[dated], side) for side in ("left", "right"))
    alike = JOURNEY_DAYS
    for at in np.flatnonzero(first < after).tolist():
        arc, days = int(dated[at]), day[first[at] : after[at]]
        profile = int(problem.profile[arc])
        if not problem.change_days[profile]:
            continue
        days = days[days < problem.days]
        changes = np.array([*problem.change_days[profile], problem.days])
        paces = problem.minutes_per_km[profile, days].clip(0.0)
        last = days + (problem.km[arc] * paces / MINUTES_PER_DAY).astype(np.int64) + 1
        until = changes[np.minimum(np.searchsorted(changes, days, "right"), changes.shape[0] - 1)]
        alike = min(alike, int((until - 1 - np.minimum(last, problem.days)).min(initial=alike)))
    return max(0, alike)


def _tracked(prepared: Prepared) -> tuple[IntArray, IntArray]:
    """Return the bits of tracked places by arc, and by node those of the arcs ahead."""
    problem = prepared.problem
    bit = np.zeros(problem.base.shape[0], np.int64)
    ahead = np.zeros(problem.node_count, np.int64)
    if not prepared.tracked:
        return bit, ahead
    for number, place in enumerate(prepared.tracked):
        bit[problem.place == place] = 1 << number
    tracked = np.flatnonzero(bit)
    np.bitwise_or.at(ahead, problem.tail[tracked], bit[tracked])
    changed = ahead != 0
    while changed.any():
        # Only arcs to a node that met more places can tell their tail of more.
        into = np.flatnonzero(changed[problem.head])
        before = ahead.copy()
        np.bitwise_or.at(ahead, problem.tail[into], before[problem.head[into]])
        changed = ahead != before
    return bit, ahead


def _kernel(*, fast: bool) -> Callable[..., Any]:
    if not fast:
        return label_setting.search
    # Importing numba takes 0.3 s, which a command without a search should not spend.
    from corridors.routing.dated import compiled_search

    return compiled_search.search


def _route(problem: Problem, labels: IntArray, label: int) -> DatedRoute:
    chain = [label]
    while (before := int(labels[chain[-1], BEFORE])) >= 0:
        chain.append(before)
    chain.reverse()
    rows = labels[chain]
    arcs, starts = rows[1:, ARC], rows[:-1, CLOCK].tolist()
    place, dated = problem.place[arcs], problem.profile[arcs] >= 0
    grams = int(problem.grams[arcs].sum())
    for step in np.flatnonzero(dated).tolist():
        grams += problem.travel(int(arcs[step]), starts[step])[2]
    return DatedRoute(
        arcs=tuple(problem.number[arcs].tolist()),
        places=tuple(place[place >= 0].tolist()),
        starts=tuple(starts),
        cents=int(rows[-1, CENTS]) - problem.more_cents,
        minutes=int(rows[-1, MINUTES]),
        grams=grams,
    )


# Keep a rule that a search does not know.

Part = TypeVar("Part")
Found = TypeVar("Found")


def best_first(
    first: Part,
    search: Callable[[Part], Found | None],
    split: Callable[[Found, Part], Iterable[Part]],
    *,
    key: Callable[[Found], Any],
) -> Iterator[tuple[Found, Part]]:
    """Yield what is found in a problem without a rule, then in the parts that bar it, best first.

    The first one yielded that keeps the rule is the best that does, if the parts into which a
    problem is `split` hold every route of it that keeps the rule. `search` returns the best of a
    part, None if it holds nothing; `key` is what is least, and of equals the earlier comes first.
    """
    order, parts = count(), iter([first])
    queue: list[tuple[Any, int, Found, Part]] = []
    while True:
        for part in parts:
            best = search(part)
            if best is not None:
                heapq.heappush(queue, (key(best), next(order), best, part))
        if not queue:
            return
        *_, found, part = heapq.heappop(queue)
        yield found, part
        parts = iter(split(found, part))


# Find routes that come to no place twice: search without that rule, and add it where it is
# broken.

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
    steps, alike_days = 0, JOURNEY_DAYS

    def best_in(part: Prepared) -> DatedRoute | None:
        nonlocal steps, alike_days
        found = search_routes(part, terms, wanted)
        steps += found.steps
        if not found.routes:
            # The parts in which nothing was found hold every route between them.
            alike_days = min(alike_days, found.alike_days)
        return next(iter(found.routes), None)

    def closer(route: DatedRoute, part: Prepared) -> list[Prepared]:
        return _closer(part, [route], fast=terms.fast, criteria=2)

    for route, part in best_first(prepared, best_in, closer, key=lambda one: one.vector[:2]):
        if not repeats(route):
            return Searched(routes=(route,), steps=steps, whole=True, tracked=part.tracked)
        if steps > MOST_STEPS_OF_BEST:
            return Searched(routes=(), steps=steps, whole=False)
    return Searched(routes=(), steps=steps, whole=True, alike_days=alike_days)


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
    and back turns there. It comes by two arcs, as no search comes to a node twice by the same one.
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
