"""The decision: the option, or the split over options, that meets a programme's limits.

A linear programme over the routes of the fronts, solved by OR-Tools (MathOpt, GLOP): one share a
route, shares add to one, routes beyond a limit per box are out, shares through a country, gate or
corridor are capped. Its duals are the marginal values of the caps; they are not unique.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corridors.domain.results import Decision
from corridors.domain.scenario import Limits, Objective

SMALLEST_SHARE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A route the decision may choose: its figures per TEU, and what it passes."""

    corridor: str
    cost_usd_per_teu: float
    days: float
    transit_days: float
    co2e_kg_per_teu: float
    countries: frozenset[str]
    gates: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLimit:
    """A limit every box keeps: its name, its bound, and the figure it bounds."""

    name: str
    bound: float
    unit: str
    figure: Callable[[Candidate], float]


def value_of(candidate: Candidate, objective: Objective, value_of_time: float) -> float:
    """Return what the objective sums for one TEU of a route."""
    match objective:
        case Objective.COST:
            return candidate.cost_usd_per_teu
        case Objective.DAYS:
            return candidate.days
        case Objective.CO2E:
            return candidate.co2e_kg_per_teu
        case Objective.GENERALISED:
            return candidate.cost_usd_per_teu + value_of_time * candidate.days


def box_limits(limits: Limits) -> tuple[BoxLimit, ...]:
    """Return the limits that each box keeps."""
    made = (
        ("max_transit_days", limits.max_transit_days, "days", lambda c: c.transit_days),
        ("max_days", limits.max_days, "days", lambda c: c.days),
        ("max_usd_per_teu", limits.max_usd_per_teu, "USD/TEU", lambda c: c.cost_usd_per_teu),
        ("max_co2e_kg_per_teu", limits.max_co2e_kg_per_teu, "kg/TEU", lambda c: c.co2e_kg_per_teu),
    )
    return tuple(
        BoxLimit(name=name, bound=bound, unit=unit, figure=figure)
        for name, bound, unit, figure in made
        if bound is not None
    )


def decide(
    candidates: Sequence[Candidate],
    limits: Limits,
    objective: Objective,
    *,
    value_of_time: float,
) -> Decision:
    """Return the recommended option or split.

    Parameters
    ----------
    candidates
        The routes of all fronts.
    limits
        What the programme keeps.
    objective
        What is minimised; ties go to the cheaper, then the quicker, then the corridor's id.
    value_of_time
        USD per TEU and day, used by the generalised objective.
    """
    if not candidates:
        return Decision(
            status="infeasible",
            objective=objective.value,
            value=None,
            recommended=None,
            advice="no corridor is usable on this date",
        )
    bounds = box_limits(limits)
    kept = [c for c in candidates if all(b.figure(c) <= b.bound + 1e-9 for b in bounds)]
    if not kept:
        return Decision(
            status="infeasible",
            objective=objective.value,
            value=None,
            recommended=None,
            binding=tuple(b.name for b in bounds),
            advice=_advice(candidates, bounds),
        )
    kept.sort(
        key=lambda c: (
            value_of(c, objective, value_of_time),
            c.cost_usd_per_teu,
            c.days,
            c.corridor,
        )
    )
    solved = _solve(kept, limits, objective, value_of_time)
    if solved.status == "infeasible":
        return solved
    binding = tuple(
        b.name
        for b in bounds
        if any(
            value_of(c, objective, value_of_time) < (solved.value or 0.0) - 1e-9
            and b.figure(c) > b.bound
            for c in candidates
        )
    )
    return replace(solved, binding=(*binding, *solved.binding))


def _advice(candidates: Sequence[Candidate], bounds: Sequence[BoxLimit]) -> str:
    """Say which one limit would have to move, and how far, for some route to meet the rest."""
    sentences = []
    for bound in bounds:
        rest = [
            c
            for c in candidates
            if all(b.figure(c) <= b.bound for b in bounds if b.name != bound.name)
        ]
        if rest:
            nearest = min(rest, key=bound.figure)
            need = bound.figure(nearest)
            sentences.append(
                f"{bound.name} would have to rise from {bound.bound:g} to {need:.1f} {bound.unit}"
                f" ({nearest.corridor})"
            )
    if not sentences:
        names = " and ".join(b.name for b in bounds)
        return f"no single limit can be moved to help: {names} exclude each other's routes"
    return "; or ".join(sentences)


def _solve(
    kept: Sequence[Candidate], limits: Limits, objective: Objective, value_of_time: float
) -> Decision:
    # MathOpt takes 0.2 s to import; only a run that decides needs it.
    from ortools.math_opt.python import mathopt

    model = mathopt.Model(name="decision")
    shares = [model.add_variable(lb=0.0, name=f"share {i}") for i in range(len(kept))]
    model.add_linear_constraint(mathopt.fast_sum(shares) == 1.0, name="all of it")
    caps = {}
    capped = (
        ("country", limits.max_share_country, lambda c, key: key in c.countries),
        ("gate", limits.max_share_gate, lambda c, key: key in c.gates),
        ("corridor", limits.max_share_corridor, lambda c, key: key == c.corridor),
    )
    for kind, bounds, passes in capped:
        for key, bound in bounds:
            through = [s for s, c in zip(shares, kept, strict=True) if passes(c, key)]
            if through:
                name = f"max_share_{kind}.{key}"
                caps[name] = model.add_linear_constraint(
                    mathopt.fast_sum(through) <= bound, name=name
                )
    # Candidates are sorted: a hair of cost a rank settles ties in that order.
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
            status="infeasible",
            objective=objective.value,
            value=None,
            recommended=None,
            binding=tuple(caps),
            advice="the caps on shares leave no way for the whole programme: "
            + ", ".join(sorted(caps)),
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
        status="optimal",
        objective=objective.value,
        value=total,
        recommended=next(iter(ordered)),
        shares={name: round(share, 9) for name, share in ordered.items()},
        marginal_values=marginal,
        binding=tuple(marginal),
    )
