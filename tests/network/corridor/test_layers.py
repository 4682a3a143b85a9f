"""A corridor in layers: every way passes what it must, rules hold in both directions."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from corridors.config import load_corridors
from corridors.data.geodata import load_services
from corridors.data.parameters import load_parameters
from corridors.domain.scenario import Corridor, MustPass
from corridors.network.corridor import Layered, carriage_of, layer
from corridors.network.locate import locate
from corridors.network.states.chain import ON, PRE, entries_of, runs_forward
from corridors.network.states.topology import SINK, SOURCE, ArcKind, Topology
from tests.network.one_network import build_topology

ENDS = ("cn-shanghai", "de-hamburg")


@cache
def network(origin: str, destination: str) -> Topology:
    services = tuple(service for service in load_services() if service.default)
    named = {p for c in load_corridors("all") for entry in c.must_pass for p in entry.any_of}
    return build_topology(
        locate(origin), locate(destination), services, access_km=300.0, must_include=named
    )


def corridor(name: str) -> Corridor:
    return load_corridors([name])[0]


def some_path(layered: Layered) -> list[int]:
    """Return the nodes of a path from source to sink with the fewest arcs."""
    before, queue = {0: 0}, [0]
    for node in queue:
        for head in layered.head[layered.first_arc[node] : layered.first_arc[node + 1]].tolist():
            if head not in before:
                before[head] = node
                queue.append(head)
    path = [1]
    while path[-1] != 0:
        path.append(before[path[-1]])
    return path[::-1]


@pytest.mark.parametrize("ends", [ENDS, ENDS[::-1]])
@pytest.mark.parametrize("name", [c.id for c in load_corridors("all")])
def test_a_way_through_the_layers_passes_every_entry(name: str, ends: tuple[str, str]) -> None:
    topology, asked = network(*ends), corridor(name)
    layered = layer(asked, topology)
    path = some_path(layered)
    inner = path[1:-1]
    passed = {topology.place_of(int(layered.state[node])).id.split("#")[0] for node in inner}
    for entry in entries_of(asked, topology):
        assert passed & set(entry.any_of), entry.name
    assert runs_forward(asked, topology) is (ends == ENDS) or len(asked.must_pass) < 2


@pytest.mark.parametrize("name", [c.id for c in load_corridors("all")])
def test_an_arc_never_loses_an_entry_already_passed(name: str) -> None:
    layered = layer(corridor(name), network(*ENDS))
    before, after = layered.mask[layered.tail], layered.mask[layered.head]
    assert np.array_equal(before & after, before)


def chinese_legs(topology: Topology, layered: Layered, bit: int) -> set[bool]:
    """Return whether the entry was passed, for each leg inside China."""
    inside = np.array([codes == ("CN",) for codes in topology.countries])[topology.country]
    legs = inside[layered.base] & (topology.kind[layered.base] == ArcKind.LEG)
    return set(((layered.mask[layered.tail[legs]] >> bit) & 1 == 1).tolist())


def test_a_rule_is_mirrored_on_the_way_back() -> None:
    asked = corridor("trans-mongolian")
    west, east = network(*ENDS), network(*ENDS[::-1])
    bit = [entry.name for entry in entries_of(asked, west)].index("mn-zamyn-uud")
    assert chinese_legs(west, layer(asked, west), bit) == {False}
    assert chinese_legs(east, layer(asked, east), bit) == {True}


@pytest.mark.parametrize("ends", [ENDS, ENDS[::-1]])
@pytest.mark.parametrize("name", [c.id for c in load_corridors("all")])
def test_entries_are_reached_in_the_order_of_the_way(name: str, ends: tuple[str, str]) -> None:
    topology, asked = network(*ends), corridor(name)
    layered = layer(asked, topology)
    order = list(range(len(entries_of(asked, topology))))
    if not runs_forward(asked, topology):
        order.reverse()
    # What is reached is always the first entries of the order, however many.
    allowed = {sum(1 << number for number in order[:count]) for count in range(len(order) + 1)}
    assert set(layered.mask.tolist()) <= allowed
    assert len(set(layered.mask.tolist())) == len(order) + 1


def test_an_entry_is_required_of_some_ends_and_not_of_others() -> None:
    mongolia = network("mn-ulaanbaatar", "de-hamburg")
    names = [entry.name for entry in entries_of(corridor("trans-mongolian"), mongolia)]
    assert names == ["ru-naushki", "by-brest"]
    china = [entry.name for entry in entries_of(corridor("trans-mongolian"), network(*ENDS))]
    assert china == ["mn-zamyn-uud", "ru-naushki", "by-brest"]
    assert layer(corridor("trans-mongolian"), mongolia).missing == ()


def test_a_border_is_crossed_and_a_one_way_corridor_not_turned_round() -> None:
    topology = network(*ENDS)
    entry = MustPass(name="the border", any_of=("PL-BY",))
    layered = layer(replace(corridor("other"), must_pass=(entry,), one_way=True), topology)
    inner = [topology.place_of(int(layered.state[node])) for node in some_path(layered)[1:-1]]
    assert ("BY", "PL") in pairwise(place.country for place in inner)
    kazakhstan = corridor("kazakhstan-khorgos")
    assert not runs_forward(kazakhstan, network(*ENDS[::-1]))
    assert runs_forward(replace(kazakhstan, one_way=True), network(*ENDS[::-1]))


@pytest.mark.parametrize("ends", [ENDS, ENDS[::-1]])
@pytest.mark.parametrize("name", ["kazakhstan-khorgos", "trans-mongolian"])
def test_no_main_carriage_follows_on_carriage(name: str, ends: tuple[str, str]) -> None:
    topology = network(*ends)
    layered = layer(corridor(name), topology, carriage_of(topology.services, load_parameters()))
    tail, head, base = layered.tail, layered.head, layered.base
    # An arc joins the states that it joins in the network.
    assert np.array_equal(layered.state[tail], topology.tail[base])
    assert np.array_equal(layered.state[head], topology.head[base])
    inner = (tail != SOURCE) & (head != SINK)
    assert (layered.part[tail[inner]] <= layered.part[head[inner]]).all()
    # Trucks are no main carriage of trains; they do bring boxes to the end.
    (road,) = [row for row, service in enumerate(topology.services) if service.id == "road"]
    parts = layered.part[topology.state_service[layered.state] == road]
    assert set(parts.tolist()) == {PRE, ON}
