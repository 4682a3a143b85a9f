"""Bookings under chance: scenarios with probabilities, and a measure of risk."""

from __future__ import annotations

from dataclasses import dataclass, field

from corridors.domain.plan import Contract, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceScenario:
    """What may come after the bookings: the plan as it then is, and its probability.

    `plan` has the volumes, closures, ice and prices of the scenario; volumes are those asked for.
    """

    name: str
    probability: float
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPlan:
    """Contracts to book here and now, and the scenarios in which boxes are then routed.

    `level` and `weight` are those of CVaR. With a `weight` of 0 the expected cost counts alone.
    """

    name: str
    contracts: tuple[Contract, ...]
    scenarios: tuple[ChanceScenario, ...]
    level: float
    weight: float
    perfect_information: bool
    time_limit_s: float
    source_path: str = ""
    lines: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def likeliest(self) -> int:
        """The number of the scenario of greatest probability, the first of several."""
        chances = [scenario.probability for scenario in self.scenarios]
        return chances.index(max(chances))

    def at(self, key: str) -> str:
        """Return the prefix of faults at a key of the file."""
        return self.lines.get(key, f"{self.source_path or 'plan'}: {key}: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedContract:
    """A contract and the TEU a month booked, beside those of other ways to plan.

    `share` is the part of the expected volume. `likeliest_teu` would be booked if the likeliest
    scenario were certain.
    """

    contract: Contract
    teu: float
    share: float
    likeliest_teu: float


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
