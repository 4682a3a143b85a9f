"""The network between an origin and one or many destinations.

The network of services, gates and hubs (see `base`) has no ends. A question adds its ends to it:

1. seaports of its ends that the base lacks join the lanes by new sea legs;
2. an arc leads from the source to each first haul of the origin, and one from each last haul of a
   destination to the sink (see `hauls`).

States, arcs, legs and places of the base keep their numbers; what is added comes after them. Many
destinations share what is priced and searched: each arc that only one of them needs has it as its
owner, and to the others it is absent. One destination is the same with nothing to tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.data.geodata import load_sea_legs
from corridors.domain.places import Family
from corridors.errors import EndError, PlaceError
from corridors.network.ends.hauls import (
    Haul,
    hauls_of,
    on_the_lanes,
    reached_by_road,
    refuse_same,
    services_at,
    unserved,
)
from corridors.network.land.drayage_legs import AccessRadius
from corridors.network.locate import Place
from corridors.network.sea.lane_access import joined
from corridors.network.states.base import BaseNetwork, as_port, terminal_place
from corridors.network.states.chain import MainCarriages
from corridors.network.states.draft import Draft
from corridors.network.states.stages import boarded, own_ports, unloaded
from corridors.network.states.topology import SINK, SOURCE, ArcKind, NetworkPlace, Topology

NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginNetwork:
    """The network between an origin and its destinations.

    `topology` has what is added for all destinations, and names the first of them. `owner` is by
    arc the number of the destination that alone may use it, -1 for the arcs of all, and
    `state_owner` the same by state; `destinations` are their ids, and `unloads` by destination the
    arcs that lead from its last hauls to the sink. `main` are the main carriages of
    corridors: those of the base, which all questions share, unless a port of an end brings sea legs
    of its own.
    """

    topology: Topology
    destinations: tuple[str, ...]
    owner: IntArray
    state_owner: IntArray
    unloads: tuple[IntArray, ...]
    main: MainCarriages

    @classmethod
    def to_one(cls, topology: Topology, main: MainCarriages | None = None) -> OriginNetwork:
        """Return a network to a single destination, which may use all arcs.

        `main` are the main carriages of its base, if they are those of the network too.
        """
        return cls(
            topology=topology,
            main=main or MainCarriages(topology),
            destinations=(topology.destination,),
            owner=np.full(topology.arc_count, NOBODY),
            state_owner=np.full(topology.state_count, NOBODY),
            unloads=(topology.numbers_of(ArcKind.UNLOAD),),
        )

    @property
    def served(self) -> dict[str, int]:
        """The numbers of the destinations at which something can be unloaded, by id."""
        return {
            name: number
            for number, name in enumerate(self.destinations)
            if self.unloads[number].size
        }

    def arcs_of(self, number: int) -> BoolArray:
        """Return by arc whether it is on the network to a destination."""
        mine: BoolArray = (self.owner == NOBODY) | (self.owner == number)
        return mine

    def states_of(self, number: int) -> BoolArray:
        """Return by state whether it is on the network to a destination."""
        mine: BoolArray = (self.state_owner == NOBODY) | (self.state_owner == number)
        return mine

    def towards(self, number: int) -> Topology:
        """Return the network to a destination: arcs of others are absent."""
        if len(self.destinations) == 1:
            return self.topology
        kind = np.where(self.arcs_of(number), self.topology.kind, ArcKind.ABSENT)
        return replace(self.topology, kind=kind, destination=self.destinations[number])


def can_share(destination: Place, origin: Place, base: BaseNetwork) -> bool:
    """Return whether a destination can be one of many: a terminal inland or on shipped sea legs.

    A city or a point has terminals of its own choice, and a user's port its own legs.
    """
    terminal = destination.terminal
    if terminal is None or destination.by_road or not destination.country:
        return False
    if destination.id in {origin.id, *(member.id for member in origin.members)}:
        return False
    name = terminal.id
    on_legs = name in base.points or name in load_sea_legs().point_ids
    return name == destination.id and (on_legs or not base.access.takes.get(name))


def connect(
    base: BaseNetwork, origin: Place, destinations: Sequence[Place], radius: AccessRadius
) -> OriginNetwork:
    """Return the network between an origin and one or many destinations.

    Parameters
    ----------
    base
        The network of services, gates and hubs.
    origin
        Any place.
    destinations
        Any place, or several that `can_share` admits. Of several, one at which nothing can be
        unloaded has no arcs.
    radius
        How far an end that is a city or a point is trucked to terminals.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches the origin or the only
        destination.
    """
    for destination in destinations:
        refuse_same(origin, destination)
    names = [destination.id for destination in destinations]
    pairs = [(origin, destination) for destination in destinations]
    # Terminals have no yards of their own, so with several destinations any pair has all yards.
    services = base.key.services
    yards = reached_by_road(pairs[0], services, base.key.overlay.terminals, radius=radius)
    at_sea = list(dict.fromkeys(place for pair in pairs for place in on_the_lanes(pair, yards)))
    draft = base.draft.to_attach()
    # Ships from one destination to another would be the shortest way of a third.
    apart = frozenset(name for name in names if name not in base.points)
    _add_ports(
        draft, base, [*at_sea, *(yard for of_end in yards.values() for yard in of_end)], apart
    )

    # The hauls of each end, where the network has a state for them.
    reached = {state[:2] for state in draft.states}
    first, *last = (hauls_of(end, yards, services, reached) for end in (origin, *destinations))
    for end, hauls, key in ((origin, first, "origin"), (destinations[0], last[0], "destination")):
        draft.place_index.setdefault(end.id, len(draft.place_index))
        if not hauls and (key == "origin" or len(destinations) == 1):
            raise EndError(unserved(end, yards, base), key=key)
    for end in destinations[1:]:
        draft.place_index.setdefault(end.id, len(draft.place_index))
    _add_hauls(draft, first, ArcKind.LOAD)
    _add_hauls(draft, [haul for hauls in last for haul in hauls], ArcKind.UNLOAD)
    ends = (origin, *destinations, *at_sea)
    topology = _freeze(base, draft, ends, frozenset(haul.place for haul in first))
    grows = len(topology.legs) > len(base.draft.legs)
    main = MainCarriages(topology) if grows else base.main
    if len(destinations) == 1:
        return OriginNetwork.to_one(topology, main)
    return _owned(topology, names, base, main)


def _owned(
    topology: Topology, names: Sequence[str], base: BaseNetwork, main: MainCarriages
) -> OriginNetwork:
    """Return the network with the owner of each state and arc: of what is added, where it is."""
    number_of = {name: number for number, name in enumerate(names)}
    of_place = np.array([number_of.get(place.id, NOBODY) for place in topology.places])
    at_place = np.where(topology.state_place < 0, NOBODY, of_place[topology.state_place])
    of_state = at_place.copy()
    of_state[: len(base.draft.state_place)] = NOBODY
    owner = np.maximum(of_state[topology.tail], of_state[topology.head])
    # A hub of the base is anybody's to sail by, but unloads the boxes of its own destination only.
    unloads = topology.numbers_of(ArcKind.UNLOAD)
    owner[unloads] = at_place[topology.tail[unloads]]
    return OriginNetwork(
        topology=topology,
        destinations=tuple(names),
        owner=owner,
        state_owner=of_state,
        unloads=tuple(unloads[owner[unloads] == number] for number in range(len(names))),
        main=main,
    )


def _add_ports(
    draft: Draft, base: BaseNetwork, places: Sequence[Place], apart: frozenset[str]
) -> None:
    """Add sea legs to the ports among places that the base lacks, but none between two `apart`."""
    ships, terminals = set(base.access.ships), base.key.overlay.terminals
    takes: dict[str, frozenset[int]] = {}
    outside: dict[str, Place] = {}
    for place in places:
        if place.id in base.points:
            continue
        if place.id in terminals:
            takes[place.id] = base.access.takes[place.id]
        elif _lies_at_sea(place):
            takes[place.id] = frozenset(services_at(place, draft.services)) & ships
            outside[place.id] = place
    takes = {name: called for name, called in takes.items() if called}
    if not takes:
        return
    for name in sorted(takes.keys() & terminals.keys() - {*load_sea_legs().point_ids}):
        outside[name] = as_port(terminals[name])
    joins = [place for name, place in outside.items() if name in takes]
    access = base.access.taking(takes)
    legs = base.legs_to_attach(takes.keys(), joins)
    access.add(draft, [leg for leg in legs if not apart >= {leg.from_point, leg.to_point}])


def _lies_at_sea(place: Place) -> bool:
    """Return whether a place outside the table joins a lane."""
    try:
        return joined(place) is not None
    except PlaceError:
        return False


def _add_hauls(draft: Draft, hauls: Sequence[Haul], kind: ArcKind) -> None:
    """Add the arcs from the source to first hauls, or from last hauls to the sink."""
    own = own_ports()
    for haul in hauls:
        service, loads = draft.services[haul.service], kind is ArcKind.LOAD
        stage = boarded(service, own=haul.place in own) if loads else unloaded(service)
        state = draft.state(haul.place, haul.service, stage)
        tail, head = (SOURCE, state) if loads else (state, SINK)
        country = draft.country(haul.country)
        draft.transfer(kind, tail, head, service=haul.service, country=country)


def _freeze(
    base: BaseNetwork, draft: Draft, ends: Sequence[Place], origins: frozenset[str]
) -> Topology:
    """Return the network; its base has no transfer from ship to ship at the origins.

    A box that has not sailed yet would join a rotation midway and skip the calls of boxes loaded
    there.
    """
    shared = base.topology
    names = list(draft.place_index)[len(shared.places) :]
    places = (*shared.places, *(_end_place(name, ends, base) for name in names))
    index = shared.index.extended(places)
    sails = np.array([service.family is Family.SEA for service in draft.services], bool)
    at_origin = index.named(origins)[shared.state_place[shared.tail]]
    transships = shared.of_kind(ArcKind.CHANGE) & sails[shared.service]
    transships &= sails[shared.state_service[shared.tail]] & at_origin
    kind = np.where(transships, ArcKind.ABSENT, shared.kind)
    columns = {
        name: np.concatenate([kind if name == "kind" else getattr(shared, name), added])
        for name, added in draft.columns().items()
    }
    return draft.topology(shared.gates, places, index, columns, ends=(ends[0].id, ends[1].id))


def _end_place(name: str, ends: Sequence[Place], base: BaseNetwork) -> NetworkPlace:
    """Return a place that the base network lacks: a terminal, port or point."""
    terminal = base.key.overlay.terminals.get(name)
    if terminal is not None:
        return terminal_place(terminal)
    end = next(end for end in ends if end.id == name)
    return NetworkPlace(id=name, name=end.name, country=end.country, lon=end.lon, lat=end.lat)
