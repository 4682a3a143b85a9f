"""The network of a pair of a plan: one for all its departures, whatever their prices."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.costing.groups import grouped
from corridors.optimise.planning.generation import MISSING_USD
from corridors.output.planned import Chart
from corridors.routing.contract_ways import ContractQuestion
from corridors.routing.dated.label_search import longest_by_ice
from corridors.routing.dated.label_setting import UNREACHABLE
from corridors.routing.priced.priced_network import (
    DualPrices,
    LeastPaths,
    ObjectiveWeights,
    Part,
    PricedNetwork,
    groups_of,
    least_paths,
    narrow,
    wide,
)
from corridors.routing.priced.priced_search import KnownRoutes, PricedRoute, PricedSearch
from corridors.routing.problem import Problem, arcs_alone, weigh_arcs
from corridors.routing.question import Question
from corridors.routing.terms import Terms, weighed

# Arcs are kept of routes that cost this many times the cheapest.
NEAR = 1.2
# The routes found must be this many times cheaper than the dearest of them.
WELL_WITHIN = 1.1
# Of sets that are rewarded every route is kept if that takes no more than this share of all arcs.
FEW = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTerms:
    """What the departures of a lane have in common.

    `prices` is the number of the question with their prices, `corridors` are those that they take,
    and `month_of_day` has the month of each day from the question's on.
    """

    prices: int
    corridors: frozenset[int]
    month_of_day: IntArray
    max_wait_days: int
    max_minutes: int | None


class PairProblems:
    """A network, whole, with the questions of all prices; its weights are those of the first."""

    def __init__(
        self,
        questions: Sequence[Question],
        network: PricedNetwork,
        objective: ObjectiveWeights,
        groups: tuple[int, ...],
    ) -> None:
        self.questions = tuple(questions)
        self.network = network
        self.topology = self.questions[0].bundle.topology
        self._objective = objective
        self._longest: dict[tuple[bytes, ...], float] = {}
        cents, minutes, grams = objective.units
        whole = network.problem
        columns = (whole.base, whole.interval, whole.lane)
        first, of = grouped(*columns)
        base, interval, lane = (column[first] for column in columns)
        alone, low = arcs_alone(self.topology, base, interval, lane, whole.lanes), []
        for question in self.questions:
            problem = weigh_arcs(alone, self.topology, question.weights)
            low.append(weighed(problem, cents=cents, minutes=minutes, grams=grams).low_cents)

        def at(weight: IntArray) -> Problem:
            return whole.reweighed(low_cents=weight[of], more_cents=cents * whole.more_cents)

        # With what each arc takes least and most at any of the prices.
        self._cheapest = at(np.min(low, axis=0))
        self.least = self.paths(groups)
        self.most = self.least
        if len(low) > 1:
            self.most = least_paths(at(np.max(low, axis=0)), network.sets, groups)

    def paths(self, groups: tuple[int, ...]) -> LeastPaths:
        """Return the paths of each combination of sets where every arc takes its least."""
        return least_paths(self._cheapest, self.network.sets, groups)

    def search(
        self, network: PricedNetwork, lane: LaneTerms, *, longest_by_ice: float
    ) -> PricedSearch:
        """Return the search of all corridors at the prices of a lane, on the network or a part."""
        return PricedSearch(
            network.at(self.topology, self.questions[lane.prices].weights),
            self._objective,
            max_wait_days=lane.max_wait_days,
            max_minutes=lane.max_minutes,
            month_of_day=lane.month_of_day,
            longest_by_ice=longest_by_ice,
        )

    def below(self, part: Part) -> PricedNetwork:
        """Return the arcs of all routes that a part may have at any of the prices."""
        keep = self.least.below(self.network.problem, part.below_usd)
        return self.network.only(keep)[0]

    def longest_by_ice(self, lane: LaneTerms) -> float:
        """Return the most minutes that a route through ice may take; no price changes them."""
        weights, whole = self.questions[lane.prices].weights, self.network.problem
        terms = Terms(start_day=0, max_wait_days=0.0, fast=True)
        keep = np.isin(self.network.corridor, list(lane.corridors))
        # Most networks have no ice, which is known before any of their arcs is weighed.
        in_ice = np.append(weights.dates.through, False)[weights.profile[whole.base]]
        if not (keep & in_ice).any():
            return terms.longest_round * UNREACHABLE
        of = (weights.minutes, weights.dates.least[:, 0], np.array(sorted(lane.corridors)))
        key = tuple(array.tobytes() for array in of)
        if key not in self._longest:
            problem = weigh_arcs(whole.only(keep), self.topology, weights)
            self._longest[key] = longest_by_ice(problem, terms)
        return self._longest[key]


class PairNetwork:
    """A pair's network with the prices of all its lanes.

    A network is large, and few of its arcs lie on routes that are nearly as cheap as the cheapest.
    After `release` only those are kept. When dearer routes are asked for, it is posed again. Routes
    are the same either way.

    Parameters
    ----------
    pose
        Poses the questions, to tell apart the sets of some groups.
    lanes
        What the departures of each lane have in common.
    rewards
        By set the least price to expect, <= 0.
    scarce
        The sets, as bits, that have no room for all boxes.
    most_usd
        What a TEU costs that is left behind, so that none pays more; infinite if none may be.
    charted
        Whether `chart` is asked for.
    """

    def __init__(
        self,
        pose: Callable[[tuple[int, ...]], PairProblems],
        lanes: Sequence[LaneTerms],
        *,
        rewards: FloatArray,
        scarce: int = 0,
        most_usd: float = math.inf,
        charted: bool,
    ) -> None:
        groups = groups_of(rewards)
        self.part = Part(groups=groups, below_usd=np.zeros(1 << len(groups)))
        self.lanes = tuple(lanes)
        self._rewards = rewards
        self._pose = pose
        self._is_charted = charted
        self._posed: PairProblems | None = None
        self._near: PricedNetwork | None = None
        self._searches: dict[int, PricedSearch] = {}
        self._at_prices: dict[int, PricedSearch] = {}
        self._kept: list[PricedSearch] = []
        self._close: dict[int, PricedSearch] = {}
        self._kept_close: dict[int, PricedSearch] = {}
        self._whole: tuple[int, PricedSearch] | None = None
        self._along: tuple[int, dict[int, PricedSearch]] = -1, {}
        self._longest: dict[int, float] = {}
        self._begun: set[int] = set()
        self._met: set[int] = set()
        self._is_released = False
        self.chart: Chart | None = None
        posed = self.posed
        self.least_usd = posed.least.least_usd
        self.sets = int(np.bitwise_or.reduce(posed.network.sets, initial=0))
        self.resources = np.unique(posed.network.use_resource)
        below_usd = self._worth(NEAR * posed.most.least_usd)
        # The part that is searched first, as most of what gains is found there.
        self.close = replace(self.part, below_usd=below_usd.copy())
        combined = np.arange(below_usd.shape[0])
        for group, bits in enumerate(groups):
            if bits & scarce:
                # What finds no room there goes the best of the other ways, or any that beats being
                # left behind: to pose the network a second time for that takes longest of all.
                others = combined >> group & 1 == 0
                other_usd = self._worth(np.where(others, NEAR * posed.most.least_usd, np.inf))
                if math.isfinite(most_usd):
                    other_usd = most_usd - self.part.paid(rewards)
                below_usd[others] = np.maximum(below_usd, other_usd)[others]
        # What is short of a minimum asks for the dearest of its routes.
        with_rewarded = np.append(below_usd[:1], np.full(below_usd.shape[0] - 1, np.inf))
        arcs = posed.least.below(posed.network.problem, with_rewarded)
        # Where every month is closed there is no arc at all.
        self._widen(with_rewarded if arcs.sum() <= FEW * arcs.size else below_usd)

    @property
    def posed(self) -> PairProblems:
        """The questions and the whole network."""
        if self._posed is None:
            self._posed = self._pose(self.part.groups)
        return self._posed

    def whole(self, lane: int) -> PricedSearch:
        """Return the search of a lane on the whole network."""
        if self._whole is None or self._whole[0] != lane:
            self._whole = lane, self._of_lane(lane, self._search(lane, self.posed.network))
        return self._whole[1]

    def near(self, lane: int) -> PricedSearch:
        """Return the search of a lane on the arcs near its cheapest routes."""
        if lane not in self._searches:
            self._searches[lane] = self._of_lane(lane, self._priced(lane))
        return self._searches[lane]

    def _priced(self, lane: int) -> PricedSearch:
        """Return the search of all corridors at the prices of a lane on the arcs near its routes.

        Lanes share its arrays but for prices; those of its corridors alone would be its own.
        """
        if self._near is not None and lane not in self._at_prices:
            self._at_prices[lane] = self._search(lane, self._near)
        elif not self._at_prices:
            self._at_prices = dict(enumerate(on_networks(self._kept, wide)))
        return self._at_prices[lane]

    def _of_lane(self, lane: int, search: PricedSearch) -> PricedSearch:
        """Return a search on the arcs of a lane's corridors."""
        keep = np.isin(search.network.corridor, list(self.lanes[lane].corridors))
        return search if keep.all() else search.on(search.network.only(keep)[0])

    def closest(self, lane: int) -> PricedSearch:
        """Return the search of a lane on the arcs of `close`."""
        if np.array_equal(self.close.below_usd, self.part.below_usd):
            return self.near(lane)
        if lane not in self._kept_close:
            found = self.near(lane).only(self.close)
            self._kept_close |= zip([lane], on_networks([found], narrow), strict=True)
        if lane not in self._close:
            kept = self._kept_close[lane]
            self._close |= zip([lane], on_networks([kept], wide), strict=True)
        return self._close[lane]

    def _search(self, lane: int, network: PricedNetwork) -> PricedSearch:
        """Return the search at the prices of a lane on the whole network or a part of it."""
        terms = self.lanes[lane]
        # Kept once the whole is released, as it takes the whole to know.
        if lane not in self._longest:
            self._longest[lane] = self.posed.longest_by_ice(terms)
        return self.posed.search(network, terms, longest_by_ice=self._longest[lane])

    def cheapest(
        self,
        lane: int,
        day: int,
        dual_prices: DualPrices,
        *,
        objective: ObjectiveWeights,
        most_usd: float,
    ) -> PricedRoute | None:
        """Return the cheapest route of a departure below `most_usd`; see `PricedSearch`."""
        found, left_out_usd = None, self.part.left_out_usd(dual_prices.by_set)
        # A limit on CO2e or cost is tried with other weights, for which any route may be best.
        heavier = self.near(lane).objective.at_most(objective)
        if heavier or self.part.is_whole:
            below_usd = min(most_usd, left_out_usd)
            near = self.near(lane)
            found = near.cheapest(day, dual_prices, objective=objective, most_usd=below_usd)
            if found is None and below_usd == most_usd:
                return None
        if found is None:
            whole = self.whole(lane)
            found = whole.cheapest(day, dual_prices, objective=objective, most_usd=most_usd)
            if self._is_released:
                # Search well beyond such routes from now on, with prices of sets.
                usd = most_usd if found is None else min(most_usd, NEAR * found[1])
                beyond_usd = (NEAR - 1.0) * float(self.least_usd.min()) if heavier else math.inf
                self._widen(usd + beyond_usd - self.part.paid(dual_prices.by_set))
        if found is not None:
            if lane not in self._begun and found[1] * WELL_WITHIN > left_out_usd:
                # On no single day may every arc be at its best.
                times = NEAR * found[1] / float(self.least_usd.min())
                self._widen(self._worth(times * self.least_usd))
            self._begun.add(lane)
            self._met.update(found[0].arcs)
        return found

    def cheapest_along(
        self, lane: int, day: int, free: DualPrices, *, member: int, known: KnownRoutes
    ) -> PricedRoute | None:
        """Return the cheapest route of a departure on the arcs of one set, as of a corridor.

        Corridors share no arc, so each is a small network of its own.
        """
        if self._along[0] != lane:
            self._along = lane, {}
        if member not in self._along[1]:
            whole = self.whole(lane)
            inside = whole.network.sets >> member & 1 == 1
            self._along[1][member] = whole.on(whole.network.only(inside)[0])
        search = self._along[1][member]
        found = search.cheapest_known(day, free, known, most_usd=MISSING_USD[0])
        if found is not None:
            self._met.update(found[0].arcs)
        return found

    def _worth(self, usd: FloatArray) -> FloatArray:
        """Return up to which cost routes are worth a search, with the rewards to expect."""
        return np.asarray(np.minimum(usd, usd.min() - self.part.paid(self._rewards)))

    def _widen(self, below_usd: FloatArray) -> None:
        """Search near routes below so many USD, by combination of sets, from now on."""
        self.part = replace(self.part, below_usd=np.maximum(self.part.below_usd, below_usd))
        self._near, self._searches = self.posed.below(self.part), {}
        self._at_prices = {}

    def release(self) -> None:
        """Keep only the arcs near the cheapest routes."""
        if self._near is not None:
            if self._is_charted:
                self.chart = self._charted(self._near)
            searches = [self._priced(lane) for lane in range(len(self.lanes))]
            self._kept = on_networks(searches, narrow)
        self._posed, self._near, self._whole = None, None, None
        self._searches, self._at_prices, self._close = {}, {}, {}
        self._along = -1, {}
        self._is_released = True

    def _charted(self, near: PricedNetwork) -> Chart | None:
        """Return the chart of the routes found, from the first of the departures."""
        network, question = self.posed.network, self.posed.questions[0]
        number = np.union1d(near.problem.number, np.array(sorted(self._met), np.int64))
        if not number.size:
            return None
        return Chart(
            first_day=question.scenario.departure,
            origin=question.origin,
            destination=question.destination,
            corridors=tuple(
                one.title if isinstance(question, ContractQuestion) else one.id
                for one in question.corridors
            ),
            is_sold=isinstance(question, ContractQuestion),
            topology=self.posed.topology.only(network.problem.base[number]),
            number=number,
            corridor=network.corridor[number] % len(question.corridors),
            declared=question.declared,
        )


def on_networks(
    searches: Sequence[PricedSearch],
    convert: Callable[[Sequence[PricedNetwork]], Sequence[PricedNetwork]],
) -> list[PricedSearch]:
    """Return searches on their networks, converted together: they share most of their arrays."""
    networks = convert([search.network for search in searches])
    return [search.on(network) for search, network in zip(searches, networks, strict=True)]


class Lane:
    """Some departures of a pair, with the same prices and corridors.

    Parameters
    ----------
    shared
        The network of the pair.
    number
        Which of its lanes this is.
    first_day
        The day from which days of departure count.
    departures
        Those days by month of the plan.
    years
        By number the years in which the plan may begin that have these departures.
    """

    def __init__(
        self,
        shared: PairNetwork,
        number: int,
        *,
        first_day: date,
        departures: Mapping[int, tuple[int, ...]],
        years: frozenset[int] = frozenset((0,)),
    ) -> None:
        self.shared = shared
        self.number = number
        self.first_day = first_day
        self.departures = departures
        self.years = years

    @property
    def chart(self) -> Chart | None:
        """The chart of the routes found; None if there are none."""
        self.shared.release()
        chart = self.shared.chart
        return chart and replace(chart, first_day=self.first_day)

    def may_pay(self, month: int) -> tuple[IntArray, slice]:
        """Return the resources and months for which a route may pay that leaves in a month."""
        return self.shared.resources, slice(month, None)

    def least_usd(self) -> FloatArray:
        """Return at least what a route costs without dual prices, by combination of groups."""
        part = self.shared.part
        near = self.shared.near(self.number).least_usd(part.groups)
        return np.maximum(self.shared.least_usd, np.minimum(near, part.below_usd))

    def near(
        self,
        day: int,
        dual_prices: DualPrices,
        *,
        objective: ObjectiveWeights,
        most_usd: float,
    ) -> tuple[PricedRoute | None, float]:
        """Return the cheapest of the closest routes below `most_usd`, and the least of others."""
        search, part = self.shared.closest(self.number), self.shared.close
        found = search.cheapest(day, dual_prices, objective=objective, most_usd=most_usd)
        if part.is_whole or search.objective.at_most(objective):
            return found, part.left_out_usd(dual_prices.by_set)
        return found, -math.inf

    def cheapest(
        self,
        day: int,
        dual_prices: DualPrices,
        *,
        objective: ObjectiveWeights,
        most_usd: float,
    ) -> tuple[PricedRoute | None, float]:
        """Return the cheapest route below `most_usd`; nothing is left out that costs less."""
        found = self.shared.cheapest(
            self.number, day, dual_prices, objective=objective, most_usd=most_usd
        )
        return found, math.inf

    def cheapest_along(
        self, day: int, free: DualPrices, *, member: int, known: KnownRoutes
    ) -> PricedRoute | None:
        """Return the cheapest route of a departure on the arcs of one set; see `PairNetwork`."""
        return self.shared.cheapest_along(self.number, day, free, member=member, known=known)
