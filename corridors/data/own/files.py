"""Reading untrusted own-data files: limited size, with the position of each row."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from corridors.errors import ConfigError

MAX_BYTES = 50_000_000
MAX_ROWS = 50_000
MAX_CELL_CHARACTERS = 400
# Control characters move a terminal's cursor; lone surrogates cannot be printed.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

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
    "legs": ("hours", "gauge_mm", "countries", "line", "source", "status", "note"),
    "rates": ("scope", "low", "high", "currency_year", "note"),
}
LINE = "line"
WGS84 = ("EPSG:4326", "OGC:CRS84", None)


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
    if path.is_dir():
        wanted = [path / f"{table}.csv" for table in REQUIRED]
        found = [file for file in (*wanted, *sorted(path.glob("*.gpkg"))) if file.is_file()]
        if not found:
            names = ", ".join(file.name for file in wanted)
            refuse(
                shown, f"a folder without {names} or a .gpkg; give the folder that contains them"
            )
        return tuple(
            OwnFile(path=file, shown=f"{shown}/{file.name}", brief=f"{path.name}/{file.name}")
            for file in found
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
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            refuse(shown, "not a file")
        if status.st_size > MAX_BYTES:
            refuse(shown, f"{status.st_size:,} bytes; the limit is {MAX_BYTES:,}")
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        refuse(shown, f"cannot be read: {error.strerror}")


def sha256_of(path: Path, *, shown: str) -> str:
    """Return one SHA-256 over the names and bytes of the own-data files of a path."""
    digest = hashlib.sha256()
    for file in files_at(path, shown=shown):
        content = read_bytes(file.path, shown=file.shown)
        digest.update(f"{file.path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


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
        for table, rows in _of_geopackage(file) if is_geopackage else _of_csv(file):
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
            rows.append(_row(file, place, dict(zip(header, cells, strict=True))))
            if len(rows) > MAX_ROWS:
                refuse(file.at(place)[0], f"more than {MAX_ROWS:,} rows")
    except csv.Error as error:
        refuse(f"{shown}:{reader.line_num}", f"invalid CSV: {error}")
    yield table, rows


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


def _row(file: OwnFile, place: str, cells: Mapping[str, str]) -> OwnRow:
    where, brief = file.at(place)
    for column, text in cells.items():
        if column != LINE and len(text) > MAX_CELL_CHARACTERS:
            refuse(where, f"{column}: longer than {MAX_CELL_CHARACTERS} characters")
        if UNPRINTABLE.search(text):
            refuse(where, f"{column}: contains a character that cannot be printed")
    return OwnRow(where=where, brief=brief, cells=dict(cells))


def _of_geopackage(file: OwnFile) -> Iterator[tuple[str, list[OwnRow]]]:
    """Yield the tables of a GeoPackage: its layers `terminals`, `legs` and `rates`."""
    import pyogrio
    import pyogrio.errors
    import pyogrio.raw

    path, shown = file.path, file.shown
    read_bytes(path, shown=shown)  # for its size limit
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        wanted = [table for table in REQUIRED if table in layers]
        if not wanted:
            refuse(shown, f"no layer {', '.join(REQUIRED)}; it has {', '.join(layers)[:200]}")
        for table in wanted:
            meta, fids, shapes, values = pyogrio.raw.read(
                path, layer=table, return_fids=True, max_features=MAX_ROWS + 1, force_2d=True
            )
            where = f"{shown}: layer {table}"
            if shapes is not None and meta.get("crs") not in WGS84:
                refuse(where, f"coordinates are in {meta['crs']}; save the layer in EPSG:4326")
            header = [str(name) for name in meta["fields"]]
            columns = [[_text(value) for value in column] for column in values]
            extra = _geometry_columns(table, shapes, where=where)
            full = [*header, *(name for name in extra if name not in header)]
            table_of([name for name in full if name != "fid"], where=where)
            rows = []
            for number, fid in enumerate(fids.tolist()):
                cells = {name: column[number] for name, column in zip(header, columns, strict=True)}
                cells |= {name: column[number] for name, column in extra.items()}
                rows.append(_row(file, f": layer {table}, feature {fid}", cells))
            yield table, rows
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        refuse(shown, f"invalid GeoPackage: {' '.join(str(error).split())[:200]}")


def _geometry_columns(table: str, shapes: object, *, where: str) -> dict[str, list[str]]:
    """Return `lon` and `lat` of points, or `line` of lines, as cells; empty without geometry."""
    import shapely

    if shapes is None or table == "rates":
        return {}
    found = shapely.from_wkb(shapes)
    if table == "terminals":
        if any(shape is None or shape.geom_type != "Point" or shape.is_empty for shape in found):
            refuse(where, "every terminal needs a point")
        return {
            "lon": [repr(float(shape.x)) for shape in found],
            "lat": [repr(float(shape.y)) for shape in found],
        }
    return {LINE: [_line(shape, where) for shape in found]}


def _line(shape: object, where: str) -> str:
    import shapely

    if shape is None or shapely.is_empty(shape):
        return ""
    if shapely.get_num_geometries(shape) == 1:
        shape = shapely.get_geometry(shape, 0)
    if shapely.get_type_id(shape) != shapely.GeometryType.LINESTRING:
        refuse(where, "every leg needs a single-part line")
    return str(shapely.to_wkt(shape, rounding_precision=6))


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - nan
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def refuse(where: str, what: str) -> NoReturn:
    """Raise a ConfigError that says `where: what`."""
    msg = f"{where}: {what}"
    raise ConfigError(msg)
