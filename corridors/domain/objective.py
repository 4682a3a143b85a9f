"""What a recommendation makes least, declared once: its figure, its weights and its words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What an objective adds up, and what pages and tables call it.

    `usd`, `days` and `kg` say which figures of a route count: USD per TEU, days from gate-in to
    gate-out, kg of CO2e per TEU. With `value_of_time` days count at the value of a day as well.
    Tied options `alike`; of these the quickest is recommended, or the least where days count.
    """

    usd: int = 0
    days: int = 0
    kg: int = 0
    value_of_time: bool = False
    best_route: str
    least: str
    lowest: str
    alike: str
    unit: str
    digits: int = 0


class Objective(StrEnum):
    """What the recommended option minimises."""

    COST = "cost"
    DAYS = "days"
    CO2E = "co2e"
    GENERALISED = "generalised"

    @property
    def aim(self) -> Aim:
        """What it adds up, and its words."""
        return AIMS[self]

    @property
    def best_route(self) -> str:
        """What the route that minimises it is called."""
        return self.aim.best_route

    def counts_days(self, value_of_time: float) -> bool:
        """Return whether days count in it, where a day is worth so much."""
        return bool(self.aim.days or (self.aim.value_of_time and value_of_time))

    def figure(self, usd: float, days: float, kg: float, value_of_time: float) -> float:
        """Return what is least of a route, from its figures by TEU and the value of a day."""
        aim = self.aim
        day = aim.days + value_of_time * aim.value_of_time
        return aim.usd * usd + day * days + aim.kg * kg


AIMS = {
    Objective.COST: Aim(
        usd=1,
        best_route="cheapest route",
        least="the cheapest",
        lowest="cost",
        alike="cost about the same",
        unit="USD per TEU",
    ),
    Objective.DAYS: Aim(
        days=1,
        best_route="quickest route",
        least="the quickest",
        lowest="time",
        alike="take about as long",
        unit="days",
        digits=1,
    ),
    Objective.CO2E: Aim(
        kg=1,
        best_route="route of least CO2e",
        least="the lowest in CO2e",
        lowest="CO2e",
        alike="emit about the same",
        unit="kg CO2e per TEU",
    ),
    Objective.GENERALISED: Aim(
        usd=1,
        value_of_time=True,
        best_route="route of least cost, value of time included",
        least="the lowest in cost including the value of time",
        lowest="cost including the value of time",
        alike="cost about the same with the value of time",
        unit="USD per TEU including the value of time",
    ),
}


# Find what nothing beats: the non-dominated of many figures.

Figures = TypeVar("Figures", bound=tuple[float, ...])


def unbeaten(figures: Iterable[Figures]) -> list[Figures]:
    """Return the non-dominated of figures in two or three, each once, in ascending order.

    Less is better. Those that come first are no worse in the first figure, so each is held against
    the stairs of the other two alone: second figures that rise while third ones fall. Of a hundred
    routes each pair could be compared, of the thousands that a front may have not.

    References
    ----------
    Kung, Luccio and Preparata, Journal of the ACM 22 (1975), 469-476.
    """
    kept: list[Figures] = []
    second: list[float] = []
    third: list[float] = []
    for own in sorted(set(figures)):
        # Of two figures the last is the second, and the stairs have one step.
        across, down = own[1], own[-1]
        step = bisect_right(second, across)
        if step and third[step - 1] <= down:
            continue
        kept.append(own)
        first = last = bisect_left(second, across)
        while last < len(third) and third[last] >= down:
            last += 1
        second[first:last], third[first:last] = [across], [down]
    return kept
