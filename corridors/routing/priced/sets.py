"""Which sets of arcs a route may meet, and which it must, by where it is.

A charge on a set is paid once. A bound on what a route pays counts a reward only where its set may
still be met, and a price wherever its set cannot be missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridors.routing.priced import compiled
from corridors.routing.priced.network import ChargedNetwork, FloatArray, IntArray
from corridors.routing.problem import SINK, SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsAhead:
    """Sets as bits: by node those that may and must be met from it to the sink.

    `over_may` and `over_must` are those of routes over each arc, from source to sink.
    """

    may: IntArray
    must: IntArray
    over_may: IntArray
    over_must: IntArray

    def charge(self, by_set: FloatArray) -> FloatArray:
        """Return by arc the least that a route over it pays for all sets, or gains."""
        paid = np.zeros(self.over_may.shape[0])
        for number in np.flatnonzero(by_set).tolist():
            met = self.over_may if by_set[number] < 0.0 else self.over_must
            paid += (met >> number & 1) * by_set[number]
        return paid


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
