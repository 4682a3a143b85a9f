"""The sliders of a report, moved by keyboard, finger and mouse, with no network."""

from __future__ import annotations

import json
import random
import re
import shlex
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from scipy.optimize import linprog

from corridors.config import load_scenario
from corridors.output.answer import money
from corridors.studies.explain.run import explain_option
from tests.browser.conftest import Witness
from tests.browser.test_report_opens import open_report

pytestmark = pytest.mark.browser

Data = dict[str, Any]


def data_of(witness: Witness) -> Data:
    """Return what the script reads: sliders, routes in terms, quotes and the floor."""
    found: Data = json.loads(witness.page.locator("#whatif-data").text_content() or "")
    return found


def usd_of(terms: list[list[Any]], factors: list[float]) -> float:
    return float(sum(usd * prod(factors[i] for i in moved) for _, usd, moved in terms))


def first_bar(witness: Witness) -> str:
    return witness.page.locator("#chart-whatif .name").first.inner_text()


def set_to(witness: Witness, slider: str, value: str) -> None:
    witness.page.locator(f"#whatif-{slider}").fill(value)


def test_the_script_prices_and_bounds_as_numpy_does(witness: Witness, written: Path) -> None:
    """Fifty drawn settings: every route at cost and as quoted, and the floor by another solver."""
    open_report(witness, written / "report.html")
    data, rng = data_of(witness), random.Random(7)
    ends = witness.page.evaluate(
        "() => WhatIf.data.sliders.map(({ id }) => document.getElementById(`whatif-${id}`))"
        ".map((input) => [Number(input.min), Number(input.max)])"
    )
    drawn = []
    for _ in range(50):
        factors = [slider["usual"] for slider in data["sliders"]]
        for i in rng.sample(range(len(factors)), rng.randint(1, len(factors))):
            factors[i] = rng.uniform(*ends[i])
        drawn.append(factors)
    said = witness.page.evaluate(
        """(drawn) => drawn.map((x) => [WhatIf.data.routes.map((r) => WhatIf.usd(r, x, false)),
          WhatIf.data.routes.map((r) => WhatIf.usd(r, x, true)), WhatIf.floor(x)])""",
        drawn,
    )
    place = {slider["id"]: i for i, slider in enumerate(data["sliders"])}
    points, least = np.array(data["floor"]["points"]), np.array(data["floor"]["usd"])
    for x, (costs, prices, floor) in zip(drawn, said, strict=True):
        amount = {
            lane: quoted["freight"] - usd_of(quoted["cost"], x)
            for lane, quoted in data["quoted"].items()
        }
        for route, cost, price in zip(data["routes"], costs, prices, strict=True):
            mine = usd_of(route["terms"], x)
            assert cost == pytest.approx(mine, abs=1e-6)
            mine += amount.get(route["lane"], 0.0)
            assert price == pytest.approx(mine, abs=1e-6)
        within = [x[i] for i in data["floor"]["sliders"]]
        rail = data["floor"]["sliders"].index(place["rail"])
        within[rail] *= 1.0 - x[place["subsidy"]]
        best = linprog(
            -least,
            A_ub=points.T,
            b_ub=within,
            A_eq=np.ones((1, len(least))),
            b_eq=[1.0],
            bounds=(0, None),
        )
        assert floor == pytest.approx(-best.fun, abs=1e-3)
    assert witness.complaints() == []


def test_keys_move_a_slider_and_with_it_order_bars_ladder_and_command(
    witness: Witness, written: Path
) -> None:
    open_report(witness, written / "report.html")
    page = witness.page
    before = [page.inner_text(f"#whatif-{part}") for part in ("answer", "ladder", "floor")]
    assert before[0].startswith("Cheapest: Suez Canal")
    assert before[2] == "A new search would find no cheaper route, in any corridor."
    page.locator("#whatif-tolls").focus()
    page.keyboard.press("End")
    # Twice the tolls of Suez: the Cape costs less, and none of them itself.
    assert page.inner_text("#whatif-answer").startswith("Cheapest: Cape of Good Hope")
    assert first_bar(witness) == "Cape of Good Hope"
    assert page.locator("#whatif-tolls").get_attribute("aria-valuetext") == "200 %"
    command = page.inner_text("#whatif-command")
    by_cost = "corridors compare shanghai-europe --set objective=cost --months"
    assert command.startswith(f"{by_cost} --set overrides.canal.toll_")
    page.locator("#whatif-day").focus()
    page.keyboard.press("End")
    assert "Best with days at this value: Kazakhstan" in page.inner_text("#whatif-answer")
    page.get_by_label("what shippers are quoted").check()
    assert "at a price of USD" in page.inner_text("#whatif-answer")
    assert "bounded at cost only" in page.inner_text("#whatif-floor")
    command = page.inner_text("#whatif-command")
    assert "--set price_basis=price --set objective=generalised" in command
    page.get_by_role("button", name="Reset").click()
    witness.settle()
    assert [page.inner_text(f"#whatif-{part}") for part in ("answer", "ladder", "floor")] == before
    assert page.inner_text("#whatif-command") == by_cost
    assert witness.complaints() == []


def test_a_value_of_a_day_between_two_steps_is_not_moved(
    witness: Witness, written: Path, tmp_path: Path
) -> None:
    # The capital in the goods is 19.73 USD a day; the range has whole dollars.
    page = (written / "report.html").read_text(encoding="utf-8")
    given = 'max="300" step="1" value="19.73"'
    (tmp_path / "report.html").write_text(
        re.sub(r'max="\d+" step="1" value="0"', given, page), encoding="utf-8"
    )
    open_report(witness, tmp_path / "report.html")
    assert witness.page.input_value("#whatif-day") == "20"
    assert "Best with days at this value" in witness.page.inner_text("#whatif-answer")
    assert "value_of_time" not in witness.page.inner_text("#whatif-command")


def test_the_command_gives_what_the_page_shows(witness: Witness, written: Path) -> None:
    open_report(witness, written / "report.html")
    for slider, value in (("fuel", "1.37"), ("ships", "0.83"), ("tolls", "1.61"), ("road", "0.7")):
        set_to(witness, slider, value)
    words = shlex.split(witness.page.inner_text("#whatif-command"))
    values = [word for before, word in pairwise(words) if before == "--set"]
    option = explain_option(load_scenario(words[2], set_values=values), "suez").option
    shown = witness.page.evaluate(
        """() => WhatIf.usd(WhatIf.data.routes.find((route) => route.id === 'suez'),
          WhatIf.data.sliders.map(({ id }) => document.getElementById(`whatif-${id}`))
            .map((input) => Number(input.value)))"""
    )
    assert shown == pytest.approx(option.usd_per_teu, abs=0.005)


def test_a_finger_moves_a_slider_on_a_phone(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    witness = Witness(context.new_page())
    open_report(witness, written / "report.html")
    slider = witness.page.locator("#whatif-tolls")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    witness.page.touchscreen.tap(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    answer = witness.page.locator("#whatif-answer")
    assert answer.inner_text().startswith("Cheapest: Cape of Good Hope")
    # The answer stays in sight beside the slider.
    seen = answer.bounding_box()
    assert seen is not None
    assert 0 <= seen["y"] < 844
    assert witness.sideways() == 0
    context.close()


def figures(witness: Witness) -> list[tuple[str, str]]:
    """Return the rows of the map's panel in order: name and USD per box."""
    return [
        tuple(one)
        for one in witness.page.locator("#said .row").evaluate_all(
            "all => all.map((one) => [one.children[0].textContent, one.children[2].textContent])"
        )
    ]


def winner(witness: Witness) -> list[str]:
    """Return the names of what is drawn widest, and those of rows that are recommended."""
    witness.settle()
    page = witness.page
    drawn = page.locator(".route-line.focus[stroke-width='4.4']").evaluate_all(
        "all => all.map((one) => one.dataset.route)"
    )
    rows = [f"#said .row[data-route='{route}'] b" for route in drawn]
    return [*(page.locator(row).inner_text() for row in rows),
            *page.locator("#said .row.best b").all_inner_texts()]  # fmt: skip


def test_the_map_follows_the_same_sliders(witness: Witness, written: Path) -> None:
    witness.open(written / "map.html")
    page = witness.page
    asked = figures(witness)
    assert winner(witness) == ["Suez Canal", "Suez Canal"]
    page.locator("#said .row", has_text="Suez Canal").click()
    page.click("#what-if summary")
    page.locator("#whatif-tolls").focus()
    page.keyboard.press("End")
    # Twice the tolls of Suez: figures, order, row, line and the open card say so.
    assert winner(witness) == ["Cape of Good Hope", "Cape of Good Hope"]
    told = dict(figures(witness))
    assert told["Suez Canal"] != dict(asked)["Suez Canal"]
    (usd,) = re.findall(r"At the prices set: USD ([\d,]+) per 40' \(\+", page.inner_text("#card"))
    assert told["Suez Canal"] == money(float(usd.replace(",", "")))
    # The report says the same of the same setting.
    said, command = page.inner_text("#whatif-answer"), page.inner_text("#whatif-command")
    assert witness.violations() == []
    # Another month is at the prices asked for, at which it has ties of its own, and its sliders do
    # not move.
    page.click("#months [data-month='1']")
    assert winner(witness)[0] == "Suez Canal"
    assert page.locator("#whatif-tolls").is_disabled()
    page.get_by_role("button", name="Show Aug 2026").click()
    assert winner(witness)[0] == "Cape of Good Hope"
    page.locator("#whatif-moved button").click()
    witness.settle()
    assert figures(witness) == asked
    assert winner(witness)[0] == "Suez Canal"
    assert page.locator("#whatif-moved").is_hidden()
    assert witness.complaints() == []
    open_report(witness, written / "report.html")
    witness.page.locator("#whatif-tolls").press("End")
    assert (page.inner_text("#whatif-answer"), page.inner_text("#whatif-command")) == (
        said,
        command,
    )


def test_the_map_with_months_and_sliders_stays_light(written: Path) -> None:
    assert (written / "map.html").stat().st_size < 900_000
