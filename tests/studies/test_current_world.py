"""The world that a question without one takes, and the answer of the other beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corridors.config import load_scenario
from corridors.data.access import load_access, load_worlds, rules_for
from corridors.domain.places import Effect
from corridors.domain.results import OptionStatus
from corridors.network.locate import locate
from corridors.output.comparison import Comparison
from corridors.output.display_names import on_page
from corridors.output.html.map.panel import panel_record
from corridors.output.html.report.details import render_report
from corridors.studies.compare import run as worlds
from corridors.studies.compare.run import (
    called_at,
    closures_of_one,
    compare,
    compare_in_both_worlds,
    ends_of_key,
)
from corridors.studies.route.run import RouteKeys, route_between, route_in_other_world
from tests.output.fixtures import example_comparison

BY_SEA = "corridors=[suez, cape]"
ENDS = locate("Shanghai"), locate("Hamburg")
RED_SEA = frozenset({"gate-suez", "gate-bab-el-mandeb"})


@cache
def asked(*changes: str, day: date | None = None) -> Comparison:
    values = [BY_SEA, *changes]
    return compare_in_both_worlds(
        load_scenario("shanghai-europe", set_values=values, departure=day)
    )


def test_a_scenario_without_a_world_takes_the_current_one(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        "origin: Shanghai\ndestination: Hamburg\ndeparture: 2026-08-20\n"
        "shipment: {teu_per_month: 10, equipment: 40HC, cargo: general}\n"
    )
    assert load_scenario(file).world == "current"
    assert load_worlds()[0] == "current"
    assert load_scenario("shanghai-europe").world == "reference-open"


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2023-06-01", False),
        ("2024-06-01", True),
        ("2025-12-31", True),
        ("2026-01-20", False),
        ("2026-03-01", True),
        ("2027-01-01", True),
    ],
)
def test_the_red_sea_is_avoided_on_its_dates(day: str, closed: bool) -> None:
    on = date.fromisoformat(day)
    rules = [
        rule
        for rule in load_access("current")
        if RED_SEA in map(ends_of_key, rule.keys) and rule.effect is Effect.CLOSED
    ]
    assert any(rule.window.within(on, on) for rule in rules) is closed


def test_suez_stays_open_to_the_ports_of_the_red_sea() -> None:
    rules = load_access("current")
    asian = rules_for(rules, cargo=(), ends=("CN", "DE"))
    saudi = rules_for(rules, cargo=(), ends=("SA", "DE"))
    closed = [
        {key for r in found if r.effect is Effect.CLOSED and not r.last_day for key in r.keys}
        for found in (asian, saudi)
    ]
    assert closed[0] - closed[1] == {"gate-suez"}


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "destination", "passed", "avoided"),
    [
        # Ports of the Red Sea are reached from both sides, and no box goes on.
        ("Shanghai", "Jeddah", "gate-bab-el-mandeb", "gate-good-hope"),
        ("Jeddah", "Genoa", "gate-suez", "gate-bab-el-mandeb"),
        ("Shanghai", "Port Said", "gate-good-hope", "gate-bab-el-mandeb"),
        # Two small lines join India and Turkey by Suez, none Sri Lanka.
        ("Nhava Sheva", "Ambarli", "gate-suez", "gate-good-hope"),
        ("Colombo", "Ambarli", "gate-good-hope", "gate-suez"),
    ],
)
def test_what_passes_the_red_sea_now(
    origin: str, destination: str, passed: str, avoided: str
) -> None:
    by_cost = load_scenario("shanghai-europe", set_values=["world=current", "objective=cost"])
    asked_for = RouteKeys(departure=date(2026, 8, 10), base=by_cost)
    route = route_between(origin, destination, **asked_for)[0]
    assert passed in route.passages
    assert avoided not in route.passages
    # Where it ends there it warns of it, from either side.
    warned = any(text.startswith("Ports of the Red Sea") for text in route.warnings)
    assert warned == ("Jeddah" in (origin, destination))


@pytest.mark.long
@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (("Shanghai", "Odesa"), "Russia attacks the ports of Odesa"),
        (("Shanghai", "Bandar Abbas"), "Iran's ports, ships and railways"),
        (("Shanghai", "Jeddah"), "Carriers suspended their return to the Red Sea"),
    ],
)
def test_a_port_at_war_warns_on_the_recommended_row_of_every_page(
    ends: tuple[str, str], told: str
) -> None:
    changes = [f"origin={ends[0]}", f"destination={ends[1]}", "corridors=all", "world=current"]
    scenario = load_scenario("shanghai-europe", set_values=changes, departure=date(2026, 5, 15))
    comparison = compare(scenario)
    best = comparison.recommended
    assert best is not None
    (warning,) = [text for text in best.warnings if text.startswith(told)]
    assert "(as of " in warning
    notes: Any = panel_record(comparison, {o.corridor: n for n, o in enumerate(comparison.usable)})
    assert on_page(warning) in [text for _, text in notes["notes"]]
    assert escape(warning) in render_report(comparison, sources={})


def test_both_answers_stand_where_the_winner_differs() -> None:
    opened, current = asked(), asked("world=current")
    assert opened.decision.recommended == "suez"
    assert current.decision.recommended == "cape"
    assert opened.other_world is not None
    assert current.other_world is not None
    assert (opened.other_world.recommended, opened.other_world.world) == ("cape", "current")
    assert (current.other_world.recommended, current.other_world.world) == (
        "suez",
        "reference-open",
    )
    by_cape = current.routes[0].printed_usd_per_teu
    assert opened.other_world.cost_usd_per_teu == by_cape
    suez = next(route for route in current.routes if route.corridor == "suez")
    assert suez.status is OptionStatus.CLOSED
    assert "sail by the Cape" in suez.reason


def test_the_other_answer_is_in_words_in_the_file_and_in_the_report() -> None:
    found = asked()
    assert found.other_world is not None
    change = found.answer.changes[0]
    assert change.condition == "As things are"
    assert change.text.startswith("by the Cape of Good Hope, USD 6,6")
    assert change.text.endswith(" per 40' at freight rates, 43 days on board")
    assert found.record.plain()["other_world"]["recommended"] == "cape"  # type: ignore[index]


@pytest.mark.long
def test_where_nothing_is_open_there_it_is_not_the_limits_that_are_blamed() -> None:
    found = asked("corridors=[suez]")
    assert found.other_world is not None
    assert found.answer.changes[0].text == "nothing is usable"
    found = asked("corridors=[suez, cape]", "limits.max_transit_days=38")
    assert found.other_world is not None
    assert found.answer.changes[0].text == "no option meets the limits"


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("changes", "day"),
    [
        (("world=2019",), None),
        (("world=current",), date(2019, 8, 20)),
        (("corridors=[cape]",), None),
    ],
)
def test_no_other_answer_where_it_is_the_same(changes: tuple[str, ...], day: date | None) -> None:
    found = asked(*changes, day=day)
    assert found.other_world is None
    assert "other_world" not in found.record.plain()


def test_a_route_takes_the_current_world_and_shows_the_other() -> None:
    option, day = route_between("Shanghai", "Rotterdam", services=("sea",))
    assert "gate-good-hope" in option.passages
    other = route_in_other_world("Shanghai", "Rotterdam", option, day, services=("sea",))
    assert other is not None
    assert other[0] == "reference-open"
    assert "gate-suez" in other[1].passages
    short, day = route_between("Hamburg", "Gdansk", services=("sea",))
    assert route_in_other_world("Hamburg", "Gdansk", short, day, services=("sea",)) is None


def test_no_closure_of_one_world_before_the_attacks() -> None:
    assert closures_of_one(date(2021, 5, 1), ENDS) == ()
    shut = {
        rule.id
        for rule in closures_of_one(date(2023, 5, 1), ENDS)
        if rule.what not in ("port", "feeder") and not rule.id.startswith("no-line-")
    }
    assert shut == {"btk-2023", "kaliningrad-poland-rail-2022"}
    at_brest = {
        rule.id for rule in closures_of_one(date(2025, 9, 28), ENDS) if rule.what == "border"
    }
    assert at_brest == {"pl-by-queue-2025"}
    now = {
        key
        for rule in closures_of_one(date(2026, 8, 20), ENDS)
        if not rule.id.startswith("no-line-")
        for key in map(ends_of_key, rule.keys)
    }
    places = (
        "IR",
        "gate-hormuz",
        "gate-suez",
        "ru-arkhangelsk",
        "ru-baltiysk",
        "ru-bronka",
        "ru-kaliningrad",
        "ru-murmansk",
        "ru-st-petersburg",
        "ru-ust-luga",
    )
    mamonovo = frozenset({"ru-mamonovo", "pl-braniewo"})
    assert now == {RED_SEA, mamonovo, *(frozenset({place}) for place in places)}


def test_what_no_line_carries_is_closed_between_these_ends_alone() -> None:
    asia = locate("Almaty"), locate("Munich")
    rules = {rule.id for rule in closures_of_one(date(2025, 5, 1), asia)}
    assert "central-asia-by-china-west" in rules
    moscow = {rule.id for rule in closures_of_one(date(2025, 5, 1), (ENDS[0], locate("Moscow")))}
    assert {"large-lines-to-russia-2022", "feeders-to-russia-2022"} <= moscow
    # Whatever the other end: a Turkish box does not reach Siberia by Suez and Dalian.
    turkey = {r.id for r in closures_of_one(date(2026, 6, 1), (locate("Mersin"), ENDS[1]))}
    siberia = locate("Mersin"), locate("Novosibirsk")
    siberian = {rule.id for rule in closures_of_one(date(2026, 6, 1), siberia)}
    assert "large-lines-to-russia-2022" in siberian - turkey
    assert not any("russia-2022" in rule.id for rule in closures_of_one(date(2025, 5, 1), ENDS))


@pytest.mark.long
def test_no_ship_takes_boxes_on_from_kaliningrad_or_murmansk() -> None:
    changes = ["corridors=[kaliningrad,arctic-murmansk]"]
    asked = load_scenario("shanghai-europe", set_values=changes)
    for option in compare(replace(asked, world="current"), figures_only=True).routes:
        assert option.status is OptionStatus.CLOSED
        assert "No container line is known to sail between" in option.reason
    # Nor to Russia by ships of the large lines and a feeder, which the open world has.
    for world, sails in (("current", False), ("reference-open", True)):
        by_sea = RouteKeys(world=world, services=("sea/14k", "sea/feeder"))
        assert route_between("Shanghai", "Kaliningrad", **by_sea)[0].usable is sails
    # By rail through Lithuania to a ship at Kaliningrad it was.
    option, _ = route_between("Minsk", "Shenzhen", world="current")
    assert "ru-kaliningrad" not in called_at(option)


@pytest.mark.long
def test_the_other_world_is_priced_as_in_its_own_table() -> None:
    changes = ["origin=Chongqing", "destination=Milan", "corridors=[suez,cape]"]
    asked = load_scenario("shanghai-europe", set_values=changes)
    found = compare_in_both_worlds(asked).other_world
    there = compare(replace(asked, world="current"), figures_only=True).recommended
    assert found is not None
    assert there is not None
    assert found.cost_usd_per_teu == there.printed_usd_per_teu
    assert found.cost_usd_per_teu == pytest.approx(round(found.cost_usd_per_teu or 0.0, 2))


def test_open_places_matter_only_where_the_recommended_route_passes_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = example_comparison()
    suez = next(route for route in found.routes if route.corridor == "suez")
    passes = {
        name: any(name in called_at(route) for route in found.routes if route is not suez)
        for name in ("gate-suez", "gate-panama")
    }
    assert passes == {"gate-suez": False, "gate-panama": True}

    def differs(world: str, *shut: str, day: date = found.scenario.departure) -> bool:
        rules = tuple(SimpleNamespace(keys=(key,), cargo=()) for key in shut)
        monkeypatch.setattr(
            worlds, "closures_of_one", lambda first, *_, **__: rules if first == day else ()
        )
        scenario = replace(found.scenario, world=world)
        decision = replace(found.decision, shares={"suez": 1.0})
        return worlds._may_differ(replace(found, scenario=scenario, decision=decision), ENDS)

    assert differs("reference-open", "gate-suez")
    assert differs("reference-open", "gate-panama", "cn-shanghai")
    assert not differs("reference-open", "gate-panama")
    assert not differs("reference-open")
    assert differs("current", "gate-panama")
    assert not differs("current")
