"""Find what can be reached along arcs, and over how many km."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.engine import plain
from corridors.network import walks

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
# numpy sorts numbers of so many bits by their digits, several times faster than longer ones.
DIGIT_BITS = 16


def first_arcs(ends: IntArray, nodes: int) -> IntArray:
    """Return by node the first of its arcs in CSR order, and at last how many arcs there are."""
    first = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=first[1:])
    return first


def by_node(ends: IntArray, nodes: int, *, fast: bool = False) -> tuple[IntArray, IntArray]:
    """Return arcs in CSR order by one of their ends: the first of each node, and their numbers.

    Arcs of a node keep their order. `ends` are nodes from 0 to `nodes` - 1. `fast` compiles it,
    which pays where much is sorted.
    """
    if fast:
        first, order = np.zeros(nodes + 1, np.int64), np.empty(ends.shape[0], np.int64)
        _walks(fast).sort(ends, first, order)
        return first, order
    digit = (1 << DIGIT_BITS) - 1
    order = np.argsort((ends & digit).astype(np.uint16), kind="stable")
    for shift in range(DIGIT_BITS, (nodes - 1).bit_length(), DIGIT_BITS):
        digits = (ends[order] >> shift & digit).astype(np.uint16)
        order = order[np.argsort(digits, kind="stable")]
    return first_arcs(ends, nodes), order


def reach(
    nodes: int, tail: IntArray, head: IntArray, start: int, *, fast: bool = False
) -> BoolArray:
    """Return which nodes can be reached from `start` along arcs from tail to head.

    `fast` compiles the walk, which pays where many graphs are walked.
    """
    first, order = by_node(tail, nodes, fast=fast)
    seen = plain(np.zeros(nodes, bool), fast)
    _walks(fast).mark(plain(first, fast), plain(head[order], fast), seen, start)
    return np.asarray(seen, bool)


def least_km(
    nodes: int,
    tail: IntArray,
    head: IntArray,
    km: FloatArray,
    start: int,
    *,
    furthest: float,
    fast: bool = False,
) -> FloatArray:
    """Return by node the least km from `start` along arcs from tail to head.

    Infinite beyond `furthest` and where no way leads. `fast` compiles the walk.
    """
    first, order = by_node(tail, nodes, fast=fast)
    least = plain(np.full(nodes, np.inf), fast)
    arcs = (plain(array, fast) for array in (first, head[order], km[order]))
    _walks(fast).measure(*arcs, least, furthest, start)
    return np.asarray(least, np.float64)


def _walks(fast: bool) -> Any:
    if not fast:
        return walks
    from corridors.network import compiled

    return compiled
