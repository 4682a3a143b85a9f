"""The design as a linear programme: columns are generated, links are added where they bind.

A link says that a lot sends no more TEU by a choice than the lot has, times how far the choice is
run: obvious for whole choices, and cutting for fractions of them. Rooms alone would let a lot of 5
TEU use a train of 100 at a twentieth of its cost. There is a link for every lot and choice, few of
which bind, so they are added as solutions break them.

References
----------
Karsten, C. V. and Balakrishnan, A. (2017), Selecting routes in liner shipping network design
(models with flow paths, links by commodity and service, and a pool of candidate services).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt

from corridors.errors import CorridorsError
from corridors.optimise.design.design_program import (
    Column,
    Columns,
    DesignPrices,
    DesignProgram,
    Flows,
)

# Money is in thousands, to keep the matrix within a few powers of ten.
THOUSAND = 1000.0
# A link is broken by more than this many TEU, a column is better by more than this many USD a TEU.
LEAST_TEU = 1e-6
LEAST_GAIN_USD = 1e-6
SMALLEST_TEU = 1e-7
MOST_ROUNDS = 5000


class DesignError(CorridorsError):
    """A solver found no optimum of a design."""


class Relaxation:
    """The linear programme of a design, solved again as columns and links are added."""

    def __init__(self, program: DesignProgram, columns: Columns) -> None:
        self.program = program
        self._source = columns
        self.model: Any = mathopt.Model(name="design")
        model = self.model
        self.run: list[Any] = [
            model.add_variable(lb=0.0, ub=1.0, name=f"run {n}") for n in range(len(program.choices))
        ]
        self.vehicles: list[Any] = [
            model.add_variable(lb=0.0, ub=np.inf if fleet.most is None else fleet.most)
            for fleet in program.fleets
        ]
        self.missing: list[Any] = [model.add_variable(lb=0.0, ub=teu) for teu in program.teu]
        self.columns: list[Column] = []
        self.flows: list[Any] = []
        self._known: set[tuple[int, Hashable]] = set()
        self._by_link: dict[tuple[int, int], list[int]] = {}
        self._links: dict[tuple[int, int], Any] = {}
        for n, run in enumerate(self.run):
            model.objective.set_linear_coefficient(run, program.usd_of(n) / THOUSAND)
        for vehicles, fleet in zip(self.vehicles, program.fleets, strict=True):
            # Hired by the season a ship takes nothing while it is idle, up to rounding.
            usd = max(0.0, fleet.usd_idle_throughout)
            model.objective.set_linear_coefficient(vehicles, usd / THOUSAND)
        for missing, usd in zip(self.missing, program.unmet_usd, strict=True):
            model.objective.set_linear_coefficient(missing, usd / THOUSAND)
        self._lots = [
            model.add_linear_constraint(missing == teu)
            for missing, teu in zip(self.missing, program.teu, strict=True)
        ]
        self._rooms = [
            model.add_linear_constraint(-room.teu * self.run[room.choice] <= 0.0)
            for room in program.rooms
        ]
        self._capacities = [
            model.add_linear_constraint(lb=-np.inf, ub=teu) for teu in program.capacities
        ]
        for choices in program.services:
            model.add_linear_constraint(mathopt.fast_sum([self.run[n] for n in choices]) <= 1.0)
        self._share_vehicles()
        self.add(columns.first())
        self._solver: Any = mathopt.IncrementalSolver(model, mathopt.SolverType.GLOP)

    def _share_vehicles(self) -> None:
        """Hold as many vehicles of each fleet as its services use in any period."""
        needed: dict[tuple[int, int], list[Any]] = {}
        for run, choice in zip(self.run, self.program.choices, strict=True):
            for fleet, period, vehicles in choice.needs:
                needed.setdefault((fleet, period), []).append(vehicles * run)
        for (fleet, _), used in needed.items():
            self.model.add_linear_constraint(self.vehicles[fleet] - mathopt.fast_sum(used) >= 0.0)

    @property
    def complete(self) -> bool:
        """Whether all columns that there are are known."""
        return self._source.complete

    @property
    def links(self) -> int:
        """How many links were added."""
        return len(self._links)

    def add(self, columns: Iterable[Column]) -> int:
        """Add columns; return how many were new."""
        added = 0
        for column in columns:
            key = column.lot, column.name
            if key in self._known:
                continue
            self._known.add(key)
            flow = self.model.add_variable(lb=0.0)
            self.model.objective.set_linear_coefficient(flow, column.usd / THOUSAND)
            self._lots[column.lot].set_coefficient(flow, 1.0)
            # A way may board a service twice; it then takes the room of both.
            for room in dict.fromkeys(column.rooms):
                self._rooms[room].set_coefficient(flow, float(column.rooms.count(room)))
            for place, teu in column.uses:
                self._capacities[place].set_coefficient(flow, teu)
            for choice in {self.program.rooms[room].choice for room in column.rooms}:
                link = column.lot, choice
                self._by_link.setdefault(link, []).append(len(self.flows))
                if link in self._links:
                    self._links[link].set_coefficient(flow, 1.0)
            self.columns.append(column)
            self.flows.append(flow)
            added += 1
        return added

    def solve(self, chosen: Sequence[int | None] | None = None) -> Flows:
        """Return the best flows of the relaxation, or with these choices run and no others.

        Parameters
        ----------
        chosen
            By service the number of its choice, None if it does not run.

        Raises
        ------
        DesignError
            GLOP ends without an optimum, or the rounds do not end.
        """
        if chosen is None:
            return self._solve(linked=True)
        running = frozenset(n for n in chosen if n is not None)
        everything = frozenset(range(len(self.run)))
        self._bound(forced=running, barred=everything - running, linked=False)
        try:
            return self._solve(linked=False)
        finally:
            self._bound(forced=frozenset(), barred=frozenset(), linked=True)

    def solve_within(self, forced: frozenset[int], barred: frozenset[int]) -> Flows:
        """Return the best flows of the relaxation with some choices run whole and some barred.

        Raises
        ------
        DesignError
            As for `solve`; also if there are too few vehicles for what is forced.
        """
        self._bound(forced=forced, barred=barred, linked=True)
        try:
            return self._solve(linked=True)
        finally:
            self._bound(forced=frozenset(), barred=frozenset(), linked=True)

    def _solve(self, *, linked: bool) -> Flows:
        """Solve until no link is broken and no column is better."""
        for _ in range(MOST_ROUNDS):
            result = self._once()
            if linked and self._add_links(result):
                continue
            prices = self._prices(result)
            if not self.add(self._source.better(prices)):
                return self._flows(result, prices)
        msg = f"the relaxation of a design had no end after {MOST_ROUNDS} rounds"
        raise DesignError(msg)

    def _bound(self, *, forced: frozenset[int], barred: frozenset[int], linked: bool) -> None:
        """Run some choices whole and bar others; links say nothing once all are whole.

        Their duals would then be paid for nothing.
        """
        for n, run in enumerate(self.run):
            run.lower_bound = float(n in forced)
            run.upper_bound = float(n not in barred)
        for row in self._links.values():
            row.upper_bound = 0.0 if linked else np.inf

    def _once(self) -> Any:
        try:
            result = self._solver.solve()
        except (AttributeError, RuntimeError):
            # GLOP gave up on the basis that it kept, and MathOpt 9.15 fails to say so.
            self._solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
            result = mathopt.solve(self.model, mathopt.SolverType.GLOP)
        if result.termination.reason not in (
            mathopt.TerminationReason.OPTIMAL,
            mathopt.TerminationReason.IMPRECISE,
        ):
            msg = f"GLOP ended with {result.termination.reason.name}: {result.termination.detail}"
            raise DesignError(msg)
        return result

    def _add_links(self, result: Any) -> int:
        """Add the links that a solution breaks; return how many."""
        run = result.variable_values(self.run)
        teu = result.variable_values(self.flows)
        added = 0
        for (lot, choice), numbers in self._by_link.items():
            if (lot, choice) in self._links:
                continue
            whole = self.program.teu[lot]
            if sum(teu[n] for n in numbers) > whole * run[choice] + LEAST_TEU:
                row = self.model.add_linear_constraint(-whole * self.run[choice] <= 0.0)
                for n in numbers:
                    row.set_coefficient(self.flows[n], 1.0)
                self._links[lot, choice] = row
                added += 1
        return added

    def _prices(self, result: Any) -> DesignPrices:
        def of(rows: Sequence[Any]) -> Any:
            return np.array(result.dual_values(list(rows)), float) * THOUSAND

        links = list(self._links)
        paid = np.maximum(-of([self._links[key] for key in links]), 0.0)
        return DesignPrices(
            lot_usd=of(self._lots),
            room_usd=np.maximum(-of(self._rooms), 0.0),
            capacity_usd=np.maximum(-of(self._capacities), 0.0),
            link_usd=dict(zip(links, paid.tolist(), strict=True)),
        )

    def _flows(self, result: Any, prices: DesignPrices) -> Flows:
        teu = result.variable_values(self.flows)
        return Flows(
            value_usd=float(result.objective_value()) * THOUSAND,
            run=tuple(map(float, result.variable_values(self.run))),
            teu=tuple(
                (column, float(value))
                for column, value in zip(self.columns, teu, strict=True)
                if value > SMALLEST_TEU
            ),
            missing=tuple(max(0.0, float(v)) for v in result.variable_values(self.missing)),
            vehicles=tuple(map(float, result.variable_values(self.vehicles))),
            prices=prices,
        )
