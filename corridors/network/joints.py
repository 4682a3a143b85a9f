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
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import (
    FloatArray,
    IntArray,
    SeaLanes,
    load_gates,
    load_sea_lanes,
    network_file,
)
from corridors.data.paths import kept_while_unchanged
from corridors.data.sphere import along_great_circles, bearing_deg, great_circle_km
from corridors.errors import PlaceError
from corridors.network.land import is_inland, lands_km
from corridors.network.lane_search import LEAST_NM
from corridors.network.locate import Place, PlaceKind
from corridors.units import EARTH_RADIUS_KM, KM_PER_NM, km_from_nm, nm_from_km

MAX_SNAP_KM = 75.0
LISTED_SNAP_KM = 300.0
"""For the ports of the world list, which were checked to have open water up to the lane."""
ACCESS_LAND_KM = 5.0
"""Land that the way to a lane may cross; the map is accurate to 2 to 10 km."""
MORE_LAND_KM = 1.0
"""Ways that cross this much more than the one of least land are seen too."""
NEAREST = 24
RINGS_KM = (0.0, MAX_SNAP_KM, 150.0, 300.0, 600.0, 1_200.0, 2_500.0, 5_000.0)
"""Nodes in each ring are tried by bearing. No place at sea is 5,000 km from all coasts."""
SECTORS = 24
MOST_FOOT_EDGE_NM = 250.0
"""Only an edge no longer than this is near its straight line on the map."""
ICE_NORTH, ICE_EAST, ICE_WEST = 66.0, 60.0, -60.0
NO_WATER_NORTH, NO_WATER_SOUTH = 79.0, -62.0
"""North of Siberia and America, and near the poles, no way is over `MAX_SNAP_KM`: there is ice."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
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

    def along(self, other: Joint) -> float:
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


def join(place: Place, lanes: SeaLanes) -> Joint:
    """Return where a place joins the lanes.

    A terminal that is no node and sees none joins the nearest lane, at most `MAX_SNAP_KM` away:
    what lists it knows its water better than the map.

    Raises
    ------
    PlaceError
        No ship reaches it.
    """
    if place.id in lanes.point_ids:
        return Joint(ends=((int(lanes.point_node[lanes.point_ids.index(place.id)]), 0.0),))
    if is_world_port(place):
        if place.id in lanes.ports:
            return Joint(ends=((lanes.ports[place.id], 0.0),))
        if lanes.ports:
            msg = f"{_called(place)} has no water nearby that ships reach: name a port at the sea"
            raise PlaceError(msg)
        return _beside(place, lanes, limit_km=LISTED_SNAP_KM)
    found = _seen_from(place, lanes)
    if found is not None:
        return found
    if place.terminal is not None:
        return _beside(place, lanes, limit_km=MAX_SNAP_KM)
    msg = (
        f"{_called(place)} lies {_off_km(place, lanes):.0f} km from the nearest sea lane, with land"
        " or ice between: name a port or a point at sea"
    )
    raise PlaceError(msg)


def is_world_port(place: Place) -> bool:
    """Return whether a place is a port of the world list that is no terminal."""
    return place.kind is PlaceKind.PORT and place.terminal is None


def joined(place: Place) -> Joint | None:
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


def beside(one: Joint, other: Joint) -> Beside:
    """Return the way between two places that keeps off all nodes, infinite if there is none.

    It follows an edge that both join, or the great circle between two places that see each other.
    """
    along = one.along(other)
    points = tuple(foot for foot in (one.foot, other.foot) if foot is not None)
    way = Beside(along, points) if along < inf else NOT_BESIDE
    straight = float(straight_nm([(one, other)])[0])
    return Beside(straight, ()) if straight <= along and straight < inf else way


def straight_nm(pairs: Sequence[tuple[Joint, Joint]]) -> FloatArray:
    """Return the nm between places that are free and see each other, infinite for all others."""
    nm, near, ways, lines = np.full(len(pairs), inf), [], [], []
    for k, (one, other) in enumerate(pairs):
        if one.free is None or other.free is None:
            continue
        # In one order, so that both directions are of one length.
        start, end = sorted((one.free, other.free))
        if float(great_circle_km(*start, *end)) <= RINGS_KM[-1]:
            near.append(k)
            ways.append((start, end))
            lines.append(_great_circle(start, end))
    if not near:
        return nm
    most = [pairs[k][0].land_km + pairs[k][1].land_km + MORE_LAND_KM for k in near]
    over_water = lands_km(lines) <= np.minimum(most, ACCESS_LAND_KM)
    geodesic = _geodesic_nm(*np.swapaxes(np.array(ways), 0, 1))
    for at, k in enumerate(near):
        if over_water[at] and not _cuts_crossed(lines[at]).any():
            nm[k] = inf if _in_ice(lines[at], km_from_nm(geodesic[at])) else geodesic[at]
    return nm


def snap(place: Place, lanes: SeaLanes) -> Joint:
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
    return Joint(
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


def _beside(place: Place, lanes: SeaLanes, *, limit_km: float) -> Joint:
    """Return where a listed place joins the nearest lane.

    Raises
    ------
    PlaceError
        No lane is that near.
    """
    found = snap(place, lanes)
    if found.off_km > limit_km:
        msg = (
            f"{_called(place)} lies {found.off_km:.0f} km from the nearest sea lane,"
            f" more than {limit_km:.0f} km: name a port closer to the sea"
        )
        raise PlaceError(msg)
    return found


def _called(place: Place) -> str:
    return f"{place.name} ({place.id})" if place.has_name else place.name


def _off_km(place: Place, lanes: SeaLanes) -> float:
    """Return the km to the nearest lane or node outside canals, whatever lies between."""
    node = great_circle_km(place.lon, place.lat, lanes.node_lon, lanes.node_lat)
    return min(snap(place, lanes).off_km, float(node[_outside_canals(lanes)].min()))


def _outside_canals(lanes: SeaLanes) -> npt.NDArray[np.bool_]:
    """Return which nodes have an edge outside canals."""
    open_edges = lanes.edge_gate < 0
    found = np.zeros(lanes.node_lon.shape[0], bool)
    found[lanes.edge_from[open_edges]] = found[lanes.edge_to[open_edges]] = True
    return found


@lru_cache(maxsize=256)
def _joined_point(_path: Path, place: Place) -> Joint | None:
    return _seen_from(place, load_sea_lanes())


def _seen_from(place: Place, lanes: SeaLanes) -> Joint | None:
    """Return where a place joins the nodes that it sees, None if it sees none."""
    here = (place.lon, place.lat)
    near = snap(place, lanes)
    if _off_km(place, lanes) > ACCESS_LAND_KM and is_inland(*here, within_km=ACCESS_LAND_KM):
        return None
    nodes = _candidates(here, lanes, [node for node, _ in near.edge_ends])
    where = [(float(lanes.node_lon[node]), float(lanes.node_lat[node])) for node in nodes]
    away = great_circle_km(*here, *np.array(where).T)
    lines = [_great_circle(here, point) for point in where]
    land = lands_km(lines)
    gates = _gate_of_node(lanes)
    for k in np.flatnonzero(land <= ACCESS_LAND_KM).tolist():
        line, crossed = lines[k], _cuts_crossed(lines[k])
        if gates[nodes[k]] >= 0:
            crossed[gates[nodes[k]]] = False
        if crossed.any() or _in_ice(line, float(away[k])):
            land[k] = inf
    by_foot = inf
    # A foot at a node leads no further than that node, which may be a gate.
    beyond = min(nm for _, nm in near.edge_ends) - nm_from_km(near.off_km) > LEAST_NM
    if near.off_km <= MAX_SNAP_KM and near.foot is not None and beyond:
        line = _great_circle(here, near.foot)
        by_foot = inf if _cuts_crossed(line).any() else float(lands_km([line])[0])
    least = min(float(land.min(initial=inf)), by_foot)
    if least > ACCESS_LAND_KM:
        return None
    most = min(least + MORE_LAND_KM, ACCESS_LAND_KM)
    seen = np.flatnonzero(land <= most)
    geodesic = _geodesic_nm(np.tile(here, (seen.size, 1)), np.array(where)[seen])
    ends = dict(zip([nodes[k] for k in seen], geodesic.tolist(), strict=True))
    off = [km_from_nm(nm) for nm in ends.values()]
    at_foot = by_foot <= most
    if at_foot:
        off.append(near.off_km)
        for node, nm in near.edge_ends:
            ends[node] = min(nm, ends.get(node, inf))
    return Joint(
        ends=tuple(sorted(ends.items(), key=lambda end: (end[1], end[0]))),
        off_km=min(off),
        edge=near.edge if at_foot else -1,
        edge_nm=near.edge_nm if at_foot else 0.0,
        edge_ends=near.edge_ends if at_foot else (),
        foot=near.foot if at_foot else None,
        free=here,
        land_km=least,
    )


def _candidates(here: Point, lanes: SeaLanes, more: Sequence[int]) -> list[int]:
    """Return nodes that a place may join: the nearest, and the nearest by bearing of each ring."""
    away = great_circle_km(*here, lanes.node_lon, lanes.node_lat)
    away[~_outside_canals(lanes)] = inf
    order = np.argsort(away, kind="stable")
    order = order[away[order] <= RINGS_KM[-1]]
    close = order[:NEAREST]
    sector = bearing_deg(*here, lanes.node_lon[order], lanes.node_lat[order]) * (SECTORS / 360.0)
    ring = np.searchsorted(RINGS_KM, away[order], side="left")
    cell = ring * SECTORS + np.minimum(sector.astype(int), SECTORS - 1)
    first = np.unique(cell, return_index=True)[1]
    chosen = [*close[away[close] <= MAX_SNAP_KM].tolist(), *order[np.sort(first)].tolist(), *more]
    return list(dict.fromkeys(chosen))


def _great_circle(one: Point, other: Point) -> FloatArray:
    """Return a great circle as rows of lon, unwrapped, and lat."""
    lon, lat = along_great_circles(np.array([one[0], other[0]]), np.array([one[1], other[1]]))
    return np.column_stack([np.unwrap(lon, period=360.0), lat])


def _geodesic_nm(starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the nm on WGS 84 between points, rows of lon and lat, as the lanes are measured."""
    from pyproj import Geod

    _, _, metres = Geod(ellps="WGS84").inv(*starts.T, *ends.T)
    return np.asarray(metres, float) / (1000.0 * KM_PER_NM)


def _in_ice(line: FloatArray, km: float) -> bool:
    """Return whether a way over `MAX_SNAP_KM` touches waters that are under ice."""
    if km <= MAX_SNAP_KM:
        return False
    lon, lat = (line[:, 0] + 180.0) % 360.0 - 180.0, line[:, 1]
    beyond = (lat > NO_WATER_NORTH) | (lat < NO_WATER_SOUTH)
    return bool((beyond | ((lat > ICE_NORTH) & ((lon > ICE_EAST) | (lon < ICE_WEST)))).any())


class _Cuts(NamedTuple):
    """The pieces of the cut lines of all gates: rows of lon, lat, and the gate of each."""

    start: FloatArray
    step: FloatArray
    gate: IntArray


@kept_while_unchanged
def _cuts_of(_path: Path) -> _Cuts:
    pieces = [
        (number, one, other)
        for number, gate in enumerate(load_gates())
        for one, other in pairwise(gate.cut)
    ]
    start = np.array([one for _, one, _ in pieces], float).reshape(-1, 2)
    end = np.array([other for _, _, other in pieces], float).reshape(-1, 2)
    return _Cuts(
        start=start,
        step=end - start,
        gate=np.array([number for number, _, _ in pieces], np.int32),
    )


def _cuts_crossed(line: FloatArray) -> npt.NDArray[np.bool_]:
    """Return by gate whether a line of rows of lon and lat touches its cut."""
    cuts = _cuts_of(network_file("gates.csv"))
    found = np.zeros(len(load_gates()), bool)
    start, step = line[:-1, None, :], np.diff(line, axis=0)[:, None, :]
    # The line moved to the turn of the cut.
    apart = cuts.start[None] - start
    apart = apart - np.round(apart[..., :1] / 360.0) * (360.0, 0.0)
    across = step[..., 0] * cuts.step[:, 1] - step[..., 1] * cuts.step[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (apart[..., 0] * cuts.step[:, 1] - apart[..., 1] * cuts.step[:, 0]) / across
        of_cut = (apart[..., 0] * step[..., 1] - apart[..., 1] * step[..., 0]) / across
    touches = (at >= -1e-9) & (at <= 1.0 + 1e-9) & (of_cut >= 0.0) & (of_cut <= 1.0)
    found[cuts.gate[touches.any(axis=0)]] = True
    return found


def _gate_of_node(lanes: SeaLanes) -> IntArray:
    """Return by node the number of the gate that it is a point of, -1 for others."""
    number = {point: k for k, gate in enumerate(load_gates()) for point in gate.points}
    found = np.full(lanes.node_lon.shape[0], -1, np.int32)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        found[node] = max(found[node], number.get(point, -1))
    return found
