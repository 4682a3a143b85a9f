"""Build the network of services, gates and hubs, which questions share whatever their ends.

Seaports join only if they have another service, are hubs, or are asked for: other calls gain
nothing, since sea legs are shortest. What the ends of a question need besides is attached to it
(see `ends`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corridors.bounded_cache import BoundedCache
from corridors.data.geodata import (
    LandLeg,
    PortCalls,
    load_gates,
    load_port_calls,
    load_sea_lanes,
    load_sea_legs,
)
from corridors.data.own import Overlay
from corridors.data.paths import network_dir, shipped
from corridors.data.sea_areas import load_leg_eca_nm
from corridors.domain.places import Family, Gate, Service, Terminal, TerminalKind
from corridors.errors import GeodataError
from corridors.network.locate import Place, PlaceKind, of_terminal
from corridors.network.sea.sea_ways import Reach, SeaLeg, leg_between, legs_of_port, reach_of
from corridors.network.states.chain import MainCarriages
from corridors.network.states.topology import (
    CROSSED,
    OUTSIDE,
    ArcKind,
    Draft,
    GaugeChange,
    NetworkPlace,
    PlaceIndex,
    Topology,
    TrainLeg,
    Yard,
    add_trains,
    boarded,
    own_ports,
    unloaded,
)
from corridors.units import km_from_nm

# Terminals with this service transship between ships of different classes.
HUB = "hub"
MOST_JOINED = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseKey:
    """Everything that a base network depends on.

    `named` are the terminals and gates that corridors name, `drafts` gates with the draft in metres
    that their water allows today. Legs of a project exist only if `projects` names it.
    `calls` are terminals with ships declared to call there, though none so large is known to.
    `any_hull_in_ice` lets ships without an ice class into the areas of the Northern Sea Route. A
    train runs over `shortest_train_km` at least.
    """

    services: tuple[Service, ...]
    overlay: Overlay
    shortest_train_km: float
    named: frozenset[str] = frozenset()
    drafts: tuple[tuple[str, float], ...] = ()
    projects: tuple[str, ...] = ()
    any_hull_in_ice: bool = False
    calls: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaAccess:
    """Which ships sail between which points.

    `takes` are by gate point or port the ships that fit or call there, as indices of the services.
    `for_ice` are those that enter the areas of the Northern Sea Route, `gates` all gate points,
    `named` the places that corridors name.
    """

    ships: tuple[int, ...]
    for_ice: frozenset[int]
    takes: Mapping[str, frozenset[int]]
    gates: frozenset[str]
    named: frozenset[str]

    def taking(self, more: Mapping[str, frozenset[int]]) -> SeaAccess:
        """Return the access with the ships that more ports take."""
        return replace(self, takes={**self.takes, **more})

    def add(self, draft: Draft, legs: Iterable[SeaLeg]) -> None:
        """Add legs for the ships that sail them."""
        own = own_ports()
        for leg in legs:
            common = self.takes[leg.from_point] & self.takes[leg.to_point]
            if leg.area:
                common &= self.for_ice
            if not common:
                continue
            number = len(draft.legs)
            draft.legs.append(leg)
            ends = leg.from_point, leg.to_point
            calls = [end for end in ends if end not in self.gates]
            draft.both_ways(
                *ends,
                [ship for ship in self.ships if ship in common],
                km=leg.km,
                leg=number,
                area=leg.area,
                canal=leg.gate,
                advances=leg.area == CROSSED,
                own=own,
                calls=calls,
                named=self.named,
            )


class _Joined(NamedTuple):
    """A port outside the shipped legs, and its legs to the points of a base network."""

    reach: Reach
    legs: tuple[SeaLeg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseNetwork:
    """The network of services, gates and hubs, without ends.

    `draft` has its states and legs but no arcs, `topology` all of it. `main` are the main carriages
    of corridors on it, which questions share. `points` are the gate points and ports that sea legs
    join, `reaches` those of them outside the shipped legs. The legs of the last `MOST_JOINED` ports
    that joined it are kept.
    """

    key: BaseKey
    draft: Draft
    topology: Topology
    main: MainCarriages
    access: SeaAccess
    points: frozenset[str]
    reaches: tuple[Reach, ...]
    _joined: BoundedCache[_Joined] = field(
        default_factory=lambda: BoundedCache(MOST_JOINED), repr=False, compare=False
    )

    @property
    def gate_points(self) -> frozenset[str]:
        """The points of all gates."""
        return _points_of(self.topology.gates)

    def legs_to_attach(self, ports: Collection[str], joined: Sequence[Place]) -> list[SeaLeg]:
        """Return the sea legs of ports that are not among its points.

        Parameters
        ----------
        ports
            Their ids. Legs join them to the points and to each other.
        joined
            Those of them that the shipped legs lack.
        """
        found = [self._joined.of(port, lambda: self._join(port)) for port in joined]  # noqa: B023 called at once
        reaches = [one.reach for one in found]
        before = [[*self.reaches, *reaches[:number]] for number in range(len(reaches))]
        pairs = [(one, last) for last, ones in zip(reaches, before, strict=True) for one in ones]
        return [
            *shipped_legs(self.points | set(ports), of=ports),
            *(leg for one in found for leg in one.legs),
            *(leg for reach in reaches for leg in legs_of_port(reach, set(ports) - self.points)),
            *_legs_between(pairs),
        ]

    def _join(self, port: Place) -> _Joined:
        reach = reach_of(port, load_sea_legs(), self.gate_points)
        return _Joined(reach, tuple(legs_of_port(reach, self.points)))


def build_base(key: BaseKey) -> BaseNetwork:
    """Return the network of services, gates and hubs."""
    terminals, shallow = key.overlay.terminals, dict(key.drafts)
    gates = tuple(
        replace(gate, max_draft_m=min(gate.max_draft_m or shallow[gate.id], shallow[gate.id]))
        if gate.id in shallow
        else gate
        for gate in load_gates()
    )
    draft, built = Draft(key.services), {"", *key.projects}
    ships = tuple(i for i, s in enumerate(key.services) if s.family is Family.SEA)
    calls = load_port_calls()
    allowed = {t.id: frozenset(loadable(t, key.services, calls)) for t in terminals.values()}
    number = {service.id: n for n, service in enumerate(key.services)}
    for terminal, ship in key.calls:
        allowed[terminal] |= {number[ship]}
    trains = _add_land(draft, (leg for leg in key.overlay.legs if leg.project in built))
    add_trains(
        draft,
        trains,
        loaded={(name, service) for name, found in allowed.items() for service in found},
        gauges=_gauge_changes(draft, trains, terminals, allowed),
        shortest_km=key.shortest_train_km,
    )
    takes = {name: found & set(ships) for name, found in allowed.items()}
    wanted = {
        t.id
        for t in terminals.values()
        if HUB in t.services or any((t.id, i, OUTSIDE) in draft.states for i in allowed[t.id])
    }
    wanted = {name for name in wanted | key.named if takes.get(name)}
    for gate in gates:
        fitting = frozenset(ship for ship in ships if fits(key.services[ship], gate))
        takes |= dict.fromkeys(gate.points, fitting)
        wanted.update(gate.points)
    access = SeaAccess(
        ships=ships,
        for_ice=frozenset(s for s in ships if key.any_hull_in_ice or key.services[s].has_ice_class),
        takes=takes,
        gates=_points_of(gates),
        named=key.named,
    )
    points = frozenset(wanted) if ships else frozenset()
    own = sorted(points & {*terminals} - {*load_sea_legs().point_ids})
    reaches = tuple(
        reach_of(as_port(terminals[name]), load_sea_legs(), _points_of(gates)) for name in own
    )
    access.add(draft, shipped_legs(points))
    access.add(draft, (leg for reach in reaches for leg in legs_of_port(reach, points)))
    access.add(draft, _legs_between(combinations(reaches, 2)))
    _add_changes(draft, terminals, allowed)
    places = tuple(_place(name, gates, terminals) for name in draft.place_index)
    topology = draft.topology(gates, places, PlaceIndex.of(places), draft.columns())
    return BaseNetwork(
        key=key,
        draft=draft.to_attach(),
        topology=topology,
        main=MainCarriages(topology),
        access=access,
        points=points,
        reaches=reaches,
    )


def _points_of(gates: Iterable[Gate]) -> frozenset[str]:
    return frozenset(point for gate in gates for point in gate.points)


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
            and service.calls_in(terminal.country)
            and calls.takes(terminal.id, service.id)
        )
        or (service.family is Family.ROAD and terminal.lifts_boxes)
    ]


def fits(service: Service, gate: Gate) -> bool:
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


def _add_land(draft: Draft, legs: Iterable[LandLeg]) -> dict[Yard, list[TrainLeg]]:
    """Add legs by land and ferry, each for the services that use its system; return the trains'."""
    trains: dict[Yard, list[TrainLeg]] = {}
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
        by_rail = [i for i in users if draft.services[i].family is Family.RAIL]
        country = draft.country(*leg.countries)
        for start, end, is_back in ((*leg.ends, False), (*leg.ends[::-1], True)):
            for i in by_rail:
                run = TrainLeg(end, number, is_back, country, leg.length_km)
                trains.setdefault((start, i), []).append(run)
        others = [i for i in users if i not in by_rail]
        draft.both_ways(*leg.ends, others, km=leg.length_km, leg=number, countries=leg.countries)
    return trains


def _gauge_changes(
    draft: Draft,
    trains: Iterable[Yard],
    terminals: Mapping[str, Terminal],
    allowed: Mapping[str, Collection[int]],
) -> dict[Yard, list[GaugeChange]]:
    """Return by yard the trains of other gauges to which boxes go over there."""
    at: dict[str, set[int]] = {}
    for place, service in trains:
        at.setdefault(place, set()).add(service)
    found: dict[Yard, list[GaugeChange]] = {}
    for place, present in at.items():
        if place in terminals:
            country = draft.country(terminals[place].country)
            for before, after in _changes(draft.services, terminals[place], present, allowed):
                found.setdefault((place, before), []).append(GaugeChange(after, country))
    return found


def shipped_legs(points: Collection[str], *, of: Collection[str] | None = None) -> list[SeaLeg]:
    """Return the shipped sea legs between points; with `of`, those that begin or end at one."""
    legs = load_sea_legs()
    names = legs.point_ids
    inside = np.array([name in points for name in names], bool)
    chosen = inside[legs.leg_from] & inside[legs.leg_to]
    if of is not None:
        asked = np.array([name in of for name in names], bool)
        chosen &= asked[legs.leg_from] | asked[legs.leg_to]
    every = load_every_leg()
    return [every[row] for row in np.flatnonzero(chosen).tolist()]


@shipped(network_dir)
def load_every_leg(folder: Path) -> tuple[SeaLeg, ...]:
    """Return all shipped sea legs, which every network shares."""
    legs = load_sea_legs(folder)
    names, of_nm = legs.point_ids, km_from_nm(1.0)
    columns = (legs.leg_from, legs.leg_to, legs.leg_nm, legs.leg_area, legs.leg_gate)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    inside = (load_leg_eca_nm(folder) * of_nm).tolist()
    return tuple(
        SeaLeg(
            id=f"{names[a]}--{names[b]}",
            from_point=names[a],
            to_point=names[b],
            km=km_from_nm(nm),
            area=area,
            gate=gate,
            row=row,
            eca_km=tuple(eca_km),
        )
        for row, ((a, b, nm, area, gate), eca_km) in enumerate(zip(rows, inside, strict=True))
    )


def _legs_between(pairs: Iterable[tuple[Reach, Reach]]) -> list[SeaLeg]:
    """Return the legs that join two ports outside the shipped legs, where no gate lies between."""
    found = (leg_between(one, other) for one, other in pairs)
    return [leg for leg in found if leg is not None]


def as_port(terminal: Terminal) -> Place:
    """Return a user's own seaport as a port outside the shipped legs."""
    return replace(of_terminal(terminal), kind=PlaceKind.PORT)


def _changes(
    services: Sequence[Service],
    terminal: Terminal,
    present: Collection[int],
    allowed: Mapping[str, Collection[int]],
) -> Iterator[tuple[int, int]]:
    """Yield the services that boxes leave and board at a terminal, of those that come there.

    `allowed` are by terminal the services that load there; trucks do so in any case.
    """
    trucks = {n for n in present if services[n].family is Family.ROAD}
    for before, after in product(sorted({*present} & ({*allowed[terminal.id]} | trucks)), repeat=2):
        leaves, boards = services[before], services[after]
        # From one ship to another of its class, since lines meet at hubs.
        if before == after and leaves.family is not Family.SEA:
            continue
        # Trains of the same gauge run through: boxes stay on their wagons.
        if leaves.family is not Family.SEA and {*leaves.systems} & {*boards.systems}:
            continue
        # Boxes go from ship to ship only where container lines transship.
        if leaves.family is boards.family is Family.SEA and HUB not in terminal.services:
            continue
        yield before, after


def _add_changes(
    draft: Draft, terminals: Mapping[str, Terminal], allowed: Mapping[str, Collection[int]]
) -> None:
    """Add the transfers between the services of a terminal, except between trains.

    `allowed` are by terminal the services that load there.
    """
    arriving: dict[str, set[int]] = {}
    for place, service, _ in draft.states:
        arriving.setdefault(place, set()).add(service)
    own = own_ports()
    for place, present in arriving.items():
        terminal = terminals.get(place)
        if terminal is None:
            # A point of a gate, where nothing is handled.
            continue
        country = draft.country(terminal.country)
        for before, after in _changes(draft.services, terminal, present, allowed):
            leaves, boards = draft.services[before], draft.services[after]
            # A ship or truck has stages: it may pass here without a state in which it unloads.
            unloading = place, before, unloaded(leaves)
            if unloading not in draft.states or leaves.family is boards.family is Family.RAIL:
                continue
            loading = place, after, boarded(boards, own=place in own)
            draft.transfer(
                ArcKind.CHANGE,
                draft.state(*unloading),
                draft.state(*loading),
                service=after,
                country=country,
            )


def terminal_place(terminal: Terminal) -> NetworkPlace:
    """Return a terminal as a place of the network."""
    return NetworkPlace(
        id=terminal.id,
        name=terminal.name,
        country=terminal.country,
        lon=terminal.lon,
        lat=terminal.lat,
        is_junction=terminal.kind is TerminalKind.JUNCTION,
    )


def _place(name: str, gates: Sequence[Gate], terminals: Mapping[str, Terminal]) -> NetworkPlace:
    if name in terminals:
        return terminal_place(terminals[name])
    gate = next((gate for gate in gates if name in gate.points), None)
    if gate is None:
        msg = f"{name}: a leg ends there, and it is no terminal and no gate"
        raise GeodataError(msg)
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
