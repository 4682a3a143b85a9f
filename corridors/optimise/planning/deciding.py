"""Take decisions under scenarios, by branch and price.

The linear programme over all routes, its decisions taken in parts, bounds every plan. HiGHS takes
them whole over the routes found so far, which is a plan if its scenarios are then solved with it.
Where the two differ the options of a decision are split, those below the part taken from those
above it, and either half is bounded again, the one of least bound first.

References
----------
Barnhart, C. and others (1998), Branch-and-price: column generation for solving huge integer
programs, Operations Research 46, 316-329.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.generation import MISSING_USD, Generated, solve
from corridors.optimise.planning.master import Master
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Budget,
    Decided,
    Model,
    Offer,
    Offers,
    Program,
    Risk,
    Taken,
)
from corridors.progress import Progress, quiet

# A decision is proved if none is better by more than this fraction.
PROVED_SHARE = 1e-7
# HiGHS says what it has found only when it ends. It has slices of time, each so many times as long
# as the one before: Ctrl-C loses the last. Of routes that are searched, the tree finds the rest.
FIRST_SLICE_S = 10.0
SLICE_GROWTH = 4.0
LEAST_SLICE_S = 1.0


@dataclass(order=True)
class _Node:
    """Options that may be taken, and a bound on what they cost."""

    bound_usd: float
    number: int
    allowed: Allowed = field(compare=False)
    parts: tuple[tuple[float, ...], ...] = field(compare=False)


class Deciding:
    """A plan with decisions, to be taken under several weights of its scenarios.

    Routes are kept from one question to the next, and what was `solved`, by scenario and decision.

    Parameters
    ----------
    model
        The plan.
    sources
        By scenario the source of routes of each world.
    known
        By scenario the routes to start with.
    highs
        Solves the programme whole.
    """

    def __init__(
        self,
        model: Model,
        sources: Sequence[Sequence[Offers]],
        known: Sequence[list[Offer]],
        *,
        highs: HighsProcess,
    ) -> None:
        self.model = model
        self._sources = sources
        self._known = known
        self.highs = highs
        self.solved: dict[tuple[int, Taken], Allocated] = {}

    def scenario(self, number: int, taken: Taken) -> Allocated:
        """Return a scenario with decisions taken, each solved once to its end."""
        program = self.model.programs[number]
        taken = program.first_alike(taken)
        if (number, taken) not in self.solved:
            self.solved[number, taken] = self.solve(program, number, taken)
        return self.solved[number, taken]

    def solve(self, program: Program, number: int, taken: Taken) -> Allocated:
        """Return a program like that of a scenario with decisions taken."""
        model = Model(programs=(program,), options=self.model.options)
        found = self.generated(model, [number], tuple((n,) for n in taken), None)
        return replace(found.solved.scenarios[0], bound_usd=found.bound_usd)

    def usd(self, taken: Taken, weights: Sequence[float], risk: Risk) -> float:
        """Return what is decided by: the costs of decisions, and the measure of all scenarios."""
        chances = [weight for weight in weights if weight]
        usd = [self.scenario(n, taken).value_usd for n, weight in enumerate(weights) if weight]
        return risk.of(chances, usd) + self.model.usd_of(taken)

    def best(
        self,
        weights: Sequence[float],
        risk: Risk,
        *,
        limit: TimeLimit,
        allowed: Allowed = (),
        budgets: Sequence[Budget] = (),
        progress: Progress = quiet,
    ) -> Decided:
        """Return the decisions of least measure; scenarios without weight are left out.

        Ctrl-C ends the search as the time limit does, once there are a decision and a bound; what
        is asked next under the same limit ends as soon. `allowed` are by decision the options that
        may be taken, all by default, the first in any case.

        Raises
        ------
        MasterError
            A programme has no optimum.
        """
        asked = [n for n, weight in enumerate(weights) if weight]
        model = Model(
            programs=tuple(self.model.programs[n] for n in asked),
            weights=tuple(weights[n] for n in asked),
            options=self.model.options,
            risk=risk,
            usd=self.model.usd,
            budgets=tuple(budgets),
            fleets=self.model.fleets,
        )
        search = _Search(self, model, asked, weights, limit)
        every = tuple(tuple(range(count)) for count in model.options)
        stopped = search.run(allowed or every, progress)
        value_usd, taken = search.best
        return Decided(
            taken=taken,
            value_usd=value_usd,
            bound_usd=min(search.bound_usd, value_usd),
            root_usd=search.root_usd,
            scenarios=tuple(self.scenario(n, taken) for n in asked),
            nodes=search.nodes,
            stopped=stopped,
        )

    def generated(
        self,
        model: Model,
        asked: Sequence[int],
        allowed: Allowed,
        limit: TimeLimit | None,
        masters: dict[float, Master] | None = None,
    ) -> Generated:
        """Return the solution of some scenarios with some options, taken in parts."""
        sources = [self._sources[n] for n in asked]
        known = [self._known[n] for n in asked]
        return solve(model, sources, known, allowed=allowed, limit=limit, masters=masters)

    @property
    def complete(self) -> bool:
        """Whether all routes are known, so that none is searched."""
        return not any(map(any, self._sources))

    def whole(
        self,
        model: Model,
        asked: Sequence[int],
        allowed: Allowed,
        taken: Taken,
        *,
        time_limit_s: float,
    ) -> tuple[Taken | None, float, bool]:
        """Return the best decisions over the routes known that HiGHS finds in time, from others.

        With them are a bound on all, if all routes are known, and whether more time may help.
        """
        master = Master(model, allowed, missing_usd=MISSING_USD[0])
        for number, scenario in enumerate(asked):
            master.add(number, self._known[scenario])
        programme, ids = master.whole()
        hint = {
            variable: float(n == option)
            for some, option in zip(ids, taken, strict=True)
            for n, variable in enumerate(some)
        }
        answer = self.highs.solve(programme, hint=hint, time_limit_s=time_limit_s)
        found = None
        if answer.values is not None:
            values = answer.values
            found = tuple(max(range(len(some)), key=lambda n: values[some[n]]) for some in ids)
        return found, answer.bound * master.unit, not answer.optimal


class _Search:
    """A tree of options, the best decision so far and the bound on all others."""

    def __init__(
        self,
        deciding: Deciding,
        model: Model,
        asked: Sequence[int],
        weights: Sequence[float],
        limit: TimeLimit,
    ) -> None:
        self._deciding = deciding
        self._model = model
        self._asked = asked
        self._weights = weights
        self._limit = limit
        self._open: list[_Node] = []
        self._masters: dict[float, Master] = {}
        self._whole_usd = self.root_usd = -math.inf
        self.nodes = 0
        self.best: tuple[float, Taken] = math.inf, model.nothing

    @property
    def bound_usd(self) -> float:
        """What no decision undercuts."""
        open_usd = min((node.bound_usd for node in self._open), default=math.inf)
        return max(open_usd, self._whole_usd)

    @property
    def proved(self) -> bool:
        """Whether no decision is better."""
        value = self.best[0]
        return value - self.bound_usd <= PROVED_SHARE * max(1.0, abs(value))

    def run(self, allowed: Allowed, progress: Progress) -> bool:
        """Search until proved; return whether it was stopped before."""
        self._value(self._model.nothing)
        self._bound(allowed)
        try:
            if self._limit.passed:
                self._round()
            else:
                self._take_whole(allowed, progress)
            while not self.proved and not self._limit.passed and not self._deciding.complete:
                self._say(progress)
                self._branch()
        except KeyboardInterrupt as ended:
            # SIGTERM raises a kind of its own, and ends the command.
            if type(ended) is not KeyboardInterrupt:
                raise
            self._deciding.highs.end()
            self._limit.stop()
        return not self.proved

    def _round(self) -> None:
        """Value the decisions nearest to those taken in parts."""
        parts = self._open[0].parts
        taken = tuple(max(range(len(part)), key=part.__getitem__) for part in parts)
        if not self._limit.stopped and self._model.affords([(n,) for n in taken]):
            self._value(taken)

    def _take_whole(self, allowed: Allowed, progress: Progress) -> None:
        """Let HiGHS take decisions whole; if all routes are known, to the end."""
        slice_s, more = FIRST_SLICE_S, True
        while more and not self.proved:
            self._say(progress)
            taken, bound_usd, more = self._deciding.whole(
                self._model,
                self._asked,
                allowed,
                self.best[1],
                time_limit_s=max(LEAST_SLICE_S, min(slice_s, self._limit.left_s)),
            )
            if taken is not None:
                self._value(taken)
            if not self._deciding.complete:
                break
            self._whole_usd = max(self._whole_usd, bound_usd)
            if self._limit.passed:
                break
            slice_s *= SLICE_GROWTH

    def _say(self, progress: Progress) -> None:
        gap = self.best[0] - self.bound_usd
        progress(f"decisions, gap USD {gap:,.0f}", self.nodes, self.nodes + 1)

    def _value(self, taken: Taken) -> None:
        """Value a decision, and keep it if it is the best."""
        usd = self._deciding.usd(taken, self._weights, self._model.risk)
        if usd < self.best[0]:
            self.best = usd, taken

    def _bound(self, allowed: Allowed) -> None:
        """Bound what some options cost; they stay open if they can be paid."""
        if not self._model.affords(allowed):
            return
        found = self._deciding.generated(
            self._model, self._asked, allowed, self._limit, self._masters
        )
        self.nodes += 1
        solved = found.solved
        self.root_usd = found.bound_usd if self.nodes == 1 else self.root_usd
        heapq.heappush(
            self._open,
            _Node(found.bound_usd, self.nodes, allowed, solved.parts),
        )
        if solved.taken is not None and not found.stopped:
            self._value(solved.taken)

    def _branch(self) -> None:
        """Split the options of least bound."""
        node = heapq.heappop(self._open)
        apart = [n for n, some in enumerate(node.allowed) if len(some) > 1]
        if not apart:
            # One decision is left, which was valued: only rounding is between it and its bound.
            return
        decision = max(apart, key=lambda n: 1.0 - max(node.parts[n]))
        options, part = node.allowed[decision], node.parts[decision]
        mean = sum(n * part[n] for n in options)
        below = tuple(n for n in options[:-1] if n <= mean) or options[:1]
        for some in (below, options[len(below) :]):
            self._bound((*node.allowed[:decision], some, *node.allowed[decision + 1 :]))
