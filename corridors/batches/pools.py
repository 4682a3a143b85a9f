"""Running chunks in this process or in a pool of processes."""

from __future__ import annotations

import gc
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing.process import BaseProcess

from corridors.batches.numbered_scenarios import Plan
from corridors.batches.work import Part, Worker
from corridors.errors import needed
from corridors.processes import end_with_parent, worker_context, workers_environment

PRELOADED = "corridors.batches.preload"
# How often a batch looks whether it is to end, or a worker has died in the middle of a result.
LOOK_SECONDS = 0.5
# New objects after which a worker looks for garbage in cycles.
RARELY = 200_000


class StoppedError(Exception):
    """The batch stopped early. Finished chunks are kept."""


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
