"""Machine code that numba keeps on disk, loaded without what numba needs to compile."""

from __future__ import annotations

from typing import Any

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
            found: Any = self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            return found


def kept_on_disk(dispatcher: Any) -> Any:
    """Return a function of `njit` that is compiled once and then loaded.

    With `NUMBA_DISABLE_JIT` numba hands back the plain function, which is returned as it is.
    """
    if not hasattr(dispatcher, "py_func"):
        return dispatcher
    dispatcher._cache = LoadedCode(dispatcher.py_func)  # type: ignore[no-untyped-call]
    return dispatcher
