"""Lower bounds for the label setting; numba can compile it."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

UNREACHABLE = 1 << 60


def lower_bounds(first_arc: Any, arc_tail: Any, weight: Any, sink: int) -> Any:
    """Return the least weight from every node to the sink; `UNREACHABLE` if there is no path.

    `first_arc` and `arc_tail` are the CSR arrays of the arcs by head; weights are >= 0.
    """
    nodes = first_arc.shape[0] - 1
    least = np.full(nodes, UNREACHABLE, np.int64)
    least[sink] = 0
    heap = [(np.int64(0), np.int64(sink))]
    while len(heap) > 0:
        distance, node = heapq.heappop(heap)
        if distance > least[node]:
            continue
        for arc in range(int(first_arc[node]), int(first_arc[node + 1])):
            tail = int(arc_tail[arc])
            through = distance + weight[arc]
            if through < least[tail]:
                least[tail] = through
                heapq.heappush(heap, (np.int64(through), np.int64(tail)))
    return least
