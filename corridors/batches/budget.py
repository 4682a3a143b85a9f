"""A time budget for a piece of work, after which it is ended from outside."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")
OVERDUE = "took longer than"


class OverdueError(Exception):
    """Work took longer than its budget."""


class _Ended(BaseException):
    """Raised inside the work when its time is up."""


def within(seconds: float, work: Callable[[], Made]) -> Made:
    """Return what `work` makes, unless that takes too long.

    The work runs in this thread, which may be any, and is ended where it next runs Python: long
    compiled searches return for that every tenth of a second.

    Parameters
    ----------
    seconds
        The budget by the clock, above 0.

    Raises
    ------
    OverdueError
        The time was up. What the work was changing is to be thrown away.
    """
    thread = threading.get_ident()
    lock = threading.Lock()
    is_over, is_ended = False, False

    def end() -> None:
        nonlocal is_ended
        with lock:
            if not is_over:
                is_ended = True
                _raise_in(thread, _Ended)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    try:
        try:
            # Inside, since a short budget may be up before this returns.
            timer.start()
            return work()
        finally:
            with lock:
                is_over = True
                if is_ended:
                    _raise_in(thread, None)
            timer.cancel()
    except _Ended:
        msg = f"{OVERDUE} {seconds:g} s"
        raise OverdueError(msg) from None


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread where it next runs Python; None takes it back."""
    given = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)
