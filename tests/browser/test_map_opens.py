"""The map as a planner meets it: opened by double click, with no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.output.html.map.content import map_page
from corridors.studies.compare.run import compare
from tests.browser.conftest import Witness
from tests.browser.maps import card_title, free_points
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison
from tests.output.html.map.base_map import BASE_MAP

pytestmark = pytest.mark.browser

# A year of months holds a card for each option of each of them.
MAX_BYTES, MAX_BYTES_OF_YEAR = 700_000, 900_000


@pytest.fixture(scope="session", params=["example", "written"])
def example_map(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, written: Path
) -> Path:
    """Return a map of a small example with every kind of route, and then that of the program."""
    if request.param == "written":
        return written / "map.html"
    path = tmp_path_factory.mktemp("map") / "map.html"
    path.write_text(map_page(example_comparison(), base_map=BASE_MAP).html(), encoding="utf-8")
    return path


DRAWN = ".leaflet-map-pane path[data-route]:not(.lit)"
OF_ROUTES = "all => all.map((one) => one.dataset.route)"
MOST_WORDS = 300


def drawn_paths(witness: Witness) -> int:
    return witness.page.locator("path.route-line").count()


def test_it_opens_without_a_word_or_a_request(
    witness: Witness, example_map: Path, tmp_path: Path
) -> None:
    most = MAX_BYTES if example_map.parent.name.startswith("map") else MAX_BYTES_OF_YEAR
    assert example_map.stat().st_size <= most
    witness.open(example_map)
    picture = Path(os.environ.get("MAP_SCREENSHOT", tmp_path / "map.png"))
    witness.page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    assert drawn_paths(witness) > 0
    if not witness.page.locator("#months").count():
        assert witness.violations() == []
    assert witness.complaints() == []


def test_the_first_screen_is_read_at_a_glance(witness: Witness, written: Path) -> None:
    witness.open(written / "map.html")
    assert len(witness.words()) <= MOST_WORDS
    # The answer is wide and in its role, what is beside it is thinner, the rest is one grey.
    drawn = witness.page.locator(DRAWN).evaluate_all(
        "all => all.map((one) => [one.classList[1], getComputedStyle(one).strokeWidth,"
        " getComputedStyle(one).stroke])"
    )
    assert [width for pane, width, _ in drawn if pane == "focus"].count("4.4px") == 1
    assert {width for pane, width, _ in drawn if pane == "focus"} <= {"4.4px", "2.8px"}
    context = {(width, colour) for pane, width, colour in drawn if pane == "context"}
    assert context == {("1.15px", "rgb(125, 139, 149)")}
    # Each coloured route has its name on its line, but where there is no room.
    assert witness.page.locator(".line-name:visible").count() >= 2


def test_the_address_is_a_link_to_this_view(witness: Witness, written: Path) -> None:
    witness.open(written / "map.html")
    page = witness.page
    page.locator("#said .row").nth(1).click()
    page.click("#months [data-month='2']")
    page.locator("#said .row").nth(1).click()
    page.evaluate("() => { map_1.setView([10, 80], 4, {animate: false}); }")
    title, link = card_title(page), page.evaluate("() => location.href")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("main[data-drawn]")
    assert card_title(page) == title
    assert page.evaluate("() => [map_1.getCenter().lat, map_1.getZoom()]") == [
        pytest.approx(10.0, abs=0.02),
        4,
    ]
    assert page.get_attribute("#months [data-month='2']", "aria-pressed") == "true"
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the map as an image").click()
    assert Path(saved.value.path()).stat().st_size > 50_000
    assert [one for one in witness.complaints() if not one.startswith(("blob:", "file:"))] == []


def test_detours_that_nobody_would_take_are_drawn_when_asked(
    witness: Witness, tmp_path: Path
) -> None:
    ends = ["origin=Rotterdam", "destination=Stockholm"]
    compared = compare(load_scenario("shanghai-europe", set_values=ends), fronts=False)
    assert compared.detours
    path = tmp_path / "map.html"
    path.write_text(map_page(compared, base_map=BASE_MAP).html(), encoding="utf-8")
    witness.open(path)
    drawn = {int(one) for one in witness.page.locator(DRAWN).evaluate_all(OF_ROUTES)}
    rows = {int(one) for one in witness.page.locator("#said .row").evaluate_all(OF_ROUTES)}
    assert len(rows - drawn) == len(compared.detours)
    witness.page.locator(f"#said .row[data-route='{max(rows - drawn)}']").hover()
    witness.settle()
    assert witness.page.locator("path.route-line.lit").count() == 1
    assert witness.complaints() == []


@pytest.mark.first_case
def test_each_route_opens_its_costs_hours_and_sources(witness: Witness, example_map: Path) -> None:
    witness.open(example_map)
    buttons = witness.page.locator("#said .row")
    for i in range(buttons.count()):
        buttons.nth(i).click()
        witness.settle()
        popup = witness.page.locator("#card")
        assert popup.locator(".cost-lines tbody tr").count() > 0
        titles = popup.locator("summary").all_inner_texts()
        assert titles[:2] == ["Transport chain", "Cost per 40'"]
        assert popup.locator(".chain tbody tr").count() > 0
        popup.get_by_text("Hours", exact=True).first.click()
        # On a busy machine they unfold a moment later.
        popup.locator(".time-parts tbody tr").first.wait_for(state="visible", timeout=5_000)
    assert witness.complaints() == []


def test_no_route_is_drawn_across_the_whole_map(witness: Witness, example_map: Path) -> None:
    witness.open(example_map)
    # A line that jumps at 180 degrees would have a straight piece across the world.
    widest_deg = witness.page.evaluate(
        """() => {
          let widest = 0;
          map_1.eachLayer((layer) => {
            if (!layer.getLatLngs || !(layer.options.className || '').startsWith('route-line')) {
              return;
            }
            layer.getLatLngs().forEach((line) => line.forEach((point, i, all) => {
              if (i) widest = Math.max(widest, Math.abs(point.lng - all[i - 1].lng));
            }));
          });
          return widest;
        }"""
    )
    assert 0 < widest_deg < 180


def test_hostile_names_stay_inert(witness: Witness, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(map_page(hostile_comparison(), base_map=BASE_MAP).html(), encoding="utf-8")
    witness.open(path)
    assert HOSTILE in witness.page.inner_text("#panel")
    assert witness.page.title() == HOSTILE
    witness.page.locator("#said .row").first.click()
    assert HOSTILE in card_title(witness.page)
    witness.page.click(".close")
    for x, y, _ in free_points(witness.page).values():
        witness.page.mouse.move(x, y)
        witness.page.mouse.click(x, y)
        assert card_title(witness.page) != ""
    assert witness.page.locator("img").count() == 0
    assert witness.complaints() == []
