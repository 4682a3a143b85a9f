"""Machine code that numba keeps on disk, loaded without what numba needs to compile."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache, partial
from pickle import UnpicklingError
from typing import Any

from numba.core import config
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.compiler_lock import global_compiler_lock
from numba.core.runtime import nrtdynmod
from numba.core.runtime.nrt import rtsys

COUNTING = f"references.py{sys.version_info.major}{sys.version_info.minor}"


class LoadedCode(FunctionCache):
    """The cache of one function.

    numba prepares its compiler before it looks into a cache: 140 ms and, with the part of scipy
    that it then checks, 60 MiB. Code that is found runs without it, unless it calls a function that
    numba itself wrote in Python (such as a reduction, or a part of an array set to another), which
    then brings part of it. If nothing is found, numba prepares its compiler when it compiles.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function of a signature, None if there is none."""
        _count_references(target_context, self._cache_path)
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


def _count_references(target_context: Any, folder: str) -> None:
    """Prepare the counting of references to arrays that compiled code makes.

    numba compiles its functions for that in each process: 18 ms and 20 MiB. They are kept beside
    the code that needs them.
    """
    if rtsys._init:
        return
    compiled = nrtdynmod.compile_nrt_functions
    nrtdynmod.compile_nrt_functions = partial(_kept_counting, folder)
    try:
        rtsys.initialize(target_context)
    finally:
        nrtdynmod.compile_nrt_functions = compiled


@global_compiler_lock  # type: ignore[untyped-decorator]
def _kept_counting(folder: str, target_context: Any) -> Any:
    codegen = target_context.codegen()
    kept = IndexDataCacheFile(folder, COUNTING, source_stamp=None)  # type: ignore[no-untyped-call]
    key = codegen.magic_tuple()
    try:
        known = kept.load(key)  # type: ignore[no-untyped-call]
        if known is not None:
            return codegen.unserialize_library(known)
    except (OSError, EOFError, UnpicklingError):
        with suppress(OSError):
            kept.flush()  # type: ignore[no-untyped-call]
    module, library = nrtdynmod.create_nrt_module(target_context)  # type: ignore[no-untyped-call]
    library.add_ir_module(module)
    library.enable_object_caching()
    library.finalize()
    with suppress(OSError, EOFError, UnpicklingError):
        kept.save(key, library.serialize_using_object_code())  # type: ignore[no-untyped-call]
    return library


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
