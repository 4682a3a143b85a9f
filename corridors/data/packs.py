"""Data packs: newer rows of shipped tables in a folder apart from the code.

A pack is a folder with `pack.json` and some tables named as the shipped ones, or prices as
`series/PARAMETER@SCOPE.csv` with the columns `date` and `value`. It is laid over the shipped folder
once: a folder of links to the shipped files, in which the tables of the pack have its rows too. All
readers get that folder as the root of the data, so no command knows of packs.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from corridors.errors import GeodataError

FORMAT: Final = 1
MANIFEST: Final = "pack.json"
SERIES: Final = "series"
ROW_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "access.csv": ("id",),
        "exchange_rates.csv": ("day",),
        "fuel.csv": ("parameter", "scope"),
        "lines.csv": ("loop",),
        "market.csv": ("parameter", "scope"),
        "market_weeks.csv": ("lane", "week"),
        "ports.csv": ("parameter", "scope"),
        "sources.csv": ("source_id",),
    }
)
"""The tables that a pack may hold, each with the columns that name a row."""
SOURCE: Final = "data-pack"
"""The source of prices that come as a series: the pack, by its title."""
_KEYS = frozenset({"format", "title", "day", "licence", "files"})
_DATE = re.compile(r"((?:19|20)\d\d)(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_VALUE = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_MOST_BYTES = 20_000_000
Row = dict[str, str]
Tables = dict[str, tuple[list[str], list[Row]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack whose files are as its manifest says.

    `day` is the day of the figures (ISO), `files` their bytes by name, `sha256` that of the
    manifest, which has the hash of each file.
    """

    folder: Path
    title: str
    day: str
    licence: str
    files: Mapping[str, bytes]
    sha256: str

    @property
    def name(self) -> str:
        """What a result calls the pack: title, day and the start of its hash."""
        return f"{self.title}, {self.day}, {self.sha256[:12]}"


def is_pack(folder: Path) -> bool:
    """Return whether a folder has the manifest of a pack."""
    try:
        return (folder / MANIFEST).is_file()
    except OSError:
        return False


def read_pack(folder: Path) -> Pack:
    """Return a pack, of which every file was compared with its hash.

    Raises
    ------
    GeodataError
        No manifest, one that lacks something or is of a newer version; a file that is missing, was
        changed, is not named, or is no table that a pack may hold.
    """
    manifest = folder / MANIFEST
    try:
        content = manifest.read_bytes()
        given = json.loads(content)
    except FileNotFoundError:
        msg = f"{folder}: no data pack: it has no {MANIFEST}; `corridors data build` makes one"
        raise GeodataError(msg) from None
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{manifest}: damaged ({str(error)[:80]}): get the pack again"
        raise GeodataError(msg) from error
    if not isinstance(given, dict) or not isinstance(given.get("format"), int):
        msg = f"{manifest}: no `format`, a whole number; `corridors data build` writes it"
        raise GeodataError(msg)
    if given["format"] > FORMAT:
        msg = (
            f"{manifest}: format {given['format']} is newer than this version reads, which is"
            f" {FORMAT}: install a newer version of corridors, or take an older pack"
        )
        raise GeodataError(msg)
    _check_manifest(manifest, given)
    files = _files_of(folder)
    hashes = {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}
    faults = [
        f"{folder}: {name}: not found; get the pack again"
        for name in given["files"]
        if name not in files
    ]
    for name, found in hashes.items():
        if name not in given["files"]:
            faults.append(f"{folder}: {name}: not named by {MANIFEST}; run `corridors data build`")
        elif given["files"][name] != found:
            faults.append(
                f"{folder}: {name}: damaged, its sha256 is not that of {MANIFEST}; get the pack"
                " again, or run `corridors data build` if you changed it"
            )
    if faults:
        raise GeodataError("\n".join(faults))
    return Pack(
        folder=folder,
        title=given["title"],
        day=given["day"],
        licence=given["licence"],
        files=MappingProxyType(files),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _check_manifest(manifest: Path, given: Mapping[str, object]) -> None:
    faults = [f"no `{name}`" for name in sorted(_KEYS - given.keys())]
    faults += [f"unknown key `{name}`" for name in sorted(given.keys() - _KEYS)]
    for name in ("title", "day", "licence"):
        text = given.get(name, "-")
        if not isinstance(text, str) or not text.strip() or not text.isprintable():
            faults.append(f"`{name}` must be one line of text")
    try:
        date.fromisoformat(str(given.get("day", "2026-01-01")))
    except ValueError:
        faults.append("`day` must be a day, as 2026-10-31")
    files = given.get("files", {})
    if not isinstance(files, dict) or not all(isinstance(one, str) for one in files.values()):
        faults.append("`files` must be a sha256 by the name of each file")
    if faults:
        raise GeodataError("\n".join(f"{manifest}: {fault}" for fault in faults))


def _files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder but its manifest, by name. All must be tables of a pack."""
    files, faults = {}, []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in (MANIFEST, SERIES) or path.name.startswith("."):
            continue
        if path.is_symlink() or not path.is_file():
            faults.append(f"{folder}: {name}: no file, which is all that a pack may hold")
        elif name not in ROW_KEYS and not (
            path.parent == folder / SERIES and path.suffix == ".csv"
        ):
            known = ", ".join(ROW_KEYS)
            faults.append(
                f"{folder}: {name}: unknown table; a pack may hold {known}"
                f" and {SERIES}/PARAMETER.csv"
            )
        elif path.stat().st_size > _MOST_BYTES:
            faults.append(f"{folder}: {name}: over {_MOST_BYTES:,} bytes")
        else:
            files[name] = path.read_bytes()
    if faults:
        raise GeodataError("\n".join(faults))
    return files


def manifest_text(folder: Path, *, title: str, day: date, licence: str) -> str:
    """Return the manifest of the tables in a folder; the same for the same files and words.

    Raises
    ------
    GeodataError
        There is no table, or a file is none that a pack may hold.
    """
    if not folder.is_dir():
        msg = f"{folder}: no folder; put the tables of the pack into one"
        raise GeodataError(msg)
    files = _files_of(folder)
    if not files:
        msg = f"{folder}: no table; a pack may hold {', '.join(ROW_KEYS)} and {SERIES}/"
        raise GeodataError(msg)
    given = {
        "format": FORMAT,
        "title": title,
        "day": day.isoformat(),
        "licence": licence,
        "files": {name: hashlib.sha256(text).hexdigest() for name, text in files.items()},
    }
    _check_manifest(folder / MANIFEST, given)
    return json.dumps(given, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


# Laying a pack over the shipped tables.


def merged_tables(base: Path, pack: Pack) -> dict[str, str]:
    """Return the text of each table that a pack changes.

    A row with the key of a shipped one takes its place, another comes after all; rates by day stay
    in order. A table that the pack does not change is left out, so that its bytes stay.

    Raises
    ------
    GeodataError
        A table of the pack cannot be read, has other columns than the shipped one or names a row
        twice; or a series is of no parameter of the tables.
    """
    shipped: Tables = {}
    faults: list[str] = []
    added: dict[str, dict[tuple[str, ...], Row]] = {}
    for name, content in pack.files.items():
        where = f"{pack.folder}: {name}"
        try:
            header, rows = _table(content, where)
            if name in ROW_KEYS:
                table = name
                known, _ = _shipped(shipped, base, name)
                odd = sorted(set(header) - set(known))
                lacking = sorted(set(known) - set(header))
                faults += [f"{where}:1: unknown column {column}" for column in odd]
                faults += [f"{where}:1: no column {column}" for column in lacking]
                if odd or lacking:
                    continue
            else:
                table, rows = _series(name, header, rows, shipped, base=base, where=where)
                added.setdefault("sources.csv", {})[(SOURCE,)] = _source(pack)
                _shipped(shipped, base, "sources.csv")
        except GeodataError as error:
            faults.extend(str(error).splitlines())
            continue
        for row in rows:
            key = tuple(row[column] for column in ROW_KEYS[table])
            if key in added.setdefault(table, {}):
                faults.append(f"{where}: {'@'.join(key)}: appears twice in the pack; keep one")
            added[table][key] = row
    if faults:
        raise GeodataError("\n".join(faults))
    return {
        name: text
        for name, rows_by_key in added.items()
        if (text := _merged(name, *shipped[name], rows_by_key)) is not None
    }


def _merged(
    name: str, header: list[str], rows: list[Row], new: Mapping[tuple[str, ...], Row]
) -> str | None:
    columns = ROW_KEYS[name]
    left = dict(new)
    made = [left.pop(tuple(row[column] for column in columns), row) for row in rows]
    made += left.values()
    if made == rows:
        return None
    if name == "exchange_rates.csv":
        made.sort(key=lambda row: row["day"])
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    return stream.getvalue()


def _table(content: bytes, where: str) -> tuple[list[str], list[Row]]:
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = next(reader, [])
        rows = []
        for cells in reader:
            if len(cells) != len(header):
                msg = f"{where}:{reader.line_num}: {len(cells)} cells, {len(header)} expected"
                raise GeodataError(msg)
            rows.append(dict(zip(header, cells, strict=True)))
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"{where}: damaged ({str(error)[:80]}); a table is a CSV file in UTF-8"
        raise GeodataError(msg) from error
    if len(set(header)) < len(header) or not header:
        msg = f"{where}:1: no header, or a column appears twice"
        raise GeodataError(msg)
    return header, rows


def _shipped(kept: Tables, base: Path, name: str) -> tuple[list[str], list[Row]]:
    if name not in kept:
        kept[name] = _table((base / "parameters" / name).read_bytes(), name)
    return kept[name]


def _series(
    name: str, header: list[str], rows: list[Row], shipped: Tables, *, base: Path, where: str
) -> tuple[str, list[Row]]:
    """Return the table of a series and its rows: one a month or year, the mean of its days."""
    if header != ["date", "value"]:
        msg = f"{where}:1: the columns of a series are date,value, got {','.join(header)}"
        raise GeodataError(msg)
    parameter, _, scope = Path(name).stem.partition("@")
    table, like = _row_like(parameter, scope, shipped, base)
    if like is None:
        msg = f"{where}: no series of prices has this name; see `corridors data status`"
        raise GeodataError(msg)
    values: dict[str, list[str]] = {}
    for line, row in enumerate(rows, start=2):
        if not _DATE.fullmatch(row["date"]) or not _VALUE.fullmatch(row["value"]):
            msg = (
                f"{where}:{line}: must be a date as 2026-10 or 2026-10-05 and a number of 0 or"
                f" more, got {row['date']},{row['value']}"
            )
            raise GeodataError(msg)
        values.setdefault(row["date"][:7], []).append(row["value"])
    made = []
    for when, given in values.items():
        numbers = [float(value) for value in given]
        mean = given[0] if len(given) == 1 else f"{sum(numbers) / len(numbers):.4f}"
        made.append(
            like
            | {
                "scope": f"{scope}@{when}" if scope else when,
                "value": mean.rstrip("0").rstrip(".") if "." in mean else mean,
                "low": min(given, key=float),
                "high": max(given, key=float),
                "currency_year": when[:4],
                "source_id": SOURCE,
                "status": "found",
                "note": f"data pack, mean of {len(given)} rows",
            }
        )
    return table, made


def _row_like(parameter: str, scope: str, shipped: Tables, base: Path) -> tuple[str, Row | None]:
    """Return a dated row of a series, for its unit, and the table that has it."""
    start = f"{scope}@" if scope else ""
    for table in ("fuel.csv", "market.csv", "ports.csv"):
        for row in _shipped(shipped, base, table)[1]:
            if (
                row["parameter"] == parameter
                and row["scope"].startswith(start)
                and _DATE.fullmatch(row["scope"].removeprefix(start))
            ):
                return table, row
    return "", None


def _source(pack: Pack) -> Row:
    return {
        "source_id": SOURCE,
        "title": pack.title,
        "author": "",
        "year": pack.day[:4],
        "published": pack.day,
        "url": "",
        "kind": "data",
    }


def laid_over(base: Path, pack: Pack) -> Path:
    """Return a folder with the shipped data and the rows of a pack, made if it is not there yet.

    Raises
    ------
    GeodataError
        The pack does not fit the tables, or the folder cannot be written.
    """
    tables = merged_tables(base, pack)
    digest = hashlib.sha256(f"{base}\0{pack.sha256}".encode())
    for entry in sorted((base / "parameters").iterdir()):
        state = entry.stat()
        digest.update(f"{entry.name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    for name in sorted(tables):
        digest.update(f"{name}\0{tables[name]}".encode())
    made = user_folder("cache") / f"data-{digest.hexdigest()[:24]}"
    if (made / "parameters").is_dir():
        return made
    try:
        made.parent.mkdir(parents=True, exist_ok=True)
        # Made apart and renamed when it is whole, so that no reader sees half of it.
        scratch = Path(tempfile.mkdtemp(prefix=".laying-", dir=made.parent))
        (scratch / "parameters").mkdir()
        for source in (*base.iterdir(), *(base / "parameters").iterdir()):
            where = source.relative_to(base)
            is_merged = where.parent.name == "parameters" and where.name in tables
            if source != base / "parameters" and not is_merged:
                _link(source.absolute(), scratch / where)
        for table, text in tables.items():
            (scratch / "parameters" / table).write_text(text, encoding="utf-8", newline="")
        try:
            scratch.rename(made)
        except OSError:
            shutil.rmtree(scratch, ignore_errors=True)
            if not (made / "parameters").is_dir():  # else another run was first
                raise
    except OSError as error:
        msg = f"{made.parent}: a data pack cannot be laid over the tables here: {error.strerror}"
        raise GeodataError(msg) from error
    return made


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:  # Windows asks for a right to make links
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)


# The folders of the user.


def user_folder(kind: str) -> Path:
    """Return the user's folder of `data` or `cache` by the convention of the platform."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "corridors"
    if sys.platform == "darwin":
        folder = "Application Support" if kind == "data" else "Caches"
        return home / "Library" / folder / "corridors"
    usual = {"data": home / ".local" / "share", "cache": home / ".cache"}[kind]
    return Path(os.environ.get(f"XDG_{kind.upper()}_HOME") or usual) / "corridors"


def added_pack(folder: Path | None = None) -> Path:
    """Return where the pack that was added lies, in a folder or the user's own."""
    return (folder or user_folder("data")) / "pack"


def add_pack(pack: Pack, folder: Path | None = None) -> Path:
    """Copy a pack to where later commands find it, in place of an earlier one.

    Raises
    ------
    GeodataError
        It cannot be written.
    """
    target = added_pack(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adding-", dir=target.parent) as scratch:
            new, old = Path(scratch) / "new", Path(scratch) / "old"
            for name, content in _contents(pack):
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            if target.exists():
                target.rename(old)
            new.rename(target)
    except OSError as error:
        msg = f"{target}: cannot be written: {error.strerror}"
        raise GeodataError(msg) from error
    return target


def _contents(pack: Pack) -> Iterator[tuple[str, bytes]]:
    yield MANIFEST, (pack.folder / MANIFEST).read_bytes()
    yield from pack.files.items()
