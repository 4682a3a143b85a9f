"""Running chunks on a Dask cluster; needs the extra `dask`."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent import futures
from contextlib import ExitStack
from itertools import islice
from typing import Any

import distributed

from corridors.errors import ConfigError, OptionError, StoppedError
from corridors.studies.batch.scenarios import Plan, shipped_inputs
from corridors.studies.batch.workers import Part, Worker

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


def _work(name: str, chunk: int) -> Part:
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
            return client.submit(_work, name, chunk, pure=False)

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
