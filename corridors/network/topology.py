"""The network of states for one pair of ends, before it is priced.

A state is (place, service). Arcs are legs (a move within one service) and transfers (a change of
state at one place). One arc leads from the source for each service that loads at the origin, and
one to the sink for each that unloads at the destination.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import LandLeg
from corridors.domain.places import Family, Gate, Service
from corridors.network.sea import SeaLeg

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SOURCE = 0
SINK = 1
BY_ARC = ("tail", "head", "kind", "km", "service", "leg", "reversed", "country", "area", "canal")


class ArcKind(IntEnum):
    """Kinds of arcs."""

    LEG = 0
    LOAD = 1
    UNLOAD = 2
    CHANGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlace:
    """A place of the network: a terminal, gate point, port or user's point."""

    id: str
    name: str
    country: str
    lon: float
    lat: float
    gate: str = ""
    is_junction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """States and arcs as arrays; state 0 is the source, state 1 the sink.

    Arrays by state: `state_place`, `state_service` (-1 for source and sink), `waits`. Arrays by
    arc: `tail`, `head`, `kind`, `km`, `service` (of the state it leads to; for an unload of the
    state it leaves), `leg` (index of `legs`, else -1), `reversed` (the leg is run from its end),
    `country` (index of `countries`: none, one, or two at a border), `area` (1 to 7 in the
    Northern Sea Route, else 0), `canal` (index of `gates` where the leg is a canal, else -1).
    """

    services: tuple[Service, ...]
    gates: tuple[Gate, ...]
    places: tuple[NetworkPlace, ...]
    countries: tuple[tuple[str, ...], ...]
    legs: tuple[LandLeg | SeaLeg, ...]
    state_place: IntArray
    state_service: IntArray
    waits: BoolArray
    tail: IntArray
    head: IntArray
    kind: IntArray
    km: FloatArray
    service: IntArray
    leg: IntArray
    reversed: BoolArray
    country: IntArray
    area: IntArray
    canal: IntArray
    origin: str
    destination: str

    @property
    def arc_count(self) -> int:
        """Number of arcs."""
        return int(self.tail.shape[0])

    @property
    def state_count(self) -> int:
        """Number of states, source and sink included."""
        return int(self.state_place.shape[0])

    def place_of(self, state: int) -> NetworkPlace:
        """Return the place of a state that is neither source nor sink."""
        return self.places[int(self.state_place[state])]

    def only(self, arcs: IntArray) -> Topology:
        """Return the network with only these arcs, in this order, and what they need."""
        columns = {name: getattr(self, name)[arcs] for name in BY_ARC}
        ends = np.array([SOURCE, SINK])
        states = np.unique(np.concatenate([ends, columns["tail"], columns["head"]]))
        places, state_place = _renumbered(self.state_place[states])
        legs, columns["leg"] = _renumbered(columns["leg"])
        columns["tail"] = np.searchsorted(states, columns["tail"])
        columns["head"] = np.searchsorted(states, columns["head"])
        return replace(
            self,
            places=tuple(self.places[number] for number in places),
            legs=tuple(self.legs[number] for number in legs),
            state_place=state_place,
            state_service=self.state_service[states],
            waits=self.waits[states],
            **columns,
        )

    def families(self, arc: int) -> set[Family]:
        """Return the family of an arc's service, and of the service before a change."""
        found = {self.services[int(self.service[arc])].family}
        if self.kind[arc] == ArcKind.CHANGE:
            found.add(self.services[int(self.state_service[self.tail[arc]])].family)
        return found


def _renumbered(numbers: IntArray) -> tuple[list[int], IntArray]:
    """Return the numbers in use, and each as its place among them; those below 0 stay."""
    used = np.unique(numbers[numbers >= 0])
    return used.tolist(), np.where(numbers < 0, numbers, np.searchsorted(used, numbers))
