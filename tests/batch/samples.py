"""Small batches of two corridors, and ways to run and compare them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

from corridors.config.batch_files import Batch, load_batch
from corridors.studies.batch.run import Outcome, run_batch
from corridors.studies.batch.scenarios import make_plan

ROOT = Path(__file__).parents[2]
CODE = "from corridors.cli.main import run; run()"
BASE = """\
name: Shanghai to Hamburg
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
corridors: [suez, cape]
world: reference-open
"""
# 3 x 2 x 2 = 12 scenarios.
BATCH = """\
name: small
title: Does dear fuel change the way?
base: base.yaml
set: {objective: cost}
variants:
  - {name: as it is}
  - {name: light, set: {shipment.cargo: apparel}}
sweeps:
  overrides.fuel.vlsfo_usd_per_t: {from: 400, to: 800, steps: 3}
  world: [reference-open, red-sea-closed]
"""


def batch_file(folder: Path, text: str = BATCH, base: str = BASE) -> Path:
    """Write a batch and its base into a folder, and return the batch's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.yaml").write_text(textwrap.dedent(base), encoding="utf-8")
    file = folder / "b.yaml"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def loaded(folder: Path, text: str = BATCH, base: str = BASE) -> Batch:
    """Return the batch of a text."""
    return load_batch(batch_file(folder, text, base))


def ran(folder: Path, out: Path, text: str = BATCH) -> Outcome:
    """Run a batch in this process."""
    return run_batch(make_plan(loaded(folder, text)), out, workers=1)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a batch's folder but the journal."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "batch.journal"
    }


def copied(source: Path, target: Path) -> Path:
    """Copy a batch's folder, its journal too, and return the copy."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    return target


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start `corridors batch` on the batch of a folder, as a group of processes of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "batch", "b.yaml", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
