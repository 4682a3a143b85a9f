"""The answer of a batch follows from its arrays: counts, effects, when each corridor pays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from corridors.output.html.report.batch_report import render_batch_report
from corridors.output.html.report.effects import Move, RankShift, key_effects
from corridors.output.html.report.parts import value_name, with_names
from corridors.output.html.report.regions import (
    Region,
    case_text,
    region_text,
    regions_of,
    values_text,
)
from corridors.output.html.report.sweep_answers import (
    Paying,
    answer_of,
    doubts_of,
    when_it_pays,
)
from corridors.output.monthly import Sweep, SweptKey
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
        "Canal A is recommended in 2 of 4 scenarios (50 %), Cape B in 1 (25 %) and Rail C in 1"
        " (25 %).",
        "The world matters most: with world shut, the answer in all 2 cases is another"
        " than with world open: mostly Cape B instead of Canal A (1), for USD 23 more per TEU and"
        " 2.0 days more in the median; next comes the cargo (1 of 2 with cargo toys).",
        "Canal A is best with world open; Cape B is best with cargo tea and world shut; Rail C is"
        " best with cargo toys and world shut.",
    ]
    assert doubts_of(small_sweep()) == [
        "In 1 of 4 scenarios the low estimate of another corridor is below the high estimate of the"
        " recommended one, so the order is uncertain.",
    ]
    assert page.rows("What each input changes") == [
        [
            *("World", "shut instead of open", "2 of 2 (100 %)"),
            "Canal A to Cape B in 1; Canal A to Rail C in 1",
            *("+23", "+2.0", "Canal A 2"),
        ],
        [
            *("Cargo", "toys instead of tea", "1 of 2 (50 %)", "Cape B to Rail C in 1"),
            *("+6", "\u221224.0", "—"),
        ],
    ]
    assert page.rows("When each corridor is recommended")[1] == [
        *("Cape B", "1", "25 %", "0", "4", "world shut and cargo tea: all 1"),
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
        "Canal A is recommended in 2 of 3 scenarios (67 %) and Cape B in 1 (33 %). 1 scenario"
        " failed."
    )
    assert page.rows("1 scenario without a result") == [["shut, toys", "no <such> place"]]


def test_keys_that_change_together_have_no_separate_effect() -> None:
    sweep = small_sweep()
    zipped = replace(
        sweep,
        scenarios=sweep.scenarios[::3],
        choice=sweep.choice[::3],
        recommended=sweep.recommended[::3],
        tied=sweep.tied[::3],
        cost=sweep.cost[::3],
        low=sweep.low[::3],
        high=sweep.high[::3],
        days=sweep.days[::3],
        co2e_kg=sweep.co2e_kg[::3],
    )
    page = Page(render_batch_report(zipped))
    assert page.rows("What each input changes")[0][:2] == [
        "World",
        "no two scenarios differ only in it",
    ]
    assert len(page.answer()) == 2


def test_a_key_without_an_effect_is_named() -> None:
    sweep = replace(small_sweep(), recommended=np.array([0, 0, 1, 1]))
    effects = {key: key_effects(sweep, key) for key in sweep.varied}
    assert answer_of(sweep, effects)[1].endswith("; the cargo does not matter.")
    calm = replace(small_sweep(), recommended=np.array([0, 0, 0, 0]))
    effects = {key: key_effects(calm, key) for key in calm.varied}
    assert answer_of(calm, effects)[1:] == [
        "Changing only the world or the cargo never changes the recommendation."
    ]


def test_of_many_values_the_one_that_changes_most_is_told() -> None:
    sweep = _line_of(MONTHS, [0, 0, 1, 1, 0, 0])
    assert answer_of(sweep, {0: key_effects(sweep, 0)})[1] == (
        "The departure date matters most: departing 15 March, the answer in the one case is"
        " another than departing 15 January: Cape B instead of Canal A, for USD 10 more"
        " per TEU and 10.0 days more in the median."
    )


def test_a_corridor_is_recommended_in_a_run_of_dates() -> None:
    sweep = _line_of(MONTHS, [0, 1, 1, 1, 0, 0])
    assert when_it_pays(sweep, 1) == Paying(
        corridor=1,
        wins=3,
        tied=0,
        usable=6,
        regions=("departure date 2026-02-15 to 2026-04-15: all 3",),
    )
    assert when_it_pays(sweep, 0).regions == (
        "departure date 2026-01-15, 2026-05-15 or 2026-06-15: all 3",
    )


def test_ends_days_and_worlds_are_said_as_a_person_says_them() -> None:
    keys = (
        SweptKey(key="world", values=("The Red Sea is closed", "All is open")),
        SweptKey(key="departure", values=MONTHS),
        SweptKey(key="destination", values=("Hamburg", "Gdansk", "Genoa")),
    )
    sweep = made_sweep(keys=keys, titles=("Canal A", "Cape B"))
    region = Region(values=((0, (0,)), (1, (1, 2, 3)), (2, (0, 1))), size=9, hits=9)
    assert case_text(sweep, region) == (
        "to Hamburg or Gdansk departing 15 February to 15 April where the Red Sea is closed"
    )
    assert case_text(sweep, Region(values=((0, (0, 1)),), size=9, hits=9)) == ""


def test_ties_are_counted_as_ties() -> None:
    tied = np.array([[False] * 3, [True, True, False], [False] * 3, [False, True, True]])
    sweep = replace(small_sweep(), tied=tied)
    # A wins the first two scenarios, C the last; A is tied with B in one, C with B in the other.
    assert doubts_of(sweep)[0] == (
        "In 2 of 4 scenarios other corridors cost about the same as the recommended one: Cape B"
        " beside Canal A in 1 and Cape B beside Rail C in 1."
    )
    assert (when_it_pays(sweep, 0).wins, when_it_pays(sweep, 0).tied) == (2, 1)


def test_a_region_that_is_not_whole_says_how_much_of_it_holds() -> None:
    # B wins two of the four, diagonally: no single key separates them.
    sweep = replace(small_sweep(), recommended=np.array([1, 0, 0, 1]))
    assert when_it_pays(sweep, 1).regions == (
        "world open and cargo tea: all 1",
        "world shut and cargo toys: all 1",
    )


def test_a_winner_is_told_by_the_fewest_inputs() -> None:
    """Nine of ten months of one cargo: the cargo tells enough, the months need no naming."""
    keys = (
        SweptKey(key="departure", values=tuple(f"2026-{month:02}-15" for month in range(1, 11))),
        SweptKey(key="cargo", values=("tea", "toys")),
    )
    sweep = made_sweep(keys=keys, titles=("Canal A", "Cape B", "Rail C"))
    cargo, month = sweep.choice[:, 1], sweep.choice[:, 0]
    sweep = replace(sweep, failed={}, recommended=np.where((cargo == 1) & (month < 9), 1, 0))
    effects = {key: key_effects(sweep, key) for key in sweep.varied}
    assert answer_of(sweep, effects)[2] == (
        "Canal A is best with cargo tea; Cape B is best with cargo toys (9 of 10)."
    )


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
    assert when_it_pays(sweep, 2).usable == 2
    assert when_it_pays(sweep, 2).closest == (
        "closest in “shut, toys”: USD 4 per TEU below Cape B, which the limits or the objective"
        " prefer there"
    )
    cost = sweep.cost.copy()
    cost[3, 2] = 145.0
    assert when_it_pays(replace(sweep, cost=cost), 2).closest == (
        "closest in “shut, toys”: USD 15 per TEU above Cape B"
    )
    cost[:, 2] = NAN
    assert when_it_pays(replace(sweep, cost=cost), 2).closest == "never usable"


def test_closeness_is_in_the_unit_of_the_objective() -> None:
    sweep = replace(small_sweep(), objective="days", recommended=np.array([0, 0, 2, 2]))
    # B takes 44 days against 30 of A and 20 of C.
    assert when_it_pays(sweep, 1).closest == "closest in “open, tea”: 14.0 days above Canal A"


def test_values_are_told_as_a_reader_would() -> None:
    months = ("2026-01", "x", "b")
    assert values_text(months, (0, 2)) == "2026-01 or b"
    assert values_text(("300", "400", "500", "600"), (0, 1, 2)) == "300 to 500"
    assert values_text(("300", "400", "500", "600"), (0, 2)) == "300 or 500"
    assert values_text(("a", "b", "c", "d", "e"), (0, 1, 2, 4)) == "any except d"
    letters = tuple("abcdefghijklmnop")
    assert values_text(letters, tuple(range(9))) == "a, b, c, d, e, f or another of 9 values"


def test_a_batch_counts_per_box_where_all_ask_for_boxes_of_one_size() -> None:
    sweep = small_sweep()
    worth = SweptKey(key="shipment.value_of_time_usd_per_teu_day", values=("0", "25"))
    asked = replace(
        sweep,
        keys=(worth, sweep.keys[1]),
        scenarios=("0, tea", "0, toys", "25, tea", "mine"),
        base={"shipment.equipment": "40HC"},
    )
    boxed = asked.per_box
    assert (boxed.unit, boxed.cost[0, 0], boxed.co2e_kg[0, 0]) == ("40'", 200.0, 2400.0)
    assert boxed.cost_parts.mean[0, 0] == 2.0 * sweep.cost_parts.mean[0, 0]
    assert boxed.scenarios == ("0, tea", "0, toys", "50, tea", "mine")
    effects = {key: key_effects(boxed, key) for key in boxed.varied}
    assert answer_of(boxed, effects)[1].startswith(
        "The value of a day matters most: where a day is worth USD 50 per 40', the answer"
        " in all 2 cases is another than where a day is worth nothing: mostly Cape B instead of"
        " Canal A (1), for USD 46 more per 40' and"
    )
    page = Page(render_batch_report(asked))
    assert page.rows("What each input changes")[0][3:5] == [
        *("Canal A to Cape B in 1; Canal A to Rail C in 1", "+46"),
    ]
    # A box of another size in one variant, and all is per TEU as in the files.
    mixed = replace(asked, variants={"small": {"shipment.equipment": "20DV"}})
    assert mixed.per_box is mixed


def test_inputs_have_names_instead_of_ids() -> None:
    assert value_name("world", "red-sea-closed") == "The Red Sea is closed to container ships"
    assert value_name("corridors", "suez, cape") == "Suez Canal, Cape of Good Hope"
    assert value_name("origin", "CNYTN") == "Shenzhen Yantian"
    assert value_name("destination", "de-hamburg") == "Hamburg"
    assert value_name("departure", "2026-08-20") == "2026-08-20"
    assert value_name("world", "one of my own") == "one of my own"


def test_a_world_is_that_of_the_days_of_departure() -> None:
    june, august = date(2024, 6, 1), date(2024, 8, 1)
    in_june = "Most carriers avoid the Red Sea, as in June 2024"
    assert value_name("world", "current", (june,)) == in_june
    of_each = "As things are on each day of departure"
    assert value_name("world", "current", (june, august)) == of_each
    sweep = small_sweep()
    world = SweptKey(key="world", values=("current", "reference-open"))
    days = SweptKey(key="departure", values=(june.isoformat(), august.isoformat()))
    for base, second, title in (
        ({"departure": "2024-06-01"}, sweep.keys[1], in_june),
        ({"departure": "2024-06-01"}, days, of_each),
    ):
        named = with_names(replace(sweep, keys=(world, second), base=base, variants={}))
        assert named.keys[0].values[0] == title


def test_the_names_of_a_batch_are_those_of_its_scenarios() -> None:
    sweep = small_sweep()
    world = SweptKey(key="world", values=("reference-open", "red-sea-closed"))
    named = with_names(
        replace(
            sweep,
            keys=(world, sweep.keys[1]),
            scenarios=(
                "reference-open, tea",
                "mine",
                "red-sea-closed, tea",
                "red-sea-closed, toys",
            ),
        )
    )
    assert named.scenarios == (
        "Everything legally and physically open is usable, tea",
        "mine",
        "The Red Sea is closed to container ships, tea",
        "The Red Sea is closed to container ships, toys",
    )


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
