"""Build the network of states for one origin and destination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from corridors.catalogue.geodata import (
    LandLeg,
    load_ferry_legs,
    load_gates,
    load_rail_legs,
    load_sea_legs,
    load_terminals,
)
from corridors.domain.places import Family, Gate, GateKind, Service, Terminal, TerminalKind
from corridors.errors import PlaceError
from corridors.network.locate import Place
from corridors.network.sea import SeaLeg, great_circle_km, legs_of_port
from corridors.network.topology import (
    SINK,
    SOURCE,
    ArcKind,
    NetworkPlace,
    PhysicalLeg,
    Topology,
)
from corridors.units import km_from_nm

# A terminal that lists this transships between ships of different classes.
HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadAccess:
    """How a point inland reaches terminals: within `radius_km`, road km = straight km x circuity."""

    radius_km: float
    circuity: float


@dataclass(slots=True)
class _Draft:
    """States and arcs while they are collected."""

    services: tuple[Service, ...]
    places: dict[str, NetworkPlace] = field(default_factory=dict)
    states: dict[tuple[str, int], int] = field(default_factory=dict)
    state_place: list[int] = field(default_factory=lambda: [-1, -1])
    state_service: list[int] = field(default_factory=lambda: [-1, -1])
    place_index: dict[str, int] = field(default_factory=dict)
    country_index: dict[str, int] = field(default_factory=lambda: {"": 0})
    legs: list[PhysicalLeg] = field(default_factory=list)
    arcs: list[tuple[int, int, int, float, int, int, bool, int, int, int]] = field(
        default_factory=list
    )

    def state(self, place: str, service: int) -> int:
        key = (place, service)
        if key not in self.states:
            self.states[key] = len(self.state_place)
            self.state_place.append(self.place_index.setdefault(place, len(self.place_index)))
            self.state_service.append(service)
        return self.states[key]

    def country(self, name: str) -> int:
        return self.country_index.setdefault(name, len(self.country_index))

    def both_ways(
        self, a: str, b: str, service: int, *, km: float, leg: int, country: str = "", area: int = 0,
        canal: int = -1,
    ) -> None:
        start, end, code = self.state(a, service), self.state(b, service), self.country(country)
        kind = int(ArcKind.LEG)
        self.arcs.append((start, end, kind, km, service, leg, False, code, area, canal))
        self.arcs.append((end, start, kind, km, service, leg, True, code, area, canal))


def services_at(place: Place, services: Sequence[Service]) -> list[int]:
    """Return the indices of the services that can be loaded or unloaded at a place."""
    if place.kind == "port":
        return [i for i, s in enumerate(services) if s.family is Family.SEA]
    if place.kind == "point":
        return [i for i, s in enumerate(services) if s.family is Family.ROAD]
    return _loadable(place.terminal, services) if place.terminal else []


def _loadable(terminal: Terminal, services: Sequence[Service]) -> list[int]:
    listed = set(terminal.services)
    return [
        i
        for i, service in enumerate(services)
        if service.id in listed
        or (service.family.value in listed and service.family is not Family.RAIL)
    ]


def _fits(service: Service, gate: Gate) -> bool:
    """Return whether a ship fits through a gate."""
    limits = (
        (service.draft_m, gate.max_draft_m),
        (service.beam_m, gate.max_beam_m),
        (service.loa_m, gate.max_loa_m),
    )
    return all(size is None or limit is None or size <= limit for size, limit in limits)


def _add_land(draft: _Draft, legs: Iterable[LandLeg]) -> None:
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
        family = "ferry" if leg.system.startswith("ferry/") else "rail"
        draft.legs.append(PhysicalLeg(id=leg.id, family=family, land=leg))
        for user in users:
            draft.both_ways(
                leg.from_id,
                leg.to_id,
                user,
                km=leg.length_km,
                leg=number,
                country=";".join(leg.countries),
            )


def _sea_legs(
    ends: Sequence[Place], wanted: set[str], gate_points: frozenset[str]
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
        )
        for row, a, b, nm, area, gate in zip(
            rows.tolist(),
            legs.leg_from[rows].tolist(),
            legs.leg_to[rows].tolist(),
            legs.leg_nm[rows].tolist(),
            legs.leg_area[rows].tolist(),
            legs.leg_gate[rows].tolist(),
            strict=True,
        )
    ]
    ports = [end for end in ends if end.kind == "port"]
    for number, port in enumerate(ports):
        for leg in legs_of_port(port, legs, gate_points):
            if leg.to_point in wanted:
                found.append(leg)
        if number == 1:
            found.extend(_between_ports(ports[0], port, found))
    return found


def _between_ports(a: Place, b: Place, found: Sequence[SeaLeg]) -> list[SeaLeg]:
    """Return a leg between two ports outside the table that share a sea, by their nearest point.

    Two such ports are rare; the leg goes by the listed point that makes it shortest, which is
    exact where one lies on the way and never too short.
    """
    first = {leg.to_point: leg for leg in found if leg.from_point == a.id}
    second = {leg.to_point: leg for leg in found if leg.from_point == b.id}
    common = [p for p in first if p in second and not p.startswith("gate-")]
    if not common:
        return []
    via = min(common, key=lambda p: (first[p].km + second[p].km, p))
    return [
        SeaLeg(
            id=f"{a.id}--{b.id}",
            from_point=a.id,
            to_point=b.id,
            km=first[via].km + second[via].km,
            area=first[via].area,
            gate=-1,
            row=-1,
            lon_lat=first[via].lon_lat + second[via].lon_lat[::-1],
        )
    ]


def _add_sea(draft: _Draft, ends: Sequence[Place], gates: Sequence[Gate],
             terminals: Mapping[str, Terminal], extra: set[str]) -> None:
    ships = [i for i, s in enumerate(draft.services) if s.family is Family.SEA]
    if not ships:
        return
    gate_of = {point: gate for gate in gates for point in gate.points}
    allowed = {t.id: set(_loadable(t, draft.services)) for t in terminals.values()}
    mixed = {
        t.id
        for t in terminals.values()
        if any(i in allowed[t.id] for i in ships)
        and (HUB in t.services or any(i not in ships for i in allowed[t.id]))
    }
    wanted = set(gate_of) | mixed | extra | {end.id for end in ends}
    for end in ends:
        if end.kind == "port":
            allowed[end.id] = set(ships)
    for leg in _sea_legs(ends, wanted, frozenset(gate_of)):
        users = [
            ship
            for ship in ships
            if all(
                _fits(draft.services[ship], gate_of[p]) if p in gate_of else ship in allowed[p]
                for p in (leg.from_point, leg.to_point)
            )
        ]
        if not users:
            continue
        number = len(draft.legs)
        draft.legs.append(
            PhysicalLeg(id=leg.id, family="sea", sea_row=leg.row, lon_lat=leg.lon_lat)
        )
        for ship in users:
            draft.both_ways(
                leg.from_point, leg.to_point, ship, km=leg.km, leg=number, area=leg.area,
                canal=leg.gate,
            )


def _add_road(draft: _Draft, ends: Sequence[Place], terminals: Mapping[str, Terminal],
              access: RoadAccess) -> None:
    road = next((i for i, s in enumerate(draft.services) if s.family is Family.ROAD), None)
    points = [end for end in ends if end.kind == "point"]
    if not points:
        return
    if road is None:
        msg = f"{points[0].id} is a point: it needs the service 'road', which is barred here"
        raise PlaceError(msg)
    for point in points:
        near = False
        for terminal in terminals.values():
            straight = float(great_circle_km(point.lon, point.lat, terminal.lon, terminal.lat))
            if terminal.services and straight <= access.radius_km:
                near = True
                number = len(draft.legs)
                line = ((point.lon, point.lat), (terminal.lon, terminal.lat))
                draft.legs.append(
                    PhysicalLeg(id=f"{point.id}--{terminal.id}", family="road", lon_lat=line)
                )
                draft.both_ways(
                    point.id,
                    terminal.id,
                    road,
                    km=max(straight * access.circuity, 0.1),
                    leg=number,
                    country=terminal.country,
                )
        if not near:
            msg = (
                f"{point.id}: no terminal within {access.radius_km:.0f} km by straight line."
                " Name a terminal, or raise road.access_radius_km"
            )
            raise PlaceError(msg)


def _changes(draft: _Draft, terminals: Mapping[str, Terminal]) -> None:
    """Add the transfers: any two services of a terminal, but two train products of one gauge."""
    at: dict[str, list[int]] = {}
    for place, service in draft.states:
        at.setdefault(place, []).append(service)
    for place, present in at.items():
        terminal = terminals.get(place)
        if terminal is None:
            continue
        loadable = set(_loadable(terminal, draft.services))
        road = {i for i in present if draft.services[i].family is Family.ROAD}
        usable = sorted(set(present) & (loadable | road))
        country = draft.country(terminal.country)
        for a in usable:
            for b in usable:
                one, two = draft.services[a], draft.services[b]
                if a == b or (set(one.systems) & set(two.systems)):
                    continue
                if one.family is two.family is Family.SEA and HUB not in terminal.services:
                    continue
                draft.arcs.append(
                    (draft.state(place, a), draft.state(place, b), int(ArcKind.CHANGE), 0.0, b,
                     -1, False, country, 0, -1)
                )


def build_topology(
    origin: Place,
    destination: Place,
    services: Sequence[Service],
    *,
    access: RoadAccess,
    must_include: Iterable[str] = (),
) -> Topology:
    """Return the network of states between two places.

    Seaports join only where they are an end, hold another service, or are named in
    `must_include`: a ship that calls elsewhere on its way gains nothing, since legs are shortest.

    Raises
    ------
    PlaceError
        Origin and destination are one place, or no service reaches one of them.
    """
    if origin.id == destination.id:
        msg = f"origin and destination are the same place, {origin.name} ({origin.id})"
        raise PlaceError(msg)
    services = tuple(services)
    terminals = load_terminals()
    gates = load_gates()
    draft = _Draft(services)
    ends = (origin, destination)
    _add_land(draft, (*load_rail_legs(), *load_ferry_legs()))
    _add_sea(draft, ends, gates, terminals, set(must_include))
    _add_road(draft, ends, terminals, access)
    _changes(draft, terminals)
    for end, kind in ((origin, ArcKind.LOAD), (destination, ArcKind.UNLOAD)):
        found = [i for i in services_at(end, services) if (end.id, i) in draft.states]
        if not found:
            msg = (
                f"no service of this question reaches {end.name} ({end.id}):"
                f" services are {', '.join(s.id for s in services)}"
            )
            raise PlaceError(msg)
        for service in found:
            state = draft.state(end.id, service)
            pair = (SOURCE, state) if kind is ArcKind.LOAD else (state, SINK)
            country = draft.country(end.country)
            draft.arcs.append((*pair, int(kind), 0.0, service, -1, False, country, 0, -1))
    return _freeze(draft, ends, gates, terminals)


def _freeze(draft: _Draft, ends: Sequence[Place], gates: Sequence[Gate],
            terminals: Mapping[str, Terminal]) -> Topology:
    places = tuple(_network_place(name, ends, gates, terminals) for name in draft.place_index)
    columns = list(zip(*draft.arcs, strict=True))
    order = np.lexsort((np.arange(len(draft.arcs)), np.array(columns[1]), np.array(columns[0])))
    integer = {i: np.array(columns[i], np.int64)[order] for i in (0, 1, 2, 4, 5, 7, 8, 9)}
    waits = np.zeros(len(draft.state_place), bool)
    waits[SOURCE] = True
    for (name, service), state in draft.states.items():
        place = places[draft.place_index[name]]
        is_start = name == ends[0].id and service in services_at(ends[0], draft.services)
        waits[state] = not place.gate and not place.is_junction and not is_start
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


def _network_place(name: str, ends: Sequence[Place], gates: Sequence[Gate],
                   terminals: Mapping[str, Terminal]) -> NetworkPlace:
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
    # A gate's position is read from its lane node when it is drawn; areas are no passages.
    shown = "" if gate.kind is GateKind.AREA else gate.id
    return NetworkPlace(
        id=name, name=gate.name, country=gate.country, lon=0.0, lat=0.0, gate=shown or gate.id
    )
