"""The network as a GeoPackage for QGIS or as CSV tables, with the columns of own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from corridors.data.own.own_rows import OPTIONAL, REQUIRED, read_bytes, refuse
from corridors.data.parameters import load_parameters
from corridors.data.spreadsheets import Elements, Name, read_elements
from corridors.exchange.model import (
    LATITUDES,
    LONGEST_KM,
    LONGITUDES,
    SEA,
    ExchangeLink,
    ExchangeNetwork,
    ExchangeNode,
    family_of,
    gauge_in,
    line_in,
    number_in,
    wkt_of,
)
from corridors.files import told_as
from corridors.output.drawn_lines import split_at_antimeridian
from corridors.output.geopackage_writer import (
    REAL,
    TEXT,
    Geometry,
    Layer,
    LineStyle,
    PointStyle,
    write_layers,
)
from corridors.output.store import csv_text
from corridors.units import HOURS_PER_DAY, km_from_nm

# The network as a GeoPackage for QGIS, with the columns of own data.

_MODES = {
    "sea": ("Sea", "#4a90c2", "dash"),
    "rail": ("Rail", "#22303a", "solid"),
    "ferry": ("Ferry", "#7a4fa3", "dot"),
    "river": ("River", "#2a8c5f", "dash dot"),
    "road": ("Road", "#b5651d", "solid"),
}
# Names of all terminals fit on maps of countries, not of continents.
_NAMED_FROM = 15_000_000


def write_network_geopackage(network: ExchangeNetwork, path: Path) -> None:
    """Write the layers `terminals` (points) and `legs` (lines, split at 180 degrees), EPSG:4326."""
    nodes, links = network.nodes, network.links
    layers = (
        Layer(
            name="terminals",
            geometry=Geometry.POINT,
            shapes=[[[(node.lon, node.lat)]] for node in nodes],
            columns={
                key: (TEXT, [getattr(node, key) for node in nodes])
                for key in ("id", "name", "country", "kind", "unlocode", "services")
            },
            style=PointStyle(label="name", far_scale=_NAMED_FROM),
        ),
        Layer(
            name="legs",
            geometry=Geometry.MULTILINESTRING,
            shapes=[split_at_antimeridian(link.line) for link in links],
            columns={
                "from": (TEXT, [link.from_id for link in links]),
                "to": (TEXT, [link.to_id for link in links]),
                "system": (TEXT, [link.system for link in links]),
                "km": (REAL, [link.km for link in links]),
                "gauge_mm": (TEXT, [str(link.gauge_mm or "") for link in links]),
                "countries": (TEXT, [link.countries for link in links]),
                "source": (TEXT, [link.source for link in links]),
                "note": (TEXT, [family_of(link.system) for link in links]),
            },
            style=LineStyle(column="note", classes=_MODES, width="0.4"),
        ),
    )
    write_layers(path, layers)


# A network as own-data tables, `terminals.csv` and `legs.csv`.

TERMINAL_COLUMNS = (
    *REQUIRED["terminals"],
    *("kind", "unlocode", "services", "source", "status"),
)
STATUS = "computed"
LEG_COLUMNS = (*REQUIRED["legs"], *(name for name in OPTIONAL["legs"] if name != "note"))


def own_tables(network: ExchangeNetwork, *, source: str) -> dict[str, str]:
    """Return the texts of `terminals.csv` and `legs.csv`.

    Sea legs, nodes that only they reach, and gates are left out: ships use the shipped lanes.

    Parameters
    ----------
    network
        The network.
    source
        Source of legs and terminals without one.
    """
    land = [link for link in network.links if link.system != SEA]
    used = {end for link in land for end in (link.from_id, link.to_id)}
    terminals: list[Mapping[str, object]] = [
        {**asdict(node), "source": source, "status": STATUS}
        for node in network.nodes
        if node.id in used or node.services
    ]
    legs: list[Mapping[str, object]] = [
        {
            "from": link.from_id,
            "to": link.to_id,
            "system": link.system,
            "km": link.km,
            "gauge_mm": link.gauge_mm or "",
            "countries": link.countries,
            "line": wkt_of(link.line),
            "source": link.source or source,
            "status": STATUS,
        }
        for link in land
    ]
    return {
        "terminals.csv": csv_text(terminals, TERMINAL_COLUMNS),
        "legs.csv": csv_text(legs, LEG_COLUMNS),
    }


# GraphML, typed or as osmnx reads it: numbered nodes, lengths in metres, an edge per direction.

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


# GMNS 0.96: the General Modeling Network Specification, as AequilibraE and others read it.

VERSION = "0.96"
# A network with its lanes at sea has 40,000 links.
MAX_ROWS = 200_000
# Columns of the specification that we can fill, then our own.
NODE_COLUMNS = {  # by attribute
    "ref": "id",
    "name": "name",
    "x_coord": "lon",
    "y_coord": "lat",
    "node_type": "kind",
    **{name: name for name in ("country", "unlocode", "services")},
}
LINK_COLUMNS = (
    *("link_id", "name", "from_node_id", "to_node_id", "directed", "geometry", "length"),
    *("facility_type", "lanes", "capacity", "free_speed", "allowed_uses", "jurisdiction"),
    *("ref", "system", "gauge_mm", "source"),
)
CONFIG = {
    "dataset_name": "corridors",
    "short_length": "m",
    "long_length": "km",
    "speed": "km/h",
    "crs": "EPSG:4326",
    "geometry_field_format": "WKT",
    "currency": "USD",
    "version": VERSION,
    "id_type": "integer",
}
# What a link is, and what may use it, by our families. Both begin with different letters, by which
# AequilibraE tells types and modes apart.
FACILITIES = {
    "sea": "sea",
    "rail": "rail",
    "road": "highway",
    "river": "inland_waterway",
    "ferry": "ferry",
}
USES = {"sea": "SEA", "rail": "RAIL", "road": "LORRY", "river": "INLAND", "ferry": "FERRY"}
# Of systems without a speed of their own.
STANDS_FOR = {"rail": "rail/eu-1435", "ferry": "ferry/baltic-line"}
USE_GROUPS = {family: f"BY_{family.upper()}" for family in USES}


def gmns_files(network: ExchangeNetwork) -> dict[str, str]:
    """Return the texts of the GMNS files.

    `length` is in km and `free_speed` in km/h, without stops. `lanes` is 1 and `capacity` empty: no
    source gives what a line carries an hour. Links are undirected.
    """
    number = {node.id: i for i, node in enumerate(network.nodes, start=1)}
    nodes = [
        {
            "node_id": number[node.id],
            **{column: getattr(node, name) for column, name in NODE_COLUMNS.items()},
        }
        for node in network.nodes
    ]
    speeds = {system: free_speed_kmh(system) for system in {link.system for link in network.links}}
    links = [
        {
            "link_id": row,
            "name": f"{link.from_id} to {link.to_id}",
            "from_node_id": number[link.from_id],
            "to_node_id": number[link.to_id],
            "directed": "false",
            "geometry": wkt_of(link.line),
            "length": link.km,
            "facility_type": FACILITIES[family_of(link.system)],
            "lanes": 1,
            "capacity": "",
            "free_speed": speeds[link.system],
            "allowed_uses": USE_GROUPS[family_of(link.system)],
            "jurisdiction": link.countries,
            "ref": link.id,
            "system": link.system,
            "gauge_mm": link.gauge_mm or "",
            "source": link.source,
        }
        for row, link in enumerate(network.links, start=1)
    ]
    groups = [
        {"use_group": USE_GROUPS[family], "uses": use, "description": f"What goes by {family}"}
        for family, use in USES.items()
    ]
    return {
        "config.csv": csv_text([CONFIG], tuple(CONFIG)),
        "node.csv": csv_text(nodes, ("node_id", *NODE_COLUMNS)),
        "link.csv": csv_text(links, LINK_COLUMNS),
        "use_group.csv": csv_text(groups, ("use_group", "uses", "description")),
    }


def free_speed_kmh(system: str) -> float:
    """Return the speed of a system in km/h by our tables: on the way, without stops."""
    table = load_parameters()
    match family_of(system):
        case "sea":
            return round(km_from_nm(table.value("ship.reference_speed_kn", "sea/14k")), 1)
        case "ferry":
            return round(km_from_nm(table.value("ferry.speed_kn", _known(system, "ferry"))), 1)
        case family:
            per_day = table.value(f"{family}.speed_km_per_day", _known(system, family))
            return round(per_day / HOURS_PER_DAY, 1)


def _known(system: str, family: str) -> str:
    """Return a system if its speed is listed, else one whose speed stands for it."""
    name = "ferry.speed_kn" if family == "ferry" else f"{family}.speed_km_per_day"
    scopes = {row.scope for row in load_parameters().rows_of(name)}
    return system if system in scopes else STANDS_FOR.get(family, "")


def read_gmns(folder: Path) -> ExchangeNetwork:
    """Return the network of a folder of GMNS files.

    Lengths are in the unit of `config.csv`, km by default.

    Raises
    ------
    ConfigError
        A file is missing or malformed, lacks a column, or a cell is not a number.
    """
    per_km = {"km": 1.0, "": 1.0, "m": 0.001, "meter": 0.001, "mi": 1.609344, "mile": 1.609344}
    unit = ""
    with told_as(str(folder)):
        units = (folder / "config.csv").is_file()
    if units:
        rows = _rows(folder / "config.csv", ())
        unit = rows[0].get("long_length", "") if rows else ""
    if unit not in per_km:
        refuse(str(folder / "config.csv"), f"long_length '{unit[:40]}', use km, m or mi")
    rows = _rows(folder / "node.csv", ("node_id", "x_coord", "y_coord"))
    # Our own exports number nodes and keep their ids in `ref`.
    ids = {row["node_id"]: row.get("ref") or row["node_id"] for row in rows}
    nodes = tuple(
        ExchangeNode(
            id=ids[row["node_id"]],
            name=row.get("name") or ids[row["node_id"]],
            country=row.get("country", ""),
            lon=_number(row, "x_coord", folder / "node.csv", LONGITUDES),
            lat=_number(row, "y_coord", folder / "node.csv", LATITUDES),
            kind=row.get("node_type", ""),
            unlocode=row.get("unlocode", ""),
            services=row.get("services", ""),
        )
        for row in rows
    )
    file = folder / "link.csv"
    links = []
    longest = (0.0, LONGEST_KM / per_km[unit])
    for row in _rows(file, ("link_id", "from_node_id", "to_node_id", "length")):
        at = f"{file}:{row['__line__']}"
        links.append(
            ExchangeLink(
                id=row.get("ref") or row["link_id"],
                from_id=ids.get(row["from_node_id"], row["from_node_id"]),
                to_id=ids.get(row["to_node_id"], row["to_node_id"]),
                system=row.get("system") or row.get("facility_type", ""),
                km=_number(row, "length", file, longest) * per_km[unit],
                gauge_mm=gauge_in(row.get("gauge_mm", ""), at),
                countries=row.get("jurisdiction", ""),
                source=row.get("source", ""),
                line=line_in(row.get("geometry", ""), at),
            )
        )
    return ExchangeNetwork(nodes=nodes, links=tuple(links))


def _rows(path: Path, required: tuple[str, ...]) -> list[dict[str, str]]:
    import csv
    import io

    try:
        text = read_bytes(path, shown=str(path)).decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(str(path), "not UTF-8 text")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[dict[str, str]] = []
    try:
        missing = [name for name in required if name not in (reader.fieldnames or ())]
        if missing:
            refuse(f"{path}:1", f"no column {', '.join(missing)}")
        for row in reader:
            if None in row or None in row.values():
                refuse(f"{path}:{reader.line_num}", "the number of cells differs from the header")
            rows.append({**row, "__line__": str(reader.line_num)})
            if len(rows) > MAX_ROWS:
                refuse(f"{path}:{reader.line_num}", f"more than {MAX_ROWS:,} rows")
    except csv.Error as error:
        refuse(f"{path}:{reader.line_num or 1}", f"not valid CSV: {error}")
    return rows


def _number(row: dict[str, str], column: str, path: Path, bounds: tuple[float, float]) -> float:
    return number_in(row[column], f"{path}:{row['__line__']}: {column}", bounds)
