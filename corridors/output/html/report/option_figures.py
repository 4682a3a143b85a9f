"""Figures of options as reports have them, what their low and high are, and limits they break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridors.domain.answer import BOXES
from corridors.domain.results import Exceeded, RouteOption
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.simulation import RouteFans
from corridors.output.answer import money
from corridors.output.comparison import Comparison
from corridors.output.contract import Totals
from corridors.output.display_names import (
    limit_text,
    on_page,
)
from corridors.output.html.encode import NOTHING, number
from corridors.output.html.report.report_tables import Cell
from corridors.output.verdict import (
    SHARE,
    titles_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a route per box of the equipment asked for, rounded in the files per TEU.

    `low` and `high` are those of the comparison: 10 and 90 % of its draws, or without any the sums
    of all lows and of all highs; `cost_span` the same of what carriage costs, whatever basis is
    compared. `days_span` are 10 and 90 % of the days of one shipment, late
    ships and queues among them; None without draws.
    """

    usd: float
    low: float
    high: float
    cost_span: tuple[float, float]
    days_span: tuple[float, float] | None
    transit_days: float
    days: float
    co2e_kg: float


def figures(option: RouteOption, teu: float = 1.0) -> Figures:
    """Return the figures of a usable option, per box of so many TEU."""
    totals, at_cost = Totals.of(option), option.price_basis is PriceBasis.COST
    (low, high), fans = option.low_and_high, option.fans
    cost_span = option.outer_bounds if fans is None else (fans.cost.p10, fans.cost.p90)
    return Figures(
        usd=teu * ((totals.cost_usd if at_cost else totals.price_usd) or 0.0),
        low=teu * low,
        high=teu * high,
        cost_span=(teu * cost_span[0], teu * cost_span[1]),
        days_span=(fans.days.p10, fans.days.p90) if isinstance(fans, RouteFans) else None,
        transit_days=totals.transit_days,
        days=totals.days,
        co2e_kg=teu * totals.co2e_kg,
    )


@dataclass(frozen=True, slots=True)
class PerBox:
    """What pages count money and emissions per: a box of `teu`, `unit` in words."""

    teu: float
    unit: str

    @classmethod
    def of(cls, scenario: Scenario) -> PerBox:
        """Return it for the equipment that a scenario asks for."""
        equipment = scenario.shipment.equipment
        return cls(equipment.teu_per_box, BOXES[equipment])

    @property
    def money(self) -> str:
        """The unit of money, as the answer has it: `USD/40'`."""
        return f"USD/{self.unit}"

    def usd(self, usd_per_teu: float | None) -> Cell:
        """Return money per TEU as a cell per box, to three digits as in the answer."""
        if usd_per_teu is None:
            return Cell(text=NOTHING)
        per_box = self.teu * usd_per_teu
        return Cell(text=money(per_box), sort=per_box)


def range_text(usable: Sequence[RouteOption]) -> str:
    """Return what the low and high of options are."""
    if any(option.fans is not None for option in usable):
        return "where 8 of 10 cases of prices, speeds and waits fall (P10 to P90)"
    return "from all cost lines at their low value to all at their high value"


def outside_limits(comparison: Comparison, option: RouteOption) -> list[str]:
    """Return the limits that an option breaks, with how much: `at most 45 days, by 3.6 days`."""
    texts, titles = [], titles_of(comparison)
    for broken in option.exceeds:
        text = on_page(limit_text(comparison.scenario.limits, broken.limit, titles))
        share = broken.unit == SHARE
        texts.append(text if share else f"{text}, by {number(round(broken.by, 1))}{_unit(broken)}")
    return texts


def _unit(broken: Exceeded) -> str:
    return " days" if broken.unit.startswith("days") else f" {broken.unit}"
