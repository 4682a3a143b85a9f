"""Decide on the option, or the split over options, that meets a shipment's limits.

A linear programme over the routes of the fronts, solved by OR-Tools (MathOpt, GLOP): one share per
route, shares sum to one, routes beyond a limit per box are excluded, shares through a country, gate
or corridor are capped. Its duals are the shadow prices of the caps; they are not unique. Without a
cap the best route takes all, and nothing is solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from corridors.domain.objective import Objective
from corridors.domain.results import Candidate, Decision, DecisionStatus
from corridors.domain.scenario import OTHER, Limits
from corridors.optimise.limits import (
    BoxLimit,
    alone_within,
    box_limits,
    caps_on,
    keeps,
    tightest,
)
from corridors.optimise.relax import advice
from corridors.optimise.ties import EXACT, Tolerances, tied, value_of

SMALLEST_SHARE = 1e-9


def decide(
    candidates: Sequence[Candidate],
    limits: Limits,
    objective: Objective,
    *,
    value_of_time: float,
    departure: date | None = None,
    tolerances: Tolerances = EXACT,
) -> Decision:
    """Return the recommended option or split.

    If some routes alone are within the tolerance of the best, they are tied, and the quickest of
    them is recommended; only if there are none is a split.

    Parameters
    ----------
    candidates
        The routes of all fronts.
    limits
        The limits of the shipment.
    objective
        The objective to minimise; ties are broken by cost, then days, then corridor id.
    value_of_time
        USD per TEU and day, for the generalised objective.
    departure
        The day from which a deadline is counted; None ignores deadlines.
    tolerances
        How close to the best an option is tied with it.
    """
    infeasible = Decision(
        status=DecisionStatus.INFEASIBLE, objective=objective, value=None, recommended=None
    )
    if not candidates:
        return replace(infeasible, advice="no corridor is usable on this date")
    bounds = box_limits(limits, departure)
    kept = [c for c in candidates if all(keeps(c, b) for b in bounds)]
    if not kept:
        names = tuple(b.name for b in tightest(bounds))
        return replace(infeasible, binding=names, advice=advice(candidates, limits, departure))
    ranked = _ranked(kept, objective, value_of_time)
    solved = _solve(ranked, limits, objective, value_of_time)
    if solved.status is DecisionStatus.INFEASIBLE:
        return replace(solved, advice=advice(candidates, limits, departure))
    binding = tuple(
        b.name
        for b in tightest(bounds)
        if any(
            value_of(c, objective, value_of_time) < (solved.least_value or 0.0) - 1e-9
            and b.figure(c) > b.bound
            for c in candidates
        )
    )
    shadow_prices = {
        bound.name: gain
        for bound in bounds
        if bound.name in binding
        and (gain := _last_unit(candidates, bounds, bound, limits, objective, value_of_time)) > 0.0
    }
    solved = _among_tied(solved, ranked, limits, value_of_time=value_of_time, tolerances=tolerances)
    return replace(
        solved,
        binding=(*binding, *solved.binding),
        marginal_values={**shadow_prices, **solved.marginal_values},
    )


def _among_tied(
    solved: Decision,
    ranked: Sequence[Candidate],
    limits: Limits,
    *,
    value_of_time: float,
    tolerances: Tolerances,
) -> Decision:
    """Return the decision for the quickest of the tied options, if one alone is tied."""
    alone = alone_within(ranked, limits)
    best = [c for c in ranked if c.corridor in solved.shares]
    near = tied(
        alone,
        best,
        solved.least_value or 0.0,
        solved.objective,
        value_of_time=value_of_time,
        tolerances=tolerances,
    )
    if not near:
        return solved
    first = near[0]
    return replace(
        solved,
        value=first.value,
        recommended=first.corridor,
        shares={first.corridor: 1.0},
        tied=near,
    )


def _last_unit(
    candidates: Sequence[Candidate],
    bounds: Sequence[BoxLimit],
    moved: BoxLimit,
    limits: Limits,
    objective: Objective,
    value_of_time: float,
) -> float:
    """Return the gain in the objective per unit when a limit moves to its next step.

    A box limit has no dual, because routes are few: between two figures of the front a looser limit
    gains nothing. The next step is the nearest figure with a better answer.
    """
    others = [b for b in bounds if b is not moved]
    able = [c for c in candidates if all(keeps(c, b) for b in others)]
    now = _solve(
        _ranked([c for c in able if keeps(c, moved)], objective, value_of_time),
        limits,
        objective,
        value_of_time,
    ).value
    for figure in sorted({moved.figure(c) for c in able if not keeps(c, moved)}):
        kept = [c for c in able if moved.figure(c) <= figure]
        then = _solve(
            _ranked(kept, objective, value_of_time), limits, objective, value_of_time
        ).value
        if now is not None and then is not None and then < now - 1e-6:
            return (now - then) / (figure - moved.bound)
    return 0.0


def _ranked(
    candidates: Sequence[Candidate], objective: Objective, value_of_time: float
) -> list[Candidate]:
    """Return candidates best first; ties are broken by cost, days, then corridor id."""
    return sorted(
        candidates,
        key=lambda c: (
            value_of(c, objective, value_of_time),
            c.cost_usd_per_teu,
            c.days,
            c.corridor == OTHER,
            c.corridor,
        ),
    )


def _solve(
    kept: Sequence[Candidate], limits: Limits, objective: Objective, value_of_time: float
) -> Decision:
    """Return the least value over these routes, best first, under the caps on shares."""
    capped = caps_on(kept, limits)
    if kept and not capped:
        first = kept[0]
        least = value_of(first, objective, value_of_time)
        return Decision(
            status=DecisionStatus.OPTIMAL,
            objective=objective,
            value=least,
            least_value=least,
            recommended=first.corridor,
            shares={first.corridor: 1.0},
        )
    # Importing MathOpt takes 0.1 s.
    from ortools.math_opt.python import mathopt

    model = mathopt.Model(name="decision")
    shares = [model.add_variable(lb=0.0, name=f"share {i}") for i in range(len(kept))]
    model.add_linear_constraint(mathopt.fast_sum(shares) == 1.0, name="all of it")
    caps = {}
    for name, bound, passes in capped:
        through = [share for share, inside in zip(shares, passes, strict=True) if inside]
        caps[name] = model.add_linear_constraint(mathopt.fast_sum(through) <= bound, name=name)
    # Candidates are sorted: a tiny cost per rank breaks ties in that order.
    scale = max(1.0, *(abs(value_of(c, objective, value_of_time)) for c in kept))
    model.minimize(
        mathopt.fast_sum(
            [
                (value_of(c, objective, value_of_time) + scale * 1e-9 * rank) * share
                for rank, (share, c) in enumerate(zip(shares, kept, strict=True))
            ]
        )
    )
    result = mathopt.solve(model, mathopt.SolverType.GLOP)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return Decision(
            status=DecisionStatus.INFEASIBLE,
            objective=objective,
            value=None,
            recommended=None,
            binding=tuple(caps),
        )
    values = result.variable_values(shares)
    by_corridor: dict[str, float] = {}
    total = 0.0
    for share, candidate in zip(values, kept, strict=True):
        if share > SMALLEST_SHARE:
            by_corridor[candidate.corridor] = by_corridor.get(candidate.corridor, 0.0) + share
            total += share * value_of(candidate, objective, value_of_time)
    duals = {name: result.dual_values(cap) for name, cap in caps.items()}
    marginal = {name: -dual for name, dual in duals.items() if abs(dual) > scale * 1e-7}
    ordered = dict(sorted(by_corridor.items(), key=lambda item: (-item[1], item[0])))
    return Decision(
        status=DecisionStatus.OPTIMAL,
        objective=objective,
        value=total,
        least_value=total,
        recommended=next(iter(ordered)),
        shares={name: round(share, 9) for name, share in ordered.items()},
        marginal_values=marginal,
        binding=tuple(marginal),
    )


__all__ = ["Candidate", "decide"]
