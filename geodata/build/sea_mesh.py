"""Make the lanes: tracks, gates, ports and corners as nodes, and the arcs between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from common import KM_PER_NM, Point, normal_lon
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from sea_arcs import (
    Nodes,
    approach,
    arc_km,
    leaning,
    near_land_km,
    rows_of,
    spanner,
    used_arcs,
    visible_arcs,
)
from sea_coast import NEAR_PORT_KM, Corners, corners_of, vectors
from sea_graph import Edge, Lanes, Snapper, join
from sea_shore import MOST_AT_PORT_KM, Refusal, Shore
from sea_sight import sees
from sea_water import (
    COLUMNS,
    DEGREES,
    EARTH_KM,
    KM_PER_DEGREE,
    ROWS,
    SOUTH,
    barrier_lines,
    cell_of,
    is_water,
    open_water,
)

SAILED_NEAR_LAND, MOST_BEYOND_KM = 1.12, 4.0 * 1.852
"""What ships sail beyond the shortest way near land, and at most on one arc: where the next turn is
far, they keep off. `README-sea.md` says how both were set."""
FREE_KM = 3.0
"""Around a port land counts as water: the raster draws harbours shut."""
MOST_FREE_KM = 8.0
TRACK_KM = 3.0
"""How far from a track a port may lie and join it."""
ICE_TRACK_KM, ICE_NORTH = 80.0, 66.0
"""The same where only tracks lead through water that is shut for its ice."""
GATE_KM = 4.0
ROUND_KM = 3.0
"""How far off the ends of a barrier ships pass."""
CLEAR_KM = 3.0
OPEN_KM2 = 30_000.0
"""Water that wide over so much area is sea: more than the lagoons and the Sea of Marmara."""
MOST_CELLS = 150
CANALS = ("canal-",)
SMALL_SHIPS = ("gate-kiel", "gate-kanmon", "gate-corinth", "gate-east-river")
ICE = ("gate-bering", "gate-northwest-passage")
SHUT_IN_TURN: tuple[tuple[str, ...], ...] = (
    (*SMALL_SHIPS, *ICE),
    (),
    ("gate-suez", *ICE),
    ("gate-suez", "gate-panama", *ICE),
    ("gate-panama", "gate-good-hope", "gate-cape-horn", *ICE),
)
"""The closed gates for which shortest ways keep their arcs."""
ROUNDS = 4
"""How often the spanner runs."""
SOME = 4
"""With gates closed, one port in so many is a source."""


@dataclass
class Mesh:
    """Nodes as they are added: where they are, and what an arc may do near them.

    `free` and `gate` are km around ports and points of gates, `corner` the row of a corner.
    `plain` nodes have no long arcs unless they are `roads`.
    """

    lanes: Lanes
    free: dict[int, float] = field(default_factory=dict)
    gate: dict[int, float] = field(default_factory=dict)
    corner: dict[int, int] = field(default_factory=dict)
    plain: set[int] = field(default_factory=set)
    roads: set[int] = field(default_factory=set)


def near_port(ports: Sequence[Point]) -> Callable[[Any, Any], Any]:
    """Return what tells which points lie within `NEAR_PORT_KM` of a port."""
    tree = cKDTree(vectors(*np.array(ports).T))
    reach = NEAR_PORT_KM / EARTH_KM

    def near(lon: Any, lat: Any) -> Any:
        return tree.query(vectors(lon, lat), distance_upper_bound=reach)[0] < np.inf

    return near


def water_near(clear: Any, port: Point, reach_km: float) -> float:
    """Return km from a port to the nearest water cell within reach, else infinity."""
    row, column = cell_of(*port)
    squeeze = max(0.05, float(np.cos(np.radians(port[1]))))
    high = int(reach_km / KM_PER_DEGREE / DEGREES) + 1
    wide = int(high / squeeze) + 1
    rows = np.arange(max(0, row - high), min(ROWS, row + high + 1))
    columns = np.arange(column - wide, column + wide + 1)
    found = clear[np.ix_(rows, columns % COLUMNS)]
    wet = is_water(found)
    lat = SOUTH + (rows + 0.5) * DEGREES - port[1]
    lon = (columns + 0.5) * DEGREES - 180.0 - port[0]
    away = np.hypot(lat[:, None], (np.mod(lon + 180.0, 360.0) - 180.0)[None, :] * squeeze)
    away *= KM_PER_DEGREE
    return float(np.min(np.where(wet, away, np.inf)))


def nearest_track(
    lanes: Lanes, port: Point, water_km: float
) -> tuple[float, tuple[int, int], Point] | None:
    """Return km, edge and foot of the track that a port joins, if it lies beside one."""
    in_ice = water_km == np.inf and port[1] > ICE_NORTH
    for found in Snapper(lanes).near(port, ICE_TRACK_KM if in_ice else TRACK_KM):
        if not lanes.edges[found[1]].origin.startswith((*CANALS, "port")):
            return found
    return None


def place_port(mesh: Mesh, clear: Any, shore: Shore, port: Point) -> tuple[int, float] | None:
    """Add a port as a node; return it and its km to water or a track, None if both are far.

    One whose way to its track crosses over `MOST_AT_PORT_KM` of land is far from it.
    """
    lanes, here = mesh.lanes, port
    node = lanes.node(here)
    while node in mesh.free or node in mesh.gate or any(node in key for key in lanes.edges):
        here = (here[0] + 0.001, here[1])
        node = lanes.node(here)
    off = water_near(clear, here, MOST_FREE_KM)
    found = nearest_track(lanes, here, off)
    if found and shore.km(here, found[2]) <= MOST_AT_PORT_KM:
        km, key, foot = found
        area = lanes.edges[key].area
        lanes.add(node, join(lanes, key, foot), Edge(0.0, area, "", "port"))
        off = min(off, km)
    elif off > MOST_FREE_KM:
        return None
    mesh.free[node] = min(MOST_FREE_KM + 1.0, max(FREE_KM, off + 1.0))
    return node, off


def add_approaches(mesh: Mesh, clear: Any) -> int:
    """Add nodes on the way from each port to its roads, the nearest wide water; count them.

    Where that is a lagoon or a bay with a narrow mouth, the nearest roads at sea are added too: the
    corners of a mouth as narrow as their offing stand in each other's way. Arcs over
    `sea_arcs.FAR_KM` start at the roads.
    """
    wide = is_water(clear) & (clear >= int(2 * CLEAR_KM))
    sea = open_water(wide, OPEN_KM2)
    for node in list(mesh.free):
        roads = _add_approach(mesh, clear, node, wide)
        if roads and not sea[roads]:
            _add_approach(mesh, clear, node, sea)
    return len(mesh.roads) + len(mesh.plain - mesh.free.keys())


def _add_approach(mesh: Mesh, clear: Any, node: int, goal: Any) -> tuple[int, int] | None:
    """Add the way from a port to the nearest goal; return its cell there, None if all are far."""
    port, free = mesh.lanes.nodes[node], mesh.free[node]
    way = approach(clear, goal, *port, free, MOST_CELLS)
    if not len(way):
        return None
    points = [
        (normal_lon((c + 0.5) * DEGREES - 180.0), SOUTH + (r + 0.5) * DEGREES)
        for r, c in way.tolist()
    ]
    unit = vectors(*np.array([port, *points]).T)
    start, chosen = 0, []
    for k in range(1, len(unit)):
        loose = free if start == 0 else 0.0
        if not sees(clear, unit[start], unit[k], loose, 0.0, 0.0, 0.0) and k - 1 > start:
            chosen.append(k - 1)
            start = k - 1
    mesh.plain.update(mesh.lanes.node(points[k - 1]) for k in chosen)
    mesh.plain.add(node)
    mesh.roads.add(mesh.lanes.node(points[-1]))
    return int(way[-1, 0]), int(way[-1, 1])


def arrays_of(mesh: Mesh, corners: Corners) -> Nodes:
    """Return the nodes as arrays."""
    count = len(mesh.lanes.nodes)
    lon, lat = np.array(mesh.lanes.nodes).T
    unit, middle, far_middle = vectors(lon, lat), np.zeros((count, 3)), np.zeros((count, 3))
    cosine, far_cosine = np.ones(count), np.ones(count)
    free, gate = np.zeros(count), np.zeros(count)
    far = np.ones(count, np.bool_)
    for node, value in mesh.free.items():
        free[node] = value
    for node, value in mesh.gate.items():
        gate[node] = value
    far[list(mesh.plain - mesh.roads)] = False
    nodes = np.array(list(mesh.corner), np.int64)
    rows = np.array(list(mesh.corner.values()), np.int64)
    x, y = np.radians(lon[nodes]), np.radians(lat[nodes])
    east = np.stack([-np.sin(x), np.cos(x), 0.0 * x], axis=1)
    north = np.stack([-np.sin(y) * np.cos(x), -np.sin(y) * np.sin(x), np.cos(y)], axis=1)
    for out, courses in ((middle, corners.middle), (far_middle, corners.far_middle)):
        course = courses[rows][:, None]
        out[nodes] = np.cos(course) * north + np.sin(course) * east
    cosine[nodes] = np.cos(corners.half[rows])
    far_cosine[nodes] = np.cos(corners.far_half[rows])
    far[nodes] = corners.coarse[rows]
    return Nodes(unit, middle, cosine, far_middle, far_cosine, free, gate, far)


def add_corners(mesh: Mesh, rings: list[Any], clear: Any) -> Corners:
    """Add the corners of the coast as nodes."""
    ports = [mesh.lanes.nodes[node] for node in mesh.free]
    corners = corners_of(rings, near_port(ports), clear)
    for point in ends_of_barriers(clear):
        mesh.lanes.node(point)
    taken = len(mesh.lanes.nodes)
    for row, point in enumerate(zip(corners.lon.tolist(), corners.lat.tolist(), strict=True)):
        node = mesh.lanes.node(point)
        if node >= taken:
            mesh.corner[node] = row
    return corners


def ends_of_barriers(clear: Any) -> list[Point]:
    """Return points on four sides of each point of a barrier in water, which ships may round."""
    found = []
    for lon, lat in (point for line in barrier_lines() for point in line):
        east = ROUND_KM / KM_PER_DEGREE / float(np.cos(np.radians(lat)))
        north = ROUND_KM / KM_PER_DEGREE
        for dx, dy in ((east, 0.0), (-east, 0.0), (0.0, north), (0.0, -north)):
            point = (normal_lon(lon + dx), lat + dy)
            if SOUTH < point[1] < SOUTH + ROWS * DEGREES and is_water(clear[cell_of(*point)]):
                found.append(point)
    return found


def inside_canals(lanes: Lanes) -> list[int]:
    """Return the nodes between the two gate points of a canal, which see nothing else."""
    within, outside = set(), set()
    for key, edge in lanes.edges.items():
        (within if edge.canal else outside).update(key)
    gates = {node for node in within if node in outside}
    return sorted(within - gates)


def join_all(
    mesh: Mesh,
    corners: Corners,
    clear: Any,
    gates: dict[str, int],
    points: Sequence[int],
    refusal: Refusal,
    told: Callable[[str], None],
) -> None:
    """Add the arcs that shortest ways between ports and between points use; tell the counts."""
    lanes, nodes = mesh.lanes, arrays_of(mesh, corners)
    tail, head, km = visible_arcs(nodes, clear)
    told(f"{len(tail):,} visible arcs between {len(nodes.unit):,} nodes")
    keys = np.array(list(lanes.edges), np.int32).reshape(-1, 2)
    known = set(lanes.edges)
    fresh = np.array(
        [(a, b) not in known for a, b in zip(tail.tolist(), head.tolist(), strict=True)],
        bool,
    )
    blind = np.zeros(len(nodes.unit), bool)
    blind[inside_canals(lanes)] = True
    fresh &= ~(blind[tail] | blind[head])
    tail, head, km = tail[fresh], head[fresh], km[fresh]
    order = np.argsort(km, kind="stable")
    tail, head = np.r_[keys[:, 0], tail[order]], np.r_[keys[:, 1], head[order]]
    km = np.r_[arc_km(nodes.unit, keys[:, 0], keys[:, 1]), km[order]]
    through = np.ones(len(nodes.unit), np.bool_)
    through[list(gates.values())] = False
    for (a, b), edge in lanes.edges.items():
        if edge.canal or edge.area:
            through[[a, b]] = False
    near = near_land_km(nodes.unit, tail[len(keys) :], head[len(keys) :], clear)
    more = np.minimum((SAILED_NEAR_LAND - 1.0) * near, MOST_BEYOND_KM)
    beyond = np.r_[np.zeros(len(keys)), more]
    told("what ships sail near land")
    all_arcs = (tail, head, km, km + beyond)
    keep = _kept(mesh, nodes.unit, all_arcs, len(keys), through, refusal, told)
    told(f"{int(keep.sum()):,} arcs of the spanner")
    # Ways that are shortest as ships sail, and those that are as drawn.
    keep = _used(mesh, keep, (tail, head, km + beyond), gates, points) | _used(
        mesh, keep, (tail, head, km), gates, points
    )
    told(f"{int(keep.sum()):,} arcs that shortest ways use")
    for a, b, more in zip(
        tail[keep].tolist(), head[keep].tolist(), beyond[keep].tolist(), strict=True
    ):
        key = (min(a, b), max(a, b))
        if key not in lanes.edges:
            lanes.add(a, b, Edge(0.0, 0, "", "water"))
            lanes.edges[key].nm += more / KM_PER_NM


def ends_without_ports(mesh: Mesh) -> set[int]:
    """Return the ends of tracks on which no port and no gate lies, which ways reach too."""
    lanes = mesh.lanes
    tails, heads = np.array(list(lanes.edges), np.int64).reshape(-1, 2).T
    count = len(lanes.nodes)
    graph = coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(count, count))
    part = connected_components(graph, directed=False)[1]
    taken = {int(part[node]) for node in (*mesh.free, *mesh.gate)}
    ways = np.bincount(np.r_[tails, heads], minlength=count)
    return {int(node) for node in np.flatnonzero(ways == 1) if int(part[node]) not in taken}


def _kept(
    mesh: Mesh,
    unit: Any,
    all_arcs: tuple[Any, Any, Any, Any],
    fixed: int,
    through: Any,
    refusal: Refusal,
    told: Callable[[str], None],
) -> Any:
    """Return which arcs the spanner keeps, none of them over more land than `refusal` allows.

    To measure every arc would take hours, so those kept are measured, and where some are refused
    the spanner runs again without them: then ways round the land take their place. After a few
    rounds what it offers runs beside what was refused (in the fourth 36 arcs of 618 stand, in a
    fifth 6 of 375), so then those refused are left out and nothing takes their place.
    """
    tail, head, km, sailed = all_arcs
    where, ports = np.array(mesh.lanes.nodes), np.zeros(len(unit), bool)
    ports[list(mesh.free)] = True
    live, sure = np.ones(len(km), bool), np.arange(len(km)) < fixed
    for _ in range(ROUNDS):
        index = np.flatnonzero(live)
        arcs = (array[index] for array in (tail, head, km, sailed, sure))
        kept, begin, ways = spanner(unit, *arcs, through)
        fresh = kept & ~sure[index]
        a, b = tail[index[fresh]], head[index[fresh]]
        refused = refusal.refused(where[a], where[b], ports[a] | ports[b])
        told(f"{int(refused.sum()):,} of {len(a):,} arcs refused for land")
        gone = np.zeros(len(index), bool)
        gone[fresh] = refused
        sure[index[fresh & ~gone]] = True
        # What was left out for a way that stands would be left out again.
        live = sure.copy()
        live[index[leaning(begin, ways, gone)]] = True
    return sure


def _used(
    mesh: Mesh, keep: Any, all_arcs: tuple[Any, Any, Any], gates: dict[str, int], points: Any
) -> Any:
    """Return which arcs of the spanner some shortest way uses; arcs of tracks all stay."""
    index = np.flatnonzero(keep)
    tail, head, km = (array[index] for array in all_arcs)
    count = len(mesh.lanes.nodes)
    first, heads, arcs = rows_of(count, tail, head)
    ports = np.array(sorted(mesh.free.keys() | ends_without_ports(mesh)), np.int64)
    used = np.zeros(len(index), bool)
    used[: len(mesh.lanes.edges)] = True
    none = np.zeros(count, np.bool_)
    for number, closed in enumerate(SHUT_IN_TURN):
        shut = none.copy()
        shut[[node for gate, node in gates.items() if gate.split("#")[0] in closed]] = True
        sources = ports if number == 0 else ports[number % SOME :: SOME]
        used |= used_arcs(first, heads, arcs, km, shut, none, sources, ports) > 0
    stops = none.copy()
    stops[list(gates.values())] = True
    listed = np.array(points, np.int64)
    used |= used_arcs(first, heads, arcs, km, none, stops, listed, listed) > 0
    # From a port to every gate of its sea, with no gate between.
    used |= used_arcs(first, heads, arcs, km, none, stops, ports, listed) > 0
    out = np.zeros(len(keep), bool)
    out[index[used]] = True
    return out
