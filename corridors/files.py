"""Files and folders that a user names: read within limits, written whole, faults in a sentence."""

from __future__ import annotations

import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

from corridors.errors import ConfigError, printable

STANDARD = Path("-")
"""Named for a file, it is standard input or output."""
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_as(shown: str, what: str = "cannot be read") -> Iterator[None]:
    """Turn what the operating system refuses into a ConfigError: `shown: what: why`.

    Names that are too long, folders without permission and paths with a null byte included.
    """
    try:
        yield
    except OSError as error:
        msg = f"{shown}: {what}: {error.strerror or error}"
        raise ConfigError(msg) from error
    except ValueError as error:
        if "null" not in str(error):
            raise
        msg = f"{shown}: {what}: a null byte in its name"
        raise ConfigError(msg) from error


class RepeatedKeyError(ValueError):
    """An object of JSON has a key twice."""


def each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON, for `object_pairs_hook`.

    Raises
    ------
    RepeatedKeyError
        A key is given twice, so that readers might differ in which value counts.
    """
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            msg = f"{printable(key[:80])}: given twice; keep one"
            raise RepeatedKeyError(msg)
        made[key] = value
    return made


def is_folder(path: Path, *, shown: str) -> bool:
    """Return whether a path is a folder.

    Raises
    ------
    ConfigError
        The name is too long, or a folder above it may not be read.
    """
    with told_as(shown):
        return path.is_dir()


def read_whole(path: Path, *, shown: str, most: int, line: str = "") -> bytes:
    """Return the contents of a regular file.

    Parameters
    ----------
    path
        The file; pipes and devices are refused.
    shown
        Its name in faults.
    most
        Bytes that it may have.
    line
        Added to the name where the file is too large, such as `:1`.

    Raises
    ------
    ConfigError
        The path cannot be read, is not a file, or is too large.
    """
    with told_as(shown):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            msg = f"{shown}: not a file"
            raise ConfigError(msg)
        if status.st_size > most:
            msg = f"{shown}{line}: {status.st_size:,} bytes; the limit is {most:,}"
            raise ConfigError(msg)
        if status.st_size == 0:
            return b""  # unread: some files of /proc have no size, and wait for what never comes
        with path.open("rb") as stream:
            return stream.read(most + 1)


@cache
def standard_input(most: int) -> bytes:
    """Return what standard input holds, read once; one byte more than `most` at the most."""
    return sys.stdin.buffer.read(most + 1)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C and SIGTERM until the end of the block, which must be short."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []

    def wait(number: int, _: FrameType | None) -> None:
        pending.append(number)

    before = [(int(number), signal.signal(number, wait)) for number in INTERRUPTS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for number in pending[:1]:
            signal.raise_signal(number)
