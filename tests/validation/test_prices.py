"""Prices lie about the quotes of other houses, drawn by hash and used to set none of them."""

from __future__ import annotations

from statistics import median

import pytest

from validation.campaigns.prices import compared, drawn, summary

# Of 35 quotes as many as these above or below would come by chance once in twenty times.
FEWEST_ON_A_SIDE = 12


def test_quotes_left_out_say_why() -> None:
    rows = drawn()
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["mode"] for row in rows} == {"rail", "sea"}
    left = [row for row in rows if row["left_out"]]
    assert 0 < len(left) < len(rows) / 2


def test_freights_by_sea_are_those_of_other_houses() -> None:
    every = list(compared("sea"))
    rows = [row for row in every if "india" not in row.id]
    assert len(rows) >= 35
    errors = [row.error for row in rows]
    assert median(map(abs, errors)) < 0.10
    sides = sum(error > 0 for error in errors), sum(error < 0 for error in errors)
    assert min(sides) >= FEWEST_ON_A_SIDE
    # The bound of 15 % is missed from and to India: docs/explanation/sources.md says why.
    india = [abs(row.error) for row in every if "india" in row.id]
    assert len(india) == 32
    assert median(india) < 0.25


@pytest.mark.long
def test_through_rates_by_train_miss_as_the_page_says() -> None:
    rows = list(compared("rail"))
    text = summary(rows, "rail")
    assert len(rows) >= 20
    # The bound of 15 % is missed, and the prices are too low: docs/explanation/sources.md says so.
    assert median(abs(row.error) for row in rows) < 0.20, text
