"""Read an OpenStreetMap extract with limits on its size; clipped ways are cut to known nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from corridors.errors import GeodataError
from corridors.files import told_as

MAX_XML_BYTES = 500_000_000
KEPT_TAGS = ("railway", "gauge", "highway", "oneway", "junction", "name", "service", "usage")
# Sidings and yards lead nowhere. Crossovers stay: they join the tracks of a line.
LEFT_OUT = ("yard", "siding", "spur")
DRIVABLE = (
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way: its nodes in order, and the tags that matter here."""

    id: int
    nodes: tuple[int, ...]
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Nodes by id, (lon, lat), and ways cut to known nodes; `cut` counts the clipped ways."""

    nodes: dict[int, tuple[float, float]]
    ways: tuple[Way, ...]
    cut: int


def wanted(tags: dict[str, str], kind: str) -> bool:
    """Return whether a way is a track (`rail`) or a road that trucks take (`road`)."""
    if kind == "rail":
        return tags.get("railway") == "rail" and tags.get("service") not in LEFT_OUT
    return tags.get("highway") in DRIVABLE


def read_extract(path: Path, *, kind: str) -> Extract:
    """Return the tracks or roads of an .osm or .osm.pbf file.

    Raises
    ------
    GeodataError
        The file cannot be read or has none.
    """
    with told_as(str(path)):
        there = path.is_file()
    if not there:
        msg = f"{path}: no such file; give an extract as .osm or .osm.pbf"
        raise GeodataError(msg)
    pbf = path.suffix == ".pbf"
    nodes, ways = _of_pbf(path, kind) if pbf else _of_xml(path, kind)
    parts = [part for way in ways for part in _present(way, nodes)]
    used = {node for way in parts for node in way.nodes}
    if not parts:
        msg = f"{path}: contains no {'railway=rail' if kind == 'rail' else 'road'}"
        raise GeodataError(msg)
    return Extract(
        nodes={node: nodes[node] for node in sorted(used)},
        ways=tuple(sorted(parts, key=lambda way: (way.id, way.nodes))),
        cut=sum(any(node not in nodes for node in way.nodes) for way in ways),
    )


def _present(way: Way, nodes: dict[int, tuple[float, float]]) -> Iterator[Way]:
    """Yield the runs of a way whose nodes are in the extract."""
    run: list[int] = []
    for node in (*way.nodes, None):
        if node is not None and node in nodes:
            run.append(node)
            continue
        if len(run) > 1:
            yield Way(id=way.id, nodes=tuple(run), tags=way.tags)
        run = []


def _of_xml(path: Path, kind: str) -> tuple[dict[int, tuple[float, float]], list[Way]]:
    if path.stat().st_size > MAX_XML_BYTES:
        msg = f"{path}: more than {MAX_XML_BYTES:,} bytes; cut it or give a .osm.pbf"
        raise GeodataError(msg)
    with path.open("rb") as stream:
        if b"<!" in stream.read(2_000).replace(b"<!--", b""):
            msg = f"{path}: contains a document type or entities, which are not allowed"
            raise GeodataError(msg)
    nodes: dict[int, tuple[float, float]] = {}
    ways: list[Way] = []
    try:
        for _, element in ET.iterparse(path):
            if element.tag == "node":
                place = float(element.attrib["lon"]), float(element.attrib["lat"])
                nodes[int(element.attrib["id"])] = place
            elif element.tag == "way":
                found = {t.attrib["k"]: t.attrib["v"] for t in element.iter("tag")}
                if wanted(found, kind):
                    refs = tuple(int(nd.attrib["ref"]) for nd in element.iter("nd"))
                    ways.append(Way(id=int(element.attrib["id"]), nodes=refs, tags=_kept(found)))
            if element.tag in ("node", "way", "relation"):
                element.clear()
    except (ET.ParseError, KeyError, ValueError) as error:
        msg = f"{path}: invalid OSM XML: {error}"
        raise GeodataError(msg) from None
    return nodes, ways


def _of_pbf(path: Path, kind: str) -> tuple[dict[int, tuple[float, float]], list[Way]]:
    try:
        import osmium
    except ImportError:
        msg = "a .pbf needs osmium: pip install 'corridors[osm]', or give the extract as .osm"
        raise GeodataError(msg) from None
    nodes: dict[int, tuple[float, float]] = {}
    ways: list[Way] = []
    try:
        for thing in osmium.FileProcessor(str(path), osmium.osm.WAY):
            tags = {tag.k: tag.v for tag in thing.tags}
            if wanted(tags, kind):
                refs = tuple(node.ref for node in thing.nodes)
                ways.append(Way(id=thing.id, nodes=refs, tags=_kept(tags)))
        used = {node for way in ways for node in way.nodes}
        for thing in osmium.FileProcessor(str(path), osmium.osm.NODE):
            if thing.id in used:
                nodes[thing.id] = (thing.location.lon, thing.location.lat)
    except RuntimeError as error:
        msg = f"{path}: invalid .osm.pbf: {error}"
        raise GeodataError(msg) from None
    return nodes, ways


def _kept(tags: dict[str, str]) -> dict[str, str]:
    return {key: tags[key] for key in KEPT_TAGS if key in tags}


def xml_of(extract: Extract) -> str:
    """Return an extract as OSM XML, in the order of ids."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for node, (lon, lat) in extract.nodes.items():
        lines.append(f'<node id="{node}" lon="{lon:.7f}" lat="{lat:.7f}" version="1"/>')
    for way in extract.ways:
        refs = "".join(f'<nd ref="{node}"/>' for node in way.nodes)
        tags = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in way.tags.items())
        lines.append(f'<way id="{way.id}" version="1">{refs}{tags}</way>')
    return "\n".join([*lines, "</osm>", ""])
