"""Stored routes at other prices: bills of quantities as sums of products of what sliders move.

A route that is stored pays for quantities that no price changes: tonnes of fuel, kilometres of
rail. So at other prices its cost is a sum of products, and a page can price it again, exactly. A
route that is not stored may then be cheaper. How much cheaper is bounded: the least cost over all
routes is concave in prices, as it is the least of linear functions. Between prices at which it was
searched it lies nowhere below what lies between the costs found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

Settings = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A row of a parameter that a slider moves, and its value as asked for.

    `scope` is None if the slider sets every row of the parameter to one value.
    """

    parameter: str
    scope: str | None
    value: float
    unit: str
    source_id: str = ""

    @property
    def key(self) -> str:
        """The key of a scenario that sets it."""
        return f"overrides.{self.parameter}" + ("" if self.scope is None else f"@{self.scope}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """What a slider moves: the factor of some prices, or the share of a subsidy.

    `usual` is where it stands as asked for; `low` and `high` are its ends. `rows` are what it
    multiplies; of a subsidy, which is no factor, the value of `rows` is not used.
    """

    id: str
    title: str
    usual: float
    low: float
    high: float
    rows: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """USD per TEU at a factor of 1, times the factors of the sliders named.

    `part` is the driver of the cost line, for the parts of a bar.
    """

    part: str
    usd: float
    sliders: tuple[str, ...] = ()

    def at(self, settings: Settings) -> float:
        """Return USD per TEU at some settings."""
        usd = self.usd
        for name in self.sliders:
            usd *= settings[name]
        return usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The freight of a lane by ship or train, and the bill of its reference way."""

    freight_usd_per_teu: float
    cost: tuple[Term, ...]

    def amount(self, settings: Settings) -> float:
        """Return what the lane adds to the cost of a way at some settings."""
        return self.freight_usd_per_teu - total(self.cost, settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRoute:
    """A stored route: its days, its bill at cost, and the scope of the lane that it pays.

    Without a lane no price of it is known.
    """

    corridor: str
    days: float
    terms: tuple[Term, ...]
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Least costs over all routes, in USD per TEU at cost, searched at some factors of prices.

    `points` are the factors of `sliders`, the first at the lowest of all; `usd_per_teu` is the
    least cost at each. At factors that are no more than the others and a mean of some of the
    points, no route costs less than the same mean of their costs, nor does one at the others. The
    best such mean is a linear program, which the page solves (`whatif.js`).
    """

    sliders: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    usd_per_teu: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The stored routes of a comparison, what moves their prices, and the floor of all routes.

    `quoted` are the lanes by the scope of their amount (`china-europe-rail@rail/tsr-1520`).
    """

    sliders: tuple[Slider, ...]
    routes: tuple[PricedRoute, ...]
    quoted: Mapping[str, Quoted]
    floor: Floor | None

    def usd(self, route: PricedRoute, moved: Settings, *, quoted: bool = False) -> float:
        """Return what a stored route costs, or with `quoted` its price, with some sliders moved.

        What has no price is infinitely dear.
        """
        settings = {slider.id: slider.usual for slider in self.sliders} | dict(moved)
        usd = total(route.terms, settings)
        if not quoted:
            return usd
        lane = self.quoted.get(route.lane)
        return inf if lane is None else usd + lane.amount(settings)


def total(terms: Sequence[Term], settings: Settings) -> float:
    """Return the sum of terms in USD per TEU at some settings."""
    return sum(term.at(settings) for term in terms)
