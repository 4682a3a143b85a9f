"""What a worker and its pool say to each other."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corridors.server.replies import Reply

BYTES_PER_MB = 1_000_000


class Stop(Protocol):
    """A number in memory that both processes see: of the question to stop."""

    value: int


@dataclass(frozen=True, slots=True)
class Step:
    """How far a study is."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Done:
    """An answer, None for a question that was stopped, and the memory of the process in MB."""

    reply: Reply | None
    mb: float


def cpu_seconds(process: int) -> float | None:
    """Return the processor time of a process and of its children that ended; None where unknown.

    Known on Linux.
    """
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        # The name of the program, in brackets, may hold blanks; of what follows, four are times.
        times = text.rpartition(")")[2].split()[11:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None


def memory_mb(process: int | None = None) -> float:
    """Return the resident memory of a process in MB, by default of this one; 0 where unknown.

    On Linux as it is now, shared pages included. On macOS the largest that this process had.
    """
    try:
        pages = Path(f"/proc/{process or 'self'}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_MB
    except (OSError, ValueError, IndexError):
        if process is not None:
            return 0.0
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / BYTES_PER_MB
