"""The hauls by road at the two ends of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from corridors.catalogue.parameters import ParameterTable
from corridors.config import fault
from corridors.domain.places import Terminal
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError, PlaceError
from corridors.network.door import Haul, haul_between
from corridors.network.locate import Place, locate
from corridors.network.topology import ArcKind


def doors(
    scenario: Scenario,
    ends: tuple[Place, Place],
    parameters: ParameterTable,
    terminals: Mapping[str, Terminal],
) -> dict[int, Haul]:
    """Return the hauls of `scope: door` by kind of arc; none where an end is a point, or cy-cy.

    Raises
    ------
    ConfigError
        A door is no known place, or is given for an end that is a point.
    """
    if scenario.scope != "door":
        return {}
    hauls = {}
    for key, kind, terminal in (
        ("origin", ArcKind.LOAD, ends[0]),
        ("destination", ArcKind.UNLOAD, ends[1]),
    ):
        named, km = getattr(scenario.door, key), getattr(scenario.door, f"{key}_km")
        if terminal.kind == "point" and named is None and km is None:
            continue  # the road from the point is in the route
        scopes = parameters.country_scopes(terminal.country)
        try:
            hauls[int(kind)] = haul_between(
                terminal,
                None if named is None else locate(named, terminals),
                outbound=kind is ArcKind.LOAD,
                circuity=parameters.value("road.circuity", *scopes),
                local_km=parameters.value("road.local_km", *scopes),
                km=km,
            )
        except PlaceError as error:
            raise ConfigError(fault(scenario, f"door.{key}", str(error))) from None
    return hauls
