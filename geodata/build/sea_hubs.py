"""Write `sea_hubs.npz`: the order in which the nodes of the sea lanes become hubs of distances.

    python geodata/build/sea_hubs.py

The first node lies on most shortest paths of a sample of trees, the next on most of those that are
left, and so on (Delling et al. 2014, "Robust distance queries on massive networks", section 4). The
order sets how long labels are, not what they say: any order gives the same distances. Run it after
`sea_network.py`, then `manifest.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.data.geodata import load_sea_lanes
from corridors.network.sea.lane_access import open_edges
from corridors.network.sea.sea_distances import shut_by_default

NETWORK = Path(__file__).resolve().parents[1] / "network"
TREES = 900
ELSEWHERE = 1e-3
"""What a path to a node that is no port counts: distances are asked between ports."""


@njit
def hubs_of(far_first: Any, before: Any, first_child: Any, child: Any, weight: Any) -> Any:
    """Return the nodes by the shortest paths that each lies on and no earlier one does.

    A path to a node counts by the node's weight.
    """
    trees, nodes = far_first.shape
    size = np.empty((trees, nodes))
    size[:] = weight
    total = np.zeros(nodes)
    done = np.zeros((trees, nodes), np.bool_)
    for tree in range(trees):
        for k in range(nodes):
            node = far_first[tree, k]
            if before[tree, node] >= 0:
                size[tree, before[tree, node]] += size[tree, node]
        total += size[tree]
    hubs = np.empty(nodes, np.uint16)
    taken = np.zeros(nodes, np.bool_)
    stack = np.empty(nodes, np.int64)
    for rank in range(nodes):
        hub = -1
        for node in range(nodes):
            if not taken[node] and (hub < 0 or total[node] > total[hub]):
                hub = node
        hubs[rank] = hub
        taken[hub] = True
        for tree in range(trees):
            if done[tree, hub]:
                continue
            covered, node = size[tree, hub], before[tree, hub]
            while node >= 0:
                size[tree, node] -= covered
                total[node] -= covered
                node = before[tree, node]
            stack[0], top = hub, 1
            while top > 0:
                top -= 1
                node = stack[top]
                done[tree, node] = True
                total[node] -= size[tree, node]
                for k in range(first_child[tree, node], first_child[tree, node + 1]):
                    if not done[tree, child[tree, k]]:
                        stack[top] = child[tree, k]
                        top += 1
    return hubs


def main() -> None:
    """Write the order of the lanes with the gates that are open by default."""
    first, heads, length = open_edges(shut_by_default())
    nodes = first.shape[0] - 1
    sea = load_sea_lanes()
    at_port = np.unique(np.concatenate([sea.point_node, np.array([*sea.ports.values()], np.int32)]))
    roots = at_port[np.unique(np.linspace(0, at_port.size - 1, TREES).astype(np.int32))]
    weight = np.full(nodes, ELSEWHERE)
    weight[at_port] = 1.0
    lanes = csr_matrix((length, heads, first), shape=(nodes, nodes))
    far, before = dijkstra(lanes, indices=roots, return_predecessors=True)
    far_first = np.argsort(-far, axis=1, kind="stable").astype(np.int32)
    first_child = np.zeros((roots.size, nodes + 1), np.int32)
    child = np.zeros((roots.size, nodes), np.int32)
    for tree, parents in enumerate(before):
        has = np.flatnonzero(parents >= 0)
        first_child[tree, 1:] = np.cumsum(np.bincount(parents[has], minlength=nodes))
        child[tree, : has.size] = has[np.argsort(parents[has], kind="stable")]
    hubs = hubs_of(far_first, before, first_child, child, weight)
    np.savez_compressed(NETWORK / "sea_hubs.npz", hub_node=hubs)


if __name__ == "__main__":
    main()
