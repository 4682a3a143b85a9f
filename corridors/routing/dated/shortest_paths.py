"""Lower bounds for the label setting; numba can compile it."""

from __future__ import annotations

from typing import Any

UNREACHABLE = 1 << 60
# Children of an entry of the heap: four take fewer moves than two.
CHILDREN = 4


def lower_bounds(
    first: Any, ends: Any, weight: Any, root: int, least: Any, heap: Any, place: Any
) -> None:
    """Write the least weight from every node to the root into `least`.

    Dijkstra's search with a heap that knows the place of each node (D. B. Johnson, Efficient
    algorithms for shortest paths in sparse networks, 1977).

    Parameters
    ----------
    first, ends, weight
        Arcs in CSR order by the end nearer to the root, their other ends, and their weights >= 0.
    root
        A node.
    least
        By node; `UNREACHABLE` before, and after where there is no path.
    heap, place
        Room by node; `place` is -1.
    """
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
        for arc in range(first[node], first[node + 1]):
            end = ends[arc]
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
