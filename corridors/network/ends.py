"""Attach the ends of a question to the network of services, gates and hubs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from corridors.data.geodata import load_sea_legs
from corridors.data.port_calls import load_port_calls
from corridors.domain.places import Family, Service, Terminal
from corridors.errors import EndError, PlaceError
from corridors.network.base import BaseNetwork, as_port, loadable, terminal_place
from corridors.network.draft import Draft
from corridors.network.drayage import AccessRadius, access_of, access_of_ends
from corridors.network.joints import joined, off_the_lanes
from corridors.network.locate import Place, PlaceKind, container_ports, distance_km
from corridors.network.stages import boarded, own_ports, unloaded
from corridors.network.topology import (
    SINK,
    SOURCE,
    ArcKind,
    NetworkPlace,
    Topology,
)

# Terminals named where none is within reach.
NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Where boxes of an end are loaded or unloaded: the place, service and country."""

    place: str
    service: int
    country: str


def attach(base: BaseNetwork, origin: Place, destination: Place, radius: AccessRadius) -> Topology:
    """Return the network of states between two places: a base network with the ends attached.

    States, arcs, legs and places of the base keep their numbers. An end that is a point is linked
    by road to the terminals within `radius`, a city to its own and those within its radius, where
    its boxes are loaded or unloaded. Seaports of the ends that the base lacks join the lanes.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches one of them.
    """
    refuse_same(origin, destination)
    services, terminals = base.key.services, base.key.overlay.terminals
    ends = (origin, destination)
    by_road = reached_by_road(ends, services, terminals, radius=radius)
    at_sea = on_the_lanes(ends, by_road)
    draft = base.draft.to_attach()
    add_ports(draft, base, [*at_sea, *(yard for yards in by_road.values() for yard in yards)])
    reached = {state[:2] for state in draft.states}
    loaded, unloaded_at = (handled_at(end, by_road, draft, reached) for end in ends)
    for end, handled, key in (
        (origin, loaded, "origin"),
        (destination, unloaded_at, "destination"),
    ):
        draft.place_index.setdefault(end.id, len(draft.place_index))
        if not handled:
            raise EndError(unserved(end, by_road, base), key=key)
    add_handling(draft, loaded, ArcKind.LOAD)
    add_handling(draft, unloaded_at, ArcKind.UNLOAD)
    return freeze(base, draft, (*ends, *at_sea), frozenset(one.place for one in loaded))


def refuse_same(origin: Place, destination: Place) -> None:
    """Refuse two ends that are one place, or a city and one of its own terminals.

    Raises
    ------
    EndError
        With both ends.
    """
    if origin.id == destination.id:
        msg = f"origin and destination are the same place, {origin.name} ({origin.id})"
        raise EndError(msg, key="destination")
    for city, yard in ((origin, destination), (destination, origin)):
        if yard.id in {member.id for member in city.members}:
            msg = (
                f"{yard.name} ({yard.id}) is a terminal of {city.name}, so origin and destination"
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
            if s.family is Family.SEA and calls.takes_off_the_table(place.id, s.id)
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
    named = " or ".join(f"{yard.name} ({yard.id})" for yard in taken)
    km = distance_km(origin, destination)
    return (
        f"boxes of {origin.name} and of {destination.name} go by road to {named}, so there is no"
        f" carriage between them. A truck from one to the other, {km:.0f} km in a straight line, is"
        " not priced. Name two terminals by their ids"
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
    return (
        f"{end.name}{why}: no terminal within {within:.0f} km{over_land} in a straight line; the"
        f" nearest are {shown}. Name one of them, or raise {row}"
    )


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


def add_ports(
    draft: Draft,
    base: BaseNetwork,
    places: Sequence[Place],
    *,
    apart: frozenset[str] = frozenset(),
) -> None:
    """Add sea legs to the ports among places that the base network lacks.

    No leg joins two that are `apart`.
    """
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


def handled_at(
    end: Place,
    by_road: Mapping[str, tuple[Place, ...]],
    draft: Draft,
    reached: Collection[tuple[str, int]],
) -> list[Handling]:
    """Return where boxes of an end are loaded or unloaded, of the places and services `reached`.

    The truck of an end's own haul does not change to another truck at a terminal, unless there is
    nothing else to change to.
    """
    here, there = (
        [
            Handling(place=place.id, service=service, country=place.country)
            for place in places
            for service in services_at(place, draft.services)
            if (place.id, service) in reached
        ]
        for places in ((end,), by_road.get(end.id, ()))
    )
    trucks = [one for one in there if draft.services[one.service].family is Family.ROAD]
    found = [*here, *there]
    return [one for one in found if one not in trucks] or found


def unserved(end: Place, by_road: Mapping[str, tuple[Place, ...]], base: BaseNetwork) -> str:
    """Return the sentence for an end that no service reaches."""
    yards = {end.id, *(yard.id for yard in by_road.get(end.id, ()))}
    legs, built = base.key.overlay.legs, {"", *base.key.projects}
    needed = {leg.project for leg in legs if yards & set(leg.ends)} - built
    hint = f"; it needs a project: {', '.join(sorted(needed))}" if needed else ""
    listed = ", ".join(service.id for service in base.key.services)
    return (
        f"no service of this scenario reaches {end.name} ({end.id});"
        f" its services are {listed}{hint}"
    )


def add_handling(draft: Draft, handled: Sequence[Handling], kind: ArcKind) -> None:
    """Add the arcs from the source or to the sink."""
    own = own_ports()
    for one in handled:
        ship, code = draft.services[one.service], draft.country(one.country)
        loads = kind is ArcKind.LOAD
        stage = boarded(ship, own=one.place in own) if loads else unloaded(ship)
        state = draft.state(one.place, one.service, stage)
        pair = (SOURCE, state) if loads else (state, SINK)
        draft.arcs.append((*pair, int(kind), 0.0, one.service, -1, False, code, 0, -1))


def freeze(
    base: BaseNetwork, draft: Draft, ends: Sequence[Place], origins: frozenset[str]
) -> Topology:
    """Return the network; its base has no transfer from ship to ship at the origins.

    A box that has not sailed yet would join a rotation midway and skip the calls of boxes loaded
    there.
    """
    names = list(draft.place_index)[len(base.places) :]
    places = (*base.places, *(_end_place(name, ends, base) for name in names))
    attached = draft.columns()
    state_place, state_service = np.array(draft.state_place), np.array(draft.state_service)
    index = base.index.extended(places)
    tail, kind = base.columns["tail"], base.columns["kind"]
    sails = np.array([service.family is Family.SEA for service in draft.services], bool)
    transships = (kind == ArcKind.CHANGE) & sails[base.columns["service"]]
    transships &= sails[state_service[tail]] & index.named(origins)[state_place[tail]]
    kind = np.where(transships, ArcKind.ABSENT, kind)
    columns = {
        name: np.concatenate([kind if name == "kind" else column, attached[name]])
        for name, column in base.columns.items()
    }
    return Topology(
        services=draft.services,
        gates=base.gates,
        places=places,
        index=index,
        countries=tuple(draft.country_index),
        legs=tuple(draft.legs),
        state_place=state_place,
        state_service=state_service,
        waits=draft.waits(places, attached["head"][attached["kind"] == ArcKind.LOAD]),
        origin=ends[0].id,
        destination=ends[1].id,
        **columns,
    )


def _end_place(name: str, ends: Sequence[Place], base: BaseNetwork) -> NetworkPlace:
    """Return a place that the base network lacks: a terminal, port or point."""
    terminal = base.key.overlay.terminals.get(name)
    if terminal is not None:
        return terminal_place(terminal)
    end = next(end for end in ends if end.id == name)
    return NetworkPlace(id=name, name=end.name, country=end.country, lon=end.lon, lat=end.lat)
