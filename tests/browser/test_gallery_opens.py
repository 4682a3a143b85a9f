"""The gallery as a reader meets it: opened by double click, with no network."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from corridors.output.html.gallery.gallery_page import gallery_html
from corridors.studies.gallery import write_gallery
from tests.browser.conftest import Witness
from tests.output.fixtures import HOSTILE, example_comparison
from tests.output.html.gallery.test_examples import MAPS
from tests.output.html.gallery.test_gallery_page import entry, hostile_entry

pytestmark = pytest.mark.browser

SCENARIOS = ("vostochny-warsaw", "yiwu-madrid")
PAGES = ("index.html", "examples/index.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a gallery of two scenarios, with their maps and reports."""
    made = tmp_path_factory.mktemp("gallery") / "maps"
    write_gallery(made, names=SCENARIOS)
    return made


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the committed gallery, and a small one of the maps and reports of examples."""
    made = tmp_path_factory.mktemp("pages")
    (made / "examples").mkdir()
    shutil.copy(MAPS / PAGES[0], made)
    (made / PAGES[1]).write_text(
        gallery_html([entry(example_comparison())], links=True), encoding="utf-8"
    )
    return made


def opened(witness: Witness, path: Path) -> None:
    witness.opened = path.as_uri()
    witness.page.goto(witness.opened)
    witness.page.wait_for_selector("main .card svg path", state="attached")


@pytest.mark.parametrize("page", PAGES)
def test_it_opens_without_a_word_or_a_request(witness: Witness, pages: Path, page: str) -> None:
    opened(witness, pages / page)
    assert witness.violations() == []
    assert witness.complaints() == []


def test_its_style_is_let_through_and_corridors_unfold(witness: Witness, pages: Path) -> None:
    opened(witness, pages / PAGES[0])
    shown = witness.page.locator(".card").first.evaluate("card => getComputedStyle(card).overflow")
    assert shown == "hidden"
    card = witness.page.locator(".card").first
    assert not card.locator("tbody tr").first.is_visible()
    card.locator("summary").click()
    assert card.locator("tbody tr").first.is_visible()


@pytest.mark.long
def test_every_map_and_report_opens_from_it(witness: Witness, folder: Path) -> None:
    gallery = folder / "examples" / "index.html"
    opened(witness, gallery)
    assert witness.page.locator(".card").count() == len(SCENARIOS)
    for i in range(len(SCENARIOS)):
        for link in ("Map", "Report"):
            opened(witness, gallery)
            card = witness.page.locator(".card").nth(i)
            name = card.locator("h2").inner_text()
            # A page that opens may ask for itself, and for nothing else.
            target = card.get_by_role("link", name=link, exact=True).get_attribute("href")
            witness.requests.clear()
            card.get_by_role("link", name=link, exact=True).click()
            witness.page.wait_for_selector("h1")
            witness.settle()
            witness.opened = (gallery.parent / str(target)).as_uri()
            assert unquote(witness.page.url) == unquote(witness.opened)
            assert name in witness.page.inner_text("h1")
            assert witness.complaints() == []


def test_nothing_is_cut_off(witness: Witness, pages: Path) -> None:
    opened(witness, pages / PAGES[0])
    witness.page.evaluate("() => document.querySelectorAll('details').forEach(o => o.open = true)")
    for width_px in (360, 800, 1500):
        witness.page.set_viewport_size({"width": width_px, "height": 800})
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
