"""Find the arcs that use a capacity of a border, port or leg, and the share a shipment takes.

A capacity is used by the physical leg or operation, in whichever part of the transport chain. Rows
of the table cap places; `ways_of` names the places that a route uses, with a row or without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.config import fault
from corridors.data.access import load_regions
from corridors.data.cities import capacity_title
from corridors.data.geodata import load_port_calls, load_services
from corridors.data.parameters import ParameterTable, load_country_groups
from corridors.domain.places import Family, Service
from corridors.domain.results import CapacityShare
from corridors.domain.scenario import Corridor, Scenario
from corridors.domain.values import Note
from corridors.errors import ConfigError
from corridors.network.locate import suggestion
from corridors.network.states.topology import SINK, ArcKind, Topology
from corridors.units import in_percent

# Choose the services of a scenario, and those that corridors reserve.

OCEAN_TEU = 8_000.0
"""Ships of so many TEU sail loops between continents. Loops of smaller ones often stay in one sea,
and the table of port calls does not say where they go."""


def chosen_services(scenario: Scenario) -> tuple[Service, ...]:
    """Return the services that a scenario names by family or id, else the default ones.

    Raises
    ------
    ConfigError
        A name is neither a family nor a service.
    """
    listed = load_services()
    if not scenario.service_names:
        return tuple(service for service in listed if service.default)
    families = [family.value for family in Family]
    known = [*families, *(service.id for service in listed)]
    for number, name in enumerate(scenario.service_names):
        if name not in known:
            text = f"unknown service '{name}'{suggestion(name, known)}"
            raise ConfigError(fault(scenario, f"services[{number}]", text))
    wanted = set(scenario.service_names)
    return tuple(s for s in listed if s.id in wanted or (s.family.value in wanted and s.default))


def with_reserved(scenario: Scenario, corridors: Sequence[Corridor]) -> tuple[Service, ...]:
    """Return the services of a scenario, and those that its corridors reserve.

    Reserved services are marked as not default, so that no other corridor uses them
    (`layers.layer`); all others are marked as default. A scenario that names its services bars the
    rest, reserved ones included.

    Raises
    ------
    ConfigError
        A name of the scenario is neither a family nor a service.
    """
    asked = {service.id for service in chosen_services(scenario)}
    kept = {name for corridor in corridors for name in corridor.reserved_services}
    kept = set() if scenario.service_names else kept - asked
    return tuple(
        replace(service, default=service.id in asked)
        for service in load_services()
        if service.id in asked | kept
    )


def ships_of_ends(
    scenario: Scenario, ends: Iterable[Set[str]], *, countries: Collection[str] = ()
) -> frozenset[str]:
    """Return the ids of ships that call at the ends, beside the default ones.

    The mean ship of a trade sails between its countries: 15,000 TEU between the Far East and North
    Europe, where the default ones are smaller, 2,000 between South Asia and Russia, to
    which the large lines sail no more. Where the largest ships in the rotations of an end
    are smaller than the default ones, feeders alone would reach it, and the largest ocean-going
    class that calls there is added; at a port of the Arctic coast, the largest one with an ice
    class that keeps to some countries. A scenario that names its services gets no others.

    Parameters
    ----------
    scenario
        The scenario.
    ends
        The ids of the terminals and ports of each end.
    countries
        The countries of the ends.
    """
    if scenario.service_names:
        return frozenset()
    calls = load_port_calls()
    teu = calls.smallest_of_class_teu
    ships = [service for service in load_services() if service.family is Family.SEA]
    ocean = {s.id for s in ships if not s.has_ice_class and teu[s.id] >= OCEAN_TEU}
    arctic = {s.id for s in ships if s.has_ice_class and s.countries}
    have = {service.id for service in chosen_services(scenario)}
    more = {service.id for service in load_services() if _is_mean_ship(service, countries)}
    for ports in ends:
        for classes, at in ((ocean, ports), (arctic, ports & calls.arctic)):
            largest = max((calls.largest_teu.get(port, 0.0) for port in at), default=0.0)
            calling = {name for name in classes if teu[name] <= largest}
            if calling and not calling & have:
                more.add(max(calling, key=lambda name: (teu[name], name)))
    return frozenset(more)


def _is_mean_ship(service: Service, countries: Collection[str]) -> bool:
    if not service.mean_ship_to:
        return False
    return all(any(code in side for code in countries) for side in _trade_of(service))


def _trade_of(service: Service) -> tuple[Collection[str], Collection[str]]:
    """Return the countries on both sides of the trade whose mean ship a service is."""
    regions = load_regions()
    here = {
        code
        for name in service.mean_ship_from
        for code in (regions[name].countries if name in regions else (name,))
    }
    return here, load_country_groups()[service.mean_ship_to]


def with_ships(services: Sequence[Service], more: Set[str]) -> tuple[Service, ...]:
    """Return services with more ships, which any corridor may use.

    Small ships of a trade call in its countries alone: they take no boxes on between others.
    """
    kept = {service.id: service for service in services}
    teu = load_port_calls().smallest_of_class_teu

    def added(service: Service) -> Service:
        if not service.mean_ship_to or teu[service.id] >= OCEAN_TEU:
            return replace(service, default=True)
        calls = tuple(sorted({code for side in _trade_of(service) for code in side}))
        return replace(service, default=True, countries=calls)

    return tuple(
        added(service) if service.id in more else kept[service.id]
        for service in load_services()
        if service.id in more | kept.keys()
    )


MONTHS_A_YEAR, WEEKS_A_YEAR = 12.0, 52.0
# Scope of the sailings of all ships with an ice class.
ARCTIC = "arctic"


def border_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often a train crosses a border: `CN-KZ`, or `CN-KZ@place` at one station.

    Trucks are not counted: the capacity is that of the line and of its gauge change.
    """
    pair, _, place = scope.partition("@")
    wanted = sorted(pair.split("-"))
    crosses = np.array([sorted(c) == wanted for c in topology.countries])
    return _legs_of(topology, Family.RAIL, np.flatnonzero(crosses[topology.country]), place)


def canal_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often it passes a canal, named by its gate."""
    named = np.array([*(gate.id == scope for gate in topology.gates), False])
    return np.asarray(named[topology.canal], float)


def ferry_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often it uses a ferry from or to a port."""
    ferries = np.array([s.family is Family.FERRY for s in topology.services])
    return _legs_of(topology, Family.FERRY, np.flatnonzero(ferries[topology.service]), scope)


def port_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc the number of moves over the quay of a port; ship to ship is two."""
    sails = np.array([s.family is Family.SEA for s in topology.services])
    state = np.where(topology.kind == ArcKind.LOAD, topology.head, topology.tail)
    handled = (topology.kind != ArcKind.LEG) & (state > SINK)
    handled &= topology.index.named([scope])[topology.state_place[state]]
    moves = sails[topology.service].astype(float)
    change = topology.kind == ArcKind.CHANGE
    moves[change] += sails[topology.state_service[topology.tail[change]]]
    return np.where(handled, moves, 0.0)


def rail_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often it uses a rail leg, named by its id."""
    named = np.array([leg.id == scope for leg in topology.legs], bool)
    legs = topology.leg >= 0
    used = np.zeros(topology.arc_count)
    used[legs] = named[topology.leg[legs]]
    return used


def sailing_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often a box boards a ship class; `arctic` is every class for ice."""
    is_class = np.array(
        [scope == service.id or (scope == ARCTIC and _is_arctic(service))
         for service in topology.services]
    )  # fmt: skip
    boards = (topology.kind == ArcKind.LOAD) | (topology.kind == ArcKind.CHANGE)
    return np.asarray(boards & is_class[topology.service], float)


def _is_arctic(service: Service) -> bool:
    return service.family is Family.SEA and service.has_ice_class


def passes(topology: Topology, kind: str, key: str) -> BoolArray:
    """Return which arcs lie in a country or enter a gate."""
    if kind == "country":
        inside = np.array([key in c for c in topology.countries])
        return np.asarray(inside[topology.country])
    gates = np.array([key in (place.gate, place.id) for place in topology.places])
    entered = topology.head > SINK
    found = np.zeros(topology.arc_count, bool)
    found[entered] = gates[topology.state_place[topology.head[entered]]]
    return found


def _legs_of(topology: Topology, family: Family, arcs: IntArray, place: str) -> FloatArray:
    """Return 1 for those of some arcs that are legs of a family and touch a place, if any is named.

    They are few of the tens of thousands of arcs of a network.
    """
    runs = np.array([s.family is family for s in topology.services])
    arcs = arcs[runs[topology.service[arcs]] & (topology.kind[arcs] == ArcKind.LEG)]
    if place:
        here = topology.index.named([place])
        arcs = arcs[(topology.tail[arcs] > SINK) & (topology.head[arcs] > SINK)]
        ends = (topology.state_place[state[arcs]] for state in (topology.tail, topology.head))
        arcs = arcs[np.logical_or(*(here[end] for end in ends))]
    used = np.zeros(topology.arc_count)
    used[arcs] = 1.0
    return used


USERS = {
    "border.capacity_teu_per_week": border_use,
    "canal.capacity_teu_per_week": canal_use,
    "ferry.capacity_teu_per_week": ferry_use,
    "port.capacity_teu_per_week": port_use,
    "rail.capacity_teu_per_week": rail_use,
    "sea.capacity_teu_per_week": sailing_use,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A crossing, ferry, canal, port or Arctic sailing that a route uses.

    `kind` is the first word of its parameter, `scopes` those of which any row caps it, the most
    specific first. `family` is that of the vehicle.
    """

    kind: str
    scopes: tuple[str, ...]
    family: Family

    @property
    def name(self) -> str:
        """The name of its most specific row, as capacities are named."""
        return f"{self.kind} {self.scopes[0]}"

    def capped(self, rows: Collection[tuple[str, str]]) -> bool:
        """Return whether one of these rows, as (parameter, scope), caps it."""
        return any((f"{self.kind}.capacity_teu_per_week", scope) in rows for scope in self.scopes)


def crossing(countries: Sequence[str], places: Sequence[str]) -> Way:
    """Return the way of a railway over a border, between two stations."""
    codes = sorted(countries)
    pairs = "-".join(codes), "-".join(reversed(codes))
    # The station in the second country is the one by which crossings are named.
    named = sorted(places, key=lambda place: (not place.startswith(codes[1].lower()), place))
    return Way(
        kind="border",
        scopes=(*(f"{pair}@{place}" for pair in pairs for place in named), *pairs),
        family=Family.RAIL,
    )


def ways_of(topology: Topology, arcs: Sequence[int]) -> tuple[Way, ...]:
    """Return the ways that a route uses, in its order.

    Trucks over borders are not among them, nor single legs by rail and ships without an ice class.
    """
    used = (way for arc in arcs for way, _ in _uses_of_arc(topology, arc))
    return tuple(
        dict.fromkeys(
            way
            for way in used
            if way.kind != "rail" and (way.kind != "sea" or ARCTIC in way.scopes)
        )
    )


def _uses_of_arc(topology: Topology, arc: int) -> Iterator[tuple[Way, float]]:
    """Yield what may have a capacity on an arc, and how often the arc uses it, as `USERS` count."""
    service = topology.services[int(topology.service[arc])]
    if topology.kind[arc] == ArcKind.LEG:
        places = [topology.place_of(int(state[arc])).id for state in (topology.tail, topology.head)]
        countries = topology.countries[int(topology.country[arc])]
        if service.family is Family.RAIL and len(set(countries)) > 1:
            yield crossing(countries, places), 1.0
        if service.family is Family.FERRY:
            yield Way(kind="ferry", scopes=tuple(places), family=Family.FERRY), 1.0
        if topology.canal[arc] >= 0:
            gate = topology.gates[int(topology.canal[arc])].id
            yield Way(kind="canal", scopes=(gate,), family=Family.SEA), 1.0
        if topology.leg[arc] >= 0:
            leg = topology.legs[int(topology.leg[arc])].id
            yield Way(kind="rail", scopes=(leg,), family=service.family), 1.0
        return
    loads = topology.kind[arc] == ArcKind.LOAD
    state = int(topology.head[arc] if loads else topology.tail[arc])
    services = [service]
    if topology.kind[arc] == ArcKind.CHANGE:
        services.append(topology.services[int(topology.state_service[state])])
    moves = sum(one.family is Family.SEA for one in services)
    if moves and state > SINK:
        place = topology.place_of(state).id
        yield Way(kind="port", scopes=(place,), family=Family.SEA), float(moves)
    if topology.kind[arc] in (ArcKind.LOAD, ArcKind.CHANGE):
        scopes = (service.id, ARCTIC) if _is_arctic(service) else (service.id,)
        yield Way(kind="sea", scopes=scopes, family=service.family), 1.0


def _names_of_arc(topology: Topology, arc: int) -> tuple[tuple[str, float], ...]:
    """Return the kinds and scopes of what an arc uses, and how often; kept with the network."""

    def named() -> tuple[tuple[str, float], ...]:
        uses = _uses_of_arc(topology, arc)
        return tuple((f"{way.kind} {scope}", n) for way, n in uses for scope in way.scopes)

    return topology.once(("uses", arc), named)


def used_of(topology: Topology, parameter: str, scope: str) -> Mapping[int, float]:
    """Return by arc what a TEU uses of a capacity; most arcs use nothing, and are left out."""

    def found() -> Mapping[int, float]:
        used = USERS[parameter](topology, scope)
        some = np.flatnonzero(used)
        return dict(zip(some.tolist(), used[some].tolist(), strict=True))

    return topology.once((parameter, scope), found)


class ListedCapacities:
    """The listed capacities on one network, for one shipment.

    Parameters
    ----------
    topology
        The network.
    parameters
        The table with the rows `*.capacity_teu_per_week`.
    teu_per_month
        Volume of the shipment.
    """

    def __init__(
        self, topology: Topology, parameters: ParameterTable, teu_per_month: float
    ) -> None:
        self._topology = topology
        self._teu_per_week = teu_per_month * MONTHS_A_YEAR / WEEKS_A_YEAR
        rows = (row for row in parameters.rows if row.parameter in USERS)
        self._teu_of = {f"{row.parameter.partition('.')[0]} {row.scope}": row.value for row in rows}
        self._order = {name: number for number, name in enumerate(self._teu_of)}

    def along(self, arcs: Sequence[int]) -> tuple[CapacityShare, ...]:
        """Return the capacities that arcs use, and the share of each that all TEU would take."""
        amounts: dict[str, float] = {}
        for arc in arcs:
            for name, times in _names_of_arc(self._topology, arc):
                amounts[name] = amounts.get(name, 0.0) + times
        found = []
        for name in sorted(amounts.keys() & self._order.keys(), key=self._order.__getitem__):
            amount, teu_per_week = amounts[name], self._teu_of[name]
            if amount > 0.0:
                asked = amount * self._teu_per_week
                # A capacity of 0 is exceeded by any volume.
                share = asked / teu_per_week if teu_per_week > 0.0 else float("inf")
                found.append(
                    CapacityShare(
                        place=name,
                        teu_per_week=teu_per_week,
                        asked_teu_per_week=asked,
                        used_share=share,
                    )
                )
        return tuple(found)


def capacity_warnings(shares: Sequence[CapacityShare], most: float) -> Iterator[str]:
    """Yield a warning for each capacity of which more than the share `most` would be used."""
    for share in shares:
        if share.used_share > most + 1e-9:
            part = (
                f"{in_percent(share.used_share)}%" if share.teu_per_week > 0.0 else "more than all"
            )
            yield Note(
                f"{capacity_title(share.place)}: {share.asked_teu_per_week:,.0f} TEU per week are"
                f" {part} of its capacity of {share.teu_per_week:,.0f}, more than the"
                f" {in_percent(most)}% that one shipper is assumed to get",
                "little capacity",
            )
