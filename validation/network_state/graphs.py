"""The network as an undirected graph, and the places that the loss of a part cuts off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from corridors.arrays import BoolArray, IntArray, SmallArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Named places, and edges as indices of `places`."""

    places: tuple[str, ...]
    tail: IntArray
    head: IntArray

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], more: Collection[str] = ()) -> Graph:
        """Return the graph of pairs of places; `more` adds places that may have no edge."""
        listed = list(pairs)
        names = dict.fromkeys([*more, *(name for pair in listed for name in pair)])
        index = {name: number for number, name in enumerate(names)}
        ends = np.array([(index[a], index[b]) for a, b in listed], np.int64).reshape(-1, 2)
        return cls(places=tuple(names), tail=ends[:, 0], head=ends[:, 1])

    def components(self) -> tuple[tuple[str, ...], ...]:
        """Return the places of each connected part, the largest first, then by name."""
        labels = self._labels(np.ones(self.tail.shape[0], bool))
        parts: dict[int, list[str]] = {}
        for name, label in zip(self.places, labels.tolist(), strict=True):
            parts.setdefault(label, []).append(name)
        found = [tuple(sorted(part)) for part in parts.values()]
        return tuple(sorted(found, key=lambda part: (-len(part), part)))

    def cut_by_edges(self, groups: Sequence[Collection[int]]) -> list[tuple[str, ...]]:
        """Return the places that the loss of each group of edges cuts off."""
        whole = self._labels(np.ones(self.tail.shape[0], bool))
        found = []
        for group in groups:
            keep = np.ones(self.tail.shape[0], bool)
            keep[list(group)] = False
            found.append(self._apart(whole, self._labels(keep), without=()))
        return found

    def cut_by_places(self, groups: Sequence[Collection[str]]) -> list[tuple[str, ...]]:
        """Return the other places that the loss of each group of places cuts off."""
        index = {name: number for number, name in enumerate(self.places)}
        whole = self._labels(np.ones(self.tail.shape[0], bool))
        found = []
        for group in groups:
            lost = np.zeros(len(self.places), bool)
            lost[[index[name] for name in group if name in index]] = True
            labels = self._labels(~(lost[self.tail] | lost[self.head]))
            found.append(self._apart(whole, labels, without=group))
        return found

    def _labels(self, keep: BoolArray) -> SmallArray:
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        size = len(self.places)
        ends = (self.tail[keep], self.head[keep])
        matrix = csr_matrix((np.ones(ends[0].shape[0], np.int8), ends), shape=(size, size))
        return np.asarray(connected_components(matrix, directed=False)[1])

    def _apart(
        self,
        whole: SmallArray,
        labels: SmallArray,
        *,
        without: Collection[str],
    ) -> tuple[str, ...]:
        """Return the places outside the largest remainder of their former part."""
        rests: dict[int, dict[int, list[str]]] = {}
        for name, old, new in zip(self.places, whole.tolist(), labels.tolist(), strict=True):
            if name not in without:
                rests.setdefault(old, {}).setdefault(new, []).append(name)
        return tuple(
            name
            for parts in rests.values()
            for part in sorted(parts.values(), key=len)[:-1]
            for name in part
        )
