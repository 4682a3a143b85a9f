"""Valid inputs of every kind, and the words that loaders know."""

from __future__ import annotations

import io
import random
import sqlite3
import struct
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from corridors.config.checks import Names
from corridors.config.schema import MODELS, schema_of
from corridors.data.paths import configs_dir
from corridors.studies.batch.scenarios import Entry

ROOT = Path(__file__).parents[2]
OSM_FOLDER = ROOT / "tests" / "network" / "land" / "osm"


def trees(folder: str, *, most: int = 40) -> list[Any]:
    """Return the shipped files of a folder of configurations as trees with texts for days."""
    files = sorted((configs_dir() / folder).rglob("*.yaml"))
    resolvers = {
        key: [(tag, regexp) for tag, regexp in pairs if "timestamp" not in tag]
        for key, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    loader = type("Loader", (yaml.CSafeLoader,), {"yaml_implicit_resolvers": resolvers})
    found = [yaml.load(file.read_bytes(), Loader=loader) for file in files]
    return found[:most]


FULL_SCENARIO: dict[str, Any] = {
    "name": "Everything",
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "shipment": {
        "teu_per_month": 100,
        "equipment": "40HC",
        "cargo": "electronics",
        "cargo_t_per_teu": 9.0,
        "value_usd_per_teu": 50_000,
        "value_of_time_usd_per_teu_day": 30,
        "shelf_life_days": 60,
    },
    "corridors": ["suez", "cape"],
    "services": ["sea", "rail", "road"],
    "world": "current",
    "price_basis": "cost",
    "objective": "generalised",
    "scope": "cy-cy",
    "max_wait_days": 10,
    "ice_year": 2020,
    "speed": 14,
    "limits": {
        "max_days": 60,
        "max_share_country": {"RU": 0.4},
        "max_share_corridor": {"suez": 0.5},
        "avoid": {"countries": ["RU"], "gates": ["gate-suez"]},
    },
    "projects": ["belkomur", {"id": "malaszewicze", "opens": "2027-01-01"}],
    "closures": [{"place": "gate-suez", "first_day": "2026-08-01", "last_day": "2026-08-10"}],
    "overrides": {"fuel.vlsfo_usd_per_t": 600, "border.capacity_teu_per_week@CN-KZ": 100},
    "customs": {},
}
FULL_BATCH: dict[str, Any] = {
    "name": "all",
    "title": "All kinds of sweeps",
    "base": "shanghai-europe",
    "set": {"objective": "cost"},
    "variants": [{"name": "a"}, {"name": "b", "set": {"shipment.cargo": "apparel"}}],
    "sweeps": {
        "departure": {"from": "2026-01-15", "every": "month", "count": 3},
        "overrides.fuel.vlsfo_usd_per_t": {"from": 400, "to": 900, "steps": 3},
        "shipment.teu_per_month": {"from": 10, "to": 30, "step": 10},
        "world": ["reference-open", "red-sea-closed"],
        "pairs": [
            {"origin": "Shanghai", "destination": "Hamburg", "name": "x"},
            {"origin": "Xi'an", "destination": "Lodz"},
        ],
    },
}


def small_batches() -> list[dict[str, Any]]:
    """Return batches of one key each, with every kind of values."""
    sweeps: tuple[dict[str, Any], ...] = (
        {"departure": {"from": "2026-01-31", "every": "month", "to": "2026-06-30"}},
        {"departure": {"from": "2026-01-15", "every": "week", "count": 3}},
        {"departure": {"from": "2035-12-20", "every": "day", "count": 30}},
        {"departure": ["2026-01-15", "2026-02-15"]},
        {"overrides.fuel.vlsfo_usd_per_t": {"from": 400, "to": 900, "step": 50}},
        {"overrides.fuel.vlsfo_usd_per_t": {"from": 900, "to": 400, "steps": 3}},
        {"shipment.teu_per_month": [1, 10, 10]},
        {"corridors": [["suez"], ["cape", "suez"], "all"]},
        {"pairs": {"csv": "pairs.csv"}},
        {"pairs": [{"origin": "Shanghai", "destination": "Hamburg"}]},
        {"name": ["x"], "origin": ["Shanghai"], "pairs": []},
        {"limits.max_days": [30, None], "limits": [{"max_days": 30}]},
    )
    return [{"base": "shanghai-europe", "sweeps": sweep} for sweep in sweeps]


def quoted(cell: str) -> str:
    """Return a cell as a CSV file holds it."""
    return f'"{cell}"' if "," in cell else cell


TERMINALS = [
    ["id", "name", "country", "lon", "lat", "city", "kind", "unlocode", "services", "gauges_mm"],
    [
        "kz-mine",
        "Mine",
        "KZ",
        "77.5",
        "43.9",
        "Mine",
        "rail_terminal",
        "KZMIN",
        "rail/1520",
        "1520",
    ],
    ["kz-dostyk", "Dostyk", "KZ", "82.5", "45.25", "Dostyk", "", "", "rail/1520;road", "1520;1435"],
    ["cn-port", "My Port", "CN", "121.9", "30.6", "", "seaport", "", "sea;hub", ""],
]
LEGS = [
    ["from", "to", "system", "km", "hours", "gauge_mm", "countries", "line", "source", "status"],
    ["kz-almaty", "kz-dostyk", "1520", "900", "20", "1520", "KZ", "", "mine", "found"],
    [
        "kz-almaty",
        "kz-dostyk",
        "road",
        "950",
        "",
        "",
        "KZ",
        "LINESTRING (76.9 43.3, 82.5 45.2)",
        "",
        "",
    ],
]
RATES = [
    ["parameter", "value", "unit", "source_id", "status", "scope", "low", "high", "currency_year"],
    ["fuel.vlsfo_usd_per_t", "600", "USD/t", "mine", "assumption", "", "500", "700", "2026"],
    ["port.thc", "150", "USD/TEU", "mine", "found", "CN", "100", "200", "2025"],
]
PAIRS = [["origin", "destination", "name"], ["Shanghai", "Hamburg", "x"], ["Xi'an", "Lodz", ""]]
SUMMARY = [
    ["scenario", "name", "world", "departure", "recommended", "cost_usd_per_teu", "days"],
    ["0", "a", "open", "2026-01-15", "suez", "1000.00", "40.0"],
    ["1", "b", "open", "2026-02-15", "cape", "1300.00", "50.0"],
    ["2", "c", "shut", "2026-02-15", "", "", ""],
]
NODES = [
    ["node_id", "name", "x_coord", "y_coord", "node_type", "country", "services"],
    ["a", "A", "24.9", "60.1", "junction", "FI", ""],
    ["b", "B", "25.1", "60.2", "junction", "FI", "rail/1520"],
]
LINKS = [
    ["link_id", "from_node_id", "to_node_id", "length", "geometry", "system", "gauge_mm"],
    ["x", "a", "b", "20", "LINESTRING (24.9 60.1, 25.1 60.2)", "1520", "1520"],
    ["y", "b", "a", "21", "", "road", ""],
]
CONFIG = [["dataset_name", "long_length"], ["mine", "km"]]


@cache
def words() -> tuple[str, ...]:
    """Return keys and values of configuration files, columns and names, in a fixed order."""
    found: dict[str, None] = {}

    def visit(shape: Any) -> None:
        if isinstance(shape, dict):
            found.update(dict.fromkeys(shape.get("properties", {})))
            found.update({str(value): None for value in shape.get("enum", ())[:30]})
            for inner in shape.values():
                visit(inner)
        elif isinstance(shape, list):
            for inner in shape:
                visit(inner)

    for kind in MODELS:
        visit(schema_of(kind))
    for table in (TERMINALS, LEGS, RATES, NODES, LINKS):
        found.update(dict.fromkeys(table[0]))
    names = Names()
    for kind in ("terminal", "gate", "service", "corridor", "project", "parameter", "country"):
        found.update(dict.fromkeys(list(names.of(kind))[:25]))
    return tuple(name for name in found if name)


def geopackage() -> bytes:
    """Return a small GeoPackage of two terminals, a leg and a rate."""
    head = b"GP\x00\x01" + struct.pack("<i", 4326)

    def point(lon: float, lat: float) -> bytes:
        return head + b"\x01" + struct.pack("<I2d", 1, lon, lat)

    line = struct.pack("<BII4d", 1, 2, 2, 76.9, 43.3, 82.5, 45.2)
    many = head + struct.pack("<BII", 1, 5, 1) + line
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(
            """
            PRAGMA page_size = 512;
            CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
            CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT,
              organization_coordsys_id INTEGER);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
            INSERT INTO gpkg_contents VALUES ('terminals', ''), ('legs', ''), ('rates', '');
            INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326);
            INSERT INTO gpkg_geometry_columns VALUES ('terminals', 'geom', 4326),
              ('legs', 'geom', 4326);
            CREATE TABLE terminals (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT, name TEXT,
              country TEXT, services TEXT);
            CREATE TABLE legs (fid INTEGER PRIMARY KEY, geom BLOB, "from" TEXT, "to" TEXT,
              system TEXT, km REAL);
            CREATE TABLE rates (fid INTEGER PRIMARY KEY, parameter TEXT, value REAL, unit TEXT,
              source_id TEXT, status TEXT);
            INSERT INTO rates VALUES (1, 'fuel.vlsfo_usd_per_t', 600, 'USD/t', 'mine', 'found');
            """
        )
        places = [(1, point(77.5, 43.9), "kz-mine", "Mine", "KZ", "rail/1520")]
        places.append((2, point(78.5, 44.9), "kz-two", "Two", "KZ", ""))
        database.executemany("INSERT INTO terminals VALUES (?, ?, ?, ?, ?, ?)", places)
        database.execute(
            "INSERT INTO legs VALUES (1, ?, 'kz-almaty', 'kz-dostyk', '1520', 900)", (many,)
        )
        database.execute("INSERT INTO legs VALUES (2, NULL, 'kz-mine', 'kz-two', '1520', 190)")
        database.execute("PRAGMA application_id = 1196444487")
        database.commit()
        return database.serialize()


def graphml_lines() -> list[str]:
    """Return the lines of a GraphML file of three nodes."""
    keys = (
        "x",
        "y",
        "ref",
        "name",
        "country",
        "length",
        "geometry",
        "gauge_mm",
        "system",
        "highway",
    )
    lines = ['<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    lines += [f'<key id="d-{key}" for="all" attr.name="{key}" attr.type="string"/>' for key in keys]
    lines.append('<graph edgedefault="directed">')
    for number, (lon, lat) in enumerate(((24.9, 60.1), (25.1, 60.2), (25.3, 60.3)), start=1):
        lines += [f'<node id="{number}">', f'<data key="d-x">{lon}</data>']
        lines += [f'<data key="d-y">{lat}</data>', f'<data key="d-ref">n{number}</data>', "</node>"]
    for a, b in ((1, 2), (2, 1), (2, 3)):
        lines += [f'<edge source="{a}" target="{b}">', '<data key="d-length">20000.0</data>']
        lines += ['<data key="d-geometry">LINESTRING (24.9 60.1, 25.1 60.2)</data>']
        lines += ['<data key="d-gauge_mm">1524</data>', "</edge>"]
    return [*lines, "</graph>", "</graphml>"]


def osm_lines() -> list[str]:
    """Return the lines of an OSM extract of a few tracks and roads."""
    lines = ['<osm version="0.6">']
    lines += [
        f'<node id="{n}" lon="{24.9 + n / 100}" lat="{60.1 + n % 3 / 100}"/>' for n in range(1, 9)
    ]
    ways = (
        (1, (1, 2, 3), "rail", "1524"),
        (2, (3, 4, 5, 99), "rail", "1524;1435"),
        (3, (5, 6), "", ""),
    )
    for way, refs, railway, gauge in ways:
        lines.append(f'<way id="{way}">')
        lines += [f'<nd ref="{ref}"/>' for ref in refs]
        lines += [f'<tag k="railway" v="{railway}"/>', f'<tag k="gauge" v="{gauge}"/>']
        lines += ['<tag k="highway" v="primary"/>', "</way>"]
    return [*lines, '<relation id="1">', '<member type="way" ref="1"/>', "</relation>", "</osm>"]


def pbf() -> bytes:
    """Return an OSM extract as PBF."""
    import osmium

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.osm", Path(folder) / "a.osm.pbf"
        source.write_text("\n".join(osm_lines()), encoding="utf-8")
        with osmium.SimpleWriter(str(target)) as writer:
            for thing in osmium.FileProcessor(str(source)):
                writer.add(thing)
        return target.read_bytes()


LABELLED = (
    {("GBPLY", -4.1, 50.4): 0, ("NLRTM", 4.0, 51.9): 1},
    (frozenset({"gate-suez"}), frozenset[str]()),
)
LABEL_ARRAYS: list[list[float]] = [[0, 2, 3], [3, 7, 7], [0.5, 1.5, 2.5]]


def sea_labels() -> bytes:
    """Return a file of hub labels of two places, with the same labels for two sets of gates."""
    places, closed = LABELLED
    ids, lon, lat = zip(*places, strict=True)
    start, hubs, far = LABEL_ARRAYS
    arrays: dict[str, Any] = {
        "made_from": np.array(""),
        "lanes_sha256": np.array("0" * 64),
        "place_id": np.array(ids),
        "place_lon": np.array(lon),
        "place_lat": np.array(lat),
        "node": np.array([3, 7], np.int32),
        "closed": np.array([";".join(gates) for gates in closed]),
    }
    for number in range(len(closed)):
        arrays[f"count_{number}"] = np.diff(start).astype(np.uint8)
        arrays[f"hub_{number}"] = np.array(hubs, np.uint16)
        split = np.array(far).view(np.uint8).reshape(len(far), 8).T
        arrays[f"far_{number}"] = np.ascontiguousarray(split)
    made = io.BytesIO()
    np.savez_compressed(made, **arrays)
    return made.getvalue()


def journal_lines(count: int = 4) -> list[dict[str, Any]]:
    """Return the records of a journal."""
    header = {
        "format": 1,
        "name": "n",
        "title": "t",
        "count": count,
        "chunk_size": 1,
        "keys": [{"key": "world", "values": ["a", "b"]}],
        "inputs": {"corridors": "0"},
    }
    from dataclasses import asdict

    entries = [
        Entry(chunk=n, ran=1, failed=0, sha256={"scenarios": "0" * 64}) for n in range(count)
    ]
    return [header, *(asdict(entry) for entry in entries)]


@cache
def comparison() -> str:
    """Return the text of a `comparison.json`."""
    from corridors.output.comparison import comparison_json
    from tests.output.fixtures import example_comparison

    return comparison_json(example_comparison())


def some(draw: random.Random, pool: list[Any]) -> Any:
    """Return a member of a list."""
    return draw.choice(pool)
