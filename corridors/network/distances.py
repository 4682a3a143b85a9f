"""Compute distances by sea between ports and points, along the shipped lanes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import (
    FloatArray,
    IntArray,
    SeaLabels,
    fitting_sea_labels,
    load_gates,
    load_sea_hubs,
    load_sea_lanes,
    load_terminals,
    read_hub_labels,
)
from corridors.data.paths import data_root
from corridors.errors import ParameterError, PlaceError
from corridors.network.joints import Joint, join, straight_nm
from corridors.network.label_joins import Hubs, Label, Labels
from corridors.network.lane_search import LEAST_NM, ways_from
from corridors.network.locate import (
    CodeTables,
    Place,
    code_tables,
    locate_port,
    port_of,
    suggestion,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from corridors.network.hub_labels import HubLabels

ICE_PASSAGES = ("gate-bering", "gate-northwest-passage")
"""Opened by `arctic`: published tables of distances do not use them."""
KIEL = "gate-kiel"
"""Opened by `kiel`: most ships are too large for it, and a distance names no ship."""
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
    _barred: npt.NDArray[np.bool_] | None = None

    @property
    def edges(self) -> Edges:
        """The open edges of the lanes."""
        if self._edges is None:
            self._edges = open_edges(self.closed)
        return self._edges

    @property
    def sparse(self) -> csr_matrix:
        """The nm between nodes along the open edges."""
        from scipy.sparse import csr_matrix

        first, heads, length = self.edges
        return csr_matrix((length, heads, first), shape=(first.shape[0] - 1,) * 2)

    def joint(self, place: Place) -> Joint:
        """Return where a place joins the lanes.

        Raises
        ------
        PlaceError
            No ship reaches it.
        """
        key = place.key
        if key not in self.joints:
            row = self.ports.row.get(key)
            self.joints[key] = (
                self.opened(join(place, load_sea_lanes()))
                if row is None
                else _shipped_joint(row, self.ports)
            )
        return self.joints[key]

    def opened(self, joint: Joint) -> Joint:
        """Return where a free place joins the lanes but at closed gates, in which ways would meet.

        One that sees nothing else keeps the nearest.
        """
        if joint.free is None:
            return joint
        if self._barred is None:
            self._barred = barred_nodes(self.closed)
        barred = self._barred
        ends = tuple(end for end in joint.ends if not barred[end[0]])
        return replace(joint, ends=ends or joint.ends[:1])

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
        return _straight(_along_one_edge(nm, joints), joints)

    def stop(self, given: str | Place, place: Place) -> Stop | None:
        """Return a place, as it was given and as it is, for distances by labels alone.

        None if it has no label, or is free: it may see the other place.
        """
        key = given if isinstance(given, str) else place.key
        if key not in self.stops:
            joint = self.joint(place)
            if joint.free is not None or not self._has_label(place):
                return None
            if len(self.stops) == MOST_PLACES:
                self.stops.clear()
            hubs = Hubs(self._labels([place])[0])
            # Two places have one number if they share an edge or a node.
            edge = joint.edge if joint.edge >= 0 else -1 - joint.ends[0][0]
            self.stops[key] = Stop(hubs=hubs, edge=edge, joint=joint)
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
        self.searched += len(rows)
        far, _ = ways_from([joints[row].ends for row in rows], self.sparse)
        for row, from_row in zip(rows, far, strict=True):
            for other, joint in enumerate(joints):
                nm[row, other] = nm[other, row] = min(
                    from_row[node] + beyond for node, beyond in joint.ends
                )
            nm[row, row] = 0.0


def distances(
    places: Iterable[str | Place],
    *,
    avoid: Iterable[str] = (),
    arctic: bool = False,
    kiel: bool = False,
    allow: Iterable[str] = (),
    draft_m: float | None = None,
) -> DistanceMatrix:
    """Return the distances by sea between every two places, along the shipped lanes.

    Parameters
    ----------
    places
        Port names, UN/LOCODEs, ids or `lon,lat`. A port lies on the lanes; a point joins those that
        it sees over water.
    avoid
        Gates to close, such as `gate-suez`.
    arctic
        Whether ships may pass the Bering Strait and the Northwest Passage. Ice and season are
        ignored.
    kiel
        Whether ships may pass the Kiel Canal, which takes ships of up to 9.5 m draft, 32.5 m beam
        and 235 m length.
    allow
        Other gates to open that are closed by default (`by_default` in `gates.csv`).
    draft_m
        Draft of the ship in metres, above 0. It closes every gate that is shallower; depths of
        ports and open water are ignored. None closes no gate.

    Raises
    ------
    PlaceError
        A place or gate is unknown, or no ship reaches a place.
    ParameterError
        `draft_m` is not above 0.
    """
    network = sea_network()
    listed = tuple(map(network.place, places))
    if not listed:
        msg = "no places given: name at least one port or lon,lat"
        raise PlaceError(msg)
    graph = network.graph(avoid, arctic=arctic, kiel=kiel, allow=allow, draft_m=draft_m)
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
    allow: Iterable[str] = (),
    draft_m: float | None = None,
) -> float:
    """Return the distance by sea in nm between two places; for many pairs use `distances`.

    Infinite if closed gates cut them off. Parameters are those of `distances`.

    Raises
    ------
    PlaceError
        A place or gate is unknown, or no ship reaches a place.
    ParameterError
        `draft_m` is not above 0.
    """
    network = sea_network()
    graph = network.graph(avoid, arctic=arctic, kiel=kiel, allow=allow, draft_m=draft_m)
    one = graph.stops.get(origin if isinstance(origin, str) else origin.key)
    other = graph.stops.get(destination if isinstance(destination, str) else destination.key)
    if one is None or other is None:
        ends = network.place(origin), network.place(destination)
        one, other = graph.stop(origin, ends[0]), graph.stop(destination, ends[1])
        if one is None or other is None:
            return float(graph.matrix(ends)[0, 1])
    nm = one.hubs.distance(other.hubs)
    return min(nm, one.joint.along(other.joint)) if one.edge == other.edge else nm


def sea_graph(
    *,
    avoid: Iterable[str] = (),
    arctic: bool = False,
    kiel: bool = False,
    allow: Iterable[str] = (),
    draft_m: float | None = None,
) -> SeaGraph:
    """Return the lanes without closed gates; the graph is cached with what is found on it.

    Raises
    ------
    PlaceError
        A gate is unknown.
    ParameterError
        `draft_m` is not above 0.
    """
    network = sea_network()
    return network.graph(avoid, arctic=arctic, kiel=kiel, allow=allow, draft_m=draft_m)


def shut_by_default() -> frozenset[str]:
    """Return the gates that distances leave out unless they are asked to pass them."""
    return frozenset(gate.id for gate in load_gates() if gate.shut_by_default)


def too_shallow(draft_m: float) -> tuple[str, ...]:
    """Return the gates that a ship of this draft in metres does not pass.

    Raises
    ------
    ParameterError
        It is not above 0.
    """
    if not draft_m > 0.0:
        msg = f"the draft must be in metres and above 0, got {draft_m:g}"
        raise ParameterError(msg)
    return tuple(
        gate.id
        for gate in load_gates()
        if gate.max_draft_m is not None and gate.max_draft_m < draft_m
    )


class Asked(NamedTuple):
    """Which gates are closed, as it was asked for."""

    avoid: tuple[str, ...]
    arctic: bool
    kiel: bool
    allow: tuple[str, ...]
    draft_m: float | None

    def closed(self) -> frozenset[str]:
        """Return the closed gates; they may be unknown."""
        opened = {*self.allow}
        if self.arctic:
            opened.update(ICE_PASSAGES)
        if self.kiel:
            opened.add(KIEL)
        shallow = () if self.draft_m is None else too_shallow(self.draft_m)
        return frozenset((*self.avoid, *(shut_by_default() - opened), *shallow))


@dataclass(slots=True, kw_only=True)
class SeaNetwork:
    """The graphs by closed gates, and the places by text, of one state of the shipped files."""

    gates: frozenset[str]
    tables: CodeTables
    graphs: dict[frozenset[str], SeaGraph] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    asked: dict[tuple[object, ...], SeaGraph] = field(default_factory=dict)

    def place(self, given: str | Place) -> Place:
        """Return the place of a text or the place itself, with its name; its port for a city."""
        if not isinstance(given, str):
            return port_of(given)
        if given not in self.places:
            if len(self.places) == MOST_PLACES:
                self.places.clear()
            self.places[given] = locate_port(given, self.tables)
        return self.places[given]

    def graph(
        self,
        avoid: Iterable[str],
        *,
        arctic: bool,
        kiel: bool,
        allow: Iterable[str],
        draft_m: float | None,
    ) -> SeaGraph:
        """Return the graph without the closed gates."""
        # A plain tuple: a named one takes as long to make as a tenth of a distance.
        asked = (tuple(avoid), arctic, kiel, tuple(allow), draft_m)
        graph = self.asked.get(asked)
        if graph is None:
            if len(self.asked) == MOST_ASKED:
                self.asked.clear()
            graph = self.asked[asked] = self._graph(Asked(*asked))
        return graph

    def _graph(self, asked: Asked) -> SeaGraph:
        for gate in sorted({*asked.avoid, *asked.allow} - self.gates):
            msg = f"unknown gate '{gate}'{suggestion(gate, sorted(self.gates))}"
            raise PlaceError(msg)
        closed = asked.closed()
        if closed not in self.graphs:
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


sea_network = LatestNetwork().network


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
    lanes, barred = load_sea_lanes(), barred_nodes(closed)
    live = ~(barred[lanes.edge_from] | barred[lanes.edge_to])
    one, other, nm = lanes.edge_from[live], lanes.edge_to[live], lanes.edge_nm[live]
    tails, heads = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((heads, tails))
    first = np.zeros(barred.shape[0] + 1, np.int32)
    first[1:] = np.cumsum(np.bincount(tails, minlength=barred.shape[0]))
    length = np.maximum(np.concatenate([nm, nm]), LEAST_NM)
    return Edges(first=first, heads=heads[order], length=length[order])


def barred_nodes(closed: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Return which nodes of the lanes are points of closed gates."""
    lanes = load_sea_lanes()
    barred = np.zeros(lanes.node_lon.shape[0], bool)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        barred[node] |= point.split("#")[0] in closed
    return barred


def _shipped_joint(row: int, labels: SeaLabels) -> Joint:
    ends, edge = labels.ends(row), int(labels.edge[row])
    return Joint(
        ends=ends,
        off_km=float(labels.off_km[row]),
        edge=edge,
        edge_nm=float(labels.edge_nm[row]),
        edge_ends=ends if edge >= 0 else (),
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


def _straight(nm: FloatArray, joints: Sequence[Joint]) -> FloatArray:
    free = [k for k, joint in enumerate(joints) if joint.free is not None]
    for number, row in enumerate(free[:-1]):
        others = free[number + 1 :]
        found = straight_nm(joints[row], [joints[other] for other in others])
        nm[row, others] = nm[others, row] = np.minimum(nm[row, others], found)
    return nm
