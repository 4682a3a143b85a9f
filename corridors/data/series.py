"""Prices as series by a named index in a month or a year, and exchange rates by day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows, value_of
from corridors.data.known import as_known, known_since, not_yet_known
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.paths import parameters_dir, shipped
from corridors.domain.values import SourcedValue
from corridors.errors import ConfigError
from corridors.units import MONTHS_PER_YEAR

# Exchange rates by day: the reference rates of the European Central Bank, as shipped.

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


NEAREST_MONTHS = 2
"""How many months from the day asked for a month's price may lie; else the year's mean stands."""

_YEAR = re.compile(r"(?:^|@)((?:19|20)\d\d)(?=$|@|-)")
_DATED = re.compile(r"(?:(?P<scope>.*)@)?(?P<year>(?:19|20)\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPrice:
    """The price that holds on a day: the row, and the month or year it is of (`2026-05`)."""

    row: SourcedValue
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSeries:
    """A parameter whose rows are a series of prices, and the index that quotes them.

    `driver` is what a bill takes at that price, of which a warning names the month; empty for none.
    """

    parameter: str
    title: str
    index: str
    driver: str


@shipped(parameters_dir, "price_series.csv")
def load_price_series(path: Path) -> tuple[PriceSeries, ...]:
    """Return the parameters that are series of prices."""
    columns = ("parameter", "title", "index", "driver")
    return tuple(PriceSeries(**{name: row[name] for name in columns}) for row in read_rows(path))


@shipped(parameters_dir)
def load_named_years(folder: Path) -> frozenset[int]:
    """Return the years that scopes of shipped parameters name."""
    return years_named(load_parameters(folder).rows)


def load_dated_years() -> tuple[int, int]:
    """Return the last years of which a price that is a series is known, and any row."""
    series = {one.parameter for one in load_price_series()}
    prices = years_named(row for row in load_parameters().rows if row.parameter in series)
    return max(prices), max(load_named_years())


def years_named(rows: Iterable[SourcedValue]) -> frozenset[int]:
    """Return the years that the scopes of some rows name."""
    return frozenset(int(year) for row in rows for year in _YEAR.findall(row.scope))


def last_dated(table: ParameterTable, year: int) -> int:
    """Return the last year up to one that a row of a table names, 0 if there is none.

    Rows hold for the year that they name, or until a later one: after the last all stay.
    """
    named = load_named_years() | years_named(new for _, new in table.replaced)
    return max((one for one in named if one <= year), default=0)


def month_of(day: date) -> int:
    """Return the number of a day's month, counted from the year 0."""
    return day.year * MONTHS_PER_YEAR + day.month - 1


def price_on(rows: Mapping[str, SourcedValue], scope: str, day: date) -> DatedPrice | None:
    """Return the price of a scope that holds on a day; None if no dated row of it is known.

    The month of the day counts, else the nearest month known within `NEAREST_MONTHS`, the earlier
    one first, else the mean of the year, else the last month or year known before.

    Parameters
    ----------
    rows
        Rows of one parameter by scope, dated (`2026`, `2026-05`, `sea/4k@2026-05`) and others. Only
        that which holds is asked for.
    scope
        The scope without a date; empty for the general row.
    day
        The day asked for.
    """
    months, years = _by_time(rows, scope)
    asked = month_of(day)
    for away in range(NEAREST_MONTHS + 1):
        for month in (asked - away, asked + away):
            if month in months:
                return _dated(rows, months[month])
    if day.year in years:
        return _dated(rows, years[day.year])
    # A year's mean is known when the year is over.
    known = {(year + 1) * MONTHS_PER_YEAR - 1: dated for year, dated in years.items()} | months
    earlier = [month for month in known if month < asked]
    return _dated(rows, known[max(earlier)]) if earlier else None


def _dated(rows: Mapping[str, SourcedValue], scope: str) -> DatedPrice:
    return DatedPrice(row=rows[scope], of=scope.rpartition("@")[2])


def _by_time(scopes: Iterable[str], scope: str) -> tuple[dict[int, str], dict[int, str]]:
    """Return the dated scopes of a scope by month, counted from the year 0, and by year."""
    months: dict[int, str] = {}
    years: dict[int, str] = {}
    for one in scopes:
        dated = _DATED.fullmatch(one)
        if dated is None or (dated["scope"] or "") != scope:
            continue
        year = int(dated["year"])
        if dated["month"]:
            months[year * MONTHS_PER_YEAR + int(dated["month"]) - 1] = one
        else:
            years[year] = one
    return months, years


def with_prices_of(table: ParameterTable, day: date) -> ParameterTable:
    """Return a table in which the prices that are series are those of a day.

    A general row that the scenario, a project or own data replaced stays, unless they also give
    the dated one. A price without a dated row before the day stays as well.
    """
    given = {new for _, new in table.replaced}
    made = []
    for series in load_price_series():
        rows = table.by_scope(series.parameter)
        for general in rows.values():
            if _DATED.fullmatch(general.scope):
                continue
            price = price_on(rows, general.scope, day)
            if price is None or (general in given and price.row not in given):
                continue
            made.append(replace(price.row, scope=general.scope))
    return table.with_rows(made)


def last_quoted(
    table: ParameterTable, day: date, *, bought: Collection[tuple[str, str]]
) -> Iterator[tuple[PriceSeries, str]]:
    """Yield the series whose price is not of a day's month, with the month or year it is of.

    Parameters
    ----------
    table
        A table of `with_prices_of`.
    day
        The day asked for.
    bought
        Driver and scope of what is paid for.
    """
    for series in load_price_series():
        rows = table.by_scope(series.parameter)
        months = set()
        for general in rows.values():
            buys = (series.driver, general.scope) in bought or (
                not general.scope and any(driver == series.driver for driver, _ in bought)
            )
            price = price_on(rows, general.scope, day) if buys else None
            if price is not None and replace(price.row, scope=general.scope) == general:
                months.add(price.of)
        yield from ((series, of) for of in sorted(months) if of != f"{day:%Y-%m}")


# Sea freights of a week, of the lanes whose months are in `market.csv`.

SEA_FREIGHT = "market.sea_freight_usd_per_feu"


def week_of(day: date) -> str:
    """Return the week of a day, from Monday to Sunday, as ISO 8601 names it: `2025-W37`."""
    return f"{day:%G-W%V}"


@shipped(parameters_dir, "market_weeks.csv")
def load_freight_weeks(path: Path) -> Mapping[str, SourcedValue]:
    """Return the freight per FEU of each week known, by lane and week: `asia-med@2025-W37`."""
    weeks = {}
    for row in read_rows(path):
        scope = f"{row['lane']}@{row['week']}"
        weeks[scope] = value_of(
            SourcedValue,
            row,
            parameter=SEA_FREIGHT,
            scope=scope,
            value=float(row["usd_per_feu"]),
            unit="USD/FEU",
            currency_year=int(row["week"][:4]),
            note="spot, mean of the days of the week",
        )
    return MappingProxyType(weeks)


def with_freights_of_week(table: ParameterTable, day: date) -> ParameterTable:
    """Return a table with the freights of the week of a day, where they are known.

    A lane for which the scenario, a project or own data gives a freight has none.
    """
    given = {
        new.scope.partition("@")[0] for _, new in table.replaced if new.parameter == SEA_FREIGHT
    }
    lanes = {row.scope.partition("@")[0] for row in table.rows_of(SEA_FREIGHT)} - given
    known = load_freight_weeks()
    week = week_of(day)
    if not_yet_known(known_since(SEA_FREIGHT, week), table.known_on):
        return table
    rows = [known[scope] for lane in sorted(lanes) if (scope := f"{lane}@{week}") in known]
    return table.with_rows(rows) if rows else table


# How old each series is.


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAge:
    """The last row known of a series of the tables, and what a question of a day takes of it.

    Attributes
    ----------
    series
        The parameter with its scope (`market.sea_freight_usd_per_feu@asia-med`), or the table.
    last
        The last week, month, day or year known, ISO.
    months_old
        Calendar months from it to the day asked for, 0 in the same month.
    rows
        Dated rows known.
    source_id
        The source of the last row.
    taken
        The month or year whose price holds on the day of a question, empty without one.
    taken_months
        Calendar months from the day of the question back to `taken`; negative where it is later.
    """

    series: str
    last: str
    months_old: int
    rows: int
    source_id: str
    taken: str = ""
    taken_months: int | None = None


def ages_of_series(
    on: date, *, day: date | None = None, known_on: date | None = None
) -> tuple[SeriesAge, ...]:
    """Return the age of each series of months, weeks and days, and of the lines and access rules.

    Parameters
    ----------
    on
        The day to which ages are counted.
    day
        The departure of a question whose prices are asked for too, None without one.
    known_on
        The day as known on which it is asked, None for today.
    """
    table = load_parameters()
    asked = as_known(table, known_on)
    dated: dict[tuple[str, str], list[SourcedValue]] = {}
    for row in table.rows:
        found = _DATED.fullmatch(row.scope)
        if found and found["month"]:
            dated.setdefault((row.parameter, found["scope"] or ""), []).append(row)
    ages = []
    for (parameter, scope), rows in sorted(dated.items()):
        newest = max(rows, key=lambda row: row.scope)
        name = f"{parameter}@{scope}" if scope else parameter
        age = _age(name, newest.scope.rpartition("@")[2], len(rows), newest.source_id, on)
        price = price_on(asked.by_scope(parameter), scope, day) if day else None
        if price and day:
            taken = month_of(day) - month_of(_first_day(price.of))
            age = replace(age, taken=price.of, taken_months=taken)
        ages.append(age)
    weeks: dict[str, list[SourcedValue]] = {}
    for scope, row in load_freight_weeks().items():
        weeks.setdefault(scope.partition("@")[0], []).append(row)
    for lane, rows in sorted(weeks.items()):
        newest = max(rows, key=lambda row: row.scope)
        last = newest.scope.rpartition("@")[2]
        ages.append(_age(f"market_weeks.csv@{lane}", last, len(rows), newest.source_id, on))
    tables = {"exchange_rates.csv": "day", "access.csv": "as_of", "lines.csv": "last_seen"}
    for name, column in tables.items():
        cells = [row for row in read_rows(parameters_dir() / name) if row[column]]
        last_row = max(cells, key=lambda row: row[column])
        ages.append(_age(name, last_row[column], len(cells), last_row["source_id"], on))
    return tuple(ages)


def _age(series: str, last: str, rows: int, source_id: str, on: date) -> SeriesAge:
    months = month_of(on) - month_of(_first_day(last))
    return SeriesAge(series=series, last=last, months_old=months, rows=rows, source_id=source_id)


def _first_day(period: str) -> date:
    """Return the first day of a week, a month or a year, or the day itself."""
    year, *rest = period.split("-")
    if rest and rest[0].startswith("W"):
        return date.fromisocalendar(int(year), int(rest[0][1:]), 1)
    month, day = (*map(int, rest), 1, 1)[:2]
    return date(int(year), month, day)
