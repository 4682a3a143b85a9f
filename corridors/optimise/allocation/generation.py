"""Column generation: the linear programme over routes, and the search for routes it lacks.

The label setting finds, for every lot and departure, the cheapest route under the dual values of
the programme; a route cheaper than what its lot pays now is added, and the programme solved again.
It ends when there is none, and then its answer is that of the programme over all routes.

References
----------
Desaulniers, G., Desrosiers, J. and Solomon, M. M., eds. (2005), Column Generation, Springer.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from corridors.optimise.allocation.master import Master, MasterError
from corridors.optimise.allocation.program import Allocated, Offer, Offers, Prices, Program

# What a TEU that no route takes costs, in USD: beyond any route, then beyond any doubt.
MISSING_USD = (1e5, 1e8)
# A route must be so many USD per TEU cheaper to be worth adding.
LEAST_GAIN_USD = 1e-6
MOST_ROUNDS = 400


def allocate(program: Program, offers: Offers, *, known: Iterable[Offer] = ()) -> Allocated:
    """Return the cheapest flows of a program.

    Where TEU are missing or short that may not be, the program cannot be met.

    Parameters
    ----------
    program
        Lots, capacities and limits.
    offers
        Where routes come from.
    known
        Routes found for a like program before, to begin with.

    Raises
    ------
    MasterError
        GLOP ends without an optimum, or the search does not end.
    """
    begin = tuple(known)
    for missing_usd in MISSING_USD:
        found = _generate(program, offers, begin, missing_usd)
        if _met(program, found):
            break
        begin = found.offers
    return found


def _met(program: Program, found: Allocated) -> bool:
    return found.met or (program.unmet_usd is not None and float(found.short.sum()) <= 1e-3)


def _generate(
    program: Program, offers: Offers, known: Iterable[Offer], missing_usd: float
) -> Allocated:
    master = Master(program, missing_usd=missing_usd)
    master.add(tuple(known))
    if not master.known:
        master.add(list(_first(program, offers)))
    for rounds in range(1, MOST_ROUNDS + 1):
        solved = master.solve(rounds=rounds)
        if not master.add(list(_better(program, offers, solved.prices))):
            return solved
    msg = f"no end after {MOST_ROUNDS} rounds of routes"
    raise MasterError(msg)


def _first(program: Program, offers: Offers) -> Iterable[Offer]:
    """Yield the cheapest route of each departure where nothing is scarce."""
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
    """Yield routes cheaper than what their lots pay now."""
    by_month = {lot.month for lot in program.lots}
    dual_prices = {month: prices.dual_prices(program, month) for month in sorted(by_month)}
    for number, lot in enumerate(program.lots):
        yield from offers.of(
            number,
            dual_prices[lot.month],
            objective=prices.objective(program.objective_weights[lot.pair]),
            most_usd=float(prices.lot_usd[number]) - LEAST_GAIN_USD,
        )
