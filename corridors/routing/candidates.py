"""Departures worth waiting for: the breakpoints of dated arcs, carried back to where one waits.

Waiting costs the same everywhere, so a wait may be moved forward along a route to the last place
before a dated arc where waiting is possible, and breakpoints need to be carried back only to
there. Both sides of each breakpoint are tried: the first minute of the new regime and the last of
the old one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.routing.kernel import travel
from corridors.routing.problem import Problem
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]


def _duration(problem: Problem, arc: int, start: int) -> int:
    """Return the minutes an arc takes on the clock when begun at `start`; -1 where closed."""
    static = int(problem.clock[arc])
    profile = int(problem.profile[arc])
    if profile < 0:
        return static
    extra = travel(
        profile,
        float(problem.km[arc]),
        start,
        problem.minutes_per_km,
        problem.cents_per_km,
        problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
        problem.through,
    )[0]
    return -1 if extra < 0 else static + extra


def _last_start_arriving_by(problem: Problem, arc: int, arrival: int, horizon: int) -> int | None:
    """Return the latest start of an arc that still arrives by a minute, None if there is none.

    Between closures later starts arrive later, so the search goes back day by day from the
    arrival and bisects within the first day that holds an answer.
    """
    if problem.profile[arc] < 0:
        start = arrival - int(problem.clock[arc])
        return start if 0 <= start <= horizon else None
    day = min(arrival, horizon) // MINUTES_PER_DAY
    while day >= 0:
        low, high = day * MINUTES_PER_DAY, min(arrival, (day + 1) * MINUTES_PER_DAY - 1)
        took = _duration(problem, arc, low)
        if took >= 0 and low + took <= arrival:
            while low < high:
                middle = (low + high + 1) // 2
                took = _duration(problem, arc, middle)
                if took >= 0 and middle + took <= arrival:
                    low = middle
                else:
                    high = middle - 1
            return low
        day -= 1
    return None


def departures(
    problem: Problem, dated: npt.NDArray[np.bool_], earliest: IntArray, latest: IntArray
) -> tuple[IntArray, IntArray]:
    """Return candidate departures by node as (offsets, minutes), sorted within a node.

    Parameters
    ----------
    problem
        The corridor.
    dated
        Whether a changing arc lies ahead of each node.
    earliest, latest
        By node, the minutes between which a departure can matter.
    """
    times: list[set[int]] = [set() for _ in range(problem.node_count)]
    work: list[tuple[int, int]] = []
    last = int(latest.max(initial=0))

    def add(node: int, minute: int) -> None:
        for choice in (minute, minute - 1):
            if earliest[node] < choice <= latest[node] and choice not in times[node]:
                times[node].add(choice)
                if not problem.waits[node]:
                    work.append((node, choice))

    for arc in range(problem.base.shape[0]):
        profile = int(problem.profile[arc])
        if profile < 0 or not problem.change_days[profile]:
            continue
        for day in problem.change_days[profile]:
            minute = day * MINUTES_PER_DAY
            add(int(problem.tail[arc]), minute)
            if problem.through[profile]:
                start = _last_start_arriving_by(problem, arc, minute, last)
                if start is not None:
                    add(int(problem.tail[arc]), start + 1)
    arcs_into: list[list[int]] = [[] for _ in range(problem.node_count)]
    for arc, head in enumerate(problem.head.tolist()):
        arcs_into[head].append(arc)
    while work:
        node, minute = work.pop()
        for arc in arcs_into[node]:
            start = _last_start_arriving_by(problem, arc, minute, last)
            if start is not None:
                add(int(problem.tail[arc]), start + 1)
    counts = [len(found) if problem.waits[n] and dated[n] else 0 for n, found in enumerate(times)]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = [
        minute
        for node, found in enumerate(times)
        if counts[node]
        for minute in sorted(found)
    ]
    return offsets, np.array(flat, np.int64)
