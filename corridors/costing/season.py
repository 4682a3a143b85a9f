"""The season of an ice route for one ship: each area by day, and the crossing begun that day."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from corridors.costing.ice import IceYear
from corridors.costing.pace import days_run
from corridors.data.geodata import SeaLegs, load_gates, load_sea_legs
from corridors.domain.rates import Admission, IceState
from corridors.domain.scenario import Corridor
from corridors.units import MINUTES_PER_DAY, km_from_nm

_FIRST_DAY = date(2024, 1, 1)
_Ways = dict[str, list[tuple[str, int, float]]]


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
    """The way of a corridor through ice: the gates it passes, and (area, km) between them."""

    gates: tuple[str, ...]
    stretches: tuple[tuple[int, float], ...]

    @property
    def km(self) -> float:
        """Kilometres in all."""
        return sum(km for _, km in self.stretches)

    @property
    def areas(self) -> tuple[int, ...]:
        """The areas crossed, in order."""
        return tuple(dict.fromkeys(area for area, _ in self.stretches))

    def reversed(self) -> Track:
        """Return the same way from its other end."""
        return Track(gates=self.gates[::-1], stretches=self.stretches[::-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A crossing begun on a day.

    `days` is None where closed, `reason` empty where not; `lowest_rio` is the least POLARIS index
    of the days and areas met until the end, or until the ship is stopped.
    """

    status: SeasonStatus
    days: float | None
    lowest_rio: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days of a year on which a crossing can begin, alone or with an escort.

    `earliest` follows the longest closed time of the year and `latest` precedes it, so a season
    may run over New Year; both are None where no day or every day will do.
    """

    earliest: date | None
    latest: date | None
    days: int


def ice_track(corridor: Corridor, legs: SeaLegs | None = None) -> Track | None:
    """Return a corridor's way through the areas with ice, None where it has none.

    It is the shortest way through its passages in the ice, in the order of its file; of the
    alternatives of a passage the one that makes it shortest.
    """
    legs = load_sea_legs() if legs is None else legs
    ways = _ice_ways(legs, avoid=corridor.must_avoid)
    reached: list[Track] = []
    for entry in corridor.must_pass:
        points = [point for point in ways if gate_of(point) in entry.any_of]
        if reached and points:
            onward = [_joined(reached, point, ways) for point in points]
            reached = [track for track in onward if track is not None]
            if not reached:
                return None
        elif points:
            reached = [Track(gates=(point,), stretches=()) for point in points]
    track = min(reached, key=lambda way: way.km, default=None)
    return track if track is not None and track.stretches else None


def gate_of(point: str) -> str:
    """Return the gate that a gate point belongs to: `gate-nsr-1-2` of `gate-nsr-1-2#2`."""
    return point.split("#", maxsplit=1)[0]


def cross(track: Track, years: Sequence[IceYear], first: int) -> Crossing:
    """Return the crossing begun at 00:00 of a day.

    Every area must be open on every day the ship is in it; its speed is that of the day's ice.

    Parameters
    ----------
    track
        The way.
    years
        The ice of each area through a leap year, area 1 first; the year is taken again at its end.
    first
        Day of the year, 0 for 1 January.
    """
    clock = 0.0
    lowest, escorted = float("inf"), False
    slowest = max(float(year.minutes_per_km.max()) for year in years)
    longest = int(track.km * max(slowest, 0.0) // MINUTES_PER_DAY) + 2
    for area, km in track.stretches:
        year = years[area - 1]
        found = days_run(km, clock, np.resize(np.roll(year.minutes_per_km, -first), longest))
        for day in found.km_by_day:
            state = _state(year, first + day)
            lowest = min(lowest, state.polaris_rio)
            if not state.speed_kn:
                return Crossing(
                    status=SeasonStatus.CLOSED, days=None, lowest_rio=lowest, reason=state.reason
                )
            escorted = escorted or state.admission is Admission.ESCORTED
        clock = found.end
    return Crossing(
        status=SeasonStatus.ESCORTED if escorted else SeasonStatus.OPEN,
        days=clock / MINUTES_PER_DAY,
        lowest_rio=lowest,
    )


def windows(track: Track, years: Sequence[IceYear]) -> tuple[Window, Window]:
    """Return when a crossing can begin, with an escort where one is needed, and without any."""
    begun = [cross(track, years, day).status for day in range(_length(years))]
    return (
        _window([status is not SeasonStatus.CLOSED for status in begun]),
        _window([status is SeasonStatus.OPEN for status in begun]),
    )


def day_of_year(day: int) -> date:
    """Return a day of the leap year that seasons are told in."""
    return _FIRST_DAY + timedelta(days=day)


def state_on(year: IceYear, month: int, day: int) -> IceState:
    """Return the ice of a day of the year."""
    return year.states[index_of(month, day)]


def index_of(month: int, day: int) -> int:
    """Return the index of a day in a leap year, 0 for 1 January."""
    return (date(_FIRST_DAY.year, month, day) - _FIRST_DAY).days


def _state(year: IceYear, index: int) -> IceState:
    return year.states[index % len(year.states)]


def _length(years: Sequence[IceYear]) -> int:
    return len(years[0].states)


def _window(usable: Sequence[bool]) -> Window:
    count = sum(usable)
    if count in (0, len(usable)):
        return Window(earliest=None, latest=None, days=count)
    longest, begins, run = 0, 0, 0
    for index in range(2 * len(usable)):  # twice, so that a gap over New Year is met whole
        run = 0 if usable[index % len(usable)] else run + 1
        if run > longest:
            longest, begins = run, index - run + 1
    return Window(
        earliest=day_of_year((begins + longest) % len(usable)),
        latest=day_of_year((begins - 1) % len(usable)),
        days=count,
    )


def _joined(reached: Sequence[Track], point: str, ways: _Ways) -> Track | None:
    """Return the shortest of the ways so far, led on to a gate point; None where none leads."""
    found = []
    for track in reached:
        onward = _shortest(ways, track.gates[-1], point)
        if onward is not None:
            found.append(
                Track(
                    gates=track.gates + onward.gates[1:],
                    stretches=track.stretches + onward.stretches,
                )
            )
    return min(found, key=lambda track: track.km, default=None)


def _ice_ways(legs: SeaLegs, *, avoid: Sequence[str] = ()) -> _Ways:
    """Return by gate point those that one leg in an ice area leads to, with area and km."""
    gates = {point for gate in load_gates() if gate.id not in avoid for point in gate.points}
    ways: _Ways = {}
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
            ways.setdefault(a, []).append((b, area, km_from_nm(nm)))
            ways.setdefault(b, []).append((a, area, km_from_nm(nm)))
    return ways


def _shortest(ways: _Ways, start: str, goal: str) -> Track | None:
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
        for there, area, length in ways[here]:
            if there not in done:
                way = (km + length, (*gates, there), (*stretches, (area, length)))
                heapq.heappush(queue, way)
    return None
