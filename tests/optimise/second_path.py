"""The cheapest route under dual prices by a search that shares nothing with the program's.

Labels are followed from the source, the most promising first, and kept apart by node, minute on the
clock and limits met; nothing is cut but labels that cannot beat a price any more. What is left of a
route costs at least its way to the sink in a network without dates, which scipy's Dijkstra finds.
"""

from __future__ import annotations

import heapq

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.problem import SINK, SOURCE
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY
from tests.enumeration import run

# Months after the departure in which a box may still pay for a capacity.
MONTHS_UNDER_WAY = 4
# A zero cost would be no entry in a sparse matrix.
SMALLEST_USD = 1e-9


class SecondPath:
    """Finds routes of one network cheaper than a price."""

    def __init__(self, network: PricedNetwork, month_of_day: np.ndarray) -> None:
        self._network = network
        self._month_of_day = month_of_day
        self._first = network.problem.first_arc.tolist()
        self._head = network.problem.head.tolist()
        self._use_first = network.use_first.tolist()
        self._sets = network.sets.tolist()

    def below(
        self,
        start_day: int,
        duals: DualPrices,
        weights: ObjectiveWeights,
        *,
        most_usd: float,
        max_minutes: int | None,
    ) -> float | None:
        """Return the cost of the cheapest route below `most_usd` with duals; None if none is."""
        network, problem = self._network, self._network.problem
        month = int(self._month_of_day[start_day])
        arc_usd, ahead = self._least_usd(duals, weights, month)
        by_set: list[float] = duals.by_set.tolist()
        rewards = {1 << n: price for n, price in enumerate(by_set) if price < 0.0}

        def left(met: int) -> float:
            # Rewards are paid once, so a way on may still have those of the sets not met.
            return sum(price for bit, price in rewards.items() if not met & bit)

        last_day = self._month_of_day.shape[0] - 1
        begin = start_day * MINUTES_PER_DAY
        seen: dict[tuple[int, int, int], float] = {}
        heap = [(ahead[SOURCE] + left(0), 0.0, begin, 0, SOURCE, 0)]
        while heap:
            least, usd, clock, minutes, node, met = heapq.heappop(heap)
            if least >= most_usd:
                return None
            if node == SINK:
                return usd
            if usd >= seen.get((node, clock, met), np.inf):
                continue
            seen[node, clock, met] = usd
            still = left(met)
            now = int(self._month_of_day[min(clock // MINUTES_PER_DAY, last_day)])
            for arc in range(self._first[node], self._first[node + 1]):
                head = self._head[arc]
                # Most arcs are too dear on any day; on this one they cost at least as much.
                if usd + arc_usd[arc] + ahead[head] + still >= most_usd:
                    continue
                took = run(problem, arc, clock)
                if took is None or (max_minutes is not None and minutes + took[1] > max_minutes):
                    continue
                more = (
                    took[2] / CENTS_PER_USD * weights.usd
                    + took[1] / MINUTES_PER_DAY * weights.day
                    + took[3] / GRAMS_PER_KG * weights.kg
                )
                for use in range(self._use_first[arc], self._use_first[arc + 1]):
                    of = int(network.use_resource[use])
                    more += float(network.use_amount[use] * duals.by_month[of, now])
                new = self._sets[arc] & ~met
                if new:
                    more += sum(price for n, price in enumerate(by_set) if new >> n & 1)
                after = usd + more
                bound = after + ahead[head] + (left(met | new) if new else still)
                if bound < most_usd:
                    heapq.heappush(
                        heap,
                        (
                            bound, after, clock + took[0],
                            minutes + took[1], head, met | new,
                        ),
                    )  # fmt: skip
        return None

    def _least_usd(
        self, duals: DualPrices, weights: ObjectiveWeights, month: int
    ) -> tuple[list[float], list[float]]:
        """Return at least what each arc costs, and what the way from each node to the sink does.

        That is on whatever day, without the prices of sets.
        """
        network, problem = self._network, self._network.problem
        # What a dated arc takes at least is a figure of the network.
        usd = (
            problem.low_cents / CENTS_PER_USD * weights.usd
            + problem.low_minutes / MINUTES_PER_DAY * weights.day
            + problem.low_grams / GRAMS_PER_KG * weights.kg
        ).astype(float)
        months = duals.by_month[:, month : month + MONTHS_UNDER_WAY + 1]
        paid = months.min(axis=1, initial=np.inf)[network.use_resource] * network.use_amount
        np.add.at(usd, np.repeat(np.arange(usd.shape[0]), np.diff(network.use_first)), paid)
        count = problem.node_count
        order = np.lexsort((usd, problem.head, problem.tail))
        tail, head, cost = problem.tail[order], problem.head[order], usd[order]
        first = np.ones(order.shape[0], bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        back = csr_matrix(
            (np.maximum(cost[first], SMALLEST_USD), (head[first], tail[first])),
            shape=(count, count),
        )
        least = dijkstra(back, indices=SINK)
        # The entries raised from nothing add less than this in all.
        return usd.tolist(), (least - SMALLEST_USD * count).tolist()
