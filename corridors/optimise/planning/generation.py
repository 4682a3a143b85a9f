"""Solve a plan by column generation: routes are added to the programme as its prices ask for them.

For every scenario, lot and departure the label setting finds the cheapest route under the dual
prices of the linear programme. Routes cheaper than what their lot pays now are added, and the
programme is solved again. When there are none, its solution is that of the programme over all
routes.

Every round proves a bound: if no route of a lot is cheaper than what it pays by more than `d`, no
plan is cheaper than this one by more than the sum of `d` times the TEU of the lots (Farley 1990). A
search that runs out of time, or is stopped by Ctrl-C, ends with the best plan and bound so far.

References
----------
Desaulniers, G., Desrosiers, J. and Solomon, M. M., eds. (2005), Column Generation, Springer.
Farley, A. A. (1990), A note on bounding a class of linear programming problems, including cutting
stock problems, Operations Research 38, 922-923.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.optimise.highs_process import TimeLimit
from corridors.optimise.planning.master import LEAST_WEIGHT, Master, Solved
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Model,
    Offer,
    Offers,
    Prices,
    Program,
)
from corridors.routing.priced.priced_network import DualPrices

# Penalty in USD for a TEU without a route: above any route, then far above.
MISSING_USD = (1e5, 1e8)
# A route is added if it is cheaper by at least this, in USD per TEU.
LEAST_GAIN_USD = 1e-6
MOST_ROUNDS = 400
# Less than this is rounding.
MET_TEU = 1e-3


def allocate(
    program: Program,
    offers: Offers,
    *,
    known: Iterable[Offer] = (),
    limit: TimeLimit | None = None,
    least_usd: float = -math.inf,
) -> Allocated:
    """Return the cheapest flows of a plan without decisions.

    It is infeasible if volumes are missing or short that may not be.

    Parameters
    ----------
    program
        Lots, capacities and limits.
    offers
        The source of routes.
    known
        Routes to start with, from a similar program.
    limit
        When to end with the best so far; without it, Ctrl-C ends the search with nothing.
    least_usd
        What no plan can cost less than, if that is known.

    Raises
    ------
    MasterError
        GLOP ends without an optimum.
    """
    routes = [*known]
    model = Model(programs=(program,))
    found = solve(model, [[offers]], [routes], limit=limit, least_usd=least_usd)
    (scenario,) = found.solved.scenarios
    return replace(scenario, bound_usd=found.bound_usd, stopped=found.stopped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A solution of the linear programme over all routes, or what was found when it `stopped`."""

    solved: Solved
    bound_usd: float
    stopped: bool


def solve(
    model: Model,
    sources: Sequence[Sequence[Offers]],
    known: Sequence[list[Offer]],
    *,
    allowed: Allowed = (),
    limit: TimeLimit | None = None,
    least_usd: float = -math.inf,
    masters: dict[float, Master] | None = None,
) -> Generated:
    """Return the solution of a plan whose decisions may be taken in parts.

    Parameters
    ----------
    model
        The plan.
    sources, known
        By scenario the source of routes of each world, and the routes to start with; what is found
        is added to them.
    allowed
        By decision the options that may be taken; all by default.
    limit, least_usd
        As in `allocate`.
    masters
        Programmes of the same plan that are kept from one question to the next.

    Raises
    ------
    MasterError
        GLOP ends without an optimum.
    """
    allowed = allowed or tuple(tuple(range(count)) for count in model.options)
    for missing_usd in MISSING_USD:
        if masters is None:
            master = Master(model, allowed, missing_usd=missing_usd)
        else:
            every = tuple(tuple(range(count)) for count in model.options)
            if missing_usd not in masters:
                masters[missing_usd] = Master(model, every, missing_usd=missing_usd)
            master = masters[missing_usd]
            master.narrow(allowed)
        found = _generate(model, master, sources, known, allowed, limit, least_usd)
        keeps = all(map(_keeps, model.programs, found.solved.scenarios))
        if found.stopped or keeps:
            break
    return found


def _generate(
    model: Model,
    master: Master,
    sources: Sequence[Sequence[Offers]],
    known: Sequence[list[Offer]],
    allowed: Allowed,
    limit: TimeLimit | None,
    bound_usd: float,
) -> Generated:
    worlds = [
        [
            (world, offers)
            for world, offers in enumerate(some)
            if all({*options} & {*allowed[decision]} for decision, options in program.worlds[world])
        ]
        for program, some in zip(model.programs, sources, strict=True)
    ]
    for number, program in enumerate(model.programs):
        if not known[number]:
            for world, offers in worlds[number]:
                known[number].extend(_first(program, world, offers))
        master.add(number, known[number])
    for rounds in range(1, MOST_ROUNDS + 1):
        solved = master.solve(rounds=rounds)
        # The first search is always finished, as it proves the first bound. The time limit then
        # waits for a plan that keeps all limits, Ctrl-C does not.
        keeps = all(map(_keeps, model.programs, solved.scenarios))
        if limit and rounds > 1 and (limit.stopped or (limit.passed and keeps)):
            break
        better: list[list[Offer]] = []
        try:
            for program, some, scenario, weight in zip(
                model.programs, worlds, solved.scenarios, solved.weights, strict=True
            ):
                better.append([])
                for world, source in some if weight > LEAST_WEIGHT else ():
                    better[-1] += _better(program, world, source, scenario.prices)
        except KeyboardInterrupt as stopped:
            # SIGTERM raises a kind of its own, and ends the command.
            if limit is None or type(stopped) is not KeyboardInterrupt:
                raise
            limit.stop()
            break
        gain_usd = _most_gain(model, solved, better, searched=any(worlds))
        bound_usd = max(bound_usd, solved.value_usd - gain_usd)
        added = [master.add(number, found) for number, found in enumerate(better)]
        for routes, found in zip(known, better, strict=True):
            routes.extend(found)
        if not any(added):
            return Generated(
                solved=solved, bound_usd=min(bound_usd, solved.value_usd), stopped=False
            )
    return Generated(solved=solved, bound_usd=min(bound_usd, solved.value_usd), stopped=True)


def _keeps(program: Program, solved: Allocated) -> bool:
    """Return whether volumes and minimums are met as far as they must be."""
    if program.unmet_usd is None:
        return solved.met
    return float(solved.short.sum()) <= MET_TEU


def _most_gain(
    model: Model, solved: Solved, better: Sequence[Sequence[Offer]], *, searched: bool
) -> float:
    """Return what all routes that are not known can gain, from the cheapest of every lot."""
    most = 0.0
    for program, scenario, weight, offers in zip(
        model.programs, solved.scenarios, solved.weights, better, strict=True
    ):
        # A lot without an offer has no route cheaper than what it pays by `LEAST_GAIN_USD`.
        gain = np.full(len(program.lots), LEAST_GAIN_USD if searched else 0.0)
        for offer in offers:
            usd = float(scenario.prices.lot_usd[offer.lot]) - offer.value_usd
            gain[offer.lot] = max(gain[offer.lot], usd)
        most += weight * float(gain @ np.array([lot.teu for lot in program.lots]))
    return most


def _first(program: Program, world: int, offers: Offers) -> Iterable[Offer]:
    """Yield the cheapest route of each departure in a world without dual prices."""
    free = DualPrices(by_month=np.zeros(program.capacity.shape), by_set=np.zeros(program.sets))
    for number, lot in enumerate(program.lots):
        objective = program.objective_weights[lot.pair]
        for offer in offers.of(number, free, objective=objective, most_usd=MISSING_USD[-1]):
            yield replace(offer, world=world)


def _better(program: Program, world: int, offers: Offers, prices: Prices) -> Iterable[Offer]:
    """Yield routes of a world that are cheaper than what their lots pay now."""
    for number, lot in enumerate(program.lots):
        objective = prices.objective(program.objective_weights[lot.pair])
        needs_usd = sum(prices.need_usd.get((number, need), 0.0) for need in program.worlds[world])
        most_usd = float(prices.lot_usd[number]) - LEAST_GAIN_USD - needs_usd
        asked = [(prices.dual_prices(program, number), 0.0)]
        for member, gains_usd in prices.filling(program, number).items():
            filling = prices.dual_prices(program, number, fills=member)
            # Only what goes this way may fill the space. All else is dearer than it by this much,
            # as it costs at least what it does without prices, less what it is rewarded for.
            apart_usd = 0.0
            if prices.spot.any():
                rewards = float(-filling.by_set.clip(max=0.0).sum())
                apart_usd = max(0.0, most_usd - offers.least_usd(number) + rewards)
            filling.by_set[member] -= gains_usd + apart_usd
            asked.append((filling, apart_usd))
        for dual_prices, apart_usd in asked:
            for offer in offers.of(
                number, dual_prices, objective=objective, most_usd=most_usd - apart_usd
            ):
                usd = offer.value_usd + apart_usd + needs_usd
                yield replace(offer, world=world, value_usd=usd)
