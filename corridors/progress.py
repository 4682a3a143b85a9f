"""The callback by which a long step reports its progress."""

from __future__ import annotations

from collections.abc import Callable

# Called with the current step, how many are done and how many there are.
Progress = Callable[[str, int, int], None]


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""
