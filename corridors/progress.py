"""What is said beside a result: how far a long step is, and what is slower than it could be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache

# Called with the current step, how many are done and how many there are.
Progress = Callable[[str, int, int], None]


@cache
def say_once(text: str) -> None:
    """Say something on a line of standard error, once in a process."""
    sys.stderr.write(f"corridors: {text}\n")


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


def show_progress(what: str, done: int, total: int) -> None:
    """Show progress on one line of standard error: `drawing 40 of 120`.

    For the keyword `progress` of `corridors.simulate`, `corridors.batch` and `corridors.Session`;
    a callable of your own, such as one that moves a bar of tqdm, takes the same.

    Parameters
    ----------
    what
        The current step.
    done, total
        How many parts of it are done, and how many there are; 0 if that is not known.

    Examples
    --------
    >>> session = corridors.Session(progress=corridors.show_progress)
    """
    counted = f" {done:,} of {total:,}" if total else ""
    # What an earlier, longer text left is cleared; the last part of a step ends the line.
    sys.stderr.write(f"\r{what}{counted}".ljust(72) + "\n" * (0 < total <= done))
    sys.stderr.flush()
