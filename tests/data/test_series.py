"""Prices by month and year: the one that holds on a day, and what stays as given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.series import last_quoted, load_price_series, price_on, with_prices_of
from corridors.domain.scenario import Override
from corridors.domain.values import SourcedValue, Status

TABLE = load_parameters()
FUEL = "fuel.vlsfo_usd_per_t"


def row(scope: str, value: float) -> SourcedValue:
    """A row of the fuel price."""
    return replace(TABLE.get(FUEL), scope=scope, value=value, low=value, high=value)


ROWS = {
    one.scope: one
    for one in (
        *(row("", 1.0), row("2020", 20.0), row("2021-03", 213.0), row("2021-06", 216.0)),
        *(row("2022", 22.0), row("sea/4k@2021-05", 9.0), row("rail/1520@AZ", 7.0)),
    )
}


@pytest.mark.parametrize(
    ("day", "of"),
    [
        (date(2021, 3, 9), "2021-03"),
        (date(2021, 4, 30), "2021-03"),  # a month away, before a month two away
        (date(2021, 5, 1), "2021-06"),
        (date(2021, 8, 31), "2021-06"),
        (date(2021, 10, 1), "2021-06"),  # too far for a month, no year: the last known
        (date(2020, 7, 1), "2020"),
        (date(2021, 1, 15), "2021-03"),
        (date(2022, 2, 1), "2022"),
        (date(2025, 1, 1), "2022"),
        (date(2020, 12, 31), "2020"),
    ],
)
def test_the_month_holds_else_the_year_else_the_last_known(day: date, of: str) -> None:
    found = price_on(ROWS, "", day)
    assert found is not None
    assert (found.of, found.row.scope) == (of, of)


def test_nothing_is_known_before_the_first_price() -> None:
    assert price_on(ROWS, "", date(2019, 1, 1)) is None
    assert price_on(ROWS, "sea/8k", date(2021, 5, 1)) is None
    ship = price_on(ROWS, "sea/4k", date(2021, 5, 1))
    assert ship is not None
    assert ship.row.value == 9.0


def test_a_table_takes_the_prices_of_a_day() -> None:
    before = with_prices_of(TABLE, date(2022, 6, 15))
    assert before.value(FUEL) == TABLE.value(FUEL, "2022-06") != TABLE.value(FUEL)
    assert before.value("currency.usd_per_eur") == TABLE.value("currency.usd_per_eur", "2022-06")
    # A ship costs its capital and crew, whatever charters are quoted at.
    assert before.value("ship.day_usd", "sea/4k") == TABLE.value("ship.day_usd", "sea/4k")


def test_what_a_scenario_or_own_data_gives_stays() -> None:
    given = TABLE.with_overrides([Override(parameter=FUEL, scope="", value=600.0)])
    assert with_prices_of(given, date(2022, 6, 15)).value(FUEL) == 600.0
    every = TABLE.with_overrides([Override(parameter=FUEL, scope=None, value=700.0)])
    found = with_prices_of(every, date(2022, 6, 15)).get(FUEL)
    assert (found.value, found.status) == (700.0, Status.SCENARIO)
    own = TABLE.with_rows([row("", 650.0)])
    assert with_prices_of(own, date(2022, 6, 15)).value(FUEL) == 650.0


def test_prices_that_are_not_of_the_month_are_named() -> None:
    day = date(2026, 8, 20)
    bought = {("fuel.vlsfo", ""), ("ship_days", "sea/4k")}

    def named(table: ParameterTable) -> dict[str, str]:
        return {series.title: of for series, of in last_quoted(table, day, bought=bought)}

    assert named(with_prices_of(TABLE, day)) == {"VLSFO": "2026-05"}


def test_every_series_has_a_general_row_and_dated_ones() -> None:
    for series in load_price_series():
        scopes = {found.scope for found in TABLE.rows_of(series.parameter)}
        assert series.index
        assert any("20" in scope for scope in scopes), series.parameter


@pytest.mark.parametrize(
    ("day", "usd"),
    [
        # 500 and 2,030 USD per box in November 2023 and June 2024, a third of it from October on.
        (date(2023, 11, 20), 250.0),
        (date(2024, 6, 20), 1015.0),
        (date(2024, 7, 1), 1015.0),
        (date(2024, 10, 1), 375.0),
        # 1,400 USD per box in January 2025 and 1,100 in March.
        (date(2025, 1, 20), 700.0),
        (date(2026, 8, 20), 550.0),
        (date(2020, 5, 1), 475.0),
        (date(2018, 5, 1), 250.0),
    ],
)
def test_the_return_of_an_empty_box_has_the_price_of_its_month(day: date, usd: float) -> None:
    table = with_prices_of(TABLE, day)
    for mode in ("rail", "road", "river"):
        assert table.value(f"{mode}.repositioning_usd_per_teu") == usd
