"""Since when rows of tables are known."""

from __future__ import annotations

from datetime import date

import pytest

from corridors.data.columns import read_rows
from corridors.data.known import dated_by, known_since, load_known_rules, not_yet_known
from corridors.data.parameters import load_parameters
from corridors.data.paths import parameters_dir
from corridors.data.series import SEA_FREIGHT, load_freight_weeks


@pytest.mark.parametrize(
    ("parameter", "scope", "since"),
    [
        ("fuel.vlsfo_usd_per_t", "2023-11", date(2023, 12, 3)),
        ("currency.usd_per_eur", "2023-12", date(2024, 1, 1)),
        (SEA_FREIGHT, "asia-neurope@2024-02", date(2024, 3, 3)),
        (SEA_FREIGHT, "asia-neurope@2024-W01", date(2024, 1, 8)),
        ("border.dwell_hours", "CN-KZ@kz-dostyk@2021", date(2022, 1, 31)),
        ("canal.toll_rise", "gate-suez@2022", date(2022, 1, 1)),
        ("war_risk.hull_share", "gate-hormuz@2026", date(2026, 4, 1)),
        ("ets.surrendered_share", "2026", date(2023, 5, 16)),
        ("fuel.vlsfo_usd_per_t", "", None),
        ("canal.sdr_per_scnt", "gate-suez@20000", None),
    ],
)
def test_a_price_is_known_after_its_period_and_a_law_before(
    parameter: str, scope: str, since: date | None
) -> None:
    assert known_since(parameter, scope) == since


def test_what_is_known_from_a_day_is_known_on_it() -> None:
    day = date(2023, 12, 18)
    assert not not_yet_known("2023-12-18", day)
    assert not_yet_known("2023-12-19", day)
    assert not not_yet_known("2023-12-19", None)
    assert not not_yet_known("", day)


def test_every_parameter_of_a_rule_has_dated_rows_and_the_reverse() -> None:
    rows = (*load_parameters().rows, *load_freight_weeks().values())
    dated = {(row.parameter, found[0]) for row in rows if (found := dated_by(row.scope))}
    assert dated == set(load_known_rules())


def test_the_red_sea_was_closed_by_what_carriers_said_and_no_earlier() -> None:
    rows = {row["id"]: row for row in read_rows(parameters_dir() / "access.csv")}
    closed = rows["current-suez-2023"]
    assert closed["known_from"] == "2023-12-18"
    assert closed["end_known_from"] == "2026-01-26"
