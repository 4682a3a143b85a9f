"""Bounds on what routes cost, from searches under other prices of sets.

Shortest paths without dates bound the routes of every S from the start. A search under prices of
sets finds the least cost with them. A route that meets the sets S then costs, without them, no less
than what was found less the prices of S. Every search thus bounds the routes of every S, and prices
under which these bounds reach what is asked for need no search. After a few searches they are exact
for the S that matter, since each search finds the routes of one S.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from corridors.arrays import FloatArray

# The S of so many sets are kept apart; of more sets, all routes have one bound.
MOST_SETS = 10


class LeastBySets:
    """At least what the routes of a departure cost without prices, by the sets that they meet.

    Parameters
    ----------
    sets
        The number of sets.
    """

    def __init__(self, sets: int) -> None:
        apart = sets <= MOST_SETS
        self._which = np.arange(1 << sets if apart else 1)
        self._met = (self._which[:, None] >> np.arange(sets) & 1).astype(float) if apart else None
        self._none = np.zeros(self._which.shape[0])
        self._usd: dict[Hashable, FloatArray] = {}

    def begin(self, departure: Hashable, groups: Sequence[int], least_usd: FloatArray) -> None:
        """Keep what the routes of a departure cost at least without prices.

        `least_usd` is by combination of groups of sets that a route meets; `groups` has the sets of
        each as bits.
        """
        if self._met is None:
            self._usd[departure] = least_usd.min(keepdims=True)
            return
        combined = np.zeros_like(self._which)
        for group, bits in enumerate(groups):
            combined |= ((self._which & bits) != 0).astype(np.int64) << group
        self._usd[departure] = least_usd[combined]

    def at_least(self, departure: Hashable, by_set: FloatArray) -> float:
        """Return at least what every route of a departure costs with these prices of sets."""
        return float((self._usd.get(departure, self._none) + self._paid(by_set, -1.0)).min())

    def searched(self, departure: Hashable, by_set: FloatArray, usd: float) -> None:
        """Keep that no route of a departure costs less than `usd` with these prices of sets."""
        known = self._usd.get(departure, self._none)
        self._usd[departure] = np.maximum(known, usd - self._paid(by_set, 1.0))

    def _paid(self, by_set: FloatArray, sign: float) -> FloatArray:
        """Return by S what its sets cost; of many sets, the least (`sign` -1) or the most (1)."""
        if self._met is not None:
            return np.asarray(self._met @ by_set)
        return np.array([sign * float((sign * by_set).clip(min=0.0).sum())])
