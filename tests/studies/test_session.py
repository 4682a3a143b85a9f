"""A session spares what scenarios have in common, and answers each as a new one would."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.domain.results import OptionStatus
from corridors.domain.scenario import Override
from corridors.routing.problem import Problem
from corridors.routing.question import Question
from corridors.studies.compare.run import compare
from corridors.studies.decided import decided
from corridors.studies.session import Session
from tests.conftest import LONG, in_both

# A box by each cape, by ice and by rail.
FOUR = "corridors=[suez, cape, northern-sea-route, kazakhstan-dostyk]"
# What a session keeps must not come from another test.
pytestmark = pytest.mark.unshared


def test_figures_only_gives_the_same_figures() -> None:
    asked = load_scenario("shanghai-europe", set_values=[FOUR])
    lean, full = compare(asked, figures_only=True), compare(asked)
    for mine, whole in zip(lean.routes, full.routes, strict=True):
        assert mine.cost_lines == whole.cost_lines
        assert mine.time_parts == whole.time_parts
        assert mine.energy_lines == whole.energy_lines
    assert lean.decision == full.decision


@pytest.mark.long
def test_a_session_answers_as_a_new_one_would() -> None:
    used = Session()
    dear = ["overrides.fuel.vlsfo_usd_per_t=900", "ice_year=worst"]
    asked_in_turn = (
        ((), date(2026, 12, 1)),
        (dear, date(2027, 2, 1)),
        ([*dear, "speed=14", "price_basis=price"], date(2026, 8, 1)),
        ([*dear, "world=red-sea-closed"], date(2026, 8, 1)),
        (dear, date(2026, 8, 1)),
    )
    for changes, day in asked_in_turn:
        asked = load_scenario("shanghai-europe", set_values=[FOUR, *changes], departure=day)
        new = compare(asked, figures_only=True)
        assert compare(asked, session=used, figures_only=True) == new


@pytest.mark.long
@pytest.mark.parametrize("objective", ["cost", pytest.param("generalised", marks=pytest.mark.long)])
def test_a_session_that_keeps_no_searches_answers_the_same(objective: str) -> None:
    asked = load_scenario(
        "shanghai-europe", set_values=[f"objective={objective}"], departure=date(2026, 8, 1)
    )
    kept, forgets = Session(), Session(keeps_searches=False)
    before = compare(asked, session=kept)
    assert compare(asked, session=forgets) == before
    assert compare(asked, session=forgets) == before
    for used, keeps in ((kept, True), (forgets, False)):
        layers = [one for bundle in used.bundles.values() for one in bundle.layers]
        assert any(len(one.kept) for one in layers) is keeps


def test_searches_of_other_pairs_and_older_prices_can_be_freed() -> None:
    # Kept for six pairs and 32 prices of each, they were most of what a server's worker grew by.
    session = Session()
    answers = []
    fuel = [f"overrides.fuel.vlsfo_usd_per_t={price}" for price in (400, 500, 600)]
    for changes in (["destination=Rotterdam"], [fuel[0]], [fuel[1]], [fuel[2]]):
        asked = load_scenario("shanghai-europe", set_values=[FOUR, "world=current", *changes])
        answers.append((asked, compare(asked, session=session, figures_only=True)))
    other, last = session.bundles.values()
    layers = (*last.layers, *last.known.values())
    assert max(len(one.kept) for one in last.known.values()) > 2
    session.free_searches(most=2)
    assert {len(one.kept) for one in other.layers} == {0} == {len(other.known)}
    assert max(len(one.kept) for one in layers) == 2
    for asked, answer in answers:
        assert compare(asked, session=session, figures_only=True) == answer
    Session().free_searches(most=2)


@pytest.mark.first_case
@pytest.mark.parametrize("objective", ["cost", "days"])
def test_the_arrays_of_a_search_go_when_it_rests(objective: str) -> None:
    # They lay in rings of references until Python sought those: 600 of 1,071 MB of a question.
    asked = load_scenario(
        "shanghai-europe", set_values=[FOUR, f"objective={objective}"], departure=date(2026, 8, 1)
    )
    session = Session(keeps_searches=False)
    gc.collect()
    gc.disable()
    try:
        before = problems()
        made = decided(asked, session=session)
        assert problems() == before
    finally:
        gc.enable()
    assert made.candidates


def problems() -> int:
    """Return how many problems are in memory."""
    return sum(isinstance(one, Problem) for one in gc.get_objects())


@in_both
@pytest.mark.parametrize(
    "day", [date(2026, 8, 20), pytest.param(date(2026, 3, 2), marks=pytest.mark.long)]
)
def test_steps_kept_at_other_prices_are_those_of_a_new_session(day: date) -> None:
    used = Session()
    corridors = "corridors=[suez, northern-sea-route, kazakhstan-khorgos]"
    for changes in (
        ["fuel.vlsfo_usd_per_t: 900"],
        # Each changes a bill, not only its price: of the legs, their ends, a border, ice, waits.
        ["fuel.vlsfo_usd_per_t: 900", "border.dwell_hours@CN-KZ: 99"],
        ["fuel.vlsfo_usd_per_t: 900", "ice.speed_kn@open: 14"],
        *[
            ["fuel.vlsfo_usd_per_t: 900", "emission.vlsfo_wtw_kg_per_t: 3000"],
            ["fuel.vlsfo_usd_per_t: 900", "road.door_hours: 9"],
            ["fuel.vlsfo_usd_per_t: 900", "nsr.escort_first_zone: 0.7"],
        ]
        * LONG,
        ["fuel.vlsfo_usd_per_t: 700"],
    ):
        values = [corridors, f"overrides={{{', '.join(changes)}}}"]
        asked = load_scenario("shanghai-europe", set_values=values, departure=day)
        assert compare(asked, session=used, figures_only=True) == compare(asked, figures_only=True)


@pytest.mark.long
def test_a_network_that_no_day_changes_has_the_journeys_it_needs() -> None:
    # By rail alone, and more than 640 days before Ukraine closes: nothing is dated.
    changes = ["corridors=[trans-mongolian]", "origin=Warsaw", "destination=Jinan"]
    before, after = (
        compare(
            load_scenario("shanghai-europe", set_values=changes, departure=day), figures_only=True
        ).routes[0]
        for day in (date(2020, 4, 26), date(2021, 10, 26))
    )
    assert before.status is OptionStatus.USABLE, before.reason
    # China's border with Mongolia has hours of its own in either year: 14.45 and 60.45.
    first, second = dict(before.time_parts), dict(after.time_parts)
    assert second.pop("border") - first.pop("border") == pytest.approx(60.45 - 14.45)
    # Trains crossed the broad gauge at 1,104 km a day in 2020, at 905 after it.
    assert second.pop("rail") > first.pop("rail")
    assert first == pytest.approx(second)


def test_goods_that_spoil_go_by_what_arrives_in_time() -> None:
    changes = ["shipment.cargo=fresh-fruit", "shipment.equipment=40RF", "limits.max_days=60"]
    changes += ["shipment.shelf_life_days=52", "corridors=[suez, cape]"]
    answer = compare(
        load_scenario("shanghai-europe", set_values=changes, departure=date(2026, 8, 20)),
        figures_only=True,
    )
    spoilt = {
        route.corridor: [text for text in route.warnings if "the goods keep only 52" in text]
        for route in answer.routes
    }
    late = {route.corridor for route in answer.routes if (route.days or 0.0) > 52.0}
    assert late == {"cape"}
    assert {corridor for corridor, texts in spoilt.items() if texts} == late
    assert answer.decision.recommended == "suez"
    assert answer.decision.binding == ()


def test_a_wider_border_is_not_priced_again() -> None:
    session, shipped = Session(), load_scenario("chongqing-duisburg")
    corridors = load_corridors(["kazakhstan-dostyk"])

    def posed(parameter: str, scope: str, value: float) -> Question:
        override = Override(parameter=parameter, scope=scope, value=value)
        return session.pose(replace(shipped, overrides=(override,)), corridors)

    narrow, wide, slow = (
        posed("border.capacity_teu_per_week", "CN-KZ@kz-dostyk", 1_000.0),
        posed("border.capacity_teu_per_week", "CN-KZ@kz-dostyk", 9_000.0),
        posed("border.dwell_hours", "CN-KZ", 99.0),
    )
    assert narrow.parameters != wide.parameters
    assert narrow.weights.priced is wide.weights.priced
    assert slow.weights.priced is not wide.weights.priced
