"""Walks along the arcs of a graph, as Python and compiled, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from corridors.network.graph.reach import UNREACHABLE, Sorted, by_node, reach, shortest

NODES, ARCS, WAY = 60, 120, 12


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    tail, head = draw.integers(0, NODES, (2, ARCS))
    # A way from the start on, so that there is something to reach.
    tail[:WAY], head[:WAY] = np.arange(WAY), np.arange(1, WAY + 1)
    return tail, head, draw.uniform(1.0, 100.0, ARCS)


@pytest.mark.parametrize("nodes", [1, 60, 65_536, 65_537, 200_000])
def test_arcs_of_a_node_keep_their_order(nodes: int) -> None:
    ends = np.random.default_rng(nodes).integers(0, nodes, 500)
    first, order = by_node(ends, nodes)
    assert np.array_equal(order, np.argsort(ends, kind="stable"))
    assert np.array_equal(first, np.searchsorted(np.sort(ends), np.arange(nodes + 1)))


@pytest.mark.parametrize("seed", range(5))
def test_what_is_reached_is_what_scipy_reaches(seed: int) -> None:
    tail, head, _ = drawn(seed)
    graph = csr_matrix((np.ones(ARCS), (tail, head)), shape=(NODES, NODES))
    met = breadth_first_order(graph, 0, return_predecessors=False)
    found = reach(NODES, tail, head, 0)
    assert set(np.flatnonzero(found).tolist()) == set(met.tolist())
    assert 10 < found.sum() < NODES


@pytest.mark.parametrize("seed", range(5))
def test_least_km_are_those_of_scipy_up_to_the_furthest(seed: int) -> None:
    tail, head, km = drawn(seed)
    # scipy adds up parallel arcs; the shortest of them counts.
    direct = np.full((NODES, NODES), np.inf)
    np.minimum.at(direct, (tail, head), km)
    graph = csr_matrix(np.where(np.isfinite(direct), direct, 0.0))
    expected = dijkstra(graph, indices=0)
    furthest = float(np.median(expected[np.isfinite(expected)]))
    ways = Sorted.of(tail, head, NODES)
    begin, paid = np.array([0]), np.zeros(1)
    found, into = shortest(ways, km, begin, paid, furthest=furthest)
    assert found == pytest.approx(np.where(expected <= furthest, expected, np.inf))
    met = np.flatnonzero(np.isfinite(found))
    assert met.size > 5
    # The last arc of each path continues the shortest path to its tail.
    later = met[met != 0]
    assert found[later] == pytest.approx(found[tail[into[later]]] + km[into[later]])
    assert into[0] == -1
    assert (into[~np.isfinite(found)] == -1).all()


def test_paths_begin_where_it_pays_and_leave_out_arcs_that_cannot_be_used() -> None:
    # 0 -> 2 for 5, 1 -> 2 for 1, 2 -> 3 for 2, and a way 0 -> 3 for 1 that cannot be used.
    tail, head = np.array([0, 1, 2, 0]), np.array([2, 2, 3, 3])
    ways = Sorted.of(tail, head, 5)
    weight, begin = np.array([5, 1, 2, -1]), np.array([0, 1])
    least, into = shortest(ways, weight, begin, np.array([10, 20]), furthest=100)
    # From 0, which has paid 10, node 2 costs 15; from 1, which has paid 20, it would cost 21.
    assert least.tolist() == [10, 20, 15, 17, UNREACHABLE]
    assert into.tolist() == [-1, -1, 0, 2, -1]
    least, _ = shortest(ways, weight, begin, np.array([10, 12]), furthest=100)
    assert least.tolist() == [10, 12, 13, 15, UNREACHABLE]
    nothing = Sorted.of(tail[:0], head[:0], 2)
    least, into = shortest(nothing, weight[:0], begin[:1], begin[:1], furthest=9)
    assert (least.tolist(), into.tolist()) == ([0, UNREACHABLE], [-1, -1])
