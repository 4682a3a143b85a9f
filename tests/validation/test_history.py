"""The panel of history: every pair and quarter is asked, and scores are what they say."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.studies.session import Session
from validation.campaigns.history import QUARTERS, WEEKS, asked, pairs, rows_of
from validation.campaigns.history_scores import FACTS, gaps, rank_correlation, ranks


def test_the_panel_has_forty_pairs_and_twenty_two_quarters() -> None:
    assert (len(set(pairs())), len(QUARTERS)) == (40, 22)
    assert (QUARTERS[0], QUARTERS[-1]) == (date(2021, 2, 15), date(2026, 5, 15))
    assert len(set(WEEKS)) == 42


def test_each_fact_has_a_source_and_a_span() -> None:
    with FACTS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["theme"] for row in rows} >= {"trains", "red-sea", "arctic", "polish-border"}
    assert all(row["url"].startswith("http") and row["source"] for row in rows)
    assert all(row["first_day"] <= row["last_day"] for row in rows)
    late = [row for row in rows if row["theme"] == "trains" and row["first_day"] > "2025"]
    assert all("never used" in row["note"] for row in late)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=12))
def test_rank_correlation_is_that_of_the_ranks(points: list[tuple[int, int]]) -> None:
    one, other = (list(map(float, side)) for side in zip(*points, strict=True))
    if len(set(one)) < 2 or len(set(other)) < 2:
        assert rank_correlation(one, other) == 0.0
        return
    expected = np.corrcoef(ranks(one), ranks(other))[0, 1]
    assert rank_correlation(one, other) == pytest.approx(expected)
    assert rank_correlation(one, [-value for value in other]) == pytest.approx(-expected)


def test_ranks_share_a_place_where_values_are_equal() -> None:
    assert ranks([5.0, 1.0, 5.0, 9.0]) == [2.5, 1.0, 2.5, 4.0]


def test_a_gap_is_of_the_least_of_each_in_the_quarters_of_a_span() -> None:
    row = {"origin": "A", "destination": "B", "recommended": "0"}
    found = [
        {**row, "departure": "2021-02-15", "family": "sea", "generalised_usd_per_teu": "1000"},
        {**row, "departure": "2021-02-15", "family": "rail", "generalised_usd_per_teu": "1700"},
        {**row, "departure": "2021-02-15", "family": "rail", "generalised_usd_per_teu": "1500"},
        {**row, "departure": "2021-05-15", "family": "rail", "generalised_usd_per_teu": "1"},
        {**row, "departure": "2021-03-01", "family": "sea", "generalised_usd_per_teu": "1"},
        {**row, "departure": "2022-02-15", "family": "sea", "generalised_usd_per_teu": "1"},
    ]
    assert gaps(found, {("A", "B")}, ("2021-01-01", "2021-12-31")) == [500.0]
    assert gaps(found, {("B", "A")}, ("2021-01-01", "2021-12-31")) == []


def test_a_question_is_asked_as_known_the_day_before() -> None:
    found = asked(("Shanghai", "Hamburg"), date(2023, 12, 5), Session())
    assert found.scenario.known_on == date(2023, 12, 4)
    rows = list(rows_of(found))
    assert [row[4] for row in rows if row[6]] == ["suez"]
    assert {row[5] for row in rows} == {"sea", "rail"}
