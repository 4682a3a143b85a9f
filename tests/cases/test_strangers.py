"""Questions of strangers are answered as a forwarder would, and the page lists them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from corridors.config import load_corridors
from corridors.data.cities import name_of, said_by
from corridors.domain.scenario import Limits
from corridors.output.comparison import Comparison
from corridors.output.display_names import name_by
from corridors.output.verdict import SAME_ROUTE_USD
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
        assert row["verdict"] in ("good", "doubtful", "wrong"), name
        # What is doubtful, and not only debatable, names the fact that is missing.
        assert row["verdict"] != "doubtful" or "Missing: " in row["why"], name
        assert {row.get("row", "other"), *row.get("take", ())} <= known, name
        assert set(row["through"]).isdisjoint(row["without"]) if "row" in row else True, name
    of = Counter(row["of"] for row in strangers().values())
    assert of == {"issue": 30, "own": 21, "desk": 49}


def test_the_table_lists_every_question_with_its_reason() -> None:
    listed = {cells[0]: cells[-1] for cells in read_table("strangers")}
    assert listed == {name: row["why"] for name, row in strangers().items()}


def faults(name: str, session: Session) -> list[str]:
    """Return what is wrong with an answer: what it lacks, countries unsaid, a row of its own."""
    row = strangers()[name]
    found = answer(row, session)
    ends = [end.country for end in session.ends_of(found.scenario)]
    return [*misses(row, found), *unsaid(found, ends), *judged_apart(found)]


def unsaid(found: Comparison, ends: Sequence[str]) -> Iterator[str]:
    """Yield countries that need a word and are crossed by a route without one in its name."""
    for option in found.usable:
        for code in set(option.countries) & set(said_by()) - set(ends):
            if not any(word in name_by(option) for word in said_by()[code]):
                yield f"{name_by(option)} leaves out {name_of(code)}"


def judged_apart(found: Comparison) -> Iterator[str]:
    """Yield what is decided of another route than the row shows, where no limit asks for one."""
    rows = {option.corridor: option for option in found.usable}
    if found.scenario.limits == Limits():
        for tied in found.decision.tied:
            shown = rows[tied.corridor].usd_per_teu or 0.0
            if abs(shown - tied.cost_usd_per_teu) > SAME_ROUTE_USD:
                yield f"{tied.corridor} has {shown:.0f} in its row, not {tied.cost_usd_per_teu:.0f}"


@pytest.mark.long
@pytest.mark.parametrize("name", FEW)
def test_a_few_questions_are_answered_as_a_forwarder_would(name: str, session: Session) -> None:
    assert faults(name, session) == []


@pytest.mark.long
@pytest.mark.parametrize("name", REST)
def test_the_others_are_too(name: str, session: Session) -> None:
    assert faults(name, session) == []
