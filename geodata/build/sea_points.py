"""Give ports of the lanes legs of their own, without joining the lanes anew.

Run `python geodata/build/sea_points.py` where `terminals.csv` has a new seaport that `ports.csv`
has too: its node on the lanes is known, and `sea_network.py` would find the same one in 30 to 45
minutes. Writes `gates.csv`, `sea_lanes.npz` and `sea_legs.npz` into `geodata/network/`.
"""

from __future__ import annotations

import sys

import numpy as np
from common import NETWORK, read_rows
from sea_gates import read_gates
from sea_graph import Edge, Lanes
from sea_legs import build_legs
from sea_network import read_seaports, write_network


def shipped_lanes(shipped: dict[str, np.ndarray], canals: list[str]) -> Lanes:
    """Return the lanes as they were written: nodes and arcs in their order."""
    lanes = Lanes()
    lanes.nodes = list(zip(shipped["node_lon"].tolist(), shipped["node_lat"].tolist(), strict=True))
    lanes.index = {point: number for number, point in enumerate(lanes.nodes)}
    names = ("edge_from", "edge_to", "edge_nm", "edge_area", "edge_gate")
    for one, other, nm, area, gate in zip(*(shipped[n].tolist() for n in names), strict=True):
        lanes.edges[one, other] = Edge(nm, area, canals[gate] if gate >= 0 else "")
    return lanes


def main() -> None:
    """Write the network with the seaports of `terminals.csv` that its lanes reach."""
    shipped = dict(np.load(NETWORK / "sea_lanes.npz"))
    gates = read_gates()
    canals = [row["id"] for row in gates]
    lanes = shipped_lanes(shipped, canals)
    known = dict(zip(shipped["point_id"].tolist(), shipped["point_node"].tolist(), strict=True))
    of_code = dict(zip(shipped["port_code"].tolist(), shipped["port_node"].tolist(), strict=True))
    seaports = read_seaports(NETWORK / "terminals.csv")
    of_ports = {row["id"]: row["unlocode"] for row in seaports}
    gate_points = [name for name in known if name.startswith("gate-")]
    ids = [*gate_points, *of_ports]
    nodes = [known.get(name, of_code.get(of_ports.get(name, ""))) for name in ids]
    off = [name for name, node in zip(ids, nodes, strict=True) if node is None]
    if off:
        sys.exit(f"ports off the lanes (run sea_network.py): {', '.join(off)}")
    rows = {row["unlocode"]: row for row in read_rows(NETWORK / "ports.csv")}
    for row in seaports:
        listed = rows.get(row["unlocode"])
        if row["id"] not in known and (listed is None or listed["lon"] != row["lon"]):
            sys.exit(f"{row['id']}: ports.csv has another place (run sea_network.py)")
    legs = build_legs(lanes, nodes, len(gate_points), {name: k for k, name in enumerate(canals)})
    # The lanes are written with fewer digits than they are measured in: legs known keep theirs.
    before = dict(np.load(NETWORK / "sea_legs.npz"))
    points = shipped["point_id"]
    pairs = zip(points[before["leg_from"]], points[before["leg_to"]], strict=True)
    measured = dict(zip(pairs, before["leg_nm"].tolist(), strict=True))
    ends = [(ids[one], ids[other]) for one, other in zip(legs.start, legs.end, strict=True)]
    legs.nm = [measured.get(pair, nm) for pair, nm in zip(ends, legs.nm, strict=True)]
    print(f"{len(ids)} points, {len(ids) - len(known)} of them new, {len(legs.nm)} legs")
    write_network(lanes, ids, nodes, gates, legs, list(of_code.items()))


if __name__ == "__main__":
    main()
