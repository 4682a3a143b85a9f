"""How a long step tells what it is at."""

from __future__ import annotations

from collections.abc import Callable

# Called with what is under way, how many of them are done, and how many there are.
Progress = Callable[[str, int, int], None]


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""
