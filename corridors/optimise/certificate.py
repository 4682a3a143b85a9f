"""Find the cheapest route with OR-Tools, another algorithm on the same network."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from corridors.errors import CertificateError, CorridorsError
from corridors.routing.dated.candidates import any_time, departures
from corridors.routing.dated.prepared import bounded, from_source
from corridors.routing.problem import SINK, SOURCE, Problem, dated_ahead
from corridors.routing.terms import JOURNEY_DAYS, FoundRoute
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
# One lexicographic integer: cents, then minutes. A route takes less than `MINUTES` minutes; the
# solver truncates floats silently and was wrong beyond about 1e15, so sums stay below 1e13.
MINUTES = 1_000_000
MAX_STATES = 30_000
# Moves tried for one certificate, about 5 microseconds each.
MOST_MOVES = 3_000_000
ANY_DETOUR = 1e6
# Problems solved for one certificate, 3 to 20 ms each.
MOST_PATHS = 500


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
class Certified:
    """Cents and minutes of the cheapest route by OR-Tools, None if it finds none."""

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
    if status != solver.OPTIMAL:
        msg = f"SimpleMinCostFlow ended with status {status}"
        raise CertificateError(msg)
    return int(solver.optimal_cost()), np.flatnonzero(solver.flows(arcs))


def _running_legs_once(
    problem: Problem, solve: Callable[[npt.NDArray[np.bool_]], tuple[int, IntArray] | None]
) -> int | None:
    """Return the least cost of a path that runs no leg twice; None if there is none.

    `solve` gets the arcs that may be used and returns the least cost and the arcs of its path. A
    path that runs a leg twice gives two problems: without the arcs of one way (or one of the two
    arcs, if they run the same way), and without all others of the leg.

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
            return cost
        leg = problem.leg == legs[times > 1][0]
        first, second = run[leg[run]][:2]
        part = leg & (problem.way == problem.way[first])
        if problem.way[first] == problem.way[second]:
            part = np.zeros_like(leg)
            part[first] = True
        push(usable & ~part)
        push(usable & ~(leg & ~part))
    return None


def _split(total: int | None, method: str) -> Certified:
    if total is None:
        return Certified(cents=None, minutes=None, method=method)
    return Certified(cents=total // MINUTES, minutes=total % MINUTES, method=method)


def certify_static(problem: Problem, start_day: int) -> Certified:
    """Return the cheapest route on the network of the departure day that runs no leg twice.

    Raises
    ------
    TooManyPathsError
        Too many paths run a leg twice.
    """
    minutes, cents = problem.minutes.copy(), problem.cents.copy()
    is_open = np.ones(minutes.shape[0], bool)
    for arc in np.flatnonzero(problem.profile >= 0).tolist():
        extra, more, _ = problem.travel(arc, start_day * MINUTES_PER_DAY)
        is_open[arc] = extra >= 0
        minutes[arc] += extra
        cents[arc] += more

    def solve(usable: npt.NDArray[np.bool_]) -> tuple[int, IntArray] | None:
        arcs = np.flatnonzero(is_open & usable)
        cost = cents[arcs] * MINUTES + minutes[arcs]
        found = _cheapest(problem.tail[arcs], problem.head[arcs], cost, SOURCE, SINK)
        return None if found is None else (found[0], arcs[found[1]])

    return _split(_running_legs_once(problem, solve), "SimpleMinCostFlow")


def certify_dated(
    problem: Problem,
    *,
    start_day: int,
    max_wait_days: float,
    most_cents: int,
    longest_detour: float = ANY_DETOUR,
) -> Certified | None:
    """Return the cheapest route on the time-expanded network; None if that is too large.

    Its nodes are (state, minute, minutes waited) on routes of at most `most_cents`; its arcs are
    moves and waits. Waits are tried on routes that, up to that point, are at most `longest_detour`
    times as long as the quickest, as `Terms` says.

    Raises
    ------
    TooManyPathsError
        Too many paths run a leg twice.
    """

    def solve(usable: npt.NDArray[np.bool_]) -> tuple[int, IntArray] | None:
        left = problem.only(usable)
        found = _in_time(
            left,
            start_day=start_day,
            max_wait_days=max_wait_days,
            most_cents=most_cents,
            longest_detour=longest_detour,
            work=work,
        )
        return None if found is None else (found[0], np.flatnonzero(usable)[found[1]])

    work = _Work(left=MOST_MOVES)
    try:
        total = _running_legs_once(problem, solve)
    except _TooManyStatesError:
        return None
    return _split(total, "SimpleMinCostFlow, time-expanded")


def _affordable(problem: Problem, cents: int) -> int:
    """Return the minutes that may be waited for these cents."""
    per_day = problem.wait_cents_per_day
    return (
        max(cents, 0) * MINUTES_PER_DAY // per_day
        if per_day > 0
        else problem.days * MINUTES_PER_DAY
    )


def _waits_between(
    problem: Problem, start: int, latest_minute: int, longest: int, longest_detour: float
) -> tuple[IntArray, IntArray]:
    """Return by node the first and the last minute at which a wait may end."""
    quickest = from_source(problem, fast=False, criteria=2)[1]
    until = np.minimum(start + longest + longest_detour * quickest, latest_minute)
    until[SOURCE] = min(start + longest, latest_minute)
    # At the origin some minutes pass before the clock of the departure day starts.
    started = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
    ahead = int((problem.minutes[started] - problem.clock[started]).max(initial=0))
    earliest = np.maximum(start, start + quickest - ahead)
    earliest[SOURCE] = start
    return earliest, until.astype(np.int64)


def _in_time(
    problem: Problem,
    *,
    start_day: int,
    max_wait_days: float,
    most_cents: int,
    longest_detour: float,
    work: _Work,
) -> tuple[int, IntArray] | None:
    """Return the least cost on the time-expanded network and the arcs run, None if none is.

    Raises
    ------
    _TooManyStatesError
        There are more than `MAX_STATES`, or more moves than the work that is left.
    """
    dated = dated_ahead(problem)
    start = start_day * MINUTES_PER_DAY
    latest_minute = min(problem.days, start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1
    longest = int(max_wait_days * MINUTES_PER_DAY)
    window = any_time(
        *_waits_between(problem, start, latest_minute, longest, longest_detour), fast=True
    )
    offsets, flat = departures(problem, dated, window)
    still = bounded(problem, fast=False, criteria=2).bounds[0]
    first = (SOURCE, start, 0)
    index = {first: 0}
    queue: list[tuple[int, tuple[int, int, int]]] = [(0, first)]
    done: set[tuple[int, int, int]] = set()
    tails, heads, costs, arcs = [], [], [], []
    last = 1  # node 1 is the sink, whatever the time
    while queue:
        spent, key = heapq.heappop(queue)
        if key in done:
            continue
        done.add(key)
        node, clock, waited = key
        moves: list[tuple[tuple[int, int, int], int, int, int]] = []
        if problem.waits[node]:
            most = min(
                longest - waited, _affordable(problem, most_cents - spent - int(still[node]))
            )
            until = flat[offsets[node] : offsets[node + 1]]
            between = np.searchsorted(until, [clock, clock + most], side="right")
            waits = (until[slice(*between.tolist())] - clock).tolist()
            if dated[node]:
                waits.append(longest - waited)
            for wait in waits:
                if wait > 0 and waited + wait <= longest:
                    paid = -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
                    moves.append(((node, clock + wait, waited + wait), paid, wait, -1))
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            minutes, ticks = int(problem.minutes[arc]), int(problem.clock[arc])
            cents = int(problem.cents[arc])
            if problem.profile[arc] >= 0:
                extra, more, _ = problem.travel(arc, clock)
                if extra < 0:
                    continue
                minutes, ticks, cents = minutes + extra, ticks + extra, cents + more
            target = (int(problem.head[arc]), clock + ticks, waited)
            moves.append((target, cents, minutes, arc))
        work.spend(len(moves))
        for target, cents, minutes, arc in moves:
            if last > MAX_STATES:
                raise _TooManyStatesError
            if spent + cents + int(still[target[0]]) > most_cents or target[1] > latest_minute:
                continue
            number = 1
            if target[0] != SINK:
                if target not in index:
                    last += 1
                    index[target] = last
                number = index[target]
                heapq.heappush(queue, (spent + cents, target))
            tails.append(index[key])
            heads.append(number)
            costs.append(cents * MINUTES + minutes)
            arcs.append(arc)
    found = _cheapest(
        np.array(tails, np.int64), np.array(heads, np.int64), np.array(costs, np.int64), 0, 1
    )
    if found is None:
        return None
    run = np.array(arcs, np.int64)[found[1]]
    return found[0], run[run >= 0]


def agrees(route: FoundRoute, certified: Certified) -> bool:
    """Return whether OR-Tools found the same cost and hours."""
    return (route.cents, route.minutes) == (certified.cents, certified.minutes)


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
