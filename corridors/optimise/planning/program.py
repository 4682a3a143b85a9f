"""A plan in numbers: lots, limits, what may be decided, the ways of boxes, and the solution."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights, PlannedRoute
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG

# Tolerance of budgets for sums of decimal costs.
ROUNDING = 1e-9
# Above any route: what is shut costs this.
SHUT_USD = 1e6
FloatArray = npt.NDArray[np.float64]
# By decision the number of the option taken.
Taken = tuple[int, ...]
# By decision the options that may be taken.
Allowed = tuple[tuple[int, ...], ...]
# A decision, and the options of which one must be taken.
Need = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """The TEU of one pair that leave in one month; both are numbers."""

    pair: int
    month: int
    teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimit:
    """At most (a ceiling) or at least (a floor) `teu` on routes that meet a set of arcs.

    `month` is that of departure; None for the full plan. `more` is what a ceiling can be raised by:
    (TEU, USD of each).
    """

    name: str
    member: int
    teu: float
    month: int | None = None
    more: tuple[tuple[float, float], ...] = ()

    def holds_in(self, month: int) -> bool:
        """Return whether it counts boxes that depart in a month."""
        return self.month in (None, month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Space on routes that meet a set of arcs, which boxes fill one by one.

    A decision says how much there is: `teu` a month, by option. Each TEU that fills it costs less
    by `saves_usd`, by lot. What is empty costs `unused_usd`: every TEU of every month, or, with a
    `take`, what is missing to this share of the whole.
    """

    decision: int
    member: int
    teu: tuple[float, ...]
    saves_usd: tuple[float, ...]
    unused_usd: float
    take: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A plan in numbers, as one scenario has it.

    `capacity` is TEU by (resource, month), infinite if unlimited. `most_kg` of CO2e and `most_usd`
    of transport bound the full plan. `unmet_usd` is the penalty of a TEU not shipped; None if every
    TEU must be shipped. `objective_weights` are by pair. `sets` is the number of sets. There are
    `spaces` in every one of the `months`; a TEU that fills none counts for the limits of `spot`.

    Decisions may widen capacities: `room` is by (resource, month) what (decision, option, TEU) do.
    Routes that meet the sets of `links` need what these say. `worlds` are those in which routes are
    searched, each with what it needs. `alike` has by decision and option the first option that is
    the same to this scenario; without it all differ.
    """

    lots: tuple[Lot, ...]
    objective_weights: tuple[ObjectiveWeights, ...]
    capacity: FloatArray
    sets: int = 0
    ceilings: tuple[SetLimit, ...] = ()
    floors: tuple[SetLimit, ...] = ()
    spaces: tuple[Space, ...] = ()
    spot: tuple[SetLimit, ...] = ()
    most_kg: float | None = None
    most_usd: float | None = None
    unmet_usd: float | None = None
    months: int = 1
    room: Mapping[tuple[int, int], Sequence[tuple[int, int, float]]] = field(default_factory=dict)
    links: tuple[tuple[int, Need], ...] = ()
    worlds: tuple[tuple[Need, ...], ...] = ((),)
    alike: tuple[tuple[int, ...], ...] = ()

    def needs_of(self, offer: Offer) -> tuple[Need, ...]:
        """Return what must be decided for a route."""
        met = (need for member, need in self.links if offer.route.sets >> member & 1)
        return (*self.worlds[offer.world], *offer.needs, *met)

    def first_alike(self, taken: Taken) -> Taken:
        """Return the decisions that are the same to this scenario."""
        if not self.alike:
            return taken
        return tuple(first[n] for first, n in zip(self.alike, taken, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A mean of the expected cost and of CVaR at a level, which has a weight from 0 to 1.

    CVaR is the mean of the dearest scenarios, as far as they have `1 - level` of the chance; at
    level 1 it is the dearest (Rockafellar and Uryasev 2000).
    """

    level: float = 0.0
    weight: float = 0.0

    def of(self, chances: Sequence[float], usd: Sequence[float]) -> float:
        """Return the measure of costs by scenario."""
        return sum(p * value for p, value in zip(self.shares(chances, usd), usd, strict=True))

    def shares(self, chances: Sequence[float], usd: Sequence[float]) -> list[float]:
        """Return what each scenario counts in the measure of costs."""
        tail = self._tail(chances, usd) if self.weight else chances
        pairs = zip(chances, tail, strict=True)
        return [(1.0 - self.weight) * chance + self.weight * part for chance, part in pairs]

    def tail(self, chances: Sequence[float], usd: Sequence[float]) -> float:
        """Return the mean of the dearest scenarios."""
        return sum(p * value for p, value in zip(self._tail(chances, usd), usd, strict=True))

    def _tail(self, chances: Sequence[float], usd: Sequence[float]) -> list[float]:
        """Return what each scenario counts among the dearest."""
        left = max(1.0 - self.level, 1e-12)
        whole, shares = left, [0.0] * len(usd)
        for n in sorted(range(len(usd)), key=lambda n: (usd[n], chances[n]), reverse=True):
            part = max(0.0, min(left, chances[n]))
            shares[n] = part / whole
            left -= part
        return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What options may spend at most; `spent` is by decision and option, >= 0."""

    spent: tuple[tuple[float, ...], ...]
    most: float

    def affords(self, allowed: Sequence[Sequence[int]]) -> bool:
        """Return whether some of the options that are allowed can be paid."""
        pairs = zip(self.spent, allowed, strict=True)
        least = sum(min(spent[n] for n in some) for spent, some in pairs)
        return least <= self.most + ROUNDING * max(1.0, abs(self.most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Vehicles held for what options need: by period the vehicles of each (decision, option).

    `usd_each` is what holding one takes, >= 0, `most` how many there are.
    """

    usd_each: float
    needed: Mapping[int, Mapping[tuple[int, int], float]]
    most: float = math.inf

    def of(self, allowed: Sequence[Sequence[int]]) -> float:
        """Return how many are needed at least by some of the options that are allowed."""
        return max(
            (
                sum(
                    min(needs.get((decision, n), 0.0) for n in some)
                    for decision, some in enumerate(allowed)
                )
                for needs in self.needed.values()
            ),
            default=0.0,
        )

    def affords(self, allowed: Sequence[Sequence[int]]) -> bool:
        """Return whether there are enough for some of the options that are allowed."""
        return self.of(allowed) <= self.most + ROUNDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A plan under scenarios, and decisions that are taken before it is known which comes.

    `options` is by decision how many it has, of which one is taken; the first does nothing.
    `weights` are the chances of the scenarios, or the years of phases. `usd` is by decision and
    option what it costs itself.
    """

    programs: tuple[Program, ...]
    weights: tuple[float, ...] = (1.0,)
    options: tuple[int, ...] = ()
    risk: Risk = Risk()
    usd: tuple[tuple[float, ...], ...] = ()
    budgets: tuple[Budget, ...] = ()
    fleets: tuple[Held, ...] = ()

    def usd_of(self, taken: Taken) -> float:
        """Return what decisions cost themselves, with the vehicles that they need."""
        own = sum(usd[n] for usd, n in zip(self.usd, taken, strict=bool(self.usd)))
        return own + sum(fleet.usd_each * fleet.of([(n,) for n in taken]) for fleet in self.fleets)

    def affords(self, allowed: Sequence[Sequence[int]]) -> bool:
        """Return whether money and vehicles suffice for some of the options that are allowed."""
        money = all(budget.affords(allowed) for budget in self.budgets)
        return money and all(fleet.affords(allowed) for fleet in self.fleets)

    @property
    def nothing(self) -> Taken:
        """The first option of each decision."""
        return (0,) * len(self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A route offered to a lot, leaving on a day; `value_usd` includes dual prices.

    `lane` is the number of the pair's network, from whose first day `start_day` counts, in one of
    the worlds in which routes are searched.
    """

    lot: int
    start_day: int
    route: PlannedRoute
    value_usd: float
    lane: int = 0
    world: int = 0
    needs: tuple[Need, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others."""
        return self.lot, self.world, self.lane, self.start_day, self.route.arcs, self.route.starts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWay:
    """A way that no search finds: what a TEU costs, and the resources that it takes.

    `arcs` is a number of its own, `uses` are (resource, month, amount).
    """

    arcs: tuple[int, ...]
    usd: float
    days: float = 0.0
    kg: float = 0.0
    uses: tuple[tuple[int, int, float], ...] = ()
    sets: int = 0
    starts: tuple[int, ...] = ()

    @property
    def cents(self) -> float:
        """What a TEU costs in cents."""
        return self.usd * CENTS_PER_USD

    @property
    def grams(self) -> float:
        """What a TEU emits in grams of CO2e."""
        return self.kg * GRAMS_PER_KG

    def objective_usd(self, objective: ObjectiveWeights) -> float:
        """Return the objective of one TEU in USD."""
        return self.usd * objective.usd + self.days * objective.day + self.kg * objective.kg

    def offer(self, lot: int, value_usd: float, *, needs: tuple[Need, ...] = ()) -> Offer:
        """Return it as a route offered to a lot."""
        route: Any = self
        return Offer(lot=lot, start_day=0, route=route, value_usd=value_usd, needs=needs)


class Offers(Protocol):
    """A source of routes."""

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> Iterable[Offer]:
        """Yield the cheapest route below `most_usd` of each departure of a lot."""
        ...

    def near(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> tuple[Iterable[Offer], float]:
        """Return the same of routes near the cheapest, and at least what all others cost.

        By default all routes are near.
        """
        return self.of(lot, dual_prices, objective=objective, most_usd=most_usd), math.inf

    def least_usd(self, lot: int) -> float:
        """Return what every route of a lot costs at least without dual prices."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Dual values of a solution, per unit, all >= 0 except `lot_usd`.

    `usd` is per dollar of budget and `kg` per kilogram of CO2e; `ceiling`, `floor` and `spot` are
    by number. `filled_usd` is what a TEU is worth that fills a space, by (space, month), `need_usd`
    what one of a lot pays for what must be decided, and `shut` is what may not be.
    """

    lot_usd: FloatArray
    by_month: FloatArray
    ceiling: FloatArray
    floor: FloatArray
    spot: FloatArray
    usd: float
    kg: float
    filled_usd: Mapping[tuple[int, int], float]
    need_usd: Mapping[tuple[int, Need], float]
    shut: frozenset[Need] = frozenset()

    def dual_prices(self, program: Program, lot: int, *, fills: int | None = None) -> DualPrices:
        """Return the dual prices for a TEU of a lot.

        One that fills a space of the set `fills` pays for no spot space.
        """
        month = program.lots[lot].month
        by_set = np.zeros(program.sets)
        priced = [(program.ceilings, self.ceiling), (program.floors, -self.floor)]
        if fills is None:
            priced.append((program.spot, self.spot))
        for limits, prices in priced:
            for limit, price in zip(limits, prices, strict=True):
                if limit.holds_in(month):
                    by_set[limit.member] += price
        for member, need in program.links:
            by_set[member] += SHUT_USD if need in self.shut else self.need_usd.get((lot, need), 0.0)
        return DualPrices(by_month=self.by_month, by_set=by_set)

    def objective(self, base: ObjectiveWeights) -> ObjectiveWeights:
        """Return the weights with the duals of the budget and the cap on CO2e added."""
        return ObjectiveWeights(usd=base.usd + self.usd, day=base.day, kg=base.kg + self.kg)

    def filling(self, program: Program, number: int) -> dict[int, float]:
        """Return by set what a TEU of a lot gains that fills the best of its spaces.

        It may be worth a loss, but not where there is spot space.
        """
        found: dict[int, float] = {}
        least = -math.inf if self.spot.any() else 0.0
        for n, space in enumerate(program.spaces):
            worth = self.filled_usd.get((n, program.lots[number].month), -math.inf)
            usd = worth + space.saves_usd[number]
            if usd > found.get(space.member, least):
                found[space.member] = usd
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """TEU of a lot on an offered route."""

    offer: Offer
    teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """The flows of least cost over the routes found, in one scenario.

    `bound_usd` is proved to be no more than the least cost over all routes; the two are equal but
    for rounding unless the search was `stopped`. `missing` are TEU by lot without a route, `short`
    TEU by floor; both are 0 unless volumes may be left behind or the plan is infeasible. `filled`
    are TEU by (space, month). `rounds` counts the rounds of route search.
    """

    flows: tuple[Flow, ...]
    value_usd: float
    prices: Prices
    missing: FloatArray
    short: FloatArray
    offers: tuple[Offer, ...]
    filled: Mapping[tuple[int, int], float]
    rounds: int
    bound_usd: float = -math.inf
    stopped: bool = False

    @property
    def met(self) -> bool:
        """Whether every lot and floor is met, up to a thousandth of a TEU."""
        return float(self.missing.sum() + self.short.sum()) <= 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The best decisions found, a bound on all others, and what every scenario then has.

    `root_usd` is the bound of decisions taken in parts. `nodes` counts the linear programmes of the
    tree.
    """

    taken: Taken
    value_usd: float
    bound_usd: float
    root_usd: float
    scenarios: tuple[Allocated, ...]
    nodes: int
    stopped: bool
