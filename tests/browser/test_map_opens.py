"""The map as a planner meets it: opened by double click, with no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.output.html.map.map_page import render_map
from corridors.studies.compare import compare
from tests.browser.conftest import Witness
from tests.browser.maps import card_title, free_points
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison
from tests.output.html.map.base_map import BASE_MAP

pytestmark = pytest.mark.browser

MAX_BYTES = 900_000


@pytest.fixture(scope="session", params=["example", "written"])
def example_map(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, written: Path
) -> Path:
    """Return a map of a small example with every kind of route, and then that of the program."""
    if request.param == "written":
        return written / "map.html"
    path = tmp_path_factory.mktemp("map") / "map.html"
    path.write_text(render_map(example_comparison(), base_map=BASE_MAP), encoding="utf-8")
    return path


# What the page draws of routes and places.
DRAWN = "path.route-line, path.place"


def drawn_paths(witness: Witness) -> int:
    return witness.page.locator("path.route-line").count()


def test_it_opens_without_a_word_or_a_request(
    witness: Witness, example_map: Path, tmp_path: Path
) -> None:
    assert example_map.stat().st_size <= MAX_BYTES
    witness.open(example_map)
    picture = Path(os.environ.get("MAP_SCREENSHOT", tmp_path / "map.png"))
    witness.page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    assert drawn_paths(witness) > 0
    if not witness.page.locator("#months").count():
        assert witness.violations() == []
    assert witness.complaints() == []


@pytest.mark.first_case
def test_every_layer_vanishes_and_returns(witness: Witness, example_map: Path) -> None:
    witness.open(example_map)
    witness.page.click("[data-pick=all]")
    witness.settle()
    boxes = witness.page.locator("#layers input[type=checkbox]")
    assert boxes.count() == witness.page.locator(".row[data-index]").count() + 1
    for i in range(boxes.count()):
        before = witness.page.locator(DRAWN).count()
        boxes.nth(i).uncheck()
        witness.settle()
        assert witness.page.locator(DRAWN).count() < before, i
        boxes.nth(i).check()
        witness.settle()
        assert witness.page.locator(DRAWN).count() == before, i
    assert witness.complaints() == []


@pytest.mark.first_case
def test_all_none_and_recommended(witness: Witness, example_map: Path) -> None:
    witness.open(example_map)
    opened = drawn_paths(witness)
    witness.page.click("[data-pick=all]")
    witness.settle()
    everything = drawn_paths(witness)
    assert everything >= opened
    witness.page.click("[data-pick=none]")
    witness.settle()
    assert drawn_paths(witness) == 0
    witness.page.click("[data-pick=best]")
    witness.settle()
    assert 0 < drawn_paths(witness) < everything
    witness.page.click("[data-pick=all]")
    witness.settle()
    assert drawn_paths(witness) == everything


def test_detours_that_nobody_would_take_are_drawn_when_asked(
    witness: Witness, tmp_path: Path
) -> None:
    ends = ["origin=Rotterdam", "destination=Stockholm"]
    compared = compare(load_scenario("shanghai-europe", set_values=ends), fronts=False)
    assert compared.detours
    path = tmp_path / "map.html"
    path.write_text(render_map(compared, base_map=BASE_MAP), encoding="utf-8")
    witness.open(path)
    unticked = witness.page.locator("#layers input[type=checkbox]:not(:checked)").count()
    assert unticked == len(compared.detours)
    assert "Unticked routes go over half as far again" in witness.page.inner_text("#panel")
    drawn = drawn_paths(witness)
    witness.page.click("[data-pick=all]")
    witness.settle()
    assert 0 < drawn < drawn_paths(witness)
    assert witness.complaints() == []


@pytest.mark.first_case
def test_each_route_opens_its_costs_hours_and_sources(witness: Witness, example_map: Path) -> None:
    witness.open(example_map)
    buttons = witness.page.locator("#layers [data-route]")
    for i in range(buttons.count()):
        buttons.nth(i).click()
        witness.settle()
        popup = witness.page.locator("#card")
        assert popup.locator(".cost-lines tbody tr").count() > 0
        titles = popup.locator("summary").all_inner_texts()
        assert titles[:2] == ["Transport chain", "Cost per TEU"]
        assert popup.locator(".chain tbody tr").count() > 0
        popup.get_by_text("Hours", exact=True).first.click()
        # On a busy machine they unfold a moment later.
        popup.locator(".time-parts tbody tr").first.wait_for(state="visible", timeout=5_000)
        assert witness.page.locator("#layers input").nth(i).is_checked()
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
            layer.getLatLngs().forEach((point, i, all) => {
              if (i) widest = Math.max(widest, Math.abs(point.lng - all[i - 1].lng));
            });
          });
          return widest;
        }"""
    )
    assert 0 < widest_deg < 180


def test_hostile_names_stay_inert(witness: Witness, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(render_map(hostile_comparison(), base_map=BASE_MAP), encoding="utf-8")
    witness.open(path)
    assert HOSTILE in witness.page.inner_text("#panel")
    assert witness.page.title() == HOSTILE
    witness.page.locator("#layers [data-route]").first.click()
    assert HOSTILE in card_title(witness.page)
    witness.page.click(".close")
    for x, y, _ in free_points(witness.page).values():
        witness.page.mouse.move(x, y)
        witness.page.mouse.click(x, y)
        assert card_title(witness.page) != ""
    assert witness.page.locator("img").count() == 0
    assert witness.complaints() == []
