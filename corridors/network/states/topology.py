"""The network of states for one pair of ends, before it is priced.

A state is (place, service). Arcs are legs (a move within one service) and transfers (a change of
state at one place). One arc leads from the source for each service that loads at the origin, and
one to the sink for each that unloads at the destination.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.geodata import LandLeg
from corridors.domain.places import Family, Gate, GateKind, Service
from corridors.network.sea.sea_legs import SeaLeg

Made = TypeVar("Made")

SOURCE = 0
SINK = 1
BY_ARC = ("tail", "head", "kind", "km", "service", "leg", "reversed", "country", "area", "canal")


class ArcKind(IntEnum):
    """Kinds of arcs; an absent one is a transfer that the ends of the network rule out."""

    LEG = 0
    LOAD = 1
    UNLOAD = 2
    CHANGE = 3
    ABSENT = 4


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
class PlaceIndex:
    """Places by what they are named after, as their numbers in a network.

    `by_id` has the id of a terminal, port or gate point, and that of a gate, which may have several
    points; `by_country` the country codes.
    """

    count: int
    by_id: Mapping[str, tuple[int, ...]]
    by_country: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, places: Sequence[NetworkPlace]) -> PlaceIndex:
        """Return the index of places."""
        return cls(count=0, by_id={}, by_country={}).extended(places)

    def extended(self, places: Sequence[NetworkPlace]) -> PlaceIndex:
        """Return the index of places that begin with those of this one."""
        by_id, by_country = {**self.by_id}, {**self.by_country}
        for number, place in enumerate(places[self.count :], self.count):
            for name in dict.fromkeys((place.id, place.id.split("#")[0])):
                by_id[name] = (*by_id.get(name, ()), number)
            by_country[place.country] = (*by_country.get(place.country, ()), number)
        return PlaceIndex(count=len(places), by_id=by_id, by_country=by_country)

    def named(self, ids: Iterable[str]) -> BoolArray:
        """Return by place whether it is one of these terminals, ports, gate points or gates."""
        return self._among(self.by_id, ids)

    def inside(self, countries: Iterable[str]) -> BoolArray:
        """Return by place whether it lies in one of these countries."""
        return self._among(self.by_country, countries)

    def _among(self, known: Mapping[str, tuple[int, ...]], names: Iterable[str]) -> BoolArray:
        found = np.zeros(self.count, bool)
        found[[number for name in names for number in known.get(name, ())]] = True
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """States and arcs as arrays; state 0 is the source, state 1 the sink.

    `index` finds places by name.
    Arrays by state: `state_place`, `state_service` (-1 for source and sink). Arrays by
    arc: `tail`, `head`, `kind`, `km`, `service` (of the state it leads to; for an unload of the
    state it leaves), `leg` (index of `legs`, else -1), `reversed` (the leg is run from its end),
    `country` (index of `countries`: none, one, or two at a border), `area` (1 to 7 in the
    Northern Sea Route, else 0), `canal` (index of `gates` where the leg is a canal, else -1).
    """

    services: tuple[Service, ...]
    gates: tuple[Gate, ...]
    places: tuple[NetworkPlace, ...]
    index: PlaceIndex
    countries: tuple[tuple[str, ...], ...]
    legs: tuple[LandLeg | SeaLeg, ...]
    state_place: IntArray
    state_service: IntArray
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
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def arc_count(self) -> int:
        """Number of arcs."""
        return int(self.tail.shape[0])

    @property
    def state_count(self) -> int:
        """Number of states, source and sink included."""
        return int(self.state_place.shape[0])

    def place(self, name: str) -> NetworkPlace:
        """Return the place with an id."""
        return self.places[self.index.by_id[name][0]]

    def place_of(self, state: int) -> NetworkPlace:
        """Return the place of a state that is neither source nor sink."""
        return self.places[int(self.state_place[state])]

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` makes of the network alone, made once; it must not be written to."""
        if key not in self._known:
            self._known[key] = make()
        found: Made = self._known[key]
        return found

    def is_in_ice(self, arcs: Sequence[int]) -> bool:
        """Return whether a route passes an area of the Northern Sea Route."""
        return bool((self.area[list(arcs)] > 0).any())

    def of_kind(self, kind: ArcKind) -> BoolArray:
        """Return the arcs of a kind."""
        return self.once(kind, lambda: self.kind == kind)

    def numbers_of(self, kind: ArcKind) -> IntArray:
        """Return the numbers of the arcs of a kind, in ascending order."""
        return self.once(("numbers", kind), lambda: np.flatnonzero(self.of_kind(kind)))

    def entered(self) -> IntArray:
        """Return by arc the place that a route comes to by it, -1 if it stays at one or ends."""

        def find() -> IntArray:
            comes = self.of_kind(ArcKind.LEG) | self.of_kind(ArcKind.LOAD)
            return np.where(comes, self.state_place[self.head], -1)

        return self.once("entered", find)

    def touching(self) -> BoolArray:
        """Return the legs by which a ship arrives at a port and may sail on without being handled.

        They are for the main carriage of corridors that name the port.
        """
        return self.once("touching", self._touching)

    def _touching(self) -> BoolArray:
        legs = self.of_kind(ArcKind.LEG)
        sails = np.array([service.family is Family.SEA for service in self.services])
        gates = np.array([bool(place.gate) for place in self.places])
        goes_on = np.zeros(self.state_count, bool)
        goes_on[self.tail[legs]] = True
        found: BoolArray = legs & sails[self.service] & goes_on[self.head]
        found[found] = ~gates[self.state_place[self.head[found]]]
        return found

    def relays(self) -> BoolArray:
        """Return the transfers from one ship to another of its class."""

        def find() -> BoolArray:
            found = self.of_kind(ArcKind.CHANGE).copy()
            found[found] = (
                self.state_service[self.tail[found]] == self.state_service[self.head[found]]
            )
            return found

        return self.once("relays", find)

    def past_canals(self) -> BoolArray:
        """Return the arcs that touch an end of a canal without passing it."""
        return self.once("past canals", self._past_canals)

    def _past_canals(self) -> BoolArray:
        ids = {gate.id for gate in self.gates if gate.kind is GateKind.CANAL}
        at_canal = np.array([*(place.gate in ids for place in self.places), False])
        # The last place is that of source and sink.
        found: BoolArray = at_canal[self.state_place[self.head]] & (self.canal < 0)
        return found

    def only(self, arcs: IntArray) -> Topology:
        """Return the network with only these arcs, in this order, and what they need."""
        columns = {name: getattr(self, name)[arcs] for name in BY_ARC}
        ends = np.array([SOURCE, SINK])
        states = np.unique(np.concatenate([ends, columns["tail"], columns["head"]]))
        places, state_place = _renumbered(self.state_place[states])
        legs, columns["leg"] = _renumbered(columns["leg"])
        columns["tail"] = np.searchsorted(states, columns["tail"])
        columns["head"] = np.searchsorted(states, columns["head"])
        kept = tuple(self.places[number] for number in places)
        return replace(
            self,
            places=kept,
            index=PlaceIndex.of(kept),
            legs=tuple(self.legs[number] for number in legs),
            state_place=state_place,
            state_service=self.state_service[states],
            **columns,
        )

    def families(self, arc: int) -> set[Family]:
        """Return the family of an arc's service, and of the service before a change."""
        found = {self.services[int(self.service[arc])].family}
        if int(self.kind[arc]) == ArcKind.CHANGE:
            found.add(self.services[int(self.state_service[self.tail[arc]])].family)
        return found


def _renumbered(numbers: IntArray) -> tuple[list[int], IntArray]:
    """Return the numbers in use, and each as its place among them; those below 0 stay."""
    used = np.unique(numbers[numbers >= 0])
    return used.tolist(), np.where(numbers < 0, numbers, np.searchsorted(used, numbers))
