"""The programme over the routes found so far, by OR-Tools MathOpt: GLOP, and HiGHS if whole.

It has every scenario, and the decisions that all of them share, as fractions of their options until
they are asked for whole. It is elastic: TEU without a route and TEU short of a minimum are
variables with a penalty. It therefore always has a solution, and its duals show where routes are
needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.glop import parameters_pb2
from ortools.math_opt.python import mathopt

from corridors.errors import CorridorsError
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Flow,
    Model,
    Need,
    Offer,
    Prices,
    Program,
    SetLimit,
    Taken,
)
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG

SMALLEST_TEU = 1e-7
# Slightly tighter than GLOP's default, for costs that agree to the sixth digit.
TOLERANCE = 1e-9
# Money and CO2e are in thousands, to keep the matrix within a few powers of ten.
THOUSAND = 1000.0
# A scenario of less weight has no price: no route of it changes what is decided.
LEAST_WEIGHT = 1e-7


class MasterError(CorridorsError):
    """A solver did not solve the programme over routes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A solution: its cost, the parts of all options taken, and every scenario with its weight."""

    value_usd: float
    parts: tuple[tuple[float, ...], ...]
    scenarios: tuple[Allocated, ...]
    weights: tuple[float, ...]

    @property
    def taken(self) -> Taken | None:
        """The options taken, None if some are taken in part."""
        found = tuple(max(range(len(part)), key=part.__getitem__) for part in self.parts)
        whole = all(part[n] > 1.0 - 1e-6 for part, n in zip(self.parts, found, strict=True))
        return found if whole else None


class Master:
    """Routes and options as variables; rows for scenarios, and for capacities as routes need them.

    Parameters
    ----------
    model
        The plan.
    allowed
        By decision the options that may be taken.
    missing_usd
        What a TEU costs that must be shipped and is not.
    """

    def __init__(self, model: Model, allowed: Allowed, *, missing_usd: float) -> None:
        self._model: Any = mathopt.Model(name="plan")
        self._asked = model
        self._options = [
            [self._model.add_variable(lb=0.0, ub=float(n in some)) for n in range(count)]
            for count, some in zip(model.options, allowed, strict=True)
        ]
        for options in self._options:
            self._model.add_linear_constraint(mathopt.fast_sum(options) == 1.0)
        direct = len(model.programs) == 1
        self.unit = 1.0 if direct else THOUSAND
        for options, each in zip(self._options, model.usd, strict=bool(model.usd)):
            for option, usd in zip(options, each, strict=True):
                self._model.objective.set_linear_coefficient(option, usd / self.unit)
        for budget in model.budgets:
            most = max(1.0, *(max(spent) for spent in budget.spent))
            row = self._model.add_linear_constraint(lb=-np.inf, ub=budget.most / most + TOLERANCE)
            for options, spent in zip(self._options, budget.spent, strict=True):
                for option, amount in zip(options, spent, strict=True):
                    row.set_coefficient(option, amount / most)
        for fleet in model.fleets:
            held = self._model.add_variable(lb=0.0, ub=fleet.most)
            self._model.objective.set_linear_coefficient(held, fleet.usd_each / self.unit)
            for needs in fleet.needed.values():
                row = self._model.add_linear_constraint(held >= 0.0)
                for (decision, option), vehicles in needs.items():
                    row.set_coefficient(self._options[decision][option], -vehicles)
        costs = [None if direct else self._model.add_variable(lb=-np.inf) for _ in model.programs]
        if not direct:
            self._measure(costs)
        self._scenarios = [
            _Scenario(self._model, program, self._options, allowed, cost, missing_usd=missing_usd)
            for program, cost in zip(model.programs, costs, strict=True)
        ]
        self._solver: Any = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def _measure(self, costs: Sequence[Any]) -> None:
        """Make the measure of risk the objective."""
        risk, objective = self._asked.risk, self._model.objective
        edge = self._model.add_variable(lb=-np.inf) if risk.weight else None
        if edge is not None:
            objective.set_linear_coefficient(edge, risk.weight)
        for cost, chance in zip(costs, self._asked.weights, strict=True):
            objective.set_linear_coefficient(cost, (1.0 - risk.weight) * chance)
            if edge is None:
                continue
            above = 0.0
            if risk.level < 1.0:
                above = self._model.add_variable(lb=0.0)
                objective.set_linear_coefficient(above, risk.weight * chance / (1.0 - risk.level))
            self._model.add_linear_constraint(above + edge - cost >= 0.0)

    def narrow(self, allowed: Allowed) -> None:
        """Let only these options be taken, of those that were allowed."""
        for options, some in zip(self._options, allowed, strict=True):
            for n, option in enumerate(options):
                option.upper_bound = float(n in some)
        for scenario in self._scenarios:
            scenario.now = [frozenset(some) for some in allowed]

    def add(self, scenario: int, offers: Sequence[Offer]) -> int:
        """Add routes of a scenario as variables; return how many were new."""
        return sum(self._scenarios[scenario].add(offer) for offer in offers)

    def solve(self, *, rounds: int) -> Solved:
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
        return Solved(
            value_usd=float(result.objective_value()) * self.unit,
            parts=tuple(tuple(result.variable_values(options)) for options in self._options),
            scenarios=tuple(one.allocated(result, rounds) for one in self._scenarios),
            weights=tuple(one.weight(result) for one in self._scenarios),
        )

    def whole(self) -> tuple[Any, list[list[int]]]:
        """Return a copy in which options are taken whole, and the ids of their variables."""
        ids = [[option.id for option in options] for options in self._options]
        copy: Any = mathopt.Model.from_model_proto(self._model.export_model())
        whole = {n for some in ids for n in some}
        for variable in copy.variables():
            variable.integer = variable.id in whole
        return copy, ids


class _Scenario:
    """The variables and rows of one scenario."""

    def __init__(
        self,
        model: Any,
        program: Program,
        options: Sequence[Sequence[Any]],
        allowed: Allowed,
        cost: Any,
        *,
        missing_usd: float,
    ) -> None:
        self._model = model
        self.program = program
        self._options = options
        self._allowed = self.now = [frozenset(some) for some in allowed]
        self._cost = cost
        # Its costs are the objective itself, or a row that sums them up.
        self._costs = None if cost is None else model.add_linear_constraint(cost == 0.0)
        self.offers: list[Offer] = []
        self._flows: list[Any] = []
        self._known: set[tuple[object, ...]] = set()
        self._capacity: dict[tuple[int, int], Any] = {}
        self._needs: dict[tuple[int, Need], Any] = {}
        may_miss = program.unmet_usd
        self._missing = [
            self._paid(missing_usd if may_miss is None else may_miss, most=lot.teu)
            for lot in program.lots
        ]
        self._short = [self._paid(missing_usd) for _ in program.floors]
        self._lots = [
            model.add_linear_constraint(missing == lot.teu)
            for missing, lot in zip(self._missing, program.lots, strict=True)
        ]
        self._ceilings = self._at_most(program.ceilings)
        self._spot = self._at_most(program.spot)
        self._floors = [
            model.add_linear_constraint(short >= limit.teu)
            for short, limit in zip(self._short, program.floors, strict=True)
        ]
        self._usd = self._bound(program.most_usd)
        self._kg = self._bound(program.most_kg)
        self._members = 0
        for space in program.spaces:
            self._members |= 1 << space.member
        # By space and month what fills it, by space what is taken of it, and by lot and sets the
        # boxes that may.
        self._spaces: dict[tuple[int, int], Any] = {}
        self._takes: dict[int, Any] = {}
        self._fillers: dict[tuple[int, int], tuple[Any, list[Any]]] = {}
        self._filled: dict[tuple[int, int], list[Any]] = {}
        for number in range(len(program.spaces)):
            self._open(number)

    def _paid(self, usd: float, *, most: float = np.inf) -> Any:
        """Return a new variable that costs so much."""
        variable = self._model.add_variable(lb=0.0, ub=most)
        if self._costs is None:
            self._model.objective.set_linear_coefficient(variable, usd)
        else:
            self._costs.set_coefficient(variable, -usd / THOUSAND)
        return variable

    def _at_most(self, limits: Sequence[SetLimit]) -> list[Any]:
        rows = []
        for limit in limits:
            more = [self._paid(usd, most=teu) for teu, usd in limit.more]
            within = -mathopt.fast_sum(more) <= limit.teu
            rows.append(self._model.add_linear_constraint(within))
        return rows

    def _bound(self, most: float | None) -> Any:
        if most is None:
            return None
        return self._model.add_linear_constraint(lb=-np.inf, ub=most / THOUSAND)

    def _open(self, number: int) -> None:
        """Add the rows of a space: what fills it, and what is paid for what is empty."""
        space, months = self.program.spaces[number], range(self.program.months)
        options = self._options[space.decision]
        for month in months:
            if space.take is None:
                empty = self._paid(space.unused_usd)
            else:
                empty = self._model.add_variable(lb=0.0)
            row = self._model.add_linear_constraint(empty == 0.0)
            for option, teu in zip(options, space.teu, strict=True):
                row.set_coefficient(option, -teu)
            self._spaces[number, month] = row
            self._filled[number, month] = []
        if space.take is not None:
            row = self._model.add_linear_constraint(self._paid(space.unused_usd) >= 0.0)
            for option, teu in zip(options, space.teu, strict=True):
                row.set_coefficient(option, -teu * space.take * len(months))
            self._takes[number] = row

    def add(self, offer: Offer) -> bool:
        """Add a route as a variable; return whether it is new."""
        if offer.key in self._known:
            return False
        self._known.add(offer.key)
        program, route = self.program, offer.route
        needs = program.needs_of(offer)
        if any(self._allowed[decision].isdisjoint(options) for decision, options in needs):
            return False
        lot = program.lots[offer.lot]
        flow = self._paid(route.objective_usd(program.objective_weights[lot.pair]))
        self._flows.append(flow)
        self.offers.append(offer)
        self._lots[offer.lot].set_coefficient(flow, 1.0)
        for resource, month, amount in route.uses:
            most = float(program.capacity[resource, month])
            if np.isfinite(most):
                key = (resource, month)
                if key not in self._capacity:
                    row = self._model.add_linear_constraint(lb=-np.inf, ub=most)
                    for decision, option, teu in program.room.get(key, ()):
                        row.set_coefficient(self._options[decision][option], -teu)
                    self._capacity[key] = row
                self._capacity[key].set_coefficient(flow, amount)
        self._limit(flow, route.sets, lot.month, 1.0, spot_alone=False)
        if self._usd is not None:
            self._usd.set_coefficient(flow, route.cents / CENTS_PER_USD / THOUSAND)
        if self._kg is not None:
            self._kg.set_coefficient(flow, route.grams / GRAMS_PER_KG / THOUSAND)
        for decision, options in needs:
            if not self._allowed[decision].issubset(options):
                self._need(offer.lot, (decision, options)).set_coefficient(flow, 1.0)
        if route.sets & self._members:
            self._may_fill(flow, offer)
        return True

    def _limit(
        self, variable: Any, sets: int, month: int, sign: float, *, spot_alone: bool
    ) -> None:
        """Count a variable for the limits of its sets and month."""
        counted = [(self._spot, self.program.spot)]
        if not spot_alone:
            counted += [
                (self._ceilings, self.program.ceilings),
                (self._floors, self.program.floors),
            ]
        for rows, limits in counted:
            for row, limit in zip(rows, limits, strict=True):
                if sets >> limit.member & 1 and limit.holds_in(month):
                    row.set_coefficient(variable, sign)

    def _need(self, lot: int, need: Need) -> Any:
        """Return the row by which a lot needs a decision: no more TEU than the part taken."""
        if (lot, need) not in self._needs:
            row = self._model.add_linear_constraint(lb=-np.inf, ub=0.0)
            decision, options = need
            for option in options:
                row.set_coefficient(self._options[decision][option], -self.program.lots[lot].teu)
            self._needs[lot, need] = row
        return self._needs[lot, need]

    def _may_fill(self, flow: Any, offer: Offer) -> None:
        """Let the boxes of a route fill one space each of those on its way."""
        program, lot = self.program, self.program.lots[offer.lot]
        key = offer.lot, offer.route.sets
        if key not in self._fillers:
            row = self._model.add_linear_constraint(lb=-np.inf, ub=0.0)
            self._fillers[key] = row, []
            for number, space in enumerate(program.spaces):
                if not offer.route.sets >> space.member & 1:
                    continue
                fills = self._paid(-space.saves_usd[offer.lot])
                row.set_coefficient(fills, 1.0)
                self._spaces[number, lot.month].set_coefficient(fills, 1.0)
                if number in self._takes:
                    self._takes[number].set_coefficient(fills, 1.0)
                self._limit(fills, offer.route.sets, lot.month, -1.0, spot_alone=True)
                self._filled[number, lot.month].append(fills)
        self._fillers[key][0].set_coefficient(flow, -1.0)

    def weight(self, result: Any) -> float:
        """Return what a dollar of this scenario counts in the objective."""
        return 1.0 if self._costs is None else float(result.dual_values(self._costs))

    def allocated(self, result: Any, rounds: int) -> Allocated:
        """Return its flows and prices in a solution."""
        teu = result.variable_values(self._flows)
        flows = tuple(
            Flow(offer=offer, teu=value)
            for offer, value in zip(self.offers, teu, strict=True)
            if value > SMALLEST_TEU
        )
        value = result.objective_value()
        if self._cost is not None:
            value = result.variable_values(self._cost) * THOUSAND
        return Allocated(
            flows=flows,
            value_usd=float(value),
            prices=self._prices(result),
            missing=np.array(result.variable_values(self._missing), float).clip(0.0),
            short=np.array(result.variable_values(self._short), float).clip(0.0),
            offers=tuple(self.offers),
            filled={
                key: float(sum(result.variable_values(fills)))
                for key, fills in self._filled.items()
            },
            rounds=rounds,
        )

    def _prices(self, result: Any) -> Prices:
        weight = self.weight(result)
        # Without weight all prices are those of nothing.
        unit = 1.0 if self._costs is None else THOUSAND / max(weight, LEAST_WEIGHT)

        def of(rows: Sequence[Any], sign: float) -> Any:
            return (sign * unit * np.array(result.dual_values(list(rows)), float)).clip(0.0)

        def one(row: Any) -> float:
            return 0.0 if row is None else float(of([row], -1.0)[0]) / THOUSAND

        by_month = np.zeros(self.program.capacity.shape)
        for key, price in zip(self._capacity, of([*self._capacity.values()], -1.0), strict=True):
            by_month[key] = price
        taken = dict.fromkeys(self._takes, 0.0)
        for number, row in self._takes.items():
            taken[number] = unit * result.dual_values(row)
        return Prices(
            lot_usd=unit * np.array(result.dual_values(self._lots), float),
            by_month=by_month,
            ceiling=of(self._ceilings, -1.0),
            floor=of(self._floors, 1.0),
            spot=of(self._spot, -1.0),
            usd=one(self._usd),
            kg=one(self._kg),
            filled_usd={
                (number, month): self._worth(number, unit * result.dual_values(row), taken)
                for (number, month), row in self._spaces.items()
            },
            shut=frozenset(
                need for _, need in self.program.links if self.now[need[0]].isdisjoint(need[1])
            ),
            need_usd=dict(
                zip(self._needs, of([*self._needs.values()], -1.0).tolist(), strict=True)
            ),
        )

    def _worth(self, number: int, dual_usd: float, taken: dict[int, float]) -> float:
        """Return what a TEU is worth that fills a space; nothing fills what cannot be booked."""
        space = self.program.spaces[number]
        options = zip(self._options[space.decision], space.teu, strict=True)
        if not any(teu and option.upper_bound for option, teu in options):
            return -np.inf
        return dual_usd + taken.get(number, 0.0)
