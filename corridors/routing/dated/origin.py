"""Try every minute at which a route may leave its origin; numba can compile it."""

from __future__ import annotations

from typing import Any, NamedTuple

from corridors.costing.pace import ByDay, travel
from corridors.units import MINUTES_PER_DAY


class Steps(NamedTuple):
    """The arcs of a route in order, with what a profile adds left out.

    Ice is not entered by an arc after more than its `latest` minutes under way.
    """

    profile: Any
    km: Any
    clock: Any
    minutes: Any
    cents: Any
    latest: Any


def best_wait(
    steps: Steps, by_day: ByDay, start: int, most: int, last_minute: int, cents_per_day: int
) -> tuple[int, int, int]:
    """Return the cheapest, then quickest wait of 1 to `most` minutes, with cents and minutes.

    All are -1 if the route can be run after none of them.
    """
    best = (-1, -1, -1)
    for wait in range(1, most + 1):
        clock = start + wait
        minutes = 0
        cents = (wait * cents_per_day + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
        runs = True
        for step in range(steps.km.shape[0]):
            ticks = int(steps.clock[step])
            took = int(steps.minutes[step])
            cents += int(steps.cents[step])
            profile = int(steps.profile[step])
            if profile >= 0:
                extra, more, _ = travel(profile, float(steps.km[step]), clock, by_day)
                if extra < 0 or (by_day.through[profile] and minutes > steps.latest[step]):
                    runs = False
                    break
                ticks += extra
                took += extra
                cents += more
            clock += ticks
            minutes += took
        if not runs or clock > last_minute:
            continue
        if best[0] < 0 or (cents, minutes + wait) < (best[1], best[2]):
            best = (wait, cents, minutes + wait)
    return best
