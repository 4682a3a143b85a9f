"""Machine code that numba keeps on disk, loaded without what numba needs to compile."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pickle import UnpicklingError
from typing import Any

from numba.core import config
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys


class LoadedCode(FunctionCache):
    """The cache of one function.

    numba prepares its compiler before it looks into a cache: 140 ms and, with the part of scipy
    that it then checks, 60 MiB. Code that is found runs without it, unless it calls a function that
    numba itself wrote in Python (such as a reduction, or a part of an array set to another), which
    then brings part of it. If nothing is found, numba prepares its compiler when it compiles.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function of a signature, None if there is none."""
        # Counts references to the arrays that the code makes.
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            try:
                return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            except (OSError, EOFError, UnpicklingError):
                # Cut off by a full disk: the index is begun again, and the code compiled.
                with suppress(OSError):
                    self.flush()  # type: ignore[no-untyped-call]
                return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function, unless the disk is full or no longer takes it."""
        with suppress(OSError, EOFError, UnpicklingError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def kept_on_disk(dispatcher: Any) -> Any:
    """Return a function of `njit` that is compiled once and then loaded.

    With `NUMBA_DISABLE_JIT` numba hands back the plain function, which is returned as it is.
    """
    if not hasattr(dispatcher, "py_func"):
        return dispatcher
    try:
        dispatcher._cache = LoadedCode(dispatcher.py_func)  # type: ignore[no-untyped-call]
    except RuntimeError:  # no folder that numba knows can be written to
        if _keep_for_this_run():
            dispatcher._cache = LoadedCode(dispatcher.py_func)  # type: ignore[no-untyped-call]
    return dispatcher


@cache
def _keep_for_this_run() -> bool:
    """Let numba keep code in a temporary folder; return whether there is one.

    The folder is new and this user's own, since what it holds is run. Workers of a batch find it in
    their environment.
    """
    try:
        folder = tempfile.mkdtemp(prefix="corridors-code-")
    except OSError:
        folder = ""
    then = "set NUMBA_CACHE_DIR to a folder that can be written to, so that it is done once"
    sys.stderr.write(f"corridors: the searches are compiled for this run only; {then}\n")
    if folder:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["NUMBA_CACHE_DIR"] = folder
        config.CACHE_DIR = folder  # type: ignore[attr-defined]
    return bool(folder)
