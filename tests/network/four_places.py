"""A network of four places drawn by hand: a yard, a gate, a quay and a railway station.

The quay is the first place, so that a place without a number is none of these.
"""

from __future__ import annotations

import numpy as np

from corridors.domain.places import Family, Service
from corridors.network.states.topology import ArcKind, NetworkPlace, PlaceIndex, Topology

PLACES = (
    NetworkPlace(id="de-quay", name="Quay", country="DE", lon=9.0, lat=53.0),
    NetworkPlace(id="cn-yard", name="Yard", country="CN", lon=121.0, lat=31.0),
    NetworkPlace(id="gate-ice#1", name="Ice", country="", lon=60.0, lat=77.0, gate="gate-ice"),
    NetworkPlace(id="pl-rail", name="Rail", country="PL", lon=20.0, lat=52.0),
)
BIG, SMALL, TRAIN = range(3)
SERVICES = tuple(
    Service(id=name, title=name, family=family)
    for name, family in (
        ("sea/24k", Family.SEA),
        ("sea/1k", Family.SEA),
        ("rail/1435", Family.RAIL),
    )
)
# States after source and sink: place, service.
STATES = ((-1, -1), (-1, -1), (1, BIG), (2, BIG), (0, BIG), (0, SMALL), (0, TRAIN), (3, TRAIN))
# Tail, head, kind, countries.
ARCS = (
    (0, 2, ArcKind.LOAD, ("CN",)),
    (2, 3, ArcKind.LEG, ()),
    (3, 4, ArcKind.LEG, ()),
    (4, 5, ArcKind.CHANGE, ("DE",)),
    (4, 6, ArcKind.CHANGE, ("DE",)),
    (5, 6, ArcKind.CHANGE, ("DE",)),
    (6, 7, ArcKind.LEG, ("DE", "PL")),
    (4, 1, ArcKind.UNLOAD, ("DE",)),
    (7, 1, ArcKind.UNLOAD, ("PL",)),
    (6, 5, ArcKind.CHANGE, ("DE",)),
)
LOAD, TO_GATE, TO_QUAY, TO_FEEDER, TO_TRAIN, FEEDER_TO_TRAIN, TRAIN_LEG, UNLOAD, END, TO_SHIP = (
    range(10)
)


def network() -> Topology:
    tail, head, kind, inside = zip(*ARCS, strict=True)
    countries = tuple(sorted(set(inside)))
    state_service = np.array([service for _, service in STATES])
    # An unload has the service of the state that it leaves, any other that of where it leads.
    of = [t if k is ArcKind.UNLOAD else h for t, h, k, _ in ARCS]
    none = np.full(len(ARCS), -1)
    return Topology(
        services=SERVICES, gates=(), places=PLACES, index=PlaceIndex.of(PLACES),
        countries=countries, legs=(), state_place=np.array([place for place, _ in STATES]),
        state_service=state_service, tail=np.array(tail),
        head=np.array(head), kind=np.array(kind, int), km=np.zeros(len(ARCS)),
        service=state_service[of], leg=none, reversed=np.zeros(len(ARCS), bool),
        country=np.array([countries.index(one) for one in inside]),
        area=np.zeros(len(ARCS), int), canal=none, origin="cn-yard", destination="pl-rail",
    )  # fmt: skip
