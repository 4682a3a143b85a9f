"""Distances from hub labels, by joining two of them or all pairs; needs no compiled code."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import FloatArray, IntArray

BLOCK = 512
"""Columns of a matrix that are found at once, so that the distances to all hubs fit into memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The hubs of one place, ascending, and the distance to each."""

    hubs: IntArray
    far: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of many places: place `i` has the hubs from `start[i]` to `start[i + 1]`.

    Every place has at least one.
    """

    start: npt.NDArray[np.int64]
    hubs: IntArray
    far: FloatArray

    @classmethod
    def of(cls, labels: list[Label]) -> Labels:
        """Return the labels of a list."""
        return cls(
            start=_starts([label.hubs.shape[0] for label in labels]),
            hubs=np.concatenate([label.hubs for label in labels]),
            far=np.concatenate([label.far for label in labels]),
        )

    def __getitem__(self, row: int) -> Label:
        """Return the label of one place."""
        own = slice(int(self.start[row]), int(self.start[row + 1]))
        return Label(hubs=self.hubs[own], far=self.far[own])

    def taken(self, rows: list[int]) -> Labels:
        """Return the labels of some places, in this order."""
        counts = np.diff(self.start)[rows]
        start = _starts(counts)
        entries = np.arange(start[-1]) + np.repeat(self.start[rows] - start[:-1], counts)
        return Labels(start=start, hubs=self.hubs[entries], far=self.far[entries])

    def matrix(self) -> FloatArray:
        """Return the distances between all pairs, infinite if no path joins them, 0 to itself."""
        count, starts = self.start.shape[0] - 1, self.start.tolist()
        # Hubs by number, of those that occur.
        occurs = np.bincount(self.hubs) > 0
        hubs = (np.cumsum(occurs) - 1)[self.hubs]
        place = np.repeat(np.arange(count), np.diff(self.start))
        matrix = np.zeros((count, count))
        for left in range(0, count, BLOCK):
            right = min(left + BLOCK, count)
            here = slice(starts[left], starts[right])
            far = np.full((int(occurs.sum()), right - left), inf)
            far[hubs[here], place[here] - left] = self.far[here]
            for row in range(right - 1):
                own, beyond = slice(starts[row], starts[row + 1]), max(row + 1, left)
                ways = far[hubs[own], beyond - left :]
                ways += self.far[own, None]
                ways.min(axis=0, out=matrix[row, beyond:right])
        return matrix + matrix.T


def _starts(counts: list[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    start = np.zeros(len(counts) + 1, np.int64)
    start[1:] = np.cumsum(counts)
    return start


class Hubs:
    """The label of one place as a dictionary and a set of bits, for distances of single pairs."""

    __slots__ = ("bits", "far")

    def __init__(self, label: Label) -> None:
        self.far = dict(zip(label.hubs.tolist(), label.far.tolist(), strict=True))
        self.bits = 0
        for hub in self.far:
            self.bits |= 1 << hub

    def distance(self, other: Hubs) -> float:
        """Return the distance to another place, infinite if no path joins them."""
        # Two ports share about seven hubs, and mostly such of a low number, since hubs are numbered
        # by the paths on them. Their bits are found in half the time that sets of them take.
        here, there, best = self.far, other.far, inf
        common = self.bits & other.bits
        while common:
            hub = common.bit_length() - 1
            way = here[hub] + there[hub]
            if way < best:  # noqa: PLR1730 - min() takes half as long again
                best = way
            common ^= 1 << hub
        return best
