"""The journal of a batch, which makes it resumable: its inputs and the chunks that are done.

One JSON object per line. The first describes the batch and its inputs; each further line records a
chunk with the hashes of its files. An incomplete last line of a killed run does not count.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corridors.errors import ConfigError
from corridors.files import each_key_once

JOURNAL = "batch.journal"
UNFINISHED = ".writing"
FORMAT = 1

Header = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A chunk that is done, with the `sha256` of its files by table."""

    chunk: int
    ran: int
    failed: int
    sha256: Mapping[str, str]

    @property
    def line(self) -> str:
        """The entry as a line of the journal."""
        return json.dumps(asdict(self), sort_keys=True) + "\n"


def read_journal(folder: Path) -> tuple[Header, dict[int, Entry]]:
    """Return the header of a folder's journal, and its entries by chunk.

    Raises
    ------
    ConfigError
        There is no journal, or it has another format.
    """
    path = folder / JOURNAL
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}; is {folder} the folder of a batch?"
        raise ConfigError(msg) from error
    records = []
    for line in content.splitlines(keepends=True):
        record = record_of(line)
        if record is None:
            break
        records.append(record)
    if not records or records[0].get("format") != FORMAT:
        msg = f"{path}:1: not the journal of a batch of this version, give another folder"
        raise ConfigError(msg)
    entries = (entry_of(record) for record in records[1:])
    return records[0], {entry.chunk: entry for entry in entries if entry is not None}


def record_of(line: bytes) -> dict[str, object] | None:
    """Return the object of a line, None if the line is incomplete."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line, object_pairs_hook=each_key_once)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def entry_of(record: Mapping[str, object]) -> Entry | None:
    """Return the entry of a line's object, None if a field is missing."""
    chunk, ran, failed, sums = (record.get(key) for key in ("chunk", "ran", "failed", "sha256"))
    if not (isinstance(chunk, int) and isinstance(ran, int) and isinstance(failed, int)):
        return None
    if not isinstance(sums, dict):
        return None
    return Entry(chunk=chunk, ran=ran, failed=failed, sha256=sums)


def begin_journal(folder: Path, header: Header, entries: Mapping[int, Entry]) -> None:
    """Write a new journal with the header and the entries, atomically."""
    lines = [json.dumps(header, sort_keys=True) + "\n"]
    lines += [entries[chunk].line for chunk in sorted(entries)]
    write_whole(folder / JOURNAL, "".join(lines).encode())


def add_entry(folder: Path, entry: Entry) -> None:
    """Append an entry and wait for the disk."""
    with (folder / JOURNAL).open("ab") as stream:
        stream.write(entry.line.encode())
        stream.flush()
        os.fsync(stream.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, wait for the disk, and rename it."""
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait for the disk to store the names in a folder, if the system allows it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows cannot open folders
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
