"""Untrusted own-data files, within limits, and the reading of their rows."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sqlite3
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NoReturn

from corridors.data.geodata import LandLeg, load_land_legs, load_terminals
from corridors.data.known import as_known
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.domain.places import Terminal
from corridors.domain.scenario import OwnSource
from corridors.domain.values import SourcedValue
from corridors.errors import UNPRINTABLE, ConfigError
from corridors.files import is_folder, read_whole, told_as

# Untrusted own-data files: their limits, their columns, and the position of each row.

MAX_BYTES = 50_000_000
MAX_ROWS = 50_000
MAX_CELL_CHARACTERS = 400

# Required and optional columns by table: a CSV file of a folder or a layer of a GeoPackage.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "terminals": ("id", "name", "country", "lon", "lat"),
    "legs": ("from", "to", "system", "km"),
    "rates": ("parameter", "value", "unit", "source_id", "status"),
}
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "terminals": (
        *("city", "main", "aliases", "kind", "unlocode", "services", "gauges_mm"),
        *("source", "status", "note"),
    ),
    "legs": ("hours", "gauge_mm", "countries", "line", "project", "source", "status", "note"),
    "rates": ("scope", "low", "high", "currency_year", "note"),
}
LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """A row of an own table.

    `where` is `file:line`, or file, layer and feature; `brief` is the same without parent folders,
    for outputs.
    """

    where: str
    brief: str
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell without surrounding blanks, empty if there is no such column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A file of own data, with its name in faults (`shown`) and in outputs (`brief`)."""

    path: Path
    shown: str
    brief: str

    def at(self, place: str) -> tuple[str, str]:
        """Return the name of a position in the file, for faults and for outputs."""
        return f"{self.shown}{place}", f"{self.brief}{place}"


def files_at(path: Path, *, shown: str) -> tuple[OwnFile, ...]:
    """Return the own-data files of a folder, or the file at a path.

    Raises
    ------
    ConfigError
        The folder holds no such file, or the path has another suffix.
    """
    if is_folder(path, shown=shown):
        wanted = [path / f"{table}.csv" for table in REQUIRED]
        with told_as(shown):
            others = (file for file in path.iterdir() if file.suffix == ".gpkg")
            packages = sorted(file for file in others if not UNPRINTABLE.search(file.name))
            files = [file for file in (*wanted, *packages) if file.is_file()]
        if not files:
            names = ", ".join(file.name for file in wanted)
            refuse(
                shown, f"a folder without {names} or a .gpkg; give the folder that contains them"
            )
        return tuple(
            OwnFile(path=file, shown=f"{shown}/{file.name}", brief=f"{path.name}/{file.name}")
            for file in files
        )
    if path.suffix.lower() not in (".csv", ".gpkg"):
        refuse(shown, "own data must be a folder, a .csv or a .gpkg")
    return (OwnFile(path=path, shown=shown, brief=path.name),)


def read_bytes(path: Path, *, shown: str) -> bytes:
    """Return the contents of a regular file of at most 50 MB.

    Raises
    ------
    ConfigError
        The path cannot be read, is not a file, or is too large.
    """
    return read_whole(path, shown=shown, most=MAX_BYTES)


def sha256_of(path: Path, *, shown: str) -> str:
    """Return one SHA-256 over the names and bytes of the own-data files of a path."""
    digest = hashlib.sha256()
    for file in files_at(path, shown=shown):
        content = read_bytes(file.path, shown=file.shown)
        digest.update(f"{file.path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def table_of(header: Sequence[str], *, where: str) -> str:
    """Return the table to which a header belongs.

    Raises
    ------
    ConfigError
        A column is missing, unknown or repeated.
    """
    table = "rates" if "parameter" in header else "legs" if "from" in header else "terminals"
    missing = [name for name in REQUIRED[table] if name not in header]
    known = (*REQUIRED[table], *OPTIONAL[table])
    odd = [name for name in header if name not in known]
    if missing:
        refuse(where, f"missing column {', '.join(missing)}, required in a table of {table}")
    if odd:
        refuse(where, f"unknown column '{odd[0][:80]}', {table} may have {', '.join(known)}")
    if len(set(header)) < len(header):
        refuse(where, "a column appears twice")
    return table


def row_of(file: OwnFile, place: str, cells: Mapping[str, str]) -> OwnRow:
    """Return a row of a file, from CSV and GeoPackage alike.

    Raises
    ------
    ConfigError
        A cell is too long, or has a character that cannot be printed.
    """
    where, brief = file.at(place)
    for column, text in cells.items():
        if column != LINE and len(text) > MAX_CELL_CHARACTERS:
            refuse(where, f"{column}: longer than {MAX_CELL_CHARACTERS} characters")
        if UNPRINTABLE.search(text):
            refuse(where, f"{column}: contains a character that cannot be printed")
    return OwnRow(where=where, brief=brief, cells=dict(cells))


def refuse(where: str, what: str) -> NoReturn:
    """Raise a ConfigError that says `where: what`."""
    msg = f"{where}: {what}"
    raise ConfigError(msg)


# A user's own data over the shipped network; `combine` reads and joins them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The terminals and land legs of a network, and the rates that replace or add to the tables.

    `digest` identifies it, and is empty for the shipped network; `notes` list replacements.
    """

    digest: str
    terminals: Mapping[str, Terminal] = field(compare=False)
    legs: tuple[LandLeg, ...] = field(compare=False)
    rates: tuple[SourcedValue, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def parameters(self, known_on: date | None = None) -> ParameterTable:
        """Return the table of parameters as known on a day, with own rates."""
        shipped = as_known(load_parameters(), known_on)
        return shipped.with_rows(self.rates) if self.rates else shipped


def shipped_overlay() -> Overlay:
    """Return the shipped network without own data."""
    return Overlay(digest="", terminals=load_terminals(), legs=load_land_legs())


def source_at(path: Path, *, shown: str) -> OwnSource:
    """Return the own data at a path, with their hash.

    Raises
    ------
    ConfigError
        There are no own data at the path, or they are too large.
    """
    # `Path.resolve` refuses a link to itself in other words than what reads it.
    name = Path(os.path.realpath(path)).name
    return OwnSource(name=name, sha256=sha256_of(path, shown=shown), path=str(path))


# Reading untrusted GeoPackages with the SQLite of Python, from bytes in memory.

MAGIC = b"SQLite format 3\x00"
APPLICATION_IDS = (b"GPKG", b"GP10", b"GP11")
HEADER_BYTES = 100
# Steps of SQLite's virtual machine: 50,000 rows with every column take some 3 million. Only a file
# that is damaged on purpose takes more.
MAX_STEPS = 50_000_000
STEPS_AT_ONCE = 100_000
MAX_VALUE_BYTES = 2_000_000
MAX_NAME_BYTES = 10_000
WGS84 = (("EPSG", 4326), ("OGC", 84), ("OGC", "CRS84"))
# Reading a layer takes these; functions, ATTACH, settings and writing are denied.
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
# Bytes of the envelope before a geometry, by its code in the flags.
ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
POINT, LINESTRING, MULTILINESTRING = 1, 2, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A table with its columns; `shape` is that of the geometry, `key` that of the id."""

    name: str
    columns: tuple[str, ...]
    shape: str | None
    key: str | None


def tables_of_geopackage(file: OwnFile) -> Iterator[tuple[str, list[OwnRow]]]:
    """Yield the tables of a GeoPackage: its layers `terminals`, `legs` and `rates`.

    Raises
    ------
    ConfigError
        The file is no GeoPackage, a layer has a fault that a CSV would have too, or it takes more
        than `MAX_STEPS` to read.
    """
    content = read_bytes(file.path, shown=file.shown)
    shown = file.shown
    if not content.startswith(MAGIC):
        refuse(shown, "not a GeoPackage: it does not begin as an SQLite database does")
    if content[68:72] not in APPLICATION_IDS or len(content) < HEADER_BYTES:
        refuse(shown, "an SQLite database, but not a GeoPackage; export it as a GeoPackage")
    log = file.path.with_name(f"{file.path.name}-wal")
    if log.is_file() and log.stat().st_size:
        refuse(shown, f"has changes in {log.name}; close the program that edits it, then try again")
    steps = _Steps()
    try:
        with closing(_opened(content, steps)) as database:
            for table in _wanted(database, shown):
                yield table, _rows(database, file, table)
    except UnicodeDecodeError:
        refuse(shown, "text that is not UTF-8; save it as UTF-8")
    except (sqlite3.Error, OverflowError) as error:
        # SQLite says "interrupted" when it has taken the steps that it may take, or after Ctrl-C,
        # which nothing else tells of while it runs.
        if str(error) == "interrupted":
            if steps.left >= 0:
                raise KeyboardInterrupt from None
            refuse(shown, f"takes more than {MAX_STEPS:,} steps to read, so it is damaged")
        refuse(shown, f"invalid GeoPackage: {' '.join(str(error).split())[:200]}")


class _Steps:
    """Counts down the steps that SQLite may take."""

    def __init__(self) -> None:
        self.left = MAX_STEPS // STEPS_AT_ONCE

    def taken(self) -> bool:
        """Return whether there are none left, after some more."""
        self.left -= 1
        return self.left < 0


def _opened(content: bytes, steps: _Steps) -> sqlite3.Connection:
    """Return a database in memory that may only be read, within limits."""
    database = sqlite3.connect(":memory:")
    database.text_factory = _utf8
    # Versions 1 at 18 and 19 mean that there is no write-ahead log, which memory cannot have.
    database.deserialize(content[:18] + b"\x01\x01" + content[20:])
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY"):
        database.execute(f"PRAGMA {setting}")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_NAME_BYTES)
    database.set_authorizer(_only_select)
    database.set_progress_handler(steps.taken, STEPS_AT_ONCE)
    return database


def _only_select(
    action: int, name: str | None, _column: str | None, _database: str | None, view: str | None
) -> int:
    if view is not None:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and name == "table_xinfo":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _utf8(text: bytes) -> str:
    return text.decode("utf-8")


def _wanted(database: sqlite3.Connection, shown: str) -> list[str]:
    """Return the layers to read, in the order of the tables."""
    query = "SELECT table_name FROM gpkg_contents LIMIT 1000"
    layers = [str(name) for (name,) in database.execute(query)]
    wanted = [table for table in REQUIRED if table in layers]
    if not wanted:
        has = f"it has {', '.join(layers)[:200]}" if layers else "it has none"
        refuse(shown, f"no layer {', '.join(REQUIRED)}; {has}")
    for table in wanted:
        query = "SELECT type, sql FROM sqlite_master WHERE name = ?"
        row = database.execute(query, (table,)).fetchone()
        plain = row is not None and row[0] == "table"
        if not plain or not str(row[1]).upper().startswith("CREATE TABLE"):
            refuse(
                shown, f"layer {table} is a view, or has no table; save it as a layer of its own"
            )
    return wanted


def _layer(database: sqlite3.Connection, name: str, where: str) -> _Layer:
    # A name of ours, so it is quoted safely.
    about = database.execute(f"PRAGMA table_xinfo({name})").fetchall()
    if any(row[6] for row in about):
        # Their expressions run functions that no authorizer sees.
        refuse(where, "has a computed column; save the layer with its values")
    keys = [str(row[1]) for row in about if row[5] and str(row[2]).upper() == "INTEGER"]
    names = [str(row[1]) for row in about]
    query = (
        "SELECT g.column_name, s.organization, s.organization_coordsys_id"
        " FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s USING (srs_id)"
        " WHERE g.table_name = ? LIMIT 1"
    )
    shape = None
    if database.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_geometry_columns'"
    ).fetchone():
        found = database.execute(query, (name,)).fetchone()
        if found is not None:
            shape, *system = found
            if (str(system[0]).upper(), system[1]) not in WGS84:
                given = f"{system[0]}:{system[1]}"[:60]
                refuse(where, f"coordinates are in {given}; save the layer in EPSG:4326")
            if shape not in names:
                refuse(where, "its geometry column is missing")
    key = keys[0] if len(keys) == 1 else "fid" if "fid" in names else None
    columns = tuple(column for column in names if column not in (key, shape))
    return _Layer(name=name, columns=columns, shape=shape, key=key)


def _rows(database: sqlite3.Connection, file: OwnFile, table: str) -> list[OwnRow]:
    where = f"{file.shown}: layer {table}"
    layer = _layer(database, table, where)
    drawn = layer.shape is not None and table != "rates"
    extra = () if not drawn else ("lon", "lat") if table == "terminals" else (LINE,)
    table_of([*layer.columns, *(name for name in extra if name not in layer.columns)], where=where)
    wanted = [layer.key, layer.shape if drawn else None, *layer.columns]
    selected = ", ".join("NULL" if name is None else _quoted(name) for name in wanted)
    query = f"SELECT {selected} FROM {table} LIMIT {MAX_ROWS + 1}"
    rows: list[OwnRow] = []
    read = 0
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    for number, (key, shape, *values) in enumerate(database.execute(query), start=1):
        place = f": layer {table}, feature {key if isinstance(key, int) else number}"
        if len(rows) == MAX_ROWS:
            refuse(file.shown, f"more than {MAX_ROWS:,} {table}")
        read += sum(len(value) for value in (shape, *values) if isinstance(value, (bytes, str)))
        if read > MAX_BYTES:
            refuse(where, f"more than {MAX_BYTES:,} bytes of values")
        cells = {
            name: _text(value, f"{file.shown}{place}: {name}")
            for name, value in zip(layer.columns, values, strict=True)
        }
        if drawn:
            cells |= _drawn(shape, table, where=f"{file.shown}{place}")
        rows.append(row_of(file, place, cells))
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_NAME_BYTES)
    return rows


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object, where: str) -> str:
    """Return a value as the cell of a CSV would hold it."""
    if isinstance(value, bytes):
        refuse(where, "holds bytes, not text or a number")
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def _drawn(shape: object, table: str, *, where: str) -> dict[str, str]:
    """Return `lon` and `lat` of a point, or `line` of a line, as cells."""
    if table == "terminals":
        points = _points(shape, POINT, where, "every terminal needs a point")
        if len(points) != 1:
            refuse(where, "every terminal needs a point")
        return {"lon": repr(points[0][0]), "lat": repr(points[0][1])}
    if shape is None:
        return {LINE: ""}
    points = _points(shape, LINESTRING, where, "every leg needs a single-part line")
    inside = ", ".join(f"{lon:.6f} {lat:.6f}" for lon, lat in points)
    return {LINE: f"LINESTRING ({inside})" if points else ""}


def _points(shape: object, kind: int, where: str, needs: str) -> Sequence[tuple[float, float]]:
    """Return the (lon, lat) of a geometry of a GeoPackage: a point, a line, or a line in a list."""
    if not isinstance(shape, bytes) or len(shape) < 8 or shape[:2] != b"GP":
        refuse(where, needs)
    at = 8 + ENVELOPE_BYTES.get((shape[3] >> 1) & 7, len(shape))
    try:
        order, points, at = _head(shape, at)
        if kind == LINESTRING and points % 1000 == MULTILINESTRING:
            (parts,) = struct.unpack_from(f"{order}I", shape, at)
            if parts == 0:
                return ()
            if parts != 1:
                refuse(where, needs)
            order, points, at = _head(shape, at + 4)
        if points % 1000 != kind or points // 1000 > 3:
            refuse(where, needs)
        width = (2, 3, 3, 4)[points // 1000]
        count = 1
        if kind == LINESTRING:
            (count,) = struct.unpack_from(f"{order}I", shape, at)
            at += 4
        if count * width * 8 > len(shape) - at:
            refuse(where, "its geometry is cut off")
        numbers = struct.unpack_from(f"{order}{count * width}d", shape, at)
    except struct.error:
        refuse(where, "its geometry is cut off")
    return tuple(zip(numbers[::width], numbers[1::width], strict=True))


def _head(shape: bytes, at: int) -> tuple[str, int, int]:
    """Return the byte order and the kind of a geometry, and where its contents begin."""
    order = "<" if shape[at : at + 1] == b"\x01" else ">"
    (kind,) = struct.unpack_from(f"{order}I", shape, at + 1)
    return order, kind, at + 5


def read_rows_of(path: Path, *, shown: str) -> dict[str, tuple[OwnRow, ...]]:
    """Return the rows of every table of a path, by table.

    Raises
    ------
    ConfigError
        A file cannot be read, a column is missing or unknown, or a cell cannot be printed.
    """
    tables: dict[str, list[OwnRow]] = {table: [] for table in REQUIRED}
    for file in files_at(path, shown=shown):
        is_geopackage = file.path.suffix.lower() == ".gpkg"
        for table, rows in tables_of_geopackage(file) if is_geopackage else _of_csv(file):
            tables[table].extend(rows)
            if len(tables[table]) > MAX_ROWS:
                refuse(file.shown, f"more than {MAX_ROWS:,} {table}")
    return {table: tuple(rows) for table, rows in tables.items()}


def _of_csv(file: OwnFile) -> Iterator[tuple[str, list[OwnRow]]]:
    shown = file.shown
    try:
        text = read_bytes(file.path, shown=shown).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(shown, f"not UTF-8 text at byte {error.start}; save it as CSV UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        table = table_of(header, where=f"{shown}:1")
        rows = []
        line = reader.line_num + 1
        for cells in reader:
            place = f":{line}"
            line = reader.line_num + 1
            if not any(cells):
                continue
            if len(cells) != len(header):
                refuse(file.at(place)[0], f"{len(cells)} cells, the header has {len(header)}")
            rows.append(row_of(file, place, dict(zip(header, cells, strict=True))))
            if len(rows) > MAX_ROWS:
                refuse(file.at(place)[0], f"more than {MAX_ROWS:,} rows")
    except csv.Error as error:
        refuse(f"{shown}:{reader.line_num or 1}", f"invalid CSV: {error}")
    yield table, rows
