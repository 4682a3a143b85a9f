"""Build the network of states for one origin and destination."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from corridors.data.eca import load_leg_eca_nm
from corridors.data.geodata import LandLeg, load_gates, load_sea_lanes, load_sea_legs
from corridors.data.own import Overlay, shipped_overlay
from corridors.data.parameters import load_parameters
from corridors.data.port_calls import PortCalls, load_port_calls
from corridors.domain.places import Family, Gate, Service, Terminal, TerminalKind
from corridors.errors import EndError, PlaceError
from corridors.network.drayage import AccessRadius, access_of_ends
from corridors.network.locate import Place, PlaceKind, distance_km
from corridors.network.sea import (
    SeaLeg,
    joined,
    leg_between,
    legs_of_port,
    off_the_lanes,
    reach_of,
)
from corridors.network.topology import SINK, SOURCE, ArcKind, NetworkPlace, Topology
from corridors.units import km_from_nm

# Terminals with this service transship between ships of different classes.
HUB = "hub"
# A ship with an ice class has two states: before it has crossed the Arctic since loading, and
# after. It unloads in the second only, or at its own Arctic ports. It has crossed once it has
# sailed the area `CROSSED`: at a gate of the edge it would turn back, as a feeder from Klaipeda to
# Felixstowe by the Kara Gate. A truck or barge has the second after its first leg and unloads there
# only: it may not serve to change trains at one yard. Every other service has the first only.
OUTSIDE, PASSED = 0, 1
# The eastern Laptev Sea, which every way from Europe to the Far East leads through.
CROSSED = 4
# Terminals named where none is within reach.
NEAREST = 3
MOVED_FIRST = (Family.ROAD, Family.RIVER)


def has_stages(service: Service) -> bool:
    """Return whether a service has two stages."""
    return service.family in MOVED_FIRST or service.has_ice_class


@dataclass(slots=True)
class Draft:
    """States and arcs while they are collected."""

    services: tuple[Service, ...]
    states: dict[tuple[str, int, int], int] = field(default_factory=dict)
    state_place: list[int] = field(default_factory=lambda: [-1, -1])
    state_service: list[int] = field(default_factory=lambda: [-1, -1])
    place_index: dict[str, int] = field(default_factory=dict)
    country_index: dict[tuple[str, ...], int] = field(default_factory=lambda: {(): 0})
    legs: list[LandLeg | SeaLeg] = field(default_factory=list)
    arcs: list[tuple[int, int, int, float, int, int, bool, int, int, int]] = field(
        default_factory=list
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
        service: int,
        *,
        km: float,
        leg: int,
        countries: tuple[str, ...] = (),
        area: int = 0,
        canal: int = -1,
        passes: tuple[bool, bool] = (True, True),
    ) -> None:
        """Add a leg as two arcs, one in each direction.

        For a service with two stages, `passes` says by end whether arrival there begins the second.
        """
        code, kind = self.country(*countries), int(ArcKind.LEG)
        staged = has_stages(self.services[service])
        for kept in (OUTSIDE, PASSED) if staged else (OUTSIDE,):
            at_a, at_b = (PASSED if staged and passed else kept for passed in passes)
            for start, end, stage, is_back in ((a, b, at_b, False), (b, a, at_a, True)):
                pair = self.state(start, service, kept), self.state(end, service, stage)
                self.arcs.append((*pair, kind, km, service, leg, is_back, code, area, canal))


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


def loadable(terminal: Terminal, services: Sequence[Service], calls: PortCalls) -> list[int]:
    """Return the indices of the services that load at a terminal.

    Those that it lists, and trucks wherever boxes are lifted. Where it lists `sea`, the ship
    classes that call there.
    """
    listed = set(terminal.services)
    return [
        i
        for i, service in enumerate(services)
        if service.id in listed
        or (
            service.family.value in listed
            and service.family is not Family.RAIL
            and calls.takes(terminal.id, service.id)
        )
        or (service.family is Family.ROAD and terminal.lifts_boxes)
    ]


def _fits(service: Service, gate: Gate) -> bool:
    """Return whether a ship passes a gate: part laden where its class does so.

    A ship with an ice class passes only where such ships go.
    """
    if service.has_ice_class and not gate.ice_ships:
        return False
    draft_m = None if service.id in gate.part_laden else service.draft_m
    limits = (
        (draft_m, gate.max_draft_m),
        (service.beam_m, gate.max_beam_m),
        (service.loa_m, gate.max_loa_m),
    )
    return all(size is None or limit is None or size <= limit for size, limit in limits)


def add_land(draft: Draft, legs: Iterable[LandLeg]) -> None:
    """Add legs by land and ferry, each for the services that use its system."""
    for leg in legs:
        users = [
            i
            for i, service in enumerate(draft.services)
            if leg.system == service.id
            or (
                leg.system in service.systems
                and (not service.countries or set(leg.countries) <= set(service.countries))
            )
        ]
        if not users:
            continue
        number = len(draft.legs)
        draft.legs.append(leg)
        for user in users:
            draft.both_ways(
                leg.from_id,
                leg.to_id,
                user,
                km=leg.length_km,
                leg=number,
                countries=leg.countries,
            )


def _sea_legs(
    ends: Sequence[Place],
    wanted: set[str],
    gate_points: frozenset[str],
    terminals: Mapping[str, Terminal],
) -> list[SeaLeg]:
    legs = load_sea_legs()
    names = legs.point_ids
    index = np.array([name in wanted for name in names])
    rows = np.flatnonzero(index[legs.leg_from] & index[legs.leg_to])
    found = [
        SeaLeg(
            id=f"{names[a]}--{names[b]}",
            from_point=names[a],
            to_point=names[b],
            km=km_from_nm(nm),
            area=area,
            gate=gate,
            row=row,
            eca_km=tuple(inside),
        )
        for row, a, b, nm, area, gate, inside in zip(
            rows.tolist(),
            legs.leg_from[rows].tolist(),
            legs.leg_to[rows].tolist(),
            legs.leg_nm[rows].tolist(),
            legs.leg_area[rows].tolist(),
            legs.leg_gate[rows].tolist(),
            (load_leg_eca_nm()[rows] * km_from_nm(1.0)).tolist(),
            strict=True,
        )
    ]
    ports = [end for end in ends if joined(end)]
    ports += [_as_port(terminals[name]) for name in sorted(wanted & {*terminals} - {*names})]
    reaches = [reach_of(port, legs, gate_points) for port in ports]
    for reach in reaches:
        found.extend(legs_of_port(reach, wanted))
    between = (leg_between(one, other) for one, other in combinations(reaches, 2))
    return [*found, *(leg for leg in between if leg is not None)]


def _as_port(terminal: Terminal) -> Place:
    """Return a user's own seaport as a port outside the shipped legs."""
    return Place(
        id=terminal.id,
        name=terminal.name,
        country=terminal.country,
        lon=terminal.lon,
        lat=terminal.lat,
        kind=PlaceKind.PORT,
        terminal=terminal,
    )


def arctic_points() -> frozenset[str]:
    """Return the gate points and ports on a leg through the areas of the Northern Sea Route."""
    legs = load_sea_legs()
    inside = legs.leg_area > 0
    ends = np.unique(np.concatenate([legs.leg_from[inside], legs.leg_to[inside]])).tolist()
    return frozenset(legs.point_ids[end] for end in ends)


def add_sea(
    draft: Draft,
    ends: Sequence[Place],
    gates: Sequence[Gate],
    terminals: Mapping[str, Terminal],
    extra: set[str],
    *,
    any_hull_in_ice: bool,
) -> None:
    """Add sea legs between gates, the ends, and ports where a box can change service.

    A ship without an ice class enters the areas of the Northern Sea Route only with
    `any_hull_in_ice`.
    """
    ships = [i for i, s in enumerate(draft.services) if s.family is Family.SEA]
    if not ships:
        return
    gate_of = {point: gate for gate in gates for point in gate.points}
    calls = load_port_calls()
    allowed = {t.id: set(loadable(t, draft.services, calls)) for t in terminals.values()}
    mixed = {
        t.id
        for t in terminals.values()
        if any(i in allowed[t.id] for i in ships)
        and (HUB in t.services or any((t.id, i, OUTSIDE) in draft.states for i in allowed[t.id]))
    }
    wanted = set(gate_of) | mixed | extra | {end.id for end in ends}
    for end in ends:
        if joined(end):
            allowed[end.id] = set(services_at(end, draft.services)) & set(ships)
    wanted -= {t.id for t in terminals.values() if not any(i in allowed[t.id] for i in ships)}
    for_ice = {ship for ship in ships if draft.services[ship].has_ice_class}
    for leg in _sea_legs(ends, wanted, frozenset(gate_of), terminals):
        users = [
            ship
            for ship in ships
            if (any_hull_in_ice or leg.area == 0 or ship in for_ice)
            and all(
                _fits(draft.services[ship], gate_of[p]) if p in gate_of else ship in allowed[p]
                for p in (leg.from_point, leg.to_point)
            )
        ]
        if not users:
            continue
        number = len(draft.legs)
        draft.legs.append(leg)
        for ship in users:
            draft.both_ways(
                leg.from_point,
                leg.to_point,
                ship,
                km=leg.km,
                leg=number,
                area=leg.area,
                canal=leg.gate,
                passes=(leg.area == CROSSED, leg.area == CROSSED),
            )


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
        raise EndError(_out_of_reach(end, why, terminals, radius), key=key)
    return found


def _unloaded(service: Service, place: str, own: Collection[str]) -> tuple[int, ...]:
    """Return the stages in which a service is unloaded at a place.

    `own` are the ports of ships with an ice class, where they unload in either. A call there does
    not begin the second: a ship would touch one and turn back.
    """
    if service.has_ice_class and place in own:
        return OUTSIDE, PASSED
    return (PASSED if has_stages(service) else OUTSIDE,)


def _boarded(service: Service, place: str, own: Collection[str]) -> int:
    """Return the stage of a service that is loaded at a place."""
    return PASSED if service.has_ice_class and place in own else OUTSIDE


def _own_ports() -> frozenset[str]:
    """Return the ports where ships with an ice class are on their own ground."""
    return load_port_calls().arctic | arctic_points()


def _out_of_reach(
    end: Place, why: str, terminals: Mapping[str, Terminal], radius: AccessRadius
) -> str:
    """Return the sentence for an end without terminals: the nearest, and what would do."""
    city = end.kind is PlaceKind.CITY
    within = radius.city_km if city else radius.door_km
    row = "road.city_radius_km" if city else "road.access_radius_km"
    served = [terminal for terminal in terminals.values() if terminal.services]
    served.sort(key=lambda terminal: distance_km(end, terminal))
    shown = ", ".join(f"{t.name} ({t.id}, {distance_km(end, t):.0f} km)" for t in served[:NEAREST])
    return (
        f"{end.name}{why}: no terminal within {within:.0f} km in a straight line; the nearest are"
        f" {shown}. Name one of them, or raise {row}"
    )


def _changes(draft: Draft, terminals: Mapping[str, Terminal], origins: Collection[str]) -> None:
    """Add the transfers between the services of a terminal, except trains of the same gauge.

    There is none from ship to ship at an origin: a box that has not sailed yet would join a
    rotation midway and skip the calls of boxes loaded there.
    """
    at: dict[str, list[int]] = {}
    for place, service, _ in draft.states:
        at.setdefault(place, []).append(service)
    own, calls = _own_ports(), load_port_calls()
    for place, present in at.items():
        terminal = terminals.get(place)
        if terminal is None:
            continue
        listed = set(loadable(terminal, draft.services, calls))
        road = {i for i in present if draft.services[i].family is Family.ROAD}
        usable = sorted(set(present) & (listed | road))
        country = draft.country(terminal.country)
        for a in usable:
            for b in usable:
                one, two = draft.services[a], draft.services[b]
                if a == b or (set(one.systems) & set(two.systems)):
                    continue
                ships = one.family is two.family is Family.SEA
                if ships and (HUB not in terminal.services or place in origins):
                    continue
                enters = _boarded(two, place, own)
                for leaves in _unloaded(one, place, own):
                    if (place, a, leaves) not in draft.states:
                        continue
                    pair = draft.state(place, a, leaves), draft.state(place, b, enters)
                    arc = (*pair, int(ArcKind.CHANGE), 0.0, b, -1, False, country, 0, -1)
                    draft.arcs.append(arc)


def build_topology(
    origin: Place,
    destination: Place,
    services: Sequence[Service],
    *,
    access_km: float,
    city_km: float | None = None,
    must_include: Iterable[str] = (),
    drafts: Iterable[tuple[str, float]] = (),
    overlay: Overlay | None = None,
    projects: Iterable[str] = (),
    any_hull_in_ice: bool = False,
) -> Topology:
    """Return the network of states between two places.

    An end that is a point is linked by road to the terminals within `access_km`, a city to its own
    and those within `city_km` (by default that of the shipped table), where its boxes are loaded or
    unloaded. Seaports join only if they are an end, have another service, or are in
    `must_include`: other calls gain nothing, since sea legs are shortest. `drafts` are gates with
    the draft in metres that their water allows today. `overlay` has terminals and land legs, by
    default the shipped ones; its own seaports join the lanes like a port of the world list. Legs of
    a project exist only if `projects` names it. `any_hull_in_ice` lets ships without an ice class
    into the areas of the Northern Sea Route.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches one of them.
    """
    refuse_same(origin, destination)
    services = tuple(services)
    overlay = overlay or shipped_overlay()
    terminals = overlay.terminals
    shallow = dict(drafts)
    gates = tuple(
        replace(gate, max_draft_m=min(gate.max_draft_m or shallow[gate.id], shallow[gate.id]))
        if gate.id in shallow
        else gate
        for gate in load_gates()
    )
    draft = Draft(services)
    ends = (origin, destination)
    built = {"", *projects}
    if city_km is None:
        city_km = load_parameters().value("road.city_radius_km")
    radius = AccessRadius(door_km=access_km, city_km=city_km)
    by_road = reached_by_road(ends, services, terminals, radius=radius)
    near = {place.id for found in by_road.values() for place in found}
    at_sea = _on_the_lanes(ends, by_road)
    add_land(draft, (leg for leg in overlay.legs if leg.project in built))
    add_sea(
        draft,
        at_sea,
        gates,
        terminals,
        {*must_include, *near},
        any_hull_in_ice=any_hull_in_ice,
    )
    own = _own_ports()
    at = {end.id: _handled_at(end, by_road, draft) for end in ends}
    _changes(draft, terminals, {name for name, _, _ in at[origin.id]})
    for end, kind in ((origin, ArcKind.LOAD), (destination, ArcKind.UNLOAD)):
        draft.place_index.setdefault(end.id, len(draft.place_index))
        if not at[end.id]:
            yards = {end.id, *(yard.id for yard in by_road[end.id])}
            needed = {leg.project for leg in overlay.legs if yards & set(leg.ends)} - built
            hint = f"; it needs a project: {', '.join(sorted(needed))}" if needed else ""
            msg = (
                f"no service of this scenario reaches {end.name} ({end.id});"
                f" its services are {', '.join(s.id for s in services)}{hint}"
            )
            raise EndError(msg, key="origin" if kind is ArcKind.LOAD else "destination")
        for name, service, country in at[end.id]:
            ship = draft.services[service]
            loads = kind is ArcKind.LOAD
            code = draft.country(country)
            stages = (_boarded(ship, name, own),) if loads else _unloaded(ship, name, own)
            for stage in stages:
                state = draft.state(name, service, stage)
                pair = (SOURCE, state) if loads else (state, SINK)
                draft.arcs.append((*pair, int(kind), 0.0, service, -1, False, code, 0, -1))
    return _freeze(draft, (*ends, *at_sea), gates, terminals)


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


def _at_sea(end: Place) -> bool:
    """Return whether ships load at an end itself: a port, or a `lon,lat` at sea or on the coast.

    A city on the coast needs a port of its own or one nearby.
    """
    return not (end.kind is PlaceKind.POINT and end.has_name) and joined(end) is not None


def _on_the_lanes(
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


def _handled_at(
    end: Place, by_road: Mapping[str, tuple[Place, ...]], draft: Draft
) -> list[tuple[str, int, str]]:
    """Return where boxes of an end are loaded or unloaded: place, service and country.

    The truck of an end's own haul does not change to another truck at a terminal, unless there is
    nothing else to change to.
    """
    reached = {key[:2] for key in draft.states}
    here = [(end.id, service, end.country) for service in services_at(end, draft.services)]
    there = [
        (place.id, service, place.country)
        for place in by_road.get(end.id, ())
        for service in services_at(place, draft.services)
    ]
    found = [one for one in (*here, *there) if one[:2] in reached]
    trucks = {one for one in there if draft.services[one[1]].family is Family.ROAD}
    return [one for one in found if one not in trucks] or found


def _freeze(
    draft: Draft, ends: Sequence[Place], gates: Sequence[Gate], terminals: Mapping[str, Terminal]
) -> Topology:
    places = tuple(_network_place(name, ends, gates, terminals) for name in draft.place_index)
    columns = list(zip(*draft.arcs, strict=True))
    order = np.lexsort((np.arange(len(draft.arcs)), np.array(columns[1]), np.array(columns[0])))
    integer = {i: np.array(columns[i], np.int64)[order] for i in (0, 1, 2, 4, 5, 7, 8, 9)}
    waits = np.zeros(len(draft.state_place), bool)
    waits[SOURCE] = True
    for (name, _, _), state in draft.states.items():
        place = places[draft.place_index[name]]
        waits[state] = not place.gate and not place.is_junction
    waits[integer[1][integer[2] == ArcKind.LOAD]] = False
    return Topology(
        services=draft.services,
        gates=tuple(gates),
        places=places,
        countries=tuple(draft.country_index),
        legs=tuple(draft.legs),
        state_place=np.array(draft.state_place, np.int64),
        state_service=np.array(draft.state_service, np.int64),
        waits=waits,
        tail=integer[0],
        head=integer[1],
        kind=integer[2],
        km=np.array(columns[3], float)[order],
        service=integer[4],
        leg=integer[5],
        reversed=np.array(columns[6], bool)[order],
        country=integer[7],
        area=integer[8],
        canal=integer[9],
        origin=ends[0].id,
        destination=ends[1].id,
    )


def _network_place(
    name: str, ends: Sequence[Place], gates: Sequence[Gate], terminals: Mapping[str, Terminal]
) -> NetworkPlace:
    terminal = terminals.get(name)
    if terminal is not None:
        return NetworkPlace(
            id=name,
            name=terminal.name,
            country=terminal.country,
            lon=terminal.lon,
            lat=terminal.lat,
            is_junction=terminal.kind is TerminalKind.JUNCTION,
        )
    for end in ends:
        if end.id == name:
            return NetworkPlace(
                id=name, name=end.name, country=end.country, lon=end.lon, lat=end.lat
            )
    gate = next(gate for gate in gates if name in gate.points)
    lanes = load_sea_lanes()
    node = int(lanes.point_node[lanes.point_ids.index(name)])
    return NetworkPlace(
        id=name,
        name=gate.name,
        country=gate.country,
        lon=float(lanes.node_lon[node]),
        lat=float(lanes.node_lat[node]),
        gate=gate.id,
    )
