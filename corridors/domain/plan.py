"""An allocation plan: pairs of places with TEU by month, and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from corridors.domain.keys import CorridorName, CountryName, GateName, Positive, Share
from corridors.domain.objective import Objective
from corridors.domain.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An origin and a destination as a scenario, with TEU by month of the plan.

    `max_days` is the shorter of deadline and shelf life, from gate-in to gate-out; None for none.
    """

    name: str
    scenario: Scenario
    teu: tuple[float, ...]
    max_days: float | None


class MinimumKind(StrEnum):
    """What a minimum applies to."""

    CORRIDOR = "corridor"
    GATE = "gate"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """A minimum volume in TEU per month through a corridor, gate or country."""

    kind: MinimumKind
    key: str
    teu_per_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLimits:
    """Limits on the plan as a whole."""

    max_usd: Positive | None = None
    """Maximum transport cost of the plan in USD."""
    max_co2e_t: Positive | None = None
    """Maximum well-to-wake emissions of the plan in t CO2e."""
    max_co2e_kg_per_teu: Positive | None = None
    """Maximum well-to-wake emissions in kg CO2e per TEU."""
    max_share_country: tuple[tuple[CountryName, Share], ...] = ()
    """Maximum share of the TEU through each country, 0 to 1."""
    max_share_gate: tuple[tuple[GateName, Share], ...] = ()
    """Maximum share of the TEU through each gate, 0 to 1."""
    max_share_corridor: tuple[tuple[CorridorName, Share], ...] = ()
    """Maximum share of the TEU by each corridor, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An allocation plan.

    `months` are the first days of consecutive months, `departures` days of the month. With
    `any_corridor` routes are free; otherwise each keeps to a corridor of its pair's scenario.
    `unmet_usd_per_teu` is the price of a TEU left behind, None if every TEU must be shipped.
    `capacity_share` is the fraction of each listed capacity that the plan may use, None for the
    parameter `plan.capacity_share`.
    """

    name: str
    months: tuple[date, ...]
    departures: tuple[int, ...]
    pairs: tuple[Pair, ...]
    any_corridor: bool
    objective: Objective
    limits: PlanLimits
    minimums: tuple[Minimum, ...]
    unmet_usd_per_teu: float | None
    capacity_share: float | None
    max_wait_days: int
    source_path: str = ""
    lines: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def teu(self) -> float:
        """TEU of all pairs and months."""
        return sum(sum(pair.teu) for pair in self.pairs)

    def at(self, key: str) -> str:
        """Return the prefix of faults at a key of the file."""
        return self.lines.get(key, f"{self.source_path or 'plan'}: {key}: ")
