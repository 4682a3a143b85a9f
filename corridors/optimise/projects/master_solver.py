"""Solve the master problem of a Benders decomposition within a time limit."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from corridors.optimise.highs_process import TOLERANCE, HighsError, HighsProcess

# Why HiGHS ended where its time had passed.
ENDED = frozenset({"", "FEASIBLE", "NO_SOLUTION_FOUND"})


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
    """Solves master problems in turn, each within a time limit in seconds."""

    def __init__(self, time_limit_s: float) -> None:
        self._time_limit_s = time_limit_s
        self._highs = HighsProcess()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._highs.end()

    def solve(self, request: MasterRequest) -> MasterAnswer | None:
        """Return the best choice, None if the time limit passes.

        Raises
        ------
        HighsError
            The process ended, or HiGHS found no optimum.
        """
        if self._time_limit_s <= 0.0:
            return None
        model, built = _programme(request)
        answer = self._highs.solve(model, hint={}, time_limit_s=self._time_limit_s)
        if answer.reason in ENDED:
            return None
        if not answer.optimal or answer.values is None:
            msg = f"HiGHS ended with {answer.reason}"
            raise HighsError(msg)
        return MasterAnswer(
            built=tuple(answer.values.get(variable.id, 0.0) > 0.5 for variable in built),
            bound=answer.bound * request.scale,
        )


def _programme(request: MasterRequest) -> tuple[Any, list[Any]]:
    """Return the programme of a request, and its variables of projects."""
    from ortools.math_opt.python import mathopt

    scale = request.scale
    model: Any = mathopt.Model(name="projects")
    count = len(request.costs)
    built = [model.add_binary_variable(name=f"project {p}") for p in range(count)]
    parts = [
        model.add_variable(lb=least / scale, name=f"part {i}")
        for i, least in enumerate(request.least)
    ]
    price = max(1.0, *request.costs)
    costs = zip(request.costs, built, strict=True)
    model.add_linear_constraint(
        mathopt.fast_sum([cost / price * y for cost, y in costs])
        <= request.budget / price + TOLERANCE
    )
    for part, constant, slopes in request.cuts:
        drops = [slope / scale * y for slope, y in zip(slopes, built, strict=True) if slope]
        model.add_linear_constraint(parts[part] - mathopt.fast_sum(drops) >= constant / scale)
    charges = zip(request.charges, built, strict=True)
    model.minimize(
        mathopt.fast_sum([*parts, *(charge / scale * y for charge, y in charges if charge)])
    )
    return model, built
