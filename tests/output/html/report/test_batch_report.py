"""The report of a batch: it holds every scenario, fits, and keeps every text inert."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from corridors.output.html.report import batch_report
from corridors.output.html.report.batch_report import default_axes, render_batch_report
from corridors.output.html.report.effects import key_effects
from corridors.output.monthly import SweptKey
from tests.output.fixtures import HOSTILE
from tests.output.html.report.reading import Page
from tests.output.html.report.sweeps import (
    HOSTILES,
    hostile_sweep,
    large_sweep,
    made_sweep,
    small_sweep,
)

MAX_BYTES = 4 * 1024 * 1024
NAN = float("nan")


@pytest.fixture(scope="module")
def html() -> str:
    return render_batch_report(small_sweep())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_heat_map_starts_with_the_keys_that_changed_most() -> None:
    sweep = large_sweep(3000)
    effects = {key: key_effects(sweep, key) for key in sweep.varied}
    changed = {key: sum(e.changed for e in found) for key, found in effects.items()}
    down, across = default_axes(sweep, effects)
    assert {down, across} == set(sorted(changed, key=lambda key: (-changed[key], key))[:2])
    assert len(sweep.keys[down].values) <= len(sweep.keys[across].values)


def test_the_script_gets_whole_numbers_and_none_as_less_than_nothing(page: Page) -> None:
    data = _embedded(page)
    assert data["cost"] == [
        *(1000, 1200, -1, 1000, 1300, -1),
        *(-1, 1200, 1500, -1, 1300, 1260),
    ]
    assert data["days"][:3] == [300, 440, -1]
    assert data["rank"] == [1, 2, 0, 1, 2, 0, 0, 1, 2, 0, 2, 1]
    assert data["winner"] == [0, 0, 1, 2]
    assert data["keys"][1] == {"name": "cargo", "label": "cargo", "values": ["tea", "toys"]}


def test_what_a_variant_changes_is_told_old_and_new() -> None:
    sweep = small_sweep()
    named = replace(
        sweep,
        keys=(SweptKey(key="variant", values=("base", "ships")), sweep.keys[1]),
        variants={"ships": {"origin": "Ningbo", "world": "calm"}},
    )
    data = _embedded(Page(render_batch_report(named)))
    assert data["changes"] == {
        "0": [[], [["origin", "Shanghai", "Ningbo"], ["world", "—", "calm"]]]
    }


def test_charts_hold_the_means(page: Page) -> None:
    assert set(page.charts()) == {
        *("chart-cost", "chart-time", "chart-corridors"),
        *("chart-winners", "chart-emissions", "chart-ranks"),
    }
    # Handling and transhipment are one part: 60 + 40, 75 + 50, 98 + 40; least mean cost first.
    assert [row[-1] for row in page.figures("Mean cost in USD")[1]] == ["100", "125", "138"]
    # 720, 1056 and 480 hours.
    assert [row[-1] for row in page.figures("Mean days from")[1]] == ["30.0", "44.0", "20.0"]
    heads, ranks = page.figures("Number of scenarios")
    assert heads[:3] == ["Corridor", "Rank 1", "Rank 2"]
    assert [row[:3] for row in ranks] == [
        ["Canal A", "2", "0"],
        ["Cape B", "1", "3"],
        ["Rail C", "1", "1"],
    ]
    _, winners = page.figures("Cost against days")
    assert [row[2] for row in winners] == ["100", "100", "120", "126"]
    assert [row[3] for row in winners] == list(small_sweep().scenarios)


def test_warnings_weakest_sources_and_the_way_back_are_there(page: Page) -> None:
    text = " ".join(page.texts("main"))
    assert text.index("War risk. (12 times)") < text.index("Ice may stay. (3 times)")
    assert "Bunker prices fuel-2026" in text
    assert page.texts("pre") == ["corridors batch small.yaml --out out", "name: small\n"]
    caption = "Cost lines based on assumptions or recalled figures, over all options with them"
    assert page.rows(caption) == [
        ["Terminal handling (EU)", "assumption", "assumption", "8", "40", "20"]
    ]


def test_one_scenario_and_nothing_swept_still_make_a_report() -> None:
    sweep = made_sweep(keys=(SweptKey(key="departure", values=("2026-08-20",)),), titles=("A", "B"))
    lone = replace(sweep, failed={})
    page = Page(render_batch_report(lone))
    assert page.answer() == ["B is recommended in 1 of 1 scenario (100 %)."]
    broken = replace(
        sweep, recommended=np.array([-1]), cost=np.full((1, 2), NAN), failed={0: "bad"}
    )
    assert Page(render_batch_report(broken)).answer()[0] == (
        "No corridor is recommended in 0 scenarios. 1 scenario failed."
    )


def test_the_same_sweep_gives_the_same_bytes(html: str) -> None:
    render_batch_report(hostile_sweep())
    assert render_batch_report(small_sweep()) == html


def test_hostile_texts_add_no_element() -> None:
    sweep = hostile_sweep()
    calm = made_sweep(
        keys=(
            SweptKey(key="variant", values=tuple(f"v{i}" for i in range(101))),
            SweptKey(key="overrides.x", values=("1", "2")),
        ),
        titles=tuple(f"t{i}" for i in range(14)),
        names=tuple(f"n{i}" for i in range(101)),
    )
    page = Page(render_batch_report(sweep))
    tags = {tag for tag, _, _ in page.elements}
    assert tags <= {tag for tag, _, _ in Page(render_batch_report(calm)).elements}
    assert len(page.scripts()) == 3
    assert not any(key.startswith("on") for _, a, _ in page.elements for key in a)
    assert not any("style" in a and "script" in a["style"] for _, a, _ in page.elements)
    assert page.texts("h1") == [HOSTILE]
    assert _embedded(page)["names"][:101] == [HOSTILE, *HOSTILES]


def test_three_thousand_scenarios_fit_and_are_quick() -> None:
    sweep = large_sweep(3000)
    assert sweep.cost.shape == (3000, 14)
    start = time.process_time()
    html = render_batch_report(sweep)
    assert time.process_time() - start < 3.0
    assert len(html.encode()) <= MAX_BYTES


@pytest.mark.long
def test_a_key_of_three_thousand_values_is_quick_too() -> None:
    pairs = tuple(f"place {i} to place {i + 1}" for i in range(3000))
    sweep = made_sweep(
        keys=(SweptKey(key="pair", values=pairs),), titles=tuple(f"C{i}" for i in range(14))
    )
    start = time.process_time()
    html = render_batch_report(sweep)
    assert time.process_time() - start < 3.0
    assert len(html.encode()) <= MAX_BYTES


def _embedded(page: Page) -> Any:
    (text,) = [
        "".join(text) for tag, attributes, text in page.elements if attributes.get("id") == "batch"
    ]
    return json.loads(text)


def test_a_value_that_no_answered_pair_has_shows_no_figures() -> None:
    sweep = small_sweep()
    (effect, *_) = key_effects(sweep, 0)
    shown = batch_report._effect_row(sweep, effect)
    none = batch_report._effect_row(sweep, replace(effect, pairs=0))
    assert none[1:] == ["0", *["—"] * 7]
    assert len(shown) == len(none)
    assert "—" not in shown[1:2]
