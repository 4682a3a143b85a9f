"""Returning memory to the system."""

from __future__ import annotations

import ctypes
import os


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
