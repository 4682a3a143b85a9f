"""Measure the land of Natural Earth 1:10m under the lanes, and between ports and their lanes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from corridors.data.geodata import SeaLanes, load_sea_lanes, load_terminals
from corridors.data.sphere import great_circle_km
from corridors.errors import PlaceError
from corridors.network.joints import join
from corridors.network.locate import Place, of_terminal
from corridors.units import EARTH_RADIUS_KM
from tests.campaigns.land import Box, Land, Stretch
from tests.campaigns.lane_regions import ports_on_lanes
from tests.campaigns.lane_tables import Section, wrapped
from tests.campaigns.water_paths import vector_of

STEPS_KM = (5.0, 20.0)
IN_A_ROW_KM = 1.0
FROM_PORTS_KM = 10.0
MOST_JOINTS = {5.0: 700, 20.0: 180}
"""What the lanes of today hold: ports whose joint lies on more land than that."""
WATERS = Path(__file__).parents[2] / "geodata" / "build" / "sea_waters.csv"


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
    """Yield every port of the world list with the straight line that joins it to a lane or node."""
    lanes = load_sea_lanes()
    for port in ports_on_lanes():
        try:
            found = join(port, lanes)
        except PlaceError:
            continue  # no water nearby
        node = found.ends[0][0]
        at = found.foot or (float(lanes.node_lon[node]), float(lanes.node_lat[node]))
        here = (port.lon, port.lat)
        off_km = found.off_km if found.foot else float(great_circle_km(*here, *at))
        yield Joined(port=port, off_km=off_km, land_km=land.km(here, at))


def terminal_joints(land: Land) -> Iterator[Joined]:
    """Yield every port of the terminals with the arc of least land that leaves it."""
    lanes = load_sea_lanes()
    terminals = load_terminals()
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        if point not in terminals:
            continue
        edges = np.flatnonzero((lanes.edge_from == node) | (lanes.edge_to == node))
        km = [(land.km(*_ends(lanes, edge)), float(lanes.edge_nm[edge])) for edge in edges.tolist()]
        least = min(km)
        yield Joined(port=of_terminal(terminals[point]), off_km=1.852 * least[1], land_km=least[0])


def _ends(lanes: SeaLanes, edge: int) -> tuple[tuple[float, float], tuple[float, float]]:
    one, other = int(lanes.edge_from[edge]), int(lanes.edge_to[edge])
    return (
        (float(lanes.node_lon[one]), float(lanes.node_lat[one])),
        (float(lanes.node_lon[other]), float(lanes.node_lat[other])),
    )


def named_waters() -> list[tuple[str, Box]]:
    """Return the rivers, canals and fjords that the map draws as land, with their boxes."""
    with WATERS.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in stream if not line.lstrip('"').startswith("#")]
    return [
        (
            row["waters"],
            Box(**{side: float(row[side]) for side in ("west", "south", "east", "north")}),
        )
        for row in csv.DictReader(lines)
    ]


def crossings(land: Land) -> Iterator[Crossing]:
    """Yield the land under arcs, in a row over `IN_A_ROW_KM`, away from ports and canals."""
    lanes, waters = load_sea_lanes(), named_waters()
    ports = cKDTree([vector_of(port.lon, port.lat) for port in ports_on_lanes()])
    reach = 2.0 * np.sin(FROM_PORTS_KM / EARTH_RADIUS_KM / 2.0)
    for edge in np.flatnonzero(lanes.edge_gate < 0).tolist():
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
    worst = sorted((one for one in found_at if not one.waters), key=lambda one: -one.stretch.km)[
        :count
    ]
    lines += ["worst, km at lon,lat:"]
    lines += wrapped(
        [f"{c.stretch.km:.1f} at {c.stretch.lon:.2f},{c.stretch.lat:.2f}" for c in worst]
    )
    return Section(title="Land under the lanes", lines=tuple(lines), failures=tuple(failures))
