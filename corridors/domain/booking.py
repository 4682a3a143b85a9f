"""What is booked of the contracts of a plan, and what each scenario then takes."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.domain.plan import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedContract:
    """A contract and the TEU a month booked, beside those of other ways to plan.

    `share` is the part of the expected volume. `likeliest_teu` would be booked if the likeliest
    scenario were certain. `beside` are the next quantities, less and more, each with what a plan
    costs more in USD that books it, the other contracts as they are.
    """

    contract: Contract
    teu: float
    share: float
    likeliest_teu: float
    beside: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioOutcome:
    """A scenario with the bookings: USD of all its months, and TEU.

    `usd` holds bookings, routes and the price of boxes left behind. By contract `through` has the
    TEU that go its way, booked or spot, `carried` those that travel on it, each box on one contract
    at most, and `unused` the booked TEU that do not travel.
    """

    name: str
    probability: float
    usd: float
    teu: float
    through: tuple[float, ...]
    carried: tuple[float, ...]
    unused: tuple[float, ...]
    unmet: float
