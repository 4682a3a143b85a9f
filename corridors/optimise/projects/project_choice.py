"""Choose projects and the phase in which each opens, by trying sets.

A plan has one phase or several; a project that is open stays open. The sets of two phases that
follow one another are then nested, and the best chain of sets is found by dynamic programming over
sets: the best way to have a set in a phase is the cheapest way to have one of its subsets in the
phase before. Every affordable set is valued, so the answer equals that of trying every schedule.

References
----------
Bellman, R. (1957), Dynamic Programming, Princeton University Press.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Chosen = frozenset[int]
EMPTY: Chosen = frozenset()
# Tolerance of budgets for sums of decimal costs.
ROUNDING = 1e-9
# Values that differ by less than this fraction count as equal.
ALIKE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Projects that may be built, by number.

    `costs` count against the budget; `charges` are added to the objective. `never_dearer` marks
    projects that certainly never raise the cost of flows.
    """

    costs: tuple[float, ...]
    charges: tuple[float, ...]
    never_dearer: tuple[bool, ...]

    def cost(self, chosen: Chosen) -> float:
        """Return the cost of a set."""
        return sum(self.costs[p] for p in sorted(chosen))

    def charge(self, chosen: Chosen) -> float:
        """Return the charge of a set in the objective."""
        return sum(self.charges[p] for p in sorted(chosen))

    def affords(self, chosen: Chosen, budget: float) -> bool:
        """Return whether a budget pays for a set."""
        return self.cost(chosen) <= budget + ROUNDING * max(1.0, abs(budget))

    def best(self, schedules: Iterable[Schedule]) -> Schedule:
        """Return the schedule of least value; of equal ones that of fewest projects.

        A project that gains nothing is not built, even if it is free. Then the cheapest counts.
        """
        every = [*schedules]
        least = min(one.value for one in every)
        return min(
            (one for one in every if alike(one.value, least)),
            key=lambda one: (
                sum(map(len, one.sets)),
                sum(map(self.cost, one.sets)),
                [sorted(chosen) for chosen in one.sets],
            ),
        )


def alike(one: float, other: float) -> bool:
    """Return whether two values count as equal."""
    return math.isclose(one, other, rel_tol=ALIKE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phasing:
    """The phases of a plan, by number.

    `weights` multiply the objective of each phase: its years, discounted. `budgets` are what may
    have been spent by each phase. `opens` is by project the first phase in which it may be open.
    """

    weights: tuple[float, ...]
    budgets: tuple[float, ...]
    opens: tuple[int, ...]

    def allows(self, candidates: Candidates, phase: int, chosen: Chosen) -> bool:
        """Return whether a set may be open in a phase."""
        return all(self.opens[p] <= phase for p in chosen) and candidates.affords(
            chosen, self.budgets[phase]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invested:
    """The best set found, its objective, and a lower bound on every set.

    `least` equals `value` if the set is proved to be the best.
    """

    chosen: Chosen
    value: float
    least: float
    proved: bool
    valued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The sets open in each phase, and the objective: weighted flows and charges."""

    sets: tuple[Chosen, ...]
    value: float


def sets_to_value(candidates: Candidates, phasing: Phasing) -> Iterator[Chosen]:
    """Yield the sets that may be open in some phase, the small ones first."""
    count = len(candidates.costs)
    every = (frozenset(p for p in range(count) if bits >> p & 1) for bits in range(1 << count))
    phases = range(len(phasing.weights))
    for chosen in sorted(every, key=lambda chosen: (len(chosen), sorted(chosen))):
        if any(phasing.allows(candidates, phase, chosen) for phase in phases):
            yield chosen


def best_schedule(
    candidates: Candidates, phasing: Phasing, values: Mapping[Chosen, Sequence[float]]
) -> Schedule:
    """Return the best schedule among the sets valued; of equal ones see `Candidates.best`.

    Parameters
    ----------
    candidates
        The projects.
    phasing
        Weights, budgets and openings.
    values
        By set and phase the least objective with it built, without charges. The empty set is one
        of them.
    """
    reached = {EMPTY: Schedule(sets=(), value=0.0)}
    for phase, weight in enumerate(phasing.weights):
        before, reached = reached, {}
        for chosen, value in values.items():
            if phasing.allows(candidates, phase, chosen):
                way = candidates.best(found for fewer, found in before.items() if fewer <= chosen)
                here = weight * (value[phase] + candidates.charge(chosen))
                reached[chosen] = Schedule(sets=(*way.sets, chosen), value=way.value + here)
    return candidates.best(reached.values())


def least_value(
    candidates: Candidates,
    phasing: Phasing,
    values: Mapping[Chosen, Sequence[float]],
    *,
    least: Sequence[float],
) -> float:
    """Return what no schedule can cost less than, if no set costs less than `least` by phase."""
    bounds = {chosen: values.get(chosen, least) for chosen in sets_to_value(candidates, phasing)}
    return best_schedule(candidates, phasing, bounds).value if bounds else -math.inf
