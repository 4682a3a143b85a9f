"""Lower bounds on the cost of a route under dual prices, by month of departure and by the hour.

The price of a set is paid once. A bound counts a reward (a negative price) if the set may still be
met, and a positive price if the set cannot be missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.routing.priced import compiled
from corridors.routing.priced.kernel import NO_WAY, Duals
from corridors.routing.priced.network import (
    DualPrices,
    FloatArray,
    IntArray,
    ObjectiveWeights,
    PricedNetwork,
)
from corridors.routing.problem import SINK, SOURCE
from corridors.routing.terms import JOURNEY_DAYS
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY

BoolArray = npt.NDArray[np.bool_]
ALIKE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsAhead:
    """Sets as bits: by node, those that may and must be met on the way to the sink.

    `over_may` and `over_must` are by arc, for routes over it from source to sink.
    """

    may: IntArray
    must: IntArray
    over_may: IntArray
    over_must: IntArray

    def least_paid(self, by_set: FloatArray) -> FloatArray:
        """Return by arc the least that a route over it pays for all sets; below 0 it gains."""
        paid = np.zeros(self.over_may.shape[0])
        for number in np.flatnonzero(by_set).tolist():
            met = self.over_may if by_set[number] < 0.0 else self.over_must
            paid += (met >> number & 1) * by_set[number]
        return paid

    def only(self, keep: BoolArray, nodes: IntArray) -> SetsAhead:
        """Return the sets of some arcs and nodes."""
        return SetsAhead(
            may=self.may[nodes],
            must=self.must[nodes],
            over_may=self.over_may[keep],
            over_must=self.over_must[keep],
        )


def sets_ahead(network: PricedNetwork, *, into: tuple[IntArray, IntArray]) -> SetsAhead:
    """Return the sets that routes of a network may and must meet.

    Parameters
    ----------
    network
        The network.
    into
        Its arcs by head: the first of each node, and the arcs.
    """
    problem, sets = network.problem, network.sets
    arcs = np.arange(problem.base.shape[0])
    if not sets.any():
        none = np.zeros(problem.node_count, np.int64)
        return SetsAhead(may=none, must=none, over_may=sets, over_must=sets)
    met = compiled.sets_met
    may, must = met(*into, problem.tail, sets, SINK)
    before, held = met(problem.first_arc, arcs, problem.head, sets, SOURCE)
    return SetsAhead(
        may=may,
        must=must,
        over_may=before[problem.tail] | sets | may[problem.head],
        over_must=held[problem.tail] | sets | must[problem.head],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least USD to the sink by node, without sets, and over each arc from source to sink.

    Valid for routes below `most_usd`; `NO_WAY` on arcs that no such route takes. `changes` are the
    arcs on which the day matters: they open, close or change speed while a route of the month may
    pass, or their price differs from month to month.
    """

    to_sink: FloatArray
    over_arc: FloatArray
    changes: BoolArray
    most_usd: float
    dual_prices: DualPrices
    objective: ObjectiveWeights

    def serves(self, dual_prices: DualPrices, objective: ObjectiveWeights, most_usd: float) -> bool:
        """Return whether these bounds hold for such prices and routes below `most_usd`."""
        return (
            dual_prices is self.dual_prices
            and objective == self.objective
            and most_usd <= self.most_usd
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What bounds one network whatever the dual prices and the day.

    By node, `far_minutes` are the least to the sink, `near_minutes` those from the source, and
    `latest` the minutes under way after which no ice is entered. `free_usd` is by arc the least
    cost of a route over it without dual prices. `not_travelled` are the most minutes before
    departure.
    """

    far_minutes: FloatArray
    near_minutes: FloatArray
    latest: IntArray
    sets: SetsAhead
    free_usd: FloatArray
    not_travelled: int

    def only(self, keep: BoolArray, nodes: IntArray) -> Lasting:
        """Return the same for some arcs and nodes."""
        return Lasting(
            far_minutes=self.far_minutes[nodes],
            near_minutes=self.near_minutes[nodes],
            latest=self.latest[nodes],
            sets=self.sets.only(keep, nodes),
            free_usd=self.free_usd[keep],
            not_travelled=self.not_travelled,
        )


class PricedBounds:
    """Bounds of one network under successive dual prices.

    Parameters
    ----------
    network
        The network.
    objective
        The least that a unit weighs, whatever the dual prices.
    most_minutes
        Longest duration of a route, waits included.
    max_wait_days
        Whole days a route may wait on the way.
    month_of_day
        The month of each day, by number.
    longest_round
        A route through ice takes at most this many times as long as the quickest one.
    lasting
        What is known of the network because it is part of a larger one; by default it is computed.
    """

    def __init__(
        self,
        network: PricedNetwork,
        objective: ObjectiveWeights,
        *,
        most_minutes: int,
        max_wait_days: int,
        month_of_day: IntArray,
        longest_round: float,
        lasting: Lasting | None = None,
    ) -> None:
        self._network = network
        self._objective = objective
        self._most_minutes = most_minutes
        self._max_wait_days = max_wait_days
        self._month_of_day = month_of_day
        self._longest_round = longest_round
        problem = network.problem
        first, _, order = problem.by_head(fast=True)
        self._into = first, order
        self._arc_of_use = np.repeat(np.arange(problem.base.shape[0]), np.diff(network.use_first))
        self.lasting = lasting or self._lasting(longest_round)
        self._latest: tuple[int, Bounds] | None = None

    def of(
        self, month: int, dual_prices: DualPrices, objective: ObjectiveWeights, most_usd: float
    ) -> Bounds:
        """Return the bounds of departures of a month for routes below `most_usd`."""
        # Departures are asked for month by month, so only the bounds of the latest one are kept.
        if self._latest is not None:
            of, known = self._latest
            if of == month and known.serves(dual_prices, objective, most_usd):
                return known
        found = self._found(month, dual_prices, objective, most_usd)
        self._latest = month, found
        return found

    def only(self, keep: BoolArray, network: PricedNetwork, nodes: IntArray) -> PricedBounds:
        """Return the bounds of a part of the network: of the arcs `keep` and of `nodes`."""
        return PricedBounds(
            network,
            self._objective,
            most_minutes=self._most_minutes,
            max_wait_days=self._max_wait_days,
            month_of_day=self._month_of_day,
            longest_round=self._longest_round,
            lasting=self.lasting.only(keep, nodes),
        )

    def leads_to(self, kept: BoolArray, marked: BoolArray) -> BoolArray:
        """Return by node whether a path over kept arcs leads over a marked one."""
        found = compiled.leads_to(*self._into, self._network.problem.tail, kept, marked)
        return np.asarray(found)

    def _weight(self, arcs: IntArray | slice, objective: ObjectiveWeights) -> FloatArray:
        problem = self._network.problem
        return np.asarray(
            problem.low_cents[arcs] * (objective.usd / CENTS_PER_USD)
            + problem.low_minutes[arcs] * (objective.day / MINUTES_PER_DAY)
            + problem.low_grams[arcs] * (objective.kg / GRAMS_PER_KG)
        )

    def _found(
        self, month: int, dual_prices: DualPrices, objective: ObjectiveWeights, most_usd: float
    ) -> Bounds:
        problem, network = self._network.problem, self._network
        by_set = self.lasting.sets.least_paid(dual_prices.by_set)
        if self._objective.at_most(objective):
            # Prices only add to the cost, so most arcs are ruled out before any bound under dual
            # prices is computed.
            kept = np.flatnonzero(self.lasting.free_usd + by_set < most_usd)
        else:
            kept = np.arange(problem.base.shape[0])
        weight = np.full(problem.base.shape[0], NO_WAY)
        weight[kept] = self._weight(kept, objective)
        days = np.flatnonzero(self._month_of_day == month)
        changes, never = self._dated(days, kept)
        weight[never] = NO_WAY
        if network.use_resource.shape[0]:
            last = min(int(days[-1]) + JOURNEY_DAYS, self._month_of_day.shape[0] - 1)
            ahead = dual_prices.by_month[:, month : int(self._month_of_day[last]) + 1]
            least = ahead.min(axis=1)
            paid = network.use_amount * least[network.use_resource]
            weight += np.bincount(self._arc_of_use, paid, minlength=weight.shape[0])
            uneven = ahead.max(axis=1) - least > ALIKE
            changes[self._arc_of_use[uneven[network.use_resource]]] = True
        # Slightly less, so that rounding never makes a bound too high.
        to_sink = self._to_sink(weight)
        to_sink = np.where(to_sink < NO_WAY, to_sink * (1.0 - ALIKE), to_sink)
        return Bounds(
            to_sink=to_sink,
            over_arc=self._over(weight, to_sink) + by_set,
            changes=changes,
            most_usd=most_usd,
            dual_prices=dual_prices,
            objective=objective,
        )

    def _over(self, weight: FloatArray, to_sink: FloatArray) -> FloatArray:
        """Return the least weight over each arc from source to sink."""
        problem = self._network.problem
        over = self._from_source(weight)[problem.tail] + weight + to_sink[problem.head]
        return np.asarray(over * (1.0 - ALIKE))

    def _dated(self, days: IntArray, kept: IntArray) -> tuple[BoolArray, IntArray]:
        """Return which kept arcs change, and which stay closed, for routes leaving on `days`."""
        problem = self._network.problem
        changing = np.zeros(problem.base.shape[0], bool)
        dated = kept[problem.profile[kept] >= 0]
        if not dated.size:
            return changing, dated
        tail, profile = problem.tail[dated], problem.profile[dated]
        most = np.full(dated.shape[0], float(self._most_minutes))
        ice = problem.through[profile]
        waited = self._max_wait_days * MINUTES_PER_DAY
        most[ice] = np.minimum(most[ice], self.lasting.latest[tail[ice]] + float(waited))
        # Minutes under way include those before departure, which do not count on the clock.
        least = self.lasting.near_minutes[tail] - self.lasting.not_travelled
        least = np.clip(least, 0.0, most.max(initial=0.0))
        first = np.clip(days[0] + least // MINUTES_PER_DAY, 0, problem.days).astype(np.int64)
        last = np.clip(days[-1] + most // MINUTES_PER_DAY + 1, first, problem.days).astype(np.int64)
        opened = np.zeros((problem.minutes_per_km.shape[0], problem.days + 1), np.int64)
        opened[:, 1:] = np.cumsum(problem.minutes_per_km >= 0.0, axis=1)
        never = opened[profile, last] <= opened[profile, first]
        turned = np.zeros_like(opened)
        for number, changed in enumerate(problem.change_days):
            inside = [day for day in changed if 0 < day <= problem.days]
            turned[number, inside] = 1
        turned = np.cumsum(turned, axis=1)
        # On legs through ice, later changes count too.
        longest = days[-1] + self._most_minutes // MINUTES_PER_DAY + 1
        end = np.where(ice, np.clip(longest, 0, problem.days), last).astype(np.int64)
        changing[dated] = ~never & (turned[profile, end] > turned[profile, first])
        return changing, dated[never]

    def _to_sink(self, weight: FloatArray) -> FloatArray:
        problem = self._network.problem
        found = compiled.least_values(*self._into, problem.tail, weight, SINK)
        return np.asarray(found)

    def _from_source(self, weight: FloatArray) -> FloatArray:
        problem = self._network.problem
        every = np.arange(problem.base.shape[0])
        found = compiled.least_values(problem.first_arc, every, problem.head, weight, SOURCE)
        return np.asarray(found)

    def _lasting(self, longest_round: float) -> Lasting:
        """Return what bounds the network whatever the dual prices and the day."""
        problem = self._network.problem
        far = self._to_sink(problem.low_minutes.astype(float))
        near = self._from_source(problem.low_minutes.astype(float))
        weight = self._weight(slice(None), self._objective)
        begun = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
        return Lasting(
            far_minutes=far,
            near_minutes=near,
            latest=self._latest_into_ice(longest_round, near, far),
            sets=sets_ahead(self._network, into=self._into),
            free_usd=self._over(weight, self._to_sink(weight)),
            not_travelled=int((problem.minutes[begun] - problem.clock[begun]).max(initial=0)),
        )

    def _latest_into_ice(
        self, longest_round: float, near_minutes: FloatArray, far_minutes: FloatArray
    ) -> IntArray:
        """Return by node the minutes under way after which no ice is entered."""
        problem = self._network.problem
        latest = np.full(problem.node_count, 1 << 60, np.int64)
        ice = np.flatnonzero(problem.profile >= 0)
        ice = ice[problem.through[problem.profile[ice]]]
        if not ice.size:
            return latest
        through = near_minutes[problem.tail[ice]] + problem.low_minutes[ice]
        quickest = float((through + far_minutes[problem.head[ice]]).min())
        left = longest_round * max(1.0, quickest) - far_minutes
        return np.clip(left, -1.0, float(1 << 60)).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The least USD to the sink by row and time step, without sets.

    `row_of` is by node, -1 where the hour does not matter. A row has `steps` from its `first`, of
    `length` minutes.
    """

    row_of: IntArray
    by_step: FloatArray
    first: IntArray
    steps: IntArray
    length: int


def without_hours(nodes: int) -> Ahead:
    """Return bounds in which the hour matters at no node."""
    nothing = np.zeros(1, np.int64)
    return Ahead(
        row_of=np.full(nodes, -1, np.int64),
        by_step=np.zeros((1, 1)),
        first=nothing,
        steps=nothing,
        length=MINUTES_PER_DAY,
    )


def by_the_hour(
    network: PricedNetwork,
    bounds: Bounds,
    *,
    lasting: Lasting,
    length: int,
    kept: BoolArray,
    counts: BoolArray,
    start_day: int,
    most_minutes: int,
    month_of_day: IntArray,
    max_wait_days: int,
) -> Ahead:
    """Return the least cost to the sink by the hour, at the nodes where the hour matters.

    Parameters
    ----------
    network
        The network.
    bounds
        Bounds for any day.
    lasting
        What bounds the network on any day.
    length
        Of a time step in minutes; a day is a whole number of them. A route gains up to a step on
        each arc in the bound, so that short ones bound better.
    kept
        The arcs to use.
    counts
        By node, whether the hour may matter; never at the sink.
    start_day
        The day of departure.
    most_minutes
        Longest time under way; beyond it, and where no ice is entered any more, `bounds` apply.
    month_of_day
        The month of each day.
    max_wait_days
        Whole days a route may wait, here any number of times.
    """
    problem, objective = network.problem, bounds.objective
    nodes = np.flatnonzero(counts)
    row_of = np.full(problem.node_count, -1, np.int64)
    row_of[nodes] = np.arange(nodes.shape[0])
    # A box is nowhere before the quickest one; a step before, since steps begin at full hours.
    began = start_day * MINUTES_PER_DAY
    soonest = np.clip(lasting.near_minutes[nodes] - lasting.not_travelled, 0.0, most_minutes)
    latest = np.minimum(lasting.latest[nodes] + max_wait_days * MINUTES_PER_DAY, most_minutes)
    first = np.maximum((began + soonest.astype(np.int64)) // length - 1, began // length)
    steps = np.maximum((began + latest) // length + 1 - first, 0)
    by_step = compiled.least_by_step(
        nodes,
        row_of,
        problem.arcs(fast=True),
        problem.by_day,
        kept,
        network.uses,
        problem.waits & (max_wait_days > 0),
        objective.worth,
        Duals(
            by_month=bounds.dual_prices.by_month,
            by_set=bounds.dual_prices.by_set,
            month_of_day=month_of_day,
        ),
        bounds.to_sink,
        problem.wait_cents_per_day,
        first,
        steps,
        length,
    )
    return Ahead(row_of=row_of, by_step=by_step, first=first, steps=steps, length=length)
