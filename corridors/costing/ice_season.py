"""The season of an ice route for one ship: crossings by start day, and usable windows."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from corridors.costing.pace import days_run
from corridors.costing.ship_in_ice import IceYear
from corridors.data.geodata import SeaLegs, load_gates, load_sea_legs
from corridors.domain.rates import Admission, IceState
from corridors.domain.scenario import Corridor
from corridors.units import MINUTES_PER_DAY, km_from_nm

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
