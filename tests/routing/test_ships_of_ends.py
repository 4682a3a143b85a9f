"""Ports whose rotations have smaller ocean-going ships are reached by these, not by feeder only."""

from __future__ import annotations

import pytest

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.network.rules.capacity import chosen_services, ships_of_ends, with_ships
from corridors.studies.route.run import route_between
from corridors.studies.session import Session

SESSION = Session()


def asked(*changes: str) -> Scenario:
    return load_scenario("shanghai-europe", set_values=changes)


@pytest.mark.parametrize(
    ("ports", "ships"),
    [
        (["cn-shanghai", "AUSYD"], {"sea/8k"}),  # 10,000 TEU: smaller than ships of class 10k
        (["AUSYD", "lt-klaipeda"], {"sea/8k"}),  # 10,000 and 8,500
        (["cn-shanghai", "de-hamburg"], set()),  # 24,000
        (["cn-shanghai", "fi-kotka"], set()),  # feeders only
        (["cn-shanghai", "NOWHERE"], set()),
    ],
)
def test_the_largest_class_that_calls_at_an_end_is_added(ports: list[str], ships: set[str]) -> None:
    assert ships_of_ends(asked(), [{port} for port in ports]) == ships


def test_a_city_needs_none_if_one_of_its_ports_takes_the_largest_ships() -> None:
    assert ships_of_ends(asked(), [{"jp-tokyo"}]) == {"sea/8k"}
    assert ships_of_ends(asked(), [{"jp-tokyo", "jp-yokohama"}]) == frozenset()


def test_a_scenario_that_names_its_services_gets_no_others() -> None:
    scenario = asked("services=[sea/14k, sea/feeder, road]")
    assert ships_of_ends(scenario, [{"AUSYD"}]) == frozenset()


def test_added_ships_are_open_to_every_corridor() -> None:
    services = with_ships(chosen_services(asked()), {"sea/8k"})
    assert [service.id for service in services if service.default].count("sea/8k") == 1
    assert len(services) == len(chosen_services(asked())) + 1


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "destination", "longest_days"),
    [
        ("Shanghai", "Durban", 27.0),
        pytest.param("Shanghai", "Buenos Aires", 38.0, marks=pytest.mark.long),
        ("Sydney", "Shanghai", 20.0),
    ],
)
def test_ships_of_the_port_sail_there_direct(
    origin: str, destination: str, longest_days: float
) -> None:
    option, _ = route_between(origin, destination, session=SESSION)
    assert {leg.service for leg in option.legs if leg.service.startswith("sea/")} == {"sea/8k"}
    assert option.transit_days is not None
    assert option.transit_days < longest_days


def test_the_mean_ship_of_a_trade_sails_between_its_countries() -> None:
    for countries, ships in (
        (("CN", "DE"), {"sea/15k"}),
        (("PL", "KR"), {"sea/15k"}),
        (("CN", "IT"), set()),
        (("CN", "US"), set()),
        (("DE", "NL"), set()),
        # The large lines sail no more to Russia, ships of 1,100 to 2,500 TEU do.
        (("IN", "RU"), {"sea/2k"}),
        (("RU", "AE"), {"sea/2k"}),
        # Vladivostok is a short way off, where feeders sail.
        (("CN", "RU"), set()),
        (("RU", "DE"), set()),
    ):
        assert ships_of_ends(asked(), [], countries=countries) == ships
    named = asked("services=[sea/14k]")
    assert ships_of_ends(named, [], countries=("CN", "DE")) == frozenset()


@pytest.mark.parametrize(("destination", "ship"), [("Hamburg", "sea/15k"), ("Genoa", "sea/14k")])
def test_ships_to_north_europe_are_larger_than_those_to_the_mediterranean(
    destination: str, ship: str
) -> None:
    option, _ = route_between("Shanghai", destination, corridor="cape", session=SESSION)
    assert {leg.service for leg in option.legs if leg.service.startswith("sea/")} == {ship}
