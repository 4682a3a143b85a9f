"""The answer of a batch follows from its arrays: counts, effects, when each corridor pays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corridors.output.html.report.batch_report import render_batch_report
from corridors.output.html.report.effects import Move, RankShift, key_effects
from corridors.output.html.report.regions import region_text, regions_of, values_text
from corridors.output.html.report.sweep_answers import answer_of, effect_sentences, when_it_pays
from corridors.output.sweep import Sweep, SweptKey
from tests.output.html.report.reading import Page
from tests.output.html.report.sweeps import made_sweep, small_sweep

NAN = float("nan")
MONTHS = tuple(f"2026-0{month}-15" for month in range(1, 7))


def test_the_answer_is_counted_from_the_arrays() -> None:
    # World, pair by pair: tea 100 to 120, toys 100 to 126, a median of +23; days 30 to 44 and 30
    # to 20, a median of +2. Cargo: open 0 and 0, shut +6 and -24 days, medians +3 and -12.
    # Only C of 126 USD, up to 136, has a rival from 120 on: B of 130.
    page = Page(render_batch_report(small_sweep()))
    assert page.answer() == [
        "4 scenarios compare 3 corridors. Canal A is recommended in 2 (50 %), Cape B in 1 (25 %)"
        " and Rail C in 1 (25 %).",
        "With world shut instead of open, the recommendation changed in all 2 pairs of otherwise"
        " equal scenarios: Canal A to Cape B in 1 and Canal A to Rail C in 1. The median change of"
        " the recommended corridor is +23 USD per TEU and +2.0 days. No longer usable: Canal A"
        " (all 2). Newly usable: Rail C (all 2).",
        "With cargo toys instead of tea, the recommendation changed in 1 of 2 pairs of otherwise"
        " equal scenarios: Cape B to Rail C in 1. The median change of the recommended corridor is"
        " +3 USD per TEU and \u221212.0 days; in the pairs in which it changed, +6 USD per TEU and"
        " \u221224.0 days.",
        "Canal A is recommended in 2 scenarios (50 %): all those with world open and no others.",
        "Cape B is recommended in 1 scenario (25 %): all those with world shut and cargo tea and no"
        " others.",
        "Rail C is recommended in 1 scenario (25 %): all those with world shut and cargo toys and"
        " no others.",
        "In 1 of 4 scenarios the low estimate of another corridor is below the high estimate of the"
        " recommended one, so the order is uncertain.",
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
    (other,) = key_effects(replace(sweep, failed={0: "bad"}), 0)
    assert (other.pairs, other.changed, other.usd, other.days) == (1, 1, 26.0, -10.0)
    page = Page(render_batch_report(sweep))
    assert page.answer()[0] == (
        "3 scenarios compare 3 corridors. Canal A is recommended in 2 (67 %) and Cape B in 1"
        " (33 %). 1 scenario failed."
    )
    assert page.rows("1 scenario without a result") == [["shut, toys", "no <such> place"]]


def test_keys_that_change_together_have_no_separate_effect() -> None:
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
        "No two scenarios differ only in world, so its effect is unknown."
    ]


def test_a_key_without_an_effect_is_named() -> None:
    sweep = replace(small_sweep(), recommended=np.array([0, 0, 1, 1]))
    assert effect_sentences(sweep, key_effects(sweep, 1)) == [
        "With cargo toys instead of tea, the recommendation did not change in any of 2 pairs. The"
        " median change of the recommended corridor is +5 USD per TEU and 0.0 days."
    ]
    assert "Changing only the cargo never changed the recommendation." in answer_of(
        sweep, {key: key_effects(sweep, key) for key in sweep.varied}
    )


def test_many_values_get_one_sentence_with_the_largest_effect() -> None:
    sweep = _line_of(MONTHS, [0, 0, 1, 1, 0, 0])
    assert effect_sentences(sweep, key_effects(sweep, 0)) == [
        "With departure date other than 2026-01-15 (5 values), the recommendation changed in 2 of 5"
        " pairs of otherwise equal scenarios, most often at 2026-03-15 (all 1: Canal A to Cape B in"
        " 1)."
    ]


def test_a_corridor_is_recommended_in_a_run_of_dates() -> None:
    sweep = _line_of(MONTHS, [0, 1, 1, 1, 0, 0])
    assert when_it_pays(sweep, 1) == (
        "Cape B is recommended in 3 scenarios (50 %): all those with departure date 2026-02-15 to"
        " 2026-04-15 and no others.",
        [],
    )
    assert when_it_pays(sweep, 0)[0].endswith(
        "with departure date 2026-01-15, 2026-05-15 or 2026-06-15 and no others."
    )


def test_ties_are_counted_as_ties() -> None:
    tied = np.array([[False] * 3, [True, True, False], [False] * 3, [False, True, True]])
    sweep = replace(small_sweep(), tied=tied)
    answer = answer_of(sweep, {key: key_effects(sweep, key) for key in sweep.varied})
    # A wins the first two scenarios, C the last; A is tied with B in one, C with B in the other.
    assert answer[1] == (
        "In 2 of 4 the recommended corridor is tied with others within what can be known, and the"
        " quickest of them is recommended: Canal A with Cape B in 1 and Rail C with Cape B in 1."
    )
    assert when_it_pays(sweep, 0)[0].startswith(
        "Canal A is recommended in 2 scenarios (50 %, tied in 1)"
    )


def test_a_region_that_is_not_whole_says_how_much_of_it_holds() -> None:
    # B wins two of the four, diagonally: no single key separates them.
    sweep = replace(small_sweep(), recommended=np.array([1, 0, 0, 1]))
    sentence, parts = when_it_pays(sweep, 1)
    assert sentence == (
        "Cape B is recommended in 2 scenarios (50 %), most often with world open and cargo"
        " tea (all 1)."
    )
    assert parts == ["world open and cargo tea: all 1", "world shut and cargo toys: all 1"]


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


def test_a_corridor_never_recommended_shows_how_close_it_comes() -> None:
    sweep = replace(small_sweep(), recommended=np.array([0, 0, 1, 1]))
    # C costs 30 more than B with tea and 4 less with toys, where B is recommended all the same.
    assert when_it_pays(sweep, 2)[0] == (
        "Rail C is never recommended. It is usable in 2 of 4 scenarios, only with world shut. It"
        " comes closest in “shut, toys”: USD 4 per TEU below Cape B, which the limits or the"
        " objective prefer there."
    )
    cost = sweep.cost.copy()
    cost[3, 2] = 145.0
    assert when_it_pays(replace(sweep, cost=cost), 2)[0].endswith(
        "It comes closest in “shut, toys”: USD 15 per TEU above Cape B."
    )
    cost[:, 2] = NAN
    assert when_it_pays(replace(sweep, cost=cost), 2)[0] == "Rail C is never usable."


def test_closeness_is_in_the_unit_of_the_objective() -> None:
    sweep = replace(small_sweep(), objective="days", recommended=np.array([0, 0, 2, 2]))
    # B takes 44 days against 30 of A and 20 of C.
    assert when_it_pays(sweep, 1)[0].endswith(
        "It is usable in all 4 scenarios. It comes closest in “open, tea”: 14.0 days above Canal A."
    )


def test_values_are_told_as_a_reader_would() -> None:
    months = ("2026-01", "x", "b")
    assert values_text(months, (0, 2)) == "2026-01 or b"
    assert values_text(("300", "400", "500", "600"), (0, 1, 2)) == "300 to 500"
    assert values_text(("300", "400", "500", "600"), (0, 2)) == "300 or 500"
    assert values_text(("a", "b", "c", "d", "e"), (0, 1, 2, 4)) == "any except d"
    letters = tuple("abcdefghijklmnop")
    assert values_text(letters, tuple(range(9))) == "a, b, c, d, e, f or another of 9 values"


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
        tied=np.zeros(rows.shape, np.bool_),
        cost=rows,
        low=rows,
        high=rows,
        transit_days=rows,
        days=rows,
        co2e_kg=rows,
    )


@pytest.mark.parametrize(("values", "sentences"), [(3, 3), (4, 1)])
def test_three_values_have_a_sentence_each_and_more_share_one(values: int, sentences: int) -> None:
    sweep = small_sweep()
    key, *others = sweep.keys
    effect = key_effects(sweep, 0)[0]
    names = ("open", "shut", "ice", "calm", "dry")
    sweep = replace(sweep, keys=(replace(key, values=names), *others))
    effects = [replace(effect, value=1 + number) for number in range(values)]
    assert len(effect_sentences(sweep, effects)) == sentences
