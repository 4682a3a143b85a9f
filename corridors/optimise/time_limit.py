"""How long a search may take, and what it says when it is stopped."""

from __future__ import annotations

import math
import time


class TimeLimit:
    """Counts the seconds of a search; a search that is stopped returns the best found.

    Parameters
    ----------
    seconds
        How long it may take, > 0; None for as long as it needs.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._ends = math.inf if seconds is None else time.monotonic() + seconds
        self._stopped = False

    @property
    def passed(self) -> bool:
        """Whether the search is to end now."""
        return self._stopped or time.monotonic() >= self._ends

    @property
    def left_s(self) -> float:
        """The seconds that are left, infinite without a limit, 0 for a search that is to end."""
        return 0.0 if self.passed else self._ends - time.monotonic()

    @property
    def stopped(self) -> bool:
        """Whether the search was ended before its time."""
        return self._stopped

    def stop(self) -> None:
        """End the search now, as Ctrl-C does."""
        self._stopped = True
