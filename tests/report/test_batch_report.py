"""The report of a batch: what it says follows from the arrays, and every text stays inert."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bokeh.core.serialization import Deserializer
from bokeh.plotting import figure

from corridors.report import render_batch_report
from corridors.report.batch import default_axes
from corridors.report.effects import Move, RankShift, key_effects
from corridors.report.regions import region_text, regions_of, values_text
from corridors.report.sweep_answers import answer_of, effect_sentences, when_it_pays
from corridors.results.sweep import Sweep, SweptKey
from tests.report.reading import Page, columns_of
from tests.report.sweeps import HOSTILES, hostile_sweep, large_sweep, made_sweep, small_sweep
from tests.results.fixtures import HOSTILE

MAX_BYTES = 4 * 1024 * 1024
NAN = float("nan")
MONTHS = tuple(f"2026-0{month}-15" for month in range(1, 7))


@pytest.fixture(scope="module")
def html() -> str:
    return render_batch_report(small_sweep())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_answer_is_counted_from_the_arrays(page: Page) -> None:
    # World, pair by pair: tea 100 to 120, toys 100 to 126, a median of +23; days 30 to 44 and 30
    # to 20, a median of +2. Cargo: open 0 and 0, shut +6 and -24 days, medians +3 and -12.
    # Only C of 126 USD, up to 136, has a rival from 120 on: B of 130.
    assert page.answer() == [
        "4 scenarios compare 3 corridors: Canal A is recommended in 2 (50 %), Cape B is recommended"
        " in 1 (25 %) and Rail C is recommended in 1 (25 %).",
        "Moving world from open to shut changed the winner in all 2 pairs of otherwise equal"
        " scenarios: Canal A to Cape B in 1 and Canal A to Rail C in 1. The winner's cost moved by"
        " a median of +23 USD per TEU and its days by +2.0. No longer usable: Canal A (all 2)."
        " Usable only then: Rail C (all 2).",
        "Moving cargo from tea to toys changed the winner in 1 of 2 pairs of otherwise equal"
        " scenarios: Cape B to Rail C in 1. The winner's cost moved by a median of +3 USD per TEU"
        " and its days by \u221212.0; where the winner changed, by +6 and \u221224.0.",
        "Canal A is recommended in 2 scenarios (50 %): always, and only, with world open.",
        "Cape B is recommended in 1 scenario (25 %): always, and only, with world shut; cargo tea.",
        "Rail C is recommended in 1 scenario (25 %): always, and only, with world shut;"
        " cargo toys.",
        "In 1 of 4 scenarios the low estimate of another corridor is below the winner's high one:"
        " the order is not certain there.",
    ]


def test_an_effect_counts_pairs_that_differ_in_nothing_else() -> None:
    (world,) = key_effects(small_sweep(), 0)
    assert (world.pairs, world.changed, world.both) == (2, 2, 2)
    assert world.moves == (Move(before=0, after=1, pairs=1), Move(before=0, after=2, pairs=1))
    assert (world.usd, world.days) == (23.0, 2.0)
    assert world.lost == ((0, 2),)
    assert world.gained == ((2, 2),)
    # B is second twice, then first and second.
    assert world.shifts == (RankShift(corridor=1, before=2.0, after=1.5),)


def test_a_failed_scenario_leaves_its_pairs_out() -> None:
    sweep = replace(small_sweep(), failed={3: "no <such> place"})
    (world,) = key_effects(sweep, 0)
    assert (world.pairs, world.changed, world.usd, world.days) == (1, 1, 20.0, 14.0)
    page = Page(render_batch_report(sweep))
    assert page.answer()[0] == (
        "3 scenarios compare 3 corridors: Canal A is recommended in 2 (67 %) and Cape B is"
        " recommended in 1 (33 %). 1 scenario failed."
    )
    assert page.rows("1 scenario without an answer") == [["shut, toys", "no <such> place"]]


def test_keys_that_move_together_have_no_effect_of_their_own() -> None:
    sweep = small_sweep()
    zipped = replace(
        sweep,
        scenarios=sweep.scenarios[::3],
        choice=sweep.choice[::3],
        recommended=sweep.recommended[::3],
        cost=sweep.cost[::3],
        days=sweep.days[::3],
    )
    assert effect_sentences(zipped, key_effects(zipped, 0)) == [
        "No two answered scenarios differ in world alone, so its effect is not known."
    ]


def test_a_key_that_changes_nothing_is_said_to() -> None:
    sweep = replace(small_sweep(), recommended=np.array([0, 0, 1, 1]))
    assert effect_sentences(sweep, key_effects(sweep, 1)) == [
        "Moving cargo from tea to toys left the winner as it was in all 2 pairs. The winner's cost"
        " moved by a median of +5 USD per TEU and its days by 0.0."
    ]
    assert "Moving cargo alone never changed the winner." in answer_of(
        sweep, {key: key_effects(sweep, key) for key in sweep.varied}
    )


def test_many_values_are_told_in_one_sentence_with_the_most_telling() -> None:
    sweep = _line_of(MONTHS, [0, 0, 1, 1, 0, 0])
    assert effect_sentences(sweep, key_effects(sweep, 0)) == [
        "Moving departure from 2026-01-15 to any of the other 5 values changed the winner in 2 of 5"
        " pairs of otherwise equal scenarios, most often at 2026-03-15 (all 1: Canal A to Cape B in"
        " 1)."
    ]


def test_a_corridor_pays_in_a_run_of_dates() -> None:
    sweep = _line_of(MONTHS, [0, 1, 1, 1, 0, 0])
    assert when_it_pays(sweep, 1) == (
        "Cape B is recommended in 3 scenarios (50 %): always, and only, with departure 2026-02-15"
        " to 2026-04-15.",
        [],
    )
    assert when_it_pays(sweep, 0)[0].endswith(
        "with departure 2026-01-15, 2026-05-15 or 2026-06-15."
    )


def test_a_region_that_is_not_whole_says_how_much_of_it_holds() -> None:
    # B wins two of the four, across: no single key tells them.
    sweep = replace(small_sweep(), recommended=np.array([1, 0, 0, 1]))
    sentence, parts = when_it_pays(sweep, 1)
    assert sentence == (
        "Cape B is recommended in 2 scenarios (50 %), most often with world open; cargo tea"
        " (all 1)."
    )
    assert parts == ["world open; cargo tea: all 1", "world shut; cargo toys: all 1"]


def test_every_region_holds_all_that_it_should() -> None:
    sweep = made_sweep(
        keys=tuple(SweptKey(key=f"k{i}", values=("1", "2", "3", "4")) for i in range(3)),
        titles=("A", "B", "C", "D"),
    )
    everywhere = np.ones(len(sweep.scenarios), np.bool_)
    for corridor in range(4):
        wins = sweep.recommended == corridor
        regions = regions_of(sweep, wins, everywhere)
        assert sum(region.hits for region in regions) == wins.sum()
        covered = np.zeros(len(wins), np.bool_)
        for region in regions:
            inside = everywhere.copy()
            for key, values in region.values:
                inside &= np.isin(sweep.choice[:, key], values)
            assert inside.sum() == region.size, region_text(sweep, region)
            covered |= inside
        assert not (wins & ~covered).any()


def test_a_corridor_that_never_wins_tells_how_close_it_comes() -> None:
    sweep = replace(small_sweep(), recommended=np.array([0, 0, 1, 1]))
    # C is 30 dearer than B with tea and 4 cheaper with toys, where B is recommended all the same.
    assert when_it_pays(sweep, 2)[0] == (
        "Rail C is never recommended. It is usable in 2 of 4 scenarios, only with world shut. It"
        " comes closest in shut, toys: USD 4 per TEU below Cape B, which limits or the objective"
        " prefer there."
    )
    cost = sweep.cost.copy()
    cost[3, 2] = 145.0
    assert when_it_pays(replace(sweep, cost=cost), 2)[0].endswith(
        "It comes closest in shut, toys: USD 15 per TEU above Cape B."
    )
    cost[:, 2] = NAN
    assert when_it_pays(replace(sweep, cost=cost), 2)[0] == "Rail C is never usable."


def test_closeness_is_in_the_unit_of_the_objective() -> None:
    sweep = replace(small_sweep(), objective="days", recommended=np.array([0, 0, 2, 2]))
    # B takes 44 days against 30 of A and 20 of C.
    assert when_it_pays(sweep, 1)[0].endswith(
        "It is usable in all 4 scenarios. It comes closest in open, tea: 14.0 days above Canal A."
    )


def test_values_are_told_as_a_reader_would() -> None:
    months = ("2026-01", "x", "b")
    assert values_text(months, (0, 2)) == "2026-01 or b"
    assert values_text(("300", "400", "500", "600"), (0, 1, 2)) == "300 to 500"
    assert values_text(("300", "400", "500", "600"), (0, 2)) == "300 or 500"
    assert values_text(("a", "b", "c", "d", "e"), (0, 1, 2, 4)) == "any but d"
    letters = tuple("abcdefghijklmnop")
    assert values_text(letters, tuple(range(9))) == "a, b, c, d, e, f or another of 9 values"


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
    assert data["keys"][1] == {"name": "cargo", "values": ["tea", "toys"]}


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


def test_charts_hold_the_means_and_bokeh_accepts_them(page: Page) -> None:
    charts = page.charts()
    assert set(charts) == {
        *("chart-cost", "chart-time", "chart-corridors"),
        *("chart-winners", "chart-emissions", "chart-ranks"),
    }
    for chart in charts.values():
        (root,) = Deserializer().deserialize(chart["doc"])["roots"]
        assert isinstance(root, figure)
    # Handling and transhipment are one part: 60 + 40, 75 + 50, 98 + 40; least mean cost first.
    assert columns_of(charts["chart-cost"], "Text")[0]["text"] == ["100", "125", "138"]
    # 720, 1056 and 480 hours.
    assert columns_of(charts["chart-time"], "Text")[0]["text"] == ["30.0", "44.0", "20.0"]
    first, second = columns_of(charts["chart-ranks"], "HBar")[:2]
    assert list(zip(first["name"], first["size"], strict=True)) == [
        *(("Canal A", 2.0), ("Cape B", 1.0), ("Rail C", 1.0))
    ]
    assert list(zip(second["name"], second["size"], strict=True)) == [
        *(("Cape B", 3.0), ("Rail C", 1.0))
    ]
    (winners,) = columns_of(charts["chart-winners"], "Scatter")
    assert winners["y"] == [100.0, 100.0, 120.0, 126.0]
    assert winners["note"] == list(small_sweep().scenarios)


def test_warnings_weakest_sources_and_the_way_back_are_there(page: Page) -> None:
    text = " ".join(page.texts("main"))
    assert text.index("War risk. (12 times)") < text.index("Ice may stay. (3 times)")
    assert "fuel-2026 Bunker prices" in text
    assert page.texts("pre") == ["corridors batch small.yaml --out out", "name: small\n"]
    caption = "Cost lines that rest on a weak figure, over the options that hold them"
    assert page.rows(caption) == [
        ["Terminal handling (EU)", "assumption", "assumption", "8", "40", "20"]
    ]


def test_one_scenario_and_nothing_swept_still_make_a_report() -> None:
    sweep = made_sweep(keys=(SweptKey(key="departure", values=("2026-08-20",)),), titles=("A", "B"))
    lone = replace(sweep, failed={})
    page = Page(render_batch_report(lone))
    assert page.answer()[0].startswith("1 scenario compares 2 corridors: ")
    broken = replace(
        sweep, recommended=np.array([-1]), cost=np.full((1, 2), NAN), failed={0: "bad"}
    )
    assert Page(render_batch_report(broken)).answer()[0] == (
        "0 scenarios compare 2 corridors: nothing is recommended. 1 scenario failed."
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


def test_a_key_of_three_thousand_values_is_quick_too() -> None:
    pairs = tuple(f"place {i} to place {i + 1}" for i in range(3000))
    sweep = made_sweep(
        keys=(SweptKey(key="pair", values=pairs),), titles=tuple(f"C{i}" for i in range(14))
    )
    start = time.process_time()
    html = render_batch_report(sweep)
    assert time.process_time() - start < 3.0
    assert len(html.encode()) <= MAX_BYTES


def _line_of(values: tuple[str, ...], recommended: list[int]) -> Sweep:
    """Return a sweep of one key, `departure`, with these winners of the small one's corridors."""
    sweep, count = small_sweep(), len(values)
    rows = np.tile([100.0, 110.0, 120.0], (count, 1))
    return replace(
        sweep,
        keys=(SweptKey(key="departure", values=values),),
        scenarios=values,
        choice=np.arange(count)[:, None],
        recommended=np.array(recommended),
        cost=rows,
        low=rows,
        high=rows,
        transit_days=rows,
        days=rows,
        co2e_kg=rows,
    )


def _embedded(page: Page) -> Any:
    (text,) = [
        "".join(text) for tag, attributes, text in page.elements if attributes.get("id") == "batch"
    ]
    return json.loads(text)
