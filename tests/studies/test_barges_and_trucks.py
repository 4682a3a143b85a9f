"""Barges on three rivers, and road haulage between terminals."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from corridors.config import load_scenario
from corridors.domain.results import OptionStatus, RouteOption
from corridors.output.contract import option_record
from corridors.studies.route.run import route_between

DAY = date(2026, 8, 20)


@cache
def route(
    origin: str, destination: str, *services: str, objective: str = "generalised"
) -> RouteOption:
    values = ["world=current", f"objective={objective}"]
    base = load_scenario("shanghai-europe", set_values=values, departure=DAY)
    found, _ = route_between(origin, destination, base=base, services=services)
    return found


def used(found: RouteOption) -> set[str]:
    return {step.service for step in found.steps if step.km}


def usd(found: RouteOption, driver: str) -> float:
    return sum(line.usd_per_teu for line in found.cost_lines if line.driver == driver)


@pytest.mark.parametrize(
    ("origin", "destination", "km", "off"),
    [
        # Usual road distances, recalled. The way passes yards, so it is a little longer.
        ("de-berlin", "pl-warsaw", 575, 0.08),
        ("es-madrid", "pt-lisbon", 625, 0.08),
        ("kz-almaty", "kg-bishkek", 240, 0.10),
        # To Minhang and on to the port: Hangzhou - Shanghai is 175 km.
        ("cn-hangzhou", "cn-shanghai", 200, 0.10),
    ],
)
def test_trucks_run_between_terminals(origin: str, destination: str, km: float, off: float) -> None:
    found = route(origin, destination, "road")
    assert found.usable
    assert used(found) == {"road"}
    assert option_record(found)["road_km"] == pytest.approx(km, rel=off)


def test_a_truck_from_berlin_to_warsaw_costs_what_a_haulier_quotes() -> None:
    found = route("de-berlin", "pl-warsaw", "road")
    km = float(str(option_record(found)["road_km"]))
    # A box of 40 ft is two TEU. 1.14 to 1.52 EUR per km are contract rates (Upply, 2024).
    assert 1.14 * 1.05 <= 2.0 * usd(found, "road.box_km") / km <= 1.52 * 1.15
    # Two lifts of 46.9 EUR and one fixed price of 120 EUR per box, at 1.1593 USD per EUR.
    assert 2.0 * usd(found, "terminal.lift") == pytest.approx(2 * 46.9 * 1.1593, rel=0.01)
    assert 2.0 * usd(found, "road.fixed") == pytest.approx(120 * 1.1593, rel=0.01)
    assert "door" not in found.time_parts


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("kz-almaty", "uz-tashkent"), ("hu-budapest", "rs-belgrade"), ("bg-plovdiv", "tr-halkali")],
)
def test_no_truck_crosses_a_border_without_known_hours_and_fees(
    origin: str, destination: str
) -> None:
    found = route(origin, destination, "road")
    assert found.status is OptionStatus.INFEASIBLE


@pytest.mark.parametrize(
    ("origin", "destination", "service", "km"),
    [
        ("nl-rotterdam", "ch-basel", "river/rhine", 1_000 - 170),
        ("cn-chongqing-guoyuan", "cn-shanghai", "river/yangtze", 2_369),
        # km 1,920 to 300, and the canal of 64 km.
        ("at-vienna-freudenau", "ro-constanta", "river/danube", 1_920 - 300 + 64),
    ],
)
def test_a_river_is_as_long_as_its_km_posts(
    origin: str, destination: str, service: str, km: float
) -> None:
    found = route(origin, destination, "river")
    assert used(found) == {service}
    assert option_record(found)["river_km"] == pytest.approx(km, abs=0.5)


def test_a_barge_is_as_quick_as_published() -> None:
    # Guoyuan - Waigaoqiao in 8 days by the express line, 12 before it (Korea Shipping Gazette).
    hours = route("cn-chongqing-guoyuan", "cn-shanghai", "river").time_parts["river"]
    assert 8 <= hours / 24 <= 12
    # Rotterdam - Basel: 15 km/h on average, day and night, would be 2.3 days.
    assert 2.3 <= route("nl-rotterdam", "ch-basel", "river").time_parts["river"] / 24 <= 4


def test_the_danube_costs_what_the_line_asked() -> None:
    found = route("ro-constanta", "rs-belgrade", "river")
    # 430 EUR per 40 ft in 2007; prices rose by half.
    assert 2.0 * usd(found, "river.feu_km") == pytest.approx(430 * 1.5 * 1.09, rel=0.01)


@pytest.mark.long
def test_the_port_of_wuhan_reaches_rotterdam_by_barge_and_ship() -> None:
    found = route("cn-wuhan-yangluo", "nl-rotterdam", objective="cost")
    assert {"river/yangtze", "sea/15k"} <= used(found)
    # Cheaper than the train from the rail yard of the city to the sea.
    by_rail = route("cn-wuhan", "nl-rotterdam", "sea", "rail", objective="cost")
    key = "cost_usd_per_teu"
    assert float(str(option_record(found)[key])) < float(str(option_record(by_rail)[key]))


def test_no_truck_serves_to_change_trains_at_one_yard() -> None:
    # A block train and a Trans-Siberian train of one gauge are not changed by a lift, nor by two.
    found = route("ir-tehran", "ru-moscow", "rail", "road")
    by_road = [step for step in found.steps if step.service == "road"]
    assert found.usable
    assert not by_road or any(step.km for step in by_road)


def test_duisburg_reaches_shanghai_by_barge_to_a_port_of_the_rhine() -> None:
    found = route("de-duisburg", "cn-shanghai")
    assert {"river/rhine", "sea/15k"} <= used(found)


def test_a_city_away_from_the_quay_is_joined_to_it_by_road() -> None:
    found = route("cn-chongqing", "cn-shanghai", "river", "road")
    assert used(found) == {"road", "river/yangtze"}
    # The barge's lift takes the box from the truck: three lifts, not four.
    lifts = usd(found, "terminal.lift") / (50.5 / 2)
    assert lifts == pytest.approx(3.0)
