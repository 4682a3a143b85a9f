"""Build the network of states for one origin and destination."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from corridors.data.geodata import load_gates, load_sea_lanes
from corridors.data.own import Overlay, shipped_overlay
from corridors.domain.places import Family, Gate, Service, Terminal, TerminalKind
from corridors.errors import PlaceError
from corridors.network.draft import HUB, Draft, loadable, services_at
from corridors.network.locate import Place
from corridors.network.topology import SINK, SOURCE, ArcKind, NetworkPlace, Topology
from corridors.network.ways import add_land, add_sea, reached_by_road


def _changes(draft: Draft, terminals: Mapping[str, Terminal], origins: Collection[str]) -> None:
    """Add the transfers: any two services of a terminal, but two train products of one gauge.

    From ship to ship none at an origin: a box that has not sailed yet would join a rotation on its
    way, and be spared the calls of those who board there.
    """
    at: dict[str, list[int]] = {}
    for place, service in draft.states:
        at.setdefault(place, []).append(service)
    for place, present in at.items():
        terminal = terminals.get(place)
        if terminal is None:
            continue
        listed = set(loadable(terminal, draft.services))
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
                draft.arcs.append(
                    (
                        draft.state(place, a),
                        draft.state(place, b),
                        int(ArcKind.CHANGE),
                        0.0,
                        b,
                        -1,
                        False,
                        country,
                        0,
                        -1,
                    )
                )


def build_topology(
    origin: Place,
    destination: Place,
    services: Sequence[Service],
    *,
    access_km: float,
    must_include: Iterable[str] = (),
    drafts: Iterable[tuple[str, float]] = (),
    land: Overlay | None = None,
    projects: Iterable[str] = (),
) -> Topology:
    """Return the network of states between two places.

    Boxes of an end that is a point are loaded or unloaded at the terminals within `access_km`, and
    hauled by road between there and the point.
    Seaports join only where they are an end, hold another service, or are named in
    `must_include`: a ship that calls elsewhere on its way gains nothing, since legs are shortest.
    `drafts` are gates with the least draft in metres that their water allows today. `land` holds
    terminals and land legs, the shipped ones where None; its own seaports join the lanes as a port
    of the world list does. Legs of a project are there only where `projects` names it.

    Raises
    ------
    PlaceError
        Origin and destination are one place, or no service reaches one of them.
    """
    if origin.id == destination.id:
        msg = f"origin and destination are the same place, {origin.name} ({origin.id})"
        raise PlaceError(msg)
    services = tuple(services)
    land = land or shipped_overlay()
    terminals = land.terminals
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
    hauled = reached_by_road(ends, services, terminals, radius_km=access_km)
    near = {terminal.id for found in hauled.values() for terminal in found}
    add_land(draft, (leg for leg in land.legs if leg.project in built))
    add_sea(draft, ends, gates, terminals, {*must_include, *near})
    at = {end.id: _handled_at(end, hauled, draft) for end in ends}
    _changes(draft, terminals, {name for name, _, _ in at[origin.id]})
    for end, kind in ((origin, ArcKind.LOAD), (destination, ArcKind.UNLOAD)):
        draft.place_index.setdefault(end.id, len(draft.place_index))
        if not at[end.id]:
            needed = sorted({leg.project for leg in land.legs if end.id in leg.ends} - built)
            hint = f"; it needs a project: {', '.join(needed)}" if needed else ""
            msg = (
                f"no service of this scenario reaches {end.name} ({end.id});"
                f" its services are {', '.join(s.id for s in services)}{hint}"
            )
            raise PlaceError(msg)
        for name, service, country in at[end.id]:
            state = draft.state(name, service)
            pair = (SOURCE, state) if kind is ArcKind.LOAD else (state, SINK)
            code = draft.country(country)
            draft.arcs.append((*pair, int(kind), 0.0, service, -1, False, code, 0, -1))
    return _freeze(draft, ends, gates, terminals)


def _handled_at(
    end: Place, hauled: Mapping[str, tuple[Terminal, ...]], draft: Draft
) -> list[tuple[str, int, str]]:
    """Return where boxes of an end are loaded or unloaded: place, service and country."""
    here = [(end.id, service, end.country) for service in services_at(end, draft.services)]
    there = [
        (terminal.id, service, terminal.country)
        for terminal in hauled.get(end.id, ())
        for service in loadable(terminal, draft.services)
        if draft.services[service].family is not Family.ROAD
    ]
    return [found for found in (*here, *there) if found[:2] in draft.states]


def _freeze(
    draft: Draft, ends: Sequence[Place], gates: Sequence[Gate], terminals: Mapping[str, Terminal]
) -> Topology:
    places = tuple(_network_place(name, ends, gates, terminals) for name in draft.place_index)
    columns = list(zip(*draft.arcs, strict=True))
    order = np.lexsort((np.arange(len(draft.arcs)), np.array(columns[1]), np.array(columns[0])))
    integer = {i: np.array(columns[i], np.int64)[order] for i in (0, 1, 2, 4, 5, 7, 8, 9)}
    waits = np.zeros(len(draft.state_place), bool)
    waits[SOURCE] = True
    for (name, _), state in draft.states.items():
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
