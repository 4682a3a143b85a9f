"""Which routes somebody sells: a search also finds what only its prices make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridors.domain.places import Family
from corridors.network.states.topology import ArcKind, Topology

# An assumption: the shortest train of lines.csv, Poti to Tbilisi, runs over some 300 km. Boxes go
# through a port city by truck.
SHORTEST_TRAIN_KM = 50.0


def is_sold(topology: Topology, arcs: Sequence[int]) -> bool:
    """Return whether somebody sells a route: it runs what it boards, and does not come back.

    Where rows are drawn apart, a search finds loopholes: to load a train only to change to a ship
    at the same terminal, since the empty box of a train costs less; to run it through a port city,
    since a train is loaded sooner than a box is handed out; to take a barge and a lorry back to the
    port of loading. Nobody sells these.
    """
    return not not_sold(topology, arcs)


def not_sold(topology: Topology, arcs: Sequence[int]) -> tuple[int, ...]:
    """Return arcs of a route of which what is sold has not all: none if it is sold (`is_sold`).

    They are those between two visits of a place, one that boards and the next that leaves again, or
    those of a train over less than `SHORTEST_TRAIN_KM`.
    """
    run = np.array(arcs, np.int64)
    before = None
    for arc, kind in zip(arcs, topology.kind[run].tolist(), strict=True):
        if kind == ArcKind.LEG:
            before = None
        elif before is not None:
            return before, arc
        else:
            before = arc if kind != ArcKind.UNLOAD else None
    if short := _short_train(topology, arcs):
        return short
    first_met: dict[int, int] = {}
    last = None
    met = topology.state_place[topology.tail[run[1:]]].tolist()
    for number, place in enumerate(met, start=1):
        if place != last and place in first_met:
            return tuple(arcs[first_met[place] : number])
        first_met[place] = number
        last = place
    return ()


def _short_train(topology: Topology, arcs: Sequence[int]) -> tuple[int, ...]:
    """Return the arcs of a train that carries boxes over a few km, from boarding to leaving."""
    begin, km = None, 0.0
    run = np.array(arcs, np.int64)
    figures = (values[run].tolist() for values in (topology.kind, topology.service, topology.km))
    for number, (kind, service, arc_km) in enumerate(zip(*figures, strict=True)):
        carries = kind != ArcKind.UNLOAD and topology.services[service].family is Family.RAIL
        if begin is None:
            begin, km = (number if carries else None), arc_km
        elif carries:
            km += arc_km
        else:
            if km < SHORTEST_TRAIN_KM:
                return tuple(arcs[begin : number + 1])
            begin = None
    return ()
