"""Total sensitivities by groups of drivers, and what knowing one of them is worth.

References
----------
Saltelli et al., Computer Physics Communications 181 (2010), 259-270: the total index by Jansen's
formula. Strong, Oakley and Brennan, Medical Decision Making 34 (2014), 311-326: the value of
partial perfect information by regression on the draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import special

from corridors.arrays import FloatArray
from corridors.uncertainty.draws import uniform_scores

OF_REGRESSION = 2_048
"""So many draws settle what a group is worth to a USD or two."""
Evaluate = Callable[[FloatArray], FloatArray]


def total_indices(
    evaluate: Evaluate,
    groups: Mapping[str, Sequence[int]],
    *,
    dimensions: int,
    count: int,
    seed: int,
) -> dict[str, FloatArray]:
    """Return by group and output the share of the variance that is left if all else is known.

    Parameters
    ----------
    evaluate
        Returns (output, draw) of (draw, dimension) uniform scores.
    groups
        The dimensions of each group.
    dimensions
        How many dimensions a draw has.
    count
        Draws of the base sample; a group takes as many more.
    seed
        Of one sequence of twice the dimension: two scramblings of one are not independent.

    Returns
    -------
    indices
        By group an array over outputs, 0 to 1 but for the error of sampling; 0 where an output
        does not vary.
    """
    both = uniform_scores(count, 2 * dimensions, seed)
    base, other = both[:, :dimensions], both[:, dimensions:]
    swapped = []
    for places in groups.values():
        moved = base.copy()
        moved[:, list(places)] = other[:, list(places)]
        swapped.append(moved)
    found = evaluate(np.concatenate([base, other, *swapped]))
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


def worth_of_knowing(values: FloatArray, scores: FloatArray) -> float:
    """Return how much lower the mean of the best option is if a group is known before choosing.

    Parameters
    ----------
    values
        (option, draw), less is better, finite.
    scores
        (draw, dimension) of the group, uniform in 0 to 1.

    Returns
    -------
    worth
        In the unit of the values, >= 0: at most that of knowing everything.
    """
    # An option that another one betters in every draw is none, whatever is known: that leaves few.
    least = values[values.mean(axis=1).argmin()]
    kept = (values < least).any(axis=1) | (values == least).all(axis=1)
    values, scores = values[kept, :OF_REGRESSION], scores[:OF_REGRESSION]
    z = special.ndtri(scores)
    # Hermite polynomials of independent normal scores are orthogonal: the normal equations are
    # as good as a decomposition, and a hundred times as quick.
    features = np.concatenate([np.ones((z.shape[0], 1)), z, z**2 - 1.0], axis=1)
    fit = np.linalg.solve(features.T @ features, features.T @ values.T)
    expected = features @ fit
    worth = values.mean(axis=1).min() - expected.min(axis=1).mean()
    return max(float(worth), 0.0)
