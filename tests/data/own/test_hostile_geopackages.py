"""A GeoPackage reads nothing but its own tables, and is refused as a CSV would be."""

from __future__ import annotations

import http.server
import sqlite3
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corridors.data.own import Overlay, own_rows, source_at
from corridors.data.own.combine import overlay_of
from corridors.data.own.own_rows import LINESTRING, _points
from corridors.errors import ConfigError

WKB_POINT = b"GP\x00\x01" + struct.pack("<i", 4326) + b"\x01" + struct.pack("<I2d", 1, 77.5, 43.9)
TABLES = """
CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT,
  organization_coordsys_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
INSERT INTO gpkg_contents VALUES ('terminals', 'features');
INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326), (3857, 'EPSG', 3857);
INSERT INTO gpkg_geometry_columns VALUES ('terminals', 'geom', 4326);
"""
PLACES = """
CREATE TABLE terminals (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT, name TEXT, country TEXT);
"""
ENDLESS = """
CREATE VIEW terminals AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
SELECT id AS fid, NULL AS geom, 'a' || id AS id, 'A' AS name, 'KZ' AS country FROM n WHERE id < 0;
"""


def geopackage(path: Path, *scripts: str, fill: Callable[[sqlite3.Connection], object]) -> Path:
    """Write a database that says to be a GeoPackage."""
    with closing(sqlite3.connect(path)) as database:
        for script in (TABLES, *scripts):
            database.executescript(script)
        fill(database)
        database.execute(f"PRAGMA application_id = {0x47504B47}")
        database.commit()
    return path


def row(*values: object) -> Callable[[sqlite3.Connection], object]:
    """Return what adds a terminal to a database."""
    text = f"INSERT INTO terminals VALUES ({', '.join('?' * len(values))})"
    return lambda database: database.execute(text, values)


def laid(path: Path) -> Overlay:
    """Return the network with the own data of a path."""
    return overlay_of([source_at(path, shown=path.name)])


def fault_of(path: Path) -> str:
    """Return the only fault of own data, without the folder."""
    with pytest.raises(ConfigError) as caught:
        laid(path)
    (fault,) = caught.value.faults
    return fault.replace(f"{path.parent}/", "")


GOOD = (1, WKB_POINT, "kz-mine", "Mine", "KZ")


def test_a_plain_geopackage_is_read(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "own.gpkg", PLACES, fill=row(*GOOD))
    found = laid(path).terminals["kz-mine"]
    assert (found.lon, found.lat) == (77.5, 43.9)
    assert found.source == "own data, own.gpkg: layer terminals, feature 1"


def test_a_log_of_changes_is_no_obstacle_to_the_file_but_its_contents_are(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "own.gpkg", PLACES, fill=row(*GOOD))
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    assert "kz-mine" in laid(path).terminals
    path.rename(tmp_path / "new.gpkg")
    (tmp_path / "new.gpkg-wal").write_bytes(b"x")
    assert fault_of(tmp_path / "new.gpkg") == (
        "new.gpkg: has changes in new.gpkg-wal; close the program that edits it, then try again"
    )


def test_another_format_under_its_name_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id,name,country,lon,lat\nsecret,SECRET,CN,1,2\n")
    (tmp_path / "own.gpkg").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="terminals"><SrcDataSource relativeToVRT="1">'
        "secret.csv</SrcDataSource><SrcLayer>secret</SrcLayer><GeometryType>wkbNone</GeometryType>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert fault_of(tmp_path / "own.gpkg") == (
        "own.gpkg: not a GeoPackage: it does not begin as an SQLite database does"
    )


def test_another_format_under_its_name_asks_no_server(tmp_path: Path) -> None:
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        at = f"/vsicurl/http://127.0.0.1:{server.server_port}/own.csv"
        (tmp_path / "own.gpkg").write_text(
            f'<OGRVRTDataSource><OGRVRTLayer name="terminals"><SrcDataSource>{at}</SrcDataSource>'
            "</OGRVRTLayer></OGRVRTDataSource>"
        )
        assert "not a GeoPackage" in fault_of(tmp_path / "own.gpkg")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []


@pytest.mark.parametrize(
    ("script", "fill", "expected"),
    [
        (
            ENDLESS,
            lambda database: None,
            "own.gpkg: layer terminals is a view, or has no table; save it as a layer of its own",
        ),
        (
            "CREATE VIRTUAL TABLE terminals USING fts5(id, name, country);",
            lambda database: None,
            "own.gpkg: layer terminals is a view, or has no table; save it as a layer of its own",
        ),
        (
            "",
            lambda database: None,
            "own.gpkg: layer terminals is a view, or has no table; save it as a layer of its own",
        ),
        (
            PLACES.replace("country TEXT", "country TEXT, note TEXT AS (hex(zeroblob(9)))"),
            row(*GOOD),
            "own.gpkg: layer terminals: has a computed column; save the layer with its values",
        ),
        (
            PLACES,
            lambda database: database.execute(
                "INSERT INTO terminals VALUES (7, ?, 'kz-mine', CAST(x'4dff' AS TEXT), 'KZ')",
                (WKB_POINT,),
            ),
            "own.gpkg: text that is not UTF-8; save it as UTF-8",
        ),
        (
            PLACES,
            row(7, WKB_POINT, "kz-mine", "\x1b]0;x\x07", "KZ"),
            "own.gpkg: layer terminals, feature 7: name: contains a character that cannot be"
            " printed",
        ),
        (
            PLACES,
            row(7, WKB_POINT, "kz-mine", "x" * 401, "KZ"),
            "own.gpkg: layer terminals, feature 7: name: longer than 400 characters",
        ),
        (
            PLACES,
            row(7, WKB_POINT, "kz-mine", b"x", "KZ"),
            "own.gpkg: layer terminals, feature 7: name: holds bytes, not text or a number",
        ),
        (
            PLACES,
            row(7, WKB_POINT[:-1], "kz-mine", "x", "KZ"),
            "own.gpkg: layer terminals, feature 7: its geometry is cut off",
        ),
        (
            PLACES,
            row(7, None, "kz-mine", "x", "KZ"),
            "own.gpkg: layer terminals, feature 7: every terminal needs a point",
        ),
        (
            PLACES,
            row(7, WKB_POINT.replace(struct.pack("<d", 43.9), struct.pack("<d", 1e300)), *GOOD[2:]),
            "own.gpkg: layer terminals, feature 7: lat: must be a number from -90 to 90, got"
            " '1e+300'",
        ),
        (
            PLACES.replace("country", "land"),
            lambda database: None,
            "own.gpkg: layer terminals: missing column country, required in a table of terminals",
        ),
        (
            f"{PLACES} UPDATE gpkg_geometry_columns SET srs_id = 3857;",
            row(*GOOD),
            "own.gpkg: layer terminals: coordinates are in EPSG:3857; save the layer in EPSG:4326",
        ),
    ],
    ids=(
        *("endless view", "virtual table", "no table", "function", "latin-1", "escape", "long"),
        *("bytes", "cut off", "no point", "1e300", "column", "system"),
    ),
)
def test_what_is_refused(
    tmp_path: Path, script: str, fill: Callable[[sqlite3.Connection], object], expected: str
) -> None:
    path = geopackage(tmp_path / "own.gpkg", script, fill=fill)
    began = time.process_time()
    assert fault_of(path) == expected
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        (300_000, "own.gpkg: invalid GeoPackage: string or blob too big"),
        (
            9_000,
            "own.gpkg: layer terminals, feature 1: note: longer than 400 characters",
        ),
    ],
)
def test_a_default_that_makes_rows_large_is_refused_early(
    tmp_path: Path, characters: int, expected: str
) -> None:
    def fill(database: sqlite3.Connection) -> None:
        rows = ((None, WKB_POINT, f"kz-{n}", "x", "KZ") for n in range(2_000))
        database.executemany("INSERT INTO terminals VALUES (?, ?, ?, ?, ?)", rows)
        text = "x" * characters
        database.execute(f"ALTER TABLE terminals ADD COLUMN note TEXT DEFAULT '{text}'")

    path = geopackage(tmp_path / "own.gpkg", PLACES, fill=fill)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    with pytest.raises(ConfigError) as caught:
        laid(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.faults[0].endswith(expected)
    assert peak < 100_000_000


@pytest.mark.parametrize("table", ["gpkg_contents", "gpkg_geometry_columns"])
def test_a_view_in_place_of_a_table_of_the_standard_is_refused(tmp_path: Path, table: str) -> None:
    view = f"ALTER TABLE {table} RENAME TO a; CREATE VIEW {table} AS SELECT * FROM a, a AS b;"
    path = geopackage(tmp_path / "own.gpkg", PLACES, view, fill=row(*GOOD))
    assert fault_of(path).startswith("own.gpkg: invalid GeoPackage: ")


def test_an_interrupt_while_sqlite_reads_is_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = geopackage(tmp_path / "own.gpkg", PLACES, fill=row(*GOOD))
    monkeypatch.setattr(own_rows, "STEPS_AT_ONCE", 1)

    def taken(_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(own_rows._Steps, "taken", taken)
    with pytest.raises(KeyboardInterrupt):
        laid(path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "own.gpkg")) as database:
        database.executescript(TABLES)
    assert fault_of(tmp_path / "own.gpkg") == (
        "own.gpkg: an SQLite database, but not a GeoPackage; export it as a GeoPackage"
    )


def test_more_rows_than_a_csv_may_have_are_refused(tmp_path: Path) -> None:
    def many(database: sqlite3.Connection) -> None:
        rows = ((None, WKB_POINT, f"kz-{n}", "x", "KZ") for n in range(50_001))
        database.executemany("INSERT INTO terminals VALUES (?, ?, ?, ?, ?)", rows)

    path = geopackage(tmp_path / "own.gpkg", PLACES, fill=many)
    assert fault_of(path) == "own.gpkg: more than 50,000 terminals"


def test_a_layer_that_takes_too_many_steps_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(database: sqlite3.Connection) -> None:
        rows = ((None, WKB_POINT, f"kz-{n}", "x", "KZ") for n in range(3_000))
        database.executemany("INSERT INTO terminals VALUES (?, ?, ?, ?, ?)", rows)

    monkeypatch.setattr(own_rows, "MAX_STEPS", 1_000)
    monkeypatch.setattr(own_rows, "STEPS_AT_ONCE", 1_000)
    path = geopackage(tmp_path / "own.gpkg", PLACES, fill=many)
    said = fault_of(path)
    assert said.endswith("takes more than 1,000 steps to read, so it is damaged")


def test_every_page_overwritten_is_one_sentence_or_the_same_network(tmp_path: Path) -> None:
    good = geopackage(tmp_path / "own.gpkg", PLACES, fill=row(*GOOD)).read_bytes()
    for start in range(100, len(good), 97):
        hurt = tmp_path / "hurt.gpkg"
        hurt.write_bytes(good[:start] + b"\xff" * 60 + good[start + 60 :])
        faults: tuple[str, ...] = ()
        try:
            laid(hurt)
        except ConfigError as error:
            faults = error.faults
        assert all(len(fault) < 500 for fault in faults)


def test_a_line_in_a_list_of_one_is_a_line() -> None:
    line = b"\x01" + struct.pack("<II4d", 2, 2, 77.5, 43.9, 78.0, 44.1)
    head = b"GP\x00\x01" + struct.pack("<i", 4326)
    listed = b"\x01" + struct.pack("<II", 5, 1) + line
    points = ((77.5, 43.9), (78.0, 44.1))
    for shape in (head + line, head + listed):
        assert _points(shape, LINESTRING, "here", "a line") == points
    with pytest.raises(ConfigError, match="a line"):
        _points(
            head + b"\x01" + struct.pack("<II", 5, 2) + line + line, LINESTRING, "here", "a line"
        )
    with pytest.raises(ConfigError, match="a line"):
        _points(head + b"\x01" + struct.pack("<II", 6, 1) + line, LINESTRING, "here", "a line")
