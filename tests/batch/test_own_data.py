"""Batches with own data: results use them, and only the same data can be resumed."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corridors.errors import ConfigError
from corridors.studies.batch.folder import part_path
from corridors.studies.batch.run import run_batch
from corridors.studies.batch.scenarios import make_plan, read_journal
from tests.batch.samples import contents, loaded

TERMINALS = "id,name,country,lon,lat,services\nkz-mine,Mine,KZ,77.5,43.9,rail/1520\n"
LEGS = "from,to,system,km\nkz-mine,kz-almaty,1520,{km}\n"
BASE = """\
name: From a terminal of our own
origin: kz-mine
destination: Moscow
departure: 2026-08-20
shipment: {teu_per_month: 100}
services: [rail]
corridors: [own.yaml]
own_data: [own]
"""
CORRIDOR = """\
id: own
title: Our own
rank: 900
colour: "#123456"
description: From a terminal of our own.
services: [rail]
must_pass: [kz-mine, kz-almaty]
"""
BATCH = """\
name: small
base: base.yaml
sweeps:
  overrides.fuel.vlsfo_usd_per_t: [500, 600]
"""


def laid(root: Path, *, km: float = 90.0) -> Path:
    """Write own data and a corridor over them beside a batch, and return the folder."""
    own = root / "own"
    own.mkdir(parents=True, exist_ok=True)
    (own / "terminals.csv").write_text(TERMINALS, encoding="utf-8")
    (own / "legs.csv").write_text(LEGS.format(km=km), encoding="utf-8")
    (root / "own.yaml").write_text(CORRIDOR, encoding="utf-8")
    return root


def run(root: Path, out: Path, *, workers: int = 1, resume: bool = False) -> None:
    """Run the batch of a folder."""
    plan = make_plan(loaded(root, BATCH, BASE))
    outcome = run_batch(plan, out, workers=workers, resume=resume)
    assert outcome.failed == 0


def kilometres(out: Path) -> set[float]:
    """Return the lengths of the ways that a batch found."""
    table = pq.read_table(part_path(out, "options", 0), partitioning=None)
    return {round(km) for km in table["distance_km"].to_pylist()}


def test_a_batch_runs_over_own_legs_in_every_worker(tmp_path: Path) -> None:
    near, far = laid(tmp_path / "near"), laid(tmp_path / "far", km=190.0)
    run(near, tmp_path / "one")
    run(near, tmp_path / "two", workers=2)
    run(far, tmp_path / "longer")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    (short,), (long,) = kilometres(tmp_path / "one"), kilometres(tmp_path / "longer")
    assert long == short + 100


def test_the_journal_names_own_data_by_their_hash(tmp_path: Path) -> None:
    run(laid(tmp_path), tmp_path / "out")
    header, _ = read_journal(tmp_path / "out")
    inputs = header["inputs"]
    assert isinstance(inputs, dict)
    assert len(inputs["own data own"]) == 64
    base = header["base"]
    assert isinstance(base, dict)
    assert str(tmp_path) not in base["own_data"]


def test_a_batch_does_not_go_on_over_other_own_data(tmp_path: Path) -> None:
    run(laid(tmp_path), tmp_path / "out")
    laid(tmp_path, km=91.0)
    with pytest.raises(ConfigError, match="was started with different own data own; restore them"):
        run(tmp_path, tmp_path / "out", resume=True)
    laid(tmp_path)
    run(tmp_path, tmp_path / "out", resume=True)
