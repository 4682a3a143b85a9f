"""The reports as an analyst meets them: opened by double click, filtered, with no network."""

from __future__ import annotations

import os
import re
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from corridors.output.html.report.batch_report import render_batch_report
from corridors.output.html.report.details import render_report
from corridors.studies.invest.page import render_investment
from tests.browser.conftest import Witness
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison
from tests.output.html.report.investments import example_investment
from tests.output.html.report.sweeps import HOSTILES, hostile_sweep, large_sweep, small_sweep

pytestmark = pytest.mark.browser

MAX_BYTES = 4 * 1024 * 1024
# Of a comparison.
MOST_BYTES = 900_000


def open_report(witness: Witness, path: Path) -> None:
    """Open a report and wait until it is drawn."""
    witness.opened = path.as_uri()
    witness.page.goto(witness.opened)
    witness.page.wait_for_selector("main")
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
    assert single.stat().st_size <= MOST_BYTES
    open_report(witness, single)
    picture = Path(os.environ.get("REPORT_SCREENSHOT", tmp_path / "report.png"))
    witness.page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 10_000
    assert witness.page.locator(".chart").count() >= 4
    assert (
        witness.page.locator(".answer .first")
        .inner_text()
        .startswith(("Book ", "If it sailed, book "))
    )
    assert witness.complaints() == []


def test_a_heading_sorts_the_table_both_ways(witness: Witness, single: Path) -> None:
    open_report(witness, single)
    # The folded options have a table of their own below.
    table = witness.page.locator("#ranking table").first
    heading = table.locator("th", has_text=re.compile("^Cost USD/40'$"))

    def prices() -> list[float]:
        number = heading.evaluate("(cell) => cell.cellIndex + 1")
        texts = table.locator(f"tbody tr td:nth-child({number})").all_inner_texts()
        return [float(text.replace(",", "")) for text in texts if text != "—"]

    # The first press is beside the words, the second by the keyboard.
    heading.click(position={"x": 3, "y": 3})
    assert heading.get_attribute("aria-sort") == "ascending"
    assert prices() == sorted(prices())
    heading.locator("button").focus()
    witness.page.keyboard.press("Enter")
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
    colours = [
        cell.evaluate("(cell) => getComputedStyle(cell).backgroundColor")
        for cell in witness.page.locator("#heat tbody td").all()
    ]
    # One colour a corridor: Canal A twice, Cape B, Rail C.
    assert colours[0] == colours[1]
    assert len(set(colours)) == 3
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


@pytest.mark.long
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
    """Check that no text became an element."""
    made = witness.page.evaluate(
        """() => Array.from(document.querySelectorAll('*')).flatMap((element) => {
          const found = [];
          const tag = element.localName;
          if (['img', 'iframe', 'object'].includes(tag)) found.push(element.outerHTML);
          if (tag === 'a' && !element.getAttribute('href').startsWith('#')) found.push('a');
          if (tag === 'script' && /^\\s*alert/.test(element.textContent)) found.push('script');
          for (const { name } of element.attributes) if (/^on/.test(name)) found.push(name);
          return found;
        })"""
    )
    assert made == []
    assert witness.complaints() == []


def pointed_texts(witness: Witness) -> str:
    """Move the pointer to a piece of each chart and return what is said beside it."""
    found = []
    for chart in witness.page.locator(".chart").all():
        piece = chart.locator("[data-tip]").first
        piece.scroll_into_view_if_needed()
        piece.hover()
        found.append(witness.page.inner_text("#tip"))
    return "\n".join(found)


def test_a_phone_shows_every_figure_and_a_finger_names_them(
    browser: Browser, written: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    witness = Witness(context.new_page())
    open_report(witness, written / "report.html")
    assert witness.sideways() == 0
    right = witness.page.evaluate(
        "() => Math.max(...Array.from(document.querySelectorAll('.sum, .plot text, .scale span'),"
        " (one) => one.getBoundingClientRect().right))"
    )
    assert right <= 390
    # Marks of the scatter do not cover each other.
    marks = witness.page.evaluate(
        """() => Array.from(document.querySelectorAll('#chart-front .large'), (mark) => {
          const { x, y, width, height } = mark.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        })"""
    )
    assert len(marks) > 5
    near = [
        (one, other)
        for one, other in combinations(marks, 2)
        if max(abs(one[0] - other[0]), abs(one[1] - other[1])) < 18
    ]
    assert near == []
    piece = witness.page.locator("#chart-cost [data-tip]").first
    piece.scroll_into_view_if_needed()
    piece.tap()
    assert "USD/40'" in witness.page.inner_text("#tip")
    # What scrolls sideways can be reached by the keyboard and has a name; what does not is no stop.
    areas = witness.page.evaluate(
        """() => Array.from(document.querySelectorAll('.wide'))
          .filter((one) => one.checkVisibility())
          .map((one) => [one.scrollWidth > one.clientWidth, one.tabIndex, one.ariaLabel])"""
    )
    assert any(scrolls for scrolls, _, _ in areas)
    assert all((tab == 0) == scrolls and label for scrolls, tab, label in areas)
    context.close()


def test_a_source_leads_to_its_row(witness: Witness, written: Path) -> None:
    open_report(witness, written / "report.html")
    witness.page.locator("#details summary").first.click()
    link = witness.page.locator("#details a.cite").first
    link.click()
    row = witness.page.locator(str(link.get_attribute("href")))
    assert row.evaluate("(row) => row.matches(':target')")
    box = row.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


def test_axe_finds_nothing(witness: Witness, written: Path, tmp_path: Path) -> None:
    for name, html in (
        ("batch", render_batch_report(small_sweep())),
        ("invest", render_investment(example_investment(tmp_path))),
    ):
        (tmp_path / name).mkdir()
        path = saved(tmp_path / name, html)
        for width_px in (1400, 390):
            witness.page.set_viewport_size({"width": width_px, "height": 844})
            open_report(witness, path)
            assert witness.violations(colours=width_px == 1400) == []
            assert witness.sideways() == 0
            assert witness.complaints() == []
            witness.requests.clear()
    open_report(witness, written / "report.html")
    witness.page.locator("#details summary").first.click()
    assert witness.violations() == []


def test_the_report_of_an_investment_opens_without_a_word(witness: Witness, tmp_path: Path) -> None:
    investment = example_investment(tmp_path, title=HOSTILE)
    open_report(witness, saved(tmp_path, render_investment(investment)))
    assert witness.page.locator("#chart-curve .curve").count() > 0
    assert HOSTILE in witness.page.inner_text(".answer")
    assert witness.complaints() == []
