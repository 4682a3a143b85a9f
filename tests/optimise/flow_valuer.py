"""The value of sets of projects for flows over arcs, period by period, with dual values.

Projects open arcs, widen or narrow them; a project that changes what an arc costs narrows it to
nothing and opens one of another cost beside it. This is the model that `benders` decides where the
network is given arc by arc, and with which it is held to the integer programme over arcs.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from corridors.errors import CorridorsError
from corridors.optimise.projects.benders import Cut
from corridors.optimise.projects.project_choice import Chosen

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
TOLERANCE = 1e-9
# A path is added if it is cheaper by at least this, in USD.
LEAST_GAIN_USD = 1e-7


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

    Arc `a` leads from `tail[a]` to `head[a]` at `usd[a]` > 0 a TEU and takes `capacity[a]` TEU in
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
    """Values sets of projects by the linear programme of each period (GLOP) over paths.

    Projects change nothing but what arcs take, so that paths found for one set serve all others.
    """

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
    """The linear programme of one period over paths; its bounds move with what is built."""

    def __init__(self, plan: FlowPlan, number: int) -> None:
        self._plan = plan
        self._demands = [demand for demand in plan.demands if demand.period == number]
        order = np.argsort(plan.head, kind="stable").astype(np.int64)
        first = np.searchsorted(plan.head[order], np.arange(plan.nodes + 1)).astype(np.int64)
        self._into = first, order
        out = np.argsort(plan.tail, kind="stable")
        starts = np.searchsorted(plan.tail[out], np.arange(plan.nodes + 1)).tolist()
        self._out = [out[a:b] for a, b in pairwise(starts)]
        # Of OR-Tools' ways to GLOP the one that hands over single numbers: MathOpt spends three
        # times as long on reading whole answers as GLOP on finding them.
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(
            f"primal_feasibility_tolerance: {TOLERANCE} dual_feasibility_tolerance: {TOLERANCE}"
        )
        self._lots = []
        for demand in self._demands:
            lot = self._solver.Constraint(demand.teu, demand.teu)
            missing = self._solver.NumVar(0.0, self._solver.infinity(), "")
            lot.SetCoefficient(missing, 1.0)
            self._solver.Objective().SetCoefficient(missing, plan.unmet_usd)
            self._lots.append(lot)
        # Rows of arcs that some path takes, by arc.
        self._rows: dict[int, Any] = {}
        self._known: set[tuple[int, tuple[int, ...]]] = set()

    def solve(self, built: FloatArray) -> tuple[float, FloatArray]:
        """Return the least cost, and what one more of each project built adds to it.

        The duals are those of the programme over all arcs too: no path is cheaper under them.
        """
        plan = self._plan
        bounds = np.maximum(0.0, plan.capacity + plan.change @ built)
        for arc, row in self._rows.items():
            row.SetUb(float(bounds[arc]))
        while True:
            status = self._solver.Solve()
            if status != pywraplp.Solver.OPTIMAL:
                msg = f"GLOP ended with status {status}"
                raise FlowError(msg)
            duals = np.zeros(plan.usd.shape[0])
            for arc, row in self._rows.items():
                duals[arc] = min(0.0, row.dual_value())
            paid = [lot.dual_value() for lot in self._lots]
            if not self._add_better(plan.usd - duals, paid, bounds):
                wide = np.isfinite(plan.capacity)
                value = float(self._solver.Objective().Value())
                return value, duals[wide] @ plan.change[wide]

    def _add_better(self, usd: FloatArray, paid: Sequence[float], bounds: FloatArray) -> int:
        """Add each demand's cheapest path where it costs less than it pays; return how many."""
        added = 0
        least: dict[int, FloatArray] = {}
        for number, demand in enumerate(self._demands):
            end = demand.destination
            if end not in least:
                least[end] = self._least_to(end, usd)
            if least[end][demand.origin] >= paid[number] - LEAST_GAIN_USD:
                continue
            path = self._path(usd, least[end], demand)
            if (number, path) not in self._known:
                self._known.add((number, path))
                self._add(number, path, bounds)
                added += 1
        return added

    def _least_to(self, end: int, usd: FloatArray) -> FloatArray:
        """Return by node what the cheapest path to a node costs."""
        first, into = self._into
        least = np.full(self._plan.nodes, np.inf)
        least[end] = 0.0
        heap = [(0.0, end)]
        while heap:
            here, node = heapq.heappop(heap)
            if here > least[node]:
                continue
            for arc in into[first[node] : first[node + 1]].tolist():
                tail, through = int(self._plan.tail[arc]), here + float(usd[arc])
                if through < least[tail]:
                    least[tail] = through
                    heapq.heappush(heap, (through, tail))
        return least

    def _path(self, usd: FloatArray, least: FloatArray, demand: Demand) -> tuple[int, ...]:
        node, path = demand.origin, []
        while node != demand.destination:
            arcs = self._out[node]
            arc = int(arcs[np.argmin(usd[arcs] + least[self._plan.head[arcs]])])
            path.append(arc)
            node = int(self._plan.head[arc])
        return tuple(path)

    def _add(self, number: int, path: tuple[int, ...], bounds: FloatArray) -> None:
        flow = self._solver.NumVar(0.0, self._solver.infinity(), "")
        usd = float(self._plan.usd[list(path)].sum())
        self._solver.Objective().SetCoefficient(flow, usd)
        self._lots[number].SetCoefficient(flow, 1.0)
        for arc in path:
            if np.isfinite(self._plan.capacity[arc]):
                if arc not in self._rows:
                    row = self._solver.Constraint(-self._solver.infinity(), float(bounds[arc]))
                    self._rows[arc] = row
                self._rows[arc].SetCoefficient(flow, 1.0)
