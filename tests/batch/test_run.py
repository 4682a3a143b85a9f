"""The bytes of a batch do not depend on the workers or on interruptions."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children, parent_process
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.errors import ConfigError, StoppedError
from corridors.output.store import claimed
from corridors.studies.batch import workers
from corridors.studies.batch.folder import part_path, read_sweep, store
from corridors.studies.batch.run import run_batch
from corridors.studies.batch.scenarios import JOURNAL, make_plan, read_journal
from corridors.studies.batch.workers import Part, compute_in_processes
from tests.batch.samples import BATCH, batch_file, contents, copied, loaded, ran, started


def test_two_workers_write_the_same_bytes(whole: Path, by_two: Path) -> None:
    assert contents(by_two) == contents(whole)


@pytest.mark.long
def test_a_cluster_writes_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    # A third of the chunks are left to the cluster.
    journal = copied(whole, tmp_path / "out") / JOURNAL
    entries = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(entries[:-4]))
    for entry in entries[-4:]:
        name = f"part-{json.loads(entry)['chunk']:05d}.parquet"
        for path in (tmp_path / "out" / "data").rglob(name):
            path.unlink()
    # Its one worker is a thread here; tests/batch/test_disturbances.py starts processes.
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    ) as cluster:
        address = cluster.scheduler_address
        run_batch(make_plan(loaded(tmp_path)), tmp_path / "out", resume=True, dask=address)
    assert contents(tmp_path / "out") == contents(whole)


@pytest.mark.long
def test_a_cluster_that_is_started_here_writes_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    run_batch(make_plan(loaded(tmp_path)), tmp_path / "out", dask="local:2")
    assert contents(tmp_path / "out") == contents(whole)


# In the gate a batch ends by SIGTERM (tests/batch/test_disturbances.py), and whatever a kill may
# leave is drawn below.
@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_batch_ends_in_the_same_bytes(workers: int, whole: Path, tmp_path: Path) -> None:
    batch_file(tmp_path)
    out = tmp_path / "out"
    draw = random.Random(workers)
    # Killed twice by two workers, which leave more under way.
    for stop in sorted(draw.sample(range(11), workers)):
        child = started(tmp_path, "--out", "out", "--workers", str(workers), "--resume")
        try:
            # Until so many chunks are kept; the kill then falls where it falls.
            while child.poll() is None and entries_in(out) <= stop:
                time.sleep(0.002)
            time.sleep(draw.random() * 0.05)
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    run_batch(make_plan(loaded(tmp_path)), out, workers=1, resume=True)
    assert contents(out) == contents(whole)


def entries_in(out: Path) -> int:
    journal = out / JOURNAL
    return journal.read_bytes().count(b"\n") - 1 if journal.exists() else 0


@pytest.mark.long
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_lost_is_computed_again(
    data: st.DataObject, whole: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Some parts torn, some gone, the journal cut anywhere after its first line."""
    folder = tmp_path_factory.mktemp("torn")
    out = folder / "out"
    copied(whole, out)
    parts = sorted((out / "data").rglob("*.parquet"))
    for path in data.draw(st.lists(st.sampled_from(parts), max_size=2, unique=True)):
        if data.draw(st.booleans()):
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-10])
    journal = out / JOURNAL
    text = journal.read_bytes()
    # At most two chunks are computed again, which keeps the test short.
    least = len(b"".join(text.splitlines(keepends=True)[:-1]))
    journal.write_bytes(text[: data.draw(st.integers(least, len(text)))])
    (out / "data" / "table=options" / ".part-00003.parquet.writing").write_bytes(b"half")
    (out / ".writing-abc").mkdir()
    (out / ".writing-abc" / "summary.csv").write_text("half")
    run_batch(make_plan(loaded(folder)), out, workers=1, resume=True)
    assert contents(out) == contents(whole)


def test_a_worker_that_is_killed_ends_the_batch_with_a_sentence(tmp_path: Path) -> None:
    plan = make_plan(loaded(tmp_path))
    parts = compute_in_processes(plan, range(plan.chunks), workers=2)
    others = set(active_children())
    next(parts)
    for worker in set(active_children()) - others:
        os.kill(int(worker.pid or 0), signal.SIGKILL)
    with pytest.raises(StoppedError, match="a worker process died"):
        list(parts)


def first_is_known(parent: int) -> Path:
    return Path(tempfile.gettempdir()) / f"first-is-known-{parent}"


def die_amid_a_result(chunk: int) -> Part:
    """End as a worker that is killed when half of a result is written.

    The first chunk is computed, and the others end once it is known.
    """
    if chunk == 0:
        return workers._work(chunk)
    parent = parent_process()
    assert parent is not None
    while not first_is_known(parent.pid or 0).exists():
        time.sleep(0.01)
    result_queue = sys._getframe(1).f_locals["result_queue"]
    # A message begins with its length.
    os.write(result_queue._writer.fileno(), struct.pack("!i", 100_000) + b"half")
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.mark.parametrize("is_left", [False, True])
def test_a_worker_killed_amid_its_result_does_not_keep_the_batch(
    is_left: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pool waited for the other half for ever; so it did after Ctrl-C and SIGTERM.
    monkeypatch.setattr(workers, "_work", die_amid_a_result)
    plan = make_plan(loaded(tmp_path))
    if not is_left:
        monkeypatch.setattr(workers, "LOOK_SECONDS", 0.2)
    parts = compute_in_processes(plan, range(plan.chunks), workers=2)
    flag = first_is_known(os.getpid())
    try:
        next(parts)
        flag.touch()
        time.sleep(0.5)
        if is_left:
            parts.close()  # type: ignore[attr-defined]
        else:
            with pytest.raises(StoppedError, match="a worker process died"):
                list(parts)
    finally:
        flag.unlink(missing_ok=True)


def test_a_batch_that_is_left_does_not_wait_for_what_is_under_way(tmp_path: Path) -> None:
    plan = make_plan(loaded(tmp_path))
    before = set(active_children())
    parts = compute_in_processes(plan, range(plan.chunks), workers=2)
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    assert set(active_children()) <= before


FAILING = """\
base: base.yaml
sweeps:
  destination: [Hamburg, Shanghai]
  max_wait_days: [1, 2]
"""


def test_a_scenario_that_fails_is_recorded_and_the_rest_run(tmp_path: Path) -> None:
    outcome = ran(tmp_path, tmp_path / "out", FAILING)
    assert (outcome.ran, outcome.failed) == (2, 2)
    assert sorted(outcome.sweep.failed) == [2, 3]
    for reason in outcome.sweep.failed.values():
        assert reason.startswith("b.yaml:3: destination: ")
        assert str(tmp_path) not in reason


def test_a_fault_of_the_program_is_recorded_with_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corridors.studies.batch.workers import Worker

    def broken(*_: object, **__: object) -> None:
        msg = "no\nreason"
        raise ZeroDivisionError(msg)

    plan = make_plan(loaded(tmp_path, FAILING))
    monkeypatch.setattr(workers, "compared", broken)
    rows, good = Worker(plan)._rows(0)
    assert not good
    assert rows["scenarios"][0]["reason"] == "ZeroDivisionError: no reason"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda f: batch_file(f, BATCH.replace("800", "900")), "batch_file_sha256"),
        (lambda f: batch_file(f, base=(f / "base.yaml").read_text() + "\n"), "base_file_sha256"),
    ],
)
def test_another_batch_is_not_resumed(
    change: object, named: str, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    copied(whole, out)
    batch_file(tmp_path)
    assert callable(change)
    file = change(tmp_path)
    from corridors.config.batch_files import load_batch

    with pytest.raises(ConfigError) as caught:
        run_batch(make_plan(load_batch(file)), out, workers=1, resume=True)
    assert f"was started with different {named}; restore them" in str(caught.value)
    assert contents(out) == contents(whole)


def test_another_version_is_not_resumed(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copied(whole, out)
    first, _, rest = (out / JOURNAL).read_text().partition("\n")
    header = json.loads(first)
    header["inputs"]["numpy"] = "0.1"
    (out / JOURNAL).write_text(f"{json.dumps(header, sort_keys=True)}\n{rest}")
    with pytest.raises(ConfigError, match="was started with different numpy; restore them"):
        run_batch(make_plan(loaded(tmp_path)), out, workers=1, resume=True)


def test_a_second_batch_in_the_same_folder_waits_outside(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copied(whole, out)
    plan = make_plan(loaded(tmp_path))

    def second() -> None:
        with pytest.raises(ConfigError, match="another run is writing there"):
            run_batch(plan, out, workers=1, resume=True)

    with claimed(out), ThreadPoolExecutor(1) as other:
        other.submit(second).result()


@pytest.mark.parametrize("name", ["notes.txt", "data/table=options/mine.parquet", "data/x/y.csv"])
def test_a_foreign_file_is_never_removed(name: str, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copied(whole, out)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text("mine")
    before = contents(out)
    plan = make_plan(loaded(tmp_path))
    with pytest.raises(ConfigError, match="not written by a batch"):
        run_batch(plan, out, workers=1, force=True)
    with pytest.raises(ConfigError, match="not written by a batch"):
        run_batch(plan, out, workers=1, resume=True)
    assert contents(out) == before


def test_a_link_is_not_followed(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copied(whole, tmp_path / "elsewhere")
    out.mkdir()
    (out / JOURNAL).write_bytes((whole / JOURNAL).read_bytes())
    (out / "data").symlink_to(tmp_path / "elsewhere" / "data")
    with pytest.raises(ConfigError, match="holds data@, not written by a batch"):
        run_batch(make_plan(loaded(tmp_path)), out, workers=1, force=True)
    assert contents(tmp_path / "elsewhere") == contents(whole)


def test_files_without_a_journal_are_not_taken_for_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "summary.csv").write_text("mine")
    with pytest.raises(ConfigError, match=r"holds files but no batch\.journal"):
        run_batch(make_plan(loaded(tmp_path)), out, workers=1, force=True)
    assert (out / "summary.csv").read_text() == "mine"


def test_force_starts_again(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copied(whole, out)
    text = BATCH.replace("steps: 3", "steps: 2")
    run_batch(make_plan(loaded(tmp_path, text)), out, workers=1, force=True)
    assert len(read_sweep(out).scenarios) == 8
    assert len(list((out / "data" / "table=options").iterdir())) == 8


def test_a_part_counts_only_once_its_entry_is_written(whole: Path, tmp_path: Path) -> None:
    copied(whole, tmp_path)
    _, before = read_journal(tmp_path)
    files = {
        table: part_path(whole, table, 3).read_bytes()
        for table in ("scenarios", "options", "cost_lines", "time_parts")
    }
    entry = store(tmp_path, Part(chunk=3, files=files, ran=1, failed=0))
    assert entry == before[3]


def test_an_unfinished_batch_has_no_summary(whole: Path, tmp_path: Path) -> None:
    copied(whole, tmp_path)
    lines = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    (tmp_path / JOURNAL).write_bytes(b"".join(lines[:-1]))
    with pytest.raises(ConfigError, match="1 of 12 chunks are missing, finish it with resume"):
        read_sweep(tmp_path)


def test_no_file_holds_a_folder_of_this_machine(whole: Path) -> None:
    for name, content in contents(whole).items():
        assert str(whole.parent).encode() not in content, name
    assert str(whole.parent) not in (whole / JOURNAL).read_text()
