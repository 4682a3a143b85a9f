"""Find the cheapest route with OR-Tools, another algorithm on the same network."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from corridors.errors import CertificateError, CorridorsError
from corridors.routing.dated.candidates import TooManyWaysError, any_time, departures
from corridors.routing.dated.fronts import wait_window
from corridors.routing.dated.prepared import Prepared, bounded, from_source
from corridors.routing.problem import SINK, SOURCE, Problem, dated_ahead
from corridors.routing.terms import FoundRoute, Terms
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
# One lexicographic integer: cents, then minutes. A route takes less than `MINUTES` minutes; the
# solver truncates floats silently and was wrong beyond about 1e15, so sums stay below 1e13, and
# those of a problem weighed by another objective below `LARGEST_TOTAL`.
MINUTES = 1_000_000
MAX_STATES = 30_000
# Moves tried for one certificate, about 5 microseconds each.
MOST_MOVES = 3_000_000
# Clock, cents, minutes and grams.
Figures = tuple[int, int, int, int]
# Node, clock, minutes waited, and the way on which it got there.
_State = tuple[int, int, int, int]
_Within = Callable[[int, int, int], bool]
# No way: waited after an arc that changes with the day.
FREE = -1
# Problems solved for one certificate, 3 to 20 ms each.
MOST_PATHS = 500


class CostsTooLargeError(CorridorsError):
    """Costs times the number of nodes do not fit into the integers of OR-Tools."""


class TooManyPathsError(CorridorsError):
    """Too many paths run a leg twice for a certificate."""


class _TooManyStatesError(CorridorsError):
    """The time-expanded network is too large."""


@dataclass(slots=True)
class _Work:
    """Moves that may still be tried."""

    left: int

    def spend(self, moves: int) -> None:
        """Count moves; too many end the certificate."""
        self.left -= moves
        if self.left < 0:
            raise _TooManyStatesError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A way to a node: its figures, and the arcs by which other ways go on from it.

    `static` if nothing on it changes with the day.
    """

    node: int
    figures: Figures
    static: bool
    following: list[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """Cents and minutes of the cheapest route by OR-Tools, None if it finds none.

    `minutes` are None too if they do not count between equally cheap routes.
    """

    cents: int | None
    minutes: int | None
    method: str


def _cheapest(
    tail: IntArray, head: IntArray, cost: IntArray, source: int, sink: int
) -> tuple[int, IntArray] | None:
    """Return the least lexicographic cost of one unit from source to sink, and its arcs.

    None if none can pass. An unconnected source would give an empty OPTIMAL answer, so this is
    checked first.
    """
    if not (tail == source).any() or not (head == sink).any():
        return None
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), np.ones(tail.shape[0], np.int64), cost
    )
    solver.set_node_supply(source, 1)
    solver.set_node_supply(sink, -1)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status == solver.BAD_COST_RANGE:
        raise CostsTooLargeError
    if status != solver.OPTIMAL:
        msg = f"SimpleMinCostFlow ended with status {status}"
        raise CertificateError(msg)
    return int(solver.optimal_cost()), np.flatnonzero(solver.flows(arcs))


def _running_legs_once(
    problem: Problem, solve: Callable[[npt.NDArray[np.bool_]], tuple[int, IntArray] | None]
) -> tuple[int, IntArray] | None:
    """Return the cheapest path that runs no leg and meets no node twice, with its cost.

    None if there is none.

    `solve` gets the arcs that may be used and returns the least cost and the arcs of its path. A
    path that runs a leg twice gives two problems: without the arcs of one way (or one of the two
    arcs, if they run the same way), and without all others of the leg. One that meets a node twice,
    to wait elsewhere, gives one without each of the arcs by which it comes there.

    Raises
    ------
    TooManyPathsError
        More than `MOST_PATHS` problems would have to be solved.
    """
    queue: list[tuple[int, int, IntArray, npt.NDArray[np.bool_]]] = []
    solved = 0

    def push(usable: npt.NDArray[np.bool_]) -> None:
        nonlocal solved
        if solved == MOST_PATHS:
            raise TooManyPathsError
        solved += 1
        found = solve(usable)
        if found is not None:
            heapq.heappush(queue, (found[0], solved, found[1], usable))

    push(np.ones(problem.base.shape[0], bool))
    while queue:
        cost, _, path, usable = heapq.heappop(queue)
        run = path[problem.leg[path] >= 0]
        legs, times = np.unique(problem.leg[run], return_counts=True)
        if not (times > 1).any():
            nodes, visits = np.unique(problem.head[path], return_counts=True)
            if not (visits > 1).any():
                return cost, path
            for arc in np.unique(path[problem.head[path] == nodes[visits > 1][0]]).tolist():
                left = usable.copy()
                left[arc] = False
                push(left)
            continue
        leg = problem.leg == legs[times > 1][0]
        first, second = run[leg[run]][:2]
        part = leg & (problem.way == problem.way[first])
        if problem.way[first] == problem.way[second]:
            part = np.zeros_like(leg)
            part[first] = True
        push(usable & ~part)
        push(usable & ~(leg & ~part))
    return None


def _split(total: int, minutes: int | None, method: str) -> Certified:
    """Return the cents of a sum; with its minutes, the sum is of both."""
    cents = total if minutes is None else (total - minutes) // MINUTES
    return Certified(cents=cents, minutes=minutes, method=method)


def certify_static(problem: Problem, start_day: int, *, then_minutes: bool = True) -> Certified:
    """Return the cheapest route on the network of the departure day that runs no leg twice.

    Of equally cheap ones it is the quickest; not unless `then_minutes`, where costs are weighed
    sums that leave no room for the minutes.

    Raises
    ------
    TooManyPathsError
        Too many paths run a leg twice.
    CostsTooLargeError
        The costs do not fit into the integers of OR-Tools.
    """
    unit = MINUTES if then_minutes else 1
    minutes, cents = problem.minutes.copy(), problem.cents.copy()
    is_open = np.ones(minutes.shape[0], bool)
    for arc in np.flatnonzero(problem.profile >= 0).tolist():
        extra, more, _ = problem.travel(arc, start_day * MINUTES_PER_DAY)
        is_open[arc] = extra >= 0
        minutes[arc] += extra
        cents[arc] += more

    def solve(usable: npt.NDArray[np.bool_]) -> tuple[int, IntArray] | None:
        arcs = np.flatnonzero(is_open & usable)
        cost = cents[arcs] * unit + (minutes[arcs] if then_minutes else 0)
        found = _cheapest(problem.tail[arcs], problem.head[arcs], cost, SOURCE, SINK)
        return None if found is None else (found[0], arcs[found[1]])

    best, method = _running_legs_once(problem, solve), "SimpleMinCostFlow"
    if best is None:
        return Certified(cents=None, minutes=None, method=method)
    # The hours of one route may exceed `MINUTES`, so they are summed along it.
    took = int(minutes[best[1]].sum()) if then_minutes else None
    return _split(best[0], took, method)


def certify_dated(
    problem: Problem, terms: Terms, *, most_cents: int, then_minutes: bool = True
) -> Certified | None:
    """Return the cheapest route on the time-expanded network; None if that is too large.

    Of equally cheap ones it is the quickest, unless not `then_minutes`: see `certify_static`.
    Its nodes are (state, minute, minutes waited, way) on routes of at most `most_cents`; its arcs
    are moves and waits, and no way lets time pass (see `_Ways`). Waits are tried where the terms
    allow them.

    Raises
    ------
    TooManyPathsError
        Too many paths run a leg twice.
    CostsTooLargeError
        The costs do not fit into the integers of OR-Tools.
    """

    def solve(usable: npt.NDArray[np.bool_]) -> tuple[int, IntArray] | None:
        left = problem.only(usable)
        found = _in_time(left, terms, most_cents=most_cents, work=work, then_minutes=then_minutes)
        return None if found is None else (found[0], np.flatnonzero(usable)[found[1]])

    work = _Work(left=MOST_MOVES)
    terms = replace(terms, fast=False)
    try:
        best = _running_legs_once(problem, solve)
    except _TooManyStatesError:
        return None
    method = "SimpleMinCostFlow, time-expanded"
    if best is None:
        return Certified(cents=None, minutes=None, method=method)
    # No route of the search is longer than `MINUTES`.
    return _split(best[0], best[0] % MINUTES if then_minutes else None, method)


def _affordable(problem: Problem, cents: int) -> int:
    """Return the minutes that may be waited for these cents."""
    per_day = problem.wait_cents_per_day
    return (
        max(cents, 0) * MINUTES_PER_DAY // per_day
        if per_day > 0
        else problem.days * MINUTES_PER_DAY
    )


def _departures(
    problem: Problem, prepared: Prepared, terms: Terms, dated: npt.NDArray[np.bool_]
) -> tuple[IntArray, IntArray]:
    """Return the departures worth waiting for; see `departures`.

    Raises
    ------
    _TooManyStatesError
        Too many ways lead to an arc that changes with the day.
    """
    near = from_source(problem, fast=False, criteria=2)
    try:
        window = any_time(*wait_window(prepared, near, (), terms), fast=True)
        return departures(problem, dated, window)
    except TooManyWaysError:
        raise _TooManyStatesError from None


def _in_time(
    problem: Problem, terms: Terms, *, most_cents: int, work: _Work, then_minutes: bool
) -> tuple[int, IntArray] | None:
    """Return the least cost on the time-expanded network and the arcs run, None if none is.

    Raises
    ------
    _TooManyStatesError
        There are more than `MAX_STATES`, or more moves than the work that is left.
    """
    dated = dated_ahead(problem)
    start, latest_minute = terms.begin, terms.last_minute(problem)
    longest = int(terms.max_wait_days * MINUTES_PER_DAY)
    prepared = bounded(problem, fast=False, criteria=2)
    offsets, flat = _departures(problem, prepared, terms, dated)
    still = prepared.bounds[0]

    def within(node: int, clock: int, cents: int) -> bool:
        return clock <= latest_minute and cents + int(still[node]) <= most_cents

    ways = _Ways(problem, start, within, work)
    first = (SOURCE, start, 0, 0)
    index = {first: 0}
    queue: list[tuple[int, _State]] = [(0, first)]
    done: set[_State] = set()
    tails, heads, costs, arcs = [], [], [], []
    last = 1  # node 1 is the sink, whatever the time
    while queue:
        spent, key = heapq.heappop(queue)
        if key in done:
            continue
        done.add(key)
        node, clock, waited, number = key
        moves: list[tuple[_State, int, int, int]] = []
        if problem.waits[node]:
            most = min(
                longest - waited, _affordable(problem, most_cents - spent - int(still[node]))
            )
            until = flat[offsets[node] : offsets[node + 1]]
            tried = np.searchsorted(until, [clock, clock + most], side="right")
            waits = (until[slice(*tried.tolist())] - clock).tolist()
            if dated[node]:
                waits.append(longest - waited)
            on = ways.waiting(number, waited)
            for wait in waits:
                if wait > 0 and waited + wait <= longest:
                    paid = -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
                    moves.append(((node, clock + wait, waited + wait, on), paid, wait, -1))
        for arc, on in ways.following(node, waited, number):
            took = _run(problem, arc, clock)
            if took is not None:
                ticks, cents, minutes, _ = took
                target = (int(problem.head[arc]), clock + ticks, waited, on)
                moves.append((target, cents, minutes, arc))
        work.spend(len(moves))
        for target, cents, minutes, arc in moves:
            if last > MAX_STATES:
                raise _TooManyStatesError
            if not within(target[0], target[1], spent + cents):
                continue
            at = 1
            if target[0] != SINK:
                if target not in index:
                    last += 1
                    index[target] = last
                at = index[target]
                heapq.heappush(queue, (spent + cents, target))
            tails.append(index[key])
            heads.append(at)
            costs.append(cents * MINUTES + minutes if then_minutes else cents)
            arcs.append(arc)
    found = _cheapest(
        np.array(tails, np.int64), np.array(heads, np.int64), np.array(costs, np.int64), 0, 1
    )
    if found is None:
        return None
    run = np.array(arcs, np.int64)[found[1]]
    return found[0], run[run >= 0]


def _run(problem: Problem, arc: int, clock: int) -> Figures | None:
    """Return minutes on the clock, cents, minutes and grams of an arc, None where it is closed."""
    extra, cents, grams = problem.travel(arc, clock)
    if extra < 0:
        return None
    return (
        int(problem.clock[arc]) + extra,
        int(problem.cents[arc]) + cents,
        int(problem.minutes[arc]) + extra,
        int(problem.grams[arc]) + grams,
    )


class _Ways:
    """Which ways a route may take if none lets time pass, as `docs/limits.md` says.

    `at_once` never wait: no other one is as good in clock, cents, minutes and grams. `static` are
    those that a wait may be added to as long as nothing on them changes with the day: none of
    `at_once` on which nothing changes is better.
    """

    def __init__(self, problem: Problem, start: int, within: _Within, work: _Work) -> None:
        self._problem = problem
        self._changes = [p >= 0 and bool(problem.change_days[p]) for p in problem.profile.tolist()]
        self._start, self._within, self._work = start, within, work
        self._dated = dated_ahead(problem)
        self.at_once = self._followed(lambda _node, _figures: True)
        best: dict[int, list[Figures]] = {}
        for way in self.at_once:
            if way.static:
                best.setdefault(way.node, []).append(way.figures)

        def admits(node: int, figures: Figures) -> bool:
            others = best.get(node, ()) if self._dated[node] else ()
            return not any(one != figures and _as_good(one, figures) for one in others)

        # One that never waits stays, though another may be as good with a wait alone.
        known = {(way.node, way.figures) for way in self.at_once if way.static}
        self.static = self._followed(admits, static=True, known=known)
        self._number = {(way.node, way.figures): n for n, way in enumerate(self.static)}

    def _followed(
        self,
        admits: Callable[[int, Figures], bool],
        *,
        static: bool = False,
        known: Collection[tuple[int, Figures]] = (),
    ) -> list[_Way]:
        """Return ways in the order of their clocks, those of the source first.

        One that another is as good as is left out, unless it is `known`.
        """
        problem, within = self._problem, self._within
        ways: list[_Way] = []
        kept: dict[int, list[Figures]] = {}
        heap = [((self._start, 0, 0, 0), SOURCE, -1, -1, True)]
        while heap:
            figures, node, before, arc, unchanging = heapq.heappop(heap)
            others = kept.setdefault(node, [])
            if figures in others or not admits(node, figures):
                continue
            if (node, figures) not in known and any(_as_good(one, figures) for one in others):
                continue
            others.append(figures)
            if before >= 0:
                ways[before].following.append((arc, len(ways)))
            out = _arcs(problem, node)
            self._work.spend(len(out))
            for on in out:
                took = None if static and self._changes[on] else _run(problem, on, figures[0])
                if took is not None:
                    after = _sum(figures, took)
                    head = int(problem.head[on])
                    if within(head, after[0], after[1]):
                        still = unchanging and not self._changes[on]
                        heapq.heappush(heap, (after, head, len(ways), on, still))
            ways.append(_Way(node=node, figures=figures, static=unchanging, following=[]))
        return ways

    def waiting(self, number: int, waited: int) -> int:
        """Return the way of a state once it waits."""
        if waited or number == FREE:
            return number
        way = self.at_once[number]
        return self._number[way.node, way.figures] if way.static else FREE

    def following(self, node: int, waited: int, number: int) -> list[tuple[int, int]]:
        """Return the arcs by which a state may go on, each with the way on which it then is."""
        if number == FREE:
            return [(arc, FREE) for arc in _arcs(self._problem, node)]
        if not waited:
            return self.at_once[number].following
        changing = ((arc, FREE) for arc in _arcs(self._problem, node) if self._changes[arc])
        return [*self.static[number].following, *changing]


def _arcs(problem: Problem, node: int) -> range:
    return range(int(problem.first_arc[node]), int(problem.first_arc[node + 1]))


def _sum(one: Figures, other: Figures) -> Figures:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


def _as_good(one: Figures, other: Figures) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))


def agrees(route: FoundRoute, certified: Certified) -> bool:
    """Return whether OR-Tools found the same cost and, where they count, the same hours."""
    same = certified.minutes is None or certified.minutes == route.minutes
    return same and route.cents == certified.cents


def meets_dates(problem: Problem, route: FoundRoute) -> bool:
    """Return whether an arc of the route changes between the departure and its arrival."""
    last = max(route.starts, default=0) // MINUTES_PER_DAY + 1
    profiles = {int(problem.profile[arc]) for arc in route.arcs} - {-1}
    first = min(route.starts, default=0) // MINUTES_PER_DAY
    return bool(sum(route.waits)) or any(
        first < day <= last for profile in profiles for day in problem.change_days[profile]
    )


def without_dearer(problem: Problem, route: FoundRoute) -> Problem:
    """Return the problem without the changing arcs that only dearer routes can use."""
    prepared = bounded(problem, fast=False, criteria=2)
    near = from_source(problem, fast=False, criteria=2)[0]
    least = near[problem.tail] + problem.low_cents + prepared.bounds[0][problem.head]
    changes = np.array([bool(days) for days in problem.change_days] or [False])
    dated = (problem.profile >= 0) & changes[np.maximum(problem.profile, 0)]
    return problem.only(~dated | (least <= route.cents))
