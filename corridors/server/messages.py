"""What the front of the server, its pool and its workers say to each other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from corridors.server.replies import Reply

SCENARIO_FILE = "scenario.yaml"
_KEY_CHARACTERS = 32

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The folder with own data that the server was started with, and the names in it.

    They are listed once: a question names one of them, and nothing else is ever opened.
    """

    folder: Path | None = None
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, folder: Path | None) -> OwnFiles:
        """Return the files and folders directly in a folder, without hidden ones and links."""
        if folder is None:
            return cls()
        root = folder.resolve()
        listed = (path for path in root.iterdir() if not path.is_symlink())
        return cls(root, frozenset(path.name for path in listed if path.name[0] != "."))

    @property
    def shown(self) -> str:
        """The path of a scenario beside them, which names of files are relative to."""
        return SCENARIO_FILE if self.folder is None else str(self.folder / SCENARIO_FILE)


def key_of(values: Values) -> str:
    """Return a key of a question: the same keys and values, in any order, have the same."""
    text = json.dumps(values, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:_KEY_CHARACTERS]


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
