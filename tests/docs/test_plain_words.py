"""Pages and messages name places, and use no word of our own where the trade has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from corridors.config import load_scenario
from corridors.output.verdict import over_limits
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from corridors.uncertainty.booked import Ranges
from tests.docs.page_blocks import PAGES, ROOT
from tests.output.html.ids import ids_in

# Nobody outside says these; the glossary explains the status `recalled`.
OURS = re.compile(r"\b(held to|recalled)\b", re.IGNORECASE)
EXPLAINED = {"docs/glossary.md"}
SOURCES = re.compile(r"\(as of [^()]*\)|`[^`]*`")


def prose(page: Path) -> list[str]:
    """Return the text of a page by paragraph or cell, without what it quotes as code."""
    tokens = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
    return [
        " ".join(part.content for part in token.children or () if part.type == "text")
        for token in tokens
        if token.type == "inline"
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_places_and_uses_the_words_of_the_trade(page: Path) -> None:
    texts = prose(page)
    assert ids_in(texts) == set()
    if str(page.relative_to(ROOT)) not in EXPLAINED:
        assert [text for text in texts if OURS.search(text)] == []


SESSION = Session()


@pytest.mark.first_case
@pytest.mark.parametrize(
    "values",
    [
        # More boxes than borders and ferries take.
        ("shipment.teu_per_month=20000", "corridors=[kazakhstan-dostyk, northern-sea-route]"),
        ("origin=Minsk", "destination=Zhengzhou", "world=current", "limits.max_days=16"),
        (
            "origin=Jeddah",
            "destination=CNSHA",
            "world=no-russia-transit",
            "shipment.cargo=food",
        ),
    ],
)
def test_messages_of_a_comparison_name_places(values: tuple[str, ...]) -> None:
    scenario = load_scenario("shanghai-europe", set_values=list(values))
    found = compare(scenario, session=SESSION, figures_only=True, ranges=Ranges.NONE)
    texts = [
        *found.warnings,
        *over_limits(found),
        *(text for route in found.routes for text in (route.reason, *route.warnings)),
    ]
    if len(values) == 2:
        assert any(text.startswith("border crossing China-Kazakhstan") for text in texts)
    assert ids_in(SOURCES.sub(" ", text) for text in texts) == set()
