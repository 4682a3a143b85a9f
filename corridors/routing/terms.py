"""The terms of a search and the route it finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.domain.objective import Objective
from corridors.routing.problem import Problem
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

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


# Weigh minutes and CO2e against cents, so that the search of the cheapest route finds the best.

# Half a USD per day is 5/144 of a cent per minute.
LARGEST_UNIT = 144
# A route stays below these.
DEAREST_CENTS, LONGEST_MINUTES, MOST_GRAMS = 10**6, 10**5, 10**7
# Its weighed sum stays below these, before and after the cost counts among equal routes.
LARGEST_SUM, LARGEST_TOTAL = 5 * 10**8, 5 * 10**14
# A unit of the sum is worth no more cents, so that a month of waiting stays an integer of 64 bits.
LARGEST_STEP = 10**8


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What an objective makes least: a sum of cents, minutes and grams, each times its weight."""

    cents: int = 0
    minutes: Fraction = Fraction(0)
    grams: int = 0

    @property
    def is_cost(self) -> bool:
        """Whether only the cost counts."""
        return not self.minutes and not self.grams

    def sum_of(self, route: DatedRoute) -> Fraction:
        """Return the sum of a route that is least for the best one."""
        return self.cents * route.cents + self.minutes * route.minutes + self.grams * route.grams

    def key(self, route: DatedRoute) -> tuple[Fraction, int, int]:
        """Return what orders routes, best first: the sum, then cents, then minutes."""
        return self.sum_of(route), route.cents, route.minutes

    @property
    def whole(self) -> tuple[int, int, int]:
        """Integers by which to weigh a cent, a minute and a gram: the sum first, then the cost.

        Sums stay small enough for OR-Tools: values of time up to 300 USD per day, whole and half,
        are exact, others to 0.02 %.
        """
        cents, grams = self.cents * DEAREST_CENTS, self.grams * MOST_GRAMS
        most = int(LARGEST_SUM / (cents + self.minutes * LONGEST_MINUTES + grams))
        minutes = self.minutes.limit_denominator(min(max(most, 1), LARGEST_UNIT))
        unit = minutes.denominator
        largest = unit * (cents + grams) + minutes.numerator * LONGEST_MINUTES
        step = min(max(LARGEST_TOTAL // largest, 1), LARGEST_STEP)
        return step * unit * self.cents + 1, step * minutes.numerator, step * unit * self.grams

    def problem(self, problem: Problem) -> Problem:
        """Return a problem whose cheapest route is the best one, and the cheapest of equals.

        Of a dated arc each second counts.
        """
        cents, minutes, grams = self.whole
        return weighed(problem, cents=cents, minutes=minutes, grams=grams)


def weighing_of(objective: Objective, value_of_time: float) -> Weighing:
    """Return what an objective makes least.

    `value_of_time` in USD per TEU and day counts for the generalised objective.
    """
    aim = objective.aim
    day = aim.days + Fraction(str(value_of_time)) * aim.value_of_time
    # A USD, a day at its value and a kg, in tenths of a cent: so a gram is a whole number.
    cents, grams = 10 * aim.usd, aim.kg
    minutes = day * 10 * CENTS_PER_USD / MINUTES_PER_DAY
    # What counts alone counts once.
    unit = math.gcd(cents, grams) or minutes or 1
    return Weighing(
        cents=int(cents / unit), minutes=Fraction(minutes / unit), grams=int(grams / unit)
    )


def weighed(problem: Problem, *, cents: int, minutes: int, grams: int = 0) -> Problem:
    """Return a problem whose cost is a sum of cents, minutes and grams times these weights."""
    weights = cents, minutes, grams

    def summed(of_cents: npt.NDArray[Any], *others: npt.NDArray[Any] | float) -> npt.NDArray[Any]:
        parts = [w * f for w, f in zip(weights, (of_cents, *others), strict=True) if w]
        return reduce(np.add, parts, np.zeros_like(of_cents))

    per_km = summed(problem.cents_per_km, problem.minutes_per_km, problem.grams_per_km)
    fixed = summed(problem.fixed_cents, 0.0, problem.fixed_grams)
    cost = summed(problem.cents, problem.minutes, problem.grams)
    low = cost
    if (problem.profile >= 0).any():
        low = summed(problem.low_cents, problem.low_minutes, problem.low_grams)
    # The sum is rounded as a whole, and less than its rounded parts may be. Through ice these are
    # rounded down.
    dated = np.flatnonzero(problem.profile >= 0)
    dated = dated[~problem.through[problem.profile[dated]]]
    if dated.size:
        is_open = problem.minutes_per_km >= 0.0
        # An arc that is closed on all days takes nothing more on any.
        ever = is_open.any(axis=1)
        least = [
            np.where(ever, np.where(is_open, figure, np.inf).min(axis=1), 0.0)[
                problem.profile[dated]
            ]
            for figure in (per_km, fixed)
        ]
        whole = np.rint(problem.km[dated] * least[0] + least[1])
        low[dated] = cost[dated] + whole.clip(0.0).astype(np.int64)
    return problem.reweighed(
        cents=cost,
        cents_per_km=per_km,
        fixed_cents=fixed,
        low_cents=low,
        more_cents=cents * problem.more_cents,
        wait_cents_per_day=cents * problem.wait_cents_per_day + minutes * MINUTES_PER_DAY,
    )


def costed(problem: Problem, route: DatedRoute) -> DatedRoute:
    """Return a route with its cost on a problem, such as that before its arcs were weighed.

    The problem may lack arcs of the full one, by whose numbers routes are known.
    """
    arcs = np.searchsorted(problem.number, route.arcs)
    dated = sum(
        problem.travel(arc, start)[1]
        for arc, start in zip(arcs.tolist(), route.starts, strict=True)
        if problem.profile[arc] >= 0
    )
    waited = route.wait_days * problem.wait_cents_per_day
    paid = int(problem.cents[arcs].sum()) - problem.more_cents
    return replace(route, cents=paid + dated + waited)
