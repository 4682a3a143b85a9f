"""Read OpenStreetMap through osmnx: rail legs with gauge and length, or roads for drayage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corridors.data.paths import cached_while_unchanged
from corridors.data.sphere import great_circle_km
from corridors.errors import GeodataError, PlaceError, needed
from corridors.network.land.osm_extract import KEPT_TAGS, read_extract, xml_of
from corridors.scratch import scratch_folder

MAX_SNAP_KM = 5.0
LonLat = tuple[float, float]
Line = tuple[LonLat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmLeg:
    """A piece of track or road between two nodes of an extract; `gauge` as tagged, may be empty."""

    from_node: int
    to_node: int
    km: float
    gauge: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmNetwork:
    """Nodes by id, (lon, lat), and legs; `cut` is the number of ways clipped in the extract."""

    nodes: dict[int, tuple[float, float]]
    legs: tuple[OsmLeg, ...]
    cut: int = 0


def _osmnx() -> Any:
    return needed("osmnx", by="OpenStreetMap", extra="osm")


@contextmanager
def _tags_kept(osmnx: Any) -> Iterator[None]:
    """Make osmnx keep the tags we read; by default it drops `railway` and `gauge`."""
    before = osmnx.settings.useful_tags_way
    osmnx.settings.useful_tags_way = list(KEPT_TAGS)
    try:
        yield
    finally:
        osmnx.settings.useful_tags_way = before


def _graph(path: Path, kind: str) -> tuple[Any, int]:
    """Return the graph of an extract with all nodes of its ways, and the number of ways cut."""
    osmnx = _osmnx()
    extract = read_extract(path, kind=kind)
    with scratch_folder("corridors-osm-") as folder, _tags_kept(osmnx):
        clean = folder / "clean.osm"
        clean.write_text(xml_of(extract), encoding="utf-8")
        graph = osmnx.graph_from_xml(
            clean, bidirectional=kind == "rail", simplify=False, retain_all=True
        )
    return graph, extract.cut


def network_of_extract(path: Path, *, kind: str) -> OsmNetwork:
    """Return the network of an .osm or .osm.pbf extract.

    Nodes are where tracks join, end, or change gauge. Of parallel tracks between two nodes the
    shortest is kept.

    Parameters
    ----------
    path
        The extract.
    kind
        `rail` or `road`.

    Raises
    ------
    GeodataError
        osmnx is not installed, or the file cannot be read or has no such way.
    """
    graph, cut = _graph(path, kind)
    return _legs_of(graph, cut=cut)


def network_of_place(name: str, *, kind: str) -> OsmNetwork:
    """Return the network of a named place from the Overpass service, which needs the internet.

    Raises
    ------
    GeodataError
        osmnx is not installed, the place is unknown, or the service cannot be reached.
    """
    osmnx = _osmnx()
    query = '["railway"="rail"]["service"!~"yard|siding|spur"]' if kind == "rail" else None
    try:
        with _tags_kept(osmnx):
            graph = osmnx.graph_from_place(
                name,
                network_type="drive",
                custom_filter=query,
                simplify=False,
                retain_all=True,
            )
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        msg = f"{name}: OpenStreetMap returned no network: {' '.join(str(error).split())[:200]}"
        raise GeodataError(msg) from None
    return _legs_of(graph)


def _legs_of(graph: Any, *, cut: int = 0) -> OsmNetwork:
    osmnx = _osmnx()
    # One edge per leg: nodes where nothing joins, ends or changes gauge become part of the line.
    simple = osmnx.simplify_graph(graph, edge_attrs_differ=["gauge"])
    nodes = {int(node): (float(at["x"]), float(at["y"])) for node, at in simple.nodes(data=True)}
    shortest: dict[tuple[int, int, str], OsmLeg] = {}
    for a, b, edge in simple.edges(data=True):
        if a == b:
            continue
        shape = edge.get("geometry")
        line = tuple((float(x), float(y)) for x, y in shape.coords) if shape is not None else ()
        line = line or (nodes[int(a)], nodes[int(b)])
        forward = int(a) < int(b)
        ends = (int(a), int(b)) if forward else (int(b), int(a))
        leg = OsmLeg(
            from_node=ends[0],
            to_node=ends[1],
            km=float(edge["length"]) / 1000.0,
            gauge=_text(edge.get("gauge")),
            line=line if forward else line[::-1],
        )
        key = (*ends, leg.gauge)
        if key not in shortest or (leg.km, leg.line) < (shortest[key].km, shortest[key].line):
            shortest[key] = leg
    legs = tuple(shortest[key] for key in sorted(shortest))
    used = {end for leg in legs for end in (leg.from_node, leg.to_node)}
    return OsmNetwork(nodes={n: nodes[n] for n in sorted(used)}, legs=legs, cut=cut)


def _text(value: object) -> str:
    return str(value) if isinstance(value, (str, int)) else ""


@cached_while_unchanged
def _roads(path: Path) -> Any:
    return _graph(path, "road")[0]


def road_km(path: Path, origin: LonLat, destination: LonLat) -> float:
    """Return the km by road between two points, (lon, lat), on an extract: see `road_path`."""
    return road_path(path, origin, destination)[0]


def road_path(path: Path, origin: LonLat, destination: LonLat) -> tuple[float, Line]:
    """Return km and line by road between two points, (lon, lat), on an extract, with one-ways.

    The points join the largest strongly connected part of the network. The straight line from each
    point to the nearest road counts, up to 5 km.

    Raises
    ------
    GeodataError
        osmnx is not installed, or the extract cannot be read or has no road.
    PlaceError
        A point lies too far from a road, or no road joins the two.
    """
    import networkx as nx

    graph = _roads(path)
    # A clipped extract has dead ends, so points join the main network.
    parts = [sorted(part) for part in nx.strongly_connected_components(graph)]
    names = max(parts, key=lambda part: (len(part), -part[0]))
    lon = np.array([graph.nodes[n]["x"] for n in names])
    lat = np.array([graph.nodes[n]["y"] for n in names])
    ends, walked = [], 0.0
    for point in (origin, destination):
        off = great_circle_km(*point, lon, lat)
        nearest = int(np.argmin(off))
        if off[nearest] > MAX_SNAP_KM:
            where = f"{point[0]:g},{point[1]:g}"
            msg = f"{where}: {off[nearest]:.0f} km from a road of {path.name}; the limit is 5 km"
            raise PlaceError(msg)
        ends.append(names[nearest])
        walked += float(off[nearest])
    try:
        nodes = nx.shortest_path(graph, *ends, weight="length")
    except nx.NetworkXNoPath:
        msg = f"no road of {path.name} joins the two points"
        raise PlaceError(msg) from None
    metres = nx.path_weight(graph, nodes, weight="length")
    line = tuple((float(graph.nodes[n]["x"]), float(graph.nodes[n]["y"])) for n in nodes)
    return float(metres) / 1000.0 + walked, (origin, *line, destination)
