"""Choose projects within a budget by trying sets.

A set need not be tried if a project can be added that fits the budget, adds no charge to the
objective and never makes anything dearer: the larger set is then no worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

Chosen = frozenset[int]
# Tolerance of budgets for sums of decimal costs.
ROUNDING = 1e-9


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


def sets_to_try(candidates: Candidates, budget: float) -> Iterator[Chosen]:
    """Yield the affordable sets that no larger one certainly equals, in order of their bits."""
    count = len(candidates.costs)
    free = [p for p in range(count) if candidates.never_dearer[p] and candidates.charges[p] <= 0.0]
    for bits in range(1 << count):
        chosen = frozenset(p for p in range(count) if bits >> p & 1)
        if not candidates.affords(chosen, budget):
            continue
        if any(p not in chosen and candidates.affords(chosen | {p}, budget) for p in free):
            continue
        yield chosen


def best_by_trying(
    candidates: Candidates, budget: float, value_of: Callable[[Chosen], float]
) -> Invested:
    """Return the best affordable set by trying; the cheapest of equal ones.

    Parameters
    ----------
    candidates
        The projects.
    budget
        The most that their costs may sum to.
    value_of
        The least objective with a set built, without charges.

    Raises
    ------
    ValueError
        The budget is negative.
    """
    best: tuple[float, float, tuple[int, ...]] | None = None
    valued = 0
    for chosen in sets_to_try(candidates, budget):
        value = value_of(chosen) + candidates.charge(chosen)
        valued += 1
        key = (value, candidates.cost(chosen), tuple(sorted(chosen)))
        if best is None or key < best:
            best = key
    if best is None:
        msg = "the budget is negative"
        raise ValueError(msg)
    return Invested(
        chosen=frozenset(best[2]), value=best[0], least=best[0], proved=True, valued=valued
    )


def without_idle(
    candidates: Candidates, found: Invested, value_of: Callable[[Chosen], float]
) -> Invested:
    """Return a best set without projects that gain nothing in it, dearest first.

    `value_of` is the least objective with a set built, without charges.
    """
    chosen = found.chosen
    most = found.value + ROUNDING * abs(found.value)
    for p in sorted(chosen, key=lambda p: (-candidates.costs[p], p)):
        fewer = chosen - {p}
        if value_of(fewer) + candidates.charge(fewer) <= most:
            chosen = fewer
    return replace(found, chosen=chosen)
