"""The part of a network with the routes near the cheapest, whatever sets of arcs they meet.

A reward for a set makes routes cheap that are dear without it, but only those that meet the set. So
what is near is told apart by the sets that a route meets: shortest paths are searched for each
combination of sets at once, and an arc is kept if it lies on a path near the cheapest one of the
path's own combination. Under any prices, what is left out then costs at least the least of these
limits with the prices of its combination.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.routing.dated.label_search import to_sink
from corridors.routing.dated.label_setting import UNREACHABLE
from corridors.routing.problem import SINK, SOURCE, Problem

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
