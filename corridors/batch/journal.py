"""The journal of a batch: what it computes, and which chunks are done. It makes a batch resumable.

Text, a JSON object a line. The first line says what is computed and from what; each further line
that a chunk's files are on the disk, with their hashes. A last line that was torn when the program
was killed does not count.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corridors.errors import ConfigError

JOURNAL = "batch.journal"
UNFINISHED = ".writing"
FORMAT = 1

Header = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A chunk whose files are on the disk; `sha256` of each by table."""

    chunk: int
    ran: int
    failed: int
    sha256: Mapping[str, str]

    @property
    def line(self) -> str:
        """The entry as a line of the journal."""
        return json.dumps(asdict(self), sort_keys=True) + "\n"


def read_journal(folder: Path) -> tuple[Header, dict[int, Entry]]:
    """Return what a folder's journal says: its header, and the entries by chunk.

    Raises
    ------
    ConfigError
        There is no journal, or its first line is none of this program's.
    """
    path = folder / JOURNAL
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}; is {folder} the folder of a batch?"
        raise ConfigError(msg) from error
    records = []
    for line in content.splitlines(keepends=True):
        record = whole(line)
        if record is None:
            break
        records.append(record)
    if not records or records[0].get("format") != FORMAT:
        msg = f"{path}:1: not the journal of a batch of this version, give another --out"
        raise ConfigError(msg)
    entries = (entry_of(record) for record in records[1:])
    return records[0], {entry.chunk: entry for entry in entries if entry is not None}


def whole(line: bytes) -> dict[str, object] | None:
    """Return the object of a line, None where the line was torn."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def entry_of(record: Mapping[str, object]) -> Entry | None:
    """Return the entry of a line's object, None where something is missing."""
    chunk, ran, failed, sums = (record.get(key) for key in ("chunk", "ran", "failed", "sha256"))
    if not (isinstance(chunk, int) and isinstance(ran, int) and isinstance(failed, int)):
        return None
    if not isinstance(sums, dict):
        return None
    return Entry(chunk=chunk, ran=ran, failed=failed, sha256=sums)


def begin_journal(folder: Path, header: Header, entries: Mapping[int, Entry]) -> None:
    """Write a journal anew, whole or not at all: the header and what is done already."""
    lines = [json.dumps(header, sort_keys=True) + "\n"]
    lines += [entries[chunk].line for chunk in sorted(entries)]
    write_whole(folder / JOURNAL, "".join(lines).encode())


def add_entry(folder: Path, entry: Entry) -> None:
    """Append an entry and wait until the disk holds it."""
    with (folder / JOURNAL).open("ab") as stream:
        stream.write(entry.line.encode())
        stream.flush()
        os.fsync(stream.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, wait for the disk, and give it its name."""
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the names in a folder, where the system can tell."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
