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
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import FloatArray
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
from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights

# Bounds on what routes cost, from searches under other prices of sets.

# The S of so many sets are kept apart; of more sets, all routes have one bound.
MOST_SETS = 10


class LeastBySets:
    """At least what the routes of a departure cost without prices, by the sets that they meet.

    Parameters
    ----------
    sets
        The number of sets.
    """

    def __init__(self, sets: int) -> None:
        apart = sets <= MOST_SETS
        self._which = np.arange(1 << sets if apart else 1)
        self._met = (self._which[:, None] >> np.arange(sets) & 1).astype(float) if apart else None
        self._none = np.zeros(self._which.shape[0])
        self._usd: dict[Hashable, FloatArray] = {}

    def begin(self, departure: Hashable, groups: Sequence[int], least_usd: FloatArray) -> None:
        """Keep what the routes of a departure cost at least without prices.

        `least_usd` is by combination of groups of sets that a route meets; `groups` has the sets of
        each as bits.
        """
        if self._met is None:
            self._usd[departure] = least_usd.min(keepdims=True)
            return
        combined = np.zeros_like(self._which)
        for group, bits in enumerate(groups):
            combined |= ((self._which & bits) != 0).astype(np.int64) << group
        self._usd[departure] = least_usd[combined]

    def at_least(self, departure: Hashable, by_set: FloatArray) -> float:
        """Return at least what every route of a departure costs with these prices of sets."""
        return float((self._usd.get(departure, self._none) + self._paid(by_set, -1.0)).min())

    def searched(self, departure: Hashable, by_set: FloatArray, usd: float) -> None:
        """Keep that no route of a departure costs less than `usd` with these prices of sets."""
        known = self._usd.get(departure, self._none)
        self._usd[departure] = np.maximum(known, usd - self._paid(by_set, 1.0))

    def _paid(self, by_set: FloatArray, sign: float) -> FloatArray:
        """Return by S what its sets cost; of many sets, the least (`sign` -1) or the most (1)."""
        if self._met is not None:
            return np.asarray(self._met @ by_set)
        return np.array([sign * float((sign * by_set).clip(min=0.0).sum())])


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


# Name the limits of a plan that contradict each other, from the elastic programme.

# A limit is part of the conflict if relaxing it by a unit would serve this much of a TEU.
LEAST_PART = 1e-4
MOST_NAMED = 8


def conflict_text(
    program: Program,
    solved: Allocated,
    offers: Offers,
    name_of: Callable[..., str],
) -> str:
    """Return a sentence that names the limits in conflict; empty if the plan is feasible.

    The dual values of the elastic programme, which penalises unmet volumes, are a certificate: the
    limits with a dual value cannot hold together.

    Parameters
    ----------
    program, solved
        The plan, and a solution with unmet volumes or minimums.
    offers
        The source of routes, to find the least feasible budget or cap on CO2e.
    name_of
        Names a limit: `("lot", i)`, `("capacity", resource, month)`, `("ceiling", i)`,
        `("spot", i)`, `("floor", i)`, `("budget",)` or `("co2e",)`.
    """
    lost = float(solved.short.sum())
    if program.unmet_usd is None:
        lost += float(solved.missing.sum())
    if lost <= 1e-3:
        return ""
    if solved.stopped:
        return (
            f"stopped while {lost:,.1f} TEU had no place within the limits, so there is no plan"
            " yet; allow more time, or set unmet_usd_per_teu"
        )
    prices, unit = solved.prices, MISSING_USD[-1]
    served = [float(price) / unit for price in prices.lot_usd]
    lots = [name_of("lot", i) for i, part in enumerate(served) if part > LEAST_PART]
    lots += [name_of("floor", i) for i, p in enumerate(prices.floor) if p / unit > LEAST_PART]
    holds = [
        name_of("capacity", int(r), int(m)) for r, m in zip(*prices.by_month.nonzero(), strict=True)
        if prices.by_month[r, m] / unit > LEAST_PART
    ]  # fmt: skip
    for kind, by_limit in (("ceiling", prices.ceiling), ("spot", prices.spot)):
        holds += [name_of(kind, i) for i, p in enumerate(by_limit) if p / unit > LEAST_PART]
    # Per thousand USD or kg, the scale of one TEU.
    if program.most_usd is not None and prices.usd * 1000.0 / unit > LEAST_PART:
        least = _least(program, offers, budget=True)
        holds.append(f"{name_of('budget')}, below the lowest possible cost, {least:,.0f} USD")
    if program.most_kg is not None and prices.kg * 1000.0 / unit > LEAST_PART:
        least = _least(program, offers, budget=False) / 1000.0
        holds.append(f"{name_of('co2e')}, below the lowest possible, {least:,.1f} t")
    which = "both" if len(lots) > 1 else "it"
    against = _listed(holds) or f"the available routes, none of which serves {which}"
    cure = "change one of these" if len(lots) + len(holds) > 1 else "change it"
    # Boxes may then stay away; a minimum holds all the same.
    may_stay = program.unmet_usd is None and any(part > LEAST_PART for part in served)
    cure += ", or set unmet_usd_per_teu" if may_stay else ""
    return (
        f"the plan is infeasible by {lost:,.1f} TEU: {_listed(lots)} conflict with {against};"
        f" {cure}"
    )


def _least(program: Program, offers: Offers, *, budget: bool) -> float:
    """Return the least USD, or kg of CO2e, with which the rest of the plan is feasible."""
    objective = (
        ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)
        if budget
        else ObjectiveWeights(usd=1e-6, day=0.0, kg=1.0)
    )
    freed = replace(
        program,
        objective_weights=(objective,) * len(program.objective_weights),
        most_usd=None if budget else program.most_usd,
        most_kg=program.most_kg if budget else None,
    )
    return allocate(freed, offers).value_usd


def _listed(names: list[str]) -> str:
    shown = names[:MOST_NAMED]
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*shown, *more])
