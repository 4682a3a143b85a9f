"""Choose services: a heuristic from the relaxation, then HiGHS until proved or out of time."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Sequence
from typing import Any

from corridors.optimise.design.design_program import Columns, Designed, DesignProgram, Flows
from corridors.optimise.design.relaxation import THOUSAND, Relaxation
from corridors.optimise.highs_process import HighsProcess
from corridors.progress import Progress, quiet

Chosen = tuple[int | None, ...]

# A design is proved if none is cheaper by more than this fraction.
PROVED_SHARE = 1e-6
# Part of the time limit that the heuristic may take.
HEURISTIC_SHARE = 0.25
# Seconds that HiGHS may take to propose a design where columns are generated.
PROPOSAL_S = 10.0
# The first slice of HiGHS, in seconds. Each is twice as long as the one before, so that Ctrl-C
# loses no more than half of what was searched.
FIRST_SLICE_S = 5.0


def choose_services(
    program: DesignProgram,
    columns: Columns,
    *,
    time_limit_s: float,
    highs: HighsProcess,
    start: Sequence[int | None] | None = None,
    most_valued: int = 0,
    progress: Progress = quiet,
) -> Designed:
    """Return the cheapest design found within a time limit, with a bound on every other.

    Ctrl-C ends the search as the time limit does, once there is a first design. The bound holds for
    all columns. Where they are listed, HiGHS searches. It sees only the columns that it is given,
    so where they are generated it only proposes designs, and the tree of choices is searched here,
    with new columns at each node (branch and price).

    Parameters
    ----------
    program, columns
        The design.
    time_limit_s
        Seconds of the search, > 0; the relaxation is always solved.
    highs
        The process that solves integer programmes.
    start
        A design to begin with, by service the number of its choice.
    most_valued
        Up to so many choices, each is also valued beside the design; else only those in it.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    DesignError
        The relaxation has no optimum.
    """
    clock = time.monotonic()
    progress("relaxation", 0, 3)
    relaxed = Relaxation(program, columns)
    root = relaxed.solve()
    search = _Search(relaxed, root)
    stopped = ""
    try:
        if start is not None:
            search.try_design(tuple(start))
        progress("heuristic", 1, 3)
        search.improve(clock + HEURISTIC_SHARE * time_limit_s)
        if not columns.complete:
            stopped = search.branch_and_price(highs, clock + time_limit_s, progress)
        slice_s = FIRST_SLICE_S
        while columns.complete and not search.proved:
            left_s = clock + time_limit_s - time.monotonic()
            if left_s <= 0.0:
                stopped = "time"
                break
            progress(f"branch and bound, gap {search.gap:.2%}", 2, 3)
            if not search.branch(highs, min(slice_s, left_s)):
                break
            slice_s *= 2.0
    except KeyboardInterrupt as ended:
        # SIGTERM raises a kind of its own, and ends the command.
        if type(ended) is not KeyboardInterrupt:
            raise
        highs.end()
        stopped = "interrupt"
    return search.designed(stopped, most_valued=most_valued)


class _Search:
    """The best design so far, and the bound."""

    def __init__(self, relaxed: Relaxation, root: Flows) -> None:
        self._relaxed = relaxed
        self._root = root
        nothing: Chosen = (None,) * len(relaxed.program.services)
        self.without = relaxed.solve(nothing)
        self._values: dict[Chosen, float] = {nothing: self.without.value_usd}
        self.best: tuple[Chosen, Flows] = nothing, self.without
        self.bound_usd = root.value_usd

    @property
    def gap(self) -> float:
        """The gap as a fraction of the best cost."""
        value = self.best[1].value_usd
        return max(0.0, value - self.bound_usd) / max(abs(value), 1.0)

    @property
    def proved(self) -> bool:
        """Whether no design is cheaper."""
        return self.gap <= PROVED_SHARE

    def try_design(self, chosen: Chosen) -> bool:
        """Return whether a design is the best so far; it is not if fleets are too small for it."""
        if chosen in self._values or not self._has_vehicles(chosen):
            return False
        flows = self._relaxed.solve(chosen)
        self._values[chosen] = flows.value_usd
        if flows.value_usd >= self.best[1].value_usd - 1e-6:
            return False
        self.best = chosen, flows
        return True

    def _has_vehicles(self, chosen: Chosen) -> bool:
        program = self._relaxed.program
        used: dict[tuple[int, int], float] = {}
        for n in chosen:
            for fleet, period, vehicles in () if n is None else program.choices[n].needs:
                used[fleet, period] = used.get((fleet, period), 0.0) + vehicles
        return all(
            (most := program.fleets[fleet].most) is None or vehicles <= most + 1e-9
            for (fleet, _), vehicles in used.items()
        )

    def improve(self, until: float) -> None:
        """Round the relaxation, then change one service at a time while that helps."""
        self.try_design(self._whole(self._root.run))
        better = True
        while better and not self.proved:
            better = False
            for other in self._neighbours():
                if time.monotonic() > until or self.proved:
                    return
                if self.try_design(other):
                    better = True
                    break

    def _whole(self, run: Sequence[float]) -> Chosen:
        """Return the design nearest to fractions of choices."""
        return tuple(
            max(choices, key=lambda n: run[n]) if sum(run[n] for n in choices) >= 0.5 else None
            for choices in self._relaxed.program.services
        )

    def _neighbours(self) -> Iterator[Chosen]:
        """Yield designs that differ in one service, those that the relaxation runs most first."""
        chosen, run = self.best[0], self._root.run
        services = self._relaxed.program.services
        moves = [
            (n, service)
            for service, choices in enumerate(services)
            for n in (*choices, None)
            if n != chosen[service]
        ]
        moves.sort(key=lambda move: 0.5 if move[0] is None else -run[move[0]])
        for n, service in moves:
            yield (*chosen[:service], n, *chosen[service + 1 :])

    def branch(self, highs: HighsProcess, time_limit_s: float) -> bool:
        """Search the columns known with HiGHS; return whether more time may help."""
        relaxed, best = self._relaxed, self.best
        for run in relaxed.run:
            run.integer = True
        try:
            answer = highs.solve(
                relaxed.model,
                hint=self._hint(*best),
                time_limit_s=time_limit_s,
            )
        finally:
            for run in relaxed.run:
                run.integer = False
        if relaxed.complete:
            self.bound_usd = max(self.bound_usd, answer.bound * THOUSAND)
        if answer.values is not None:
            values = answer.values
            self.try_design(
                tuple(
                    next((n for n in choices if values[relaxed.run[n].id] > 0.5), None)
                    for choices in relaxed.program.services
                )
            )
        return not answer.optimal

    def branch_and_price(self, highs: HighsProcess, until: float, progress: Progress) -> str:
        """Search the tree of choices, the node of least bound first; return what stopped it.

        A node forces some choices and bars some. Where its relaxation runs all choices whole or not
        at all, that is a design; else the choice nearest to a half is forced in one node below it
        and barred in another. HiGHS proposes designs of the columns known after 1, 2, 4... nodes.
        """
        nodes: list[tuple[float, int, frozenset[int], frozenset[int]]] = [
            (self._root.value_usd, 0, frozenset(), frozenset())
        ]
        count = searched = known = 0
        while nodes:
            if searched & (searched - 1) == 0 and len(self._relaxed.columns) > known:
                known = len(self._relaxed.columns)
                left_s = until - time.monotonic()
                if left_s > 0.0:
                    self.branch(highs, min(left_s, PROPOSAL_S))
            searched += 1
            self.bound_usd = max(self.bound_usd, nodes[0][0])
            if self.proved:
                return ""
            if time.monotonic() > until:
                return "time"
            _, _, forced, barred = heapq.heappop(nodes)
            progress(f"branch and price, gap {self.gap:.2%}", count, count + len(nodes) + 1)
            flows = self._relaxed.solve_within(forced, barred)
            self.try_design(self._whole(flows.run))
            open_run = [n for n, run in enumerate(flows.run) if 1e-6 < run < 1.0 - 1e-6]
            if flows.value_usd >= self.best[1].value_usd or not open_run:
                continue
            n = min(open_run, key=lambda n: abs(flows.run[n] - 0.5))
            service = self._relaxed.program.choices[n].service
            beside = frozenset(self._relaxed.program.services[service]) - {n}
            for more_forced, more_barred in (({n}, beside), (frozenset(), {n})):
                below = forced | more_forced, barred | more_barred
                if self._has_vehicles(tuple(below[0])):
                    count += 1
                    heapq.heappush(nodes, (flows.value_usd, count, *below))
        self.bound_usd = max(self.bound_usd, self.best[1].value_usd)
        return ""

    def _hint(self, chosen: Chosen, flows: Flows) -> dict[int, float]:
        relaxed = self._relaxed
        teu = {id(column): value for column, value in flows.teu}
        pairs: list[tuple[Any, float]] = [
            *zip(relaxed.run, (float(n in chosen) for n in range(len(relaxed.run))), strict=True),
            *zip(relaxed.vehicles, flows.vehicles, strict=True),
            *zip(relaxed.missing, flows.missing, strict=True),
            *(
                (flow, teu.get(id(column), 0.0))
                for flow, column in zip(relaxed.flows, relaxed.columns, strict=True)
            ),
        ]
        return {variable.id: value for variable, value in pairs}

    def _beside(self, most_valued: int) -> dict[tuple[int, int | None], Flows]:
        """Return the flows with one service changed, for each that may be asked about."""
        chosen, flows = self.best
        found: dict[tuple[int, int | None], Flows] = {}
        program = self._relaxed.program
        every = len(program.choices) <= most_valued
        for service, choices in enumerate(program.services):
            asked = (None, *choices) if every else (None, chosen[service])
            for n in dict.fromkeys(asked if most_valued else ()):
                design = (*chosen[:service], n, *chosen[service + 1 :])
                if design == chosen:
                    found[service, n] = flows
                elif self._has_vehicles(design):
                    found[service, n] = self._relaxed.solve(design)
        return found

    def designed(self, stopped: str, *, most_valued: int) -> Designed:
        """Return what was found."""
        chosen, flows = self.best
        return Designed(
            chosen=chosen,
            flows=flows,
            bound_usd=min(self.bound_usd, flows.value_usd),
            root_usd=self._root.value_usd,
            columns=len(self._relaxed.columns),
            links=self._relaxed.links,
            without=self.without,
            beside=self._beside(most_valued),
            stopped="" if self.proved else stopped,
        )
