"""Boxes leave a train after a leg, and once it has run so far as trains do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corridors.data.geodata import load_services
from corridors.domain.places import Family, Service
from corridors.network.graph.reach import Sorted, shortest
from corridors.network.locate import locate
from corridors.network.states.topology import (
    OUTSIDE,
    PASSED,
    ArcKind,
    Draft,
    GaugeChange,
    TrainLeg,
    Yard,
    add_trains,
)
from tests.network.one_network import build_topology

SHORTEST_KM = 50.0
PLACES = "abcde"
WIDE, NARROW = 0, 1
SERVICES = tuple(
    Service(id=name, title=name, family=Family.RAIL) for name in ("rail/1520", "rail/1435")
)
# What a box does from yard to yard: a leg to a place, or a change of gauge.
Step = tuple[str, int]


@st.composite
def railways(draw: st.DrawFn) -> tuple[dict[Yard, list[TrainLeg]], set[Yard], set[str]]:
    """Draw legs of up to 60 km by gauge, where boxes are loaded, and where the gauge changes."""
    legs: dict[Yard, list[TrainLeg]] = {}
    for pair in combinations(PLACES, 2):
        for service in (WIDE, NARROW):
            if draw(st.integers(0, 2)):
                continue
            km = float(draw(st.sampled_from((5, 12, 20, 30, 49, 50, 60))))
            number = sum(map(len, legs.values()))
            for start, end, is_back in ((*pair, False), (*pair[::-1], True)):
                leg = TrainLeg(end, number, is_back, 0, km)
                legs.setdefault((start, service), []).append(leg)
    yards = sorted(legs)
    loaded = set(draw(st.lists(st.sampled_from(yards), unique=True))) if yards else set()
    both = {place for place, _ in yards if {(place, WIDE), (place, NARROW)} <= {*yards}}
    return legs, loaded, {place for place in both if draw(st.booleans())}


def sold(
    legs: dict[Yard, list[TrainLeg]], gauges: set[str], yard: Yard, *, shortest_km: float
) -> Iterator[tuple[Step, ...]]:
    """Yield what boxes may do by train from a yard, by the rule in words; no place comes twice."""

    def onward(
        yard: Yard, km: float, met: set[str], steps: tuple[Step, ...], *, rides: bool
    ) -> Iterator[tuple[Step, ...]]:
        place, service = yard
        if rides and km >= shortest_km:
            yield steps
        for leg in legs[yard]:
            if leg.end not in met:
                step = (leg.end, service)
                way = *steps, step
                yield from onward(step, km + leg.km, met | {leg.end}, way, rides=True)
        if rides and place in gauges:
            step = (place, 1 - service)
            yield from onward(step, km, met, (*steps, step), rides=False)

    yield from onward(yard, 0.0, {yard[0]}, (), rides=False)


def carried(draft: Draft, yard: Yard) -> Iterator[tuple[Step, ...]]:
    """Yield what boxes may do by train from a yard in the network of states."""
    named = {number: key for key, number in draft.states.items()}
    out: dict[int, list[int]] = {}
    for tail, head, *_ in draft.arcs:
        out.setdefault(tail, []).append(head)

    def onward(state: int, met: set[str], steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
        place, _, stage = named[state]
        if stage == PASSED:
            yield steps
        for head in out.get(state, ()):
            there, service, _ = named[head]
            if there == place or there not in met:
                yield from onward(head, met | {there}, (*steps, (there, service)))

    yield from onward(draft.states[*yard, OUTSIDE], {yard[0]}, ())


@given(railways(), st.sampled_from((0.0, SHORTEST_KM)))
def test_states_hold_what_is_sold_and_no_more(
    railway: tuple[dict[Yard, list[TrainLeg]], set[Yard], set[str]], shortest_km: float
) -> None:
    legs, loaded, at = railway
    draft = Draft(SERVICES)
    gauges = {(p, s): [GaugeChange(1 - s, 0)] for p in at for s in (WIDE, NARROW)}
    add_trains(draft, legs, loaded=loaded, gauges=gauges, shortest_km=shortest_km)
    assert len({(arc[0], arc[1], arc[5]) for arc in draft.arcs}) == len(draft.arcs)
    for yard in sorted(loaded):
        found = sorted(carried(draft, yard))
        assert found == sorted(sold(legs, at, yard, shortest_km=shortest_km))


def test_what_is_boarded_in_the_shipped_network_leaves_by_a_leg_alone() -> None:
    topology = build_topology(
        locate("Shanghai"), locate("Hamburg"), load_services(), access_km=150.0
    )
    into = np.zeros(topology.state_count, bool)
    into[topology.head[topology.of_kind(ArcKind.LOAD) | topology.of_kind(ArcKind.CHANGE)]] = True
    leaving = topology.of_kind(ArcKind.UNLOAD) | topology.of_kind(ArcKind.CHANGE)
    assert into.sum() > 500
    assert not into[topology.tail[leaving]].any()


def test_a_train_of_the_shipped_network_runs_fifty_km() -> None:
    topology = build_topology(
        locate("Piraeus"), locate("Rotterdam"), load_services(), access_km=150.0
    )
    rail = np.array([service.family is Family.RAIL for service in topology.services])
    before = np.append(rail, False)[topology.state_service[topology.tail]]
    after = np.append(rail, False)[topology.state_service[topology.head]]
    inside = np.flatnonzero(before & after)
    ways = Sorted.of(topology.tail[inside], topology.head[inside], topology.state_count)
    boards = np.unique(topology.head[~before & after])
    km, _ = shortest(ways, topology.km[inside], boards, np.zeros(boards.size), furthest=1e9)
    leaves = np.unique(topology.tail[before & ~after])
    assert leaves.size > 100
    assert km[leaves].min() >= SHORTEST_KM
