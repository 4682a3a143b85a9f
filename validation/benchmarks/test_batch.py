"""Kills of batches, whose bytes are judged, and what a second worker gains, which is printed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corridors.studies.batch.scenarios import JOURNAL
from tests.batch.samples import CODE, ROOT, contents

pytestmark = pytest.mark.benchmark
KILLS = 20
SWEEP = """\
name: prices and dates
base: shanghai-europe
sweeps:
  departure: {from: 2026-01-15, every: day, count: 100}
  overrides.fuel.vlsfo_usd_per_t: {from: 400, to: 850, steps: 10}
"""
SMALL = """\
name: killed
base: shanghai-europe
sweeps:
  departure: {from: 2026-01-15, every: month, count: 12}
  overrides.fuel.vlsfo_usd_per_t: [450, 550, 650, 750]
"""


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "batch", "b.yaml", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # Python tells there of what a killed process has left
    )


def say(text: str) -> None:
    print(f"\n{text}", end="")  # noqa: T201


@pytest.mark.parametrize(
    "how", [("--workers", "1"), ("--workers", "2"), ("--dask", "local:2")], ids=" ".join
)
def test_a_batch_killed_at_random_moments_ends_in_the_same_bytes(
    how: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "b.yaml").write_text(SMALL)
    began = time.perf_counter()
    assert start(tmp_path, "--out", "whole", *how).wait() == 0
    seconds = time.perf_counter() - began
    draw = random.Random(f"{how}")
    out = tmp_path / "out"
    done = []
    for _ in range(KILLS):
        child = start(tmp_path, "--out", "out", "--resume", *how)
        # Anywhere in a run: while it starts, computes, or sums up.
        time.sleep(draw.uniform(0.2, 0.7 * seconds))
        child.send_signal(signal.SIGKILL)
        child.wait()
        done.append(max(0, lines(out / JOURNAL) - 1))
        if lines(out / JOURNAL) == lines(tmp_path / "whole" / JOURNAL):
            finish(tmp_path, how)  # little is left to kill: start again
            shutil.rmtree(out)
    finish(tmp_path, how)
    say(f"{' '.join(how)}: {KILLS} kills, chunks kept after each: {done}; the same bytes")


def finish(folder: Path, how: tuple[str, ...]) -> None:
    assert start(folder, "--out", "out", "--resume", *how).wait() == 0
    assert contents(folder / "out") == contents(folder / "whole")


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_print_time_of_a_thousand_scenarios_by_workers(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(SWEEP)
    taken = {}
    for workers in (2, 1):
        began = time.perf_counter()
        assert start(tmp_path, "--out", f"out{workers}", "--workers", str(workers)).wait() == 0
        seconds = time.perf_counter() - began
        taken[workers] = seconds
        say(f"1,000 scenarios, {workers} workers: {seconds:.1f} s")
    say(f"2 workers are {taken[1] / taken[2]:.2f} times as fast as 1")
