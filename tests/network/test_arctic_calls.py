"""Which ships call on the Arctic coast, and which feeders at Russian ports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.data.geodata import load_port_calls, load_services
from corridors.network.locate import locate
from corridors.network.rules.calendar import FEEDER, rule_arcs
from corridors.network.rules.capacity import ships_of_ends
from corridors.network.states.topology import ArcKind
from tests.network.one_network import build_topology

ASKED = load_scenario("shanghai-europe")
COASTER, LARGER = "sea/arctic-650-arc7", "sea/arctic-1600-arc4"


@pytest.mark.parametrize(
    ("ends", "more"),
    [
        ([{"ru-dudinka"}, {"ru-murmansk"}], {COASTER, LARGER}),
        ([{"ru-sabetta"}, {"cn-shanghai"}], {COASTER}),
        ([{"ru-arkhangelsk"}, {"cn-tianjin"}], {LARGER}),
        ([{"cn-jinzhou"}, {"de-hamburg"}], set()),
        ([{"ru-vladivostok"}, {"ru-st-petersburg"}], set()),
    ],
)
def test_a_port_of_the_arctic_coast_has_ships_of_its_size(
    ends: list[set[str]], more: set[str]
) -> None:
    assert ships_of_ends(ASKED, ends) == more
    assert ships_of_ends(replace(ASKED, services=("sea",)), ends) == set()


def test_shuttles_between_asia_and_europe_do_not_call_there_and_coasters_nowhere_else() -> None:
    calls, by_id = load_port_calls(), {service.id: service for service in load_services()}
    for port in ("ru-sabetta", "ru-dudinka", "ru-tiksi", "ru-pevek", "ru-murmansk"):
        assert not calls.takes(port, "sea/arctic-5k-ice1"), port
        assert calls.takes(port, COASTER), port
    for country in ("RU", "CN"):
        assert by_id[COASTER].calls_in(country)
    assert not by_id[COASTER].calls_in("GB")
    assert by_id["sea/14k"].calls_in("GB")


def test_a_closed_feeder_still_sails_between_ports_of_one_country() -> None:
    services = tuple(s for s in load_services() if s.id in (FEEDER, "sea/14k"))
    topology = build_topology(
        locate("ru-st-petersburg"),
        locate("ru-kaliningrad"),
        services,
        access_km=300.0,
        must_include={"pl-gdansk"},
    )
    closed = rule_arcs(topology, "feeder", "ru-st-petersburg")
    legs = np.flatnonzero(topology.kind == ArcKind.LEG)
    for arc in legs.tolist():
        ends = [topology.place_of(state) for state in (topology.tail[arc], topology.head[arc])]
        touches = "ru-st-petersburg" in {place.id for place in ends}
        feeder = topology.services[topology.service[arc]].id == FEEDER
        abroad = any(place.gate or place.country != "RU" for place in ends)
        assert closed[arc] == (touches and feeder and abroad)
    assert closed.any()
    assert not closed[legs].all()
