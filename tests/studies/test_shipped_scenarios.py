"""What a freight session checks first, on the shipped network and parameters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.domain.results import OptionStatus, RouteOption
from corridors.domain.scenario import Closure
from corridors.output.comparison import Comparison, comparison_json, options_csv
from corridors.output.geopackage_writer import write_geopackage
from corridors.output.html.map.content import map_page
from corridors.studies.compare.run import compare
from corridors.studies.result_base import option_of
from corridors.studies.route.run import route_between
from corridors.studies.session import Session

CORRIDORS = 15
BY_KAZAKHSTAN = ("kazakhstan-dostyk", "kazakhstan-khorgos", "kazakhstan-moscow-kazan")


@cache
def compared(
    scenario: str = "shanghai-europe",
    *,
    day: date | None = None,
    corridors: tuple[str, ...] = (),
    closed: str = "",
    back: bool = False,
    certify: bool = False,
) -> Comparison:
    """Return a comparison, computed once in a run of the tests."""
    asked = load_scenario(scenario, departure=day)
    if corridors:
        asked = replace(asked, corridors=corridors)
    if closed:
        closure = Closure(place=closed, first_day=None, last_day=None, reason=f"{closed} is shut")
        asked = replace(asked, closures=(closure,))
    if back:
        asked = replace(asked, origin=asked.destination, destination=asked.origin)
    return compare(asked, certify=certify)


def options(comparison: Comparison) -> dict[str, RouteOption]:
    return {option.corridor: option for option in comparison.routes}


@cache
def cheapest(closed: str = "") -> dict[str, RouteOption]:
    """Return the cheapest route of every corridor, without the fronts."""
    asked = load_scenario("shanghai-europe")
    if closed:
        closure = Closure(place=closed, first_day=None, last_day=None, reason=f"{closed} is shut")
        asked = replace(asked, closures=(closure,))
    question = Session().pose(asked, load_corridors("all"))
    found = (option_of(question, number) for number in range(len(question.corridors)))
    return {option.corridor: option for option in found}


def usd(option: RouteOption) -> float:
    assert option.cost_usd_per_teu is not None
    return option.cost_usd_per_teu


def transit(option: RouteOption) -> float:
    assert option.transit_days is not None
    return option.transit_days


@pytest.mark.first_case
@pytest.mark.parametrize("back", [False, True])
def test_every_corridor_is_usable_in_august_both_ways(back: bool) -> None:
    found = options(compared(back=back))
    assert len(found) == CORRIDORS
    assert {name: o.reason for name, o in found.items() if not o.usable} == {}


@pytest.mark.parametrize("back", [False, True])
def test_lines_sum_to_totals_and_parts_to_days(back: bool) -> None:
    for option in compared(back=back).routes:
        assert usd(option) == pytest.approx(sum(line.usd_per_teu for line in option.cost_lines))
        assert usd(option) == pytest.approx(sum(step.usd_per_teu for step in option.steps), abs=0.1)
        hours = sum(option.time_parts.values())
        assert option.days == pytest.approx(hours / 24.0)
        assert hours == pytest.approx(sum(step.hours for step in option.steps))
        for step in option.steps:
            assert step.hours == pytest.approx(sum(step.time_parts.values())), step.label
        kg = sum(step.co2e_wtw_kg for step in option.steps)
        assert option.co2e_wtw_kg_per_teu == pytest.approx(kg, abs=0.1)
        legs = [step for step in option.steps if step.kind == "leg"]
        assert option.km() == pytest.approx(sum(leg.km for leg in legs))
        for here, following in pairwise(legs):
            assert here.to_id == following.from_id
            assert here.arrives <= following.departs


def test_days_outside_transit_are_dwell_the_first_wait_and_hauls() -> None:
    for option in compared().routes:
        assert option.days is not None
        outside = option.days - transit(option)
        dwell = option.time_parts["export_dwell"] + option.time_parts["import_dwell"]
        assert dwell / 24.0 <= outside + 0.01, option.corridor
        hauls = option.time_parts["door"] + option.time_parts["road"]
        most = dwell + option.time_parts.get("schedule_wait", 0.0) + hauls
        assert outside <= most / 24.0 + 0.01, option.corridor


def test_suez_and_the_cape_take_as_long_as_published() -> None:
    found = options(compared())
    assert 27 <= transit(found["suez"]) <= 37
    assert 6 <= transit(found["cape"]) - transit(found["suez"]) <= 14
    assert {"gate-malacca", "gate-suez", "gate-gibraltar"} <= set(found["suez"].passages)
    assert "gate-good-hope" in found["cape"].passages


def test_the_arctic_is_quick_in_august_and_closed_in_february() -> None:
    assert 19 <= transit(options(compared())["northern-sea-route"]) <= 26
    (closed,) = compared(day=date(2026, 2, 1), corridors=("northern-sea-route",)).routes
    assert closed.status is OptionStatus.CLOSED
    assert closed.reason
    assert closed.next_usable_date is not None
    # A ship that leaves in June reaches the ice in July.
    assert date(2026, 6, 1) <= closed.next_usable_date <= date(2026, 8, 31)
    later, day = route_between(
        *("Shanghai", "Hamburg"),
        corridor="northern-sea-route",
        departure=closed.next_usable_date,
        world="reference-open",
    )
    assert later.usable
    assert day == closed.next_usable_date


@pytest.mark.parametrize("name", BY_KAZAKHSTAN)
def test_kazakhstan_is_quicker_and_dearer_than_suez_with_two_breaks_of_gauge(name: str) -> None:
    found = options(compared())
    option = found[name]
    assert 12 <= transit(option) <= 23
    assert 2.0 <= usd(option) / usd(found["suez"]) <= 4.5
    into, out = option.gauge_changes
    assert into in {"kz-dostyk", "kz-altynkol"}
    assert out == "pl-malaszewicze"


def test_no_gauge_changes_between_mongolia_and_russia() -> None:
    option = options(compared())["trans-mongolian"]
    assert "MN-RU" in option.borders
    assert option.gauge_changes == ("mn-zamyn-uud", "pl-malaszewicze")


def test_the_way_back_by_suez_passes_the_same_gates_the_other_way() -> None:
    there, back = (options(compared(back=back))["suez"] for back in (False, True))
    assert back.passages == there.passages[::-1]
    # By either point of the Taiwan Strait, 70 m apart: both cost the same whole cents.
    assert back.km() == pytest.approx(there.km(), abs=0.1)


@pytest.mark.first_case
@pytest.mark.parametrize(
    "place",
    [
        *("gate-suez", "kz-dostyk", "BY-PL"),
        *(
            pytest.param(gate, marks=pytest.mark.long)
            for gate in ("gate-malacca", "gate-panama", "gate-gibraltar")
        ),
    ],
)
def test_closing_a_place_never_makes_a_route_cheaper(place: str) -> None:
    before, after = cheapest(), cheapest(place)
    for name, option in after.items():
        if option.usable:
            assert usd(option) >= usd(before[name]) - 0.01, name


@pytest.mark.parametrize("gate", ["gate-malacca", "gate-taiwan-strait", "gate-korea", "gate-dover"])
def test_closing_a_strait_never_shortens_the_way_by_suez(gate: str) -> None:
    """A sea route costs by its length, so the cheapest without a gate is no shorter."""
    before = options(compared())["suez"]
    (after,) = compared(corridors=("suez",), closed=gate).routes
    if after.usable:
        assert (after.km() or 0.0) >= (before.km() or 0.0) - 0.01
        assert gate not in after.passages


@pytest.mark.long
def test_suez_is_not_usable_while_its_canal_is_closed_throughout() -> None:
    found = cheapest("gate-suez")
    assert found["suez"].status is OptionStatus.CLOSED
    assert "gate-suez is shut" in found["suez"].reason
    assert found["cape"].usable


def test_every_corridor_is_certified_and_the_arctic_on_request() -> None:
    for name, option in options(compared()).items():
        assert option.certificate.status == ("dated" if name == "northern-sea-route" else "agrees")
    (arctic,) = compared(corridors=("northern-sea-route",), certify=True).routes
    assert arctic.certificate.status == "agrees"
    assert arctic.certificate.cost_usd_per_teu == pytest.approx(usd(arctic), abs=0.2)


def test_a_closed_option_has_every_key_and_no_figures() -> None:
    wanted = ("suez", "northern-sea-route")
    record = compared(day=date(2026, 2, 1), corridors=wanted).record.plain()
    keys = ["manifest", "scenario", "options", "decision", "front", "warnings", "ladder"]
    assert list(record) == keys
    rows = record["options"]
    assert isinstance(rows, list)
    usable, closed = rows
    assert list(usable) == list(closed)
    figures = [
        *("cost_usd_per_teu", "transit_days", "days", "distance_km", "sea_nm", "rail_km"),
        *("road_km", "ferry_km", "river_km", "co2e_wtw_kg_per_teu", "co2e_ttw_kg_per_teu"),
        *("departure", "arrival"),
    ]
    for key in figures:
        assert usable[key] is not None, key
        assert closed[key] is None, key


def test_the_same_question_writes_the_same_bytes(tmp_path: Path) -> None:
    asked = load_scenario("shanghai-europe")
    first, second = compared(), compare(asked)
    assert comparison_json(first) == comparison_json(second)
    assert options_csv(first) == options_csv(second)
    assert map_page(first).html() == map_page(second).html()
    for name, comparison in (("a.gpkg", first), ("b.gpkg", second)):
        write_geopackage(comparison, tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


@pytest.mark.first_case
@pytest.mark.parametrize("scenario", ["shanghai-kaliningrad", "chongqing-duisburg"])
def test_the_other_shipped_scenarios_find_routes(scenario: str) -> None:
    comparison = compared(scenario)
    assert comparison.usable
    # Where the value of a day counts, the first row is recommended, and those tied with it follow.
    tied = comparison.decision.tied
    assert comparison.usable[0].corridor in {one.corridor for one in tied}
    assert comparison.decision.recommended == comparison.usable[0].corridor


def test_an_override_is_reported_old_to_new() -> None:
    asked = load_scenario("shanghai-europe", set_values=["overrides.road.circuity=1.5"])
    warnings = compare(replace(asked, corridors=("suez",))).warnings
    assert "road.circuity, 7 rows: 1.26 to 1.36 -> 1.5 - (scenario)" in warnings
    told = ("Prices not known for", "No line is listed that goes this way")
    others = [text for text in warnings if not text.startswith(told)]
    assert all(text.startswith("road.circuity") and "-> 1.5 " in text for text in others)


@pytest.mark.long
@pytest.mark.parametrize("end", ["GBSOU", "8.68,50.11"])
def test_a_port_of_the_world_list_and_a_point_can_be_ends(end: str) -> None:
    option, day = route_between("Shanghai", end)
    assert day == date(2026, 8, 20)
    assert option.usable
    assert usd(option) > 0


def by_dostyk(day: date) -> RouteOption:
    option, _ = route_between("Shanghai", "Hamburg", corridor="kazakhstan-dostyk", departure=day)
    assert option.usable
    return option


@pytest.mark.long
def test_a_train_of_early_september_2025_meets_the_closed_polish_border() -> None:
    before, after = by_dostyk(date(2025, 7, 1)), by_dostyk(date(2025, 9, 5))
    assert "BY-PL" in before.borders
    assert "season_wait" not in before.time_parts
    crossing = next((step for step in after.steps if step.border == "BY-PL"), None)
    if crossing is None:
        assert usd(after) > usd(before)
        return
    assert not date(2025, 9, 12) <= crossing.departs.date() <= date(2025, 9, 24)
    assert after.time_parts["season_wait"] > 0.0
    assert any("storage" in line.driver for line in after.cost_lines)
    assert usd(after) > usd(before)


@pytest.mark.long
@pytest.mark.parametrize(
    ("corridor", "day"),
    [("kazakhstan-dostyk", date(2025, 9, 5)), ("northern-sea-route", date(2026, 7, 8))],
)
def test_a_corridor_dated_on_the_way_can_be_compared(corridor: str, day: date) -> None:
    (option,) = compared(day=day, corridors=(corridor,)).routes
    assert option.usable


def test_all_corridors_can_be_compared_while_suez_is_closed() -> None:
    assert len(compared(closed="gate-suez").routes) == CORRIDORS


def test_the_cheapest_route_is_that_of_the_cheapest_corridor() -> None:
    # Held to no corridor, a train that is twice as quick must not hide the ships.
    route, _ = route_between("Shanghai", "Hamburg", world="reference-open")
    cheapest = compared().routes[0]
    assert route.cost_usd_per_teu == pytest.approx(cheapest.cost_usd_per_teu)
    assert route.passages == cheapest.passages
