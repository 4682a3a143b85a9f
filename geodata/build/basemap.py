"""Write the offline base map: land polygons and country borders, at most 400 kB.

Run `python geodata/build/basemap.py [RAW_FOLDER]`. Reads npm world-atlas 2.0.2 (Natural
Earth 4.1, public domain), 1:50m, simplified less where the corridors run than elsewhere.
Rings are flat lists [lon, lat, lon, lat, ...] at 2 decimals, clipped to -180..180, valid.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from common import NETWORK, find_raw, raw_folder, topology_arcs, topology_polygons
from shapely import affinity

NEAR = shapely.box(-12, -10, 150, 78)
NEAR_STEP, FAR_STEP = 0.02, 0.05
NEAR_AREA, FAR_AREA = 0.015, 0.2
LIMIT_KB = 400


def read(raw: Path, name: str) -> dict[str, Any]:
    """Return one TopoJSON file of world-atlas."""
    found: dict[str, Any] = json.loads(find_raw(raw, name).read_text(encoding="utf-8"))
    return found


def spread(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a ring with longitudes that never jump at 180 degrees."""
    out = [ring[0]]
    for lon, lat in ring[1:]:
        out.append((lon + 360 * round((out[-1][0] - lon) / 360), lat))
    return out


def whole(polygon: shapely.Polygon) -> list[Any]:
    """Return a polygon as valid parts inside -180..180, the antimeridian cut."""
    shell = spread(list(polygon.exterior.coords))
    if abs(shell[-1][0] - shell[0][0]) > 180:  # round the pole: close along its parallel
        pole = -90.0 if shell[0][1] < 0 else 90.0
        shell += [(shell[-1][0], pole), (shell[0][0], pole)]
    sound = shapely.make_valid(shapely.Polygon(shell))
    for ring in polygon.interiors:  # the Caspian; the shell may have run on past 180
        hole = shapely.Polygon(spread(list(ring.coords)))
        for turn in (-360, 0, 360):
            sound = shapely.difference(sound, affinity.translate(hole, turn))
    parts: list[Any] = []
    for turn in (-360, 0, 360):
        moved = affinity.translate(sound, turn)
        cut = shapely.intersection(moved, shapely.box(-180, -90, 180, 90))
        parts += [p for p in shapely.get_parts(cut) if p.geom_type == "Polygon"]
    return parts


def land(raw: Path) -> list[Any]:
    """Return simplified land, finer inside the window of the corridors."""
    polygons = topology_polygons(read(raw, "land-50m.json"), "land")
    fine = [part for polygon in polygons for part in whole(polygon)]
    near = shapely.simplify(shapely.union_all(fine), NEAR_STEP)
    near = shapely.make_valid(shapely.intersection(shapely.make_valid(near), NEAR))
    far = shapely.simplify(shapely.union_all(fine), FAR_STEP)
    far = shapely.make_valid(shapely.difference(shapely.make_valid(far), NEAR))
    kept = [p for p in shapely.get_parts(near) if p.area > NEAR_AREA]
    kept += [p for p in shapely.get_parts(far) if p.area > FAR_AREA]
    joined = shapely.set_precision(shapely.union_all(kept), 0.01)
    return [p for p in shapely.get_parts(joined) if p.geom_type == "Polygon"]


def borders(raw: Path) -> list[Any]:
    """Return borders: arcs that two countries share, simplified."""
    topology = read(raw, "countries-50m.json")
    use: dict[int, int] = {}
    for item in topology["objects"]["countries"]["geometries"]:
        sets = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        for index in itertools.chain.from_iterable(itertools.chain.from_iterable(sets)):
            arc = index if index >= 0 else ~index
            use[arc] = use.get(arc, 0) + 1
    arcs = topology_arcs(topology)
    lines = [shapely.LineString(arcs[k]) for k, count in use.items() if count > 1]
    merged = shapely.line_merge(shapely.union_all([x for x in lines if x.length < 300]))
    out: list[Any] = []
    for line in shapely.get_parts(merged):
        step = NEAR_STEP if line.intersects(NEAR) else FAR_STEP
        out += list(shapely.get_parts(shapely.simplify(line, step)))
    return [x for x in out if x.geom_type == "LineString"]


def flat(coordinates: Any) -> list[float]:
    """Return points as one flat list at 2 decimals, repeated points left out."""
    points = np.round(np.asarray(coordinates)[:, :2], 2)
    keep = np.r_[True, np.any(np.diff(points, axis=0) != 0, axis=1)]
    return [float(v) for v in points[keep].ravel()]


def main() -> None:
    """Write `basemap.json` and check its size and validity."""
    raw = raw_folder()
    polygons = [
        [flat(r.coords) for r in (p.exterior, *p.interiors)]
        for p in sorted(land(raw), key=lambda p: -p.area)
    ]
    for rings in polygons:
        shell = np.array(rings[0]).reshape(-1, 2)
        if len(shell) < 4 or not shapely.Polygon(shell).is_valid:
            sys.exit(f"not a valid ring: {rings[0][:6]}")
    lines = [flat(x.coords) for x in borders(raw)]
    document = {
        "source": "Natural Earth 4.1 (public domain) through npm world-atlas 2.0.2, simplified",
        "land": polygons,
        "borders": [x for x in lines if len(x) >= 4],
    }
    text = json.dumps(document, separators=(",", ":"))
    text = text.replace(".0,", ",").replace(".0]", "]")
    if len(text) > LIMIT_KB * 1000:
        sys.exit(f"{len(text) / 1000:.0f} kB is over {LIMIT_KB} kB")
    (NETWORK / "basemap.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(polygons)} polygons, {len(lines)} borders, {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
