"""Distances by sea against searoute and scipy; medians of one run, ratios are judged."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

import corridors
from corridors.network.locate import Place
from corridors.network.sea.sea_distances import sea_network
from validation.benchmarks.measuring import PORTS, reached_ports

pytestmark = [
    pytest.mark.benchmark,
    # The libraries we are measured against warn of their own futures.
    pytest.mark.filterwarnings("ignore"),
]
TIMES_FASTER = 10
MATRIX_SECONDS = 0.050
ABSENT = "not installed: pip install 'corridors[bench]'"


@pytest.fixture(scope="module")
def ports() -> list[Place]:
    return reached_ports()


def medians(work: Callable[[Place, Place], object], ports: list[Place]) -> float:
    """Return the median seconds of the warm pairs."""
    pairs = [(ports[k], ports[(7 * k + 3) % len(ports)]) for k in range(len(ports))]
    for one, other in pairs[:5]:
        work(one, other)
    taken = []
    for one, other in pairs:
        began = time.perf_counter()
        work(one, other)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def seconds(work: Callable[[], object], *, runs: int) -> float:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def test_a_warm_pair_is_ten_times_faster_than_by_searoute(ports: list[Place]) -> None:
    searoute = pytest.importorskip("searoute", reason=f"searoute {ABSENT}")
    graph = sea_network().graph()
    first, heads, length = graph.edges
    matrix = csr_matrix((length, heads, first), shape=(first.size - 1,) * 2)
    corridors.distances(ports)  # warm
    ours = medians(lambda one, other: corridors.sea_distance(one.id, other.id), ports)
    theirs = {
        "searoute": medians(
            lambda one, other: searoute.searoute((one.lon, one.lat), (other.lon, other.lat)), ports
        ),
        "scipy": medians(
            lambda one, _: dijkstra(matrix, indices=graph.access(one).ends[0][0]), ports
        ),
    }
    told = ", ".join(f"{name} {1e3 * s:.2f} ms ({s / ours:.0f} x)" for name, s in theirs.items())
    sys.stdout.write(f"\npair of {len(ports)}: ours {1e3 * ours:.3f} ms, {told}\n")
    assert ours * TIMES_FASTER <= theirs["searoute"]


def test_a_matrix_of_two_hundred_ports_takes_fifty_milliseconds(ports: list[Place]) -> None:
    graph = sea_network().graph()
    first, heads, length = graph.edges
    matrix = csr_matrix((length, heads, first), shape=(first.size - 1,) * 2)
    nodes = np.array([graph.access(port).ends[0][0] for port in ports])
    corridors.distances(ports)
    ours = seconds(lambda: corridors.distances(ports), runs=9)
    scipy = seconds(lambda: dijkstra(matrix, indices=nodes)[:, nodes], runs=3)
    told = f"scipy {1e3 * scipy:.0f} ms ({scipy / ours:.0f} x)"
    sys.stdout.write(f"\n{PORTS} x {PORTS}: ours {1e3 * ours:.1f} ms, {told}\n")
    assert ours <= MATRIX_SECONDS
