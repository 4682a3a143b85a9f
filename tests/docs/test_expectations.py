"""Pages state the figures of tests/expectations.yaml, and these are the program's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from corridors.studies.session import Session
from tests.docs import chances, founding
from tests.docs.corridor_rows import PAIRS, row
from tests.expect import DESK, DRAWN, GROUPS, MEASURED, recorded, renewed, says

# Investments of many sets and months, and dozens of comparisons, of which the gate makes some rows.
SLOW = (
    *("what the works gain", "when new lines pay", "the Arctic by month", "the Arctic by ice"),
    *("corridors", "Kaliningrad", "a path between Kazan and Moscow", "changes by Dostyk and Kazan"),
)
QUICK = [name for name in GROUPS if name not in (*MEASURED, *DRAWN, *SLOW)]
REMEDY = "run `make expectations`, read the change, and commit the file and the pages"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def test_every_group_is_in_the_file() -> None:
    assert list(recorded()) == list(GROUPS), REMEDY
    assert all(recorded().values())


def are_of_the_program(names: Sequence[str], session: Session) -> None:
    """Compute the texts of these groups, and hold the file to them."""
    found = {name: list(GROUPS[name].texts(session)) for name in names}
    assert found == {name: recorded()[name] for name in names}, REMEDY


# The README first, whose figures are those that most are read of.
@pytest.mark.first_case
@pytest.mark.parametrize("page", sorted({GROUPS[name].page for name in QUICK}))
def test_the_figures_of_the_file_are_those_of_the_program(page: str, session: Session) -> None:
    are_of_the_program([name for name in QUICK if GROUPS[name].page == page], session)


@pytest.mark.long
@pytest.mark.parametrize("name", [*SLOW, *DRAWN])
def test_slow_figures_of_the_file_are_those_of_the_program(name: str, session: Session) -> None:
    are_of_the_program([name], session)


@pytest.mark.parametrize("corridor", [*PAIRS][::12])
def test_a_row_of_a_corridor_is_that_of_the_file(corridor: str, session: Session) -> None:
    assert row(session, corridor) in recorded()["corridors"], REMEDY


@pytest.mark.long
def test_the_days_of_a_train_are_those_of_the_file(session: Session) -> None:
    assert chances.train_text(session) in recorded()[DESK], REMEDY


@pytest.mark.long
def test_a_row_of_the_arctic_is_that_of_the_file(session: Session) -> None:
    by_month = founding.arctic_row(session, date(2026, 8, 15))
    assert by_month in recorded()["the Arctic by month"], REMEDY
    assert founding.ice_row(session, date(2026, 9, 15)) in recorded()["the Arctic by ice"], REMEDY


@pytest.mark.parametrize("name", GROUPS)
def test_a_page_states_the_figures_of_the_file(name: str) -> None:
    page = GROUPS[name].path.read_text(encoding="utf-8")
    assert [text for text in recorded()[name] if not says(page, text)] == []


def test_a_page_is_renewed_where_a_figure_stood() -> None:
    page = "Costs 12 USD\na day.\n| a | 1 |\n| b | 2 |\n"
    old = ["Costs 12 USD a day", "| a | 1 |", "| b | 2 |"]
    # Each row takes the place of its own, also one that looks as another did before.
    new = ["Costs 13 USD a day", "| a | 2 |", "| a | 1 |"]
    assert renewed(page, old, new) == "Costs 13 USD a day.\n| a | 2 |\n| a | 1 |\n"
    assert renewed(page, old, new[:2]) == "Costs 13 USD a day.\n| a | 2 |\n"
    assert renewed(page, old, [*new, "| c | 3 |"]).endswith("| a | 1 |\n| c | 3 |\n")
    assert renewed("    a 1\n    b\n", ["a 1"], ["a 1", "a 2"]) == "    a 1\n    a 2\n    b\n"


def test_a_text_is_found_across_a_line_break_and_not_in_part_of_a_word() -> None:
    assert says("worth 12\nUSD", "worth 12 USD")
    assert not says("worth 123 USD", "worth 12 USD")
