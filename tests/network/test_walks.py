"""Walks along the arcs of a graph, as Python and compiled, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from corridors.network.reach import by_node, least_km, reach

NODES, ARCS, WAY = 60, 120, 12


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    tail, head = draw.integers(0, NODES, (2, ARCS))
    # A way from the start on, so that there is something to reach.
    tail[:WAY], head[:WAY] = np.arange(WAY), np.arange(1, WAY + 1)
    return tail, head, draw.uniform(1.0, 100.0, ARCS)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("nodes", [1, 60, 65_536, 65_537, 200_000])
def test_arcs_of_a_node_keep_their_order(nodes: int, fast: bool) -> None:
    ends = np.random.default_rng(nodes).integers(0, nodes, 500)
    first, order = by_node(ends, nodes, fast=fast)
    assert np.array_equal(order, np.argsort(ends, kind="stable"))
    assert np.array_equal(first, np.searchsorted(np.sort(ends), np.arange(nodes + 1)))


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_reached_is_what_scipy_reaches(seed: int, fast: bool) -> None:
    tail, head, _ = drawn(seed)
    graph = csr_matrix((np.ones(ARCS), (tail, head)), shape=(NODES, NODES))
    met = breadth_first_order(graph, 0, return_predecessors=False)
    found = reach(NODES, tail, head, 0, fast=fast)
    assert set(np.flatnonzero(found).tolist()) == set(met.tolist())
    assert 10 < found.sum() < NODES


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_least_km_are_those_of_scipy_up_to_the_furthest(seed: int, fast: bool) -> None:
    tail, head, km = drawn(seed)
    # scipy adds up parallel arcs; the shortest of them counts.
    shortest = np.full((NODES, NODES), np.inf)
    np.minimum.at(shortest, (tail, head), km)
    graph = csr_matrix(np.where(np.isfinite(shortest), shortest, 0.0))
    expected = dijkstra(graph, indices=0)
    furthest = float(np.median(expected[np.isfinite(expected)]))
    found = least_km(NODES, tail, head, km, 0, furthest=furthest, fast=fast)
    assert found == pytest.approx(np.where(expected <= furthest, expected, np.inf))
    assert np.isfinite(found).sum() > 5
