"""Build the sea network: lanes, gates, ports on the lanes, legs.

Run `python geodata/build/sea_network.py [RAW_FOLDER [TERMINALS_CSV]]` after a change of
`terminals.csv`, `sea_edits.csv`, `sea_tracks.csv` or `sea_gates.csv`. Writes `gates.csv`,
`sea_lanes.npz` and `sea_legs.npz` into `geodata/network/`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from common import (
    KM_PER_NM,
    NETWORK,
    Land,
    Point,
    densify,
    find_raw,
    length_nm,
    raw_folder,
    read_land,
    read_rows,
    write_rows,
)
from sea_gates import apply_gates, pairs, read_gates
from sea_graph import Edge, Lanes, Snapper, join
from sea_lanes import add_tracks, apply_edits, mend, read_searoute
from sea_legs import Legs, build_legs

REACH_KM = 75.0
CASPIAN_AND_VAN = ((46.0, 36.0, 55.5, 48.0), (42.0, 38.0, 44.0, 39.0))
LAND_PENALTY = 3.0
GATE_CLEARANCE_NM = 1.0
LONG_NM = 200.0


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


def snap_ports(
    lanes: Lanes, ports: list[dict[str, str]], land: Land, gate_nodes: set[int]
) -> list[tuple[int, float]]:
    """Give each port a node and a straight access to the best lane nearby.

    The best lane is the one with least access km plus three times its km over land, so
    that a port is not joined across a peninsula. A port is never joined at a gate point
    (Port Said would be shut with the canal) but at the far end of that lane edge.
    """
    joined: list[tuple[int, float]] = []
    misses: list[str] = []
    for row in ports:
        here = (float(row["lon"]), float(row["lat"]))
        snapper = Snapper(lanes)
        found = [
            clear_of_gates(lanes, f, here, gate_nodes)
            for f in snapper.near(here, 2 * REACH_KM)
            if lanes.edges[f[1]].origin != "port"
        ]
        best = min(
            found[:12],
            key=lambda f: f[0] + LAND_PENALTY * land.km(here, f[2]),
            default=None,
        )
        if best is None or best[0] > REACH_KM:
            misses.append(f"{row['id']} ({here[0]}, {here[1]}): {best[0] if best else 'no lane'}")
            continue
        area = lanes.edges[best[1]].area
        foot = join(lanes, best[1], best[2])
        node = lanes.node(here)
        while any(node in e for e in lanes.edges):
            here = (here[0] + 0.001, here[1])
            node = lanes.node(here)
        lanes.add(node, foot, Edge(0.0, area, "", "port"))
        joined.append((node, length_nm(here, lanes.nodes[foot]) * KM_PER_NM))
    if misses:
        sys.exit("ports off the lanes (add a spur to sea_tracks.csv):\n" + "\n".join(misses))
    return joined


def clear_of_gates(
    lanes: Lanes, found: tuple[float, tuple[int, int], Point], here: Point, gate_nodes: set[int]
) -> tuple[float, tuple[int, int], Point]:
    """Return a snap moved to the edge's other end where its foot is at a gate point."""
    _, key, foot = found
    for end, other in (key, key[::-1]):
        if end in gate_nodes and length_nm(lanes.nodes[end], foot) < GATE_CLEARANCE_NM:
            to = lanes.nodes[other]
            return length_nm(here, to) * KM_PER_NM, key, to
    return found


def densify_long_edges(lanes: Lanes) -> None:
    """Put nodes on long edges, so that a line drawn through nodes follows the geodesic."""
    for key in sorted(k for k, e in lanes.edges.items() if e.nm > LONG_NM):
        points = densify(lanes.nodes[key[0]], lanes.nodes[key[1]], LONG_NM * KM_PER_NM)
        lanes.split(key, points[1:-1])


def build_lanes(raw: Path, land: Land) -> tuple[Lanes, dict[str, int]]:
    """Return the finished lanes and the lane node of each gate point."""
    lanes = read_searoute(find_raw(raw, "marnet_searoute.geojson"))
    print(f"searoute: {len(lanes.nodes)} nodes, {len(lanes.edges)} edges")
    for reason, count in apply_edits(lanes).items():
        print(f"  dropped {count:4d}  {reason}")
    add_tracks(lanes)
    log = mend(lanes, land)
    for what in ("kept", "bent", "dropped"):
        rows = [r for r in log if r[0] == what]
        print(f"  {what} {len(rows)} arcs over land, {sum(r[4] for r in rows):.0f} km longer")
    write_rows(
        raw / "mend_log.csv",
        ["what", "from", "to", "land_km", "extra_km"],
        [[w, a, b, round(d, 1), round(x, 1)] for w, a, b, d, x in log],
    )
    print(f"  {len(lanes.keep_largest_component())} arcs in other components dropped")
    points, led = apply_gates(lanes)
    for gate, at, extra in led:
        if extra > 1:
            print(f"  {gate}: arc at {at[0]:.2f} {at[1]:.2f} led through the gate, {extra:+.1f} nm")
    lost = lanes.keep_largest_component()
    print(f"  {len(lost)} arcs cut off by gates dropped")
    return lanes, points


def main() -> None:
    """Build and write everything."""
    raw = raw_folder()
    land = read_land(raw)
    lanes, gate_points = build_lanes(raw, land)
    table = Path(sys.argv[2]) if len(sys.argv) > 2 else NETWORK / "terminals.csv"
    ports = read_seaports(table)
    densify_long_edges(lanes)
    joined = snap_ports(lanes, ports, land, set(gate_points.values()))
    for row, (_, km) in zip(ports, joined, strict=True):
        if km > 25:
            print(f"  access {row['id']}: {km:.0f} km")
    ids = [*gate_points, *(row["id"] for row in ports)]
    positions = [lanes.nodes[n] for n in [*gate_points.values(), *(n for n, _ in joined)]]
    lanes = lanes.compact()
    nodes = [lanes.index[p] for p in positions]
    gates = read_gates()
    canals = {row["id"]: k for k, row in enumerate(gates)}
    legs = build_legs(lanes, nodes, len(gate_points), canals)
    print(f"{len(ids)} points, {len(legs.nm)} legs, {sum(map(len, legs.paths))} path nodes")
    write_network(lanes, ids, nodes, gates, legs)


def write_network(
    lanes: Lanes, ids: list[str], nodes: list[int], gates: list[dict[str, str]], legs: Legs
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
