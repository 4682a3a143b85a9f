"""GraphML of osmnx: numbered nodes, lengths in metres, one edge per direction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from corridors.data.own.files import read_bytes, refuse
from corridors.exchange.model import (
    ExchangeLink,
    ExchangeNetwork,
    ExchangeNode,
    line_of_wkt,
    wkt_of,
)

SPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_KEYS = ("x", "y", "ref", "name", "country", "kind", "unlocode", "services")
EDGE_KEYS = (
    *("osmid", "length", "oneway", "reversed", "geometry"),
    *("ref", "system", "gauge_mm", "countries", "source"),
)


def graphml_text(network: ExchangeNetwork) -> str:
    """Return the text of a GraphML file that `osmnx.load_graphml` reads.

    osmnx requires numbered nodes; our ids are in `ref`.
    """
    number = {node.id: i + 1 for i, node in enumerate(network.nodes)}
    lines = ["<?xml version='1.0' encoding='utf-8'?>", f'<graphml xmlns="{SPACE}">']
    for domain, keys in (("graph", ("crs",)), ("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        lines += [
            f'  <key id="{domain}-{key}" for="{domain}" attr.name="{key}" attr.type="string"/>'
            for key in keys
        ]
    lines += ['  <graph edgedefault="directed">', '    <data key="graph-crs">epsg:4326</data>']
    for node in network.nodes:
        values = (node.lon, node.lat, node.id, node.name, node.country, node.kind)
        lines.append(f'    <node id="{number[node.id]}">')
        lines += _data("node", NODE_KEYS, (*values, node.unlocode, node.services))
        lines.append("    </node>")
    count: dict[tuple[int, int], int] = {}
    for row, link in enumerate(network.links):
        for back in (False, True):
            a, b = number[link.from_id], number[link.to_id]
            pair = (b, a) if back else (a, b)
            count[pair] = count.get(pair, -1) + 1
            wkt = wkt_of(link.line[::-1] if back else link.line)
            first = (row + 1, repr(link.km * 1000.0), False, back, wkt, link.id)
            more = (link.system, link.gauge_mm or "", link.countries, link.source)
            lines.append(f'    <edge source="{pair[0]}" target="{pair[1]}" id="{count[pair]}">')
            lines += _data("edge", EDGE_KEYS, (*first, *more))
            lines.append("    </edge>")
    return "\n".join([*lines, "  </graph>", "</graphml>", ""])


def _data(domain: str, keys: tuple[str, ...], values: tuple[object, ...]) -> list[str]:
    return [
        f"      <data key={quoteattr(f'{domain}-{key}')}>{escape(str(value))}</data>"
        for key, value in zip(keys, values, strict=True)
        if value != ""
    ]


def read_graphml(path: Path) -> ExchangeNetwork:
    """Return the network of a GraphML file, ours or from osmnx.

    Of two edges in opposite directions, one is kept.

    Raises
    ------
    ConfigError
        The file is not GraphML, has entities, or lacks a coordinate or length.
    """
    content = read_bytes(path, shown=str(path))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        refuse(str(path), "a document type or entities are not allowed in GraphML")
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        refuse(f"{path}:{error.position[0]}", f"not valid XML: {error}")
    names = {key.get("id"): key.get("attr.name") for key in root.iter(f"{{{SPACE}}}key")}
    nodes: dict[str, ExchangeNode] = {}
    for element in root.iter(f"{{{SPACE}}}node"):
        at = f"{path}: node {str(element.get('id'))[:40]}"
        cells = _cells(element, names)
        nodes[str(element.get("id"))] = ExchangeNode(
            id=cells.get("ref") or f"osm-{element.get('id')}",
            name=cells.get("name") or f"Node {element.get('id')}",
            country=cells.get("country", ""),
            lon=_number(cells, "x", at),
            lat=_number(cells, "y", at),
            kind=cells.get("kind", ""),
            unlocode=cells.get("unlocode", ""),
            services=cells.get("services", ""),
        )
    links = []
    seen: set[tuple[frozenset[str], str, str]] = set()
    for element in root.iter(f"{{{SPACE}}}edge"):
        ends = str(element.get("source")), str(element.get("target"))
        at = f"{path}: edge {ends[0][:40]} to {ends[1][:40]}"
        cells = _cells(element, names)
        if not {*ends} <= nodes.keys():
            refuse(at, "no such node")
        length = _number(cells, "length", at)
        name = cells.get("ref") or "-".join(sorted(ends))
        twin = (frozenset(ends), name, f"{length:.3f}")
        if twin in seen:
            continue
        seen.add(twin)
        links.append(_link(cells, ends, nodes, name=name, km=length / 1000.0, at=at))
    return ExchangeNetwork(nodes=tuple(nodes.values()), links=tuple(links))


def _link(
    cells: Mapping[str, str],
    ends: tuple[str, str],
    nodes: Mapping[str, ExchangeNode],
    *,
    name: str,
    km: float,
    at: str,
) -> ExchangeLink:
    try:
        line = line_of_wkt(cells.get("geometry", ""))
        gauge = int(cells.get("gauge_mm") or cells.get("gauge") or 0)
    except ValueError:
        refuse(at, "geometry must be a WKT LINESTRING, and the gauge a whole number of mm")
    return ExchangeLink(
        id=name,
        from_id=nodes[ends[0]].id,
        to_id=nodes[ends[1]].id,
        system=cells.get("system") or ("road" if "highway" in cells else ""),
        km=km,
        gauge_mm=gauge,
        countries=cells.get("countries", ""),
        source=cells.get("source", ""),
        line=line,
    )


def _cells(element: ET.Element, names: Mapping[str | None, str | None]) -> dict[str, str]:
    found = element.iter(f"{{{SPACE}}}data")
    return {str(names.get(data.get("key"))): (data.text or "").strip() for data in found}


def _number(cells: Mapping[str, str], key: str, at: str) -> float:
    try:
        value = float(cells.get(key, ""))
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        refuse(at, f"{key}: must be a number, got '{cells.get(key, '')[:40]}'")
    return value
