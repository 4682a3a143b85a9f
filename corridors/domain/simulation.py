"""What a simulation says of each option: quantiles, chances, regret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ARRIVAL_CHANCES = tuple(number / 40.0 for number in range(1, 40))
"""The chances at which the day of arrival is given: 2.5 to 97.5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """Mean and quantiles of a figure over the draws in which the option is open."""

    mean: float
    p5: float
    p10: float
    p50: float
    p90: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFans:
    """The fans of what a route costs and of what is quoted for it, in USD per TEU: levels.

    `price` is None where none is known.
    """

    cost: Fan
    price: Fan | None

    def money(self, *, priced: bool) -> Fan:
        """Return the fan of the price if that is compared and known, else that of the cost."""
        return (self.price if priced else None) or self.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFans(MoneyFans):
    """The fans of one route, or of a corridor whose route is chosen again in each draw.

    Money and `co2e` are levels: events cost days only. `days` from gate-in to gate-out and
    `transit_days` are of one shipment, levels and events; `days_of_levels` without events.
    """

    days: Fan
    days_of_levels: Fan
    transit_days: Fan
    co2e_kg: Fan


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChances:
    """What the draws say of a corridor.

    `best` is the share of draws in which it has the least expected objective, on the basis that the
    scenario compares, `best_on_other_basis` on the other one; `open` the share in which it is open.
    `booked` is the route of the comparison, kept whatever happens; `chosen_again` the best of the
    corridor in each draw. None if it is never open.

    `arrives_by` is the chance that the booked route arrives by the day asked for, None without one;
    `day_met_90` and `day_met_95` the days met with 90 and 95 %, None if it is open too seldom. By
    the objective, against the best option of each draw: `expected_regret` and `greatest_regret` of
    booking it now; `mean_of_worst` is the mean of its worst twentieth.

    `arrival_days` are the days from the start of the day of departure by which the booked route has
    arrived, at `ARRIVAL_CHANCES`; None beyond the share in which it is open.

    `usd_per_teu` and `days` are those of the comparison.
    """

    corridor: str = ""
    title: str = ""
    colour: str = ""
    usd_per_teu: float | None = None
    days: float | None = None
    best: float = 0.0
    best_on_other_basis: float = 0.0
    open: float = 0.0
    arrives_by: float | None = None
    day_met_90: date | None = None
    day_met_95: date | None = None
    expected_regret: float | None = None
    greatest_regret: float | None = None
    mean_of_worst: float | None = None
    arrival_days: tuple[float | None, ...] = ()
    booked: RouteFans | None = None
    chosen_again: RouteFans | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEffect:
    """What a group of drivers does, of the two best options.

    Shares of the variance that are left if all else is known: of the best option's `money` and
    `days`, and of the `difference` of the objective of the two. `worth` is how much lower the mean
    objective is if the group is known before booking.
    """

    group: str
    money: float
    days: float
    difference: float
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the candidates were learned: their number, and how many exact searches taught them.

    The misses are those of the last two batches of fresh draws, as shares of the best: their mean,
    and what 99 % of the searches keep below.
    """

    routes: int
    searches: int
    mean_miss: float
    worst_miss: float
