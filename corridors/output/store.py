"""Write the files of a run, all or none: plain values, CSV, manifest."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import stat
import threading
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from math import floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from corridors.data.paths import pack_in_use
from corridors.domain.scenario import Choice, OwnSource, Scenario
from corridors.errors import ConfigError
from corridors.files import told_as, uninterrupted
from corridors.scratch import lock_of, make_scratch
from corridors.version import __version__

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel


# Plain values of result files: rounding, times, JSON text.

# CSV that is safe to open in a spreadsheet.

FORMULA_STARTS = ("=", "+", "-", "@")
# Characters that end a line or a cell, or that spreadsheets and XML cannot hold.
# What quotes a cell: a semicolon parts cells where the comma is the decimal sign.
_QUOTED = re.compile(r"[\",;]|^\s|\s$")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header; keys that are not columns are left out.

    Texts stay on one line, and those that a spreadsheet would run as a formula get a leading
    apostrophe.
    """
    lines = [columns, *([row.get(column) for column in columns] for row in rows)]
    return "".join(f"{','.join(map(_cell, line))}\n" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        text = "; ".join(one_line(str(item)) for item in value)
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = one_line(value) if isinstance(value, str) else str(value)
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if _QUOTED.search(text) else text


def one_line(text: str) -> str:
    """Return a text on one line: control characters, tabs and line ends become spaces.

    A text that then looks like a formula gets a leading apostrophe, also where its sign is a
    full-width one or stands behind characters that are not seen.
    """
    shown = _CONTROLS.sub(" ", text)
    seen = (sign for sign in shown if not sign.isspace() and unicodedata.category(sign) != "Cf")
    first = unicodedata.normalize("NFKC", next(seen, ""))
    return f"'{shown}" if first in FORMULA_STARTS else shown


SIGNIFICANT_DIGITS = 7

Record = dict[str, object]
Model = TypeVar("Model", bound="BaseModel")


def iso_time(moment: datetime | None) -> str | None:
    """Return a time as `2026-08-20T00:00Z`; one without a time zone is taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="minutes") + "Z"


def day_or_time(moment: date) -> str | None:
    """Return a time as `iso_time` does, a day as `2026-08-20`."""
    return iso_time(moment) if isinstance(moment, datetime) else moment.isoformat()


def significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """Return the value rounded to significant digits."""
    if value == 0:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))


def picked(value: object, *names: str) -> Record:
    """Return attributes of a value by name, as a file holds them: days as text, tuples as lists."""
    return {name: plain(getattr(value, name)) for name in names}


def filled(kind: type[Model], value: object, **given: Any) -> Model:
    """Return a record of a value: fields that are not given are its attributes of the same name."""
    names = [name for name in kind.model_fields if name not in given]
    return kind(**picked(value, *names), **given)


def plain(value: object) -> object:
    """Return a day as text and a tuple as a list; anything else stays as it is."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def number(value: object) -> float:
    """Return a figure of a record as a float; anything else is a program error."""
    if isinstance(value, (int, float)):
        return float(value)
    msg = f"expected a number, got {value!r}"
    raise TypeError(msg)


def as_text(record: object) -> str:
    """Return plain values as indented JSON text with a final line feed."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def listing_json(rows: list[Record]) -> str:
    """Return a listing as `{"rows": [...]}`, the form of every command that lists."""
    return as_text({"rows": rows})


def frame(rows: Iterable[object], columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Return rows as a DataFrame, by default with the columns that they name."""
    # Imported here because pandas takes longer to import than most commands take to run.
    import pandas as pd

    return pd.DataFrame(list(rows), columns=None if columns is None else list(columns))


# The manifest of a result: versions, and hashes of inputs and shipped data.

FORMAT: Final = 1
_LIBRARIES = ("numpy", "numba", "ortools", "pyogrio", "folium", "xstatic-leaflet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Versions by name, and SHA-256 in hexadecimal of the scenario and of the shipped data.

    `own_data` are (name, SHA-256) of the user's own data.
    """

    versions: Mapping[str, str]
    scenario_sha256: str
    geodata_sha256: str
    parameters_sha256: str
    own_data: tuple[tuple[str, str], ...] = ()


def build_manifest(scenario: Scenario, data_root: Path) -> Manifest:
    """Return the manifest of a run.

    Parameters
    ----------
    scenario
        The scenario with changes of the command line. The path of its file is not hashed.
    data_root
        The folder with `network/` and `parameters/`.
    """
    return Manifest(
        versions={"corridors": __version__, **_library_versions(), **pack_version()},
        scenario_sha256=scenario_sha256(scenario),
        geodata_sha256=hash_folder(data_root / "network"),
        parameters_sha256=hash_folder(data_root / "parameters"),
        own_data=own_data_sha256(scenario),
    )


def pack_version() -> dict[str, str]:
    """Return the data pack in use as a version by name, empty without one."""
    pack = pack_in_use()
    return {} if pack is None else {"data pack": pack.name}


def own_data_sha256(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Return (name, SHA-256) of the scenario's own data, in order.

    The OpenStreetMap extracts for doors, the rate sheets and the sailings come last.
    """
    return (
        _named(scenario.own_data)
        + _named(scenario.door.osm)
        + _named(scenario.contracts + scenario.schedules)
    )


def _named(sources: Sequence[OwnSource]) -> tuple[tuple[str, str], ...]:
    return tuple((source.name, source.sha256) for source in sources)


def scenario_sha256(scenario: Scenario) -> str:
    """Return the SHA-256 of a scenario in hexadecimal."""
    return hashlib.sha256(scenario_text(scenario).encode()).hexdigest()


def scenario_record(scenario: Scenario) -> dict[str, object]:
    """Return the scenario in plain values, without the path and the raw text of its file."""
    record = asdict(scenario)
    del record["source_path"], record["text"]
    if scenario.choice is Choice.BEST:  # as before there was a choice
        del record["choice"]
    keys = ("name", "sha256")
    for key in ("own_data", "contracts", "schedules"):
        sources = _named(getattr(scenario, key))
        record[key] = [dict(zip(keys, own, strict=True)) for own in sources]
    record["door"]["osm"] = [dict(zip(keys, own, strict=True)) for own in _named(scenario.door.osm)]
    return {key: _plain(value) for key, value in record.items()}


def scenario_text(scenario: Scenario) -> str:
    """Return the canonical text that is hashed."""
    return json.dumps(scenario_record(scenario), sort_keys=True, ensure_ascii=True)


def hash_folder(folder: Path) -> str:
    """Return one SHA-256 over the names and bytes of the files of a folder, by name.

    Hidden files and folders do not count. A missing folder hashes as an empty one.
    """
    digest = hashlib.sha256()
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    for name in names:
        if any(part.startswith((".", "__")) for part in name.split("/")):
            continue
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _library_versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


Content = str | bytes | Callable[[Path], None]
SCRATCH = ".writing-"
WAIT_SECONDS, LOOK_SECONDS = 10.0, 0.02
"""How long files that are ready wait for another run that writes there, and how often they look."""
CANNOT = "cannot write the results"
LONGEST_NAME = 255
"""Bytes of the name of a file or folder on the usual file systems."""
_EFFECTIVE = os.access in os.supports_effective_ids
_claims = threading.local()


def write_outputs(folder: Path, contents: Mapping[str, Content]) -> tuple[Path, ...]:
    """Write files into a folder, replacing those of an earlier run.

    Files are written to a temporary folder and then renamed, so a failure leaves the earlier
    files unchanged and no reader sees half a file. Other files of the folder are not touched, but
    for temporary folders that runs left which were killed.

    Parameters
    ----------
    folder
        Created if missing, and removed again if writing fails.
    contents
        By file name: text (UTF-8 with line feeds), bytes, or a function that writes to a path.

    Returns
    -------
    paths
        The files written, in the order given.

    Raises
    ------
    ConfigError
        The folder is a file, a name is a folder, or writing fails.
    """
    check_folder(folder, contents)
    with (
        claimed(folder, wait_s=WAIT_SECONDS),
        told_as(str(folder), CANNOT),
        _scratch_in(folder) as scratch,
    ):
        for name, content in contents.items():
            _write(scratch / name, content)
        with uninterrupted():
            for name in contents:
                (scratch / name).replace(folder / name)
    return tuple(folder / name for name in contents)


def check_folder(folder: Path, names: Mapping[str, object] | tuple[str, ...] = ()) -> None:
    """Refuse a folder that cannot take the files, before anything is computed.

    Parameters
    ----------
    folder
        The folder; it need not exist.
    names
        Names of the files.

    Raises
    ------
    ConfigError
        The path, or one above it, is a file or must not be written to; its name is too long; or
        one of the names is in it and is no regular file, the only kind that is replaced.
    """
    with told_as(str(folder), CANNOT):
        for path in (folder, *folder.parents):
            if path.is_dir():
                if not os.access(path, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
                    msg = f"{path}: may not be written to; give another folder"
                    raise ConfigError(msg)
                break
            if path.exists() or path.is_symlink():
                msg = f"{path}: is a file; give a folder"
                raise ConfigError(msg)
        faults = [
            f"{path}: {what}; move it away or give another folder"
            for path in (folder / name for name in names)
            if (what := _not_replaced(path))
        ]
    longest = max((len(os.fsencode(part)) for part in (*folder.parts, *names)), default=0)
    if longest > LONGEST_NAME:
        faults.append(f"{folder}: a name of {longest} bytes; the limit is {LONGEST_NAME}")
    if faults:
        raise ConfigError(faults)


def check_file(file: Path) -> None:
    """Refuse a path that cannot become a file, before anything is computed.

    Parameters
    ----------
    file
        The file; its folder need not exist.

    Raises
    ------
    ConfigError
        It is a folder, it is there and no regular file, or its folder cannot take it.
    """
    with told_as(str(file), CANNOT):
        if file.is_dir():
            msg = f"{file}: is a folder; give a file in it"
            raise ConfigError(msg)
        above = next((path for path in file.parents if path.exists()), file.parent)
        if above.is_file():
            msg = f"{above}: is a file, so {file} cannot be written; give another name"
            raise ConfigError(msg)
    check_folder(file.parent, (file.name,))


def _not_replaced(path: Path) -> str:
    """Return what a path is that must not be replaced; empty for a file, or nothing."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return ""
    if stat.S_ISDIR(mode):
        return "is a folder"
    return "" if stat.S_ISREG(mode) else "is a link, a pipe or a device, not a file"


@contextmanager
def claimed(folder: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Keep other runs from writing into a folder, which is made if it is missing.

    A thread may claim a folder again that it holds. What was made and is still empty at the end is
    removed.

    Parameters
    ----------
    folder
        The folder.
    wait_s
        Seconds to wait for another run to finish.

    Raises
    ------
    ConfigError
        Another run is writing there, or the folder cannot be made.
    """
    made = _missing_parents(folder)
    held: set[Path] = _claims.__dict__.setdefault("held", set())
    with told_as(str(folder), CANNOT):
        folder.mkdir(parents=True, exist_ok=True)
        where = folder.resolve()
    if where in held:
        yield
        return
    lock = _claim(folder, wait_s)
    held.add(where)
    try:
        yield
    finally:
        held.discard(where)
        with uninterrupted():
            _remove(made)
            if lock is not None:
                os.close(lock)


def _claim(folder: Path, wait_s: float) -> int | None:
    end = time.monotonic() + wait_s
    while True:
        try:
            lock = lock_of(folder)
        except BlockingIOError:
            if time.monotonic() < end:
                time.sleep(LOOK_SECONDS)
                continue
            msg = f"{folder}: another run is writing there, wait for it or give another folder"
            raise ConfigError(msg) from None
        if lock is None or _is_there(folder, lock):
            return lock
        # The run that made the folder has removed it again.
        os.close(lock)
        with told_as(str(folder), CANNOT):
            folder.mkdir(parents=True, exist_ok=True)


def _is_there(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat(folder.stat(), os.fstat(handle))
    except OSError:
        return False


@contextmanager
def _scratch_in(folder: Path) -> Iterator[Path]:
    """Make a temporary folder in a folder, and remove it and those of killed runs."""
    with uninterrupted():
        scratch = make_scratch(folder, SCRATCH)
    try:
        yield scratch.path
    finally:
        with uninterrupted():
            scratch.remove()


def _write(path: Path, content: Content) -> None:
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8", newline="\n")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        try:
            content(path)
        except sqlite3.Error as error:  # a GeoPackage on a full disk
            msg = f"{path.name}: {CANNOT}: {error}"
            raise ConfigError(msg) from error


def _missing_parents(folder: Path) -> tuple[Path, ...]:
    """Return the folders that `mkdir` will create, deepest first."""
    missing = []
    for path in (folder, *folder.parents):
        if path.exists():
            break
        missing.append(path)
    return tuple(missing)


def _remove(made: tuple[Path, ...]) -> None:
    for path in made:
        try:
            path.rmdir()
        except OSError:
            return  # not empty
