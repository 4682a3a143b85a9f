"""Compute distances by sea between ports and points, along the shipped lanes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations
from math import inf, isfinite
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import numpy as np

from corridors.arrays import BoolArray, FloatArray
from corridors.data.geodata import (
    SeaLabels,
    fitting_sea_labels,
    gate_named,
    load_gates,
    load_sea_hubs,
    load_sea_lanes,
    load_terminals,
    missing_sea_labels,
    read_hub_labels,
)
from corridors.data.paths import data_root
from corridors.errors import ParameterError, PlaceError
from corridors.network.locate import (
    CodeTables,
    Place,
    code_tables,
    locate_port,
    port_of,
    suggestion,
)
from corridors.network.sea.label_joins import Hubs, Label, Labels
from corridors.network.sea.lane_access import (
    Edges,
    LaneAccess,
    barred_nodes,
    join,
    open_edges,
    straight_nm,
    ways_from,
)
from corridors.progress import say_once
from corridors.units import km_from_nm

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ICE_PASSAGES = ("gate-bering", "gate-northwest-passage")
"""Opened by `arctic`: published tables of distances do not use them."""
KIEL = "gate-kiel"
"""Opened by `kiel`: most ships are too large for it, and a distance names no ship."""
MOST_DRAFT_M = 30.0
"""More than any ship has."""
LABELS_PAY = 2_000
"""From this number of searches labels are built, which takes as long as about so many of them."""
AT_ONCE = 64
"""Searches whose distances to all nodes are in memory at once, 0.3 MB each."""
FILES = (
    *("network/sea_lanes.npz", "network/sea_hubs.npz", "derived/sea_labels.npz"),
    *("network/gates.csv", "network/terminals.csv", "network/ports.csv", "network/places.csv.gz"),
)
"""What places and graphs are read from."""
LOOK_SECONDS = 0.05
"""How long after a look at these files a change of one may go unseen."""
ONE_AT_A_TIME = RLock()
"""Held while a graph is asked: labels that one thread builds do not fit those another has read."""
MOST_PLACES = 16_384
MOST_GRAPHS = 4
MOST_ASKED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceMatrix:
    """Distances by sea between places."""

    places: tuple[Place, ...]
    """The places as they are understood, with ids and positions."""
    nm: FloatArray
    """Nautical miles from place i to place j at `nm[i, j]`; infinite if closed gates cut it off."""
    snap_km: FloatArray
    """Km from each place to the lane it joins, part of `nm`; 0 for a port of the network."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the places, in the order of rows and columns."""
        return tuple(place.name for place in self.places)


def distance_rows(found: DistanceMatrix) -> list[dict[str, object]]:
    """Return a row for each pair of places; `nm` and `km` are None where no way is open."""
    rows: list[dict[str, object]] = []
    for i, j in combinations(range(len(found.places)), 2):
        nm = float(found.nm[i, j])
        reached = isfinite(nm)
        rows.append(
            {
                "from": found.names[i],
                "to": found.names[j],
                "nm": round(nm, 1) if reached else None,
                "km": round(km_from_nm(nm), 1) if reached else None,
                "from_off_lane_km": round(float(found.snap_km[i]), 1),
                "to_off_lane_km": round(float(found.snap_km[j]), 1),
                "from_id": found.places[i].id,
                "to_id": found.places[j].id,
            }
        )
    return rows


Key = tuple[str, float, float]
"""A place by id, lon and lat."""


@dataclass(slots=True, kw_only=True)
class SeaGraph:
    """The lanes without closed gates, with the accesses and labels found so far.

    `ports` says which places have shipped labels, and `shipped` are these by row, if there are any
    for these gates; they hold among these places alone. Labels of all nodes, once `built`, replace
    them.
    """

    closed: frozenset[str]
    ports: SeaLabels
    shipped: Labels | None = None
    built: Labels | None = None
    searched: int = 0
    accesses: dict[Key, LaneAccess] = field(default_factory=dict)
    known: dict[Key, Label] = field(default_factory=dict)
    hubs: dict[str | Key, Hubs] = field(default_factory=dict)
    _edges: Edges | None = None
    _barred: BoolArray | None = None

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

    def access(self, place: Place) -> LaneAccess:
        """Return where a place joins the lanes.

        Raises
        ------
        PlaceError
            No ship reaches it.
        """
        key = place.key
        if key not in self.accesses:
            row = self.ports.row.get(key)
            self.accesses[key] = (
                self.opened(join(place, load_sea_lanes()))
                if row is None
                else LaneAccess(ends=((int(self.ports.node[row]), 0.0),))
            )
        return self.accesses[key]

    def opened(self, access: LaneAccess) -> LaneAccess:
        """Return where a free place joins the lanes but at closed gates, in which ways would meet.

        One that sees nothing else keeps the nearest.
        """
        if access.free is None:
            return access
        if self._barred is None:
            self._barred = barred_nodes(self.closed)
        barred = self._barred
        ends = tuple(end for end in access.ends if not barred[end[0]])
        return replace(access, ends=ends or access.ends[:1])

    def matrix(self, places: Sequence[Place]) -> FloatArray:
        """Return the distances in nm between places.

        Places without a label are searched from, up to `LABELS_PAY` of them in all.
        """
        accesses = [self.access(place) for place in places]
        labels = [self.label(place) for place in places]
        if self.searched + labels.count(None) >= LABELS_PAY:
            self.build()
            labels = [self.label(place) for place in places]
        nm = np.full((len(places), len(places)), inf)
        np.fill_diagonal(nm, 0.0)
        having = [k for k, label in enumerate(labels) if label is not None]
        if having:
            labelled = Labels.of([label for label in labels if label is not None])
            nm[np.ix_(having, having)] = labelled.matrix()
        bare = [k for k, label in enumerate(labels) if label is None]
        if bare:
            # Of places without a label alone, the first is found from all others.
            self._search(nm, accesses, bare if having else bare[1:])
        return _straight(_along_one_edge(nm, accesses), accesses)

    def hubs_of(self, given: str | Place, place: Place) -> Hubs | None:
        """Return the hubs of a place, as it was given and as it is, if distances follow from them.

        None if it has no label or is no node: it may see the other place, or share its edge.
        """
        key = given if isinstance(given, str) else place.key
        if key not in self.hubs:
            access, label = self.access(place), self.label(place)
            if label is None or access.free is not None or access.edge >= 0:
                return None
            if len(self.hubs) == MOST_PLACES:
                self.hubs.clear()
            self.hubs[key] = Hubs(label)
        return self.hubs[key]

    def build(self) -> Labels:
        """Build the labels of all nodes, which takes as long as about `LABELS_PAY` searches."""
        if self.built is None:
            from corridors.network.sea.hub_labels import build_labels

            self.built = build_labels(*self.edges, order=load_sea_hubs())
            self.known.clear()
            self.hubs.clear()
        return self.built

    def label(self, place: Place) -> Label | None:
        """Return the label of a place, None if it has none yet."""
        key = place.key
        if key not in self.known:
            if self.built is not None:
                self.known[key] = self.built.at(self.access(place).ends)
            elif self.shipped is not None and key in self.ports.row:
                self.known[key] = self.shipped[self.ports.row[key]]
        return self.known.get(key)

    def _search(self, nm: FloatArray, accesses: Sequence[LaneAccess], rows: Sequence[int]) -> None:
        """Fill some rows and columns of a matrix by searches from each place."""
        self.searched += len(rows)
        sparse = self.sparse
        nodes = np.array([node for access in accesses for node, _ in access.ends])
        beyond = np.array([off for access in accesses for _, off in access.ends])
        first = np.cumsum([0, *(len(access.ends) for access in accesses[:-1])])
        for begin in range(0, len(rows), AT_ONCE):
            some = rows[begin : begin + AT_ONCE]
            far, _ = ways_from([accesses[row].ends for row in some], sparse)
            for row, from_row in zip(some, far, strict=True):
                nm[row] = nm[:, row] = np.minimum.reduceat(from_row[nodes] + beyond, first)
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
    with ONE_AT_A_TIME:
        listed = tuple(map(network.place, places))
        if not listed:
            msg = "no places given: name at least one port or lon,lat"
            raise PlaceError(msg)
        graph = network.graph(avoid, arctic=arctic, kiel=kiel, allow=allow, draft_m=draft_m)
        nm = graph.matrix(listed)
        _say_if_searched(graph)
        off = np.array([graph.access(place).off_km for place in listed])
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
    with ONE_AT_A_TIME:
        graph = network.graph(avoid, arctic=arctic, kiel=kiel, allow=allow, draft_m=draft_m)
        one = graph.hubs.get(origin if isinstance(origin, str) else origin.key)
        other = graph.hubs.get(destination if isinstance(destination, str) else destination.key)
        if one is None or other is None:
            ends = network.place(origin), network.place(destination)
            one, other = graph.hubs_of(origin, ends[0]), graph.hubs_of(destination, ends[1])
            if one is None or other is None:
                nm = graph.matrix(ends)
                _say_if_searched(graph)
                return float(nm[0, 1])
        return one.distance(other)


def _say_if_searched(graph: SeaGraph) -> None:
    if not graph.ports.row and (why := missing_sea_labels()):
        say_once(why)


def shut_by_default() -> frozenset[str]:
    """Return the gates that distances leave out unless they are asked to pass them."""
    return frozenset(gate.id for gate in load_gates() if gate.shut_by_default)


def too_shallow(draft_m: float) -> tuple[str, ...]:
    """Return the gates that a ship of this draft in metres does not pass.

    Raises
    ------
    ParameterError
        It is not above 0, or more than any ship has.
    """
    if not 0.0 < draft_m <= MOST_DRAFT_M:
        msg = f"the draft must be in metres, above 0 and at most {MOST_DRAFT_M:g}, got {draft_m:g}"
        raise ParameterError(msg)
    return tuple(
        gate.id
        for gate in load_gates()
        if gate.max_draft_m is not None and gate.max_draft_m < draft_m
    )


class GatesAsked(TypedDict, total=False):
    """The keywords of `distances` that open and close gates."""

    avoid: Iterable[str]
    arctic: bool
    kiel: bool
    allow: Iterable[str]
    draft_m: float | None


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


def _names_of_gates(gates: Iterable[str]) -> list[str]:
    return [name for gate in sorted(gates) for name in (gate, gate.removeprefix("gate-"))]


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
        found = self.places.get(given)
        if found is None:
            found = locate_port(given, self.tables)
            if len(self.places) >= MOST_PLACES:
                self.places.clear()
            self.places[given] = found
        return found

    def graph(
        self,
        avoid: Iterable[str] = (),
        *,
        arctic: bool = False,
        kiel: bool = False,
        allow: Iterable[str] = (),
        draft_m: float | None = None,
    ) -> SeaGraph:
        """Return the graph without the closed gates, kept with what is found on it."""
        # A plain tuple: a named one takes as long to make as a tenth of a distance.
        asked = (tuple(avoid), arctic, kiel, tuple(allow), draft_m)
        graph = self.asked.get(asked)
        if graph is None:
            if len(self.asked) >= MOST_ASKED:
                self.asked.clear()
            graph = self.asked[asked] = self._graph(Asked(*asked))
        return graph

    def _graph(self, asked: Asked) -> SeaGraph:
        asked = asked._replace(
            avoid=tuple(map(gate_named, asked.avoid)), allow=tuple(map(gate_named, asked.allow))
        )
        for gate in sorted({*asked.avoid, *asked.allow} - self.gates):
            msg = f"unknown gate '{gate}'{suggestion(gate, _names_of_gates(self.gates))}"
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


def _along_one_edge(nm: FloatArray, accesses: Sequence[LaneAccess]) -> FloatArray:
    at: dict[int, list[int]] = {}
    for k, access in enumerate(accesses):
        if access.edge >= 0:
            at.setdefault(access.edge, []).append(k)
    for here in at.values():
        for i in here:
            for j in here:
                nm[i, j] = 0.0 if i == j else min(nm[i, j], accesses[i].along(accesses[j]))
    return nm


def _straight(nm: FloatArray, accesses: Sequence[LaneAccess]) -> FloatArray:
    free = [k for k, access in enumerate(accesses) if access.free is not None]
    for number, row in enumerate(free[:-1]):
        others = free[number + 1 :]
        found = straight_nm(accesses[row], [accesses[other] for other in others])
        nm[row, others] = nm[others, row] = np.minimum(nm[row, others], found)
    return nm
