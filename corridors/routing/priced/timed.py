"""What is still to be paid under charges by the hour at which a route is somewhere.

Through ice, over closures and from month to month the day decides what lies ahead costs. Bounds
that take the best day of all are far too low there, and the search loses itself among routes that
differ by hours. These are worked out backwards, step by step of the clock; numba can compile it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corridors.costing.pace import start_that_ends, travel
from corridors.routing.priced.labels import NO_WAY
from corridors.units import MINUTES_PER_DAY

# Minutes; a day is a whole number of steps, so that a step has one day's speeds and charges.
STEP = 360


def least_of_step(
    profile: int,
    km: float,
    start: int,
    minutes_per_km: Any,
    cents_per_km: Any,
    grams_per_km: Any,
    fixed_cents: Any,
    fixed_grams: Any,
    through: Any,
    cents_value: float,
    minutes_value: float,
    grams_value: float,
) -> tuple[float, int, int]:
    """Return the least that a dated arc begun within a step is worth, its least and most minutes.

    Minutes are those from the begin and from the end of the step, -1 where it is closed. The worth
    is linear between the starts that end at a midnight, up to rounding; it is looked at there.
    """
    last = start + STEP - 1
    took, cents, grams = travel(
        profile, km, start, minutes_per_km, cents_per_km, grams_per_km, fixed_cents, fixed_grams,
        through,
    )  # fmt: skip
    # On a day, what is closed to an earlier start is closed to a later one.
    if took < 0:
        return 0.0, -1, -1
    least = cents * cents_value + took * minutes_value + grams * grams_value
    if not through[profile]:
        return least, took, took
    end = (start + took) // MINUTES_PER_DAY + 1
    latest = start + took
    begun = start
    while begun < last:
        stop = start_that_ends(profile, km, end * MINUTES_PER_DAY, minutes_per_km)
        shut = stop < 0.0 or end > minutes_per_km.shape[1]
        until = last if shut or stop >= last else int(stop)
        for minute in (until, min(until + 1, last)):
            more, cents, grams = travel(
                profile, km, minute, minutes_per_km, cents_per_km, grams_per_km, fixed_cents,
                fixed_grams, through,
            )  # fmt: skip
            if more >= 0:
                value = cents * cents_value + more * minutes_value + grams * grams_value
                least = min(least, value)
                latest = max(latest, minute + more)
        begun = until + 1
        end += 1
    least -= cents_value + minutes_value + grams_value
    return max(least, 0.0), took, latest - last


def least_by_step(
    nodes: Any,
    row_of: Any,
    first_arc: Any,
    arc_head: Any,
    arc_kept: Any,
    arc_minutes: Any,
    arc_clock: Any,
    arc_cents: Any,
    arc_grams: Any,
    arc_km: Any,
    arc_profile: Any,
    use_first: Any,
    use_resource: Any,
    use_amount: Any,
    wait_allowed: Any,
    minutes_per_km: Any,
    cents_per_km: Any,
    grams_per_km: Any,
    fixed_cents: Any,
    fixed_grams: Any,
    through: Any,
    cents_value: float,
    minutes_value: float,
    grams_value: float,
    by_month: Any,
    month_of_day: Any,
    bound: Any,
    may_wait: bool,
    cents_per_day: int,
    first_step: int,
    steps: int,
) -> Any:
    """Return the least still to be paid, by row and step of the clock, charges of sets apart.

    `nodes` are those of the rows, and `row_of` the row of each node, -1 where `bound` holds
    whatever the time. It holds after the last step too.
    """
    a_day = MINUTES_PER_DAY // STEP
    wait = MINUTES_PER_DAY * minutes_value + cents_per_day * cents_value
    least = np.full((nodes.shape[0], steps), NO_WAY)
    begin = np.zeros(nodes.shape[0] + 1, np.int64)
    for row in range(nodes.shape[0]):
        begin[row + 1] = begin[row]
        for arc in range(int(first_arc[nodes[row]]), int(first_arc[nodes[row] + 1])):
            if arc_kept[arc] and bound[arc_head[arc]] < NO_WAY:
                begin[row + 1] += 1
    arcs = np.zeros(begin[-1], np.int64)
    count = 0
    for row in range(nodes.shape[0]):
        for arc in range(int(first_arc[nodes[row]]), int(first_arc[nodes[row] + 1])):
            if arc_kept[arc] and bound[arc_head[arc]] < NO_WAY:
                arcs[count] = arc
                count += 1
    worth = np.zeros(count)
    later = np.zeros((count, 2), np.int64)
    last_day = month_of_day.shape[0] - 1
    for step in range(steps - 1, -1, -1):
        start = (first_step + step) * STEP
        month = int(month_of_day[min(start // MINUTES_PER_DAY, last_day)])
        for place in range(count):
            arc = int(arcs[place])
            minutes = int(arc_minutes[arc])
            value = (
                arc_cents[arc] * cents_value
                + minutes * minutes_value
                + arc_grams[arc] * grams_value
            )
            soon = int(arc_clock[arc])
            late = soon
            profile = int(arc_profile[arc])
            if profile >= 0:
                more, soonest, latest = least_of_step(
                    profile, float(arc_km[arc]), start, minutes_per_km, cents_per_km,
                    grams_per_km, fixed_cents, fixed_grams, through, cents_value, minutes_value,
                    grams_value,
                )  # fmt: skip
                value += more
                soon += soonest
                late += latest
                if soonest < 0:
                    value = NO_WAY
            for use in range(int(use_first[arc]), int(use_first[arc + 1])):
                value += use_amount[use] * by_month[use_resource[use], month]
            worth[place] = value
            later[place, 0] = (start + soon) // STEP - first_step
            later[place, 1] = (start + STEP - 1 + late) // STEP - first_step
        changed = True
        # What takes less than a step leads to the same step: over and over until nothing falls.
        while changed:
            changed = False
            for row in range(nodes.shape[0]):
                low = least[row, step]
                for place in range(begin[row], begin[row + 1]):
                    if worth[place] >= low:
                        continue
                    head = int(arc_head[arcs[place]])
                    other = int(row_of[head])
                    ahead = NO_WAY
                    if other < 0 or later[place, 1] >= steps:
                        ahead = bound[head]
                    else:
                        for when in range(later[place, 0], later[place, 1] + 1):
                            ahead = min(ahead, least[other, when])
                    low = min(low, worth[place] + ahead)
                if may_wait and wait_allowed[nodes[row]]:
                    if step + a_day < steps:
                        low = min(low, wait + least[row, step + a_day])
                    else:
                        low = min(low, wait + bound[nodes[row]])
                if low < least[row, step]:
                    least[row, step] = low
                    changed = True
        for row in range(nodes.shape[0]):
            least[row, step] = max(least[row, step], bound[nodes[row]]) * (1.0 - 1e-12)
    return least
