"""Find the ways themselves between places by sea: their lines, and the gates that they pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np

from corridors.arrays import BoolArray, FloatArray, SmallArray
from corridors.data.geodata import (
    SeaLanes,
    SeaLegs,
    load_gates,
    load_sea_lanes,
    network_file,
    sea_leg_nodes,
)
from corridors.data.sea_areas import along_great_circles, load_eca_areas, shares_inside
from corridors.domain.places import Gate, GateKind
from corridors.network.locate import Place
from corridors.network.sea.lane_access import (
    LEAST_NM,
    LaneAccess,
    Point,
    beside,
    join,
    way_back,
    ways_from,
)
from corridors.network.sea.sea_distances import ONE_AT_A_TIME, GatesAsked, sea_network
from corridors.units import km_from_nm

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


# Find the sea legs of ports outside the shipped legs, and the lines of legs.


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaLeg:
    """A sea leg between two points by id; `row` is its row of the shipped legs, else -1.

    `eca_km` are its km inside each emission control area.
    """

    id: str
    from_point: str
    to_point: str
    km: float
    area: int
    gate: int
    row: int
    lon_lat: tuple[tuple[float, float], ...] = field(default=())
    eca_km: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWater:
    """The lanes for ports outside the shipped legs: no way leads on past a gate.

    `is_gate` is by node.
    """

    lanes: SeaLanes
    graph: csr_matrix
    is_gate: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The shortest ways from a port over open water.

    By node of the lanes: `nm` from the port, infinite where a gate lies between, and `before`, the
    node before it on the way, negative where the way begins. `area` is the area of the Northern Sea
    Route that the port lies in, 0 outside.
    """

    place: Place
    water: OpenWater
    access: LaneAccess
    nm: FloatArray
    before: SmallArray
    area: int

    def path(self, node: int) -> list[tuple[float, float]]:
        """Return the (lon, lat) from the port to a node that it reaches."""
        lanes, nodes = self.water.lanes, way_back(self.before, node)[::-1]
        line = [(float(lanes.node_lon[n]), float(lanes.node_lat[n])) for n in nodes]
        return [(self.place.lon, self.place.lat), *self.access.between(nodes[0]), *line]


@lru_cache(maxsize=4)
def _open_water(_path: Path, _changed: int, gate_points: frozenset[str]) -> OpenWater:
    from scipy.sparse import csr_matrix

    lanes = load_sea_lanes()
    is_gate = np.zeros(lanes.node_lon.shape[0], bool)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        is_gate[node] |= point in gate_points
    tail = np.concatenate([lanes.edge_from, lanes.edge_to])
    head = np.concatenate([lanes.edge_to, lanes.edge_from])
    length = np.concatenate([lanes.edge_nm, lanes.edge_nm])
    keep = ~is_gate[tail]
    order = np.lexsort((length[keep], head[keep], tail[keep]))
    tail, head, length = tail[keep][order], head[keep][order], length[keep][order]
    first = np.ones(tail.shape[0], bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    graph = csr_matrix(
        (np.maximum(length[first], LEAST_NM), (tail[first], head[first])), shape=is_gate.shape * 2
    )
    return OpenWater(lanes=lanes, graph=graph, is_gate=is_gate)


def reach_of(place: Place, legs: SeaLegs, gate_points: frozenset[str]) -> Reach:
    """Return the shortest ways from a port outside the shipped legs that pass no gate.

    Raises
    ------
    PlaceError
        No lane is near.
    """
    shipped = network_file("sea_lanes.npz")
    water = _open_water(shipped, shipped.stat().st_mtime_ns, gate_points)
    lanes, access = water.lanes, join(place, water.lanes)
    (nm,), (before,) = ways_from([access.ends], water.graph, before=True)
    points = zip(lanes.point_ids, lanes.point_node.tolist(), strict=True)
    reached = {point for point, at in points if np.isfinite(nm[at])}
    index = np.array([point in reached for point in legs.point_ids])
    inside = index[legs.leg_from] & index[legs.leg_to] & (legs.leg_gate < 0)
    return Reach(
        place=place,
        water=water,
        access=access,
        nm=nm,
        before=before,
        area=int(legs.leg_area[inside].max(initial=0)),
    )


def legs_of_port(reach: Reach, wanted: Collection[str]) -> list[SeaLeg]:
    """Return the legs from a port outside the shipped legs to the wanted points of its sea.

    No leg passes a gate. The area of the Northern Sea Route is that of the shipped legs between the
    points reached.
    """
    lanes = reach.water.lanes
    return [
        _leg(reach, point, nm=float(reach.nm[node]), line=reach.path(node))
        for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True)
        if point in wanted and np.isfinite(reach.nm[node])
    ]


def leg_between(one: Reach, other: Reach) -> SeaLeg | None:
    """Return the shortest leg between two ports outside the shipped legs that passes no gate.

    None if every way between them passes a gate: the legs to the gates then join them.
    """
    ways = [
        (float(one.nm[node]) + off, node)
        for node, off in other.access.ends
        if not one.water.is_gate[node]
    ]
    nm, node = min(ways, default=(inf, -1))
    here, there = ((end.place.lon, end.place.lat) for end in (one, other))
    apart = beside(one.access, other.access)
    if apart.nm <= nm and apart.nm < inf:
        return _leg(one, other.place.id, nm=apart.nm, line=[here, *apart.points, there])
    if nm == inf:
        return None
    line = [*one.path(node), *other.access.between(node), there]
    return _leg(one, other.place.id, nm=nm, line=line)


def _leg(start: Reach, to_point: str, *, nm: float, line: Sequence[tuple[float, float]]) -> SeaLeg:
    km, drawn = km_from_nm(nm), drawn_line(*np.array(line).T)
    return SeaLeg(
        id=f"{start.place.id}--{to_point}",
        from_point=start.place.id,
        to_point=to_point,
        km=km,
        area=start.area,
        gate=-1,
        row=-1,
        lon_lat=drawn,
        eca_km=tuple(km * share for share in shares_inside(drawn, load_eca_areas())),
    )


def unwrap(line: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return a line with longitudes that never jump by more than 180 degrees."""
    lons = np.unwrap(np.array([lon for lon, _ in line]), period=360.0).tolist()
    return tuple((lon, lat) for lon, (_, lat) in zip(lons, line, strict=True))


def shipped_line(row: int, lanes: SeaLanes | None = None) -> tuple[tuple[float, float], ...]:
    """Return the drawn line of a shipped sea leg."""
    lanes = lanes or load_sea_lanes()
    nodes = sea_leg_nodes(row)
    return drawn_line(lanes.node_lon[nodes], lanes.node_lat[nodes])


def drawn_line(lon: FloatArray, lat: FloatArray) -> tuple[tuple[float, float], ...]:
    """Return a line along the great circles between points, with unwrapped longitudes."""
    lon, lat = along_great_circles(lon, lat)
    return tuple(zip(np.unwrap(lon, period=360.0).tolist(), lat.tolist(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaWay:
    """The shortest way by sea between two places."""

    origin: Place
    """Where it begins, with id and position."""
    destination: Place
    """Where it ends."""
    nm: float
    """Length in nautical miles; infinite if closed gates cut the places off."""
    gates: tuple[str, ...]
    """Ids of the canals, straits and capes that it passes, in their order."""
    line: tuple[tuple[float, float], ...]
    """Its (lon, lat) in degrees, at most 100 km apart; longitudes go on past 180."""


def sea_way(
    origin: str | Place,
    destination: str | Place,
    **gates: Unpack[GatesAsked],
) -> SeaWay:
    """Return the shortest way by sea between two places, as long as `sea_distance` says.

    Parameters are those of `distances`.

    Raises
    ------
    PlaceError
        A place or gate is unknown, or no ship reaches a place.
    ParameterError
        `draft_m` is not above 0.
    """
    (found,) = sea_ways((origin, destination), **gates)
    return found


def sea_ways(
    places: Iterable[str | Place],
    **asked: Unpack[GatesAsked],
) -> tuple[SeaWay, ...]:
    """Return the shortest ways by sea between every two places, by origin and destination.

    Parameters are those of `distances`.

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
        graph = network.graph(**asked)
    lanes = load_sea_lanes()
    # Those of `graph` have no foot to draw.
    accesses = [graph.opened(join(place, lanes)) for place in listed]
    sparse = graph.sparse
    gates = _gates_of_nodes(lanes)
    ways = []
    for row, one in enumerate(accesses[:-1]):
        (nm,), (before,) = ways_from([one.ends], sparse, before=True)
        for column in range(row + 1, len(listed)):
            ends = listed[row], listed[column]
            way = _Way.of(one, accesses[column], nm=nm, before=before)
            ways.append(
                SeaWay(
                    origin=ends[0],
                    destination=ends[1],
                    nm=way.nm,
                    gates=_passed(way.nodes, gates),
                    line=way.line(ends, lanes) if way.nm < inf else (),
                )
            )
    return tuple(ways)


class _Way(NamedTuple):
    """A way as nm, the nodes that it follows, and the points before and after them."""

    nm: float
    nodes: list[int]
    before: tuple[Point, ...] = ()
    after: tuple[Point, ...] = ()

    @classmethod
    def of(cls, one: LaneAccess, other: LaneAccess, *, nm: FloatArray, before: SmallArray) -> _Way:
        """Return the shortest way, given the nm from `one` to all nodes and the nodes before."""
        far, last = min((float(nm[node]) + off, node) for node, off in other.ends)
        apart = beside(one, other)
        if apart.nm <= far:
            return cls(apart.nm, [], apart.points)
        nodes = way_back(before, last)[::-1]
        return cls(far, nodes, one.between(nodes[0]), other.between(last))

    def line(self, ends: tuple[Place, Place], lanes: SeaLanes) -> tuple[Point, ...]:
        """Return the drawn line, from place to place."""
        on_lanes = zip(lanes.node_lon[self.nodes], lanes.node_lat[self.nodes], strict=True)
        first, last = ((end.lon, end.lat) for end in ends)
        points = np.array([first, *self.before, *on_lanes, *self.after, last], float)
        # A port lies at its node.
        moved = (points[1:] != points[:-1]).any(axis=1)
        if moved.any():
            points = points[np.append(True, moved)]
        return drawn_line(*points.T)


def _gates_of_nodes(lanes: SeaLanes) -> dict[int, list[tuple[Gate, str]]]:
    """Return by node the gates whose points it is, with the point."""
    node_of = dict(zip(lanes.point_ids, lanes.point_node.tolist(), strict=True))
    found: dict[int, list[tuple[Gate, str]]] = {}
    for gate in load_gates():
        for point in gate.points:
            if point in node_of:
                found.setdefault(node_of[point], []).append((gate, point))
    return found


def _passed(nodes: Sequence[int], gates: dict[int, list[tuple[Gate, str]]]) -> tuple[str, ...]:
    """Return the gates that nodes pass: of a canal both ends; boundaries of areas are none."""
    at = [found for node in nodes for found in gates.get(node, ())]
    points = {point for _, point in at}
    passed = (
        gate.id
        for gate, _ in at
        if gate.kind is not GateKind.AREA
        and (gate.kind is not GateKind.CANAL or points.issuperset(gate.points))
    )
    return tuple(dict.fromkeys(passed))
