"""Check the shipped rail network: components, lengths, long chords, and published route sums.

    python geodata/build/rail_check.py

The published route sums of `rail_sums.csv` calibrate no leg, except where the column `role` says
`calibration`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
from rail_graph import geodesic_km
from rail_tables import read_rows

HERE = Path(__file__).parent
NETWORK = HERE.parent / "network"
LONG_CHORD_KM = 50.0
BENT_CHORD = 1.05
OFF = 0.15


def read_network() -> tuple[nx.Graph, list[dict[str, str]]]:
    """Return the legs as a graph of terminals, and as rows."""
    legs = read_rows(NETWORK / "rail_legs.csv")
    graph = nx.Graph()
    for leg in legs:
        graph.add_edge(leg["from_id"], leg["to_id"], km=float(leg["length_km"]), leg=leg)
    return graph, legs


def route(graph: nx.Graph, stops: list[str], avoid: list[str]) -> tuple[float, float, list[str]]:
    """Return km, the share of calibrated km and the terminals of the shortest way past `stops`."""
    allowed = graph.copy()
    allowed.remove_nodes_from(avoid)
    path = [stops[0]]
    for one, two in pairwise(stops):
        path += nx.shortest_path(allowed, one, two, weight="km")[1:]
    edges = [graph.edges[pair] for pair in pairwise(path)]
    km = sum(edge["km"] for edge in edges)
    published = sum(edge["km"] for edge in edges if edge["leg"]["calibrated"] == "1")
    return km, published / km, path


def print_components(graph: nx.Graph) -> None:
    """Print how many networks there are, and the terminals outside the largest."""
    parts = sorted(nx.connected_components(graph), key=len, reverse=True)
    print(f"components: {len(parts)}; the largest has {len(parts[0])} terminals")
    for part in parts[1:]:
        print("  apart:", " ".join(sorted(part)))


def print_lengths(legs: list[dict[str, str]]) -> None:
    """Print the legs whose routed length is far from the published one."""
    both = [leg for leg in legs if leg["published_km"]]
    ratio = np.array([float(leg["graph_km"]) / float(leg["published_km"]) for leg in both])
    found = sum(leg["status"] == "found" for leg in both)
    print(f"legs: {len(legs)}, calibrated {len(both)} ({found} found)")
    close = np.mean(abs(ratio - 1) < 0.05)
    print(f"routed / published: median {np.median(ratio):.3f}, within 5 %: {close:.0%}")
    for leg, value in zip(both, ratio, strict=True):
        if abs(value - 1) > OFF:
            figures = f"published {leg['published_km']} routed {leg['graph_km']}"
            print(f"  {leg['id']}: {figures} {leg['note']}")


def print_chords(legs: list[dict[str, str]]) -> None:
    """Print the legs that are drawn much shorter than they are, and drawn chords over 50 km."""
    lines = np.load(NETWORK / "rail_lines.npz")
    for number, leg in enumerate(legs):
        cut = slice(lines["offsets"][number], lines["offsets"][number + 1])
        lon, lat = lines["lon"][cut].astype(float), lines["lat"][cut].astype(float)
        steps = [
            geodesic_km(*step) for step in zip(lon[:-1], lat[:-1], lon[1:], lat[1:], strict=True)
        ]
        if max(steps) > LONG_CHORD_KM and sum(steps) * BENT_CHORD < float(leg["graph_km"]):
            figures = f"chord {max(steps):.0f} km, drawn {sum(steps):.0f} of {leg['graph_km']}"
            print(f"  {leg['id']}: {figures}")


def print_sums(graph: nx.Graph) -> None:
    """Print our sum beside each published route length."""
    errors = []
    print("| route | past | published km | ours | error | published legs | role |")
    print("|---|---|---|---|---|---|---|")
    for row in read_rows(HERE / "rail_sums.csv"):
        low, high = (float(part) for part in (row["published_km"].split(":") * 2)[:2])
        total, share = 0.0, []
        for part in row["stops"].split("+"):
            km, calibrated, _ = route(graph, part.split(), row["avoid"].split())
            total += km
            share.append(calibrated)
        near = min(max(total, low), high)
        error = total / near - 1
        if row["role"] == "validation":
            errors.append(abs(error))
        figure = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
        cells = (row["route"], row["past"], figure, f"{total:,.0f}", f"{error:+.1%}",
                 f"{min(share):.0%}", row["role"])  # fmt: skip
        print("| " + " | ".join(cells) + " |")
    print(
        f"validation: median {np.median(errors):.1%}, worst {max(errors):.1%}, {len(errors)} rows"
    )


def main() -> None:
    """Print every check."""
    graph, legs = read_network()
    print_components(graph)
    print_lengths(legs)
    print("drawn chords over 50 km that hide a bend:")
    print_chords(legs)
    print_sums(graph)


if __name__ == "__main__":
    main()
