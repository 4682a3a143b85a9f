"""The panel of history: every pair and quarter is asked, and scores are what they say."""

from __future__ import annotations

import csv
from datetime import date
from itertools import permutations
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.studies.session import Session
from validation.campaigns.history import (
    FACTS,
    MONTHS,
    QUARTERS,
    WEEKS,
    WEST,
    asked,
    pairs,
    rows_of,
)
from validation.campaigns.history_scores import (
    BARS,
    THEMES,
    by_chance,
    gaps,
    half_before,
    moves,
    of_theme,
    part_by,
    picture,
    rank_correlation,
    ranks,
    way_of,
)
from validation.campaigns.page_tables import marked


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


def test_pairs_by_train_to_the_eu_are_asked_each_month() -> None:
    assert set(WEST) <= set(pairs("trains"))
    assert (len(MONTHS), MONTHS[0], MONTHS[-1]) == (66, date(2021, 1, 15), date(2026, 6, 15))
    assert set(QUARTERS) < set(MONTHS)


def test_every_pair_and_every_count_belongs_to_a_theme() -> None:
    with FACTS.open(encoding="utf-8", newline="") as stream:
        assert {row["theme"] for row in csv.DictReader(stream)} == THEMES.keys()
    assert all(of_theme(theme) for theme in THEMES)
    assert {ends for theme in THEMES for ends in pairs(theme)} == set(pairs())


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=6))
def test_chance_is_the_part_of_orders_that_lie_as_low(points: list[tuple[int, int]]) -> None:
    one, other = (list(map(float, side)) for side in zip(*points, strict=True))
    here = rank_correlation(one, other)
    orders = [rank_correlation(one, order) for order in permutations(other)]
    expected = sum(order <= here + 1e-9 for order in orders) / len(orders)
    assert by_chance(one, other) == pytest.approx(expected)


def test_half_a_year_before_ends_with_its_month() -> None:
    assert half_before(("2024-01-01", "2024-06-30")) == ("2023-07-01", "2023-12-31")
    assert half_before(("2023-07-01", "2023-12-31")) == ("2023-01-01", "2023-06-30")
    assert half_before(("2022-01-01", "2022-12-31")) == ("2021-07-01", "2022-06-30")


@pytest.mark.parametrize(
    ("corridor", "letter"),
    [
        *(("suez", "S"), ("other by suez", "S"), ("other by cape", "C"), ("other", "o")),
        *(("trans-siberian", "R"), ("kazakhstan-moscow-kazan", "R"), ("brest", "R")),
        *(("russia-baltic", "R"), ("kaliningrad-ferry", "K"), ("caspian", "M"), ("", "")),
        *(("northern-sea-route-high", "A"), ("middle-corridor-poti", "M"), ("panama", "P")),
    ],
)
def test_a_corridor_is_drawn_with_its_group(corridor: str, letter: str) -> None:
    assert way_of(corridor).letter == letter


def test_the_part_of_answers_is_of_the_quarters_in_a_span_or_the_nearest() -> None:
    row = {"origin": "Shanghai", "destination": "Piraeus", "passes": ""}
    found = [
        {**row, "departure": day.isoformat(), "corridor": way, "recommended": "1"}
        for day, way in zip(QUARTERS, ["suez"] * 11 + ["cape"] * 11, strict=True)
    ]
    ends = [("Shanghai", "Piraeus")]
    assert part_by(found, "red-sea", ends, ("2023-01-01", "2023-12-31")) == pytest.approx(0.75)
    assert part_by(found, "red-sea", ends, ("2023-11-16", "2023-11-16")) == 0.0
    assert part_by(found, "red-sea", ends, ("2019-01-01", "2019-12-31")) is None
    # By either day the answers had left Suez, so they do not follow the fall from 15 to 4.25 ships.
    here = [one[1:] for one in moves(found, "red-sea") if one[0] == "container ships a day at Suez"]
    assert here == [("2024-01-31", False)]


def test_a_picture_has_a_cell_for_each_answer_and_a_bar_for_each_count() -> None:
    answers = dict.fromkeys(QUARTERS[:3], "suez") | {QUARTERS[3]: ""}
    bars = [("2021-01-01", "2021-12-31", "4", 4.0), ("2022-01-01", "2022-12-31", "-2", -2.0)]
    late = [("2019-01-01", "2019-12-31", "9", 9.0)]
    drawn = picture("A & B", QUARTERS, {"A - B": answers}, {"Counted": bars, "Late": late})
    boxes = list(fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect"))
    assert len([one for one in boxes if one.get("height") == "15"]) == 3
    heights = [float(one.get("height", "0")) for one in boxes if one.get("fill") == BARS]
    assert len(heights) == len(bars)
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)


def test_a_page_has_a_text_for_each_pair_of_marks() -> None:
    page = "".join(f"<!-- figures: {n} -->\nold\n<!-- end of figures -->\n" for n in "ab")
    assert marked(marked(page, "x", "y"), "1", "2") == marked(page, "1", "2")
    with pytest.raises(ValueError, match="2 pairs of marks for 1 texts"):
        marked(page, "1")
