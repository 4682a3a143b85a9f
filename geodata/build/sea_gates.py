"""Make gates true cuts: no lane passes a strait without its gate point.

`sea_gates.csv` gives each gate its points and a cut line from coast to coast through
them. Every lane edge that crosses the line is led through the nearest gate point.
"""

from __future__ import annotations

import itertools
import sys

from common import BUILD, Point, length_nm, normal_lon, read_rows
from sea_graph import Lanes, Snapper, join

MERGE_NM = 1.5


def pairs(text: str) -> list[Point]:
    """Return the points of `lon lat;lon lat`."""
    return [(float(a), float(b)) for a, b in (p.split() for p in text.split(";") if p.strip())]


def read_gates() -> list[dict[str, str]]:
    """Return the rows of `sea_gates.csv`."""
    return read_rows(BUILD / "sea_gates.csv")


def point_ids(row: dict[str, str]) -> list[str]:
    """Return the gate point ids of a gate: its id, or id#1, id#2... where several."""
    count = len(pairs(row["points"]))
    return [row["id"]] if count == 1 else [f"{row['id']}#{k + 1}" for k in range(count)]


def crosses(a: Point, b: Point, cut: list[Point]) -> Point | None:
    """Return where the chord a-b crosses a cut line, in longitudes round the cut."""
    middle = cut[0][0]
    ax = middle + normal_lon(a[0] - middle)
    bx = ax + normal_lon(b[0] - a[0])
    for p, q in itertools.pairwise(cut):
        px, qx = middle + normal_lon(p[0] - middle), middle + normal_lon(q[0] - middle)
        rx, ry, sx, sy = bx - ax, b[1] - a[1], qx - px, q[1] - p[1]
        den = rx * sy - ry * sx
        if den == 0:
            continue
        t = ((px - ax) * sy - (p[1] - a[1]) * sx) / den
        u = ((px - ax) * ry - (p[1] - a[1]) * rx) / den
        if 0 <= t <= 1 and 0 <= u <= 1:
            return (normal_lon(ax + t * rx), a[1] + t * ry)
    return None


def apply_gates(lanes: Lanes) -> tuple[dict[str, int], list[tuple[str, Point, float]]]:
    """Place every gate point and lead crossing edges through it.

    Returns
    -------
    points
        Lane node of each gate point id.
    log
        (gate, crossing point, nm added by going through the gate point) of each edge led.
    """
    points: dict[str, int] = {}
    log: list[tuple[str, Point, float]] = []
    for row in read_gates():
        wanted = pairs(row["points"])
        nodes = [place(lanes, p) for p in wanted]
        points.update(zip(point_ids(row), nodes, strict=True))
        if row["kind"] == "canal":
            mark_canal(lanes, row["id"], nodes)
        cut = pairs(row["cut"])
        if not cut:
            continue
        for key in sorted(lanes.edges):
            if key[0] in nodes or key[1] in nodes:
                continue
            a, b = lanes.nodes[key[0]], lanes.nodes[key[1]]
            at = crosses(a, b, cut)
            if at is None:
                continue
            gate = min(nodes, key=lambda n: length_nm(lanes.nodes[n], at))
            edge = lanes.drop(key)
            for end in key:
                lanes.add(end, gate, edge)
            through = length_nm(a, lanes.nodes[gate]) + length_nm(lanes.nodes[gate], b)
            log.append((row["id"], at, through - edge.nm))
    return points, log


def place(lanes: Lanes, point: Point) -> int:
    """Return a node for a gate point: a node or lane edge within 1.5 nm, else a new node."""
    key = (round(normal_lon(point[0]), 5), round(point[1], 5))
    if key in lanes.index and any(lanes.index[key] in e for e in lanes.edges):
        return lanes.index[key]
    near = Snapper(lanes).near(point, MERGE_NM * 1.852)
    return join(lanes, near[0][1], near[0][2]) if near else lanes.node(point)


def mark_canal(lanes: Lanes, gate: str, ends: list[int]) -> None:
    """Mark the edges of the canal track that lie between its two gate points."""
    track = gate.replace("gate-", "canal-")
    neighbours: dict[int, list[int]] = {}
    for i, j in (k for k, e in lanes.edges.items() if e.origin == track):
        neighbours.setdefault(i, []).append(j)
        neighbours.setdefault(j, []).append(i)
    for first in neighbours[ends[0]]:
        chain = [ends[0], first]
        while chain[-1] != ends[1]:
            onward = [n for n in neighbours.get(chain[-1], []) if n != chain[-2]]
            if len(onward) != 1:
                break
            chain.append(onward[0])
        if chain[-1] == ends[1]:
            for i, j in itertools.pairwise(chain):
                lanes.edges[min(i, j), max(i, j)].canal = gate
            return
    sys.exit(f"{gate}: no canal track between its ends")
