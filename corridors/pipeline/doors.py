"""The hauls by road at the two ends of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from corridors.catalogue.parameters import ParameterTable
from corridors.config import fault
from corridors.domain.places import Terminal
from corridors.domain.scenario import OwnSource, Scenario
from corridors.errors import ConfigError, PlaceError
from corridors.network.door import Haul, RoadWay, haul_between
from corridors.network.locate import Place, locate
from corridors.network.osm import road_way
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
        A door is no known place, or is given for an end that is a point; an extract serves no haul.
    """
    if scenario.scope != "door":
        return {}
    hauls = {}
    roads = Extracts(scenario.door.osm)
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
                road=roads.way,
            )
        except PlaceError as error:
            raise ConfigError(fault(scenario, f"door.{key}", str(error))) from None
    unused = [source for source in scenario.door.osm if source.path not in roads.used]
    if unused:
        told = "; ".join(roads.told) or "no haul is measured: it needs a door at a place, and no km"
        raise ConfigError(fault(scenario, "door.osm", f"{unused[0].name} serves no haul: {told}"))
    return hauls


class Extracts:
    """OpenStreetMap extracts asked in their order for the way of a haul."""

    def __init__(self, sources: Sequence[OwnSource]) -> None:
        self.sources = sources
        self.used: set[str] = set()
        self.told: list[str] = []

    def way(self, start: Place, end: Place) -> RoadWay | None:
        """Return the way on the roads of the first extract that has one, None for none."""
        for source in self.sources:
            ends = ((start.lon, start.lat), (end.lon, end.lat))
            try:
                km, line = road_way(Path(source.path), *ends)
            except PlaceError as error:
                self.told.append(str(error))
                continue
            self.used.add(source.path)
            by = f"OpenStreetMap extract {source.name} ({source.sha256[:12]})"
            return RoadWay(km=km, lon_lat=line, source=by)
        return None
