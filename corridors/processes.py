"""Worker processes: how they start from a warm one, use one thread each, and end."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import current_process, get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path

from corridors.scratch import make_scratch

# Returning memory to the system.


def return_freed() -> None:
    """Return freed memory to the system, for what is made next in other sizes.

    Only glibc is asked, which keeps what lies below anything still in use. Other C libraries, and
    Windows, return it by themselves or not at all.
    """
    if os.name != "posix":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
FORK_SERVER = "forkserver"


def all_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
def workers_environment() -> Iterator[None]:
    """Set what processes started within the context need to know before they run.

    Numerical libraries use one thread, and no module is taken from the current folder: a file
    `selectors.py` beside a batch is no part of Python.
    """
    values = dict.fromkeys((*THREAD_LIMITS, "PYTHONSAFEPATH"), "1")
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


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
