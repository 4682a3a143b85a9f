"""Compute distances by sea between ports and points, along the shipped lanes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from corridors.data.geodata import (
    FloatArray,
    IntArray,
    SeaLanes,
    load_gates,
    load_sea_hubs,
    load_sea_lanes,
)
from corridors.data.paths import network_dir
from corridors.errors import PlaceError
from corridors.network.locate import Place, locate_port, port_of, suggestion
from corridors.network.sea import LEAST_NM, Snap, nm_on_one_edge, snap

if TYPE_CHECKING:
    from corridors.network.hub_labels import HubLabels, Label

ICE_PASSAGES = ("gate-bering", "gate-northwest-passage")
"""Closed unless `arctic` is set: published tables of distances do not use them."""
SMALL_SHIP_CANALS = ("gate-kiel",)
"""Closed unless `kiel` is set: most ships are too large for it, and a distance names no ship."""
LABELS_PAY = 64
"""From this number of places labels are built, which takes as long as about fifty searches."""
FILES = ("sea_lanes.npz", "gates.csv", "terminals.csv", "ports.csv", "places.csv.gz")
"""What places and graphs are read from."""
MOST_PLACES = 16_384
MOST_GRAPHS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceMatrix:
    """Distances by sea between places.

    `nm[i, j]` is the distance in nautical miles from place i to place j, infinite if closed gates
    cut it off. `snap_km` is the distance of each place from the lane that it joins, 0 for a port
    of the network; it is part of `nm`.
    """

    places: tuple[Place, ...]
    nm: FloatArray
    snap_km: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the places, in the order of rows and columns."""
        return tuple(place.name for place in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Where a place joins the lanes: nodes and the nm to them; `snap` is None for a node."""

    ends: tuple[tuple[int, float], ...]
    off_km: float = 0.0
    snap: Snap | None = None


@dataclass(slots=True, kw_only=True)
class SeaGraph:
    """The lanes without closed gates, with the joints and labels found so far."""

    lanes: SeaLanes
    first: IntArray
    heads: IntArray
    length: FloatArray
    labels: HubLabels | None = None
    joints: dict[tuple[str, float, float], Joint] = field(default_factory=dict)
    known: dict[tuple[str, float, float], Label] = field(default_factory=dict)

    def joint(self, place: Place) -> Joint:
        """Return where a place joins the lanes."""
        key = (place.id, place.lon, place.lat)
        if key not in self.joints:
            self.joints[key] = _joint(place, self.lanes)
        return self.joints[key]

    def matrix(self, places: Sequence[Place], *, by_labels: bool = False) -> FloatArray:
        """Return the distances in nm between places, from labels if there are any.

        `by_labels` builds the labels first.
        """
        joints = [self.joint(place) for place in places]
        if by_labels or self.labels is not None:
            from corridors.network.hub_labels import label_matrix

            nm = label_matrix([self._label(place) for place in places])
        else:
            nm = self._searched(joints)
        return _along_one_edge(nm, joints, self.lanes)

    def distance(self, one: Place, other: Place) -> float:
        """Return the distance in nm between two places."""
        if self.labels is None:
            return float(self.matrix((one, other))[0, 1])
        from corridors.network.hub_labels import label_distance

        nm = label_distance(self._label(one), self._label(other))
        return min(nm, _on_one_edge(self.joint(one), self.joint(other), self.lanes))

    def _label(self, place: Place) -> Label:
        key = (place.id, place.lon, place.lat)
        if key not in self.known:
            if self.labels is None:
                from corridors.network.hub_labels import build_labels

                self.labels = build_labels(
                    self.first, self.heads, self.length, order=load_sea_hubs()
                )
            self.known[key] = self.labels.of(self.joint(place).ends)
        return self.known[key]

    def _searched(self, joints: Sequence[Joint]) -> FloatArray:
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import dijkstra

        count = self.lanes.node_lon.shape[0]
        graph = csr_matrix((self.length, self.heads, self.first), shape=(count, count))
        nodes = sorted({node for joint in joints for node, _ in joint.ends})
        row = {node: k for k, node in enumerate(nodes)}
        far = dijkstra(graph, indices=nodes)[:, nodes]
        nm = np.zeros((len(joints), len(joints)))
        for i, one in enumerate(joints):
            for j, other in enumerate(joints[:i]):
                nm[i, j] = nm[j, i] = min(
                    off + far[row[node], row[end]] + beyond
                    for node, off in one.ends
                    for end, beyond in other.ends
                )
        return nm


def distances(
    places: Iterable[str | Place],
    *,
    avoid: Iterable[str] = (),
    arctic: bool = False,
    kiel: bool = False,
) -> DistanceMatrix:
    """Return the distances by sea between every two places, along the shipped lanes.

    Parameters
    ----------
    places
        Port names, UN/LOCODEs, ids or `lon,lat`; each joins the nearest lane.
    avoid
        Gates to close, such as `gate-suez`.
    arctic
        Whether ships may pass the Bering Strait and the Northwest Passage. Ice and season are
        ignored.
    kiel
        Whether ships may pass the Kiel Canal, which takes ships of up to 9.5 m draft, 32.5 m beam
        and 235 m length. Drafts elsewhere are ignored.

    Raises
    ------
    PlaceError
        A place is unknown or too far from any lane, or a gate is unknown.
    """
    network = _sea_network()
    listed = tuple(map(network.place, places))
    if not listed:
        msg = "no places given: name at least one port or lon,lat"
        raise PlaceError(msg)
    graph = network.graph(avoid, arctic=arctic, kiel=kiel)
    nm = graph.matrix(listed, by_labels=len(listed) >= LABELS_PAY)
    off = np.array([graph.joint(place).off_km for place in listed])
    return DistanceMatrix(places=listed, nm=nm, snap_km=off)


def sea_distance(
    origin: str | Place,
    destination: str | Place,
    *,
    avoid: Iterable[str] = (),
    arctic: bool = False,
    kiel: bool = False,
) -> float:
    """Return the distance by sea in nm between two places; for many pairs use `distances`.

    Parameters are those of `distances`.

    Raises
    ------
    PlaceError
        A place is unknown or too far from any lane, or a gate is unknown.
    """
    network = _sea_network()
    graph = network.graph(avoid, arctic=arctic, kiel=kiel)
    return graph.distance(*map(network.place, (origin, destination)))


def sea_graph(*, avoid: Iterable[str] = (), arctic: bool = False, kiel: bool = False) -> SeaGraph:
    """Return the lanes without closed gates; the graph is cached with what is found on it.

    Raises
    ------
    PlaceError
        A gate is unknown.
    """
    return _sea_network().graph(avoid, arctic=arctic, kiel=kiel)


@dataclass(slots=True, kw_only=True)
class SeaNetwork:
    """The graphs by closed gates, and the places by text, of one state of the shipped files."""

    gates: frozenset[str]
    graphs: dict[frozenset[str], SeaGraph] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, given: str | Place) -> Place:
        """Return the place of a text or the place itself, with its name; its port for a city."""
        if not isinstance(given, str):
            return port_of(given)
        if given not in self.places:
            if len(self.places) == MOST_PLACES:
                self.places.clear()
            self.places[given] = locate_port(given)
        return self.places[given]

    def graph(self, avoid: Iterable[str], *, arctic: bool, kiel: bool) -> SeaGraph:
        """Return the graph without the gates to avoid, those of the Arctic and Kiel."""
        closed = frozenset((*avoid, *(() if arctic else ICE_PASSAGES)))
        if not kiel:
            closed = closed.union(SMALL_SHIP_CANALS)
        if closed not in self.graphs:
            for gate in sorted(closed - self.gates):
                msg = f"unknown gate '{gate}'{suggestion(gate, sorted(self.gates))}"
                raise PlaceError(msg)
            if len(self.graphs) == MOST_GRAPHS:
                del self.graphs[next(iter(self.graphs))]
            self.graphs[closed] = _sea_graph(closed)
        return self.graphs[closed]


def _sea_network() -> SeaNetwork:
    """Return the network of the shipped files as they are now.

    Their state is asked once a call: a state of every file for every name took most of the time.
    """
    folder = os.fspath(network_dir())
    return _network_of(folder, tuple([_state(f"{folder}/{name}") for name in FILES]))


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path takes five times as long
    except OSError:
        return None  # its reader says what is missing
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _network_of(_folder: str, _states: tuple[tuple[int, int] | None, ...]) -> SeaNetwork:
    return SeaNetwork(gates=frozenset(gate.id for gate in load_gates()))


def _sea_graph(closed: frozenset[str]) -> SeaGraph:
    lanes = load_sea_lanes()
    barred = np.zeros(lanes.node_lon.shape[0], bool)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        barred[node] |= point.split("#")[0] in closed
    live = ~(barred[lanes.edge_from] | barred[lanes.edge_to])
    one, other, nm = lanes.edge_from[live], lanes.edge_to[live], lanes.edge_nm[live]
    tails, heads = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((heads, tails))
    first = np.zeros(barred.shape[0] + 1, np.int32)
    first[1:] = np.cumsum(np.bincount(tails, minlength=barred.shape[0]))
    return SeaGraph(
        lanes=lanes,
        first=first,
        heads=heads[order],
        length=np.maximum(np.concatenate([nm, nm]), LEAST_NM)[order],
    )


def _joint(place: Place, lanes: SeaLanes) -> Joint:
    if place.id in lanes.point_ids:
        return Joint(ends=((int(lanes.point_node[lanes.point_ids.index(place.id)]), 0.0),))
    found = snap(place, lanes)
    return Joint(
        ends=(
            (int(lanes.edge_from[found.edge]), found.to_start_nm),
            (int(lanes.edge_to[found.edge]), found.to_end_nm),
        ),
        off_km=found.off_km,
        snap=found,
    )


def _on_one_edge(one: Joint, other: Joint, lanes: SeaLanes) -> float:
    """Return the nm between places on the same edge along that edge, else infinity."""
    if one.snap is None or other.snap is None:
        return float("inf")
    return nm_on_one_edge(one.snap, other.snap, lanes)


def _along_one_edge(nm: FloatArray, joints: Sequence[Joint], lanes: SeaLanes) -> FloatArray:
    at: dict[int, list[int]] = {}
    for k, joint in enumerate(joints):
        if joint.snap is not None:
            at.setdefault(joint.snap.edge, []).append(k)
    for here in at.values():
        for i in here:
            for j in here:
                nm[i, j] = (
                    0.0 if i == j else min(nm[i, j], _on_one_edge(joints[i], joints[j], lanes))
                )
    return nm
