"""The cheapest route under dual prices by a search that shares nothing with the program's.

Ways are followed from the source, the most promising first. What is left of one costs at least its
way to the sink in a graph of (node, sets met) without dates, which scipy's Dijkstra finds; the
prices of sets are paid at the sink. A deadline is in the bound as a price of time (Handler and
Zang). A way comes to no place twice.

A route is one of a plan if no other way to a place on it is as good: as cheap with all that it
paid, as quick, as clean, there no later, and free to go on as the route does. That is the model's
rule against detours that only let time pass, here until a month in which a capacity costs less. So
a way that another one is as good as must yet come to one of the places that the other has met.

References
----------
Handler, G. Y. and Zang, I. (1980), A dual algorithm for the constrained shortest path problem,
Networks 10, 293-309.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.arrays import FloatArray, IntArray
from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.problem import SINK, SOURCE
from corridors.routing.terms import JOURNEY_DAYS
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY
from tests.enumeration import run

# Prices of a day for the deadline: each gives a bound, and the highest holds.
DAY_USD = (0.0, 10.0, 30.0, 100.0)
# A zero cost would be no entry in a sparse matrix.
SMALLEST_USD = 1e-9
# Sums of floats in another order differ by less.
ROUNDING_USD = 1e-6


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to a node: USD with dual prices but those of sets, minutes, grams and the clock.

    `met` are the bits of sets met and of places met. The rest of the route must meet a place of
    each of `owed`, which are bits too.
    """

    usd: float
    minutes: int
    grams: int
    clock: int
    met: int
    owed: frozenset[int] = frozenset()


class _Ways:
    """The ways to a node, and their figures in an array that grows."""

    def __init__(self) -> None:
        self._ways: list[_Way] = []
        self._figures = np.zeros((16, 4))

    def add(self, way: _Way, total_usd: float) -> None:
        """Add a way with its USD, prices of sets included."""
        count = len(self._ways)
        if count == self._figures.shape[0]:
            self._figures = np.concatenate([self._figures, np.zeros((count, 4))])
        self._figures[count] = total_usd, way.minutes, way.grams, way.clock
        self._ways.append(way)

    def no_dearer(self, way: _Way, total_usd: float) -> list[_Way]:
        """Return the ways that are no dearer, slower, dirtier or later than another one."""
        most = total_usd + ROUNDING_USD, way.minutes, way.grams, way.clock
        found = (self._figures[: len(self._ways)] <= most).all(axis=1)
        return [self._ways[n] for n in np.flatnonzero(found).tolist()]


class SecondPath:
    """Finds routes of one network cheaper than a price, for departures of one month.

    Parameters
    ----------
    network
        The network.
    month_of_day
        The month of each day, by number.
    month
        The month of the departures; None for any.
    duals, weights
        What a route pays and weighs.
    most_usd
        Only cheaper routes are searched.
    max_minutes
        The deadline; None for none.
    arcs
        Arcs with all routes below `most_usd`, such as the `arcs` of an easier question; None for
        all.
    """

    def __init__(
        self,
        network: PricedNetwork,
        month_of_day: IntArray,
        *,
        month: int | None,
        duals: DualPrices,
        weights: ObjectiveWeights,
        most_usd: float,
        max_minutes: int | None,
        arcs: IntArray | None = None,
    ) -> None:
        self._network, self._month_of_day = network, month_of_day
        self._duals, self._weights = duals, weights
        self._most_usd, self._max_minutes = most_usd, max_minutes
        self.settled = 0
        # Sets without a price do not matter.
        self._priced = np.flatnonzero(duals.by_set).tolist()
        self._count = 1 << len(self._priced)
        self._sets = sum(
            (network.sets >> number & 1) << bit for bit, number in enumerate(self._priced)
        ) + np.zeros_like(network.sets)
        self._paid = [
            sum(float(duals.by_set[n]) for bit, n in enumerate(self._priced) if met >> bit & 1)
            for met in range(self._count)
        ]
        arc_usd = self._least_usd(month)
        days = network.problem.low_minutes / MINUTES_PER_DAY
        self._bounds: list[tuple[float, list[float]]] = []
        arcs = np.arange(days.shape[0]) if arcs is None else arcs
        arcs = arcs[np.isfinite(arc_usd[arcs])]
        for day_usd in DAY_USD if max_minutes is not None else DAY_USD[:1]:
            within = most_usd + day_usd * (max_minutes or 0) / MINUTES_PER_DAY
            ahead, through = self._least_ahead(arcs, (arc_usd + day_usd * days)[arcs])
            self._bounds.append((day_usd, ahead.tolist()))
            arcs = arcs[through < within]
        self.arcs = arcs
        tail, head, usd, goal, least = self._graph(arcs, arc_usd[arcs])
        # The states of these arcs alone, in order, of which the goal is the last.
        states, number = np.unique(np.concatenate([tail, head]), return_inverse=True)
        self._index = {state: at for at, state in enumerate(states.tolist())}
        tail, head = np.split(number, 2)
        self._near = tail, head, usd, self._index[goal], least
        self._by_place: dict[int, FloatArray] = {}
        self._by_places: dict[int, FloatArray] = {}
        self._after: dict[int, list[tuple[int, int]]] = {}
        self._number_of: dict[int, int] = {}
        self._number(arcs)
        self._ahead = self._met_ahead()

    def below(self, start_day: int) -> float | None:
        """Return the cost of the cheapest route of a departure; None if none is cheap enough."""
        problem, most_usd = self._network.problem, self._most_usd
        begin = start_day * MINUTES_PER_DAY
        last = min(problem.days, start_day + JOURNEY_DAYS) * MINUTES_PER_DAY - 1
        first = _Way(usd=0.0, minutes=0, grams=0, clock=begin, met=0)
        count = 0
        heap = [(self._least(first, SOURCE), count, SOURCE, first)]
        known: dict[int, _Ways] = {}
        while heap:
            least, _, node, way = heapq.heappop(heap)
            if least >= most_usd:
                return None
            if node == SINK:
                return way.usd + self._paid[way.met & self._count - 1]
            here = known.setdefault(node, _Ways())
            total_usd = way.usd + self._paid[way.met & self._count - 1]
            owed = {
                other.met & ~way.met & self._places_ahead(node)
                for other in here.no_dearer(way, total_usd)
                if self._may_go_on(other, way, node)
            }
            if 0 in owed:
                continue
            here.add(way, total_usd)
            way = replace(way, owed=way.owed | owed)
            if way.usd + self._least_owed(way, node) >= most_usd:
                continue
            self.settled += 1
            for arc, bits in self._after.get(node, ()):
                # A place that is met already; sets may be met again.
                if way.met & bits >= self._count:
                    continue
                then = self._extended(way, arc, bits)
                if then is None or then.clock > last:
                    continue
                head = int(problem.head[arc])
                if self._max_minutes is not None and then.minutes > self._max_minutes:
                    continue
                bound = max(self._least(then, head), then.usd + self._least_owed(then, head))
                if bound < most_usd:
                    count += 1
                    heapq.heappush(heap, (bound, count, head, then))
        return None

    def _extended(self, way: _Way, arc: int, bits: int) -> _Way | None:
        network, weights = self._network, self._weights
        took = run(network.problem, arc, way.clock)
        if took is None:
            return None
        ticks, minutes, cents, grams = took
        month = int(self._month_of_day[way.clock // MINUTES_PER_DAY])
        usd = (
            cents / CENTS_PER_USD * weights.usd
            + minutes / MINUTES_PER_DAY * weights.day
            + grams / GRAMS_PER_KG * weights.kg
        )
        for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
            resource = int(network.use_resource[use])
            usd += float(network.use_amount[use] * self._duals.by_month[resource, month])
        return _Way(
            usd=way.usd + usd,
            minutes=way.minutes + minutes,
            grams=way.grams + grams,
            clock=way.clock + ticks,
            met=way.met | bits,
            owed=frozenset(places for places in way.owed if not places & bits),
        )

    def _least(self, way: _Way, node: int) -> float:
        """Return what a route costs at least that goes on from a node, within the deadline."""
        state, spare = node * self._count + (way.met & self._count - 1), 0.0
        if self._max_minutes is not None:
            spare = (self._max_minutes - way.minutes) / MINUTES_PER_DAY
        return way.usd + max(ahead[state] - day_usd * spare for day_usd, ahead in self._bounds)

    def _least_owed(self, way: _Way, node: int) -> float:
        """Return the least USD from a node on of a route that runs what it owes."""
        if not way.owed:
            return -np.inf
        at = self._index.get(node * self._count + (way.met & self._count - 1))
        if at is None:
            return np.inf
        return max(float(self._least_by(places)[at]) for places in way.owed)

    def _least_by(self, places: int) -> FloatArray:
        """Return by (node, sets met) the least USD to the sink of routes that meet one."""
        if places not in self._by_places:
            bits = range(places.bit_length())
            by_one = [self._by_one(1 << bit) for bit in bits if places >> bit & 1]
            self._by_places[places] = by_one[0] if len(by_one) == 1 else np.min(by_one, axis=0)
        return self._by_places[places]

    def _by_one(self, place: int) -> FloatArray:
        """Return by (node, sets met) the least USD to the sink of routes that meet a place."""
        if place not in self._by_place:
            tail, head, usd, goal, least = self._near
            # The graph twice: arcs to the place lead from the first, only the second has the goal.
            count, first = len(self._index), head != goal
            runs = np.zeros(tail.shape[0], bool)
            places = self._network.problem.place[self.arcs] == self._number_of[place]
            runs[: places.shape[0] * self._count] = np.repeat(places, self._count)
            far = _distances(
                np.concatenate([tail[first], tail + count]),
                np.concatenate([np.where(runs, head + count, head)[first], head + count]),
                np.concatenate([usd[first], usd]),
                goal + count,
            )
            self._by_place[place] = far[:count] + least
        return self._by_place[place]

    def _places_ahead(self, node: int) -> int:
        return self._ahead.get(node, 0) & -self._count

    def _may_go_on(self, one: _Way, other: _Way, node: int) -> bool:
        """Return whether a way stays as good as another one, whatever sets follow."""
        sets, ahead = self._count - 1, self._ahead.get(node, 0)
        here, there, worst = one.met & sets, other.met & sets, 0.0
        # Of the sets ahead that only one has met, the worst is assumed.
        for bit, number in enumerate(self._priced):
            if (here ^ there) & ahead >> bit & 1:
                price = float(self._duals.by_set[number])
                worst += max(price, 0.0) if there >> bit & 1 else max(-price, 0.0)
        lead = other.usd + self._paid[there] - one.usd - self._paid[here]
        return worst <= lead + ROUNDING_USD

    def _least_usd(self, month: int | None) -> FloatArray:
        """Return what each arc costs at least, without the prices of sets; infinite if closed.

        That is on the days on which a box that leaves in a month may be under way.
        """
        network, problem, weights = self._network, self._network.problem, self._weights
        last_day = min(problem.days, self._month_of_day.shape[0])
        days = slice(0, last_day)
        if month is not None:
            leaves = np.flatnonzero(self._month_of_day == month)
            longest = JOURNEY_DAYS
            if self._max_minutes is not None:
                longest = min(longest, self._max_minutes // MINUTES_PER_DAY + 1)
            days = slice(int(leaves[0]), min(last_day, int(leaves[-1]) + longest + 1))
        usd = (
            problem.cents / CENTS_PER_USD * weights.usd
            + problem.minutes / MINUTES_PER_DAY * weights.day
            + problem.grams / GRAMS_PER_KG * weights.kg
        ).astype(float)
        pace = problem.minutes_per_km[:, days]
        per_km = (
            problem.cents_per_km[:, days] / CENTS_PER_USD * weights.usd
            + pace / MINUTES_PER_DAY * weights.day
            + problem.grams_per_km[:, days] / GRAMS_PER_KG * weights.kg
        )
        fixed = (
            problem.fixed_cents[:, days] / CENTS_PER_USD * weights.usd
            + problem.fixed_grams[:, days] / GRAMS_PER_KG * weights.kg
        )
        per_km, fixed = (
            np.where(pace >= 0.0, each, np.inf).min(axis=1, initial=np.inf)
            for each in (per_km, fixed)
        )
        dated = np.flatnonzero(problem.profile >= 0)
        of = problem.profile[dated]
        is_open = np.isfinite(fixed[of])
        # Cents and grams of a dated arc are rounded.
        lost = 1.0 / CENTS_PER_USD * weights.usd + 1.0 / GRAMS_PER_KG * weights.kg
        usd[dated] += np.where(
            is_open,
            fixed[of] + problem.km[dated] * np.where(is_open, per_km[of], 0.0) - lost,
            np.inf,
        )
        months = np.unique(self._month_of_day[days])
        prices = self._duals.by_month[:, months[months < self._duals.by_month.shape[1]]]
        paid = prices.min(axis=1, initial=np.inf)[network.use_resource] * network.use_amount
        np.add.at(usd, np.repeat(np.arange(usd.shape[0]), np.diff(network.use_first)), paid)
        return usd.clip(min=0.0)

    def _graph(
        self, arcs: IntArray, usd: FloatArray
    ) -> tuple[IntArray, IntArray, FloatArray, int, float]:
        """Return tails, heads and USD of the graph of (node, sets met), and its goal.

        What sets cost is paid from the sink to the goal, above the least of it, which is returned
        too: so no arc costs below 0.
        """
        problem, count = self._network.problem, self._count
        met = np.tile(np.arange(count), arcs.shape[0])
        tail = np.repeat(problem.tail[arcs], count) * count + met
        head = np.repeat(problem.head[arcs], count) * count
        head += met | np.repeat(self._sets[arcs], count)
        goal, least = problem.node_count * count, min(self._paid)
        return (
            np.concatenate([tail, SINK * count + np.arange(count)]),
            np.concatenate([head, np.full(count, goal)]),
            np.concatenate([np.repeat(usd, count), np.array(self._paid) - least]),
            goal,
            least,
        )

    def _least_ahead(self, arcs: IntArray, usd: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return by (node, sets met) the least USD to the sink, by arc that of routes over it."""
        tail, head, paid, goal, least = self._graph(arcs, usd)
        far = _distances(tail, head, paid, goal) + least
        near = _distances(head, tail, paid, SOURCE * self._count)
        through = (near[tail] + paid + far[head])[: arcs.shape[0] * self._count]
        return far[:goal], through.reshape(-1, self._count).min(axis=1)

    def _number(self, arcs: IntArray) -> None:
        """List the arcs of each node with the bits of their sets and places, sets first."""
        problem, bits = self._network.problem, {-1: 0}
        for arc in arcs.tolist():
            place = int(problem.place[arc])
            bit = bits.setdefault(place, self._count << len(bits))
            self._number_of[bit] = place
            self._after.setdefault(int(problem.tail[arc]), []).append(
                (arc, bit | int(self._sets[arc]))
            )

    def _met_ahead(self) -> dict[int, int]:
        """Return by node the bits of all that ways from it may meet."""
        head = self._network.problem.head.tolist()
        ahead = dict.fromkeys(self._after, 0)
        changed = True
        while changed:
            changed = False
            for node in reversed(self._after):
                met = ahead[node]
                for arc, bits in self._after[node]:
                    met |= bits | ahead.get(head[arc], 0)
                changed |= met != ahead[node]
                ahead[node] = met
        return ahead


def _distances(tail: IntArray, head: IntArray, usd: FloatArray, end: int) -> FloatArray:
    """Return at least what the cheapest way from each node to an end costs."""
    count = int(max(tail.max(), head.max())) + 1
    # Of parallel arcs the cheapest.
    order = np.lexsort((usd, tail, head))
    tail, head, usd = tail[order], head[order], usd[order]
    first = np.ones(order.shape[0], bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    back = csr_matrix(
        (np.maximum(usd[first], SMALLEST_USD), (head[first], tail[first])), shape=(count, count)
    )
    # The entries raised from nothing add less than this in all.
    return np.asarray(dijkstra(back, indices=end) - SMALLEST_USD * count)
