"""Read the world's railways of `scgraph-data` 2.0.0 as text and repair the graph.

The package is OpenStreetMap data, (c) OpenStreetMap contributors, ODbL 1.0. It is never imported:
the two literals of `world_railways.py` are parsed. Nodes outside Europe and Asia are dropped.
"""

from __future__ import annotations

import ast
import csv
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pyproj import Geod
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

GEOD = Geod(ellps="WGS84")
EARTH_KM = 6371.0088
SOURCE_FILE = "scgraph_data/world_railways.py"
WEST, SOUTH, EAST, NORTH = -12.0, 0.0, 180.0, 75.0
DEAD_END_WELD_KM = 2.0
COMPONENT_WELD_KM = 1.0
SPLIT_MIN_KM = 6.0
"""Edges shorter than this are never split at a town."""


@dataclass
class RailGraph:
    """An undirected railway graph that grows while it is repaired.

    `lon`, `lat` in degrees; `edges` maps a pair of nodes (low, high) to track kilometres.
    `welds` and `splits` count the repairs.
    """

    lon: list[float]
    lat: list[float]
    edges: dict[tuple[int, int], float]
    welds: int = 0
    splits: int = 0
    adjacent: dict[int, dict[int, float]] = field(default_factory=dict)

    def add_node(self, lon: float, lat: float) -> int:
        """Return the index of a new node at `lon`, `lat`."""
        self.lon.append(lon)
        self.lat.append(lat)
        return len(self.lon) - 1

    def add_edge(self, one: int, two: int, km: float) -> None:
        """Join two nodes by `km` of track; the shorter of two parallel edges is kept."""
        if one == two:
            return
        key = (min(one, two), max(one, two))
        self.edges[key] = min(km, self.edges.get(key, np.inf))

    def index(self) -> None:
        """Rebuild the adjacency after repairs."""
        self.adjacent = {}
        for (one, two), km in self.edges.items():
            self.adjacent.setdefault(one, {})[two] = km
            self.adjacent.setdefault(two, {})[one] = km

    def points(self) -> np.ndarray:
        """Return the nodes as points on a sphere, in km (n x 3)."""
        return sphere_points(np.array(self.lon), np.array(self.lat))

    def components(self) -> np.ndarray:
        """Return the component label of each node."""
        pairs = np.array(list(self.edges), dtype=np.int64)
        size = len(self.lon)
        matrix = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
        return np.asarray(connected_components(matrix, directed=False)[1])


def sphere_points(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return points on a sphere of the earth's mean radius, in km (n x 3)."""
    lam, phi = np.radians(lon), np.radians(lat)
    cos = np.cos(phi)
    return EARTH_KM * np.column_stack((cos * np.cos(lam), cos * np.sin(lam), np.sin(phi)))


def geodesic_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the WGS 84 geodesic length between two points in km."""
    return float(GEOD.inv(lon1, lat1, lon2, lat2)[2]) / 1000.0


def read_source(raw: Path) -> str:
    """Return the text of `world_railways.py` from a folder, the file itself or the wheel."""
    if raw.suffix == ".whl":
        with zipfile.ZipFile(raw) as wheel:
            return wheel.read(SOURCE_FILE).decode()
    if raw.is_file():
        return raw.read_text()
    for wheel_path in sorted(raw.glob("scgraph_data-*.whl")):
        return read_source(wheel_path)
    return (raw / SOURCE_FILE).read_text()


def parse_graph(text: str) -> RailGraph:
    """Return the graph as published, Europe and Asia only, self-loops dropped."""
    literals: dict[str, list] = {}
    for line in text.splitlines():
        name, _, body = line.partition("=")
        if name in {"graph", "nodes"}:
            literals[name] = ast.literal_eval(body)
    position = np.array(literals["nodes"], dtype=float)
    lat, lon = position[:, 0], position[:, 1]
    keep = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    number = np.full(len(lat), -1)
    number[keep] = np.arange(keep.sum())
    graph = RailGraph(lon=lon[keep].tolist(), lat=lat[keep].tolist(), edges={})
    for one, neighbours in enumerate(literals["graph"]):
        if keep[one]:
            for two, km in neighbours.items():
                if keep[two]:
                    graph.add_edge(int(number[one]), int(number[two]), float(km))
    return graph


def weld(graph: RailGraph) -> None:
    """Join dead ends within 2 km and other components within 1 km."""
    points = graph.points()
    tree = cKDTree(points)
    graph.index()
    dead = [node for node, near in graph.adjacent.items() if len(near) == 1]
    label = graph.components()
    for node in dead:
        own, foreign = None, None
        for other in tree.query_ball_point(points[node], DEAD_END_WELD_KM):
            km = float(np.linalg.norm(points[node] - points[other]))
            if other == node or other in graph.adjacent[node]:
                continue
            if label[other] == label[node]:
                own = min(own or (np.inf, 0), (km, other))
            else:
                foreign = min(foreign or (np.inf, 0), (km, other))
        for km, other in filter(None, (own, foreign)):
            graph.add_edge(node, int(other), max(km, 0.01))
            graph.welds += 1
    label = graph.components()
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    for one, two in tree.query_pairs(COMPONENT_WELD_KM, output_type="ndarray"):
        low, high = sorted((int(label[one]), int(label[two])))
        if low != high:
            km = float(np.linalg.norm(points[one] - points[two]))
            best[low, high] = min(best.get((low, high), (np.inf, 0, 0)), (km, int(one), int(two)))
    for km, one, two in best.values():
        graph.add_edge(one, two, max(km, 0.01))
        graph.welds += 1
    graph.index()


def keep_main(graph: RailGraph) -> None:
    """Drop every track that the main component does not reach."""
    label = graph.components()
    main = int(np.argmax(np.bincount(label)))
    graph.edges = {key: km for key, km in graph.edges.items() if label[key[0]] == main}
    graph.index()


def add_links(graph: RailGraph, links: Path) -> list[str]:
    """Add the links of the table; return one line for each that starts far from any node.

    Rows `lat1,lon1,lat2,lon2,km,note`: an end within 4 km of a node is that node, another end is
    a new node (a link may begin where the last one ended). Without `km` the length is the chord
    times 1.05. A row without a second point bends the long edge that passes there.
    """
    far = []
    tree = cKDTree(graph.points())
    base = len(graph.lon)

    def node_at(lon: float, lat: float) -> int:
        for extra in range(base, len(graph.lon)):
            if geodesic_km(lon, lat, graph.lon[extra], graph.lat[extra]) < 1.0:
                return extra
        km, node = tree.query(sphere_points(np.array([lon]), np.array([lat]))[0])
        return int(node) if km <= 4.0 else graph.add_node(lon, lat)

    with links.open(newline="") as file:
        for row in csv.DictReader(file):
            lat1, lon1 = float(row["lat1"]), float(row["lon1"])
            if not row["lat2"]:
                if not split_at(graph, lon1, lat1):
                    far.append(row["note"])
                continue
            lat2, lon2 = float(row["lat2"]), float(row["lon2"])
            one, two = node_at(lon1, lat1), node_at(lon2, lat2)
            chord = 1.05 * geodesic_km(
                graph.lon[one], graph.lat[one], graph.lon[two], graph.lat[two]
            )
            graph.add_edge(one, two, float(row["km"]) if row.get("km") else chord)
            if one >= base and two >= base:
                far.append(row["note"])
    graph.index()
    return far


def split_at(graph: RailGraph, lon: float, lat: float, slack: float = 1.04) -> bool:
    """Bend the best fitting long edge through a town that has no node near it.

    The edge keeps its track length, shared over its two parts. Returns False where no edge is
    long enough to pass the town: the line is missing there.
    """
    keys = [key for key, km in graph.edges.items() if km >= SPLIT_MIN_KM]
    ends = np.array(keys)
    km = np.array([graph.edges[key] for key in keys])
    lons, lats = np.array(graph.lon), np.array(graph.lat)
    town = sphere_points(np.array([lon]), np.array([lat]))[0]
    points = sphere_points(lons, lats)
    first = np.linalg.norm(points[ends[:, 0]] - town, axis=1)
    second = np.linalg.norm(points[ends[:, 1]] - town, axis=1)
    detour = first + second
    fits = np.flatnonzero(detour <= km * slack + 2.0)
    if not len(fits):
        return False
    chord = np.linalg.norm(points[ends[fits, 0]] - points[ends[fits, 1]], axis=1)
    pick = int(fits[np.argmin(detour[fits] - chord)])
    one, two = keys[pick]
    del graph.edges[one, two]
    middle = graph.add_node(lon, lat)
    share = first[pick] / detour[pick]
    graph.add_edge(one, middle, float(km[pick] * share))
    graph.add_edge(middle, two, float(km[pick] * (1 - share)))
    graph.splits += 1
    return True
