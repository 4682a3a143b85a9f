"""Simulations of shipped scenarios: what must hold whatever is drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import corridors
from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.domain.simulation import OptionChances
from corridors.errors import ConfigError
from corridors.output.store import as_text
from corridors.studies.compare.run import compare
from corridors.studies.decided import decided
from corridors.studies.sampled import Sampled
from corridors.studies.session import Session
from corridors.studies.simulate.page import render_simulation
from corridors.studies.simulate.result import Simulation, answers, simulation_record
from corridors.studies.simulate.run import sample, sample_booked, simulate
from corridors.uncertainty.evaluation import median_of
from corridors.units import in_percent

# Tests that need no whole pool search one batch of draws.
FEW = 1
NOTHING = "draws={width: 0, events: false, ice: false}"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.fixture(scope="module")
def found(session: Session) -> Simulation:
    return simulate(
        asked(), draws=1_000, seed=2, by=date(2026, 10, 10), most_batches=FEW, session=session
    )


# Few corridors: a whole pool of all of them takes ten seconds.
FOUR = "corridors=[suez, cape, northern-sea-route, kazakhstan-dostyk]"


def asked(*values: str) -> Scenario:
    return load_scenario("shanghai-europe", set_values=[FOUR, *values])


def option(found: Simulation, corridor: str) -> OptionChances:
    return next(one for one in found.options if one.corridor == corridor)


@pytest.mark.first_case
@pytest.mark.parametrize(
    "values", [("departure=2026-08-20",), ("price_basis=price",), ("world=current",)]
)
def test_without_any_width_a_simulation_is_the_comparison(
    session: Session, values: tuple[str, ...]
) -> None:
    scenario = asked("objective=cost", *values, NOTHING)
    comparison = compare(scenario, session=session, figures_only=True)
    sure = simulate(scenario, draws=4, session=session)
    for route in comparison.usable:
        fans = option(sure, route.corridor).booked
        assert fans is not None
        mine = fans.price if sure.on_price else fans.cost
        other = fans.cost if sure.on_price else fans.price
        assert mine is not None
        assert mine.p5 == mine.p95 == pytest.approx(route.usd_per_teu, rel=1e-9)
        # A way on no lane has no price.
        known = None if other is None else pytest.approx(other.p50, rel=1e-9)
        assert route.other_basis_usd_per_teu == known
        assert fans.days.p50 == pytest.approx(route.days, rel=1e-9)
        assert fans.transit_days.p50 == pytest.approx(route.transit_days, rel=1e-9)
        assert fans.co2e_kg.p50 == pytest.approx(route.co2e_wtw_kg_per_teu, rel=1e-6)
    best = max(sure.options, key=lambda one: one.best)
    assert best.best == 1.0
    least = comparison.decision.least_value
    assert least is not None
    assert best.usd_per_teu == pytest.approx(least, abs=0.1)


def test_draws_are_centred_on_the_figures_of_the_comparison(session: Session) -> None:
    made = decided(asked(), session=session)
    sampled = sample_booked(made, draws=1_000, seed=2, session=session)
    figures = {one.corridor: one for one in compare(asked(), session=session).usable}
    checked = 0
    for corridor, key in sampled.booked.items():
        if corridor != "northern-sea-route" and key in sampled.takens:
            taken = sampled.takens[key]
            assert median_of(taken.cost) == pytest.approx(figures[corridor].usd_per_teu, rel=1e-6)
            assert median_of(taken.days) == pytest.approx(figures[corridor].days, rel=1e-6)
            checked += 1
    assert checked == 3


@pytest.mark.long
def test_medians_of_levels_are_the_figures_of_the_comparison(found: Simulation) -> None:
    for one in found.options:
        if one.booked is None or one.corridor == "northern-sea-route":
            continue
        for fan, figure in (
            (one.booked.cost, one.usd_per_teu),
            (one.booked.days_of_levels, one.days),
        ):
            # Four standard errors of the median of a thousand normal draws.
            spread = (fan.p90 - fan.p10) / 2.563
            assert fan.p50 == pytest.approx(figure, abs=4.0 * 1.2533 * spread / 1_000**0.5)


def test_chances_are_shares_of_all_draws(found: Simulation) -> None:
    assert sum(one.best for one in found.options) == pytest.approx(1.0)
    assert sum(one.best_on_other_basis for one in found.options) == pytest.approx(1.0)
    for one in found.usable:
        assert 0.0 <= one.best <= one.open <= 1.0
        fans = one.booked
        if fans is None or one.arrives_by is None:
            continue
        assert fans.cost.p5 <= fans.cost.p10 <= fans.cost.p50 <= fans.cost.p90 <= fans.cost.p95
        assert one.chosen_again is not None
        assert one.day_met_90 is None or one.day_met_95 is None or one.day_met_90 <= one.day_met_95
        if one.day_met_90 is not None and one.day_met_90 <= date(2026, 10, 10):
            assert one.arrives_by >= 0.9
        assert one.expected_regret is not None
        assert one.greatest_regret is not None
        assert 0.0 <= one.expected_regret <= one.greatest_regret


def test_ships_are_late_on_the_whole_and_events_widen_days(found: Simulation) -> None:
    suez = option(found, "suez").booked
    assert suez is not None
    # 38.8 % of ships are late by 4.9 days on average in 2025, held for 2026.
    assert suez.days.mean - suez.days_of_levels.mean > 0.388 * 4.9 * 0.9
    assert suez.days.p90 - suez.days.p10 > suez.days_of_levels.p90 - suez.days_of_levels.p10


@pytest.mark.long
def test_one_seed_gives_one_result(found: Simulation, session: Session) -> None:
    given = {"draws": 1_000, "by": date(2026, 10, 10), "most_batches": FEW}
    again = simulate(asked(), seed=2, session=Session(), **given)  # type: ignore[arg-type]
    assert as_text(simulation_record(again)) == as_text(simulation_record(found))
    other = simulate(asked(), seed=3, session=session, **given)  # type: ignore[arg-type]
    assert as_text(simulation_record(other)) != as_text(simulation_record(found))
    for one in found.options:
        assert abs(one.best - option(other, one.corridor).best) < 0.06


@pytest.mark.long
def test_half_the_width_makes_a_narrower_fan(session: Session, found: Simulation) -> None:
    half = simulate(asked("draws.width=0.5"), draws=1_000, most_batches=FEW, session=session)
    for name in ("suez", "kazakhstan-dostyk"):
        wide, narrow = option(found, name).booked, option(half, name).booked
        assert wide is not None
        assert narrow is not None
        share = (narrow.cost.p90 - narrow.cost.p10) / (wide.cost.p90 - wide.cost.p10)
        assert 0.4 < share < 0.6


@pytest.mark.long
def test_a_closed_corridor_keeps_its_row(session: Session) -> None:
    closed = simulate(
        asked("world=current", "corridors=[cape, kaliningrad]"),
        draws=50,
        most_batches=FEW,
        session=session,
    )
    gone = option(closed, "kaliningrad")
    assert gone.best == gone.open == 0.0
    assert gone.booked is None


@pytest.mark.long
def test_limits_leave_an_option_out_draw_by_draw(found: Simulation, session: Session) -> None:
    quick = simulate(
        asked("limits.max_transit_days=35"), draws=500, most_batches=FEW, session=session
    )
    suez = option(quick, "suez")
    assert suez.usd_per_teu is not None
    # It meets the limit in some draws only, so it is the best in fewer of them than without one.
    assert 0.0 < suez.best < option(found, "suez").best - 0.1
    assert option(quick, "cape").best < 0.05
    assert "in" in answers(quick)[0]


def test_the_page_says_what_the_figures_are(found: Simulation) -> None:
    page = render_simulation(found)
    for one in found.usable:
        assert one.title in page
    first = max(found.options, key=lambda one: one.best)
    assert f"{first.title} is best in {in_percent(first.best)} of 100 cases." in page
    assert "the chance to be delivered by 10 October 2026" in page


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"count": 0}, "count must be from 1 to 30,000, got 0"),
        ({"count": 10_000_000}, "so many take over a gigabyte and change no printed figure"),
        ({"seed": -1}, "seed must be 0 or more, got -1"),
        ({"by": date(2026, 1, 1)}, "by 2026-01-01 is before the departure on 2026-08-20"),
    ],
)
def test_bad_input_ends_in_a_sentence(given: dict[str, object], text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        corridors.simulate(asked(), **given)  # type: ignore[arg-type]


def fresh_misses(sampled: Sampled, searches: int) -> tuple[float, float]:
    """Return mean and 99 % of what the learned routes miss in fresh draws, as shares."""
    from corridors.studies.simulate.run import _learner
    from corridors.uncertainty.evaluation import plan_for, table_at_cost
    from corridors.uncertainty.searches import Pool

    made, table = sampled.made, table_at_cost(sampled.made.question)
    ice = sampled.evaluator.ice_years
    plan = plan_for(made.question, table, ice=bool(ice))
    numbers = len(made.question.corridors)
    count = searches // numbers + 1
    learner = _learner(made, table, plan, ice, 987_654, count)
    pool = Pool(note=lambda _found, _route: None)
    pool.routes = dict.fromkeys(sampled.takens)
    miss = learner.test(pool, range(count), teach=False)
    return miss.mean, miss.worst


@pytest.mark.long
@pytest.mark.parametrize("world", ["reference-open", "current"])
@pytest.mark.parametrize("day", ["2026-08-20", "2026-07-01"])
@pytest.mark.parametrize("value", [0, 30, 100])
def test_learned_routes_miss_little_in_fresh_draws(world: str, day: str, value: int) -> None:
    aim = "generalised" if value else "cost"
    scenario = asked(
        "corridors=all",
        f"world={world}",
        f"departure={day}",
        f"objective={aim}",
        f"shipment.value_of_time_usd_per_teu_day={value}",
    )
    session = Session()
    sampled = sample(decided(scenario, session=session), draws=10, seed=1, session=session)
    mean, worst = fresh_misses(sampled, 300)
    # Below 0.1 and 1 % in ten of these questions. On 1 July at 100 USD a day 0.15 and 0.18 % are
    # missed in the mean, 1.4 and 1.8 % in the worst: routes that wait for the ice are many.
    late = value == 100 and day == "2026-07-01"
    assert mean < (0.002 if late else 0.001)
    assert worst < (0.02 if late else 0.01)


@pytest.mark.long
def test_no_draw_is_free_of_cost(session: Session) -> None:
    sampled = sample(
        decided(asked(), session=session), draws=200, seed=4, session=session, most_batches=FEW
    )
    for taken in sampled.takens.values():
        assert (taken.cost > 0.0).all()
        assert (taken.price > 0.0).all()
        assert np.isfinite(taken.days[taken.is_open]).all()


@pytest.mark.long
def test_worlds_with_a_chance_mix(session: Session) -> None:
    closing = "chances=[{place: gate-suez, probability: 0.25}]"
    given = {"draws": 800, "most_batches": FEW, "session": session}
    two = "corridors=[suez, cape]"
    mixed = simulate(asked(two, closing), **given)  # type: ignore[arg-type]
    suez = option(mixed, "suez")
    assert suez.open == pytest.approx(0.25 * 0.0 + 0.75, abs=0.01)
    assert option(mixed, "cape").open == 1.0
    sure = simulate(asked(two), **given)  # type: ignore[arg-type]
    shut = simulate(asked(two, "closures=[{place: gate-suez}]"), **given)  # type: ignore[arg-type]
    for one in mixed.options:
        linear = 0.75 * option(sure, one.corridor).best + 0.25 * option(shut, one.corridor).best
        assert one.best == pytest.approx(linear, abs=0.04)


@pytest.mark.long
def test_a_day_to_be_met_leaves_out_what_seldom_meets_it(session: Session) -> None:
    due = asked("limits.on_time={by: 2026-10-10, probability: 0.9}")
    found = simulate(due, draws=600, by=date(2026, 10, 10), most_batches=FEW, session=session)
    for one in found.options:
        if one.best > 0.0 and one.arrives_by is not None:
            assert one.arrives_by > 0.85
    assert option(found, "cape").best == 0.0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("draws.widths={sea costs: 0.5}", "unknown family 'sea costs', did you mean 'sea cost'"),
        ("draws.correlations={bunker: 0.5}", "name two common factors"),
        (
            "draws.correlations={bunker and charter: 1, bunker and toll: 1}",
            "unknown 'toll'",
        ),
        (
            "draws.correlations={bunker and charter: 0.9, charter and ship-load: 0.9,"
            " bunker and ship-load: -0.9}",
            "contradict each other",
        ),
    ],
)
def test_a_wrong_key_of_draws_ends_in_a_sentence(session: Session, value: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        simulate(asked(value), draws=10, session=session)


@pytest.mark.long
def test_where_nothing_is_open_no_option_has_a_chance(session: Session) -> None:
    winter = load_scenario(
        "shanghai-europe",
        set_values=["corridors=[northern-sea-route]", "departure=2026-02-10"],
    )
    found = simulate(winter, draws=20, session=session)
    assert [one.corridor for one in found.options] == ["northern-sea-route"]
    assert not found.usable
    assert answers(found) == ("no corridor is usable on this date",)
    assert "Northern Sea Route" in render_simulation(found)
