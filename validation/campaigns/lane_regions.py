"""The waters in which lanes are held to shortest ways, and what a map leaves open or shut there.

Water that no ship takes is what the lanes are built with: a fact, and no method of theirs.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from corridors.data.geodata import load_sea_lanes
from corridors.network.locate import Place, world_ports
from validation.campaigns.land import Box

BARRIERS = Path(__file__).parents[2] / "geodata" / "build" / "sea_barriers.csv"
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Waters in a box of the map.

    Ports are drawn from `ports`, so that ways between them stay in `box`, and not from `without`.
    `at` is a point at sea; `degrees` is the cell of the raster. `narrows` are passages that the
    raster would shut, as lines of (lon, lat).
    """

    name: str
    box: Box
    ports: Box
    at: tuple[float, float]
    degrees: float
    without: tuple[Box, ...] = ()
    narrows: tuple[Line, ...] = ()


def _box(west: float, south: float, east: float, north: float) -> Box:
    return Box(west=west, south=south, east=east, north=north)


REGIONS = (
    Region(
        name="Mediterranean",
        box=_box(-7.0, 30.0, 37.0, 46.5),
        ports=_box(-5.6, 30.0, 37.0, 46.5),
        at=(5.0, 38.0),
        degrees=0.01,
        # Beyond the Dardanelles, and the Bay of Biscay.
        without=(_box(26.6, 40.3, 37.0, 46.5), _box(-5.6, 42.9, -1.0, 46.5)),
    ),
    Region(
        name="North Europe",
        box=_box(-13.0, 47.0, 31.0, 66.5),
        ports=_box(-6.0, 49.0, 30.5, 65.9),
        at=(3.0, 57.0),
        degrees=0.01,
    ),
    Region(
        name="Caribbean",
        box=_box(-98.0, 7.0, -55.0, 31.5),
        ports=_box(-98.0, 7.5, -57.0, 30.9),
        at=(-75.0, 15.0),
        degrees=0.01,
        # Ports of the Pacific.
        without=(_box(-98.0, 7.0, -85.0, 15.5), _box(-85.0, 7.0, -78.5, 9.05)),
    ),
    Region(
        name="South-East Asia",
        box=_box(92.0, -13.0, 143.0, 24.0),
        ports=_box(95.0, -9.0, 127.0, 22.5),
        at=(112.0, 13.0),
        degrees=0.02,
    ),
    Region(
        name="East Asia",
        box=_box(116.0, 20.0, 149.0, 47.5),
        ports=_box(117.0, 22.5, 146.0, 46.0),
        at=(126.0, 30.0),
        degrees=0.01,
        # Kanmon Strait.
        narrows=(
            (
                *((130.83, 33.98), (130.87, 33.93), (130.90, 33.92), (130.94, 33.94)),
                *((130.97, 33.965), (131.03, 33.97)),
            ),
        ),
    ),
    Region(
        name="Persian Gulf and India",
        box=_box(43.0, 3.0, 95.0, 31.0),
        ports=_box(47.5, 5.0, 93.0, 30.8),
        at=(65.0, 15.0),
        degrees=0.01,
    ),
    Region(
        name="West Africa",
        box=_box(-28.0, -20.0, 16.0, 33.0),
        ports=_box(-18.5, -18.0, 14.5, 32.0),
        at=(-5.0, 2.0),
        degrees=0.02,
    ),
    Region(
        name="South America's east coast",
        box=_box(-72.0, -57.5, -30.0, 9.0),
        ports=_box(-69.6, -55.0, -34.0, 5.5),
        at=(-35.0, -30.0),
        degrees=0.02,
    ),
)


def barriers_in(box: Box) -> list[Line]:
    """Return the lines over water that no ship takes which have a point in a box."""
    with BARRIERS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    texts = [row["points"].split(";") for row in rows if row["kind"] == "line"]
    lines = [tuple((float(x), float(y)) for x, y in map(str.split, text)) for text in texts]
    return [line for line in lines if any(box.holds(*point) for point in line)]


def region_of(lon: float, lat: float) -> str:
    """Return the first region that draws ports at a point, else `elsewhere`."""
    for region in REGIONS:
        if region.ports.holds(lon, lat) and not any(b.holds(lon, lat) for b in region.without):
            return region.name
    return "elsewhere"


def ports_on_lanes() -> list[Place]:
    """Return the ports of the world list that ships reach."""
    nodes = load_sea_lanes().ports
    return [port for port in world_ports() if port.id in nodes]
