"""The gallery as a reader meets it: opened by double click, with no network."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

import pytest

from corridors.output.html.gallery.gallery_page import gallery_html
from tests.browser.conftest import Witness
from tests.output.fixtures import HOSTILE
from tests.output.html.gallery.test_gallery_page import hostile_entry

pytestmark = pytest.mark.browser

GALLERY = Path(__file__).parents[2] / "maps" / "index.html"


def opened(witness: Witness, path: Path) -> None:
    witness.opened = path.as_uri()
    witness.page.goto(witness.opened)
    witness.page.wait_for_selector("main .card svg path", state="attached")


def test_it_opens_without_a_word_or_a_request(witness: Witness, tmp_path: Path) -> None:
    opened(witness, GALLERY)
    picture = Path(os.environ.get("GALLERY_SCREENSHOT", tmp_path / "gallery.png"))
    witness.page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 10_000
    assert witness.complaints() == []


def test_axe_finds_nothing(witness: Witness) -> None:
    opened(witness, GALLERY)
    assert witness.violations() == []


def test_its_style_is_let_through(witness: Witness) -> None:
    opened(witness, GALLERY)
    shown = witness.page.locator(".card").first.evaluate("card => getComputedStyle(card).overflow")
    assert shown == "hidden"


def test_every_map_and_report_that_is_there_opens_from_it(witness: Witness) -> None:
    opened(witness, GALLERY)
    cards = witness.page.locator(".card").count()
    assert cards >= 3
    opens = 0
    for i in range(cards):
        for link in ("Map", "Report"):
            opened(witness, GALLERY)
            card = witness.page.locator(".card").nth(i)
            name = card.locator("h2").inner_text()
            if "make maps" in card.inner_text():
                # A checkout holds one example; the card of another says what writes its files.
                assert card.get_by_role("link").count() == 0
                continue
            # A page that opens may ask for itself, and for nothing else.
            target = card.get_by_role("link", name=link, exact=True).get_attribute("href")
            opens += 1
            witness.requests.clear()
            card.get_by_role("link", name=link, exact=True).click()
            witness.page.wait_for_selector("h1")
            witness.settle()
            witness.opened = (GALLERY.parent / str(target)).as_uri()
            assert unquote(witness.page.url) == unquote(witness.opened)
            assert name in witness.page.inner_text("h1")
            assert witness.complaints() == []
    assert opens >= 2


def test_corridors_unfold(witness: Witness) -> None:
    opened(witness, GALLERY)
    card = witness.page.locator(".card").first
    assert not card.locator("tbody tr").first.is_visible()
    card.locator("summary").click()
    assert card.locator("tbody tr").first.is_visible()


@pytest.mark.parametrize("width_px", [360, 800, 1500])
def test_nothing_is_cut_off(width_px: int, witness: Witness) -> None:
    witness.page.set_viewport_size({"width": width_px, "height": 800})
    opened(witness, GALLERY)
    for summary in witness.page.locator("summary").all():
        summary.click()
    wide = witness.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= width_px


def test_hostile_names_stay_inert(witness: Witness, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(gallery_html([hostile_entry()]), encoding="utf-8")
    opened(witness, path)
    assert witness.page.inner_text("h2") == HOSTILE
    witness.page.click("summary")
    assert HOSTILE in witness.page.locator("tbody th").first.inner_text()
    assert witness.page.locator("img").count() == 0
    assert witness.complaints() == []
