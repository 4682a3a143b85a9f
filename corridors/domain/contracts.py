"""Contracts, a row a charge, by lane and box, and the trips of timetables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import quantiles

from corridors.domain.places import Family
from corridors.domain.scenario import Equipment
from corridors.units import HOURS_PER_DAY

BASE = "BASE"
"""The code of the base rate; others are those of the sheet, in capitals."""


class ChargeBasis(StrEnum):
    """What a charge is for one of."""

    BOX = "box"
    TEU = "teu"
    SHIPMENT = "shipment"
    PERCENT = "percent"
    """Of the base rate, in percent."""


class DateCounts(StrEnum):
    """Which day must lie within the days of a contract."""

    GATE_IN = "gate-in"
    LOADING = "loading"
    BILL = "bill of lading"


class RateScope(StrEnum):
    """From where to where a contract carries: what lies beyond it is paid apart."""

    PORT = "port"
    """From the ship's rail to the ship's rail: handling at both terminals is apart."""
    YARD = "yard"
    """With handling at both terminals."""
    DOOR = "door"
    """With handling and the hauls between terminals and doors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A charge of a contract; `cell` is where it stands, such as `Rates!D7`.

    An `included` one is named in the sheet and costs nothing beside the base rate.
    """

    code: str
    amount: float
    currency: str
    basis: ChargeBasis = ChargeBasis.BOX
    included: bool = False
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What a day costs from a day of the stay on, from 1; in the currency of the contract."""

    from_day: int
    a_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a contract charges for a box from one place to another.

    `origin` and `destination` are as the sheet writes them. `way` is the gate or crossing for which
    it holds, empty for any. `first` and `last` are the days between which the day that `counts`
    must lie. `free_days` are those that boxes may stand without a charge, `tiers` what the days
    after cost. `least_boxes` and `most_boxes` bound the boxes of a month. `row` is where it stands.
    `index` names the lane whose quote its base rate follows, empty for a fixed one: `index_share`
    of the quote is added to the base charge, and the sum is held between `floor` and `ceiling`, in
    the currency of that charge for a box.
    """

    name: str
    origin: str
    destination: str
    equipment: Equipment
    first: date
    last: date
    charges: tuple[Charge, ...]
    mode: Family = Family.SEA
    carrier: str = ""
    service: str = ""
    way: str = ""
    counts: DateCounts = DateCounts.LOADING
    scope: RateScope = RateScope.PORT
    free_days: int | None = None
    tiers: tuple[Tier, ...] = ()
    excludes: tuple[str, ...] = ()
    least_boxes: float = 0.0
    most_boxes: float | None = None
    index: str = ""
    index_share: float = 1.0
    floor: float | None = None
    ceiling: float | None = None
    file: str = ""
    row: str = ""

    @property
    def place(self) -> str:
        """Where it stands: `q3.csv!2`, or `q3.xlsx: Rates!5`."""
        return self.row if self.row.startswith(f"{self.file}!") else f"{self.file}: {self.row}"

    def holds_on(self, day: date) -> bool:
        """Return whether a day is one of its days."""
        return self.first <= day <= self.last

    @property
    def base(self) -> Charge:
        """Its base rate."""
        return next(charge for charge in self.charges if charge.code == BASE)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its charges, those that are included too."""
        return frozenset(charge.code for charge in self.charges)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row of a sheet that is not used, and why: `Rates!7` and a sentence."""

    row: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSheet:
    """The contracts of a file, and its rows that are not used."""

    file: str
    contracts: tuple[Contract, ...]
    refused: tuple[RefusedRow, ...]


# Trips of a timetable: a ship or train on its day, from one place to another.


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
        return self.closes.date()

    @property
    def name(self) -> str:
        """What a person calls it: its service, its operator where it has none, else its mode."""
        return self.service or self.operator or f"{self.mode.value} {self.origin}"

    @property
    def run_by(self) -> str:
        """Its operator, else its name."""
        return self.operator or self.name

    @property
    def closes(self) -> datetime:
        """Until when boxes must be at the terminal."""
        return min(self.departs, self.cut_off or self.departs)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A departure of a way by sailings, and what it takes.

    `departs` and `cut_off` are those of its first trip, `arrives` is that of its last, in the time
    of the place. `days` are those gate to gate of who is ready on the day asked for, the wait
    included. `usd_per_teu` is what is compared, with storage while boxes wait. `service`,
    `operator`, `vehicle` and `place` are those of the first trip. `expired` where it is by a
    contract that does not hold then.
    """

    departs: datetime
    cut_off: datetime
    arrives: datetime
    days: float
    usd_per_teu: float
    service: str
    operator: str
    vehicle: str
    place: str
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTrip:
    """A trip of the month; `number` counts the departures of the answer that it is, 0 for none."""

    departs: datetime
    cut_off: datetime
    arrives: datetime
    origin: str
    destination: str
    service: str
    operator: str
    vehicle: str
    blanked: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How many days late the trips of an operator came, in half and in nine of ten of `trips`.

    Below 0 they came early.
    """

    operator: str
    trips: int
    p50_days: float
    p90_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sailings:
    """What files of sailings say of an answer.

    `corridor` and `title` are the way whose next `departures` these are, both empty if none goes by
    them. `month` are the trips between the ends that leave from the day of departure until
    `until`, those that do not leave too. `late` judges the operators of these by what came.
    """

    corridor: str
    title: str
    departures: tuple[Departure, ...]
    month: tuple[ListedTrip, ...]
    until: date
    late: tuple[Delays, ...]

    @property
    def blanked(self) -> int:
        """How many trips of the month do not leave."""
        return sum(trip.blanked for trip in self.month)


def delays(trips: Iterable[Trip]) -> tuple[Delays, ...]:
    """Return by operator how late the trips came that have come, by name.

    Quantiles lie between two trips where they must.
    """
    late: dict[str, list[float]] = {}
    for trip in trips:
        if trip.came_late_hours is not None and not trip.blanked:
            late.setdefault(trip.run_by, []).append(trip.came_late_hours)

    def judged(operator: str, hours: list[float]) -> Delays:
        # Quantiles of one figure are that figure; the library asks for two.
        tenths = quantiles(hours if len(hours) > 1 else hours * 2, n=10, method="inclusive")
        p50, p90 = (tenths[number] / HOURS_PER_DAY for number in (4, 8))
        return Delays(operator=operator, trips=len(hours), p50_days=p50, p90_days=p90)

    return tuple(judged(operator, hours) for operator, hours in sorted(late.items()))
