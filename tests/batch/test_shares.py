"""Each worker of a batch gets a run of neighbouring chunks."""

from __future__ import annotations

from corridors.studies.batch.workers import Shares


def test_a_worker_keeps_to_its_run_and_then_shortens_the_longest() -> None:
    shares = Shares(range(10), 3)
    assert [shares.take(0) for _ in range(3)] == [0, 1, 2]
    assert [shares.take(2) for _ in range(2)] == [6, 7]
    # 3, 4 and 5 are left to the second worker, 8 and 9 to the third.
    assert shares.take(0) == 5
    assert [shares.take(1) for _ in range(2)] == [3, 4]
    assert shares.take(0) == 9
    assert shares.take(1) == 8
    assert [shares.take(worker) for worker in range(3)] == [None] * 3


def test_more_workers_than_chunks_share_them() -> None:
    shares = Shares([7, 9], 4)
    given = [shares.take(worker) for worker in range(4)]
    assert sorted(chunk for chunk in given if chunk is not None) == [7, 9]
