"""Find where a place joins the sea lanes.

A terminal or port that is a node of the lanes joins there. Any other place joins the nodes that it
sees: the great circle to them crosses next to no land of the shipped map and no gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray, SmallArray
from corridors.data.geodata import SeaLanes, load_gates, load_sea_lanes, network_file
from corridors.data.paths import cached_while_unchanged
from corridors.data.sea_areas import bearing_deg, great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind
from corridors.network.sea.land_crossed import Lines, horizon_km, is_inland, lands_km
from corridors.units import EARTH_RADIUS_KM, KM_PER_NM, km_from_nm, nm_from_km

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


# Search the open lanes from places that join them at several nodes.

LEAST_NM = 1e-6
"""The length of an edge between two nodes in one place."""


class Edges(NamedTuple):
    """The open edges by node, each in both directions: `first`, then heads and lengths in nm."""

    first: SmallArray
    heads: SmallArray
    length: FloatArray


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


def barred_nodes(closed: frozenset[str]) -> BoolArray:
    """Return which nodes of the lanes are points of closed gates."""
    lanes = load_sea_lanes()
    barred = np.zeros(lanes.node_lon.shape[0], bool)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        barred[node] |= point.split("#")[0] in closed
    return barred


def ways_from(
    places: Sequence[tuple[tuple[int, float], ...]], graph: csr_matrix, *, before: bool = False
) -> tuple[FloatArray, SmallArray]:
    """Return the shortest ways from places to all nodes of the lanes.

    Parameters
    ----------
    places
        The nodes that each place joins, with the nm to them.
    graph
        The nm between nodes, in both directions.
    before
        Whether to say which node comes before each.

    Returns
    -------
    nm
        By place and node; infinite if no way leads there.
    before
        By place and node the node before it on the way, negative where the way begins; empty unless
        it is asked for.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    count = graph.shape[0]
    nodes = [node for ends in places for node, _ in ends]
    off = [nm for ends in places for _, nm in ends]
    first = np.cumsum([len(ends) for ends in places]) + graph.nnz
    # Each place is one more node, from which arcs lead to its ends.
    joined = csr_matrix(
        (
            np.concatenate([graph.data, off]),
            np.concatenate([graph.indices, nodes]),
            np.concatenate([graph.indptr, first]),
        ),
        shape=(count + len(places),) * 2,
    )
    sources = np.arange(count, count + len(places))
    if not before:
        return dijkstra(joined, indices=sources)[:, :count], np.empty((0, 0), np.int32)
    nm, found = dijkstra(joined, indices=sources, return_predecessors=True)
    return nm[:, :count], np.where(found >= count, -1, found)[:, :count]


def way_back(before: SmallArray, node: int) -> list[int]:
    """Return the nodes of a way from its end to where it begins."""
    nodes = [node]
    while before[nodes[-1]] >= 0:
        nodes.append(int(before[nodes[-1]]))
    return nodes


MAX_SNAP_KM = 75.0
ACCESS_LAND_KM = 5.0
"""Land that the way to a lane may cross; the map is accurate to 2 to 10 km."""
MORE_LAND_KM = 1.0
"""Ways that cross this much more than the one of least land are seen too."""
REACH_KM = 5_000.0
"""How far a place sees; no place at sea is that far from all coasts."""
RAYS = 720
"""Bearings in which land is looked for before single ways are measured."""
MOST_CANDIDATES = 6_000
MOST_FOOT_EDGE_NM = 250.0
"""Only an edge no longer than this is near its straight line on the map."""
ICE_NORTH, ICE_EAST, ICE_WEST = 66.0, 60.0, -60.0
NO_WATER_NORTH, NO_WATER_SOUTH = 79.0, -62.0
"""North of Siberia and America, and near the poles, no way is over `MAX_SNAP_KM`: there is ice."""

TOUCH_DEG = 1e-9

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneAccess:
    """Where a place joins the lanes.

    `ends` are nodes, each with the nm of the way to it. Of these, `off_km` lead to the nearest node
    or lane that it sees. A place beside an edge of `edge_nm` may join it at a `foot`: then
    `edge_ends` are its two nodes with the nm by the foot; without, `edge` is -1. A place that is no
    node, and not listed, lies `free` at a (lon, lat), behind `land_km` of land of the map.
    """

    ends: tuple[tuple[int, float], ...]
    off_km: float = 0.0
    edge: int = -1
    edge_nm: float = 0.0
    edge_ends: tuple[tuple[int, float], ...] = ()
    foot: Point | None = field(default=None, compare=False)
    free: Point | None = None
    land_km: float = 0.0

    def along(self, other: LaneAccess) -> float:
        """Return the nm to a place on the same edge along that edge, else infinity."""
        if self.edge < 0 or self.edge != other.edge:
            return inf
        if self.edge_ends == other.edge_ends:
            return 0.0
        (_, start), (_, end) = self.edge_ends
        (_, other_start), (_, other_end) = other.edge_ends
        return max(start + other_end, end + other_start) - self.edge_nm

    def between(self, node: int) -> tuple[Point, ...]:
        """Return the points between the place and a node that it joins."""
        end = next(end for end in self.ends if end[0] == node)
        return (self.foot,) if self.foot is not None and end in self.edge_ends else ()


class Beside(NamedTuple):
    """The way between two places that keeps off all nodes: its nm, and the points between them."""

    nm: float
    points: tuple[Point, ...]


NOT_BESIDE = Beside(inf, ())


def join(place: Place, lanes: SeaLanes) -> LaneAccess:
    """Return where a place joins the lanes.

    A terminal that is no node and sees none joins the nearest lane, at most `MAX_SNAP_KM` away:
    what lists it knows its water better than the map.

    Raises
    ------
    PlaceError
        No ship reaches it.
    """
    if place.id in lanes.point_ids:
        return LaneAccess(ends=((int(lanes.point_node[lanes.point_ids.index(place.id)]), 0.0),))
    if is_world_port(place):
        if place.id in lanes.ports:
            return LaneAccess(ends=((lanes.ports[place.id], 0.0),))
        msg = f"{place.called} has no water nearby that ships reach: name a port at the sea"
        raise PlaceError(msg)
    found = _seen_from(place, lanes)
    if found is not None:
        return found
    if place.terminal is not None:
        return _beside(place, lanes)
    msg = (
        f"{place.called} lies {_off_km(place, lanes):.0f} km from the nearest sea lane, with land"
        " or ice between: name a port or a point at sea"
    )
    raise PlaceError(msg)


def is_world_port(place: Place) -> bool:
    """Return whether a place is a port of the world list that is no terminal."""
    return place.kind is PlaceKind.PORT and place.terminal is None


def joined(place: Place) -> LaneAccess | None:
    """Return where an end of a shipment joins the lanes, None if it does not.

    A port joins them, and so does a point at sea or on the coast. A terminal has its own legs.

    Raises
    ------
    PlaceError
        No ship reaches a port.
    """
    if place.kind is PlaceKind.PORT:
        return join(place, load_sea_lanes())
    if place.kind is not PlaceKind.POINT:
        return None
    return _joined_point(network_file("sea_lanes.npz"), place)


def off_the_lanes(point: Place, *, by_sea: bool) -> str:
    """Return why a point joins no lane, as part of a sentence; empty if no ship sails."""
    if not by_sea:
        return ""
    off_km = _off_km(point, load_sea_lanes())
    return f", {off_km:.0f} km from the nearest sea lane with land or ice between"


def beside(one: LaneAccess, other: LaneAccess) -> Beside:
    """Return the way between two places that keeps off all nodes, infinite if there is none.

    It follows an edge that both join, or the great circle between two places that see each other.
    """
    along = one.along(other)
    points = tuple(foot for foot in (one.foot, other.foot) if foot is not None)
    way = Beside(along, points) if along < inf else NOT_BESIDE
    straight = float(straight_nm(one, [other])[0])
    return Beside(straight, ()) if straight <= along and straight < inf else way


def straight_nm(one: LaneAccess, others: Sequence[LaneAccess]) -> FloatArray:
    """Return the nm from a free place to others that are free and that it sees, else infinity."""
    nm = np.full(len(others), inf)
    free = np.array([k for k, other in enumerate(others) if other.free is not None], int)
    if one.free is None or not free.size:
        return nm
    where = np.array([others[k].free for k in free])
    nm[free[(where == one.free).all(axis=1)]] = 0.0
    near = _within_horizon(one.free, where) & np.isinf(nm[free])
    free, where = free[near], where[near]
    # In one order, so that both directions are of one length.
    ways = np.array([sorted((one.free, (lon, lat))) for lon, lat in where.tolist()])
    if not free.size:
        return nm
    starts, ends = ways[:, 0], ways[:, 1]
    most = np.array([one.land_km + others[k].land_km + MORE_LAND_KM for k in free])
    seen = _land_of_ways(starts, ends) <= np.minimum(most, ACCESS_LAND_KM)
    nm[free[seen]] = _geodesic_nm(starts[seen], ends[seen])
    return nm


def _within_horizon(here: Point, where: FloatArray) -> BoolArray:
    """Return which points, rows of lon and lat, a place may see; some of them are hidden."""
    away = great_circle_km(*here, *where.T)
    near = away <= REACH_KM
    ray = bearing_deg(*here, *where[near].T) * (RAYS / 360.0)
    bearings = np.linspace(0.0, 360.0, RAYS, endpoint=False)
    horizon = horizon_km(*here, bearings, reach_km=REACH_KM)
    # A point lies between two rays; those beside them pass capes that it may lie behind.
    beside = np.floor(ray).astype(int)[:, None] + np.arange(-1, 3)
    near[near] = away[near] <= horizon[beside % RAYS].max(axis=1)
    return near


def _land_of_ways(
    starts: FloatArray, ends: FloatArray, gates: SmallArray | None = None
) -> FloatArray:
    """Return the km of land under straight ways, infinite if a gate, ice or much land lies between.

    `gates` are by way the number of the gate that it may touch, -1 for none.
    """
    ways = Lines.straight(starts, ends)
    land = lands_km(ways)
    land[land > ACCESS_LAND_KM] = inf
    land[_in_ice(ways)] = inf
    open_ways = np.flatnonzero(land < inf)
    free = gates[open_ways] if gates is not None else np.full(open_ways.size, -1, np.int32)
    land[open_ways[_crosses_a_cut(ways.taken(open_ways), free)]] = inf
    return land


def snap(place: Place, lanes: SeaLanes) -> LaneAccess:
    """Return where a place would join the nearest lane, however far and whatever lies between."""
    scale = np.cos(np.radians(place.lat))
    x = ((lanes.node_lon - place.lon + 180.0) % 360.0 - 180.0) * scale
    y = lanes.node_lat - place.lat
    x0, y0 = x[lanes.edge_from], y[lanes.edge_from]
    dx, dy = x[lanes.edge_to] - x0, y[lanes.edge_to] - y0
    wraps = np.abs(dx) > 180.0 * scale
    length = np.where(wraps, 1.0, np.maximum(dx * dx + dy * dy, 1e-12))
    share = np.clip(-(x0 * dx + y0 * dy) / length, 0.0, 1.0)
    # No place joins a lane inside a canal, where it would bypass the gate.
    barred = wraps | (lanes.edge_gate >= 0) | (lanes.edge_nm > MOST_FOOT_EDGE_NM)
    off = np.where(barred, np.inf, np.hypot(x0 + share * dx, y0 + share * dy)) * np.radians(1.0)
    edge = int(np.argmin(off))
    off_km = float(off[edge]) * EARTH_RADIUS_KM
    along = float(lanes.edge_nm[edge])
    ends = (
        (int(lanes.edge_from[edge]), float(share[edge]) * along + nm_from_km(off_km)),
        (int(lanes.edge_to[edge]), (1.0 - float(share[edge])) * along + nm_from_km(off_km)),
    )
    return LaneAccess(
        ends=ends,
        off_km=off_km,
        edge=edge,
        edge_nm=along,
        edge_ends=ends,
        foot=(
            place.lon + float((x0 + share * dx)[edge] / scale),
            place.lat + float((y0 + share * dy)[edge]),
        ),
    )


def _beside(place: Place, lanes: SeaLanes) -> LaneAccess:
    """Return where a terminal joins the nearest lane, at most `MAX_SNAP_KM` away.

    Raises
    ------
    PlaceError
        No lane is that near.
    """
    found = snap(place, lanes)
    if found.off_km > MAX_SNAP_KM:
        msg = (
            f"{place.called} lies {found.off_km:.0f} km from the nearest sea lane,"
            f" more than {MAX_SNAP_KM:.0f} km: name a port closer to the sea"
        )
        raise PlaceError(msg)
    return found


def _off_km(place: Place, lanes: SeaLanes) -> float:
    """Return the km to the nearest lane or node outside canals, whatever lies between."""
    node = great_circle_km(place.lon, place.lat, lanes.node_lon, lanes.node_lat)
    return min(snap(place, lanes).off_km, float(node[_outside_canals(lanes)].min()))


def _outside_canals(lanes: SeaLanes) -> BoolArray:
    """Return which nodes have an edge outside canals."""
    open_edges = lanes.edge_gate < 0
    found = np.zeros(lanes.node_lon.shape[0], bool)
    found[lanes.edge_from[open_edges]] = found[lanes.edge_to[open_edges]] = True
    return found


@lru_cache(maxsize=256)
def _joined_point(_path: Path, place: Place) -> LaneAccess | None:
    return _seen_from(place, load_sea_lanes())


def _seen_from(place: Place, lanes: SeaLanes) -> LaneAccess | None:
    """Return where a place joins the nodes that it sees, None if it sees none."""
    here = (place.lon, place.lat)
    near = snap(place, lanes)
    if _off_km(place, lanes) > ACCESS_LAND_KM and is_inland(*here, within_km=ACCESS_LAND_KM):
        return None
    nodes = _candidates(here, lanes, [node for node, _ in near.edge_ends])
    where = np.column_stack([lanes.node_lon[nodes], lanes.node_lat[nodes]])
    start = np.tile(here, (len(nodes), 1))
    land = _land_of_ways(start, where, _gate_of_node(lanes)[nodes])
    by_foot = inf
    # A foot at a node leads no further than that node, which may be a gate.
    beyond = min(nm for _, nm in near.edge_ends) - nm_from_km(near.off_km) > LEAST_NM
    if near.off_km <= MAX_SNAP_KM and near.foot is not None and beyond:
        by_foot = float(_land_of_ways(start[:1], np.array([near.foot]))[0])
    least = min(float(land.min(initial=inf)), by_foot)
    if least > ACCESS_LAND_KM:
        return None
    most = min(least + MORE_LAND_KM, ACCESS_LAND_KM)
    seen = np.flatnonzero(land <= most)
    geodesic = _geodesic_nm(start[seen], where[seen])
    ends = dict(zip([nodes[k] for k in seen], geodesic.tolist(), strict=True))
    off = [km_from_nm(nm) for nm in ends.values()]
    at_foot = by_foot <= most
    if at_foot:
        off.append(near.off_km)
        for node, nm in near.edge_ends:
            ends[node] = min(nm, ends.get(node, inf))
    return LaneAccess(
        ends=tuple(sorted(ends.items(), key=lambda end: (end[1], end[0]))),
        off_km=min(off),
        edge=near.edge if at_foot else -1,
        edge_nm=near.edge_nm if at_foot else 0.0,
        edge_ends=near.edge_ends if at_foot else (),
        foot=near.foot if at_foot else None,
        free=here,
        land_km=least,
    )


def _candidates(here: Point, lanes: SeaLanes, more: Sequence[int]) -> IntArray:
    """Return the nodes that a place may see, and some more."""
    nodes = np.flatnonzero(_outside_canals(lanes))
    where = np.column_stack([lanes.node_lon[nodes], lanes.node_lat[nodes]])
    near = _within_horizon(here, where)
    away = great_circle_km(*here, *where[near].T)
    seen = nodes[near][np.argsort(away, kind="stable")][:MOST_CANDIDATES]
    return np.array(list(dict.fromkeys([*seen.tolist(), *more])))


def _geodesic_nm(starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the nm on WGS 84 between points, rows of lon and lat, as the lanes are measured."""
    from pyproj import Geod

    _, _, metres = Geod(ellps="WGS84").inv(*starts.T, *ends.T)
    return np.asarray(metres, float) / (1000.0 * KM_PER_NM)


def _in_ice(ways: Lines) -> BoolArray:
    """Return which ways are over `MAX_SNAP_KM` and touch waters that are under ice."""
    lon, lat = (ways.points[:, 0] + 180.0) % 360.0 - 180.0, ways.points[:, 1]
    beyond = (lat > NO_WATER_NORTH) | (lat < NO_WATER_SOUTH)
    beyond |= (lat > ICE_NORTH) & ((lon > ICE_EAST) | (lon < ICE_WEST))
    touching = np.zeros(ways.count, bool)
    touching[ways.number[beyond]] = True
    first = np.searchsorted(ways.number, np.arange(ways.count))
    last = np.append(first[1:], ways.number.size) - 1
    for k in np.flatnonzero(touching).tolist():
        ends = ways.points[first[k]], ways.points[last[k]]
        touching[k] = float(great_circle_km(*ends[0], *ends[1])) > MAX_SNAP_KM
    return touching


@cached_while_unchanged
def _cuts_of(_path: Path) -> tuple[tuple[int, Point, Point], ...]:
    """Return the pieces of the cuts of all gates, each with the number of its gate."""
    return tuple(
        (number, one, other)
        for number, gate in enumerate(load_gates())
        for one, other in pairwise(gate.cut)
    )


def _crosses_a_cut(ways: Lines, free: SmallArray) -> BoolArray:
    """Return which ways touch the cut of a gate; `free` are by way gates that it may touch."""
    found = np.zeros(ways.count, bool)
    start, step, number = ways.pieces()
    if not number.size:
        return found
    (west, south), (east, north) = (
        np.ascontiguousarray(side(start, start + step).T) for side in (np.minimum, np.maximum)
    )
    sides = west.min(), east.max()
    for gate, one, other in _cuts_of(network_file("gates.csv")):
        for turn in (-360.0, 0.0, 360.0):
            cut = np.array([one, other]) + np.array([turn, 0.0])
            (first, low), (last, high) = cut.min(axis=0) - TOUCH_DEG, cut.max(axis=0) + TOUCH_DEG
            if first > sides[1] or last < sides[0]:
                continue
            near = np.flatnonzero(
                (north >= low) & (south <= high) & (east >= first) & (west <= last)
            )
            if near.size:
                touching = number[near[_touches(start[near], step[near], cut)]]
                found[touching[free[touching] != gate]] = True
    return found


def _touches(start: FloatArray, step: FloatArray, cut: FloatArray) -> BoolArray:
    """Return which pieces of ways, from `start` on by `step`, touch a piece of a cut."""
    along, apart = cut[1] - cut[0], cut[0] - start
    across = step[:, 0] * along[1] - step[:, 1] * along[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (apart[:, 0] * along[1] - apart[:, 1] * along[0]) / across
        of_cut = (apart[:, 0] * step[:, 1] - apart[:, 1] * step[:, 0]) / across
    found: BoolArray = (
        (at >= -TOUCH_DEG) & (at <= 1.0 + TOUCH_DEG) & (of_cut >= 0.0) & (of_cut <= 1.0)
    )
    return found


def _gate_of_node(lanes: SeaLanes) -> SmallArray:
    """Return by node the number of the gate that it is a point of, -1 for others."""
    number = {point: k for k, gate in enumerate(load_gates()) for point in gate.points}
    found = np.full(lanes.node_lon.shape[0], -1, np.int32)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        found[node] = max(found[node], number.get(point, -1))
    return found
