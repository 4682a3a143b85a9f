"""Which sets of arcs a route may meet, and which it must, by where it is.

A charge on a set is paid once. A bound on what a route pays counts a reward only where its set may
still be met, and a price wherever its set cannot be missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridors.routing.charged_network import ChargedNetwork, FloatArray, IntArray
from corridors.routing.engine import compiled_code
from corridors.routing.problem import SINK, SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsAhead:
    """Sets as bits: by node those that may and must be met from it to the sink.

    `of_arc` numbers the kinds of arcs, and `kinds` holds for each what a route over such an arc
    may and must meet from source to sink.
    """

    may: IntArray
    must: IntArray
    kinds: IntArray
    of_arc: IntArray

    def charge(self, by_set: FloatArray) -> FloatArray:
        """Return by arc the least that a route over it pays for all sets, or gains."""
        bits = np.arange(by_set.shape[0])
        may, must = ((self.kinds[:, [i]] >> bits & 1).astype(bool) for i in (0, 1))
        paid = np.where(may, np.minimum(by_set, 0.0), 0.0)
        paid += np.where(must, np.maximum(by_set, 0.0), 0.0)
        return np.asarray(paid.sum(axis=1)[self.of_arc])


def sets_ahead(network: ChargedNetwork, *, into: tuple[IntArray, IntArray]) -> SetsAhead:
    """Return the sets that routes of a network may and must meet.

    Parameters
    ----------
    network
        Where routes run.
    into
        Its arcs by head: the first of each node, and the arcs.
    """
    problem, sets = network.problem, network.sets
    arcs = np.arange(problem.base.shape[0])
    if not sets.any():
        none = np.zeros(problem.node_count, np.int64)
        return SetsAhead(
            may=none, must=none, kinds=np.zeros((1, 2), np.int64), of_arc=np.zeros_like(arcs)
        )
    met = compiled_code().sets_met
    may, must = met(*into, problem.tail, sets, SINK)
    before, held = met(problem.first_arc, arcs, problem.head, sets, SOURCE)
    both = np.stack(
        [
            before[problem.tail] | sets | may[problem.head],
            held[problem.tail] | sets | must[problem.head],
        ],
        axis=1,
    )
    kinds, of_arc = np.unique(both, axis=0, return_inverse=True)
    return SetsAhead(may=may, must=must, kinds=kinds, of_arc=of_arc.reshape(-1))
