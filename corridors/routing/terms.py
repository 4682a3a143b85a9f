"""What a search is asked for, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corridors.errors import CorridorsError
from corridors.routing.problem import Problem
from corridors.units import MINUTES_PER_DAY

Vector = tuple[int, int, int]
# No journey takes as long; one that would is not sought.
JOURNEY_DAYS = 120
LONGEST_DETOUR = 1.1
LONGEST_ROUND = 2.0


class TooManyLabelsError(CorridorsError):
    """The front holds more routes than can be enumerated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRoute:
    """A route: its arcs (of the whole problem), the minute each is begun, the waits before them.

    `legs` are the physical legs it runs over, in order.
    """

    arcs: tuple[int, ...]
    legs: tuple[int, ...] = ()
    starts: tuple[int, ...]
    waits: tuple[int, ...]
    cents: int
    minutes: int
    grams: int

    @property
    def vector(self) -> Vector:
        """Cents, minutes, grams."""
        return self.cents, self.minutes, self.grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a search starts, how long it may wait in all, and how it is run.

    `fast` compiles with numba; else the same code runs as Python, for one route, where loading
    numba would take longer than the search. Waits on the way are tried on routes that are, up to
    there, at most `longest_detour` times as long as the quickest. A route through ice takes at
    most `longest_round` times as long as the quickest one: out of season the Arctic would else be
    met in July, by way of the Cape and Panama. `longest_by_ice` says so in minutes, for a part of a
    network that is to be held to the whole one.
    """

    start_day: int
    max_wait_days: float
    fast: bool
    longest_detour: float = LONGEST_DETOUR
    longest_round: float = LONGEST_ROUND
    longest_by_ice: float | None = None

    def leaving(self, days: int) -> Terms:
        """Return the terms of a departure so many days later that waits no more.

        Several departures take longer as Python than numba takes to load.
        """
        return replace(
            self,
            start_day=self.start_day + days,
            max_wait_days=0.0,
            fast=self.fast or days > 0,
        )

    @property
    def begin(self) -> int:
        """The first minute."""
        return self.start_day * MINUTES_PER_DAY

    def last_minute(self, problem: Problem) -> int:
        """Return the last minute at which a journey may still be under way."""
        return min(problem.days, self.start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1
