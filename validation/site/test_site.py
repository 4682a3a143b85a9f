"""The site of `make docs` as a reader meets it: from its folder, at a desk and on a phone.

`make docs` opens a page of each kind, and `make docs-all` every page.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Witness, watched

pytestmark = pytest.mark.browser

SITE = Path(__file__).parents[2] / "build/site"
# The page of an address that does not exist is for a server, whose root it takes its files from.
PAGES = sorted(
    str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if path.name != "404.html"
)
ONE_OF_EACH = (
    "index.html",
    "start.html",
    "glossary.html",
    "tutorials/read-the-report.html",
    "notebooks/first-comparison.html",
    "how-to/own-network.html",
    "reference/commands.html",
    "reference/python-functions.html",
    "reference/results.html",
    "explanation/sources.html",
    "findings/journeys.html",
    "contributing/index.html",
    *[page for page in PAGES if page.startswith("source/") and page.endswith(".py.html")][:1],
)
OPENED = PAGES if os.environ.get("CORRIDORS_TESTS") == "long" else ONE_OF_EACH
SIZES = {"desk": (1400, 900), "phone": (390, 844)}
SEARCHED = ("Suez", "shelf life", "distances")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium once, without name resolution."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield started
        started.close()


def opened(kept: Witness, page: str) -> Page:
    kept.page.goto((SITE / page).as_uri())
    kept.page.wait_for_selector("html.js")
    kept.settle()
    return kept.page


def test_there_is_a_site_with_a_page_of_each_kind() -> None:
    assert set(ONE_OF_EACH) <= set(PAGES), "run `make docs`"
    folders = {page.split("/")[0] for page in PAGES}
    assert folders <= {page.split("/")[0] for page in ONE_OF_EACH} | {"comparison.html"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", OPENED)
def test_a_page_is_quiet_fits_and_can_be_used_by_all(
    chromium: Browser, page: str, size: str
) -> None:
    with watched(chromium, *SIZES[size]) as kept:
        opened(kept, page)
        assert kept.sideways() <= 0
        assert kept.console == []
        assert [url for url in kept.requests if not url.startswith("file:")] == []
        # Last, since axe-core asks for style sheets, which a page from a folder may not read.
        assert kept.violations() == []


@pytest.mark.parametrize("text", SEARCHED)
def test_the_search_finds_what_pages_say(chromium: Browser, text: str) -> None:
    with watched(chromium, *SIZES["desk"]) as kept:
        page = opened(kept, "index.html")
        page.get_by_role("button", name="Search").first.click()
        page.get_by_role("combobox", name="Search").fill(text)
        # The list holds pages, and the box, which is no part of it, what was typed.
        found = page.get_by_role("listbox", name="Search results").get_by_text(text)
        found.first.wait_for()
