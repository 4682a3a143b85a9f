"""Choose the services of a scenario, and those that corridors reserve."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import replace

from corridors.config import fault
from corridors.data.access import load_regions
from corridors.data.geodata import load_port_calls, load_services
from corridors.data.parameters import load_country_groups
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import ConfigError
from corridors.network.locate import suggestion

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
