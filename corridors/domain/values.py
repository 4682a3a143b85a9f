"""Sourced numbers, bills of quantities, cost and energy lines, and who pays by a term of sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """How the value of a number is known, the weakest first.

    `COPIED` is the figure of another thing, taken for want of its own. A computed or copied value
    that rests on a weaker one has the status of that one.
    """

    ASSUMPTION = "assumption"
    RECALLED = "recalled"
    COPIED = "copied"
    COMPUTED = "computed"
    FOUND = "found"
    SCENARIO = "scenario"


class Note(str):
    """A warning: sentences, with what they are about in a few words: `Red Sea half open`.

    It is the text wherever a text is asked for.
    """

    __slots__ = ("subject",)
    subject: str

    def __new__(cls, text: str, subject: str = "") -> Note:
        """Return the note of a text and its subject."""
        note = super().__new__(cls, text)
        note.subject = subject
        return note


TRUCK = "truck all the way"
"""The subject of the note that a truck would do."""


def subject_of(text: str) -> str:
    """Return what a warning is about in a few words; empty if it does not say."""
    return text.subject if isinstance(text, Note) else ""


WEAKEST_FIRST = tuple(Status)


def weakest(*statuses: Status) -> Status:
    """Return the status of what rests on several figures: that of the weakest."""
    return min(statuses, key=WEAKEST_FIRST.index)


LANE = "lane.amount"
"""The driver of what a lane is quoted at beyond the cost of its reference way."""


class Basis(StrEnum):
    """Kinds of prices."""

    RESOURCE = "resource"
    TARIFF = "tariff"
    MARKET = "market"


class ChainPart(StrEnum):
    """The parts of a transport chain (ISO 14083)."""

    PRE = "pre-carriage"
    MAIN = "main carriage"
    ON = "on-carriage"


class TerminalEnd(StrEnum):
    """The end of the main carriage at which a terminal handles a box."""

    ORIGIN = "origin"
    DESTINATION = "destination"


class Payer(StrEnum):
    """Who pays a cost line by the term of sale."""

    SELLER = "seller"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedValue:
    """A number with its range, unit, price year and source."""

    parameter: str
    scope: str
    value: float
    low: float
    high: float
    unit: str
    currency_year: int | None
    source_id: str
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A row that prices lines, without its numbers: they count when a bill is priced."""

    parameter: str
    scope: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line of a bill of quantities, per TEU.

    `driver` is what is used (`fuel.vlsfo`, `ship_days`, `rail.feu_km`) and `scope` its kind
    (`sea/14k`, `rail/1520`, `DE`); both select the unit price and the emission factors.
    `price_parameter` is None if another line pays for the quantity (the electricity in a rail
    rate) and only its emissions count.

    A line that pays a share of what others cost (overhead, a subsidy) has those in `share_of`: its
    amount is their cost in USD per TEU, times `quantity`. So no bill depends on a price.
    """

    driver: str
    scope: str
    label: str
    quantity: float
    unit: str
    price_parameter: str | None
    low_factor: float = 1.0
    high_factor: float = 1.0
    share_of: tuple[BillLine, ...] = ()

    def times(self, factor: float) -> BillLine:
        """Return the line with `factor` times the quantity."""
        # `dataclasses.replace` takes four times as long, and a route has hundreds of lines.
        return BillLine(
            driver=self.driver,
            scope=self.scope,
            label=self.label,
            quantity=self.quantity * factor,
            unit=self.unit,
            price_parameter=self.price_parameter,
            low_factor=self.low_factor,
            high_factor=self.high_factor,
            share_of=self.share_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """A priced line of an option, in USD per TEU at prices of the scenario's year.

    `part` is the part of the transport chain that it pays for, and `at` the end of the main
    carriage at which a terminal charges it. `pays` is None unless a scenario has an `incoterm`.
    """

    driver: str
    scope: str
    label: str
    quantity: float
    unit: str
    unit_price_usd: float
    usd_per_teu: float
    basis: Basis
    source_id: str
    status: Status
    low: float
    high: float
    part: ChainPart = ChainPart.MAIN
    at: TerminalEnd | None = None
    pays: Payer | None = None

    @property
    def is_of_lane(self) -> bool:
        """Whether it is what a quoted freight is beyond the cost of its reference way."""
        return self.driver == LANE


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyLine:
    """The use of an energy carrier by a part of the chain, with its kg of CO2e per TEU."""

    driver: str
    scope: str
    label: str
    quantity: float
    unit: str
    co2e_wtw_kg: float
    co2e_ttw_kg: float
    source_id: str
    status: Status
    part: ChainPart = ChainPart.MAIN


# Quantities for moving and handling a box, before distance and prices apply.


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRate:
    """Hours and quantities per km of a service in one country, sea area or ice regime.

    Quantities of `bill_per_km` are per TEU and km. `time_part` is `sea`, `ice`, `rail`, `ferry` or
    `road`.
    """

    key: str
    time_part: str
    hours_per_km: float
    bill_per_km: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A transfer, border, canal or gate: hours by part, and a bill of quantities per TEU."""

    key: str
    label: str
    time_parts: dict[str, float] = field(default_factory=dict)
    bill: tuple[BillLine, ...] = ()

    @property
    def hours(self) -> float:
        """Total hours."""
        return sum(self.time_parts.values())


class Admission(StrEnum):
    """Admission of a ship to ice."""

    INDEPENDENT = "independent"
    ESCORTED = "escorted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class IceState:
    """The ice of a sea area on one day, and its effect on one ship.

    `speed_kn` is 0 if the ship is refused. `polaris_rio` is the POLARIS risk index outcome of the
    ship's class in this ice.
    """

    area: int
    regime: str
    concentration_tenths: float
    admission: Admission
    speed_kn: float
    polaris_rio: float
    reason: str


# Who pays which line of a bill by a term of sale, of the Incoterms 2020.


class Incoterm(StrEnum):
    """A term of sale of the Incoterms 2020."""

    EXW = "EXW"
    FCA = "FCA"
    FAS = "FAS"
    FOB = "FOB"
    CFR = "CFR"
    CIF = "CIF"
    CPT = "CPT"
    CIP = "CIP"
    DAP = "DAP"
    DPU = "DPU"
    DDP = "DDP"


class _Stage(IntEnum):
    """Stages of a bill in their order on the way."""

    NOTHING = 0
    PRE_CARRIAGE = 1
    FIRST_TERMINAL = 2
    MAIN_CARRIAGE = 3
    LAST_TERMINAL = 4
    ON_CARRIAGE = 5


_SELLER_PAYS_TO: Mapping[Incoterm, _Stage] = MappingProxyType(
    {
        Incoterm.EXW: _Stage.NOTHING,
        Incoterm.FCA: _Stage.PRE_CARRIAGE,
        # Handling at a port is one charge, and loading, the larger part of it, is the buyer's.
        Incoterm.FAS: _Stage.PRE_CARRIAGE,
        Incoterm.FOB: _Stage.FIRST_TERMINAL,
        Incoterm.CFR: _Stage.MAIN_CARRIAGE,
        Incoterm.CIF: _Stage.MAIN_CARRIAGE,
        **dict.fromkeys(
            (Incoterm.CPT, Incoterm.CIP, Incoterm.DAP, Incoterm.DPU, Incoterm.DDP),
            _Stage.ON_CARRIAGE,
        ),
    }
)
_SELLER_INSURES = frozenset((Incoterm.CIF, Incoterm.CIP, Incoterm.DAP, Incoterm.DPU, Incoterm.DDP))
INSURANCE = frozenset(("insurance.cargo", "insurance.arctic"))
"""The drivers of lines that insure the goods."""
BY_TERMINAL = frozenset(
    (
        *("thc", "terminal.lift", "reefer.plug"),
        *("storage", "storage.demurrage", "storage.contract"),
    )
)
"""The drivers of what a terminal charges, which is an end's own before and after all carriage."""
_WITHOUT_SHIP: Mapping[Incoterm, Incoterm] = MappingProxyType(
    {
        Incoterm.FAS: Incoterm.FCA,
        Incoterm.FOB: Incoterm.FCA,
        Incoterm.CFR: Incoterm.CPT,
        Incoterm.CIF: Incoterm.CIP,
    }
)


def held(term: Incoterm, *, by_ship: bool) -> Incoterm:
    """Return the term that counts: one of ships needs a ship in the main carriage.

    Without one it is the term for any vehicle that shares the bill most like it.
    """
    return term if by_ship else _WITHOUT_SHIP.get(term, term)


def payer(term: Incoterm, line: CostLine) -> Payer:
    """Return who pays a line by a term of sale."""
    if line.driver in INSURANCE:
        return Payer.SELLER if term in _SELLER_INSURES else Payer.BUYER
    return Payer.SELLER if _stage(line) <= _SELLER_PAYS_TO[term] else Payer.BUYER


def _stage(line: CostLine) -> _Stage:
    if line.part is ChainPart.PRE:
        return _Stage.PRE_CARRIAGE
    if line.part is ChainPart.ON:
        return _Stage.ON_CARRIAGE
    if line.at is TerminalEnd.ORIGIN:
        return _Stage.FIRST_TERMINAL
    return _Stage.LAST_TERMINAL if line.at is TerminalEnd.DESTINATION else _Stage.MAIN_CARRIAGE
