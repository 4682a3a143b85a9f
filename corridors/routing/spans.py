"""The least that an arc which changes with the day may cost within a span; numba can compile it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corridors.costing.pace import ByDay, start_that_ends, travel
from corridors.routing.labels import Arcs
from corridors.units import MINUTES_PER_DAY


class Worth(NamedTuple):
    """What a cent, a minute and a gram weigh in the objective."""

    cents: float
    minutes: float
    grams: float


def alike(arcs: Arcs, wanted: Any, by_clock: bool) -> tuple[Any, Any]:
    """Return by arc the row of those that run alike on every day, and by row one arc of it.

    The row is -1 for an arc that is not `wanted`. With `by_clock` arcs that run alike also take the
    same minutes apart from what their profile adds.
    """
    row = np.full(arcs.head.shape[0], -1, np.int64)
    first = np.empty(arcs.head.shape[0], np.int64)
    rows = 0
    for arc in range(arcs.head.shape[0]):
        if not wanted[arc]:
            continue
        for known in range(rows):
            other = int(first[known])
            if (
                arcs.profile[other] == arcs.profile[arc]
                and arcs.km[other] == arcs.km[arc]
                and (not by_clock or arcs.clock[other] == arcs.clock[arc])
            ):
                row[arc] = known
        if row[arc] < 0:
            row[arc] = rows
            first[rows] = arc
            rows += 1
    return row, first[:rows].copy()


def alike_until(day: int, profile: int, by_day: ByDay) -> int:
    """Return the last day until which an arc has the figures per km of a day."""
    paces, cents = by_day.minutes_per_km[profile], by_day.cents_per_km[profile]
    grams = by_day.grams_per_km[profile]
    until = day
    while (
        until + 1 < paces.shape[0]
        and paces[until + 1] == paces[day]
        and cents[until + 1] == cents[day]
        and grams[until + 1] == grams[day]
    ):
        until += 1
    return until


def least_of_span(
    profile: int,
    km: float,
    start: int,
    span: int,
    by_day: ByDay,
    worth: Worth,
) -> tuple[float, int, int]:
    """Return the least worth of a dated arc begun within a span, and its least and most minutes.

    Minutes are from the begin and from the end of the span, -1 if the arc is closed. A span lies
    within a day. The worth is linear between the starts that end at a midnight, up to rounding, and
    is evaluated there; rounding may make the result lower, and negative.
    """
    last = start + span - 1
    took, cents, grams = travel(profile, km, start, by_day)
    # Within a day, an arc closed to an earlier start is closed to a later one.
    if took < 0:
        return 0.0, -1, -1
    least = cents * worth.cents + took * worth.minutes + grams * worth.grams
    if not by_day.through[profile]:
        return least, took, took
    end = (start + took) // MINUTES_PER_DAY + 1
    latest = start + took
    begun = start
    while begun < last:
        paces = by_day.minutes_per_km[profile][::-1]
        stop = start_that_ends(km, float(end * MINUTES_PER_DAY), paces)
        until = last if stop < 0.0 or stop >= last else int(stop)
        for minute in (until, min(until + 1, last)):
            more, cents, grams = travel(profile, km, minute, by_day)
            if more >= 0:
                value = cents * worth.cents + more * worth.minutes + grams * worth.grams
                least = min(least, value)
                latest = max(latest, minute + more)
        begun = until + 1
        end += 1
    # A figure is rounded by less than one.
    least -= worth.cents + abs(worth.minutes) + worth.grams
    return least, took, latest - last
