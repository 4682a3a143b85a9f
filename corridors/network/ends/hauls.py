"""The first and last hauls of a question: at which terminals and services its ends join a network.

A question adds them to the network as a list: boxes of an origin are loaded at each terminal and on
each service of its list, boxes of a destination are unloaded there. A city or a point has one for
each terminal to which it is trucked, whose arc also takes the cost and hours of the truck (see
`costing.drayage`). The city itself is a place of the network, but has no state in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from corridors.data.port_calls import load_port_calls
from corridors.domain.places import Family, Service, Terminal
from corridors.errors import EndError, PlaceError
from corridors.network.land.drayage_legs import AccessRadius, access_of, access_of_ends
from corridors.network.locate import Place, PlaceKind, container_ports, distance_km
from corridors.network.sea.lane_access import joined, off_the_lanes
from corridors.network.states.base import BaseNetwork, loadable

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
