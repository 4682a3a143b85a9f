"""The linear programme over the routes found so far, by OR-Tools MathOpt (GLOP).

It is elastic: TEU without a route and TEU short of a minimum are variables with a penalty. It
therefore always has a solution, and its duals show where routes are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ortools.glop import parameters_pb2
from ortools.math_opt.python import mathopt

from corridors.errors import CorridorsError
from corridors.optimise.allocation.program import Allocated, Flow, Offer, Prices, Program
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG

SMALLEST_TEU = 1e-7
# Slightly tighter than GLOP's default, for costs that agree to the sixth digit.
TOLERANCE = 1e-9
# Money and CO2e are in thousands, to keep the matrix within a few powers of ten.
THOUSAND = 1000.0


class MasterError(CorridorsError):
    """GLOP did not solve the programme over routes."""


class Master:
    """Routes as variables; rows for lots and limits, and for capacities as routes need them."""

    def __init__(self, program: Program, *, missing_usd: float) -> None:
        self.program = program
        self._model: Any = mathopt.Model(name="allocation")
        self._offers: list[Offer] = []
        self._flows: list[Any] = []
        self._known: set[tuple[object, ...]] = set()
        self._capacity: dict[tuple[int, int], Any] = {}
        may_miss = program.unmet_usd
        self._missing = [
            self._model.add_variable(lb=0.0, ub=lot.teu, name=f"missing {i}")
            for i, lot in enumerate(program.lots)
        ]
        self._short = [
            self._model.add_variable(lb=0.0, name=f"short {i}") for i in range(len(program.floors))
        ]
        for missing in self._missing:
            self._model.objective.set_linear_coefficient(
                missing, missing_usd if may_miss is None else may_miss
            )
        for short, limit in zip(self._short, program.floors, strict=True):
            self._model.objective.set_linear_coefficient(
                short, missing_usd if limit.short_usd is None else limit.short_usd
            )
        self._lots = [
            self._model.add_linear_constraint(missing == lot.teu)
            for missing, lot in zip(self._missing, program.lots, strict=True)
        ]
        self._ceilings = [
            self._model.add_linear_constraint(lb=-np.inf, ub=limit.teu)
            for limit in program.ceilings
        ]
        self._floors = [
            self._model.add_linear_constraint(short >= limit.teu)
            for short, limit in zip(self._short, program.floors, strict=True)
        ]
        self._usd = self._bound(program.most_usd)
        self._kg = self._bound(program.most_kg)
        self._solver: Any = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def _bound(self, most: float | None) -> Any:
        if most is None:
            return None
        return self._model.add_linear_constraint(lb=-np.inf, ub=most / THOUSAND)

    @property
    def has_routes(self) -> bool:
        """Whether it has routes."""
        return bool(self._offers)

    def add(self, offers: Sequence[Offer]) -> int:
        """Add routes as variables; return how many were new."""
        added = 0
        for offer in offers:
            key = (offer.lot, offer.lane, offer.start_day, offer.route.arcs, offer.route.starts)
            if key not in self._known:
                self._known.add(key)
                self._add(offer)
                added += 1
        return added

    def _add(self, offer: Offer) -> None:
        program, route = self.program, offer.route
        lot = program.lots[offer.lot]
        flow = self._model.add_variable(lb=0.0)
        self._flows.append(flow)
        self._offers.append(offer)
        self._model.objective.set_linear_coefficient(
            flow, route.objective_usd(program.objective_weights[lot.pair])
        )
        self._lots[offer.lot].set_coefficient(flow, 1.0)
        for resource, month, amount in route.uses:
            most = float(program.capacity[resource, month])
            if np.isfinite(most):
                key = (resource, month)
                if key not in self._capacity:
                    self._capacity[key] = self._model.add_linear_constraint(lb=-np.inf, ub=most)
                self._capacity[key].set_coefficient(flow, amount)
        for rows, limits in (
            (self._ceilings, program.ceilings),
            (self._floors, program.floors),
        ):
            for row, limit in zip(rows, limits, strict=True):
                if route.sets >> limit.member & 1 and limit.month in (None, lot.month):
                    row.set_coefficient(flow, 1.0)
        if self._usd is not None:
            self._usd.set_coefficient(flow, route.cents / CENTS_PER_USD / THOUSAND)
        if self._kg is not None:
            self._kg.set_coefficient(flow, route.grams / GRAMS_PER_KG / THOUSAND)

    def solve(self, *, rounds: int) -> Allocated:
        """Return the cheapest flows over the routes so far, with dual values.

        Raises
        ------
        MasterError
            GLOP ends without an optimum.
        """
        parameters = mathopt.SolveParameters(
            glop=parameters_pb2.GlopParameters(
                primal_feasibility_tolerance=TOLERANCE,
                dual_feasibility_tolerance=TOLERANCE,
                solution_feasibility_tolerance=1e-6,
            )
        )
        result = self._solver.solve(params=parameters)
        if result.termination.reason not in (
            mathopt.TerminationReason.OPTIMAL,
            mathopt.TerminationReason.IMPRECISE,
        ):
            msg = f"GLOP ended with {result.termination.reason.name}: {result.termination.detail}"
            raise MasterError(msg)
        teu = result.variable_values(self._flows)
        flows = tuple(
            Flow(offer=offer, teu=value)
            for offer, value in zip(self._offers, teu, strict=True)
            if value > SMALLEST_TEU
        )
        return Allocated(
            flows=flows,
            value_usd=float(result.objective_value()),
            prices=self._prices(result),
            missing=np.array(result.variable_values(self._missing), float).clip(0.0),
            # Only what must be met counts as short.
            short=np.array(
                [
                    0.0 if limit.short_usd is not None else max(0.0, value)
                    for value, limit in zip(
                        result.variable_values(self._short), self.program.floors, strict=True
                    )
                ],
                float,
            ),
            offers=tuple(self._offers),
            rounds=rounds,
        )

    def _prices(self, result: Any) -> Prices:
        by_month = np.zeros(self.program.capacity.shape)
        for key, dual in zip(
            self._capacity, result.dual_values(list(self._capacity.values())), strict=True
        ):
            by_month[key] = max(0.0, -dual)

        def of(rows: Sequence[Any], sign: float) -> Any:
            return (sign * np.array(result.dual_values(list(rows)), float)).clip(0.0)

        def one(row: Any) -> float:
            return 0.0 if row is None else max(0.0, -result.dual_values(row)) / THOUSAND

        return Prices(
            lot_usd=np.array(result.dual_values(self._lots), float),
            by_month=by_month,
            ceiling=of(self._ceilings, -1.0),
            floor=of(self._floors, 1.0),
            usd=one(self._usd),
            kg=one(self._kg),
        )
