"""What sets of projects are worth to flows over arcs, period by period, with dual values.

Projects open arcs, widen or narrow them; a project that changes what an arc costs narrows it to
nothing and opens one of another cost beside it. This is the model that `benders` decides where the
network is given arc by arc, and with which it is held to the integer programme over arcs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.glop import parameters_pb2
from ortools.math_opt.python import mathopt

from corridors.errors import CorridorsError
from corridors.optimise.benders import Cut
from corridors.optimise.investment import Chosen

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
TOLERANCE = 1e-9


class FlowError(CorridorsError):
    """The flows with some projects built could not be valued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """TEU from a node to another in a period."""

    period: int
    origin: int
    destination: int
    teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPlan:
    """Demands, and arcs whose capacity hangs on what is built.

    Arc `a` leads from `tail[a]` to `head[a]` at `usd[a]` >= 0 a TEU and takes `capacity[a]` TEU in
    a period, infinite for no bound, and `change[a, p]` more once project `p` is built; with all
    that may be built, never less than nothing. A TEU that no arc takes costs `unmet_usd`.
    """

    nodes: int
    tail: IntArray
    head: IntArray
    usd: FloatArray
    capacity: FloatArray
    change: FloatArray
    demands: tuple[Demand, ...]
    periods: int
    unmet_usd: float


class FlowValuer:
    """Values sets of projects by the linear programme of each period (GLOP)."""

    def __init__(self, plan: FlowPlan) -> None:
        self._plan = plan
        self._periods = [_Period(plan, number) for number in range(plan.periods)]

    @property
    def least(self) -> tuple[float, ...]:
        """Nothing: costs are not negative."""
        return (0.0,) * self._plan.periods

    def value(self, chosen: Chosen) -> tuple[float, Sequence[Cut]]:
        """Return the least cost of all periods with a set built, and a cut by period.

        Raises
        ------
        FlowError
            GLOP ends without an optimum.
        """
        built = np.zeros(self._plan.change.shape[1])
        built[sorted(chosen)] = 1.0
        total, cuts = 0.0, []
        for number, period in enumerate(self._periods):
            value, slopes = period.solve(built)
            total += value
            cuts.append(
                Cut(
                    part=number,
                    constant=value - float(slopes @ built),
                    slopes=tuple(slopes.tolist()),
                )
            )
        return total, cuts


class _Period:
    """The linear programme of one period; its bounds move with what is built."""

    def __init__(self, plan: FlowPlan, number: int) -> None:
        self._plan = plan
        demands = [demand for demand in plan.demands if demand.period == number]
        model: Any = mathopt.Model(name=f"period {number}")
        self._bounded = np.flatnonzero(np.isfinite(plan.capacity)).tolist()
        self._rows = {arc: model.add_linear_constraint(lb=-np.inf, ub=0.0) for arc in self._bounded}
        for demand in demands:
            missing = model.add_variable(lb=0.0)
            model.objective.set_linear_coefficient(missing, plan.unmet_usd)
            balance = [model.add_linear_constraint(lb=0.0, ub=0.0) for _ in range(plan.nodes)]
            for node, sign in ((demand.origin, 1.0), (demand.destination, -1.0)):
                row = balance[node]
                row.lower_bound = row.upper_bound = sign * demand.teu
                row.set_coefficient(missing, sign)
            for arc, (tail, head, usd) in enumerate(
                zip(plan.tail.tolist(), plan.head.tolist(), plan.usd.tolist(), strict=True)
            ):
                flow = model.add_variable(lb=0.0)
                model.objective.set_linear_coefficient(flow, usd)
                balance[tail].set_coefficient(flow, 1.0)
                balance[head].set_coefficient(flow, -1.0)
                if arc in self._rows:
                    self._rows[arc].set_coefficient(flow, 1.0)
        self._solver: Any = mathopt.IncrementalSolver(model, mathopt.SolverType.GLOP)
        self._parameters = mathopt.SolveParameters(
            lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX,
            glop=parameters_pb2.GlopParameters(
                primal_feasibility_tolerance=TOLERANCE, dual_feasibility_tolerance=TOLERANCE
            ),
        )

    def solve(self, built: FloatArray) -> tuple[float, FloatArray]:
        """Return the least cost, and what one more of each project built adds to it."""
        plan, rows = self._plan, [*self._rows.values()]
        bounds = plan.capacity[self._bounded] + plan.change[self._bounded] @ built
        for row, bound in zip(rows, bounds.tolist(), strict=True):
            row.upper_bound = max(0.0, bound)
        result = self._solver.solve(params=self._parameters)
        if result.termination.reason not in (
            mathopt.TerminationReason.OPTIMAL,
            mathopt.TerminationReason.IMPRECISE,
        ):
            msg = f"GLOP ended with {result.termination.reason.name}: {result.termination.detail}"
            raise FlowError(msg)
        duals = np.minimum(0.0, np.array(result.dual_values(rows), float).reshape(-1))
        return float(result.objective_value()), duals @ plan.change[self._bounded]
