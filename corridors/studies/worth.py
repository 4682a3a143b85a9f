"""What a project is worth: present value, benefit-cost, payback, and what would make it pay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from corridors.arrays import FloatArray
from corridors.domain.plan import Phases, Worth
from corridors.domain.results import Candidate, Decision, DecisionStatus, Risk
from corridors.domain.scenario import Measure
from corridors.optimise.decision import in_order, tolerances_of, value_of
from corridors.optimise.limits import advice, box_limits, keeps
from corridors.optimise.planning.program import Allocated, Program
from corridors.studies.decided import Decided
from corridors.studies.sampled import Sampled
from corridors.uncertainty.booked import mean_of_worst
from corridors.uncertainty.searches import RouteKey
from corridors.units import MINUTES_PER_DAY

# The largest factor tried, and how closely the least one is found.
MOST_FACTOR = 8.0
CLOSE = 1.02
# Gives a cost and its slope at a factor of the volumes.
CostAt = Callable[[float], tuple[float, float]]
# A pair and month gain if a TEU costs less by more than this.
LEAST_USD = 0.01


def worth_over_life(
    gain_usd: float, cost_usd: float, charge_usd: float, *, life_years: float
) -> Worth:
    """Return the worth of a project that gains the same every year of its life.

    Parameters
    ----------
    gain_usd
        Gain a year.
    cost_usd, charge_usd
        Its cost, > 0, and the annuity that repays it over its life, a year.
    life_years
        Its life; gains that take longer do not pay it back.
    """
    # What a dollar a year over the life is worth today.
    years = cost_usd / charge_usd
    return Worth(
        gain_usd=gain_usd,
        net_present_usd=gain_usd * years - cost_usd,
        benefit_cost=gain_usd / charge_usd,
        payback_years=cost_usd / gain_usd if gain_usd * life_years >= cost_usd else None,
    )


def worth_by_phase(
    gains_usd: Sequence[float],
    cost_usd: float,
    charge_usd: float,
    *,
    phases: Phases,
    rate: float,
    opens: int,
) -> Worth:
    """Return the worth of a project that opens in a phase, to the end of the phases.

    Gains are a year, by phase. The annuity is paid from the year of opening on, so what is left of
    the project's life at the end is neither paid nor counted.
    """
    numbers = range(opens, len(gains_usd))
    years = {n: phases.discounted_years(n, rate) for n in numbers}
    benefits = sum(years[n] * gains_usd[n] for n in numbers)
    costs = sum(years[n] * charge_usd for n in numbers)
    return Worth(
        gain_usd=gains_usd[opens] if opens < len(gains_usd) else 0.0,
        net_present_usd=benefits - costs,
        benefit_cost=benefits / costs if costs > 0.0 else 0.0,
        payback_years=_payback_years(gains_usd, cost_usd, phases, opens),
    )


def _payback_years(
    gains_usd: Sequence[float], cost_usd: float, phases: Phases, opens: int
) -> float | None:
    """Return the years after opening in which the gains repay the cost; None if they do not."""
    left, years = cost_usd, 0.0
    for n in range(opens, len(gains_usd)):
        length = phases.discounted_years(n, 0.0)
        if gains_usd[n] * length >= left:
            return years + left / gains_usd[n]
        left -= gains_usd[n] * length
        years += length
    return None


def gaining(program: Program, before: Allocated, after: Allocated) -> tuple[float, float]:
    """Return the TEU a year whose pair and month cost less after, and what they save in USD."""
    was, now = _usd_by_lot(program, before), _usd_by_lot(program, after)
    teu = np.array([lot.teu for lot in program.lots])
    less = was - now > LEAST_USD * teu
    return float(teu[less].sum()), float((was - now)[less].sum())


def _usd_by_lot(program: Program, solved: Allocated) -> FloatArray:
    """Return the objective by lot, with what is left behind at its price."""
    usd = solved.missing * (program.unmet_usd or 0.0)
    for flow in solved.flows:
        weights = program.objective_weights[program.lots[flow.offer.lot].pair]
        usd[flow.offer.lot] += flow.teu * flow.offer.route.objective_usd(weights)
    return usd


def volume_factor(bare: CostAt, built: CostAt, charge_usd: float) -> float | None:
    """Return the smallest factor on the volumes at which a gain reaches a charge, to 2 %.

    A gain may fall again as volumes grow, but either cost of which it is the difference is convex
    in them. Between two factors the cost without the project is at most on the straight line
    between its ends, and the cost with it at least on the slopes at either end. Where the gain can
    therefore not reach the charge, nothing is searched. None if no factor up to `MOST_FACTOR` does.

    Parameters
    ----------
    bare, built
        Give the cost and its slope at a factor, without the project and with it.
    charge_usd
        The charge, in USD a year like the costs.
    """

    def gain(factor: float) -> float:
        return bare(factor)[0] - built(factor)[0]

    def most(low: float, high: float) -> float:
        """Return what the gain cannot exceed between two factors."""
        (start, rise), (end, steeper) = built(low), built(high)
        at = high
        if steeper > rise:
            at = (start - rise * low - end + steeper * high) / (steeper - rise)
            at = min(max(at, low), high)
        part = (at - low) / (high - low)
        chord = (1.0 - part) * bare(low)[0] + part * bare(high)[0]
        return max(gain(low), gain(high), chord - (start + rise * (at - low)))

    step, left = 1.0, []
    while step < MOST_FACTOR:
        left.append((step, 2.0 * step))
        step *= 2.0
    left.reverse()
    while left:
        low, high = left.pop()
        if gain(low) >= charge_usd:
            return low
        if most(low, high) < charge_usd:
            continue
        if high / low > CLOSE:
            middle = (low * high) ** 0.5
            left += [(middle, high), (low, middle)]
        elif gain(high) >= charge_usd:
            return high
    return None


# Recommend the route whose worst draws are the least bad: by CVaR, or by regret.

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
