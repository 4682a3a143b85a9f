"""Lower bounds for the label setting; numba can compile it."""

from __future__ import annotations

from typing import Any

UNREACHABLE = 1 << 60
# Children of an entry of the heap: four take fewer moves than two.
CHILDREN = 4


def lower_bounds(
    first: Any, ends: Any, weight: Any, root: int, least: Any, heap: Any, place: Any, sets: int
) -> None:
    """Write the least weight from every node to the root into `least`, by the sets met.

    Dijkstra's search with a heap that knows the place of each node (D. B. Johnson, Efficient
    algorithms for shortest paths in sparse networks, 1977). What it settles are states: a node
    times `2**sets`, with a bit for each set that the path meets; without sets, nodes.

    Parameters
    ----------
    first, ends, weight
        Arcs in CSR order by the end nearer to the root, the states of their other ends with the
        sets of the arc alone, and their weights >= 0.
    root
        A state.
    least
        By state; `UNREACHABLE` before, and after where there is no path.
    heap, place
        Room by state; `place` is -1.
    sets
        The number of sets, >= 0.
    """
    met = (1 << sets) - 1
    least[root], heap[0], place[root], size = 0, root, 0, 1
    while size > 0:
        node = heap[0]
        here = least[node]
        place[node] = -1
        size -= 1
        last, at = heap[size], 0
        far = least[last]
        while CHILDREN * at + 1 < size:
            nearest = CHILDREN * at + 1
            near = least[heap[nearest]]
            for other in range(nearest + 1, min(nearest + CHILDREN, size)):
                beyond = least[heap[other]]
                if beyond < near:
                    nearest, near = other, beyond
            if near >= far:
                break
            heap[at] = heap[nearest]
            place[heap[at]] = at
            at = nearest
        if size > 0:
            heap[at], place[last] = last, at
        for arc in range(first[node >> sets], first[(node >> sets) + 1]):
            end = ends[arc] | node & met
            through = here + weight[arc]
            if through < least[end]:
                least[end] = through
                at = place[end]
                if at < 0:
                    at = size
                    size += 1
                while at > 0:
                    above = (at - 1) // CHILDREN
                    if least[heap[above]] <= through:
                        break
                    heap[at] = heap[above]
                    place[heap[at]] = at
                    at = above
                heap[at], place[end] = end, at


def mark_below(
    tail: Any, head: Any, weight: Any, met: Any, near: Any, far: Any, below: Any, kept: Any
) -> None:
    """Mark the arcs of paths that weigh less than `below` of the sets that they meet.

    Parameters
    ----------
    tail, head, weight, met
        By arc its ends, its weight, and the sets that it lies in, as bits.
    near, far
        By node and sets met the least weight of a path to it, and of one from it.
    below
        By sets met, at most `UNREACHABLE`.
    kept
        By arc; not marked before.
    """
    for arc in range(tail.shape[0]):
        before, after = near[tail[arc]], far[head[arc]]
        for one in range(below.shape[0]):
            through = before[one] + weight[arc]
            if through < UNREACHABLE:
                for other in range(below.shape[0]):
                    if through + after[other] < below[one | other | met[arc]]:
                        kept[arc] = True
