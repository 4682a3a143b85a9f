"""Changed command lines in processes of their own, as a user runs them: `make fuzz` runs 2,000.

Exit codes may be 0, 2 and 3. Nothing may show a traceback, or take longer than ten seconds before
it begins to compute; commands that compute are asked for what is refused or quickly done.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.cli.test_bad_input import CODE
from tests.fuzz import seeds
from tests.fuzz.mutators import arguments_changed, bytes_changed, tree_changed, tree_text
from tests.fuzz.targets import COMMANDS, EVERY

ROOT = Path(__file__).parents[2]
SLOW_SECONDS = 10.0
MOST_BYTES = 500
ALLOWED = (0, 2, 3)
# What computes for long when it is not refused runs on a small question.
QUICK = (
    *[command for command in COMMANDS if command[0] in {"schema", "list", "season", "batch"}],
    ["compare", "a.yaml"],
    ["check", "a.yaml"],
    ["check", "a.csv"],
    ["explain", "a.yaml", "suez"],
    ["route", "Shanghai", "Hamburg", "--corridor", "suez"],
    ["distances", "Shanghai", "Rotterdam", "--format", "json"],
    ["diff", "a.yaml", "shanghai-europe", "--corridor", "suez"],
    ["batch", "a.yaml", "--out", "x", "--dry-run"],
    ["allocate", "a.yaml"],
    ["invest", "a.yaml"],
    ["network", "import", "a.graphml", "--out", "own"],
    ["network", "osm", "a.osm", "--country", "FI", "--out", "own"],
)


def write_files(folder: Path, draw: random.Random) -> None:
    """Write a changed file of each kind."""
    words = seeds.words()
    tree = tree_changed(draw.choice(EVERY), draw, words=words, others=EVERY)
    (folder / "a.yaml").write_bytes(tree_text(tree, draw))
    for name, text in (
        ("a.csv", "\n".join(",".join(row) for row in seeds.TERMINALS)),
        ("a.graphml", "\n".join(seeds.graphml_lines())),
        ("a.osm", "\n".join(seeds.osm_lines())),
    ):
        (folder / name).write_bytes(bytes_changed(text.encode(), draw))


def fault_of(done: subprocess.CompletedProcess[bytes], took: float) -> str:
    """Return what is wrong with the end of a command, empty if nothing."""
    told = done.stderr.decode("utf-8", "replace")
    if done.returncode not in ALLOWED:
        return f"exit code {done.returncode}: {told[-200:]}"
    if "Traceback" in told or "error in the program" in told:
        return told[-200:]
    if any(len(line) > MOST_BYTES for line in told.splitlines()):
        return f"a line of {max(map(len, told.splitlines()))} characters"
    if any(ord(c) < 32 and c != "\n" for c in told):
        return f"a control character: {told[:200]!r}"
    return f"took {took:.1f} s" if took > SLOW_SECONDS else ""


def main() -> int:
    """Run changed command lines; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    codes: Counter[int] = Counter()
    faults: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(asked.count):
            write_files(folder, draw)
            arguments = draw.choice(QUICK)
            if draw.random() < 0.7:
                arguments = arguments_changed(arguments, draw, words=seeds.words())
            arguments = [each.encode("utf-8", "replace").decode() for each in arguments]
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", CODE, *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                check=False,
                timeout=120,
            )
            took = time.perf_counter() - began
            slowest = max(slowest, took)
            codes[done.returncode] += 1
            if wrong := fault_of(done, took):
                faults.append(f"{arguments!r}: {wrong}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    ends = ", ".join(f"{count:,} times {code}" for code, count in sorted(codes.items()))
    end = f"slowest {slowest:.1f} s, peak {peak:.0f} MB"
    say = [f"{asked.count:,} command lines: exit code {ends}; {end}"]
    say += [f"! {fault}" for fault in faults]
    print("\n".join(say))  # noqa: T201
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
