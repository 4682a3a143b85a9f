"""What a question over HTTP is answered with: bytes, or a problem in the words of the program."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from corridors.errors import CorridorsError, EndError, OptionError, faults_of

LOG = logging.getLogger("corridors.server")
JSON = "application/json"
PROBLEM = "application/problem+json"
SCENARIO = "scenario"
"""What faults of a question's scenario begin with."""
BAD_INPUT, GONE, SUPERSEDED, OUR_FAULT, BUSY = 422, 404, 409, 500, 503
RETRY_SECONDS = 5
PROGRAM_ERROR = "this is an error in the program, and its log says where; the question is not wrong"
_KEY = re.compile(r"[a-z_]+(?:[.@\[][^ :]*)?")
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    403: "Not from this page",
    404: "Not there",
    405: "Not this way",
    409: "Superseded",
    413: "Too much text",
    415: "Not JSON",
    421: "Not this server's name",
    422: "The question has a fault",
    500: "An error in the program",
    503: "Busy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request: its status, its bytes and their type."""

    body: bytes
    media: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def compact(value: object) -> bytes:
    """Return plain values as JSON without blanks."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def problem(status: int, detail: str, *, name: str = "", **more: object) -> Reply:
    """Return a problem of RFC 9457.

    Parameters
    ----------
    status
        Of HTTP.
    detail
        What is wrong and what would do, in a sentence.
    name
        Its kind where the status alone does not say it.
    more
        Other members, such as `field`.
    """
    title = TITLES.get(status, "Refused")
    record: dict[str, object] = {
        "type": f"urn:corridors:{name}" if name else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **{key: value for key, value in more.items() if value},
    }
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == BUSY else {}
    # Half a surrogate pair in a text that is quoted has no form in UTF-8.
    body = json.dumps(record, separators=(",", ":")).encode()
    return Reply(body=body, media=PROBLEM, status=status, headers=headers)


def problem_of(error: CorridorsError) -> Reply:
    """Return the faults of a question as a problem: all sentences, and the key of the first."""
    told = [field_of(fault) for fault in faults_of(error)] or [("", "this cannot be answered")]
    if isinstance(error, EndError | OptionError):
        told[0] = error.key, told[0][1]
    faults = [{"field": key, "detail": text} for key, text in told]
    return problem(
        BAD_INPUT,
        told[0][1],
        name="fault",
        field=next((key for key, _ in told if key), ""),
        faults=faults if len(faults) > 1 else None,
    )


def field_of(fault: str) -> tuple[str, str]:
    """Return the key that a fault is about, empty for none, and its sentence."""
    text = fault.removeprefix(f"{SCENARIO}: ")
    key, colon, _ = text.partition(": ")
    return (key if colon and _KEY.fullmatch(key) else ""), text


# What the front of the server, its pool and its workers say to each other.

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
