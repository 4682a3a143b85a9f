"""A process that answers questions: it is sent one at a time, and stops one when it is told."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from corridors.batches.pools import end_with_parent
from corridors.errors import CorridorsError
from corridors.memory import return_freed
from corridors.server.answers import Answers
from corridors.server.kinds import KINDS
from corridors.server.questions import OwnFiles
from corridors.server.replies import OUR_FAULT, Reply, problem, problem_of

RARELY = 200_000
"""New objects after which a worker looks for garbage in cycles; it does so after each answer."""
BYTES_PER_MB = 1_000_000
TOLD_SECONDS = 0.1
"""How often a long study tells how far it is."""
PROGRAM_ERROR = "this is an error in the program, and its log says where; the question is not wrong"


class StoppedError(Exception):
    """The question is not asked any more."""


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


def work(pipe: Connection, stop: Stop, own: OwnFiles) -> None:
    """Answer what comes through a pipe, until it is closed."""
    # Ctrl-C reaches every process; only the parent heeds it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(RARELY)
    # What workers share is made here only where none are forked.
    from corridors.server.preload import WARM

    end_with_parent()
    answers = WARM
    answers.own = own
    answers.session.hand_over()
    pipe.send(Done(None, memory_mb()))
    while True:
        try:
            number, kind, given = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(Done(_answer(answers, kind, given, number, pipe, stop), memory_mb()))
        del given
        gc.collect()
        return_freed()


def _answer(
    answers: Answers,
    kind: str,
    given: Mapping[str, Any],
    number: int,
    pipe: Connection,
    stop: Stop,
) -> Reply | None:
    told = monotonic()

    def progress(what: str, done: int, total: int) -> None:
        nonlocal told
        if stop.value == number:
            raise StoppedError
        if given.get("streams") and monotonic() - told > TOLD_SECONDS:
            told = monotonic()
            pipe.send(Step(what, done, total))

    try:
        return KINDS[kind](answers, given, progress)
    except StoppedError:
        return None
    except CorridorsError as error:
        return problem_of(error)
    except Exception as error:  # noqa: BLE001 - the next question must be answered
        _log(kind, error)
        return problem(OUR_FAULT, PROGRAM_ERROR)


def _log(kind: str, error: Exception) -> None:
    """Log where an error in the program is, without a word of the question."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    text = f"corridors serve: {type(error).__name__} in a question of kind '{kind}'"
    print(text, *places, sep="\n  ", file=sys.stderr, flush=True)  # noqa: T201


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
