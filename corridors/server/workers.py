"""The processes that answer: one warm worker a core, a bounded queue, limits of time and memory.

A question waits until a worker is free; clients take turns, and when too many wait, the client with
the most is refused. A newer question of the same page takes the place of the
older: one that waits is dropped, one under way is told to stop between two steps. A worker that
does not stop, takes too long, grows too large or dies is ended, and another one, forked warm,
takes its place; a question whose worker died is asked once more.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any

from corridors.bounded_cache import BoundedCache
from corridors.processes import all_cores, worker_context, workers_environment
from corridors.server.guard import (
    BAD_INPUT,
    BUSY,
    LOG,
    OUR_FAULT,
    PROGRAM_ERROR,
    SUPERSEDED,
    Done,
    OwnFiles,
    Reply,
    Step,
    Stop,
    cpu_seconds,
    memory_mb,
    problem,
)
from corridors.server.worker import work

PRELOADED = "corridors.server.warm"
QUESTION_SECONDS, STUDY_SECONDS = 10.0, 120.0
"""Processor time that a worker may take for a question, and for a study that streams."""
TIMES_BY_THE_CLOCK = 4.0
"""How many times as long it may take by the clock: on a busy machine it gets a part of a core."""
WAIT_SECONDS = 5.0
"""Processor time of the workers for which a question may wait. One that is begun has its whole
time, so that of more than can be answered some are, and not all too late."""
MOST_WAITING, MOST_HOMES = 64, 400
MOST_MB = 1_500.0
"""Resident memory of a worker after an answer, above which another takes its place."""
MOST_MB_WITHIN = 3_000.0
"""The same while it answers, above which the question is ended."""
STARTING_SECONDS = 60.0
"""How long a question may wait besides for the first worker."""
GRACE_SECONDS = 2.0
"""Processor time that a question may take to stop, once it is told to."""
LOOK_SECONDS = 0.1
LEAST_WORKERS = 2
"""One more than a study takes, so that a page is answered beside it."""
URGENT, REST, SHORT, STUDY = 0, 1, 2, 3
"""Which question is answered first: figures, then lines and maps, then parts of long studies, then
whole ones. Neither a study nor a part of one takes the last worker."""
_numbers = count(1)


class _Allowance:
    """Processor time that any of some workers may take from now on, and more by the clock.

    By the clock alone where a system does not say how much a process has taken.
    """

    def __init__(self, processes: Iterable[int], seconds: float) -> None:
        self._seconds, self._began = seconds, monotonic()
        self._before = {process: cpu_seconds(process) for process in processes}

    def is_used(self) -> bool:
        """Return whether it is used up."""
        by_clock = monotonic() - self._began
        # A worker has one thread, so it takes no more than the clock.
        if by_clock <= self._seconds:
            return False
        taken = [
            now - before
            for process, before in self._before.items()
            if before is not None and (now := cpu_seconds(process)) is not None
        ]
        most = max(taken, default=by_clock)
        return most > self._seconds or by_clock > TIMES_BY_THE_CLOCK * self._seconds


@dataclass(slots=True, kw_only=True, eq=False)
class Question:
    """A question and its answer to be.

    Questions of the same `page` and `lane` take each other's place if they `supersede`. One that
    streams is told of steps by `on_step`, from another thread.
    """

    kind: str
    given: Mapping[str, Any]
    client: str = ""
    page: str = ""
    lane: str = ""
    supersedes: bool = True
    seconds: float = QUESTION_SECONDS
    on_step: Callable[[Step], None] | None = None
    rank: int = URGENT
    number: int = field(default_factory=lambda: next(_numbers))
    reply: Future[Reply] = field(default_factory=Future)
    allowed: _Allowance | None = None
    ended_by: Reply | None = None
    asked: int = 0

    @property
    def key(self) -> str:
        """What it is about; its own number if nothing else is about the same."""
        return str(self.given.get("key", self.number))

    @property
    def waits(self) -> float:
        """How many seconds it may wait for a worker."""
        return WAIT_SECONDS if self.rank <= REST else self.seconds

    def end(self, reply: Reply) -> None:
        """Answer, unless it has an answer: two threads may come to the end at once."""
        with suppress(InvalidStateError):
            self.reply.set_result(reply)


@dataclass(slots=True)
class _Worker:
    """A process, the pipe to it, and the number in its memory that stops a question."""

    process: BaseProcess
    pipe: Connection
    stop: Stop
    mb: float = 0.0

    @property
    def processes(self) -> tuple[int, ...]:
        """Its id, once it is started."""
        return (self.process.pid,) if self.process.pid else ()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


MONTHS = 12


def month_questions(scenario: Mapping[str, Any], *, page: str = "") -> list[Question]:
    """Return the questions of a year's departures, a month apart."""
    return [
        Question(
            kind="month",
            given={"scenario": scenario, "number": number},
            page=page,
            lane="months",
            # Those of an older strip end; the first one says so for all.
            supersedes=number == 0,
            rank=SHORT,
            seconds=STUDY_SECONDS,
        )
        for number in range(MONTHS)
    ]


class Pool:
    """Workers and the questions that wait for them.

    Parameters
    ----------
    workers
        How many; by default one a core, two at least.
    own
        The files that questions may name.
    target, preloaded
        What a worker does, and the module that is loaded before workers part.
    starts
        Whether there are any; without, nothing is answered.
    """

    def __init__(
        self,
        workers: int = 0,
        *,
        own: OwnFiles | None = None,
        target: Callable[[Connection, Stop, OwnFiles], None] = work,
        preloaded: str = PRELOADED,
        starts: bool = True,
    ) -> None:
        self.size = workers or max(LEAST_WORKERS, all_cores())
        self.own = own or OwnFiles()
        self.replaced = 0
        self._target = target
        self._context: BaseContext = worker_context(preloaded)
        self._waiting: list[Question] = []
        self._running: dict[int, Question] = {}
        self._homes: BoundedCache[int] = BoundedCache(MOST_HOMES)
        self._workers: dict[int, _Worker] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._was_ready = False
        self._threads = [
            threading.Thread(target=self._keep, args=(slot,), daemon=True, name=f"worker {slot}")
            for slot in range(self.size)
        ]
        for thread in self._threads if starts else ():
            thread.start()

    def ask(self, question: Question) -> Future[Reply]:
        """Let a question wait for a worker, and return its answer to be."""
        with self._changed:
            starting = 0.0 if self._was_ready else STARTING_SECONDS
            question.allowed = self._to_wait(question, starting)
            if question.page and question.supersedes:
                self._supersede(question)
            if self._closed:
                question.end(problem(BUSY, "this server is being stopped"))
            elif not question.reply.done():
                self._waiting.append(question)
                self._make_room()
                self._changed.notify_all()
        return question.reply

    def stop(self, question: Question, reply: Reply) -> None:
        """End a question that is not asked any more, with this answer."""
        with self._changed:
            self._end(question, reply)

    def state(self) -> dict[str, object]:
        """Return how many workers there are, what they do, and their memory in MB."""
        with self._changed:
            return {
                "workers": self.size,
                "ready": len(self._workers),
                "busy": len(self._running),
                "waiting": len(self._waiting),
                "replaced": self.replaced,
                "mb": [round(worker.mb) for worker in self._workers.values()],
            }

    def processes(self) -> list[int]:
        """Return the ids of the workers' processes."""
        with self._changed:
            return [process for one in self._workers.values() for process in one.processes]

    def close(self) -> None:
        """End the workers and what they do."""
        ending = problem(BUSY, "this server is being stopped")
        with self._changed:
            self._closed = True
            for question in (*self._waiting, *self._running.values()):
                self._end(question, ending)
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(GRACE_SECONDS + 1)
        with self._changed:
            left = list(self._workers.values())
            self._workers.clear()
        for worker in left:
            worker.kill()

    def _turns(self) -> dict[int, int]:
        """Return by number of a waiting question how many of its client are answered before it."""
        before = Counter(one.client for one in self._running.values())
        turns = {}
        for one in sorted(self._waiting, key=lambda one: (one.rank, one.number)):
            turns[one.number] = before[one.client]
            before[one.client] += 1
        return turns

    def _make_room(self) -> None:
        """End the last question of the client with the most, if too many wait."""
        if len(self._waiting) > MOST_WAITING:
            turns = self._turns()
            last = max(self._waiting, key=lambda one: (turns[one.number], one.rank, one.number))
            self._end(last, problem(BUSY, "too many questions wait already; ask again later"))

    def _supersede(self, newer: Question) -> None:
        for older in (*self._waiting, *self._running.values()):
            if (older.page, older.lane) == (newer.page, newer.lane):
                text = "a newer question of the same page takes its place"
                self._end(older, problem(SUPERSEDED, text, name="superseded"))

    def _end(self, question: Question, reply: Reply) -> None:
        """End a question: one that waits leaves the queue, one under way is told to stop."""
        if question in self._waiting:
            self._waiting.remove(question)
        question.ended_by = question.ended_by or reply
        question.end(reply)
        for slot, running in self._running.items():
            if running is question and slot in self._workers:
                self._workers[slot].stop.value = question.number

    def _drop_late(self) -> None:
        """End the questions that have waited too long."""
        with self._changed:
            for late in [one for one in self._waiting if one.allowed and one.allowed.is_used()]:
                self._end(late, _too_late(late))

    def _to_wait(self, question: Question, starting: float = 0.0) -> _Allowance:
        """Return how long a question may wait: while the workers are at work on others."""
        return _Allowance(self.processes(), question.waits + starting)

    def _take(self, slot: int) -> Question | None:
        """Return the next question, None when the pool is closed."""
        with self._changed:
            while True:
                self._drop_late()
                if self._closed:
                    return None
                found = self._next(slot)
                if found is not None:
                    self._waiting.remove(found)
                    self._running[slot] = found
                    if "key" in found.given:
                        self._homes.renewed(found.key, slot)
                    return found
                self._changed.wait(LOOK_SECONDS if self._waiting else None)

    def _next(self, slot: int) -> Question | None:
        """Return the question that a worker is to answer; studies leave one worker to others.

        Of one rank, clients take turns.
        """
        turns = self._turns()
        mine = (one for one in self._waiting if self._may_take(slot, one))
        first = min(mine, key=lambda one: (one.rank, turns[one.number], one.number), default=None)
        if first is None or first.rank < SHORT:
            return first
        busy = sum(one.rank >= SHORT for one in self._running.values())
        return first if busy < max(1, self.size - 1) else None

    def _may_take(self, slot: int, question: Question) -> bool:
        """Return whether a worker may take a question that another may have half answered.

        The worker that had the last question of its key has the networks, and perhaps the whole
        comparison. It is waited for, unless it is busy with something else.
        """
        if question.key not in self._homes:
            return True
        home = self._homes.of(question.key, lambda: slot)
        if home == slot or home not in self._workers:
            return True
        busy_with = self._running.get(home)
        return busy_with is not None and busy_with.key != question.key

    def _keep(self, slot: int) -> None:
        """Keep a worker, and hand it one question after the other."""
        worker: _Worker | None = None
        while not self._closed:
            try:
                worker = worker or self._start(slot)
            except (EOFError, OSError):
                # It ended before it was ready; another may do better.
                with self._changed:
                    self._changed.wait(1.0)
                continue
            question = self._take(slot)
            if question is None:
                break
            kept = False
            try:
                kept = self._answered(slot, worker, question)
            except Exception as error:  # noqa: BLE001 - the other questions must be answered
                LOG.error("%s beside a worker", type(error).__name__)
                question.end(problem(OUR_FAULT, PROGRAM_ERROR))
            if not kept:
                self._remove(slot, worker)
                worker = None
        if worker is not None:
            with self._changed:
                self._workers.pop(slot, None)
            worker.kill()

    def _start(self, slot: int) -> _Worker:
        ours, theirs = self._context.Pipe()
        stop: Any = self._context.Value("Q", 0, lock=False)
        process: BaseProcess = self._context.Process(  # type: ignore[attr-defined]
            target=self._target,
            args=(theirs, stop, self.own),
            daemon=True,
            name=f"corridors worker {slot}",
        )
        with _starting, workers_environment():
            process.start()
        theirs.close()
        worker = _Worker(process, ours, stop)
        try:
            ready = ours.recv()
        except (EOFError, OSError):
            worker.kill()
            raise
        worker.mb = ready.mb
        with self._changed:
            self._workers[slot] = worker
            if not self._was_ready:
                # What waited for the first worker has waited for nothing else.
                for question in self._waiting:
                    question.allowed = self._to_wait(question)
            self._was_ready = True
        return worker

    def _answered(self, slot: int, worker: _Worker, question: Question) -> bool:
        """Let a worker answer a question; return whether it can answer others."""
        question.asked += 1
        # While all workers are busy, each of them looks after those that wait.
        done = _exchange(worker, question, look=self._drop_late)
        with self._changed:
            self._running.pop(slot, None)
            kept = done is not None and worker.mb <= MOST_MB
            if not kept:
                self._workers.pop(slot, None)
            if done is None and question.ended_by is None and not self._closed:
                if question.asked == 1:
                    self._waiting.insert(0, question)
                else:
                    text = "two workers died over this question; it may need too much memory"
                    question.end(problem(BUSY, text))
            self._changed.notify_all()
        if done is not None and done.reply is not None:
            question.end(done.reply)
        elif done is not None:
            question.end(question.ended_by or problem(OUR_FAULT, "the question was not answered"))
        return kept

    def _remove(self, slot: int, worker: _Worker) -> None:
        """End a worker, in whose place another will start."""
        with self._changed:
            self._workers.pop(slot, None)
            self._running.pop(slot, None)
            self.replaced += 1
        worker.kill()


_starting = threading.Lock()


def _exchange(worker: _Worker, question: Question, *, look: Callable[[], None]) -> Done | None:
    """Send a question to a worker and wait for the answer; None if the worker has to go.

    `look` is called every now and then.
    """
    allowed = _Allowance(worker.processes, question.seconds)
    try:
        worker.pipe.send((question.number, question.kind, question.given))
    except (OSError, ValueError):
        return None
    except RecursionError:
        question.end(problem(BAD_INPUT, "nested too deeply", name="fault"))
        return Done(None, worker.mb)
    to_stop: _Allowance | None = None
    while True:
        ready = wait([worker.pipe, worker.process.sentinel], LOOK_SECONDS)
        look()
        if worker.pipe in ready:
            try:
                told = worker.pipe.recv()
            except (EOFError, OSError):
                return None
            if isinstance(told, Done):
                worker.mb = told.mb
                return told
            if question.on_step is not None and question.ended_by is None:
                question.on_step(told)
            continue
        if ready:  # it died, and has said nothing more
            return None
        if question.ended_by is None and allowed.is_used():
            question.ended_by = _too_late(question)
            question.end(question.ended_by)
        if question.ended_by is None and memory_mb(worker.process.pid) > MOST_MB_WITHIN:
            text = "the question needs more memory than this server gives one; ask for less"
            question.ended_by = problem(BUSY, text)
            question.end(question.ended_by)
            return None
        if question.ended_by is not None:
            worker.stop.value = question.number
            to_stop = to_stop or _Allowance(worker.processes, GRACE_SECONDS)
            if to_stop.is_used():
                return None


def _too_late(question: Question) -> Reply:
    text = (
        f"this takes more than {question.seconds:g} s of computing;"
        " ask for less, or use the command"
    )
    if not question.asked:
        text = "the server is busy: no worker was free in time; try again later"
    return problem(BUSY, text, name="too-late")
