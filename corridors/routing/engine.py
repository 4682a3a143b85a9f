"""The search as compiled code, or the same code as Python, and the arrays each of them reads."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt


def compiled_code() -> Any:
    """Return the module of the compiled functions."""
    # Importing numba takes 0.3 s, which a command that wants one route does not spend.
    from corridors.routing import compiled

    return compiled


class _Listed(list[int]):
    """A list with the `shape` of the array it was."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        super().__init__(array.tolist())
        self.shape = array.shape


def plain(array: npt.NDArray[Any], fast: bool) -> Any:
    """Return a list for interpreted code, which reads it faster; numba takes the array."""
    return array if fast else _Listed(array)
