"""GraphML, typed or as osmnx reads it: numbered nodes, lengths in metres, an edge per direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from corridors.data.own.own_files import read_bytes, refuse
from corridors.data.xml import Elements, Name, read_elements
from corridors.exchange.model import (
    LATITUDES,
    LONGEST_KM,
    LONGITUDES,
    ExchangeLink,
    ExchangeNetwork,
    ExchangeNode,
    gauge_in,
    line_in,
    number_in,
    wkt_of,
)

SPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_KEYS = ("x", "y", "ref", "name", "country", "kind", "unlocode", "services")
EDGE_KEYS = (
    *("osmid", "length", "oneway", "reversed", "geometry"),
    *("ref", "system", "gauge_mm", "countries", "source"),
)
# The others are text.
TYPES = {"x": "double", "y": "double", "length": "double", "osmid": "long", "gauge_mm": "int"}


def graphml_text(network: ExchangeNetwork, *, typed: bool = True) -> str:
    """Return the text of a GraphML file. Nodes are numbered; our ids are in `ref`.

    Parameters
    ----------
    network
        The network.
    typed
        Numbers are said to be numbers, so that networkx, igraph or Gephi reads a length as one.
        `osmnx.load_graphml` takes a file only if all it says is text.
    """
    number = {node.id: i + 1 for i, node in enumerate(network.nodes)}
    lines = ["<?xml version='1.0' encoding='utf-8'?>", f'<graphml xmlns="{SPACE}">']
    for domain, keys in (("graph", ("crs",)), ("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        lines += [
            f'  <key id="{domain}-{key}" for="{domain}" attr.name="{key}"'
            f' attr.type="{TYPES.get(key, "string") if typed else "string"}"/>'
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
    shown = str(path)
    size = len(read_bytes(path, shown=shown))
    if not size:
        refuse(f"{shown}:1", "the file is empty; expected GraphML")
    reading = _Reading(shown)
    read_elements(path, reading)
    return reading.network()


class _Reading(Elements):
    """Collects the nodes and edges of a GraphML file, each with its line."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown)
        self._names: dict[str, str] = {}
        self._nodes: dict[str, ExchangeNode] = {}
        self._edges: list[_Edge] = []
        self._open: tuple[str, Mapping[str, str], int] | None = None
        self._cells: dict[str, str] = {}
        self._key = ""
        self._is_graphml = False

    def begin(self, name: Name, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if not self.above:
            self._is_graphml = name == (SPACE, "graphml")
        if name == (SPACE, "key"):
            self._names[attributes.get("id", "")] = attributes.get("attr.name", "")
        elif name in ((SPACE, "node"), (SPACE, "edge")):
            if self._open is not None:
                self.refuse(f"a {name[1]} inside a {self._open[0]} is not allowed")
            self._open, self._cells = (name[1], attributes, self.line), {}
        elif name == (SPACE, "data"):
            self._key = attributes.get("key", "")

    def end(self, name: Name, text: str) -> None:
        """Take the end of an element."""
        if self._open is None:
            return
        kind, attributes, line = self._open
        if name == (SPACE, "data"):
            self._cells[self._names.get(self._key, "")] = text.strip()
        elif name == (SPACE, kind):
            self._open = None
            at = f"{self.shown}:{line}"
            if kind == "edge":
                ends = attributes.get("source", ""), attributes.get("target", "")
                self._edges.append(_Edge(at=at, ends=ends, cells=self._cells))
            else:
                self._node(attributes.get("id", ""), self._cells, at)

    def _node(self, name: str, cells: Mapping[str, str], at: str) -> None:
        at = f"{at}: node {name[:40]}"
        if name in self._nodes:
            refuse(at, "the file has another node of that id")
        self._nodes[name] = ExchangeNode(
            id=cells.get("ref") or f"osm-{name}",
            name=cells.get("name") or f"Node {name}",
            country=cells.get("country", ""),
            lon=number_in(cells.get("x", ""), f"{at}: x", LONGITUDES),
            lat=number_in(cells.get("y", ""), f"{at}: y", LATITUDES),
            kind=cells.get("kind", ""),
            unlocode=cells.get("unlocode", ""),
            services=cells.get("services", ""),
        )

    def network(self) -> ExchangeNetwork:
        """Return the network, with one of the edges in opposite directions."""
        if not self._is_graphml:
            refuse(f"{self.shown}:1", f"not GraphML: no element graphml of {SPACE}")
        links = []
        seen: set[tuple[frozenset[str], str, str]] = set()
        for edge in self._edges:
            at = f"{edge.at}: edge {edge.ends[0][:40]} to {edge.ends[1][:40]}"
            if not {*edge.ends} <= self._nodes.keys():
                refuse(at, "no such node")
            metres = number_in(
                edge.cells.get("length", ""), f"{at}: length", (0.0, LONGEST_KM * 1e3)
            )
            name = edge.cells.get("ref") or "-".join(sorted(edge.ends))
            twin = (frozenset(edge.ends), name, f"{metres:.3f}")
            if twin in seen:
                continue
            seen.add(twin)
            ends = tuple(self._nodes[end].id for end in edge.ends)
            links.append(_link(edge.cells, ends[0], ends[1], name=name, km=metres / 1000.0, at=at))
        return ExchangeNetwork(nodes=tuple(self._nodes.values()), links=tuple(links))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """An edge as it is read: its line, nodes and cells."""

    at: str
    ends: tuple[str, str]
    cells: Mapping[str, str]


def _link(
    cells: Mapping[str, str], from_id: str, to_id: str, *, name: str, km: float, at: str
) -> ExchangeLink:
    return ExchangeLink(
        id=name,
        from_id=from_id,
        to_id=to_id,
        system=cells.get("system") or ("road" if "highway" in cells else ""),
        km=km,
        gauge_mm=gauge_in(cells.get("gauge_mm") or cells.get("gauge") or "", at),
        countries=cells.get("countries", ""),
        source=cells.get("source", ""),
        line=line_in(cells.get("geometry", ""), at),
    )
