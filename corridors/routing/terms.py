"""The terms of a search and the route it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corridors.routing.problem import Problem
from corridors.units import MINUTES_PER_DAY

Vector = tuple[int, int, int]
# Longer journeys are not searched.
JOURNEY_DAYS = 120
LONGEST_ROUND = 2.0
# An assumption: so many days boxes wait by the day, and longer by the week, as space is booked.
BY_THE_DAY = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRoute:
    """A route: its arcs in the full problem and their start minutes.

    `places` are those that it comes to, in order. Boxes wait `wait_days` at the origin before the
    first arc; cents and minutes include that wait.
    """

    arcs: tuple[int, ...]
    places: tuple[int, ...] = ()
    starts: tuple[int, ...]
    cents: int
    minutes: int
    grams: int
    wait_days: int = 0

    @property
    def vector(self) -> Vector:
        """Cents, minutes, grams."""
        return self.cents, self.minutes, self.grams

    def after(self, days: int, wait_cents_per_day: int) -> DatedRoute:
        """Return the route of a later departure as one that waits for it at the origin."""
        return replace(
            self,
            cents=self.cents + days * wait_cents_per_day,
            minutes=self.minutes + days * MINUTES_PER_DAY,
            wait_days=self.wait_days + days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a search starts, until when boxes may wait at the origin, and how it is run.

    `fast` compiles with numba; without it the same code runs as Python, which tests compare. A
    route through ice takes at most `longest_round` times as long as the quickest one; otherwise,
    out of season, a ship would sail by the Cape and Panama to reach the Arctic in July.
    `longest_by_ice` sets this limit in minutes, so that a part of a network has the limit of the
    full one.
    """

    start_day: int
    max_wait_days: float
    fast: bool
    longest_round: float = LONGEST_ROUND
    longest_by_ice: float | None = None

    def leaving(self, days: int) -> Terms:
        """Return the terms of a departure `days` later that does not wait any more."""
        return replace(self, start_day=self.start_day + days, max_wait_days=0.0)

    def days(self, first_usable: Callable[[Sequence[int]], int | None]) -> tuple[int, ...]:
        """Return the days after the first day on which boxes may leave; a longer wait adds to them.

        Each of the first four weeks, then one a week, as space is booked. What is closed for longer
        is left on the day on which it opens: the first usable one of the week before the first that
        is usable of these. `first_usable` finds it among days.
        """
        last = int(self.max_wait_days)
        days = (*range(min(BY_THE_DAY, last) + 1), *range(BY_THE_DAY + 7, last + 1, 7))
        if last <= BY_THE_DAY:
            return days
        opens = first_usable(sorted({*days, last}))
        if opens is None:
            return ()
        before = max((day for day in days if day < opens), default=opens - 1)
        earlier = first_usable(range(before + 1, opens))
        opens = opens if earlier is None else earlier
        return (opens, *(day for day in days if day > opens))

    @property
    def begin(self) -> int:
        """The first minute."""
        return self.start_day * MINUTES_PER_DAY

    def last_minute(self, problem: Problem) -> int:
        """Return the last minute of the longest journey."""
        return min(problem.days, self.start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1
