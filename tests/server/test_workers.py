"""The pool: order, newer questions in place of older, limits, and workers that die or grow."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from corridors.server import workers as pools
from corridors.server.guard import Reply, Step
from corridors.server.workers import REST, STUDY, Pool, Question
from tests.server.toy_work import toy_work


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(2, target=toy_work, preloaded="corridors.server.guard")
    yield made
    made.close()
    assert made.processes() == []


def waits(seconds: float, *, page: str = "", lane: str = "", kind: str = "wait") -> Question:
    return Question(kind=kind, given={"seconds": seconds}, page=page, lane=lane)


def told(reply: Future[Reply]) -> tuple[int, Any]:
    found = reply.result(timeout=30)
    return found.status, json.loads(found.body)


def settled(pool: Pool) -> set[int]:
    """Return the processes of a pool, once none is being replaced after an earlier test."""
    found: set[int] = set()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        before, found = found, set(pool.processes())
        if found == before and len(found) == 2:
            break
        time.sleep(0.3)
    return found


def test_a_question_is_answered(pool: Pool) -> None:
    status, (_, said) = told(pool.ask(Question(kind="echo", given={"say": "ü"})))
    assert (status, said) == (200, "ü")


def test_a_newer_question_of_a_page_takes_the_place_of_the_older(pool: Pool) -> None:
    began = time.monotonic()
    other_page = pool.ask(waits(0.3, page="other", lane="answer"))
    older = pool.ask(waits(20.0, page="one", lane="answer"))
    other_lane = pool.ask(Question(kind="echo", given={}, page="one", lane="months"))
    time.sleep(0.1)
    newer = pool.ask(Question(kind="echo", given={}, page="one", lane="answer"))
    assert told(older)[0] == 409
    assert [told(one)[0] for one in (newer, other_lane, other_page)] == [200, 200, 200]
    assert time.monotonic() - began < 10.0


def test_a_question_that_waits_is_dropped_without_being_asked(pool: Pool) -> None:
    busy = [pool.ask(waits(0.5)) for _ in range(2)]
    waiting = Question(kind="die", given={}, page="one", lane="answer")
    dropped, newer = pool.ask(waiting), pool.ask(waits(0.0, page="one", lane="answer"))
    assert told(dropped)[0] == 409
    assert waiting.asked == 0
    assert [told(one)[0] for one in (*busy, newer)] == [200, 200, 200]


def test_one_over_its_limit_is_ended_and_the_others_go_on(pool: Pool) -> None:
    before = settled(pool)
    late = Question(kind="stubborn", given={"seconds": 60.0}, seconds=0.3)
    began = time.monotonic()
    answer, beside = pool.ask(late), pool.ask(Question(kind="echo", given={}))
    assert told(beside)[0] == 200
    found = answer.result(timeout=30)
    assert (found.status, "Retry-After" in found.headers) == (503, True)
    assert time.monotonic() - began < 3.0
    # It does not heed the stop, so its process is ended; the next answers come from a new one.
    deadline = time.monotonic() + 20
    while set(pool.processes()) & before == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [told(pool.ask(waits(0.1)))[0] for _ in range(3)] == [200] * 3
    assert len(set(pool.processes()) & before) == 1


def test_the_time_of_a_question_is_that_of_the_processor(pool: Pool) -> None:
    # On a busy machine a worker that is allowed 0.5 s waits for the processor.
    waiting = Question(kind="wait", given={"seconds": 0.9}, seconds=0.5)
    assert told(pool.ask(waiting))[0] == 200
    working = Question(kind="work", given={"seconds": 20.0}, seconds=0.5)
    began = time.monotonic()
    found = pool.ask(working).result(timeout=30)
    assert (found.status, "0.5 s of computing" in found.body.decode()) == (503, True)
    assert time.monotonic() - began < 10.0


def test_by_the_clock_a_question_has_four_times_as_long(pool: Pool) -> None:
    began = time.monotonic()
    found = pool.ask(Question(kind="wait", given={"seconds": 60.0}, seconds=0.3)).result(timeout=30)
    assert found.status == 503
    assert 4 * 0.3 < time.monotonic() - began < 10.0


def test_a_killed_worker_is_replaced_and_its_question_answered(pool: Pool) -> None:
    under_way = [pool.ask(waits(1.0)) for _ in range(2)]
    time.sleep(0.2)
    killed = pool.processes()[0]
    os.kill(killed, signal.SIGKILL)
    assert [told(one)[0] for one in under_way] == [200, 200]
    assert killed not in pool.processes()


def test_what_kills_two_workers_is_not_asked_again(pool: Pool, tmp_path: Path) -> None:
    assert told(pool.ask(Question(kind="die", given={})))[0] == 503
    once = Question(kind="die once", given={"mark": str(tmp_path / "died")})
    assert (told(pool.ask(once))[0], once.asked) == (200, 2)
    assert told(pool.ask(Question(kind="echo", given={})))[0] == 200


def test_a_worker_that_grew_is_replaced_after_its_answer(pool: Pool) -> None:
    status, (grown, _) = told(pool.ask(Question(kind="grow", given={})))
    assert status == 200
    both = [pool.ask(waits(0.2, kind="echo")) for _ in range(2)]
    assert grown not in [told(one)[1][0] for one in both]


def test_the_queue_is_bounded(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    running = [pool.ask(waits(1.0)) for _ in range(2)]
    deadline = time.monotonic() + 10
    while pool.state()["waiting"] and time.monotonic() < deadline:
        time.sleep(0.01)
    monkeypatch.setattr(pools, "MOST_WAITING", 1)
    waiting = pool.ask(waits(0.0))
    full = pool.ask(waits(0.0)).result(timeout=1)
    assert (full.status, "Retry-After" in full.headers) == (503, True)
    assert [told(one)[0] for one in (*running, waiting)] == [200, 200, 200]


def test_no_study_takes_the_last_worker_and_steps_are_told(pool: Pool) -> None:
    steps: list[Step] = []
    studies = [
        Question(
            kind="wait",
            given={"seconds": 20.0, "streams": True},
            rank=STUDY,
            on_step=steps.append,
        )
        for _ in range(2)
    ]
    both = [pool.ask(one) for one in studies]
    time.sleep(0.1)
    began = time.monotonic()
    assert told(pool.ask(Question(kind="echo", given={})))[0] == 200
    assert time.monotonic() - began < 5.0
    for one in studies:
        pool.stop(one, Reply(body=b'"stopped"'))
    assert [told(one)[0] for one in both] == [200, 200]
    assert steps
    assert steps[0] == Step("waiting", 1, 2)


def test_questions_of_a_key_go_to_the_worker_that_knows_it(pool: Pool) -> None:
    def about(key: str, seconds: float = 0.0) -> Future[Reply]:
        return pool.ask(Question(kind="wait", given={"key": key, "seconds": seconds}))

    first = told(about("known"))[1][0]
    assert {told(about("known"))[1][0] for _ in range(6)} == {first}
    both = [about("other", 0.2), about("other", 0.2)]
    assert len({told(one)[1][0] for one in both}) == 1
    # Busy with something else, it is not waited for.
    long = Question(kind="wait", given={"key": "another", "seconds": 20.0})
    under_way = pool.ask(long)
    began = time.monotonic()
    assert [told(about(key))[0] for key in ("known", "other", "new", "new")] == [200] * 4
    assert time.monotonic() - began < 10.0
    pool.stop(long, Reply(body=b'"stopped"'))
    assert told(under_way) == (200, "stopped")


def test_figures_are_answered_before_lines_and_maps(pool: Pool) -> None:
    busy = [pool.ask(waits(0.5)) for _ in range(2)]
    time.sleep(0.2)
    order: list[str] = []
    rest = pool.ask(Question(kind="wait", given={"seconds": 0.2}, rank=REST))
    rest.add_done_callback(lambda _: order.append("rest"))
    figures = [pool.ask(waits(0.2)) for _ in range(2)]
    figures[-1].add_done_callback(lambda _: order.append("figures"))
    assert [told(one)[0] for one in (*busy, *figures, rest)] == [200] * 5
    assert order == ["figures", "rest"]


def test_what_waits_too_long_is_refused_and_what_is_begun_has_its_time(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "WAIT_SECONDS", 0.3)
    begun = [pool.ask(waits(1.2, kind="work")) for _ in range(2)]
    time.sleep(0.2)
    found = pool.ask(waits(0.0)).result(timeout=30)
    assert (found.status, "Retry-After" in found.headers) == (503, True)
    assert [told(one)[0] for one in begun] == [200, 200]
    # While the workers wait for the processor themselves, so may a question.
    idle = [pool.ask(waits(0.8)) for _ in range(2)]
    assert [told(one)[0] for one in (*idle, pool.ask(waits(0.0)))] == [200] * 3


def test_a_stopped_study_ends_with_what_it_is_told(pool: Pool) -> None:
    study = waits(30.0)
    answer = pool.ask(study)
    time.sleep(0.1)
    pool.stop(study, Reply(body=b'"stopped"', status=404))
    assert told(answer) == (404, "stopped")
    # The worker is free again at once.
    assert [told(pool.ask(waits(0.0)))[0] for _ in range(3)] == [200] * 3
