"""A plan with its programme and answer, before it is told in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from corridors.domain.plan import Plan
from corridors.optimise.allocation.program import Allocated, Offer, Program
from corridors.routing.priced.network import ChargedNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with its programme, its answer, and the networks its routes run on.

    `lanes` are by pair (question, network). `free` are by lot the routes taken were nothing
    scarce. `months` go beyond the plan's. `cut` is how many departures had too many routes to
    prove that none is cheaper.
    """

    plan: Plan
    program: Program
    solved: Allocated
    free: tuple[Offer | None, ...]
    lanes: tuple[tuple[tuple[Any, ChargedNetwork], ...], ...]
    resources: tuple[str, ...]
    months: tuple[date, ...]
    cut: int = 0

    def lane(self, offer: Offer) -> tuple[Any, ChargedNetwork]:
        """Return the question and the network of an offered route."""
        return self.lanes[self.program.lots[offer.lot].pair][offer.lane]

    def name_of(self, kind: str, *which: int) -> str:
        """Return a limit in words."""
        program = self.program
        match kind:
            case "lot":
                lot = program.lots[which[0]]
                month = f"{self.plan.months[lot.month]:%Y-%m}"
                return f"{lot.teu:g} TEU {self.plan.pairs[lot.pair].name} in {month}"
            case "capacity":
                most = program.capacity[which]
                month = f"{self.months[which[1]]:%Y-%m}"
                return f"{self.resources[which[0]]} at {most:,.0f} TEU in {month}"
            case "ceiling":
                limit = program.ceilings[which[0]]
                return f"limits.{limit.name} at {limit.teu:,.0f} TEU"
            case "floor":
                limit = program.floors[which[0]]
                month = "" if limit.month is None else f" in {self.plan.months[limit.month]:%Y-%m}"
                return f"{limit.name} of {limit.teu:,.0f} TEU{month}"
            case "budget":
                return f"limits.max_usd of {program.most_usd:,.0f} USD"
            case _:
                return f"the cap on CO2e of {(program.most_kg or 0.0) / 1000.0:,.1f} t"
