"""Find the cheapest route with OR-Tools, another algorithm on the same network."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from corridors.errors import CertificateError
from corridors.routing.dated.candidates import departures
from corridors.routing.dated.prepared import bounded, from_source
from corridors.routing.problem import SINK, SOURCE, Problem, dated_ahead
from corridors.routing.terms import JOURNEY_DAYS, FoundRoute, TooManyLabelsError
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
# One lexicographic integer: cents, then minutes. A route takes less than `MINUTES` minutes; the
# solver truncates floats silently and was wrong beyond about 1e15, so sums stay below 1e13.
MINUTES = 1_000_000
MAX_STATES = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """Cents and minutes of the cheapest route by OR-Tools, None if it finds none."""

    cents: int | None
    minutes: int | None
    method: str


def _cheapest(tail: IntArray, head: IntArray, cost: IntArray, source: int, sink: int) -> int | None:
    """Return the least lexicographic cost of one unit from source to sink, None if none can pass.

    An unconnected source would give an empty OPTIMAL answer, so this is checked first.
    """
    if not (tail == source).any() or not (head == sink).any():
        return None
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
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
    return int(solver.optimal_cost())


def _split(total: int | None, method: str) -> Certified:
    if total is None:
        return Certified(cents=None, minutes=None, method=method)
    return Certified(cents=total // MINUTES, minutes=total % MINUTES, method=method)


def certify_static(problem: Problem, start_day: int) -> Certified:
    """Return the cheapest route on the network of the departure day."""
    minutes, cents = problem.minutes.copy(), problem.cents.copy()
    is_open = np.ones(minutes.shape[0], bool)
    for arc in np.flatnonzero(problem.profile >= 0).tolist():
        extra, more, _ = problem.travel(arc, start_day * MINUTES_PER_DAY)
        is_open[arc] = extra >= 0
        minutes[arc] += extra
        cents[arc] += more
    total = _cheapest(
        problem.tail[is_open],
        problem.head[is_open],
        cents[is_open] * MINUTES + minutes[is_open],
        SOURCE,
        SINK,
    )
    return _split(total, "SimpleMinCostFlow")


def certify_dated(
    problem: Problem, *, start_day: int, max_wait_days: float, most_cents: int
) -> Certified | None:
    """Return the cheapest route on the time-expanded network; None if that is too large.

    Its nodes are (state, minute, minutes waited) on routes of at most `most_cents`; its arcs are
    moves and waits.
    """
    dated = dated_ahead(problem)
    start = start_day * MINUTES_PER_DAY
    latest_minute = min(problem.days, start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1
    earliest = np.full(problem.node_count, start, np.int64)
    try:
        offsets, flat = departures(problem, dated, earliest, np.full_like(earliest, latest_minute))
    except TooManyLabelsError:
        return None
    still = bounded(problem, fast=False, criteria=2).bounds[0]
    longest = int(max_wait_days * MINUTES_PER_DAY)
    first = (SOURCE, start, 0)
    index = {first: 0}
    queue: list[tuple[int, tuple[int, int, int]]] = [(0, first)]
    done: set[tuple[int, int, int]] = set()
    tails, heads, costs = [], [], []
    last = 1  # node 1 is the sink, whatever the time
    while queue:
        spent, key = heapq.heappop(queue)
        if key in done:
            continue
        done.add(key)
        node, clock, waited = key
        moves: list[tuple[tuple[int, int, int], int, int]] = []
        if problem.waits[node]:
            waits = [m - clock for m in flat[offsets[node] : offsets[node + 1]].tolist()]
            if dated[node]:
                waits.append(longest - waited)
            for wait in waits:
                if wait > 0 and waited + wait <= longest:
                    paid = -(-wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
                    moves.append(((node, clock + wait, waited + wait), paid, wait))
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            minutes, ticks = int(problem.minutes[arc]), int(problem.clock[arc])
            cents = int(problem.cents[arc])
            if problem.profile[arc] >= 0:
                extra, more, _ = problem.travel(arc, clock)
                if extra < 0:
                    continue
                minutes, ticks, cents = minutes + extra, ticks + extra, cents + more
            moves.append(((int(problem.head[arc]), clock + ticks, waited), cents, minutes))
        for target, cents, minutes in moves:
            if last > MAX_STATES:
                return None
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
    total = _cheapest(
        np.array(tails, np.int64), np.array(heads, np.int64), np.array(costs, np.int64), 0, 1
    )
    return _split(total, "SimpleMinCostFlow, time-expanded")


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
