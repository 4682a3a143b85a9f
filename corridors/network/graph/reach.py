"""Find what can be reached along arcs, and at which least weight."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, IntArray

# More than any sum of whole weights.
UNREACHABLE = 1 << 62


def first_arcs(ends: IntArray, nodes: int) -> IntArray:
    """Return by node the first of its arcs in CSR order, and at last how many arcs there are."""
    first = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=first[1:])
    return first


def by_node(ends: IntArray, nodes: int) -> tuple[IntArray, IntArray]:
    """Return arcs in CSR order by one of their ends: the first of each node, and their numbers.

    Arcs of a node keep their order. `ends` are nodes from 0 to `nodes` - 1.
    """
    first, order = np.zeros(nodes + 1, np.int64), np.empty(ends.shape[0], np.int64)
    _walks().sort(ends, first, order)
    return first, order


def reach(nodes: int, tail: IntArray, head: IntArray, start: int) -> BoolArray:
    """Return which nodes can be reached from `start` along arcs from tail to head."""
    first, order = by_node(tail, nodes)
    seen = np.zeros(nodes, bool)
    _walks().mark(first, head[order], seen, start)
    return seen


class Sorted(NamedTuple):
    """The arcs of a graph in CSR order by one of their ends, for walks away from that end.

    Of node n they are `order[first[n]:first[n + 1]]`; `ends` are their other ends.
    """

    first: IntArray
    order: IntArray
    ends: IntArray

    @classmethod
    def of(cls, near: IntArray, far: IntArray, nodes: int) -> Sorted:
        """Return arcs sorted by the end `near`."""
        first, order = by_node(near, nodes)
        return cls(first=first, order=order, ends=far[order])


def shortest(
    arcs: Sorted,
    weight: npt.NDArray[Any],
    begin: IntArray,
    paid: npt.NDArray[Any],
    *,
    furthest: float,
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
    """
    # Not reached is more than any path weighs, in the type of the weights.
    unreached = np.inf if weight.dtype == np.float64 else UNREACHABLE
    nodes = arcs.first.shape[0] - 1
    least = np.full(nodes, unreached, weight.dtype)
    if not begin.size:
        return least, np.full(nodes, -1, np.int64)
    least[begin] = paid
    into = np.full(nodes, -1, np.int64)
    most = weight.dtype.type(min(furthest, unreached))
    _walks().shortest(arcs.first, arcs.ends, weight[arcs.order], begin, least, into, most)
    # Without an arc into a node, -1 stays: it picks the number that is put last.
    return least, np.append(arcs.order, -1)[into]


def _walks() -> Any:
    # Importing numba takes 0.3 s, which a command without a walk should not spend.
    from corridors.network.graph import compiled_walks

    return compiled_walks
