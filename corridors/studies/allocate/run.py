"""Allocate the TEU of a plan to routes and departures."""

from __future__ import annotations

from corridors.domain.plan import Plan
from corridors.optimise.highs_process import TimeLimit
from corridors.output.allocation_result import Allocation
from corridors.output.planned import Planned, allocation_of
from corridors.progress import Progress, quiet
from corridors.studies.searched_plans import search_plans
from corridors.studies.session import Session
from corridors.studies.shared_plans import planned_by_shares


def allocate_plan(
    plan: Plan,
    *,
    session: Session | None = None,
    progress: Progress = quiet,
) -> Allocation:
    """Return the allocation of a plan at least cost.

    Parameters
    ----------
    plan
        The volumes to ship.
    session
        Keeps networks between plans; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A place is unknown, a pair has no route, or the plan's limits contradict each other; the
        text names which.
    """
    return allocation_of(solve_plan(plan, session=session, progress=progress))


def solve_plan(
    plan: Plan,
    *,
    session: Session | None = None,
    progress: Progress = quiet,
) -> Planned:
    """Return the solution of a plan in numbers; see `allocate_plan`."""
    (searched,) = search_plans([plan], session=session, ways=plan.by_shares, progress=progress)
    if plan.by_shares:
        return planned_by_shares(searched)
    return searched.solve(limit=TimeLimit(plan.time_limit_s))
