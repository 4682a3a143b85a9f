"""Route one leg over the repaired graph through its stations."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rail_graph import RailGraph, sphere_points
from scipy.spatial import cKDTree

VIA_RADIUS_KM = 5.0
ELLIPSE_FACTOR = 1.6
ELLIPSE_MARGIN_KM = 45.0


@dataclass(frozen=True)
class Track:
    """A routed leg: track km and the nodes passed, from end to end."""

    km: float
    nodes: list[int]
    skipped: list[int]
    """Numbers of the via stations that no allowed node lies near."""


class Router:
    """Shortest tracks on a graph that no longer changes, inside countries and ellipses."""

    def __init__(self, graph: RailGraph, countries: np.ndarray) -> None:
        self.graph = graph
        self.countries = countries
        self.xyz = graph.points()
        self.tree = cKDTree(self.xyz)
        self.label = graph.components()
        sizes = np.bincount(self.label)
        self.main = int(np.argmax(sizes))

    def allowed(self, countries: set[str]) -> np.ndarray:
        """Return the mask of nodes with one of the `countries` among their nearest towns."""
        return np.asarray(np.isin(self.countries, sorted(countries)).any(axis=1))

    def nearest(self, lon: float, lat: float, mask: np.ndarray) -> tuple[int, float]:
        """Return the nearest allowed node of the main component and its distance in km."""
        point = sphere_points(np.array([lon]), np.array([lat]))[0]
        distance, near = self.tree.query(point, k=400)
        for km, node in zip(distance, near, strict=True):
            if mask[node] and self.label[node] == self.main:
                return int(node), float(km)
        return int(near[0]), float(distance[0])

    def around(self, lon: float, lat: float, mask: np.ndarray) -> list[int]:
        """Return the allowed nodes within the via radius of a point."""
        point = sphere_points(np.array([lon]), np.array([lat]))[0]
        near = self.tree.query_ball_point(point, VIA_RADIUS_KM)
        return [node for node in near if mask[node] and self.label[node] == self.main]

    def ellipse(self, one: np.ndarray, two: np.ndarray) -> np.ndarray:
        """Return the mask of nodes inside the ellipse round the chord of two points."""
        chord = float(np.linalg.norm(one - two))
        total = np.linalg.norm(self.xyz - one, axis=1) + np.linalg.norm(self.xyz - two, axis=1)
        return np.asarray(total <= ELLIPSE_FACTOR * chord + ELLIPSE_MARGIN_KM)

    def track(
        self, start: int, end: int, stops: list[tuple[float, float]], countries: set[str]
    ) -> Track | None:
        """Return the shortest track from `start` to `end` past each stop, or None."""
        mask = self.allowed(countries)
        mask[[start, end]] = True
        layers: list[list[int]] = [[start]]
        centres = [self.xyz[start]]
        skipped = []
        for number, (lon, lat) in enumerate(stops):
            near = self.around(lon, lat, mask)
            if near:
                layers.append(near)
                centres.append(sphere_points(np.array([lon]), np.array([lat]))[0])
            else:
                skipped.append(number)
        layers.append([end])
        centres.append(self.xyz[end])
        best: dict[int, float] = {start: 0.0}
        came: list[dict[int, int]] = []
        for number in range(1, len(layers)):
            inside = mask & self.ellipse(centres[number - 1], centres[number])
            best, before = self._spread(best, set(layers[number]), inside)
            if not best:
                print(f"  stretch {number} of {len(layers) - 1} is broken")
                return None
            came.append(before)
        nodes = without_spurs(_walk(came, end))
        steps = pairwise(nodes)
        km = sum(self.graph.adjacent[one][two] for one, two in steps)
        return Track(km=km, nodes=nodes, skipped=skipped)

    def _spread(
        self, start: dict[int, float], targets: set[int], inside: np.ndarray
    ) -> tuple[dict[int, float], dict[int, int]]:
        """Dijkstra from nodes with given kilometres until every target is settled."""
        queue = [(km, node) for node, km in start.items()]
        heapq.heapify(queue)
        distance = dict(start)
        before: dict[int, int] = dict.fromkeys(start, -1)
        settled: set[int] = set()
        left = set(targets)
        while queue and left:
            km, node = heapq.heappop(queue)
            if node in settled:
                continue
            settled.add(node)
            left.discard(node)
            for other, step in self.graph.adjacent.get(node, {}).items():
                if other not in settled and (inside[other] or other in targets):
                    total = km + step
                    if total < distance.get(other, np.inf):
                        distance[other] = total
                        before[other] = node
                        heapq.heappush(queue, (total, other))
        return {node: distance[node] for node in targets if node in settled}, before


def without_spurs(nodes: list[int]) -> list[int]:
    """Return the nodes without stretches run out and back to touch a via station."""
    kept: list[int] = []
    for node in nodes:
        if len(kept) > 1 and kept[-2] == node:
            kept.pop()
        elif not kept or kept[-1] != node:
            kept.append(node)
    return kept


def _walk(came: list[dict[int, int]], end: int) -> list[int]:
    """Return the nodes from start to end by the predecessors of each stretch."""
    nodes = [end]
    node = end
    for number in range(len(came) - 1, -1, -1):
        while came[number][node] != -1:
            node = came[number][node]
            nodes.append(node)
    return nodes[::-1]
