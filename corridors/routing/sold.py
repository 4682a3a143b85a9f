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
    boarded = False
    run = np.array(arcs, np.int64)
    met = topology.state_place[topology.tail[run[1:]]].tolist()
    places = [place for number, place in enumerate(met) if not number or place != met[number - 1]]
    if len(set(places)) < len(places):
        return False
    for kind in topology.kind[run].tolist():
        if kind == ArcKind.LEG:
            boarded = False
        elif boarded:
            return False
        else:
            boarded = kind != ArcKind.UNLOAD
    return True
