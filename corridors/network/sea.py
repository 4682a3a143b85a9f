"""Find where a place joins the sea lanes, and the sea legs from there.

Shipped legs connect listed points; other ports get legs of their own. The shipped map of land
decides whether ships reach a point at sea or on the coast.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corridors.data.eca import load_eca_areas, shares_inside
from corridors.data.geodata import (
    FloatArray,
    IntArray,
    SeaLanes,
    SeaLegs,
    load_sea_lanes,
    network_file,
    sea_leg_nodes,
)
from corridors.data.paths import kept_while_unchanged
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind
from corridors.units import EARTH_RADIUS_KM, km_from_nm, nm_from_km

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from shapely import STRtree

MAX_SNAP_KM = 75.0
LISTED_SNAP_KM = 300.0
"""For the ports of the world list, which were checked to have open water up to the lane."""
ACCESS_LAND_KM = 5.0
"""Land that the straight line to a lane may cross; the map is accurate to 2 to 10 km."""

LEAST_NM = 1e-6


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
class Snap:
    """Where a port joins the lanes: the edge, position along it, distance from it, and the foot."""

    edge: int
    to_start_nm: float
    to_end_nm: float
    off_km: float
    foot: tuple[float, float]


def snap(place: Place, lanes: SeaLanes) -> Snap:
    """Return where a port joins the nearest lane, at most `MAX_SNAP_KM` away.

    A port of the world list may lie `LISTED_SNAP_KM` off.

    Raises
    ------
    PlaceError
        No lane is that near.
    """
    scale = np.cos(np.radians(place.lat))
    x = ((lanes.node_lon - place.lon + 180.0) % 360.0 - 180.0) * scale
    y = lanes.node_lat - place.lat
    x0, y0 = x[lanes.edge_from], y[lanes.edge_from]
    dx, dy = x[lanes.edge_to] - x0, y[lanes.edge_to] - y0
    wraps = np.abs(dx) > 180.0 * scale
    length = np.where(wraps, 1.0, np.maximum(dx * dx + dy * dy, 1e-12))
    share = np.clip(-(x0 * dx + y0 * dy) / length, 0.0, 1.0)
    # No port joins a lane inside a canal, where it would bypass the gate.
    barred = wraps | (lanes.edge_gate >= 0)
    off = np.where(barred, np.inf, np.hypot(x0 + share * dx, y0 + share * dy)) * np.radians(1.0)
    edge = int(np.argmin(off))
    off_km = float(off[edge]) * EARTH_RADIUS_KM
    listed = place.kind is PlaceKind.PORT and place.terminal is None
    limit_km = LISTED_SNAP_KM if listed else MAX_SNAP_KM
    if off_km > limit_km:
        msg = (
            f"{place.name} ({place.id}) lies {off_km:.0f} km from the nearest sea lane,"
            f" more than {limit_km:.0f} km: name a port closer to the sea"
        )
        raise PlaceError(msg)
    along = float(lanes.edge_nm[edge])
    return Snap(
        edge=edge,
        to_start_nm=float(share[edge]) * along + nm_from_km(off_km),
        to_end_nm=(1.0 - float(share[edge])) * along + nm_from_km(off_km),
        off_km=off_km,
        foot=(
            place.lon + float((x0 + share * dx)[edge] / scale),
            place.lat + float((y0 + share * dy)[edge]),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWater:
    """The lanes for ports outside the shipped legs: no way leads on past a gate.

    `is_gate` is by node.
    """

    lanes: SeaLanes
    graph: csr_matrix
    is_gate: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The shortest ways from a port over open water.

    By node of the lanes: `nm` from the port, infinite where a gate lies between, and `before`, the
    node before it on the way, negative where the way begins. `area` is the area of the Northern Sea
    Route that the port lies in, 0 outside.
    """

    place: Place
    water: OpenWater
    snap: Snap
    nm: FloatArray
    before: IntArray
    area: int

    def path(self, node: int) -> list[tuple[float, float]]:
        """Return the (lon, lat) from the port to a node that it reaches."""
        lanes, nodes = self.water.lanes, [node]
        while self.before[nodes[-1]] >= 0:
            nodes.append(int(self.before[nodes[-1]]))
        line = [(float(lanes.node_lon[n]), float(lanes.node_lat[n])) for n in reversed(nodes)]
        return [(self.place.lon, self.place.lat), self.snap.foot, *line]


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
    from scipy.sparse.csgraph import dijkstra

    shipped = network_file("sea_lanes.npz")
    water = _open_water(shipped, shipped.stat().st_mtime_ns, gate_points)
    lanes, where = water.lanes, snap(place, water.lanes)
    ends = np.array([lanes.edge_from[where.edge], lanes.edge_to[where.edge]])
    off = np.array([where.to_start_nm, where.to_end_nm])
    far, before = dijkstra(water.graph, indices=ends, return_predecessors=True)
    far += off[:, None]
    nearer = np.argmin(far, axis=0)
    node = np.arange(far.shape[1])
    nm = far[nearer, node]
    points = zip(lanes.point_ids, lanes.point_node.tolist(), strict=True)
    reached = {point for point, at in points if np.isfinite(nm[at])}
    index = np.array([point in reached for point in legs.point_ids])
    inside = index[legs.leg_from] & index[legs.leg_to] & (legs.leg_gate < 0)
    return Reach(
        place=place,
        water=water,
        snap=where,
        nm=nm,
        before=before[nearer, node],
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
    lanes, there = one.water.lanes, other.snap
    ways = [
        (float(one.nm[node]) + off, node)
        for node, off in (
            (int(lanes.edge_from[there.edge]), there.to_start_nm),
            (int(lanes.edge_to[there.edge]), there.to_end_nm),
        )
        if not one.water.is_gate[node]
    ]
    nm, node = min(ways, default=(float("inf"), -1))
    along = nm_on_one_edge(one.snap, there, lanes)
    end = [there.foot, (other.place.lon, other.place.lat)]
    if along <= nm and np.isfinite(along):
        line = [(one.place.lon, one.place.lat), one.snap.foot, *end]
        return _leg(one, other.place.id, nm=along, line=line)
    if not np.isfinite(nm):
        return None
    return _leg(one, other.place.id, nm=nm, line=[*one.path(node), *end])


def nm_on_one_edge(one: Snap, other: Snap, lanes: SeaLanes) -> float:
    """Return the nm between two places that join the same edge, along it, else infinity."""
    if one.edge != other.edge:
        return float("inf")
    return nm_along_edge(
        (one.to_start_nm, one.to_end_nm),
        (other.to_start_nm, other.to_end_nm),
        edge_nm=float(lanes.edge_nm[one.edge]),
    )


def nm_along_edge(one: tuple[float, float], other: tuple[float, float], *, edge_nm: float) -> float:
    """Return the nm along an edge between two places, each by its nm to start and end of it."""
    if one == other:
        return 0.0
    return max(one[0] + other[1], one[1] + other[0]) - edge_nm


def _leg(start: Reach, to_point: str, *, nm: float, line: Sequence[tuple[float, float]]) -> SeaLeg:
    km, drawn = km_from_nm(nm), unwrap(tuple(line))
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
    """Return the drawn line of a shipped sea leg with unwrapped longitudes."""
    lanes = lanes or load_sea_lanes()
    nodes = sea_leg_nodes(row)
    lon, lat = lanes.node_lon[nodes].tolist(), lanes.node_lat[nodes].tolist()
    return unwrap(tuple(zip(lon, lat, strict=True)))


def land_km(line: Sequence[tuple[float, float]]) -> float:
    """Return the km of a line of (lon, lat), drawn straight, that lie on land of the map.

    Longitudes may exceed 180; a part on two polygons counts once.
    """
    import shapely
    from pyproj import Geod

    tree, earth = _land(network_file("basemap.json")), Geod(a=EARTH_RADIUS_KM * 1000.0, f=0.0)
    parts: list[shapely.Geometry] = []
    for turn in (-360.0, 0.0, 360.0):
        moved = shapely.LineString([(lon + turn, lat) for lon, lat in line])
        if moved.bounds[2] < -180.0 or moved.bounds[0] > 180.0:
            continue
        found = tree.query(moved, predicate="intersects")
        parts.extend(shapely.intersection(moved, tree.geometries[found]))
    return abs(earth.geometry_length(shapely.union_all(parts))) / 1000.0 if parts else 0.0


def joined(place: Place) -> Snap | None:
    """Return where an end of a shipment joins a sea lane, None if it does not.

    A port of the world list joins the nearest lane. So does a point at sea or on the coast, unless
    the straight line crosses more than `ACCESS_LAND_KM` of land. A terminal has its own legs.

    Raises
    ------
    PlaceError
        A port lies too far from any lane.
    """
    if place.kind is PlaceKind.PORT:
        return snap(place, load_sea_lanes())
    if place.kind is not PlaceKind.POINT:
        return None
    return _joined_point(network_file("basemap.json"), place)


def off_the_lanes(point: Place, *, by_sea: bool) -> str:
    """Return why a point joins no lane, as part of a sentence; empty if no ship sails."""
    if not by_sea:
        return ""
    try:
        off_km = snap(point, load_sea_lanes()).off_km
    except PlaceError:
        return f", over {MAX_SNAP_KM:.0f} km from any sea lane"
    return f", {off_km:.0f} km from the nearest sea lane with land between"


@lru_cache(maxsize=64)
def _joined_point(_path: Path, place: Place) -> Snap | None:
    lanes = load_sea_lanes()
    try:
        found = snap(place, lanes)
    except PlaceError:
        return None
    return found if land_km(((place.lon, place.lat), found.foot)) <= ACCESS_LAND_KM else None


@kept_while_unchanged
def _land(path: Path) -> STRtree:
    import shapely

    polygons = []
    for rings in json.loads(path.read_text(encoding="utf-8"))["land"]:
        shells = [list(zip(ring[::2], ring[1::2], strict=True)) for ring in rings]
        polygons.append(shapely.make_valid(shapely.Polygon(shells[0], shells[1:])))
    return shapely.STRtree(shapely.get_parts(polygons))
