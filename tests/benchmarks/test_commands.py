"""Time and memory of whole commands; printed, never judged: machines differ."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).parents[2]
CODE = "from corridors.cli.main import run; run()"
RUNS = 5


def measured(*arguments: str) -> tuple[float, float]:
    """Return seconds and peak megabytes of one process."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", CODE, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    # Linux gives kilobytes, macOS bytes.
    return seconds, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1024.0)


def test_print_time_and_memory_of_the_commands(tmp_path: Path) -> None:
    commands = {
        "compare": (
            *("compare", "configs/scenarios/shanghai-europe.yaml"),
            *("--out", str(tmp_path / "out")),
        ),
        "route": ("route", "Shanghai", "Hamburg"),
    }
    for name, arguments in commands.items():
        measured(*arguments)  # fills the caches
        seconds, megabytes = zip(*(measured(*arguments) for _ in range(RUNS)), strict=True)
        print(  # noqa: T201
            f"\n{name}: median {statistics.median(seconds):.2f} s of {RUNS}"
            f" ({min(seconds):.2f} to {max(seconds):.2f}), peak {max(megabytes):.0f} MB"
        )
