"""Try every minute at which a route may leave its origin; numba can compile it."""

from __future__ import annotations

from typing import Any, NamedTuple

from corridors.costing.pace import ByDay, travel
from corridors.units import MINUTES_PER_DAY


class Steps(NamedTuple):
    """The arcs of a route that change with the day, in order, and the rest of it as sums.

    `clock` and `minutes` are by arc those from the origin to its tail, with what profiles add left
    out; `all_clock`, `all_minutes` and `all_cents` those of the whole route. `least_cents` is what
    the route costs at least on any day. Ice is not entered by an arc after more than its `latest`
    minutes under way.
    """

    profile: Any
    km: Any
    clock: Any
    minutes: Any
    latest: Any
    all_clock: int
    all_minutes: int
    all_cents: int
    least_cents: int


def best_wait(
    steps: Steps,
    by_day: ByDay,
    start: int,
    most: int,
    last_minute: int,
    cents_per_day: int,
    known_cents: int,
) -> tuple[int, int, int]:
    """Return the cheapest, then quickest wait of 1 to `most` minutes, with cents and minutes.

    Waits after which the route cannot cost as little as `known_cents` are not tried. All are -1 if
    the route can be run after none of the others.
    """
    best = (-1, -1, -1)
    for wait in range(1, most + 1):
        waited = (wait * cents_per_day + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
        if waited + steps.least_cents > known_cents:
            break
        cents = waited + steps.all_cents
        added = 0
        runs = True
        for step in range(steps.km.shape[0]):
            profile = int(steps.profile[step])
            minutes = int(steps.minutes[step]) + added
            clock = start + wait + int(steps.clock[step]) + added
            extra, more, _ = travel(profile, float(steps.km[step]), clock, by_day)
            if extra < 0 or (by_day.through[profile] and minutes > steps.latest[step]):
                runs = False
                break
            added += extra
            cents += more
        if not runs or start + wait + steps.all_clock + added > last_minute:
            continue
        minutes = wait + steps.all_minutes + added
        if best[0] < 0 or (cents, minutes) < (best[1], best[2]):
            best = (wait, cents, minutes)
    return best
