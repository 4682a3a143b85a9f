"""A small undirected lane graph on the sphere: add, drop, split, snap, search."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import shapely
from common import KM_PER_NM, Point, densify, length_nm, normal_lon
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components


@dataclass
class Edge:
    """One lane edge: its length, NSR area (0 outside) and canal gate ('' elsewhere)."""

    nm: float
    area: int = 0
    canal: str = ""
    origin: str = "searoute"


@dataclass
class Lanes:
    """Lane nodes by rounded position and edges by node pair."""

    nodes: list[Point] = field(default_factory=list)
    index: dict[Point, int] = field(default_factory=dict)
    edges: dict[tuple[int, int], Edge] = field(default_factory=dict)

    def node(self, point: Point) -> int:
        """Return the node at a position (5 decimals, about 1 m), adding it where new."""
        key = (round(normal_lon(point[0]), 5), round(point[1], 5))
        if key not in self.index:
            self.index[key] = len(self.nodes)
            self.nodes.append(key)
        return self.index[key]

    def add(self, i: int, j: int, like: Edge | None = None) -> None:
        """Add an edge of geodesic length, with the marks of another edge."""
        if i == j:
            return
        edge = like or Edge(0.0)
        nm = length_nm(self.nodes[i], self.nodes[j])
        key = (min(i, j), max(i, j))
        if key not in self.edges:
            self.edges[key] = Edge(nm, edge.area, edge.canal, edge.origin)

    def drop(self, key: tuple[int, int]) -> Edge:
        """Remove an edge and return it."""
        return self.edges.pop(key)

    def split(self, key: tuple[int, int], points: list[Point]) -> list[int]:
        """Replace an edge by a chain through points; return the nodes of those points."""
        edge = self.drop(key)
        chain = [key[0], *(self.node(p) for p in points), key[1]]
        for i, j in itertools.pairwise(chain):
            self.add(i, j, edge)
        return chain[1:-1]

    def matrix(self) -> csr_matrix:
        """Return the symmetric matrix of lengths in nm (zero lengths become 1 mm)."""
        keys = np.array(list(self.edges), dtype=np.int64).reshape(-1, 2)
        nm = np.maximum([e.nm for e in self.edges.values()], 1e-6)
        n = len(self.nodes)
        rows = np.r_[keys[:, 0], keys[:, 1]]
        cols = np.r_[keys[:, 1], keys[:, 0]]
        return coo_matrix((np.r_[nm, nm], (rows, cols)), shape=(n, n)).tocsr()

    def keep_largest_component(self) -> list[tuple[int, int]]:
        """Drop every edge outside the largest component; return the dropped edges."""
        _, label = connected_components(self.matrix(), directed=False)
        largest = np.bincount(label).argmax()
        gone = [key for key in self.edges if label[key[0]] != largest]
        for key in gone:
            self.drop(key)
        return gone

    def compact(self) -> Lanes:
        """Return the same lanes without unused nodes, in a stable order."""
        used = sorted({i for key in self.edges for i in key})
        new = {old: k for k, old in enumerate(used)}
        out = Lanes([self.nodes[i] for i in used])
        out.index = {p: k for k, p in enumerate(out.nodes)}
        out.edges = {(new[i], new[j]): e for (i, j), e in sorted(self.edges.items())}
        return out


@cache
def drawn(a: Point, b: Point) -> tuple[shapely.LineString, ...]:
    """Return the geodesic a-b as planar lines, once for each turn of the globe it touches."""
    points = densify(a, b)
    turns = (
        shapely.LineString([(x + turn, y) for x, y in points]) for turn in (-360.0, 0.0, 360.0)
    )
    return tuple(t for t in turns if t.bounds[0] <= 185 and t.bounds[2] >= -185)


class Snapper:
    """Find the lane edges near a point. Built once; stale edges are skipped."""

    def __init__(self, lanes: Lanes, *, origins: tuple[str, ...] | None = None) -> None:
        self.lanes = lanes
        self.keys: list[tuple[int, int]] = []
        self.lines: list[shapely.LineString] = []
        for key, edge in lanes.edges.items():
            if edge.canal or (origins is not None and edge.origin not in origins):
                continue
            for line in drawn(lanes.nodes[key[0]], lanes.nodes[key[1]]):
                self.keys.append(key)
                self.lines.append(line)
        self.tree = shapely.STRtree(self.lines)

    def near(self, point: Point, reach_km: float) -> list[tuple[float, tuple[int, int], Point]]:
        """Return (km, edge, foot) of live edges within reach, nearest first."""
        lon, lat = normal_lon(point[0]), point[1]
        squeeze = max(0.05, float(np.cos(np.radians(lat))))
        dy = reach_km / 110.0
        box = shapely.box(lon - dy / squeeze, lat - dy, lon + dy / squeeze, lat + dy)
        found = []
        for k in self.tree.query(box, predicate="intersects"):
            key = self.keys[k]
            if key not in self.lanes.edges:
                continue
            local = shapely.LineString(
                [((x - lon) * squeeze, y - lat) for x, y in self.lines[k].coords]
            )
            foot = local.interpolate(local.project(shapely.Point(0, 0)))
            foot_point = (normal_lon(foot.x / squeeze + lon), foot.y + lat)
            km = length_nm((lon, lat), foot_point) * KM_PER_NM
            if km <= reach_km:
                found.append((km, key, foot_point))
        return sorted(found)


def join(lanes: Lanes, key: tuple[int, int], foot: Point) -> int:
    """Return a node at the foot point on an edge, splitting it unless an end is near."""
    for end in key:
        if length_nm(lanes.nodes[end], foot) < 0.3:
            return end
    return lanes.split(key, [foot])[0]
