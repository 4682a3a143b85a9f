"""Build the sea network: lanes, gates, ports on the lanes, legs.

Run `python geodata/build/sea_network.py [RAW_FOLDER [TERMINALS_CSV]]` after a change of
`terminals.csv`, `ports.csv` or a table of tracks, barriers or gates. Writes `gates.csv`,
`sea_lanes.npz` and `sea_legs.npz` into `geodata/network/`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import numpy as np
from common import NETWORK, Point, raw_folder, read_land_polygons, read_rows, write_rows
from sea_gates import mark_canal, pairs, place, point_ids, read_gates
from sea_graph import Lanes
from sea_lanes import add_tracks
from sea_legs import Legs, build_legs
from sea_mesh import GATE_KM, Mesh, add_approaches, add_corners, join_all, place_port
from sea_shore import Refusal, Shore
from sea_water import distance_raster, rings_of

CASPIAN_AND_VAN = ((46.0, 36.0, 55.5, 48.0), (42.0, 38.0, 44.0, 39.0))


def read_seaports(table: Path) -> list[dict[str, str]]:
    """Return the terminals that belong on the lanes (no Caspian or lake port)."""
    ports = []
    for row in read_rows(table):
        services = row.get("services") or ""
        by_kind = row["kind"] in ("seaport", "ferry_port")
        if not by_kind and "sea" not in services.replace("/", ";").split(";"):
            continue
        lon, lat = float(row["lon"]), float(row["lat"])
        if any(w <= lon <= e and s <= lat <= n for w, s, e, n in CASPIAN_AND_VAN):
            continue
        ports.append(row)
    return ports


def build_lanes(
    raw: Path, seaports: Sequence[str], ports: Sequence[Point]
) -> tuple[Lanes, list[int], dict[str, int]]:
    """Return the finished lanes, the node of each port (-1 if inland) and of each gate point.

    The first ports are `seaports`, those of `terminals.csv`, which all need a node.
    """
    begun = monotonic()

    def told(text: str) -> None:
        print(f"{monotonic() - begun:5.0f} s  {text}", flush=True)

    rings, gates, shore = rings_of(raw), read_gates(), Shore(read_land_polygons(raw))
    clear = distance_raster(rings, [pairs(gate["cut"]) for gate in gates if gate["cut"]])
    told(f"water: {int((clear > 0).sum()):,} cells of {clear.size:,}")
    lanes = Lanes()
    add_tracks(lanes)
    mesh, gate_points = Mesh(lanes), {}
    for gate in gates:
        nodes = [place(lanes, point) for point in pairs(gate["points"])]
        gate_points.update(zip(point_ids(gate), nodes, strict=True))
        if gate["kind"] == "canal":
            mark_canal(lanes, gate["id"], nodes)
        mesh.gate.update(dict.fromkeys(nodes, GATE_KM if gate["cut"] else 0.0))
    found = [place_port(mesh, clear, shore, port) for port in ports]
    off = [name for name, f in zip(seaports, found, strict=False) if f is None]
    if off:
        sys.exit(f"ports off the lanes (add a track to sea_tracks.csv): {', '.join(off)}")
    told(f"{sum(f is not None for f in found)} of {len(ports)} ports on water or a track")
    told(f"{add_approaches(mesh, clear)} nodes before walled ports")
    corners = add_corners(mesh, rings, clear)
    told(f"{len(mesh.corner)} corners, {int(corners.coarse.sum())} on the coarse coast")
    points = [*gate_points.values()]
    refusal = Refusal(shore, [lanes.nodes[node] for node in mesh.free])
    join_all(mesh, corners, clear, gate_points, points, refusal, told)
    lost = lanes.keep_largest_component()
    told(f"{len(lost)} arcs in other parts dropped")
    return lanes, [-1 if f is None else f[0] for f in found], gate_points


def main() -> None:
    """Build and write everything."""
    raw = raw_folder()
    table = Path(sys.argv[2]) if len(sys.argv) > 2 else NETWORK / "terminals.csv"
    seaports, world = read_seaports(table), read_rows(NETWORK / "ports.csv")
    where = [(float(row["lon"]), float(row["lat"])) for row in (*seaports, *world)]
    lanes, nodes, gate_points = build_lanes(raw, [row["id"] for row in seaports], where)
    used = {node for key in lanes.edges for node in key}
    nodes = [node if node in used else -1 for node in nodes]
    off = [row["id"] for row, node in zip(seaports, nodes, strict=False) if node < 0]
    if off:
        sys.exit(f"ports off the lanes (add a track to sea_tracks.csv): {', '.join(off)}")
    lonely = [r["unlocode"] for r, n in zip(world, nodes[len(seaports) :], strict=True) if n < 0]
    print(f"{len(lonely)} ports of the world list have no node: {' '.join(lonely)}")
    ids = [*gate_points, *(row["id"] for row in seaports)]
    listed = [*gate_points.values(), *nodes[: len(seaports)]]
    codes = [(r["unlocode"], n) for r, n in zip(world, nodes[len(seaports) :], strict=True)]
    positions = [lanes.nodes[n] for n in listed]
    port_at = [(code, lanes.nodes[n]) for code, n in codes if n >= 0]
    lanes = lanes.compact()
    nodes = [lanes.index[p] for p in positions]
    gates = read_gates()
    canals = {row["id"]: k for k, row in enumerate(gates)}
    legs = build_legs(lanes, nodes, len(gate_points), canals)
    print(f"{len(ids)} points, {len(legs.nm)} legs, {sum(map(len, legs.paths))} path nodes")
    ports = [(code, lanes.index[point]) for code, point in port_at]
    write_network(lanes, ids, nodes, gates, legs, ports)


def write_network(
    lanes: Lanes,
    ids: list[str],
    nodes: list[int],
    gates: list[dict[str, str]],
    legs: Legs,
    ports: list[tuple[str, int]],
) -> None:
    """Write the shipped arrays and tables."""
    edges = np.array(list(lanes.edges), dtype=np.int32)
    canals = {row["id"]: k for k, row in enumerate(gates)}
    np.savez_compressed(
        NETWORK / "sea_lanes.npz",
        node_lon=np.array([p[0] for p in lanes.nodes]),
        node_lat=np.array([p[1] for p in lanes.nodes]),
        edge_from=edges[:, 0],
        edge_to=edges[:, 1],
        edge_nm=np.array([e.nm for e in lanes.edges.values()], dtype=np.float32),
        edge_area=np.array([e.area for e in lanes.edges.values()], dtype=np.int8),
        edge_gate=np.array([canals.get(e.canal, -1) for e in lanes.edges.values()], dtype=np.int16),
        point_id=np.array(ids),
        point_node=np.array(nodes, dtype=np.int32),
        port_code=np.array([code for code, _ in ports]),
        port_node=np.array([node for _, node in ports], dtype=np.int32),
    )
    np.savez_compressed(
        NETWORK / "sea_legs.npz",
        leg_from=np.array(legs.start, dtype=np.int32),
        leg_to=np.array(legs.end, dtype=np.int32),
        leg_nm=np.array(legs.nm, dtype=np.float32),
        leg_area=np.array(legs.area, dtype=np.int8),
        leg_gate=np.array(legs.gate, dtype=np.int16),
        path_offsets=np.cumsum([0, *map(len, legs.paths)]).astype(np.int32),
        path_nodes=np.concatenate(legs.paths).astype(np.int32),
    )
    limits = ("max_draft_m", "max_beam_m", "max_loa_m", "part_laden", "ice_ships", "by_default")
    place = ("id", "name", "kind", "points", "cut")
    columns = [*place, *limits, "country", "source", "status", "note"]
    rows = [
        [len(pairs(gate["points"])) if name == "points" else gate[name] for name in columns]
        for gate in gates
    ]
    write_rows(NETWORK / "gates.csv", columns, rows)


if __name__ == "__main__":
    main()
