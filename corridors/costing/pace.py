"""Profiles of arcs that depend on the day, and the time their kilometres take.

`run_through` is the only place where pace is summed over days. Everything that needs a distance, an
arrival or a start uses it, as Python or compiled by numba from the same code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.domain.rates import IceState, RunningRate
from corridors.units import MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Figures of an arc by start day, per km and fixed; minutes are -1 if closed.

    `arc` is one of those that share them. A `through` profile must stay open until the end of the
    arc (ice), any other only at its start. `reasons` explains the closed days. `delay_hours` are by
    day those of a queue, which the minutes per km include; empty if there is none. `states` is the
    ice, if any, and `rates` the rates by ice regime.
    """

    arc: int
    minutes_per_km: FloatArray
    cents_per_km: FloatArray
    grams_per_km: FloatArray
    fixed_cents: FloatArray
    fixed_grams: FloatArray
    through: bool
    reasons: tuple[tuple[date, date, str], ...] = ()
    delay_hours: Sequence[float] = ()
    states: Sequence[IceState] = ()
    rates: Mapping[str, RunningRate] = field(default_factory=dict)

    @property
    def change_days(self) -> tuple[int, ...]:
        """Days, counted from the first, that differ from the day before."""
        columns = np.stack(
            [self.minutes_per_km, self.cents_per_km, self.fixed_cents, self.grams_per_km]
        )
        return tuple((np.flatnonzero((np.diff(columns) != 0).any(axis=0)) + 1).tolist())


def run_through(
    km: float,
    start: float,
    paces: Any,
    first_per_km: Any,
    second_per_km: Any,
    first: float,
    second: float,
    km_by_day: Any,
) -> tuple[float, float, float]:
    """Return the minute at which km begun at `start` end, and the two sums.

    The minute is -1 if a closed day is met or the days end.

    Parameters
    ----------
    km, start
        Kilometres, and a minute counted from the first midnight.
    paces
        Minutes per km by day, below 0 where closed.
    first_per_km, second_per_km
        Two figures per km by day, to sum.
    first, second
        Initial values of the sums.
    km_by_day
        Receives the kilometres of each day, unless None.
    """
    day = int(start // MINUTES_PER_DAY)
    clock = float(start)
    left = km
    while day < paces.shape[0] and paces[day] >= 0.0:
        pace = paces[day]
        midnight = float((day + 1) * MINUTES_PER_DAY)
        minutes = left * pace
        ends = minutes <= midnight - clock
        done = left if ends else (midnight - clock) / pace
        first += done * first_per_km[day]
        second += done * second_per_km[day]
        if km_by_day is not None:
            km_by_day[day] = done
        if ends:
            return clock + minutes, first, second
        left -= done
        # Start the next day exactly at midnight, whatever rounding loses.
        clock = midnight
        day += 1
    return -1.0, 0.0, 0.0


class ByDay(NamedTuple):
    """The figures of all profiles, (profile, day), for code that numba compiles.

    Minutes are -1 where closed; `through` is by profile, see `Profile`.
    """

    minutes_per_km: Any
    cents_per_km: Any
    grams_per_km: Any
    fixed_cents: Any
    fixed_grams: Any
    through: Any


def travel(profile: int, km: float, start: int, by_day: ByDay) -> tuple[int, int, int]:
    """Return minutes, cents and grams of a dated arc begun at minute `start`; -1 if closed.

    The pace of each day is summed over the kilometres, so a later start never arrives earlier. A
    `through` profile must stay open until the end of the arc, any other only at its start.
    """
    day = start // MINUTES_PER_DAY
    paces = by_day.minutes_per_km[profile]
    cents_per_km = by_day.cents_per_km[profile]
    grams_per_km = by_day.grams_per_km[profile]
    if day >= paces.shape[0] or paces[day] < 0.0:
        return -1, 0, 0
    cents = by_day.fixed_cents[profile, day]
    grams = by_day.fixed_grams[profile, day]
    if not by_day.through[profile]:
        return (
            math.ceil(km * paces[day]),
            round(cents + km * cents_per_km[day]),
            round(grams + km * grams_per_km[day]),
        )
    end, cents, grams = run_through(
        km, start, paces, cents_per_km, grams_per_km, cents, grams, None
    )
    if end < 0.0:
        return -1, 0, 0
    return math.ceil(end - 1e-6) - start, round(cents), round(grams)


class DrawnRun(NamedTuple):
    """By draw the minute at which km end, -1 if a closed day was met, and the km by regime."""

    end: FloatArray
    km_by_regime: FloatArray


def run_through_draws(
    km: float,
    start: FloatArray,
    year: IntArray,
    *,
    regime_of_day: IntArray,
    minutes_per_km: FloatArray,
) -> DrawnRun:
    """Return by draw what `run_through` gives for a start and paces of its own.

    Parameters
    ----------
    km
        Kilometres, the same in all draws.
    start
        (draw,) minute at which they begin.
    year
        (draw,) number of the year whose ice it meets.
    regime_of_day
        (year, day) number of the regime of ice, -1 where closed.
    minutes_per_km
        (regime, draw) the pace.
    """
    draws = np.arange(start.shape[0])
    clock, left = start.astype(np.float64), np.full(start.shape[0], km)
    end = np.full(start.shape[0], -1.0)
    run = np.zeros(minutes_per_km.shape)
    day = (start // MINUTES_PER_DAY).astype(np.int64)
    while draws.size:
        # Draws that meet a closed day, or the end of the days, stop here without an end.
        inside = day < regime_of_day.shape[1]
        draws, clock, left, day = draws[inside], clock[inside], left[inside], day[inside]
        regime = regime_of_day[year[draws], day]
        is_open = regime >= 0
        draws, clock, left = draws[is_open], clock[is_open], left[is_open]
        day, regime = day[is_open], regime[is_open]
        pace = minutes_per_km[regime, draws]
        midnight = (day + 1) * float(MINUTES_PER_DAY)
        ends = left * pace <= midnight - clock
        done = np.where(ends, left, (midnight - clock) / pace)
        run[regime, draws] += done
        end[draws[ends]] = (clock + left * pace)[ends]
        on = ~ends
        draws, left, clock, day = draws[on], (left - done)[on], midnight[on], day[on] + 1
    return DrawnRun(end, run)


class DaysRun(NamedTuple):
    """The minute at which km end, -1 if a day was closed, and the km of each day."""

    end: float
    km_by_day: dict[int, float]


def days_run(km: float, start: float, paces: Any) -> DaysRun:
    """Return the kilometres of each day by its index; 0 on a closed day."""
    by_day = np.full(paces.shape[0], -1.0)
    end, _, _ = run_through(km, start, paces, paces, paces, 0.0, 0.0, by_day)
    met = {day: run for day, run in enumerate(by_day.tolist()) if run >= 0.0}
    if end < 0.0:
        met[max(met, default=int(start // MINUTES_PER_DAY) - 1) + 1] = 0.0
    return DaysRun(end, met)
