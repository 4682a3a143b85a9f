"""Temporary folders, locked while their run lives: what a killed run left, the next removes."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

UNLOCKED = ".making-"
UNLOCKED_SECONDS = 60.0
"""A folder is locked within a moment; one that is not by then is of a run that was killed."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A temporary folder and the handle of its lock, None where nothing can be locked."""

    path: Path
    lock: int | None

    def remove(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.lock is not None:
            os.close(self.lock)


def make_scratch(folder: Path, prefix: str) -> Scratch:
    """Make a temporary folder of this user alone, and remove those of killed runs.

    Parameters
    ----------
    folder
        Where to make it.
    prefix
        How the names of such folders begin. Nothing else that begins so may be in the folder.

    Raises
    ------
    OSError
        The folder cannot be written to.
    """
    remove_stale(folder, prefix)
    # It gets the name by which others find it once it is locked, and they leave it alone.
    made = Path(tempfile.mkdtemp(prefix=UNLOCKED + prefix, dir=folder))
    lock = lock_of(made)
    return Scratch(made.rename(made.with_name(made.name.removeprefix(UNLOCKED))), lock)


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Give a folder for temporary files, removed at the end, or by the next run after a kill.

    Raises
    ------
    OSError
        There is no folder for temporary files that can be written to.
    """
    made = make_scratch(Path(tempfile.gettempdir()), prefix)
    try:
        yield made.path
    finally:
        made.remove()


def remove_stale(folder: Path, prefix: str) -> None:
    """Remove the temporary folders of runs that were killed; those of living ones are locked."""
    name = re.compile(rf"({re.escape(UNLOCKED)})?{re.escape(prefix)}\w+")
    try:
        there = [path for path in folder.iterdir() if name.fullmatch(path.name)]
    except OSError:
        return  # may be written to, but not listed
    for path in there:
        try:
            old = time.time() - path.lstat().st_mtime > UNLOCKED_SECONDS
            if path.is_symlink() or (path.name.startswith(UNLOCKED) and not old):
                continue
            lock = lock_of(path)
        except OSError:  # locked, or gone
            continue
        if lock is not None:
            Scratch(path, lock).remove()


def lock_of(folder: Path) -> int | None:
    """Lock a folder until the handle is closed or the process ends.

    None where nothing can be locked: on Windows, on some network drives, and where the folder may
    not be read.

    Raises
    ------
    BlockingIOError
        It is locked already.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle
