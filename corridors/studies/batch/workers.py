"""Who works: a scenario within its budget, a part of a batch, pools of processes."""

from __future__ import annotations

import ctypes
import gc
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from corridors.config.allowed_names import Names
from corridors.data.paths import one_look
from corridors.errors import CorridorsError, StoppedError, fault_text, needed
from corridors.processes import end_with_parent, worker_context, workers_environment
from corridors.studies.batch.scenarios import Plan
from corridors.studies.batch.tables import (
    OVERDUE,
    TABLES,
    Row,
    columns_of,
    comparison_rows,
    failed_rows,
    parquet_bytes,
    shared_cells,
)
from corridors.studies.decided import compared
from corridors.studies.drawn_comparison import with_draws
from corridors.studies.session import Session

Made = TypeVar("Made")


class OverdueError(Exception):
    """Work took longer than its budget."""


class _Ended(BaseException):
    """Raised inside the work when its time is up."""


def within(seconds: float, work: Callable[[], Made]) -> Made:
    """Return what `work` makes, unless that takes too long.

    The work runs in this thread, which may be any, and is ended where it next runs Python: long
    compiled searches return for that every tenth of a second.

    Parameters
    ----------
    seconds
        The budget by the clock, above 0.

    Raises
    ------
    OverdueError
        The time was up. What the work was changing is to be thrown away.
    """
    thread = threading.get_ident()
    lock = threading.Lock()
    is_over, is_ended = False, False

    def end() -> None:
        nonlocal is_ended
        with lock:
            if not is_over:
                is_ended = True
                _raise_in(thread, _Ended)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    try:
        try:
            # Inside, since a short budget may be up before this returns.
            timer.start()
            return work()
        finally:
            with lock:
                is_over = True
                if is_ended:
                    _raise_in(thread, None)
            timer.cancel()
    except _Ended:
        msg = f"{OVERDUE} {seconds:g} s"
        raise OverdueError(msg) from None


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread where it next runs Python; None takes it back."""
    given = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)


# The first scenario of a worker also reads the network and may have to compile the searches.
COLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A finished chunk: the bytes of its file by table, and counts of scenarios."""

    chunk: int
    files: dict[str, bytes]
    ran: int
    failed: int


@dataclass(slots=True)
class Worker:
    """Runs chunks of a plan with one session and one set of names."""

    plan: Plan
    session: Session = field(default_factory=Session)
    names: Names = field(default_factory=Names)
    warm: bool = False

    def compute(self, chunk: int) -> Part:
        """Run a chunk in any thread, one at a time. A failed scenario is a row with the reason."""
        self.session.hand_over()
        rows: dict[str, list[Row]] = {name: [] for name in TABLES}
        failed = 0
        members = self.plan.members(chunk)
        for number in members:
            found, good = self._rows(number)
            failed += not good
            for name, added in found.items():
                rows[name].extend(added)
        columns = columns_of(self.plan)
        return Part(
            chunk=chunk,
            files={name: parquet_bytes(rows[name], columns) for name in TABLES},
            ran=len(members) - failed,
            failed=failed,
        )

    def _rows(self, number: int) -> tuple[dict[str, list[Row]], bool]:
        shared = shared_cells(self.plan, number)
        budget = self.plan.budget_s * (1 if self.warm else COLD)
        self.warm = True
        try:
            return within(budget, lambda: self._compared(shared, number)), True
        except OverdueError as error:
            # It may have been ended while it filled a cache.
            self.session, self.names = Session(), Names()
            return failed_rows(shared, str(error)), False
        except CorridorsError as error:
            return failed_rows(shared, self._without_folders(str(error))), False
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - the other scenarios must run
            what = " ".join(str(error).split()) or "no details"
            return failed_rows(shared, fault_text(f"{type(error).__name__}: {what}")), False

    @one_look()
    def _compared(self, shared: dict[str, object], number: int) -> dict[str, list[Row]]:
        scenario = self.plan.scenario(number, names=self.names)
        found, made = compared(scenario, session=self.session, figures_only=True)
        return comparison_rows(shared, with_draws(found, made, session=self.session))

    def _without_folders(self, text: str) -> str:
        """Return faults on one line, without the local folders of files."""
        for shown in (self.plan.batch.shown, self.plan.batch.base_shown):
            folder = Path(shown).parent.as_posix()
            text = text if folder == "." else text.replace(f"{folder}/", "")
        return "; ".join(text.splitlines())


PRELOADED = "corridors.studies.batch.preload"
# How often a batch looks whether it is to end, or a worker has died in the middle of a result.
LOOK_SECONDS = 0.5
# New objects after which a worker looks for garbage in cycles.
RARELY = 200_000


def check_dask() -> None:
    """Raise a MissingPackageError if the package for clusters is missing."""
    needed("distributed", by="a batch on a cluster", extra="dask")


def compute_here(plan: Plan, chunks: Iterable[int]) -> Iterator[Part]:
    """Yield chunks, run one after the other in this process."""
    worker = Worker(plan)
    for chunk in chunks:
        yield worker.compute(chunk)


def compute_in_processes(plan: Plan, chunks: Iterable[int], *, workers: int) -> Iterator[Part]:
    """Yield chunks as processes finish them.

    A worker is given a chunk when it has finished one, so memory does not grow with their number.

    Raises
    ------
    StoppedError
        A process died.
    """
    shares = Shares(list(chunks), workers)
    with workers_environment(), interrupts_deferred() as heed_interrupts:
        pools = [
            ProcessPoolExecutor(
                1, mp_context=worker_context(PRELOADED), initializer=_begin, initargs=(plan,)
            )
            for _ in range(workers)
        ]
        pending: dict[Future[Part], int] = {}

        def give(worker: int) -> None:
            chunk = shares.take(worker)
            if chunk is not None:
                pending[pools[worker].submit(_work, chunk)] = worker

        try:
            for worker in range(workers):
                give(worker)
            while pending:
                done, _ = wait(pending, LOOK_SECONDS, return_when=FIRST_COMPLETED)
                heed_interrupts()
                if not done and any(process.exitcode is not None for process in _processes(pools)):
                    _end(pools)
                for future in done:
                    give(pending.pop(future))
                while done:  # free each result once it is yielded
                    yield done.pop().result()
        except BrokenProcessPool:
            msg = "a worker process died, perhaps it ran out of memory"
            _end(pools)
            raise StoppedError(msg) from None
        except BaseException:
            # Interrupted, or the caller stopped: do not wait for chunks in progress.
            _end(pools)
            raise
        finally:
            for pool in pools:
                pool.shutdown(wait=True, cancel_futures=True)


class Shares:
    """Chunks that no worker has been given: for each worker a run of neighbours.

    A worker keeps what it has computed, and chunks near each other share most of it: of a sweep
    over dates and prices, each month is seasoned by one worker, not by all.
    """

    def __init__(self, chunks: Sequence[int], workers: int) -> None:
        ends = [len(chunks) * share // workers for share in range(workers + 1)]
        self._left = [deque(chunks[first:end]) for first, end in pairwise(ends)]

    def take(self, worker: int) -> int | None:
        """Return the next chunk of a worker's run, once that is done the last of the longest."""
        if self._left[worker]:
            return self._left[worker].popleft()
        longest = max(self._left, key=len)
        return longest.pop() if longest else None


def _processes(pools: Iterable[ProcessPoolExecutor]) -> list[BaseProcess]:
    """Return the processes of pools that have been started."""
    # `terminate_workers` does the same from Python 3.14 on; there is nothing public before.
    return [process for pool in pools for process in (pool._processes or {}).values()]


def _end(pools: Sequence[ProcessPoolExecutor]) -> None:
    """End the workers of pools at once, whatever they do.

    One may end in the middle of a result. Its pool would wait for the rest of it for ever, since it
    keeps the pipe open for writing itself; so that end is closed.
    """
    workers = _processes(pools)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join()
    for pool in pools:
        pool._result_queue._writer.close()  # type: ignore[attr-defined]


@contextmanager
def interrupts_deferred() -> Iterator[Callable[[], None]]:
    """Hold back Ctrl-C and SIGTERM until the function that is given is called.

    Raised while the pool holds a lock, they would leave it locked, and the pool would wait for it
    for ever. What still waits at the end is heeded then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    met: list[int] = []
    handlers = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    held = {number: handler for number, handler in handlers.items() if callable(handler)}

    def heed() -> None:
        while met:
            number = met.pop()
            held[number](number, None)

    for number in held:
        signal.signal(number, lambda number, _frame: met.append(number))
    try:
        yield heed
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
    heed()


class _Process:
    """The worker of this process, made when the pool starts it."""

    worker: Worker | None = None


def _begin(plan: Plan) -> None:
    # Scenarios leave hardly any cycles; to look for them at the usual pace takes a twentieth.
    gc.set_threshold(RARELY)
    _Process.worker = Worker(plan)
    # Ctrl-C reaches every process; only the parent handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def _work(chunk: int) -> Part:
    if _Process.worker is None:
        msg = "the worker was started without a plan"
        raise RuntimeError(msg)
    return _Process.worker.compute(chunk)
