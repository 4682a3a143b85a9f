"""What a dated arc takes when begun at a minute; numba can compile it."""

from __future__ import annotations

import math
from typing import Any

MINUTES_PER_DAY = 1440


def travel(
    profile: int,
    km: float,
    start: int,
    minutes_per_km: Any,
    cents_per_km: Any,
    grams_per_km: Any,
    fixed_cents: Any,
    fixed_grams: Any,
    through: Any,
) -> tuple[int, int, int]:
    """Return minutes, cents and grams of a dated arc begun at minute `start`; -1 where closed.

    The speed of each day is integrated over the kilometres, so a later start never arrives
    earlier. A `through` profile must stay open until the arc is done, any other only at its start.
    """
    day = start // MINUTES_PER_DAY
    days = minutes_per_km.shape[1]
    if day >= days or minutes_per_km[profile, day] < 0.0:
        return -1, 0, 0
    cents = fixed_cents[profile, day]
    grams = fixed_grams[profile, day]
    if not through[profile]:
        return (
            math.ceil(km * minutes_per_km[profile, day]),
            round(cents + km * cents_per_km[profile, day]),
            round(grams + km * grams_per_km[profile, day]),
        )
    clock = float(start)
    left = km
    while True:
        if day >= days or minutes_per_km[profile, day] < 0.0:
            return -1, 0, 0
        pace = minutes_per_km[profile, day]
        available = (day + 1) * MINUTES_PER_DAY - clock
        if left * pace <= available:
            clock += left * pace
            cents += left * cents_per_km[profile, day]
            grams += left * grams_per_km[profile, day]
            break
        done = available / pace
        left -= done
        clock += available
        cents += done * cents_per_km[profile, day]
        grams += done * grams_per_km[profile, day]
        day += 1
    return math.ceil(clock - 1e-6) - start, round(cents), round(grams)
