"""A design as a plan whose ways are all known, and whose decisions are what services run.

A service is a decision whose options are its choices. A way needs the choices whose rooms it
fills: a lot sends no more TEU by a choice than the lot has, times how far the choice is run, which
cuts off the fractions in which 5 TEU use a train of 100 at a twentieth of its cost.

References
----------
Karsten, C. V. and Balakrishnan, A. (2017), Selecting routes in liner shipping network design
(models with flow paths, links by commodity and service, and a pool of candidate services).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corridors.optimise.highs_process import HighsProcess
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.design_program import (
    Designed,
    DesignPrices,
    DesignProgram,
    Flows,
)
from corridors.optimise.planning.program import (
    Held,
    Lot,
    Model,
    Offer,
    Program,
    Risk,
    Taken,
)
from corridors.optimise.time_limit import TimeLimit
from corridors.progress import Progress, quiet
from corridors.routing.priced.priced_network import ObjectiveWeights
from corridors.units import CENTS_PER_USD

Chosen = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A column as a route: what a TEU costs, and the resources that it takes."""

    arcs: tuple[int, ...]
    usd: float
    uses: tuple[tuple[int, int, float], ...]
    starts: tuple[int, ...] = ()
    sets: int = 0
    grams: float = 0.0

    @property
    def cents(self) -> float:
        """What a TEU costs in cents."""
        return self.usd * CENTS_PER_USD

    def objective_usd(self, objective: ObjectiveWeights) -> float:
        """Return the objective of one TEU in USD."""
        return self.usd * objective.usd


class Design:
    """A design in numbers as a plan with decisions.

    Parameters
    ----------
    program
        The design.
    highs
        The process that solves integer programmes.
    """

    def __init__(self, program: DesignProgram, *, highs: HighsProcess) -> None:
        self.program = program
        services = program.services
        # Of each choice its service and the number of its option; 0 runs nothing.
        self._option = {
            choice: (service, n)
            for service, choices in enumerate(services)
            for n, choice in enumerate(choices, start=1)
        }
        self._rooms = len(program.capacities)
        most = (*program.capacities, *(0.0 for _ in program.rooms))
        self._model = Model(
            programs=(
                Program(
                    lots=tuple(Lot(pair=0, month=0, teu=teu) for teu in program.teu),
                    objective_weights=(ObjectiveWeights(usd=1.0, day=0.0, kg=0.0),),
                    capacity=np.array(most).reshape(-1, 1),
                    unmet_usd=program.unmet_usd,
                    room={
                        (self._rooms + n, 0): [(*self._option[room.choice], room.teu)]
                        for n, room in enumerate(program.rooms)
                    },
                ),
            ),
            options=tuple(1 + len(choices) for choices in services),
            usd=tuple(
                (0.0, *(program.usd_of(choice) for choice in choices)) for choices in services
            ),
            fleets=tuple(self._held(fleet) for fleet in range(len(program.fleets))),
        )
        self._offers = [self._offer(n) for n in range(len(program.columns))]
        self._deciding = Deciding(self._model, [()], [self._offers], highs=highs)

    def _held(self, number: int) -> Held:
        fleet = self.program.fleets[number]
        needed: dict[int, dict[tuple[int, int], float]] = {}
        for n, choice in enumerate(self.program.choices):
            for of, period, vehicles in choice.needs:
                if of == number:
                    needed.setdefault(period, {})[self._option[n]] = vehicles
        return Held(
            # Hired by the season a ship takes nothing while it is idle, up to rounding.
            usd_each=max(0.0, fleet.usd_idle_throughout),
            needed=needed,
            most=np.inf if fleet.most is None else fleet.most,
        )

    def _offer(self, number: int) -> Offer:
        column = self.program.columns[number]
        # A way may board a service twice; it then takes the room of both.
        uses = [(place, 0, teu) for place, teu in column.uses]
        uses += [
            (self._rooms + room, 0, float(column.rooms.count(room)))
            for room in dict.fromkeys(column.rooms)
        ]
        choices = dict.fromkeys(self.program.rooms[room].choice for room in column.rooms)
        options = [self._option[choice] for choice in choices]
        route: Any = _Way(arcs=(number,), usd=column.usd, uses=tuple(uses))
        return Offer(
            lot=column.lot,
            start_day=0,
            route=route,
            value_usd=column.usd,
            needs=tuple((service, (option,)) for service, option in options),
        )

    def taken(self, chosen: Sequence[int | None]) -> Taken:
        """Return chosen choices, by service, as options."""
        return tuple(0 if n is None else self._option[n][1] for n in chosen)

    def affords(self, chosen: Sequence[int | None]) -> bool:
        """Return whether there are vehicles for what is chosen."""
        return self._model.affords([(n,) for n in self.taken(chosen)])

    def flows(self, chosen: Sequence[int | None]) -> Flows:
        """Return the best flows if choices are run, by service the number of its choice or None."""
        program, taken = self.program, self.taken(chosen)
        solved = self._deciding.scenario(0, taken)
        prices = solved.prices.by_month[:, 0]
        room_usd = np.full(len(program.rooms), np.inf)
        for n, room in enumerate(program.rooms):
            if room.choice in chosen:
                room_usd[n] = prices[self._rooms + n]
        options = [(n,) for n in taken]
        return Flows(
            value_usd=solved.value_usd + self._model.usd_of(taken),
            teu=tuple(
                (program.columns[flow.offer.route.arcs[0]], flow.teu) for flow in solved.flows
            ),
            missing=tuple(solved.missing.tolist()),
            vehicles=tuple(fleet.of(options) for fleet in self._model.fleets),
            prices=DesignPrices(
                lot_usd=solved.prices.lot_usd,
                room_usd=room_usd,
                capacity_usd=prices[: self._rooms],
            ),
        )

    def best(
        self, *, limit: TimeLimit, most_valued: int = 0, progress: Progress = quiet
    ) -> Designed:
        """Return the cheapest design; see `choose_services`."""
        services = self.program.services
        found = self._deciding.best((1.0,), Risk(), limit=limit, progress=progress)
        chosen: Chosen = tuple(
            (None, *choices)[n] for choices, n in zip(services, found.taken, strict=True)
        )
        beside: dict[tuple[int, int | None], Flows] = {}
        every = len(self.program.choices) <= most_valued
        for service, choices in enumerate(services if most_valued else ()):
            for n in dict.fromkeys((None, *choices) if every else (None, chosen[service])):
                design = (*chosen[:service], n, *chosen[service + 1 :])
                if self.affords(design):
                    beside[service, n] = self.flows(design)
        return Designed(
            chosen=chosen,
            flows=self.flows(chosen),
            bound_usd=found.bound_usd,
            root_usd=found.root_usd,
            without=self.flows((None,) * len(services)),
            beside=beside,
            stopped="" if not found.stopped else "interrupt" if limit.stopped else "time",
        )


def choose_services(
    program: DesignProgram,
    *,
    time_limit_s: float,
    highs: HighsProcess,
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
    most_valued
        Up to so many choices, each is also valued beside the design; else only those in it.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    MasterError
        The relaxation has no optimum.
    """
    design = Design(program, highs=highs)
    return design.best(limit=TimeLimit(time_limit_s), most_valued=most_valued, progress=progress)
