"""The network of a search under dual prices, and the routes it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.routing.priced.kernel import Uses
from corridors.routing.problem import BY_ARC, SINK, SOURCE, Problem
from corridors.routing.spans import Worth
from corridors.routing.terms import FoundRoute
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


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
    def worth(self) -> Worth:
        """The weights by cent, minute and gram."""
        return Worth(
            cents=float(self.usd / CENTS_PER_USD),
            minutes=float(self.day / MINUTES_PER_DAY),
            grams=float(self.kg / GRAMS_PER_KG),
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

    @property
    def uses(self) -> Uses:
        """The resources that the arcs use."""
        return Uses(first=self.use_first, resource=self.use_resource, amount=self.use_amount)

    def only(self, keep: npt.NDArray[np.bool_]) -> tuple[PricedNetwork, IntArray]:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRoute(FoundRoute):
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


def union(problems: Sequence[Problem]) -> tuple[Problem, IntArray]:
    """Return the union of problems between the same ends, and the problem of each arc.

    The problems share source, sink and dated profiles, but no other node.
    """
    if len(problems) == 1:
        return problems[0], np.zeros(problems[0].base.shape[0], np.int64)
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
    waits = [problems[0].waits[: SINK + 1], *(problem.waits[SINK + 1 :] for problem in problems)]
    joint = replace(
        problems[0],
        first_arc=np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int64),
        number=np.arange(tail.shape[0]),
        tail=tail,
        head=joined(heads),
        waits=np.concatenate(waits),
        **arrays,
    )
    return joint, whose


def route_of(
    network: PricedNetwork, rows: IntArray, figures: IntArray, *, month_of_day: IntArray
) -> PlannedRoute:
    """Return the route of rows (arc, start, wait) and figures (cents, minutes, grams)."""
    used: dict[tuple[int, int], float] = {}
    sets = 0
    last_day = month_of_day.shape[0] - 1
    for arc, start, _ in rows.tolist():
        sets |= int(network.sets[arc])
        month = int(month_of_day[min(start // MINUTES_PER_DAY, last_day)])
        for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
            key = int(network.use_resource[use]), month
            used[key] = used.get(key, 0.0) + float(network.use_amount[use])
    cents, minutes, grams = figures.tolist()
    return PlannedRoute(
        arcs=tuple(network.problem.number[rows[:, 0]].tolist()),
        starts=tuple(rows[:, 1].tolist()),
        waits=tuple(rows[:, 2].tolist()),
        cents=cents,
        minutes=minutes,
        grams=grams,
        sets=sets,
        uses=tuple((r, m, amount) for (r, m), amount in sorted(used.items())),
    )
