"""Choose projects within a budget by Benders decomposition.

A master problem chooses a set under a lower estimate of the cost of flows. The flows are then
valued with that set built, and their dual values bound the cost of every other set. The estimate
rises until the set it prefers is no better than the best one valued.

References
----------
Benders, J. F. (1962), Partitioning procedures for solving mixed-variables programming problems,
Numerische Mathematik 4, 238-252.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corridors.errors import CorridorsError
from corridors.optimise.projects.master_solver import MasterRequest, MasterSolver
from corridors.optimise.projects.project_choice import Candidates, Chosen, Invested
from corridors.optimise.time_limit import TimeLimit

# Estimate and best value count as equal within this fraction of the possible gain.
CLOSE = 1e-9
MOST_ROUNDS = 5_000


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
    solver
        Solves the master problems.
    """

    def __init__(self, candidates: Candidates, valuer: Valuer, *, solver: MasterSolver) -> None:
        self._candidates = candidates
        self._valuer = valuer
        self._solver = solver
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
        """
        candidates = self._candidates
        count = len(candidates.costs)
        empty: Chosen = frozenset()
        valued_before = len(self._values)
        self._value(empty)
        self._value(self._greedy(budget))
        least = sum(self._valuer.least) + sum(min(0.0, c) for c in candidates.charges)
        stake = max(1e-12, self._values[empty] - least)
        for _ in range(MOST_ROUNDS):
            ended = limit is not None and limit.passed
            answer = None if ended else self._solver.solve(self._request(budget, stake))
            if answer is None:
                return self._best(budget, least, proved=False, before=valued_before)
            least = max(least, answer.bound)
            chosen = frozenset(p for p in range(count) if answer.built[p])
            known = chosen in self._values
            if not known:
                self._value(chosen)
            found = self._best(budget, least, proved=True, before=valued_before)
            if known or found.value - least <= CLOSE * stake:
                return found
        msg = f"no end after {MOST_ROUNDS} choices of projects"
        raise BendersError(msg)

    def _request(self, budget: float, stake: float) -> MasterRequest:
        return MasterRequest(
            costs=self._candidates.costs,
            charges=self._candidates.charges,
            budget=budget,
            scale=stake,
            least=self._valuer.least,
            cuts=tuple((cut.part, cut.constant, cut.slopes) for cut in self._cuts),
        )

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
        chosen: Chosen = frozenset()
        for p in sorted(range(count), key=lambda p: (slope[p], p)):
            if slope[p] < 0.0 and candidates.affords(chosen | {p}, budget):
                chosen |= {p}
        return chosen

    def _best(self, budget: float, least: float, *, proved: bool, before: int) -> Invested:
        candidates = self._candidates
        value, _, chosen = min(
            (value, candidates.cost(chosen), tuple(sorted(chosen)))
            for chosen, value in self._values.items()
            if candidates.affords(chosen, budget)
        )
        return Invested(
            chosen=frozenset(chosen),
            value=value,
            least=value if proved else min(least, value),
            proved=proved,
            valued=len(self._values) - before,
        )
