"""Designs in a form that is easily drawn, as the model of a plan, and what is found for them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import (
    Held,
    KnownWay,
    Lot,
    Model,
    Offer,
    Program,
    Risk,
    Taken,
)
from corridors.routing.priced.priced_network import ObjectiveWeights

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One number of departures a week of one service.

    `usd` is what running it takes over all periods, without the vehicles themselves. `needs` are
    (fleet, period, vehicles).
    """

    service: int
    usd: float
    needs: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Vehicles of one kind, held over all periods and shared by services.

    `usd_each` is what holding one takes, `idle_usd` by period what one takes that no service uses:
    below 0 if it earns. Together they are at least 0, else no number of vehicles would be the best.
    `most` is how many there are, None for any number.
    """

    usd_each: float
    idle_usd: tuple[float, ...]
    most: float | None = None

    @property
    def usd_idle_throughout(self) -> float:
        """USD of a vehicle that is idle in every period."""
        return self.usd_each + sum(self.idle_usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """TEU that a choice carries past one place in one period."""

    choice: int
    teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A way for the TEU of a lot: its objective in USD per TEU and the rooms that it fills.

    `name` tells columns of a lot apart; one without rooms uses no service of the design, one with
    rooms of several uses a chain of them. `uses` are (capacity, TEU that a TEU takes of it).
    """

    lot: int
    name: Hashable
    usd: float
    rooms: tuple[int, ...] = ()
    uses: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignProgram:
    """A design: TEU by lot, the price of leaving a TEU of a lot behind, and what may be run.

    `columns` are all ways of all lots. `capacities` are TEU that all columns together may take,
    whatever runs.
    """

    teu: tuple[float, ...]
    unmet_usd: float
    choices: tuple[Choice, ...]
    rooms: tuple[Room, ...]
    columns: tuple[Column, ...]
    fleets: tuple[Fleet, ...] = ()
    capacities: tuple[float, ...] = ()

    @property
    def services(self) -> tuple[tuple[int, ...], ...]:
        """The choices of each service, by number."""
        count = max((choice.service for choice in self.choices), default=-1) + 1
        return tuple(
            tuple(n for n, choice in enumerate(self.choices) if choice.service == service)
            for service in range(count)
        )

    def usd_of(self, choice: int) -> float:
        """Return what a choice takes, less what its vehicles take while they are idle."""
        asked = self.choices[choice]
        return asked.usd - sum(
            vehicles * self.fleets[fleet].idle_usd[period]
            for fleet, period, vehicles in asked.needs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPrices:
    """Dual values of flows in USD per TEU, all >= 0 except `lot_usd`.

    A column pays `room_usd` for each of its rooms, and `capacity_usd` for what it takes of a
    capacity. Rooms of choices that are not run are infinitely dear.
    """

    lot_usd: FloatArray
    room_usd: FloatArray
    capacity_usd: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """The best flows of a set of choices: TEU by column, missing by lot, vehicles by fleet."""

    value_usd: float
    teu: tuple[tuple[Column, float], ...]
    missing: tuple[float, ...]
    vehicles: tuple[float, ...]
    prices: DesignPrices


@dataclass(frozen=True, slots=True, kw_only=True)
class Designed:
    """The best design found, and what is proved about it.

    `chosen` has by service the number of its choice, None if it does not run. `bound_usd` is a cost
    below which there is no design, `root_usd` that of the linear relaxation. `without` are flows
    if nothing runs. `stopped` says what ended the search: `time`, `interrupt`, or nothing.
    """

    chosen: tuple[int | None, ...]
    flows: Flows
    bound_usd: float
    root_usd: float
    without: Flows
    stopped: str = ""

    @property
    def value_usd(self) -> float:
        """What the design costs."""
        return self.flows.value_usd

    @property
    def gap_usd(self) -> float:
        """USD by which a better design may be cheaper, >= 0."""
        return max(0.0, self.value_usd - self.bound_usd)

    @property
    def gap_share(self) -> float:
        """The gap as a fraction of the cost."""
        return self.gap_usd / max(abs(self.value_usd), 1.0)


class Design:
    """A design as a plan with decisions."""

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
        way = KnownWay(arcs=(number,), usd=column.usd, uses=tuple(uses))
        needs = tuple((service, (option,)) for service, option in options)
        return way.offer(column.lot, column.usd, needs=needs)

    def taken(self, chosen: Sequence[int | None]) -> Taken:
        """Return chosen choices, by service, as options."""
        return tuple(0 if n is None else self._option[n][1] for n in chosen)

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

    def best(self, *, time_limit_s: float) -> Designed:
        """Return the cheapest design found within a time limit."""
        services, limit = self.program.services, TimeLimit(time_limit_s)
        found = self._deciding.best((1.0,), Risk(), limit=limit)
        chosen = tuple(
            (None, *choices)[n] for choices, n in zip(services, found.taken, strict=True)
        )
        return Designed(
            chosen=chosen,
            flows=self.flows(chosen),
            bound_usd=found.bound_usd,
            root_usd=found.root_usd,
            without=self.flows((None,) * len(services)),
            stopped="" if not found.stopped else "interrupt" if limit.stopped else "time",
        )


def choose_services(
    program: DesignProgram, *, time_limit_s: float, highs: HighsProcess
) -> Designed:
    """Return the cheapest design found within a time limit, with a bound on every other."""
    return Design(program, highs=highs).best(time_limit_s=time_limit_s)
