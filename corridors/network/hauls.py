"""The first and last hauls of a question: at which terminals and services its ends join a network.

A question adds them to the network as a list: boxes of an origin are loaded at each terminal and on
each service of its list, boxes of a destination are unloaded there. A city or a point has one for
each terminal to which it is trucked, whose arc also takes the cost and hours of the truck (see
`costing.drayage`). The city itself is a place of the network, but has no state in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.data.geodata import load_port_calls, load_sea_legs
from corridors.domain.places import Family, Service, Terminal
from corridors.errors import EndError, PlaceError
from corridors.network.land.drayage_legs import AccessRadius, access_of, access_of_ends
from corridors.network.locate import Place, PlaceKind, container_ports, distance_km
from corridors.network.sea.lane_access import joined, off_the_lanes
from corridors.network.states.base import BaseNetwork, as_port, loadable, terminal_place
from corridors.network.states.chain import MainCarriages
from corridors.network.states.topology import (
    SINK,
    SOURCE,
    ArcKind,
    Draft,
    NetworkPlace,
    Topology,
    boarded,
    own_ports,
    unloaded,
)

# The first and last hauls of a question: at which terminals and services its ends join a network.

# Terminals named where none is within reach.
NEAREST = 3

BY_SEA_OR_ROAD = (Family.SEA, Family.ROAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Haul:
    """Where boxes of an end join the network or leave it: the terminal, its country, a service."""

    place: str
    service: int
    country: str


def refuse_same(origin: Place, destination: Place) -> None:
    """Refuse two ends that are one place, or a city and one of its own terminals.

    Raises
    ------
    EndError
        With both ends.
    """
    if origin.id == destination.id:
        msg = f"origin and destination are the same place, {origin.called}"
        raise EndError(msg, key="destination")
    for city, yard in ((origin, destination), (destination, origin)):
        if yard.id in {member.id for member in city.members}:
            msg = (
                f"{yard.called} is a terminal of {city.name}, so origin and destination"
                " are the same place. Name two terminals by their ids"
            )
            raise EndError(msg, key="destination")


def services_at(place: Place, services: Sequence[Service]) -> list[int]:
    """Return the indices of the services that load or unload at a place itself.

    At a port of the world list call the ships that `load_port_calls` gives for it.
    """
    calls = load_port_calls()
    if place.kind is PlaceKind.PORT and place.terminal is None:
        return [
            i
            for i, s in enumerate(services)
            if s.family is Family.SEA
            and s.calls_in(place.country)
            and calls.takes_off_the_table(place.id, s.id)
        ]
    if place.kind is PlaceKind.POINT:
        return [i for i, s in enumerate(services) if s.family is Family.SEA and _at_sea(place)]
    return loadable(place.terminal, services, calls) if place.terminal else []


def reached_by_road(
    ends: tuple[Place, Place],
    services: Sequence[Service],
    terminals: Mapping[str, Terminal],
    *,
    radius: AccessRadius,
) -> dict[str, tuple[Place, ...]]:
    """Return the terminals and ports that each end that is a city or a point reaches by road.

    The haul of a place with a name is part of the end and needs no service; that of a `lon,lat`
    needs the family `road`.

    Raises
    ------
    EndError
        No ship reaches a point, and road is barred or no terminal is near.
    """
    by_road = any(service.family is Family.ROAD for service in services)
    by_sea = any(service.family is Family.SEA for service in services)
    found = access_of_ends(ends, terminals, radius)
    for key, end in zip(("origin", "destination"), ends, strict=True):
        if not end.by_road:
            continue
        barred = not (by_road or end.has_name)
        if barred:
            found[end.id] = ()
        if found[end.id] or (by_sea and _at_sea(end)):
            continue
        why = "" if end.has_name else off_the_lanes(end, by_sea=by_sea)
        if barred:
            msg = f"{end.id} is a lon,lat{why}: it needs the service 'road', which is not allowed"
            raise EndError(msg, key=key)
        taken = access_of(end, terminals, radius)
        if taken:
            raise EndError(_trucked_alike(*ends, taken), key=key)
        raise EndError(_out_of_reach(end, why, terminals, radius), key=key)
    return found


def _trucked_alike(origin: Place, destination: Place, taken: Sequence[Place]) -> str:
    """Return the sentence for two ends whose boxes go by road to the same terminals."""
    named = " or ".join(yard.called for yard in taken)
    km = distance_km(origin, destination)
    return (
        f"boxes of {origin.name} and of {destination.name} use the same terminal, {named}, so no"
        f" ship or train is needed between them. A truck from one to the other ({km:.0f} km in a"
        " straight line) is not priced. Name two terminals by their ids"
    )


def _out_of_reach(
    end: Place, why: str, terminals: Mapping[str, Terminal], radius: AccessRadius
) -> str:
    """Return the sentence for an end without terminals: the nearest, and what would do."""
    city = end.kind is PlaceKind.CITY
    within = radius.city_km if city else radius.door_km
    row = "road.city_radius_km" if city else "road.access_radius_km"
    over_land = ""
    if end.has_name:
        over_land = " over land"
        within, row = max(
            (within, row),
            (radius.most_km, "road.access_most_km"),
            (radius.longest_km, "road.access_longest_km"),
        )

    def km(place: Place | Terminal) -> float:
        return distance_km(end, place)

    served = sorted((terminal for terminal in terminals.values() if terminal.services), key=km)
    port = min(container_ports(), key=km)
    nearest: list[Place | Terminal] = [*served[:NEAREST]]
    if not served or km(port) < km(served[0]):
        nearest = [port, *served[: NEAREST - 1]]
    shown = ", ".join(f"{place.name} ({place.id}, {km(place):.0f} km)" for place in nearest)
    reach = f"within {within:.0f} km{over_land} in a straight line; the nearest are {shown}."
    if km(nearest[0]) <= within:
        # What is as near lies across water, or a border that trucks do not cross.
        return f"{end.name}{why}: no terminal that trucks go to {reach} Name one of them"
    return f"{end.name}{why}: no terminal {reach} Name one of them, or raise {row}"


def _at_sea(end: Place) -> bool:
    """Return whether ships load at an end itself: a port, or a `lon,lat` at sea or on the coast.

    A city on the coast needs a port of its own or one nearby.
    """
    return not (end.kind is PlaceKind.POINT and end.has_name) and joined(end) is not None


def on_the_lanes(
    ends: tuple[Place, Place], by_road: Mapping[str, tuple[Place, ...]]
) -> list[Place]:
    """Return the places that sea legs serve besides: terminals and ports that are ends or a city's.

    A port of a city too far from any lane is left out.

    Raises
    ------
    EndError
        An end is a port too far from any lane.
    """
    found = []
    for key, end in zip(("origin", "destination"), ends, strict=True):
        try:
            if end.terminal or _at_sea(end):
                found.append(end)
        except PlaceError as error:
            raise EndError(str(error), key=key) from None
        for port in by_road.get(end.id, ()):
            if port.kind is PlaceKind.PORT:
                with suppress(PlaceError):
                    joined(port)
                    found.append(port)
    return found


def hauls_of(
    end: Place,
    by_road: Mapping[str, tuple[Place, ...]],
    services: Sequence[Service],
    reached: Collection[tuple[str, int]],
) -> list[Haul]:
    """Return the hauls of an end, of the places and services `reached` by the network.

    The truck of an end's own haul does not change to another truck at a terminal, unless there is
    nothing else on land to change to: boxes of Dubai go on by road where its ships are held up.
    """
    here, there = (
        [
            Haul(place=place.id, service=service, country=place.country)
            for place in places
            for service in services_at(place, services)
            if (place.id, service) in reached
        ]
        for places in ((end,), by_road.get(end.id, ()))
    )
    trucks = [one for one in there if services[one.service].family is Family.ROAD]
    by_land = any(services[one.service].family not in BY_SEA_OR_ROAD for one in there)
    return [*here, *(one for one in there if not (by_land and one in trucks))]


def unserved(end: Place, by_road: Mapping[str, tuple[Place, ...]], base: BaseNetwork) -> str:
    """Return the sentence for an end that no service reaches."""
    yards = {end.id, *(yard.id for yard in by_road.get(end.id, ()))}
    legs, built = base.key.overlay.legs, {"", *base.key.projects}
    needed = {leg.project for leg in legs if yards & set(leg.ends)} - built
    hint = f"; it needs a project: {', '.join(sorted(needed))}" if needed else ""
    listed = ", ".join(service.id for service in base.key.services)
    return f"no service of this scenario reaches {end.called}; its services are {listed}{hint}"


# The network between an origin and one or many destinations.

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
