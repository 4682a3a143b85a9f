"""The network of states for one pair of ends, before it is priced.

A state is (place, service). Arcs are legs (a move within one service) and transfers (a change of
state at one place). One arc leads from the source for each service that loads at the origin, and
one to the sink for each that unloads at the destination.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.geodata import LandLeg, load_port_calls, load_sea_legs
from corridors.domain.places import Family, Gate, GateKind, Service
from corridors.network.sea.sea_ways import SeaLeg
from corridors.units import M_PER_KM

# The stages of a service: what a ship, truck or barge must have done before it unloads.

OUTSIDE, PASSED, CALLED = 0, 1, 2
# The eastern Laptev Sea, which every way from Europe to the Far East leads through.
CROSSED = 4
MOVED_FIRST = (Family.ROAD, Family.RIVER, Family.FERRY, Family.RAIL)


def has_stages(service: Service) -> bool:
    """Return whether a service has two stages on its way."""
    return service.family in MOVED_FIRST or service.has_ice_class


def arctic_points() -> frozenset[str]:
    """Return the gate points and ports on a leg through the areas of the Northern Sea Route."""
    legs = load_sea_legs()
    inside = legs.leg_area > 0
    ends = (*legs.leg_from[inside].tolist(), *legs.leg_to[inside].tolist())
    return frozenset(legs.point_ids[end] for end in ends)


def own_ports() -> frozenset[str]:
    """Return the ports where ships with an ice class are on their own ground."""
    return load_port_calls().arctic | arctic_points()


def unloaded(service: Service) -> int:
    """Return the stage in which a service is unloaded."""
    if service.family is Family.SEA:
        return CALLED
    return PASSED if has_stages(service) else OUTSIDE


class At(NamedTuple):
    """What a service finds where a leg begins or ends.

    `own`: ships with an ice class call there in either stage; `calls`: the service is a ship that
    calls there; `named`: a corridor names the place, so that the ship may also sail on.
    """

    own: bool
    calls: bool
    named: bool


def moves(service: Service, start: At, end: At, *, advances: bool) -> tuple[tuple[int, int], ...]:
    """Return the stages of a service on a leg, each with one in which it may arrive.

    A leg that `advances` begins the second stage of a service with two. Where no ship calls, as at
    the point of a gate, it goes on without being handled.
    """
    if start.calls and not start.named:
        on_leg: tuple[int, ...] = (boarded(service, own=start.own),)
    else:
        on_leg = (OUTSIDE, PASSED) if has_stages(service) else (OUTSIDE,)
    found = []
    for stage in on_leg:
        after = PASSED if advances and has_stages(service) else stage
        handled = end.calls and (not service.has_ice_class or after == PASSED or end.own)
        if end.named or not end.calls:
            found.append((stage, after))
        if handled:
            found.append((stage, CALLED))
    return tuple(found)


def boarded(service: Service, *, own: bool) -> int:
    """Return the stage of a service that is loaded, at one of its `own` ports or elsewhere."""
    return PASSED if service.has_ice_class and own else OUTSIDE


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


# States and arcs of a network while they are collected.

Arc = tuple[int, int, int, float, int, int, bool, int, int, int]
# The columns of an arc, with their types as arrays.
COLUMNS = (
    *(("tail", np.int64), ("head", np.int64), ("kind", np.int64), ("km", np.float64)),
    *(("service", np.int64), ("leg", np.int64), ("reversed", np.bool_), ("country", np.int64)),
    *(("area", np.int64), ("canal", np.int64)),
)


@dataclass(slots=True)
class Draft:
    """States, legs and arcs. Those of a network to which more is attached keep their numbers."""

    services: tuple[Service, ...]
    states: dict[tuple[str, int, int], int] = field(default_factory=dict)
    state_place: list[int] = field(default_factory=lambda: [-1, -1])
    state_service: list[int] = field(default_factory=lambda: [-1, -1])
    place_index: dict[str, int] = field(default_factory=dict)
    country_index: dict[tuple[str, ...], int] = field(default_factory=lambda: {(): 0})
    legs: list[LandLeg | SeaLeg] = field(default_factory=list)
    arcs: list[Arc] = field(default_factory=list)
    known_moves: dict[tuple[int, bool, tuple[At, At]], tuple[tuple[int, int], ...]] = field(
        default_factory=dict
    )

    def to_attach(self) -> Draft:
        """Return a draft that goes on from this one, without arcs."""
        return Draft(
            self.services,
            states=self.states.copy(),
            state_place=self.state_place.copy(),
            state_service=self.state_service.copy(),
            place_index=self.place_index.copy(),
            country_index=self.country_index.copy(),
            legs=self.legs.copy(),
            known_moves=self.known_moves,
        )

    def state(self, place: str, service: int, stage: int = OUTSIDE) -> int:
        """Return the number of a state, adding it if new."""
        key = (place, service, stage)
        if key not in self.states:
            self.states[key] = len(self.state_place)
            self.state_place.append(self.place_index.setdefault(place, len(self.place_index)))
            self.state_service.append(service)
        return self.states[key]

    def country(self, *codes: str) -> int:
        """Return the number of the countries of an arc, adding them if new."""
        found = tuple(code for code in codes if code)
        return self.country_index.setdefault(found, len(self.country_index))

    def both_ways(
        self,
        a: str,
        b: str,
        services: Iterable[int],
        *,
        km: float,
        leg: int,
        countries: tuple[str, ...] = (),
        area: int = 0,
        canal: int = -1,
        advances: bool = True,
        own: Collection[str] = (),
        calls: Collection[str] = (),
        named: Collection[str] = (),
    ) -> None:
        """Add a leg in each direction, as an arc for each stage of its services.

        `advances` is as in `stages.moves`, and `own` are the ports where ships with an ice class
        call in either stage. The services call at those of its ends in `calls`, and go on from
        there at once only if they are `named`.
        """
        kind, states, state, add = int(ArcKind.LEG), self.states, self.state, self.arcs.append
        fixed = self.country(*countries), area, canal
        at_a, at_b = At(a in own, a in calls, a in named), At(b in own, b in calls, b in named)
        ways = (a, b, False, (at_a, at_b)), (b, a, True, (at_b, at_a))
        for service in services:
            for start, end, is_back, at in ways:
                key = service, advances, at
                if key not in self.known_moves:
                    self.known_moves[key] = moves(self.services[service], *at, advances=advances)
                for stage, after in self.known_moves[key]:
                    tail, head = (start, service, stage), (end, service, after)
                    pair = states.get(tail) or state(*tail), states.get(head) or state(*head)
                    add((*pair, kind, km, service, leg, is_back, *fixed))

    def transfer(self, kind: ArcKind, tail: int, head: int, *, service: int, country: int) -> None:
        """Add an arc between two states that does not move a box: it has no km and no leg.

        It changes the service, leads from the source to a first haul, or from a last haul to the
        sink. `service` is that of its head, or of its tail before the sink.
        """
        km, leg, is_back, area, canal = 0.0, -1, False, 0, -1
        self.arcs.append((tail, head, int(kind), km, service, leg, is_back, country, area, canal))

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the arcs as arrays by the name of their column, in order of tail and head."""
        values = list(zip(*self.arcs, strict=True)) or [()] * len(COLUMNS)
        arrays: dict[str, npt.NDArray[np.generic]] = {
            name: np.array(column, of_type)
            for (name, of_type), column in zip(COLUMNS, values, strict=True)
        }
        order = np.lexsort((np.arange(len(self.arcs)), arrays["head"], arrays["tail"]))
        return {name: array[order] for name, array in arrays.items()}

    def topology(
        self,
        gates: tuple[Gate, ...],
        places: tuple[NetworkPlace, ...],
        index: PlaceIndex,
        columns: Mapping[str, npt.NDArray[Any]],
        *,
        ends: tuple[str, str] = ("", ""),
    ) -> Topology:
        """Return the network of its states and legs with these arcs, without or between ends."""
        state_place = np.array(self.state_place)
        return Topology(
            services=self.services,
            gates=gates,
            places=places,
            index=index,
            countries=tuple(self.country_index),
            legs=tuple(self.legs),
            state_place=state_place,
            state_service=np.array(self.state_service),
            origin=ends[0],
            destination=ends[1],
            **columns,
        )


# The states of trains: boxes on a train leave it once it has run so far as trains do.

# A service at a place.
Yard = tuple[str, int]


class TrainLeg(NamedTuple):
    """A leg of a train from a yard: where it ends, its number, its countries and its length."""

    end: str
    leg: int
    is_back: bool
    country: int
    km: float


class GaugeChange(NamedTuple):
    """A train of another gauge to which boxes go over, and the country where they do."""

    service: int
    country: int


class _Ridden(NamedTuple):
    """What a train has run since boxes were loaded: metres up to the least, and places it met.

    `rides` unless the box has just been loaded, or gone over to another gauge.
    """

    metres: int
    met: frozenset[str]
    rides: bool


def add_trains(
    draft: Draft,
    legs: Mapping[Yard, Iterable[TrainLeg]],
    *,
    loaded: Collection[Yard],
    gauges: Mapping[Yard, Iterable[GaugeChange]],
    shortest_km: float,
) -> None:
    """Add the legs of trains and their changes of gauge, from each state that boxes reach.

    Parameters
    ----------
    draft
        The network.
    legs
        By yard the legs that begin there.
    loaded
        The yards where boxes are loaded.
    gauges
        By yard the trains of other gauges to which boxes go over there.
    shortest_km
        How far a train runs at least.
    """
    least = round(shortest_km * M_PER_KM)
    nothing: frozenset[str] = frozenset()
    stages = {
        _Ridden(0, nothing, rides=False): OUTSIDE,
        _Ridden(least, nothing, rides=True): PASSED,
    }

    def state(yard: Yard, ridden: _Ridden) -> int:
        return draft.state(*yard, stages.setdefault(ridden, CALLED + len(stages)))

    left = [(yard, ridden) for yard in legs for ridden in stages]
    left = [(yard, ridden) for yard, ridden in left if ridden.rides or yard in loaded]
    seen = set(left)
    for yard, ridden in left:
        (place, service), tail = yard, state(yard, ridden)
        onward = []
        for leg in legs[yard]:
            metres = min(least, ridden.metres + round(leg.km * M_PER_KM))
            met = ridden.met | {place} if metres < least else nothing
            # A young train does not turn back.
            if leg.end not in met:
                after = (leg.end, service), _Ridden(metres, met, rides=True)
                head = state(*after)
                draft.arcs.append(
                    (
                        *(tail, head, int(ArcKind.LEG), leg.km, service, leg.leg, leg.is_back),
                        *(leg.country, 0, -1),
                    )
                )
                onward.append(after)
        for change in gauges.get(yard, ()) if ridden.rides else ():
            after = (place, change.service), ridden._replace(rides=False)
            draft.transfer(ArcKind.CHANGE, tail, state(*after), **change._asdict())
            onward.append(after)
        for after in onward:
            if after not in seen:
                seen.add(after)
                left.append(after)
