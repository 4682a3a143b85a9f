"""Time and memory of whole commands; printed, never judged: machines differ."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).parents[2]
# The peak is asked of the child: what `wait4` tells holds that of the parent it was forked from.
CODE = """
import atexit, resource, sys
from corridors.cli.main import run

def tell():
    try:
        lines = open("/proc/self/status").read().splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak, file=sys.stderr)

atexit.register(tell)
run()
"""
RUNS = 5


def measured(*arguments: str) -> tuple[float, float]:
    """Return seconds and peak megabytes of one process."""
    began = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    # Linux gives kilobytes, macOS bytes.
    peak = int(child.stderr.split()[-1])
    return seconds, peak / (1e6 if sys.platform == "darwin" else 1024.0)


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
