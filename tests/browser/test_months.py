"""The strip of months under the map."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page

from corridors.output.answer import money
from tests.browser.conftest import Witness
from tests.browser.maps import MAP_ROOT, calm, card_title, free_points, some_of
from tests.conftest import in_both

pytestmark = pytest.mark.browser


@pytest.fixture
def page(desk_page: Witness) -> Page:
    return calm(desk_page)


@pytest.fixture(scope="module")
def rows(written: Path) -> list[dict[str, str]]:
    with (written / "months.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def chosen(page: Page) -> int:
    return int(str(page.get_attribute("#months thead button[aria-pressed=true]", "data-month")))


@in_both
def test_each_month_shows_its_own_figures_and_who_sails(
    page: Page, rows: list[dict[str, str]]
) -> None:
    months = sorted({row["month"] for row in rows})
    assert len(months) == 12
    assert page.locator("#months thead button").count() == 12
    doubtful = 0
    for number, month in some_of([*enumerate(months)]):
        page.click(f"#months [data-month='{number}']")
        of_month = [row for row in rows if row["month"] == month]
        (best,) = (row for row in of_month if row["recommended"] == "yes")
        usd = f"{round(float(best['USD_per_TEU'])):,}"
        cells = page.locator(f"#months td[data-cell='{number}']").all_inner_texts()
        assert cells[:2] == [usd, f"{float(best['days']):.1f}"]
        # The answer is per box of 40 foot.
        per_box = money(2.0 * float(best["USD_per_TEU"]))
        assert f"USD {per_box} per 40'" in page.inner_text("#panel [data-of-month]:visible .best")
        shut = {row["corridor"] for row in of_month if row["status"] == "closed"}
        assert page.locator("#panel .row.shut").count() == len(shut)
        figures = {
            f"{round(float(row['USD_per_TEU'])):,}" for row in of_month if row["status"] == "usable"
        }
        printed = page.locator("#panel .row[data-index]:not(.shut) .fig:nth-of-type(3)")
        assert set(printed.all_inner_texts()) == figures
        # And who sails, and who is tied.
        texts = [
            " ".join(text.split())
            for text in page.locator("#panel .row[data-index]:not(.shut) .notes").all_inner_texts()
        ]
        usable = [row for row in of_month if row["status"] == "usable"]
        none_found = sum(row["sails"] == "no line found" for row in usable)
        assert sum("no line found" in text for text in texts) == none_found
        assert page.locator("#panel .row.shut .notes small").count() == 0
        doubtful += number > 0 and none_found > 0
    assert doubtful > 0


def test_a_closed_route_is_not_drawn_and_its_card_says_why(page: Page) -> None:
    page.click("#months [data-month='5']")
    page.wait_for_timeout(60)
    row = page.locator("#panel .row.shut")
    number = row.first.get_attribute("data-index")
    assert "closed" in row.first.inner_text()
    stop = f".leaflet-map-pane .stop[data-route='{number}'][tabindex='0']"
    assert page.locator(stop).count() == 0
    assert int(number or -1) not in free_points(page, MAP_ROOT)
    row.first.locator("button").click()
    assert "Not usable for a departure in Jan 2027" in page.inner_text("#card")
    # Nor has the globe it.
    page.click("[data-view=globe]")
    page.wait_for_timeout(100)
    assert page.locator(f"#globe .stop[data-route='{number}'][tabindex='0']").count() == 0


def test_buttons_and_keys_step_and_it_plays(page: Page) -> None:
    page.click("[aria-label='One month on']")
    assert chosen(page) == 1
    page.click("[aria-label='One month back']")
    page.click("[aria-label='One month back']")
    assert chosen(page) == 11
    page.keyboard.press("Home")
    assert chosen(page) == 0
    page.keyboard.press("ArrowRight")
    assert chosen(page) == 1
    page.click("[aria-label='Play the months']")
    page.wait_for_selector("#months thead button[aria-pressed=true][data-month='2']")
    page.click("[aria-label='Pause']")
    assert chosen(page) == 2


def test_a_route_of_another_month_opens_with_its_figures(page: Page) -> None:
    page.click("#months [data-month='4']")
    page.wait_for_timeout(60)
    page.locator("#panel .row[data-index]:not(.shut) button").first.click()
    assert card_title(page) != ""
    text = page.inner_text("#card")
    assert "--departure 2026-12-20" in text
    usd = page.locator("#panel .row[data-index]:not(.shut) .fig:nth-of-type(3)").first.inner_text()
    assert f"USD {usd}" in text
    # With its lines of cost, which sum to it.
    lines = page.locator("#card .cost-lines tbody td:nth-child(3)").all_inner_texts()
    assert sum(float(line.replace(",", "")) for line in lines) == pytest.approx(
        float(usd.replace(",", "")), abs=0.5 * len(lines)
    )
