"""The strip of months under the map."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from corridors.output.answer import money, rounded
from tests.browser.conftest import Witness
from tests.browser.maps import (
    GLOBE_ROOT,
    MAP_ROOT,
    calm,
    card_title,
    free_points,
    some_of,
    strip_of,
)
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
        usable = [row for row in of_month if row["status"] == "usable"]
        (best,) = (row for row in of_month if row["recommended"] == "yes")
        # All of it is per box of 40 foot, of two TEU.
        usd = money(2.0 * float(best["USD_per_TEU"]))
        assert strip_of(page, number)[1:3] == [usd, rounded(float(best["days"]))]
        assert f"USD {usd} per 40'" in page.inner_text("#said h1")
        shown = page.locator("#said .row .n:not(.d)").all_inner_texts()
        assert sorted(shown) == sorted(money(2.0 * float(row["USD_per_TEU"])) for row in usable)
        shut = [row for row in of_month if row["status"] != "usable"]
        assert page.locator("#foot .closed li").count() == len(shut)
        # And who sails.
        named = page.locator("#said .row").evaluate_all("all => all.map((one) => one.title)")
        none_found = sum(row["sails"] == "no line found" for row in usable)
        assert sum("nobody known" in text for text in named) == none_found
        doubtful += number > 0 and none_found > 0
    assert doubtful > 0


def test_a_closed_route_is_not_drawn_and_the_panel_says_why(page: Page) -> None:
    page.click("#months [data-month='5']")
    page.wait_for_timeout(60)
    rows = page.locator("#said .row").evaluate_all("all => all.map((one) => one.dataset.route)")
    drawn = {str(route) for route in free_points(page, MAP_ROOT)}
    assert drawn <= set(rows)
    page.click("#foot summary")
    assert "closed; " in page.inner_text("#foot .closed")
    # Nor has the globe it.
    page.click("[data-view=globe]")
    page.wait_for_timeout(100)
    assert {str(route) for route in free_points(page, GLOBE_ROOT)} <= set(rows)


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
    page.locator("#said .row").first.click()
    assert card_title(page) != ""
    text = page.inner_text("#card")
    assert "--departure 2026-12-20" in text
    usd = float(re.findall(r"Cost USD ([\d,]+)", text)[0].replace(",", ""))
    assert page.locator("#said .row .n").first.inner_text() == money(usd)
    # With its lines of cost, which sum to it: it has three digits, they whole dollars.
    lines = page.locator("#card .cost-lines tbody td:nth-child(3)").all_inner_texts()
    assert sum(float(line.replace(",", "")) for line in lines) == pytest.approx(
        usd, abs=5.0 + 0.5 * len(lines)
    )
