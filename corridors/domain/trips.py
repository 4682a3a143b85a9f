"""Trips of a timetable: a ship or train on its day, from one place to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from corridors.domain.contracts import RefusedRow
from corridors.domain.places import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A departure of a file of sailings.

    `origin` and `destination` are as the file writes them, times those of the place. `minutes` are
    those from departure to arrival, > 0. Boxes must be at the terminal by `cut_off`, by the
    departure without one. `vehicle` is a ship with its voyage, or a train. `way` are the gates and
    terminals that it passes, none if the file does not say. A `blanked` one does not leave. `left`
    and `came` are when it really did, and `came_late_hours` how much later than planned. `row` is
    where it stands.
    """

    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    minutes: int
    mode: Family = Family.SEA
    service: str = ""
    operator: str = ""
    vehicle: str = ""
    cut_off: datetime | None = None
    way: tuple[str, ...] = ()
    blanked: bool = False
    left: datetime | None = None
    came: datetime | None = None
    came_late_hours: float | None = None
    file: str = ""
    row: str = ""

    @property
    def last_day(self) -> date:
        """The last day on which boxes that are ready catch it."""
        return min(self.departs, self.cut_off or self.departs).date()

    @property
    def name(self) -> str:
        """What a person calls it: its service, its operator where it has none, else its mode."""
        return self.service or self.operator or f"{self.mode.value} {self.origin}"

    @property
    def place(self) -> str:
        """Where it stands: `trains.csv!2`."""
        return f"{self.file}!{self.row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The trips of a file, and its rows that are not used."""

    file: str
    trips: tuple[Trip, ...]
    refused: tuple[RefusedRow, ...]
