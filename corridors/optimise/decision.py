"""Decide on the option, or the split over options, that meets a shipment's limits.

A linear programme over the routes of the fronts, solved by OR-Tools (MathOpt, GLOP): one share per
route, shares sum to one, routes beyond a limit per box are excluded, shares through a country, gate
or corridor are capped. Its duals are the shadow prices of the caps; they are not unique. Without a
cap the best route takes all, and nothing is solved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from corridors.data.cities import to_be_said
from corridors.data.parameters import ParameterTable
from corridors.domain.objective import Objective
from corridors.domain.places import Family
from corridors.domain.results import Candidate, Decision, DecisionStatus, LadderStep, Tied
from corridors.domain.scenario import OTHER, Limits, Scenario
from corridors.optimise.candidates import candidate_in
from corridors.optimise.limits import (
    BoxLimit,
    advice,
    alone_within,
    box_limits,
    caps_on,
    keeps,
    tightest,
)
from corridors.routing.ladder import HIGHEST_USD_PER_DAY, SearchedCorridor, ladder
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

# The value ladder of a comparison: which option is best at which value of time.

USD_PER_DAY = Fraction(MINUTES_PER_DAY, CENTS_PER_USD)


def ladder_of(
    found: Sequence[SearchedCorridor],
    candidates: Sequence[Candidate],
    scenario: Scenario,
) -> tuple[LadderStep, ...]:
    """Return the value ladder of a comparison, from a value of time of 0 upwards.

    Parameters
    ----------
    found
        The searches of the corridors that may be recommended, and that without a corridor if its
        route may have a row.
    candidates
        Those of the fronts, which count within limits.
    scenario
        With its limits: a ladder within limits is that of the candidates and of the routes best
        at some value of time that alone meet every limit.

    Returns
    -------
    steps
        Empty if no route is usable, or none alone meets the limits. Of a route that lies in two
        corridors the first search has it.
    """
    rungs = ladder(found)
    routes = []
    for rung in rungs:
        one = found[rung.number]
        routes.append(candidate_in(one, rung.route))
        one.rest()
    routes = _as_of_corridors(routes, found)
    if scenario.limits == Limits():
        edges = [rung.above * USD_PER_DAY for rung in rungs]
        return _steps(routes, edges)
    sailed = (*routes, *candidates)
    return _steps(*envelope(alone_within(sailed, scenario.limits, scenario.departure)))


def _as_of_corridors(
    routes: Sequence[Candidate], found: Sequence[SearchedCorridor]
) -> list[Candidate]:
    """Return free routes as those of corridors that hold them."""
    named = list(routes)
    for one in sorted(found, key=lambda one: one.number):
        free = [number for number, route in enumerate(named) if route.corridor == OTHER]
        if free and one.corridor.id != OTHER:
            layering = one.question.bundle.layering
            held = layering.hold(one.corridor, [named[number].arcs for number in free])
            for number in (number for number, holds in zip(free, held, strict=True) if holds):
                named[number] = replace(
                    named[number], corridor=one.corridor.id, way=to_be_said(named[number].way)
                )
    return named


def envelope(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Fraction]]:
    """Return the candidates best at some value of time, and the least value of each.

    Values are in USD per TEU and day, from 0 to `HIGHEST_USD_PER_DAY`; costs count to the cent and
    times to the minute. Of equal candidates the first is kept.
    """

    def figures(candidate: Candidate) -> tuple[int, int]:
        cents = round(candidate.cost_usd_per_teu * CENTS_PER_USD)
        return cents, round(candidate.days * MINUTES_PER_DAY)

    left = sorted(candidates, key=lambda one: (figures(one), one.corridor == OTHER))
    kept, edges = left[:1], [Fraction(0)] * bool(left)
    while True:
        cents, minutes = figures(kept[-1]) if kept else (0, 0)
        following = [
            (Fraction(more - cents, minutes - fewer) * USD_PER_DAY, fewer, number)
            for number, (more, fewer) in enumerate(map(figures, left))
            if kept and fewer < minutes
        ]
        if not following or min(following)[0] > HIGHEST_USD_PER_DAY:
            return kept, edges
        edge, _, number = min(following)
        kept.append(left[number])
        edges.append(edge)


def _steps(routes: Sequence[Candidate], edges: Sequence[Fraction]) -> tuple[LadderStep, ...]:
    ends = [*(float(upper) for _, upper in pairwise(edges)), None]
    return tuple(
        LadderStep(
            corridor=route.corridor,
            from_usd_per_day=float(edge),
            to_usd_per_day=end,
            cost_usd_per_teu=route.cost_usd_per_teu,
            days=route.days,
            transit_days=route.transit_days,
            co2e_kg_per_teu=route.co2e_kg_per_teu,
            way=route.way,
        )
        for route, edge, end in zip(routes, edges, ends, strict=bool(routes))
    )


# Which options are tied: so close to the best that their order is not known.

PARAMETER = "decision.tolerance_share"
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far above the best value an option is still tied with it, by pair of families.

    `shares` are fractions of the best value, >= 0, by the two families in alphabetical order. Pairs
    that are not listed have the share `other`.
    """

    shares: tuple[tuple[tuple[Family, Family], float], ...] = ()
    other: float = 0.0

    def of(self, candidate: Candidate, best: Iterable[Family]) -> float:
        """Return the share for an option against best ones of some families."""
        return min(self.between(candidate.family, one) for one in best)

    def between(self, one: Family, other: Family) -> float:
        """Return the share for an option of one family and a best option of another."""
        return dict(self.shares).get(_pair(one, other), self.other)


# Only equal values are tied.
EXACT = Tolerances()


def tolerances_of(parameters: ParameterTable) -> Tolerances:
    """Return the rows `decision.tolerance_share`, whose scopes are pairs such as `rail-sea`."""
    shares = {}
    families = sorted(Family)
    for number, one in enumerate(families):
        for other in families[number:]:
            shares[one, other] = parameters.value(PARAMETER, f"{one}-{other}")
    return Tolerances(shares=tuple(shares.items()), other=parameters.value(PARAMETER))


def value_of(candidate: Candidate, objective: Objective, value_of_time: float) -> float:
    """Return the objective for one TEU of a route."""
    return objective.figure(
        candidate.cost_usd_per_teu, candidate.days, candidate.co2e_kg_per_teu, value_of_time
    )


def tied(
    candidates: Sequence[Candidate],
    best: Iterable[Candidate],
    least: float,
    objective: Objective,
    *,
    value_of_time: float,
    tolerances: Tolerances,
) -> tuple[Tied, ...]:
    """Return the options tied with the best, the one to recommend first.

    Parameters
    ----------
    candidates
        Routes that meet every limit alone.
    best
        The best route, or the routes of the best split.
    least
        The value of the best in the unit of the objective.
    objective
        What is least. Of tied routes those known to run are recommended before others, of them the
        quickest; where days count in the objective already, the least. Days that print alike are
        equally quick, and then the objective decides.
    value_of_time
        USD per TEU and day, for the generalised objective.
    tolerances
        How close is tied. Of a split, the narrowest of its families counts.

    Returns
    -------
    tied
        Of each corridor its best route; empty if no route alone is within the tolerance.
    """
    families = {candidate.family for candidate in best}

    def value(candidate: Candidate) -> float:
        return value_of(candidate, objective, value_of_time)

    near = [
        candidate
        for candidate in candidates
        if value(candidate) <= least * (1.0 + tolerances.of(candidate, families)) + ROUNDING
    ]
    shares = {candidate.family: tolerances.of(candidate, families) for candidate in near}
    by_days = not objective.counts_days(value_of_time)
    return in_order(near, by_days=by_days, value=value, shares=shares)


def in_order(
    near: Iterable[Candidate],
    *,
    by_days: bool,
    value: Callable[[Candidate], float],
    shares: Mapping[Family, float],
    rank: Callable[[Candidate], float] | None = None,
) -> tuple[Tied, ...]:
    """Return routes that are near the best as tied options, the one to recommend first.

    Parameters
    ----------
    near
        The routes; of each corridor the best counts.
    by_days
        Whether the quickest comes first, not the least; see `tied`.
    value
        The figure of a route in the unit of the objective.
    shares
        By family the share within which a route is tied.
    rank
        What is least of a corridor's routes, and of those that are as quick; by default the value.
    """
    ranked = rank or value

    def order(candidate: Candidate) -> tuple[bool, float, float, float, float, bool, str]:
        return (
            candidate.offer is not None and not candidate.offer.known,
            round(candidate.days, 1) if by_days else 0.0,
            ranked(candidate),
            candidate.cost_usd_per_teu,
            candidate.days,
            candidate.corridor == OTHER,
            candidate.corridor,
        )

    # The routes of one corridor have their prices in common, so the best of them is known: that of
    # its row, the cheapest of those that are equal.
    first_of: dict[str, Candidate] = {}
    for candidate in sorted(near, key=lambda one: (ranked(one), one.cost_usd_per_teu, *order(one))):
        first_of.setdefault(candidate.corridor, candidate)
    # One route may lie in two corridors, and is tied with others once.
    routes: dict[object, Candidate] = {}
    for candidate in sorted(first_of.values(), key=order):
        route = (candidate.arcs, candidate.days) if candidate.arcs else candidate.corridor
        routes.setdefault(route, candidate)
    return tuple(
        Tied(
            corridor=candidate.corridor,
            value=value(candidate),
            cost_usd_per_teu=candidate.cost_usd_per_teu,
            days=candidate.days,
            transit_days=candidate.transit_days,
            co2e_kg_per_teu=candidate.co2e_kg_per_teu,
            tolerance_share=shares[candidate.family],
            way=candidate.way,
        )
        for candidate in routes.values()
    )


def _pair(one: Family, other: Family) -> tuple[Family, Family]:
    return (one, other) if one <= other else (other, one)


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
