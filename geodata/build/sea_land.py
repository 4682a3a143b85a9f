"""Measure how far the shipped sea legs lie on land of Natural Earth 10m.

Run `python geodata/build/sea_land.py [RAW_FOLDER]` after `sea_network.py`; it stops where a leg
crosses more than 5 km of land outside the waters of `sea_waters.csv`. Writes `sea_land.csv`: the
edges with more than that, the worst edge of each of the waters, and for waters that no leg passes
the worst of the edges that the build refuses where they have no name.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np
from common import (
    BUILD,
    NETWORK,
    Land,
    raw_folder,
    read_land,
    read_land_polygons,
    read_rows,
    write_rows,
)
from sea_shore import Refusal, Shore

MOST_KM = 5.0
MOST_AT_PORT_KM = 9.0
"""An arc that ends at a port may begin over so much land: the map draws harbours as land."""
COLUMNS = ["waters", "lon_a", "lat_a", "lon_b", "lat_b", "land_km"]
Key = tuple[int, int]


def paths(legs: dict[str, Any]) -> list[list[Key]]:
    """Return the edges of each leg, in its order."""
    found = []
    for start, end in zip(legs["path_offsets"], legs["path_offsets"][1:], strict=False):
        nodes = legs["path_nodes"][start:end].tolist()
        found.append([(min(a, b), max(a, b)) for a, b in itertools.pairwise(nodes)])
    return found


def waters_of(ends: list[tuple[float, float]], rows: list[dict[str, str]]) -> str:
    """Return the waters whose box holds both ends of an edge, else nothing."""
    for row in rows:
        west, south, east, north = (float(row[k]) for k in ("west", "south", "east", "north"))
        if all(west <= lon <= east and south <= lat <= north for lon, lat in ends):
            return row["waters"]
    return ""


def by_name(names: dict[Key, str]) -> dict[str, list[Key]]:
    """Return the edges in each of the named waters."""
    found: dict[str, list[Key]] = {}
    for key, name in names.items():
        if name:
            found.setdefault(name, []).append(key)
    return found


def most_land(leg: list[Key], land_km: dict[Key, float], named: set[Key]) -> float:
    """Return the most km on land of an edge, those in named waters left out."""
    return max((land_km[key] for key in leg if key not in named), default=0.0)


def refused_without(
    refusal: Refusal, lanes: dict[str, Any], ports: set[int]
) -> dict[str, list[Key]]:
    """Return by named water the edges of the lanes that the build refuses if it has no name."""
    ends = [lanes[name] for name in ("edge_from", "edge_to")]
    where = np.stack([lanes["node_lon"], lanes["node_lat"]], axis=1)
    at_port = np.isin(ends[0], list(ports)) | np.isin(ends[1], list(ports))
    needing = refusal.needing(where[ends[0]], where[ends[1]], at_port)
    keys = np.sort(np.stack(ends, axis=1), axis=1)
    return {name: [(int(a), int(b)) for a, b in keys[needed]] for name, needed in needing.items()}


def main() -> None:
    """Measure, stop at a fault, and write the edges that lie on land in named waters."""
    raw = raw_folder()
    land: Land = read_land(raw)
    lanes, legs = (dict(np.load(NETWORK / f"sea_{name}.npz")) for name in ("lanes", "legs"))
    waters = read_rows(BUILD / "sea_waters.csv")
    where = list(zip(lanes["node_lon"].tolist(), lanes["node_lat"].tolist(), strict=True))
    ways = paths(legs)
    edges = sorted({key for leg in ways for key in leg})
    land_km = {(a, b): land.km(where[a], where[b]) for a, b in edges}
    names = {(a, b): waters_of([where[a], where[b]], waters) for a, b in edges}
    points = zip(lanes["point_id"].tolist(), lanes["point_node"].tolist(), strict=True)
    ports = {node for point, node in points if not point.startswith("gate-")}
    ports.update(lanes["port_node"].tolist())
    harbours = {
        key for key in edges if set(key) & ports and MOST_KM < land_km[key] <= MOST_AT_PORT_KM
    }
    for key in harbours:
        names[key] = names[key] or "harbours"
    named = {key for key, name in names.items() if name}
    runs = [most_land(leg, land_km, named) for leg in ways]
    ids = lanes["point_id"]
    faults = [
        f"{ids[legs['leg_from'][k]]}--{ids[legs['leg_to'][k]]}: {km:.1f} km"
        for k, km in enumerate(runs)
        if km > MOST_KM
    ]
    most = {name: max(named, key=land_km.__getitem__) for name, named in by_name(names).items()}
    rows = [
        [names[key], *(f"{x:.3f}" for end in key for x in where[end]), f"{land_km[key]:.1f}"]
        for key in edges
        if land_km[key] > MOST_KM or most.get(names[key]) == key
    ]
    refusal = Refusal(Shore(read_land_polygons(raw)), [where[node] for node in sorted(ports)])
    for name, refused in refused_without(refusal, lanes, ports).items():
        if refused and name not in most:
            km, (a, b) = max((land.km(where[a], where[b]), (a, b)) for a, b in refused)
            rows.append([name, *(f"{x:.3f}" for end in (a, b) for x in where[end]), f"{km:.1f}"])
    lost = [row for row in rows if not row[0]]
    if faults or lost:
        sys.exit("\n".join(["on land outside the named waters:", *map(str, lost), *faults]))
    rows.sort()
    rows.append(["any other", "", "", "", "", f"{max(runs):.1f}"])
    rows.append([f"checked: {len(ways)} legs, {len(edges)} edges", "", "", "", "", ""])
    write_rows(BUILD / "sea_land.csv", COLUMNS, rows)
    print(f"{len(ways)} legs, {len(edges)} edges: {max(runs):.1f} km on land outside named waters")


if __name__ == "__main__":
    main()
