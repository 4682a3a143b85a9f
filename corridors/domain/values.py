"""Sourced numbers and the bills of quantities they price."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a number is known."""

    FOUND = "found"
    RECALLED = "recalled"
    COMPUTED = "computed"
    ASSUMPTION = "assumption"
    SCENARIO = "scenario"


class Basis(StrEnum):
    """What a price stands for."""

    RESOURCE = "resource"
    TARIFF = "tariff"
    MARKET = "market"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedValue:
    """A number with its range, unit, year of money and source."""

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
class BillLine:
    """One quantity of a bill: so much of a driver, for one TEU.

    `driver` names what is used (`fuel.vlsfo`, `ship_days`, `rail.feu_km`); `scope` says of which
    kind (`sea/14k`, `rail/1520`, `DE`), and together they find the unit price and the emission
    factors. `price_parameter` is the parameter that prices it, None where the quantity is paid
    for in another line (the electricity in a rail rate) and only its emissions count.
    """

    driver: str
    scope: str
    label: str
    quantity: float
    unit: str
    price_parameter: str | None
    low_factor: float = 1.0
    high_factor: float = 1.0

    def times(self, factor: float) -> BillLine:
        """Return the line for `factor` times as much."""
        # Not `dataclasses.replace`, which takes four times as long: a route has hundreds of lines.
        return BillLine(
            driver=self.driver,
            scope=self.scope,
            label=self.label,
            quantity=self.quantity * factor,
            unit=self.unit,
            price_parameter=self.price_parameter,
            low_factor=self.low_factor,
            high_factor=self.high_factor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """A priced line of an option, in USD per TEU of the scenario's year."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyLine:
    """The energy of an option by carrier, with its greenhouse gases in kg CO2e per TEU."""

    driver: str
    scope: str
    label: str
    quantity: float
    unit: str
    co2e_wtw_kg: float
    co2e_ttw_kg: float
    source_id: str
    status: Status
