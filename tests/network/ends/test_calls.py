"""Ships call where boxes are handled: none touches a port and sails on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from corridors.config import load_corridors, load_scenario
from corridors.data.geodata import load_services
from corridors.domain.places import Family
from corridors.domain.scenario import MustPass
from corridors.network.corridor import Carriage, layer
from corridors.network.locate import locate
from corridors.network.states.topology import ArcKind, Topology
from corridors.studies.compare.run import compare
from tests.network.one_network import build_topology

ENDS = [("cn-shanghai", "de-hamburg"), ("ru-murmansk", "kr-busan"), ("in-mundra", "Oslo")]


@cache
def network(origin: str, destination: str) -> Topology:
    return build_topology(
        locate(origin), locate(destination), tuple(load_services()), access_km=300.0
    )


@pytest.mark.parametrize("ends", ENDS)
def test_no_ship_sails_on_from_where_it_arrived_at_a_port(ends: tuple[str, str]) -> None:
    topology = network(*ends)
    at_sea = np.array([service.family is Family.SEA for service in topology.services])
    legs = (topology.kind == ArcKind.LEG) & at_sea[topology.service]
    into, out = np.unique(topology.head[legs]), np.unique(topology.tail[legs])
    through = [topology.place_of(state) for state in np.intersect1d(into, out).tolist()]
    assert through
    assert {place.id for place in through if not place.gate} == set()


def passed(corridor: str, *, named: str) -> set[str]:
    """Return the ports that a ship passes in the main carriage of a corridor of one entry."""
    topology = build_topology(
        locate("cn-shanghai"),
        locate("de-hamburg"),
        tuple(load_services()),
        access_km=300.0,
        must_include=["sg-singapore"],
    )
    asked = replace(load_corridors(["cape"])[0], id=corridor, must_pass=(), rules=())
    if named:
        asked = replace(asked, must_pass=(MustPass(name=named, any_of=(named,)),))
    layered = layer(asked, topology, Carriage(most_km=(("sea/feeder", 3_000.0),)))
    moves = topology.kind[layered.base] == ArcKind.LEG
    through = np.intersect1d(layered.head[moves], layered.tail[moves])
    places = [topology.place_of(state) for state in layered.state[through].tolist()]
    return {place.id for place in places if not place.gate}


def test_a_ship_passes_a_port_for_a_corridor_that_names_it() -> None:
    assert passed("by-singapore", named="sg-singapore") == {"sg-singapore"}
    assert passed("by-colombo", named="gate-malacca") == set()
    assert passed("any-way", named="") == set()


def test_no_feeder_touches_baltiysk_for_cheaper_emissions() -> None:
    question = load_scenario(
        "shanghai-europe",
        set_values=["destination=Moscow", "corridors=[suez]", "objective=cost"],
    )
    (route,) = (row for row in compare(question).routes if row.corridor == "suez")
    ways = [(leg.from_id, leg.to_id) for leg in route.legs if leg.service == "sea/feeder"]
    assert ways == [("pl-gdansk", "ru-st-petersburg")]
