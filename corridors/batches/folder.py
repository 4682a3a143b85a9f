"""The folder of a batch: which files belong to it, which chunks are done, what to remove."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from corridors.batches.batch_tables import TABLES
from corridors.batches.journal import (
    JOURNAL,
    Entry,
    Header,
    add_entry,
    begin_journal,
    read_journal,
    write_whole,
)
from corridors.batches.work import Part
from corridors.errors import ConfigError, OptionError
from corridors.files import told_as
from corridors.output.store import CANNOT, SCRATCH, check_folder
from corridors.scratch import UNLOCKED

DATA = "data"
SUMMARIES = ("summary.csv", "summary.xlsx", "report.html", "index.html")
_TABLE = rf"{DATA}/table=(?:{'|'.join(TABLES)})"
_NAMES = "|".join(re.escape(name) for name in SUMMARIES)
_SCRATCH = rf"(?:{re.escape(UNLOCKED)})?{re.escape(SCRATCH)}\w+"
_OURS = re.compile(
    rf"{re.escape(JOURNAL)}|\.{re.escape(JOURNAL)}\.writing|{_NAMES}|{DATA}|{_TABLE}"
    rf"|{_TABLE}/(?:part-\d{{5}}\.parquet|\.part-\d{{5}}\.parquet\.writing)"
    rf"|{_SCRATCH}(?:/.*)?"
)


def part_path(folder: Path, table: str, chunk: int) -> Path:
    """Return the path of a chunk's file of a table."""
    return folder / DATA / f"table={table}" / f"part-{chunk:05d}.parquet"


def check_out(folder: Path, *, resume: bool, force: bool) -> None:
    """Refuse a folder that must not be written to, before any scenario runs.

    Raises
    ------
    ConfigError
        The folder is not empty and neither `resume` nor `force` is given, or it holds other files,
        or both options are given.
    """
    if resume and force:
        msg = "`resume` keeps the results, `force` removes them: give one of the two"
        raise OptionError(msg)
    check_folder(folder, SUMMARIES)
    with told_as(str(folder), CANNOT):
        if not folder.is_dir() or not any(folder.iterdir()):
            return
    if not resume and not force:
        msg = f"{folder}: is not empty; `resume` continues its batch, `force` starts again"
        raise OptionError(msg)
    foreign = [name for name, _ in inside(folder) if not _OURS.fullmatch(name)]
    if foreign:
        more = f" and {len(foreign) - 3:,} more" if len(foreign) > 3 else ""
        msg = (
            f"{folder}: holds {', '.join(foreign[:3])}{more}, not written by a batch; "
            "give another folder"
        )
        raise ConfigError(msg)
    names = {name for name, _ in inside(folder)}
    if names - {f".{JOURNAL}.writing"} and JOURNAL not in names:
        msg = f"{folder}: holds files but no {JOURNAL} of a batch; give another folder"
        raise ConfigError(msg)


def inside(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the contents of a folder, parents first; links are not followed and end with `@`."""
    for top, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(top) / name
            shown = path.relative_to(folder).as_posix()
            yield f"{shown}@" if path.is_symlink() else shown, path


def begin(folder: Path, header: Header, *, resume: bool) -> dict[int, Entry]:
    """Prepare a folder, and return the intact chunks of an earlier run.

    Remains of a killed run are removed; without `resume`, all files of a batch are.

    Raises
    ------
    ConfigError
        The folder belongs to another batch, or it cannot be written.
    """
    kept: dict[int, Entry] = {}
    with told_as(str(folder), CANNOT):
        if resume and (folder / JOURNAL).exists():
            there, entries = read_journal(folder)
            refuse_other(folder, there, header)
            kept = {n: entry for n, entry in entries.items() if _whole(folder, entry, header)}
        clear(folder, kept=kept)
        for table in TABLES:
            (folder / DATA / f"table={table}").mkdir(parents=True, exist_ok=True)
        begin_journal(folder, header, kept)
    return kept


def refuse_other(folder: Path, there: Header, header: Header) -> None:
    """Refuse to resume a batch that was started with different inputs."""
    old, new = there.get("inputs"), header.get("inputs")
    if there == header:
        return
    names = []
    if isinstance(old, dict) and isinstance(new, dict):
        names = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    what = ", ".join(names) or "inputs"
    msg = (
        f"{folder}: was started with different {what}; restore them, or start again with"
        f" `force` or in another folder"
    )
    raise OptionError(msg)


def _whole(folder: Path, entry: Entry, header: Header) -> bool:
    """Return whether an entry is one of this batch's chunks, with all of its files intact."""
    count, size = int(header["count"]), int(header["chunk_size"])
    members = min(size, count - entry.chunk * size)
    fits = entry.chunk >= 0 and members > 0 and min(entry.ran, entry.failed) >= 0
    return fits and entry.ran + entry.failed == members and intact(folder, entry)


def intact(folder: Path, entry: Entry) -> bool:
    """Return whether all files of a chunk exist with the recorded hashes."""
    for table in TABLES:
        path = part_path(folder, table, entry.chunk)
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return False
        if digest != entry.sha256.get(table):
            return False
    return True


def clear(folder: Path, *, kept: dict[int, Entry]) -> None:
    """Remove the files of an earlier run, except those of kept chunks."""
    if not folder.is_dir():
        return
    keep = {part_path(folder, table, chunk) for table in TABLES for chunk in kept}
    for name, path in list(inside(folder)):
        if not _OURS.fullmatch(name) or path in keep or (kept and name == JOURNAL):
            continue
        if re.fullmatch(_SCRATCH, name):
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file():
            path.unlink()


def store(folder: Path, part: Part) -> Entry:
    """Write the files of a chunk, then its entry in the journal.

    Raises
    ------
    ConfigError
        The files cannot be written.
    """
    entry = Entry(
        chunk=part.chunk,
        ran=part.ran,
        failed=part.failed,
        sha256={name: hashlib.sha256(data).hexdigest() for name, data in part.files.items()},
    )
    try:
        for table, content in part.files.items():
            write_whole(part_path(folder, table, part.chunk), content)
        add_entry(folder, entry)
    except OSError as error:
        msg = f"{folder}: cannot write the results: {error.strerror or error}; see `resume`"
        raise OptionError(msg) from error
    return entry
