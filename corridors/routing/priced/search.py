"""Search the cheapest route of a departure under dual prices.

There are two passes. The first ignores times in dominance and quickly finds a real route. The
second uses only arcs over which a cheaper route might lead, and compares labels by the hour where
something ahead of them changes with the day.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass, field

import numpy as np

from corridors.errors import CorridorsError
from corridors.routing.priced import compiled, kernel
from corridors.routing.priced.bounds import (
    Ahead,
    BoolArray,
    Bounds,
    PricedBounds,
    by_the_hour,
    without_hours,
)
from corridors.routing.priced.network import (
    DualPrices,
    FloatArray,
    IntArray,
    ObjectiveWeights,
    PlannedRoute,
    PricedNetwork,
    route_of,
)
from corridors.routing.problem import SINK, SOURCE
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND
from corridors.units import MINUTES_PER_DAY

# Beyond MAX_LABELS (1 GB) no route is found. Where times of day are compared, each pair is how many
# labels a search may make and the minutes of the time steps by which it is bounded, 0 for none;
# after the last one the route of the first pass is kept. In both cases the departure counts as cut.
MAX_LABELS = 10_000_000
LABELS_BY_TIME = ((500, 0), (20_000, 60))
MAX_TRACKED = 62
Found = tuple[PlannedRoute, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The arcs of routes below this many USD, with these prices of sets and no other dual prices.

    `by_set` are <= 0. Higher prices, and those of capacities, leave fewer routes below `below_usd`.
    """

    below_usd: float
    by_set: FloatArray

    @property
    def is_whole(self) -> bool:
        """Whether it has every route, whatever the prices and weights."""
        return math.isinf(self.below_usd)

    def has_all(self, dual_prices: DualPrices) -> bool:
        """Return whether it has every route below `below_usd` under these prices."""
        return self.is_whole or bool((dual_prices.by_set >= self.by_set).all())


@dataclass(slots=True, kw_only=True)
class Learnt:
    """What the searches of a network have met, which holds for its parts too.

    `legs` and `nodes` are those whose repetition is tracked, with their bits; nodes are those of
    the whole network. `cut` are the departures whose last search was too large.
    """

    legs: dict[int, int] = field(default_factory=dict)
    nodes: dict[int, int] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)

    @property
    def tracked(self) -> int:
        """Number of legs and nodes that are tracked."""
        return len(self.legs) + len(self.nodes)


class PricedSearchError(CorridorsError):
    """The cheapest route under dual prices cannot be searched."""


class PricedSearch:
    """Finds the cheapest routes of one network for any departure and dual prices.

    Parameters
    ----------
    network
        The network.
    objective
        Weights of the objective.
    max_wait_days
        Whole days a route may wait at terminals on the way.
    max_minutes
        The deadline, gate to gate; None for none.
    month_of_day
        The month of each day, by number; later days belong to the last one.
    learnt
        What earlier searches of the same network have met; nothing by default.

    `cut` holds the departures whose last search was too large to compare times of day. Their routes
    are real, but a cheaper one that depends on arriving later may have been missed.
    """

    def __init__(
        self,
        network: PricedNetwork,
        objective: ObjectiveWeights,
        *,
        max_wait_days: int,
        max_minutes: int | None,
        month_of_day: IntArray,
        longest_round: float = LONGEST_ROUND,
        learnt: Learnt | None = None,
    ) -> None:
        self.network = network
        self.objective = objective
        self._max_wait_days = max_wait_days
        self._timed = max_minutes is not None
        journey = JOURNEY_DAYS * MINUTES_PER_DAY
        self._most_minutes = journey if max_minutes is None else min(max_minutes, journey)
        self._month_of_day = month_of_day
        self._bounds = PricedBounds(
            network,
            objective,
            most_minutes=self._most_minutes,
            max_wait_days=max_wait_days,
            month_of_day=month_of_day,
            longest_round=longest_round,
        )
        self.learnt = learnt or Learnt()
        self._nodes = np.arange(network.problem.node_count)
        self._track()

    @property
    def cut(self) -> set[int]:
        """The departures whose last search was too large."""
        return self.learnt.cut

    @property
    def least_usd(self) -> float:
        """At least what a route costs without dual prices, whatever the day; else `NO_WAY`."""
        return float(self._bounds.lasting.free_usd.min(initial=kernel.NO_WAY))

    def only(self, part: Part) -> PricedSearch:
        """Return the search of the arcs that routes of a part may use.

        It finds what this search finds below `below_usd` of the part, if the part has all routes
        under the dual prices.
        """
        lasting = self._bounds.lasting
        keep = lasting.free_usd + lasting.sets.least_paid(part.by_set) < part.below_usd
        network, nodes = self.network.only(keep)
        found = copy(self)
        found.network = network
        found._bounds = self._bounds.only(keep, network, nodes)
        found._nodes = self._nodes[nodes]
        found._track()
        return found

    def cheapest(
        self,
        start_day: int,
        dual_prices: DualPrices,
        *,
        objective: ObjectiveWeights,
        most_usd: float,
    ) -> Found | None:
        """Return the cheapest route of a departure with its objective, dual prices included.

        None if there is none below `most_usd`. No leg and no state is visited twice.

        Parameters
        ----------
        start_day
            The day of departure, counted from the first day of the problem.
        dual_prices
            Prices of capacities and limits.
        objective
            Current weights: those of the objective plus what limits add.
        most_usd
            Upper limit of the result.

        Raises
        ------
        PricedSearchError
            There are too many repeated legs to track.
        """
        self.cut.discard(start_day)
        if self._tracked < self.learnt.tracked:
            self._track()
        bounds = self._bounds.of(
            int(self._month_of_day[start_day]), dual_prices, objective, most_usd
        )
        kept, mode = self._arcs_to_search(bounds, most_usd)
        if not kept.any():
            return None
        any_hour = without_hours(self.network.problem.node_count)
        quick, made = self._elementary(
            start_day, bounds, any_hour, kept, np.zeros_like(mode), most_usd, MAX_LABELS
        )
        if made >= MAX_LABELS:
            self.cut.add(start_day)
            return None
        if not mode.any():
            return quick
        if quick is not None:
            most_usd = quick[1]
            kept, mode = self._arcs_to_search(bounds, most_usd)
            if not mode.any():
                return quick
        for most_labels, length in LABELS_BY_TIME:
            ahead = any_hour
            if length:
                ahead = by_the_hour(
                    self.network,
                    bounds,
                    lasting=self._bounds.lasting,
                    length=length,
                    kept=kept,
                    counts=mode > 0,
                    start_day=start_day,
                    most_minutes=self._most_minutes,
                    month_of_day=self._month_of_day,
                    max_wait_days=self._max_wait_days,
                )
            exact, made = self._elementary(
                start_day, bounds, ahead, kept, mode, most_usd, most_labels
            )
            if made < most_labels:
                return exact or quick
        self.cut.add(start_day)
        return quick

    def _arcs_to_search(self, bounds: Bounds, most_usd: float) -> tuple[BoolArray, IntArray]:
        """Return the arcs that a route below `most_usd` may use, and the dominance mode by node."""
        kept = bounds.over_arc < most_usd
        ahead = self._bounds.leads_to(kept, bounds.changes)
        waits = self.network.problem.waits
        here = np.where(waits, 1, 2) if self._max_wait_days else 2
        return kept, np.where(ahead, here, 0).astype(np.int64)

    def _elementary(
        self,
        start_day: int,
        bounds: Bounds,
        ahead: Ahead,
        kept: BoolArray,
        mode: IntArray,
        most_usd: float,
        most_labels: int,
    ) -> tuple[Found | None, int]:
        """Return the cheapest route that repeats nothing, and the number of labels."""
        while True:
            found, made = self._search(start_day, bounds, ahead, kept, mode, most_usd, most_labels)
            if found is None or not self._repeats(found[0]):
                return found, made

    def _search(
        self,
        start_day: int,
        bounds: Bounds,
        ahead: Ahead,
        kept: BoolArray,
        mode: IntArray,
        most_usd: float,
        most_labels: int,
    ) -> tuple[Found | None, int]:
        problem, network = self.network.problem, self.network
        dual_prices, objective = bounds.dual_prices, bounds.objective
        rows, figures, value, made = compiled.priced_search(
            SOURCE,
            SINK,
            start_day * MINUTES_PER_DAY,
            problem.arcs(fast=True),
            problem.by_day,
            kernel.Kept(arc=kept, bit=self._arc_bit, sets=network.sets),
            kernel.States(
                bit=self._node_bit,
                mode=mode,
                waits=problem.waits,
                latest=self._bounds.lasting.latest,
            ),
            network.uses,
            objective.worth,
            kernel.Duals(
                by_month=dual_prices.by_month,
                by_set=dual_prices.by_set,
                month_of_day=self._month_of_day,
            ),
            kernel.Ahead(
                value=bounds.to_sink,
                minutes=self._bounds.lasting.far_minutes,
                may=self._bounds.lasting.sets.may,
                must=self._bounds.lasting.sets.must,
                row_of=ahead.row_of,
                by_step=ahead.by_step,
                first=ahead.first,
                steps=ahead.steps,
                length=ahead.length,
            ),
            kernel.Limits(
                max_wait_days=self._max_wait_days,
                cents_per_day=problem.wait_cents_per_day,
                most_minutes=self._most_minutes,
                timed=self._timed,
                most_value=float(most_usd),
                most_labels=most_labels,
            ),
        )
        if made >= most_labels or not rows.shape[0]:
            return None, made
        route = route_of(network, rows, figures, month_of_day=self._month_of_day)
        return (route, float(value)), made

    def _repeats(self, route: PlannedRoute) -> bool:
        """Track the legs and nodes that a route repeats; return whether there are any."""
        problem = self.network.problem
        arcs = np.searchsorted(problem.number, route.arcs)
        legs = [leg for leg in problem.leg[arcs].tolist() if leg >= 0]
        nodes = self._nodes[problem.head[arcs]].tolist()
        twice_legs = {leg for leg in legs if legs.count(leg) > 1}
        twice_nodes = {node for node in nodes if nodes.count(node) > 1}
        for known, twice in ((self.learnt.legs, twice_legs), (self.learnt.nodes, twice_nodes)):
            for each in sorted(twice):
                if self.learnt.tracked >= MAX_TRACKED:
                    msg = "too many legs would be used there and back: narrow the corridors"
                    raise PricedSearchError(msg)
                known[each] = 1 << self.learnt.tracked
        if twice_legs or twice_nodes:
            self._track()
        return bool(twice_legs or twice_nodes)

    def _track(self) -> None:
        """Mark the arcs and nodes whose repetition is tracked."""
        problem = self.network.problem
        self._arc_bit = np.zeros(problem.base.shape[0], np.int64)
        self._node_bit = np.zeros(problem.node_count, np.int64)
        for leg, bit in self.learnt.legs.items():
            self._arc_bit[problem.leg == leg] = bit
        for node, bit in self.learnt.nodes.items():
            self._node_bit[self._nodes == node] = bit
        self._tracked = self.learnt.tracked


def without_prices(most_usd: float, dual_prices: DualPrices) -> float:
    """Return the most that routes below `most_usd` may cost without dual prices.

    Prices only add to the cost, except those of sets below 0, which are rewards.
    """
    return most_usd - float(dual_prices.by_set.clip(max=0.0).sum())
