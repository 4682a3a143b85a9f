"""The list of shipped files: each has a row with its sha256, and the whole stays small."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from corridors.config import shown_as
from corridors.data.paths import data_root

MAX_BYTES = 15_000_000
SHIPPED = ("network", "parameters")
ROW = re.compile(r"^\|.*?`?((?:network|parameters)/[\w.*-]+)`?.*?\b([0-9a-f]{64})\b")


def manifest_faults() -> Iterable[str]:
    """Files without a row in geodata/README.md, rows whose sha256 is not that of the file.

    The list lies in the checkout; where there is none (an installed wheel) nothing is said.
    """
    root = data_root()
    readme = root / "README.md"
    files = {
        path.relative_to(root).as_posix(): path
        for folder in SHIPPED
        for path in sorted((root / folder).iterdir())
        if path.is_file()
    }
    size = sum(path.stat().st_size for path in files.values())
    if size > MAX_BYTES:
        yield f"{shown_as(root)}: {size:,} bytes are shipped, at most {MAX_BYTES:,}"
    if not readme.is_file():
        return
    listed: dict[str, int] = {}
    for number, line in enumerate(readme.read_text(encoding="utf-8").splitlines(), start=1):
        match = ROW.match(line)
        if match is None:
            continue
        name, digest = match.groups()
        where = f"{shown_as(readme)}:{number}: {name}"
        listed[name] = number
        if name not in files:
            yield f"{where}: no such file"
        elif sha256(files[name]) != digest:
            yield f"{where}: its sha256 is {sha256(files[name])}; run its script and update the row"
    for name in files.keys() - listed.keys():
        yield f"{shown_as(readme)}: no row for {name}: source, licence, retrieved, script, sha256"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
