"""Check the shipped sea network: exactness, cuts, and distances against published ones.

Run `python geodata/build/sea_check.py`; stops with a message at the first fault.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np
from common import KM_PER_NM, NETWORK, Point, read_rows
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from sea_coast import vectors
from sea_gates import pairs, read_gates
from sea_water import EARTH_KM

PIECE_KM = 25.0

WAYS = {
    "suez": {"gate-suez"},
    "cape": {"gate-good-hope"},
    "panama": {"gate-panama"},
    "nsr": {"gate-kara", "gate-vilkitsky", "gate-sannikov", "gate-long", "gate-bering"},
    "nsr-deep": {
        *("gate-zhelaniya", "gate-vilkitsky", "gate-new-siberian-north", "gate-long"),
        "gate-bering",
    },
    "nsr-high": {
        *("gate-zhelaniya", "gate-shokalsky", "gate-new-siberian-north", "gate-wrangel"),
        "gate-bering",
    },
    "nsr-coastal": {
        *("gate-yugorsky-shar", "gate-vilkitsky", "gate-dmitry-laptev", "gate-long"),
        "gate-bering",
    },
}
OTHER = {"gate-northwest-passage", "gate-cape-horn"}
INTO_KARA = {"gate-kara", "gate-yugorsky-shar", "gate-zhelaniya"}
INTO_LAPTEV = {"gate-vilkitsky", "gate-shokalsky"}
INTO_EAST_SIBERIAN = {"gate-sannikov", "gate-dmitry-laptev", "gate-new-siberian-north"}
INTO_CHUKCHI = {"gate-long", "gate-wrangel"}
PUBLISHED = [
    ("cn-shanghai", "nl-rotterdam", "suez", "10525 to 10600"),
    ("cn-shanghai", "nl-rotterdam", "cape", "13800; 13843 r"),
    ("cn-shanghai", "nl-rotterdam", "panama", "13466 searoute"),
    ("cn-shanghai", "nl-rotterdam", "nsr", "8046; 8330 searoute"),
    ("cn-shanghai", "de-hamburg", "suez", "10780; 10809 searoute"),
    ("cn-shanghai", "de-hamburg", "cape", "14129 searoute"),
    ("cn-shanghai", "de-hamburg", "panama", "13729 searoute"),
    ("cn-shanghai", "de-hamburg", "nsr", "8322 searoute"),
    ("jp-yokohama", "nl-rotterdam", "suez", "11190"),
    ("jp-yokohama", "nl-rotterdam", "nsr", "7010 r"),
    ("kr-busan", "nl-rotterdam", "suez", "10816"),
    ("kr-busan", "nl-rotterdam", "nsr", "7667 r"),
    ("hk-hong-kong", "nl-rotterdam", "suez", "9761"),
    ("hk-hong-kong", "nl-rotterdam", "nsr", "8594 r"),
    ("vn-cat-lai", "nl-rotterdam", "suez", "8963"),
    ("vn-cai-mep", "nl-rotterdam", "nsr", "9428 r"),
    ("jp-yokohama", "de-hamburg", "nsr", "7300 r"),
    ("kr-busan", "de-hamburg", "suez", "11075"),
    ("cn-shanghai", "gr-piraeus", "suez", "7812"),
    ("cn-shanghai", "es-barcelona", "suez", "8813"),
    ("cn-shanghai", "ru-st-petersburg", "suez", "11768"),
    ("cn-shanghai", "ru-st-petersburg", "nsr", "8000 rounded"),
    ("sg-singapore", "nl-rotterdam", "cape", "11760"),
    ("ru-st-petersburg", "ru-vladivostok", "nsr", "7711 (14280 km)"),
    ("ru-st-petersburg", "ru-vladivostok", "suez", "12527 (23200 km)"),
    ("ru-st-petersburg", "ru-vladivostok", "cape", "15875 (29400 km)"),
    ("cn-ningbo", "gb-felixstowe", "nsr", "7900 r"),
    ("gate-kara", "gate-bering", "nsr", "2618 seeds; 2758 searoute"),
    ("ru-murmansk", "de-hamburg", "nsr", ""),
    ("ru-murmansk", "gate-vilkitsky", "nsr", "1510 (CRREL 96-3)"),
    ("ru-murmansk", "gate-vilkitsky", "nsr-deep", "1260 (CRREL 96-3)"),
    ("gate-zhelaniya", "gate-bering", "nsr-deep", "almost 2200 (Sovcomflot 2011)"),
    ("cn-shanghai", "nl-rotterdam", "nsr-deep", ""),
    ("cn-shanghai", "nl-rotterdam", "nsr-high", ""),
    ("cn-shanghai", "nl-rotterdam", "nsr-coastal", ""),
]


def graph(count: int, start: np.ndarray, end: np.ndarray, nm: np.ndarray) -> csr_matrix:
    """Return the undirected graph of an edge list."""
    return csr_matrix((np.r_[nm, nm], (np.r_[start, end], np.r_[end, start])), shape=(count, count))


class Sea:
    """The shipped arrays."""

    def __init__(self) -> None:
        self.lanes = dict(np.load(NETWORK / "sea_lanes.npz"))
        self.legs = dict(np.load(NETWORK / "sea_legs.npz"))
        self.ids = [str(i) for i in self.lanes["point_id"]]
        self.gate_of = [i.split("#")[0] if i.startswith("gate-") else "" for i in self.ids]

    def lane_nm(self, barred: set[str], source: int) -> np.ndarray:
        """Return nm from a point to all points on the lanes, with gates barred."""
        lanes, n = self.lanes, len(self.lanes["node_lon"])
        shut = np.zeros(n, bool)
        shut[[lanes["point_node"][k] for k, g in enumerate(self.gate_of) if g in barred]] = True
        live = ~(shut[lanes["edge_from"]] | shut[lanes["edge_to"]])
        arrays = (lanes[k][live] for k in ("edge_from", "edge_to", "edge_nm"))
        found = dijkstra(graph(n, *arrays), indices=lanes["point_node"][source])
        return np.asarray(found[lanes["point_node"]])

    def leg_nm(self, barred: set[str], source: int) -> tuple[np.ndarray, np.ndarray]:
        """Return nm and predecessors from a point on the leg graph, with gates barred."""
        legs = self.legs
        shut = np.array([g in barred for g in self.gate_of])
        live = ~(shut[legs["leg_from"]] | shut[legs["leg_to"]])
        arrays = (legs[k][live] for k in ("leg_from", "leg_to", "leg_nm"))
        matrix = graph(len(self.ids), *arrays)
        nm, previous = dijkstra(matrix, indices=source, return_predecessors=True)
        return np.asarray(nm), np.asarray(previous)

    def route(self, origin: str, goal: str, barred: set[str]) -> tuple[float, list[str]]:
        """Return nm and the points passed between two points on the leg graph."""
        a, b = self.ids.index(origin), self.ids.index(goal)
        nm, previous = self.leg_nm(barred, a)
        points = [b]
        while points[-1] != a and previous[points[-1]] >= 0:
            points.append(int(previous[points[-1]]))
        return float(nm[b]), [self.ids[k] for k in points[::-1]]


def barred_for(way: str) -> set[str]:
    """Return the gates to bar so that only one of the ways is left."""
    return set().union(OTHER, *WAYS.values()) - WAYS[way]


def check_exact(sea: Sea, trials: int = 200) -> None:
    """Stop unless legs and lanes agree for random port pairs with random gates barred."""
    random = np.random.default_rng(2)
    gates = sorted({g for g in sea.gate_of if g})
    ports = [k for k, g in enumerate(sea.gate_of) if not g]
    for trial in range(trials):
        barred = set(random.choice(gates, trial % 6, replace=False)) if trial % 2 else set()
        a, b = random.choice(ports, 2, replace=False)
        lane, leg = sea.lane_nm(barred, a)[b], sea.leg_nm(barred, a)[0][b]
        if not (lane == leg or abs(lane - leg) < 0.05):
            sys.exit(f"{sea.ids[a]} {sea.ids[b]} without {barred}: lanes {lane}, legs {leg}")
    print(f"legs equal lanes for {trials} port pairs")


def check_cuts(sea: Sea) -> None:
    """Stop where a basin leaks or a lane crosses a cut line away from its gate points."""
    every = set().union(*WAYS.values()) | OTHER
    rows = [
        ("it-trieste", "nl-rotterdam", {"gate-gibraltar", "gate-suez"}),
        ("it-trieste", "ua-odesa", {"gate-dardanelles"}),
        ("it-trieste", "ua-odesa", {"gate-bosporus"}),
        ("sa-jeddah", "cn-shanghai", {"gate-bab-el-mandeb", "gate-suez"}),
        ("eg-port-said", "sa-jeddah", {"gate-suez", "gate-gibraltar"}),
        ("pa-colon", "pa-balboa", {"gate-panama"} | every),
        ("ae-jebel-ali", "cn-shanghai", {"gate-hormuz"}),
        ("ru-st-petersburg", "nl-rotterdam", {"gate-great-belt", "gate-oresund", "gate-kiel"}),
        ("ru-st-petersburg", "nl-rotterdam", {"gate-skagen", "gate-kiel"}),
        ("ru-murmansk", "nl-rotterdam", {"gate-north-cape"} | INTO_KARA),
        ("ru-pevek", "nl-rotterdam", {"gate-bering"} | INTO_LAPTEV),
        ("ru-sabetta", "nl-rotterdam", {"gate-bering"} | INTO_KARA),
        ("ru-pevek", "nl-rotterdam", {"gate-bering"} | INTO_EAST_SIBERIAN),
        ("ru-tiksi", "cn-shanghai", {"gate-north-cape"} | INTO_CHUKCHI),
        ("ru-dudinka", "ru-sabetta", {"gate-yenisei"}),
        ("cn-shanghai", "nl-rotterdam", every),
    ]
    for a, b, barred in rows:
        nm, points = sea.route(a, b, barred)
        if np.isfinite(nm):
            sys.exit(f"{a} - {b} leaks without {sorted(barred)}: {nm:.0f} nm by {points}")
    for port, barred in (
        ("eg-port-said", {"gate-suez"}),
        ("de-kiel", {"gate-kiel"}),
        ("de-hamburg", {"gate-kiel"}),
        ("pa-colon", {"gate-panama"}),
    ):
        if np.isinf(sea.route(port, "nl-rotterdam", barred)[0]):
            sys.exit(f"{port} is shut with {barred}")
    edge, start, end = drawn_arcs(sea)
    for row in read_gates():
        if not row["cut"]:
            continue
        nodes = [
            int(n)
            for n, g in zip(sea.lanes["point_node"], sea.gate_of, strict=True)
            if g == row["id"]
        ]
        own = np.isin(sea.lanes["edge_from"], nodes) | np.isin(sea.lanes["edge_to"], nodes)
        at = crossings(start, end, pairs(row["cut"]))
        wrong = np.flatnonzero(at & ~own[edge])
        if len(wrong):
            where = start[wrong[0]].round(3).tolist()
            sys.exit(f"{row['id']}: {len(wrong)} arcs cross the cut, one at {where}")
    print(f"{len(rows)} pairs cut off as they should be; no lane crosses a cut line")


def drawn_arcs(sea: Sea) -> tuple[Any, Any, Any]:
    """Return the arcs in pieces of at most `PIECE_KM`: the arc, and both ends as (lon, lat)."""
    lanes = sea.lanes
    where = np.stack([lanes["node_lon"], lanes["node_lat"]], axis=1)
    unit = vectors(*where.T)
    one, other = unit[lanes["edge_from"]], unit[lanes["edge_to"]]
    angle = np.arccos(np.clip((one * other).sum(axis=1), -1.0, 1.0))
    pieces = np.ceil(angle * EARTH_KM / PIECE_KM).astype(int).clip(1)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    ends = []
    for share in (number / pieces[edge], (number + 1) / pieces[edge]):
        sine = np.maximum(np.sin(angle[edge]), 1e-12)
        point = np.sin((1.0 - share) * angle[edge])[:, None] * one[edge]
        point += np.sin(share * angle[edge])[:, None] * other[edge]
        x, y, z = (point / sine[:, None]).T
        ends.append(np.degrees(np.stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))], 1)))
    return edge, ends[0], ends[1]


def crossings(start: Any, end: Any, cut: list[Point]) -> Any:
    """Return which straight pieces cross a cut line, in longitudes round the cut."""
    middle = cut[0][0]

    def around(lon: Any) -> Any:
        return (lon - middle + 180.0) % 360.0 - 180.0

    ax, ay, by = around(start[:, 0]), start[:, 1], end[:, 1]
    bx = ax + (end[:, 0] - start[:, 0] + 180.0) % 360.0 - 180.0
    found = np.zeros(len(ax), bool)
    for (p, q), (u, v) in itertools.pairwise(cut):
        px, qx = around(p), around(u)
        rx, ry, sx, sy = bx - ax, by - ay, qx - px, v - q
        with np.errstate(divide="ignore", invalid="ignore"):
            den = rx * sy - ry * sx
            t = ((px - ax) * sy - (q - ay) * sx) / den
            w = ((px - ax) * ry - (q - ay) * rx) / den
        found |= (t >= 0) & (t <= 1) & (w >= 0) & (w <= 1)
    return found


def main() -> None:
    """Run every check and print the table of distances."""
    sea = Sea()
    check_exact(sea)
    check_cuts(sea)
    print("| from | to | way | nm | km | published nm | points |\n|---|---|---|---|---|---|---|")
    for a, b, way, published in PUBLISHED:
        nm, points = sea.route(a, b, barred_for(way))
        by = " ".join(p.removeprefix("gate-") for p in points[1:-1] if "nsr-" not in p)
        print(f"| {a} | {b} | {way} | {nm:.0f} | {nm * KM_PER_NM:.0f} | {published} | {by} |")
    for gate in {"gate-suez"}, {"gate-suez", "gate-panama"}:
        print(gate, *sea.route("cn-shanghai", "nl-rotterdam", gate))
    print(len(read_rows(NETWORK / "gates.csv")), "gates")


if __name__ == "__main__":
    main()
