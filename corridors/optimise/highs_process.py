"""Solve integer programmes by HiGHS in a process that can be ended at any moment.

HiGHS in MathOpt keeps its time limit between the nodes of its tree only, and nothing interrupts it
in the process that called it. So it runs in one of its own: this module, run as a script. Requests
and answers are frames of bytes, each after its length.
"""

from __future__ import annotations

import math
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import IO, Any, Self

from corridors.errors import CorridorsError

# How long a search may take, and what it says when it is stopped.


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


LENGTH = struct.Struct("<Q")
# Of an answer: the bound, why it ended, and how many variables follow, -1 without a solution.
HEAD = "<d24sq"
# Seconds that a solver has beyond its time limit to answer, for a long node and for its start.
GRACE_S = 5.0
TOLERANCE = 1e-9


class HighsError(CorridorsError):
    """The solver process ended, or found no solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HighsAnswer:
    """The best solution found, None if there was none, by variable id; and a bound on all.

    `reason` is why HiGHS ended, as MathOpt names it; empty if it was ended.
    """

    values: dict[int, float] | None
    bound: float
    reason: str

    @property
    def optimal(self) -> bool:
        """Whether no solution is better."""
        return self.reason == "OPTIMAL"


class HighsProcess:
    """A process that solves one programme after another; it begins with the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def solve(self, model: Any, *, hint: dict[int, float], time_limit_s: float) -> HighsAnswer:
        """Return the best solution of a programme of MathOpt that HiGHS finds in time.

        Parameters
        ----------
        model
            The programme.
        hint
            A solution to begin with, by variable id.
        time_limit_s
            Seconds that HiGHS may take, > 0.

        Raises
        ------
        HighsError
            The process ended, or the programme has no solution.
        """
        process = self._process or self._begin()
        if process.stdin is None:
            msg = "the process of the solver has no input"
            raise HighsError(msg)
        head = struct.pack(f"<d{len(hint)}q{len(hint)}d", time_limit_s, *hint, *hint.values())
        try:
            for frame in (head, model.export_model().SerializeToString()):
                process.stdin.write(LENGTH.pack(len(frame)) + frame)
            process.stdin.flush()
            answer = self._frames.get(timeout=time_limit_s + GRACE_S)
        except queue.Empty:
            # It has not looked at its clock: what is known before stays the best.
            self.end()
            return HighsAnswer(values=None, bound=float("-inf"), reason="")
        except OSError:
            answer = b""
        if not answer:
            self.end()
            msg = "the process of the solver ended"
            raise HighsError(msg)
        return _answer_of(answer)

    def end(self) -> None:
        """End the process; a later programme begins another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()

    def _begin(self) -> subprocess.Popen[bytes]:
        # In a session of its own, Ctrl-C reaches this process alone, which then ends the other.
        # With -P no module is taken from the current folder.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._process, self._frames = process, queue.SimpleQueue()
        threading.Thread(target=_pass_on, args=(process.stdout, self._frames), daemon=True).start()
        return process


def _pass_on(pipe: IO[bytes], into: queue.SimpleQueue[bytes]) -> None:
    with suppress(OSError, ValueError):
        while (frame := _read(pipe)) is not None:
            into.put(frame)
    into.put(b"")


def _read(pipe: IO[bytes]) -> bytes | None:
    """Return the next frame, None at the end."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return pipe.read(length)


def _answer_of(frame: bytes) -> HighsAnswer:
    bound, name, count = struct.unpack_from(HEAD, frame)
    reason = name.rstrip(b"\0").decode()
    if count < 0:
        return HighsAnswer(values=None, bound=bound, reason=reason)
    at = struct.calcsize(HEAD)
    numbers = struct.unpack_from(f"<{count}q", frame, at)
    values = struct.unpack_from(f"<{count}d", frame, at + 8 * count)
    return HighsAnswer(values=dict(zip(numbers, values, strict=True)), bound=bound, reason=reason)


def answer_to(head: bytes, model_bytes: bytes) -> bytes:
    """Return the frame that answers a request."""
    from ortools.math_opt import model_pb2
    from ortools.math_opt.python import mathopt
    from ortools.math_opt.solvers import highs_pb2

    count = (len(head) - 8) // 16
    time_limit_s, *rest = struct.unpack(f"<d{count}q{count}d", head)
    model: Any = mathopt.Model.from_model_proto(model_pb2.ModelProto.FromString(model_bytes))
    of = {variable.id: variable for variable in model.variables()}
    hint = mathopt.SolutionHint(
        variable_values={of[n]: v for n, v in zip(rest[:count], rest[count:], strict=True)}
    )
    tight = {"mip_feasibility_tolerance": TOLERANCE, "primal_feasibility_tolerance": TOLERANCE}
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=timedelta(seconds=time_limit_s),
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
            highs=highs_pb2.HighsOptionsProto(double_options=tight),
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=[hint] if count else []),
    )
    bound = result.termination.objective_bounds.dual_bound
    reason = result.termination.reason.name.encode()
    if not result.has_primal_feasible_solution():
        return struct.pack(HEAD, bound, reason, -1)
    values = result.variable_values()
    numbers = [variable.id for variable in values]
    return struct.pack(
        f"{HEAD}{len(numbers)}q{len(numbers)}d",
        *(bound, reason, len(numbers), *numbers, *values.values()),
    )


def main() -> None:
    """Answer requests from standard input."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # HiGHS prints some lines whatever it is told, which would stand between the frames.
    os.dup2(2, 1)
    while (head := _read(requests)) is not None:
        model = _read(requests)
        if model is None:
            break
        frame = answer_to(head, model)
        answers.write(LENGTH.pack(len(frame)) + frame)
        answers.flush()


if __name__ == "__main__":
    main()
