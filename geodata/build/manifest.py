"""Rewrite the sha256 column of `geodata/README.md`; say which files have no row.

    python geodata/build/manifest.py

Run it after any change of `network/` or `parameters/`; update other columns by hand.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

GEODATA = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| ((?:network|parameters)/[\w.-]+) \|")


def rewritten(lines: list[str]) -> tuple[list[str], set[str]]:
    """Return the lines with the sha256 of each listed file, and the files that have a row."""
    listed: set[str] = set()
    out = []
    for line in lines:
        match = ROW.match(line)
        if match is not None and (GEODATA / match[1]).is_file():
            listed.add(match[1])
            digest = hashlib.sha256((GEODATA / match[1]).read_bytes()).hexdigest()
            kept = line.rstrip().rstrip("|").rpartition("|")[0]
            out.append(f"{kept}| {digest} |")
            continue
        if match is not None:
            print(f"{match[1]}: no such file, remove its row")
        out.append(line)
    return out, listed


def main() -> int:
    """Rewrite the list; return 1 where a shipped file has no row."""
    readme = GEODATA / "README.md"
    lines, listed = rewritten(readme.read_text(encoding="utf-8").splitlines())
    readme.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shipped = {
        path.relative_to(GEODATA).as_posix()
        for folder in ("network", "parameters")
        for path in (GEODATA / folder).iterdir()
        if path.is_file()
    }
    for name in sorted(shipped - listed):
        print(f"{name}: no row in geodata/README.md")
    return 1 if shipped - listed else 0


if __name__ == "__main__":
    sys.exit(main())
