"""Running chunks in this process or in a pool of processes."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from multiprocessing import current_process, get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from corridors.batches.numbered_scenarios import Plan
from corridors.batches.work import Part, Worker
from corridors.errors import ConfigError
from corridors.scratch import make_scratch

THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
FORK_SERVER = "forkserver"
PRELOADED = "corridors.batches.preload"
# How often a batch looks whether it is to end, or a worker has died in the middle of a result.
LOOK_SECONDS = 0.5
# New objects after which a worker looks for garbage in cycles.
RARELY = 200_000


class StoppedError(Exception):
    """The batch stopped early. Finished chunks are kept."""


def all_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_dask() -> None:
    """Raise a ConfigError if the package for clusters is missing."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        msg = "--dask: the package 'distributed' is missing, install corridors[dask]"
        raise ConfigError(msg) from None


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
    with one_thread_each(), interrupts_deferred() as heed_interrupts:
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


def worker_context(preloaded: str) -> BaseContext:
    """Return how workers start: forked from a server that holds what they share, if it can be.

    The server imports the module `preloaded`, does nothing else and has one thread, so a fork of it
    is safe. Windows has none.
    """
    if FORK_SERVER not in get_all_start_methods():
        return get_context("spawn")
    context = get_context(FORK_SERVER)
    context.set_forkserver_preload([preloaded])
    _keep_socket()
    return context


@cache
def _keep_socket() -> None:
    """Let the server keep its socket in a folder that a later batch removes if this one is killed.

    Python would make one without a lock, which stays when its process is killed.
    """
    # There is nothing public; where the key is given, Python makes no folder.
    kept = current_process()._config  # type: ignore[attr-defined]
    if kept.get("tempdir") is None:
        scratch = make_scratch(Path(tempfile.gettempdir()), "corridors-workers-")
        atexit.register(scratch.remove)
        kept["tempdir"] = str(scratch.path)


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


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Limit numerical libraries to one thread in processes started within the context."""
    before = {name: os.environ.get(name) for name in THREAD_LIMITS}
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


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


def end_with_parent() -> None:
    """Let this worker end when its parent does, even if that is killed."""
    _be_killed_with_parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _be_killed_with_parent() -> None:
    """Ask Linux to kill this worker when its parent ends."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)


def _end_with_parent() -> None:
    """End this worker when its parent has ended, on systems that do not do it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(chunk: int) -> Part:
    if _Process.worker is None:
        msg = "the worker was started without a plan"
        raise RuntimeError(msg)
    return _Process.worker.compute(chunk)
