"""Choose services: round the relaxation, then HiGHS until proved or out of time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from corridors.optimise.design.design_program import Designed, DesignProgram, Flows
from corridors.optimise.design.relaxation import THOUSAND, Relaxation
from corridors.optimise.highs_process import HighsProcess
from corridors.progress import Progress, quiet
from corridors.units import in_percent

Chosen = tuple[int | None, ...]

# A design is proved if none is cheaper by more than this fraction.
PROVED_SHARE = 1e-6
# HiGHS says what it has found only when it ends. It has slices of time, each so many times as long
# as the one before: Ctrl-C loses the last, and a search to the end takes up to a third longer.
FIRST_SLICE_S = 10.0
SLICE_GROWTH = 4.0


def choose_services(
    program: DesignProgram,
    *,
    time_limit_s: float,
    highs: HighsProcess,
    start: Sequence[int | None] | None = None,
    most_valued: int = 0,
    progress: Progress = quiet,
) -> Designed:
    """Return the cheapest design found within a time limit, with a bound on every other.

    Ctrl-C ends the search as the time limit does, once there is a first design.

    Parameters
    ----------
    program
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
    progress("relaxation", 0, 2)
    relaxed = Relaxation(program)
    search = _Search(relaxed, relaxed.solve())
    stopped = ""
    try:
        if start is not None:
            search.try_design(tuple(start))
        search.round_root()
        slice_s = FIRST_SLICE_S
        while not search.proved:
            left_s = clock + time_limit_s - time.monotonic()
            if left_s <= 0.0:
                stopped = "time"
                break
            progress(f"branch and bound, gap {in_percent(search.gap, 2)}%", 1, 2)
            if not search.branch(highs, min(slice_s, left_s)):
                break
            slice_s *= SLICE_GROWTH
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
        self.without = Relaxation(relaxed.program, nothing).solve()
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

    def try_design(self, chosen: Chosen) -> None:
        """Keep a design if it is the best so far and fleets are large enough for it."""
        if self._has_vehicles(chosen):
            flows = Relaxation(self._relaxed.program, chosen).solve()
            if flows.value_usd < self.best[1].value_usd - 1e-6:
                self.best = chosen, flows

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

    def round_root(self) -> None:
        """Try the design nearest to the fractions of the relaxation."""
        run = self._root.run
        self.try_design(
            tuple(
                max(choices, key=lambda n: run[n]) if sum(run[n] for n in choices) >= 0.5 else None
                for choices in self._relaxed.program.services
            )
        )

    def branch(self, highs: HighsProcess, time_limit_s: float) -> bool:
        """Search with HiGHS from the best so far; return whether more time may help."""
        relaxed, best = self._relaxed, self.best
        for run in relaxed.run.values():
            run.integer = True
        answer = highs.solve(relaxed.model, hint=self._hint(*best), time_limit_s=time_limit_s)
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

    def _hint(self, chosen: Chosen, flows: Flows) -> dict[int, float]:
        relaxed = self._relaxed
        teu = {id(column): value for column, value in flows.teu}
        pairs: list[tuple[Any, float]] = [
            *((run, float(n in chosen)) for n, run in relaxed.run.items()),
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
                    found[service, n] = Relaxation(program, design).solve()
        return found

    def designed(self, stopped: str, *, most_valued: int) -> Designed:
        """Return what was found."""
        chosen, flows = self.best
        return Designed(
            chosen=chosen,
            flows=flows,
            bound_usd=min(self.bound_usd, flows.value_usd),
            root_usd=self._root.value_usd,
            links=len(self._relaxed.links),
            without=self.without,
            beside=self._beside(most_valued),
            stopped="" if self.proved else stopped,
        )
