"""Results in the cells of a notebook: the table, and the map in its frame, with no network."""

from __future__ import annotations

from pathlib import Path

import pytest

import corridors
from tests.browser.conftest import Witness

pytestmark = pytest.mark.browser

SHELL = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head>'
    "<body><main><h1>Notebook</h1>{cells}</main></body></html>"
)


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page with a cell of each kind of result that shows a page of its own."""
    found = corridors.compare("shanghai-europe", corridors=["suez", "cape", "trans-siberian"])
    shown = (found, found.report(), corridors.stress(found, pairs=False))
    file = tmp_path_factory.mktemp("notebook") / "notebook.html"
    cells = "".join(result._repr_html_() for result in shown if result is not None)
    file.write_text(SHELL.format(cells=cells), encoding="utf-8")
    return file


def test_a_cell_shows_table_and_map_without_a_network(witness: Witness, notebook: Path) -> None:
    witness.page.set_viewport_size({"width": 390, "height": 844})
    witness.opened = notebook.as_uri()
    witness.page.goto(witness.opened)
    drawn = witness.page.frame_locator("iframe").first
    drawn.locator("main[data-drawn]").wait_for(state="attached")
    assert drawn.locator("path.route-line").count() >= 3
    assert witness.page.locator("table").first.locator("tbody tr").count() == 3
    assert witness.page.locator("iframe").count() == 2
    for width_px in (390, 1400):
        witness.page.set_viewport_size({"width": width_px, "height": 844})
        assert witness.sideways() == 0
    assert witness.complaints() == []
    # Last: axe-core writes to the frames, whose pages have tests of their own, and is refused.
    assert witness.violations() == []
