"""Measure the land of Natural Earth 1:10m under the lanes, and between ports and their lanes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from corridors.data.geodata import SeaLanes, load_sea_lanes, load_terminals
from corridors.data.sea_areas import great_circles
from corridors.network.locate import Place, of_terminal
from corridors.units import EARTH_RADIUS_KM
from validation.campaigns.land import BoolArray, Box, Land, Stretch
from validation.campaigns.lane_regions import ports_on_lanes
from validation.campaigns.lane_tables import Section, wrapped
from validation.campaigns.water_paths import vector_of

STEPS_KM = (5.0, 20.0)
IN_A_ROW_KM = 1.0
FROM_PORTS_KM = 10.0
MOST_JOINTS = {5.0: 2}
"""How many ports may have a joint that lies on more km of land than that."""
MOST_CROSSINGS = 0
"""How many arcs may cross over `IN_A_ROW_KM` of land where no port, track or named water is."""
BUILD = Path(__file__).parents[2] / "geodata" / "build"
TRACKS = ("sea_tracks.csv", "river_tracks.csv")
ON_TRACK_KM = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A port, its km from the lanes, and how many of them lie on land."""

    port: Place
    off_km: float
    land_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """An arc of the lanes and a stretch of land under it."""

    edge: int
    stretch: Stretch
    waters: str


def joints(land: Land) -> Iterator[Joined]:
    """Yield every port of the world list with the arc of least land that leaves it.

    A port on a drawn track has none: its water is the track's.
    """
    nodes = load_sea_lanes().ports
    yield from _joined(land, ((port, nodes[port.id]) for port in ports_on_lanes()))


def terminal_joints(land: Land) -> Iterator[Joined]:
    """Yield every port of the terminals in the same way."""
    lanes, terminals = load_sea_lanes(), load_terminals()
    pairs = zip(lanes.point_ids, lanes.point_node.tolist(), strict=True)
    yield from _joined(land, ((of_terminal(terminals[p]), n) for p, n in pairs if p in terminals))


def _joined(land: Land, ports: Iterable[tuple[Place, int]]) -> Iterator[Joined]:
    lanes, drawn = load_sea_lanes(), on_tracks(load_sea_lanes())
    edges_of: dict[int, list[int]] = {}
    for ends in (lanes.edge_from.tolist(), lanes.edge_to.tolist()):
        for edge, node in enumerate(ends):
            edges_of.setdefault(node, []).append(edge)
    for port, node in ports:
        km = [
            (0.0 if drawn[edge] else land.km(*_ends(lanes, edge)), float(lanes.edge_nm[edge]))
            for edge in edges_of[node]
        ]
        least = min(km)
        yield Joined(port=port, off_km=1.852 * least[1], land_km=least[0])


def on_tracks(lanes: SeaLanes) -> BoolArray:
    """Return which arcs lie on tracks drawn by hand: rivers, canals, narrows and ways in ice."""
    rows = [row for name in TRACKS for row in _rows(BUILD / name)]
    points: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        points.setdefault(row["track_id"], []).append((float(row["lon"]), float(row["lat"])))
    lines = [line for line in points.values() if len(line) > 1]
    tail = np.array([one for line in lines for one in line[:-1]])
    head = np.array([one for line in lines for one in line[1:]])
    lon, lat, _ = great_circles(tail[:, 0], tail[:, 1], head[:, 0], head[:, 1], step_km=1.0)
    ends = np.array([line[-1] for line in lines])
    x, y = np.radians(np.append(lon, ends[:, 0])), np.radians(np.append(lat, ends[:, 1]))
    tree = cKDTree(np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=1))
    nodes = np.array(list(map(vector_of, lanes.node_lon.tolist(), lanes.node_lat.tolist())))
    near = tree.query(nodes)[0] * EARTH_RADIUS_KM < ON_TRACK_KM
    return np.asarray(near[lanes.edge_from] & near[lanes.edge_to])


def _ends(lanes: SeaLanes, edge: int) -> tuple[tuple[float, float], tuple[float, float]]:
    one, other = int(lanes.edge_from[edge]), int(lanes.edge_to[edge])
    return (
        (float(lanes.node_lon[one]), float(lanes.node_lat[one])),
        (float(lanes.node_lon[other]), float(lanes.node_lat[other])),
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(x for x in stream if not x.lstrip('"').startswith("#")))


def named_waters() -> list[tuple[str, Box]]:
    """Return the rivers, canals and fjords that the map draws as land, with their boxes."""
    return [
        (
            row["waters"],
            Box(**{side: float(row[side]) for side in ("west", "south", "east", "north")}),
        )
        for row in _rows(BUILD / "sea_waters.csv")
    ]


def crossings(land: Land) -> Iterator[Crossing]:
    """Yield the land under arcs, in a row over `IN_A_ROW_KM`, away from ports and canals."""
    lanes, waters = load_sea_lanes(), named_waters()
    drawn, terminals = on_tracks(lanes), load_terminals()
    places = [
        *ports_on_lanes(),
        *(of_terminal(terminals[p]) for p in lanes.point_ids if p in terminals),
    ]
    ports = cKDTree([vector_of(port.lon, port.lat) for port in places])
    reach = 2.0 * np.sin(FROM_PORTS_KM / EARTH_RADIUS_KM / 2.0)
    for edge in np.flatnonzero((lanes.edge_gate < 0) & ~drawn).tolist():
        for stretch in land.stretches(*_ends(lanes, edge)):
            if stretch.km <= IN_A_ROW_KM:
                continue
            if ports.query(vector_of(stretch.lon, stretch.lat))[0] <= reach:
                continue
            names = [name for name, box in waters if box.holds(stretch.lon, stretch.lat)]
            yield Crossing(edge=edge, stretch=stretch, waters=names[0] if names else "")


def land_section(land: Land, *, count: int) -> Section:
    """Return the ports joined over land, and the arcs that cross some."""
    ports = list(joints(land))
    terminals = list(terminal_joints(land))
    failures = []
    heads = "".join(f"{f'over {step:.0f}':>10}" for step in STEPS_KM)
    lines = [f"{'km of land in the joint':<34}{'ports':>8}{heads}"]
    for title, found in (
        ("ports of the world list", ports),
        ("terminals with sea legs", terminals),
    ):
        over = [sum(one.land_km > step for one in found) for step in STEPS_KM]
        lines.append(f"{title:<34}{len(found):>8}" + "".join(f"{n:>10}" for n in over))
    for step, most in MOST_JOINTS.items():
        if (over_step := sum(one.land_km > step for one in ports)) > most:
            failures.append(f"{over_step} ports join over {step:.0f} km of land, at most {most}")
    ranked = sorted(ports, key=lambda one: -one.land_km)[:count]
    lines += ["worst, km of land of km to the lane:"]
    lines += wrapped(
        [f"{p.port.name} ({p.port.id}) {p.land_km:.0f} of {p.off_km:.0f}" for p in ranked]
    )
    found_at = list(crossings(land))
    for title, some in (
        ("outside named waters", [one for one in found_at if not one.waters]),
        ("in named rivers and waters", [one for one in found_at if one.waters]),
    ):
        km = sum(one.stretch.km for one in some)
        arcs = len({one.edge for one in some})
        lines.append(
            f"land over {IN_A_ROW_KM:.0f} km in a row, over {FROM_PORTS_KM:.0f} km from any port,"
            f" {title}: {arcs} arcs, {km:.0f} km"
        )
    outside = len({one.edge for one in found_at if not one.waters})
    if outside > MOST_CROSSINGS:
        failures.append(f"{outside} arcs cross land outside named waters, at most {MOST_CROSSINGS}")
    worst = sorted((one for one in found_at if not one.waters), key=lambda one: -one.stretch.km)[
        :count
    ]
    lines += ["worst, km at lon,lat:"]
    lines += wrapped(
        [f"{c.stretch.km:.1f} at {c.stretch.lon:.2f},{c.stretch.lat:.2f}" for c in worst]
    )
    return Section(title="Land under the lanes", lines=tuple(lines), failures=tuple(failures))
