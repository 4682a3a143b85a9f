"""The design as a linear programme; links are added where they bind.

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

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt

from corridors.errors import CorridorsError
from corridors.optimise.design.design_program import DesignPrices, DesignProgram, Flows

# Money is in thousands, to keep the matrix within a few powers of ten.
THOUSAND = 1000.0
SMALLEST_TEU = 1e-7
# A link is broken by more than this many TEU.
LEAST_TEU = 1e-6


class DesignError(CorridorsError):
    """A solver found no optimum of a design."""


class Relaxation:
    """The linear programme of a design, in which choices may be run in fractions.

    With `chosen`, by service the number of its choice or None, these are run whole and no others,
    and there are no links: their duals would be paid for nothing.
    """

    def __init__(self, program: DesignProgram, chosen: Sequence[int | None] | None = None) -> None:
        self.program = program
        self.model: Any = mathopt.Model(name="design")
        model = self.model
        whole = chosen is not None
        running = range(len(program.choices)) if chosen is None else chosen
        self.run: dict[int, Any] = {
            n: model.add_variable(lb=float(whole), ub=1.0, name=f"run {n}")
            for n in running
            if n is not None
        }
        self.vehicles: list[Any] = [
            model.add_variable(lb=0.0, ub=np.inf if fleet.most is None else fleet.most)
            for fleet in program.fleets
        ]
        self.missing: list[Any] = [model.add_variable(lb=0.0, ub=teu) for teu in program.teu]
        self.columns = [
            column
            for column in program.columns
            if all(program.rooms[room].choice in self.run for room in column.rooms)
        ]
        self.flows: list[Any] = [model.add_variable(lb=0.0) for _ in self.columns]
        self._lots = [
            model.add_linear_constraint(missing == teu)
            for missing, teu in zip(self.missing, program.teu, strict=True)
        ]
        self._rooms: dict[int, Any] = {
            n: model.add_linear_constraint(-room.teu * self.run[room.choice] <= 0.0)
            for n, room in enumerate(program.rooms)
            if room.choice in self.run
        }
        self._capacities = [
            model.add_linear_constraint(lb=-np.inf, ub=teu) for teu in program.capacities
        ]
        self._pay()
        self._share_services_and_vehicles()
        by_link = self._load()
        # Flows by lot and choice.
        self._unlinked = {} if whole else by_link
        self.links: list[Any] = []

    def _pay(self) -> None:
        program = self.program
        costs = [(run, program.usd_of(n)) for n, run in self.run.items()]
        # Hired by the season a ship takes nothing while it is idle, up to rounding.
        held = (max(0.0, fleet.usd_idle_throughout) for fleet in program.fleets)
        costs += zip(self.vehicles, held, strict=True)
        costs += zip(self.missing, program.unmet_usd, strict=True)
        costs += zip(self.flows, (column.usd for column in self.columns), strict=True)
        for variable, usd in costs:
            self.model.objective.set_linear_coefficient(variable, usd / THOUSAND)

    def _share_services_and_vehicles(self) -> None:
        """Run a service by one choice, and hold the vehicles that are in use in any period."""
        for choices in self.program.services:
            running = [self.run[n] for n in choices if n in self.run]
            self.model.add_linear_constraint(mathopt.fast_sum(running) <= 1.0)
        needed: dict[tuple[int, int], list[Any]] = {}
        for n, run in self.run.items():
            for fleet, period, vehicles in self.program.choices[n].needs:
                needed.setdefault((fleet, period), []).append(vehicles * run)
        for (fleet, _), used in needed.items():
            self.model.add_linear_constraint(self.vehicles[fleet] - mathopt.fast_sum(used) >= 0.0)

    def _load(self) -> dict[tuple[int, int], list[Any]]:
        """Load lots, rooms and capacities with the flows; return these by lot and choice."""
        by_link: dict[tuple[int, int], list[Any]] = {}
        for flow, column in zip(self.flows, self.columns, strict=True):
            self._lots[column.lot].set_coefficient(flow, 1.0)
            # A way may board a service twice; it then takes the room of both.
            for room in dict.fromkeys(column.rooms):
                self._rooms[room].set_coefficient(flow, float(column.rooms.count(room)))
            for place, teu in column.uses:
                self._capacities[place].set_coefficient(flow, teu)
            for choice in {self.program.rooms[room].choice for room in column.rooms}:
                by_link.setdefault((column.lot, choice), []).append(flow)
        return by_link

    def solve(self) -> Flows:
        """Return the best flows, once all links that they break are added.

        Raises
        ------
        DesignError
            GLOP ends without an optimum, as it does if there are too few vehicles.
        """
        result = self._solved()
        while self._add_links(result):
            result = self._solved()

        def duals(rows: Iterable[Any]) -> Any:
            return np.array(result.dual_values(list(rows)), float) * THOUSAND

        room_usd = np.full(len(self.program.rooms), np.inf)
        room_usd[list(self._rooms)] = np.maximum(-duals(self._rooms.values()), 0.0)
        run = {n: float(result.variable_values(variable)) for n, variable in self.run.items()}
        teu = result.variable_values(self.flows)
        return Flows(
            value_usd=float(result.objective_value()) * THOUSAND,
            run=tuple(run.get(n, 0.0) for n in range(len(self.program.choices))),
            teu=tuple(
                (column, float(value))
                for column, value in zip(self.columns, teu, strict=True)
                if value > SMALLEST_TEU
            ),
            missing=tuple(max(0.0, float(v)) for v in result.variable_values(self.missing)),
            vehicles=tuple(map(float, result.variable_values(self.vehicles))),
            prices=DesignPrices(
                lot_usd=duals(self._lots),
                room_usd=room_usd,
                capacity_usd=np.maximum(-duals(self._capacities), 0.0),
            ),
        )

    def _solved(self) -> Any:
        result = mathopt.solve(self.model, mathopt.SolverType.GLOP)
        if result.termination.reason not in (
            mathopt.TerminationReason.OPTIMAL,
            mathopt.TerminationReason.IMPRECISE,
        ):
            msg = f"GLOP ended with {result.termination.reason.name}: {result.termination.detail}"
            raise DesignError(msg)
        return result

    def _add_links(self, result: Any) -> bool:
        """Add the links that a solution breaks; return whether there are any."""
        run = {n: float(result.variable_values(variable)) for n, variable in self.run.items()}
        broken = [
            (lot, choice)
            for (lot, choice), flows in self._unlinked.items()
            if sum(result.variable_values(flows)) > self.program.teu[lot] * run[choice] + LEAST_TEU
        ]
        for lot, choice in broken:
            sent = mathopt.fast_sum(self._unlinked.pop((lot, choice)))
            most = self.program.teu[lot] * self.run[choice]
            self.links.append(self.model.add_linear_constraint(sent <= most))
        return bool(broken)
