"""Compile the search kernels with numba, or prepare arrays to run them as plain Python."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy.typing as npt


def compiled(function: Callable[..., Any], **replaced: Any) -> Callable[..., Any]:
    """Return a compiled function in which `replaced` names stand for the functions it calls."""
    # Importing numba takes 0.3 s, which a command for a single route should not spend.
    from numba import njit

    source: Any = function
    twin = FunctionType(source.__code__, {**source.__globals__, **replaced}, function.__name__)
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    result: Callable[..., Any] = njit(cache=True)(twin)
    return result


class _Listed(list[int]):
    """A list with the `shape` of the array it was made from."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        super().__init__(array.tolist())
        self.shape = array.shape


def plain(array: npt.NDArray[Any], fast: bool) -> Any:
    """Return the array for numba, or a list, which interpreted code reads faster."""
    return array if fast else _Listed(array)
