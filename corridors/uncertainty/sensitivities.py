"""Total sensitivities by groups of drivers, and what knowing one of them is worth.

References
----------
Saltelli et al., Computer Physics Communications 181 (2010), 259-270: the total index by Jansen's
formula. Strong, Oakley and Brennan, Medical Decision Making 34 (2014), 311-326: the value of
partial perfect information by regression on the draws.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from corridors.arrays import FloatArray
from corridors.uncertainty.draws import Sample

OF_REGRESSION = 2_048
"""So many draws settle what a group is worth to a USD or two."""
Evaluate = Callable[[Sample], FloatArray]


def total_indices(
    evaluate: Evaluate,
    groups: Mapping[str, Collection[str]],
    *,
    count: int,
    seed: int,
) -> dict[str, FloatArray]:
    """Return by group and output the share of the variance that is left if all else is known.

    Parameters
    ----------
    evaluate
        Returns (output, draw) of a sample.
    groups
        The dimensions of each group.
    count
        Draws of the base sample; a group takes as many more.
    seed
        Of both samples, two streams of it.

    Returns
    -------
    indices
        By group an array over outputs, 0 to 1 but for the error of sampling; 0 where an output
        does not vary.
    """
    base, other = (Sample.stratified(count, seed, stream=number) for number in (1, 2))
    found = evaluate(base.swapped(other, groups.values()))
    parts = found.reshape(found.shape[0], len(groups) + 2, count)
    variance = parts[:, :2].reshape(found.shape[0], -1).var(axis=1)
    safe = np.where(variance > 0.0, variance, 1.0)
    return {
        name: np.where(
            variance > 0.0,
            ((parts[:, 0] - parts[:, number + 2]) ** 2).mean(axis=1) / (2.0 * safe),
            0.0,
        )
        for number, name in enumerate(groups)
    }


def worth_of_knowing(values: FloatArray, z: FloatArray) -> float:
    """Return how much lower the mean of the best option is if a group is known before choosing.

    Parameters
    ----------
    values
        (option, draw), less is better, finite.
    z
        (draw, dimension) of the group, standard normal scores.

    Returns
    -------
    worth
        In the unit of the values, >= 0: at most that of knowing everything.
    """
    # An option that another one betters in every draw is none, whatever is known: that leaves few.
    least = values[values.mean(axis=1).argmin()]
    kept = (values < least).any(axis=1) | (values == least).all(axis=1)
    values, z = values[kept, :OF_REGRESSION], z[:OF_REGRESSION]
    # Hermite polynomials of independent normal scores are orthogonal: the normal equations are
    # as good as a decomposition, and a hundred times as quick.
    features = np.concatenate([np.ones((z.shape[0], 1)), z, z**2 - 1.0], axis=1)
    fit = np.linalg.solve(features.T @ features, features.T @ values.T)
    expected = features @ fit
    worth = values.mean(axis=1).min() - expected.min(axis=1).mean()
    return max(float(worth), 0.0)
