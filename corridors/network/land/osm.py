"""Read OpenStreetMap through osmnx: rail legs with gauge and length, or roads for drayage."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from corridors.data.paths import cached_while_unchanged
from corridors.data.sea_areas import great_circle_km
from corridors.data.spreadsheets import Elements, Name, read_elements
from corridors.errors import ConfigError, GeodataError, PlaceError, needed
from corridors.files import read_whole, told_as
from corridors.scratch import scratch_folder

# The sizes of the blocks of an .osm.pbf, read before any of them is unpacked.

MAX_HEAD_BYTES = 64 * 1024
# Fields of a message: `datasize` of a head; `raw` and `raw_size` of contents.
DATA_SIZE, RAW, RAW_SIZE = 3, 1, 2
VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


def refuse_large_blocks(content: bytes, *, shown: str, most: int, most_in_all: int) -> None:
    """Refuse a file with a block that is too large once it is unpacked, or too many of them.

    Parameters
    ----------
    content
        The file.
    shown
        Its name in faults.
    most, most_in_all
        Bytes of a block unpacked, and of all.

    Raises
    ------
    GeodataError
        A block is larger, or the file is not made of blocks.
    """
    in_all = 0
    try:
        for size in unpacked_sizes(content):
            in_all += size
            if size > most or in_all > most_in_all:
                msg = (
                    f"{shown}: blocks of over {most:,} bytes, or {most_in_all:,} in all:"
                    " write it again with osmium, or cut it"
                )
                raise GeodataError(msg)
    except (IndexError, ValueError):
        msg = f"{shown}: invalid .osm.pbf: not made of blocks"
        raise GeodataError(msg) from None


def unpacked_sizes(content: bytes) -> Iterator[int]:
    """Yield the bytes that each block says to have unpacked, which is all that osmium unpacks.

    Raises
    ------
    IndexError, ValueError
        The file is cut off or damaged.
    """
    at = 0
    while at < len(content):
        head_at = at + 4
        length = int.from_bytes(content[at:head_at], "big")
        if not 0 < length <= MAX_HEAD_BYTES:
            msg = "length of a head"
            raise ValueError(msg)
        body_at = head_at + length
        head = dict(_fields(content, head_at, body_at))
        at = body_at + head.get(DATA_SIZE, 0)
        body = dict(_fields(content, body_at, at))
        yield max(body.get(RAW, 0), body.get(RAW_SIZE, 0))


def _fields(content: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the fields of a message: a number, or the length of what is no number."""
    if end > len(content):
        msg = "cut off"
        raise ValueError(msg)
    while at < end:
        key, at = _number(content, at)
        field, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _number(content, at)
        elif kind == BYTES:
            value, at = _number(content, at)
            at += value
        elif kind in (FIXED_32, FIXED_64):
            value = 4 if kind == FIXED_32 else 8
            at += value
        else:
            msg = "kind of a field"
            raise ValueError(msg)
        yield field, value
    if at != end:
        msg = "length of a field"
        raise ValueError(msg)


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while shift < 70:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    msg = "length of a number"
    raise ValueError(msg)


# Read an OpenStreetMap extract with limits on its size; clipped ways are cut to known nodes.

MAX_FILE_BYTES = 200_000_000
# osmnx takes some 6 kB a node, and its time grows with the square of the nodes in a row.
MAX_NODES = 100_000
MAX_RUN = 20_000
# Tracks and roads have some 1.05 pieces a node; osmnx takes 4 kB a piece.
MAX_PIECES = 150_000
MAX_REFERENCES = 1_000_000
MAX_WAYS = 200_000
# A block of OpenStreetMap's programs has 8,000 things in some 0.5 MB; osmium takes up to 60 times
# the bytes of a block that holds nothing but nodes. A file of its programs has twice its own bytes
# in all; one of nothing but nodes takes 12 s a GB.
MAX_BLOCK_BYTES = 4_000_000
MAX_BLOCKS_BYTES = 1_000_000_000
TOO_MANY = f"more than {MAX_REFERENCES:,} nodes; the limit is {MAX_NODES:,}: cut the extract"
THINGS = ("node", "way", "relation")
Nodes = dict[int, tuple[float, float]]
KEPT_TAGS = ("railway", "gauge", "highway", "oneway", "junction", "name", "service", "usage")
# Sidings and yards lead nowhere. Crossovers stay: they join the tracks of a line.
LEFT_OUT = ("yard", "siding", "spur")
DRIVABLE = (
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
)
# Tags of a way, of which it has one.
TAGS = {"rail": (("railway", "rail"),), "road": tuple(("highway", road) for road in DRIVABLE)}


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
    if not any(tags.get(key) == value for key, value in TAGS[kind]):
        return False
    return kind != "rail" or tags.get("service") not in LEFT_OUT


def read_extract(path: Path, *, kind: str) -> Extract:
    """Return the tracks or roads of an .osm or .osm.pbf file.

    Raises
    ------
    GeodataError
        The file cannot be read or has none.
    """
    with told_as(str(path)):
        what = "" if path.is_file() else "not a file" if path.exists() else "no such file"
    if what:
        msg = f"{path}: {what}; give an extract as .osm or .osm.pbf"
        raise GeodataError(msg)
    pbf = path.suffix == ".pbf"
    nodes, ways = _of_pbf(path, kind) if pbf else _of_xml(path, kind)
    parts = [part for way in ways for part in _present(way, nodes)]
    if not parts:
        msg = f"{path}: contains no {'railway=rail' if kind == 'rail' else 'road'}"
        raise GeodataError(msg)
    used = _used(parts)
    pieces = {pair for way in parts for pair in pairwise(way.nodes)}
    _refuse(path, len(used), MAX_NODES, f"{kind} with {{}} nodes", "cut the extract")
    _refuse(path, len(pieces), MAX_PIECES, "{} pieces between nodes", "cut the extract")
    in_a_row = "{} nodes in a row where nothing joins"
    _refuse(path, longest_run(parts), MAX_RUN, in_a_row, "thin out its lines")
    return Extract(
        nodes={node: nodes[node] for node in sorted(used)},
        ways=tuple(sorted(parts, key=lambda way: (way.id, way.nodes))),
        cut=sum(any(node not in nodes for node in way.nodes) for way in ways),
    )


def _refuse(path: Path, count: int, most: int, what: str, advice: str) -> None:
    """Refuse an extract with more than the limit of something."""
    if count > most:
        msg = f"{path}: {what.format(f'{count:,}')}; the limit is {most:,}: {advice}"
        raise GeodataError(msg)


def longest_run(ways: Sequence[Way]) -> int:
    """Return the most nodes in a row, of one way or of several, at which nothing joins or ends."""
    near: dict[int, set[int]] = {}
    for way in ways:
        for a, b in pairwise(way.nodes):
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    between = {node for node, others in near.items() if len(others) == 2}
    longest = 0
    while between:
        run = [between.pop()]
        length = 0
        while run:
            length += 1
            following = near[run.pop()] & between
            between -= following
            run.extend(following)
        longest = max(longest, length)
    return longest


def _present(way: Way, nodes: Nodes) -> Iterator[Way]:
    """Yield the runs of a way whose nodes are in the extract."""
    run: list[int] = []
    for node in (*way.nodes, None):
        if node is not None and node in nodes:
            run.append(node)
            continue
        if len(run) > 1:
            yield Way(id=way.id, nodes=tuple(run), tags=way.tags)
        run = []


def _of_xml(path: Path, kind: str) -> tuple[Nodes, list[Way]]:
    if path.stat().st_size > MAX_FILE_BYTES:
        msg = f"{path}: more than {MAX_FILE_BYTES:,} bytes; cut it or give a .osm.pbf"
        raise GeodataError(msg)
    try:
        # Ways first, as from a .pbf: most nodes of an extract belong to nothing that is wanted.
        ways = _Ways(str(path), kind)
        read_elements(path, ways)
        nodes = _Nodes(str(path), _used(ways.found))
        read_elements(path, nodes)
    except ConfigError as error:
        raise GeodataError(str(error)) from None
    return nodes.found, ways.found


class _Things(Elements):
    """Elements of OSM XML, with their ids and references as numbers."""

    def begin(self, name: Name, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        """Take the start of an element."""
        if not self.above and name != (None, "osm"):
            self.refuse(f"not OSM XML: begins with '{name[1][:40]}', not with 'osm'")
        if name[1] in THINGS and len(self.above) > 1:
            self.refuse(f"a {name[1]} inside a {self.above[-1][1]} is not allowed")

    def whole(self, attributes: Mapping[str, str], key: str) -> int:
        """Return an id: a whole number above 0, below 2 to the power of 63."""
        text = attributes.get(key, "")
        if not (text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) < 2**63):
            self.refuse(f"{key}: must be a whole number above 0, got '{text[:40]}'")
        return int(text)


class _Ways(_Things):
    """Collects the ways of a kind."""

    def __init__(self, shown: str, kind: str) -> None:
        super().__init__(shown)
        self.found: list[Way] = []
        self._kind = kind
        self._count = 0
        self._id = 0
        self._refs: list[int] = []
        self._tags: dict[str, str] = {}

    def begin(self, name: Name, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        super().begin(name, attributes)
        inside = bool(self.above) and self.above[-1] == (None, "way")
        if name[1] == "way":
            self._id, self._refs, self._tags = self.whole(attributes, "id"), [], {}
        elif name[1] == "nd" and inside:
            self._refs.append(self.whole(attributes, "ref"))
        elif name[1] == "tag" and inside:
            self._tags[attributes.get("k", "")] = attributes.get("v", "")

    def end(self, name: Name, text: str) -> None:  # noqa: ARG002
        """Take the end of an element."""
        if name[1] == "way" and wanted(self._tags, self._kind):
            self.found.append(Way(id=self._id, nodes=tuple(self._refs), tags=_kept(self._tags)))
            self._count += len(self._refs)
            if self._count > MAX_REFERENCES:
                self.refuse(f"its ways have {TOO_MANY}")


class _Nodes(_Things):
    """Collects the positions of the nodes that ways use."""

    def __init__(self, shown: str, used: set[int]) -> None:
        super().__init__(shown)
        self.found: Nodes = {}
        self._used = used

    def begin(self, name: Name, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        super().begin(name, attributes)
        if name[1] == "node":
            node = self.whole(attributes, "id")
            place = (
                self._degrees(attributes, "lon", 180.0),
                self._degrees(attributes, "lat", 90.0),
            )
            if node in self._used:
                self.found[node] = place

    def _degrees(self, attributes: Mapping[str, str], key: str, most: float) -> float:
        text = attributes.get(key, "")
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not abs(value) <= most:
            self.refuse(f"{key}: must be degrees from -{most:g} to {most:g}, got '{text[:40]}'")
        return value


def _used(ways: Sequence[Way]) -> set[int]:
    """Return the nodes of ways."""
    return {node for way in ways for node in way.nodes}


def _of_pbf(path: Path, kind: str) -> tuple[Nodes, list[Way]]:
    osmium = needed("osmium", by="a .pbf (an .osm does not)", extra="osm")
    nodes: Nodes = {}
    ways: list[Way] = []
    seen = count = 0
    # From memory and with its format named: osmium keeps a file open that it cannot read, guesses
    # formats, and fetches addresses.
    content = read_whole(path, shown=str(path), most=MAX_FILE_BYTES)
    refuse_large_blocks(
        content, shown=str(path), most=MAX_BLOCK_BYTES, most_in_all=MAX_BLOCKS_BYTES
    )
    file = osmium.io.FileBuffer(content, "pbf")
    # It unpacks no more blocks ahead than are read: twenty of them would be 500 MB.
    os.environ.setdefault("OSMIUM_MAX_OSMDATA_QUEUE_SIZE", "2")
    # Osmium looks for what is wanted among hundreds of millions of things in seconds, Python in an
    # hour; so whatever comes out of its filters is bounded.
    tagged = osmium.filter.TagFilter(*TAGS[kind])
    try:
        for thing in osmium.FileProcessor(file, osmium.osm.WAY).with_filter(tagged):
            tags = {tag.k: tag.v for tag in thing.tags}
            seen += 1
            _refuse(path, seen, MAX_WAYS, "{} ways of " + kind, "cut the extract")
            if wanted(tags, kind):
                refs = tuple(node.ref for node in thing.nodes)
                ways.append(Way(id=thing.id, nodes=refs, tags=_kept(tags)))
                count += len(refs)
                if count > MAX_REFERENCES:
                    msg = f"{path}: its ways have {TOO_MANY}"
                    raise GeodataError(msg)
        used = osmium.filter.IdFilter(_used(ways))
        for thing in osmium.FileProcessor(file, osmium.osm.NODE).with_filter(used):
            if thing.location.valid():
                nodes[thing.id] = (thing.location.lon, thing.location.lat)
    except (RuntimeError, ValueError) as error:
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
