"""Worlds and dated rules, on the shipped network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.config import load_corridors, load_scenario
from corridors.data.parameters import source_name
from corridors.domain.places import AccessKind, AccessRule, Effect
from corridors.domain.results import OptionStatus, RouteOption
from corridors.output.comparison import Comparison
from corridors.routing import question as questions
from corridors.routing.dated.departures import best_route
from corridors.routing.terms import Terms
from corridors.studies.compare.run import compare, compare_in_both_worlds
from corridors.studies.route.run import route_between
from corridors.studies.session import Session

SESSION = Session()
CORRIDORS = ("suez", "cape", "northern-sea-route", "kazakhstan-dostyk", "middle-corridor-poti")
FIRST = date(2025, 9, 1)


@cache
def asked(
    world: str, *, cargo: str = "", back: bool = False, origin: str = ""
) -> dict[str, RouteOption]:
    scenario = replace(load_scenario("shanghai-europe"), world=world, corridors=CORRIDORS)
    if cargo:
        scenario = replace(scenario, shipment=replace(scenario.shipment, cargo_classes=(cargo,)))
    if back:
        scenario = replace(scenario, origin="Hamburg", destination="Shanghai")
    if origin:
        scenario = replace(scenario, origin=origin)
    return by_corridor(compare(scenario, session=SESSION, figures_only=True))


def by_corridor(comparison: Comparison) -> dict[str, RouteOption]:
    return {option.corridor: option for option in comparison.routes}


@pytest.mark.long
def test_in_2019_nobody_warns_of_the_red_sea_or_of_russia() -> None:
    found = asked("2019")
    assert all(option.usable for option in found.values())
    assert found["suez"].warnings == found["kazakhstan-dostyk"].warnings == ()


def test_in_2024_ships_go_by_the_cape() -> None:
    found = asked("2024-red-sea")
    assert found["suez"].status is OptionStatus.CLOSED
    assert "Joint War Committee" in found["suez"].reason
    assert found["cape"].usable


def test_2026_says_what_is_unknown() -> None:
    found = asked("2026")
    # The shipment leaves on 20 August, after the last source on transit and on the Red Sea.
    for corridor in ("kazakhstan-dostyk", "suez"):
        assert any("is unknown" in w or "are unknown" in w for w in found[corridor].warnings)


@pytest.mark.parametrize("back", [False, True])
def test_without_transit_through_russia_land_goes_by_the_middle_corridor(back: bool) -> None:
    found = asked("no-russia-transit", back=back)
    assert found["kazakhstan-dostyk"].status is OptionStatus.CLOSED
    assert found["middle-corridor-poti"].usable
    assert found["northern-sea-route"].usable
    assert any("no land transit" in w for w in found["northern-sea-route"].warnings)


def test_a_box_that_begins_in_russia_is_no_transit() -> None:
    scenario = load_scenario("shanghai-europe")
    scenario = replace(scenario, origin="Moscow", world="no-russia-transit")
    question = SESSION.pose(scenario, load_corridors(["kazakhstan-dostyk"]))
    assert not any("land transit" in closed.reason for closed in question.pricer.closures)


@pytest.mark.long
def test_a_dual_use_box_may_not_pass_russia_in_either_direction() -> None:
    for back in (False, True):
        found = asked("2026", cargo="dual-use", back=back)
        assert found["kazakhstan-dostyk"].status is OptionStatus.CLOSED
        law = "Resolution 1374 of 15 October 2024" if not back else "art. 2(1a), since 2023-02-26"
        assert law in found["kazakhstan-dostyk"].reason
        assert found["cape"].usable
        opened = asked("reference-open", cargo="dual-use", back=back)["kazakhstan-dostyk"]
        assert opened.usable
        assert any(law in text for text in opened.warnings)


def test_warnings_of_westbound_transit_are_not_given_eastbound() -> None:
    west = asked("reference-open")["kazakhstan-dostyk"].warnings
    east = asked("reference-open", back=True)["kazakhstan-dostyk"].warnings
    assert any("westbound" in w for w in west)
    assert not any("westbound" in w for w in east)
    assert any("exported from the EU" in w for w in east)
    assert not any("exported from the EU" in w for w in west)


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("ends", "services", "told"),
    [
        # By ship to a port of Russia; by rail to Russia; by rail through it, past that port.
        (("Mumbai", "Saint Petersburg"), ("sea",), {"alphaliner-led-2022"}),
        (("Almaty", "Tallinn"), ("rail",), {"ofsi-2022", "err-2025-01", "apc-rail-rules-2024"}),
        (("Shanghai", "Moscow"), ("rail",), {"ofsi-2022"}),
        (("Chongqing", "Duisburg"), ("rail",), {"ofsi-2022", "apc-rail-rules-2024"}),
    ],
)
def test_what_holds_for_transit_or_railways_is_told_of_these(
    ends: tuple[str, str], services: tuple[str, ...], told: set[str]
) -> None:
    option, _ = route_between(*ends, services=services, world="reference-open")
    sources = {"ofsi-2022", "apc-rail-rules-2024", "railfreight-2023-03", "alphaliner-led-2022"}
    sources |= {"err-2025-01"}
    named = {source: source_name(source) for source in sources}
    assert {one for one in sources for text in option.warnings if named[one] in text} == told


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("ends", "day", "told"),
    [
        (("Karachi", "Mumbai"), date(2026, 8, 20), "India bars goods from or through Pakistan"),
        pytest.param(
            ("Haifa", "Istanbul"),
            date(2026, 8, 20),
            "Turkey halted all trade with Israel",
            marks=pytest.mark.long,
        ),
        (("Haifa", "Istanbul"), date(2024, 4, 2), None),
        (("Mersin", "Limassol"), date(2026, 8, 20), "no cargo of the Republic of Cyprus"),
        pytest.param(("Piraeus", "Limassol"), date(2026, 8, 20), None, marks=pytest.mark.long),
    ],
)
def test_no_trade_is_told_between_two_countries_that_bar_it(
    ends: tuple[str, str], day: date, told: str | None
) -> None:
    option, _ = route_between(*ends, departure=day)
    assert option.usable is (told is None)
    assert (told or "") in option.reason
    other, _ = route_between(*ends, departure=day, world="reference-open")
    assert other.status is option.status


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    what_key=st.sampled_from(
        [
            ("border", "BY-PL"),
            ("border", "CN-KZ"),
            ("country", "KZ"),
            ("transit", "RU"),
            ("railways", "RU"),
            ("customs", "DE"),
            ("port", "de-hamburg"),
            ("trade", ""),
            ("place", "gate-suez"),
            ("place", "gate-good-hope"),
        ]
    ),
    begins=st.integers(-20, 60),
    lasts=st.integers(0, 60),
    departs=st.integers(0, 40),
    destination=st.sampled_from([(), ("DE",), ("!CN",), ("CN",)]),
)
def test_a_closed_crossing_is_never_on_a_route_that_day(
    monkeypatch: pytest.MonkeyPatch,
    what_key: tuple[str, str],
    begins: int,
    lasts: int,
    departs: int,
    destination: tuple[str, ...],
) -> None:
    what, key = what_key
    first, last = (FIRST + timedelta(days=d) for d in (begins, begins + lasts))
    rule = AccessRule(
        id="drawn",
        what=AccessKind(what),
        keys=(key,),
        effect=Effect.CLOSED,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        text="Closed by a draw.",
        source_id="assumption",
        status="assumption",
        as_of="2026-11-24",
        destination=destination,
    )
    monkeypatch.setattr(questions, "load_access", lambda *_, **__: (rule,))
    scenario = replace(
        load_scenario("shanghai-europe", departure=FIRST + timedelta(days=departs)),
        corridors=("suez", "cape", "kazakhstan-dostyk"),
    )
    question = SESSION.pose(scenario, load_corridors(list(scenario.corridors)))
    closed_arcs = question.bundle.rule_arcs.of(what, key)
    for number in range(len(scenario.corridors)):
        problem = question.problem(number)
        best = best_route(
            problem, Terms(start_day=0, max_wait_days=scenario.max_wait_days, fast=True)
        )
        if best is None:
            continue
        for arc, start in zip(best.arcs, best.starts, strict=True):
            day = scenario.departure + timedelta(days=start // (24 * 60))
            if closed_arcs[problem.base[arc]] and destination != ("CN",):
                assert not first <= day <= last


def test_a_corridor_out_of_reach_is_infeasible_and_blames_no_closure() -> None:
    scenario = replace(
        load_scenario("shanghai-europe"),
        destination="tr-halkali",
        corridors=("kazakhstan-dostyk", "piraeus"),
    )
    for option in compare(scenario, session=SESSION, figures_only=True).routes:
        assert option.status is OptionStatus.INFEASIBLE
        assert "carriage does not reach" in option.reason


def test_only_closures_that_stop_a_corridor_are_blamed_for_it() -> None:
    suez = asked("red-sea-closed")["suez"]
    assert suez.status is OptionStatus.CLOSED
    assert "Bab el-Mandeb" in suez.reason
    assert "Ukraine" not in suez.reason
    assert "Northwest" not in suez.reason


def test_what_the_direction_sets_is_reported_and_a_transit_train_is_no_import() -> None:
    def asked_to(destination: str) -> Comparison:
        scenario = load_scenario("shanghai-europe")
        return compare(
            replace(scenario, destination=destination, corridors=("trans-mongolian",)),
            session=SESSION,
            figures_only=True,
        )

    moscow, hamburg = asked_to("Moscow"), asked_to("Hamburg")
    slower = "trains that end in Russia are slower than transit trains (set by the destination)"
    assert slower in moscow.warnings
    assert slower not in hamburg.warnings
    # Naushki to Moscow, 5,900 km, takes 663 and not 1,100 km a day: 3.6 days more.
    assert (moscow.routes[0].transit_days or 0.0) > 14.0


def test_a_wait_at_the_border_of_china_is_told_only_of_who_crosses_it() -> None:
    waits = "trains that end in Central Asia wait longer at China's border than transit trains"
    from_china, _ = route_between("Xi'an", "Almaty", world="reference-open")
    from_poland, _ = route_between("Warsaw", "Almaty", world="reference-open")
    assert from_poland.borders
    assert any(text.startswith(waits) for text in from_china.warnings)
    assert not any(text.startswith(waits) for text in from_poland.warnings)


@pytest.mark.parametrize(
    ("destination", "corridor", "asked_for_papers"),
    [
        # By ship: to Riga boxes change ships at Gdansk, to Warsaw they come ashore there.
        ("Riga", "cape", False),
        ("Warsaw", "cape", True),
        # By train: they enter the EU in Poland on the way to Hamburg, but at Rotterdam before.
        ("Hamburg", "trans-siberian", True),
        ("Hamburg", "cape", False),
    ],
)
def test_customs_ask_where_boxes_come_ashore_and_not_where_they_change_ships(
    destination: str, corridor: str, asked_for_papers: bool
) -> None:
    scenario = replace(
        load_scenario("shanghai-europe"),
        destination=destination,
        corridors=(corridor,),
        world="reference-open",
    )
    (option,) = compare(scenario, session=SESSION, figures_only=True).routes
    assert option.usable
    by_poland = any(step.from_id.startswith("pl-") for step in option.steps)
    assert by_poland == (destination != "Hamburg" or asked_for_papers)
    assert any("Polish customs" in text for text in option.warnings) == asked_for_papers


@pytest.mark.long
def test_an_answer_beyond_the_bounds_of_corridors_is_another_route() -> None:
    changes = ["origin=Kunming", "destination=Rotterdam", "world=current"]
    more = ["shipment.cargo=groceries", "departure=2026-11-30"]
    scenario = load_scenario("shanghai-europe", set_values=[*changes, *more])
    found = compare_in_both_worlds(scenario, session=SESSION)
    other = found.other_world
    assert other is not None
    assert other.recommended == "other"
    assert "its pre-carriage goes no farther than 2,500 km" in other.note
    assert f"days on board, {other.note}" in found.answer.changes[0].text


@pytest.mark.long
def test_the_other_world_does_not_send_boxes_of_central_asia_to_europe_by_china() -> None:
    changes = ["origin=Almaty", "destination=Antwerp", "departure=2026-11-30", "world=current"]
    scenario = load_scenario("shanghai-europe", set_values=[*changes, "objective=cost"])
    there = compare(replace(scenario, world="reference-open"), session=SESSION, fronts=False)
    best = next(one for one in there.routes if one.corridor == there.decision.recommended)
    assert any("by the seaports of China" in text for text in best.warnings)
    assert compare_in_both_worlds(scenario, session=SESSION, fronts=False).other_world is None


@pytest.mark.first_case
@pytest.mark.parametrize(("destination", "warned"), [("Hamburg", True), ("Kaliningrad", False)])
def test_the_ships_of_kaliningrad_to_the_eu_concern_who_goes_there(
    destination: str, warned: bool
) -> None:
    scenario = replace(load_scenario("shanghai-europe"), destination=destination)
    asked_for = replace(scenario, corridors=("kaliningrad", "northern-sea-route"))
    routes = compare(asked_for, session=SESSION, figures_only=True).routes
    calling = [
        route for route in routes if any("kaliningrad" in step.to_id for step in route.steps)
    ]
    assert calling
    told = {any("is not commercial" in text for text in route.warnings) for route in calling}
    assert told == {warned}
