"""One batch of twelve scenarios that ran without a stop, for every test of batches."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.studies.batch.run import Outcome, run_batch
from corridors.studies.batch.scenarios import make_plan
from tests.batch.samples import loaded, ran


@pytest.fixture(scope="session")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """Return the folder of a batch that ran without a stop, beside its `b.yaml`, and its outcome.

    Nobody may write into it; `samples.copied` gives a copy.
    """
    folder = tmp_path_factory.mktemp("whole")
    outcome = ran(folder, folder / "out")
    assert (outcome.ran, outcome.failed) == (12, 0)
    return folder / "out", outcome


@pytest.fixture
def whole(twelve: tuple[Path, Outcome]) -> Path:
    """Return the folder of the batch of twelve."""
    return twelve[0]


@pytest.fixture(scope="session")
def by_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the same batch as two processes write it, with the same rule."""
    folder = tmp_path_factory.mktemp("two")
    run_batch(make_plan(loaded(folder)), folder / "out", workers=2)
    return folder / "out"
