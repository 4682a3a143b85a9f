"""Hubs, where ships of different classes exchange boxes, and the shallow ports they serve."""

from __future__ import annotations

import pytest

from corridors.data.geodata import load_terminals
from corridors.network.states.base import HUB
from corridors.studies.route.run import route_between


@pytest.mark.parametrize(
    "port",
    [
        "sg-singapore",
        "lk-colombo",
        "my-tanjung-pelepas",
        "gr-piraeus",
        "es-algeciras",
        "ma-tanger-med",
        "eg-port-said",
        "be-antwerp",
        "de-wilhelmshaven",
        "mt-marsaxlokk",
        "es-valencia",
        "tr-ambarli",
        "pl-gdansk",
        "my-port-klang",
    ],
)
def test_the_great_ports_of_transshipment_are_hubs(port: str) -> None:
    assert HUB in load_terminals()[port].services


def test_a_box_for_a_shallow_port_changes_ships_at_a_hub() -> None:
    option, _ = route_between("Shanghai", "ru-baltiysk", services=("sea",), world="reference-open")
    changes = [step.from_id for step in option.steps if step.kind == "transfer"]
    assert len(changes) == 1
    assert HUB in load_terminals()[changes[0]].services
    assert [step.service for step in option.steps if step.kind == "leg"][-1] == "sea/feeder"


def legs(origin: str, destination: str) -> list[tuple[str, str, str]]:
    option, _ = route_between(origin, destination, services=("sea",), world="reference-open")
    return [(leg.service, leg.from_id, leg.to_id) for leg in option.legs]


@pytest.mark.parametrize(
    ("origin", "destination"), [("kr-busan", "pl-gdansk"), ("cn-ningbo", "se-gothenburg")]
)
def test_ships_from_asia_call_at_gdansk_and_gothenburg(origin: str, destination: str) -> None:
    assert {service for service, _, _ in legs(origin, destination)} == {"sea/14k"}


@pytest.mark.parametrize("port", ["fi-kotka", "no-oslo", "ge-poti", "ie-dublin"])
def test_no_ship_from_asia_calls_at_a_feeder_port(port: str) -> None:
    way = legs("cn-shanghai", port)
    services = [service for service, _, _ in way]
    first = services.index("sea/feeder")
    assert set(services[:first]) == {"sea/14k"}
    assert set(services[first:]) == {"sea/feeder"}
    assert HUB in load_terminals()[way[first][1]].services


def test_large_ships_reach_the_baltic_by_the_great_belt_only() -> None:
    way = [place.split("#")[0] for _, _, place in legs("kr-busan", "pl-gdansk")]
    assert "gate-great-belt" in way
    assert not {"gate-kiel", "gate-oresund"} & set(way)
