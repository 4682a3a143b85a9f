"""Questions of strangers are answered as a forwarder would, and the page lists them all."""

from __future__ import annotations

from collections import Counter

import pytest

from corridors.config import load_corridors
from corridors.studies.session import Session
from tests.cases.asked import KEYS, answer, misses, strangers
from validation.campaigns.page_tables import read_table

FEW = [name for name, row in strangers().items() if row.get("few")]
REST = [name for name in strangers() if name not in FEW]


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def test_the_questions_are_written_down_whole() -> None:
    known = {corridor.id for corridor in load_corridors("shipped")}
    for name, row in strangers().items():
        assert set(row) <= KEYS, name
        assert row["verdict"] in ("good", "doubtful"), name
        assert {row.get("row", "other"), *row.get("take", ())} <= known, name
        assert set(row["through"]).isdisjoint(row["without"]) if "row" in row else True, name
    assert Counter(row["of"] for row in strangers().values()) == {"issue": 30, "own": 21}


def test_the_table_lists_every_question_with_its_reason() -> None:
    listed = {cells[0]: cells[-1] for cells in read_table("strangers")}
    assert listed == {name: row["why"] for name, row in strangers().items()}


@pytest.mark.first_case
@pytest.mark.parametrize("name", FEW)
def test_a_few_questions_are_answered_as_a_forwarder_would(name: str, session: Session) -> None:
    row = strangers()[name]
    assert list(misses(row, answer(row, session))) == []


@pytest.mark.long
@pytest.mark.parametrize("name", REST)
def test_the_others_are_too(name: str, session: Session) -> None:
    row = strangers()[name]
    assert list(misses(row, answer(row, session))) == []
