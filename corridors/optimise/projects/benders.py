"""Choose projects within a budget by Benders decomposition.

A master problem chooses a set under a lower estimate of the cost of flows. The flows are then
valued with that set built, and their dual values bound the cost of every other set. The estimate
rises until the set it prefers is no better than the best one valued. Sets of fewer projects are
then searched the same way for one that is as good.

References
----------
Benders, J. F. (1962), Partitioning procedures for solving mixed-variables programming problems,
Numerische Mathematik 4, 238-252.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from corridors.errors import CorridorsError
from corridors.optimise.highs_process import TOLERANCE, HighsError, HighsProcess
from corridors.optimise.projects.project_choice import (
    EMPTY,
    Candidates,
    Chosen,
    Invested,
    Schedule,
    alike,
)
from corridors.optimise.time_limit import TimeLimit

# Estimate and best value count as equal within this fraction of the possible gain.
CLOSE = 1e-9
MOST_ROUNDS = 5_000
# Why HiGHS ended where its time had passed.
ENDED = frozenset({"", "FEASIBLE", "NO_SOLUTION_FOUND"})


class BendersError(CorridorsError):
    """The decomposition does not converge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part of the flows costs at least `constant` plus the `slopes` of the projects built."""

    part: int
    constant: float
    slopes: tuple[float, ...]

    def at(self, chosen: Chosen) -> float:
        """Return the bound with a set built."""
        return self.constant + sum(self.slopes[p] for p in sorted(chosen))


class Valuer(Protocol):
    """Values sets of projects. Costs of flows come in parts, none below its `least`."""

    @property
    def least(self) -> tuple[float, ...]:
        """The least cost of each part, whatever is built."""
        ...

    def value(self, chosen: Chosen) -> tuple[float, Sequence[Cut]]:
        """Return the least cost of the flows with a set built, and the resulting cuts."""
        ...


class Benders:
    """Finds best sets for successive budgets, reusing values and cuts.

    Parameters
    ----------
    candidates
        The projects.
    valuer
        Values their sets.
    highs
        Solves the master problems.
    time_limit_s
        Seconds that each of them may take; 0 for none.
    """

    def __init__(
        self, candidates: Candidates, valuer: Valuer, *, highs: HighsProcess, time_limit_s: float
    ) -> None:
        self._candidates = candidates
        self._valuer = valuer
        self._highs = highs
        self._time_limit_s = time_limit_s
        self._values: dict[Chosen, float] = {}
        self._cuts: list[Cut] = []

    def best(self, budget: float, *, limit: TimeLimit | None = None) -> Invested:
        """Return the best set within a budget.

        If the master exceeds its time limit, or the search its own, this is the best set so far,
        not proved.

        Raises
        ------
        BendersError
            The decomposition does not converge.
        HighsError
            HiGHS found no optimum of a master problem.
        """
        candidates = self._candidates
        before, most = len(self._values), len(candidates.costs)
        self._value(EMPTY)
        self._value(self._greedy(budget))
        least = sum(self._valuer.least) + sum(min(0.0, c) for c in candidates.charges)
        stake = max(1e-12, self._values[EMPTY] - least)
        proved = False
        for _ in range(MOST_ROUNDS):
            ended = limit is not None and limit.passed
            answer = None if ended else self._choose(budget, stake, most=most)
            if answer is None:
                return self._best(budget, least, proved=proved, before=before)
            chosen, bound = answer
            known = chosen in self._values
            self._value(chosen)
            least = least if proved else max(least, bound)
            found = self._best(budget, least, proved=True, before=before)
            is_best = proved or known or found.value - bound <= CLOSE * stake
            if is_best and len(found.chosen) <= most:
                # Nothing is better; perhaps fewer projects are as good.
                proved, most = True, len(found.chosen) - 1
            elif proved and (known or not (bound < found.value or alike(bound, found.value))):
                most = 0
            if most <= 0:
                return found
        msg = f"no end after {MOST_ROUNDS} choices of projects"
        raise BendersError(msg)

    def _choose(self, budget: float, stake: float, *, most: int) -> tuple[Chosen, float] | None:
        """Return the set of at most so many projects that the estimate prefers, and its bound.

        None if time passes.
        """
        if self._time_limit_s <= 0.0:
            return None
        model, built = self._master(budget, stake)
        if most < len(built):
            model.add_linear_constraint(sum(built) <= most)
        answer = self._highs.solve(model, hint={}, time_limit_s=self._time_limit_s)
        if answer.reason in ENDED:
            return None
        if not answer.optimal or answer.values is None:
            msg = f"HiGHS ended with {answer.reason}"
            raise HighsError(msg)
        values = answer.values
        chosen = frozenset(p for p, one in enumerate(built) if values.get(one.id, 0.0) > 0.5)
        return chosen, answer.bound * stake

    def _master(self, budget: float, stake: float) -> tuple[Any, list[Any]]:
        """Return the master problem, with money divided by `stake`, and its projects."""
        from ortools.math_opt.python import mathopt

        candidates = self._candidates
        model: Any = mathopt.Model(name="projects")
        built = [
            model.add_binary_variable(name=f"project {p}") for p in range(len(candidates.costs))
        ]
        parts = [
            model.add_variable(lb=least / stake, name=f"part {i}")
            for i, least in enumerate(self._valuer.least)
        ]
        price = max(1.0, *candidates.costs)
        costs = zip(candidates.costs, built, strict=True)
        model.add_linear_constraint(
            mathopt.fast_sum([cost / price * y for cost, y in costs]) <= budget / price + TOLERANCE
        )
        for cut in self._cuts:
            drops = [slope / stake * y for slope, y in zip(cut.slopes, built, strict=True) if slope]
            model.add_linear_constraint(
                parts[cut.part] - mathopt.fast_sum(drops) >= cut.constant / stake
            )
        charges = zip(candidates.charges, built, strict=True)
        model.minimize(
            mathopt.fast_sum([*parts, *(charge / stake * y for charge, y in charges if charge)])
        )
        return model, built

    def _value(self, chosen: Chosen) -> None:
        if chosen not in self._values:
            value, cuts = self._valuer.value(chosen)
            self._values[chosen] = value + self._candidates.charge(chosen)
            self._cuts.extend(cuts)

    def _greedy(self, budget: float) -> Chosen:
        """Return a set to start with: projects by slope of the first cuts, within the budget."""
        candidates = self._candidates
        count = len(candidates.costs)
        slope = [candidates.charges[p] + sum(c.slopes[p] for c in self._cuts) for p in range(count)]
        chosen = EMPTY
        for p in sorted(range(count), key=lambda p: (slope[p], p)):
            if slope[p] < 0.0 and candidates.affords(chosen | {p}, budget):
                chosen |= {p}
        return chosen

    def _best(self, budget: float, least: float, *, proved: bool, before: int) -> Invested:
        affordable = [
            Schedule(sets=(chosen,), value=value)
            for chosen, value in self._values.items()
            if self._candidates.affords(chosen, budget)
        ]
        found = self._candidates.best(affordable)
        value, (chosen,) = found.value, found.sets
        return Invested(
            chosen=chosen,
            value=value,
            least=value if proved else min(least, value),
            proved=proved,
            valued=len(self._values) - before,
        )
