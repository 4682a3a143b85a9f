"""Compile the search kernels with numba, or prepare arrays to run them as plain Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar
from warnings import catch_warnings, simplefilter

import numpy as np
import numpy.typing as npt

from corridors.arrays import IntArray

Made = TypeVar("Made")
LISTEN_SECONDS = 0.1
NUMBA_SETTINGS = ".numba_config.yaml"


def compiled(function: Callable[..., Any], **replaced: Any) -> Callable[..., Any]:
    """Return a compiled function in which `replaced` names stand for the functions it calls."""
    # Importing numba takes 0.3 s, which a command without a search should not spend.
    _import_numba()
    from numba import njit

    from corridors.cached_code import cached_on_disk

    source: Any = function
    twin = FunctionType(source.__code__, {**source.__globals__, **replaced}, function.__name__)
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    # Without the interpreter's lock, so that Ctrl-C is heard while a kernel runs (`until_stopped`).
    result: Callable[..., Any] = cached_on_disk(njit(nogil=True)(twin), source_digest)
    return result


@cache
def _import_numba() -> None:
    """Import numba without the settings that a file of the current folder may hold.

    The file can name the folder of compiled code, and what lies there is run: whoever wrote a file
    into the folder of a scenario must not choose it. A program that has imported numba itself has
    read it already.
    """
    if "numba" in sys.modules:
        return
    # numba reads the file while it is imported, with yaml; where there is none it only warns.
    there = os.path.lexists(NUMBA_SETTINGS)
    yaml = sys.modules.get("yaml")
    with catch_warnings():
        if there:
            simplefilter("ignore")
            sys.modules["yaml"] = None  # type: ignore[assignment]
        try:
            from numba.core import config
        finally:
            if yaml is not None:
                sys.modules["yaml"] = yaml
            elif there:
                del sys.modules["yaml"]
    # It looks again whenever it compiles.
    config._config_fname = ""


@cache
def source_digest(function: FunctionType) -> bytes:
    """Return a hash of a function and of all that it calls and reads by name when it is compiled.

    These are its own code, that of compiled functions, and the values of constants, wherever they
    were declared; lines and comments do not count. Other libraries are known by name alone.
    """
    digest = blake2b(digest_size=32)
    codes = [function.__code__]
    for code in codes:
        # Functions within a function are constants of its code, and read the same names.
        codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        constants = [const for const in code.co_consts if not isinstance(const, CodeType)]
        digest.update(repr((code.co_code, code.co_names, code.co_varnames, constants)).encode())
        for name in code.co_names:
            value = function.__globals__.get(name)
            digest.update(_described_value(value))
            if isinstance(value, ModuleType) and value.__name__.startswith("corridors."):
                for attribute in code.co_names:
                    digest.update(_described_value(getattr(value, attribute, None)))
    return digest.digest()


def _described_value(value: Any) -> bytes:
    if hasattr(value, "py_func"):
        return source_digest(value.py_func)
    if isinstance(value, np.ndarray):
        value = value.dtype, value.tolist()
    # A class or function by its name; its address differs in each process.
    return repr((getattr(value, "__qualname__", value), getattr(value, "_fields", ""))).encode()


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
