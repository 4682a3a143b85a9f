"""Start two processes at once that write into one folder: one whole result, the other a sentence.

    python -m validation.campaigns.writers --pairs 10

Half of the pairs begin together, half a moment apart; the commands are those of `kills.py`. A batch
may be one of them. The second of a pair may also be the one that is told.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from validation.campaigns.kills import COMMANDS, begin, files_of, write_inputs

TOLD = re.compile(
    r"out: (another run is writing there, wait for it or give another folder"
    r"|is not empty; --resume continues its batch, --force starts again)\n"
)
# Two with one question, and two with another: a mixture would show.
PAIRS = (
    ("compare", "compare dear"),
    ("stress", "compare"),
    ("season", "diff"),
    ("catchments", "breakeven"),
    ("design", "book"),
    ("batch", "batch"),
)


def whole_of(folder: Path, command: str) -> dict[str, bytes]:
    """Return what a command writes where nobody else does."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    child = begin(folder, command)
    assert child.wait() == 0, f"{command} ended with {child.returncode}"
    return files_of(folder / "out")


def faults_of(folder: Path, pair: tuple[str, str], later: float) -> list[str]:
    """Run a pair, the second so many seconds later, and return what is wrong."""
    wholes = [whole_of(folder, command) for command in pair]
    shutil.rmtree(folder / "out", ignore_errors=True)
    running = []
    for command in pair:
        running.append(begin(folder, command, told=subprocess.PIPE))
        time.sleep(later)
    told = [child.communicate(timeout=600)[1].decode() for child in running]
    codes = [child.returncode for child in running]
    faults = []
    if sorted(codes) != [0, 2]:
        return [f"exit codes {codes}: {told}"]
    first, second = codes.index(0), codes.index(2)
    if not TOLD.fullmatch(told[second]):
        faults.append(f"told {told[second]!r}")
    if files_of(folder / "out") != wholes[first]:
        faults.append("no whole result")
    if any(path.name.startswith(".") for path in (folder / "out").rglob("*")):
        faults.append("left temporary folders")
    return faults


def main() -> int:
    """Run the pairs and print a line for each; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    asked = parser.parse_args()
    draw, wrong = random.Random(1), 0
    COMMANDS["compare dear"] = ["compare", "dear.yaml", "--out"]
    COMMANDS["batch"] = ["batch", "b.yaml", "--workers", "2", "--out"]
    for number in range(asked.pairs):
        pair = PAIRS[number % len(PAIRS)]
        later = draw.uniform(0.0, 1.0) if number % 2 else 0.0
        with tempfile.TemporaryDirectory() as name:
            write_inputs(Path(name))
            faults = faults_of(Path(name), pair, later)
        wrong += len(faults)
        said = "; ".join(faults) or "one whole result, one sentence"
        sys.stdout.write(f"{' and '.join(pair)}, {later:.1f} s apart: {said}\n")
        sys.stdout.flush()
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
