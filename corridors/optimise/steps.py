"""The value ladder of a comparison: which option is best at which value of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from corridors.data.names import to_be_said
from corridors.domain.results import Candidate, LadderStep
from corridors.domain.scenario import OTHER, Limits, Scenario
from corridors.optimise.candidates import candidate_in
from corridors.optimise.limits import alone_within
from corridors.routing.corridor_search import SearchedCorridor
from corridors.routing.ladder import HIGHEST_USD_PER_DAY, ladder
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

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
