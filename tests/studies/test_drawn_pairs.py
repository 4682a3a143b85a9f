"""A sample of the drawn pairs: no named option beats the free optimum, and the best row is it."""

from __future__ import annotations

from datetime import date

import pytest

from corridors.domain.scenario import OTHER
from validation.campaigns.drawn_pairs import DEPARTURES, Drawn, drawn
from validation.campaigns.pairs import Checked, checked, summary

NO_LONGER_OTHER = (
    Drawn(origin="kz-almaty", destination="at-wels", departure=date(2026, 11, 25)),
    Drawn(origin="Tashkent", destination="Tallinn", departure=date(2026, 7, 20)),
    Drawn(origin="Stockholm", destination="Hangzhou", departure=date(2026, 8, 20)),
)
SAMPLE = (
    Drawn(origin="Shanghai", destination="Munich", departure=date(2026, 8, 20)),
    Drawn(origin="Xian", destination="Warsaw", departure=date(2026, 3, 1)),
    # In October ships meet the first ice, which takes seconds to route.
    pytest.param(
        Drawn(origin="Istanbul", destination="Ningbo", departure=date(2026, 10, 5)),
        marks=pytest.mark.long,
    ),
)


@pytest.mark.first_case
@pytest.mark.parametrize("asked", SAMPLE, ids=str)
def test_the_best_row_of_a_comparison_is_the_free_optimum(asked: Drawn) -> None:
    found = checked(asked, oracle=False)
    assert not found.error
    assert found.best_usd is not None
    assert not found.beaten, found
    assert found.equal, found


@pytest.mark.long
@pytest.mark.parametrize("asked", NO_LONGER_OTHER, ids=str)
def test_central_asia_and_the_deep_track_of_the_arctic_have_corridors(asked: Drawn) -> None:
    found = checked(asked, oracle=False)
    assert found.equal, found
    assert found.best != OTHER, found


def test_an_unknown_place_is_counted_as_an_error() -> None:
    found = checked(Drawn(origin="Nowhere", destination="Munich", departure=date(2026, 8, 20)))
    assert "unknown place 'Nowhere'" in found.error
    text, well = summary([found])
    assert not well
    assert "error, 1 times" in text


def test_a_dearer_best_row_and_a_cheaper_named_one_are_told_apart() -> None:
    found = {"question": "a to b", "seconds": 1.0, "megabytes": 1.0, "best": "suez"}
    dearer = Checked(**found, best_usd=1010.0, named_usd=1010.0, free_usd=1000.0)  # type: ignore[arg-type]
    cheaper = Checked(**found, best_usd=990.0, named_usd=990.0, free_usd=1000.0)  # type: ignore[arg-type]
    assert not dearer.beaten
    assert not dearer.equal
    assert cheaper.beaten
    assert "a named option beats the free optimum: 1" in summary([dearer, cheaper])[0]


def test_questions_are_drawn_alike_each_time_in_both_directions_on_every_date() -> None:
    questions = drawn(300)
    assert questions[:50] == drawn(50)
    assert {question.departure for question in questions} == {*DEPARTURES}
    assert len({str(question) for question in questions}) == 300
