"""A plan to allocate: pairs of places with TEU by month, limits, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from corridors.domain.scenario import Objective, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An origin and a destination: the question it asks, and its TEU by month of the plan.

    `max_days` is the deadline, from gate-in to gate-out, or the shelf life where that is
    shorter; None for none.
    """

    name: str
    scenario: Scenario
    teu: tuple[float, ...]
    max_days: float | None


class MinimumKind(StrEnum):
    """What a minimum is asked of."""

    CORRIDOR = "corridor"
    GATE = "gate"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """At least so many TEU a month through a corridor, a gate or a country."""

    kind: MinimumKind
    key: str
    teu_per_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLimits:
    """Bounds on the whole plan; None where there is none. Shares are of the plan's TEU."""

    max_usd: float | None = None
    max_co2e_t: float | None = None
    max_co2e_kg_per_teu: float | None = None
    max_share_country: tuple[tuple[str, float], ...] = ()
    max_share_gate: tuple[tuple[str, float], ...] = ()
    max_share_corridor: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be shipped, whole.

    `months` are the first days of the months, one after the other; `departures` days of a month.
    `any_corridor` leaves routes free; else each keeps to a corridor of its pair's scenario.
    `unmet_usd_per_teu` is what a TEU left behind costs, None where none may be.
    `capacity_share` is the part of each listed capacity that the plan may use; None for the
    parameter's.
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
        """Return the start of a fault at a key of the file."""
        return self.lines.get(key, f"{self.source_path or 'plan'}: {key}: ")
