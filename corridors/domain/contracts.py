"""Contracts: what a carrier or forwarder has agreed to charge, a row a charge, by lane and box."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridors.domain.places import Family
from corridors.domain.scenario import Equipment

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
