"""The network of a search under dual prices, and the routes it finds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.costing.pace import ByDay
from corridors.network.graph.reach import reach
from corridors.routing.dated.label_search import to_sink
from corridors.routing.dated.label_setting import UNREACHABLE, Sets
from corridors.routing.problem import BY_ARC, SINK, SOURCE, Problem, leads_to, weigh_arcs
from corridors.routing.terms import DatedRoute, weighed
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY

if TYPE_CHECKING:
    from corridors.costing.weights import Weights
    from corridors.network.states.topology import Topology


# The part of a network with the routes near the cheapest, whatever sets of arcs they meet.

# Searches add whole numbers. A billionth of a USD keeps the rounding of a route far below what a
# better route must save, and 1e8 USD, the price of a missing TEU, within 64 bits.
UNITS_PER_USD = 10**9
# So many groups of sets are told apart: with four, sixteen paths to a node.
MOST_GROUPS = 4


def groups_of(rewards: FloatArray) -> tuple[int, ...]:
    """Return the sets to tell apart, as bits by group; `rewards` are by set, <= 0.

    Sets without a reward need not be. Of more than `MOST_GROUPS`, those of least reward are one.
    """
    order = np.argsort(rewards, kind="stable")
    bits = [1 << number for number in order[rewards[order] < 0.0].tolist()]
    alone = bits if len(bits) <= MOST_GROUPS else bits[: MOST_GROUPS - 1]
    rest = bits[len(alone) :]
    return (*alone, sum(rest)) if rest else tuple(alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The arcs of routes below so many USD without dual prices, by the groups of sets they meet.

    `groups` are the sets of each group as bits; `below_usd` is by combination of groups.
    """

    groups: tuple[int, ...]
    below_usd: FloatArray

    @property
    def is_whole(self) -> bool:
        """Whether it has every route, whatever the prices and weights."""
        return bool(np.isinf(self.below_usd).all())

    def paid(self, by_set: FloatArray) -> FloatArray:
        """Return by combination of groups the least USD that a route pays for sets."""
        combined = np.arange(self.below_usd.shape[0])
        low = by_set.clip(max=0.0)
        paid = np.full(combined.shape[0], float(low.sum()))
        for group, bits in enumerate(self.groups):
            of = [number for number in range(by_set.shape[0]) if bits >> number & 1]
            # A route that meets a group of one set pays its price; one of several, perhaps one.
            met = float(by_set[of[0]] if len(of) == 1 else low[of].sum())
            paid += np.where(combined >> group & 1, met, 0.0) - float(low[of].sum())
        return paid

    def left_out_usd(self, by_set: FloatArray) -> float:
        """Return at least what every route costs that is left out, with prices of sets.

        Prices of capacities and heavier weights only add to it.
        """
        return float((self.below_usd + self.paid(by_set)).min())


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastPaths:
    """The least weight of paths from the source and to the sink, by node and sets met.

    `of_arc` are the groups that contain an arc, as bits, and `weight` its weight; `more` is what
    every path has more than its route (see `Problem.more_cents`).
    """

    of_arc: IntArray
    weight: IntArray
    more: int
    near: npt.NDArray[np.int64]
    far: npt.NDArray[np.int64]

    @property
    def least_usd(self) -> FloatArray:
        """At least what a route costs by combination of groups; infinite if there is none."""
        least = self.far[SOURCE]
        return np.where(least < UNREACHABLE, (least - self.more) / UNITS_PER_USD, np.inf)

    def below(self, problem: Problem, below_usd: FloatArray) -> BoolArray:
        """Return by arc whether it lies on a path of less than `below_usd` by combination."""
        from corridors.routing.dated import compiled_search

        kept = np.zeros(self.weight.shape[0], bool)
        most = (below_usd * UNITS_PER_USD + self.more).clip(max=float(UNREACHABLE))
        limits = np.ceil(most).astype(np.int64)
        compiled_search.mark_below(
            problem.tail, problem.head, self.weight, self.of_arc, self.near, self.far, limits, kept
        )
        return kept


def least_paths(problem: Problem, sets: IntArray, groups: tuple[int, ...]) -> LeastPaths:
    """Return the least cents of paths by groups of sets; `sets` are bits by arc."""
    from corridors.routing.dated import compiled_search

    of_arc = np.zeros(sets.shape[0], np.int64)
    for group, bits in enumerate(groups):
        of_arc |= ((sets & bits) != 0).astype(np.int64) << group
    count, weight = len(groups), problem.low_cents
    states = problem.node_count << count

    def least(first: IntArray, ends: IntArray, order: IntArray, root: int) -> IntArray:
        found = np.full(states, UNREACHABLE, np.int64)
        room = (np.full(states, -1, np.int64) for _ in range(2))
        compiled_search.lower_bounds(
            first, ends << count | of_arc[order], weight[order], root << count, found, *room, count
        )
        return found.reshape(problem.node_count, 1 << count)

    first, tails, order = problem.by_head()
    every = np.arange(weight.shape[0])
    return LeastPaths(
        of_arc=of_arc,
        weight=weight,
        more=problem.more_cents,
        near=least(problem.first_arc, problem.head, every, SOURCE),
        far=least(first, tails, order, SINK),
    )


def least_at_each(problem: Problem, weights: Sequence[IntArray]) -> list[int]:
    """Return the least weight of a route at each of some weights by arc; see `UNREACHABLE`."""

    def least(part: Problem, weight: IntArray) -> int:
        (found, *_) = to_sink(part.reweighed(low_cents=weight), fast=True, criteria=1)
        return int(found[SOURCE])

    if all(np.array_equal(weight, weights[0]) for weight in weights[1:]):
        return [least(problem, weights[0])] * len(weights)
    # Where an arc takes the least of all, the best route of each is no dearer than at the most.
    most = least(problem, np.max(weights, axis=0))
    at_least = problem.reweighed(low_cents=np.min(weights, axis=0))
    paths = least_paths(at_least, np.zeros(problem.base.shape[0], np.int64), ())
    keep = paths.below(at_least, np.array([(most + 1) / UNITS_PER_USD]))
    part = problem.only(keep).compact()
    return [least(part, weight[keep]) for weight in weights]


# The arrays of 64-bit whole numbers of a problem and of a network.
WHOLE_OF_PROBLEM = (
    *("first_arc", "number", "tail", "head", "base", "interval", "lane"),
    *("minutes", "clock", "cents", "grams", "profile"),
    *("low_minutes", "low_cents", "low_grams"),
)
WHOLE = ("use_first", "use_resource", "sets", "corridor")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveWeights:
    """What one unit weighs: USD, days and kg of CO2e, each in USD."""

    usd: float
    day: float
    kg: float

    def at_most(self, other: ObjectiveWeights) -> bool:
        """Return whether no unit weighs more than with `other`."""
        return self.usd <= other.usd and self.day <= other.day and self.kg <= other.kg

    @property
    def units(self) -> tuple[int, int, int]:
        """What a cent, a minute and a gram weigh, in units of the priced search."""
        return (
            round(self.usd / CENTS_PER_USD * UNITS_PER_USD),
            round(self.day / MINUTES_PER_DAY * UNITS_PER_USD),
            round(self.kg / GRAMS_PER_KG * UNITS_PER_USD),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DualPrices:
    """Prices in USD that a TEU pays for scarce capacities and limits.

    `by_month` is (resource, month), >= 0, per unit of a resource. `by_set` is paid once if a route
    meets a set of arcs; a negative price is a reward.
    """

    by_month: FloatArray
    by_set: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedNetwork:
    """A problem with the resources that its arcs use and the sets that contain them.

    Arc `a` uses `use_amount[i]` of resource `use_resource[i]` for `i` from `use_first[a]` on, in
    the month it is begun. `sets` are bits by arc; `corridor` is by arc the number of its corridor.
    """

    problem: Problem
    use_first: IntArray
    use_resource: IntArray
    use_amount: FloatArray
    sets: IntArray
    corridor: IntArray

    def only(self, keep: BoolArray) -> tuple[PricedNetwork, IntArray]:
        """Return the network with only these arcs, and its nodes as numbered here.

        Nodes without arcs and profiles without arcs are left out. Nodes and arcs keep their order.
        """
        problem = self.problem.only(keep)
        nodes, counts = problem.used_nodes, np.diff(self.use_first)
        used = np.repeat(keep, counts)
        network = PricedNetwork(
            problem=problem.compact().with_used_profiles(),
            use_first=np.concatenate([[0], np.cumsum(counts[keep])]).astype(np.int64),
            use_resource=self.use_resource[used],
            use_amount=self.use_amount[used],
            sets=self.sets[keep],
            corridor=self.corridor[keep],
        )
        return network, nodes

    def at(self, topology: Topology, weights: Weights) -> PricedNetwork:
        """Return the same arcs at other prices; what these leave as it is shares its arrays."""
        problem, known = weigh_arcs(self.problem, topology, weights), self.problem
        problem = problem.with_used_profiles()
        same = {
            name: getattr(known, name)
            for name in (*WHOLE_OF_PROBLEM, *ByDay._fields)
            if np.array_equal(getattr(known, name), getattr(problem, name))
        }
        return replace(self, problem=replace(problem, **same))


def narrow(networks: Sequence[PricedNetwork]) -> list[PricedNetwork]:
    """Return networks with whole numbers in the smallest types, to be kept."""
    return _converted(networks, _narrow)


def wide(networks: Sequence[PricedNetwork]) -> list[PricedNetwork]:
    """Return networks that were kept as searches take them."""
    return _converted(networks, lambda array: array.astype(np.int64, copy=False))


def _converted(
    networks: Sequence[PricedNetwork], convert: Callable[[IntArray], IntArray]
) -> list[PricedNetwork]:
    """Return networks with other arrays; what some of them share stays shared."""
    made: dict[int, IntArray] = {}
    of_arcs: dict[int, dict[Hashable, Any]] = {}

    def arrays(owner: Problem | PricedNetwork, names: Sequence[str]) -> dict[str, Any]:
        found = {name: getattr(owner, name) for name in names}
        for array in found.values():
            if id(array) not in made:
                made[id(array)] = convert(array)
        return {name: made[id(array)] for name, array in found.items()}

    return [
        replace(
            network,
            problem=replace(
                network.problem,
                of_arcs=of_arcs.setdefault(id(network.problem.of_arcs), {}),
                **arrays(network.problem, WHOLE_OF_PROBLEM),
            ),
            **arrays(network, WHOLE),
        )
        for network in networks
    ]


def _narrow(array: IntArray) -> IntArray:
    least = np.min_scalar_type(min(int(array.min(initial=0)), -1))
    most = np.min_scalar_type(-int(array.max(initial=0)) - 1)
    return array.astype(np.promote_types(least, most))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRoute(DatedRoute):
    """A route with its dates, the resources it uses and the sets it meets.

    `uses` holds (resource, month, amount). Arcs are by `number` of the network's problem, and thus
    the same on a part of the network.
    """

    sets: int
    uses: tuple[tuple[int, int, float], ...]

    def objective_usd(self, objective: ObjectiveWeights) -> float:
        """Return the objective of one TEU in USD, without dual prices."""
        return (
            self.cents / CENTS_PER_USD * objective.usd
            + self.minutes / MINUTES_PER_DAY * objective.day
            + self.grams / GRAMS_PER_KG * objective.kg
        )

    def value_usd(self, objective: ObjectiveWeights, dual_prices: DualPrices) -> float:
        """Return the objective of one TEU in USD, with what it pays for capacities and sets."""
        used = sum(amount * dual_prices.by_month[of, month] for of, month, amount in self.uses)
        met = [bool(self.sets >> n & 1) for n in range(dual_prices.by_set.shape[0])]
        return float(self.objective_usd(objective) + used + dual_prices.by_set[met].sum())


def union(problems: Sequence[Problem]) -> tuple[Problem, IntArray, IntArray]:
    """Return the union of problems between the same ends, and the problem and arc of each arc.

    The problems share source, sink and dated profiles, but no other node.
    """
    if len(problems) == 1:
        count = problems[0].base.shape[0]
        return replace(problems[0], of_arcs={}), np.zeros(count, np.int64), np.arange(count)
    offset, nodes = [], SINK + 1
    for problem in problems:
        offset.append(nodes - SINK - 1)
        nodes += problem.node_count - SINK - 1
    tails, heads, parts = [], [], []
    for problem, more in zip(problems, offset, strict=True):
        tails.append(np.where(problem.tail > SINK, problem.tail + more, problem.tail))
        heads.append(np.where(problem.head > SINK, problem.head + more, problem.head))
        ends = [0, *problem.first_arc[SOURCE + 1 : SINK + 2].tolist(), problem.base.shape[0]]
        parts.append([slice(*pair) for pair in pairwise(ends)])

    def joined(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        # Arcs from the source come first, then any from the sink: so they stay in order of tail.
        return np.concatenate(
            [
                array[of_problem[part]]
                for part in range(SINK + 2)
                for array, of_problem in zip(arrays, parts, strict=True)
            ]
        )

    tail = joined(tails)
    whose = joined([np.full(p.base.shape[0], number) for number, p in enumerate(problems)])
    arrays: dict[str, Any] = {
        name: joined([getattr(problem, name) for problem in problems]) for name in BY_ARC
    }
    joint = replace(
        problems[0],
        of_arcs={},
        first_arc=np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int64),
        number=np.arange(tail.shape[0]),
        tail=tail,
        head=joined(heads),
        **arrays,
    )
    return joint, whose, joined([np.arange(problem.base.shape[0]) for problem in problems])


def priced(
    network: PricedNetwork,
    dual_prices: DualPrices,
    objective: ObjectiveWeights,
    *,
    month_of_day: IntArray,
    days: slice,
) -> Problem:
    """Return the problem whose cost is the objective plus the dual prices by month.

    A price by month is a fixed cost that depends on the day: each profile of arcs that use a
    resource is taken together with what they use. Prices of sets are no part of it.

    Parameters
    ----------
    network
        The network.
    dual_prices, objective
        What a route pays and weighs, in units of `UNITS_PER_USD`.
    month_of_day
        The month of each day, by number; later days belong to the last one.
    days
        The days on which a route may be under way, for bounds.
    """
    cents, minutes, grams = objective.units
    problem = weighed(network.problem, cents=cents, minutes=minutes, grams=grams)
    month = month_of_day[np.minimum(np.arange(problem.days), month_of_day.shape[0] - 1)]
    by_day = np.rint(dual_prices.by_month[:, month] * UNITS_PER_USD)
    is_priced = np.asarray(by_day[:, days].any(axis=1))[network.use_resource]
    arc_of_use = np.repeat(np.arange(problem.base.shape[0]), np.diff(network.use_first))
    uses: dict[int, list[tuple[int, float]]] = {}
    for use in np.flatnonzero(is_priced).tolist():
        pair = int(network.use_resource[use]), float(network.use_amount[use])
        uses.setdefault(int(arc_of_use[use]), []).append(pair)
    if not uses:
        return problem
    rows: dict[tuple[int, tuple[tuple[int, float], ...]], int] = {}
    profile, low = problem.profile.copy(), problem.low_cents.copy()
    count = problem.minutes_per_km.shape[0]
    for arc, used in uses.items():
        key = int(problem.profile[arc]), tuple(used)
        profile[arc] = rows.setdefault(key, count + len(rows))
    before = np.array([one for one, _ in rows])
    paid = np.array([sum(by_day[of] * amount for of, amount in used) for _, used in rows])
    arcs = np.array(list(uses))
    low[arcs] += paid[profile[arcs] - count][:, days].min(axis=1).astype(np.int64)
    tables: dict[str, Any] = {}
    for name in ("minutes_per_km", "cents_per_km", "grams_per_km", "fixed_cents", "fixed_grams"):
        table = getattr(problem, name)
        # The last row stands for profile -1: it adds nothing.
        more = np.concatenate([table, np.zeros((1, problem.days))])[before]
        tables[name] = np.concatenate([table, more + paid if name == "fixed_cents" else more])
    of_base = (problem.change_days[one] if one >= 0 else () for one in before.tolist())
    of_price = (np.flatnonzero(np.diff(row)) + 1 for row in paid)
    changes = (
        tuple(sorted({*one, *two.tolist()})) for one, two in zip(of_base, of_price, strict=True)
    )
    return problem.reweighed(
        profile=profile,
        low_cents=low,
        through=np.concatenate([problem.through, np.append(problem.through, False)[before]]),
        change_days=(*problem.change_days, *changes),
        **tables,
    )


def priced_sets(
    network: PricedNetwork, dual_prices: DualPrices, ahead: tuple[IntArray, IntArray]
) -> Sets:
    """Return the prices that a route pays once, of the sets `ahead`; see `sets_ahead`."""
    may, must = ahead
    problem = network.problem
    return Sets(
        of_arc=network.sets,
        place=problem.for_arcs("place", lambda: problem.place.astype(np.int64)),
        cents=np.rint(dual_prices.by_set * UNITS_PER_USD).astype(np.int64),
        may=may,
        must=must,
    )


def sets_ahead(network: PricedNetwork, count: int) -> tuple[IntArray, IntArray]:
    """Return by node the sets that a way from it may still meet, and those it cannot miss.

    They are bits, of the first `count` sets, and depend on no price.
    """
    problem = network.problem

    def walked() -> tuple[IntArray, IntArray]:
        may, must = (np.zeros(problem.node_count, np.int64) for _ in range(2))
        for number in range(count):
            inside = (network.sets >> number & 1).astype(bool)
            ahead = leads_to(inside, problem.tail, problem.head, problem.node_count)
            head, tail = problem.head[~inside], problem.tail[~inside]
            around = reach(problem.node_count, head, tail, SINK)
            may |= ahead.astype(np.int64) << number
            must |= (~around).astype(np.int64) << number
        return may, must

    # Walks over the whole network, the same for all departures and prices.
    return problem.for_arcs(("sets", count), walked)


def planned(network: PricedNetwork, route: DatedRoute, *, month_of_day: IntArray) -> PlannedRoute:
    """Return a route of a priced problem with its own figures, its resources and its sets."""
    problem = network.problem
    arcs = np.searchsorted(problem.number, route.arcs)
    used: dict[tuple[int, int], float] = {}
    sets = 0
    figures = np.zeros(3, np.int64)
    last_day = month_of_day.shape[0] - 1
    for arc, start in zip(arcs.tolist(), route.starts, strict=True):
        sets |= int(network.sets[arc])
        more, cents, grams = problem.travel(arc, start)
        figures += (
            problem.cents[arc] + cents,
            problem.minutes[arc] + more,
            problem.grams[arc] + grams,
        )
        month = int(month_of_day[min(start // MINUTES_PER_DAY, last_day)])
        for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
            key = int(network.use_resource[use]), month
            used[key] = used.get(key, 0.0) + float(network.use_amount[use])
    cents, minutes, grams = figures.tolist()
    return PlannedRoute(
        arcs=route.arcs,
        places=route.places,
        starts=route.starts,
        cents=cents - problem.more_cents + route.wait_days * problem.wait_cents_per_day,
        minutes=minutes + route.wait_days * MINUTES_PER_DAY,
        grams=grams,
        wait_days=route.wait_days,
        sets=sets,
        uses=tuple((r, m, amount) for (r, m), amount in sorted(used.items())),
    )
