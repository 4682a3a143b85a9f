"""A process that answers questions: it is sent one at a time, and stops one when it is told."""

from __future__ import annotations

import gc
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any

from corridors.errors import CorridorsError
from corridors.processes import end_with_parent, return_freed
from corridors.progress import Progress
from corridors.server.guard import (
    OUR_FAULT,
    PROGRAM_ERROR,
    Done,
    OwnFiles,
    Reply,
    Step,
    Stop,
    memory_mb,
    problem,
    problem_of,
)

RARELY = 200_000
"""New objects after which a worker looks for garbage in cycles within a question."""
ANSWERS_BETWEEN = 16
"""Answers after which it looks by itself, which takes as long as an answer and finds little."""
TOLD_SECONDS = 0.1
"""How often a long study tells how far it is."""


class StoppedError(Exception):
    """The question is not asked any more."""


def work(pipe: Connection, stop: Stop, own: OwnFiles) -> None:
    """Answer what comes through a pipe, until it is closed."""
    # Ctrl-C reaches every process; only the parent heeds it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(RARELY)
    # The program, which the pool does without. Where workers are not forked, it is loaded here.
    from corridors.server.kinds import KINDS
    from corridors.server.warm import WARM

    end_with_parent()
    answers = WARM
    answers.own = own
    answers.session.hand_over()
    pipe.send(Done(None, memory_mb()))
    for answered in count(1):
        try:
            number, kind, given = pipe.recv()
        except (EOFError, OSError):
            return
        answering = partial(KINDS[kind], answers, given)
        pipe.send(Done(_answered(answering, kind, given, number, pipe, stop), memory_mb()))
        del given
        answers.rest()
        if answered % ANSWERS_BETWEEN == 0:
            gc.collect()
        return_freed()


def _answered(
    answering: Callable[[Progress], Reply],
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
        return answering(progress)
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
