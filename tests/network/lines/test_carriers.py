"""Ways that lines are known to run, against every chain of carriers counted by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import combinations, permutations
from random import Random
from typing import Any

import numpy as np
import pytest

from corridors.data.lines import Calls, Line, LineEnds, LineKind
from corridors.domain.places import Family, Service, window_of
from corridors.domain.values import Status
from corridors.network.corridor import CorridorLayers, Layered
from corridors.network.hauls import OriginNetwork
from corridors.network.lines.carriers import carriers_on, known_layers
from corridors.network.lines.laying import Laid
from corridors.network.states.topology import (
    SINK,
    SOURCE,
    ArcKind,
    NetworkPlace,
    PlaceIndex,
    Topology,
)
from corridors.routing.question import ANY_CORRIDOR

SHIP, TRAIN, TRUCK = range(3)
SERVICES = tuple(
    Service(id=name, title=name, family=family)
    for name, family in (
        ("sea/4k", Family.SEA),
        ("rail/1435", Family.RAIL),
        ("road", Family.ROAD),
    )
)
PLACES = tuple("ABCDE")
NOWHERE = LineEnds(
    calls=Calls(codes=frozenset(), positions={}),
    some=Calls(codes=frozenset(), positions={}),
    whole=frozenset(),
    served=frozenset(),
)


@dataclass(frozen=True)
class Leg:
    id: str
    ends: tuple[str, str]


def a_line(name: str, *modes: Family, is_sum: bool = False, frequency: float | None = 1.0) -> Line:
    return Line(
        loop=name, operator="", kind=LineKind.SCHEDULED, modes=frozenset(modes), ways=(),
        one=NOWHERE, other=NOWHERE, one_way=False, frequency=frequency, per="week",
        window=window_of("", ""), season=None, is_sum=is_sum, last_seen="2026",
        searched=date(2026, 1, 1), source_id="", status=Status.FOUND,
    )  # fmt: skip


def drawn(seed: int) -> tuple[Topology, tuple[Laid, ...]]:
    """Return a network of five places in a row of modes, and lines on some of its legs."""
    random = Random(seed)
    states = [(-1, -1), (-1, -1), *((p, s) for p in range(len(PLACES)) for s in range(3))]
    arcs: list[tuple[int, int, ArcKind, int, bool]] = []
    legs: list[Leg] = []
    for one, other in combinations(range(len(PLACES)), 2):
        for service in (SHIP, TRAIN, TRUCK):
            if random.random() < 0.4:
                legs.append(
                    Leg(f"{PLACES[one]}--{PLACES[other]}:{service}", (PLACES[one], PLACES[other]))
                )
                ends = states.index((one, service)), states.index((other, service))
                arcs.append((*ends, ArcKind.LEG, len(legs) - 1, False))
                arcs.append((*ends[::-1], ArcKind.LEG, len(legs) - 1, True))
    for place in range(len(PLACES)):
        for before, after in permutations(range(3), 2):
            if random.random() < 0.5:
                ends = states.index((place, before)), states.index((place, after))
                arcs.append((*ends, ArcKind.CHANGE, -1, False))
    for service in range(3):
        arcs.append((SOURCE, states.index((0, service)), ArcKind.LOAD, -1, False))
        arcs.append((states.index((4, service)), SINK, ArcKind.UNLOAD, -1, False))
    lines = []
    for number in range(random.randint(0, 5)):
        modes = random.choice([(Family.SEA,), (Family.RAIL,), (Family.SEA, Family.RAIL)])
        own = [
            f"{'-' * back}{leg.id}"
            for leg in legs
            for back in (False, True)
            if SERVICES[int(leg.id[-1])].family in modes and random.random() < 0.6
        ]
        stops = [frozenset(p for p in PLACES if random.random() < 0.6) for _ in range(2)]
        often = random.choice([None, 0.25, 1.0, 3.0])
        line = a_line(f"line {number}", *modes, is_sum=random.random() < 0.4, frequency=often)
        lines.append(Laid(line=line, loads=stops[0], unloads=stops[1], legs=frozenset(own)))
    return network(states, arcs, legs), tuple(lines)


def network(states: Any, arcs: Any, legs: Any) -> Topology:
    # Ships may sail on at the points of gates, so no call needs a state of its own.
    places = tuple(
        NetworkPlace(id=p, name=p, country="DE", lon=0.0, lat=0.0, gate="gate") for p in PLACES
    )
    tail, head, kind, leg, back = (np.array(column) for column in zip(*arcs, strict=True))
    state_service = np.array([service for _, service in states])
    return Topology(
        services=SERVICES, gates=(), places=places, index=PlaceIndex.of(places),
        countries=((),), legs=tuple(legs), state_place=np.array([place for place, _ in states]),
        state_service=state_service, tail=tail, head=head,
        kind=kind.astype(int), km=np.ones(len(arcs)),
        service=np.where(kind == ArcKind.UNLOAD, state_service[tail], state_service[head]),
        leg=leg, reversed=back.astype(bool), country=np.zeros(len(arcs), int),
        area=np.zeros(len(arcs), int), canal=np.full(len(arcs), -1), origin="A", destination="E",
    )  # fmt: skip


Routes = dict[tuple[int, ...], float]
"""By the arcs of a route the least minutes that it waits for its lines: half their intervals."""


def minutes_of(line: Line) -> float:
    """Return half the interval of a line; the class waits where it is a count or not told."""
    return 0.0 if line.is_sum or not line.frequency else round(7 * 1440 / line.frequency) / 2.0


def known_by_hand(topology: Topology, lines: tuple[Laid, ...]) -> Routes:
    """Return the routes that come to no state twice and run on lines, but for trucks."""
    found: Routes = {}

    def family(state: int) -> Family | None:
        service = int(topology.state_service[state])
        return None if service < 0 else SERVICES[service].family

    def place(state: int) -> str:
        return topology.place_of(state).id

    def onward(arc: int, on: int | None, after_total: bool) -> list[tuple[int | None, bool]]:
        """Return on which line boxes may be after an arc, and whether a total lies behind them."""
        tail, head = int(topology.tail[arc]), int(topology.head[arc])
        leg = int(topology.leg[arc])
        if leg >= 0:
            if family(head) is Family.ROAD:
                return [(None, after_total)]
            name = "-" * bool(topology.reversed[arc]) + topology.legs[leg].id
            return [(on, after_total)] if on is not None and name in lines[on].legs else []
        left: list[tuple[int | None, bool]] = []
        if on is None:
            left.append((None, after_total))
        elif place(tail) in lines[on].unloads and family(tail) in lines[on].line.modes:
            left.append((None, lines[on].line.is_sum))
        if family(head) in (None, Family.ROAD):
            return left
        made: list[tuple[int | None, bool]] = []
        for _, total in left:
            for number, line in enumerate(lines):
                boards = place(head) in line.loads and family(head) in line.line.modes
                if boards and not (total and line.line.is_sum):
                    made.append((number, total))
        if on is not None and tail != SOURCE:
            modes = lines[on].line.modes
            served = {end for name in lines[on].legs for end in name.lstrip("-")[:4].split("--")}
            if {family(tail), family(head)} <= modes and place(head) in served and len(modes) > 1:
                made.append((on, after_total))
        return made

    def walk(
        state: int,
        on: int | None,
        total: bool,
        arcs: tuple[int, ...],
        met: frozenset[int],
        waited: float,
    ) -> None:
        if state == SINK:
            found[arcs] = min(waited, found.get(arcs, waited))
            return
        for arc in np.flatnonzero(topology.tail == state).tolist():
            head = int(topology.head[arc])
            if head in met:
                continue
            for line, after in onward(arc, on, total):
                boards = line is not None and line != on
                more = minutes_of(lines[line].line) if boards and line is not None else 0.0
                walk(head, line, after, (*arcs, arc), met | {head}, waited + more)

    walk(SOURCE, None, False, (), frozenset({SOURCE}), 0.0)
    return found


def routes_in(layered: Layered) -> Routes:
    """Return the routes of layers that come to no state twice, by their arcs in the network."""
    found: Routes = {}
    interval = layered.boarded_at(layered.tail, layered.head)

    def walk(node: int, arcs: tuple[int, ...], met: frozenset[int], waited: float) -> None:
        if node == SINK:
            found[arcs] = min(waited, found.get(arcs, waited))
            return
        for arc in range(int(layered.first_arc[node]), int(layered.first_arc[node + 1])):
            head = int(layered.head[arc])
            state = int(layered.state[head])
            if state not in met:
                more = float(interval[arc]) / 2.0
                walk(head, (*arcs, int(layered.base[arc])), met | {state}, waited + more)

    walk(SOURCE, (), frozenset({SOURCE}), 0.0)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_known_ways_are_all_chains_of_carriers(seed: int) -> None:
    topology, lines = drawn(seed)
    layering = CorridorLayers(OriginNetwork.to_one(topology))
    origin_layers = layering.from_origin(ANY_CORRIDOR, either=True)
    arcs = layering.arcs_to(ANY_CORRIDOR, origin_layers)
    carriers = carriers_on(topology, lines)
    layered = known_layers(origin_layers, arcs, topology, carriers)
    assert routes_in(layered) == known_by_hand(topology, lines)


def test_some_networks_have_ways_by_line_and_some_have_none() -> None:
    every = [known_by_hand(*drawn(seed)) for seed in range(40)]
    assert min(map(len, every)) == 0
    assert sum(len(routes) > 2 for routes in every) > 5
    assert sum(len({*routes.values()}) > 2 for routes in every) > 5
