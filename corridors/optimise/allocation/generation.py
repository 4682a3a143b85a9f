"""Solve an allocation by column generation.

For every lot and departure the label setting finds the cheapest route under the dual prices of the
linear programme. Routes cheaper than what their lot pays now are added, and the programme is solved
again. When there are none, its solution is that of the programme over all routes.

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
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from corridors.optimise.allocation.master import Master
from corridors.optimise.allocation.program import Allocated, Offer, Offers, Prices, Program
from corridors.optimise.time_limit import TimeLimit

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
    """Return the cheapest flows of a program.

    The program is infeasible if volumes are missing or short that may not be.

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
    begin = tuple(known)
    for missing_usd in MISSING_USD:
        found = _generate(program, offers, begin, missing_usd, limit, least_usd)
        if found.stopped or _keeps(program, found):
            break
        begin = found.offers
    return found


def _generate(
    program: Program,
    offers: Offers,
    known: Iterable[Offer],
    missing_usd: float,
    limit: TimeLimit | None,
    bound_usd: float,
) -> Allocated:
    master = Master(program, missing_usd=missing_usd)
    master.add(tuple(known))
    if not master.has_routes:
        master.add(list(_first(program, offers)))
    for rounds in range(1, MOST_ROUNDS + 1):
        solved = master.solve(rounds=rounds)
        # The first search is always finished, as it proves the first bound. The time limit then
        # waits for a plan that keeps all limits, Ctrl-C does not.
        if limit and rounds > 1 and (limit.stopped or (limit.passed and _keeps(program, solved))):
            break
        try:
            better = list(_better(program, offers, solved.prices))
        except KeyboardInterrupt as stopped:
            # SIGTERM raises a kind of its own, and ends the command.
            if limit is None or type(stopped) is not KeyboardInterrupt:
                raise
            limit.stop()
            break
        bound_usd = max(bound_usd, _bound_usd(program, solved, better))
        if not master.add(better):
            return replace(solved, bound_usd=min(bound_usd, solved.value_usd))
    return replace(solved, bound_usd=min(bound_usd, solved.value_usd), stopped=True)


def _keeps(program: Program, solved: Allocated) -> bool:
    """Return whether volumes and minimums are met as far as they must be."""
    if program.unmet_usd is None:
        return solved.met
    return float(solved.short.sum()) <= MET_TEU


def _bound_usd(program: Program, solved: Allocated, better: Iterable[Offer]) -> float:
    """Return what no plan can cost less than, from the cheapest route of every lot."""
    # A lot without an offer has no route cheaper than what it pays by `LEAST_GAIN_USD`.
    gain = np.full(len(program.lots), LEAST_GAIN_USD)
    for offer in better:
        gain[offer.lot] = max(
            gain[offer.lot], float(solved.prices.lot_usd[offer.lot]) - offer.value_usd
        )
    teu = np.array([lot.teu for lot in program.lots])
    return solved.value_usd - float(gain @ teu)


def _first(program: Program, offers: Offers) -> Iterable[Offer]:
    """Yield the cheapest route of each departure without dual prices."""
    free = Prices(
        lot_usd=np.zeros(len(program.lots)),
        by_month=np.zeros(program.capacity.shape),
        ceiling=np.zeros(len(program.ceilings)),
        floor=np.zeros(len(program.floors)),
        usd=0.0,
        kg=0.0,
    )
    dual_prices = free.dual_prices(program, -1)
    for number, lot in enumerate(program.lots):
        yield from offers.of(
            number,
            dual_prices,
            objective=program.objective_weights[lot.pair],
            most_usd=MISSING_USD[-1],
        )


def _better(program: Program, offers: Offers, prices: Prices) -> Iterable[Offer]:
    """Yield routes that are cheaper than what their lots pay now."""
    by_month = {lot.month for lot in program.lots}
    dual_prices = {month: prices.dual_prices(program, month) for month in sorted(by_month)}
    for number, lot in enumerate(program.lots):
        yield from offers.of(
            number,
            dual_prices[lot.month],
            objective=prices.objective(program.objective_weights[lot.pair]),
            most_usd=float(prices.lot_usd[number]) - LEAST_GAIN_USD,
        )
