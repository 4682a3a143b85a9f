"""An allocation in numbers: lots, limits, offered routes and the solution."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights, PlannedRoute

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """The TEU of one pair that leave in one month; both are numbers."""

    pair: int
    month: int
    teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimit:
    """At most (a ceiling) or at least (a floor) `teu` on routes that meet a set of arcs.

    `month` is that of departure; None for the full plan. `short_usd` is what a TEU short of a floor
    costs; None if it must be met.
    """

    name: str
    member: int
    teu: float
    month: int | None = None
    short_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A plan in numbers.

    `capacity` is TEU by (resource, month), infinite if unlimited. `most_kg` of CO2e and `most_usd`
    of transport bound the full plan. `unmet_usd` is the penalty of a TEU not shipped; None if every
    TEU must be shipped. `objective_weights` are by pair. `sets` is the number of sets.
    """

    lots: tuple[Lot, ...]
    objective_weights: tuple[ObjectiveWeights, ...]
    capacity: FloatArray
    sets: int = 0
    ceilings: tuple[SetLimit, ...] = ()
    floors: tuple[SetLimit, ...] = ()
    most_kg: float | None = None
    most_usd: float | None = None
    unmet_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A route offered to a lot, leaving on a day; `value_usd` includes dual prices.

    `lane` is the number of the pair's network, from whose first day `start_day` counts.
    """

    lot: int
    start_day: int
    route: PlannedRoute
    value_usd: float
    lane: int = 0


class Offers(Protocol):
    """A source of routes."""

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> Iterable[Offer]:
        """Yield the cheapest route below `most_usd` of each departure of a lot."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Dual values of a solution, per unit, all >= 0 except `lot_usd`.

    `usd` is per dollar of budget and `kg` per kilogram of CO2e; `ceiling` and `floor` are by
    number.
    """

    lot_usd: FloatArray
    by_month: FloatArray
    ceiling: FloatArray
    floor: FloatArray
    usd: float
    kg: float

    def dual_prices(self, program: Program, month: int) -> DualPrices:
        """Return the dual prices for a TEU departing in a month."""
        by_set = np.zeros(program.sets)
        for limit, price in zip(program.ceilings, self.ceiling, strict=True):
            if limit.month in (None, month):
                by_set[limit.member] += price
        for limit, price in zip(program.floors, self.floor, strict=True):
            if limit.month in (None, month):
                by_set[limit.member] -= price
        return DualPrices(by_month=self.by_month, by_set=by_set)

    def objective(self, base: ObjectiveWeights) -> ObjectiveWeights:
        """Return the weights with the duals of the budget and the cap on CO2e added."""
        return ObjectiveWeights(usd=base.usd + self.usd, day=base.day, kg=base.kg + self.kg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """TEU of a lot on an offered route."""

    offer: Offer
    teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """The flows of least cost over the routes found.

    `bound_usd` is proved to be no more than the least cost over all routes; the two are equal but
    for rounding unless the search was `stopped`. `missing` are TEU by lot without a route, `short`
    TEU by floor; both are 0 unless volumes may be left behind or the plan is infeasible. `rounds`
    counts the rounds of route search.
    """

    flows: tuple[Flow, ...]
    value_usd: float
    prices: Prices
    missing: FloatArray
    short: FloatArray
    offers: tuple[Offer, ...]
    rounds: int
    bound_usd: float = -math.inf
    stopped: bool = False

    @property
    def met(self) -> bool:
        """Whether every lot and floor is met, up to a thousandth of a TEU."""
        return float(self.missing.sum() + self.short.sum()) <= 1e-3
