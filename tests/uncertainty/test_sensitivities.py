"""Total indices and the value of knowing against closed forms."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from corridors.uncertainty.booked import total_indices, worth_of_knowing
from corridors.uncertainty.draws import Sample

FloatArray = npt.NDArray[np.float64]


def test_the_indices_of_ishigami_are_the_published_ones() -> None:
    # Ishigami and Homma (1990) with a = 7, b = 0.1: total indices 0.5576, 0.4424, 0.2437.
    def evaluate(sample: Sample) -> FloatArray:
        x = [math.pi * (2.0 * sample.uniform(name) - 1.0) for name in "abc"]
        one = np.sin(x[0]) + 7.0 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
        return np.stack([one, np.zeros_like(one)])

    groups = {"first": ["a"], "second": ["b"], "third": ["c"], "none": ["d"]}
    found = total_indices(evaluate, groups, count=8_192, seed=3)
    assert [found[name][0] for name in groups] == pytest.approx(
        [0.5576, 0.4424, 0.2437, 0.0], abs=0.025
    )
    # What does not vary has no sensitivities.
    assert all(index[1] == 0.0 for index in found.values())


def test_knowing_what_decides_is_worth_the_gain_and_knowing_anything_else_nothing() -> None:
    # Two options, 10 + x and 10, x normal: the better one has a mean of 10 - 1/sqrt(2 pi).
    sample = Sample.stratified(2_048, 5)
    x, y = sample.score("x"), sample.score("y")
    values = np.stack([10.0 + x, np.full_like(x, 10.0)])
    assert worth_of_knowing(values, x[:, None]) == pytest.approx(
        1.0 / math.sqrt(2.0 * math.pi), rel=0.02
    )
    assert worth_of_knowing(values, y[:, None]) == pytest.approx(0.0, abs=1e-2)


@pytest.mark.parametrize("draws", [1, 2, 3])
def test_too_few_draws_tell_nothing_of_what_knowing_is_worth(draws: int) -> None:
    x = np.linspace(-1.0, 1.0, draws)
    values = np.stack([10.0 + x, np.full_like(x, 10.0)])
    assert worth_of_knowing(values, x[:, None]) == 0.0
