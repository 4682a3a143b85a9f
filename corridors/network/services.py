"""Choose the services of a scenario, and those that corridors reserve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corridors.config import fault
from corridors.data.services import load_services
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import ConfigError
from corridors.network.locate import suggestion


def chosen_services(scenario: Scenario) -> tuple[Service, ...]:
    """Return the services that a scenario names by family or id, else the default ones.

    Raises
    ------
    ConfigError
        A name is neither a family nor a service.
    """
    listed = load_services()
    if not scenario.services:
        return tuple(service for service in listed if service.default)
    families = [family.value for family in Family]
    known = [*families, *(service.id for service in listed)]
    for number, name in enumerate(scenario.services):
        if name not in known:
            text = f"unknown service '{name}'{suggestion(name, known)}"
            raise ConfigError(fault(scenario, f"services[{number}]", text))
    wanted = set(scenario.services)
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
    kept = set() if scenario.services else kept - asked
    return tuple(
        replace(service, default=service.id in asked)
        for service in load_services()
        if service.id in asked | kept
    )
