"""Read the gates, and put their points on the tracks.

`sea_gates.csv` gives each gate its points and a cut line from coast to coast through them.
"""

from __future__ import annotations

import itertools
import sys

from common import BUILD, Point, normal_lon, read_rows
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
