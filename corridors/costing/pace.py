"""Profiles of arcs that depend on the day, and the time their kilometres take.

`run_through` is the only place where pace is summed over days. Everything that needs a distance, an
arrival or a start uses it, as Python or compiled by numba from the same code.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.costing.ship_in_ice import IceYear
from corridors.data.geodata import SeaLegs, load_gates, load_sea_legs
from corridors.domain.scenario import Corridor
from corridors.domain.values import Admission, IceState, RunningRate
from corridors.units import MINUTES_PER_DAY, km_from_nm


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


# The season of an ice route for one ship: crossings by start day, and usable windows.

_FIRST_DAY = date(2024, 1, 1)
_IceLegs = dict[str, list[tuple[str, int, float]]]


class SeasonStatus(StrEnum):
    """Whether an area or a crossing is open to a ship."""

    OPEN = "open"
    ESCORTED = "escorted"
    CLOSED = "closed"


STATUS = {
    Admission.INDEPENDENT: SeasonStatus.OPEN,
    Admission.ESCORTED: SeasonStatus.ESCORTED,
    Admission.REFUSED: SeasonStatus.CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A corridor's route through ice: the gates it passes, and (area, km) between them."""

    gates: tuple[str, ...]
    stretches: tuple[tuple[int, float], ...]

    @property
    def km(self) -> float:
        """Total kilometres."""
        return sum(km for _, km in self.stretches)

    @property
    def areas(self) -> tuple[int, ...]:
        """The areas crossed, in order."""
        return tuple(dict.fromkeys(area for area, _ in self.stretches))

    def reversed(self) -> Track:
        """Return the track in the other direction."""
        return Track(gates=self.gates[::-1], stretches=self.stretches[::-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A crossing begun on a day.

    `days` is None if closed; `reason` is empty if open. `lowest_rio` is the least POLARIS index of
    the days and areas met until the end, or until the ship is stopped.
    """

    status: SeasonStatus
    days: float | None
    lowest_rio: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days of a year on which a crossing can begin, alone or with an escort.

    `earliest` follows the longest closed period of the year and `latest` precedes it, so a season
    may include New Year. Both are None if no day or every day is usable.
    """

    earliest: date | None
    latest: date | None
    days: int


def ice_track(corridor: Corridor) -> Track | None:
    """Return a corridor's track through the areas with ice, None if it has none.

    It is the shortest route through the corridor's passages in ice, in the order of its file, over
    all alternatives of a passage.
    """
    ice_legs = _ice_legs(load_sea_legs(), avoid=corridor.must_avoid)
    reached: list[Track] = []
    for entry in corridor.must_pass:
        points = [point for point in ice_legs if gate_of(point) in entry.any_of]
        if reached and points:
            onward = [_joined(reached, point, ice_legs) for point in points]
            reached = [track for track in onward if track is not None]
            if not reached:
                return None
        elif points:
            reached = [Track(gates=(point,), stretches=()) for point in points]
    track = min(reached, key=lambda track: track.km, default=None)
    return track if track is not None and track.stretches else None


def gate_of(point: str) -> str:
    """Return the gate that a gate point belongs to: `gate-nsr-1-2` of `gate-nsr-1-2#2`."""
    return point.split("#", maxsplit=1)[0]


def cross(track: Track, years: Sequence[IceYear], first: int) -> Crossing:
    """Return the crossing begun at 00:00 of a day.

    Every area must be open on every day the ship is in it. Its speed depends on the day's ice.

    Parameters
    ----------
    track
        The route through ice.
    years
        The ice of each area through a leap year, area 1 first; it repeats after its end.
    first
        Day of the year, 0 for 1 January.
    """
    clock, lowest, escorted = 0.0, float("inf"), False
    slowest = max(float(year.minutes_per_km.max()) for year in years)
    longest = int(track.km * max(slowest, 0.0) // MINUTES_PER_DAY) + 2
    ahead = (first + np.arange(longest)) % len(years[0].states)
    for area, km in track.stretches:
        year = years[area - 1]
        end, km_by_day = days_run(km, clock, year.minutes_per_km[ahead])
        met = ahead[list(km_by_day)]
        lowest = min(lowest, float(year.states.rio[met].min()))
        if end < 0.0:
            # The last day met is the one that stops the ship.
            reason = year.states[int(met[-1])].reason
            return Crossing(status=SeasonStatus.CLOSED, days=None, lowest_rio=lowest, reason=reason)
        escorted = escorted or bool(year.escorted[met].any())
        clock = end
    return Crossing(
        status=SeasonStatus.ESCORTED if escorted else SeasonStatus.OPEN,
        days=clock / MINUTES_PER_DAY,
        lowest_rio=lowest,
    )


def windows(track: Track, years: Sequence[IceYear]) -> tuple[Window, Window]:
    """Return when a crossing can begin, with an escort where one is needed, and without any."""
    begun = [cross(track, years, day).status for day in range(len(years[0].states))]
    return (
        _window([status is not SeasonStatus.CLOSED for status in begun]),
        _window([status is SeasonStatus.OPEN for status in begun]),
    )


def day_of_year(day: int) -> date:
    """Return a day of the leap year used for seasons, by index."""
    return _FIRST_DAY + timedelta(days=day)


def state_on(year: IceYear, month: int, day: int) -> IceState:
    """Return the ice of a day of the year."""
    return year.states[index_of(month, day)]


def index_of(month: int, day: int) -> int:
    """Return the index of a day in a leap year, 0 for 1 January."""
    return (date(_FIRST_DAY.year, month, day) - _FIRST_DAY).days


def _window(usable: Sequence[bool]) -> Window:
    count = sum(usable)
    if count in (0, len(usable)):
        return Window(earliest=None, latest=None, days=count)
    longest, begins, run = 0, 0, 0
    for index in range(2 * len(usable)):  # twice, so that a gap over New Year is not split
        run = 0 if usable[index % len(usable)] else run + 1
        if run > longest:
            longest, begins = run, index - run + 1
    return Window(
        earliest=day_of_year((begins + longest) % len(usable)),
        latest=day_of_year((begins - 1) % len(usable)),
        days=count,
    )


def _joined(reached: Sequence[Track], point: str, ice_legs: _IceLegs) -> Track | None:
    """Return the shortest extension of the tracks to a gate point; None if there is none."""
    found = []
    for track in reached:
        onward = _shortest(ice_legs, track.gates[-1], point)
        if onward is not None:
            found.append(
                Track(
                    gates=track.gates + onward.gates[1:],
                    stretches=track.stretches + onward.stretches,
                )
            )
    return min(found, key=lambda track: track.km, default=None)


def _ice_legs(legs: SeaLegs, *, avoid: Sequence[str] = ()) -> _IceLegs:
    """Return by gate point the points that one leg in an ice area reaches, with area and km."""
    gates = {point for gate in load_gates() if gate.id not in avoid for point in gate.points}
    found: _IceLegs = {}
    rows = zip(
        legs.leg_from.tolist(),
        legs.leg_to.tolist(),
        legs.leg_area.tolist(),
        legs.leg_nm.tolist(),
        strict=True,
    )
    for start, end, area, nm in rows:
        a, b = legs.point_ids[start], legs.point_ids[end]
        if area and a in gates and b in gates:
            found.setdefault(a, []).append((b, area, km_from_nm(nm)))
            found.setdefault(b, []).append((a, area, km_from_nm(nm)))
    return found


def _shortest(ice_legs: _IceLegs, start: str, goal: str) -> Track | None:
    queue: list[tuple[float, tuple[str, ...], tuple[tuple[int, float], ...]]] = [
        (0.0, (start,), ())
    ]
    done: set[str] = set()
    while queue:
        km, gates, stretches = heapq.heappop(queue)
        here = gates[-1]
        if here == goal:
            return Track(gates=gates, stretches=stretches)
        if here in done:
            continue
        done.add(here)
        for there, area, length in ice_legs[here]:
            if there not in done:
                onward = (km + length, (*gates, there), (*stretches, (area, length)))
                heapq.heappush(queue, onward)
    return None
