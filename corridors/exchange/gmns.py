"""GMNS 0.96: the General Modeling Network Specification, as AequilibraE and others read it.

`node.csv`, `link.csv`, `config.csv` and `use_group.csv`. Nodes and links are numbered, since some
programs take numbers only; our ids are in `ref`. Links are said to be undirected: each is one row
for both ways.

References
----------
Zephyr Foundation, General Modeling Network Specification (GMNS), version 0.96.
"""

from __future__ import annotations

from pathlib import Path

from corridors.data.own.own_files import read_bytes, refuse
from corridors.data.parameters import load_parameters
from corridors.exchange.model import (
    LATITUDES,
    LONGEST_KM,
    LONGITUDES,
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
from corridors.output.records import csv_text
from corridors.units import HOURS_PER_DAY, km_from_nm

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
