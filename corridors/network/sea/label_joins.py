"""Distances from hub labels, by joining two of them or all pairs; needs no compiled code."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from corridors.arrays import FloatArray, IntArray, SmallArray

SMALL, FEW_SHARE = 400, 1 / 10
"""A hub that few places of a matrix share, at most this share of them, is joined pair by pair; in a
small matrix every hub is."""
MOST_WAYS = 10_000
"""How many ways are joined at once: few enough for the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The hubs of one place, ascending, and the distance to each."""

    hubs: SmallArray
    far: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of many places: place `i` has the hubs from `start[i]` to `start[i + 1]`.

    Every place has at least one.
    """

    start: IntArray
    hubs: SmallArray
    far: FloatArray

    @classmethod
    def of(cls, labels: list[Label]) -> Labels:
        """Return the labels of a list."""
        start = np.zeros(len(labels) + 1, np.int64)
        start[1:] = np.cumsum([label.hubs.shape[0] for label in labels])
        return cls(
            start=start,
            hubs=np.concatenate([label.hubs for label in labels]),
            far=np.concatenate([label.far for label in labels]),
        )

    def __getitem__(self, row: int) -> Label:
        """Return the label of one place."""
        own = slice(int(self.start[row]), int(self.start[row + 1]))
        return Label(hubs=self.hubs[own], far=self.far[own])

    def at(self, ends: tuple[tuple[int, float], ...]) -> Label:
        """Return the label of a place that reaches places of these at distances `(row, distance)`.

        Of several ways to a hub it keeps the shortest.
        """
        each = [(self[row], off) for row, off in ends]
        hubs = np.concatenate([label.hubs for label, _ in each])
        far = np.concatenate([label.far + off for label, off in each])
        order = np.lexsort((far, hubs))
        hubs, far = hubs[order], far[order]
        first = np.ones(hubs.shape[0], bool)
        first[1:] = hubs[1:] != hubs[:-1]
        return Label(hubs=hubs[first], far=far[first])

    def matrix(self) -> FloatArray:
        """Return the distances between all pairs, infinite if no path joins them, 0 to itself."""
        count = self.start.shape[0] - 1
        place = np.repeat(np.arange(count), np.diff(self.start))
        sharing = np.bincount(self.hubs)
        few = (sharing <= (count if count <= SMALL else count * FEW_SHARE))[self.hubs]
        least = np.full((count, count), inf)
        _join_pairs(least, self.hubs[few], self.far[few], place[few])
        _join_rows(least, self.hubs[~few], self.far[~few], place[~few])
        least = np.minimum(least, least.T)
        np.fill_diagonal(least, 0.0)
        return least


def _join_pairs(least: FloatArray, hubs: SmallArray, far: FloatArray, place: IntArray) -> None:
    """Write the least ways by some entries of labels: each is joined with those of its hub."""
    if not hubs.shape[0]:
        return
    # Numbers of 16 bits are sorted in a third of the time.
    order = np.argsort(hubs.astype(np.min_scalar_type(int(hubs.max()))), kind="stable")
    hubs, far, place = hubs[order], far[order], place[order]
    number = np.arange(hubs.shape[0])
    after = np.cumsum(np.bincount(hubs))[hubs] - number - 1
    total = np.cumsum(after)
    flat, begins = least.reshape(-1), place * least.shape[0]
    left = 0
    while left < number.shape[0]:
        done = total[left] - after[left]
        right = max(int(np.searchsorted(total, done + MOST_WAYS, side="right")), left + 1)
        many = after[left:right]
        first = np.repeat(number[left:right], many)
        other = np.repeat(number[left:right] + 1 - (total[left:right] - many - done), many)
        other += np.arange(other.shape[0])
        np.minimum.at(flat, begins[first] + place[other], far[first] + far[other])
        left = right


def _join_rows(least: FloatArray, hubs: SmallArray, far: FloatArray, place: IntArray) -> None:
    """Write the same by hubs that many places share: each place is joined with all after it."""
    if not hubs.shape[0]:
        return
    count = least.shape[0]
    # Hubs by number, of those that occur.
    occurs = np.bincount(hubs) > 0
    hubs = (np.cumsum(occurs) - 1)[hubs]
    from_hub = np.full((int(occurs.sum()), count), inf)
    from_hub[hubs, place] = far
    starts = np.searchsorted(place, np.arange(count + 1)).tolist()
    for row in range(count - 1):
        own = slice(starts[row], starts[row + 1])
        ways = from_hub[hubs[own], row + 1 :]
        ways += far[own, None]
        known = least[row, row + 1 :]
        np.minimum(known, ways.min(axis=0, initial=inf), out=known)


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
