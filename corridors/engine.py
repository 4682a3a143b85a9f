"""Compile the search kernels with numba, or prepare arrays to run them as plain Python."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
Made = TypeVar("Made")
LISTEN_SECONDS = 0.1


def compiled(function: Callable[..., Any], **replaced: Any) -> Callable[..., Any]:
    """Return a compiled function in which `replaced` names stand for the functions it calls."""
    # Importing numba takes 0.3 s, which a command for a single route should not spend.
    from numba import njit

    from corridors.cached_code import kept_on_disk

    source: Any = function
    twin = FunctionType(source.__code__, {**source.__globals__, **replaced}, function.__name__)
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    # Without the interpreter's lock, so that Ctrl-C is heard while a kernel runs (`until_stopped`).
    result: Callable[..., Any] = kept_on_disk(njit(nogil=True)(twin))
    return result


def until_stopped(work: Callable[[IntArray], Made]) -> Made:
    """Return what `work` makes in another thread, so that the main one hears Ctrl-C.

    `work` is given an array of one number, and must end soon after it is no longer 0.
    """
    # Few searches are that long, and the import takes 5 ms.
    from concurrent.futures import ThreadPoolExecutor

    stop = np.zeros(1, np.int64)
    with ThreadPoolExecutor(max_workers=1) as thread:
        made = thread.submit(work, stop)
        try:
            while True:
                try:
                    return made.result(timeout=LISTEN_SECONDS)
                except TimeoutError:
                    if made.done():
                        return made.result()
        except BaseException:
            stop[0] = 1
            raise


class _Listed(list[int]):
    """A list with the `shape` of the array it was made from."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        super().__init__(array.tolist())
        self.shape = array.shape


def plain(array: npt.NDArray[Any], fast: bool) -> Any:
    """Return the array for numba, or a list, which interpreted code reads faster."""
    return array if fast else _Listed(array)
