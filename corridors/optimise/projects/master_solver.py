"""Solve the master problem of a Benders decomposition in a process with a time limit.

HiGHS in MathOpt does not keep its own time limit for integer programmes, so it runs in a separate
process: this module, run as a script. Requests and answers are lines of JSON. The process shares
only the interpreter, so that it behaves the same on every system.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import IO, Any, Self

from corridors.errors import CorridorsError

TOLERANCE = 1e-9


class MasterProcessError(CorridorsError):
    """The solver process ended, or found no optimum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterRequest:
    """A choice within `budget` that minimises charges plus the estimated cost of flows.

    `cuts` are (part, constant, slopes); the model divides estimates by `scale`.
    """

    costs: tuple[float, ...]
    charges: tuple[float, ...]
    budget: float
    scale: float
    least: tuple[float, ...]
    cuts: tuple[tuple[int, float, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterAnswer:
    """Whether each project is built, and a lower bound on every choice."""

    built: tuple[bool, ...]
    bound: float


class MasterSolver:
    """A process that solves master problems in turn, ended if one takes too long."""

    def __init__(self, time_limit_s: float) -> None:
        self._time_limit_s = time_limit_s
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def solve(self, request: MasterRequest) -> MasterAnswer | None:
        """Return the best choice, None if the time limit passes.

        Raises
        ------
        MasterProcessError
            The process ended, or HiGHS found no optimum.
        """
        process = self._process or self._begin()
        if process.stdin is None:
            msg = "the process that chooses projects has no input"
            raise MasterProcessError(msg)
        try:
            process.stdin.write(json.dumps(asdict(request)) + "\n")
            process.stdin.flush()
            line = self._lines.get(timeout=self._time_limit_s)
        except queue.Empty:
            self._end()
            return None
        except OSError:
            line = ""
        ended = {"error": "the process that chooses projects ended"}
        answer: dict[str, Any] = json.loads(line) if line else ended
        if "error" in answer:
            self._end()
            raise MasterProcessError(answer["error"])
        return MasterAnswer(built=tuple(answer["built"]), bound=answer["bound"])

    def _begin(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        # A new queue, so that a late line from an ended process is ignored.
        self._process, self._lines = process, queue.SimpleQueue()
        self._reader = threading.Thread(
            target=_pass_on, args=(process.stdout, self._lines), daemon=True
        )
        self._reader.start()
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if self._reader is not None:
                self._reader.join()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def _pass_on(lines: IO[str], into: queue.SimpleQueue[str]) -> None:
    for line in lines:
        into.put(line)
    into.put("")


def choose(request: dict[str, Any]) -> dict[str, Any]:
    """Return the best choice of a request as the fields of `MasterAnswer`, or an `error`."""
    from ortools.math_opt.python import mathopt
    from ortools.math_opt.solvers import highs_pb2

    scale = request["scale"]
    model: Any = mathopt.Model(name="projects")
    count = len(request["costs"])
    built = [model.add_binary_variable(name=f"project {p}") for p in range(count)]
    parts = [
        model.add_variable(lb=least / scale, name=f"part {i}")
        for i, least in enumerate(request["least"])
    ]
    price = max(1.0, *request["costs"])
    costs = zip(request["costs"], built, strict=True)
    model.add_linear_constraint(
        mathopt.fast_sum([cost / price * y for cost, y in costs])
        <= request["budget"] / price + TOLERANCE
    )
    for part, constant, slopes in request["cuts"]:
        drops = [slope / scale * y for slope, y in zip(slopes, built, strict=True) if slope]
        model.add_linear_constraint(parts[part] - mathopt.fast_sum(drops) >= constant / scale)
    charges = zip(request["charges"], built, strict=True)
    model.minimize(
        mathopt.fast_sum([*parts, *(charge / scale * y for charge, y in charges if charge)])
    )
    tight = {"mip_feasibility_tolerance": TOLERANCE, "primal_feasibility_tolerance": TOLERANCE}
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
            highs=highs_pb2.HighsOptionsProto(double_options=tight),
        ),
    )
    if result.termination.reason is not mathopt.TerminationReason.OPTIMAL:
        return {"error": f"HiGHS ended with {result.termination.reason.name}"}
    return {
        "built": [value > 0.5 for value in result.variable_values(built)],
        "bound": result.termination.objective_bounds.dual_bound * scale,
    }


def main() -> None:
    """Answer requests from standard input."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(choose(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
