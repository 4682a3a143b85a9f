"""Add the ways to a network that is being collected: rail and ferry, sea, road."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from corridors.data.eca import load_leg_eca_nm
from corridors.data.geodata import LandLeg, load_sea_legs
from corridors.domain.places import Family, Gate, Service, Terminal
from corridors.errors import PlaceError
from corridors.network.door import terminals_near
from corridors.network.draft import HUB, Draft, loadable
from corridors.network.locate import Place
from corridors.network.sea import SeaLeg, legs_of_port
from corridors.network.shore import joined, off_the_lanes
from corridors.network.topology import PhysicalLeg
from corridors.units import km_from_nm


def _fits(service: Service, gate: Gate) -> bool:
    """Return whether a ship fits through a gate."""
    limits = (
        (service.draft_m, gate.max_draft_m),
        (service.beam_m, gate.max_beam_m),
        (service.loa_m, gate.max_loa_m),
    )
    return all(size is None or limit is None or size <= limit for size, limit in limits)


def add_land(draft: Draft, legs: Iterable[LandLeg]) -> None:
    """Add legs on land and by ferry, each for the services that run over its system."""
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
        family = draft.services[users[0]].family.value
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
    for number, port in enumerate(ports):
        found.extend(leg for leg in legs_of_port(port, legs, gate_points) if leg.to_point in wanted)
        for other in ports[:number]:
            found.extend(_between_ports(other, port, found))
    return found


def _as_port(terminal: Terminal) -> Place:
    """Return a user's own seaport as a port that is not in the table of the lanes."""
    return Place(
        id=terminal.id,
        name=terminal.name,
        country=terminal.country,
        lon=terminal.lon,
        lat=terminal.lat,
        kind="port",
        terminal=terminal,
    )


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
            eca_km=tuple(
                one + two for one, two in zip(first[via].eca_km, second[via].eca_km, strict=True)
            ),
        )
    ]


def add_sea(
    draft: Draft,
    ends: Sequence[Place],
    gates: Sequence[Gate],
    terminals: Mapping[str, Terminal],
    extra: set[str],
) -> None:
    """Add sea legs between gates, the ends, and ports where a box can change service."""
    ships = [i for i, s in enumerate(draft.services) if s.family is Family.SEA]
    if not ships:
        return
    gate_of = {point: gate for gate in gates for point in gate.points}
    allowed = {t.id: set(loadable(t, draft.services)) for t in terminals.values()}
    mixed = {
        t.id
        for t in terminals.values()
        if any(i in allowed[t.id] for i in ships)
        and (HUB in t.services or any(i not in ships for i in allowed[t.id]))
    }
    wanted = set(gate_of) | mixed | extra | {end.id for end in ends}
    for end in ends:
        if joined(end):
            allowed[end.id] = set(ships)
    wanted -= {t.id for t in terminals.values() if not any(i in allowed[t.id] for i in ships)}
    for leg in _sea_legs(ends, wanted, frozenset(gate_of), terminals):
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
            PhysicalLeg(
                id=leg.id, family="sea", sea_row=leg.row, lon_lat=leg.lon_lat, eca_km=leg.eca_km
            )
        )
        for ship in users:
            draft.both_ways(
                leg.from_point,
                leg.to_point,
                ship,
                km=leg.km,
                leg=number,
                area=leg.area,
                canal=leg.gate,
            )


def reached_by_road(
    ends: Sequence[Place],
    services: Sequence[Service],
    terminals: Mapping[str, Terminal],
    *,
    radius_km: float,
) -> dict[str, tuple[Terminal, ...]]:
    """Return the terminals to or from which boxes of each end that is a point go by road.

    Raises
    ------
    PlaceError
        No ship comes to a point, and the road is barred or no terminal is near.
    """
    by_road = any(service.family is Family.ROAD for service in services)
    by_sea = any(service.family is Family.SEA for service in services)
    found: dict[str, tuple[Terminal, ...]] = {}
    for point in ends:
        if point.kind != "point":
            continue
        near = terminals_near(point, terminals, radius_km=radius_km) if by_road else ()
        found[point.id] = near
        if near or (by_sea and joined(point)):
            continue
        why = off_the_lanes(point, by_sea=by_sea)
        if not by_road:
            msg = f"{point.id} is a lon,lat{why}: it needs the service 'road', which is not allowed"
            raise PlaceError(msg)
        msg = (
            f"{point.id}{why}: no terminal within {radius_km:.0f} km in a straight line."
            " Name a terminal, or raise road.access_radius_km"
        )
        raise PlaceError(msg)
    return found
