"""Untrusted own-data files: their limits, their columns, and the position of each row."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
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
