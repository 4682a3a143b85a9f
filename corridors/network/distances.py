"""Compute distances by sea between ports and points, along the shipped lanes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.data.geodata import (
    FloatArray,
    IntArray,
    SeaLabels,
    SeaLanes,
    fitting_sea_labels,
    load_gates,
    load_sea_hubs,
    load_sea_lanes,
    load_terminals,
    read_hub_labels,
)
from corridors.data.paths import data_root
from corridors.errors import PlaceError
from corridors.network.label_joins import Hubs, Label, Labels
from corridors.network.locate import (
    CodeTables,
    Place,
    code_tables,
    locate_port,
    port_of,
    suggestion,
)
from corridors.network.sea import LEAST_NM, nm_along_edge, snap

if TYPE_CHECKING:
    from corridors.network.hub_labels import HubLabels

ICE_PASSAGES = ("gate-bering", "gate-northwest-passage")
"""Closed unless `arctic` is set: published tables of distances do not use them."""
SMALL_SHIP_CANALS = ("gate-kiel",)
"""Closed unless `kiel` is set: most ships are too large for it, and a distance names no ship."""
LABELS_PAY = 64
"""From this number of searches labels are built, which takes as long as about fifty of them."""
FILES = (
    *("network/sea_lanes.npz", "network/sea_hubs.npz", "derived/sea_labels.npz"),
    *("network/gates.csv", "network/terminals.csv", "network/ports.csv", "network/places.csv.gz"),
)
"""What places and graphs are read from."""
LOOK_SECONDS = 0.05
"""How long after a look at these files a change of one may go unseen."""
MOST_PLACES = 16_384
MOST_GRAPHS = 4
MOST_ASKED = 64


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


Key = tuple[str, float, float]
"""A place by id, lon and lat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Where a place joins the lanes: nodes and the nm to them; `edge` is -1 for a node.

    Of the nm, `off_km` lead to the lane. `edge_nm` is the length of the edge.
    """

    ends: tuple[tuple[int, float], ...]
    off_km: float = 0.0
    edge: int = -1
    edge_nm: float = 0.0

    def along(self, other: Joint) -> float:
        """Return the nm to a place on the same edge along that edge, else infinity."""
        if self.edge < 0 or self.edge != other.edge:
            return inf
        (_, start), (_, end) = self.ends
        (_, other_start), (_, other_end) = other.ends
        return nm_along_edge((start, end), (other_start, other_end), edge_nm=self.edge_nm)


class Edges(NamedTuple):
    """The open edges by node, each in both directions: `first`, then heads and lengths in nm."""

    first: IntArray
    heads: IntArray
    length: FloatArray


class Stop(NamedTuple):
    """A place as single distances use it."""

    hubs: Hubs
    edge: int
    joint: Joint


@dataclass(slots=True, kw_only=True)
class SeaGraph:
    """The lanes without closed gates, with the joints and labels found so far.

    `ports` says where the shipped places join the lanes, and `shipped` are their labels, if there
    are any for these gates; they hold among these places alone. Labels of all nodes, once `built`,
    replace them.
    """

    closed: frozenset[str]
    ports: SeaLabels
    shipped: Labels | None = None
    built: HubLabels | None = None
    searched: int = 0
    joints: dict[Key, Joint] = field(default_factory=dict)
    known: dict[Key, Label] = field(default_factory=dict)
    stops: dict[str | Key, Stop] = field(default_factory=dict)
    _edges: Edges | None = None

    @property
    def edges(self) -> Edges:
        """The open edges of the lanes."""
        if self._edges is None:
            self._edges = open_edges(self.closed)
        return self._edges

    def joint(self, place: Place) -> Joint:
        """Return where a place joins the lanes.

        Raises
        ------
        PlaceError
            It is too far from any lane.
        """
        key = place.key
        if key not in self.joints:
            row = self.ports.row.get(key)
            self.joints[key] = (
                join(place, load_sea_lanes()) if row is None else _shipped_joint(row, self.ports)
            )
        return self.joints[key]

    def matrix(self, places: Sequence[Place]) -> FloatArray:
        """Return the distances in nm between places.

        Places without a label are searched from, up to `LABELS_PAY` of them in all.
        """
        joints = [self.joint(place) for place in places]
        bare = [k for k, place in enumerate(places) if not self._has_label(place)]
        if self.searched + len(bare) >= LABELS_PAY:
            self.build()
            bare = []
        nm = np.full((len(places), len(places)), inf)
        np.fill_diagonal(nm, 0.0)
        having = sorted(set(range(len(places))).difference(bare))
        if having:
            nm[np.ix_(having, having)] = self._labels([places[k] for k in having]).matrix()
        if bare:
            # Of places without a label alone, the first is found from all others.
            self._search(nm, joints, bare if having else bare[1:])
        return _along_one_edge(nm, joints)

    def stop(self, given: str | Place, place: Place) -> Stop | None:
        """Return a place, as it was given and as it is, for distances; None if it has no label."""
        key = given if isinstance(given, str) else place.key
        if key not in self.stops:
            joint = self.joint(place)
            if not self._has_label(place):
                return None
            if len(self.stops) == MOST_PLACES:
                self.stops.clear()
            hubs = Hubs(self._labels([place])[0])
            self.stops[key] = Stop(hubs=hubs, edge=joint.edge, joint=joint)
        return self.stops[key]

    def build(self) -> HubLabels:
        """Build the labels of all nodes, which takes as long as about fifty searches."""
        if self.built is None:
            from corridors.network.hub_labels import build_labels

            self.built = build_labels(*self.edges, order=load_sea_hubs())
            self.stops.clear()
        return self.built

    def _has_label(self, place: Place) -> bool:
        return self.built is not None or (self.shipped is not None and place.key in self.ports.row)

    def _labels(self, places: Sequence[Place]) -> Labels:
        """Return the labels of places that have one."""
        if self.built is None and self.shipped is not None:
            return self.shipped.taken([self.ports.row[place.key] for place in places])
        built = self.build()
        for place in places:
            if place.key not in self.known:
                self.known[place.key] = built.of(self.joint(place).ends)
        return Labels.of([self.known[place.key] for place in places])

    def _search(self, nm: FloatArray, joints: Sequence[Joint], rows: Sequence[int]) -> None:
        """Fill some rows and columns of a matrix by searches from each place."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import dijkstra

        self.searched += len(rows)
        first, heads, length = self.edges
        graph = csr_matrix((length, heads, first), shape=(first.shape[0] - 1,) * 2)
        nodes = sorted({node for row in rows for node, _ in joints[row].ends})
        at = {node: k for k, node in enumerate(nodes)}
        far = dijkstra(graph, indices=nodes)
        for row in rows:
            for other, joint in enumerate(joints):
                nm[row, other] = nm[other, row] = min(
                    off + far[at[node], end] + beyond
                    for node, off in joints[row].ends
                    for end, beyond in joint.ends
                )
            nm[row, row] = 0.0


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
    nm = graph.matrix(listed)
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
    one = graph.stops.get(origin if isinstance(origin, str) else origin.key)
    other = graph.stops.get(destination if isinstance(destination, str) else destination.key)
    if one is None or other is None:
        ends = network.place(origin), network.place(destination)
        one, other = graph.stop(origin, ends[0]), graph.stop(destination, ends[1])
        if one is None or other is None:
            return float(graph.matrix(ends)[0, 1])
    nm = one.hubs.distance(other.hubs)
    return min(nm, one.joint.along(other.joint)) if one.edge == other.edge else nm


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
    tables: CodeTables
    graphs: dict[frozenset[str], SeaGraph] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    asked: dict[tuple[tuple[str, ...], bool, bool], SeaGraph] = field(default_factory=dict)

    def place(self, given: str | Place) -> Place:
        """Return the place of a text or the place itself, with its name; its port for a city."""
        if not isinstance(given, str):
            return port_of(given)
        if given not in self.places:
            if len(self.places) == MOST_PLACES:
                self.places.clear()
            self.places[given] = locate_port(given, self.tables)
        return self.places[given]

    def graph(self, avoid: Iterable[str], *, arctic: bool, kiel: bool) -> SeaGraph:
        """Return the graph without the gates to avoid, those of the Arctic and Kiel."""
        asked = (tuple(avoid), arctic, kiel)
        graph = self.asked.get(asked)
        if graph is None:
            if len(self.asked) == MOST_ASKED:
                self.asked.clear()
            graph = self.asked[asked] = self._graph(*asked)
        return graph

    def _graph(self, avoid: tuple[str, ...], arctic: bool, kiel: bool) -> SeaGraph:
        closed = frozenset((*avoid, *(() if arctic else ICE_PASSAGES)))
        if not kiel:
            closed = closed.union(SMALL_SHIP_CANALS)
        if closed not in self.graphs:
            for gate in sorted(closed - self.gates):
                msg = f"unknown gate '{gate}'{suggestion(gate, sorted(self.gates))}"
                raise PlaceError(msg)
            if len(self.graphs) == MOST_GRAPHS:
                self.asked.clear()
                del self.graphs[next(iter(self.graphs))]
            self.graphs[closed] = graph_of(closed)
        return self.graphs[closed]


@dataclass(slots=True)
class LatestNetwork:
    """The network of the shipped files as they were a moment ago, asked again every `LOOK_SECONDS`.

    To ask the state of seven files takes several times as long as a distance.
    """

    found: tuple[Path, float, SeaNetwork] | None = None

    def network(self) -> SeaNetwork:
        """Return the network."""
        root, now = data_root(), monotonic()
        found = self.found
        if found is None or found[0] is not root or now >= found[1]:
            folder = os.fspath(root)
            network = _network_of(folder, tuple([_state(f"{folder}/{name}") for name in FILES]))
            found = self.found = root, now + LOOK_SECONDS, network
        return found[2]


_sea_network = LatestNetwork().network


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path takes five times as long
    except OSError:
        return None  # its reader says what is missing
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _network_of(_folder: str, _states: tuple[tuple[int, int] | None, ...]) -> SeaNetwork:
    gates = frozenset(gate.id for gate in load_gates())
    return SeaNetwork(gates=gates, tables=code_tables(load_terminals()))


def graph_of(closed: frozenset[str]) -> SeaGraph:
    """Return the lanes without some gates, on which nothing was found yet."""
    ports = fitting_sea_labels()
    arrays = read_hub_labels(ports, closed)
    if arrays is None:
        return SeaGraph(closed=closed, ports=ports)
    start, hubs, far = arrays
    return SeaGraph(closed=closed, ports=ports, shipped=Labels(start=start, hubs=hubs, far=far))


def open_edges(closed: frozenset[str]) -> Edges:
    """Return the edges of the lanes that touch no closed gate."""
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
    length = np.maximum(np.concatenate([nm, nm]), LEAST_NM)
    return Edges(first=first, heads=heads[order], length=length[order])


def join(place: Place, lanes: SeaLanes) -> Joint:
    """Return where a place joins the lanes.

    Raises
    ------
    PlaceError
        It is too far from any lane.
    """
    if place.id in lanes.point_ids:
        return Joint(ends=((int(lanes.point_node[lanes.point_ids.index(place.id)]), 0.0),))
    found = snap(place, lanes)
    return Joint(
        ends=(
            (int(lanes.edge_from[found.edge]), found.to_start_nm),
            (int(lanes.edge_to[found.edge]), found.to_end_nm),
        ),
        off_km=found.off_km,
        edge=found.edge,
        edge_nm=float(lanes.edge_nm[found.edge]),
    )


def _shipped_joint(row: int, labels: SeaLabels) -> Joint:
    ends = tuple(zip(labels.end_node[row].tolist(), labels.end_nm[row].tolist(), strict=True))
    edge = int(labels.edge[row])
    return Joint(
        ends=ends[:1] if edge < 0 else ends,
        off_km=float(labels.off_km[row]),
        edge=edge,
        edge_nm=float(labels.edge_nm[row]),
    )


def _along_one_edge(nm: FloatArray, joints: Sequence[Joint]) -> FloatArray:
    at: dict[int, list[int]] = {}
    for k, joint in enumerate(joints):
        if joint.edge >= 0:
            at.setdefault(joint.edge, []).append(k)
    for here in at.values():
        for i in here:
            for j in here:
                nm[i, j] = 0.0 if i == j else min(nm[i, j], joints[i].along(joints[j]))
    return nm
