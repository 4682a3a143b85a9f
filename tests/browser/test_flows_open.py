"""The map of flows as a planner meets it: opened by double click, with no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corridors.output.html.map.flow_page import render_flows
from tests.browser.conftest import Witness
from tests.output.fixtures import HOSTILE
from tests.output.html.map.base_map import BASE_MAP
from tests.output.html.map.flows import example_allocation, hostile_allocation

pytestmark = pytest.mark.browser


@pytest.fixture
def flows(witness: Witness, tmp_path: Path) -> Witness:
    path = tmp_path / "map.html"
    path.write_text(render_flows(example_allocation(tmp_path), base_map=BASE_MAP), encoding="utf-8")
    witness.open(path)
    return witness


def widths(witness: Witness) -> list[float]:
    """Return the widths of the drawn lines, in order."""
    found = witness.page.eval_on_selector_all(
        "path.flow-line", "all => all.map(one => Number(one.getAttribute('stroke-width')))"
    )
    return sorted(found)


def row(witness: Witness, text: str) -> str:
    return f"#layers label:has-text('{text}') input"


def test_it_opens_without_a_word_or_a_request(flows: Witness, tmp_path: Path) -> None:
    picture = Path(os.environ.get("FLOWS_SCREENSHOT", tmp_path / "flows.png"))
    flows.page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    # Six legs, two of them drawn on both sides of the Pacific; the widest is 1,900 TEU.
    assert len(widths(flows)) == 8
    assert widths(flows)[-1] == pytest.approx(14.0)
    assert widths(flows)[0] == pytest.approx(14.0 * (100 / 1900) ** 0.5)
    assert flows.complaints() == []


def test_a_corridor_and_a_mode_can_be_taken_away(flows: Witness) -> None:
    for text, left in (("kazakhstan-dostyk", 6), ("Sea", 2), ("panama", 4)):
        flows.page.uncheck(row(flows, text))
        flows.settle()
        assert len(widths(flows)) == left, text
        flows.page.check(row(flows, text))
        flows.settle()
        assert len(widths(flows)) == 8, text
    flows.page.click("[data-pick=none]")
    flows.settle()
    assert flows.page.locator("path.leaflet-interactive").count() == 0
    flows.page.click("[data-pick=all]")
    flows.settle()
    assert len(widths(flows)) == 8
    assert flows.complaints() == []


def test_a_month_shows_its_own_flows(flows: Witness) -> None:
    flows.page.select_option("#month", label="Sep 2026")
    flows.settle()
    assert widths(flows) == pytest.approx([14.0, 14.0])
    assert "Dostyk 50 %" in flows.page.inner_text(".label.capacity")
    flows.page.select_option("#month", label="Aug 2026")
    flows.settle()
    assert len(widths(flows)) == 8
    assert "Dostyk 100 %, USD 32" in flows.page.inner_text(".label.capacity")


def test_popups_tell_months_capacity_and_worth(flows: Witness) -> None:
    flows.page.locator("path.flow-line").first.dispatch_event("click")
    months = flows.page.locator(".flow-popup table.by-month tbody tr")
    assert months.count() == 2
    assert flows.page.locator(".flow-popup table.by-corridor tbody tr").count() == 1
    flows.page.locator("path.capacity").dispatch_event("click")
    flows.page.wait_for_selector(".flow-popup .sum:text('Border crossing')")
    cells = (
        flows.page.locator(".flow-popup:has(.sum:text('Border crossing')) table.by-month tbody tr")
        .first.inner_text()
        .split()
    )
    assert cells == ["Aug", "2026", "100", "100", "100", "%", "31.50"]
    assert flows.complaints() == []


def test_hostile_names_stay_inert(witness: Witness, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(render_flows(hostile_allocation(tmp_path), base_map=BASE_MAP), encoding="utf-8")
    witness.open(path)
    assert witness.page.inner_text("#panel h1") == HOSTILE
    for mark in witness.page.locator("path.leaflet-interactive").all():
        mark.dispatch_event("mouseover")
        mark.dispatch_event("click")
        witness.settle()
        assert HOSTILE in witness.page.locator(".flow-popup").last.inner_text()
    assert witness.page.locator("img").count() == 0
    assert witness.complaints() == []
