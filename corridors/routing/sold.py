"""Which routes somebody sells: a search also finds what only its prices make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridors.network.states.topology import ArcKind, Topology


def is_sold(topology: Topology, arcs: Sequence[int]) -> bool:
    """Return whether somebody sells a route: it runs what it boards, and does not come back.

    Where rows are drawn apart, a search finds loopholes: to load a train only to change to a ship
    at the same terminal, since the empty box of a train costs less; to take a barge and a lorry
    back to the port of loading, for the same reason. Nobody sells these.
    """
    return not not_sold(topology, arcs)


def not_sold(topology: Topology, arcs: Sequence[int]) -> tuple[int, ...]:
    """Return arcs of a route of which what is sold has not all: none if it is sold (`is_sold`).

    They are those between two visits of a place, or one that boards and the next that leaves again.
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
    first_met: dict[int, int] = {}
    last = None
    met = topology.state_place[topology.tail[run[1:]]].tolist()
    for number, place in enumerate(met, start=1):
        if place != last and place in first_met:
            return tuple(arcs[first_met[place] : number])
        first_met[place] = number
        last = place
    return ()
