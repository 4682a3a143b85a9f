"""Solve an allocation by column generation.

For every lot and departure the label setting finds the cheapest route under the dual prices of the
linear programme. Routes cheaper than what their lot pays now are added, and the programme is solved
again. When there are none, its solution is that of the programme over all routes.

References
----------
Desaulniers, G., Desrosiers, J. and Solomon, M. M., eds. (2005), Column Generation, Springer.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from corridors.optimise.allocation.master import Master, MasterError
from corridors.optimise.allocation.program import Allocated, Offer, Offers, Prices, Program

# Penalty in USD for a TEU without a route: above any route, then far above.
MISSING_USD = (1e5, 1e8)
# A route is added if it is cheaper by at least this, in USD per TEU.
LEAST_GAIN_USD = 1e-6
MOST_ROUNDS = 400


def allocate(program: Program, offers: Offers, *, known: Iterable[Offer] = ()) -> Allocated:
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

    Raises
    ------
    MasterError
        GLOP ends without an optimum, or the search does not end.
    """
    begin = tuple(known)
    for missing_usd in MISSING_USD:
        found = _generate(program, offers, begin, missing_usd)
        may_miss = program.unmet_usd is not None
        if found.met or (may_miss and float(found.short.sum()) <= 1e-3):
            break
        begin = found.offers
    return found


def _generate(
    program: Program, offers: Offers, known: Iterable[Offer], missing_usd: float
) -> Allocated:
    master = Master(program, missing_usd=missing_usd)
    master.add(tuple(known))
    if not master.has_routes:
        master.add(list(_first(program, offers)))
    for rounds in range(1, MOST_ROUNDS + 1):
        solved = master.solve(rounds=rounds)
        if not master.add(list(_better(program, offers, solved.prices))):
            return solved
    msg = f"no end after {MOST_ROUNDS} rounds of routes"
    raise MasterError(msg)


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
