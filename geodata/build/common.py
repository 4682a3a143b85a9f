"""What the build scripts share: raw folder, WGS 84 lengths, land, TopoJSON.

Build step only. Nothing in the package imports this module.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

GEOD = pyproj.Geod(ellps="WGS84")
KM_PER_NM = 1.852
BUILD = Path(__file__).resolve().parent
NETWORK = BUILD.parent / "network"
Point = tuple[float, float]


def raw_folder(argv: list[str] | None = None) -> Path:
    """Return the folder of unpacked downloads: first argument, else `build/raw`."""
    arguments = sys.argv[1:] if argv is None else argv
    return Path(arguments[0]) if arguments else BUILD / "raw"


def find_raw(folder: Path, pattern: str) -> Path:
    """Return the one file below `folder` that matches a glob, or stop with a message."""
    found = sorted(folder.rglob(pattern))
    if not found:
        sys.exit(f"{folder}: no {pattern}. geodata/build/README-sea.md says what to download.")
    return found[0]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV table; lines that start with # are comments."""
    with path.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in stream if not line.lstrip('"').startswith("#")]
    return list(csv.DictReader(lines))


def write_rows(path: Path, columns: list[str], rows: list[list[Any]]) -> None:
    """Write a CSV table with LF line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def normal_lon(lon: float) -> float:
    """Return a longitude in -180 (included) to 180 (excluded)."""
    return (lon + 180.0) % 360.0 - 180.0


def length_nm(a: Point, b: Point) -> float:
    """Return the geodesic length between two (lon, lat) points in nautical miles."""
    return float(GEOD.inv(a[0], a[1], b[0], b[1])[2]) / 1000 / KM_PER_NM


def line_km(points: list[Point]) -> float:
    """Return the geodesic length of a line of (lon, lat) points in km."""
    return sum(length_nm(a, b) for a, b in itertools.pairwise(points)) * KM_PER_NM


def densify(a: Point, b: Point, step_km: float = 25.0) -> list[Point]:
    """Return points of the geodesic from a to b, ends included, at most `step_km` apart.

    Longitudes run on past 180 so that the line never jumps.
    """
    pieces = int(np.ceil(length_nm(a, b) * KM_PER_NM / step_km))
    inner = GEOD.npts(a[0], a[1], b[0], b[1], pieces - 1) if pieces > 1 else []
    points = [a]
    for lon, lat in [*inner, b]:
        points.append((points[-1][0] + normal_lon(lon - points[-1][0]), lat))
    return points


class Land:
    """Land polygons cut into 5-degree cells, for fast lengths of lines over land."""

    def __init__(self, polygons: Any) -> None:
        parts = shapely.get_parts(shapely.make_valid(np.asarray(polygons)))
        tree = shapely.STRtree(parts)
        cells: list[Any] = []
        for west in range(-180, 180, 5):
            for south in range(-90, 90, 5):
                box = (west, south, west + 5, south + 5)
                for k in tree.query(shapely.box(*box)):
                    cells.extend(shapely.get_parts(shapely.clip_by_rect(parts[k], *box)))
        self.cells = np.array([c for c in cells if c.geom_type == "Polygon"])
        self.tree = shapely.STRtree(self.cells)

    def km(self, a: Point, b: Point) -> float:
        """Return how many km of the geodesic from a to b lie on land."""
        total = 0.0
        points = densify(a, b)
        for p, q in itertools.pairwise(points):
            shift = normal_lon(p[0]) - p[0]
            for turn in (0.0, -360.0, 360.0):
                line = shapely.LineString(
                    [(p[0] + shift + turn, p[1]), (q[0] + shift + turn, q[1])]
                )
                if line.bounds[2] < -180 or line.bounds[0] > 180:
                    continue
                for k in self.tree.query(line, predicate="intersects"):
                    part = shapely.intersection(line, self.cells[k])
                    total += abs(GEOD.geometry_length(part)) / 1000
        return total


def read_land_polygons(folder: Path) -> list[Any]:
    """Return Natural Earth 10m land: the shapefile where present, else world-atlas."""
    shapes = sorted(folder.rglob("ne_10m_land.shp"))
    if shapes:
        os.environ["SHAPE_RESTORE_SHX"] = "YES"
        import pyogrio

        return list(pyogrio.read_dataframe(shapes[0]).geometry.values)
    topology = json.loads(find_raw(folder, "land-10m.json").read_text(encoding="utf-8"))
    return topology_polygons(topology, "land")


def read_land(folder: Path) -> Land:
    """Return Natural Earth 10m land, ready to measure lines over it."""
    return Land(read_land_polygons(folder))


def topology_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs of a quantised TopoJSON file as (lon, lat) lines."""
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in topology["arcs"]:
        steps = np.cumsum(np.asarray(arc), axis=0) * scale + move
        arcs.append([(float(x), float(y)) for x, y in steps])
    return arcs


def topology_polygons(topology: dict[str, Any], name: str) -> list[Any]:
    """Return the polygons of one TopoJSON object."""
    arcs = topology_arcs(topology)

    def ring(indexes: list[int]) -> list[Point]:
        points: list[Point] = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    polygons: list[Any] = []
    for item in topology["objects"][name]["geometries"]:
        sets = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        for rings in sets:
            shells = [ring(r) for r in rings]
            polygons.append(shapely.Polygon(shells[0], shells[1:]))
    return polygons
