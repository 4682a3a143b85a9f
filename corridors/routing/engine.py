"""The search as compiled code, or the same code as Python, and the arrays each of them reads."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy.typing as npt


def compiled(function: Callable[..., Any], **replaced: Any) -> Callable[..., Any]:
    """Return a function compiled, with the functions it calls replaced by compiled ones."""
    # Importing numba takes 0.3 s, which a command that wants one route does not spend.
    from numba import njit

    source: Any = function
    twin = FunctionType(source.__code__, {**source.__globals__, **replaced}, function.__name__)
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    result: Callable[..., Any] = njit(cache=True)(twin)
    return result


class _Listed(list[int]):
    """A list with the `shape` of the array it was."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        super().__init__(array.tolist())
        self.shape = array.shape


def plain(array: npt.NDArray[Any], fast: bool) -> Any:
    """Return a list for interpreted code, which reads it faster; numba takes the array."""
    return array if fast else _Listed(array)
