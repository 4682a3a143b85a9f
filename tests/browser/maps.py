"""What the tests of maps ask of a page: where routes lie on it, and what overlaps."""

from __future__ import annotations

from typing import Any, TypeVar

from playwright.sync_api import Page

from tests.browser.conftest import PROBES, Witness
from tests.conftest import LONG

T = TypeVar("T")
_TITLE = "() => (document.querySelector('#card:not([hidden]) h2') || {}).textContent || ''"
MAP_ROOT, GLOBE_ROOT = ".leaflet-map-pane", "#globe"
MAP_LABELS = ".leaflet-labels-pane .label, .leaflet-names-pane .line-name:not([hidden])"
GLOBE_LABELS = "#globe .label, #globe .line-name:not([hidden])"


def some_of(all_of_them: list[T]) -> list[T]:
    """Return one in three, the first too; all in `make test-long`."""
    return all_of_them if LONG else all_of_them[::3]


def probe(page: Page, name: str, *arguments: object) -> Any:
    """Return the answer of a function of `probes.js`."""
    if not page.evaluate("() => Boolean(window.probes)"):
        page.evaluate(PROBES.read_text(encoding="utf-8"))
    return page.evaluate(f"(all) => probes.{name}(...all)", list(arguments))


def free_points(page: Page, root: str = MAP_ROOT) -> dict[int, tuple[float, float, float]]:
    """Return by route a point of its strand in px, and its distance to other strands, at most 30.

    Routes without a point on the open map are left out.
    """
    found = probe(page, "freePoints", root)
    return {int(route): (x, y, free) for route, x, y, free in found if free >= 0}


def overlaps(page: Page, labels: str) -> tuple[int, list[str]]:
    """Return how many labels there are, and which overlap, are covered or cut."""
    count, found = probe(page, "overlaps", labels)
    return int(count), list(found)


def titles(page: Page) -> list[str]:
    """Return the titles of the routes by number, as their rows in the panel name them."""
    names = page.locator("#said .row").evaluate_all(
        "all => all.map(one => [Number(one.dataset.route), one.querySelector('b').textContent])"
    )
    return [name for _, name in sorted(names)]


def card_title(page: Page) -> str:
    """Return the title of the open card; empty if none is open."""
    return str(page.evaluate(_TITLE))


def calm(witness: Witness) -> Page:
    """Return a page that other tests used as it opened: the map, every route, the first month."""
    page = witness.page
    page.mouse.move(0, 0)
    page.evaluate("""() => {
      const close = document.querySelector('#card:not([hidden]) .close');
      if (close) close.click();
      const first = document.querySelector('[data-month="0"]');
      if (first) first.click();
      document.querySelector('[data-view=map]').click();
      document.activeElement.blur();
    }""")
    witness.settle()
    return page


def shown(page: Page, script: str) -> Any:
    """Return what a script says once two frames have been drawn."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return page.evaluate(script)


def strip_of(page: Page, month: int) -> list[str]:
    """Return what the rows of the strip say of a month: a cell may stand for several."""
    return list(
        page.locator("#months tbody tr:visible").evaluate_all(
            """(rows, month) => rows.map((row) => {
              let ends = 0;
              return [...row.cells].slice(1).find((cell) => {
                ends += cell.colSpan;
                return ends > month;
              }).innerText;
            })""",
            month,
        )
    )
