"""An origin connected to one or many destinations: the base keeps its numbers, each its network."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest

from corridors.config import load_corridors
from corridors.data.geodata import load_services
from corridors.data.own import shipped_overlay
from corridors.data.parameters import load_parameters
from corridors.domain.places import Family
from corridors.network.corridor import CorridorLayers, Layered, carriage_of, layer
from corridors.network.hauls import connect
from corridors.network.land.drayage_legs import AccessRadius
from corridors.network.locate import locate
from corridors.network.states.base import HUB, BaseKey, BaseNetwork, build_base
from corridors.network.states.topology import BY_ARC, SINK, SOURCE, ArcKind, Topology
from corridors.routing.bundle import named_by

CORRIDORS = load_corridors("all")
SERVICES = tuple(service for service in load_services() if service.default)
# A port of the table, one of the world list, cities with and without a port, a point, a dry port.
ENDS = (
    ("cn-shanghai", "de-hamburg"),
    ("Cartagena, ES", "Kotka"),
    ("Munich", "Busan"),
    ("121.5,31.2", "Alexandria"),
    ("de-duisburg", "cn-chongqing"),
    ("Istanbul", "Split"),
)


@cache
def base(*more: str) -> BaseNetwork:
    return build_base(
        BaseKey(
            services=SERVICES,
            overlay=shipped_overlay(),
            shortest_train_km=50.0,
            named=named_by(CORRIDORS) | frozenset(more),
        )
    )


def between(origin: str, destination: str, *more: str) -> Topology:
    radius = AccessRadius(door_km=150.0, city_km=60.0, most_km=150.0)
    return connect(base(*more), locate(origin), [locate(destination)], radius).topology


def arcs(network: Topology) -> Counter[tuple[object, ...]]:
    """Return the arcs by what they join, whatever their numbers."""
    names = [
        (network.places[place].id, network.services[service].id) if place >= 0 else (end, "")
        for end, (place, service) in enumerate(
            zip(network.state_place.tolist(), network.state_service.tolist(), strict=True)
        )
    ]
    return Counter(
        (kind, names[tail], names[head], round(km, 6), area, canal, network.countries[country])
        for kind, tail, head, km, area, canal, country in zip(
            *(
                getattr(network, name).tolist()
                for name in ("kind", "tail", "head", "km", "area", "canal", "country")
            ),
            strict=True,
        )
        if kind != ArcKind.ABSENT
    )


@pytest.mark.parametrize("ends", ENDS)
def test_a_base_network_keeps_its_numbers_whatever_is_attached(ends: tuple[str, str]) -> None:
    network, shared = between(*ends), base()
    for name in BY_ARC:
        column = getattr(shared.topology, name)
        kept = getattr(network, name)[: column.shape[0]]
        if name == "kind":
            kept = np.where(kept == ArcKind.ABSENT, ArcKind.CHANGE, kept)
        assert np.array_equal(kept, column), name
    assert network.places[: len(shared.topology.places)] == shared.topology.places
    assert network.legs[: len(shared.draft.legs)] == tuple(shared.draft.legs)
    assert set(network.kind[network.tail == SOURCE]) == {ArcKind.LOAD}
    assert set(network.kind[network.head == SINK]) == {ArcKind.UNLOAD}


@pytest.mark.first_case
@pytest.mark.parametrize("port", ["ru-petropavlovsk", "jp-osaka", "in-nhava-sheva", "ie-dublin"])
def test_a_port_attached_has_the_arcs_of_a_port_of_the_base(port: str) -> None:
    assert port not in base().points
    assert port in base(port).points
    for ends in ((port, "de-duisburg"), ("cn-chongqing", port)):
        attached, of_base = arcs(between(*ends)), arcs(between(*ends, port))
        # Ships may also pass a port that is named, which adds legs there and nothing else.
        assert not attached - of_base
        assert {(arc[0], port in str(arc[1:3])) for arc in of_base - attached} <= {
            (ArcKind.LEG, True)
        }


def test_ships_do_not_change_at_an_origin_but_at_other_hubs() -> None:
    network = between("cn-shanghai", "de-hamburg")
    sails = np.array([service.family is Family.SEA for service in network.services])
    ships = sails[network.service] & sails[network.state_service[network.tail]]
    at = [network.place_of(state).id for state in network.tail[ships & (network.kind == 3)]]
    assert "cn-shanghai" not in at
    assert {"sg-singapore", "de-hamburg"} <= set(at)
    hubs = {t.id for t in shipped_overlay().terminals.values() if HUB in t.services}
    assert set(at) <= hubs
    absent = np.flatnonzero(network.kind == ArcKind.ABSENT)
    assert absent.size
    assert {network.place_of(state).id for state in network.tail[absent]} == {"cn-shanghai"}
    for corridor in CORRIDORS:
        assert not np.isin(layer(corridor, network).base, absent).any()


def test_places_are_found_by_terminal_gate_and_country() -> None:
    network = between("cn-shanghai", "de-hamburg")
    for name in ("gate-suez", "sg-singapore"):
        found = np.flatnonzero(network.index.named([name])).tolist()
        assert found == [
            number
            for number, place in enumerate(network.places)
            if name in (place.id, place.id.split("#")[0])
        ]
        assert found
    inside = np.flatnonzero(network.index.inside(["KZ", "SG"])).tolist()
    assert inside == [n for n, p in enumerate(network.places) if p.country in {"KZ", "SG"}]
    assert network.place("de-hamburg").name == "Hamburg"


# A hub, inland terminals, a port that the base lacks, the Arctic; three satisfy entries themselves.
MANY = ("de-hamburg", "pl-warsaw", "ie-dublin", "ru-kaliningrad", "gr-piraeus", "ru-murmansk")
CARRIAGE = carriage_of(SERVICES, load_parameters())


def named_arcs(network: Topology, layered: Layered) -> Counter[tuple[object, ...]]:
    """Return the arcs of layers by the states, masks and parts that they join."""
    places, services = network.state_place[layered.state], network.state_service[layered.state]
    names = [
        (network.places[place].id, network.services[service].id, mask, part)
        if place >= 0
        else (node, "", 0, 0)
        for node, (place, service, mask, part) in enumerate(
            zip(
                *(column.tolist() for column in (places, services, layered.mask, layered.part)),
                strict=True,
            )
        )
    ]
    return Counter(
        (names[tail], names[head], kind, round(km, 6))
        for tail, head, kind, km in zip(
            layered.tail.tolist(),
            layered.head.tolist(),
            network.kind[layered.base].tolist(),
            network.km[layered.base].tolist(),
            strict=True,
        )
    )


@cache
def together(origin: str) -> CorridorLayers:
    radius = AccessRadius(door_km=150.0, city_km=60.0, most_km=150.0)
    network = connect(base(), locate(origin), [locate(name) for name in MANY], radius)
    return CorridorLayers(network, CARRIAGE)


# A port that the base lacks and two that satisfy entries, each from one of the origins; the others,
# and all from the other origin, in `make test-long`.
IN_GATE = (2, 5)


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "number"),
    [
        pytest.param(
            origin,
            number,
            marks=[pytest.mark.long] * (number not in IN_GATE or number // 2 % 2 != other),
        )
        for number in range(len(MANY))
        for other, origin in enumerate(("Chongqing", "jp-osaka"))
    ],
)
def test_one_of_many_destinations_has_the_network_and_layers_of_its_pair(
    origin: str, number: int
) -> None:
    alone, shared = between(origin, MANY[number]), together(origin)
    towards = shared.network.towards(number)
    assert arcs(towards) == arcs(alone)
    for corridor in CORRIDORS:
        here, there = shared.to(corridor, number), layer(corridor, alone, CARRIAGE)
        assert named_arcs(towards, here) == named_arcs(alone, there), corridor.id
        assert (here.missing, here.boarded) == (there.missing, there.boarded), corridor.id


def test_main_carriage_is_shared_by_questions_unless_an_end_brings_sea_legs() -> None:
    radius = AccessRadius(door_km=150.0, city_km=60.0, most_km=150.0)
    inland, dublin = (
        connect(base(), locate("Chongqing"), [locate(name)], radius)
        for name in ("pl-warsaw", "ie-dublin")
    )
    assert inland.main is base().main
    assert dublin.main.topology is dublin.topology
    # Whatever the network: Suez has one entry, and nothing else than it is reached or not.
    suez = next(corridor for corridor in CORRIDORS if corridor.id == "suez")
    assert CorridorLayers(inland, CARRIAGE).from_origin(suez).layers.mask.tolist() == [0, 0, 1, 1]
