"""Every terminal and passage that a shipped corridor names lies on a way through that corridor."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from corridors.config import load_corridors
from corridors.data.geodata import load_services
from corridors.network.corridor import layer
from corridors.network.locate import locate
from corridors.network.states.topology import Topology
from tests.network.one_network import build_topology

CORRIDORS = {corridor.id: corridor for corridor in load_corridors("shipped")}
# Between these ends each corridor is asked for; none serves all of them.
ENDS = (
    *(("cn-shanghai", "de-hamburg"), ("cn-chongqing", "de-duisburg"), ("cn-harbin", "pl-warsaw")),
    *(
        ("in-nhava-sheva", "ru-moscow"),
        ("cn-shanghai", "ru-kaliningrad"),
        ("ir-tehran", "at-vienna"),
    ),
)


@cache
def network(origin: str, destination: str) -> Topology:
    """Return the network with every service that a scenario may open."""
    services = [replace(service, default=True) for service in load_services()]
    named = {p for c in CORRIDORS.values() for entry in c.must_pass for p in entry.any_of}
    return build_topology(
        locate(origin),
        locate(destination),
        services,
        access_km=150.0,
        must_include=named,
    )


@pytest.mark.first_case
@pytest.mark.parametrize("name", CORRIDORS)
def test_every_place_a_corridor_names_is_passed_on_some_way_through_it(name: str) -> None:
    corridor = CORRIDORS[name]
    passed: set[str] = set()
    for ends in ENDS:
        topology = network(*ends)
        layered = layer(corridor, topology)
        states = np.unique(layered.state[layered.head])
        places = np.unique(topology.state_place[states[topology.state_place[states] >= 0]])
        passed |= {topology.places[place].id.split("#")[0] for place in places.tolist()}
    named = {place for entry in corridor.must_pass for place in entry.any_of}
    assert named - passed == set()
