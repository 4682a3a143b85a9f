"""A service design in numbers: lots, choices, rooms on them, fleets, capacities and columns."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    if nothing runs, `beside` those if one service ran another choice, or not at all (None), and the
    others as chosen, by (service, choice). `stopped` says what ended the search early:
    `time`, `interrupt`, or nothing.
    """

    chosen: tuple[int | None, ...]
    flows: Flows
    bound_usd: float
    root_usd: float
    without: Flows
    beside: Mapping[tuple[int, int | None], Flows]
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
