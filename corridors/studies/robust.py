"""Recommend the route whose worst draws are the least bad: by CVaR, or by regret.

Chosen, not searched: among the routes that searches in training draws found, each kept whatever is
drawn. A search for the least CVaR would need the whole distribution of every partial route; the
pool misses the best of a draw by less than 0.1 % on average, and the worst draws are among these.

References
----------
Rockafellar and Uryasev, Journal of Risk 2 (2000), 21-41, on CVaR; Savage, Journal of the American
Statistical Association 46 (1951), 55-67, on the greatest regret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from corridors.arrays import FloatArray
from corridors.domain.results import Candidate, Decision, DecisionStatus, Risk
from corridors.domain.scenario import Measure
from corridors.optimise.decision import in_order, tolerances_of, value_of
from corridors.optimise.limits import advice, box_limits, keeps
from corridors.studies.decided import Decided
from corridors.studies.sampled import Sampled
from corridors.uncertainty.figures import mean_of_worst
from corridors.uncertainty.searches import RouteKey
from corridors.units import MINUTES_PER_DAY

CLOSED = "every route is closed in some of the draws, so none can be booked whatever happens"


def robust_decision(made: Decided, sampled: Sampled) -> Decision:
    """Return the decision for the route with the least bad worst draws.

    Limits hold at the figures of the rows; those on shares must be met by one route alone, for
    the worst draws of a split are not the sum of those of its parts. Routes are tied whose
    measures differ by less than the tolerance of the objective, and of these the quickest is
    recommended.
    """
    scenario, asked = sampled.scenario, sampled.scenario.robust
    if asked is None:
        return made.decision
    objective, limits = scenario.objective, scenario.limits
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
    none = Decision(
        status=DecisionStatus.INFEASIBLE,
        objective=objective,
        value=None,
        recommended=None,
        without_line=made.decision.without_line,
    )
    offered = {key: at_values(sampled, key) for key in sorted(sampled.allowed)}
    if not offered:
        return replace(none, advice=made.decision.advice or advice((), limits, scenario.departure))
    bounds = box_limits(limits, scenario.departure)
    due = limits.on_time
    kept = {
        key: one
        for key, one in offered.items()
        if all(keeps(one, bound) for bound in bounds)
        and (due is None or sampled.arrives_by(key, due.by) >= due.probability)
    }
    if not kept:
        late = "" if due is None else f"no option arrives by {due.by} often enough"
        text = advice(tuple(offered.values()), limits, scenario.departure) if bounds else late
        return replace(none, advice=text or late, binding=tuple(one.name for one in bounds))
    worst = _worst(sampled, kept)
    finite = {id(one): worst[key] for key, one in kept.items() if np.isfinite(worst[key])}
    by_corridor: dict[str, float | None] = {}
    for key in kept:
        known = by_corridor.get(key.corridor)
        mine = worst[key] if np.isfinite(worst[key]) else known
        by_corridor[key.corridor] = mine if known is None or mine is None else min(mine, known)
    risk = Risk(
        measure=asked.measure, level=asked.level, worst=by_corridor, routes=len(sampled.takens)
    )
    if not finite:
        return replace(none, advice=CLOSED, risk=risk)

    def value(candidate: Candidate) -> float:
        return value_of(candidate, objective, value_of_time)

    open_ones = [one for one in kept.values() if id(one) in finite]
    best = min(open_ones, key=lambda one: (finite[id(one)], value(one), one.corridor))
    tolerances = tolerances_of(made.question.parameters)
    shares = {one.family: tolerances.of(one, (best.family,)) for one in open_ones}
    near = [
        one
        for one in open_ones
        if finite[id(one)] <= finite[id(best)] + shares[one.family] * value(best)
    ]
    tied = in_order(
        near,
        by_days=not objective.counts_days(value_of_time),
        value=value,
        shares=shares,
        rank=lambda one: finite[id(one)],
    )
    first = tied[0]
    return replace(
        none,
        status=DecisionStatus.OPTIMAL,
        value=first.value,
        least_value=value(best),
        recommended=first.corridor,
        shares={first.corridor: 1.0},
        tied=tied,
        risk=risk,
    )


def at_values(sampled: Sampled, key: RouteKey) -> Candidate:
    """Return a learned route with its figures at the values of the rows, on its day of leaving."""
    central = sampled.evaluator.central()[key]
    money = central.price if sampled.on_price else central.cost
    return replace(
        sampled.candidates[key],
        cost_usd_per_teu=float(money[0]),
        days=float(central.minutes[0]) / MINUTES_PER_DAY,
        transit_days=float(central.transit[0]) / MINUTES_PER_DAY,
        arrival_days=float(central.arrival[0]) / MINUTES_PER_DAY,
        co2e_kg_per_teu=float(central.kg[0]),
    )


def _worst(sampled: Sampled, keys: Iterable[RouteKey]) -> dict[RouteKey, float]:
    """Return by route the mean of its worst draws; infinite where one of the draws closes it."""
    asked = sampled.scenario.robust
    figures = {key: sampled.expected(key, quoted=sampled.on_price) for key in keys}
    if asked is None:
        return {}
    if asked.measure is Measure.REGRET:
        best = np.min(list(figures.values()), axis=0)
        figures = {key: _loss(one, best) for key, one in figures.items()}
    return {
        key: mean_of_worst(one, 1.0 - asked.level) if np.isfinite(one).all() else np.inf
        for key, one in figures.items()
    }


def _loss(figures: FloatArray, best: FloatArray) -> FloatArray:
    """Return by draw what a route loses against the best, infinite where it is closed."""
    is_open = np.isfinite(figures)
    found: FloatArray = np.where(is_open, figures - np.where(is_open, best, 0.0), np.inf)
    return found
