"""Waits of trains at borders, changes of gauge and ferries, by train, end and year."""

from __future__ import annotations

import pytest

from corridors.config import load_scenario
from corridors.costing.operations import change, load, wait_for_line
from corridors.costing.passages import border
from corridors.costing.pricer import settings_of
from corridors.data.geodata import load_services, load_terminals
from corridors.data.parameters import load_parameters
from corridors.domain.scenario import Override
from corridors.network.locate import Place, PlaceKind

TABLE = load_parameters()
SERVICES = {service.id: service for service in load_services()}
SHIPMENT = load_scenario("shanghai-europe").shipment
TERMINALS = load_terminals()
BOUND = TABLE.with_overrides(
    [Override(parameter="rail.ends_in_central_asia", scope=None, value=1.0)]
)


@pytest.mark.parametrize(
    ("before", "service", "waits"),
    [
        ("", "rail/1520", True),
        ("sea/14k", "rail/eu-1435", True),
        ("rail/cn-1435", "sea/14k", True),
        # The dwell of a change of gauge has the wait for the next train.
        ("rail/cn-1435", "rail/1520", False),
        ("rail/1520", "rail/eu-1435", False),
    ],
)
def test_a_box_waits_for_its_line_unless_its_dwell_has_the_wait(
    before: str, service: str, waits: bool
) -> None:
    terminal = TERMINALS["kz-dostyk"]
    found = wait_for_line(SERVICES.get(before), SERVICES[service], terminal, TABLE, SHIPMENT)
    assert found.waits is waits


@pytest.mark.parametrize(
    ("train", "year", "hours"),
    [
        ("rail/cn-1435", "2023", 9.75),
        ("rail/cn-1435", "2026", 31.75),
        ("rail/express-cn", "2023", 12),
    ],
)
def test_an_express_waits_its_own_hours_at_a_border_in_every_year(
    train: str, year: str, hours: float
) -> None:
    passed = border(("CN", "KZ"), SERVICES[train], TABLE, SHIPMENT, year=year)
    assert passed.hours == hours


@pytest.mark.parametrize(
    ("year", "hours"), [("2019", 58), ("2023", 146.5), ("2024", 115.75), ("2026", 135)]
)
def test_trains_that_end_in_central_asia_queue_at_the_border_of_china(
    year: str, hours: float
) -> None:
    train, truck = SERVICES["rail/1520"], SERVICES["road"]
    assert border(("CN", "KZ"), train, BOUND, SHIPMENT, year=year).hours == hours
    # Trucks do not, nor do trains at other borders.
    assert border(("CN", "KZ"), truck, BOUND, SHIPMENT, year="2026").hours == 31.75
    assert border(("BY", "PL"), train, BOUND, SHIPMENT, year=year).hours == 43.75


@pytest.mark.parametrize(("country", "is_set"), [("UZ", True), ("KZ", True), ("DE", False)])
def test_the_destination_says_whether_a_train_ends_in_central_asia(
    country: str, *, is_set: bool
) -> None:
    ends = [
        Place(id=code, name=code, country=code, lon=0.0, lat=0.0, kind=PlaceKind.POINT)
        for code in ("CN", country)
    ]
    asked = {setting.parameter for setting in settings_of("reference-open", ends)}
    assert ("rail.ends_in_central_asia" in asked) is is_set


@pytest.mark.parametrize(("year", "hours"), [("2022", 28.6), ("2023", 115.75), ("2026", 115.75)])
def test_trains_from_russia_to_china_queue_from_the_year_known_on(year: str, hours: float) -> None:
    from_russia = TABLE.with_overrides(
        [Override(parameter="rail.russia_to_china", scope=None, value=1.0)]
    )
    train, truck = SERVICES["rail/tsr-1520"], SERVICES["road"]
    assert border(("CN", "RU"), train, from_russia, SHIPMENT, year=year).hours == hours
    # Trucks do not, nor do trains into Russia.
    assert border(("CN", "RU"), truck, from_russia, SHIPMENT, year=year).hours == 28.6
    assert border(("CN", "RU"), train, TABLE, SHIPMENT, year=year).hours == 28.6


@pytest.mark.parametrize(
    ("first", "last", "is_set"), [("RU", "CN", True), ("CN", "RU", False), ("FI", "CN", False)]
)
def test_both_ends_say_whether_a_train_goes_from_russia_to_china(
    first: str, last: str, *, is_set: bool
) -> None:
    ends = [
        Place(id=code, name=code, country=code, lon=0.0, lat=0.0, kind=PlaceKind.POINT)
        for code in (first, last)
    ]
    asked = {setting.parameter for setting in settings_of("reference-open", ends)}
    assert ("rail.russia_to_china" in asked) is is_set


def test_boxes_wait_at_malaszewicze_for_their_onward_train_unless_it_is_an_express() -> None:
    place = TERMINALS["pl-malaszewicze"]

    def hours(one: str, other: str) -> float:
        return change(SERVICES[one], SERVICES[other], place, TABLE, SHIPMENT).hours

    assert hours("rail/1520", "rail/eu-1435") == hours("rail/eu-1435", "rail/1520") == 44.25
    assert hours("rail/tsr-1520", "rail/eu-1435") == 44.25
    assert hours("rail/express-1520", "rail/express-eu") == 4.25


def test_the_wait_for_the_caspian_ferry_is_that_of_the_year() -> None:
    def hours(year: str) -> float:
        made = load(SERVICES["ferry/caspian"], TERMINALS["kz-aktau"], TABLE, SHIPMENT, year=year)
        return made.time_parts["schedule_wait"]

    assert [hours(year) for year in ("2024", "2025", "")] == [70, 137, 137]
