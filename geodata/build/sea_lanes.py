"""Turn searoute's lanes into ours: drop, mend, digitised tracks, one component.

Reads `marnet_searoute.geojson` (searoute 1.6.0, Apache-2.0), `sea_edits.csv` and
`sea_tracks.csv`. Called by `sea_network.py`.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

from common import BUILD, GEOD, KM_PER_NM, Land, Point, length_nm, normal_lon, read_rows
from sea_graph import Edge, Lanes, Snapper, join

LAND_LIMIT_KM = 5.0
CLEAN_KM = 1.0


def read_searoute(path: Path) -> Lanes:
    """Return every segment of searoute's LineStrings as an edge, longitudes normalised."""
    lanes = Lanes()
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        lines = geometry["coordinates"]
        for line in [lines] if geometry["type"] == "LineString" else lines:
            for a, b in itertools.pairwise(line):
                lanes.add(lanes.node((a[0], a[1])), lanes.node((b[0], b[1])))
    return lanes


def apply_edits(lanes: Lanes) -> dict[str, int]:
    """Drop what `sea_edits.csv` names; return the count of edges dropped by each reason."""
    counts: dict[str, int] = {}
    for row in read_rows(BUILD / "sea_edits.csv"):
        west, south, east, north = (float(row[k]) for k in ("west", "south", "east", "north"))
        gone: list[tuple[int, int]] = []
        if row["action"] == "drop":
            inside = {
                k
                for k, (lon, lat) in enumerate(lanes.nodes)
                if west <= lon <= east and south <= lat <= north
            }
            gone = [key for key in lanes.edges if key[0] in inside or key[1] in inside]
        elif row["action"] == "drop_edge":
            ends = {nearest_node(lanes, (west, south)), nearest_node(lanes, (east, north))}
            gone = [key for key in lanes.edges if set(key) == ends]
            if not gone:
                sys.exit(f"sea_edits.csv: no such edge: {row}")
        else:
            continue
        for key in gone:
            lanes.drop(key)
        counts[row["reason"]] = len(gone)
    return counts


def nearest_node(lanes: Lanes, point: Point) -> int:
    """Return the lane node nearest to a point."""
    return min(range(len(lanes.nodes)), key=lambda k: length_nm(lanes.nodes[k], point))


def add_tracks(lanes: Lanes) -> None:
    """Add the digitised tracks; points marked `lane` are joined to the nearest lane."""
    by_track: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(BUILD / "sea_tracks.csv"):
        by_track.setdefault(row["track_id"], []).append(row)
    joins: list[tuple[int, str]] = []
    for track_id, rows in by_track.items():
        if rows[0]["kind"] in ("ferry", "river"):
            continue
        points = [(float(r["lon"]), float(r["lat"])) for r in rows]
        for k, (a, b) in enumerate(itertools.pairwise(points)):
            mark = Edge(0.0, int(rows[k]["area"]), "", track_id)
            lanes.add(lanes.node(a), lanes.node(b), mark)
        joins += [
            (lanes.node(p), track_id)
            for p, r in zip(points, rows, strict=True)
            if r["join"] == "lane"
        ]
    for node, track_id in joins:
        if any(node in key and e.origin != track_id for key, e in lanes.edges.items()):
            continue
        snapper = Snapper(lanes)
        found = [f for f in snapper.near(lanes.nodes[node], 150.0) if node not in f[1]]
        found = [f for f in found if lanes.edges[f[1]].origin != track_id]
        lanes.add(node, join(lanes, found[0][1], found[0][2]), Edge(0.0, 0, "", track_id))


def mend(lanes: Lanes, land: Land) -> list[tuple[str, Point, Point, float, float]]:
    """Bend or drop every searoute edge with more than 5 km on land.

    An edge is bent over one waypoint beside it (the shortest bend that leaves at most
    1 km on land, else at most 5 km); an edge that no waypoint saves is dropped, unless it
    lies in a `keep` box of `sea_edits.csv` (rivers, fjords, narrows).

    Returns
    -------
    log
        (what, from, to, km on land, km longer) of every edge touched.
    """
    keep = [
        tuple(float(r[k]) for k in ("west", "south", "east", "north"))
        for r in read_rows(BUILD / "sea_edits.csv")
        if r["action"] == "keep"
    ]
    log = []
    for key in sorted(lanes.edges):
        a, b = lanes.nodes[key[0]], lanes.nodes[key[1]]
        if lanes.edges[key].origin != "searoute":
            continue
        dry = land.km(a, b)
        if dry <= LAND_LIMIT_KM:
            continue
        if any(w <= p[0] <= e and s <= p[1] <= n for w, s, e, n in keep for p in (a, b)):
            log.append(("kept", a, b, dry, 0.0))
            continue
        bend = find_bend(a, b, land)
        nm = lanes.edges[key].nm
        if bend is None:
            lanes.drop(key)
            log.append(("dropped", a, b, dry, 0.0))
        else:
            lanes.split(key, [bend])
            extra = length_nm(a, bend) + length_nm(bend, b) - nm
            log.append(("bent", a, b, dry, extra * KM_PER_NM))
    return log


def find_bend(a: Point, b: Point, land: Land) -> Point | None:
    """Return the waypoint that takes an edge round land at least extra length."""
    azimuth, _, metres = GEOD.inv(a[0], a[1], b[0], b[1])
    offsets = [3, 6, 10, 15, 20, 30, 40, 60, 80, 110, 150]
    trials = []
    for part, offset, side in itertools.product(
        (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9), offsets, (-90, 90)
    ):
        if offset * 1000 > 0.6 * metres:
            continue
        lon, lat, _ = GEOD.fwd(a[0], a[1], azimuth, metres * part)
        lon, lat, _ = GEOD.fwd(lon, lat, azimuth + side, offset * 1000)
        point = (normal_lon(lon), lat)
        trials.append((length_nm(a, point) + length_nm(point, b), point))
    trials.sort()
    wet = [(land.km(a, p) + land.km(p, b), p) for _, p in trials]
    for limit in (CLEAN_KM, LAND_LIMIT_KM):
        for dry, point in wet:
            if dry <= limit:
                return point
    return None
