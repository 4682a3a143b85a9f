"""Find the sea legs of ports outside the shipped legs, and the lines of legs.

Shipped legs connect listed points; other ports get legs of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corridors.arrays import BoolArray, FloatArray, SmallArray
from corridors.data.eca import load_eca_areas, shares_inside
from corridors.data.geodata import SeaLanes, SeaLegs, load_sea_lanes, network_file, sea_leg_nodes
from corridors.data.sphere import along_great_circles
from corridors.network.locate import Place
from corridors.network.sea.lane_access import LaneAccess, beside, join
from corridors.network.sea.lane_search import LEAST_NM, way_back, ways_from
from corridors.units import km_from_nm

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


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
