"""Clean searoute's list of ports: one point a UN/LOCODE, by water that ships reach, at home.

Run `python geodata/build/ports.py [RAW_FOLDER]` before `sea_network.py`, which reads its result.
Writes `geodata/network/ports.csv`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from common import (
    BUILD,
    KM_PER_NM,
    NETWORK,
    Point,
    find_raw,
    length_nm,
    normal_lon,
    raw_folder,
    read_rows,
    topology_polygons,
    write_rows,
)
from sea_graph import Lanes
from sea_lanes import add_tracks
from sea_mesh import MOST_FREE_KM, nearest_track, water_near
from sea_water import distance_raster, rings_of

HOME_KM = 600.0
CASPIAN = (46.0, 36.0, 55.5, 48.0)
WRONG = {
    "CRSJO": "San Jose is an inland city; searoute has it at +84.05",
    "IDKIJ": "Kijang is on Bintan, 600 km from the point given",
    "ASPGO": "Pago Pago's code on a point in Panama",
    "IDCHN": "an Indonesian code on a point in Ireland",
    "ZAPOR": "a South African code on a point on the Dnieper",
}
RECODED = {"CNAKL": "CNDBI"}
"""Searoute has Dianbai under the code of Alatawshankou (Alashankou), an inland border station."""
# Natural Earth draws these apart from the country of the code, or its polygon is damaged
NOT_CHECKED = ("RU", "UM", "AN", "USGUA", "TV", "MH")


class Home:
    """Distance of a point from the country its code names (Natural Earth 50m)."""

    def __init__(self, raw: Path, rows: list[dict[str, Any]]) -> None:
        topology = json.loads(find_raw(raw, "countries-50m.json").read_text(encoding="utf-8"))
        names = [
            g["properties"]["name"].lower() for g in topology["objects"]["countries"]["geometries"]
        ]
        shapes = {}
        for name, item in zip(names, topology["objects"]["countries"]["geometries"], strict=True):
            one = {**topology, "objects": {"x": {"geometries": [item]}}}
            parts = shapely.make_valid(np.array(topology_polygons(one, "x")))
            shapes[name] = shapely.union_all(parts)
        # the country of a code is the country that holds or is nearest to most of its ports
        points: dict[str, list[Point]] = {}
        for row in rows:
            points.setdefault(row["country"], []).append((row["lon"], row["lat"]))
        keys = list(shapes)
        tree = shapely.STRtree([shapes[k] for k in keys])
        self.shape: dict[str, Any] = {}
        for code, places in points.items():
            nearest = tree.nearest([shapely.Point(p) for p in places])
            best = int(np.bincount(nearest).argmax())
            self.shape[code] = shapes[keys[best]]

    def km(self, code: str, point: Point) -> float:
        """Return roughly how far a point lies from the country of its code, in km."""
        here = shapely.Point(point)
        near = shapely.shortest_line(here, self.shape[code]).coords[-1]
        return length_nm(point, (near[0], near[1])) * KM_PER_NM


def repaired(code: str, point: Point, home: Home) -> tuple[Point, str]:
    """Return the point, or the swap or sign change of it that lies at home."""
    if code.startswith(NOT_CHECKED) or home.km(code[:2], point) <= HOME_KM:
        return point, ""
    lon, lat = point
    trials = [
        ((-lon, lat), "sign of longitude"),
        ((lon, -lat), "sign of latitude"),
        ((-lon, -lat), "both signs"),
        ((lat, lon), "latitude and longitude swapped"),
    ]
    for trial, what in trials:
        if abs(trial[1]) <= 90 and home.km(code[:2], trial) <= 25:
            return trial, what
    return point, "away"


def read_additions() -> tuple[dict[str, list[str]], list[dict[str, Any]]]:
    """Return other codes by port, and new ports."""
    other: dict[str, list[str]] = {}
    new = []
    for row in read_rows(BUILD / "port_additions.csv"):
        if row["of"]:
            other.setdefault(row["of"], []).append(row["unlocode"])
        else:
            new.append({**row, "lon": float(row["lon"]), "lat": float(row["lat"])})
    return other, new


def read_positions() -> tuple[dict[str, Point], dict[str, str]]:
    """Return the corrected (lon, lat) of ports, in degrees, and names, by UN/LOCODE."""
    rows = read_rows(BUILD / "port_positions.csv")
    return (
        {row["unlocode"]: (float(row["lon"]), float(row["lat"])) for row in rows},
        {row["unlocode"]: row["name"] for row in rows if row["name"]},
    )


def off_km(clear: Any, tracks: Lanes, point: Point) -> float:
    """Return km from a point to water that ships reach, infinite if it is far from any."""
    water = water_near(clear, point, MOST_FREE_KM)
    track = nearest_track(tracks, point, water)
    return min(water, track[0] if track else np.inf)


def main() -> None:
    """Clean, look for water and write."""
    raw = raw_folder()
    features = json.loads(find_raw(raw, "ports.geojson").read_text(encoding="utf-8"))["features"]
    rows: list[dict[str, Any]] = []
    for feature in features:
        props, (lon, lat) = feature["properties"], feature["geometry"]["coordinates"][:2]
        code = (props.get("port") or "").strip().upper()
        code = RECODED.get(code, code)
        if len(code) == 5 and code.isalnum() and abs(lat) <= 90:
            rows.append(
                {
                    "unlocode": code,
                    "name": (props.get("name") or "").strip(),
                    "country": code[:2],
                    "lon": normal_lon(lon),
                    "lat": lat,
                }
            )
    home, tracks = Home(raw, rows), Lanes()
    add_tracks(tracks)
    clear = distance_raster(rings_of(raw), [])
    other, new = read_additions()
    positions, renamed = read_positions()
    kept: dict[str, list[Any]] = {}
    counts = {
        "read": len(features),
        "repaired": 0,
        "away from their country": 0,
        "wrong": 0,
        "Caspian": 0,
        "far from water that ships reach": 0,
        "duplicate": 0,
    }
    for row in rows:
        if row["unlocode"] in WRONG:
            counts["wrong"] += 1
            continue
        point, what = repaired(row["unlocode"], (row["lon"], row["lat"]), home)
        if what == "away":
            counts["away from their country"] += 1
            print(f"  away {row['unlocode']} {row['name']} {point} ")
            continue
        if what:
            counts["repaired"] += 1
            print(f"  {row['unlocode']} {row['name']}: {what}, now {point}")
        point = positions.get(row["unlocode"], point)
        west, south, east, north = CASPIAN
        if west <= point[0] <= east and south <= point[1] <= north:
            counts["Caspian"] += 1
            continue
        off = off_km(clear, tracks, point)
        if off == np.inf:
            counts["far from water that ships reach"] += 1
            continue
        name = renamed.get(row["unlocode"], row["name"])
        entry = [off, name, row["country"], round(point[0], 4), round(point[1], 4)]
        old = kept.get(row["unlocode"])
        counts["duplicate"] += old is not None
        if old is None or entry[0] < old[0]:
            kept[row["unlocode"]] = entry
    for row in new:
        off = off_km(clear, tracks, (row["lon"], row["lat"]))
        if off == np.inf:
            sys.exit(f"port_additions.csv: {row['unlocode']} lies far from water and tracks")
        entry = [off, row["name"], row["country"], row["lon"], row["lat"]]
        kept.setdefault(row["unlocode"], entry)
    lost = sorted({*other} - {*kept})
    if lost:
        sys.exit(f"port_additions.csv: not among the ports: {', '.join(lost)}")
    terminals = {
        r["unlocode"]: r
        for r in read_rows(NETWORK / "terminals.csv")
        if r["unlocode"] and r["kind"] == "seaport"
    }
    for code, row in terminals.items():
        if (
            code in kept
            and length_nm((float(row["lon"]), float(row["lat"])), (kept[code][3], kept[code][4]))
            > 30
        ):
            print(f"  {code}: terminal and port lie more than 30 nm apart")
    table = [[code, *kept[code][1:], ";".join(other.get(code, ()))] for code in sorted(kept)]
    write_rows(
        NETWORK / "ports.csv", ["unlocode", "name", "country", "lon", "lat", "aliases"], table
    )
    print(counts, f"{len(table)} ports")


if __name__ == "__main__":
    main()
