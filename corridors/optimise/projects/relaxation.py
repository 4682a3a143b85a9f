"""The master of a Benders decomposition with parts of projects allowed, by GLOP.

Cuts found on it hold for whole projects too, and cost no integer programme (McDaniel and Devine).
They are sought between its answer and a point well inside, where they cut deeper and it swings
less from corner to corner (Ben-Ameur and Neto).

References
----------
McDaniel, D. and Devine, M. (1977), A modified Benders' partitioning algorithm for mixed integer
programming, Management Science 24, 312-319.

Ben-Ameur, W. and Neto, J. (2007), Acceleration of cutting-plane and column generation algorithms,
Networks 49, 3-17.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ortools.linear_solver import pywraplp

from corridors.optimise.projects.master_solver import MasterRequest

# The inner point moves so far towards each answer.
STEP_INWARDS = 0.5
# It ends once so many rounds in a row raise the bound by less than so much of what is at stake.
LEAST_RISE = 1e-3
IDLE_ROUNDS = 2
MOST_ROUNDS = 40

CutOf = tuple[int, float, tuple[float, ...]]


def cuts_of_relaxation(
    request: MasterRequest, cuts_at: Callable[[Sequence[float]], Sequence[CutOf]]
) -> list[CutOf]:
    """Return cuts (part, constant, slopes) that raise the bound with parts of projects allowed.

    Parameters
    ----------
    request
        The master, with the cuts known so far.
    cuts_at
        What the flows prove with parts of projects built; nothing where parts mean nothing.
    """
    solver: Any = pywraplp.Solver.CreateSolver("GLOP")
    scale, infinity = request.scale, solver.infinity()
    goal = solver.Objective()
    built = [solver.NumVar(0.0, 1.0, "") for _ in request.costs]
    parts = [solver.NumVar(least / scale, infinity, "") for least in request.least]
    budget = solver.Constraint(-infinity, request.budget)
    for y, cost, charge in zip(built, request.costs, request.charges, strict=True):
        budget.SetCoefficient(y, cost)
        goal.SetCoefficient(y, charge / scale)
    for part in parts:
        goal.SetCoefficient(part, 1.0)

    def add(cut: CutOf) -> None:
        number, constant, slopes = cut
        row = solver.Constraint(constant / scale, infinity)
        row.SetCoefficient(parts[number], 1.0)
        for y, slope in zip(built, slopes, strict=True):
            row.SetCoefficient(y, -slope / scale)

    for cut in request.cuts:
        add(cut)
    found: list[CutOf] = []
    share = min(1.0, max(0.0, request.budget) / max(1e-12, sum(request.costs)))
    inner = [share] * len(built)
    bound, idle = -infinity, 0
    for _ in range(MOST_ROUNDS):
        if solver.Solve() != pywraplp.Solver.OPTIMAL:
            break
        idle = idle + 1 if goal.Value() - bound < LEAST_RISE else 0
        bound = max(bound, goal.Value())
        if idle >= IDLE_ROUNDS:
            break
        inner = [
            i + STEP_INWARDS * (y.solution_value() - i) for i, y in zip(inner, built, strict=True)
        ]
        more = cuts_at(inner)
        if not more:
            break
        for cut in more:
            add(cut)
        found += more
    return found
