"""Exchange rates by day: the reference rates of the European Central Bank, as shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.paths import parameters_dir, shipped
from corridors.errors import ConfigError

USD, EUR = "USD", "EUR"
OLDEST_DAYS = 14
"""Days for which a rate stands before the next one: no series pauses for longer."""
_OTHERS = ("day", "source_id", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRates:
    """Units of each currency for a euro on a day, the euro itself among them."""

    day: date
    per_eur: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one unit of a currency is in USD, and of which day that rate is."""

    currency: str
    usd: float
    day: date


@shipped(parameters_dir, "exchange_rates.csv")
def load_exchange_rates(path: Path) -> tuple[DayRates, ...]:
    """Return the rates of each day, the oldest first."""
    return tuple(
        DayRates(
            day=date.fromisoformat(row["day"]),
            per_eur=MappingProxyType(
                {
                    EUR: 1.0,
                    **{k.upper(): float(v) for k, v in row.items() if k not in _OTHERS and v},
                }
            ),
        )
        for row in read_rows(path)
    )


def known_currencies() -> frozenset[str]:
    """Return the currencies of which any day has a rate."""
    return frozenset(code for day in load_exchange_rates() for code in day.per_eur)


def exchange(currency: str, day: date) -> Exchange:
    """Return what a unit of a currency is in USD: by the rate of a day, or the last before it.

    After the end of the series its last rate stands.

    Raises
    ------
    ConfigError
        No rate of the currency is known about that day.
    """
    if currency == USD:
        return Exchange(currency=USD, usd=1.0, day=day)
    rates = load_exchange_rates()
    before = [one for one in rates if one.day <= day]
    found = next((one for one in reversed(before) if currency in one.per_eur), None)
    about = min(day, rates[-1].day)
    if found is None or about - found.day > timedelta(days=OLDEST_DAYS):
        last = next((one.day for one in reversed(rates) if currency in one.per_eur), None)
        known = "none is known at all" if last is None else f"the last known is of {last}"
        first = f" and the first of {rates[0].day}" if last is not None and not before else ""
        msg = (
            f"no reference rate of {currency} is known for {day}: {known}{first};"
            " give the amounts in USD or EUR"
        )
        raise ConfigError(msg)
    return Exchange(
        currency=currency, usd=found.per_eur[USD] / found.per_eur[currency], day=found.day
    )
