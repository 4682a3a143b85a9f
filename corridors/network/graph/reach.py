"""Find what can be reached along arcs, and at which least weight."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, IntArray
from corridors.engine import plain
from corridors.network.graph import walks

# numpy sorts numbers of so many bits by their digits, several times faster than longer ones.
DIGIT_BITS = 16
# More than any sum of whole weights.
UNREACHABLE = 1 << 62


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
    if fast or _is_loaded():
        first, order = np.zeros(nodes + 1, np.int64), np.empty(ends.shape[0], np.int64)
        _walks(fast=True).sort(ends, first, order)
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
    fast = fast or _is_loaded()
    first, order = by_node(tail, nodes, fast=fast)
    seen = plain(np.zeros(nodes, bool), fast)
    _walks(fast).mark(plain(first, fast), plain(head[order], fast), seen, start)
    return np.asarray(seen, bool)


class Sorted(NamedTuple):
    """The arcs of a graph in CSR order by one of their ends, for walks away from that end.

    Of node n they are `order[first[n]:first[n + 1]]`; `ends` are their other ends.
    """

    first: IntArray
    order: IntArray
    ends: IntArray

    @classmethod
    def of(cls, near: IntArray, far: IntArray, nodes: int, *, fast: bool) -> Sorted:
        """Return arcs sorted by the end `near`."""
        first, order = by_node(near, nodes, fast=fast)
        return cls(first=first, order=order, ends=far[order])


def shortest(
    arcs: Sorted,
    weight: npt.NDArray[Any],
    begin: IntArray,
    paid: npt.NDArray[Any],
    *,
    furthest: float,
    fast: bool = False,
) -> tuple[npt.NDArray[Any], IntArray]:
    """Return by node the least weight of a path to it, and the last arc of that path.

    Parameters
    ----------
    arcs
        The arcs, sorted by the end where a path arrives first.
    weight
        By arc of the graph, >= 0; below 0 for an arc that cannot be used.
    begin, paid
        The nodes where paths begin, at least one, and what has been paid there.
    furthest
        The most that a path may weigh. Other nodes have `UNREACHABLE`, or infinity if weights are
        not whole numbers, and the arc -1.
    fast
        Compile the walk.
    """
    # Not reached is more than any path weighs, in the type of the weights.
    unreached = np.inf if weight.dtype == np.float64 else UNREACHABLE
    nodes = arcs.first.shape[0] - 1
    least = np.full(nodes, unreached, weight.dtype)
    if not begin.size:
        return least, np.full(nodes, -1, np.int64)
    least[begin] = paid
    lists = (arcs.first, arcs.ends, weight[arcs.order], begin, least, np.full(nodes, -1, np.int64))
    *given, found, into = (plain(array, fast) for array in lists)
    _walks(fast).shortest(*given, found, into, weight.dtype.type(min(furthest, unreached)))
    # Without an arc into a node, -1 stays: it picks the number that is put last.
    last = np.append(arcs.order, -1)[np.asarray(into, np.int64)]
    return np.asarray(found, weight.dtype), last


COMPILED = "corridors.network.graph.compiled_walks"


def _is_loaded() -> bool:
    """Return whether others have loaded what is compiled, which takes longer than a few walks."""
    return COMPILED in sys.modules


def _walks(fast: bool) -> Any:
    return import_module(COMPILED) if fast else walks
