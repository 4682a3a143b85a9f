"""Distances by sea against searoute, scgraph and scipy; medians of one run, ratios are judged."""

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
from corridors.errors import PlaceError
from corridors.network.distances import SeaGraph, sea_graph
from corridors.network.locate import Place, world_ports

pytestmark = [
    pytest.mark.benchmark,
    # The libraries we are measured against warn of their own futures.
    pytest.mark.filterwarnings("ignore"),
]
PORTS = 200
TIMES_FASTER = 10
MATRIX_SECONDS = 0.050
ABSENT = "not installed: pip install 'corridors[bench]'"


@pytest.fixture(scope="module")
def ports() -> list[Place]:
    """Return ports of the world list, evenly over it, that a lane reaches."""
    graph, found = sea_graph(), []
    for port in world_ports()[::13]:
        try:
            graph.joint(port)
        except PlaceError:
            continue
        found.append(port)
    return found[:PORTS]


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
    marnet = pytest.importorskip("scgraph.geographs.marnet", reason=f"scgraph {ABSENT}")
    geograph = marnet.marnet_geograph
    graph = sea_graph()
    matrix = csr_matrix((graph.length, graph.heads, graph.first), shape=(graph.first.size - 1,) * 2)
    corridors.distances(ports)  # warm
    ours = medians(lambda one, other: corridors.sea_distance(one.id, other.id), ports)
    theirs = {
        "searoute": medians(
            lambda one, other: searoute.searoute((one.lon, one.lat), (other.lon, other.lat)), ports
        ),
        "scgraph": medians(
            lambda one, other: geograph.get_shortest_path(
                origin_node={"latitude": one.lat, "longitude": one.lon},
                destination_node={"latitude": other.lat, "longitude": other.lon},
            ),
            ports,
        ),
        "scipy": medians(
            lambda one, _: dijkstra(matrix, indices=graph.joint(one).ends[0][0]), ports
        ),
    }
    told = ", ".join(f"{name} {1e3 * s:.2f} ms ({s / ours:.0f} x)" for name, s in theirs.items())
    sys.stdout.write(f"\npair of {len(ports)}: ours {1e3 * ours:.3f} ms, {told}\n")
    assert ours * TIMES_FASTER <= theirs["searoute"]


def test_a_matrix_of_two_hundred_ports_takes_fifty_milliseconds(ports: list[Place]) -> None:
    graph = sea_graph()
    matrix = csr_matrix((graph.length, graph.heads, graph.first), shape=(graph.first.size - 1,) * 2)
    nodes = np.array([graph.joint(port).ends[0][0] for port in ports])
    fresh = SeaGraph(lanes=graph.lanes, first=graph.first, heads=graph.heads, length=graph.length)
    began = time.perf_counter()
    fresh.matrix(ports, by_labels=True)
    first = time.perf_counter() - began
    corridors.distances(ports)
    ours = seconds(lambda: corridors.distances(ports), runs=9)
    scipy = seconds(lambda: dijkstra(matrix, indices=nodes)[:, nodes], runs=3)
    told = f"scipy {1e3 * scipy:.0f} ms ({scipy / ours:.0f} x)"
    geographs = pytest.importorskip("scgraph.geographs.marnet", reason=f"scgraph {ABSENT}")
    listed = [{"latitude": port.lat, "longitude": port.lon} for port in ports]
    scgraph = seconds(lambda: geographs.marnet_geograph.distance_matrix(listed), runs=1)
    told += f", scgraph {1e3 * scgraph:.0f} ms ({scgraph / ours:.0f} x)"
    sys.stdout.write(
        f"\n{PORTS} x {PORTS}: ours {1e3 * ours:.1f} ms, first {first:.1f} s, {told}\n"
    )
    assert ours <= MATRIX_SECONDS
