"""A batch outlives slow scenarios, signals, a full disk and a lost cluster."""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corridors.cli.main import run
from corridors.studies.batch import workers
from corridors.studies.batch.run import run_batch
from corridors.studies.batch.scenarios import JOURNAL, make_plan
from corridors.studies.batch.workers import OverdueError, within
from tests.batch.samples import CODE, ROOT, batch_file, contents, copied, loaded

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def endless() -> None:
    """Run without end, and catch what can be caught."""
    while True:
        try:
            time.sleep(0.001)
        except Exception:  # noqa: BLE001 - as careless code does
            continue


def test_work_is_ended_when_its_time_is_up() -> None:
    began = time.monotonic()
    with pytest.raises(OverdueError, match=r"^took longer than 0\.2 s$"):
        within(0.2, endless)
    assert time.monotonic() - began < 5.0
    assert within(60.0, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60.0, lambda: 1 // 0)


def test_work_in_another_thread_is_ended_too() -> None:
    told: list[str] = []

    def work_on() -> None:
        try:
            within(0.2, endless)
        except OverdueError as error:
            told.append(str(error))

    thread = threading.Thread(target=work_on)
    thread.start()
    thread.join(30)
    assert told == ["took longer than 0.2 s"]


def test_an_end_at_the_last_moment_hurts_nothing_else() -> None:
    for _ in range(300):
        try:
            within(0.001, lambda: time.sleep(0.0009))
        except OverdueError:
            continue
    for _ in range(1000):
        assert sum(range(50)) == 1225


def test_a_slow_scenario_fails_and_is_named_and_the_rest_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corridors.studies.decided import compared

    def slow(scenario: object, **more: object) -> object:
        if getattr(scenario, "world", "") == "red-sea-closed":
            endless()
        return compared(scenario, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "compared", slow)
    text = "base: base.yaml\nsweeps: {world: [reference-open, red-sea-closed]}\n"
    plan = make_plan(loaded(tmp_path, text), budget_s=5.0)
    outcome = run_batch(plan, tmp_path / "out", workers=1)
    assert (outcome.ran, outcome.failed) == (1, 1)
    assert outcome.sweep.failed == {1: "took longer than 5 s"}
    told = "1 scenario took longer than 5 s and counted as failed: 1 (red-sea-closed)."
    assert told in outcome.answer
    rows = (tmp_path / "out" / "summary.csv").read_text().splitlines()
    assert "failed,took longer than 5 s" in rows[2]


def test_the_order_of_the_journal_makes_no_difference(
    whole: Path, by_two: Path, tmp_path: Path
) -> None:
    out = copied(by_two, tmp_path / "out")
    journal = out / JOURNAL
    assert journal.read_bytes() == (whole / JOURNAL).read_bytes()
    header, *entries = journal.read_text().splitlines(keepends=True)
    random.Random(1).shuffle(entries)
    journal.write_text("".join([header, *entries]))
    run_batch(make_plan(loaded(tmp_path)), out, resume=True, workers=1)
    assert contents(out) == contents(whole)
    assert journal.read_bytes() == (whole / JOURNAL).read_bytes()


STRANGE = (
    {"chunk": 99, "ran": 1, "failed": 0, "sha256": {}},
    {"chunk": -1, "ran": 1, "failed": 0, "sha256": {}},
    {"chunk": 10**400, "ran": 1, "failed": 0, "sha256": {}},
    {"chunk": 0, "ran": 10**30, "failed": 0, "sha256": {}},
    {"chunk": 1, "ran": -1, "failed": 2, "sha256": {"scenarios": ["x"]}},
    {"chunk": True, "ran": 1, "failed": 0, "sha256": {"x": {}}},
    {"chunk": "0"},
)


def test_entries_that_are_none_of_the_batch_are_ignored(whole: Path, tmp_path: Path) -> None:
    out = copied(whole, tmp_path / "out")
    with (out / JOURNAL).open("a") as stream:
        stream.writelines(json.dumps(line) + "\n" for line in STRANGE)
    outcome = run_batch(make_plan(loaded(tmp_path)), out, resume=True, workers=1)
    assert (outcome.ran, outcome.failed) == (12, 0)
    assert contents(out) == contents(whole)


def running(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `corridors batch` on the batch of a folder."""
    batch_file(folder)
    child: subprocess.Popen[str] = subprocess.Popen(
        [sys.executable, "-c", CODE, "batch", "b.yaml", "--out", "out", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return child


def wait_for_a_chunk(child: subprocess.Popen[str], folder: Path) -> None:
    """Wait until a chunk is kept."""
    while child.poll() is None:
        journal = folder / "out" / JOURNAL
        if journal.exists() and journal.read_bytes().count(b"\n") > 1:
            return
        time.sleep(0.002)


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_sigterm_says_what_is_kept_and_the_rest_runs_later(
    workers: str, whole: Path, tmp_path: Path
) -> None:
    with running(tmp_path, "--workers", workers) as child:
        wait_for_a_chunk(child, tmp_path)
        child.terminate()
        _, told = child.communicate(timeout=60)
    assert child.returncode == 128 + signal.SIGTERM
    assert told.startswith("Stopped: interrupted. ")
    assert told.endswith(" of 12 scenarios are saved; continue with --resume.\n")
    run_batch(make_plan(loaded(tmp_path)), tmp_path / "out", resume=True, workers=1)
    assert contents(tmp_path / "out") == contents(whole)


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Have the system refuse to write more to a file, as it does on a full disk."""
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))


@pytest.mark.long
def test_a_disk_that_is_full_says_so_and_the_rest_runs_later(
    whole: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    least = min(len(data) for name, data in contents(whole).items() if name.endswith("parquet"))
    batch_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    with files_of_at_most(least - 1), pytest.raises(SystemExit) as ended:
        run(["batch", "b.yaml", "--out", "out", "--workers", "1"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told == "out: cannot write the results: File too large; see --resume\n"
    run_batch(make_plan(loaded(tmp_path)), tmp_path / "out", resume=True, workers=1)
    assert contents(tmp_path / "out") == contents(whole)


@pytest.mark.long
def test_a_disk_that_is_full_at_the_summaries_leaves_the_chunks(
    whole: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sizes = {name: len(data) for name, data in contents(whole).items()}
    most = max(size for name, size in sizes.items() if name.endswith("parquet"))
    assert sizes["report.html"] > most
    # All chunks are there; what is left to do is to sum them up.
    for path in copied(whole, tmp_path / "out").iterdir():
        if path.name not in (JOURNAL, "data"):
            path.unlink()
    batch_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    with files_of_at_most(most), pytest.raises(SystemExit) as ended:
        run(["batch", "b.yaml", "--out", "out", "--workers", "1", "--resume"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "out: cannot write the results: File too large\n"
    # The workbook that was not written leaves its parts to Python, as does the error.
    del ended
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [JOURNAL, "data"]
    run_batch(make_plan(loaded(tmp_path)), tmp_path / "out", resume=True, workers=1)
    assert contents(tmp_path / "out") == contents(whole)


@pytest.mark.long
def test_a_scheduler_that_dies_ends_the_batch_with_a_sentence(whole: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    port = 20_000 + os.getpid() % 20_000
    address = f"tcp://127.0.0.1:{port}"
    at = ("--host", "127.0.0.1", "--port", str(port))
    alone = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
    module = [sys.executable, "-m"]
    quiet = {"env": ENVIRONMENT, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen(
        [*module, "distributed.cli.dask_scheduler", *at, "--no-dashboard"],
        **quiet,  # type: ignore[call-overload]
    )
    worker = subprocess.Popen(
        [*module, "distributed.cli.dask_worker", address, *alone],
        **quiet,  # type: ignore[call-overload]
    )
    try:
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(1, timeout=60)
        with running(tmp_path, "--dask", address) as child:
            wait_for_a_chunk(child, tmp_path)
            scheduler.kill()
            _, told = child.communicate(timeout=120)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    assert child.returncode == 1
    assert told.startswith(f"Stopped: the scheduler at {address} no longer answers. ")
    assert told.endswith(" of 12 scenarios are saved; continue with --resume.\n")
    run_batch(make_plan(loaded(tmp_path)), tmp_path / "out", resume=True, workers=1)
    assert contents(tmp_path / "out") == contents(whole)
