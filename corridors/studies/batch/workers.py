"""Who works: a scenario within its budget, a part of a batch, pools of processes."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent import futures
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice, pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

import distributed

from corridors.config.checks import Names
from corridors.data.paths import one_look
from corridors.errors import (
    ConfigError,
    CorridorsError,
    OptionError,
    StoppedError,
    fault_text,
    needed,
)
from corridors.processes import end_with_parent, worker_context, workers_environment
from corridors.studies.batch.scenarios import Plan, shipped_inputs
from corridors.studies.batch.sheets import (
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


# Running chunks on a Dask cluster; needs the extra `dask`.

LOCAL = re.compile(r"local:([1-9]\d{0,2})")
ANSWER_SECONDS = 10
IN_FLIGHT_PER_WORKER = 2


class _Workers(distributed.WorkerPlugin):  # type: ignore[misc]
    """Keeps a `Worker` of one batch on each worker of the cluster, under the batch's name."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def setup(self, worker: object) -> None:  # noqa: ARG002 - Dask passes it
        """Make the worker, which runs one chunk at a time whatever the number of threads."""
        self._worker = Worker(self._plan)
        self._at_work = threading.Lock()

    def compute(self, chunk: int) -> Part:
        """Run a chunk and return its files."""
        with self._at_work:
            return self._worker.compute(chunk)


def _work_of(name: str, chunk: int) -> Part:
    part: Part = distributed.get_worker().plugins[name].compute(chunk)
    return part


def compute_on_cluster(plan: Plan, chunks: Iterable[int], *, address: str) -> Iterator[Part]:
    """Yield chunks as the workers of a Dask cluster finish them.

    Parameters
    ----------
    plan
        Sent to the workers once.
    chunks
        Numbers of the chunks. Only a few are in progress at any time.
    address
        Address of a scheduler, such as `tcp://host:8786`, or `local:N` to start N processes here.

    Raises
    ------
    ConfigError
        No scheduler answers, or a worker has different data or versions.
    StoppedError
        Workers died on a chunk, or the scheduler no longer answers.
    """
    try:
        yield from _chunks(plan, chunks, address)
    except (OSError, TimeoutError, futures.CancelledError, asyncio.CancelledError):
        msg = f"the scheduler at {address[:200]} no longer answers"
        raise StoppedError(msg) from None


def _chunks(plan: Plan, chunks: Iterable[int], address: str) -> Iterator[Part]:
    with ExitStack() as stack:
        client = stack.enter_context(connected(address, stack))
        refuse_other_workers(client)
        name = f"corridors batch {client.id}"
        client.register_plugin(_Workers(plan), name=name)
        stack.callback(_forget, client, name)
        waiting = iter(chunks)
        at_once = IN_FLIGHT_PER_WORKER * max(1, sum(client.nthreads().values()))

        def submit(chunk: int) -> Any:
            return client.submit(_work_of, name, chunk, pure=False)

        under_way = distributed.as_completed([submit(chunk) for chunk in islice(waiting, at_once)])
        try:
            for future in under_way:
                for chunk in islice(waiting, 1):
                    under_way.add(submit(chunk))
                part: Part = future.result()
                future.release()
                yield part
        except distributed.KilledWorker:
            msg = "workers of the cluster died on a chunk, perhaps they ran out of memory"
            raise StoppedError(msg) from None


def _forget(client: Any, name: str) -> None:
    """Remove the workers' copies of the plan, where the scheduler still answers."""
    if client.status == "running":
        client.unregister_worker_plugin(name)


def connected(address: str, stack: ExitStack) -> Any:
    """Return a client of the cluster. A cluster started here ends with the stack."""
    # What it has to say about a lost scheduler is said here in a sentence.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    local = LOCAL.fullmatch(address)
    if local is not None:
        cluster = stack.enter_context(
            distributed.LocalCluster(
                n_workers=int(local[1]),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                # Its pages would want port 8787, which another cluster may have taken.
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                silence_logs=logging.ERROR,
            )
        )
        return distributed.Client(cluster)
    try:
        return distributed.Client(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        what = " ".join(str(error).split()) or type(error).__name__
        msg = f"`dask` {address[:200]}: no scheduler answers there ({what[:200]})"
        raise OptionError(msg) from None


def refuse_other_workers(client: Any) -> None:
    """Refuse workers whose data or versions differ from this machine's."""
    here = shipped_inputs()
    found: Mapping[str, Mapping[str, str]] = client.run(shipped_inputs)
    if not found:
        msg = "`dask`: the cluster has no workers, start some"
        raise OptionError(msg)
    faults = []
    for worker, there in sorted(found.items()):
        differing = sorted(key for key in {*here, *there} if here.get(key) != there.get(key))
        if differing:
            faults.append(f"worker {worker} has different {', '.join(differing)}")
    if faults:
        raise ConfigError(faults)
