"""Reading the rows of own tables from CSV files and GeoPackages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from corridors.data.own.geopackage_reader import tables_of_geopackage
from corridors.data.own.own_files import (
    MAX_ROWS,
    REQUIRED,
    OwnFile,
    OwnRow,
    files_at,
    read_bytes,
    refuse,
    row_of,
    table_of,
)


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
