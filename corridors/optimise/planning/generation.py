"""Solve a plan by column generation: routes are added to the programme as its prices ask for them.

For every scenario, lot and departure the label setting finds the cheapest route under the dual
prices of the linear programme. Routes cheaper than what their lot pays now are added, and the
programme is solved again. While that gains anything only routes near the cheapest are searched, for
which little of a network is kept. Then all are, of the lots for which dearer ones may gain. When
there are none, its solution is that of the programme over all routes.

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
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.optimise.highs_process import TimeLimit
from corridors.optimise.planning.master import LEAST_WEIGHT, Master, Solved
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Model,
    Offer,
    Offers,
    Program,
)
from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights

# Bounds on what routes cost, from searches under other prices.

# The S of so many sets are kept apart; of more sets, all routes have one bound.
MOST_SETS = 10
# So many prices of capacities are kept of a departure, those searched last.
MOST_PRICES = 12
# What a route of a departure may pay for capacities: the resources, and the months.
Where = tuple[IntArray, slice]


class LeastByPrices:
    """At least what the routes of a departure cost at some prices, by the sets that they meet.

    What they cost at some prices of capacities they cost at any that are no lower. Prices of sets
    are paid once, so that the sets which a route meets say what it pays for them.

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
        # Without prices of capacities, and by such prices.
        self._usd: dict[Hashable, FloatArray] = {}
        self._at_prices: dict[Hashable, list[tuple[FloatArray, FloatArray]]] = {}

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

    def at_least(self, departure: Hashable, prices: DualPrices, where: Where) -> float:
        """Return at least what every route of a departure costs with these prices."""
        usd = self._usd.get(departure, self._none)
        now = prices.by_month[where]
        for by_month, known_usd in self._at_prices.get(departure, ()):
            if by_month is prices.by_month or (by_month[where] <= now).all():
                usd = np.maximum(usd, known_usd)
        return float((usd + self._paid(prices.by_set, -1.0)).min())

    def searched(self, departure: Hashable, prices: DualPrices, where: Where, usd: float) -> None:
        """Keep that no route of a departure costs less than `usd` with these prices."""
        found = usd - self._paid(prices.by_set, 1.0)
        if not prices.by_month[where].any():
            self._usd[departure] = np.maximum(self._usd.get(departure, self._none), found)
            return
        kept = self._at_prices.setdefault(departure, [])
        for number, (by_month, known_usd) in enumerate(kept):
            if by_month is prices.by_month:
                found = np.maximum(known_usd, found)
                del kept[number]
                break
        kept.append((prices.by_month, found))
        del kept[:-MOST_PRICES]

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
        search = _Search(model, solved, worlds)
        try:
            added = search.near(master, known)
            bound_usd = max(bound_usd, solved.value_usd - search.most_gain_usd)
            if not added and search.left:
                added = search.all(master, known)
                bound_usd = max(bound_usd, solved.value_usd - search.most_gain_usd)
        except KeyboardInterrupt as stopped:
            # SIGTERM raises a kind of its own, and ends the command.
            if limit is None or type(stopped) is not KeyboardInterrupt:
                raise
            limit.stop()
            break
        if not added:
            return Generated(
                solved=solved, bound_usd=min(bound_usd, solved.value_usd), stopped=False
            )
    return Generated(solved=solved, bound_usd=min(bound_usd, solved.value_usd), stopped=True)


class _Asked(NamedTuple):
    """Routes of a lot in a world that are asked for, below `most_usd`.

    What they cost there is `more_usd` less than what they cost the lot.
    """

    scenario: int
    world: int
    lot: int
    offers: Offers
    dual_prices: DualPrices
    objective: ObjectiveWeights
    most_usd: float
    more_usd: float

    @property
    def by_pair(self) -> tuple[int, int, int]:
        """Its place if all that is asked of a pair comes together."""
        return self.lot, self.scenario, self.world


class _Search:
    """A search for routes that gain under the prices of a solution.

    `left` are those asked for that may be among routes which were not searched.
    """

    def __init__(
        self, model: Model, solved: Solved, worlds: Sequence[Sequence[tuple[int, Offers]]]
    ) -> None:
        self._model = model
        self._solved = solved
        self._worlds = worlds
        # What a TEU of each lot can gain at most, by scenario. A lot without an offer has no route
        # cheaper than what it pays by `LEAST_GAIN_USD`.
        least_usd = LEAST_GAIN_USD if any(worlds) else 0.0
        self._gains = [np.full(len(one.lots), least_usd) for one in model.programs]
        # The same of routes that were not searched.
        self._unknown = [gains.copy() for gains in self._gains]
        self.left: list[_Asked] = []

    @property
    def most_gain_usd(self) -> float:
        """What all routes that are not known can gain, from the cheapest of every lot."""
        most = 0.0
        for program, weight, *gains in zip(
            self._model.programs, self._solved.weights, self._gains, self._unknown, strict=True
        ):
            teu = np.array([lot.teu for lot in program.lots])
            most += weight * float(np.max(gains, axis=0) @ teu)
        return most

    def near(self, master: Master, known: Sequence[list[Offer]]) -> int:
        """Add what gains of the routes near the cheapest; return how many are new."""
        better: list[list[Offer]] = [[] for _ in known]
        for scenario, (some, weight) in enumerate(
            zip(self._worlds, self._solved.weights, strict=True)
        ):
            for world, offers in some if weight > LEAST_WEIGHT else ():
                for asked in _asked(self._model, self._solved, scenario, world, offers):
                    found, dearer_usd = offers.near(
                        asked.lot,
                        asked.dual_prices,
                        objective=asked.objective,
                        most_usd=asked.most_usd,
                    )
                    better[scenario] += self._gaining(asked, found)
                    if dearer_usd < asked.most_usd:
                        self._may_gain(self._unknown, asked, dearer_usd)
                        self.left.append(asked)
        return _add(master, known, better)

    def all(self, master: Master, known: Sequence[list[Offer]]) -> int:
        """Add what gains of the routes that are left; return how many are new."""
        better: list[list[Offer]] = [[] for _ in known]
        for asked in sorted(self.left, key=lambda asked: asked.by_pair):
            found = asked.offers.of(
                asked.lot, asked.dual_prices, objective=asked.objective, most_usd=asked.most_usd
            )
            better[asked.scenario] += self._gaining(asked, found)
        self._unknown = self._gains
        return _add(master, known, better)

    def _gaining(self, asked: _Asked, found: Iterable[Offer]) -> Iterator[Offer]:
        for offer in found:
            self._may_gain(self._gains, asked, offer.value_usd)
            yield replace(offer, world=asked.world, value_usd=offer.value_usd + asked.more_usd)

    def _may_gain(self, of: Sequence[FloatArray], asked: _Asked, usd: float) -> None:
        """Keep that a route of what is asked may cost no more."""
        gains = of[asked.scenario]
        lot_usd = float(self._solved.scenarios[asked.scenario].prices.lot_usd[asked.lot])
        gains[asked.lot] = max(gains[asked.lot], lot_usd - usd - asked.more_usd)


def _add(master: Master, known: Sequence[list[Offer]], better: Sequence[Sequence[Offer]]) -> int:
    """Add routes by scenario; return how many are new.

    Scenarios that share their list of routes also share what is found.
    """
    shared: dict[int, list[Offer]] = {}
    for routes, found in zip(known, better, strict=True):
        routes.extend(found)
        shared.setdefault(id(routes), []).extend(found)
    return sum(master.add(number, shared[id(routes)]) for number, routes in enumerate(known))


def _keeps(program: Program, solved: Allocated) -> bool:
    """Return whether volumes and minimums are met as far as they must be."""
    if program.unmet_usd is None:
        return solved.met
    return float(solved.short.sum()) <= MET_TEU


def _first(program: Program, world: int, offers: Offers) -> Iterable[Offer]:
    """Yield the cheapest route of each departure in a world without dual prices."""
    free = DualPrices(by_month=np.zeros(program.capacity.shape), by_set=np.zeros(program.sets))
    for number, lot in enumerate(program.lots):
        objective = program.objective_weights[lot.pair]
        for offer in offers.of(number, free, objective=objective, most_usd=MISSING_USD[-1]):
            yield replace(offer, world=world)


def _asked(
    model: Model, solved: Solved, scenario: int, world: int, offers: Offers
) -> Iterator[_Asked]:
    """Yield what is asked of a world: routes cheaper than what their lots pay now."""
    program, prices = model.programs[scenario], solved.scenarios[scenario].prices
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
            yield _Asked(
                scenario=scenario,
                world=world,
                lot=number,
                offers=offers,
                dual_prices=dual_prices,
                objective=objective,
                most_usd=most_usd - apart_usd,
                more_usd=apart_usd + needs_usd,
            )


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
