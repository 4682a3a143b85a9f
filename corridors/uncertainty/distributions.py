"""Quantile functions: of a row through its low, value and high, and of what happens to a shipment.

A row's low, value and high stand at 5, 50 and 95 %. Above 0 the logarithm is normal on either side
of the value, with a spread of its own on each (split log-normal); a row whose low is 0 or less is
split normal itself. One-sided rows stay at their value on the flat side. What lies beyond the
bounds of a parameter is drawn at the bound, what lies beyond 1 and 99 % there: a dwell of 36 hours
that may be 120 would else be 27 days in one draw of a thousand, and decide regrets.

References
----------
Split normal: Wallis, Statistical Science 29 (2014), 106-112.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from corridors.arrays import FloatArray

Z95 = 1.6448536269514722
"""The 95 % quantile of the standard normal distribution."""
Z99 = 2.3263478740408408
"""Its 99 % quantile. Beyond 1 and 99 % a range says nothing, and none is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The distribution of a row.

    `below` and `above` are standard deviations on either side of `value`, >= 0: of the logarithm
    if `of_log`, else in the row's unit. `least` and `most` bound it.
    """

    value: float
    below: float
    above: float
    of_log: bool
    least: float = -math.inf
    most: float = math.inf

    @classmethod
    def of_range(
        cls,
        low: float,
        value: float,
        high: float,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        width: float = 1.0,
    ) -> Spread:
        """Return the distribution through low, value and high at 5, 50 and 95 %.

        `width` multiplies both spreads: 0.5 halves them, 0 leaves the value alone.
        """
        of_log = low > 0.0
        below, above = (
            (math.log(value / low), math.log(high / value))
            if of_log
            else (value - low, high - value)
        )
        return cls(
            value=value,
            below=width * below / Z95,
            above=width * above / Z95,
            of_log=of_log,
            least=least,
            most=most,
        )

    @property
    def is_flat(self) -> bool:
        """Whether nothing is drawn."""
        return self.below == self.above == 0.0

    def at(self, z: FloatArray) -> FloatArray:
        """Return the values at standard normal scores, ascending in them."""
        moved = np.clip(z, -Z99, Z99) * np.where(z < 0.0, self.below, self.above)
        values = self.value * np.exp(moved) if self.of_log else self.value + moved
        return np.clip(values, self.least, self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an event takes where it happens, with a probability: `least` and what goes beyond.

    Beyond `least` lies an Erlang distribution of `stages`, or with none a log-normal of `sigma`,
    or with sigma 0 the `mean` alone. `mean` includes `least`.
    """

    probability: float
    least: float
    mean: float
    stages: int = 0
    sigma: float = 0.0

    @property
    def expected(self) -> float:
        """The mean over all shipments, those to which it does not happen among them."""
        return self.probability * self.mean

    def at(self, u: FloatArray) -> FloatArray:
        """Return what it takes at uniform scores in 0 to 1, ascending in them; 0 if nothing."""
        happens = u > 1.0 - self.probability
        share = np.where(happens, 1.0 - (1.0 - u) / max(self.probability, 1e-300), 0.0)
        beyond = self.mean - self.least
        if self.stages:
            taken = erlang_quantiles(share, self.stages) * beyond / self.stages
        elif self.sigma:
            of_log = math.log(beyond) - self.sigma**2 / 2.0
            taken = np.exp(of_log + self.sigma * normal_quantiles(share))
        else:
            taken = np.full_like(u, beyond)
        values: FloatArray = np.where(happens, self.least + taken, 0.0)
        return values


# Both functions are in SciPy too, of which the import takes longer than all draws of a comparison.
def normal_quantiles(shares: FloatArray) -> FloatArray:
    """Return the quantiles of the standard normal distribution at shares of chance from 0 to 1."""
    inside = (shares > 0.0) & (shares < 1.0)
    scores = np.where(shares > 0.0, math.inf, -math.inf)
    scores[inside] = list(map(NormalDist().inv_cdf, shares[inside].tolist()))
    return scores


def erlang_quantiles(shares: FloatArray, stages: int) -> FloatArray:
    """Return when a number of stages, each of mean 1 and without memory, have all passed.

    The chance that they have not passed at x is `exp(-x) * sum(x**i / i! for i < stages)`. Its
    logarithm is concave and falls, so Newton's steps from any x > 0 lie beyond the quantile from
    the first one on, and come down to it.

    Parameters
    ----------
    shares
        Shares of chance, >= 0 and < 1.
    stages
        How many stages, >= 1.
    """
    left = np.log1p(-shares)

    def closer(at: FloatArray) -> FloatArray:
        term = total = np.ones_like(at)
        for number in range(1, stages):
            term = term * at / number
            total = total + term
        waits: FloatArray = at + (np.log(total) - at - left) * total / term
        return waits

    waits = closer(np.full_like(shares, float(stages)))
    while True:
        step = closer(waits)
        # Rounding alone leads up again, or below 0 where next to nothing has passed.
        falls = (step < waits) & (step > 0.0)
        if not falls.any():
            return np.where(shares > 0.0, waits, 0.0)
        waits = np.where(falls, step, waits)
