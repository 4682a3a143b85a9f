"""The reports as an analyst meets them: opened by double click, filtered, with no network."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from corridors.output.html.report.batch_report import render_batch_report
from corridors.output.html.report.investment_report import render_investment
from corridors.output.html.report.single import render_report
from tests.browser.conftest import Witness
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison
from tests.output.html.report.investments import example_investment
from tests.output.html.report.sweeps import HOSTILES, hostile_sweep, large_sweep, small_sweep

pytestmark = pytest.mark.browser

MAX_BYTES = 4 * 1024 * 1024


def open_report(witness: Witness, path: Path) -> None:
    """Open a report and wait until Bokeh has drawn every chart."""
    witness.opened = path.as_uri()
    witness.page.goto(witness.opened)
    witness.page.wait_for_selector("main")
    charts = witness.page.locator(".chart").count()
    witness.page.wait_for_function(
        "(count) => Bokeh.documents.filter((d) => d.is_idle).length === count", arg=charts
    )
    witness.settle()


def saved(folder: Path, html: str) -> Path:
    """Write a report, to be opened by its own address."""
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture(params=["example", "written"])
def single(request: pytest.FixtureRequest, tmp_path: Path, written: Path) -> Path:
    """Return a report of a small example, and then that of the program."""
    if request.param == "written":
        return written / "report.html"
    return saved(tmp_path, render_report(example_comparison(), sources={}, command="corridors"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return saved(tmp_path, render_batch_report(small_sweep()))


def rows(witness: Witness, table: str) -> list[list[str]]:
    """Return the cells of a table's body."""
    return [
        row.locator("th, td").all_inner_texts()
        for row in witness.page.locator(f"#{table} tbody tr").all()
    ]


def choose(witness: Witness, key: str, value: str) -> None:
    witness.page.locator(f"#filters select[data-key='{key}']").select_option(label=value)


def test_a_comparison_opens_without_a_word_or_a_request(
    witness: Witness, single: Path, tmp_path: Path
) -> None:
    assert single.stat().st_size <= MAX_BYTES
    open_report(witness, single)
    picture = Path(os.environ.get("REPORT_SCREENSHOT", tmp_path / "report.png"))
    witness.page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 10_000
    assert witness.page.locator(".chart canvas").count() >= 4
    assert witness.page.locator(".answer .first").inner_text().startswith("Take ")
    assert witness.complaints() == []


def test_a_heading_sorts_the_table_both_ways(witness: Witness, single: Path) -> None:
    open_report(witness, single)
    # The folded options have a table of their own below.
    table = witness.page.locator("#ranking table").first
    heading = table.locator("th", has_text=re.compile("^Cost USD/TEU$"))

    def prices() -> list[float]:
        texts = table.locator("tbody tr td:nth-child(3)").all_inner_texts()
        return [float(text.replace(",", "")) for text in texts if text != "—"]

    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert prices() == sorted(prices())
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert prices() == sorted(prices(), reverse=True)
    assert witness.complaints() == []


def test_a_corridor_unfolds_to_its_cost_lines(witness: Witness, single: Path) -> None:
    open_report(witness, single)
    first = witness.page.locator("#details details").first
    assert not first.locator("table").first.is_visible()
    first.locator("summary").click()
    assert first.locator("table").first.is_visible()
    # Chain, cost lines, hours, legs; the areas of piracy that a way by Suez sails through; and its
    # lines, which the small example has none of.
    lines = "Lines known to cover the main carriage on its date"
    assert first.locator("table").count() == (6 if lines in first.inner_text() else 5)


def test_a_batch_opens_without_a_word_or_a_request(witness: Witness, small: Path) -> None:
    open_report(witness, small)
    assert witness.page.inner_text("#count") == "4 of 4 scenarios."
    assert rows(witness, "summary") == [
        ["Canal A", "2", "50 %", "0", "2", "100", "30.0", "1", "0"],
        # B costs 20 and 30 more than A, wins once, and costs 4 more than C: 120, 130, 120, 130.
        ["Cape B", "1", "25 %", "0", "4", "125", "44.0", "2", "0"],
        ["Rail C", "1", "25 %", "0", "2", "138", "20.0", "1.5", "0"],
    ]
    assert witness.complaints() == []


def test_filters_change_the_counts_the_heat_map_and_the_rows(witness: Witness, small: Path) -> None:
    open_report(witness, small)
    choose(witness, "world", "shut")
    assert witness.page.inner_text("#count") == "2 of 4 scenarios."
    # The fourth column counts the scenarios in which the recommended corridor is tied.
    assert [row[:5] for row in rows(witness, "summary")] == [
        ["Cape B", "1", "50 %", "0", "2"],
        ["Rail C", "1", "50 %", "0", "2"],
        ["Canal A", "0", "0 %", "0", "0"],
    ]
    assert rows(witness, "heat") == [["shut", "Cape B", "Rail C"]]
    assert [row[0] for row in rows(witness, "scenarios")] == ["shut, tea", "shut, toys"]
    choose(witness, "cargo", "toys")
    assert witness.page.inner_text("#count") == "1 of 4 scenarios."
    assert rows(witness, "heat") == [["shut", "Rail C"]]
    witness.page.get_by_role("button", name="Show all").click()
    assert witness.page.inner_text("#count") == "4 of 4 scenarios."
    assert witness.complaints() == []


def test_the_heat_map_changes_its_axes(witness: Witness, small: Path) -> None:
    open_report(witness, small)
    assert rows(witness, "heat") == [["open", "Canal A", "Canal A"], ["shut", "Cape B", "Rail C"]]
    colour = witness.page.locator("#heat tbody td").first.evaluate(
        "(cell) => getComputedStyle(cell).backgroundColor"
    )
    assert colour == "rgb(0, 114, 178)"  # #0072b2, as on the map
    witness.page.locator("select[data-axis=down]").select_option(label="cargo")
    # Both axes the same: of the two scenarios in a cell, the corridor shown is recommended in one.
    witness.page.locator("select[data-axis=across]").select_option(label="cargo")
    assert rows(witness, "heat") == [["tea", "Canal A\n50 %"], ["toys", "Canal A\n50 %"]]
    witness.page.locator("select[data-axis=across]").select_option(label="world")
    assert rows(witness, "heat") == [["tea", "Canal A", "Cape B"], ["toys", "Canal A", "Rail C"]]
    assert witness.complaints() == []


def test_a_scenario_stands_beside_the_baseline(witness: Witness, small: Path) -> None:
    open_report(witness, small)
    first, _, _, last = rows(witness, "scenarios")
    assert first == ["open, tea", "baseline", "Canal A", "100", "30.0", "1.20", "—"]
    assert last == [
        "shut, toys",
        "world: open → shut\ncargo: tea → toys",
        "Rail C",
        "126\n+26",
        "20.0\n\u221210.0",
        "0.80\n\u22120.40",
        "Canal A 1 → not usable\nRail C not usable → 1",
    ]
    witness.page.get_by_role("button", name="shut, toys").click()
    assert rows(witness, "scenarios")[4] == [
        "1. Rail C: USD 126, 20.0 days, 0.80 t CO₂e per TEU\n"
        "2. Cape B: USD 130, 44.0 days, 1.76 t CO₂e per TEU\nNot usable: Canal A."
    ]
    assert witness.complaints() == []


def test_three_thousand_scenarios_turn_page_by_page(witness: Witness, tmp_path: Path) -> None:
    path = saved(tmp_path, render_batch_report(large_sweep(3000)))
    assert path.stat().st_size <= MAX_BYTES
    open_report(witness, path)
    pages = witness.page.locator("[data-pages]").first
    assert len(rows(witness, "scenarios")) == 50
    assert pages.inner_text().split("\n")[1] == "1 to 50 of 3,000"
    pages.get_by_role("button", name="Next").click()
    assert rows(witness, "scenarios")[0][0].startswith("scenario 50:")
    assert "51 to 100 of 3,000" in pages.inner_text()
    assert pages.get_by_role("button", name="Previous").is_enabled()
    choose(witness, "departure", "2026-03-15")
    assert "1 to 50 of 100" in pages.inner_text()
    assert witness.complaints() == []


def test_hostile_texts_of_a_batch_stay_inert(witness: Witness, tmp_path: Path) -> None:
    path = saved(tmp_path, render_batch_report(hostile_sweep()))
    open_report(witness, path)
    assert witness.page.title() == f"Report: {HOSTILE}"
    names: list[str] = []
    next_page = witness.page.locator("[data-pages]").first.get_by_role("button", name="Next")
    while True:
        found = witness.page.locator("#scenarios .open")
        names += found.evaluate_all("(all) => all.map((button) => button.textContent)")
        if not next_page.is_enabled():
            break
        next_page.click()
    assert names[:101] == [HOSTILE, *HOSTILES]
    witness.page.locator("#filters select").first.select_option(index=1)
    witness.page.locator("#scenarios .open").first.click()
    assert_inert(witness)
    assert HOSTILE in pointed_texts(witness)
    assert_inert(witness)


def test_hostile_texts_of_a_comparison_stay_inert(witness: Witness, tmp_path: Path) -> None:
    html = render_report(hostile_comparison(), sources={HOSTILE: HOSTILE}, command=HOSTILE)
    open_report(witness, saved(tmp_path, html))
    assert witness.page.inner_text("h1") == HOSTILE
    for summary in witness.page.locator("summary").all():
        summary.click()
    assert HOSTILE in pointed_texts(witness)
    assert_inert(witness)


def assert_inert(witness: Witness) -> None:
    """Check, also inside the shadows that Bokeh draws in, that no text became an element."""
    made = witness.page.evaluate(
        """() => {
          const found = [];
          const look = (root) => root.querySelectorAll('*').forEach((element) => {
            const tag = element.localName;
            if (['img', 'iframe', 'object', 'a'].includes(tag) && !element.closest('nav')) {
              found.push(element.outerHTML);
            }
            if (tag === 'script' && /^\\s*alert/.test(element.textContent)) found.push('script');
            for (const { name } of element.attributes) if (/^on/.test(name)) found.push(name);
            if (element.shadowRoot) look(element.shadowRoot);
          });
          look(document);
          return found;
        }"""
    )
    assert made == []
    assert witness.complaints() == []


def pointed_texts(witness: Witness) -> set[str]:
    """Move the pointer down each chart and return what its tooltips say."""
    found: set[str] = set()
    for chart in witness.page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        for down in range(1, 16):
            # Left of the middle, where the first bars are; the pointer moves, or nothing opens.
            for across in (0.22, 0.23):
                witness.page.mouse.move(
                    box["x"] + box["width"] * across, box["y"] + box["height"] * down / 16
                )
            witness.settle()
            found |= set(
                witness.page.evaluate(
                    """() => {
                      const texts = [];
                      const look = (root) => root.querySelectorAll('*').forEach((element) => {
                        if (element.classList.contains('bk-tooltip-row-value')) {
                          texts.push(element.textContent.trim());
                        }
                        if (element.shadowRoot) look(element.shadowRoot);
                      });
                      look(document);
                      return texts;
                    }"""
                )
            )
    return found


def test_it_is_readable_on_a_small_screen(witness: Witness, small: Path) -> None:
    witness.page.set_viewport_size({"width": 420, "height": 800})
    open_report(witness, small)
    wide = witness.page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide == 0
    assert witness.complaints() == []


def test_the_report_of_an_investment_opens_without_a_word(witness: Witness, tmp_path: Path) -> None:
    investment = example_investment(tmp_path, title=HOSTILE)
    open_report(witness, saved(tmp_path, render_investment(investment)))
    assert witness.page.locator("#chart-curve canvas").count() > 0
    assert HOSTILE in witness.page.inner_text(".answer")
    assert witness.complaints() == []
