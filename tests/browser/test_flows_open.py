"""The map of flows as a planner meets it: opened by double click, with no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corridors.output.html.map.flow_content import flow_page
from tests.browser.conftest import Witness
from tests.output.fixtures import HOSTILE
from tests.output.html.map.base_map import BASE_MAP
from tests.output.html.map.flows import example_allocation, hostile_allocation

pytestmark = pytest.mark.browser


@pytest.fixture
def flows(witness: Witness, tmp_path: Path) -> Witness:
    path = tmp_path / "map.html"
    path.write_text(
        flow_page(example_allocation(tmp_path), base_map=BASE_MAP).html(), encoding="utf-8"
    )
    witness.open(path)
    return witness


def widths(witness: Witness) -> list[float]:
    """Return the widths of the drawn lines, in order."""
    found = witness.page.eval_on_selector_all(
        "path.flow-line", "all => all.map(one => Number(one.getAttribute('stroke-width')))"
    )
    return sorted(found)


def points_of(witness: Witness, paths: str) -> list[tuple[float, float]]:
    """Return the middle of each path that lies on the open map, in px."""
    found = witness.page.eval_on_selector_all(
        paths,
        """all => all.map((path) => {
          const at = path.getPointAtLength(path.getTotalLength() / 2);
          const { x, y } = at.matrixTransform(path.getScreenCTM());
          return [x, y];
        })""",
    )
    return [(x, y) for x, y in found if 480 < x < 1400 and 60 < y < 820]


def test_it_opens_without_a_word_or_a_request(flows: Witness, tmp_path: Path) -> None:
    picture = Path(os.environ.get("FLOWS_SCREENSHOT", tmp_path / "flows.png"))
    flows.page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    # Six legs, two of them drawn on both sides of the Pacific; the widest is 1,900 TEU.
    assert len(widths(flows)) == 6
    pieces = flows.page.eval_on_selector_all(
        "path.flow-line", "all => all.map(one => one.getAttribute('d').split('M').length - 1)"
    )
    assert max(pieces) == 2
    assert widths(flows)[-1] == pytest.approx(14.0)
    assert widths(flows)[0] == pytest.approx(14.0 * (100 / 1900) ** 0.5)
    assert flows.complaints() == []


def test_a_corridor_or_a_mode_can_be_shown_alone(flows: Witness) -> None:
    for text, left in (("kazakhstan-dostyk", 2), ("Sea", 4), ("panama", 2)):
        flows.page.locator("#said .row", has_text=text).click()
        flows.settle()
        assert len(widths(flows)) == left, text
        flows.page.locator("#said .row", has_text=text).click()
        flows.settle()
        assert len(widths(flows)) == 6, text
    assert flows.complaints() == []


def test_a_month_shows_its_own_flows(flows: Witness) -> None:
    flows.page.select_option("#month", label="Sep 2026")
    flows.settle()
    assert widths(flows) == pytest.approx([14.0, 14.0])
    # A place that is half used has no name on a wide view.
    assert flows.page.locator(".label.capacity").count() == 0
    flows.page.select_option("#month", label="Aug 2026")
    flows.settle()
    assert len(widths(flows)) == 6
    assert "Dostyk 100 %, USD 63" in flows.page.inner_text(".label.capacity")


def test_lines_and_places_open_where_they_are_pressed(flows: Witness) -> None:
    box = flows.page.locator("path.flow-line.mode-1").first.bounding_box()
    assert box is not None
    flows.page.mouse.click(*points_of(flows, "path.flow-line.mode-1")[0])
    months = flows.page.locator(".flow-popup table.by-month tbody tr")
    assert months.count() == 2
    assert flows.page.locator(".flow-popup table.by-corridor tbody tr").count() == 1
    flows.page.keyboard.press("Escape")
    circle = flows.page.locator("path.capacity").bounding_box()
    assert circle is not None
    flows.page.mouse.click(circle["x"] + circle["width"] / 2, circle["y"] + circle["height"] / 2)
    assert "Border crossing" in flows.page.inner_text(".flow-popup .sum >> nth=0")
    cells = flows.page.locator(".flow-popup table.by-month tbody tr").first.inner_text().split()
    assert cells == ["Aug", "2026", "100", "100", "100", "%", "63.00"]
    assert flows.violations() == []
    assert flows.complaints() == []


def test_figures_are_those_of_the_month_and_add_up(flows: Witness) -> None:
    def figures(kind: str) -> list[str]:
        return flows.page.locator(f"#said .rows{kind} .n:not(.d)").all_inner_texts()

    assert figures(".less") == ["2,000", "100"]
    # Means of 1,900 TEU at 1,000 USD and 100 at 1,200, and of 100 at 3,500, per 40'.
    means = flows.page.locator("#said .rows.less .n.d").all_inner_texts()
    assert means == ["2,020", "7,000"]
    assert "in all 2,100 TEU" in flows.page.inner_text("#said h2 >> nth=-1")
    flows.page.select_option("#month", label="Sep 2026")
    flows.settle()
    assert figures(".less") == ["1,000", "0"]
    assert figures(":not(.less)") == ["1,000", "0", "0"]
    assert flows.page.inner_text("#said h2 >> nth=-1").startswith("Sep 2026")
    assert "in all 1,000 TEU" in flows.page.inner_text("#said h2 >> nth=-1")


def test_flows_are_two_stops_of_the_keyboard(flows: Witness) -> None:
    stops = flows.page.locator(".leaflet-map-pane [tabindex='0']")
    assert stops.count() == 2
    stops.first.focus()
    flows.page.keyboard.press("ArrowRight")
    # Where the keyboard is shows around the map, since a line has no border.
    ring = flows.page.locator(".folium-map").evaluate("one => getComputedStyle(one).outlineStyle")
    assert ring == "solid"
    assert "TEU. Press Enter" in str(stops.first.get_attribute("aria-label"))
    flows.page.keyboard.press("Enter")
    assert "1,900" in flows.page.inner_text("#card")
    flows.page.keyboard.press("Escape")
    assert flows.page.evaluate("() => document.activeElement.classList.contains('stop')")


def test_a_link_opens_the_leg_and_the_month_that_are_shown(flows: Witness) -> None:
    flows.page.select_option("#month", label="Sep 2026")
    flows.settle()
    flows.page.mouse.click(*points_of(flows, "path.flow-line.mode-0")[0])
    name = flows.page.inner_text("#card h2")
    # What is open stays lit.
    assert flows.page.locator("path.route-line.lit").count() == 1
    flows.page.reload()
    flows.page.wait_for_selector("main[data-drawn]")
    assert flows.page.inner_text("#card h2") == name
    assert flows.page.eval_on_selector("#month", "one => one.selectedOptions[0].text") == "Sep 2026"
    assert flows.complaints() == []


def test_hostile_names_stay_inert(witness: Witness, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(
        flow_page(hostile_allocation(tmp_path), base_map=BASE_MAP).html(), encoding="utf-8"
    )
    witness.open(path)
    assert witness.page.inner_text("#panel .eye").startswith(HOSTILE)
    for x, y in points_of(witness, "path.flow-line, path.capacity, path.end"):
        witness.page.mouse.move(x, y)
        witness.page.mouse.click(x, y)
        assert HOSTILE in witness.page.inner_text("#card")
    assert witness.page.locator("img").count() == 0
    assert witness.complaints() == []
