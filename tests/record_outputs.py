"""Record what commands print and write, and compare two records: the same bytes, or words apart.

    python tests/record_outputs.py record CHECKOUT FOLDER     # runs the commands of a checkout
    python tests/record_outputs.py compare FOLDER FOLDER      # hashes masked
    python tests/record_outputs.py compare FOLDER FOLDER --words   # texts masked too

For changes of structure: record before the first move, and again after the last.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SCENARIOS = (
    *("shanghai-europe", "shanghai-kaliningrad", "chongqing-duisburg", "yiwu-madrid"),
    *("shanghai-moscow", "shenzhen-piraeus", "vostochny-warsaw", "tashkent-rotterdam"),
    *("tehran-hamburg", "mumbai-moscow"),
)
PLANS = ("allocate-moscow-kazan", "allocate-eurasia-2026")
INVESTMENTS = ("invest-eurasia", "invest-founding")
BATCHES = ("red-sea-and-arctic", "founding-questions", "arctic-months", "kaliningrad")
OTHER = (
    "compare shanghai-europe --format json --departure 2027-02-10",
    "compare shanghai-europe --format json --departure 2026-06-14",
    "compare shanghai-europe --set price_basis=price --out out",
    "compare shanghai-europe --set scope=door --set objective=generalised --speed best --out out",
    "compare shanghai-europe --set limits.capacity_share=0.1 --set limits.max_days=30 --out out",
    "compare shanghai-europe --certify --format csv",
    "route Chongqing Duisburg --corridor kazakhstan-dostyk",
    "route CNSHA Hamburg --service sea --format json --alternatives 3",
    "route Istanbul Duisburg --format json",
    "explain shanghai-europe suez",
    "explain shanghai-europe northern-sea-route --format json",
    "diff shanghai-europe shanghai-kaliningrad --corridor suez --out out",
    "season northern-sea-route --ice-class Arc4 --year 2024 --out out",
    "season suez --format json",
    "stress shanghai-europe --out out",
    "stress chongqing-duisburg --format csv --no-pairs",
    "simulate shanghai-europe --draws 500 --by 2026-10-15 --out out",
    "simulate yiwu-madrid --draws 300 --format csv --set price_basis=price",
    "breakeven shanghai-europe --over fuel.vlsfo_usd_per_t --out out",
    "breakeven chongqing-duisburg --over value_of_time --format csv",
    "breakeven shanghai-europe --over rail.speed_km_per_day@rail/1520 --out out",
    "phase shanghai-europe --x fuel.vlsfo_usd_per_t --y value_of_time --out out",
    "phase shanghai-europe --x value_of_time --y rail.speed_km_per_day@rail/1520 --format json",
    "catchments shanghai-europe --in PL --to Hamburg --out out",
    "catchments shanghai-europe --in CZ --over value_of_time --values 3",
    "catchments shanghai-europe --to Warsaw --over fuel.vlsfo_usd_per_t --format json",
    "compare shanghai-europe --months --out out",
    "compare shanghai-kaliningrad --set draws.count=500 --out out",
    "list parameters --format json",
    "list terminals --format csv",
    "validate --all --format json",
    "check",
    "network export --as gmns --out out",
    "distances Shanghai Rotterdam Mombasa --avoid gate-suez",
    "route Shanhgai Hamburg",
    "compare shanghai-europe --set nonsense=3",
)
SHA = re.compile(rb"\b[0-9a-f]{64}\b")
PLAIN = re.compile(r"[\w:./#@+-]+")


def commands() -> Iterator[str]:
    """Yield the commands that are recorded."""
    for name in SCENARIOS:
        yield f"compare {name} --out out --front --alternatives 3"
    for name in PLANS:
        yield f"allocate {name} --out out"
    for name in INVESTMENTS:
        yield f"invest {name} --out out"
    for name in BATCHES:
        yield f"batch {name} --out out --workers 2"
    yield from OTHER


def record(checkout: Path, out: Path) -> None:
    """Run every command of a checkout in a folder of its own, keep what it prints and writes."""
    shutil.rmtree(out, ignore_errors=True)
    run = "from corridors.cli.main import run; run()"
    for number, command in enumerate(commands()):
        folder = out / f"{number:02d}"
        folder.mkdir(parents=True)
        done = subprocess.run(
            [sys.executable, "-c", run, *command.split()],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "160"},
            capture_output=True,
            check=False,
        )
        for name, text in (("stdout", done.stdout), ("stderr", done.stderr)):
            (folder / name).write_bytes(text.replace(str(checkout).encode(), b"CHECKOUT"))
        (folder / "command").write_text(f"{command}\n{done.returncode}\n", encoding="utf-8")
        sys.stdout.write(f"{done.returncode} {command}\n")


def different(one: Path, other: Path, *, words: bool) -> list[str]:
    """Return the files of two records that differ; with `words`, those whose figures do."""
    names = {p.relative_to(at) for at in (one, other) for p in at.rglob("*") if p.is_file()}
    found = []
    for name in sorted(names):
        if not ((one / name).exists() and (other / name).exists()):
            found.append(f"{name}: only in one")
            continue
        a, b = (SHA.sub(b"", (at / name).read_bytes()) for at in (one, other))
        if a != b and not (words and figures(a) == figures(b)):
            found.append(str(name))
    return found


def figures(content: bytes) -> object:
    """Return JSON and CSV with texts masked, nothing of other texts, other files as they are."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    if text.lstrip()[:1] in ("{", "["):
        return masked(json.loads(text))
    rows = list(csv.reader(io.StringIO(text)))
    if rows and len(rows[0]) > 2 and all(PLAIN.fullmatch(cell) for cell in rows[0]):
        return rows[0], [[cell if is_number(cell) else "" for cell in row] for row in rows[1:]]
    return None


def masked(value: object) -> object:
    """Return a JSON value whose sentences are masked; ids, dates and figures stay."""
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return "" if isinstance(value, str) and not PLAIN.fullmatch(value) else value


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    task, first, second, *more = sys.argv[1:]
    if task == "record":
        record(Path(first).resolve(), Path(second).resolve())
    else:
        lines = different(Path(first), Path(second), words="--words" in more)
        sys.stdout.write("\n".join([*lines, f"{len(lines)} files differ"]) + "\n")
